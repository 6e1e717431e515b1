/* engine_bits.c - the single-analysis engine's entry: memory, one run per (dim, threshold). */
#include "backend/engine_bits_internal.h"
#include "backend/engine_tiles.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

#include <string.h>

static size_t vectors_of(const rqa__side *side, uint32_t dim)
{
    size_t span = ((size_t)dim - 1) * side->delay;
    return side->n_samples > span ? side->n_samples - span : 0;
}

/* ---- workers ---- */

static void destroy_workers(rqa__bits_run *run)
{
    for (unsigned k = 0; run->worker != NULL && k < run->n_workers; k++) {
        rqa__bits_worker *w = &run->worker[k];
        rqa__free_aligned(w->tile);
        rqa__free_aligned(w->low);
        rqa__free(w->hist_diagonal);
        rqa__free(w->rows);
        rqa__free_aligned(w->ring[0].memory);
        rqa__free_aligned(w->ring[1].memory);
    }
    rqa__free(run->worker);
    run->worker = NULL;
}

static void *take(uint8_t **cursor, size_t n_bytes)
{
    void *part = *cursor;
    *cursor += (n_bytes + 63) / 64 * 64;
    return part;
}

/* What a worker's block holds apart from its histograms. */
static size_t worker_bytes(size_t stride)
{
    size_t row = stride * sizeof(uint64_t);
    size_t scratch = RQA__BITS_SCRATCH(stride) * sizeof(uint64_t) + 64;
    return (RQA__BITS_ROWS + 3) * row + scratch + stride * 64 * sizeof(uint32_t) +
           2 * RQA__BITS_ROWS * sizeof(uint32_t) + RQA__BITS_PANEL_STRIDE * sizeof(uint16_t) +
           8 * 64;
}

static size_t worker_counts(const rqa__bits_run *run)
{
    return (size_t)run->limit * 6;
}

static int create_worker(rqa__bits_run *run, rqa__bits_worker *w, size_t most_dims)
{
    size_t row = run->stride * sizeof(uint64_t);
    uint8_t *cursor = rqa__alloc_aligned(worker_bytes(run->stride));
    w->run = run;
    w->tile = (uint64_t *)(void *)cursor;
    w->hist_diagonal = rqa__alloc_array(worker_counts(run), sizeof *w->hist_diagonal);
    w->rows = rqa__alloc_array(most_dims + 1, sizeof *w->rows);
    if (cursor == NULL || w->hist_diagonal == NULL || w->rows == NULL) {
        return RQA_ERROR_MEMORY;
    }
    take(&cursor, (RQA__BITS_ROWS + 1) * row);
    w->spare = take(&cursor, row);
    w->maybe = take(&cursor, row);
    w->scratch = take(&cursor, RQA__BITS_SCRATCH(run->stride) * sizeof(uint64_t));
    w->diagonal = take(&cursor, run->stride * 64 * sizeof(uint32_t));
    w->below = take(&cursor, RQA__BITS_ROWS * sizeof(uint32_t));
    w->upto = take(&cursor, RQA__BITS_ROWS * sizeof(uint32_t));
    w->sum = take(&cursor, RQA__BITS_PANEL_STRIDE * sizeof(uint16_t));
    if (run->task->limits != NULL) {
        w->low = rqa__alloc_aligned(RQA__BITS_ROWS * row);
        if (w->low == NULL) {
            return RQA_ERROR_MEMORY;
        }
    }
    w->hist_vertical = w->hist_diagonal + 2 * (size_t)run->limit;
    w->total_diagonal = w->hist_vertical + 2 * (size_t)run->limit;
    w->hist_time = run->task->tallies & RQA__TALLY_RECURRENCE_TIME
                       ? w->total_diagonal + run->limit
                       : NULL;
    return 0;
}

static int ready_rings(rqa__bits_run *run)
{
    for (unsigned k = 0; k < run->n_fields; k++) {
        size_t n_rows = rqa__bits_ring_rows(&run->field[k], run->widest);
        size_t n_bytes = rqa__bits_ring_bytes(&run->field[k], n_rows, run->widest);
        for (unsigned j = 0; j < run->n_workers; j++) {
            rqa__bits_ring *ring = &run->worker[j].ring[k];
            ring->n_rows = n_rows;
            if (n_bytes > ring->n_allocated) {
                rqa__free_aligned(ring->memory);
                ring->n_allocated = 0;
                ring->memory = rqa__alloc_aligned(n_bytes);
                if (ring->memory == NULL) {
                    return RQA_ERROR_MEMORY;
                }
                ring->n_allocated = n_bytes;
            }
        }
    }
    return 0;
}

