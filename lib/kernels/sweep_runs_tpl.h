/* sweep_runs_tpl.h - from the changes of lines to their runs, without a branch to mispredict.
 *
 * Bytes mostly repeat, so a line is reduced to its changes. The thresholds whose run is open form
 * a stack of segments with one start each; as there are at most 63 thresholds, the stack is a word
 * with one bit at the lowest threshold of every segment, and an array of starts kept at the
 * threshold where the segment ENDS: a change to `level` that cuts a segment then leaves its upper
 * part as it is. A change closes the segments below `level`: none when the index falls, and then
 * the thresholds from `level` up to the lowest open one become a segment that starts here.
 *
 * How many segments a change closes cannot be predicted, so every step closes one and moves on to
 * the next change only if that was the last; a step with nothing to close counts an empty run of
 * length 0. The steps of one line depend on each other, so two lists of lines advance side by side.
 */
#include "cpu/sweep_table.h"

#if defined(__aarch64__)
/* One reversal of bits and one count; the choice is what the count gives for 0. */
#define RUNS_CTZ_OR_64(word) ((word) != 0 ? (uint64_t)__builtin_ctzll(word) : 64)
#else
#include <immintrin.h>

#define RUNS_CTZ_OR_64(word) ((uint64_t)_tzcnt_u64(word))
#endif

typedef struct runs_chain {
    const uint32_t *event;
    const uint32_t *end;
    uint64_t open;
    uint32_t start[65]; /* 64: what lies above the segment that never closes */
} runs_chain;

/* One step of a chain: closes one segment of the change at hand. White runs are black ones with
 * levels and thresholds counted from the top. */
static inline __attribute__((always_inline)) void
runs_step(runs_chain *chain, unsigned n_thresholds, rqa__sweep_counter *counter,
          rqa__sweep_counter *border, int white, int complete)
{
    const uint32_t event = *chain->event;
    const uint64_t t = event >> 8 & 0x3fffff;
    uint64_t level = event & 0xff;
    if (white) {
        level = (event & RQA__SWEEP_EVENT_LAST) != 0 ? n_thresholds : n_thresholds - level;
    }
    const uint64_t open = chain->open;
    const uint64_t rest = open & (open - 1);
    const uint64_t lowest = RUNS_CTZ_OR_64(open);
    const uint64_t above = RUNS_CTZ_OR_64(rest);
    /* All ones where the change closes nothing. */
    uint64_t opens = 0u - (uint64_t)(lowest >= level);
    /* Or the compiler sees choices, and makes branches of them. */
    __asm__("" : "+r"(opens));
    const uint64_t opened = chain->start[above];
    const uint64_t start = opened ^ ((opened ^ t) & opens);
    const uint64_t lo = lowest < level ? lowest : level;
    const uint64_t hi = above < level ? above : level;
    /* Nothing open ends at `lowest`, so the place is free for a segment that is opened here. */
    chain->start[lowest] = (uint32_t)t;
    const uint64_t length = t - start;
    const size_t first = white ? n_thresholds - hi : lo;
    const size_t end = white ? n_thresholds - lo : hi;
    uint32_t *diff = counter->diff;
    if (white) {
        uint64_t at_border = 0u - (uint64_t)((start == 0) | (event >> 30 & 1));
        __asm__("" : "+r"(at_border));
        diff += at_border & (uint64_t)(border->diff - counter->diff);
    }
    if (complete || __builtin_expect(length < counter->n_short, 1)) {
        uint32_t *row = diff + length * counter->stride;
        row[first]++;
        row[end]--;
        row[counter->stride - 1] = 1;
    } else {
        rqa__sweep_counter *into = diff == counter->diff ? counter : border;
        into->overflow[into->n_overflow++] =
            (rqa__sweep_long){length, (uint32_t)first, (uint32_t)end};
    }
    const uint64_t moves_on = above >= level;
    chain->open = (rest | (opens & open)) | moves_on << level;
    chain->event += moves_on;
}

/* Chains of whole lines: the second begins with the first line after the middle. */
static inline void runs_split(runs_chain *one, runs_chain *two, const uint32_t *event, size_t n,
                              unsigned n_thresholds)
{
    size_t middle = n / 2;
    while (middle < n && (event[middle] & RQA__SWEEP_EVENT_LAST) == 0) {
        middle++;
    }
    middle = middle < n ? middle + 1 : n;
    one->event = event;
    one->end = event + middle;
    two->event = event + middle;
    two->end = event + n;
    /* A segment that never closes. */
    one->open = UINT64_C(1) << n_thresholds;
    two->open = one->open;
    /* Read before they are written, though never used. */
    for (unsigned e = 0; e <= 64; e++) {
        one->start[e] = 0;
        two->start[e] = 0;
    }
}

static inline __attribute__((always_inline)) void
runs_close(const uint32_t *event, size_t n, unsigned n_thresholds, rqa__sweep_counter *black,
           rqa__sweep_counter *border, int white, int complete)
{
    runs_chain one;
    runs_chain two;
    runs_split(&one, &two, event, n, n_thresholds);
    while (one.event < one.end && two.event < two.end) {
        runs_step(&one, n_thresholds, black, border, white, complete);
        runs_step(&two, n_thresholds, black, border, white, complete);
    }
    while (one.event < one.end) {
        runs_step(&one, n_thresholds, black, border, white, complete);
    }
    while (two.event < two.end) {
        runs_step(&two, n_thresholds, black, border, white, complete);
    }
}

static void close_tpl(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                      rqa__sweep_counter *black, void *room)
{
    (void)room;
    rqa__sweep_counter counter = *black;
    if (black->complete) {
        runs_close(event, n_events, n_thresholds, &counter, &counter, 0, 1);
    } else {
        runs_close(event, n_events, n_thresholds, &counter, &counter, 0, 0);
    }
    black->n_overflow = counter.n_overflow;
}

static void close_white_tpl(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                            rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border,
                            void *room)
{
    (void)room;
    rqa__sweep_counter inner = *white_inner;
    rqa__sweep_counter border = *white_border;
    if (white_inner->complete) {
        runs_close(event, n_events, n_thresholds, &inner, &border, 1, 1);
    } else {
        runs_close(event, n_events, n_thresholds, &inner, &border, 1, 0);
    }
    white_inner->n_overflow = inner.n_overflow;
    white_border->n_overflow = border.n_overflow;
}
