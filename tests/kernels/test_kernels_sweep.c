/* test_kernels_sweep.c - each kernel of the sweep engine at each level against the reference: exact
 * equality on random shapes, starts and data, and nothing written astray. */
#include "backend/engine_sweep_state.h"
#include "guarded.h"
#include "kernel_levels.h"

#include <float.h>
#include <math.h>

enum { MOST_DIMS = 4, MOST_CHANNELS = 3, MOST_CELLS = 400, MOST_BOUNDS = 254 };

static const rqa__sweep_kernels *const ref = &rqa__sweep_ref;
static kernel_level level;
static rng r;

/* ---- index ---- */

/* A space as the engine makes it, in arrays of its own. */
typedef struct space_draw {
    rqa__sweep_space space;
    rqa__task task;
    size_t n[2];
    guarded sample[2][MOST_CHANNELS];
    const double *channel[2][MOST_CHANNELS];
    const double *finite[2][MOST_CHANNELS];
    double held[2][MOST_CHANNELS][MOST_CELLS + 200];
    uint32_t dims[MOST_DIMS];
    double bounds[MOST_DIMS * MOST_BOUNDS];
    uint8_t *filters;
    double unit; /* of samples and bounds: a power of two, so that ties stay ties */
    int on_grid; /* all distances of one term are bounds */
} space_draw;

/* How many filters of evenly spaced bounds, and of such roots, were checked. */
static unsigned n_steps, n_root_steps;

/* Ties with the bounds, which lie on a grid; walks; a few samples missing or enormous. */
static double random_sample(unsigned kind, double *walk)
{
    *walk += 0.1 * rng_gauss(&r);
    if (kind == 0)
        return (double)rng_below(&r, 40) / 20;
    if (kind == 3 && rng_below(&r, 30) == 0)
        return 1e12 * rng_gauss(&r);
    return kind == 1 ? *walk : rng_uniform(&r);
}

static void fill_side(space_draw *w, int side, rqa__side *task_side)
{
    const unsigned kind = w->on_grid ? 0 : (unsigned)rng_below(&r, 4);
    const int missing = rng_below(&r, 3) == 0;
    const double absent = side == 0 ? (double)INFINITY : -(double)INFINITY;
    const size_t n = w->n[side];
    double walk = 0;
    for (uint32_t c = 0; c < w->space.n_channels; c++) {
        w->sample[side][c] = guarded_make(&r, n + RQA__SWEEP_PAD, sizeof(double));
        double *to = w->sample[side][c].data;
        for (size_t t = 0; t < n; t++) {
            to[t] = missing && rng_below(&r, 20) == 0 ? absent
                                                      : w->unit * random_sample(kind, &walk);
            w->held[side][c][t] = isinf(to[t]) ? NAN : to[t];
        }
        for (size_t t = n; t < n + RQA__SWEEP_PAD; t++)
            to[t] = absent;
        w->channel[side][c] = to;
        w->finite[side][c] = w->held[side][c];
    }
    *task_side = (rqa__side){w->finite[side], n, w->space.n_channels, 1, w->dims};
}

