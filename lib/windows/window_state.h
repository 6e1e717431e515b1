/* window_state.h - a window that moves along a recording: its bits, and where its lines are
 * counted.
 *
 * The window has the vectors s .. e-1, at most n_vectors of them. add() takes vector e in, drop()
 * lets s go; each keeps all counts exact. What moves are two borders, the old one at s and the new
 * one at e, and a run is counted in one of four places, by the borders that it touches:
 *
 *   inner[length]  none: its length is fixed
 *   old[end]       s alone: its length end - s shrinks by itself as s grows
 *   new[start]     e alone: its length e - start grows by itself as e grows
 *   through        both: its length is that of its line
 *
 * so a run costs work where it is born, where it ends, where s reaches it and where it is gone, and
 * none in between. A run that ends at s is gone with old[s], which is cleared whole.
 *
 * Line i (a column of the plot) has the cells of the positions j = s .. e-1. Its head, j <= i,
 * comes in at once with vector i; its tail grows by a cell with every vector; it leaves at once
 * with s = i. Rows of bits are indexed by the offset k = e' - i or i - j of the vector e' they came
 * with. Of a symmetric plot one row is the head of its own line and the new cells of all others; of
 * a cross plot there are two.
 *
 * Positions are kept modulo 2^32 and rings modulo n_ring, a power of two above n_vectors + 1.
 */
#ifndef RQA_WINDOWS_WINDOW_STATE_H
#define RQA_WINDOWS_WINDOW_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "cpu/window_table.h"
#include "windows/window.h"
#include "windows/window_counts.h"

#define RQA__NO_LINE UINT32_MAX

/* Runs of one kind, by the borders that they touch. */
typedef struct rqa__window_runs {
    rqa__window_counts inner;    /* by length */
    rqa__window_counts old_side; /* ring, by end */
    rqa__window_counts new_side; /* ring, by minus start */
    rqa__window_counts
        fixed;          /* white of one triangle: touch the main diagonal; by length, or none */
    uint32_t n_through; /* lines of the whole window */
} rqa__window_runs;

/* Cells of one colour on one side of the main diagonal, and what the old border meets of them. */
typedef struct rqa__window_side {
    uint64_t *rows;     /* ring of n_words each, by vector */
    uint64_t *top;      /* bit ring, by line: its cell at s */
    uint32_t *first[2]; /* rings, by position: a line that becomes so (0 another colour, 1 this one)
                           there, or RQA__NO_LINE */
    uint32_t *next;     /* ring, by line: another one */
    uint64_t *row, *row_after; /* cells at s, s + 1 by offset of their line; [n_words + 1] */
} rqa__window_side;

/* Flags of a line in a plane. */
enum { RQA__LINE_OPEN = 1, RQA__LINE_TOUCHED = 2 };

/* The vertical runs of one colour. */
typedef struct rqa__window_plane {
    rqa__window_side *head, *tail; /* the same for a symmetric plot */
    uint64_t flip;                 /* ~0: cells of these sides are what the plane is without */
    uint32_t theiler;              /* cells of smaller offset are not of this colour */
    rqa__window_runs runs;
    uint64_t *born;  /* by offset: runs whose first cell is the newest */
    uint32_t *start; /* ring, by line: the run at the new border, if it has two cells there */
    uint32_t *end;   /* ring, by line: of the run through the main diagonal, once it has ended */
    uint8_t *flags;  /* ring, by line: whether that has not, and whether s has reached it */
} rqa__window_plane;

/* The diagonals of one side. */
typedef struct rqa__window_diagonals {
    rqa__window_side *side;
    uint32_t first;      /* smallest offset; the main diagonal is that of one side */
    uint32_t weight;     /* 2 where the diagonal stands for its mirror image too */
    uint64_t *born;      /* by offset: runs whose first cell is the newest */
    uint32_t *start;     /* by offset: the run at the new border, if it has two cells there */
    uint8_t *is_through; /* by offset: one run fills the whole diagonal */
    uint64_t *ends;      /* by offset a bit ring: rows where inner runs end */
    uint32_t *points;    /* by offset, with OFFSETS */
} rqa__window_diagonals;

/* Flags of a line for times. */
enum { RQA__TIME_LAST = 1, RQA__TIME_ACROSS = 2 };

/* Pairs of successive black runs of one line: inner, or on the old side where s is in the first. */
typedef struct rqa__window_times {
    rqa__window_runs runs;
    uint64_t gap_sum;
    uint32_t *last_start, *last_end;     /* ring, by line: the latest run that has ended */
    uint32_t *across_end, *across_start; /* the pair whose second run begins behind the main
                                            diagonal and whose first does not */
    uint8_t *flags;
} rqa__window_times;

/* The samples of one series, newest first, stored twice so that they are contiguous. */
typedef struct rqa__window_samples {
    double **channel; /* [n_channels] */
    const double **newest;
    uint32_t n_channels, dim, delay;
    size_t span; /* (dim - 1) * delay */
    double bound;
    uint64_t *present; /* by offset: vectors without a missing sample */
    uint64_t *near; /* ring of n_words each, by sample: those within the bound of it, by offset */
    size_t n_near;  /* a power of two above the span; 0: none */
} rqa__window_samples;

