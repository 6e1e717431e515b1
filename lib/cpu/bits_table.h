/* bits_table.h - the kernels of the single-analysis engine, one table per instruction set.
 *
 * The engine sweeps a strip of diagonal offsets d (one bit each, 64 to a word) down the rows i of
 * the recurrence matrix. Bit d of row i is R(i, i + first offset + d).
 */
#ifndef RQA_CPU_BITS_TABLE_H
#define RQA_CPU_BITS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* A run under way is one word: 2 * start + colour (1 = recurrent) for runs that grow with i, and
 * 2 * end - colour for rows, whose runs grow downwards in j. So "now" minus that word (or that word
 * minus "now") is 2 * length - colour, the index of a histogram of both colours. A run that began
 * at the border of the matrix carries RQA__BITS_BORDER on top. */
#define RQA__BITS_BORDER UINT32_C(0x80000000)

/* Kinds of terms of a sum. */
enum { RQA__BITS_ABSOLUTE, RQA__BITS_SQUARE, RQA__BITS_SMALL_SQUARE };

enum { RQA__BITS_DIAGONAL = 0, RQA__BITS_COLUMN = 1, RQA__BITS_ROW = 2, RQA__BITS_TIME = 3 };

/* A block of consecutive rows of one strip, and the state that line extraction carries. */
typedef struct rqa__bits_block {
    const uint64_t *bits; /* row r at bits + r * stride, and row -1 before it; zero outside */
    size_t stride;        /* at least n_words rounded up to eight, plus one, all of them written */
    size_t n_words; /* words that may hold a set bit in rows -1 .. n_rows-1 */
    size_t n_rows;
    size_t width;       /* offsets in the strip */
    uint32_t first_row; /* i of row 0 */
    uint32_t first_end; /* j + 1 of bit 0 of row 0 */
    uint32_t *diagonal; /* [width] runs under way, or NULL */
    uint32_t *column;   /* the same per j; points at that of bit 0 of row 0; or NULL */
    uint32_t *row;      /* the same per i, points at row 0; or NULL */
    uint8_t *edge; /* per i, at row 0: in: the cell just above the strip; out: its lowest cell */
    uint8_t edge_before;     /* edge[-1] as it was on entry */
    uint64_t *hist_diagonal; /* [2 * limit] */
    uint64_t *hist_vertical; /* [2 * limit] */
    uint32_t limit;          /* runs as long and longer, and border runs, go to `rare` */
    /* `run` is the word of the run, by now that of the next one; of a row, still the old. */
    void (*rare)(void *user, int kind, uint32_t index, uint32_t *run);
    void *user;
    uint64_t *scratch;       /* RQA__BITS_SCRATCH(stride) words */
    /* Optional: points per offset; start of the last line per column and per row, plus one. */
    uint64_t *offset_points;
    int64_t square_row, square_column; /* the points of position p that count are those of rows
                                          below both square_row and square_column - p */
    uint32_t *column_start;
    uint32_t *row_start;
    uint32_t *column_first; /* optional beside them: start of the first line met, plus one */
    uint32_t *row_first;
    const uint32_t *cuts; /* optional: by cell of a column, missing ones so far; no time across one */
    uint64_t *hist_time; /* [limit] */
    uint64_t *gap_sum;
} rqa__bits_block;

/* Adds a diagonal run of the rows [start, end) to its offset's points. */
static inline void rqa__bits_add_offset(const rqa__bits_block *b, size_t position, uint32_t start,
                                        uint32_t end)
{
    int64_t stop = b->square_column - (int64_t)position;
    stop = stop < b->square_row ? stop : b->square_row;
    stop = stop < end ? stop : end;
    if (start < stop) {
        b->offset_points[position] += (uint64_t)(stop - start);
    }
}

/* Words with changes, their offsets, and 16-bit positions with room for one step of overrun. */
#define RQA__BITS_SCRATCH(stride) (28 * (stride) + 128)

struct rqa__tiles_kernels;
struct rqa__eroded_kernels;

typedef struct rqa__bits_kernels {
    /* out bit b = (uint16_t)(rank[b] - lo) <= width, and-ed into `out` if accumulate. */
    void (*rank_row)(uint64_t *out, const uint16_t *rank, size_t n_words, uint16_t lo,
                     uint16_t width, int accumulate);
    /* For each x: how many sorted values v have x - v > bound, and how many have v - x <= bound
     * (both predicates are monotone in v). */
    void (*rank_bounds)(uint32_t *below, uint32_t *upto, const double *sorted, size_t n_sorted,
                        const double *x, size_t n, double bound);
    /* out = a term per column, q - centre saturated to 16 bits, then (d * d + 2^14) >> 15 or |d|;
     * added with saturation if accumulate. Columns equal to INT16_MIN give 65535 if missing. */
    void (*square_row)(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                       int accumulate, int missing);
    void (*absolute_row)(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                         int accumulate, int missing);
    /* T = saturated sum over rows; sure = T <= lo (no bit if lo < 0), maybe = T <= hi and not
     * sure, for -1 <= lo <= 32000 and max(lo, 0) <= hi <= 65535. n_words <= 64; returns the words
     * with maybe bits, word k as bit k. */
    uint64_t (*sum_test)(uint64_t *sure, uint64_t *maybe, const uint16_t *const *rows,
                         size_t n_rows, size_t n_words, int32_t lo, int32_t hi);
    /* out = and of n_rows rows. */
    void (*and_rows)(uint64_t *out, const uint64_t *const *rows, size_t n_rows, size_t n_words);
    uint64_t (*count)(const uint64_t *bits, size_t n_words);
    void (*lines)(const rqa__bits_block *block);
    void (*lines_full)(const rqa__bits_block *block); /* with the optional outputs */
    /* As square_row, the term being d * d of |d| <= 255, above that 65025. */
    void (*small_square_row)(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                             int accumulate, int missing);
    /* Bit b of word k to bit k of word b, of 64 words. */
    void (*transpose)(uint64_t *block);
    const struct rqa__tiles_kernels *tiles; /* what may run before strips do, or NULL */
    const struct rqa__eroded_kernels *eroded;
} rqa__bits_kernels;

extern const rqa__bits_kernels rqa__bits_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__bits_kernels rqa__bits_avx2;
extern const rqa__bits_kernels rqa__bits_avx512;
extern const rqa__bits_kernels rqa__bits_avx512_vbmi2; /* AVX-512 and VBMI2 */
#elif defined(__aarch64__)
extern const rqa__bits_kernels rqa__bits_neon;
#endif

#endif
