/* window_tally.c - the counts of a moving window as a tally. */
#include "windows/window_state.h"

#include <string.h>

enum { DIAGONAL, VERTICAL, WHITE_INNER, WHITE_BORDER, TIMES };

/* sum[t] += ring[(first + t) mod its size], t < n. */
static void add_ring(uint32_t *sum, const uint32_t *ring, uint32_t n_ring, uint32_t first,
                     uint32_t n)
{
    first &= n_ring - 1;
    const uint32_t straight = n_ring - first < n ? n_ring - first : n;
    for (uint32_t t = 0; t < straight; t++)
        sum[t] += ring[first + t];
    for (uint32_t t = straight; t < n; t++)
        sum[t] += ring[t - straight];
}

/* What touches a border, by length 1 .. n at sum[0 .. n-1]. */
static void add_borders(const struct rqa__window *w, const rqa__window_counts *c, uint32_t n,
                        uint32_t *sum)
{
    add_ring(sum, c->old_side, w->n_ring, w->s + 1, n);
    add_ring(sum, c->new_side, w->n_ring, 1 - w->e, n);
    sum[n - 1] += c->n_through;
}

static rqa__spectrum spectrum_of(const uint32_t *sum, uint32_t n, rqa__bin *bin)
{
    size_t n_bins = 0;
    for (uint32_t t = 0; t < n; t++) {
        bin[n_bins] = (rqa__bin){t + 1, sum[t]};
        n_bins += sum[t] != 0;
    }
    return (rqa__spectrum){bin, n_bins};
}

static void take_inner(const rqa__window_counts *c, uint32_t n, uint32_t *sum)
{
    memcpy(sum, c->inner + 1, n * sizeof *sum);
}

static void read_diagonals(struct rqa__window *w, uint32_t n, rqa__tally *tally)
{
    const uint32_t *upper = w->upper.through + (w->n_vectors - n),
                   *lower = w->lower.through ? w->lower.through + (w->n_vectors - n) : NULL;
    take_inner(&w->diagonal, n, w->sum);
    add_borders(w, &w->diagonal, n, w->sum);
    for (uint32_t t = 0; t < n; t++)
        w->sum[t] += upper[t + 1];
    for (uint32_t t = 0; lower && t < n; t++)
        w->sum[t] += lower[t + 1];
    tally->diagonal = spectrum_of(w->sum, n, w->bin[DIAGONAL]);
}

static void read_white(struct rqa__window *w, uint32_t n, rqa__tally *tally)
{
    take_inner(&w->white.counts, n, w->sum);
    tally->white_inner = spectrum_of(w->sum, n, w->bin[WHITE_INNER]);
    memcpy(w->sum, w->white.counts.fixed + 1, n * sizeof *w->sum);
    add_borders(w, &w->white.counts, n, w->sum);
    tally->white_border = spectrum_of(w->sum, n, w->bin[WHITE_BORDER]);
}

/* By offset, as rqa__tally has them for the relation; both sides of a joint plot are one. */
static void read_offsets(struct rqa__window *w, uint32_t n, rqa__tally *tally)
{
    uint64_t *out = w->offsets;
    tally->offset_points = out;
    tally->n_offsets = n;
    if (w->relation != RQA__RELATION_AUTO) {
        const uint32_t *lower = w->lower.points ? w->lower.points : w->upper.points;
        for (uint32_t k = 1; k < n; k++)
            out[n - 1 - k] = lower[k];
        out += n - 1;
        tally->n_offsets = 2 * (size_t)n - 1;
    }
    for (uint32_t k = 0; k < n; k++)
        out[k] = w->upper.points[k];
}

void rqa__window_tally(rqa__window *w, rqa__tally *tally)
{
    const uint32_t n = w->e - w->s;
    *tally = (rqa__tally){.points = w->points, .gap_sum = w->times.gap_sum};
    if (n == 0)
        return;
    if (w->tallies & RQA__TALLY_DIAGONAL)
        read_diagonals(w, n, tally);
    if (w->tallies & RQA__TALLY_VERTICAL) {
        take_inner(&w->black.counts, n, w->sum);
        add_borders(w, &w->black.counts, n, w->sum);
        tally->vertical = spectrum_of(w->sum, n, w->bin[VERTICAL]);
    }
    if (w->tallies & RQA__TALLY_WHITE)
        read_white(w, n, tally);
    if (w->tallies & RQA__TALLY_RECURRENCE_TIME) {
        take_inner(&w->times.counts, n, w->sum);
        add_ring(w->sum, w->times.counts.old_side, w->n_ring, w->s + 1, n);
        tally->recurrence_time = spectrum_of(w->sum, n, w->bin[TIMES]);
    }
    if (w->tallies & RQA__TALLY_OFFSETS)
        read_offsets(w, n, tally);
}
