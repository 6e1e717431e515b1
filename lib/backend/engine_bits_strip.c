/* engine_bits_strip.c - how the offsets are cut into strips, and what a worker does with one.
 *
 * Strips are claimed in order of falling offset. A column of the matrix leaves a strip at its
 * lowest offset, one row before it enters the next, and a row continues there too; so the runs
 * under way are handed over in one array per direction, and a strip may run as soon as it stays
 * behind its predecessor. Strips get narrower towards the end so that workers finish together.
 */
#include "backend/engine_bits_internal.h"
#include "base/memory.h"
#include "base/thread.h"
#include "rqa/status.h"

#include <string.h>

/* ---- strips ---- */

static int outside(int64_t first, int64_t last, uint64_t theiler)
{
    uint64_t nearest = first >= 0 ? (uint64_t)first : last <= 0 ? (uint64_t)-last : 0;
    return nearest >= theiler;
}

static void describe(const rqa__bits_run *run, rqa__bits_strip *s)
{
    const rqa__task *task = run->task;
    int64_t last = s->first + (int64_t)s->width - 1;
    unsigned weight = run->symmetric && !run->upper_only && s->first > 0 ? 2 : 1;
    s->row_begin = last < -(int64_t)run->first ? (size_t)-last : run->first;
    size_t end = (size_t)((int64_t)run->n_y - s->first);
    s->row_end = end < run->end ? end : run->end;
    s->weight_points = outside(s->first, last, task->theiler_points) ? weight : 0;
    s->weight_diagonal =
        task->tallies & RQA__TALLY_DIAGONAL && outside(s->first, last, task->theiler_diagonal)
            ? weight
            : 0;
    s->vertical = (task->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE |
                                    RQA__TALLY_RECURRENCE_TIME)) != 0 &&
                  outside(s->first, last, task->theiler_vertical);
    s->below_band = 0;
    s->after = -1;
}

/* The next offset, going down from `end` (exclusive), at which a strip must begin. */
static int64_t next_cut(const rqa__bits_run *run, int64_t lowest, int64_t end)
{
    const rqa__task *task = run->task;
    const uint64_t w[4] = {task->theiler_points, task->theiler_diagonal, task->theiler_vertical, 1};
    int64_t cut = lowest;
    for (unsigned k = 0; k < (run->symmetric ? 4u : 3u); k++) {
        if (w[k] == 0 || w[k] > RQA__ENGINE_BITS_LIMIT) {
            continue;
        }
        int64_t at = (int64_t)w[k];
        cut = at < end && at > cut ? at : cut;
        cut = 1 - at < end && 1 - at > cut ? 1 - at : cut;
    }
    return cut;
}

int rqa__bits_plan_strips(rqa__bits_run *run)
{
    /* A row costs about as much as 400 of its pairs on top of them; so few workers do best with
     * wide strips, even if the last one then keeps only one of them busy. */
    const size_t narrowest = run->n_workers <= 4 ? 1024 : 512;
    const int64_t lowest = run->symmetric ? 0 : 1 - (int64_t)run->end;
    int64_t end = (int64_t)run->n_y - (int64_t)run->first;
    size_t left = (size_t)(end - lowest);
    size_t room = left / narrowest + 16;
    run->strip = rqa__alloc_array(room, sizeof *run->strip);
    if (run->strip == NULL) {
        return RQA_ERROR_MEMORY;
    }
    int64_t vertical = -1;
    size_t n = 0;
    while (end > lowest) {
        size_t width = run->widest;
        left = (size_t)(end - lowest);
        if (run->n_workers > 1 && left / run->n_workers < width) {
            width = left / run->n_workers / 64 * 64;
            width = width < narrowest ? narrowest : width;
            width = width > run->widest ? run->widest : width;
        }
        int64_t cut = next_cut(run, lowest, end);
        int64_t first = end - (int64_t)width > cut ? end - (int64_t)width : cut;
        rqa__bits_strip s = {.first = first, .width = (size_t)(end - first)};
        describe(run, &s);
        end = first;
        if (s.weight_points == 0 && s.weight_diagonal == 0 && !s.vertical &&
            run->offset_points == NULL) {
            continue;
        }
        if (s.vertical) {
            s.below_band = run->task->theiler_vertical > 0 && s.first < 0 &&
                           s.first + (int64_t)s.width == 1 - (int64_t)run->task->theiler_vertical;
            s.after = vertical;
            vertical = (int64_t)n;
        }
        run->strip[n++] = s;
    }
    run->n_strips = n;
    return 0;
}

