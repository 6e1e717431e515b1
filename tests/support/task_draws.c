/* task_draws.c - random tasks over the whole option space, and the tallies they must give. */
#include "task_draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"

/* ---- random numbers ---- */

static uint64_t state;

void task_seed(uint64_t seed)
{
    state = seed;
}

static uint64_t draw(void)
{
    state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t task_below(size_t n)
{
    return (size_t)(draw() % n);
}

static double uniform(void)
{
    return (double)(draw() >> 11) * 0x1p-53;
}

/* ---- the brute force: the matrix as bytes, then the definitions of tally.h word by word ---- */

typedef struct brute {
    size_t n;
    uint64_t points, gap_sum;
    uint64_t *diagonal, *vertical, *inner, *border, *time, *offsets;
    size_t n_offsets;
} brute;

static size_t vectors(const rqa__side *s, uint32_t d)
{
    size_t span = (size_t)(s->dims[d] - 1) * s->delay;
    return s->n_samples > span ? s->n_samples - span : 0;
}

static int recurs(const rqa__side *x, const rqa__side *y, uint32_t dim, uint32_t norm, size_t i,
                  size_t j, double bound)
{
    double value = 0;
    for (uint32_t k = 0; k < dim; k++) {
        for (uint32_t c = 0; c < x->n_channels; c++) {
            double d = x->channel[c][i + (size_t)k * x->delay] -
                       y->channel[c][j + (size_t)k * y->delay];
            if (isnan(d)) {
                return 0;
            }
            if (norm == RQA__NORM_MAXIMUM) {
                value = fabs(d) > value ? fabs(d) : value;
            } else {
                value += norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
            }
        }
    }
    return value <= bound;
}

int task_recurs(const rqa__task *t, uint32_t d, uint32_t th, size_t i, size_t j)
{
    size_t at = (size_t)d * t->n_thresholds + th;
    const rqa__side *y = t->relation == RQA__RELATION_CROSS ? &t->y : &t->x;
    int r = recurs(&t->x, y, t->x.dims[d], t->norm, i, j, t->bounds[at]);
    if (r && t->relation == RQA__RELATION_JOINT) {
        r = recurs(&t->y, &t->y, t->y.dims[d], t->norm, i, j, t->bounds_y[at]);
    }
    return r;
}

static size_t distance(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

/* Whether a vector of either side touches a missing sample; a joint matrix has both. */
static int touches_missing(const rqa__side *s, uint32_t d, size_t i)
{
    for (uint32_t k = 0; k < s->dims[d]; k++) {
        if (isnan(s->channel[0][i + (size_t)k * s->delay])) {
            return 1;
        }
    }
    return 0;
}

static int absent(const rqa__task *t, uint32_t d, int is_row, size_t i)
{
    if (t->relation == RQA__RELATION_JOINT) {
        return touches_missing(&t->x, d, i) || touches_missing(&t->y, d, i);
    }
    return touches_missing(is_row && t->relation == RQA__RELATION_CROSS ? &t->y : &t->x, d, i);
}

signed char task_cell(const rqa__task *t, uint32_t d, size_t i, size_t j, int recurs)
{
    if (absent(t, d, 0, i) || absent(t, d, 1, j)) {
        return -1;
    }
    if (distance(i, j) >= t->theiler_vertical) {
        return (signed char)recurs;
    }
    return t->band_is_white ? 0 : -1;
}

/* The runs along one column: cell(j) for j in [0, n), -1 = removed, which interrupts everything. */
static void column_runs(brute *b, const signed char *cell, size_t n)
{
    size_t previous = SIZE_MAX;
    size_t last = 0;
    for (size_t j = 0; j < n;) {
        size_t end = j + 1;
        while (end < n && cell[end] == cell[j]) {
            end++;
        }
        if (cell[j] == 1) {
            b->vertical[end - j]++;
            if (previous != SIZE_MAX) {
                b->time[j - previous]++;
                b->gap_sum += j - last;
            }
            previous = j;
            last = end - 1;
        } else if (cell[j] < 0) {
            previous = SIZE_MAX;
        } else {
            (j == 0 || end == n ? b->border : b->inner)[end - j]++;
        }
        j = end;
    }
}

static void brute_force(brute *b, const rqa__task *t, uint32_t d, uint32_t th)
{
    const rqa__side *y = t->relation == RQA__RELATION_CROSS ? &t->y : &t->x;
    size_t n_x = vectors(&t->x, d);
    size_t n_y = vectors(y, d);
    if (t->relation == RQA__RELATION_JOINT) {
        size_t n = vectors(&t->y, d);
        n_x = n_y = n_x < n ? n_x : n;
    }
    size_t n = b->n = n_x + n_y + 1;
    uint64_t *block = calloc(6 * n, sizeof *block);
    signed char *m = calloc(n_x * n_y + 1, 1);
    signed char *cells = calloc(n, 1);
    b->points = b->gap_sum = 0;
    b->diagonal = block;
    b->vertical = block + n;
    b->inner = block + 2 * n;
    b->border = block + 3 * n;
    b->time = block + 4 * n;
    b->offsets = block + 5 * n;
    size_t square = n_x < n_y ? n_x : n_y, zero = square - 1; /* index of offset 0 */
    b->n_offsets = t->relation == RQA__RELATION_AUTO || square == 0 ? square : 2 * square - 1;
    for (size_t i = 0; i < n_x; i++) {
        for (size_t j = 0; j < n_y; j++) {
            int r = task_recurs(t, d, th, i, j);
            m[i * n_y + j] = (signed char)r;
            int counted = !(t->upper_only && i > j);
            b->points += r && counted && distance(i, j) >= t->theiler_points;
            if (t->relation == RQA__RELATION_AUTO) {
                b->offsets[distance(i, j)] += r && j <= i;
            } else if (i < square && j < square) {
                b->offsets[j + zero - i] += (unsigned)r;
            }
        }
    }
    for (size_t i = 0; i < n_x; i++) {
        for (size_t j = 0; j < n_y; j++) {
            int begins = m[i * n_y + j] && !(i > 0 && j > 0 && m[(i - 1) * n_y + j - 1]);
            if (begins && distance(i, j) >= t->theiler_diagonal && !(t->upper_only && i > j)) {
                size_t l = 1;
                while (i + l < n_x && j + l < n_y && m[(i + l) * n_y + j + l]) {
                    l++;
                }
                b->diagonal[l]++;
            }
        }
    }
    for (size_t i = 0; i < n_x; i++) {
        size_t first = t->upper_only ? i : 0;
        for (size_t j = first; j < n_y; j++) {
            cells[j - first] = task_cell(t, d, i, j, m[i * n_y + j]);
        }
        column_runs(b, cells, n_y - first);
    }
    free(m);
    free(cells);
}

/* ---- comparison ---- */

static void compare(task_check *c, const char *name, const uint64_t *expected, size_t n,
                    const rqa__spectrum *s)
{
    size_t at = 0;
    for (size_t l = 1; l < n; l++) {
        uint64_t got = at < s->n_bins && s->bin[at].length == l ? s->bin[at++].count : 0;
        if (got != expected[l] && c->wrong[0] == '\0') {
            snprintf(c->wrong, sizeof c->wrong, "%s[%zu]: %llu, expected %llu", name, l,
                     (unsigned long long)got, (unsigned long long)expected[l]);
        }
    }
    if (at != s->n_bins && c->wrong[0] == '\0') {
        snprintf(c->wrong, sizeof c->wrong, "%s: stray bins", name);
    }
}

static void compare_number(task_check *c, const char *name, uint64_t got, uint64_t expected)
{
    if (got != expected && c->wrong[0] == '\0') {
        snprintf(c->wrong, sizeof c->wrong, "%s: %llu, expected %llu", name,
                 (unsigned long long)got, (unsigned long long)expected);
    }
}

int task_check_tally(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    task_check *c = user;
    const rqa__task *t = c->task;
    brute b;
    compare_number(c, "order", c->n_calls++, (uint64_t)d * t->n_thresholds + th);
    brute_force(&b, t, d, th);
    compare_number(c, "points", tally->points, b.points);
    if (t->tallies & RQA__TALLY_DIAGONAL) {
        compare(c, "diagonal", b.diagonal, b.n, &tally->diagonal);
    }
    if (t->tallies & RQA__TALLY_VERTICAL) {
        compare(c, "vertical", b.vertical, b.n, &tally->vertical);
    }
    if (t->tallies & RQA__TALLY_WHITE) {
        compare(c, "white inner", b.inner, b.n, &tally->white_inner);
        compare(c, "white border", b.border, b.n, &tally->white_border);
    }
    if (t->tallies & RQA__TALLY_RECURRENCE_TIME) {
        compare(c, "time", b.time, b.n, &tally->recurrence_time);
        compare_number(c, "gap sum", tally->gap_sum, b.gap_sum);
    }
    if (t->tallies & RQA__TALLY_OFFSETS) {
        compare_number(c, "offsets", tally->n_offsets, b.n_offsets);
        for (size_t k = 0; k < b.n_offsets; k++) {
            compare_number(c, "offset", tally->offset_points[k], b.offsets[k]);
        }
    }
    free(b.diagonal);
    return 0;
}

/* ---- random tasks ---- */

static void fill(double *v, size_t n, unsigned kind, int missing, double scale)
{
    double walk = uniform();
    for (size_t i = 0; i < n; i++) {
        walk += 0.2 * (uniform() - 0.5);
        v[i] = kind == 0   ? uniform()
               : kind == 1 ? sin(0.21 * (double)i) + 0.02 * uniform()
               : kind == 2 ? (double)task_below(5)
               : kind == 3 ? floor(40 * uniform()) / 100
               : kind == 4 ? walk
               : kind == 5 ? (task_below(40) == 0 ? 1e300 * (uniform() - 0.5) : uniform())
                           : 0.25;
        v[i] *= scale;
        if (missing && task_below(15) == 0) {
            v[i] = NAN;
        }
    }
}

static void random_side(random_task *r, unsigned side, size_t n, uint32_t n_channels,
                        uint32_t delay, unsigned kind, int missing, double scale)
{
    rqa__side *s = side == 0 ? &r->task.x : &r->task.y;
    for (uint32_t c = 0; c < n_channels; c++) {
        r->samples[side][c] = malloc((n + 1) * sizeof(double));
        r->channels[side][c] = r->samples[side][c];
        fill(r->samples[side][c], n, kind, 0, scale);
    }
    for (size_t i = 0; missing && i < n; i++) {
        for (uint32_t c = 0; c < n_channels && task_below(1) == 0 && draw() % 20 == 0; c++) {
            r->samples[side][c][i] = NAN;
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (uint32_t c = 1; c < n_channels; c++) {
            if (isnan(r->samples[side][0][i])) {
                r->samples[side][c][i] = NAN;
            } else if (isnan(r->samples[side][c][i])) {
                r->samples[side][c][i] = 0;
            }
        }
    }
    *s = (rqa__side){.channel = r->channels[side],
                     .n_samples = n,
                     .n_channels = n_channels,
                     .delay = delay,
                     .dims = r->dims[side]};
}

/* A bound near the value of a pair that exists, or exactly it: ties are the point. */
static double random_bound(const random_task *r, unsigned side, uint32_t dim)
{
    const rqa__side *s = side == 0 ? &r->task.x : &r->task.y;
    const rqa__side *other = r->task.relation == RQA__RELATION_CROSS ? &r->task.y : s;
    size_t last = (size_t)(dim - 1) * s->delay;
    size_t last_other = (size_t)(dim - 1) * other->delay;
    size_t choice = task_below(12);
    if (choice == 0 || s->n_samples <= last || other->n_samples <= last_other) {
        return choice % 2 == 0 ? 0.0 : 0.5;
    }
    if (choice == 1) {
        return -1;
    }
    size_t i = task_below(s->n_samples - last);
    size_t j = task_below(other->n_samples - last_other);
    double value = 0;
    for (uint32_t k = 0; k < dim; k++) {
        for (uint32_t c = 0; c < s->n_channels; c++) {
            double d = s->channel[c][i + (size_t)k * s->delay] -
                       other->channel[c][j + (size_t)k * other->delay];
            if (r->task.norm == RQA__NORM_MAXIMUM) {
                value = fabs(d) > value ? fabs(d) : value;
            } else {
                value += r->task.norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
            }
        }
    }
    if (isnan(value)) {
        return 0.3;
    }
    return choice < 4 ? value * 0.1 : choice < 8 ? value : choice < 10 ? nextafter(value, 0) : value * uniform();
}

static uint64_t random_theiler(void)
{
    size_t k = task_below(6);
    return k < 2 ? 0 : k < 4 ? 1 : k == 4 ? task_below(12) : task_below(400);
}

static void random_axes(random_task *r)
{
    rqa__task *t = &r->task;
    t->n_dims = 1 + (uint32_t)task_below(MOST_DIMS);
    t->n_thresholds = 1 + (uint32_t)task_below(MOST_THRESHOLDS);
    for (unsigned side = 0; side < 2; side++) {
        uint32_t dim = 0;
        for (uint32_t d = 0; d < t->n_dims; d++) {
            dim += 1 + (uint32_t)task_below(3);
            r->dims[side][d] = dim;
        }
    }
}

static void sort(double *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        for (size_t j = i; j > 0 && v[j - 1] > v[j]; j--) {
            double swap = v[j];
            v[j] = v[j - 1];
            v[j - 1] = swap;
        }
    }
}

void random_task_create(random_task *r, uint64_t seed, size_t most)
{
    memset(r, 0, sizeof *r);
    state = seed * UINT64_C(0x2545f4914f6cdd1d) + 7;
    rqa__task *t = &r->task;
    t->relation = (uint32_t)task_below(3);
    t->norm = (uint32_t)task_below(3);
    random_axes(r);
    if (t->relation == RQA__RELATION_CROSS) {
        memcpy(r->dims[1], r->dims[0], sizeof r->dims[0]);
    }
    size_t n = 1 + task_below(task_below(3) == 0 ? 12 : most);
    uint32_t channels = 1 + (uint32_t)task_below(MOST_CHANNELS);
    uint32_t delay = 1 + (uint32_t)task_below(task_below(8) == 0 ? 60 : 7);
    unsigned kind = (unsigned)task_below(7);
    int missing = task_below(4) == 0;
    double scale = task_below(8) == 0 ? (task_below(2) ? 1e-160 : 1e150) : task_below(5) == 0 ? 1e-310 : 1;
    scale = kind == 5 ? 1 : scale;
    random_side(r, 0, n, channels, delay, kind, missing, scale);
    if (t->relation == RQA__RELATION_CROSS) {
        uint32_t other = task_below(2) ? delay : 1 + (uint32_t)task_below(7);
        random_side(r, 1, 1 + task_below(most), channels, other, kind, missing, scale);
    } else if (t->relation == RQA__RELATION_JOINT) {
        uint32_t other = 1 + (uint32_t)task_below(7);
        /* equal vector counts at every dim: the engine takes the smaller, and so does the test */
        random_side(r, 1, n + task_below(9), 1 + (uint32_t)task_below(MOST_CHANNELS), other,
                    (unsigned)task_below(7), missing, 1);
    } else {
        t->y = t->x;
    }
    for (uint32_t d = 0; d < t->n_dims; d++) {
        for (unsigned side = 0; side < 2; side++) {
            double *row = r->bounds[side] + (size_t)d * t->n_thresholds;
            for (uint32_t k = 0; k < t->n_thresholds; k++) {
                row[k] = side == 1 && t->relation != RQA__RELATION_JOINT
                             ? 0
                             : random_bound(r, side, r->dims[side][d]);
            }
            sort(row, t->n_thresholds);
        }
    }
    t->bounds = r->bounds[0];
    t->bounds_y = t->relation == RQA__RELATION_JOINT ? r->bounds[1] : NULL;
    t->theiler_points = random_theiler();
    t->theiler_diagonal = task_below(2) ? t->theiler_points : random_theiler();
    t->theiler_vertical = task_below(2) ? t->theiler_points : random_theiler();
    t->tallies = task_below(2) ? 7 : (uint32_t)task_below(32);
    t->tallies |= t->tallies & RQA__TALLY_RECURRENCE_TIME ? RQA__TALLY_VERTICAL : 0;
    t->upper_only = t->relation == RQA__RELATION_AUTO && task_below(3) == 0;
    t->band_is_white = task_below(3) == 0;
    task_set_skips(t);
}

void task_set_skips(rqa__task *t)
{
    t->skips = 0;
    for (size_t i = 0; i < t->x.n_samples; i++) {
        t->skips |= isnan(t->x.channel[0][i]) != 0;
    }
    for (size_t i = 0; i < t->y.n_samples; i++) {
        t->skips |= isnan(t->y.channel[0][i]) != 0;
    }
}

void task_drop_cuts(rqa__task *t)
{
    if (rqa__task_cuts(t)) {
        t->tallies &= ~(uint32_t)(RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME);
    }
}

void random_task_destroy(random_task *r)
{
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned c = 0; c < MOST_CHANNELS; c++) {
            free(r->samples[side][c]);
        }
    }
}

