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

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { RQA__BOXES = 8, RQA__NEAR_PAIRS = 256 };

typedef struct rqa__distance_space {
    const double *const *x; /* n_channels arrays */
    const double *const *y;
    size_t x_delay;
    size_t y_delay;
    uint32_t n_channels;
    uint32_t dim;
    uint32_t norm; /* 0 maximum, 1 Euclidean, 2 Manhattan */
} rqa__distance_space;

/* The distance of a pair with that value. */
static inline double rqa__value_distance(uint32_t norm, double value)
{
    return norm == 1 ? sqrt(value) : value;
}

/* Vectors of one recording in whole numbers, for what leaves out the pairs that are not near in any
 * dimension. Numbers are points of a circle of 65536: the size of a difference is the shorter way
 * round. The value of a pair in a dimension is, in the maximum norm, the largest size; in the
 * Euclidean one the sum, up to 65535, of floor(min(2 size, 65535)^2 / 65536). */
typedef struct rqa__near_space {
    const uint16_t *const *x; /* n_channels arrays */
    size_t delay;
    uint32_t n_channels;
    uint32_t first_dim, last_dim; /* those that are asked about */
    const uint16_t *most[2];      /* by norm, 0 maximum and 1 Euclidean: [dim - first_dim] by
                                     most_stride: of each vector the value up to which one is near */
    size_t most_stride;
    uint16_t *terms; /* [2 * NEAR_PAIRS * last_dim], the kernel's own */
} rqa__near_space;

/* Where pairs go: those with a value up to `low` are counted, the distances of the others up to `high`
 * are appended by rising bit. There is room for 8 more than the pairs asked for. */
typedef struct rqa__distance_band {
    double low, high;
    uint64_t n_below;
    double *out;
    size_t n;
} rqa__distance_band;

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
    /* row[t] += the distance of the pair (i + t, j + u) for u = 0, 1, ... n_j - 1 in this order, and
     * column[u] += the same for t = 0, 1, ... n - 1; what is NaN is passed over. */
    void (*add_both)(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                     double *row, double *column);
    /* Of the pairs (i + c, j + r) whose bit 8 r + c of `cells` is set. */
    void (*band)(const rqa__distance_space *s, size_t i, size_t j, uint64_t cells,
                 rqa__distance_band *band);
    /* out[c] = the value of the point and the nearest place of box c, c < BOXES; of coordinate k,
     * box[2 k BOXES + c] is its lower side and box[(2 k + 1) BOXES + c] its upper one. Nothing is
     * NaN. Never above the value of the point and one in the box: each operation is monotonic. */
    void (*boxes)(const double *box, const double *point, uint32_t n_coordinates, uint32_t norm,
                  double *out);
    /* out bit t = whether in a dimension and norm the value of the pair (i + t, j + t) is at most the
     * larger of the two that are allowed, t < n <= NEAR_PAIRS; bits behind are 0. */
    void (*near_pairs)(const rqa__near_space *s, size_t i, size_t j, size_t n, uint64_t *out);
    uint32_t near_lanes; /* pairs that near_pairs() takes at once */
} rqa__distance_kernels;

/* near_pairs() of the levels that have none of their own. */
void rqa__near_ref(const rqa__near_space *s, size_t i, size_t j, size_t n, uint64_t *out);

extern const rqa__distance_kernels rqa__distance_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__distance_kernels rqa__distance_avx2;
extern const rqa__distance_kernels rqa__distance_avx512;
#elif defined(__aarch64__)
extern const rqa__distance_kernels rqa__distance_neon;
#endif

#endif
