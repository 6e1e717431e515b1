/* engine_bits_strip.c - what a worker does with a strip: its bits, block by block, and their lines.
 */
#include "backend/engine_bits_eroded_state.h"
#include "backend/engine_bits_state.h"
#include "base/smaller.h"
#include "base/thread.h"
#include "rqa/status.h"

#include <string.h>

/* Waits until the strip above has finished the rows before `end`. */
static int wait_for(const rqa__bits_run *run, const rqa__bits_strip *s, size_t end)
{
    if (s->after < 0) {
        return 1;
    }
    const rqa__bits_progress *p = &run->plan.progress[s->after];
    for (unsigned spin = 0; !rqa__bits_is_stopped(&run->input->halt); spin++) {
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
    return s->weight_diagonal > 0 || run->counts.offset_points != NULL;
}

/* Where the points of a strip's offsets go, and which count: those in the square that both series
 * span. The array may begin before that of the run. */
static void set_offsets(rqa__bits_block *b, const rqa__bits_run *run, const rqa__bits_strip *s)
{
    const int64_t side = (int64_t)rqa__smaller(run->input->n_x, run->input->n_y);
    const int64_t zero = run->request.task->relation == RQA__RELATION_AUTO ? 0 : side - 1;
    uint64_t *points = run->counts.offset_points;
    b->offset_points = points == NULL ? NULL : points + (s->first + zero);
    b->square_row = side;
    b->square_column = side - s->first;
}

static void extract(rqa__bits_counter *w, const rqa__bits_strip *s, size_t row, size_t n_rows,
                    size_t n_words, uint8_t *edge_before)
{
    rqa__bits_run *run = w->run;
    size_t first_column = (size_t)((int64_t)(row + RQA__BITS_PAD) + s->first);
    rqa__bits_block b = {
        .bits = w->bits->tile + run->input->stride,
        .stride = run->input->stride,
        .n_words = n_words,
        .n_rows = n_rows,
        .width = s->width,
        .first_row = (uint32_t)row,
        .first_end = (uint32_t)(int32_t)((int64_t)row + s->first + 1),
        .diagonal = counts_diagonals(run, s) ? w->diagonal : NULL,
        .hist_diagonal = w->hist_diagonal,
        .hist_vertical = w->hist_vertical,
        .limit = run->plan.limit,
        .rare = run->request.edges != NULL ? rqa__bits_rare_of_part : rqa__bits_rare,
        .user = w,
        .scratch = w->scratch,
        .hist_time = w->hist_time,
        .gap_sum = &w->gap_sum,
        .cuts = run->input->absent.cuts,
        .edge_before = *edge_before,
    };
    set_offsets(&b, run, s);
    if (s->vertical) {
        const rqa__bits_counts *counts = &run->counts;
        ptrdiff_t columns = (ptrdiff_t)first_column - RQA__BITS_PAD; /* may be below 0 */
        b.edge = counts->edge + row;
        b.column = counts->column != NULL ? counts->column + columns : NULL;
        b.row = counts->row != NULL ? counts->row + row : NULL;
        *edge_before = counts->edge[row + n_rows - 1];
        if (counts->column_start != NULL) {
            b.column_start = counts->column_start + columns;
        }
        b.row_start = counts->row_start != NULL ? counts->row_start + row : NULL;
        b.column_first = counts->column_first != NULL ? counts->column_first + columns : NULL;
        b.row_first = counts->row_first != NULL ? counts->row_first + row : NULL;
    }
    if (run->eroded != NULL) {
        rqa__bits_eroded_take(w, s, &b);
    }
    if (b.offset_points != NULL || (s->vertical && run->counts.time != NULL)) {
        run->input->kernels->lines_full(&b);
    } else if (b.diagonal != NULL || b.column != NULL || b.row != NULL) {
        run->input->kernels->lines(&b);
    }
}

/* Ends the diagonals that reach the last row (of a part, they are edges), and adds the strip up. */
static void close_strip(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    rqa__bits_run *run = w->run;
    rqa__bits_block b = {0};
    uint64_t points = w->rare_points;
    set_offsets(&b, run, s);
    for (size_t k = 0; k < rqa__bits_words(run->input, s, s->row_end - 1); k++) {
        for (uint64_t open = w->bits->tile[k]; open != 0; open &= open - 1) {
            size_t p = 64 * k + (unsigned)__builtin_ctzll(open);
            uint32_t start = (w->diagonal[p] & ~RQA__BITS_BORDER) >> 1;
            uint32_t length = (uint32_t)s->row_end - start;
            points += length;
            if (b.offset_points != NULL) {
                rqa__bits_add_offset(&b, p, start, (uint32_t)s->row_end);
            }
            if (s->weight_diagonal > 0 && run->request.edges == NULL) {
                atomic_fetch_add_explicit(&run->counts.diagonal_lines[length], s->weight_diagonal,
                                          memory_order_relaxed);
            }
        }
    }
    size_t longest = s->row_end - s->row_begin;
    longest = longest < run->plan.limit ? longest : run->plan.limit - 1;
    for (size_t n = 1; n <= longest; n++) {
        uint64_t lines = w->hist_diagonal[2 * n - 1];
        points += n * lines;
        w->total_diagonal[n] += s->weight_diagonal * lines;
    }
    memset(w->hist_diagonal, 0, 2 * (size_t)run->plan.limit * sizeof *w->hist_diagonal);
    w->points += s->weight_points * points;
    w->rare_points = 0;
}

static int has_edges(const rqa__bits_run *run, const rqa__bits_strip *s)
{
    return run->request.edges != NULL && s->weight_diagonal > 0;
}

static void begin_strip(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    rqa__bits_run *run = w->run;
    w->strip = s;
    memset(w->bits->tile, 0, run->input->stride * sizeof *w->bits->tile);
    if (has_edges(run, s)) {
        rqa__bits_begin_edges(w, s);
    } else if (counts_diagonals(run, s)) {
        memset(w->diagonal, 0, (s->width + 63) / 64 * 64 * sizeof *w->diagonal);
    }
    for (unsigned k = 0; k < run->input->fields.n; k++) {
        w->bits->ring[k].ready = s->row_begin;
    }
    if (run->eroded != NULL) {
        rqa__bits_eroded_begin_strip(w, s);
    }
}

static int run_strip(rqa__bits_counter *w, const rqa__bits_strip *s, rqa__bits_progress *progress)
{
    rqa__bits_run *run = w->run;
    uint64_t *tile = w->bits->tile;
    const size_t stride = run->input->stride;
    uint8_t edge_before = 0;
    int lines = counts_diagonals(run, s);
    begin_strip(w, s);
    for (size_t row = s->row_begin; row < s->row_end; row += RQA__BITS_ROWS) {
        size_t left = s->row_end - row;
        size_t n = left < RQA__BITS_ROWS ? left : RQA__BITS_ROWS;
        size_t n_words = rqa__bits_words(run->input, s, row > s->row_begin ? row - 1 : row);
        if (rqa__bits_is_stopped(&run->input->halt)) {
            return RQA_ERROR_CANCELLED;
        }
        for (unsigned k = 0; k < run->input->fields.n; k++) {
            if (rqa__bits_tile(w->bits, k, s, row, n, n_words) != 0) {
                return RQA_ERROR_CANCELLED;
            }
        }
        for (size_t r = 0; r < n; r++) {
            uint64_t *bits = tile + (1 + r) * stride;
            if (run->request.fills_absent) {
                rqa__bits_absent_fill(&run->input->absent, s, bits, row + r, n_words);
            }
            rqa__bits_trim(run->input, s, bits, row + r, n_words);
            if (!lines && s->weight_points > 0) {
                w->points += s->weight_points * run->input->kernels->count(bits, n_words);
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
        if (run->request.edges != NULL && s->vertical) {
            rqa__bits_rows_leave(w, s, row, n);
        }
        memcpy(tile, tile + n * stride, stride * sizeof *tile);
        atomic_store_explicit(&progress->rows, row + n, memory_order_release);
    }
    if (has_edges(run, s)) {
        rqa__bits_end_edges(w, s);
    }
    if (lines && run->eroded != NULL && run->eroded->levels.diagonal > 0) {
        rqa__bits_eroded_close_strip(w, s);
    } else if (lines) {
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
        if (k >= run->plan.n_strips) {
            return 0;
        }
        int status = run_strip(&run->counter[job], &run->plan.strip[k], &run->plan.progress[k]);
        if (status != 0) {
            atomic_store(&run->input->halt.status, status);
            return status;
        }
    }
}
