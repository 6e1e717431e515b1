/* sweep_close.h - runs of all thresholds by contraction: what the kernels that do so share.
 *
 * The changes of many lines are a list of plateaus (level, position), the level being the lowest
 * threshold that accepts. A plateau lower than both its neighbours is a run of the thresholds from
 * its level up to the lower neighbour's, as long as the next position minus its own. Once counted
 * it is raised to that neighbour and merges with it:
 *   its right neighbour is the lower one: that begins where the plateau did
 *   its left neighbour is:                that ends where the plateau did
 *   both are equal:                       the three become one
 * Two minima are never neighbours, so a round counts all of them at once, by compares and compresses
 * without a branch, and leaves a shorter list; after at most n_thresholds rounds only the ends of
 * lines are left, which lie above every threshold and so are never minima: lines need no separation.
 *
 * White runs are the same with levels counted from the top. There the last plateau of a line is one
 * higher still where the line ends at a border of the matrix, and a position 0 is one where it
 * begins at one; a white run's thresholds carry CLOSE_BORDER where it touches either.
 */
#ifndef RQA_KERNELS_SWEEP_CLOSE_H
#define RQA_KERNELS_SWEEP_CLOSE_H

#include "cpu/sweep_table.h"

/* Beyond the thresholds of a run, which are at most RQA__SWEEP_EVENT_THRESHOLDS = 63. */
enum { CLOSE_BORDER = 64 };

/* Elements that a step may read or write past the end of a list. */
enum { CLOSE_PAD = RQA__SWEEP_PAD };

/* The plateaus and the runs found in them; arrays in the room of rqa__sweep_close_room(). Two
 * bytes and words before the first plateau are there too. */
typedef struct close_lists {
    uint8_t *level;
    uint16_t *position;
    uint8_t *first; /* thresholds first .. end-1 of a run, with CLOSE_BORDER in both */
    uint8_t *end;
    uint16_t *length;
    uint32_t *event; /* of a level that leaves the rest to the stack */
    size_t n_runs;
} close_lists;

static inline close_lists close_lists_in(void *room, size_t n_events)
{
    const size_t n = n_events + 2 * CLOSE_PAD;
    uint8_t *bytes = room;
    close_lists l;
    l.event = room;
    l.position = (uint16_t *)(void *)(bytes + 4 * n) + CLOSE_PAD;
    l.length = (uint16_t *)(void *)(bytes + 6 * n);
    l.level = bytes + 8 * n + CLOSE_PAD;
    l.first = bytes + 9 * n;
    l.end = bytes + 10 * n;
    l.n_runs = 0;
    return l;
}

/* Surrounds n plateaus by what is no minimum and makes the first none that merges to the left. */
static inline void close_fence(close_lists *l, size_t n, unsigned n_thresholds)
{
    l->level[-2] = 0;
    l->level[-1] = (uint8_t)n_thresholds;
    l->level[n] = 0;
}

/* Counts the runs: a loop whose steps do not depend on each other, so that misses of the cache
 * overlap. Black runs are all `counter`'s. */
static inline __attribute__((always_inline)) void close_count(const close_lists *l,
                                                              rqa__sweep_counter *counter,
                                                              rqa__sweep_counter *border, int white)
{
    const size_t stride = counter->stride;
    const size_t n_short = counter->n_short;
    uint32_t *const table[2] = {counter->diff, border->diff};
    for (size_t k = 0; k < l->n_runs; k++) {
        const size_t length = l->length[k];
        const unsigned at_border = white ? l->first[k] / CLOSE_BORDER : 0;
        const unsigned first = white ? l->first[k] % CLOSE_BORDER : l->first[k];
        const unsigned end = white ? l->end[k] % CLOSE_BORDER : l->end[k];
        if (__builtin_expect(length < n_short, 1)) {
            uint32_t *row = table[at_border] + length * stride;
            row[first]++;
            row[end]--;
            row[stride - 1] = 1;
        } else {
            rqa__sweep_counter *into = at_border ? border : counter;
            into->overflow[into->n_overflow++] = (rqa__sweep_long){length, first, end};
        }
    }
}

#endif
