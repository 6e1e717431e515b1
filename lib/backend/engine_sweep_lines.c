/* engine_sweep_lines.c - the sweep engine's inner work: the diagonals and columns of one job. */
#include "backend/engine_sweep_state.h"

#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

/* Where the lines of threshold indices of a worker begin: byte -1 belongs to the kernels too. */
enum { LINE_MARGIN = 64 };

static uint8_t *line_of(const rqa__sweep_worker *worker, const rqa__sweep_job *job, uint32_t dim)
{
    return (uint8_t *)worker->lines.data + dim * job->line_stride + LINE_MARGIN;
}

/* Threshold indices of the cells (i + t * x_step, j + t), all dims, from place `at` of the lines.
 */
static void index_cells(rqa__sweep_worker *worker, const rqa__sweep_job *job, size_t i, size_t j,
                        unsigned x_step, size_t at, const size_t *n_valid)
{
    uint8_t *line = line_of(worker, job, 0) + at;
    rqa__sweep_line cells = {.i = i,
                             .j = j,
                             .x_step = x_step,
                             .n_valid = n_valid,
                             .work = worker->work.data,
                             .out = line,
                             .out_stride = job->line_stride};
    job->kernels.index(&job->space[0], &cells);
    if (job->n_spaces == 2) {
        uint8_t *other = (uint8_t *)worker->lines_y.data + LINE_MARGIN + at;
        cells.out = other;
        job->kernels.index(&job->space[1], &cells);
        for (uint32_t d = 0; d < job->task->n_dims; d++) {
            job->kernels.merge(line + d * job->line_stride, other + d * job->line_stride,
                               n_valid[d]);
        }
    }
}

/* A line that is too much to do between two looks. */
static int is_long(const rqa__sweep_job *job, const size_t *n_valid)
{
    return n_valid[0] * job->n_cell_operations > RQA__LOOK_OPERATIONS;
}

/* The same of whole lines; long ones stretch by stretch. 0 or RQA_ERROR_CANCELLED. */
static int index_line(rqa__sweep_worker *worker, const rqa__sweep_job *job, size_t i, size_t j,
                      unsigned x_step, const size_t *n_valid, int in_stretches)
{
    if (!in_stretches) {
        index_cells(worker, job, i, j, x_step, 0, n_valid);
        return 0;
    }
    const uint32_t n_dims = job->task->n_dims;
    size_t *n_here = (size_t *)worker->overflow.data + n_dims;
    /* Whole blocks of cells: kernels write some more, which the next stretch has to overwrite. */
    const size_t most = (size_t)(rqa__steps_between_looks(job->n_cell_operations) + 63) / 64 * 64;
    for (size_t at = 0; at < n_valid[0]; at += most) {
        if (rqa__is_cancelled(job->cancel)) {
            return RQA_ERROR_CANCELLED;
        }
        for (uint32_t d = 0; d < n_dims; d++) {
            const size_t left = n_valid[d] > at ? n_valid[d] - at : 0;
            n_here[d] = left < most ? left : most;
        }
        index_cells(worker, job, i + at * x_step, j + at, x_step, at, n_here);
    }
    worker->n_operations = 0;
    return 0;
}

/* Turns a dim's gathered events into runs. They are all of diagonals or all of columns. */
static int close_events(rqa__sweep_worker *worker, const rqa__sweep_job *job, uint32_t dim,
                        unsigned kind)
{
    size_t *n_events = (size_t *)worker->n_events.data + dim;
    const uint32_t *event = (uint32_t *)worker->events.data + dim * job->n_event_room;
    rqa__sweep_hist *black = rqa__sweep_worker_hist(worker, dim, kind);
    if (*n_events == 0) {
        return 0;
    }
    if (rqa__is_cancelled(job->cancel)) {
        return RQA_ERROR_CANCELLED;
    }
    void *room = job->longest <= RQA__SWEEP_CLOSE_CELLS ? worker->close.data : NULL;
    job->kernels.close(event, *n_events, job->n_thresholds, &black->counter, room);
    int status = rqa__sweep_hist_drain(black, rqa__sweep_weight(job, kind));
    if (status == 0 && kind == RQA__SWEEP_VERTICAL &&
        (job->task->tallies & RQA__TALLY_WHITE) != 0) {
        rqa__sweep_hist *inner = rqa__sweep_worker_hist(worker, dim, RQA__SWEEP_WHITE_INNER);
        rqa__sweep_hist *border = rqa__sweep_worker_hist(worker, dim, RQA__SWEEP_WHITE_BORDER);
        job->kernels.close_white(event, *n_events, job->n_thresholds, &inner->counter,
                                 &border->counter, room);
        status = rqa__sweep_hist_drain(inner, 1);
        if (status == 0) {
            status = rqa__sweep_hist_drain(border, 1);
        }
    }
    *n_events = 0;
    return status;
}

