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
    rqa__window_runs *c = &w->times.runs;
    if (is_at_border(w, start))
        rqa__count_more(&c->old_side, rqa__by_end(w, next), by);
    else
        rqa__count_more(&c->inner, rqa__by_length(next - start), by);
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

/* Counts the pairs of runs that lie along a row of so many changes, the first at offset change[0],
 * or (by = -1) counts them no more: none of them is at the old border. A time is the distance of
 * two runs' starts, `starts` being the offset of that in a run, a gap that of what is between them.
 */
static inline __attribute__((always_inline)) void count_row(struct rqa__window *w,
                                                            const uint32_t *change,
                                                            size_t n_changes, size_t starts,
                                                            uint32_t by)
{
    const rqa__window_counts *inner = &w->times.runs.inner;
    uint64_t gap_sum = 0;
    for (size_t k = 0; k + 2 < n_changes; k += 2) {
        const uint32_t at = rqa__by_length(change[k + 2 + starts] - change[k + starts]);
        if (by == 1)
            rqa__count_more(inner, at, 1);
        else
            rqa__count_fewer(inner, at, 1);
        gap_sum += change[k + 2] - change[k + 1] + 1;
    }
    w->times.gap_sum += by == 1 ? gap_sum : 0 - gap_sum;
}

/* The same where cells are removed, or a run may be at the old border; `at` is the position of
 * offset 0, from where positions fall (downwards = 1) or rise. */
static void count_row_slowly(struct rqa__window *w, const uint32_t *change, size_t n_changes,
                             uint32_t at, int falls, uint32_t by)
{
    for (size_t k = 0; k + 2 < n_changes; k += 2) {
        const uint32_t *c = change + k;
        const uint32_t start = falls ? at - c[3] + 1 : at + c[0];
        const uint32_t end = falls ? at - c[2] + 1 : at + c[1];
        const uint32_t next = falls ? at - c[1] + 1 : at + c[2];
        if (!is_cut(w, end, next))
            count_pair(w, start, end, next, by);
    }
}

void rqa__times_enter(struct rqa__window *w)
{
    rqa__window_times *t = &w->times;
    const uint32_t e = w->e, slot = slot_of(w, e), band = w->black.theiler;
    const uint32_t last = w->upper_only ? 0 : e - w->s;
    t->flags[slot] = 0;
    if (band > last)
        return;
    const uint32_t *change = w->change;
    size_t n = w->kernels->changes(w->change, rqa__row_of(w, w->black.head, e), band, last);
    if (n == 0)
        return;
    if (change[0] > 0 && (band == 0 || w->band_is_white)) {
        t->last_start[slot] = e - change[1] + 1;
        t->last_end[slot] = e - change[0] + 1;
        t->flags[slot] = RQA__TIME_LAST;
    }
    if (w->n_absent) {
        count_row_slowly(w, change, n, e, 1, 1);
        return;
    }
    if (n > 2 && change[n - 1] > last && !w->upper_only) {
        count_row_slowly(w, change + n - 4, 4, e, 1, 1);
        n -= 2;
    }
    count_row(w, change, n, 1, 1);
}

void rqa__times_leave(struct rqa__window *w)
{
    const uint32_t s = w->s, last = w->e - s - 1, band = w->black.theiler;
    if (band > last)
        return;
    const uint32_t *change = w->change;
    size_t n = w->kernels->changes(w->change, w->black.tail->row, band, last);
    if (w->n_absent) {
        count_row_slowly(w, change, n, s, 0, UINT32_MAX);
        return;
    }
    if (n > 2 && change[0] == 0 && !w->upper_only) {
        count_row_slowly(w, change, 4, s, 0, UINT32_MAX);
        change += 2;
        n -= 2;
    }
    count_row(w, change, n, 0, UINT32_MAX);
}

/* Where the run after the one that ends at `end` begins, if the two are a pair: k_next is its
 * offset, or less than the band's where there is none in the head of the line. */
static int find_next(struct rqa__window *w, uint32_t i, uint32_t end, int64_t k_next,
                     uint32_t *next)
{
    const rqa__window_times *t = &w->times;
    const uint32_t slot = slot_of(w, i);
    if (k_next >= (int64_t)w->black.theiler) {
        *next = i - (uint32_t)k_next;
        return !is_cut(w, end, *next);
    }
    *next = t->across_start[slot];
    return t->flags[slot] & RQA__TIME_ACROSS && t->across_end[slot] == end;
}

void rqa__times_reach(struct rqa__window *w, uint32_t i, uint32_t end)
{
    rqa__window_runs *c = &w->times.runs;
    uint32_t next;
    const int64_t k_end = (int32_t)(i - end);
    const int64_t k_next = k_end < (int64_t)w->black.theiler
                               ? -1
                               : rqa__bit_below(rqa__row_of(w, w->black.head, i), k_end, 0);
    if (!find_next(w, i, end, k_next, &next))
        return;
    rqa__count_fewer(&c->inner, rqa__by_length(next - w->s - 1), 1);
    rqa__count_more(&c->old_side, rqa__by_end(w, next), 1);
}

void rqa__times_lose(struct rqa__window *w, uint32_t i, uint32_t end, int64_t k_next)
{
    rqa__window_times *t = &w->times;
    uint32_t next;
    if (!find_next(w, i, end, k_next, &next))
        return;
    rqa__count_fewer(&t->runs.old_side, rqa__by_end(w, next), 1);
    t->gap_sum -= next - end + 1;
    if (t->across_end[slot_of(w, i)] == end)
        t->flags[slot_of(w, i)] &= (uint8_t)~RQA__TIME_ACROSS;
}
