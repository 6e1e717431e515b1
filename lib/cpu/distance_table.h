/* distance_table.h - the kernels that give distances themselves, where a bit or an index of a
 * threshold does not do: one table per instruction set.
 *
 * All work on vectors i, i+1, ... of x against one vector j of y. The value of a pair is the maximum
 * of the sizes of its differences (norm 0), the sum of their squares (1) or of their sizes (2): lag
 * by lag and within a lag channel by channel, every operation rounded to double, no fused
 * multiply-add. It is NaN where a sample of the pair is. Nothing is read but the samples of the
 * vectors named.
 */
#ifndef RQA_CPU_DISTANCE_TABLE_H
#define RQA_CPU_DISTANCE_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { RQA__BOXES = 8 };

typedef struct rqa__distance_space {
    const double *const *x; /* n_channels arrays */
    const double *const *y;
    size_t x_delay;
    size_t y_delay;
    uint32_t n_channels;
    uint32_t dim;
    uint32_t norm; /* 0 maximum, 1 Euclidean, 2 Manhattan */
} rqa__distance_space;

typedef struct rqa__distance_kernels {
    /* out[t] = the value of the pair (i + t, j), t < n. */
    void (*values)(const rqa__distance_space *s, size_t i, size_t n, size_t j, double *out);
    /* The largest value of the pairs (i + t, j + u), t < n, u < n_j, that is not NaN; or `least`,
     * where none is larger. */
    double (*largest)(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                      double least);
    /* sum[t] += the distance of the pair (i + t, j + u), which is the value, for Euclid its root,
     * for u = 0, 1, ... n_j - 1 in this order; what is NaN is passed over. */
    void (*add)(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                double *sum);
    /* out[c] = the value of the point and the nearest place of box c, c < BOXES; of coordinate k,
     * box[2 k BOXES + c] is its lower side and box[(2 k + 1) BOXES + c] its upper one. Nothing is
     * NaN. Never above the value of the point and one in the box: each operation is monotonic. */
    void (*boxes)(const double *box, const double *point, uint32_t n_coordinates, uint32_t norm,
                  double *out);
} rqa__distance_kernels;

extern const rqa__distance_kernels rqa__distance_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__distance_kernels rqa__distance_avx2;
extern const rqa__distance_kernels rqa__distance_avx512;
#elif defined(__aarch64__)
extern const rqa__distance_kernels rqa__distance_neon;
#endif

#endif
