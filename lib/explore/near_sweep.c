/* near_sweep.c - all pairs once, block by block, for the nearest neighbours in several dimensions.
 */
#include "explore/near_sweep.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/order_statistic.h"
#include "search/point_tree.h"

enum {
    BLOCK = 1024, /* vectors; two jobs that run at once have no block in common */
    LEAST_BLOCKS = 4,
    SAMPLE = 128,             /* vectors whose neighbours say how far apart neighbours are */
    UNIT_SPAN = 16000,        /* whole numbers for the largest distance that is told apart */
    MOST_SPAN = 16384,        /* what the square of twice that still fits in */
    ALWAYS_NEAR = 100,        /* for a vector, before the nearest so far are near */
    OPERATIONS_PER_NEAR = 400 /* of a search, for a pair whose distances are computed: twice those
                                 of the time that it takes */
};

static size_t dims_of(const rqa__near_sweep *s)
{
    return s->last_dim - s->first_dim + 1;
}

/* Vectors with a sample after them. */
static size_t vectors_of(const rqa__near_sweep *s, uint32_t dim)
{
    return s->q->n - dim * s->q->delay;
}

static size_t blocks_of(size_t n)
{
    const size_t n_blocks = (n + BLOCK - 1) / BLOCK;
    return n_blocks + n_blocks % 2;
}

uint64_t rqa__near_sweep_memory(size_t n, uint32_t n_channels, uint32_t dim, unsigned n_workers)
{
    const uint64_t a_dim = sizeof(double) + sizeof(uint32_t) + sizeof(uint16_t);
    return 2 * (uint64_t)n * dim * a_dim + 2 * (uint64_t)n * n_channels * sizeof(uint16_t) +
           n_channels * sizeof(uint16_t *) +
           2 * (uint64_t)n_workers * RQA__NEAR_PAIRS * dim * sizeof(uint16_t);
}

double rqa__near_sweep_cost(const rqa__distance_kernels *kernels, size_t n, uint32_t first_dim,
                            uint32_t last_dim)
{
    /* Instructions for a vector of pairs; an operation of a search was measured to take as long as
     * five. */
    const double steps = 6 + 3.0 * last_dim + 8.0 * (last_dim - first_dim + 1);
    if (kernels->near_lanes < 16 || n < LEAST_BLOCKS * BLOCK)
        return INFINITY;
    return (double)n / 2 * steps / (5.0 * kernels->near_lanes);
}

/* ---- distances ---- */

/* What the kernel may leave out is farther away than this: in whole numbers a difference is at most
 * 1 larger than it is, and a little more by rounding. */
static uint16_t most_of(const rqa__near_sweep *s, uint32_t norm, uint32_t dim, double distance)
{
    const double span = distance * s->scale;
    if (!(span < MOST_SPAN))
        return MOST_SPAN;
    if (norm == 0)
        return (uint16_t)fmin(span + 3, MOST_SPAN);
    const double most = span + 2 * sqrt((double)dim * s->q->n_channels);
    return (uint16_t)fmin(most * most * (1 + 1e-9) / 16384 + 1, MOST_SPAN);
}

static size_t place_of(const rqa__near_sweep *s, size_t i, uint32_t norm, uint32_t dim)
{
    return (2 * i + norm) * dims_of(s) + (dim - s->first_dim);
}

static uint16_t *most_at(const rqa__near_sweep *s, size_t i, uint32_t norm, uint32_t dim)
{
    return &s->most[(norm * dims_of(s) + (dim - s->first_dim)) * s->n + i];
}

static void consider(rqa__near_sweep *s, size_t i, size_t j, uint32_t norm, uint32_t dim,
                     double distance)
{
    const size_t place = place_of(s, i, norm, dim);
    if (distance > s->distance[place] || (distance == s->distance[place] && j >= s->index[place]))
        return;
    s->distance[place] = distance;
    s->index[place] = (uint32_t)j;
    *most_at(s, i, norm, dim) = most_of(s, norm, dim, distance);
}

/* i < j: each may be the nearest of the other. */
static void compare(rqa__near_sweep *s, size_t i, size_t j)
{
    const rqa__neighbour_question *q = s->q;
    double square = 0, largest = 0;
    for (uint32_t dim = 1; dim <= s->last_dim && j < vectors_of(s, dim); dim++) {
        const size_t lag = (dim - 1) * q->delay;
        for (uint32_t c = 0; c < q->n_channels; c++) {
            const double size = fabs(q->channel[c][i + lag] - q->channel[c][j + lag]);
            square += size * size;
            largest = size > largest ? size : largest;
        }
        if (dim < s->first_dim)
            continue;
        const double distance = sqrt(square);
        consider(s, i, j, 1, dim, distance);
        consider(s, j, i, 1, dim, distance);
        if (largest > 0) {
            consider(s, i, j, 0, dim, largest);
            consider(s, j, i, 0, dim, largest);
        }
    }
}

/* ---- the pass ---- */

