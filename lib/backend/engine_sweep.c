/* engine_sweep.c - the sweep engine's entry: makes a task ready, runs it, hands out the tallies. */
#include "backend/engine_sweep.h"

#include "backend/engine_sweep_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <float.h>
#include <math.h>
#include <string.h>

rqa__sweep_workspace *rqa__sweep_workspace_create(void)
{
    return rqa__calloc(1, rqa__sweep_workspace_bytes());
}

size_t rqa__sweep_workspace_bytes(void)
{
    return sizeof(rqa__sweep_workspace);
}

void rqa__sweep_workspace_destroy(rqa__sweep_workspace *ws)
{
    if (ws == NULL) {
        return;
    }
    for (unsigned k = 0; k < ws->n_workers; k++) {
        rqa__sweep_worker_free(&ws->worker[k]);
    }
    for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS; kind++) {
        rqa__sweep_buffer_free(&ws->spectra[kind].bins);
    }
    rqa__sweep_buffer_free(&ws->input);
    rqa__sweep_buffer_free(&ws->offsets);
    rqa__sweep_buffer_free(&ws->absent);
    rqa__free(ws->worker);
    rqa__free(ws);
}

static int reserve_workers(rqa__sweep_workspace *ws, unsigned n_workers)
{
    if (n_workers <= ws->n_workers) {
        return 0;
    }
    rqa__sweep_worker *worker = rqa__calloc(n_workers, sizeof *worker);
    if (worker == NULL) {
        return RQA_ERROR_MEMORY;
    }
    if (ws->n_workers > 0) {
        memcpy(worker, ws->worker, ws->n_workers * sizeof *worker);
    }
    rqa__free(ws->worker);
    ws->worker = worker;
    ws->n_workers = n_workers;
    return 0;
}

/* Copies of one side with missing samples replaced; see rqa__sweep_space. NULL: cancelled. */
static const double *const *copy_side(uint8_t **cursor, const rqa__side *side, double missing,
                                      const atomic_int *cancel)
{
    double **channel = rqa__sweep_carve(cursor, side->n_channels * sizeof *channel);
    for (uint32_t c = 0; c < side->n_channels; c++) {
        if (rqa__is_cancelled(cancel)) {
            return NULL;
        }
        channel[c] = rqa__sweep_carve(cursor, (side->n_samples + RQA__SWEEP_PAD) * sizeof(double));
        for (size_t t = 0; t < side->n_samples; t++) {
            const double value = side->channel[c][t];
            channel[c][t] = isnan(value) ? missing : value;
        }
        for (size_t t = side->n_samples; t < side->n_samples + RQA__SWEEP_PAD; t++) {
            channel[c][t] = missing;
        }
    }
    return (const double *const *)channel;
}

/* 0 or RQA_ERROR_CANCELLED. */
static int make_space(rqa__sweep_space *out, uint8_t **cursor, const rqa__sweep_job *job,
                      const rqa__side *x, const rqa__side *y, int of_y)
{
    const rqa__task *task = job->task;
    rqa__sweep_space space;
    const size_t n_bounds = (size_t)task->n_dims * task->n_thresholds;
    double *copy = rqa__sweep_carve(cursor, n_bounds * sizeof *copy);
    memset(&space, 0, sizeof space);
    space.x = copy_side(cursor, x, (double)INFINITY, job->cancel);
    space.y = copy_side(cursor, y, -(double)INFINITY, job->cancel);
    if (space.x == NULL || space.y == NULL) {
        return RQA_ERROR_CANCELLED;
    }
    space.x_delay = x->delay;
    space.y_delay = y->delay;
    space.dims = x->dims;
    space.n_channels = x->n_channels;
    space.n_dims = task->n_dims;
    space.norm = task->norm;
    space.n_thresholds = task->n_thresholds;
    space.bounds = copy;
    space.bounds_stride = task->n_thresholds;
    space.shared_bounds = 1;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const double *bounds = rqa__task_bounds(task, of_y, d);
        double *row = copy + (size_t)d * task->n_thresholds;
        for (uint32_t e = 0; e < task->n_thresholds; e++) {
            /* An infinite bound would accept missing samples. */
            row[e] = bounds[e] < DBL_MAX ? bounds[e] : DBL_MAX;
            space.shared_bounds &= row[e] == copy[e];
        }
    }
    rqa__sweep_make_filters(&space, cursor, x, y);
    *out = space;
    return 0;
}

/* Copies what the kernels read and fixes the sizes of everything. */
static int prepare(rqa__sweep_job *job)
{
    const rqa__task *task = job->task;
    rqa__sweep_workspace *ws = job->ws;
    const int joint = task->relation == RQA__RELATION_JOINT;
    int status = rqa__sweep_buffer_reserve(&ws->input, rqa__sweep_input_room(task), 0);
    if (status != 0) {
        return status;
    }
    uint8_t *cursor = ws->input.data;
    size_t *nx = rqa__sweep_carve(&cursor, task->n_dims * sizeof *nx);
    size_t *ny = rqa__sweep_carve(&cursor, task->n_dims * sizeof *ny);
    for (uint32_t d = 0; d < task->n_dims; d++) {
        nx[d] = rqa__side_vectors(&task->x, d);
        ny[d] = rqa__side_vectors(&task->y, d);
    }
    job->nx = nx;
    job->ny = ny;
    job->n_spaces = joint ? 2 : 1;
    status = make_space(&job->space[0], &cursor, job, &task->x, joint ? &task->x : &task->y, 0);
    if (status == 0 && joint) {
        status = make_space(&job->space[1], &cursor, job, &task->y, &task->y, 1);
    }
    return status;
}

