/* window.c - a moving window: its memory, and how it takes a vector in and lets one go. */
#include "windows/window_state.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Positions wrap around soon after the start, so that a stream of 2^32 samples meets nothing new.
 */
#define FIRST_POSITION (UINT32_MAX - 255)

/* Hands out a block piece by piece; without one it only measures. */
typedef struct carver {
    uint8_t *block;
    size_t used;
    int overflow;
} carver;

static void *carve(carver *c, size_t n, size_t size)
{
    size_t n_bytes, end;
    if (rqa__mul_size(n, size, &n_bytes) || rqa__add_size(c->used, n_bytes, &end) ||
        rqa__add_size(end, 63, &end)) {
        c->overflow = 1;
        return NULL;
    }
    void *piece = c->block ? c->block + c->used : NULL;
    c->used = end & ~(size_t)63;
    return piece;
}

static void carve_counts(carver *c, const struct rqa__window *w, rqa__window_counts *counts)
{
    const size_t n_blocks = w->n_ring / RQA__WINDOW_BLOCK;
    counts->count = carve(c, (size_t)w->n_ring + RQA__WINDOW_BLOCK, sizeof *counts->count);
    counts->seen = carve(c, (n_blocks + 63) / 64 * 64, sizeof *counts->seen);
}

static void carve_runs(carver *c, const struct rqa__window *w, rqa__window_runs *runs)
{
    carve_counts(c, w, &runs->inner);
    carve_counts(c, w, &runs->old_side);
    carve_counts(c, w, &runs->new_side);
}

static void carve_side(carver *c, const struct rqa__window *w, rqa__window_side *side)
{
    side->rows = carve(c, (size_t)w->n_ring * w->n_words, sizeof *side->rows);
    side->top = carve(c, w->n_ring / 64, sizeof *side->top);
    for (int k = 0; k < 2; k++)
        side->first[k] = carve(c, w->n_ring, sizeof *side->first[k]);
    side->next = carve(c, w->n_ring, sizeof *side->next);
    side->row = carve(c, (size_t)w->n_words + 1, sizeof *side->row);
    side->row_after = carve(c, (size_t)w->n_words + 1, sizeof *side->row_after);
}

static void carve_plane(carver *c, const struct rqa__window *w, rqa__window_plane *plane)
{
    carve_runs(c, w, &plane->runs);
    plane->born = carve(c, w->n_words, sizeof *plane->born);
    plane->start = carve(c, w->n_ring, sizeof *plane->start);
    plane->end = carve(c, w->n_ring, sizeof *plane->end);
    plane->flags = carve(c, w->n_ring, sizeof *plane->flags);
}

static void carve_diagonals(carver *c, const struct rqa__window *w, rqa__window_diagonals *d)
{
    d->born = carve(c, w->n_words, sizeof *d->born);
    d->start = carve(c, 64 * (size_t)w->n_words, sizeof *d->start);
    d->is_through = carve(c, w->n_vectors, sizeof *d->is_through);
    if (w->tallies & RQA__TALLY_DIAGONAL)
        d->ends = carve(c, (size_t)w->n_vectors * (w->n_ring / 64), sizeof *d->ends);
    if (w->tallies & RQA__TALLY_OFFSETS)
        d->points = carve(c, 64 * (size_t)w->n_words, sizeof *d->points);
}

static void carve_samples(carver *c, const struct rqa__window *w, rqa__window_samples *samples)
{
    samples->channel = carve(c, samples->n_channels, sizeof *samples->channel);
    samples->newest = carve(c, samples->n_channels, sizeof *samples->newest);
    for (uint32_t k = 0; k < samples->n_channels; k++) {
        double *values = carve(c, 2 * w->sample_ring, sizeof *values);
        if (c->block)
            samples->channel[k] = values;
    }
    samples->present = carve(c, w->n_words, sizeof *samples->present);
    if (samples->n_near)
        samples->near = carve(c, samples->n_near * w->n_words, sizeof *samples->near);
}

/* Whether what a sample is near to serves all vectors that have it: of cross recurrence it may be
 * compared with several others, and many delays take memory. */
static void set_near(rqa__window_samples *samples, const struct rqa__window *w)
{
    if (w->norm != RQA__NORM_MAXIMUM || w->relation == RQA__RELATION_CROSS || samples->dim < 2 ||
        samples->span >= w->n_ring)
        return;
    samples->n_near = 1;
    while (samples->n_near <= samples->span)
        samples->n_near *= 2;
}

