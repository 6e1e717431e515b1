/* distance_ref.c - distances in plain C: the definition the SIMD levels must meet. */
#include "cpu/distance_table.h"

#include "kernels/distance_pair.h"
#include "kernels/near_one.h"

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

static void add_both(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                     double *row, double *column)
{
    pair_sums(s, i, n, j, n_j, row, column);
}

static void boxes(const double *box, const double *point, uint32_t n_coordinates, uint32_t norm,
                  double *out)
{
    for (size_t c = 0; c < RQA__BOXES; c++) {
        out[c] = 0;
        for (uint32_t k = 0; k < n_coordinates; k++) {
            const double below = box[2 * (size_t)k * RQA__BOXES + c] - point[k];
            const double above = point[k] - box[(2 * (size_t)k + 1) * RQA__BOXES + c];
            const double size = fmax(fmax(below, above), 0);
            if (norm == 1)
                out[c] += size * size;
            else if (norm == 2)
                out[c] += size;
            else
                out[c] = fmax(size, out[c]);
        }
    }
}

void rqa__near_ref(const rqa__near_space *s, size_t i, size_t j, size_t n, uint64_t *out)
{
    for (size_t q = 0; q < (n + 63) / 64; q++)
        out[q] = 0;
    near_one_by_one(s, i, j, n, out);
}

const rqa__distance_kernels rqa__distance_ref = {values,    largest, add,           add_both,
                                               pair_band, boxes,   rqa__near_ref, 1};
