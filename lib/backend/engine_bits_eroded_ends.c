/* engine_bits_eroded_ends.c - what windows cannot count: where lines end at a strip's, a row's or a
 * column's end, and the white ones at the border. */
#include "backend/engine_bits_eroded_state.h"
#include "base/lone_add.h"

#include <string.h>

/* ---- diagonals ---- */

void rqa__bits_eroded_close_strip(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    rqa__bits_run *run = w->run;
    rqa__bits_eroded_worker *e = rqa__eroded_worker(w);
    const size_t levels = run->eroded->levels.diagonal;
    uint64_t *window = e->diagonal_windows;
    const uint64_t *rest = e->rest[RQA__ERODED_DIAGONAL];
    const uint64_t weight = s->weight_diagonal;
    atomic_uint_least64_t *lines = run->counts.diagonal_lines;
    for (size_t k = 0; k < rqa__bits_words(run->input, s, s->row_end - 1); k++) {
        for (uint64_t open = rest[k]; open != 0; open &= open - 1) {
            const size_t p = 64 * k + (unsigned)__builtin_ctzll(open);
            const size_t start = (w->diagonal[p] & ~RQA__BITS_BORDER) >> 1;
            atomic_fetch_add_explicit(&lines[s->row_end - start + levels - 1], weight,
                                      memory_order_relaxed);
        }
    }
    for (size_t n = 1; n < levels && n < run->plan.n_lengths; n++) {
        atomic_fetch_add_explicit(&lines[n],
                                  weight * (window[n - 1] - 2 * window[n] + window[n + 1]),
                                  memory_order_relaxed);
    }
    for (size_t n = 1; n < run->plan.limit; n++) {
        const uint64_t n_lines = w->hist_diagonal[2 * n - 1];
        if (n_lines > 0) {
            atomic_fetch_add_explicit(&lines[n + levels - 1], weight * n_lines,
                                      memory_order_relaxed);
        }
    }
    w->points += s->weight_points * window[0];
    memset(window, 0, (levels + 1) * sizeof *window);
    memset(w->hist_diagonal, 0, 2 * (size_t)run->plan.limit * sizeof *w->hist_diagonal);
}

/* ---- white runs of rows that begin at the border of the plot ---- */

/* One past the highest cell of a row that is set, of so many words; 0 without any. */
static size_t highest(const uint64_t *row, size_t n_words)
{
    while (n_words > 0 && row[n_words - 1] == 0) {
        n_words--;
    }
    return n_words == 0 ? 0 : 64 * n_words - (unsigned)__builtin_clzll(row[n_words - 1]);
}

void rqa__bits_eroded_heads(rqa__bits_counter *w, const rqa__bits_strip *s,
                            const rqa__bits_block *b)
{
    rqa__bits_run *run = w->run;
    uint8_t *is_white = run->eroded->is_white_above + b->first_row;
    for (size_t r = 0; r < b->n_rows; r++) {
        const size_t end = is_white[r] ? highest(b->bits + r * b->stride, b->n_words) : 0;
        if (end > 0) {
            const size_t after = (size_t)((int64_t)(b->first_row + r) + s->first + (int64_t)end);
            const size_t length = run->input->n_y - after;
            is_white[r] = 0;
            if (length > 0) {
                /* The windows, or those who follow the rest, count it among the others. */
                atomic_fetch_sub_explicit(&run->counts.white_inner[length], 1,
                                          memory_order_relaxed);
                atomic_fetch_add_explicit(&run->counts.white_border[length], 1,
                                          memory_order_relaxed);
            }
        }
    }
}

/* ---- runs under way at the end ---- */

/* Cells of one colour from the lowest of 64 on. */
static size_t n_alike(uint64_t cells, unsigned colour)
{
    const uint64_t other = colour ? ~cells : cells;
    return other == 0 ? 64 : (size_t)__builtin_ctzll(other);
}

/* The run of row i whose lowest cell is that of column j, as run->counts.row has it. */
static void end_row(rqa__bits_run *run, size_t i, size_t j)
{
    const struct rqa__bits_eroded *e = run->eroded;
    const uint64_t cells = e->above[i];
    const unsigned colour = cells & 1;
    const size_t levels = colour ? e->levels.black : e->levels.white;
    const size_t left = run->input->n_y - j, alike = n_alike(cells, colour),
                 n = alike < left ? alike : left;
    const uint32_t state = colour ? run->counts.row[i] : e->white_row[i];
    size_t end = j + 1; /* where the colour is not counted */
    if (levels > 0 && n < levels) {
        rqa__lone_add(&(colour ? run->counts.vertical_lines : run->counts.white_inner)[n],
                      UINT64_MAX);
        end = j + n;
    } else if (levels > 0) {
        end = ((state & ~RQA__BITS_BORDER) + 1) / 2 + levels - 1;
    }
    run->counts.row[i] = 2 * (uint32_t)end - colour;
}

