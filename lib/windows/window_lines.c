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

static void list(rqa__window_side *side, uint32_t slot, uint32_t position_slot)
{
    side->next[slot] = side->first[position_slot];
    side->first[position_slot] = slot;
}

void rqa__side_add(struct rqa__window *w, rqa__window_side *side)
{
    const uint32_t last = w->e - w->s, slot = slot_of(w, w->e);
    const uint64_t *row = rqa__row_of(w, side, w->e);
    const unsigned colour = rqa__bit_at(row, last);
    set_top(side, slot, colour);
    const int64_t k = rqa__bit_below(row, last, colour ? ~UINT64_C(0) : 0);
    if (k >= 0)
        list(side, slot, slot_of(w, w->e - (uint32_t)k));
}

/* The old border reaches a run of line i at its first cell, offset k; the run's own colour ends at
 * offset k_after, or (-1) not before the main diagonal. */
static void reach(struct rqa__window *w, rqa__window_plane *plane, uint32_t i, uint32_t k,
                  int64_t k_after)
{
    rqa__window_counts *c = &plane->counts;
    const uint32_t slot = slot_of(w, i), s = i - k;
    if (k < plane->theiler)
        return;
    uint32_t end = i - (uint32_t)k_after;
    if (k_after < (int64_t)plane->theiler)
        end = i - plane->theiler + 1;
    if (k_after < 0 && plane->theiler == 0) {
        if (plane->flags[slot] & RQA__LINE_OPEN) {
            --*rqa__new_at(w, c, s);
            c->n_through++;
            plane->flags[slot] |= RQA__LINE_TOUCHED;
            return;
        }
        end = plane->end[slot];
    }
    c->inner[end - s]--;
    ++*rqa__old_at(w, c, end);
    if (w->times.flags && plane == &w->black)
        rqa__times_reach(w, i, end);
}

void rqa__side_drop(struct rqa__window *w, rqa__window_side *side, rqa__window_plane *plane)
{
    const uint32_t s = w->s + 1, mask = w->n_ring - 1;
    const int counts = plane && !w->upper_only;
    uint32_t slot = side->first[s & mask];
    side->first[s & mask] = RQA__NO_LINE;
    while (slot != RQA__NO_LINE) {
        const uint32_t next = side->next[slot], k = (slot - s) & mask;
        const unsigned colour = !(side->top[slot >> 6] >> (slot & 63) & 1);
        side->top[slot >> 6] ^= UINT64_C(1) << (slot & 63);
        const uint64_t *row = side->rows + (size_t)slot * w->n_words;
        const int64_t k_after = rqa__bit_below(row, k, colour ? ~UINT64_C(0) : 0);
        if (k_after >= 0)
            list(side, slot, (s + k - (uint32_t)k_after) & mask);
        if (counts && colour)
            reach(w, plane, s + k, k, k_after);
        else if (counts && plane == &w->black && w->times.flags && k + 1 >= plane->theiler)
            rqa__times_lose(w, s + k, s);
        slot = next;
    }
    if (counts && plane == &w->black && w->times.flags && w->band_is_white && plane->theiler > 0 &&
        w->e - s >= plane->theiler)
        rqa__times_lose(w, s + plane->theiler - 1, s);
}

/* A run of line i ends before cell (i, e). */
static void end_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t i)
{
    rqa__window_counts *c = &plane->counts;
    const uint32_t slot = slot_of(w, i), start = plane->start[slot], e = w->e;
    const unsigned flags = plane->flags[slot];
    if (flags & RQA__LINE_OPEN) {
        plane->end[slot] = e;
        plane->flags[slot] = 0;
    }
    if (flags & RQA__LINE_TOUCHED) {
        c->n_through--;
        ++*rqa__old_at(w, c, e);
    } else {
        --*rqa__new_at(w, c, start);
        if (w->upper_only && c->fixed && start == i)
            c->fixed[e - start]++;
        else
            c->inner[e - start]++;
    }
    if (w->times.flags && plane == &w->black)
        rqa__times_end(w, i, start);
}

