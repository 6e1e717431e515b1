/* window_lines.c - the vertical runs of a moving window, black or white. */
#include "windows/window_state.h"

static uint32_t slot_of(const struct rqa__window *w, uint32_t position)
{
    return position & (w->n_ring - 1);
}

static void set_top(const rqa__window_side *side, uint32_t slot, unsigned colour)
{
    const uint64_t bit = UINT64_C(1) << (slot & 63);
    uint64_t *word = &side->top[slot >> 6];
    *word = colour ? *word | bit : *word & ~bit;
}

static void list(rqa__window_side *side, int colour, uint32_t slot, uint32_t position_slot)
{
    side->next[slot] = side->first[colour][position_slot];
    side->first[colour][position_slot] = slot;
}

void rqa__side_add(struct rqa__window *w, rqa__window_side *side)
{
    const uint32_t last = w->e - w->s, slot = slot_of(w, w->e);
    const uint64_t *row = rqa__row_of(w, side, w->e);
    const unsigned colour = rqa__bit_at(row, last);
    set_top(side, slot, colour);
    const int64_t k = rqa__bit_below(row, last, colour ? ~UINT64_C(0) : 0);
    if (k >= 0)
        list(side, !colour, slot, slot_of(w, w->e - (uint32_t)k));
}

/* The old border reaches a run of line i at its first cell, offset k; the run's own colour ends at
 * offset k_after, or (-1) not before the main diagonal. */
static void reach(struct rqa__window *w, rqa__window_plane *plane, uint32_t i, uint32_t k,
                  int64_t k_after)
{
    rqa__window_runs *c = &plane->runs;
    const uint32_t slot = slot_of(w, i), s = i - k;
    if (k < plane->theiler)
        return;
    uint32_t end = i - (uint32_t)k_after;
    if (k_after < (int64_t)plane->theiler)
        end = i - plane->theiler + 1;
    if (k_after < 0 && plane->theiler == 0) {
        if (plane->flags[slot] & RQA__LINE_OPEN) {
            rqa__count_fewer(&c->new_side, rqa__by_start(w, s), 1);
            c->n_through++;
            plane->flags[slot] |= RQA__LINE_TOUCHED;
            return;
        }
        end = plane->end[slot];
    }
    rqa__count_fewer(&c->inner, rqa__by_length(end - s), 1);
    rqa__count_more(&c->old_side, rqa__by_end(w, end), 1);
    if (w->times.flags && plane == &w->black)
        rqa__times_reach(w, i, end);
}

/* Lines whose cell at the new border position is of the colour, and the one before was not. */
static void begin_runs(struct rqa__window *w, rqa__window_side *side, rqa__window_plane *plane)
{
    const uint32_t s = w->s + 1, mask = w->n_ring - 1;
    const int times = plane == &w->black && w->times.flags;
    uint32_t slot = side->first[1][s & mask], n_single = 0;
    side->first[1][s & mask] = RQA__NO_LINE;
    while (slot != RQA__NO_LINE) {
        const uint32_t next = side->next[slot], k = (slot - s) & mask;
        const uint64_t *row = side->rows + (size_t)slot * w->n_words;
        side->top[slot >> 6] |= UINT64_C(1) << (slot & 63);
        if (k > 0 && !rqa__bit_at(row, k - 1)) {
            list(side, 0, slot, (s + 1) & mask);
            if (plane && k >= plane->theiler) {
                n_single++;
                if (times)
                    rqa__times_reach(w, s + k, s + 1);
            }
        } else {
            const int64_t k_after = rqa__bit_below(row, k, ~UINT64_C(0));
            if (k_after >= 0)
                list(side, 0, slot, (s + k - (uint32_t)k_after) & mask);
            if (plane)
                reach(w, plane, s + k, k, k_after);
        }
        slot = next;
    }
    if (plane) {
        rqa__count_fewer(&plane->runs.inner, rqa__by_length(1), n_single);
        rqa__count_more(&plane->runs.old_side, rqa__by_end(w, s + 1), n_single);
    }
}

