/* bits_lines_tpl.h - run extraction of the single-analysis engine, compiled once per level.
 *
 * Only cells where a run begins or ends cost scalar work. Three change masks are formed per row:
 * against the row above (diagonals), against the row above shifted by one (columns of the matrix)
 * and against the neighbour bit (rows). Words without a change are squeezed out first, then the
 * positions are listed in fixed-size steps, so that the branches follow densities, not data.
 *
 * The including file defines BITS_FN(name), BITS_CTZ (any result for 0), BITS_POPCOUNT, and may
 * define BITS_MASKS with its own bits_masks().
 */
#include <stddef.h>
#include <stdint.h>

#include "cpu/bits_table.h"

/* Words with at least one change, with the offset of their bit 0. */
typedef struct bits_list {
    uint64_t *word;
    uint32_t *base;
    size_t n;
} bits_list;

typedef struct bits_lists {
    bits_list diagonal;
    bits_list column;
    bits_list row;
    uint64_t *shifted; /* the previous row moved down by one offset, its edge cell on top */
    uint16_t *position;
} bits_lists;

static inline void bits_append(bits_list *list, uint64_t word, size_t k)
{
    list->word[list->n] = word;
    list->base[list->n] = (uint32_t)(64 * k);
    list->n += word != 0;
}

static inline uint64_t bits_shifted_word(const rqa__bits_block *b, const uint64_t *row, size_t k,
                                         unsigned edge)
{
    uint64_t w = (row[k] >> 1) | (row[k + 1] << 63);
    size_t top = b->width - 1;
    return k == top / 64 ? w | ((uint64_t)edge << (top % 64)) : w;
}

#ifndef BITS_MASKS
static inline void bits_masks(const rqa__bits_block *b, const uint64_t *cur, unsigned edge,
                              bits_lists *l)
{
    const uint64_t *prev = cur - b->stride;
    l->diagonal.n = l->column.n = l->row.n = 0;
    for (size_t k = 0; k < b->n_words; k++) {
        uint64_t down = bits_shifted_word(b, cur, k, edge);
        if (b->diagonal != NULL) {
            bits_append(&l->diagonal, cur[k] ^ prev[k], k);
        }
        if (b->column != NULL) {
            bits_append(&l->column, cur[k] ^ l->shifted[k], k);
        }
        if (b->row != NULL) {
            bits_append(&l->row, cur[k] ^ down, k);
        }
        l->shifted[k] = down;
    }
}
#endif

static inline size_t bits_positions(uint16_t *out, const bits_list *list)
{
    uint16_t *o = out;
    for (size_t k = 0; k < list->n; k++) {
        uint64_t w = list->word[k];
        uint32_t base = list->base[k];
#ifdef BITS_POPCOUNT
        unsigned n = (unsigned)BITS_POPCOUNT(w);
        for (unsigned step = 0; step < n; step += 4) {
            for (unsigned j = 0; j < 4; j++) {
                o[step + j] = (uint16_t)(base + (uint32_t)BITS_CTZ(w));
                w &= w - 1;
            }
        }
        o += n;
#else
        do {
            *o++ = (uint16_t)(base + (uint32_t)BITS_CTZ(w));
            w &= w - 1;
        } while (w != 0);
#endif
    }
    return (size_t)(o - out);
}

typedef size_t bits_lister(uint16_t *out, const bits_list *list);

/* Ends the run at every listed position and begins one of the other colour. A function of its own:
 * the loop needs most of the registers. */
__attribute__((noinline)) static void bits_toggle(const rqa__bits_block *b, uint32_t *state,
                                                  const uint16_t *position, size_t n, uint32_t now,
                                                  uint64_t *hist, int kind)
{
    const uint32_t limit = 2 * b->limit - 1;
    const uint16_t *end = position + n;
    now *= 2;
    for (; position < end; position++) {
        uint32_t run = state[*position];
        uint32_t index = now - run;
        state[*position] = now + 1 - (run & 1);
        if (__builtin_expect(index < limit, 1)) {
            hist[index]++;
        } else {
            b->rare(b->user, kind, index, &state[*position]);
        }
    }
}

/* The runs of row r between its listed changes, from the topmost down. */
static inline void bits_row_runs(const rqa__bits_block *b, size_t r, const uint16_t *position,
                                 size_t n, uint32_t low)
{
    uint32_t end = b->first_end + (uint32_t)r;
    uint32_t top = b->row[r] - 2 * (end + position[n - 1]);
    if (top < 2 * b->limit - 1) {
        b->hist_vertical[top]++;
    } else {
        b->rare(b->user, RQA__BITS_ROW, top, &b->row[r]);
    }
    b->row[r] = 2 * (end + position[0]) - low;
    uint64_t *above = b->hist_vertical - (1 - (ptrdiff_t)low);
    uint64_t *below = b->hist_vertical - (ptrdiff_t)low;
    size_t k = 0;
    for (; k + 2 < n; k += 2) {
        above[2 * (size_t)(position[k + 1] - position[k])]++;
        below[2 * (size_t)(position[k + 2] - position[k + 1])]++;
    }
    if (k + 1 < n) {
        above[2 * (size_t)(position[k + 1] - position[k])]++;
    }
}