/* The tails of all lines before e get a cell. */
static void grow(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t e = w->e, last = e - w->s;
    const uint32_t first = plane->theiler ? plane->theiler : 1;
    const uint64_t *now = rqa__row_of(w, plane->tail, e), *before = rqa__row_of(w, plane->tail, e - 1);
    const int times = w->times.flags && plane == &w->black;
    uint32_t n_born = 0;
    if (last == 0 || first > last)
        return;
    uint64_t carry = first >> 6 ? before[(first >> 6) - 1] >> 63 : 0;
    for (size_t q = first >> 6; q <= last >> 6; q++) {
        const uint64_t live = rqa__bits_between(first, last, q);
        uint64_t old = before[q] << 1 | carry;
        carry = before[q] >> 63;
        if (plane->theiler) /* cells nearer to the main diagonal are not of this plane */
            old &= rqa__bits_between((int64_t)plane->theiler + 1, last, q);
        uint64_t gone = old & ~now[q] & live, born = now[q] & ~old & live;
        n_born += (uint32_t)__builtin_popcountll(born);
        for (; gone; gone &= gone - 1)
            end_run(w, plane, e - (uint32_t)(64 * q) - (uint32_t)__builtin_ctzll(gone));
        for (; born; born &= born - 1) {
            const uint32_t i = e - (uint32_t)(64 * q) - (uint32_t)__builtin_ctzll(born);
            plane->start[slot_of(w, i)] = e;
            if (times)
                rqa__times_birth(w, i);
        }
    }
    *rqa__new_at(w, &plane->counts, e) += n_born;
}

/* A run of the head of line e, offsets k0 .. k1 - 1. */
static void enter_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t k0, uint32_t k1)
{
    rqa__window_counts *c = &plane->counts;
    const uint32_t e = w->e, start = e - k1 + 1, end = e - k0 + 1, slot = slot_of(w, e);
    const int touches = start == w->s && !w->upper_only;
    if (k0 == 0) {
        plane->start[slot] = start;
        plane->flags[slot] = (uint8_t)(touches ? RQA__LINE_OPEN | RQA__LINE_TOUCHED : RQA__LINE_OPEN);
        if (touches)
            c->n_through++;
        else
            ++*rqa__new_at(w, c, start);
    } else if (touches) {
        ++*rqa__old_at(w, c, end);
    } else {
        c->inner[end - start]++;
    }
}

static void enter(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t last = w->upper_only ? 0 : w->e - w->s;
    const uint64_t *row = rqa__row_of(w, plane->head, w->e);
    plane->flags[slot_of(w, w->e)] = 0;
    if (plane->theiler > last)
        return;
    uint32_t k0 = plane->theiler;
    unsigned colour = 0;
    uint64_t carry = 0;
    for (size_t q = plane->theiler >> 6; q <= last >> 6; q++) {
        const uint64_t bits = row[q] & rqa__bits_between(plane->theiler, last, q);
        uint64_t changes = bits ^ (bits << 1 | carry);
        carry = bits >> 63;
        for (; changes; changes &= changes - 1) {
            const uint32_t k = (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(changes);
            if (colour && k <= last)
                enter_run(w, plane, k0, k);
            if (k > last)
                break;
            colour ^= 1;
            k0 = k;
        }
    }
    if (colour)
        enter_run(w, plane, k0, last + 1);
}

void rqa__plane_add(struct rqa__window *w, rqa__window_plane *plane)
{
    grow(w, plane);
    enter(w, plane);
}

/* A run of line s, offsets k0 .. k1 - 1, of last + 1 cells. */
static void leave_run(struct rqa__window *w, rqa__window_plane *plane, uint32_t k0, uint32_t k1,
                      uint32_t last)
{
    rqa__window_counts *c = &plane->counts;
    const uint32_t s = w->s;
    const int open = k1 == last + 1;
    if (k0 == 0 && !w->upper_only) {
        if (open)
            c->n_through--;
        else
            --*rqa__old_at(w, c, s + k1);
    } else if (open) {
        --*rqa__new_at(w, c, s + k0);
    } else if (k0 == 0 && c->fixed) {
        c->fixed[k1]--;
    } else {
        c->inner[k1 - k0]--;
    }
}

void rqa__plane_leave(struct rqa__window *w, rqa__window_plane *plane)
{
    const uint32_t last = w->e - w->s - 1;
    if (plane->theiler > last)
        return;
    const uint64_t *row = plane->tail->row;
    uint32_t k0 = plane->theiler;
    unsigned colour = 0;
    uint64_t carry = 0;
    for (size_t q = plane->theiler >> 6; q <= last >> 6; q++) {
        const uint64_t bits = row[q] & rqa__bits_between(plane->theiler, last, q);
        uint64_t changes = bits ^ (bits << 1 | carry);
        carry = bits >> 63;
        for (; changes; changes &= changes - 1) {
            const uint32_t k = (uint32_t)(64 * q) + (uint32_t)__builtin_ctzll(changes);
            if (k > last)
                break;
            if (colour)
                leave_run(w, plane, k0, k, last);
            colour ^= 1;
            k0 = k;
        }
    }
    if (colour)
        leave_run(w, plane, k0, last + 1, last);
}