static int close_all_events(rqa__sweep_worker *worker, const rqa__sweep_job *job, unsigned kind)
{
    int status = 0;
    for (uint32_t d = 0; d < job->task->n_dims && status == 0; d++) {
        status = close_events(worker, job, d, kind);
    }
    worker->n_event_cells = 0;
    return status;
}

/* Adds a line to a dim's events, and turns them into runs when there are enough. */
static int gather_events(rqa__sweep_worker *worker, const rqa__sweep_job *job, uint32_t dim,
                         unsigned kind, uint8_t *line, size_t n, unsigned borders)
{
    const int white = kind == RQA__SWEEP_VERTICAL && (job->task->tallies & RQA__TALLY_WHITE) != 0;
    size_t *n_events = (size_t *)worker->n_events.data + dim;
    uint32_t *event = (uint32_t *)worker->events.data + dim * job->n_event_room;
    *n_events += job->kernels.events(line, n, job->n_thresholds, borders, white, event + *n_events);
    return *n_events < RQA__SWEEP_EVENT_BATCH ? 0 : close_events(worker, job, dim, kind);
}

/* The line of identity of a symmetric matrix: every value there is 0 or missing, and it is
 * counted once where other diagonals count twice, so it goes to the 64-bit rows. */
static int identity_runs(rqa__sweep_hist *hist, const uint8_t *line, size_t n,
                         unsigned n_thresholds)
{
    size_t start = 0;
    int status = 0;
    for (size_t t = 1; t <= n && status == 0; t++) {
        if (t == n || line[t] != line[start]) {
            if (line[start] < n_thresholds) {
                status = rqa__sweep_hist_add(hist, t - start, line[start], n_thresholds, 1);
            }
            start = t;
        }
    }
    return status;
}

static void sum_offset(const rqa__sweep_job *job, uint32_t dim, size_t offset,
                       const uint64_t *count)
{
    uint64_t sum = 0;
    uint64_t *row = job->offset_points + (size_t)dim * job->n_thresholds * job->n_offsets;
    for (unsigned e = 0; e < job->n_thresholds; e++) {
        sum += count[e];
        row[e * job->n_offsets + offset] = sum;
    }
}

/* Cells of the line from (i, j) by threshold: points whose exclusion differs from the lines', and
 * offsets, which are those in the square that both series span. */
static void count_cells(rqa__sweep_worker *worker, const rqa__sweep_job *job, uint32_t dim,
                        const uint8_t *line, size_t n, size_t i, size_t j)
{
    const rqa__task *task = job->task;
    const uint64_t distance = i > j ? i : j;
    const int is_identity = job->symmetric && i == j;
    const int in_points = distance >= task->theiler_points;
    const int in_base = distance >= job->theiler_base;
    const size_t side = rqa__sweep_square(job, dim);
    uint64_t count[256];
    size_t n_counted = 0;
    if (in_points == in_base && job->offset_points == NULL) {
        return;
    }
    memset(count, 0, sizeof count);
    if (job->offset_points != NULL && distance < side) {
        n_counted = n < side - distance ? n : (size_t)(side - distance);
        job->kernels.count(line, n_counted, count);
        sum_offset(job, dim, task->relation == RQA__RELATION_AUTO ? j - i : side - 1 + j - i,
                   count);
    }
    if (in_points != in_base) {
        job->kernels.count(line + n_counted, n - n_counted, count);
        uint64_t *total = (uint64_t *)worker->counts.data + dim * 256u;
        uint64_t weight = job->mirrored && !is_identity ? 2 : 1;
        weight = in_points ? weight : 0 - weight; /* modulo 2^64; the sum is exact */
        for (unsigned e = 0; e < job->n_thresholds; e++) {
            total[e] += weight * count[e];
        }
    }
}