static inline void bits_set_up(const rqa__bits_block *b, bits_lists *l)
{
    uint64_t *s = b->scratch;
    size_t n = b->stride + 8;
    l->shifted = s;
    l->diagonal.word = s + n;
    l->column.word = s + 2 * n;
    l->row.word = s + 3 * n;
    l->diagonal.base = (uint32_t *)(void *)(s + 4 * n);
    l->column.base = l->diagonal.base + n;
    l->row.base = l->column.base + n;
    l->position = (uint16_t *)(void *)(s + 6 * n);
    for (size_t k = 0; k < (b->n_words + 7) / 8 * 8; k++) { /* masks may go by eight words */
        l->shifted[k] = bits_shifted_word(b, b->bits - b->stride, k, b->edge_before);
    }
}

static inline void bits_lines(const rqa__bits_block *b, bits_lister *positions)
{
    bits_lists l;
    bits_set_up(b, &l);
    for (size_t r = 0; r < b->n_rows; r++) {
        const uint64_t *cur = b->bits + r * b->stride;
        uint32_t now = b->first_row + (uint32_t)r;
        bits_masks(b, cur, b->edge != NULL ? b->edge[r] : 0, &l);
        if (l.diagonal.n > 0) {
            size_t n = positions(l.position, &l.diagonal);
            bits_toggle(b, b->diagonal, l.position, n, now, b->hist_diagonal, RQA__BITS_DIAGONAL);
        }
        if (l.column.n > 0) {
            size_t n = positions(l.position, &l.column);
            bits_toggle(b, b->column + r, l.position, n, now, b->hist_vertical, RQA__BITS_COLUMN);
        }
        if (l.row.n > 0) {
            size_t n = positions(l.position, &l.row);
            bits_row_runs(b, r, l.position, n, (uint32_t)(cur[0] & 1));
        }
        if (b->edge != NULL) {
            b->edge[r] = (uint8_t)(cur[0] & 1);
        }
    }
}

static void BITS_FN(lines)(const rqa__bits_block *b)
{
    bits_lines(b, bits_positions);
}

/* ---- the same with points per offset and recurrence times; every change by itself ---- */

/* From a line that starts at cell `first` of a column to one that starts at `later`. */
static void bits_time(const rqa__bits_block *b, uint32_t first, uint32_t later, uint32_t gap)
{
    uint32_t distance = later - first;
    if (b->cuts != NULL && b->cuts[first] != b->cuts[later]) {
        return;
    }
    *b->gap_sum += gap;
    if (distance < b->limit) {
        b->hist_time[distance]++;
    } else {
        b->rare(b->user, RQA__BITS_TIME, distance, NULL);
    }
}

static void bits_full_diagonal(const rqa__bits_block *b, const uint16_t *position, size_t n,
                               uint32_t now)
{
    for (size_t k = 0; k < n && b->offset_points != NULL; k++) {
        uint32_t run = b->diagonal[position[k]];
        if (run & 1) {
            rqa__bits_add_offset(b, position[k], (run & ~RQA__BITS_BORDER) >> 1, now);
        }
    }
    bits_toggle(b, b->diagonal, position, n, now, b->hist_diagonal, RQA__BITS_DIAGONAL);
}

static void bits_full_column(const rqa__bits_block *b, size_t r, const uint16_t *position, size_t n,
                             uint32_t now)
{
    for (size_t k = 0; k < n && b->column_start != NULL; k++) {
        uint32_t run = b->column[r + position[k]];
        if (run & 1) {
            continue;
        }
        uint32_t *start = &b->column_start[r + position[k]];
        if (*start != 0) {
            bits_time(b, *start - 1, now, now - (run >> 1) + 1);
        } else if (b->column_first != NULL) {
            b->column_first[r + position[k]] = now + 1;
        }
        *start = now + 1;
    }
    bits_toggle(b, b->column + r, position, n, now, b->hist_vertical, RQA__BITS_COLUMN);
}

static void bits_full_row(const rqa__bits_block *b, size_t r, const uint16_t *position, size_t n,
                          uint32_t low)
{
    uint32_t run = b->row[r];
    for (size_t k = n; k-- > 0 && b->row_start != NULL;) {
        uint32_t start = b->first_end + (uint32_t)r + position[k];
        uint32_t colour = run & 1;
        if (colour) {
            uint32_t end = ((run & ~RQA__BITS_BORDER) + 1) / 2;
            uint32_t later = b->row_start[r];
            if (later != 0) {
                bits_time(b, start, later - 1, later - end);
            } else if (b->row_first != NULL) {
                b->row_first[r] = start + 1;
            }
            b->row_start[r] = start + 1;
        }
        run = 2 * start - (1 - colour);
    }
    bits_row_runs(b, r, position, n, low);
}

static inline void bits_lines_full(const rqa__bits_block *b, bits_lister *positions)
{
    bits_lists l;
    bits_set_up(b, &l);
    for (size_t r = 0; r < b->n_rows; r++) {
        const uint64_t *cur = b->bits + r * b->stride;
        uint32_t now = b->first_row + (uint32_t)r;
        bits_masks(b, cur, b->edge != NULL ? b->edge[r] : 0, &l);
        if (l.diagonal.n > 0) {
            size_t n = positions(l.position, &l.diagonal);
            bits_full_diagonal(b, l.position, n, now);
        }
        if (l.column.n > 0) {
            size_t n = positions(l.position, &l.column);
            bits_full_column(b, r, l.position, n, now);
        }
        if (l.row.n > 0) {
            size_t n = positions(l.position, &l.row);
            bits_full_row(b, r, l.position, n, (uint32_t)(cur[0] & 1));
        }
        if (b->edge != NULL) {
            b->edge[r] = (uint8_t)(cur[0] & 1);
        }
    }
}

static void BITS_FN(lines_full)(const rqa__bits_block *b)
{
    bits_lines_full(b, bits_positions);
}
