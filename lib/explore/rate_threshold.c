/* rate_threshold.c - the smallest threshold that reaches a recurrence rate: the k-th smallest of all
 * distances, found by counting them in ever narrower brackets, without keeping them.
 *
 * The patterns of doubles that are not negative are ordered as the numbers are. Values are those of
 * the kernels (squares for Euclid), whose order their roots keep. */
#include "explore/rate_threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    BINS = 1 << 14,
    CHUNK = 64,        /* values that are looked at together */
    COLUMNS = 1024,    /* of one row at a time */
    ROWS = 32,         /* of a job */
    SAMPLE = 1 << 16,  /* pairs for the first bracket; so many may be kept at the end */
    SIGMAS = 6
};

typedef struct pass {
    const rqa__rate_question *q;
    const rqa__explore_crew *crew;
    uint64_t low, high; /* bracket of patterns, both ends in it */
    uint64_t width;     /* of a bin */
    uint64_t *count;    /* for each worker BINS, and one for what lies below the bracket */
    uint64_t n_below, n_within; /* of the bracket; n_within 0: not known */
    double *kept;       /* room for SAMPLE: once no more lie within, they themselves */
    atomic_size_t n_kept;
} pass;

static uint64_t pattern_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double value_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void count_values(pass *p, const double *value, size_t n, uint64_t *count)
{
    const double low = value_of(p->low), high = value_of(p->high);
    uint64_t n_below = 0, n_not_above = 0;
    for (size_t t = 0; t < n; t++) {
        n_below += value[t] < low;
        n_not_above += value[t] <= high;
    }
    count[BINS] += n_below;
    if (n_not_above == n_below)
        return;
    for (size_t t = 0; t < n; t++) {
        if (!(value[t] >= low && value[t] <= high))
            continue;
        if (p->n_within)
            p->kept[atomic_fetch_add_explicit(&p->n_kept, 1, memory_order_relaxed)] = value[t];
        else
            count[(pattern_of(value[t]) - p->low) / p->width]++;
    }
}