struct rqa__window {
    uint32_t n_vectors, n_words, n_ring;
    uint32_t tallies;
    uint32_t relation, norm;
    uint32_t upper_only, band_is_white, skips;
    int white_is_rest; /* of black: no cell is removed or black in a band that is white */
    uint64_t theiler_points;
    uint32_t theiler_vertical; /* at most n_vectors */
    const rqa__window_kernels *kernels;
    rqa__window_samples x, y;
    size_t sample_ring, newest; /* of the samples */
    uint64_t n_samples;
    uint32_t s, e;
    uint64_t points;
    rqa__window_side black_a, black_b; /* a: j >= i, b: j <= i */
    rqa__window_side white_a, white_b; /* unless white is the rest */
    rqa__window_plane black, white;
    rqa__window_runs diagonal;
    rqa__window_counts through; /* by length n_vectors - offset: diagonals that one run fills */
    rqa__window_diagonals upper, lower;
    rqa__window_times times;
    uint64_t *absent;         /* bit ring by position: such a cell is removed from every line */
    uint32_t n_absent;        /* of the window, of either side */
    uint64_t *scratch, *rest; /* [n_words] */
    uint32_t *change;         /* [n_vectors + 1 + RQA__WINDOW_SLACK] */
    rqa__bin *bin[5];         /* [n_vectors + RQA__WINDOW_SLACK] */
    int white_together;       /* rqa__window_join_white() */
    uint32_t *both_points;    /* by offset, of both sides of a cross plot */
    double *density[RQA__TRENDS_AT_ONCE]; /* by offset */
    uint64_t n_readings;
    uint8_t *block;
    size_t block_bytes;
};

/* The bits from .. to (inclusive) of word q of a row. */
static inline uint64_t rqa__bits_between(int64_t from, int64_t to, size_t q)
{
    const int64_t a = from - 64 * (int64_t)q, b = to - 64 * (int64_t)q;
    if (b < 0 || a > 63 || a > b)
        return 0;
    uint64_t bits = ~UINT64_C(0);
    if (a > 0)
        bits <<= a;
    if (b < 63)
        bits &= ~UINT64_C(0) >> (63 - b);
    return bits;
}

static inline unsigned rqa__bit_at(const uint64_t *row, uint32_t k)
{
    return (unsigned)(row[k >> 6] >> (k & 63) & 1);
}

/* The largest offset of at most k whose bit, xor flip, is set; -1: none. */
static inline int64_t rqa__bit_below(const uint64_t *row, int64_t k, uint64_t flip)
{
    if (k < 0)
        return -1;
    size_t q = (size_t)k >> 6;
    uint64_t x = (row[q] ^ flip) & (~UINT64_C(0) >> (63 - (k & 63)));
    while (!x) {
        if (q == 0)
            return -1;
        x = row[--q] ^ flip;
    }
    return 64 * (int64_t)q + 63 - __builtin_clzll(x);
}

static inline uint32_t rqa__by_end(const struct rqa__window *w, uint32_t end)
{
    return end & (w->n_ring - 1);
}

static inline uint32_t rqa__by_start(const struct rqa__window *w, uint32_t start)
{
    return (0 - start) & (w->n_ring - 1);
}

static inline uint64_t *rqa__row_of(const struct rqa__window *w, const rqa__window_side *side,
                                    uint32_t vector)
{
    return side->rows + (size_t)(vector & (w->n_ring - 1)) * w->n_words;
}

/* window_rows.c: takes a sample; the rows of vector e, whose last sample is the newest. */
void rqa__window_take_sample(struct rqa__window *w, const double *x, const double *y);
void rqa__window_take_rows(struct rqa__window *w);

/* window_lines.c: a row's own line enters the lists; the runs of a plane when vector e comes, and
 * when s goes, whose cells of the next border have been met by rqa__side_drop(): those of a plane
 * whose head the side is, and of one that is its rest; NULL: there is none. */
void rqa__side_add(struct rqa__window *w, rqa__window_side *side);
void rqa__side_drop(struct rqa__window *w, rqa__window_side *side, rqa__window_plane *plane,
                    rqa__window_plane *rest);
void rqa__plane_add(struct rqa__window *w, rqa__window_plane *plane);
void rqa__plane_leave(struct rqa__window *w, rqa__window_plane *plane);

/* window_diagonals.c */
void rqa__diagonals_add(struct rqa__window *w, rqa__window_diagonals *d);
void rqa__diagonals_drop(struct rqa__window *w, rqa__window_diagonals *d);

/* window_times.c: a black run of line i was born in its tail at e, or ended there; a line came,
 * left; s has reached the run of line i that ends at `end`; or that end itself, k_next being the
 * offset of the next run, or less than the band's. */
void rqa__times_birth(struct rqa__window *w, uint32_t i);
void rqa__times_end(struct rqa__window *w, uint32_t i, uint32_t start);
void rqa__times_enter(struct rqa__window *w);
void rqa__times_leave(struct rqa__window *w);
void rqa__times_reach(struct rqa__window *w, uint32_t i, uint32_t end);
void rqa__times_lose(struct rqa__window *w, uint32_t i, uint32_t end, int64_t k_next);

#endif
