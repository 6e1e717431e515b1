/* engine_bits_field.c - makes a pair of series ready: ranks for the maximum norm, 16-bit sums for the
 * others (engine_bits_sums.c). */
#include "backend/engine_bits_internal.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <math.h>
#include <string.h>

/* Ranks 0 .. 65533 are real; 65534 never occurs and 65535 stands for a missing sample. */
enum { MOST_RANKS = 65534, RANK_MISSING = 65535 };

/* ---- ranks ---- */

typedef struct key {
    uint64_t order; /* sorts as the double does */
    uint32_t index;
} key;

static uint64_t order_of(double v)
{
    uint64_t u;
    v += 0.0; /* -0 and 0 are one value */
    memcpy(&u, &v, sizeof u);
    return u >> 63 ? ~u : u | UINT64_C(1) << 63;
}

static double value_of(uint64_t order)
{
    uint64_t u = order >> 63 ? order & ~(UINT64_C(1) << 63) : ~order;
    double v;
    memcpy(&v, &u, sizeof v);
    return v;
}

static void insertion_sort(key *k, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        key moved = k[i];
        size_t j = i;
        for (; j > 0 && k[j - 1].order > moved.order; j--) {
            k[j] = k[j - 1];
        }
        k[j] = moved;
    }
}

/* Least significant digit first; digits that are the same everywhere are skipped. */
static key *radix_sort(key *a, key *b, size_t n)
{
    if (n <= 48) {
        insertion_sort(a, n);
        return a;
    }
    uint32_t count[8][256];
    memset(count, 0, sizeof count);
    for (size_t i = 0; i < n; i++) {
        for (unsigned d = 0; d < 8; d++) {
            count[d][(a[i].order >> (8 * d)) & 255]++;
        }
    }
    for (unsigned d = 0; d < 8; d++) {
        if (count[d][(a[0].order >> (8 * d)) & 255] == n) {
            continue;
        }
        uint32_t start = 0;
        for (unsigned v = 0; v < 256; v++) {
            uint32_t here = count[d][v];
            count[d][v] = start;
            start += here;
        }
        for (size_t i = 0; i < n; i++) {
            b[count[d][(a[i].order >> (8 * d)) & 255]++] = a[i];
        }
        key *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

/* Ranks of y[0..n) among themselves; sorted gets the distinct values. */
static uint32_t rank_window(uint16_t *rank, double *sorted, const double *y, size_t n, key *spare)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        rank[i] = RANK_MISSING;
        if (!isnan(y[i])) {
            spare[kept].order = order_of(y[i]);
            spare[kept].index = (uint32_t)i;
            kept++;
        }
    }
    key *k = radix_sort(spare, spare + n, kept);
    uint32_t n_distinct = 0;
    for (size_t i = 0; i < kept; i++) {
        if (i == 0 || k[i].order != k[i - 1].order) {
            sorted[n_distinct++] = value_of(k[i].order);
        }
        rank[k[i].index] = (uint16_t)(n_distinct - 1);
    }
    return n_distinct;
}

typedef struct rank_work {
    rqa__bits_field *f;
    const atomic_int *cancel;
} rank_work;

static int rank_job(void *arg, size_t job, unsigned worker)
{
    const rank_work *work = arg;
    rqa__bits_field *f = work->f;
    (void)worker;
    if (rqa__is_cancelled(work->cancel)) {
        return RQA_ERROR_CANCELLED;
    }
    size_t window = job % f->n_windows;
    const double *y = f->y[job / f->n_windows];
    uint16_t *rank = f->rank + job * f->window_size;
    size_t begin = window * f->hop;
    size_t end = begin + f->window_size < f->n_padded ? begin + f->window_size : f->n_padded;
    size_t from = begin > f->pad ? begin : f->pad;
    size_t to = end < f->pad + f->n_y ? end : f->pad + f->n_y;
    for (size_t i = 0; i < f->window_size; i++) {
        rank[i] = RANK_MISSING;
    }
    f->n_sorted[job] = 0;
    if (from < to) {
        key *spare = rqa__alloc_array(2 * (to - from), sizeof *spare);
        if (spare == NULL) {
            return RQA_ERROR_MEMORY;
        }
        f->n_sorted[job] = rank_window(rank + (from - begin), f->sorted + job * f->window_size,
                                       y + (from - f->pad), to - from, spare);
        rqa__free(spare);
    }
    return 0;
}

