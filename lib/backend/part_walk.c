/* part_walk.c - finds the runs of a part in rows of bits, 64 cells at a time. */
#include "backend/part_walk.h"

#include "rqa/status.h"

enum { WHITE = 0, BLACK = 1, REMOVED = 2 };

#define NONE RQA__EDGE_NONE

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void count(rqa__part_walk *w, int kind, uint64_t length, uint64_t n)
{
    rqa__hist *hist = &w->hist[kind];
    if (length >= hist->size && rqa__hist_reserve(hist, (size_t)length)) {
        w->status = RQA_ERROR_MEMORY;
        return;
    }
    rqa__hist_add(hist, (size_t)length, n);
}

static uint32_t run_of(uint64_t length, unsigned colour)
{
    return (uint32_t)length << 2 | colour;
}

/* Bits of word k that lie in [from, to). */
static uint64_t bits_between(size_t k, int64_t from, int64_t to)
{
    int64_t low = from - 64 * (int64_t)k, high = to - 64 * (int64_t)k;
    if (high <= 0 || low >= 64)
        return 0;
    uint64_t mask = high >= 64 ? UINT64_MAX : (UINT64_C(1) << high) - 1;
    return low <= 0 ? mask : mask & ~((UINT64_C(1) << low) - 1);
}

/* The bits of a row that are cells: [low, high). */
static int64_t low_bit(uint64_t i, int64_t offset)
{
    return larger(0, -(int64_t)i - offset);
}

static int64_t high_bit(const rqa__part_walk *w, const rqa__part_row *row)
{
    return smaller((int64_t)row->width, (int64_t)(w->shape.n_y - row->i) - row->offset);
}

static unsigned bit_at(const uint64_t *bits, int64_t p)
{
    return bits[p / 64] >> (p % 64) & 1;
}

/* ---- diagonals ---- */

static void add_offset_points(rqa__part_walk *w, int64_t offset, uint64_t begin, uint64_t end)
{
    int64_t last = smaller((int64_t)w->square, (int64_t)w->square - offset);
    int64_t first = larger((int64_t)begin, -offset);
    last = smaller(last, (int64_t)end);
    if (first < last)
        w->offset_points[offset + w->offset_zero] += (uint64_t)(last - first);
}

static void begin_diagonal(rqa__part_walk *w, const rqa__part_row *row, int64_t p)
{
    size_t at = (size_t)(row->offset + p - w->lowest);
    w->diagonal_run[at] = (uint32_t)row->i << 1 | bit_at(row->bits, p);
    w->diagonal_head[at] = NONE;
}

/* Ends the run of a diagonal before row i. */
static inline void turn_diagonal(rqa__part_walk *w, int64_t offset, uint64_t i, unsigned weight)
{
    size_t at = (size_t)(offset - w->lowest);
    uint32_t run = w->diagonal_run[at], begin = run >> 1;
    w->diagonal_run[at] = (uint32_t)i << 1 | (~run & 1);
    if (run & BLACK && w->offset_points)
        add_offset_points(w, offset, begin, i);
    if (w->diagonal_head[at] == NONE)
        w->diagonal_head[at] = run_of(i - begin, run & 1);
    else if (run & BLACK && weight)
        count(w, RQA__PART_DIAGONAL, i - begin, weight);
}

void rqa__part_walk_diagonals(rqa__part_walk *w, const rqa__part_row *row, unsigned weight)
{
    const int64_t high = high_bit(w, row), low = low_bit(row->i, row->offset);
    const int64_t known = row->is_first ? high : low_bit(row->i - 1, row->offset);
    for (int64_t p = low; p < known; p++) /* one new diagonal a row, at most, but for the first */
        begin_diagonal(w, row, p);
    for (size_t k = (size_t)known / 64; k < row->n_words && !row->is_first; k++) {
        uint64_t turns = (row->bits[k] ^ row->before[k]) & bits_between(k, known, high);
        for (; turns; turns &= turns - 1) {
            int64_t p = 64 * (int64_t)k + __builtin_ctzll(turns);
            turn_diagonal(w, row->offset + p, row->i, weight);
        }
    }
}