/* Lines whose cell there is not of the colour, and the one before was: runs of the rest begin. */
static void end_runs(struct rqa__window *w, rqa__window_side *side, const rqa__window_plane *plane,
                     rqa__window_plane *rest)
{
    const uint32_t s = w->s + 1, mask = w->n_ring - 1;
    const int times = plane && plane == &w->black && w->times.flags;
    uint32_t slot = side->first[0][s & mask];
    side->first[0][s & mask] = RQA__NO_LINE;
    while (slot != RQA__NO_LINE) {
        const uint32_t next = side->next[slot], k = (slot - s) & mask;
        const uint64_t *row = side->rows + (size_t)slot * w->n_words;
        const int64_t k_after = rqa__bit_below(row, k, 0);
        side->top[slot >> 6] &= ~(UINT64_C(1) << (slot & 63));
        if (k_after >= 0)
            list(side, 1, slot, (s + k - (uint32_t)k_after) & mask);
        if (rest)
            reach(w, rest, s + k, k, k_after);
        if (times && k + 1 >= plane->theiler)
            rqa__times_lose(w, s + k, s, k >= plane->theiler ? k_after : -1);
        slot = next;
    }
    if (times && w->band_is_white && plane->theiler > 0 && w->e - s >= plane->theiler)
        rqa__times_lose(w, s + plane->theiler - 1, s, -1);
}

void rqa__side_drop(struct rqa__window *w, rqa__window_side *side, rqa__window_plane *plane,
                    rqa__window_plane *rest)
{
    rqa__window_plane *counted = w->upper_only ? NULL : plane;
    end_runs(w, side, counted, w->upper_only ? NULL : rest);
    begin_runs(w, side, counted);
}

/* A run of line i ends before cell (i, e). */
static void end_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t i)
{
    rqa__window_runs *c = &plane->runs;
    const uint32_t slot = slot_of(w, i), start = plane->start[slot], e = w->e;
    const unsigned flags = (int32_t)(start - i) <= 0 ? plane->flags[slot] : 0;
    if (flags & RQA__LINE_OPEN) {
        plane->end[slot] = e;
        plane->flags[slot] = 0;
    }
    if (flags & RQA__LINE_TOUCHED) {
        c->n_through--;
        rqa__count_more(&c->old_side, rqa__by_end(w, e), 1);
    } else {
        rqa__count_fewer(&c->new_side, rqa__by_start(w, start), 1);
        const int is_fixed = w->upper_only && c->fixed.count && start == i;
        rqa__count_more(is_fixed ? &c->fixed : &c->inner, rqa__by_length(e - start), 1);
    }
    if (w->times.flags && plane == &w->black)
        rqa__times_end(w, i, start);
}

/* Runs of one word of tails: their lines are at the offsets 64 q and more. */
static void end_tails(struct rqa__window *w, rqa__window_plane *plane, size_t q, uint64_t gone)
{
    for (; gone; gone &= gone - 1)
        end_run(w, plane, w->e - (uint32_t)(64 * q) - (uint32_t)__builtin_ctzll(gone));
}

static void begin_tails(struct rqa__window *w, rqa__window_plane *plane, size_t q, uint64_t born,
                        uint32_t start)
{
    for (; born; born &= born - 1)
        plane->start[slot_of(w, w->e - (uint32_t)(64 * q) - (uint32_t)__builtin_ctzll(born))] =
            start;
}

static void time_tails(struct rqa__window *w, size_t q, uint64_t born)
{
    for (; born; born &= born - 1)
        rqa__times_birth(w, w->e - (uint32_t)(64 * q) - (uint32_t)__builtin_ctzll(born));
}

/* The tails of all lines before e get a cell. Of a run of one cell its line learns nothing, unless
 * for the sake of times. */
static void grow(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t e = w->e, last = e - w->s, first = plane->theiler ? plane->theiler : 1;
    const uint64_t *row = rqa__row_of(w, plane->tail, e),
                   *row_before = rqa__row_of(w, plane->tail, e - 1), flip = plane->flip;
    const int times = w->times.flags && plane == &w->black;
    if (first > last)
        return;
    const size_t q0 = first >> 6, q_last = last >> 6, n = q_last + 1 - q0;
    uint64_t carry = q0 ? (row_before[q0 - 1] ^ flip) >> 63 : 0, born_carry = 0;
    uint64_t live = ~UINT64_C(0) << (first & 63);
    for (size_t q = q0; q <= q_last; q++, live = ~UINT64_C(0)) {
        if (q == q_last)
            live &= ~UINT64_C(0) >> (63 - (last & 63));
        const uint64_t now = row[q] ^ flip, before = row_before[q] ^ flip;
        uint64_t old = before << 1 | carry;
        carry = before >> 63;
        if (q == q0 &&
            plane->theiler) /* what was nearer to the main diagonal is not of this plane */
            old &= ~(UINT64_C(1) << (first & 63));
        const uint64_t gone = old & ~now & live, born = now & ~old & live;
        const uint64_t young = (plane->born[q] << 1 | born_carry) & live;
        born_carry = plane->born[q] >> 63;
        plane->born[q] = born;
        w->scratch[q] = times ? 0 : gone & young;
        begin_tails(w, plane, q, times ? born : young & now, times ? e : e - 1);
        end_tails(w, plane, q, gone & ~w->scratch[q]);
        if (times)
            time_tails(w, q, born);
    }
    const uint32_t n_single = (uint32_t)w->kernels->count(w->scratch + q0, n);
    rqa__count_more(&plane->runs.new_side, rqa__by_start(w, e),
                    (uint32_t)w->kernels->count(plane->born + q0, n));
    rqa__count_fewer(&plane->runs.new_side, rqa__by_start(w, e - 1), n_single);
    rqa__count_more(&plane->runs.inner, rqa__by_length(1), n_single);
}

