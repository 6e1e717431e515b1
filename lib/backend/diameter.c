/* diameter.c - largest and mean distance over all pairs of vectors. */
#include "backend/diameter.h"

#include <math.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "base/thread.h"

enum {
    BLOCK = 64,       /* consecutive vectors: a job's rows, and the side of a pair of boxes */
    STRIP = 256,      /* columns that a worker takes, of a matrix that is symmetric */
    CHUNK = 16,       /* consecutive samples whose range is kept */
    SEARCH_ROUNDS = 4 /* from one end of the data to the other, for a first large distance */
};

/* One side: its samples, and for the largest distance the ranges of chunks of them. */
typedef struct cloud {
    const double *const *channel;
    size_t delay, n_vectors, n_chunks;
    double *low, *high; /* [n_channels * n_chunks]; low > high where all samples are missing */
} cloud;

typedef struct pass {
    rqa__distance_space space;
    const rqa__distance_kernels *kernels;
    cloud x, y;
    int is_auto;
    const atomic_int *cancel;
    size_t n_rows, n_columns;     /* of pairs between two looks at it */
    double *sum;                  /* mean: of each row */
    atomic_size_t *n_done;        /* mean, auto: of each strip the blocks of STRIP rows that are done */
    atomic_size_t next_strip;
    atomic_int stopped;
    _Atomic double largest_value; /* largest: so far, as the kernels give it: squared for Euclid */
} pass;

static int cancelled(const pass *p)
{
    return rqa__is_cancelled(p->cancel) ? rqa__fail(RQA_ERROR_CANCELLED, "cancelled") : RQA_OK;
}

static void begin(pass *p, const rqa__vector_pairs *pairs, const atomic_int *cancel)
{
    const rqa__side *x = pairs->x, *y = pairs->y;
    const uint64_t terms = (uint64_t)x->dims[pairs->dim_index] * x->n_channels;
    *p = (pass){
        .space = {.x = x->channel,
                  .y = y->channel,
                  .x_delay = x->delay,
                  .y_delay = y->delay,
                  .n_channels = x->n_channels,
                  .dim = x->dims[pairs->dim_index],
                  .norm = pairs->norm},
        .kernels = pairs->kernels,
        .x = {.channel = x->channel, .delay = x->delay},
        .y = {.channel = y->channel, .delay = y->delay},
        .is_auto = pairs->is_auto,
        .cancel = cancel,
        .n_rows = rqa__smaller((size_t)rqa__steps_between_looks(terms), BLOCK),
    };
    p->x.n_vectors = rqa__side_vectors(x, pairs->dim_index);
    p->y.n_vectors = rqa__side_vectors(y, pairs->dim_index);
    p->n_columns = (size_t)rqa__steps_between_looks(terms * p->n_rows);
}

static int run(pass *p, const rqa__parallel *parallel, int (*job)(void *, size_t, unsigned))
{
    const size_t n_jobs = (p->x.n_vectors + BLOCK - 1) / BLOCK;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, job, p);
    int status = RQA_OK;
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = job(p, k, 0);
    return status;
}

/* ---- mean ---- */

static int add_rows(void *arg, size_t index, unsigned worker)
{
    const pass *p = arg;
    const size_t end = rqa__smaller((index + 1) * BLOCK, p->x.n_vectors);
    int status = RQA_OK;
    (void)worker;
    for (size_t i = index * BLOCK; i < end && !status; i += p->n_rows)
        for (size_t j = 0; j < p->y.n_vectors && !status; j += p->n_columns) {
            status = cancelled(p);
            /* Where i = j the distance is 0, which changes no sum. */
            if (!status)
                p->kernels->add(&p->space, i, rqa__smaller(p->n_rows, end - i), j,
                                rqa__smaller(p->n_columns, p->y.n_vectors - j), p->sum + i);
        }
    return status;
}

/* Pairs of rows i.. with columns j.., which are rows too: the sums of both. */
static int add_block(pass *p, size_t i, size_t n_i, size_t j, size_t n_j)
{
    int status = RQA_OK;
    for (size_t t = 0; t < n_i && !status; t += p->n_rows)
        for (size_t u = 0; u < n_j && !status; u += p->n_columns) {
            const size_t n_rows = rqa__smaller(p->n_rows, n_i - t);
            const size_t n_columns = rqa__smaller(p->n_columns, n_j - u);
            status = cancelled(p);
            if (status)
                return status;
            if (i == j) /* all of the square, its rows alone */
                p->kernels->add(&p->space, i + t, n_rows, j + u, n_columns, p->sum + i + t);
            else
                p->kernels->add_both(&p->space, i + t, n_rows, j + u, n_columns, p->sum + i + t,
                                     p->sum + j + u);
        }
    return status;
}