static int create_ranks(rqa__bits_run *run, rqa__bits_field *f)
{
    f->window_size = f->n_padded <= MOST_RANKS ? f->n_padded : MOST_RANKS;
    f->hop = f->n_padded <= MOST_RANKS ? f->n_padded : MOST_RANKS - (size_t)RQA__BITS_PAD;
    f->n_windows = (f->n_padded + f->hop - 1) / f->hop;
    size_t n_jobs = f->n_windows * f->n_channels;
    f->rank = rqa__alloc_array(n_jobs, f->window_size * sizeof *f->rank);
    f->sorted = rqa__alloc_array(n_jobs, f->window_size * sizeof *f->sorted);
    f->n_sorted = rqa__alloc_array(n_jobs, sizeof *f->n_sorted);
    if (f->rank == NULL || f->sorted == NULL || f->n_sorted == NULL) {
        return RQA_ERROR_MEMORY;
    }
    rank_work work = {f, run->cancel};
    if (run->n_workers > 1 && n_jobs > 1) {
        return run->parallel->run(run->parallel->pool, n_jobs, rank_job, &work);
    }
    int status = 0;
    for (size_t job = 0; job < n_jobs && status == 0; job++) {
        status = rank_job(&work, job, 0);
    }
    return status;
}

/* ---- both ---- */

/* The largest t with fl(t * t) <= bound: by halving, since near the underflow threshold it may be
 * far from the square root. Non-negative doubles are ordered as their bit patterns are. */
static double root_below(double bound)
{
    uint64_t yes = 0;
    uint64_t no = UINT64_C(0x7ff0000000000000);
    double t;
    if (isinf(bound)) {
        return bound;
    }
    while (no - yes > 1) {
        uint64_t half = yes + (no - yes) / 2;
        memcpy(&t, &half, sizeof t);
        if (t * t <= bound) {
            yes = half;
        } else {
            no = half;
        }
    }
    memcpy(&t, &yes, sizeof t);
    return t;
}

void rqa__bits_field_set_row(rqa__bits_field *f, size_t row, double bound)
{
    rqa__bits_row_band *band = &f->row[row];
    if (!f->by_rank)
        rqa__bits_sum_band(f, bound, &band->sum.lo, &band->sum.hi);
    else
        band->rank_bound =
            f->norm == RQA__NORM_EUCLIDEAN && bound > 0 ? root_below(bound) : bound;
}

static int set_rows(rqa__bits_field *f, size_t n)
{
    if (f->n_rows_allocated < n) {
        rqa__free(f->row);
        f->n_rows_allocated = 0;
        f->row = rqa__alloc_array(n, sizeof *f->row);
        if (f->row == NULL) {
            return RQA_ERROR_MEMORY;
        }
        f->n_rows_allocated = n;
    }
    for (size_t i = 0; i < n; i++) {
        rqa__bits_field_set_row(f, i, f->own[i]);
    }
    return 0;
}

static double largest(const double *v, size_t n)
{
    double most = v[0];
    for (size_t i = 1; i < n; i++) {
        most = v[i] > most ? v[i] : most;
    }
    return most;
}

static int query_low(rqa__bits_run *run, unsigned k, uint32_t dim, const rqa__limits *limits)
{
    rqa__bits_field *f = &run->field[k], *low = &run->low[k];
    low->own = limits->below == NULL ? limits->untied : NULL;
    const double bound = low->own != NULL ? largest(low->own, run->n_x) : limits->below[0];
    int status = rqa__bits_field_query(run, low, dim, bound);
    if (status == 0 && low->own != NULL) {
        status = set_rows(low, run->n_x);
    }
    f->low = low;
    f->last = low->own != NULL ? limits->last : NULL;
    return status;
}

int rqa__bits_field_query_limited(rqa__bits_run *run, unsigned k, uint32_t dim, double bound)
{
    const rqa__limits *limits = k == 0 ? run->task->limits : run->task->limits_y;
    rqa__bits_field *f = &run->field[k];
    f->own = limits != NULL ? limits->columns : NULL;
    int status = rqa__bits_field_query(run, f, dim, bound);
    if (status == 0 && f->own != NULL) {
        status = set_rows(f, run->n_x);
    }
    if (status == 0 && limits != NULL && (limits->below != NULL || limits->last != NULL)) {
        status = query_low(run, k, dim, limits);
    }
    return status;
}

int rqa__bits_field_query(const rqa__bits_run *run, rqa__bits_field *f, uint32_t dim, double bound)
{
    /* A sum that has one term, or must vanish, bounds each term by itself: its square rises with
     * the difference, and a sum of non-negative terms is 0 iff all are. */
    int alone = (size_t)dim * f->n_channels == 1 || bound == 0;
    f->dim = dim;
    f->bound = bound;
    f->by_rank = f->norm == RQA__NORM_MAXIMUM || alone;
    if (f->by_rank) {
        f->rank_bound = f->norm == RQA__NORM_EUCLIDEAN ? root_below(bound) : bound;
        return 0;
    }
    return rqa__bits_query_sums(run, f);
}