/* Diagonal number k: j - i = k in a symmetric matrix, else j - i = k - (nx - 1). */
static int diagonal_line(rqa__sweep_worker *worker, const rqa__sweep_job *job, size_t k,
                         size_t *n_valid)
{
    const rqa__task *task = job->task;
    const size_t shift = job->symmetric ? 0 : job->nx[0] - 1;
    const size_t i = k < shift ? shift - k : 0;
    const size_t j = k < shift ? 0 : k - shift;
    const uint64_t distance = i > j ? i : j;
    const int is_identity = job->symmetric && k == 0;
    const int want_runs =
        (task->tallies & RQA__TALLY_DIAGONAL) != 0 && distance >= task->theiler_diagonal;
    const int in_points = distance >= task->theiler_points;
    int status = 0;
    if (!want_runs && in_points == (distance >= job->theiler_base) && job->offset_points == NULL) {
        return 0;
    }
    for (uint32_t d = 0; d < task->n_dims; d++) {
        const size_t x_left = job->nx[d] > i ? job->nx[d] - i : 0;
        const size_t y_left = job->ny[d] > j ? job->ny[d] - j : 0;
        n_valid[d] = x_left < y_left ? x_left : y_left;
    }
    const int looks = is_long(job, n_valid);
    status = index_line(worker, job, i, j, 1, n_valid, looks);
    for (uint32_t d = 0; d < task->n_dims && n_valid[d] > 0 && status == 0; d++) {
        uint8_t *line = line_of(worker, job, d);
        if (looks && rqa__is_cancelled(job->cancel)) {
            return RQA_ERROR_CANCELLED;
        }
        count_cells(worker, job, d, line, n_valid[d], i, j);
        if (want_runs && is_identity) {
            status = identity_runs(rqa__sweep_worker_hist(worker, d, RQA__SWEEP_DIAGONAL), line,
                                   n_valid[d], job->n_thresholds);
        } else if (want_runs && job->by_events) {
            status = gather_events(worker, job, d, RQA__SWEEP_DIAGONAL, line, n_valid[d], 0);
        } else if (want_runs) {
            rqa__sweep_hist *hist = rqa__sweep_worker_hist(worker, d, RQA__SWEEP_DIAGONAL);
            job->kernels.runs(line, n_valid[d], job->n_thresholds, &hist->counter);
            status = rqa__sweep_hist_drain(hist, rqa__sweep_weight(job, RQA__SWEEP_DIAGONAL));
        }
    }
    worker->n_cells += n_valid[0];
    worker->n_event_cells += n_valid[0];
    worker->n_operations += n_valid[0] * job->n_cell_operations;
    return status;
}

/* Recurrence times of rows first..end-1 of a column that are too much to do between two looks: they
 * are cut where no threshold has a line. */
static int long_times(const rqa__sweep_job *job, rqa__sweep_hist *hist, const uint8_t *line,
                      size_t first, size_t end, rqa__sweep_times *times)
{
    const size_t most = (size_t)rqa__steps_between_looks(job->n_thresholds);
    int status = 0;
    while (first < end && status == 0) {
        size_t n = end - first;
        if (n > most) {
            const uint8_t *gap = memchr(line + most, (int)job->n_thresholds, n - most);
            n = gap != NULL ? (size_t)(gap - line) : n;
            status = rqa__is_cancelled(job->cancel) ? RQA_ERROR_CANCELLED : 0;
        }
        if (status == 0) {
            job->kernels.times(line, n, job->n_thresholds, first, times, &hist->counter);
            status = rqa__sweep_hist_drain(hist, 1);
        }
        line += n;
        first += n;
    }
    return status;
}