/* Block b of a strip takes that of the strip before, whose columns come first. */
static int wait_for(pass *p, size_t strip, size_t b)
{
    if (strip == 0 || b >= strip)
        return RQA_OK;
    for (unsigned spin = 0; atomic_load_explicit(&p->n_done[strip - 1], memory_order_acquire) <= b;
         spin++) {
        if (atomic_load_explicit(&p->stopped, memory_order_relaxed) || rqa__is_cancelled(p->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (spin > 64)
            rqa__yield();
    }
    return RQA_OK;
}

/* The matrix of x with itself is symmetric, also as rounded, so each pair is a cell of two rows. In this
 * order every row meets its columns by rising j: first down the strip that it is a column of, those
 * before its own; then from strip to strip those behind. */
static int add_strips(void *arg, size_t job, unsigned worker)
{
    pass *p = arg;
    const size_t n = p->x.n_vectors, n_strips = (n + STRIP - 1) / STRIP;
    (void)job;
    (void)worker;
    for (;;) {
        const size_t strip = atomic_fetch_add(&p->next_strip, 1), j = strip * STRIP;
        if (strip >= n_strips)
            return RQA_OK;
        for (size_t b = 0; b <= strip; b++) {
            int status = wait_for(p, strip, b);
            if (!status)
                status = add_block(p, b * STRIP, rqa__smaller(STRIP, n - b * STRIP), j,
                                   rqa__smaller(STRIP, n - j));
            if (status) {
                atomic_store(&p->stopped, 1);
                return status;
            }
            atomic_store_explicit(&p->n_done[strip], b + 1, memory_order_release);
        }
    }
}

static int run_strips(pass *p, const rqa__parallel *parallel)
{
    p->n_done = rqa__calloc((p->x.n_vectors + STRIP - 1) / STRIP, sizeof *p->n_done);
    if (!p->n_done)
        return rqa__fail_memory("the mean phase-space diameter");
    const int status = parallel ? parallel->run(parallel->pool, parallel->n_workers, add_strips, p)
                                : add_strips(p, 0, 0);
    rqa__free(p->n_done);
    return status;
}

/* Vectors that touch no missing sample. */
static uint64_t count_whole(const pass *p, const cloud *side)
{
    uint64_t n = 0;
    for (size_t i = 0; i < side->n_vectors; i++) {
        int whole = 1;
        for (uint32_t k = 0; k < p->space.dim && whole; k++)
            for (uint32_t c = 0; c < p->space.n_channels && whole; c++)
                whole = !isnan(side->channel[c][i + k * side->delay]);
        n += (uint64_t)whole;
    }
    return n;
}

int rqa__diameter_mean(const rqa__vector_pairs *pairs, const rqa__parallel *parallel,
                       const atomic_int *cancel, double *mean)
{
    pass p;
    begin(&p, pairs, cancel);
    *mean = 0;
    if (!p.x.n_vectors || !p.y.n_vectors)
        return RQA_OK;
    p.sum = rqa__calloc(p.x.n_vectors, sizeof *p.sum);
    if (!p.sum)
        return rqa__fail_memory("the mean phase-space diameter");
    int status = p.is_auto ? run_strips(&p, parallel) : run(&p, parallel, add_rows);
    double sum = 0;
    for (size_t i = 0; i < p.x.n_vectors; i++)
        sum += p.sum[i];
    rqa__free(p.sum);
    const uint64_t n_x = count_whole(&p, &p.x);
    const uint64_t n_pairs = n_x * (count_whole(&p, &p.y) - (uint64_t)(p.is_auto && n_x > 0));
    if (!status && n_pairs)
        *mean = sum / (double)n_pairs;
    return status;
}

/* ---- largest ---- */

static int make_ranges(const pass *p, cloud *side, size_t n_samples)
{
    const size_t n_channels = p->space.n_channels;
    side->n_chunks = (n_samples + CHUNK - 1) / CHUNK;
    side->low = rqa__calloc(2 * n_channels * side->n_chunks, sizeof *side->low);
    if (!side->low)
        return rqa__fail_memory("the largest phase-space diameter");
    side->high = side->low + n_channels * side->n_chunks;
    for (size_t c = 0; c < n_channels; c++)
        for (size_t k = 0; k < side->n_chunks; k++) {
            double low = INFINITY, high = -INFINITY;
            for (size_t t = k * CHUNK; t < rqa__smaller((k + 1) * CHUNK, n_samples); t++) {
                const double sample = side->channel[c][t]; /* NaN passes neither comparison */
                low = sample < low ? sample : low;
                high = sample > high ? sample : high;
            }
            side->low[c * side->n_chunks + k] = low;
            side->high[c * side->n_chunks + k] = high;
        }
    return RQA_OK;
}

/* Widest range of samples first..first + n - 1 by their chunks. */
static void range_of(const cloud *side, uint32_t c, size_t first, size_t n, double *low,
                     double *high)
{
    const size_t at = c * side->n_chunks;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t k = first / CHUNK; k <= (first + n - 1) / CHUNK; k++) {
        *low = side->low[at + k] < *low ? side->low[at + k] : *low;
        *high = side->high[at + k] > *high ? side->high[at + k] : *high;
    }
}

/* No pair of vectors i.. and j.. has a greater value than this, also as rounded: a difference lies
 * within high - low one way or the other, and rounding, squares of sizes and sums all keep the
 * order of what goes in. Negative: every pair touches a missing sample. */
static double upper_limit(const pass *p, size_t i, size_t n_i, size_t j, size_t n_j)
{
    double limit = 0;
    for (uint32_t k = 0; k < p->space.dim; k++)
        for (uint32_t c = 0; c < p->space.n_channels; c++) {
            double x_low, x_high, y_low, y_high;
            range_of(&p->x, c, i + k * p->x.delay, n_i, &x_low, &x_high);
            range_of(&p->y, c, j + k * p->y.delay, n_j, &y_low, &y_high);
            if (x_low > x_high || y_low > y_high)
                return -1;
            const double up = x_high - y_low, down = y_high - x_low, size = up > down ? up : down;
            if (p->space.norm == RQA__NORM_EUCLIDEAN)
                limit += size * size;
            else if (p->space.norm == RQA__NORM_MANHATTAN)
                limit += size;
            else
                limit = size > limit ? size : limit;
        }
    return limit;
}

static double largest_so_far(const pass *p)
{
    return atomic_load_explicit(&p->largest_value, memory_order_relaxed);
}

static void raise_largest(pass *p, double value)
{
    double before = largest_so_far(p);
    while (value > before &&
           !atomic_compare_exchange_weak_explicit(&p->largest_value, &before, value,
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

/* Pairs of one block of rows and one of columns. Where i = j the value is 0 and raises nothing. */
static int search_block(pass *p, size_t i, size_t n_i, size_t j, size_t n_j)
{
    int status = cancelled(p);
    if (status || upper_limit(p, i, n_i, j, n_j) <= largest_so_far(p))
        return status;
    for (size_t t = 0; t < n_i && !status; t += p->n_rows)
        for (size_t u = 0; u < n_j && !status; u += p->n_columns) {
            status = cancelled(p);
            if (!status)
                raise_largest(p, p->kernels->largest(&p->space, i + t, rqa__smaller(p->n_rows, n_i - t),
                                                     j + u, rqa__smaller(p->n_columns, n_j - u),
                                                     largest_so_far(p)));
        }
    return status;
}

/* The matrix of x with itself is symmetric, also as rounded. */
static int search_rows(void *arg, size_t index, unsigned worker)
{
    pass *p = arg;
    const size_t i = index * BLOCK, n_i = rqa__smaller(BLOCK, p->x.n_vectors - i);
    int status = RQA_OK;
    (void)worker;
    for (size_t j = p->is_auto ? i : 0; j < p->y.n_vectors && !status; j += BLOCK)
        status = search_block(p, i, n_i, j, rqa__smaller(BLOCK, p->y.n_vectors - j));
    return status;
}

/* The vector of `of` that lies farthest from vector `from` of the other side; raises the largest. */
static int find_farthest(pass *p, const rqa__distance_space *space, const cloud *of, size_t from,
                         size_t *farthest)
{
    double value[BLOCK], most = -1;
    for (size_t i = 0; i < of->n_vectors; i += p->n_rows) {
        const size_t n = rqa__smaller(p->n_rows, of->n_vectors - i);
        int status = cancelled(p);
        if (status)
            return status;
        p->kernels->values(space, i, n, from, value);
        for (size_t t = 0; t < n; t++)
            if (value[t] > most) {
                most = value[t];
                *farthest = i + t;
            }
    }
    raise_largest(p, most);
    return RQA_OK;
}

/* From a vector to the farthest one, and from that again: rarely far from the largest distance. */
static int search_ends(pass *p)
{
    rqa__distance_space turned = p->space;
    size_t x_end = p->x.n_vectors / 2, y_end = p->y.n_vectors / 2;
    int status = RQA_OK;
    turned.x = p->space.y;
    turned.y = p->space.x;
    turned.x_delay = p->space.y_delay;
    turned.y_delay = p->space.x_delay;
    for (int k = 0; k < SEARCH_ROUNDS && !status; k++)
        status = k % 2 ? find_farthest(p, &turned, &p->y, x_end, &y_end)
                       : find_farthest(p, &p->space, &p->x, y_end, &x_end);
    return status;
}

int rqa__diameter_largest(const rqa__vector_pairs *pairs, const rqa__parallel *parallel,
                          const atomic_int *cancel, double *largest)
{
    pass p;
    begin(&p, pairs, cancel);
    *largest = 0;
    if (!p.x.n_vectors || !p.y.n_vectors)
        return RQA_OK;
    int status = make_ranges(&p, &p.x, pairs->x->n_samples);
    if (!status)
        status = make_ranges(&p, &p.y, pairs->y->n_samples);
    if (!status)
        status = search_ends(&p);
    if (!status)
        status = run(&p, parallel, search_rows);
    rqa__free(p.x.low);
    rqa__free(p.y.low);
    /* The root keeps the order too: that of the largest is the largest of the roots. */
    const double value = largest_so_far(&p);
    *largest = rqa__value_distance(pairs->norm, value);
    return status;
}