void random_task_describe(char *out, size_t size, const random_task *r)
{
    const rqa__task *t = &r->task;
    snprintf(out, size,
             "relation %u norm %u n %zu %zu channels %u delays %u %u dim %u theiler %llu %llu %llu "
             "tallies %u upper %u white band %u",
             t->relation, t->norm, t->x.n_samples, t->y.n_samples, t->x.n_channels, t->x.delay,
             t->y.delay, t->x.dims[0], (unsigned long long)t->theiler_points,
             (unsigned long long)t->theiler_diagonal, (unsigned long long)t->theiler_vertical,
             t->tallies, t->upper_only, t->band_is_white);
}

int task_on_cpu(const rqa__task *task, int strategy, rqa__tally_sink sink, void *user)
{
    const rqa__cpu cpu = rqa__cpu_detect();
    const rqa__profile profile = rqa__profile_assumed(cpu, 1);
    if (strategy < 0 || !rqa__strategy_is_possible(task, strategy))
        strategy = rqa__strategy(&profile, task);
    const rqa__plan plan = rqa__plan_whole(task, strategy, 1);
    rqa__cpu_worker *worker;
    int status = rqa__cpu_worker_create(&worker, cpu, UINT64_MAX);
    if (status)
        return status;
    status = rqa__cpu_run(worker, task, &plan, NULL, NULL, sink, user);
    rqa__cpu_worker_destroy(worker);
    return status;
}