/* The one place that knows what a window consists of. */
static void lay_out(carver *c, struct rqa__window *w)
{
    const int cross = w->relation == RQA__RELATION_CROSS;
    carve_samples(c, w, &w->x);
    if (w->relation != RQA__RELATION_AUTO)
        carve_samples(c, w, &w->y);
    carve_side(c, w, &w->black_a);
    carve_diagonals(c, w, &w->upper);
    carve_runs(c, w, &w->diagonal);
    carve_counts(c, w, &w->through);
    if (cross) {
        carve_side(c, w, &w->black_b);
        carve_diagonals(c, w, &w->lower);
    }
    if (w->tallies & RQA__TALLY_VERTICAL)
        carve_plane(c, w, &w->black);
    if (w->tallies & RQA__TALLY_WHITE) {
        if (!w->white_is_rest)
            carve_side(c, w, &w->white_a);
        if (cross && !w->white_is_rest)
            carve_side(c, w, &w->white_b);
        carve_plane(c, w, &w->white);
        carve_counts(c, w, &w->white.runs.fixed);
    }
    if (w->tallies & RQA__TALLY_RECURRENCE_TIME) {
        rqa__window_times *t = &w->times;
        carve_runs(c, w, &t->runs);
        t->last_start = carve(c, w->n_ring, sizeof *t->last_start);
        t->last_end = carve(c, w->n_ring, sizeof *t->last_end);
        t->across_end = carve(c, w->n_ring, sizeof *t->across_end);
        t->across_start = carve(c, w->n_ring, sizeof *t->across_start);
        t->flags = carve(c, w->n_ring, sizeof *t->flags);
    }
    w->absent = carve(c, w->n_ring / 64, sizeof *w->absent);
    w->scratch = carve(c, w->n_words, sizeof *w->scratch);
    w->rest = carve(c, w->n_words, sizeof *w->rest);
    w->change = carve(c, (size_t)w->n_vectors + 1 + RQA__WINDOW_SLACK, sizeof *w->change);
    for (int k = 0; k < 5; k++)
        w->bin[k] = carve(c, (size_t)w->n_vectors + RQA__WINDOW_SLACK, sizeof *w->bin[k]);
    if (w->tallies & RQA__TALLY_OFFSETS)
        for (int k = 0; k < RQA__TRENDS_AT_ONCE; k++)
            w->density[k] = carve(c, w->n_vectors, sizeof *w->density[k]);
    if (cross && w->tallies & RQA__TALLY_OFFSETS)
        w->both_points = carve(c, w->n_vectors, sizeof *w->both_points);
}

static rqa__window_samples samples_of(const rqa__side *side, double bound)
{
    return (rqa__window_samples){
        .n_channels = side->n_channels,
        .dim = side->dims[0],
        .delay = side->delay,
        .span = (size_t)(side->dims[0] - 1) * side->delay,
        .bound = bound,
    };
}

static void set_sizes(struct rqa__window *w, const rqa__task *task, size_t n_vectors)
{
    *w = (struct rqa__window){
        .n_vectors = (uint32_t)n_vectors,
        .n_words = (uint32_t)((n_vectors + 63) / 64),
        .n_ring = 64,
        .tallies = task->tallies,
        .relation = task->relation,
        .norm = task->norm,
        .upper_only = task->upper_only,
        .band_is_white = task->band_is_white,
        .skips = task->skips,
        .white_is_rest = !task->skips && !(task->band_is_white && task->theiler_vertical),
        .theiler_points = task->theiler_points,
        .theiler_vertical =
            (uint32_t)(task->theiler_vertical < n_vectors ? task->theiler_vertical : n_vectors),
        .x = samples_of(&task->x, task->bounds[0]),
    };
    while (w->n_ring < n_vectors + 2)
        w->n_ring *= 2;
    if (task->relation == RQA__RELATION_CROSS)
        w->y = samples_of(&task->y, task->bounds[0]);
    else if (task->relation == RQA__RELATION_JOINT)
        w->y = samples_of(&task->y, task->bounds_y[0]);
    set_near(&w->x, w);
    set_near(&w->y, w);
    const size_t span = w->x.span > w->y.span ? w->x.span : w->y.span;
    w->sample_ring = 64 * (size_t)w->n_words + span + 1;
    const uint64_t all = UINT32_MAX;
    w->upper.first = (uint32_t)(task->theiler_diagonal < all ? task->theiler_diagonal : all);
    w->lower.first = w->upper.first ? w->upper.first : 1;
    w->upper.weight = task->relation == RQA__RELATION_CROSS || task->upper_only ? 1 : 2;
    w->lower.weight = 1;
    w->black.theiler = w->theiler_vertical;
    w->white.theiler = w->band_is_white ? 0 : w->theiler_vertical;
    w->white.flip = w->white_is_rest ? ~UINT64_C(0) : 0;
}

