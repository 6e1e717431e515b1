/* window_tally.c - the counts of a moving window as a tally. */
#include "windows/window_state.h"

#include <stddef.h>
#include <string.h>

enum { DIAGONAL, VERTICAL, WHITE_INNER, WHITE_BORDER, TIMES };

_Static_assert(sizeof(rqa__window_class) == sizeof(rqa__bin) &&
                   offsetof(rqa__window_class, count) == offsetof(rqa__bin, count),
               "the kernels write the classes of a tally");

/* Words of a bit for each block of the largest ring. */
enum { MOST_WORDS = 65536 / RQA__WINDOW_BLOCK / 64 };

_Static_assert(RQA__WINDOW_MOST_VECTORS + 2 <= 65536, "rings have a power of two");

/* Counts by length 1 .. n of up to four kinds. */
typedef struct counts_reader {
    const rqa__window_counts *counts[4];
    rqa__window_terms terms;
} counts_reader;

static counts_reader reader_of(const struct rqa__window *w)
{
    return (counts_reader){.terms.n_ring = w->n_ring};
}

/* Those from a place on; what follows the end of a ring is what it begins with. */
static void read_from(counts_reader *r, const rqa__window_counts *counts, uint32_t place)
{
    const uint32_t k = r->terms.n_terms++;
    r->counts[k] = counts;
    r->terms.count[k] = counts->count;
    r->terms.place[k] = place & (r->terms.n_ring - 1);
    memcpy(counts->count + r->terms.n_ring, counts->count,
           RQA__WINDOW_BLOCK * sizeof *counts->count);
}

/* What touches a border. */
static void read_borders(counts_reader *r, const struct rqa__window *w,
                         const rqa__window_runs *runs)
{
    read_from(r, &runs->old_side, w->s + 1);
    read_from(r, &runs->new_side, 1 - w->e);
}

/* The bits of 64 blocks from one on, in a ring of n_blocks, a power of two. */
static uint64_t bits_from(const uint64_t *ring, uint32_t n_blocks, uint32_t from)
{
    const uint32_t n_words = n_blocks < 64 ? 1 : n_blocks / 64, q = from / 64;
    uint64_t low = ring[q & (n_words - 1)], high = ring[(q + 1) & (n_words - 1)];
    for (uint32_t n = n_blocks; n < 64; n *= 2)
        high = low |= low << n;
    return from % 64 ? low >> from % 64 | high << (64 - from % 64) : low;
}

/* The first n_words of bits get the blocks where a count may not be 0: a block from a place within
 * one of its ring has some of the next. */
static void find_blocks(const struct rqa__window *w, const counts_reader *r, uint64_t *bits,
                        uint32_t n_words)
{
    const uint32_t n_blocks = w->n_ring / RQA__WINDOW_BLOCK;
    uint64_t ring[MOST_WORDS];
    memset(bits, 0, n_words * sizeof *bits);
    for (uint32_t k = 0; k < r->terms.n_terms; k++) {
        const uint32_t place = r->terms.place[k], first = place / RQA__WINDOW_BLOCK;
        w->kernels->flags(ring, r->counts[k]->seen, (n_blocks + 63) / 64);
        for (uint32_t q = 0; q < n_words; q++) {
            bits[q] |= bits_from(ring, n_blocks, first + 64 * q);
            if (place % RQA__WINDOW_BLOCK)
                bits[q] |= bits_from(ring, n_blocks, first + 64 * q + 1);
        }
    }
}

static void forget_if_empty(const rqa__window_counts *counts, uint32_t block)
{
    uint32_t any = 0;
    for (uint32_t k = 0; k < RQA__WINDOW_BLOCK; k++)
        any |= counts->count[RQA__WINDOW_BLOCK * block + k];
    if (!any)
        counts->seen[block] = 0;
}

/* What makes up a block that was empty is, as a rule. */
static void forget_block(const counts_reader *r, uint32_t block)
{
    const uint32_t n_blocks = r->terms.n_ring / RQA__WINDOW_BLOCK;
    for (uint32_t k = 0; k < r->terms.n_terms; k++) {
        const uint32_t place = r->terms.place[k], at = place / RQA__WINDOW_BLOCK + block;
        forget_if_empty(r->counts[k], at & (n_blocks - 1));
        if (place % RQA__WINDOW_BLOCK)
            forget_if_empty(r->counts[k], (at + 1) & (n_blocks - 1));
    }
}

/* Blocks are found empty again where they share one of a ring with what is not, so it is not tried
 * at each reading. */
enum { READINGS_BETWEEN = 8 };