static int ranks_needed(const rqa__bits_run *run, const rqa__side *x, int of_y)
{
    int needed = run->task->norm == RQA__NORM_MAXIMUM || run->task->limits != NULL;
    for (uint32_t d = 0; d < run->task->n_dims; d++) {
        needed |= (size_t)x->dims[d] * x->n_channels == 1;
        for (uint32_t t = 0; t < run->task->n_thresholds; t++) {
            needed |= rqa__task_bounds(run->task, of_y, d)[t] == 0;
        }
    }
    return needed;
}

static int sums_needed(const rqa__bits_run *run, const rqa__side *x)
{
    return run->task->norm != RQA__NORM_MAXIMUM &&
           (size_t)x->dims[run->task->n_dims - 1] * x->n_channels > 1;
}

static int create_field(rqa__bits_run *run, rqa__bits_field *f, const rqa__side *x,
                        const rqa__side *y, int of_y)
{
    const rqa__task *task = run->task;
    f->norm = task->norm;
    f->n_channels = x->n_channels;
    f->delay_x = x->delay;
    f->delay_y = y->delay;
    f->x = x->channel;
    f->y = y->channel;
    f->n_x = x->n_samples;
    f->n_y = y->n_samples;
    size_t spread = f->n_x + f->n_y < (size_t)RQA__BITS_PAD ? f->n_x + f->n_y + 128
                                                            : (size_t)RQA__BITS_PAD;
    f->pad = run->symmetric ? 0 : spread;
    f->n_padded = f->pad + f->n_y + spread;
    if (ranks_needed(run, x, of_y)) {
        int status = create_ranks(run, f);
        if (status != 0) {
            return status;
        }
    }
    if (sums_needed(run, x)) {
        f->q_x = rqa__alloc_array(f->n_x, f->n_channels * sizeof *f->q_x);
        f->q_y = rqa__alloc_array(f->n_padded, f->n_channels * sizeof *f->q_y);
        if (f->q_x == NULL || f->q_y == NULL) {
            return RQA_ERROR_MEMORY;
        }
    }
    return 0;
}

int rqa__bits_fields_create(rqa__bits_run *run)
{
    const rqa__task *task = run->task;
    int status = 0;
    for (unsigned k = 0; k < run->n_fields && status == 0; k++) {
        const rqa__side *x = k == 0 ? &task->x : &task->y;
        const rqa__side *y = task->relation == RQA__RELATION_CROSS ? &task->y : x;
        const rqa__limits *limits = k == 0 ? task->limits : task->limits_y;
        status = create_field(run, &run->field[k], x, y, (int)k);
        if (status == 0 && limits != NULL && (limits->below != NULL || limits->last != NULL)) {
            status = create_field(run, &run->low[k], x, y, (int)k);
        }
    }
    return status;
}

static void destroy_field(rqa__bits_field *f)
{
    rqa__free(f->rank);
    rqa__free(f->sorted);
    rqa__free(f->n_sorted);
    rqa__free(f->q_x);
    rqa__free(f->q_y);
    rqa__free(f->row);
}

void rqa__bits_fields_destroy(rqa__bits_run *run)
{
    for (unsigned k = 0; k < 2; k++) {
        destroy_field(&run->field[k]);
        destroy_field(&run->low[k]);
    }
}

size_t rqa__bits_ring_bytes(const rqa__bits_field *f, size_t n_rows, size_t width)
{
    size_t n_panels = (width + RQA__BITS_PANEL - 1) / RQA__BITS_PANEL;
    return n_rows * (f->by_rank ? rqa__bits_stride(width) * sizeof(uint64_t)
                                : n_panels * RQA__BITS_PANEL_STRIDE * sizeof(uint16_t));
}

size_t rqa__bits_ring_rows(const rqa__bits_field *f, size_t width)
{
    const size_t most = (size_t)1 << 19; /* bytes: a part of L2 */
    size_t span = (f->dim - 1) * f->delay_x;
    if (f->delay_x != f->delay_y || f->dim == 1 || (f->by_rank && f->own != NULL)) {
        return 0;
    }
    size_t n = 1;
    for (size_t need = span + (f->by_rank ? (size_t)RQA__BITS_ROWS : 1); n < need; n *= 2) {
        if (n > most) {
            return 0;
        }
    }
    return rqa__bits_ring_bytes(f, n, width) <= most ? n : 0;
}
