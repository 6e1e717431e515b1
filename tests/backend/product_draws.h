/* product_draws.h - random tasks of Euclidean distances between vectors of many coordinates. */
#ifndef RQA_TESTS_PRODUCT_DRAWS_H
#define RQA_TESTS_PRODUCT_DRAWS_H

#include "task_draws.h"

enum { CHANNELS = 65, DIMS = 2, THRESHOLDS = 10, SAMPLES = 120 };

enum product_kind {
    KIND_UNIFORM,
    KIND_DECIMAL,
    KIND_CORNERS, /* every vector is as long as the bound on rounding allows for */
    KIND_OFFSET,
    KIND_SCALES,
    KIND_OUTLIER,
    KIND_DENORMAL,
    KIND_HUGE,
    KIND_CONSTANT,
    N_KINDS
};

typedef struct product_draw {
    rqa__task task;
    unsigned kind;
    double sample[2][CHANNELS][SAMPLES];
    const double *channel[2][CHANNELS];
    uint32_t dims[DIMS];
    double bounds[DIMS * THRESHOLDS];
} product_draw;

double product_uniform(void);

/* 8 to 130 coordinates, or 585 and more; bounds that some pair meets exactly, or misses by one
 * rounding. */
void product_draw_make(product_draw *d, uint64_t seed);

/* Whether products can decide its pairs. */
int product_draw_is_usual(const product_draw *d);

#endif