/* A column of one dim: its rows begin..end-1, whose ends are borders. */
typedef struct column {
    uint32_t dim;
    size_t i, begin, end;
} column;

/* Recurrence times of rows first..end-1, of which nothing before knows. */
static int count_times(rqa__sweep_worker *worker, const rqa__sweep_job *job, const column *c,
                       const uint8_t *line, size_t first, size_t end)
{
    rqa__sweep_hist *hist = rqa__sweep_worker_hist(worker, c->dim, RQA__SWEEP_TIMES);
    uint64_t *data = worker->times.data;
    rqa__sweep_times times = {data, data + 256, data + 256 * (2 + c->dim)};
    memset(times.last_start, 0xff, job->n_thresholds * sizeof *times.last_start);
    if ((end - first) * job->n_thresholds > RQA__LOOK_OPERATIONS) {
        return long_times(job, hist, line, first, end, &times);
    }
    job->kernels.times(line, end - first, job->n_thresholds, first, &times, &hist->counter);
    return rqa__sweep_hist_drain(hist, 1);
}

/* Rows first..end-1 of a column, between which and others nothing is counted. */
static int column_piece(rqa__sweep_worker *worker, const rqa__sweep_job *job, const column *c,
                        size_t first, size_t end)
{
    const rqa__task *task = job->task;
    uint8_t *line = line_of(worker, job, c->dim) + (first - c->begin);
    rqa__sweep_hist *black = rqa__sweep_worker_hist(worker, c->dim, RQA__SWEEP_VERTICAL);
    int status = 0;
    if (first >= end) {
        return 0;
    }
    if ((task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0) {
        status = count_times(worker, job, c, line, first, end);
    }
    const unsigned borders = (first == c->begin ? (unsigned)RQA__SWEEP_BORDER_FIRST : 0u) |
                             (end == c->end ? (unsigned)RQA__SWEEP_BORDER_LAST : 0u);
    if (status == 0 && job->by_events) {
        return gather_events(worker, job, c->dim, RQA__SWEEP_VERTICAL, line, end - first, borders);
    }
    if (status == 0 && (task->tallies & RQA__TALLY_WHITE) != 0) {
        rqa__sweep_hist *inner = rqa__sweep_worker_hist(worker, c->dim, RQA__SWEEP_WHITE_INNER);
        rqa__sweep_hist *border = rqa__sweep_worker_hist(worker, c->dim, RQA__SWEEP_WHITE_BORDER);
        job->kernels.runs_white(line, end - first, job->n_thresholds, borders, &black->counter,
                                &inner->counter, &border->counter);
        status = rqa__sweep_hist_drain(inner, 1);
        if (status == 0) {
            status = rqa__sweep_hist_drain(border, 1);
        }
    } else if (status == 0) {
        job->kernels.runs(line, end - first, job->n_thresholds, &black->counter);
    }
    return status == 0 ? rqa__sweep_hist_drain(black, 1) : status;
}

/* Rows first..end-1 of a column, which absent rows cut. */
static int column_rows(rqa__sweep_worker *worker, const rqa__sweep_job *job, const column *c,
                       size_t first, size_t end)
{
    if (job->absent_y == NULL) {
        return column_piece(worker, job, c, first, end);
    }
    const uint8_t *absent = job->absent_y + c->dim * job->absent_stride_y;
    int status = 0;
    while (first < end && status == 0) {
        const uint8_t *next = memchr(absent + first, 1, end - first);
        const size_t stop = next != NULL ? (size_t)(next - absent) : end;
        status = column_piece(worker, job, c, first, stop);
        for (first = stop; first < end && absent[first] != 0;) {
            first++;
        }
    }
    return status;
}

/* The band |i-j| < w leaves rows below and rows above it. */
static int column_of_dim(rqa__sweep_worker *worker, const rqa__sweep_job *job, const column *c)
{
    const uint64_t w = job->task->theiler_vertical;
    if (job->absent_x != NULL && job->absent_x[c->dim * job->absent_stride_x + c->i] != 0) {
        return 0;
    }
    if (w == 0) {
        return column_rows(worker, job, c, c->begin, c->end);
    }
    /* Rows begin..i-w and i+w..end-1. */
    size_t below = c->i >= w ? (size_t)(c->i - w) + 1 : 0;
    below = below < c->begin ? c->begin : below < c->end ? below : c->end;
    const size_t above = w < c->end && c->i + w < c->end ? (size_t)(c->i + w) : c->end;
    if (job->task->band_is_white) {
        memset(line_of(worker, job, c->dim) + (below - c->begin), (int)job->n_thresholds,
               above - below);
        return column_rows(worker, job, c, c->begin, c->end);
    }
    const int status = column_rows(worker, job, c, c->begin, below);
    return status == 0 ? column_rows(worker, job, c, above, c->end) : status;
}

static int column_line(rqa__sweep_worker *worker, const rqa__sweep_job *job, size_t i,
                       size_t *n_valid)
{
    const rqa__task *task = job->task;
    const size_t begin = task->upper_only ? i : 0;
    int status = 0;
    for (uint32_t d = 0; d < task->n_dims; d++) {
        n_valid[d] = i < job->nx[d] ? job->ny[d] - begin : 0;
    }
    const int looks = is_long(job, n_valid);
    status = index_line(worker, job, i, begin, 0, n_valid, looks);
    for (uint32_t d = 0; d < task->n_dims && n_valid[d] > 0 && status == 0; d++) {
        if (looks && rqa__is_cancelled(job->cancel)) {
            return RQA_ERROR_CANCELLED;
        }
        const column c = {d, i, begin, begin + n_valid[d]};
        status = column_of_dim(worker, job, &c);
    }
    worker->n_cells += n_valid[0];
    worker->n_event_cells += n_valid[0];
    worker->n_operations += n_valid[0] * job->n_cell_operations;
    return status;
}

int rqa__sweep_run_job(void *arg, size_t job_index, unsigned worker_index)
{
    const rqa__sweep_job *job = arg;
    rqa__sweep_worker *worker = &job->ws->worker[worker_index];
    size_t *n_valid = worker->overflow.data; /* its first part; see rqa__sweep_worker_prepare */
    const int is_column = job_index >= job->n_diagonal_jobs;
    const unsigned kind = is_column ? RQA__SWEEP_VERTICAL : RQA__SWEEP_DIAGONAL;
    const size_t n_lines = is_column ? job->n_column_lines : job->n_diagonal_lines;
    const size_t n_jobs = is_column ? job->n_column_jobs : job->n_diagonal_jobs;
    /* Blocks of lines are dealt out in turn, so that long and short lines mix. */
    size_t block = is_column ? job_index - job->n_diagonal_jobs : job_index;
    worker->n_operations = RQA__LOOK_OPERATIONS; /* looks before anything else */
    for (; block * job->lines_per_job < n_lines; block += n_jobs) {
        const size_t first = block * job->lines_per_job;
        const size_t left = n_lines - first;
        const size_t end = first + (left < job->lines_per_job ? left : job->lines_per_job);
        for (size_t k = first; k < end; k++) {
            if (worker->n_operations >= RQA__LOOK_OPERATIONS) {
                worker->n_operations = 0;
                if (rqa__is_cancelled(job->cancel)) {
                    return RQA_ERROR_CANCELLED;
                }
            }
            int status = is_column ? column_line(worker, job, k, n_valid)
                                   : diagonal_line(worker, job, k, n_valid);
            if (status == 0 && worker->n_event_cells >= RQA__SWEEP_EVENT_BATCH_CELLS) {
                status = close_all_events(worker, job, kind);
            }
            /* A 32-bit count may grow by one per cell of a line. */
            if (status == 0 && worker->n_cells >= RQA__SWEEP_FLUSH_CELLS) {
                status = close_all_events(worker, job, kind);
                status = status != 0 ? status : rqa__sweep_worker_flush(worker, worker, job);
            }
            if (status != 0) {
                return status;
            }
        }
    }
    return close_all_events(worker, job, kind);
}
