/* window_times.c - recurrence times of a moving window: pairs of successive black runs of one line
 * with no removed cell between them.
 *
 * A pair's first run ends at c, its second begins at d: the gap d - c + 1 is fixed. Its time is d
 * minus the start of the first run, so it shrinks while the old border is inside that run: then the
 * pair is counted by d, otherwise by its time. Of one triangle, whose lines begin at the main
 * diagonal, times are fixed.
 */
#include "windows/window_state.h"

static uint32_t slot_of(const struct rqa__window *w, uint32_t position)
{
    return position & (w->n_ring - 1);
}

/* Whether one of the positions from .. to - 1 is removed. */
static int is_cut(const struct rqa__window *w, uint32_t from, uint32_t to)
{
    if (!w->n_absent)
        return 0;
    for (uint32_t p = from; p != to; p++) {
        const uint32_t slot = slot_of(w, p);
        if (w->absent[slot >> 6] >> (slot & 63) & 1)
            return 1;
    }
    return 0;
}

static int is_at_border(const struct rqa__window *w, uint32_t start)
{
    return !w->upper_only && (int32_t)(start - w->s) <= 0;
}

/* Counts the pair of a run [start, end) and one from `next` on, or (by = -1) counts it no more. */
static void count_pair(struct rqa__window *w, uint32_t start, uint32_t end, uint32_t next,
                       uint32_t by)
{
    rqa__window_counts *c = &w->times.counts;
    if (is_at_border(w, start))
        *rqa__old_at(w, c, next) += by;
    else
        c->inner[next - start] += by;
    const uint64_t gap = next - end + 1;
    w->times.gap_sum += by == 1 ? gap : 0 - gap;
}

void rqa__times_end(struct rqa__window *w, uint32_t i, uint32_t start)
{
    rqa__window_times *t = &w->times;
    const uint32_t slot = slot_of(w, i);
    t->last_start[slot] = start;
    t->last_end[slot] = w->e;
    t->flags[slot] |= RQA__TIME_LAST;
}

void rqa__times_birth(struct rqa__window *w, uint32_t i)
{
    rqa__window_times *t = &w->times;
    const uint32_t slot = slot_of(w, i), start = t->last_start[slot], end = t->last_end[slot];
    if (!(t->flags[slot] & RQA__TIME_LAST) || (int32_t)(end - w->s) <= 0 || is_cut(w, end, w->e))
        return;
    count_pair(w, start, end, w->e, 1);
    if ((int32_t)(start - i) <= 0) {
        t->across_end[slot] = end;
        t->across_start[slot] = w->e;
        t->flags[slot] |= RQA__TIME_ACROSS;
    }
}

/* The black runs of a row from the main diagonal (or the band) on, by rising offset. */
typedef struct run_reader {
    const uint64_t *row;
    int64_t last;
    int64_t k;
} run_reader;

static int64_t bit_above(const uint64_t *row, int64_t k, int64_t last, uint64_t flip)
{
    if (k > last)
        return last + 1;
    size_t q = (size_t)k >> 6;
    uint64_t x = (row[q] ^ flip) & (~UINT64_C(0) << (k & 63));
    while (!x) {
        if (64 * ((int64_t)q + 1) > last)
            return last + 1;
        x = row[++q] ^ flip;
    }
    k = 64 * (int64_t)q + __builtin_ctzll(x);
    return k > last ? last + 1 : k;
}

/* The next run, offsets *k0 .. *k1 - 1. */
static int next_run(run_reader *r, uint32_t *k0, uint32_t *k1)
{
    const int64_t first = bit_above(r->row, r->k, r->last, 0);
    if (first > r->last)
        return 0;
    r->k = bit_above(r->row, first, r->last, ~UINT64_C(0));
    *k0 = (uint32_t)first;
    *k1 = (uint32_t)r->k;
    return 1;
}

void rqa__times_enter(struct rqa__window *w)
{
    rqa__window_times *t = &w->times;
    const uint32_t e = w->e, slot = slot_of(w, e), band = w->black.theiler;
    run_reader reader = {rqa__row_of(w, w->black.head, e), w->upper_only ? 0 : (int64_t)(e - w->s),
                         band};
    uint32_t k0, k1, later = 0;
    int is_first = 1;
    t->flags[slot] = 0;
    while (next_run(&reader, &k0, &k1)) {
        const uint32_t start = e - k1 + 1, end = e - k0 + 1;
        if (!is_first && !is_cut(w, end, later))
            count_pair(w, start, end, later, 1);
        if (is_first && k0 > 0 && (band == 0 || w->band_is_white)) {
            t->last_start[slot] = start;
            t->last_end[slot] = end;
            t->flags[slot] = RQA__TIME_LAST;
        }
        is_first = 0;
        later = start;
    }
}

void rqa__times_leave(struct rqa__window *w)
{
    const uint32_t s = w->s;
    run_reader reader = {w->black.tail->row, (int64_t)(w->e - s) - 1, w->black.theiler};
    uint32_t k0, k1, start = 0, end = 0;
    int is_first = 1;
    while (next_run(&reader, &k0, &k1)) {
        if (!is_first && !is_cut(w, end, s + k0))
            count_pair(w, start, end, s + k0, UINT32_MAX);
        start = s + k0;
        end = s + k1;
        is_first = 0;
    }
}

/* Where the run after the one that ends at `end` begins, if the two are a pair. */
static int find_next(struct rqa__window *w, uint32_t i, uint32_t end, uint32_t *next)
{
    const rqa__window_times *t = &w->times;
    const uint32_t slot = slot_of(w, i);
    const int32_t k_end = (int32_t)(i - end);
    if (k_end >= (int32_t)w->black.theiler) {
        const int64_t k = rqa__bit_below(rqa__row_of(w, w->black.head, i), k_end, 0);
        if (k >= (int64_t)w->black.theiler) {
            *next = i - (uint32_t)k;
            return !is_cut(w, end, *next);
        }
    }
    *next = t->across_start[slot];
    return t->flags[slot] & RQA__TIME_ACROSS && t->across_end[slot] == end;
}

void rqa__times_reach(struct rqa__window *w, uint32_t i, uint32_t end)
{
    rqa__window_counts *c = &w->times.counts;
    uint32_t next;
    if (!find_next(w, i, end, &next))
        return;
    c->inner[next - w->s - 1]--;
    ++*rqa__old_at(w, c, next);
}

void rqa__times_lose(struct rqa__window *w, uint32_t i, uint32_t end)
{
    rqa__window_times *t = &w->times;
    uint32_t next;
    if (!find_next(w, i, end, &next))
        return;
    --*rqa__old_at(w, &t->counts, next);
    t->gap_sum -= next - end + 1;
    if (t->across_end[slot_of(w, i)] == end)
        t->flags[slot_of(w, i)] &= (uint8_t)~RQA__TIME_ACROSS;
}