/* ---- one strip ---- */

void rqa__bits_rare(void *worker, int kind, uint32_t index, uint32_t *state)
{
    rqa__bits_worker *w = worker;
    rqa__bits_run *run = w->run;
    uint32_t border = index & RQA__BITS_BORDER;
    index &= ~RQA__BITS_BORDER;
    uint32_t colour = index & 1;
    uint32_t length = (index + 1) / 2;
    atomic_uint_least64_t *hist;
    uint64_t n = 1;
    (void)state;
    if (kind == RQA__BITS_TIME) {
        hist = run->time;
        length = index;
    } else if (kind == RQA__BITS_DIAGONAL) {
        if (!colour) {
            return;
        }
        w->rare_points += length;
        hist = run->diagonal_lines;
        n = w->strip->weight_diagonal;
    } else if (length == 0) { /* a border run that is none */
        return;
    } else {
        hist = colour ? run->vertical_lines : border ? run->white_border : run->white_inner;
    }
    atomic_fetch_add_explicit(&hist[length], n, memory_order_relaxed);
}

static void clear_bits(uint64_t *row, size_t begin, size_t end)
{
    size_t k = begin / 64;
    if (begin % 64 != 0 && begin < end) {
        row[k++] &= (UINT64_C(1) << (begin % 64)) - 1;
    }
    for (; 64 * k < end; k++) {
        row[k] = 0;
    }
}

/* Clears the cells outside the matrix, and outside the strip, up to the end of the row. */
void rqa__bits_trim(const rqa__bits_run *run, const rqa__bits_strip *s, uint64_t *row, size_t i,
                    size_t n_words)
{
    int64_t begin = -(int64_t)i - s->first;
    int64_t end = (int64_t)run->n_y - (int64_t)i - s->first;
    end = end > (int64_t)s->width ? (int64_t)s->width : end;
    size_t last = (n_words + 7) / 8 * 8 + 1;
    clear_bits(row, end > 0 ? (size_t)end : 0, 64 * last);
    for (size_t k = 0; begin > 0 && 64 * k < (size_t)begin; k++) {
        size_t n = (size_t)begin - 64 * k;
        row[k] = n >= 64 ? 0 : row[k] & ~((UINT64_C(1) << n) - 1);
    }
}

size_t rqa__bits_words(const rqa__bits_run *run, const rqa__bits_strip *s, size_t i)
{
    int64_t n = (int64_t)run->n_y - (int64_t)i - s->first;
    size_t bits = n < 0 ? 0 : n < (int64_t)s->width ? (size_t)n : s->width;
    return (bits + 63) / 64;
}

/* Waits until the strip above has finished the rows before `end`. */
static int wait_for(const rqa__bits_run *run, const rqa__bits_strip *s, size_t end)
{
    if (s->after < 0) {
        return 1;
    }
    const rqa__bits_progress *p = &run->progress[s->after];
    for (unsigned spin = 0; !rqa__bits_is_stopped(run); spin++) {
        if (atomic_load_explicit(&p->rows, memory_order_acquire) >= end) {
            return 1;
        }
        if (spin > 64) {
            rqa__yield();
        }
    }
    return 0;
}

static int counts_diagonals(const rqa__bits_run *run, const rqa__bits_strip *s)
{
    return s->weight_diagonal > 0 || run->offset_points != NULL;
}

/* Where the points of a strip's offsets go, and which count: those in the square that both series
 * span. The array may begin before that of the run. */
