/* window_jobs.h - the windows of a recording, shared out between threads. */
#ifndef RQA_BATCH_WINDOW_JOBS_H
#define RQA_BATCH_WINDOW_JOBS_H

#include <stdatomic.h>

#include "backend/parallel.h"
#include "batch/analyze_windows.h"
#include "plan/task.h"
#include "windows/window_values.h"

/* How windows are computed. */
enum {
    RQA__WINDOWS_SHARED,  /* by a window that moves along */
    RQA__WINDOWS_BLOCKS,  /* each by an engine, as a task of its own */
    RQA__WINDOWS_ANALYSES /* each as an analysis of its own, thresholds included */
};

typedef struct rqa__window_job {
    const rqa__task *task; /* of the whole recording, with its bounds */
    const struct rqa_embedding *x, *y;
    const rqa_analysis_options *options; /* of an analysis of its own */
    struct rqa_windows *result;          /* each thread fills windows of its own */
    rqa__window_reading how;
    uint64_t n_x, n_y, step;
    int path;
    unsigned n_shares;    /* threads that take part, each with consecutive windows */
    uint64_t share_bytes; /* what each of them may take */
    const atomic_int *cancel;
} rqa__window_job;

/* Shares the windows and the memory out between so many threads, or as many as it does for. */
void rqa__windows_share_out(rqa__window_job *job, unsigned n_threads, uint64_t memory_bytes);
/* 0, or a status with text. */
int rqa__windows_run(const rqa__window_job *job, const rqa__parallel *parallel);

#endif
