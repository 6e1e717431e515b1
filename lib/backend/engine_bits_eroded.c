/* engine_bits_eroded.c - a block of a strip whose lines are counted by windows. */
#include "backend/engine_bits_eroded_state.h"
#include "base/smaller.h"

#include <string.h>

/* ---- a strip begins ---- */

static void set_bits(uint64_t *row, size_t n)
{
    for (size_t k = 0; n > 0; k++) {
        row[k] = n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
        n -= n >= 64 ? 64 : n;
    }
}

/* Above the first row of the plot there is white without end, so that a column's border run is
 * long, or there is none. */
static void begin_white(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    const rqa__bits_run *run = w->run;
    rqa__bits_eroded_worker *e = rqa__eroded_worker(w);
    const size_t stride = run->input->stride;
    const int64_t end = (int64_t)run->input->n_y - (int64_t)s->row_begin - s->first;
    const int is_cut = end < (int64_t)s->width;
    uint64_t *above = e->white - RQA__ERODED_MOST * stride;
    memset(above, 0xff, RQA__ERODED_MOST * stride * sizeof *above);
    set_bits(e->rest[RQA__ERODED_WHITE_COLUMN], is_cut ? (size_t)end + 1 : s->width);
    e->before[RQA__ERODED_WHITE_COLUMN] = !is_cut;
}

void rqa__bits_eroded_begin_strip(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    const rqa__bits_run *run = w->run;
    rqa__bits_eroded_worker *e = rqa__eroded_worker(w);
    memset(e->before, 0, sizeof e->before);
    memset(e->cells - RQA__ERODED_MOST * run->input->stride, 0,
           RQA__ERODED_MOST * run->input->stride * sizeof *e->cells);
    for (int k = 0; k < RQA__N_ERODED; k++) {
        memset(e->rest[k], 0, run->input->stride * sizeof *e->rest[k]);
    }
    if (run->eroded->levels.white > 0 && s->vertical) {
        begin_white(w, s);
    }
}

/* ---- cells of a block, with those of the strip above on top ---- */

static void put_above(uint64_t *row, size_t width, uint64_t above)
{
    row[width / 64] |= above << width % 64;
    if (width % 64 > 0) {
        row[width / 64 + 1] |= above >> (64 - width % 64);
    }
}

static size_t n_words_of(const rqa__bits_block *b)
{
    return (b->n_words + 7) / 8 * 8 + 1;
}

/* Rows past the last, up to a multiple of eight, are empty. */
static void clear_behind(uint64_t *cells, const rqa__bits_block *b)
{
    for (size_t r = b->n_rows; r < (b->n_rows + 7) / 8 * 8; r++) {
        memset(cells + r * b->stride, 0, n_words_of(b) * sizeof *cells);
    }
}

static void copy_cells(rqa__bits_counter *w, const rqa__bits_strip *s, const rqa__bits_block *b)
{
    uint64_t *cells = rqa__eroded_worker(w)->cells;
    const uint64_t *above = w->run->eroded->above + b->first_row;
    const int has_above =
        s->vertical && w->run->eroded->has_vertical && s->width <= 64 * b->n_words;
    for (size_t r = 0; r < b->n_rows; r++) {
        uint64_t *row = cells + r * b->stride;
        memcpy(row, b->bits + r * b->stride, b->n_words * sizeof *row);
        memset(row + b->n_words, 0, (n_words_of(b) - b->n_words) * sizeof *row);
        if (has_above) {
            put_above(row, s->width, above[r]);
        }
    }
    clear_behind(cells, b);
}

