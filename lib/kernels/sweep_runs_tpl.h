/* sweep_runs_tpl.h - from the changes of lines to their runs, without a branch to mispredict.
 *
 * Bytes mostly repeat, so a line is reduced to its changes. The thresholds whose run is open form
 * a stack of segments with one start each; as there are at most 63, the stack is a word with one
 * bit at the lowest threshold of every segment, and an array of starts. A change to `level` closes
 * the segments below it: none when the index falls, and then `level` becomes a segment of its own,
 * starting here; when it rises, what is left of the segment that is cut keeps its start.
 *
 * How many segments a change closes cannot be predicted, so every step closes one and moves on to
 * the next change only if that was the last; a step with nothing to close counts an empty run of
 * length 0. The steps of one line depend on each other, so two lists of lines advance side by side.
 */
#include "cpu/sweep_table.h"

typedef struct runs_chain {
    const uint32_t *event;
    const uint32_t *end;
    uint64_t open;
    uint32_t start[64];
} runs_chain;

static inline __attribute__((always_inline)) void
runs_count(rqa__sweep_counter *counter, size_t length, unsigned lo, unsigned hi, int all_short)
{
    if (all_short || __builtin_expect(length < counter->n_short, 1)) {
        uint32_t *row = counter->diff + length * counter->stride;
        row[lo]++;
        row[hi]--;
        row[counter->stride - 1] = 1;
    } else {
        counter->overflow[counter->n_overflow++] = (rqa__sweep_long){length, lo, hi};
    }
}

/* One step of a chain: closes one segment of the change at hand. White runs are black ones with
 * levels and thresholds counted from the top. */
static inline __attribute__((always_inline)) void
runs_step(runs_chain *chain, unsigned n_thresholds, rqa__sweep_counter *counter,
          rqa__sweep_counter *border, int white, int all_short)
{
    const uint32_t event = *chain->event;
    const uint32_t t = event >> 8 & 0x3fffff;
    unsigned level = event & 0xff;
    if (white) {
        level = (event & RQA__SWEEP_EVENT_LAST) != 0 ? n_thresholds : n_thresholds - level;
    }
    const uint64_t bit = UINT64_C(1) << level;
    const uint64_t closing = chain->open & (bit - 1);
    const uint64_t rest = closing & (closing - 1);
    const unsigned lo = (unsigned)__builtin_ctzll(closing | bit);
    const unsigned hi = (unsigned)__builtin_ctzll(rest | bit);
    const uint32_t opened = chain->start[lo];
    uint32_t any = 0u - (uint32_t)(closing != 0);
    uint32_t is_open = 0u - (uint32_t)(chain->open >> level & 1);
    /* Or the compiler sees two choices, and makes branches of them. */
    __asm__("" : "+r"(any), "+r"(is_open));
    const uint32_t start = t ^ ((t ^ opened) & any);
    if (white) {
        const int at_border = (start == 0) | ((event & RQA__SWEEP_EVENT_BORDER) != 0);
        if (all_short) {
            uint32_t *diff = at_border ? border->diff : counter->diff;
            uint32_t *row = diff + (size_t)(t - start) * counter->stride;
            row[n_thresholds - hi]++;
            row[n_thresholds - lo]--;
            row[counter->stride - 1] = 1;
        } else {
            runs_count(at_border ? border : counter, t - start, n_thresholds - hi,
                       n_thresholds - lo, 0);
        }
    } else {
        runs_count(counter, t - start, lo, hi, all_short);
    }
    const uint32_t kept = chain->start[level];
    chain->start[level] = start ^ ((start ^ kept) & is_open);
    const uint64_t moves_on = rest == 0;
    chain->open = (chain->open ^ closing) | rest | moves_on << level;
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
    for (unsigned e = 0; e < 64; e++) {
        one->start[e] = 0;
        two->start[e] = 0;
    }
}

static inline __attribute__((always_inline)) void
runs_close(const uint32_t *event, size_t n, unsigned n_thresholds, rqa__sweep_counter *black,
           rqa__sweep_counter *border, int white, int all_short)
{
    runs_chain one;
    runs_chain two;
    runs_split(&one, &two, event, n, n_thresholds);
    while (one.event < one.end && two.event < two.end) {
        runs_step(&one, n_thresholds, black, border, white, all_short);
        runs_step(&two, n_thresholds, black, border, white, all_short);
    }
    while (one.event < one.end) {
        runs_step(&one, n_thresholds, black, border, white, all_short);
    }
    while (two.event < two.end) {
        runs_step(&two, n_thresholds, black, border, white, all_short);
    }
}

static void close_tpl(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                      rqa__sweep_counter *black)
{
    rqa__sweep_counter counter = *black;
    if (black->n_short < RQA__SWEEP_SHORT) {
        runs_close(event, n_events, n_thresholds, &counter, &counter, 0, 1);
    } else {
        runs_close(event, n_events, n_thresholds, &counter, &counter, 0, 0);
    }
    black->n_overflow = counter.n_overflow;
}

static void close_white_tpl(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                            rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border)
{
    rqa__sweep_counter inner = *white_inner;
    rqa__sweep_counter border = *white_border;
    if (white_inner->n_short < RQA__SWEEP_SHORT) {
        runs_close(event, n_events, n_thresholds, &inner, &border, 1, 1);
    } else {
        runs_close(event, n_events, n_thresholds, &inner, &border, 1, 0);
    }
    white_inner->n_overflow = inner.n_overflow;
    white_border->n_overflow = border.n_overflow;
}
