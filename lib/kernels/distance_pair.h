/* distance_pair.h - distances pair by pair: all of the reference, and what a vector has no lanes for.
 */
#include "cpu/distance_table.h"

#include <math.h>

static inline double pair_value(const rqa__distance_space *s, size_t i, size_t j)
{
    double value = 0;
    for (uint32_t k = 0; k < s->dim; k++)
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const double difference = s->x[c][i + k * s->x_delay] - s->y[c][j + k * s->y_delay];
            const double size = fabs(difference);
            if (s->norm == 1)
                value += difference * difference;
            else if (s->norm == 2)
                value += size;
            else if (!(size <= value)) /* lets a NaN in */
                value = isnan(value) ? value : size;
        }
    return value;
}

static inline double pair_largest(const rqa__distance_space *s, size_t i, size_t j, size_t n_j,
                                  double least)
{
    for (size_t u = 0; u < n_j; u++) {
        const double value = pair_value(s, i, j + u);
        least = value > least ? value : least;
    }
    return least;
}

static inline double pair_sum(const rqa__distance_space *s, size_t i, size_t j, size_t n_j,
                              double sum)
{
    for (size_t u = 0; u < n_j; u++) {
        const double value = pair_value(s, i, j + u);
        if (!isnan(value))
            sum += s->norm == 1 ? sqrt(value) : value;
    }
    return sum;
}

/* The distance of a pair, or 0 where it is not a number. */
static inline double pair_distance(const rqa__distance_space *s, size_t i, size_t j)
{
    const double value = pair_value(s, i, j);
    return isnan(value) ? 0 : s->norm == 1 ? sqrt(value) : value;
}

static inline void pair_sums(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                             double *row, double *column)
{
    for (size_t u = 0; u < n_j; u++)
        for (size_t t = 0; t < n; t++) {
            const double distance = pair_distance(s, i + t, j + u);
            row[t] += distance;
            column[u] += distance;
        }
}

static inline void pair_band(const rqa__distance_space *s, size_t i, size_t j, uint64_t cells,
                             rqa__distance_band *band)
{
    for (; cells; cells &= cells - 1) {
        const size_t bit = (size_t)__builtin_ctzll(cells);
        const double value = pair_value(s, i + bit % 8, j + bit / 8);
        if (value <= band->low)
            band->n_below++;
        else if (value <= band->high)
            band->out[band->n++] = rqa__value_distance(s->norm, value);
    }
}
