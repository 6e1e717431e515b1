/* window_diagonals.c - the diagonal runs of a moving window, and its points by offset. */
#include "windows/window_state.h"

/* A run's rows are numbered by the smaller index of its cells, its columns by the larger one.
 * Offset k has the rows s .. e-1-k. */

static uint32_t weight_of(const rqa__window_diagonals *d, uint32_t k)
{
    return k ? d->weight : 1;
}

static void set_through(struct rqa__window *w, rqa__window_diagonals *d, uint32_t k, uint8_t is)
{
    if (d->is_through[k] == is)
        return;
    d->is_through[k] = is;
    rqa__count_more(&w->through, rqa__by_length(w->n_vectors - k),
                    is ? weight_of(d, k) : 0 - weight_of(d, k));
}

static void end_run(struct rqa__window *w, rqa__window_diagonals *d, uint32_t k)
{
    const uint32_t e = w->e, end = e - k, weight = weight_of(d, k);
    if (d->is_through[k]) {
        rqa__count_more(&w->diagonal.old_side, rqa__by_end(w, end), weight);
        set_through(w, d, k, 0);
        return;
    }
    const uint32_t start = d->start[k], slot = end & (w->n_ring - 1);
    rqa__count_fewer(&w->diagonal.new_side, rqa__by_start(w, start), weight);
    rqa__count_more(&w->diagonal.inner, rqa__by_length(e - start), weight);
    d->ends[(size_t)k * (w->n_ring / 64) + (slot >> 6)] |= UINT64_C(1) << (slot & 63);
}

/* Notes where runs of one cell end. */
static void end_singles(struct rqa__window *w, rqa__window_diagonals *d, size_t q, uint64_t gone)
{
    for (; gone; gone &= gone - 1) {
        const uint32_t k = (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(gone);
        const uint32_t slot = (w->e - k) & (w->n_ring - 1);
        d->ends[(size_t)k * (w->n_ring / 64) + (slot >> 6)] |= UINT64_C(1) << (slot & 63);
    }
}

/* Diagonals of a row, that of offset 0 once and others by their weight. */
static uint32_t weigh(const struct rqa__window *w, const rqa__window_diagonals *d,
                      const uint64_t *row, size_t q0, size_t n)
{
    const uint32_t all = d->weight * (uint32_t)w->kernels->count(row + q0, n);
    return q0 == 0 && row[0] & 1 ? all - (d->weight - 1) : all;
}

/* All of them get a cell. */
static void grow(struct rqa__window *w, rqa__window_diagonals *d, uint32_t last)
{
    const uint32_t e = w->e;
    const uint64_t *now = rqa__row_of(w, d->side, e), *before = rqa__row_of(w, d->side, e - 1);
    const size_t q0 = d->first >> 6, q_end = (last - 1) >> 6, n = (last >> 6) + 1 - q0;
    uint64_t live = ~UINT64_C(0) << (d->first & 63);
    for (size_t q = q0; q < q0 + n; q++, live = ~UINT64_C(0)) {
        if (q >= q_end)
            live &= q > q_end ? 0 : ~UINT64_C(0) >> (63 - ((last - 1) & 63));
        const uint64_t gone = before[q] & ~now[q] & live, young = d->born[q] & live;
        d->born[q] = now[q] & ~before[q] & live;
        w->scratch[q] = gone & young;
        for (uint64_t grown = young & now[q]; grown; grown &= grown - 1)
            d->start[64 * q + (size_t)__builtin_ctzll(grown)] = e - 1;
        end_singles(w, d, q, gone & young);
        for (uint64_t longer = gone & ~young; longer; longer &= longer - 1)
            end_run(w, d, (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(longer));
    }
    const uint32_t n_single = weigh(w, d, w->scratch, q0, n);
    rqa__count_more(&w->diagonal.new_side, rqa__by_start(w, e), weigh(w, d, d->born, q0, n));
    rqa__count_fewer(&w->diagonal.new_side, rqa__by_start(w, e - 1), n_single);
    rqa__count_more(&w->diagonal.inner, rqa__by_length(1), n_single);
}

void rqa__diagonals_add(struct rqa__window *w, rqa__window_diagonals *d)
{
    const uint32_t last = w->e - w->s;
    const uint64_t *now = rqa__row_of(w, d->side, w->e);
    if (d->points)
        w->kernels->add_offsets(d->points, now, w->n_words, 1);
    if (!d->ends || d->first > last)
        return;
    if (rqa__bit_at(now, last))
        set_through(w, d, last, 1);
    if (d->first < last)
        grow(w, d, last);
}

/* The row where the inner run of offset k that begins at s + 1 ends; it is inner no more. */
static uint32_t take_end(const struct rqa__window *w, const rqa__window_diagonals *d, uint32_t k)
{
    const size_t n_ring_words = w->n_ring / 64;
    uint64_t *ends = d->ends + (size_t)k * n_ring_words;
    const uint32_t from = w->s + 2;
    size_t q = (from & (w->n_ring - 1)) >> 6;
    uint32_t base = from & ~UINT32_C(63);
    uint64_t x = ends[q] & (~UINT64_C(0) << (from & 63));
    while (!x) {
        q = (q + 1) & (n_ring_words - 1);
        x = ends[q];
        base += 64;
    }
    ends[q] &= ~(x & (0 - x));
    return base + (uint32_t)__builtin_ctzll(x);
}

void rqa__diagonals_drop(struct rqa__window *w, rqa__window_diagonals *d)
{
    const uint32_t s = w->s, last = w->e - s - 1;
    const uint64_t *row = d->side->row, *after = d->side->row_after;
    if (d->points)
        w->kernels->add_offsets(d->points, row, w->n_words, UINT32_MAX);
    if (!d->ends)
        return;
    set_through(w, d, last, 0); /* that offset is gone */
    if (last == 0 || d->first > last - 1)
        return;
    const uint64_t *newest = rqa__row_of(w, d->side, w->e - 1);
    uint32_t n_single = 0;
    for (size_t q = d->first >> 6; q <= (last - 1) >> 6; q++) {
        uint64_t met = after[q] & ~row[q] & rqa__bits_between(d->first, (int64_t)last - 1, q);
        for (; met; met &= met - 1) {
            const uint32_t k = (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(met);
            const uint32_t start = s + 1 + k, weight = weight_of(d, k);
            const int is_young = rqa__bit_at(d->born, k) && start + 1 != w->e;
            if (rqa__bit_at(newest, k) && !is_young &&
                (start + 1 == w->e || d->start[k] == start)) {
                rqa__count_fewer(&w->diagonal.new_side, rqa__by_start(w, start), weight);
                set_through(w, d, k, 1);
                d->born[q] &= ~(met & (0 - met));
                continue;
            }
            const uint32_t end = take_end(w, d, k);
            if (end == s + 2) {
                n_single += weight;
                continue;
            }
            rqa__count_fewer(&w->diagonal.inner, rqa__by_length(end - s - 1), weight);
            rqa__count_more(&w->diagonal.old_side, rqa__by_end(w, end), weight);
        }
    }
    rqa__count_fewer(&w->diagonal.inner, rqa__by_length(1), n_single);
    rqa__count_more(&w->diagonal.old_side, rqa__by_end(w, s + 2), n_single);
}
