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

/* Whether a worker may have to empty its dense tables before it is done; see rqa__sweep_run_job(). */
static int may_flush(const rqa__sweep_job *job)
{
    return 2 * (double)job->nx[0] * (double)job->ny[0] >= (double)RQA__SWEEP_FLUSH_CELLS;
}

/* Rows of 64 bits that a table may come to: of runs that are not short, of the line of identity, and,
 * where dense tables were emptied into it, of all. */
static size_t most_rows(const rqa__sweep_job *job, int is_flushed_into)
{
    const size_t all = job->longest + 1, n_long = all > job->n_short ? all - job->n_short : 0;
    return is_flushed_into || n_long + 1 > all ? all : n_long + 1;
}

static size_t tables_room(const rqa__sweep_job *job, int is_flushed_into)
{
    return rqa__sweep_n_tables(job->task) *
           rqa__sweep_rows_room(most_rows(job, is_flushed_into), job->counter_stride, job->longest);
}

/* A length may be in rows and in the dense table. */
static size_t spectra_room(const rqa__sweep_job *job, int is_flushed_into)
{
    const size_t n_short = job->n_short < job->longest + 1 ? job->n_short : job->longest + 1;
    const size_t n_lengths = most_rows(job, is_flushed_into) + n_short + 1;
    const size_t n_kinds = rqa__sweep_n_tables(job->task) / job->task->n_dims;
    return n_kinds * rqa__sweep_buffer_room(job->n_thresholds * n_lengths * sizeof(rqa__bin)) +
           (RQA__SWEEP_N_KINDS - n_kinds) *
               rqa__sweep_buffer_room(job->n_thresholds * sizeof(rqa__bin));
}

/* What all workers have together. */
static size_t shared_room(const rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    size_t n_bytes = rqa__sweep_buffer_room(rqa__sweep_input_room(task)) +
                     rqa__sweep_buffer_room(rqa__sweep_absent_room(task));
    if ((task->tallies & RQA__TALLY_OFFSETS) != 0) {
        n_bytes += rqa__sweep_buffer_room(rqa__sweep_offsets_room(job));
    }
    return n_bytes;
}

/* The first of the passes of a task, or the last, which may have fewer thresholds. */
static rqa__task pass_of(const rqa__task *task, int is_last)
{
    const uint32_t most = RQA__SWEEP_MAX_THRESHOLDS, rest = (task->n_thresholds - 1) / most * most;
    return task->n_thresholds > most ? rqa__task_slice(task, rqa__sweep_pass(task, 0, is_last ? rest : 0))
                                     : *task;
}

size_t rqa__engine_sweep_memory(const rqa__task *task, unsigned n_workers)
{
    const size_t nx = rqa__side_vectors(&task->x, 0), ny = rqa__side_vectors(&task->y, 0);
    const rqa__task pass = pass_of(task, 0), last = pass_of(task, 1);
    rqa__sweep_job job = {.task = &pass, .nx = &nx, .ny = &ny};
    rqa__sweep_job rest = {.task = &last, .nx = &nx, .ny = &ny};
    rqa__sweep_lay_out(&job, 1);
    rqa__sweep_lay_out(&rest, 1);
    /* The others are emptied into the tables of the first. */
    const int flushes = may_flush(&job), joins = n_workers > 1 || flushes;
    const size_t worker = rqa__sweep_worker_room(&job, &rest);
    return worker + tables_room(&job, joins) +
           (n_workers > 1 ? n_workers - 1 : 0) * (worker + tables_room(&job, flushes)) +
           spectra_room(&job, joins) + shared_room(&job);
}
