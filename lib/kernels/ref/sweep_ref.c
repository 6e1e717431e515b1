/* sweep_ref.c - the sweep engine's kernels in plain C: the definition the SIMD levels must meet. */
#include "cpu/sweep_table.h"

#include <math.h>
#include <string.h>

/* Adds lag k of the documented sum (all channels, in order) to work[0..n-1]. */
static void add_lag(const rqa__sweep_space *s, size_t i, size_t j, unsigned x_step, size_t k,
                    size_t n, double *work)
{
    for (uint32_t c = 0; c < s->n_channels; c++) {
        const double *x = s->x[c] + i + k * s->x_delay;
        const double *y = s->y[c] + j + k * s->y_delay;
        for (size_t t = 0; t < n; t++) {
            const double difference = x[t * x_step] - y[t];
            if (s->norm == 0) {
                const double value = fabs(difference);
                work[t] = value > work[t] ? value : work[t];
            } else if (s->norm == 1) {
                work[t] += difference * difference;
            } else {
                work[t] += fabs(difference);
            }
        }
    }
}

/* The smallest e with value <= bound[e], or n. */
static uint8_t threshold_index(const double *bound, unsigned n, double value)
{
    unsigned low = 0;
    unsigned high = n;
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (value <= bound[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return (uint8_t)low;
}

static void index_ref(const rqa__sweep_space *s, const rqa__sweep_line *line)
{
    const size_t *n_valid = line->n_valid;
    const size_t out_stride = line->out_stride;
    double *work = line->work;
    uint8_t *out = line->out;
    uint32_t lag = 0;
    memset(work, 0, n_valid[0] * sizeof *work);
    for (uint32_t d = 0; d < s->n_dims && n_valid[d] > 0; d++) {
        const double *bound = s->bounds + d * s->bounds_stride;
        for (; lag < s->dims[d]; lag++) {
            add_lag(s, line->i, line->j, line->x_step, lag, n_valid[d], work);
        }
        for (size_t t = 0; t < n_valid[d]; t++) {
            out[d * out_stride + t] = threshold_index(bound, s->n_thresholds, work[t]);
        }
    }
}

static void emit(rqa__sweep_counter *counter, size_t length, unsigned lo, unsigned hi)
{
    if (length < counter->n_short) {
        uint32_t *row = counter->diff + length * counter->stride;
        row[lo]++;
        row[hi]--;
        row[counter->stride - 1] = 1;
    } else {
        counter->overflow[counter->n_overflow++] = (rqa__sweep_long){length, lo, hi};
    }
}

/* Runs still open, as segments of thresholds with one start; the top of the stack is the segment
 * next to the current index. */
typedef struct segment {
    size_t start;
    unsigned level; /* black: lowest threshold of the segment. white: one past the highest */
} segment;

/* Closes the black runs of thresholds below `next` at position t. stack[0] is a sentinel at
 * level n_thresholds. */
static size_t close_black(segment *stack, size_t depth, unsigned next, size_t t,
                          rqa__sweep_counter *black)
{
    size_t start = 0;
    while (stack[depth].level < next) {
        const unsigned above = stack[depth - 1].level;
        start = stack[depth].start;
        emit(black, t - start, stack[depth].level, above < next ? above : next);
        depth--;
    }
    if (stack[depth].level > next) {
        depth++;
        stack[depth] = (segment){start, next};
    }
    return depth;
}

static void runs_ref(const uint8_t *line, size_t n, unsigned n_thresholds, rqa__sweep_counter *black)
{
    segment stack[RQA__SWEEP_MAX_THRESHOLDS + 2];
    size_t depth = 0;
    stack[0] = (segment){0, n_thresholds};
    for (size_t t = 0; t < n; t++) {
        const unsigned level = line[t];
        if (level < stack[depth].level) {
            depth++;
            stack[depth] = (segment){t, level};
        } else if (level > stack[depth].level) {
            depth = close_black(stack, depth, level, t, black);
        }
    }
    close_black(stack, depth, n_thresholds, n, black);
}

/* Where white runs go, and which ends of the line are ends of the matrix. */
typedef struct white_counters {
    rqa__sweep_counter *inner, *border;
    unsigned borders;
} white_counters;

/* Closes the white runs of thresholds from `next` on at position t; segments that began before
 * the line touch its first end. stack[0] is a sentinel at level 0. */
static size_t close_white(segment *stack, size_t depth, unsigned next, size_t t,
                          const white_counters *white, int at_end)
{
    size_t start = 0;
    while (stack[depth].level > next) {
        const unsigned below = stack[depth - 1].level;
        start = stack[depth].start;
        const int touches = (start == 0 && (white->borders & RQA__SWEEP_BORDER_FIRST) != 0) ||
                            (at_end && (white->borders & RQA__SWEEP_BORDER_LAST) != 0);
        emit(touches ? white->border : white->inner, t - start, below > next ? below : next,
             stack[depth].level);
        depth--;
    }
    if (stack[depth].level < next) {
        depth++;
        stack[depth] = (segment){start, next};
    }
    return depth;
}

static void runs_white_ref(const uint8_t *line, size_t n, unsigned n_thresholds,
                           unsigned borders, rqa__sweep_counter *black,
                           rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border)
{
    const white_counters white = {white_inner, white_border, borders};
    segment stack[RQA__SWEEP_MAX_THRESHOLDS + 2];
    size_t depth = 0;
    if (n == 0) {
        return;
    }
    runs_ref(line, n, n_thresholds, black);
    stack[0] = (segment){0, 0};
    for (size_t t = 0; t < n; t++) {
        const unsigned level = line[t];
        if (level > stack[depth].level) {
            depth++;
            stack[depth] = (segment){t, level};
        } else if (level < stack[depth].level) {
            depth = close_white(stack, depth, level, t, &white, 0);
        }
    }
    close_white(stack, depth, 0, n, &white, 1);
}

static void times_ref(const uint8_t *line, size_t n, unsigned n_thresholds, uint64_t first,
                      rqa__sweep_times *state, rqa__sweep_counter *start_to_start)
{
    unsigned level = n_thresholds;
    for (size_t t = 0; t <= n; t++) {
        const unsigned next = t < n ? line[t] : n_thresholds;
        const uint64_t row = first + t;
        for (unsigned e = next; e < level; e++) { /* lines that start here */
            if (state->last_start[e] != UINT64_MAX) {
                emit(start_to_start, (size_t)(row - state->last_start[e]), e, e + 1);
                state->gap_sum[e] += row - state->last_end[e];
            }
            state->last_start[e] = row;
        }
        for (unsigned e = level; e < next; e++) { /* lines that ended one row before */
            state->last_end[e] = row - 1;
        }
        level = next;
    }
}

static void count_ref(const uint8_t *line, size_t n, uint64_t *count)
{
    for (size_t t = 0; t < n; t++) {
        count[line[t]]++;
    }
}

static void merge_ref(uint8_t *line, const uint8_t *other, size_t n)
{
    for (size_t t = 0; t < n; t++) {
        line[t] = line[t] > other[t] ? line[t] : other[t];
    }
}

const rqa__sweep_kernels rqa__sweep_ref = {
    .name = "ref",
    .index = index_ref,
    .runs = runs_ref,
    .runs_white = runs_white_ref,
    .times = times_ref,
    .count = count_ref,
    .merge = merge_ref,
};