static rqa__spectrum spectrum_of(const struct rqa__window *w, const counts_reader *r, uint32_t n,
                                 rqa__bin *bin)
{
    uint64_t blocks[MOST_WORDS], empty[MOST_WORDS];
    const uint32_t last = (n - 1) / RQA__WINDOW_BLOCK, n_words = last / 64 + 1;
    find_blocks(w, r, blocks, n_words);
    for (uint32_t q = 0; q < n_words; q++)
        empty[q] = blocks[q] &= rqa__bits_between(0, last, q);
    const size_t n_bins =
        w->kernels->classes((rqa__window_class *)(void *)bin, &r->terms, blocks, n);
    for (uint32_t q = 0; q < n_words && w->n_readings % READINGS_BETWEEN == 0; q++)
        for (empty[q] &= ~blocks[q]; empty[q]; empty[q] &= empty[q] - 1)
            forget_block(r, 64 * q + (uint32_t)__builtin_ctzll(empty[q]));
    return (rqa__spectrum){bin, n_bins};
}

/* Runs of the whole length n. */
static void add_through(rqa__spectrum *spectrum, rqa__bin *bin, uint32_t n, uint32_t n_through)
{
    if (n_through == 0)
        return;
    if (spectrum->n_bins == 0 || bin[spectrum->n_bins - 1].length != n)
        bin[spectrum->n_bins++] = (rqa__bin){n, 0};
    bin[spectrum->n_bins - 1].count += n_through;
}

static rqa__spectrum read_diagonals(const struct rqa__window *w, uint32_t n)
{
    counts_reader r = reader_of(w);
    read_from(&r, &w->diagonal.inner, 0);
    read_from(&r, &w->through, w->n_vectors - n);
    read_borders(&r, w, &w->diagonal);
    return spectrum_of(w, &r, n, w->bin[DIAGONAL]);
}

static rqa__spectrum read_black(const struct rqa__window *w, uint32_t n)
{
    counts_reader r = reader_of(w);
    read_from(&r, &w->black.runs.inner, 0);
    read_borders(&r, w, &w->black.runs);
    rqa__spectrum spectrum = spectrum_of(w, &r, n, w->bin[VERTICAL]);
    add_through(&spectrum, w->bin[VERTICAL], n, w->black.runs.n_through);
    return spectrum;
}

static void read_white(const struct rqa__window *w, uint32_t n, rqa__tally *tally)
{
    const rqa__window_runs *runs = &w->white.runs;
    counts_reader inner = reader_of(w), border = inner;
    read_from(&inner, &runs->inner, 0);
    if (w->white_together) {
        if (w->upper_only)
            read_from(&inner, &runs->fixed, 0);
        read_borders(&inner, w, runs);
    }
    tally->white_inner = spectrum_of(w, &inner, n, w->bin[WHITE_INNER]);
    if (w->white_together) {
        add_through(&tally->white_inner, w->bin[WHITE_INNER], n, runs->n_through);
        return;
    }
    read_from(&border, &runs->fixed, 0);
    read_borders(&border, w, runs);
    tally->white_border = spectrum_of(w, &border, n, w->bin[WHITE_BORDER]);
    add_through(&tally->white_border, w->bin[WHITE_BORDER], n, runs->n_through);
}

static rqa__spectrum read_times(const struct rqa__window *w, uint32_t n)
{
    counts_reader r = reader_of(w);
    read_from(&r, &w->times.runs.inner, 0);
    read_from(&r, &w->times.runs.old_side, w->s + 1);
    return spectrum_of(w, &r, n, w->bin[TIMES]);
}

const double *rqa__window_densities(rqa__window *w, size_t slot)
{
    const uint32_t n = w->e - w->s, *upper = w->upper.points, *lower = w->lower.points;
    double *out = w->density[slot];
    if (!lower || n == 0) { /* one side, or two that are alike */
        w->kernels->densities(out, upper, n, 1, n);
        return out;
    }
    for (uint32_t k = 0; k < n; k++)
        w->both_points[k] = upper[k] + lower[k];
    w->kernels->densities(out, w->both_points, 2 * (double)n, 2, n);
    out[0] = (double)upper[0] / n;
    return out;
}

void rqa__window_join_white(rqa__window *w)
{
    w->white_together = 1;
}

void rqa__window_tally(rqa__window *w, rqa__tally *tally)
{
    const uint32_t n = w->e - w->s;
    *tally = (rqa__tally){.points = w->points, .gap_sum = w->times.gap_sum};
    if (n == 0)
        return;
    w->n_readings++;
    if (w->tallies & RQA__TALLY_DIAGONAL)
        tally->diagonal = read_diagonals(w, n);
    if (w->tallies & RQA__TALLY_VERTICAL)
        tally->vertical = read_black(w, n);
    if (w->tallies & RQA__TALLY_WHITE)
        read_white(w, n, tally);
    if (w->tallies & RQA__TALLY_RECURRENCE_TIME)
        tally->recurrence_time = read_times(w, n);
}
