/* sample_summary.c - mean, deviation, quantiles and rank. */
#include "resample/sample_summary.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

rqa__sample_summary rqa__sample_summarize(const double *draw, size_t n_draws, double *sorted)
{
    rqa__sample_summary s = {.mean = NAN, .std = NAN};
    double sum = 0, squares = 0;
    for (size_t k = 0; k < n_draws; k++)
        if (!isnan(draw[k]))
            sorted[s.n++] = draw[k];
    for (size_t k = 0; k < s.n; k++)
        sum += sorted[k];
    if (s.n)
        s.mean = sum / (double)s.n;
    for (size_t k = 0; k < s.n; k++)
        squares += (sorted[k] - s.mean) * (sorted[k] - s.mean);
    if (s.n > 1)
        s.std = sqrt(squares / (double)(s.n - 1));
    if (s.n)
        qsort(sorted, s.n, sizeof *sorted, by_value);
    return s;
}

double rqa__quantile(const double *sorted, size_t n, double p)
{
    if (n == 0)
        return NAN;
    const double at = (double)(n - 1) * p, low = floor(at);
    const size_t k = (size_t)low;
    if (k + 1 >= n || at == low)
        return sorted[k < n ? k : n - 1];
    return sorted[k] + (at - low) * (sorted[k + 1] - sorted[k]);
}

size_t rqa__count_from(const double *sorted, size_t n, double value)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t k = low + (high - low) / 2;
        if (sorted[k] < value)
            low = k + 1;
        else
            high = k;
    }
    return n - low;
}