size_t rqa__window_bytes(const rqa__task *task, size_t n_vectors)
{
    struct rqa__window sizes;
    carver c = {0};
    if (n_vectors < 1 || n_vectors > RQA__WINDOW_MOST_VECTORS || task->part_end)
        return 0;
    set_sizes(&sizes, task, n_vectors);
    lay_out(&c, &sizes);
    return c.overflow ? 0 : c.used + sizeof sizes + 64;
}

static const rqa__window_kernels *kernels_for(rqa__cpu cpu)
{
#if defined(__x86_64__) || defined(_M_X64)
    if (cpu.level == RQA__LEVEL_AVX512)
        return &rqa__window_avx512;
    if (cpu.level == RQA__LEVEL_AVX2)
        return &rqa__window_avx2;
#endif
    (void)cpu;
    return &rqa__window_ref;
}

int rqa__window_create(rqa__window **out, const rqa__task *task, size_t n_vectors, rqa__cpu cpu)
{
    struct rqa__window *w = rqa__alloc_aligned(sizeof *w);
    if (!w)
        return rqa__fail_memory("a moving window");
    carver c = {0};
    set_sizes(w, task, n_vectors);
    lay_out(&c, w);
    uint8_t *block = c.overflow ? NULL : rqa__alloc_aligned(c.used);
    if (!block) {
        rqa__free_aligned(w);
        return rqa__fail_memory("a moving window");
    }
    w->block_bytes = c.used;
    w->block = block;
    c = (carver){.block = block};
    memset(block, 0, w->block_bytes);
    lay_out(&c, w);
    w->kernels = kernels_for(cpu);
    const int cross = w->relation == RQA__RELATION_CROSS;
    w->black.tail = &w->black_a;
    w->black.head = cross ? &w->black_b : &w->black_a;
    w->white.tail = w->white_is_rest ? w->black.tail : &w->white_a;
    w->white.head = w->white_is_rest ? w->black.head : cross ? &w->white_b : &w->white_a;
    w->upper.side = &w->black_a;
    w->lower.side = &w->black_b;
    rqa__window_reset(w);
    *out = w;
    return RQA_OK;
}

void rqa__window_destroy(rqa__window *w)
{
    if (!w)
        return;
    rqa__free_aligned(w->block);
    rqa__free_aligned(w);
}

static void no_lines(const struct rqa__window *w, rqa__window_side *side)
{
    for (int k = 0; k < 2 && side->rows; k++)
        memset(side->first[k], 0xff, w->n_ring * sizeof *side->first[k]);
}

void rqa__window_reset(rqa__window *w)
{
    carver c = {.block = w->block};
    memset(w->block, 0, w->block_bytes);
    lay_out(&c, w);
    no_lines(w, &w->black_a);
    no_lines(w, &w->black_b);
    no_lines(w, &w->white_a);
    no_lines(w, &w->white_b);
    w->black.runs.n_through = w->white.runs.n_through = 0;
    w->times.gap_sum = w->points = w->n_samples = w->n_readings = 0;
    w->s = w->e = FIRST_POSITION;
    w->n_absent = 0;
    w->newest = 0;
}

/* Of a row without bits beyond `last`. */
static uint64_t count_from(const struct rqa__window *w, const uint64_t *row, uint32_t first,
                           uint32_t last)
{
    const size_t q = first / 64;
    const uint64_t below = row[q] & ~(~UINT64_C(0) << (first & 63));
    return w->kernels->count(row + q, last / 64 + 1 - q) - w->kernels->count(&below, 1);
}

/* Points of a row of both sides. */
static uint64_t count_points(const struct rqa__window *w, const uint64_t *a, const uint64_t *b,
                             uint32_t last)
{
    if (w->theiler_points > last)
        return 0;
    const uint32_t w1 = w->theiler_points ? (uint32_t)w->theiler_points : 1;
    uint64_t off = w1 <= last ? count_from(w, a, w1, last) : 0;
    uint64_t on = w->theiler_points == 0 ? a[0] & 1 : 0;
    if (b)
        return on + off + (w1 <= last ? count_from(w, b, w1, last) : 0);
    return on + (w->upper_only ? off : 2 * off);
}