/* A worker's part of a pair of blocks. */
typedef struct strip {
    rqa__near_sweep *s;
    rqa__near_space space;
    uint64_t n_near;
} strip;

/* Pairs (i + t, j + t), t < n. */
static void take_pairs(strip *p, size_t i, size_t j, size_t n)
{
    uint64_t bits[RQA__NEAR_PAIRS / 64];
    p->s->crew->kernels->near_pairs(&p->space, i, j, n, bits);
    for (size_t q = 0; q < (n + 63) / 64; q++)
        for (uint64_t left = bits[q]; left; left &= left - 1) {
            const size_t t = 64 * q + (size_t)__builtin_ctzll(left);
            compare(p->s, i + t, j + t);
            p->n_near++;
        }
}

/* The pairs i < j of vectors begin .. end - 1 and of the block from `other` to other_end - 1. */
static void take_strip(strip *p, size_t begin, size_t end, size_t other, size_t other_end)
{
    const size_t exclusion = p->s->q->exclusion;
    const size_t first = other >= end ? other - (end - 1) : 1;
    for (size_t offset = first > exclusion ? first : exclusion; begin + offset < other_end;
         offset++) {
        const size_t i = begin + offset < other ? other - offset : begin;
        const size_t last = end + offset < other_end ? end : other_end - offset;
        if (i < last)
            take_pairs(p, i, i + offset, last - i);
    }
}

/* The two blocks that meet in a round: the last one stands still, the others go round. */
static void pair_of(const rqa__near_sweep *s, size_t job, size_t *a, size_t *b)
{
    const size_t n = s->n_blocks - 1;
    *a = job ? (s->round + job) % n : n;
    *b = (s->round + n - job) % n;
    if (*a > *b) {
        const size_t c = *a;
        *a = *b;
        *b = c;
    }
}

static int run_blocks(rqa__near_sweep *s, size_t a, size_t b, unsigned worker)
{
    const size_t n = s->n, dims = dims_of(s), end = (a + 1) * BLOCK < n ? (a + 1) * BLOCK : n,
                 other_end = (b + 1) * BLOCK < n ? (b + 1) * BLOCK : n;
    strip p = {.s = s,
               .space = {.x = (const uint16_t *const *)s->x,
                         .delay = s->q->delay,
                         .n_channels = s->q->n_channels,
                         .first_dim = s->first_dim,
                         .last_dim = s->last_dim,
                         .most = {s->most, s->most + dims * n},
                         .most_stride = n,
                         .terms = s->terms + 2 * (size_t)worker * RQA__NEAR_PAIRS * s->last_dim}};
    const int status = rqa__explore_look(s->crew->cancel);
    if (b * BLOCK < n)
        for (size_t i = a * BLOCK; i < end && !status; i += RQA__NEAR_PAIRS)
            take_strip(&p, i, i + RQA__NEAR_PAIRS < end ? i + RQA__NEAR_PAIRS : end, b * BLOCK,
                       other_end);
    atomic_fetch_add(&s->n_near, p.n_near);
    return status;
}

static int round_job(void *arg, size_t job, unsigned worker)
{
    rqa__near_sweep *s = arg;
    size_t a, b;
    pair_of(s, job, &a, &b);
    return run_blocks(s, a, b, worker);
}

static int own_job(void *arg, size_t job, unsigned worker)
{
    return run_blocks(arg, job, job, worker);
}

/* So much is near that the pass does not pay: equal vectors, or neighbours of all sizes. */
static int is_too_much(const rqa__near_sweep *s)
{
    return (double)atomic_load(&s->n_near) > s->most_near * (double)s->n;
}

/* Whatever can be told apart may be near, but to vectors without a sample after them. */
static void allow_all(rqa__near_sweep *s)
{
    for (uint32_t norm = 0; norm < 2; norm++)
        for (uint32_t dim = s->first_dim; dim <= s->last_dim; dim++)
            for (size_t i = 0; i < s->n; i++)
                *most_at(s, i, norm, dim) = i < vectors_of(s, dim) ? MOST_SPAN : 0;
}

static int sweep_all(rqa__near_sweep *s)
{
    int status = rqa__pool_run(s->crew->pool, s->n_blocks, own_job, s);
    for (s->round = 0; s->round + 1 < s->n_blocks && !status; s->round++) {
        if (is_too_much(s)) {
            s->is_vain = 1;
            break;
        }
        status = rqa__pool_run(s->crew->pool, s->n_blocks / 2, round_job, s);
    }
    return status;
}

/* ---- its start ---- */