static void set_offsets(rqa__bits_block *b, const rqa__bits_run *run, const rqa__bits_strip *s)
{
    const int64_t side = (int64_t)(run->n_x < run->n_y ? run->n_x : run->n_y);
    const int64_t zero = run->task->relation == RQA__RELATION_AUTO ? 0 : side - 1;
    b->offset_points = run->offset_points == NULL ? NULL : run->offset_points + (s->first + zero);
    b->square_row = side;
    b->square_column = side - s->first;
}

static void extract(rqa__bits_worker *w, const rqa__bits_strip *s, size_t row, size_t n_rows,
                    size_t n_words, uint8_t *edge_before)
{
    rqa__bits_run *run = w->run;
    size_t first_column = (size_t)((int64_t)(row + RQA__BITS_PAD) + s->first);
    rqa__bits_block b = {
        .bits = w->tile + run->stride,
        .stride = run->stride,
        .n_words = n_words,
        .n_rows = n_rows,
        .width = s->width,
        .first_row = (uint32_t)row,
        .first_end = (uint32_t)(int32_t)((int64_t)row + s->first + 1),
        .diagonal = counts_diagonals(run, s) ? w->diagonal : NULL,
        .hist_diagonal = w->hist_diagonal,
        .hist_vertical = w->hist_vertical,
        .limit = run->limit,
        .rare = run->edges != NULL ? rqa__bits_rare_of_part : rqa__bits_rare,
        .user = w,
        .scratch = w->scratch,
        .hist_time = w->hist_time,
        .gap_sum = &w->gap_sum,
        .cuts = run->absent.cuts,
        .edge_before = *edge_before,
    };
    set_offsets(&b, run, s);
    if (s->vertical) {
        ptrdiff_t columns = (ptrdiff_t)first_column - RQA__BITS_PAD; /* may be below 0 */
        b.edge = run->edge + row;
        b.column = run->column != NULL ? run->column + columns : NULL;
        b.row = run->row != NULL ? run->row + row : NULL;
        *edge_before = run->edge[row + n_rows - 1];
        if (run->column_start != NULL) {
            b.column_start = run->column_start + columns;
        }
        b.row_start = run->row_start != NULL ? run->row_start + row : NULL;
        b.column_first = run->column_first != NULL ? run->column_first + columns : NULL;
        b.row_first = run->row_first != NULL ? run->row_first + row : NULL;
    }
    if (b.offset_points != NULL || (s->vertical && run->time != NULL)) {
        run->kernels->lines_full(&b);
    } else if (b.diagonal != NULL || b.column != NULL || b.row != NULL) {
        run->kernels->lines(&b);
    }
}

/* Ends the diagonals that reach the last row (of a part, they are edges), and adds the strip up. */
static void close_strip(rqa__bits_worker *w, const rqa__bits_strip *s)
{
    rqa__bits_run *run = w->run;
    rqa__bits_block b = {0};
    uint64_t points = w->rare_points;
    set_offsets(&b, run, s);
    for (size_t k = 0; k < rqa__bits_words(run, s, s->row_end - 1); k++) {
        for (uint64_t open = w->tile[k]; open != 0; open &= open - 1) {
            size_t p = 64 * k + (unsigned)__builtin_ctzll(open);
            uint32_t start = (w->diagonal[p] & ~RQA__BITS_BORDER) >> 1;
            uint32_t length = (uint32_t)s->row_end - start;
            points += length;
            if (b.offset_points != NULL) {
                rqa__bits_add_offset(&b, p, start, (uint32_t)s->row_end);
            }
            if (s->weight_diagonal > 0 && run->edges == NULL) {
                atomic_fetch_add_explicit(&run->diagonal_lines[length], s->weight_diagonal,
                                          memory_order_relaxed);
            }
        }
    }
    size_t longest = s->row_end - s->row_begin;
    longest = longest < run->limit ? longest : run->limit - 1;
    for (size_t n = 1; n <= longest; n++) {
        uint64_t lines = w->hist_diagonal[2 * n - 1];
        points += n * lines;
        w->total_diagonal[n] += s->weight_diagonal * lines;
    }
    memset(w->hist_diagonal, 0, 2 * (size_t)run->limit * sizeof *w->hist_diagonal);
    w->points += s->weight_points * points;
    w->rare_points = 0;
}