/* Runs of one cell are counted, all others are those of w->rest. */
static uint32_t split_row(const struct rqa__window *w, const rqa__window_plane *plane,
                          const uint64_t *row, uint32_t last)
{
    return (uint32_t)w->kernels->split(w->scratch, w->rest, row, plane->flip, plane->theiler, last);
}

/* A run of the head of line e, offsets k0 .. k1 - 1. */
static void enter_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t k0, uint32_t k1,
                      uint32_t last)
{
    (void)last;
    rqa__window_runs *c = &plane->runs;
    const uint32_t e = w->e, start = e - k1 + 1, end = e - k0 + 1, slot = slot_of(w, e);
    const int touches = start == w->s && !w->upper_only;
    if (k0 == 0) {
        plane->start[slot] = start;
        plane->flags[slot] =
            (uint8_t)(touches ? RQA__LINE_OPEN | RQA__LINE_TOUCHED : RQA__LINE_OPEN);
        if (touches)
            c->n_through++;
        else
            rqa__count_more(&c->new_side, rqa__by_start(w, start), 1);
    } else if (touches) {
        rqa__count_more(&c->old_side, rqa__by_end(w, end), 1);
    } else {
        rqa__count_more(&c->inner, rqa__by_length(end - start), 1);
    }
}

typedef void (*run_taker)(struct rqa__window *w, rqa__window_plane *plane, uint32_t k0, uint32_t k1,
                          uint32_t last);

/* The runs of w->rest, offsets k0 .. k1 - 1 of first .. last. */
static inline __attribute__((always_inline)) void take_runs(struct rqa__window *w,
                                                            rqa__window_plane *plane,
                                                            uint32_t first, uint32_t last,
                                                            run_taker take)
{
    uint32_t k0 = 0;
    unsigned colour = 0;
    uint64_t carry = 0;
    for (size_t q = first >> 6; q <= last >> 6; q++) {
        uint64_t changes = w->rest[q] ^ (w->rest[q] << 1 | carry);
        carry = w->rest[q] >> 63;
        for (; changes; changes &= changes - 1) {
            const uint32_t k = (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(changes);
            if (colour)
                take(w, plane, k0, k, last);
            colour ^= 1;
            k0 = k;
        }
    }
    if (colour)
        take(w, plane, k0, last + 1, last);
}

static void enter(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t last = w->upper_only ? 0 : w->e - w->s;
    plane->flags[slot_of(w, w->e)] = 0;
    if (plane->theiler > last)
        return;
    const uint32_t n_single = split_row(w, plane, rqa__row_of(w, plane->head, w->e), last);
    rqa__count_more(&plane->runs.inner, rqa__by_length(1), n_single);
    take_runs(w, plane, plane->theiler, last, enter_run);
}

void rqa__plane_add(struct rqa__window *w, rqa__window_plane *plane)
{
    grow(w, plane);
    enter(w, plane);
}

/* A run of line s of last + 1 cells. */
static void leave_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t k0, uint32_t k1,
                      uint32_t last)
{
    rqa__window_runs *c = &plane->runs;
    const uint32_t s = w->s;
    const int open = k1 == last + 1;
    if (k0 == 0 && !w->upper_only) {
        if (open)
            c->n_through--;
        else
            rqa__count_fewer(&c->old_side, rqa__by_end(w, s + k1), 1);
    } else if (open) {
        rqa__count_fewer(&c->new_side, rqa__by_start(w, s + k0), 1);
    } else if (k0 == 0 && c->fixed.count) {
        rqa__count_fewer(&c->fixed, rqa__by_length(k1), 1);
    } else {
        rqa__count_fewer(&c->inner, rqa__by_length(k1 - k0), 1);
    }
}

void rqa__plane_leave(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t last = w->e - w->s - 1;
    if (plane->theiler > last)
        return;
    rqa__count_fewer(&plane->runs.inner, rqa__by_length(1),
                     split_row(w, plane, plane->tail->row, last));
    take_runs(w, plane, plane->theiler, last, leave_run);
}
