/* verify_case.h - analyses whose numbers are known: from others' publications, or in closed form.
 *
 * The tables hold rqa verify and the tests (test_oracles.c) to the same numbers.
 */
#ifndef VERIFY_CASE_H
#define VERIFY_CASE_H

#include <rqa/rqa.h>
#include <stddef.h>
#include <stdint.h>

enum { VERIFY_MOST_VALUES = 4096 };

/* Fills in a series and returns how many values it has, at most VERIFY_MOST_VALUES. */
typedef size_t verify_fill(double *out, int a, int b);

verify_fill verify_pyrqa_x;   /* PyRQA's documented example */
verify_fill verify_cross_x;   /* its example of a pair */
verify_fill verify_cross_y;
verify_fill verify_sines;     /* pyunicorn: 10 samples of 6 channels */
verify_fill verify_ramp;      /* a samples: x_i = i */
verify_fill verify_constant;  /* a samples: x_i = 3.25 */
verify_fill verify_period;    /* a samples: x_i = i mod b */
verify_fill verify_circle;    /* a equal steps round the unit circle, x and y */
verify_fill verify_de_bruijn; /* every word of b of a letters once, not wrapping round */
verify_fill verify_logistic;  /* a samples of x <- 3.99 x (1 - x), rounded to 1/4096 */
verify_fill verify_noise;     /* a samples, uniform in [0,1), with seed b */

typedef struct verify_input {
    verify_fill *fill; /* NULL: there is none */
    int a, b;
    uint32_t n_channels, dim, delay;
} verify_input;

typedef struct verify_want {
    enum { VERIFY_MEASURE, VERIFY_COUNT, VERIFY_LINES } kind;
    int32_t which; /* rqa_measure, rqa_count or rqa_histogram */
    double value, tolerance;
    const char *lines; /* every class of the histogram by rising length, "1:4 8:2" */
} verify_want;

typedef struct verify_case {
    const char *source, *name;
    verify_input x, y;     /* y: cross-recurrence */
    const uint8_t (*cell)[2]; /* or a matrix: (row, column) of its points from 1; NULL: none */
    size_t n_cells, n_rows, n_columns;
    int32_t convention, norm;
    double threshold;
    int64_t theiler; /* -1: the convention's */
    uint32_t lmin;   /* of verticals too; 0: the convention's */
    uint32_t trend_border;
    int32_t white_border;
    const verify_want *want;
    size_t n_wants;
} verify_case;

const verify_case *verify_published(size_t *n);
const verify_case *verify_closed_forms(size_t *n);

/* The options of a case. */
void verify_options(rqa_analysis_options *out, const verify_case *c);

/* Its matrix, n_rows x n_columns, zeroed before; bytes as rqa_matrix_from_bytes() takes them. */
void verify_cells(uint8_t *out, const verify_case *c);

#define VERIFY_WANTS(list) .want = (list), .n_wants = sizeof(list) / sizeof *(list)

#endif
