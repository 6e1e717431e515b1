/* bench_kernels_sweep.c - kernels of the sweep engine, on one long diagonal of the founding grid.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/engine_sweep_state.h"
#include "bench_data.h"
#include "bench_kernels.h"

enum {
    SAMPLES = 1200,
    OFFSET = 100, /* of the diagonal */
    LINE = SAMPLES - OFFSET,
    DIMS = 10,
    DELAY = 2,
    THRESHOLDS = 51,
    COUNTER_STRIDE = THRESHOLDS + 5, /* as the engine rounds it: two more, to a multiple of 4 */
    LINE_STRIDE = LINE + 4 * RQA__SWEEP_PAD,
    TABLE = (LINE + 1) * COUNTER_STRIDE
};

/* One norm: its space and what the index kernel made of the diagonal. */
typedef struct norm_space {
    rqa__sweep_space space;
    double bounds[DIMS * THRESHOLDS];
    uint8_t *room; /* of the float copies and tables */
} norm_space;

struct bench_lines {
    rqa__sweep_line diagonal;
    const rqa__sweep_kernels *kernels;
    double sample[2][SAMPLES + RQA__SWEEP_PAD];
    const double *channel[2];
    uint32_t dims[DIMS];
    norm_space norm[3]; /* by ::rqa_norm */
    size_t n_valid[DIMS];
    double work[LINE + RQA__SWEEP_PAD];
    uint8_t out[DIMS * LINE_STRIDE];
    uint8_t line[LINE_STRIDE]; /* L1, dim 2; one byte in front is lent to the kernels */
    uint32_t event[LINE + 64];
    size_t n_events;
    uint8_t room[(11 * (LINE + 64 + 2 * RQA__SWEEP_PAD) + 63) / 64 * 64] __attribute__((aligned(64)));
    uint32_t table[3][TABLE];
    rqa__sweep_counter counter[3]; /* black, white inside, white at the border */
    rqa__sweep_long *overflow[3];
    uint64_t count[256];
};

static const unsigned channels_of[3] = {1, 2, 1};

static void make_norm(bench_lines *s, uint32_t norm)
{
    norm_space *out = &s->norm[norm];
    for (unsigned d = 0; d < DIMS; d++)
        for (unsigned e = 0; e < THRESHOLDS; e++) {
            const double threshold = 0.05 + 0.001 * e;
            out->bounds[d * THRESHOLDS + e] = norm == 1 ? threshold * threshold : threshold;
        }
    out->space = (rqa__sweep_space){.x = s->channel,
                                    .y = s->channel,
                                    .x_delay = DELAY,
                                    .y_delay = DELAY,
                                    .dims = s->dims,
                                    .n_channels = channels_of[norm],
                                    .n_dims = DIMS,
                                    .norm = norm,
                                    .n_thresholds = THRESHOLDS,
                                    .bounds = out->bounds,
                                    .bounds_stride = THRESHOLDS,
                                    .shared_bounds = 1};
    const rqa__side side = {s->channel, SAMPLES, channels_of[norm], DELAY, s->dims};
    /* The tables, and the copies of two sides. */
    out->room =
        bench_alloc(1, DIMS * (sizeof(rqa__sweep_filter) + 64) + 4 * sizeof s->sample[0] + 4096);
    uint8_t *cursor = out->room;
    rqa__sweep_make_filters(&out->space, &cursor, &side, &side);
}

bench_lines *bench_lines_create(void)
{
    bench_lines *s = bench_alloc(1, sizeof *s);
    double *x = bench_roessler_unit(SAMPLES + 20);
    for (size_t k = 0; k < SAMPLES; k++) {
        s->sample[0][k] = x[k];
        s->sample[1][k] = x[k + 20];
    }
    free(x);
    for (unsigned d = 0; d < DIMS; d++) {
        s->dims[d] = d + 1;
        s->n_valid[d] = LINE - d * DELAY;
    }
    s->channel[0] = s->sample[0];
    s->channel[1] = s->sample[1];
    for (uint32_t norm = 0; norm < 3; norm++)
        make_norm(s, norm);
    s->diagonal = (rqa__sweep_line){.j = OFFSET,
                                    .x_step = 1,
                                    .n_valid = s->n_valid,
                                    .work = s->work,
                                    .out = s->out,
                                    .out_stride = LINE_STRIDE};
    rqa__sweep_ref.index(&s->norm[2].space, &s->diagonal);
    memcpy(s->line + 1, s->out + LINE_STRIDE, s->n_valid[1]);
    for (unsigned k = 0; k < 3; k++) {
        s->overflow[k] =
            bench_alloc(rqa__sweep_overflow_room(LINE, 1, THRESHOLDS), sizeof *s->overflow[k]);
        s->counter[k] = (rqa__sweep_counter){.diff = s->table[k],
                                             .stride = COUNTER_STRIDE,
                                             .n_short = LINE + 1,
                                             .complete = 1,
                                             .overflow = s->overflow[k]};
    }
    return s;
}