/* ---- one (dim, threshold) ---- */

static void free_arrays(rqa__bits_run *run)
{
    rqa__free(run->strip);
    rqa__free_aligned(run->progress);
    rqa__free(run->column);
    rqa__free(run->edge);
    rqa__free(run->column_start);
    rqa__free(run->row_start);
    rqa__free(run->column_first);
    rqa__free(run->row_first);
    rqa__free(run->offset_points);
    rqa__free((void *)run->diagonal_lines);
    run->strip = NULL;
    run->progress = NULL;
    run->column = run->row = run->column_start = run->row_start = NULL;
    run->column_first = run->row_first = NULL;
    run->edge = NULL;
    run->offset_points = NULL;
    run->diagonal_lines = NULL;
}

static int alloc_histograms(rqa__bits_run *run)
{
    const uint32_t want = run->task->tallies;
    const int times = (want & RQA__TALLY_RECURRENCE_TIME) != 0;
    const int verticals = times || want & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE);
    size_t n = run->n_lengths;
    atomic_uint_least64_t *h = rqa__calloc(5 * n, sizeof *h);
    run->diagonal_lines = h;
    if (h == NULL) {
        return RQA_ERROR_MEMORY;
    }
    run->vertical_lines = verticals ? h + n : NULL;
    run->white_inner = verticals ? h + 2 * n : NULL;
    run->white_border = verticals ? h + 3 * n : NULL;
    run->time = times ? h + 4 * n : NULL;
    return 0;
}

/* The last line of every column, and of a part the first. */
static int alloc_starts(rqa__bits_run *run)
{
    uint32_t **array[] = {&run->column_start, &run->row_start, &run->column_first, &run->row_first};
    for (int k = 0; k < (run->edges != NULL ? 4 : 2); k++) {
        *array[k] = rqa__calloc(run->n_x, sizeof **array[k]);
        if (*array[k] == NULL) {
            return RQA_ERROR_MEMORY;
        }
    }
    return 0;
}

/* The runs under way before the first strip: white ones at the border of the matrix or part. */
static int alloc_runs(rqa__bits_run *run)
{
    const uint32_t want = run->task->tallies;
    const size_t n_x = run->n_x;
    const int times = (want & RQA__TALLY_RECURRENCE_TIME) != 0;
    if (!times && !(want & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE))) {
        return 0;
    }
    /* Columns are indexed up to a word past the last. */
    size_t n_columns = run->symmetric ? n_x + 64 : 0;
    run->column = rqa__alloc_array(n_columns + n_x, sizeof *run->column);
    run->edge = rqa__calloc(n_x, sizeof *run->edge);
    if (run->column == NULL || run->edge == NULL) {
        return RQA_ERROR_MEMORY;
    }
    run->row = run->column + n_columns;
    for (size_t k = 0; k < n_columns; k++) {
        run->column[k] = 2 * (uint32_t)run->first | RQA__BITS_BORDER;
    }
    for (size_t k = 0; k < n_x; k++) {
        run->row[k] = 2 * (uint32_t)run->n_y | RQA__BITS_BORDER;
    }
    return times ? alloc_starts(run) : 0;
}

static int alloc_arrays(rqa__bits_run *run)
{
    if (run->task->tallies & RQA__TALLY_OFFSETS) {
        run->offset_points =
            rqa__calloc(rqa__bits_n_offsets(run), sizeof *run->offset_points);
        if (run->offset_points == NULL) {
            return RQA_ERROR_MEMORY;
        }
    }
    int status = alloc_histograms(run);
    status = status != 0 ? status : alloc_runs(run);
    status = status != 0 ? status : rqa__bits_plan_strips(run);
    if (status != 0) {
        return status;
    }
    run->progress = rqa__alloc_aligned((run->n_strips + 1) * sizeof *run->progress);
    if (run->progress == NULL) {
        return RQA_ERROR_MEMORY;
    }
    for (size_t k = 0; k < run->n_strips; k++) {
        atomic_init(&run->progress[k].rows, 0);
    }
    return 0;
}

