/* engine_sweep_layout.c - the shape of a task of the sweep engine, and the memory that follows from
 * it.
 */
#include "backend/engine_sweep_state.h"

enum { LINES_PER_JOB = 64 };

/* Doubles and floats of one side. */
static size_t side_room(const rqa__side *side)
{
    const size_t n = side->n_samples + RQA__SWEEP_PAD;
    return 2 * rqa__sweep_room(side->n_channels * sizeof(double *)) +
           side->n_channels *
               (rqa__sweep_room(n * sizeof(double)) + rqa__sweep_room(n * sizeof(float)));
}

size_t rqa__sweep_input_room(const rqa__task *task)
{
    const size_t bounds =
        rqa__sweep_room((size_t)task->n_dims * task->n_thresholds * sizeof(double));
    const size_t dims = rqa__sweep_room(task->n_dims * sizeof(size_t));
    /* Twice everything: a joint task has two spaces, each with two sides. */
    return 2 * (side_room(&task->x) + side_room(&task->y) + bounds + dims +
                rqa__sweep_filters_room(task));
}

size_t rqa__sweep_offsets_room(const rqa__sweep_job *job)
{
    const size_t n_rows = (size_t)job->task->n_dims * job->n_thresholds;
    return n_rows * job->n_offsets * sizeof(uint64_t) + 8;
}

/* Decides which lines have to be computed at all. */
void rqa__sweep_lay_out(rqa__sweep_job *job, int has_events)
{
    const rqa__task *task = job->task;
    const size_t nx = job->nx[0];
    const size_t ny = job->ny[0];
    job->n_thresholds = task->n_thresholds;
    job->symmetric = (unsigned)rqa__task_is_symmetric(task);
    job->mirrored = job->symmetric && !task->upper_only;
    job->longest = nx > ny ? nx : ny;
    job->line_stride = (job->longest + 2 * RQA__SWEEP_PAD + 63) / 64 * 64;
    job->counter_stride = ((size_t)task->n_thresholds + 2 + 3) / 4 * 4;
    job->n_short = rqa__sweep_n_short(job->longest, job->counter_stride);
    job->n_spaces = task->relation == RQA__RELATION_JOINT ? 2 : 1;
    job->by_events = has_events && job->longest <= RQA__SWEEP_EVENT_CELLS &&
                     task->n_thresholds <= RQA__SWEEP_EVENT_THRESHOLDS;
    /* A piece of a column may come on top of an almost full batch. */
    job->n_event_room = RQA__SWEEP_EVENT_BATCH + job->longest + 64;
    job->n_offsets = rqa__sweep_n_offsets(job, 0);
    job->n_cell_operations =
        job->n_spaces *
        ((size_t)task->x.dims[task->n_dims - 1] * task->x.n_channels + task->n_dims);
    job->lines_per_job = LINES_PER_JOB;
    const int columns = rqa__task_has_columns(task);
    job->theiler_base = (task->tallies & RQA__TALLY_DIAGONAL) != 0 ? task->theiler_diagonal
                        : columns                                  ? task->theiler_vertical
                                                                   : UINT64_MAX;
    if (nx == 0 || ny == 0) {
        return;
    }
    job->n_column_lines = columns ? nx : 0;
    if ((task->tallies & (RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS)) != 0 ||
        job->theiler_base != task->theiler_points) {
        job->n_diagonal_lines = job->symmetric ? nx : nx + ny - 1;
    }
}

/* Long runs of different lengths that can occur at all: about the root of twice the line. */
static size_t n_long_runs(const rqa__sweep_job *job)
{
    size_t n = 64;
    while (job->longest > job->n_short && n * n < 2 * job->longest) {
        n *= 2;
    }
    return n;
}

/* What a worker's histograms grow to with usual data. On smooth data one table, of one dim and
 * kind, has many more runs; about so many, with their bins. */
static size_t hists_room(const rqa__sweep_job *job)
{
    const size_t n_tables = rqa__sweep_n_tables(job->task);
    const size_t smooth =
        job->longest > job->n_short && n_tables > 0
            ? job->longest / 4 * job->counter_stride * (2 * sizeof(uint64_t) + sizeof(rqa__bin))
            : 0;
    return smooth + n_tables * 2 * n_long_runs(job) * job->counter_stride * sizeof(uint64_t);
}

/* What all workers have together. */
static size_t shared_room(const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    const size_t n_kinds = rqa__sweep_n_tables(task) / task->n_dims;
    size_t n_bytes =
        rqa__sweep_buffer_room(rqa__sweep_input_room(task)) +
        rqa__sweep_buffer_room(rqa__sweep_absent_room(task)) +
        n_kinds * job->n_thresholds * (job->n_short + n_long_runs(job)) * sizeof(rqa__bin);
    if ((task->tallies & RQA__TALLY_OFFSETS) != 0) {
        n_bytes += rqa__sweep_buffer_room(rqa__sweep_offsets_room(job));
    }
    return n_bytes;
}

size_t rqa__engine_sweep_memory(const rqa__task *task, unsigned n_workers)
{
    const size_t nx = rqa__side_vectors(&task->x, 0), ny = rqa__side_vectors(&task->y, 0);
    const rqa__task pass = task->n_thresholds > RQA__SWEEP_MAX_THRESHOLDS
                               ? rqa__task_slice(task, rqa__sweep_pass(task, 0, 0))
                               : *task;
    rqa__sweep_job job = {.task = &pass, .nx = &nx, .ny = &ny};
    rqa__sweep_lay_out(&job, 1);
    const size_t per_worker = rqa__sweep_worker_room(&job) + hists_room(&job);
    /* The worker that takes over what the others have counted has in its tables what all of them
     * met, and they grow by being copied: with smooth data twice as much again was measured. */
    const size_t n = n_workers > 1 ? (size_t)n_workers + 2 : 1;
    return n * per_worker + shared_room(&job);
}
