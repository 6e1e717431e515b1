/* bench_tasks.h - the two kinds of work librqa does, as work to time: one analysis, one batch. */
#ifndef BENCH_TASKS_H
#define BENCH_TASKS_H

#include "bench.h"
#include "bench_data.h"
#include "cpu/level.h"

/* rr to v_entr, div left out; and the measures of white lines. */
uint64_t bench_measures_lines(void);
uint64_t bench_measures_white(void);

rqa_context *bench_context(unsigned n_threads);
/* What this machine has, lowered as RQA_CPU says: a level that is named has no features beyond it. */
rqa__cpu bench_cpu(void);
/* The kernel level in force. */
void bench_context_kernels(char out[8], rqa_context *context);

/* ---- one analysis ---- */

typedef struct bench_analysis {
    rqa_embedding *x;
    rqa_analysis_options options;
    size_t n_samples;
    char engine[8]; /* this and the rest are set by a run */
    char kernels[8];
    unsigned n_threads;
} bench_analysis;

/* Roessler as the issue of AccRQA and PyRQA have it: dim 3, delay 6, threshold 1.2, every measure
 * from rr to w_entr. */
void bench_analysis_init(bench_analysis *a, rqa_context *context, const double *x, size_t n,
                         int32_t norm);
void bench_analysis_free(bench_analysis *a);
uint64_t bench_analysis_run(void *analysis);
/* Times it and makes the row, which is not reported yet; or the rows of several, run in turn. */
bench_row bench_analysis_time(bench *b, const char *name, bench_analysis *a);
void bench_analyses_time(bench_row *row, bench *b, const char *name, bench_analysis *a, unsigned n);

/* ---- one batch ---- */

enum { BENCH_AXIS = 64 };

typedef struct bench_axes {
    uint32_t dim[BENCH_AXIS], delay[BENCH_AXIS], lmin[BENCH_AXIS];
    double threshold[BENCH_AXIS];
    uint32_t n_dims, n_delays, n_lmins, n_thresholds;
} bench_axes;

/* dims 1..10, delays 1..10, thresholds 0.05..0.10; small when tiny. */
bench_axes bench_axes_founding(int tiny, uint32_t n_thresholds, uint32_t first_lmin,
                               uint32_t n_lmins);

/* The two modes of the founding job, for series of two channels. */
enum { BENCH_MODE_1D = 1, BENCH_MODE_2D = 2 };

typedef struct bench_batch {
    rqa_context *context;
    rqa_series **series;
    size_t n_series;
    bench_axes axes;
    unsigned modes; /* BENCH_MODE_*: x alone by L1, x and y by Euclid; 0: all channels by `norm` */
    int32_t norm;
    int32_t backend;
    uint64_t measures;
    uint64_t n_rows; /* set by a run */
    uint64_t digest; /* of a run under way */
} bench_batch;

uint64_t bench_batch_run(void *batch);
/* Times it and makes the row, which is not reported yet; work is in results. */
bench_row bench_batch_time(bench *b, const char *name, bench_batch *batch);

#endif