static void reset_workers(rqa__bits_run *run)
{
    for (unsigned k = 0; k < run->n_workers; k++) {
        rqa__bits_worker *w = &run->worker[k];
        memset(w->hist_diagonal, 0, worker_counts(run) * sizeof *w->hist_diagonal);
        w->points = w->gap_sum = w->rare_points = 0;
    }
    run->cut_sum = 0;
}

static int run_workers(rqa__bits_run *run)
{
    int status;
    atomic_store(&run->next_strip, 0);
    atomic_store(&run->status, 0);
    if (run->n_workers > 1) {
        status = run->parallel->run(run->parallel->pool, run->n_workers, rqa__bits_worker_main, run);
    } else {
        status = rqa__bits_worker_main(run, 0, 0);
    }
    return status != 0 ? status : atomic_load(&run->status);
}

static void set_shape(rqa__bits_run *run, uint32_t d)
{
    const rqa__task *task = run->task;
    run->n_x = vectors_of(&task->x, task->x.dims[d]);
    run->n_y = run->symmetric ? run->n_x : vectors_of(&task->y, task->y.dims[d]);
    if (run->n_fields > 1) {
        run->n_x = run->n_y = rqa__smaller(run->n_x, vectors_of(&task->y, task->y.dims[d]));
    }
    run->first = 0;
    run->end = run->n_x;
    size_t longest = run->n_x > run->n_y ? run->n_x : run->n_y;
    run->n_lengths = longest >= run->n_lengths ? longest + 1 : run->n_lengths;
}

int rqa__bits_query(rqa__bits_run *run, uint32_t d, uint32_t t)
{
    const rqa__task *task = run->task;
    set_shape(run, d);
    rqa__bits_absent_query(run, d);
    atomic_store(&run->status, 0); /* a part that failed is no reason to stop the next */
    int status = rqa__bits_field_query_limited(run, 0, task->x.dims[d], rqa__task_bounds(task, 0, d)[t]);
    if (status == 0 && run->n_fields > 1) {
        status = rqa__bits_field_query_limited(run, 1, task->y.dims[d],
                                               rqa__task_bounds(task, 1, d)[t]);
    }
    return status != 0 ? status : ready_rings(run);
}

int rqa__bits_rows(rqa__bits_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink, void *user)
{
    uint32_t *runs;
    int status = alloc_arrays(run);
    if (status == 0) {
        runs = run->column;
        reset_workers(run);
        /* Neither a cross matrix nor one triangle has a mirrored part. */
        run->column = run->symmetric && !run->upper_only ? runs : NULL;
        status = run_workers(run);
        status = status != 0 ? status : rqa__bits_finish(run, d, t, sink, user);
        run->column = runs;
    }
    free_arrays(run);
    return status;
}

static int run_one(rqa__bits_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink, void *user)
{
    const int apart = run->absent.cuts != NULL && (run->task->tallies & RQA__TALLY_WHITE) != 0;
    int status = rqa__bits_query(run, d, t);
    if (status != 0) {
        return status;
    }
    return apart ? rqa__bits_absent_rows(run, d, t, sink, user)
                 : rqa__bits_rows(run, d, t, sink, user);
}

/* ---- the task ---- */

static unsigned useful_workers(const rqa__bits_run *run)
{
    double pairs = (double)run->n_x * (double)run->n_y;
    return run->parallel == NULL || run->parallel->run == NULL || run->parallel->n_workers < 2 ||
                   pairs < 1e6
               ? 1
               : run->parallel->n_workers;
}

static int prepare(rqa__bits_run *run)
{
    const rqa__task *task = run->task;
    uint32_t most_dims = task->x.dims[task->n_dims - 1];
    if (run->n_fields > 1 && task->y.dims[task->n_dims - 1] > most_dims) {
        most_dims = task->y.dims[task->n_dims - 1];
    }
    size_t offsets = run->n_x + run->n_y;
    run->widest = rqa__smaller(RQA__BITS_WIDEST, (offsets + 63) / 64 * 64);
    run->stride = rqa__bits_stride(run->widest);
    run->limit = (uint32_t)rqa__smaller(RQA__BITS_WIDEST + 1, run->n_lengths);
    int status = rqa__bits_fields_create(run);
    if (status != 0) {
        return status;
    }
    run->worker = rqa__calloc(run->n_workers, sizeof *run->worker);
    if (run->worker == NULL) {
        return RQA_ERROR_MEMORY;
    }
    for (unsigned k = 0; k < run->n_workers && status == 0; k++) {
        status = create_worker(run, &run->worker[k], most_dims);
    }
    return status;
}