/* The cells of the plot that do not recur. */
static void invert_cells(rqa__bits_counter *w, const rqa__bits_strip *s, const rqa__bits_block *b)
{
    const rqa__bits_eroded_worker *e = rqa__eroded_worker(w);
    for (size_t r = 0; r < b->n_rows; r++) {
        uint64_t *out = e->white + r * b->stride;
        const uint64_t *cells = e->cells + r * b->stride;
        const int64_t n = (int64_t)w->run->input->n_y - (int64_t)(b->first_row + r) - s->first;
        const size_t most = s->width + 64, end = n < 0 ? 0 : n < (int64_t)most ? (size_t)n : most;
        for (size_t k = 0; k < n_words_of(b); k++) {
            out[k] = 64 * k + 64 <= end ? ~cells[k]
                     : 64 * k >= end    ? 0
                                        : ~cells[k] & ((UINT64_C(1) << end % 64) - 1);
        }
    }
    clear_behind(e->white, b);
}

/* The last rows become those above the next block. */
static void keep_rows(uint64_t *cells, const rqa__bits_block *b)
{
    if (b->n_rows == RQA__BITS_ROWS) {
        memcpy(cells - RQA__ERODED_MOST * b->stride,
               cells + (RQA__BITS_ROWS - RQA__ERODED_MOST) * b->stride,
               RQA__ERODED_MOST * b->stride * sizeof *cells);
    }
}

/* ---- the runs that windows leave ---- */

/* A run of set cells, which had levels - 1 more. */
static void add_run(atomic_uint_least64_t *lines, uint32_t index, unsigned levels, uint64_t weight)
{
    const uint32_t length = ((index & ~RQA__BITS_BORDER) + 1) / 2;
    if (index & 1) {
        atomic_fetch_add_explicit(&lines[length + levels - 1], weight, memory_order_relaxed);
    }
}

static void rare_diagonal(void *counter, int kind, uint32_t index, uint32_t *state)
{
    const rqa__bits_counter *w = counter;
    (void)kind;
    (void)state;
    add_run(w->run->counts.diagonal_lines, index, w->run->eroded->levels.diagonal,
            w->strip->weight_diagonal);
}

static void rare_black(void *counter, int kind, uint32_t index, uint32_t *state)
{
    const rqa__bits_run *run = ((const rqa__bits_counter *)counter)->run;
    (void)kind;
    (void)state;
    add_run(run->counts.vertical_lines, index, run->eroded->levels.black, 1);
}

/* A border run is not eroded. */
static void rare_white(void *counter, int kind, uint32_t index, uint32_t *state)
{
    const rqa__bits_run *run = ((const rqa__bits_counter *)counter)->run;
    const int is_none = index == RQA__BITS_BORDER - 1; /* a border run that ends before row 0 */
    (void)kind;
    (void)state;
    if (is_none) {
        return;
    }
    if (index & RQA__BITS_BORDER) {
        add_run(run->counts.white_border, index, 1, 1);
    } else {
        add_run(run->counts.white_inner, index, run->eroded->levels.white, 1);
    }
}

/* Erodes the cells in one direction and follows what is left. */
static void erode(rqa__bits_counter *w, const rqa__bits_block *whole, int which)
{
    rqa__bits_run *run = w->run;
    rqa__bits_eroded_worker *e = rqa__eroded_worker(w);
    const rqa__eroded_kernels *kernels = run->input->kernels->eroded;
    const int is_white = which >= RQA__ERODED_WHITE_COLUMN,
              is_diagonal = which == RQA__ERODED_DIAGONAL;
    const int is_column = which == RQA__ERODED_COLUMN || which == RQA__ERODED_WHITE_COLUMN;
    uint64_t *rest = e->rest[which];
    const rqa__eroded_block block = {
        .bits = is_white ? e->white : e->cells,
        .stride = whole->stride,
        .n_words = whole->n_words,
        .width = whole->width,
        .n_rows = whole->n_rows,
        .n_levels = (unsigned)rqa__eroded_levels_of(run, which),
        .windows = is_diagonal ? e->diagonal_windows : e->windows[!is_white],
        .rest = rest + whole->stride,
    };
    (is_diagonal ? kernels->diagonal : is_column ? kernels->column : kernels->row)(&block);
    rqa__bits_block b = *whole;
    b.bits = rest + whole->stride;
    b.diagonal = is_diagonal ? whole->diagonal : NULL;
    b.column = !is_column  ? NULL
               : !is_white ? whole->column
                           : run->eroded->white_column + (whole->column - run->counts.column);
    b.row = is_diagonal || is_column ? NULL
            : !is_white              ? whole->row
                                     : run->eroded->white_row + b.first_row;
    b.hist_vertical = is_white ? e->hist_white : whole->hist_vertical;
    b.rare = is_diagonal ? rare_diagonal : is_white ? rare_white : rare_black;
    b.edge = is_diagonal ? NULL : rqa__eroded_edge(run, which) + b.first_row;
    b.edge_before = e->before[which];
    if (!is_diagonal) {
        e->before[which] = b.edge[b.n_rows - 1];
    }
    run->input->kernels->lines(&b);
    memcpy(rest, rest + whole->n_rows * whole->stride, whole->stride * sizeof *rest);
}

