/* engine_bits_given.c - the bits of a block of a strip from a matrix that is there: of a symmetric
 * one its rows, moved; else its columns, 64 x 64 cells of it turned over. */
#include "backend/engine_bits_tile_job.h"
#include "base/smaller.h"

#include <string.h>

/* Words of a row from bit `shift` of its first on; n + 1 of them are there. */
static void move_words(uint64_t *out, const uint64_t *from, size_t n, unsigned shift)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = from[k] >> shift | from[k + 1] << 1 << (63 - shift);
    }
}

/* Rows are far from each other: the one that the next block takes is asked for now. */
static void fetch_row(const rqa__bits_tile_job *t, size_t i, const uint64_t *from, size_t n)
{
    if (i + RQA__BITS_ROWS >= t->end_column) {
        return;
    }
    from += RQA__BITS_ROWS * t->f->given->words_per_row + 1;
    for (size_t k = 0; k < n; k += 8) {
        __builtin_prefetch(from + k);
    }
}

/* Row i of a symmetric matrix is its column i; the strip begins at the main diagonal or beyond.
 * Cells past the last column are 0. */
static void take_row(const rqa__bits_tile_job *t, size_t r)
{
    const rqa__given *given = t->f->given;
    const size_t i = t->row + r, column = (size_t)(t->first + (int64_t)i), word = column / 64;
    const unsigned shift = column % 64;
    uint64_t *out = rqa__tile_row(t, r);
    if (word >= given->words_per_row) {
        memset(out, 0, t->n_words * sizeof *out);
        return;
    }
    const uint64_t *from = given->words + i * given->words_per_row + word;
    const size_t n =
        rqa__smaller(t->n_words, given->words_per_row - word - 1); /* one behind each */
    fetch_row(t, i, from, n);
    move_words(out, from, n, shift);
    if (n < t->n_words) {
        out[n] = from[n] >> shift;
        memset(out + n + 1, 0, (t->n_words - n - 1) * sizeof *out);
    }
}

/* Columns row .. row + 63 of the matrix in its rows j .. j + 63, turned over. */
static void turn_block(const rqa__bits_tile_job *t, int64_t j, uint64_t *block)
{
    const rqa__given *given = t->f->given;
    const size_t word = t->row / 64, n = given->words_per_row;
    const unsigned shift = t->row % 64;
    const int has_next = shift > 0 && word + 1 < n;
    for (size_t b = 0; b < 64; b++, j++) {
        if (j < 0 || j >= (int64_t)t->end_column) {
            block[b] = 0;
            continue;
        }
        const uint64_t *from = given->words + (size_t)j * n + word;
        block[b] = from[0] >> shift | (has_next ? from[1] << (64 - shift) : 0);
    }
    t->kernels->transpose(block);
}

/* Words from the first row's first column on, and then each row moved to its own. */
static void take_columns(const rqa__bits_tile_job *t)
{
    uint64_t block[64];
    for (size_t k = 0; k <= t->n_words; k++) {
        turn_block(t, t->first + (int64_t)(t->row + 64 * k), block);
        for (size_t r = 0; r < t->n_rows; r++) {
            rqa__tile_row(t, r)[k] = block[r];
        }
    }
    for (size_t r = 0; r < t->n_rows; r++) {
        move_words(rqa__tile_row(t, r), rqa__tile_row(t, r), t->n_words, (unsigned)r);
    }
}

void rqa__bits_tile_given(const rqa__bits_tile_job *t)
{
    if (!t->f->given->is_symmetric) {
        take_columns(t);
        return;
    }
    for (size_t r = 0; r < t->n_rows; r++) {
        take_row(t, r);
    }
}