int rqa__bits_open(rqa__bits_run *run, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel)
{
    *run = (rqa__bits_run){
        .task = task, .kernels = kernels, .parallel = parallel, .cancel = cancel};
    run->symmetric = rqa__task_is_symmetric(task);
    run->upper_only = run->symmetric && task->upper_only;
    run->n_fields = task->relation == RQA__RELATION_JOINT ? 2 : 1;
    set_shape(run, 0); /* the smallest dim has the most vectors */
    if (run->n_lengths > RQA__ENGINE_BITS_LIMIT) {
        return RQA_ERROR_OVERFLOW;
    }
    run->n_workers = useful_workers(run);
    int status = rqa__bits_absent_open(run);
    return status != 0 ? status : prepare(run);
}

void rqa__bits_close(rqa__bits_run *run)
{
    destroy_workers(run);
    rqa__bits_absent_close(run);
    rqa__bits_fields_destroy(run);
}

/* One (dim, threshold) by strips, which are made ready for all of them when the first wants it. */
static int run_strips(rqa__bits_run *run, int *is_open, const rqa__tiles_call *call,
                      const rqa__bits_kernels *kernels, uint32_t d, uint32_t t,
                      rqa__tally_sink sink, void *user)
{
    int status = 0;
    if (!*is_open) {
        *is_open = 1;
        status = rqa__bits_open(run, call->task, kernels, call->parallel, call->cancel);
    }
    if (status != 0) {
        return status;
    }
    set_shape(run, d);
    return run->n_x > 0 && run->n_y > 0 ? run_one(run, d, t, sink, user)
                                        : sink(user, d, t, &(rqa__tally){0});
}

int rqa__engine_bits_run(const rqa__task *task, const rqa__bits_kernels *kernels,
                         const rqa__parallel *parallel, const atomic_int *cancel,
                         rqa__tally_sink sink, void *user)
{
    const rqa__tiles_call call = {
        .task = task, .kernels = kernels->tiles, .parallel = parallel, .cancel = cancel};
    rqa__bits_run run;
    int is_open = 0, status = 0;
    for (uint32_t d = 0; d < task->n_dims && status == 0; d++) {
        for (uint32_t t = 0; t < task->n_thresholds && status == 0; t++) {
            status = rqa__engine_tiles_run(&call, d, t, sink, user);
            if (status == RQA__TILES_DECLINED) {
                status = run_strips(&run, &is_open, &call, kernels, d, t, sink, user);
            }
        }
    }
    if (is_open) {
        rqa__bits_close(&run);
    }
    return status;
}

size_t rqa__engine_bits_memory(const rqa__task *task, unsigned n_workers)
{
    size_t n_x = task->x.n_samples;
    size_t n_y = task->relation == RQA__RELATION_AUTO ? 0 : task->y.n_samples;
    size_t longest = n_x > n_y ? n_x : n_y;
    size_t channels = task->x.n_channels;
    /* Ranks and sorted values overlap by a window's margin; sums need 2 + 2 bytes a sample. */
    size_t series = (n_x + n_y + 4 * RQA__BITS_PAD) * channels * 16;
    series += task->norm == RQA__NORM_MAXIMUM ? 0 : (n_x + n_y) * 8; /* one channel sorted */
    size_t lines = longest * (5 * 8 + 2 * 4 + 1 + 2 * 4 + 8) + (n_x + n_y) * 8;
    size_t worker = worker_bytes(rqa__bits_stride(RQA__BITS_WIDEST)) +
                    6 * sizeof(uint64_t) * RQA__BITS_WIDEST + ((size_t)2 << 20);
    if (task->limits != NULL) {
        series += series + n_x * 2 * sizeof(rqa__bits_row_band);
        worker += RQA__BITS_ROWS * rqa__bits_stride(RQA__BITS_WIDEST) * sizeof(uint64_t);
    }
    return rqa__bits_absent_memory(task) + series + lines + n_workers * worker + longest / 512 * 192 +
           rqa__engine_tiles_memory(task, n_workers);
}