/* A level's table with the reference's functions where it has none of its own. */
static rqa__sweep_kernels complete(const rqa__sweep_kernels *level)
{
    rqa__sweep_kernels kernels = *level;
    kernels.index = level->index != NULL ? level->index : rqa__sweep_ref.index;
    kernels.runs = level->runs != NULL ? level->runs : rqa__sweep_ref.runs;
    kernels.runs_white =
        level->runs_white != NULL ? level->runs_white : rqa__sweep_ref.runs_white;
    kernels.times = level->times != NULL ? level->times : rqa__sweep_ref.times;
    kernels.count = level->count != NULL ? level->count : rqa__sweep_ref.count;
    kernels.merge = level->merge != NULL ? level->merge : rqa__sweep_ref.merge;
    return kernels;
}

static int run_lines(rqa__sweep_job *job, const rqa__parallel *parallel)
{
    const size_t per = job->lines_per_job;
    const size_t n_diagonal_blocks = (job->n_diagonal_lines + per - 1) / per;
    const size_t n_column_blocks = (job->n_column_lines + per - 1) / per;
    int status = 0;
    if (parallel == NULL || parallel->n_workers < 2) {
        job->n_diagonal_jobs = n_diagonal_blocks > 0;
        job->n_column_jobs = n_column_blocks > 0;
        const size_t n_jobs = job->n_diagonal_jobs + job->n_column_jobs;
        for (size_t k = 0; k < n_jobs && status == 0; k++) {
            status = rqa__sweep_run_job(job, k, 0);
        }
        return status;
    }
    const size_t most = (size_t)parallel->n_workers * 8;
    job->n_diagonal_jobs = n_diagonal_blocks < most ? n_diagonal_blocks : most;
    job->n_column_jobs = n_column_blocks < most ? n_column_blocks : most;
    status = parallel->run(parallel->pool, job->n_diagonal_jobs + job->n_column_jobs,
                           rqa__sweep_run_job, job);
    for (unsigned k = 1; k < parallel->n_workers && status == 0; k++) {
        status = rqa__sweep_worker_flush(&job->ws->worker[k], &job->ws->worker[0], job);
    }
    return status;
}

static int emit_tallies(const rqa__sweep_job *job, rqa__tally_sink sink, void *user)
{
    const rqa__task *task = job->task;
    rqa__sweep_worker *worker = &job->ws->worker[0];
    rqa__sweep_spectra *spectra = job->ws->spectra;
    const unsigned base = (task->tallies & RQA__TALLY_DIAGONAL) != 0 ? RQA__SWEEP_DIAGONAL
                                                                    : RQA__SWEEP_VERTICAL;
    const int want_vertical = (task->tallies & RQA__TALLY_VERTICAL) != 0;
    const int want_times = (task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS; kind++) {
            const int status =
                rqa__sweep_hist_read(rqa__sweep_worker_hist(worker, d, kind),
                                      rqa__sweep_weight(job, kind), job->n_thresholds, job->cancel,
                                      &spectra[kind]);
            if (status != 0) {
                return status;
            }
        }
        uint64_t *count = (uint64_t *)worker->counts.data + d * 256u;
        const uint64_t *gap_sum = (const uint64_t *)worker->times.data + 256 * (2 + d);
        uint64_t extra = 0;
        for (unsigned e = 0; e < job->n_thresholds; e++) {
            rqa__tally tally;
            rqa__spectrum spectrum[RQA__SWEEP_N_KINDS];
            memset(&tally, 0, sizeof tally);
            for (unsigned kind = 0; kind < RQA__SWEEP_N_KINDS; kind++) {
                spectrum[kind].bin =
                    (const rqa__bin *)spectra[kind].bins.data + e * spectra[kind].room;
                spectrum[kind].n_bins = spectra[kind].n_bins[e];
            }
            extra += count[e];
            tally.points = spectra[base].cells[e] + extra;
            tally.gap_sum = want_times ? gap_sum[e] : 0;
            tally.diagonal = spectrum[RQA__SWEEP_DIAGONAL];
            tally.vertical = want_vertical ? spectrum[RQA__SWEEP_VERTICAL] : (rqa__spectrum){0};
            tally.white_inner = spectrum[RQA__SWEEP_WHITE_INNER];
            tally.white_border = spectrum[RQA__SWEEP_WHITE_BORDER];
            tally.recurrence_time = spectrum[RQA__SWEEP_TIMES];
            if (job->offset_points != NULL) {
                tally.offset_points =
                    job->offset_points + ((size_t)d * job->n_thresholds + e) * job->n_offsets;
                tally.n_offsets = rqa__sweep_n_offsets(job, d);
            }
            const int status = rqa__is_cancelled(job->cancel) ? RQA_ERROR_CANCELLED
                                                              : sink(user, d, e, &tally);
            if (status != 0) {
                return status;
            }
        }
    }
    return 0;
}

