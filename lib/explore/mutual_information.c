/* mutual_information.c - average mutual information by fixed bins. */
#include "explore/mutual_information.h"

#include <math.h>

#include "base/logarithm.h"
#include "base/memory.h"

enum {
    MOST_BINS = 256,
    HISTOGRAMS = 4,     /* in turn, so that a count never waits for the one before it */
    STRETCH = 1 << 19   /* samples between two looks */
};

typedef struct lags {
    const uint8_t *code;
    size_t n;
    uint32_t bins;
    const atomic_int *cancel;
    uint32_t *counts; /* for each worker: HISTOGRAMS of bins x bins, then two of bins */
    double *out;
} lags;

static size_t counts_of_worker(uint32_t bins)
{
    return (size_t)HISTOGRAMS * bins * bins + 2 * (size_t)bins;
}

static uint8_t *codes_of(const double *values, size_t n, uint32_t bins, uint32_t *n_filled)
{
    uint8_t *code = rqa__alloc(n), seen[MOST_BINS] = {0};
    double least = values[0], most = values[0];
    if (!code)
        return NULL;
    for (size_t t = 0; t < n; t++) {
        least = values[t] < least ? values[t] : least;
        most = values[t] > most ? values[t] : most;
    }
    for (size_t t = 0; t < n; t++) {
        const double bin =
            most > least ? floor((values[t] - least) / (most - least) * (double)bins) : 0;
        code[t] = (uint8_t)(bin < (double)(bins - 1) ? bin : (double)(bins - 1));
        seen[code[t]] = 1;
    }
    *n_filled = 0;
    for (size_t b = 0; b < MOST_BINS; b++)
        *n_filled += seen[b];
    return code;
}

static void count(uint32_t *joint, size_t size, uint32_t bins, const uint8_t *a, const uint8_t *b,
                  size_t n)
{
    size_t t = 0;
    for (; t + HISTOGRAMS <= n; t += HISTOGRAMS)
        for (size_t h = 0; h < HISTOGRAMS; h++)
            joint[h * size + a[t + h] * bins + b[t + h]]++;
    for (; t < n; t++)
        joint[a[t] * bins + b[t]]++;
}

static double information(uint32_t *joint, size_t size, uint32_t bins, size_t n)
{
    uint32_t *of_a = joint + HISTOGRAMS * size, *of_b = of_a + bins;
    const double all = (double)n, ln_all = rqa__ln(all);
    double ln_a[MOST_BINS], ln_b[MOST_BINS], sum = 0;
    for (uint32_t a = 0; a < bins; a++)
        for (uint32_t b = 0; b < bins; b++) {
            uint32_t *cell = joint + a * bins + b;
            for (size_t h = 1; h < HISTOGRAMS; h++)
                *cell += cell[h * size];
            of_a[a] += *cell;
            of_b[b] += *cell;
        }
    for (uint32_t a = 0; a < bins; a++) {
        ln_a[a] = of_a[a] ? rqa__ln(of_a[a]) : 0;
        ln_b[a] = of_b[a] ? rqa__ln(of_b[a]) : 0;
    }
    for (uint32_t a = 0; a < bins; a++)
        for (uint32_t b = 0; b < bins; b++) {
            const double n_ab = joint[a * bins + b];
            if (n_ab > 0)
                sum += n_ab / all * (rqa__ln(n_ab) + ln_all - ln_a[a] - ln_b[b]);
        }
    return sum > 0 ? sum : 0;
}

static int one_lag(void *arg, size_t lag, unsigned worker)
{
    const lags *l = arg;
    const size_t n = l->n - lag, size = (size_t)l->bins * l->bins, all = counts_of_worker(l->bins);
    uint32_t *joint = l->counts + worker * all;
    for (size_t k = 0; k < all; k++)
        joint[k] = 0;
    for (size_t t = 0; t < n; t += STRETCH) {
        int status = rqa__explore_look(l->cancel);
        if (status)
            return status;
        count(joint, size, l->bins, l->code + t, l->code + t + lag,
              n - t < STRETCH ? n - t : STRETCH);
    }
    l->out[lag] = information(joint, size, l->bins, n);
    return RQA_OK;
}

int rqa__mutual_information(const rqa__explore_crew *crew, const double *values, size_t n,
                            uint32_t bins, size_t max_lag, double *out, uint32_t *n_filled)
{
    lags l = {.n = n, .bins = bins, .cancel = crew->cancel, .out = out};
    uint8_t *code = codes_of(values, n, bins, n_filled);
    l.code = code;
    l.counts = rqa__alloc_array(rqa__pool_n_workers(crew->pool) * counts_of_worker(bins),
                                sizeof *l.counts);
    int status = code && l.counts ? rqa__pool_run(crew->pool, max_lag + 1, one_lag, &l)
                                  : rqa__fail_memory("the histograms of the mutual information");
    rqa__free(code);
    rqa__free(l.counts);
    return status;
}