static int compare_doubles(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void fill_bounds(space_draw *w)
{
    rqa__sweep_space *s = &w->space;
    const unsigned kind = w->on_grid ? 2 : (unsigned)rng_below(&r, 4);
    const int squared = s->norm == 1 && (w->on_grid || rng_below(&r, 2));
    const double first = rng_uniform(&r), step = 0.001 + 0.05 * rng_uniform(&r);
    s->shared_bounds = rng_below(&r, 2) == 0;
    for (uint32_t d = 0; d < s->n_dims; d++) {
        double *row = w->bounds + d * s->n_thresholds;
        for (uint32_t e = 0; e < s->n_thresholds; e++)
            row[e] = kind == 0   ? first + step * e
                     : kind == 1 ? (double)rng_below(&r, 40) / 20
                     : kind == 2 ? (e + 1) / 20.0
                                 : 2 * rng_uniform(&r);
        for (uint32_t e = 0; e < s->n_thresholds; e++) {
            row[e] *= w->unit;
            row[e] *= squared ? row[e] : s->norm == 1 ? w->unit : 1;
        }
        qsort(row, s->n_thresholds, sizeof *row, compare_doubles);
        if (s->shared_bounds)
            memcpy(row, w->bounds, s->n_thresholds * sizeof *row);
    }
    s->bounds = w->bounds;
    s->bounds_stride = s->n_thresholds;
}

static void make_space(space_draw *w)
{
    rqa__sweep_space *s = &w->space;
    static const double unit[] = {1, 1, 1, 0x1p40, 0x1p-30, 0x1p-500, 0x1p-1060};
    memset(w, 0, sizeof *w);
    w->unit = unit[rng_below(&r, sizeof unit / sizeof unit[0])];
    w->on_grid = rng_below(&r, 4) == 0;
    w->n[0] = MOST_CELLS / 2 + (size_t)rng_below(&r, MOST_CELLS / 2);
    w->n[1] = MOST_CELLS / 2 + (size_t)rng_below(&r, MOST_CELLS / 2);
    s->n_channels = 1 + (uint32_t)rng_below(&r, MOST_CHANNELS);
    s->n_dims = 1 + (uint32_t)rng_below(&r, MOST_DIMS);
    s->n_thresholds = 1 + (uint32_t)rng_below(&r, rng_below(&r, 2) ? 60 : MOST_BOUNDS);
    s->norm = (uint32_t)rng_below(&r, 3);
    s->x_delay = 1 + (size_t)rng_below(&r, 4);
    s->y_delay = 1 + (size_t)rng_below(&r, 4);
    for (uint32_t d = 0, dim = 0; d < s->n_dims; d++)
        w->dims[d] = dim += 1 + (uint32_t)rng_below(&r, 2);
    s->dims = w->dims;
    fill_side(w, 0, &w->task.x);
    fill_side(w, 1, &w->task.y);
    s->x = w->channel[0];
    s->y = w->channel[1];
    fill_bounds(w);
    w->task.n_dims = s->n_dims;
    w->task.n_thresholds = s->n_thresholds;
    const size_t floats = (size_t)s->n_channels * 2 * (MOST_CELLS + RQA__SWEEP_PAD + 16) * 8;
    w->filters = aligned_alloc(64, (rqa__sweep_filters_room(&w->task) + floats + 63) / 64 * 64);
    uint8_t *cursor = w->filters;
    ck_assert_ptr_nonnull(cursor);
    if (rng_below(&r, 6)) /* else the levels must do without */
        rqa__sweep_make_filters(s, &cursor, &w->task.x, &w->task.y);
    for (uint32_t d = 0; d < s->n_dims && s->filter; d++) {
        n_steps += s->filter[d]->step_doubt > 0;
        n_root_steps += s->filter[d]->step_doubt > 0 && s->filter[d]->step_of_roots;
    }
}

static void check_index(void)
{
    static space_draw w;
    make_space(&w);
    const rqa__sweep_space *s = &w.space;
    const size_t last = w.dims[s->n_dims - 1] * (s->x_delay > s->y_delay ? s->x_delay : s->y_delay);
    const size_t i = (size_t)rng_below(&r, 40), j = (size_t)rng_below(&r, 40);
    const unsigned x_step = (unsigned)rng_below(&r, 2);
    const size_t most = MOST_CELLS / 2 - 40 - last;
    size_t n_valid[MOST_DIMS];
    for (uint32_t d = 0; d < s->n_dims; d++) /* falling; those of the highest dims may be 0 */
        n_valid[d] = d == 0 ? 1 + (size_t)rng_below(&r, rng_below(&r, 2) ? most : 70)
                            : (size_t)rng_below(&r, n_valid[d - 1] + 1);
    const size_t stride = n_valid[0] + RQA__SWEEP_PAD + (size_t)rng_below(&r, 9);
    guarded work = guarded_make(&r, n_valid[0] + RQA__SWEEP_PAD, sizeof(double));
    guarded a = guarded_make(&r, s->n_dims * stride, 1);
    guarded b = guarded_copy(&r, &a, 1);
    rqa__sweep_line line = {.i = i,
                            .j = j,
                            .x_step = x_step,
                            .n_valid = n_valid,
                            .work = work.data,
                            .out = a.data,
                            .out_stride = stride};
    ref->index(s, &line);
    line.out = b.data;
    level.sweep->index(s, &line);
    ck_assert_msg(guarded_is_whole(&work) && guarded_is_whole(&b), "%s, index: written outside",
                  level.name);
    for (uint32_t d = 0; d < s->n_dims; d++)
        ck_assert_msg(!memcmp((uint8_t *)a.data + d * stride, (uint8_t *)b.data + d * stride,
                              n_valid[d]),
                      "%s, index: dim #%u of norm %u differs from ref", level.name, d, s->norm);
    for (int side = 0; side < 2; side++)
        for (uint32_t c = 0; c < s->n_channels; c++)
            guarded_free(&w.sample[side][c]);
    free(w.filters);
    guarded_free(&work);
    guarded_free(&a);
    guarded_free(&b);
}

/* ---- runs ---- */

/* A line of n threshold indices as the engine keeps them: lent bytes on both sides. */
typedef struct line_draw {
    guarded bytes;
    uint8_t *line;
    size_t n;
    unsigned n_thresholds;
} line_draw;

/* `smooth`: long slopes, on which few plateaus are lower than their neighbours. */
static line_draw make_line(unsigned most_thresholds, int smooth)
{
    line_draw l = {.n_thresholds = 1 + (unsigned)rng_below(&r, most_thresholds)};
    const uint64_t mean = 1 + rng_below(&r, rng_below(&r, 2) ? 3 : 100);
    const uint64_t reach = 1 + rng_below(&r, l.n_thresholds + 1);
    l.n = 1 + (size_t)rng_below(&r, rng_below(&r, 2) ? 300 : 70);
    l.bytes = guarded_make(&r, 1 + l.n + RQA__SWEEP_PAD, 1);
    l.line = (uint8_t *)l.bytes.data + 1;
    uint8_t value = 0;
    int rises = 1;
    for (size_t t = 0, left = 0; t < l.n; t++) {
        if (left-- == 0 && smooth) {
            rises = value == 0 ? 1 : value == l.n_thresholds ? 0 : rises;
            value = (uint8_t)(rises ? value + 1 : value - 1);
            rises ^= rng_below(&r, 40) == 0;
            left = (size_t)rng_below(&r, 2);
        } else if (left + 1 == 0) {
            value = (uint8_t)(rng_below(&r, 4) ? l.n_thresholds - rng_below(&r, reach) : 0);
            left = (size_t)rng_below(&r, 2 * mean);
        }
        l.line[t] = value;
    }
    return l;
}

/* A counter with its table and overflow between guards. */
typedef struct counter_draw {
    rqa__sweep_counter counter;
    guarded diff, overflow;
} counter_draw;

static counter_draw make_counter(size_t n_short, unsigned n_thresholds, size_t longest, size_t room)
{
    counter_draw c = {.counter = {.n_short = n_short, .complete = longest < n_short}};
    c.counter.stride = ((size_t)n_thresholds + 2 + 3) / 4 * 4;
    c.diff = guarded_make(&r, n_short * c.counter.stride, sizeof(uint32_t));
    c.overflow = guarded_make(&r, room, sizeof(rqa__sweep_long));
    memset(c.diff.data, 0, c.diff.n_bytes);
    c.counter.diff = c.diff.data;
    c.counter.overflow = c.overflow.data;
    return c;
}

static int compare_long(const void *x, const void *y)
{
    const rqa__sweep_long *a = x, *b = y;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    if (a->lo != b->lo)
        return a->lo < b->lo ? -1 : 1;
    return (a->hi > b->hi) - (a->hi < b->hi);
}

/* Runs that one level may split at a threshold and another not: counts per length and threshold. */
static void add_overflow(const counter_draw *c, size_t length, uint32_t *diff)
{
    const rqa__sweep_long *run = c->overflow.data;
    for (size_t k = 0; k < c->counter.n_overflow; k++)
        if (run[k].length == length) {
            diff[run[k].lo]++;
            diff[run[k].hi]--;
        }
}

/* Row 0 may hold empty runs, which mean nothing. */
static void expect_same_runs(counter_draw *got, counter_draw *expected, const char *what)
{
    const size_t stride = got->counter.stride;
    ck_assert_msg(guarded_is_whole(&got->diff) && guarded_is_whole(&got->overflow),
                  "%s, %s: written outside", level.name, what);
    for (size_t length = 1; length < got->counter.n_short; length++)
        ck_assert_msg(!memcmp(got->counter.diff + length * stride,
                              expected->counter.diff + length * stride, stride * sizeof(uint32_t)),
                      "%s, %s: runs of %zu differ from ref", level.name, what, length);
    qsort(got->overflow.data, got->counter.n_overflow, sizeof(rqa__sweep_long), compare_long);
    qsort(expected->overflow.data, expected->counter.n_overflow, sizeof(rqa__sweep_long),
          compare_long);
    for (size_t length = got->counter.n_short; length <= 400; length++) {
        uint32_t a[256] = {0}, b[256] = {0};
        add_overflow(got, length, a);
        add_overflow(expected, length, b);
        ck_assert_msg(!memcmp(a, b, sizeof a), "%s, %s: runs of %zu differ from ref", level.name,
                      what, length);
    }
    guarded_free(&got->diff);
    guarded_free(&got->overflow);
    guarded_free(&expected->diff);
    guarded_free(&expected->overflow);
}

static unsigned random_borders(void)
{
    return (unsigned)rng_below(&r, 4); /* RQA__SWEEP_BORDER_FIRST, _LAST, both, none */
}

/* Events of several lines, closed together, against the reference line by line. */
static void check_events(void)
{
    enum { LINES = 5, WORDS = LINES * 302 };
    if (!level.sweep->events)
        return;
    const int white = (int)rng_below(&r, 2), smooth = rng_below(&r, 3) == 0;
    const size_t n_short = 2 + (size_t)rng_below(&r, rng_below(&r, 2) ? 400 : 20);
    const size_t n_lines = (size_t)rng_below(&r, LINES + 1);
    const unsigned n_thresholds = 1 + (unsigned)rng_below(&r, RQA__SWEEP_EVENT_THRESHOLDS);
    guarded event = guarded_make(&r, WORDS + 16, sizeof(uint32_t));
    size_t n_events = 0, room = 0;
    counter_draw a[3], b[3];
    room = 2 * WORDS + LINES * rqa__sweep_overflow_room(300, n_short, n_thresholds);
    for (int k = 0; k < 3; k++) {
        a[k] = make_counter(n_short, n_thresholds, 300, room);
        b[k] = make_counter(n_short, n_thresholds, 300, room);
    }
    for (size_t k = 0; k < n_lines; k++) {
        line_draw l = make_line(RQA__SWEEP_EVENT_THRESHOLDS, smooth);
        const unsigned borders = random_borders();
        for (size_t t = 0; t < l.n; t++)
            l.line[t] = (uint8_t)(l.line[t] < n_thresholds ? l.line[t] : n_thresholds);
        if (white)
            ref->runs_white(l.line, l.n, n_thresholds, borders, &a[0].counter, &a[1].counter,
                            &a[2].counter);
        else
            ref->runs(l.line, l.n, n_thresholds, &a[0].counter);
        guarded before = guarded_copy(&r, &l.bytes, 1);
        const size_t n = level.sweep->events(l.line, l.n, n_thresholds, borders, white,
                                             (uint32_t *)event.data + n_events);
        ck_assert_msg(n <= l.n + 2 && !memcmp(before.data, l.bytes.data, l.bytes.n_bytes) &&
                          guarded_is_whole(&l.bytes),
                      "%s, events: changed the line", level.name);
        n_events += n;
        guarded_free(&before);
        guarded_free(&l.bytes);
    }
    ck_assert_msg(guarded_is_whole(&event), "%s, events: written outside", level.name);
    /* Without room the lines may be of any length. */
    guarded space = guarded_make(&r, (rqa__sweep_close_room(n_events) + 63) / 64, 64);
    void *scratch = rng_below(&r, 4) ? space.data : NULL;
    level.sweep->close(event.data, n_events, n_thresholds, &b[0].counter, scratch);
    if (white)
        level.sweep->close_white(event.data, n_events, n_thresholds, &b[1].counter, &b[2].counter,
                                 scratch);
    ck_assert_msg(guarded_is_whole(&space), "%s, close: written outside its room", level.name);
    guarded_free(&space);
    static const char *const what[] = {"close", "close_white, inner", "close_white, border"};
    for (int k = 0; k < 3; k++)
        expect_same_runs(&b[k], &a[k], what[k]);
    guarded_free(&event);
}

/* A level's own runs, where it has any; the reference against itself for its guards. */
static void check_runs(void)
{
    line_draw l = make_line(RQA__SWEEP_MAX_THRESHOLDS, 0);
    const size_t n_short = 2 + (size_t)rng_below(&r, rng_below(&r, 2) ? 400 : 20);
    const size_t room = rqa__sweep_overflow_room(l.n, n_short, l.n_thresholds);
    const unsigned borders = random_borders();
    counter_draw a[3], b[3];
    for (int k = 0; k < 3; k++) {
        a[k] = make_counter(n_short, l.n_thresholds, l.n, room);
        b[k] = make_counter(n_short, l.n_thresholds, l.n, room);
    }
    ref->runs_white(l.line, l.n, l.n_thresholds, borders, &a[0].counter, &a[1].counter,
                    &a[2].counter);
    (level.sweep->runs_white ? level.sweep : ref)
        ->runs_white(l.line, l.n, l.n_thresholds, borders, &b[0].counter, &b[1].counter,
                     &b[2].counter);
    for (int k = 0; k < 3; k++)
        expect_same_runs(&b[k], &a[k], "runs_white");
    a[0] = make_counter(n_short, l.n_thresholds, l.n, room);
    b[0] = make_counter(n_short, l.n_thresholds, l.n, room);
    ref->runs(l.line, l.n, l.n_thresholds, &a[0].counter);
    (level.sweep->runs ? level.sweep : ref)->runs(l.line, l.n, l.n_thresholds, &b[0].counter);
    expect_same_runs(&b[0], &a[0], "runs");
    guarded_free(&l.bytes);
}

static void check_times(void)
{
    line_draw l = make_line(RQA__SWEEP_MAX_THRESHOLDS, 0);
    const rqa__sweep_kernels *own = level.sweep->times ? level.sweep : ref;
    const uint64_t first = 500;
    const size_t room = rqa__sweep_overflow_room(1000, 2, 1) * l.n_thresholds;
    counter_draw a = make_counter(200, l.n_thresholds, 1000, room);
    counter_draw b = make_counter(200, l.n_thresholds, 1000, room);
    guarded state[2][3];
    for (int k = 0; k < 3; k++) {
        state[0][k] = guarded_make(&r, l.n_thresholds, sizeof(uint64_t));
        for (unsigned e = 0; e < l.n_thresholds; e++)
            ((uint64_t *)state[0][k].data)[e] =
                k == 0 && rng_below(&r, 3) == 0 ? UINT64_MAX : 400 + rng_below(&r, 99);
        state[1][k] = guarded_copy(&r, &state[0][k], sizeof(uint64_t));
    }
    rqa__sweep_times x = {state[0][0].data, state[0][1].data, state[0][2].data};
    rqa__sweep_times y = {state[1][0].data, state[1][1].data, state[1][2].data};
    ref->times(l.line, l.n, l.n_thresholds, first, &x, &a.counter);
    own->times(l.line, l.n, l.n_thresholds, first, &y, &b.counter);
    for (int k = 0; k < 3; k++) {
        ck_assert_msg(guarded_is_whole(&state[1][k]) &&
                          !memcmp(state[0][k].data, state[1][k].data, state[0][k].n_bytes),
                      "%s, times: state %d", level.name, k);
        guarded_free(&state[0][k]);
        guarded_free(&state[1][k]);
    }
    expect_same_runs(&b, &a, "times");
    guarded_free(&l.bytes);
}

static void check_count_and_merge(void)
{
    line_draw l = make_line(RQA__SWEEP_MAX_THRESHOLDS, 0), other = make_line(l.n_thresholds, 0);
    const size_t n = l.n < other.n ? l.n : other.n;
    uint64_t a[256] = {0}, b[256] = {0};
    ref->count(l.line, l.n, a);
    (level.sweep->count ? level.sweep : ref)->count(l.line, l.n, b);
    ck_assert_msg(!memcmp(a, b, sizeof a), "%s, count", level.name);
    guarded copy = guarded_copy(&r, &l.bytes, 1);
    ref->merge((uint8_t *)copy.data + 1, other.line, n);
    (level.sweep->merge ? level.sweep : ref)->merge(l.line, other.line, n);
    ck_assert_msg(guarded_is_whole(&l.bytes), "%s, merge: written outside", level.name);
    ck_assert_msg(!memcmp(copy.data, l.bytes.data, 1 + n), "%s, merge: differs from ref",
                  level.name);
    guarded_free(&copy);
    guarded_free(&l.bytes);
    guarded_free(&other.bytes);
}

START_TEST(kernels_equal_ref)
{
    static void (*const check[])(void) = {check_index, check_events, check_runs, check_times,
                                          check_count_and_merge};
    enum { ENOUGH = 30 }; /* draws that meet both kinds of filters; short forms have fewer */
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 150);
    level = kernel_level_at(_i);
    for (uint64_t seed = 1; level.sweep && seed <= n_draws; seed++)
        for (size_t k = 0; k < sizeof check / sizeof *check; k++) {
            r.state = seed * 16 + k;
            check[k]();
        }
    ck_assert_msg(!level.sweep || n_draws < ENOUGH || (n_root_steps > 0 && n_steps > n_root_steps),
                  "no bounds were evenly spaced, or no roots");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_sweep");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, kernels_equal_ref, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