void rqa__part_walk_end_strip(rqa__part_walk *w, int64_t offset, size_t width, unsigned weight)
{
    for (int64_t d = offset; d < offset + (int64_t)width; d++) {
        size_t at = (size_t)(d - w->lowest);
        uint64_t end = (uint64_t)smaller((int64_t)w->end, (int64_t)w->shape.n_y - d);
        uint32_t run = w->diagonal_run[at], begin = run >> 1;
        if (run & BLACK && w->offset_points)
            add_offset_points(w, d, begin, end);
        w->diagonal_tail[at] = run_of(end - begin, run & 1);
        if (w->diagonal_head[at] == NONE)
            w->diagonal_head[at] = w->diagonal_tail[at];
        if (!weight)
            w->diagonal_head[at] = w->diagonal_tail[at] = NONE;
    }
}

/* ---- runs of columns ---- */

/* A run of column `first + at`. Pieces of columns are left open at both ends, whole columns of a
 * cross matrix end at borders. */
static void end_run(rqa__part_walk *w, size_t at, uint64_t begin, uint64_t end, unsigned colour,
                    int is_head, int is_tail)
{
    if (w->shape.symmetric && (is_head || is_tail)) {
        if (is_head)
            w->column_head[at] = run_of(end - begin, colour);
        if (is_tail)
            w->column_tail[at] = run_of(end - begin, colour);
    } else if (colour == BLACK) {
        count(w, RQA__PART_VERTICAL, end - begin, 1);
    } else if (colour == WHITE) {
        count(w, is_head || is_tail ? RQA__PART_WHITE_BORDER : RQA__PART_WHITE_INNER, end - begin,
              1);
    }
}

/* A vertical line of an own column that starts at `begin`, over all that are known. */
static void line_below(rqa__part_walk *w, size_t at, uint64_t begin, uint64_t end)
{
    uint32_t later = w->row_first[at];
    if (later != NONE) {
        count(w, RQA__PART_TIME, later - begin, 1);
        w->gap_sum += later - (end - 1);
    } else {
        w->row_last[at] = (uint32_t)begin;
        w->row_end[at] = (uint32_t)end;
    }
    w->row_first[at] = (uint32_t)begin;
}

/* Ends the lowest run of an own column at its first cell. */
static void end_row_run(rqa__part_walk *w, size_t at, uint64_t begin, int is_head)
{
    uint64_t end = w->row_run[at] >> 1;
    unsigned colour = w->row_run[at] & 1;
    end_run(w, at, begin, end, colour, is_head, end == w->shape.n_y);
    if (w->times && colour == BLACK)
        line_below(w, at, begin, end);
}

static void walk_row(rqa__part_walk *w, const rqa__part_row *row)
{
    const size_t at = (size_t)(row->i - w->first);
    const int64_t high = high_bit(w, row), low = low_bit(row->i, row->offset);
    const int64_t j = (int64_t)row->i + row->offset; /* of bit 0 */
    if (low >= high)
        return;
    unsigned over = w->above[at];
    if (row->is_fresh || j + (int64_t)row->width >= (int64_t)w->shape.n_y) {
        uint64_t over_band = row->i + w->theiler_vertical;
        if (row->is_fresh && over_band < w->shape.n_y)
            end_row_run(w, at, over_band, 0);
        over = bit_at(row->bits, high - 1);
        w->row_run[at] = (uint32_t)(j + high) << 1 | over;
    }
    for (size_t k = row->n_words; k-- > (size_t)low / 64;) {
        uint64_t x = row->bits[k], up = x >> 1 | row->bits[k + 1] << 63;
        if ((high - 1) / 64 == (int64_t)k)
            up |= (uint64_t)over << ((high - 1) % 64);
        uint64_t turns = (x ^ up) & bits_between(k, low, high);
        while (turns) {
            unsigned b = 63 - (unsigned)__builtin_clzll(turns);
            uint64_t begin = (uint64_t)(j + 64 * (int64_t)k + b + 1);
            turns ^= UINT64_C(1) << b;
            end_row_run(w, at, begin, 0);
            w->row_run[at] = (uint32_t)begin << 1 | (x >> b & 1);
        }
    }
}

/* Ends the run of a column before cell i of its mirror image. */
static inline void turn_column(rqa__part_walk *w, size_t at, uint64_t i)
{
    uint32_t run = w->column_run[at], begin = run >> 1;
    w->column_run[at] = (uint32_t)i << 1 | (~run & 1);
    end_run(w, at, begin, i, run & 1, begin == w->first, 0);
    if (!w->times)
        return;
    if (run & BLACK) {
        w->column_end[at] = (uint32_t)i;
        return;
    }
    if (w->column_last[at] != NONE)
        count(w, RQA__PART_TIME, i - w->column_last[at], 1);
    else
        w->column_first[at] = (uint32_t)i;
    w->column_last[at] = (uint32_t)i;
}