static int has_edges(const rqa__bits_run *run, const rqa__bits_strip *s)
{
    return run->edges != NULL && s->weight_diagonal > 0;
}

static void begin_strip(rqa__bits_worker *w, const rqa__bits_strip *s)
{
    rqa__bits_run *run = w->run;
    w->strip = s;
    memset(w->tile, 0, run->stride * sizeof *w->tile);
    if (has_edges(run, s)) {
        rqa__bits_begin_edges(w, s);
    } else if (counts_diagonals(run, s)) {
        memset(w->diagonal, 0, (s->width + 63) / 64 * 64 * sizeof *w->diagonal);
    }
    for (unsigned k = 0; k < run->n_fields; k++) {
        w->ring[k].ready = s->row_begin;
    }
}

static int run_strip(rqa__bits_worker *w, const rqa__bits_strip *s, rqa__bits_progress *progress)
{
    rqa__bits_run *run = w->run;
    uint64_t *tile = w->tile;
    const size_t stride = run->stride;
    uint8_t edge_before = 0;
    int lines = counts_diagonals(run, s);
    begin_strip(w, s);
    for (size_t row = s->row_begin; row < s->row_end; row += RQA__BITS_ROWS) {
        size_t left = s->row_end - row;
        size_t n = left < RQA__BITS_ROWS ? left : RQA__BITS_ROWS;
        size_t n_words = rqa__bits_words(run, s, row > s->row_begin ? row - 1 : row);
        if (rqa__bits_is_stopped(run)) {
            return RQA_ERROR_CANCELLED;
        }
        for (unsigned k = 0; k < run->n_fields; k++) {
            if (rqa__bits_tile(w, k, s, row, n, n_words) != 0) {
                return RQA_ERROR_CANCELLED;
            }
        }
        for (size_t r = 0; r < n; r++) {
            uint64_t *bits = tile + (1 + r) * stride;
            if (run->absent.is_filled) {
                rqa__bits_absent_fill(run, s, bits, row + r, n_words);
            }
            rqa__bits_trim(run, s, bits, row + r, n_words);
            if (!lines && s->weight_points > 0) {
                w->points += s->weight_points * run->kernels->count(bits, n_words);
            }
        }
        if (!wait_for(run, s, row + n)) {
            return RQA_ERROR_CANCELLED;
        }
        for (size_t r = 0; s->below_band && r < n; r++) {
            rqa__bits_cut_row(w, row + r);
        }
        if (has_edges(run, s)) {
            rqa__bits_diagonals_leave(w, s, row, n);
        }
        extract(w, s, row, n, n_words, &edge_before);
        if (run->edges != NULL && s->vertical) {
            rqa__bits_rows_leave(w, s, row, n);
        }
        memcpy(tile, tile + n * stride, stride * sizeof *tile);
        atomic_store_explicit(&progress->rows, row + n, memory_order_release);
    }
    if (has_edges(run, s)) {
        rqa__bits_end_edges(w, s);
    }
    if (lines) {
        close_strip(w, s);
    }
    atomic_store_explicit(&progress->rows, SIZE_MAX, memory_order_release);
    return 0;
}

int rqa__bits_worker_main(void *arg, size_t job, unsigned worker)
{
    rqa__bits_run *run = arg;
    (void)worker;
    for (;;) {
        size_t k = atomic_fetch_add(&run->next_strip, 1);
        if (k >= run->n_strips) {
            return 0;
        }
        int status = run_strip(&run->worker[job], &run->strip[k], &run->progress[k]);
        if (status != 0) {
            atomic_store(&run->status, status);
            return status;
        }
    }
}
