/* brute.c - the recurrence matrix by the textbook formula, scalings and units. */
#include "brute.h"

#include <math.h>
#include <stdlib.h>

size_t brute_n_vectors(const brute_series *series)
{
    size_t reach = (size_t)(series->dim - 1) * series->delay;
    return series->n_samples > reach ? series->n_samples - reach : 0;
}

double brute_distance(const brute_series *x, size_t i, const brute_series *y, size_t j,
                      int32_t norm)
{
    double sum = 0, largest = 0;
    for (uint32_t k = 0; k < x->dim; k++) {
        for (size_t c = 0; c < x->n_channels; c++) {
            double a = x->value[(i + (size_t)k * x->delay) * x->n_channels + c];
            double b = y->value[(j + (size_t)k * y->delay) * y->n_channels + c];
            if (!isfinite(a) || !isfinite(b))
                return NAN;
            double difference = fabs(a - b);
            if (difference > largest)
                largest = difference;
            double term = norm == RQA_NORM_EUCLIDEAN ? difference * difference : difference;
            sum = sum + term;
        }
    }
    if (norm == RQA_NORM_MAXIMUM)
        return largest;
    return norm == RQA_NORM_EUCLIDEAN ? sqrt(sum) : sum;
}

static int recurs(double distance, int32_t compare, double threshold)
{
    return compare == RQA_COMPARE_LT ? distance < threshold : distance <= threshold;
}

brute_matrix brute_recurrence(const brute_series *x, const brute_series *y, int32_t relation,
                              int32_t norm, int32_t compare, double threshold, double threshold_y)
{
    if (threshold_y < 0)
        threshold_y = threshold;
    if (!y)
        y = x;
    brute_matrix m = {.nx = brute_n_vectors(x),
                      .ny = brute_n_vectors(y),
                      .samples_x = x->n_samples,
                      .samples_y = y->n_samples};
    m.cell = calloc(m.nx * m.ny + 1, 1);
    m.gone_x = calloc(m.nx + 1, 1);
    m.gone_y = calloc(m.ny + 1, 1);
    for (size_t i = 0; i < m.nx; i++)
        m.gone_x[i] = (uint8_t)isnan(brute_distance(x, i, x, i, norm));
    for (size_t j = 0; j < m.ny; j++)
        m.gone_y[j] = (uint8_t)isnan(brute_distance(y, j, y, j, norm));
    for (size_t i = 0; relation == RQA_RELATION_JOINT && i < m.nx; i++)
        m.gone_x[i] = m.gone_y[i] = m.gone_x[i] || m.gone_y[i];
    for (size_t j = 0; j < m.ny; j++) {
        for (size_t i = 0; i < m.nx; i++) {
            int black;
            if (relation == RQA_RELATION_JOINT)
                black = recurs(brute_distance(x, i, x, j, norm), compare, threshold) &&
                        recurs(brute_distance(y, i, y, j, norm), compare, threshold_y);
            else
                black = recurs(brute_distance(x, i, y, j, norm), compare, threshold);
            m.cell[j * m.nx + i] = (uint8_t)black;
        }
    }
    return m;
}

static size_t n_set(const uint8_t *flag, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; flag && i < n; i++)
        count += flag[i];
    return count;
}

int brute_all_skipped(const brute_matrix *matrix)
{
    return n_set(matrix->gone_x, matrix->nx) == matrix->nx ||
           n_set(matrix->gone_y, matrix->ny) == matrix->ny;
}

void brute_matrix_free(brute_matrix *matrix)
{
    free(matrix->cell);
    free(matrix->gone_x);
    free(matrix->gone_y);
    matrix->cell = matrix->gone_x = matrix->gone_y = NULL;
}

/* Mean and sum of squared deviations of one channel, without the missing samples. */
static void moments(const double *value, size_t n_samples, size_t n_channels, size_t channel,
                    double *mean, double *squares, size_t *n)
{
    double sum = 0;
    *n = 0;
    for (size_t i = 0; i < n_samples; i++)
        if (isfinite(value[i * n_channels + channel])) {
            sum += value[i * n_channels + channel];
            ++*n;
        }
    *mean = sum / (double)*n;
    *squares = 0;
    for (size_t i = 0; i < n_samples; i++)
        if (isfinite(value[i * n_channels + channel])) {
            double deviation = value[i * n_channels + channel] - *mean;
            *squares += deviation * deviation;
        }
}

double brute_std(const brute_series *x)
{
    double variance = 0;
    for (size_t c = 0; c < x->n_channels; c++) {
        double mean, squares;
        size_t n;
        moments(x->value, x->n_samples, x->n_channels, c, &mean, &squares, &n);
        variance += squares / (double)(n - 1);
    }
    return sqrt(variance / (double)x->n_channels);
}

void brute_diameter(const brute_series *x, const brute_series *y, int32_t norm, double *largest,
                    double *mean)
{
    const brute_series *other = y ? y : x;
    double sum = 0;
    size_t n = 0;
    *largest = 0;
    for (size_t i = 0; i < brute_n_vectors(x); i++)
        for (size_t j = 0; j < brute_n_vectors(other); j++) {
            double distance = brute_distance(x, i, other, j, norm);
            if ((!y && i == j) || isnan(distance))
                continue;
            if (distance > *largest)
                *largest = distance;
            sum += distance;
            n++;
        }
    *mean = n ? sum / (double)n : 0;
}

static void spread_missing(double *value, size_t n_samples, size_t n_channels)
{
    for (size_t i = 0; i < n_samples; i++) {
        int missing = 0;
        for (size_t c = 0; c < n_channels; c++)
            missing |= !isfinite(value[i * n_channels + c]);
        for (size_t c = 0; missing && c < n_channels; c++)
            value[i * n_channels + c] = NAN;
    }
}

void brute_scale(double *value, size_t n_samples, size_t n_channels, int32_t normalization)
{
    spread_missing(value, n_samples, n_channels);
    if (normalization == RQA_NORMALIZATION_NONE)
        return;
    for (size_t c = 0; c < n_channels; c++) {
        double mean, squares, smallest = INFINITY, largest = -INFINITY;
        size_t n;
        moments(value, n_samples, n_channels, c, &mean, &squares, &n);
        for (size_t i = 0; i < n_samples; i++) {
            smallest = fmin(smallest, value[i * n_channels + c]);
            largest = fmax(largest, value[i * n_channels + c]);
        }
        double origin = mean, unit = sqrt(squares / (double)n);
        if (normalization == RQA_NORMALIZATION_ZSCORE)
            unit = sqrt(squares / (double)(n - 1));
        if (normalization == RQA_NORMALIZATION_UNIT) {
            origin = smallest;
            unit = largest - smallest;
        }
        for (size_t i = 0; i < n_samples; i++)
            value[i * n_channels + c] = (value[i * n_channels + c] - origin) / unit;
    }
}