void bench_lines_use(bench_lines *state, const rqa__sweep_kernels *kernels)
{
    state->kernels = kernels;
}

void bench_lines_free(bench_lines *state)
{
    for (unsigned k = 0; k < 3; k++) {
        free(state->norm[k].room);
        free(state->overflow[k]);
    }
    free(state);
}

static void prepare(void *state)
{
    bench_lines *s = state;
    memset(s->table, 0, sizeof s->table);
    memset(s->count, 0, sizeof s->count);
    if (s->kernels->events) /* for the case that only closes them */
        s->n_events = s->kernels->events(s->line + 1, s->n_valid[1], THRESHOLDS, 0, 0, s->event);
}

static uint64_t run_index(bench_lines *s, uint32_t norm)
{
    s->kernels->index(&s->norm[norm].space, &s->diagonal);
    return 0;
}

static uint64_t run_index_maximum(void *state)
{
    return run_index(state, 0);
}

static uint64_t run_index_euclidean(void *state)
{
    return run_index(state, 1);
}

static uint64_t run_index_manhattan(void *state)
{
    return run_index(state, 2);
}

static uint64_t run_runs(void *state)
{
    bench_lines *s = state;
    s->kernels->runs(s->line + 1, s->n_valid[1], THRESHOLDS, &s->counter[0]);
    return 0;
}

static uint64_t run_white(void *state)
{
    bench_lines *s = state;
    s->kernels->runs_white(s->line + 1, s->n_valid[1], THRESHOLDS, 0, &s->counter[0],
                           &s->counter[1], &s->counter[2]);
    return 0;
}

static uint64_t run_events(void *state)
{
    bench_lines *s = state;
    s->n_events = s->kernels->events(s->line + 1, s->n_valid[1], THRESHOLDS, 0, 0, s->event);
    return 0;
}

static uint64_t run_close(void *state)
{
    bench_lines *s = state;
    s->kernels->close(s->event, s->n_events, THRESHOLDS, &s->counter[0], s->room);
    return 0;
}

static uint64_t run_count(void *state)
{
    bench_lines *s = state;
    s->kernels->count(s->line + 1, s->n_valid[1], s->count);
    return 0;
}

static int has_index(const void *state)
{
    return ((const bench_lines *)state)->kernels->index != NULL;
}

static int has_runs(const void *state)
{
    return ((const bench_lines *)state)->kernels->runs != NULL;
}

static int has_white(const void *state)
{
    return ((const bench_lines *)state)->kernels->runs_white != NULL;
}

static int has_events(const void *state)
{
    const rqa__sweep_kernels *kernels = ((const bench_lines *)state)->kernels;
    return kernels->events != NULL && kernels->close != NULL;
}

static int has_count(const void *state)
{
    return ((const bench_lines *)state)->kernels->count != NULL;
}

static uint64_t digest_index(const void *state)
{
    const bench_lines *s = state;
    uint64_t digest = 0;
    for (unsigned d = 0; d < DIMS; d++)
        digest = 3 * digest + bench_digest_bytes(s->out + d * LINE_STRIDE, s->n_valid[d]);
    return digest;
}

static uint64_t digest_runs(const void *state)
{
    const bench_lines *s = state;
    return bench_digest_bytes(s->table, sizeof s->table);
}

static uint64_t digest_events(const void *state)
{
    const bench_lines *s = state;
    return bench_digest_bytes(s->event, s->n_events * sizeof *s->event);
}

static uint64_t digest_count(const void *state)
{
    const bench_lines *s = state;
    return bench_digest_bytes(s->count, (THRESHOLDS + 1) * sizeof *s->count);
}

const bench_kernel *bench_lines_cases(unsigned *n)
{
    enum { VALID = LINE - DELAY, ALL_DIMS = LINE * DIMS - DELAY * DIMS * (DIMS - 1) / 2 };
    static const bench_kernel cases[] = {
        {"sweep: index, 10 dims, 1-D maximum", LINE, ALL_DIMS, has_index, prepare,
         run_index_maximum, digest_index},
        {"sweep: index, 10 dims, 2-D euclidean", LINE, ALL_DIMS, has_index, prepare,
         run_index_euclidean, digest_index},
        {"sweep: index, 10 dims, 1-D manhattan", LINE, ALL_DIMS, has_index, prepare,
         run_index_manhattan, digest_index},
        {"sweep: runs of 51 thresholds", VALID, VALID, has_runs, prepare, run_runs, digest_runs},
        {"sweep: runs_white of 51 thresholds", VALID, VALID, has_white, prepare, run_white,
         digest_runs},
        {"sweep: events of 51 thresholds", VALID, VALID, has_events, prepare, run_events,
         digest_events},
        {"sweep: close", VALID, VALID, has_events, prepare, run_close, digest_runs},
        {"sweep: count", VALID, VALID, has_count, prepare, run_count, digest_count},
    };
    *n = sizeof cases / sizeof *cases;
    return cases;
}