/* Cells j > i of some rows; the others have the same distances. */
static int count_rows(void *arg, size_t job, unsigned worker)
{
    pass *p = arg;
    const rqa__rate_question *q = p->q;
    const size_t n = q->n_vectors, begin = job * ROWS;
    uint64_t *count = p->count + worker * (BINS + 1);
    double value[COLUMNS];
    for (size_t j = begin; j < begin + ROWS && j < n; j++) {
        int status = rqa__explore_look(p->crew->cancel);
        if (status)
            return status;
        for (size_t i = j + q->exclusion; i < n; i += COLUMNS) {
            const size_t n_here = n - i < COLUMNS ? n - i : COLUMNS;
            p->crew->kernels->values(&q->space, i, n_here, j, value);
            for (size_t t = 0; t < n_here; t += CHUNK)
                count_values(p, value + t, n_here - t < CHUNK ? n_here - t : CHUNK, count);
        }
    }
    return RQA_OK;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Where the wanted one lies as a sample of the pairs has it: a guess, of no effect on the result. */
static void first_bracket(pass *p, double share)
{
    const size_t n = p->q->n_vectors, reach = n - p->q->exclusion;
    uint64_t draw = 1;
    for (size_t s = 0; s < SAMPLE;) {
        draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const size_t j = (size_t)((draw >> 32) % reach);
        draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const size_t i = p->q->exclusion + (size_t)((draw >> 32) % reach);
        if (i >= j + p->q->exclusion)
            p->crew->kernels->values(&p->q->space, i, 1, j, &p->kept[s++]);
    }
    qsort(p->kept, SAMPLE, sizeof *p->kept, compare);
    const double centre = share * SAMPLE, spread = SIGMAS * sqrt(centre * (1 - share)) + 1;
    const double first = centre - spread, last = centre + spread;
    p->low = first < 1 ? 0 : pattern_of(p->kept[(size_t)first]);
    p->high = last >= SAMPLE ? pattern_of(INFINITY) : pattern_of(p->kept[(size_t)last]);
}

static int run(pass *p)
{
    p->width = (p->high - p->low) / BINS + 1;
    atomic_store(&p->n_kept, 0);
    memset(p->count, 0, rqa__pool_n_workers(p->crew->pool) * (BINS + 1) * sizeof *p->count);
    return rqa__pool_run(p->crew->pool, (p->q->n_vectors + ROWS - 1) / ROWS, count_rows, p);
}

/* One pass: narrows the bracket to the bin of the wanted rank, or moves it where the rank is. */
static int narrow(pass *p, uint64_t rank)
{
    uint64_t *all = p->count;
    int status = run(p);
    if (status)
        return status;
    for (unsigned w = 1; w < rqa__pool_n_workers(p->crew->pool); w++)
        for (size_t b = 0; b <= BINS; b++)
            all[b] += p->count[w * (BINS + 1) + b];
    uint64_t before = all[BINS];
    if (rank <= before) {
        p->high = p->low - 1;
        p->low = 0;
        return RQA_OK;
    }
    for (size_t b = 0; b < BINS; b++) {
        if (rank > before + all[b]) {
            before += all[b];
            continue;
        }
        const uint64_t end = p->low + (b + 1) * p->width - 1;
        p->low += b * p->width;
        p->high = end < p->high ? end : p->high;
        p->n_below = before;
        p->n_within = all[b] <= SAMPLE ? all[b] : 0;
        return RQA_OK;
    }
    p->low = p->high + 1;
    p->high = pattern_of(INFINITY);
    return RQA_OK;
}

/* The last pass keeps the few that lie within. */
static int pick(pass *p, uint64_t rank, double *value)
{
    int status = run(p);
    if (status)
        return status;
    qsort(p->kept, (size_t)p->n_within, sizeof *p->kept, compare);
    *value = p->kept[rank - p->n_below - 1];
    return RQA_OK;
}

/* Of the distinct pairs; each is two cells. */
static uint64_t rank_of(double rate, uint64_t n_pairs)
{
    const double n_cells = 2 * (double)n_pairs;
    uint64_t k = (uint64_t)(rate * n_cells);
    k = k < 1 ? 1 : k;
    while (k > 1 && (double)(k - 1) / n_cells >= rate)
        k--;
    while ((double)k / n_cells < rate)
        k++;
    return (k + 1) / 2;
}

static int find(pass *p, uint64_t rank, uint64_t n_pairs, double *value)
{
    int status = RQA_OK;
    first_bracket(p, (double)rank / (double)n_pairs);
    while (!status && p->low < p->high && !p->n_within)
        status = narrow(p, rank);
    if (status)
        return status;
    if (p->low < p->high)
        return pick(p, rank, value);
    *value = value_of(p->low);
    return RQA_OK;
}

int rqa__rate_threshold(const rqa__explore_crew *crew, const rqa__rate_question *question,
                        double *out)
{
    pass p = {.q = question, .crew = crew};
    *out = NAN;
    if (question->n_vectors <= question->exclusion)
        return RQA_OK;
    const uint64_t reach = question->n_vectors - question->exclusion;
    const uint64_t n_pairs = reach * (reach + 1) / 2, rank = rank_of(question->rate, n_pairs);
    double value = NAN;
    p.count = rqa__alloc_array((size_t)rqa__pool_n_workers(crew->pool) * (BINS + 1),
                               sizeof *p.count);
    p.kept = rqa__alloc_array(SAMPLE, sizeof *p.kept);
    int status = p.count && p.kept ? find(&p, rank, n_pairs, &value)
                                   : rqa__fail_memory("the counts of the distances");
    rqa__free(p.count);
    rqa__free(p.kept);
    *out = question->space.norm == 1 ? sqrt(value) : value;
    return status;
}
