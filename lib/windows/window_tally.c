/* window_tally.c - the counts of a moving window as a tally. */
#include "windows/window_state.h"

#include <stddef.h>

enum { DIAGONAL, VERTICAL, WHITE_INNER, WHITE_BORDER, TIMES };

_Static_assert(sizeof(rqa__window_class) == sizeof(rqa__bin) &&
                   offsetof(rqa__window_class, count) == offsetof(rqa__bin, count),
               "the kernels write the classes of a tally");

/* Counts by length 1 .. n of up to four kinds: arrays, and rings read from a place on. */
typedef struct counts_reader {
    const uint32_t *array[2];
    const uint32_t *ring[2];
    uint32_t place[2];
    size_t n_arrays, n_rings;
} counts_reader;

static void read_array(counts_reader *r, const uint32_t *by_length)
{
    r->array[r->n_arrays++] = by_length + 1;
}

static void read_ring(counts_reader *r, const uint32_t *ring, uint32_t place)
{
    r->ring[r->n_rings] = ring;
    r->place[r->n_rings++] = place;
}

/* What touches a border. */
static void read_borders(counts_reader *r, const struct rqa__window *w, const rqa__window_counts *c)
{
    read_ring(r, c->old_side, w->s + 1);
    read_ring(r, c->new_side, 1 - w->e);
}

/* Stretch by stretch, each of which ends where a ring begins anew. */
static rqa__spectrum spectrum_of(const struct rqa__window *w, const counts_reader *r, uint32_t n,
                                 rqa__bin *bin)
{
    size_t n_bins = 0;
    for (uint32_t t = 0; t < n;) {
        const uint32_t *terms[4];
        uint32_t stretch = n - t;
        size_t n_terms = 0;
        for (size_t k = 0; k < r->n_arrays; k++)
            terms[n_terms++] = r->array[k] + t;
        for (size_t k = 0; k < r->n_rings; k++) {
            const uint32_t at = (r->place[k] + t) & (w->n_ring - 1);
            stretch = w->n_ring - at < stretch ? w->n_ring - at : stretch;
            terms[n_terms++] = r->ring[k] + at;
        }
        n_bins += w->kernels->classes((rqa__window_class *)(void *)(bin + n_bins), terms, n_terms,
                                      t + 1, stretch);
        t += stretch;
    }
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
    counts_reader r = {0};
    read_array(&r, w->diagonal.inner);
    read_array(&r, w->through + (w->n_vectors - n));
    read_borders(&r, w, &w->diagonal);
    return spectrum_of(w, &r, n, w->bin[DIAGONAL]);
}

static rqa__spectrum read_black(const struct rqa__window *w, uint32_t n)
{
    counts_reader r = {0};
    read_array(&r, w->black.counts.inner);
    read_borders(&r, w, &w->black.counts);
    rqa__spectrum spectrum = spectrum_of(w, &r, n, w->bin[VERTICAL]);
    add_through(&spectrum, w->bin[VERTICAL], n, w->black.counts.n_through);
    return spectrum;
}

static void read_white(const struct rqa__window *w, uint32_t n, rqa__tally *tally)
{
    counts_reader inner = {0}, border = {0};
    read_array(&inner, w->white.counts.inner);
    if (w->white_together) {
        if (w->upper_only)
            read_array(&inner, w->white.counts.fixed);
        read_borders(&inner, w, &w->white.counts);
    }
    tally->white_inner = spectrum_of(w, &inner, n, w->bin[WHITE_INNER]);
    if (w->white_together) {
        add_through(&tally->white_inner, w->bin[WHITE_INNER], n, w->white.counts.n_through);
        return;
    }
    read_array(&border, w->white.counts.fixed);
    read_borders(&border, w, &w->white.counts);
    tally->white_border = spectrum_of(w, &border, n, w->bin[WHITE_BORDER]);
    add_through(&tally->white_border, w->bin[WHITE_BORDER], n, w->white.counts.n_through);
}

static rqa__spectrum read_times(const struct rqa__window *w, uint32_t n)
{
    counts_reader r = {0};
    read_array(&r, w->times.counts.inner);
    read_ring(&r, w->times.counts.old_side, w->s + 1);
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
    if (w->tallies & RQA__TALLY_DIAGONAL)
        tally->diagonal = read_diagonals(w, n);
    if (w->tallies & RQA__TALLY_VERTICAL)
        tally->vertical = read_black(w, n);
    if (w->tallies & RQA__TALLY_WHITE)
        read_white(w, n, tally);
    if (w->tallies & RQA__TALLY_RECURRENCE_TIME)
        tally->recurrence_time = read_times(w, n);
}
