/* autocorrelation.c - the autocorrelation of one channel at many lags. */
#include "explore/autocorrelation.h"

#include <math.h>

#include "base/memory.h"
#include "data/series_scale.h"

enum { SUMS = 8, STRETCH = 1 << 19 }; /* samples between two looks, a multiple of SUMS */

typedef struct lags {
    const double *deviation;
    size_t n;
    const atomic_int *cancel;
    double *out;
} lags;

static void add_products(const double *a, const double *b, size_t n, double *sum)
{
    size_t t = 0;
    for (; t + SUMS <= n; t += SUMS)
        for (size_t u = 0; u < SUMS; u++)
            sum[u] += a[t + u] * b[t + u];
    for (; t < n; t++)
        sum[t % SUMS] += a[t] * b[t];
}

static int one_lag(void *arg, size_t lag, unsigned worker)
{
    const lags *l = arg;
    const size_t n = l->n - lag;
    double s[SUMS] = {0};
    (void)worker;
    for (size_t t = 0; t < n; t += STRETCH) {
        int status = rqa__explore_look(l->cancel);
        if (status)
            return status;
        add_products(l->deviation + t, l->deviation + t + lag, n - t < STRETCH ? n - t : STRETCH,
                     s);
    }
    l->out[lag] = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    return RQA_OK;
}

int rqa__autocorrelation(const rqa__explore_crew *crew, const double *values, size_t n,
                         size_t max_lag, double *out)
{
    rqa__moments moments;
    rqa__moments_of(values, n, &moments);
    double *deviation = rqa__alloc_array(n, sizeof *deviation);
    if (!deviation)
        return rqa__fail_memory("the deviations from the mean");
    for (size_t t = 0; t < n; t++)
        deviation[t] = ldexp(values[t], -moments.exponent) - moments.mean;
    lags l = {.deviation = deviation, .n = n, .cancel = crew->cancel, .out = out};
    int status = rqa__pool_run(crew->pool, max_lag + 1, one_lag, &l);
    rqa__free(deviation);
    if (status)
        return status;
    const double all = out[0];
    for (size_t lag = 0; lag <= max_lag; lag++)
        out[lag] /= all;
    return RQA_OK;
}