/* Points per offset: 64 rows of a word turned over are 64 offsets. */
static void count_offsets(const rqa__bits_counter *w, const rqa__bits_block *b)
{
    const rqa__bits_kernels *kernels = w->run->input->kernels;
    const size_t end = rqa__smaller(b->width, 64 * b->n_words);
    for (size_t k = 0; k < b->n_words; k++) {
        uint64_t word[64] = {0};
        for (size_t r = 0; r < b->n_rows; r++) {
            word[r] = b->bits[r * b->stride + k];
        }
        kernels->transpose(word);
        for (size_t p = 64 * k; p < end && p < 64 * k + 64; p++) {
            if (word[p % 64] != 0) {
                b->offset_points[p] += kernels->count(&word[p % 64], 1);
            }
        }
    }
}

/* The lowest cells of each row, for the strip below, or for the end. */
static void hand_down(rqa__bits_counter *w, const rqa__bits_strip *s, const rqa__bits_block *b)
{
    const uint64_t *cells = rqa__eroded_worker(w)->cells;
    uint64_t *above = w->run->eroded->above + b->first_row;
    for (size_t r = 0; r < b->n_rows; r++, cells += b->stride) {
        const int64_t first = -(int64_t)(b->first_row + r) - s->first;
        const size_t at = first > 0 ? (size_t)first : 0;
        above[r] = at % 64 > 0 ? cells[at / 64] >> at % 64 | cells[at / 64 + 1] << (64 - at % 64)
                               : cells[at / 64];
    }
}

static void take_vertical(rqa__bits_counter *w, const rqa__bits_strip *s, rqa__bits_block *b)
{
    const rqa__eroded_levels *levels = &w->run->eroded->levels;
    if (levels->white > 0) {
        invert_cells(w, s, b);
        rqa__bits_eroded_heads(w, s, b);
    }
    if (b->column != NULL && levels->black > 0) {
        erode(w, b, RQA__ERODED_COLUMN);
    }
    if (b->column != NULL && levels->white > 0) {
        erode(w, b, RQA__ERODED_WHITE_COLUMN);
    }
    if (levels->black > 0) {
        erode(w, b, RQA__ERODED_ROW);
    }
    if (levels->white > 0) {
        erode(w, b, RQA__ERODED_WHITE_ROW);
        keep_rows(rqa__eroded_worker(w)->white, b);
    }
    hand_down(w, s, b);
    b->column = b->row = NULL;
}

void rqa__bits_eroded_take(rqa__bits_counter *w, const rqa__bits_strip *s, rqa__bits_block *b)
{
    const struct rqa__bits_eroded *eroded = w->run->eroded;
    copy_cells(w, s, b);
    if (b->diagonal != NULL && eroded->levels.diagonal > 0) {
        erode(w, b, RQA__ERODED_DIAGONAL);
        if (b->offset_points != NULL) {
            count_offsets(w, b);
        }
        b->diagonal = NULL;
        b->offset_points = NULL;
    }
    if (b->row != NULL && eroded->has_vertical) {
        take_vertical(w, s, b);
    }
    keep_rows(rqa__eroded_worker(w)->cells, b);
}