static void add(struct rqa__window *w)
{
    const int cross = w->relation == RQA__RELATION_CROSS;
    rqa__window_take_rows(w);
    w->points += count_points(w, rqa__row_of(w, &w->black_a, w->e),
                              cross ? rqa__row_of(w, &w->black_b, w->e) : NULL, w->e - w->s);
    rqa__side_add(w, &w->black_a);
    rqa__diagonals_add(w, &w->upper);
    if (cross) {
        rqa__side_add(w, &w->black_b);
        rqa__diagonals_add(w, &w->lower);
    }
    if (w->white_a.rows) {
        rqa__side_add(w, &w->white_a);
        if (cross)
            rqa__side_add(w, &w->white_b);
    }
    if (w->white.start)
        rqa__plane_add(w, &w->white);
    if (w->black.start)
        rqa__plane_add(w, &w->black);
    if (w->times.flags)
        rqa__times_enter(w);
    w->e++;
}

/* The cells at `position` of the n vectors from there on, by offset of their line. */
static void read_top(const struct rqa__window *w, const rqa__window_side *side, uint32_t position,
                     uint32_t n, uint64_t *row)
{
    const size_t mask = w->n_ring / 64 - 1, first = (position & (w->n_ring - 1)) >> 6;
    const size_t n_words = (n + 63) / 64;
    const unsigned shift = position & 63;
    uint64_t low = side->top[first];
    for (size_t q = 0; q < n_words; q++) {
        const uint64_t next = side->top[(first + q + 1) & mask];
        row[q] = low >> shift | next << 1 << (63 - shift);
        low = next;
    }
    if (n & 63)
        row[n_words - 1] &= ~(~UINT64_C(0) << (n & 63));
    memset(row + n_words, 0, (w->n_words - n_words) * sizeof *row);
}

static void meet(struct rqa__window *w, rqa__window_side *side)
{
    rqa__window_plane *black = w->black.start && w->black.head == side ? &w->black : NULL,
                      *white = w->white.start && w->white.head == side ? &w->white : NULL;
    if (w->white_is_rest)
        rqa__side_drop(w, side, black, white);
    else
        rqa__side_drop(w, side, black ? black : white, NULL);
    read_top(w, side, w->s + 1, w->e - w->s - 1, side->row_after);
}

static void drop(struct rqa__window *w)
{
    const int cross = w->relation == RQA__RELATION_CROSS;
    rqa__window_side *sides[4] = {&w->black_a, cross ? &w->black_b : NULL,
                                  w->white_a.rows ? &w->white_a : NULL,
                                  w->white_b.rows ? &w->white_b : NULL};
    for (int k = 0; k < 4; k++)
        if (sides[k])
            read_top(w, sides[k], w->s, w->e - w->s, sides[k]->row);
    w->points -= count_points(w, w->black_a.row, cross ? w->black_b.row : NULL, w->e - w->s - 1);
    if (w->times.flags)
        rqa__times_leave(w);
    if (w->black.start)
        rqa__plane_leave(w, &w->black);
    if (w->white.start)
        rqa__plane_leave(w, &w->white);
    for (int k = 0; k < 4; k++)
        if (sides[k])
            meet(w, sides[k]);
    if (w->black.start)
        w->black.runs.old_side.count[rqa__by_end(w, w->s + 1)] = 0;
    if (w->white.start)
        w->white.runs.old_side.count[rqa__by_end(w, w->s + 1)] = 0;
    rqa__diagonals_drop(w, &w->upper);
    if (cross)
        rqa__diagonals_drop(w, &w->lower);
    w->diagonal.old_side.count[rqa__by_end(w, w->s + 1)] = 0;
    w->n_absent -= (uint32_t)(w->absent[(w->s & (w->n_ring - 1)) >> 6] >> (w->s & 63) & 1);
    w->s++;
}

void rqa__window_push(rqa__window *w, const double *x, const double *y)
{
    rqa__window_take_sample(w, x, y);
    const size_t span = w->x.span > w->y.span ? w->x.span : w->y.span;
    if (w->n_samples <= span)
        return;
    if (w->e - w->s == w->n_vectors)
        drop(w);
    add(w);
}

static int is_without(const uint64_t *present, uint32_t n)
{
    for (size_t q = 0; 64 * q < n; q++)
        if (present[q] & rqa__bits_between(0, (int64_t)n - 1, q))
            return 0;
    return 1;
}

int rqa__window_is_empty(const rqa__window *w)
{
    const uint32_t n = w->e - w->s;
    return is_without(w->x.present, n) ||
           (w->relation == RQA__RELATION_CROSS && is_without(w->y.present, n));
}