/* The run of column c whose last cell is that of row i, as run->counts.column has it. */
static void end_column(rqa__bits_run *run, size_t i, size_t c)
{
    const struct rqa__bits_eroded *e = run->eroded;
    const unsigned colour = e->above[i] & 1;
    const size_t levels = colour ? e->levels.black : e->levels.white;
    const uint32_t state = colour ? run->counts.column[c] : e->white_column[c];
    size_t n = 1;
    while (n < levels && n <= i && (e->above[i - n] >> n & 1) == colour) {
        n++;
    }
    size_t start = i; /* where the colour is not counted */
    uint32_t border = 0;
    if (!colour && (levels == 0 || n > i)) {
        start = levels == 0 ? i : 0;
        border = RQA__BITS_BORDER;
    } else if (levels > 0 && n < levels) {
        rqa__lone_add(&(colour ? run->counts.vertical_lines : run->counts.white_inner)[n],
                      UINT64_MAX);
        start = i + 1 - n;
    } else if (levels > 0) {
        border = colour ? 0 : state & RQA__BITS_BORDER;
        start = (state & ~RQA__BITS_BORDER) / 2 - (border ? 0 : levels - 1);
    }
    run->counts.column[c] = (2 * (uint32_t)start + colour) | border;
}

/* Of a symmetric plot, columns and rows end with the lowest cell of the lowest strip. */
static void end_symmetric(rqa__bits_run *run)
{
    const rqa__bits_strip *lowest = NULL;
    for (size_t k = 0; k < run->plan.n_strips; k++) {
        lowest = run->plan.strip[k].vertical ? &run->plan.strip[k] : lowest;
    }
    if (lowest == NULL) {
        return;
    }
    const size_t first = (size_t)lowest->first;
    for (size_t i = 0; i + first < run->input->n_y; i++) {
        if (run->counts.column != NULL) {
            end_column(run, i, i + first);
        }
        end_row(run, i, i + first);
    }
}

/* Of a cross plot a black run at column 0 is counted, unless it is long and its last cell is that
 * of its strip too. */
static void end_cross(rqa__bits_run *run)
{
    const size_t levels = run->eroded->levels.black;
    for (size_t i = 0; i < run->input->n_x; i++) {
        const uint32_t state = run->counts.row[i];
        const size_t end = ((state & ~RQA__BITS_BORDER) + 1) / 2;
        run->counts.row[i] = state & 1 ? 2 * (uint32_t)(end + levels - 1) - 1 : 0;
    }
}

/* ---- counts ---- */

static void add_lines(rqa__bits_run *run, const uint64_t *windows, const uint64_t *rest,
                      size_t levels, atomic_uint_least64_t *lines)
{
    for (size_t n = 1; n < levels && n < run->plan.n_lengths; n++) {
        rqa__lone_add(&lines[n], windows[n - 1] - 2 * windows[n] + windows[n + 1]);
    }
    for (size_t n = 1; n < run->plan.limit; n++) {
        if (rest[2 * n - 1] > 0) {
            rqa__lone_add(&lines[n + levels - 1], rest[2 * n - 1]);
        }
    }
}

void rqa__bits_eroded_finish(rqa__bits_run *run)
{
    const struct rqa__bits_eroded *e = run->eroded;
    if (!e->has_vertical) {
        return;
    }
    for (unsigned k = 0; k < run->input->n_workers; k++) {
        rqa__bits_counter *w = &run->counter[k];
        const rqa__bits_eroded_worker *own = &e->worker[k];
        if (e->levels.black > 0) {
            add_lines(run, own->windows[1], w->hist_vertical, e->levels.black,
                      run->counts.vertical_lines);
        }
        if (e->levels.white > 0) {
            add_lines(run, own->windows[0], own->hist_white, e->levels.white,
                      run->counts.white_inner);
        }
        memset(w->hist_vertical, 0, 2 * (size_t)run->plan.limit * sizeof *w->hist_vertical);
    }
    if (run->input->symmetric) {
        end_symmetric(run);
    } else {
        end_cross(run);
    }
}
