/* distance_search.h - what the search for the k-th distance and its passes share. */
#ifndef RQA_BACKEND_DISTANCE_SEARCH_H
#define RQA_BACKEND_DISTANCE_SEARCH_H

#include <math.h>
#include <string.h>

#include "backend/distance_rank.h"
#include "backend/row_producer.h"

enum { RQA__PASS_ROWS = 64, RQA__PASS_WORDS = 256, RQA__PASS_BINS = 1 << 16 };
enum { RQA__PASS_CHUNK = 1024 }; /* distances a worker takes room for at a time */
enum { RQA__FEW_CELLS = 1 << 15 }; /* that are all collected at once */
enum { RQA__MOST_COLLECTED = 1 << 22 }; /* distances, by all workers together */

/* What a pass does with the cells of its band. */
enum { RQA__PASS_COUNT, RQA__PASS_COLLECT, RQA__PASS_HISTOGRAM };

/* Cells with distances in (low, high]; `at_low` of all cells are up to low, `at_high` up to high.
 */
typedef struct rqa__bracket {
    double low, high;
    uint64_t at_low, at_high;
} rqa__bracket;

typedef struct rqa__pass_worker {
    uint64_t upto[RQA__PASS_ROWS * RQA__PASS_WORDS], below[RQA__PASS_ROWS * RQA__PASS_WORDS];
    uint64_t n_upto, n_below;
    uint64_t *bin;
    size_t at, end; /* the room of `found` in hand */
} rqa__pass_worker;

typedef struct rqa__search {
    const rqa__ranked_cells *cells;
    const rqa__parallel *parallel;
    const atomic_int *cancel;
    rqa__distance_space space;
    size_t n_x, n_y;
    unsigned n_workers;
    uint64_t order; /* among the cells that passes count */
    rqa__bracket b; /* holds the order */
    double *drawn, *sample; /* of all cells; of those in the bracket */
    size_t n_drawn, n_samples;
    /* the pass in hand */
    int mode;
    rqa__bracket band;
    double expected; /* cells in it */
    double bound[2]; /* the values up to which distances are up to its ends; -1: none */
    rqa__rows *rows_upto, *rows_below;
    struct rqa__distance_tiles *tiles; /* or NULL: by rows */
    rqa__pass_worker **worker;
    double *found; /* -1: none */
    size_t room;
    atomic_size_t taken;
    unsigned shift;
    const uint8_t *wanted; /* of the bins those whose distances are collected; NULL: all */
    atomic_int overflow;
} rqa__search;

/* Distances that are not negative are ordered as their bit patterns are. */
static inline uint64_t rqa__pattern_of(double distance)
{
    uint64_t u;
    distance += 0.0; /* no -0 */
    memcpy(&u, &distance, sizeof u);
    return u;
}

static inline double rqa__distance_of_pattern(uint64_t pattern)
{
    double distance;
    memcpy(&distance, &pattern, sizeof distance);
    return distance;
}

/* The distance before this one; -1 before 0. */
static inline double rqa__distance_before(double distance)
{
    return distance > 0 ? rqa__distance_of_pattern(rqa__pattern_of(distance) - 1) : -1;
}

/* One past the pattern of a low end. */
static inline uint64_t rqa__first_pattern(double low)
{
    return low < 0 ? 0 : rqa__pattern_of(low) + 1;
}

/* Of these cells, without a bound. */
static inline rqa__task rqa__ranked_task(const rqa__ranked_cells *c)
{
    return (rqa__task){.relation = c->is_auto ? RQA__RELATION_AUTO : RQA__RELATION_CROSS,
                       .norm = c->norm,
                       .n_dims = 1,
                       .n_thresholds = 1,
                       .x = *c->x,
                       .y = *c->y,
                       .skips = (uint32_t)c->skips};
}

static inline size_t rqa__most_collected(const rqa__ranked_cells *cells)
{
    const size_t most = cells->most_collected;
    return most > 0 && most < RQA__MOST_COLLECTED ? most : RQA__MOST_COLLECTED;
}

/* Numbers that so many distances take: every worker may leave a chunk unused. */
static inline size_t rqa__room_for(size_t n, unsigned n_workers)
{
    return (n / RQA__PASS_CHUNK + 1 + n_workers) * RQA__PASS_CHUNK;
}

/* ---- distance_bands.c ---- */

/* Pairs that are sampled of so many cells. */
size_t rqa__samples_of(double n_cells);

/* The band of the next pass and its mode, by what the sample says of the bracket. 0 or a status with
 * text. */
int rqa__choose_band(rqa__search *s);

/* Fills s->drawn with distances of pairs, and makes room for s->sample. 0 or a status with text. */
int rqa__draw_sample(rqa__search *s, uint64_t n_cells);

/* One of many orders, among the cells that passes count; 0: not wanted. */
typedef struct rqa__rank {
    uint64_t order;
    int is_found;
    rqa__bracket b; /* then: of one distance */
} rqa__rank;

/* Finds rising orders in one or two passes for all; which, is a matter of luck and room. s->b is the
 * bracket of all cells, before and after. 0 or a status with text. */
int rqa__ranks_together(rqa__search *s, rqa__rank *rank, uint32_t n);

/* Distances of the band. */
void rqa__take_distances(rqa__search *s, rqa__pass_worker *w, const double *distance, size_t n);

/* The cells up to both ends of s->band, and what lies between them as s->mode has it. 0 or a status
 * with text. */
int rqa__distance_pass(rqa__search *s);

/* How long a pass with s->band takes beside what is done with the cells of it, roughly, on one thread. 0
 * or a status with text. */
int rqa__distance_pass_ns(rqa__search *s, double *ns);

#endif