/* The distance from vector i to its nearest neighbour in the largest dimension. */
static double nearest_to(const rqa__near_sweep *s, size_t i)
{
    const rqa__neighbour_question *q = s->q;
    const rqa__distance_space space = {.x = q->channel,
                                       .y = q->channel,
                                       .x_delay = q->delay,
                                       .y_delay = q->delay,
                                       .n_channels = q->n_channels,
                                       .dim = s->last_dim,
                                       .norm = 1};
    const size_t n = vectors_of(s, s->last_dim);
    double value[RQA__NEAR_PAIRS], least = INFINITY;
    for (size_t j = 0; j < n; j += RQA__NEAR_PAIRS) {
        const size_t n_here = n - j < RQA__NEAR_PAIRS ? n - j : RQA__NEAR_PAIRS;
        s->crew->kernels->values(&space, j, n_here, i, value);
        for (size_t t = 0; t < n_here; t++)
            if (value[t] < least && (j + t > i ? j + t - i : i - j - t) >= q->exclusion)
                least = value[t];
    }
    return sqrt(least);
}

/* Whole numbers in which most neighbours can be told apart; 0 where there are none. */
static double scale_of(const rqa__near_sweep *s)
{
    const size_t n = vectors_of(s, s->last_dim);
    double distance[SAMPLE], largest = 0;
    for (size_t k = 0; k < SAMPLE; k++)
        distance[k] = nearest_to(s, (size_t)((uint64_t)n * k / SAMPLE));
    const double far = 1.75 * rqa__select_double(distance, SAMPLE, SAMPLE - 3);
    if (!(far > 1e-140 && far < 1e140)) /* beyond, squares are not what they are */
        return 0;
    const double scale = UNIT_SPAN / far;
    for (uint32_t c = 0; c < s->q->n_channels; c++)
        for (size_t i = 0; i < s->q->n; i++)
            largest = fmax(largest, fabs(s->q->channel[c][i]));
    return largest * scale < 1e12 ? scale : 0;
}

static int allocate(rqa__near_sweep *s)
{
    const size_t n_all = 2 * s->n * dims_of(s), n_channels = s->q->n_channels;
    const size_t n_samples = s->q->n + (s->last_dim - 1) * s->q->delay;
    const size_t n_workers = rqa__pool_n_workers(s->crew->pool);
    s->x = rqa__alloc_array(n_channels, sizeof *s->x);
    if (s->x)
        s->x[0] = rqa__calloc(n_channels * n_samples, sizeof *s->x[0]);
    s->most = rqa__alloc_array(n_all, sizeof *s->most);
    s->distance = rqa__alloc_array(n_all, sizeof *s->distance);
    s->index = rqa__alloc_array(n_all, sizeof *s->index);
    s->terms = rqa__alloc_array(2 * n_workers * RQA__NEAR_PAIRS * s->last_dim, sizeof *s->terms);
    if (!s->x || !s->x[0] || !s->most || !s->distance || !s->index || !s->terms)
        return rqa__fail_memory("the pairs of neighbours");
    for (size_t c = 1; c < n_channels; c++)
        s->x[c] = s->x[c - 1] + n_samples;
    return RQA_OK;
}

static void begin(rqa__near_sweep *s, const uint32_t *const guess[2])
{
    for (uint32_t c = 0; c < s->q->n_channels; c++)
        for (size_t i = 0; i < s->q->n; i++)
            s->x[c][i] = (uint16_t)(int64_t)floor(s->q->channel[c][i] * s->scale);
    for (size_t k = 0; k < 2 * s->n * dims_of(s); k++) {
        s->distance[k] = INFINITY;
        s->index[k] = RQA__TREE_NO_POINT;
    }
    allow_all(s);
    for (int norm = 0; norm < 2; norm++)
        for (size_t i = 0; i < s->n; i++) {
            const size_t j = guess[norm][i];
            if (j < s->n)
                compare(s, i < j ? i : j, i < j ? j : i);
        }
}

int rqa__near_sweep_run(rqa__near_sweep *s, const rqa__explore_crew *crew,
                        const rqa__neighbour_question *question, uint32_t first_dim,
                        uint32_t last_dim, const uint32_t *const guess[2], double operations)
{
    *s = (rqa__near_sweep){.q = question,
                           .crew = crew,
                           .first_dim = first_dim,
                           .last_dim = last_dim,
                           .most_near = ALWAYS_NEAR + operations / OPERATIONS_PER_NEAR};
    s->n = vectors_of(s, first_dim);
    s->n_blocks = blocks_of(s->n);
    const int status = allocate(s);
    if (status)
        return status;
    s->scale = scale_of(s);
    begin(s, guess);
    s->is_vain = !(s->scale > 0);
    return s->is_vain ? RQA_OK : sweep_all(s);
}

void rqa__near_sweep_destroy(rqa__near_sweep *s)
{
    if (s->x)
        rqa__free(s->x[0]);
    rqa__free(s->x);
    rqa__free(s->most);
    rqa__free(s->distance);
    rqa__free(s->index);
    rqa__free(s->terms);
    memset(s, 0, sizeof *s);
}

int rqa__near_sweep_knows(const rqa__near_sweep *s, uint32_t dim, uint32_t norm, size_t i,
                          uint32_t *index, double *distance)
{
    const size_t place = place_of(s, i, norm, dim);
    *index = s->index[place];
    *distance = s->distance[place];
    return !s->is_vain && *most_at(s, i, norm, dim) < MOST_SPAN;
}
