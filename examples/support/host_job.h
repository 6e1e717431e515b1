/* host_job.h - a request at work on a thread of its own, so that the host can look at its keyboard.
 *
 * The host starts a job, waits for it in short turns, in between does what its interpreter does
 * between two commands (Ctrl-C, events), takes the results and closes the job. Closing one that is at
 * work cancels it. So no exception and no longjmp of the host's goes through librqa, and none of the
 * host's functions runs on another thread. A job has a context of its own: cancelling one stops no
 * other, and a forked child makes its own.
 */
#ifndef HOST_JOB_H
#define HOST_JOB_H

#include "host_request.h"

typedef struct host_job host_job;

/* What a job has made; the others are NULL. The job's. */
typedef struct host_results {
    rqa_metrics *metrics;
    rqa_matrix *matrix;
    rqa_windows *windows;
    rqa_lag_profile *profile;
    rqa_suggestion *suggestion;
    rqa_test *test;
    rqa_bootstrap *bootstrap;
    rqa_batch *batch;
    double *values;   /* of a grid: rows x measures */
    uint8_t *reasons; /* likewise */
    double *reached;  /* of a grid of recurrence rates: rows x 2, else NULL */
} host_results;

/* Makes everything and starts. On failure *out is NULL and request->text says why. */
rqa_status host_job_start(host_job **out, host_request *request);

/* Waits until the job has ended, at most so long. 1 = it has. */
int host_job_wait(host_job *job, double seconds);

/* How it ended; RQA_ERROR_STATE while it is at work. *text is one line, the job's. */
rqa_status host_job_status(const host_job *job, const char **text);

/* Where a grid stands. */
rqa_status host_job_progress(const host_job *job, rqa_batch_statistics *out);

/* What was asked for, without the host's pointers, and what came of it. */
const host_request *host_job_request(const host_job *job);
const host_results *host_job_results(const host_job *job);

/* Cancels what is at work, waits for it (0.1 s as a rule), frees everything. NULL is allowed. In a
 * forked child a parent's job is left alone. */
void host_job_close(host_job *job);

/* Side of the blocks that reduce a matrix to at most max_pixels each way; at least 1. */
size_t host_block_side(const rqa_matrix *matrix, size_t max_pixels);

/* Share of recurrent cells in each block of `side` rows and columns: ceil(rows / side) x ceil(columns
 * / side) doubles, row r of the blocks at out[r + c * n_block_rows], as R and MATLAB keep a matrix. */
void host_matrix_shares(const rqa_matrix *matrix, size_t side, double *out);

#endif
