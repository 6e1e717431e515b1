/* window_jobs.h - the windows of a recording, shared out between threads. */
#ifndef RQA_BATCH_WINDOW_JOBS_H
#define RQA_BATCH_WINDOW_JOBS_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "batch/metrics_result.h"
#include "plan/task.h"
#include "windows/window_values.h"

/* How windows are computed. */
enum {
    RQA__WINDOWS_SHARED,  /* by a window that moves along */
    RQA__WINDOWS_BLOCKS,  /* each by an engine, as a task of its own */
    RQA__WINDOWS_ANALYSES /* each as an analysis of its own, thresholds included */
};

/* One recording of an analysis of its own, and its embedding. */
typedef struct rqa__window_side {
    const struct rqa_series *series; /* as the caller has it; NULL: there is no y */
    uint32_t channel_first, channel_count;
    uint32_t dim, delay;
} rqa__window_side;

/* One (lmin, vmin): how windows are read, and where their values go. Of measure m and window k the
 * value is value[m][k * stride], the reason why[m][k * stride]. */
typedef struct rqa__window_output {
    rqa__rules rules;
    rqa__window_reading how; /* of these rules */
    double *value[RQA_MEASURE_COUNT]; /* NULL where not asked for */
    uint8_t *why[RQA_MEASURE_COUNT];
    size_t stride;
    double *reached; /* [n_windows * RQA__REACHED] of x, where each has its own threshold; or NULL */
} rqa__window_output;

/* The thresholds of the first window. */
typedef struct rqa__window_first {
    rqa__reached x, y;
    double lower; /* of a corridor */
} rqa__window_first;

typedef struct rqa__window_job {
    struct rqa_context *context;
    const rqa__task *task; /* of the whole recording, with its bounds */
    rqa__window_side x, y;
    const rqa_analysis_options *options; /* of an analysis of its own, without lmin and vmin */
    const rqa__window_output *output;    /* [n_outputs] */
    size_t n_outputs;
    uint64_t window, step; /* samples */
    uint64_t n_x, n_y;     /* vectors of a window */
    size_t n_windows;
    uint64_t *points;     /* [n_windows]; or NULL. Where each has its own threshold, likewise: */
    double *thresholds_y; /* [n_windows] */
    rqa__window_first *first;
    int path;
    unsigned n_shares;    /* threads that take part, each with consecutive windows */
    uint64_t share_bytes; /* what each of them may take */
    const atomic_int *cancel;
} rqa__window_job;

/* An output of these rules for windows of so many vectors; where its values go is the caller's. */
void rqa__window_output_init(rqa__window_output *output, const rqa__rules *rules,
                             const rqa__window_job *job);

/* The least that one thread takes for a window, beside the values of all: of a block; an analysis takes
 * no less. */
uint64_t rqa__windows_least_bytes(const rqa__window_job *job);
/* Shares the windows and the memory out between so many threads, or as many as it does for. */
void rqa__windows_share_out(rqa__window_job *job, unsigned n_threads, uint64_t memory_bytes);
/* 0, or a status with text. */
int rqa__windows_run(const rqa__window_job *job, const rqa__parallel *parallel);

#endif