/* Points per offset, one row for each dim and threshold, begin at 0. */
static int make_offsets(rqa__sweep_job *job)
{
    const size_t n_rows = (size_t)job->task->n_dims * job->n_thresholds;
    const int status =
        rqa__sweep_buffer_reserve(&job->ws->offsets, rqa__sweep_offsets_room(job), 0);
    if (status != 0) {
        return status;
    }
    job->offset_points = job->ws->offsets.data;
    for (size_t k = 0; k < n_rows; k++) {
        if (rqa__is_cancelled(job->cancel)) {
            return RQA_ERROR_CANCELLED;
        }
        memset(job->offset_points + k * job->n_offsets, 0, job->n_offsets * sizeof(uint64_t));
    }
    return 0;
}

/* Offsets of a joint matrix: the side below the line of identity repeats the one above. */
static int mirror_offsets(const rqa__sweep_job *job)
{
    for (uint32_t d = 0; d < job->task->n_dims; d++) {
        for (unsigned e = 0; e < job->n_thresholds && job->nx[d] > 0; e++) {
            if (rqa__is_cancelled(job->cancel)) {
                return RQA_ERROR_CANCELLED;
            }
            uint64_t *row =
                job->offset_points + ((size_t)d * job->n_thresholds + e) * job->n_offsets;
            const size_t centre = job->nx[d] - 1;
            for (size_t k = 1; k <= centre; k++) {
                row[centre - k] = row[centre + k];
            }
        }
    }
    return 0;
}

/* A task of at most RQA__SWEEP_MAX_THRESHOLDS thresholds. */
static int run_pass(const rqa__task *task, const rqa__sweep_kernels *kernels,
                    rqa__sweep_workspace *ws, const rqa__parallel *parallel,
                    const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    const unsigned n_workers = parallel != NULL && parallel->n_workers > 1 ? parallel->n_workers
                                                                          : 1;
    rqa__sweep_job job;
    memset(&job, 0, sizeof job);
    job.task = task;
    job.kernels = complete(kernels);
    job.ws = ws;
    job.cancel = cancel;
    int status = reserve_workers(ws, n_workers);
    if (status == 0) {
        status = prepare(&job);
    }
    if (status != 0) {
        return status;
    }
    rqa__sweep_lay_out(&job, job.kernels.events != NULL);
    status = rqa__sweep_mark_absent(&job);
    if (status == 0 && (task->tallies & RQA__TALLY_OFFSETS) != 0) {
        status = make_offsets(&job);
    }
    if (status != 0) {
        return status;
    }
    for (unsigned k = 0; k < n_workers && status == 0; k++) {
        status = rqa__sweep_worker_prepare(&ws->worker[k], &job);
    }
    if (status == 0) {
        status = run_lines(&job, parallel);
    }
    if (status == 0 && job.offset_points != NULL && task->relation == RQA__RELATION_JOINT) {
        status = mirror_offsets(&job);
    }
    if (status == 0) {
        status = emit_tallies(&job, sink, user);
    }
    for (unsigned k = 0; k < n_workers; k++) {
        ws->worker[k].dirty = status != 0;
    }
    return status;
}

/* Moves the indices of a partial pass to those of the whole task. */
typedef struct shifted_sink {
    rqa__tally_sink sink;
    void *user;
    uint32_t dim;
    uint32_t threshold;
} shifted_sink;

static int shift_indices(void *user, uint32_t dim_index, uint32_t threshold_index,
                         const rqa__tally *tally)
{
    const shifted_sink *to = user;
    return to->sink(to->user, to->dim + dim_index, to->threshold + threshold_index, tally);
}

int rqa__engine_sweep_run(const rqa__task *task, const rqa__sweep_kernels *kernels,
                          rqa__sweep_workspace *ws, const rqa__parallel *parallel,
                          const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    int status = 0;
    if (task->n_thresholds <= RQA__SWEEP_MAX_THRESHOLDS) {
        return run_pass(task, kernels, ws, parallel, cancel, sink, user);
    }
    /* Tallies come out by dim first, so each dim takes its passes on its own. */
    for (uint32_t d = 0; d < task->n_dims && status == 0; d++) {
        for (uint32_t e = 0; e < task->n_thresholds && status == 0;
             e += RQA__SWEEP_MAX_THRESHOLDS) {
            shifted_sink shifted = {sink, user, d, e};
            const rqa__task part = rqa__task_slice(task, rqa__sweep_pass(task, d, e));
            status = run_pass(&part, kernels, ws, parallel, cancel, shift_indices, &shifted);
        }
    }
    return status;
}
