/* engine_bits_ranks.c - the samples of y as their ranks among those nearby. */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

#include <math.h>
#include <string.h>

/* Ranks 0 .. 65533 are real; 65534 never occurs and 65535 stands for a missing sample. */
enum { MOST_RANKS = 65534, RANK_MISSING = 65535 };

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

static size_t spare_bytes(size_t n)
{
    return 2 * n * sizeof(key);
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
        key *spare = rqa__alloc(spare_bytes(to - from));
        if (spare == NULL) {
            return RQA_ERROR_MEMORY;
        }
        f->n_sorted[job] = rank_window(rank + (from - begin), f->sorted + job * f->window_size,
                                       y + (from - f->pad), to - from, spare);
        rqa__free(spare);
    }
    return 0;
}

size_t rqa__bits_n_ranked(const rqa__bits_field *f)
{
    return f->n_windows * f->n_channels;
}

void rqa__bits_ranks_measure(rqa__bits_field *f)
{
    const int is_short = f->n_padded <= MOST_RANKS;
    f->window_size = is_short ? f->n_padded : MOST_RANKS;
    f->hop = is_short ? f->n_padded : MOST_RANKS - (size_t)RQA__BITS_PAD;
    f->n_windows = (f->n_padded + f->hop - 1) / f->hop;
}

size_t rqa__bits_ranks_bytes(const rqa__bits_field *f, unsigned n_workers)
{
    return rqa__smaller(rqa__bits_n_ranked(f), n_workers) * spare_bytes(f->window_size);
}

int rqa__bits_ranks_make(rqa__bits_field *f, const rqa__parallel *parallel,
                         const atomic_int *cancel)
{
    const size_t n_jobs = rqa__bits_n_ranked(f);
    rank_work work = {f, cancel};
    if (parallel != NULL && parallel->n_workers > 1 && n_jobs > 1) {
        return parallel->run(parallel->pool, n_jobs, rank_job, &work);
    }
    int status = 0;
    for (size_t job = 0; job < n_jobs && status == 0; job++) {
        status = rank_job(&work, job, 0);
    }
    return status;
}