/* Cell (i, j) is cell i of column j, below cell (i - 1, j): one bit on in the row before. */
static void walk_mirror(rqa__part_walk *w, const rqa__part_row *row)
{
    const int64_t high = high_bit(w, row);
    const size_t base = (size_t)((int64_t)row->i + row->offset - (int64_t)w->first);
    if (row->i == w->first) {
        for (int64_t p = 0; p < high; p++)
            w->column_run[base + (size_t)p] = (uint32_t)row->i << 1 | bit_at(row->bits, p);
        return;
    }
    const uint64_t over = w->above[row->i - 1 - w->first];
    for (size_t k = 0; k < row->n_words; k++) {
        uint64_t up = row->before[k] >> 1 | row->before[k + 1] << 63;
        if ((row->width - 1) / 64 == k)
            up |= over << ((row->width - 1) % 64);
        uint64_t turns = (row->bits[k] ^ up) & bits_between(k, 0, high);
        for (; turns; turns &= turns - 1)
            turn_column(w, base + 64 * k + (size_t)__builtin_ctzll(turns), row->i);
    }
}

void rqa__part_walk_columns(rqa__part_walk *w, const rqa__part_row *row)
{
    w->lowest_cell[row->i - w->first] = row->bits[0] & 1;
    if (!w->shape.upper_only)
        walk_row(w, row);
    if (w->shape.symmetric)
        walk_mirror(w, row);
}

/* ---- the ends of columns ---- */

/* A cross matrix: the lowest run of column i, if it has cells under the band. */
static void end_whole_column(rqa__part_walk *w, size_t at)
{
    uint64_t i = w->first + at, over_band = i + w->theiler_vertical;
    if (i >= w->theiler_vertical)
        end_row_run(w, at, 0, 1);
    else if (over_band < w->shape.n_y)
        end_row_run(w, at, over_band, 0);
}

/* The lines of an own column's lower and upper cells, on both sides of the main diagonal, in one.
 */
static void join_lines(rqa__part_walk *w, size_t at)
{
    if (w->row_first[at] == NONE)
        return;
    if (w->column_last[at] != NONE)
        count(w, RQA__PART_TIME, w->row_first[at] - w->column_last[at], 1);
    else
        w->column_first[at] = w->row_first[at];
    w->column_last[at] = w->row_last[at];
    w->column_end[at] = w->row_end[at];
}

/* The runs around the main diagonal, or up to the end of the part: what the mirror image gave, the
 * removed band, what the rows gave. */
static void end_piece(rqa__part_walk *w, size_t at)
{
    const uint64_t c = w->first + at, band = w->theiler_vertical, n = w->shape.n_y;
    const int is_own = c < w->end, has_rows = is_own && !w->shape.upper_only;
    const uint64_t piece_end = !is_own ? w->end : has_rows ? n : c + 1;
    const uint32_t run = w->column_run[at];
    const uint64_t begin = run >> 1;
    uint64_t end = is_own ? c + 1 : w->end;
    if (band > 0)
        end = (uint64_t)smaller((int64_t)end, larger(0, (int64_t)(c + 1) - (int64_t)band));
    else if (has_rows)
        end = w->row_run[at] >> 1; /* one run: both have the cell of the main diagonal */
    if (end > w->first) {
        end_run(w, at, begin, end, run & 1, begin == w->first, end == piece_end);
        if (w->times && run & BLACK)
            w->column_end[at] = (uint32_t)end;
    }
    if (band > 0) {
        uint64_t from = end > w->first ? end : w->first;
        uint64_t to = c + band < piece_end ? c + band : piece_end;
        if (from < to)
            end_run(w, at, from, to, REMOVED, from == w->first, to == piece_end);
        if (has_rows && to < n)
            end_row_run(w, at, to, 0);
    }
    if (w->times && has_rows)
        join_lines(w, at);
}

void rqa__part_walk_end_columns(rqa__part_walk *w)
{
    if (w->shape.symmetric)
        for (size_t at = 0; at < w->shape.n_x - w->first; at++)
            end_piece(w, at);
    else
        for (size_t at = 0; at < w->end - w->first; at++)
            end_whole_column(w, at);
}
