/* distance_ref.c - distances in plain C: the definition the SIMD levels must meet. */
#include "cpu/distance_table.h"

#include "kernels/distance_pair.h"

static void values(const rqa__distance_space *s, size_t i, size_t n, size_t j, double *out)
{
    for (size_t t = 0; t < n; t++)
        out[t] = pair_value(s, i + t, j);
}

static double largest(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                      double least)
{
    for (size_t t = 0; t < n; t++)
        least = pair_largest(s, i + t, j, n_j, least);
    return least;
}

static void add(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j, double *sum)
{
    for (size_t t = 0; t < n; t++)
        sum[t] = pair_sum(s, i + t, j, n_j, sum[t]);
}

const rqa__distance_kernels rqa__distance_ref = {values, largest, add};
