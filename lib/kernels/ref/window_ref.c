/* window_ref.c - the kernels of a moving window in plain C. */
#include "cpu/window_table.h"

#include <math.h>

enum { LANES = 1 };
typedef double window_vector;

static inline double zero(void)
{
    return 0;
}

static inline double load(const double *p)
{
    return *p;
}

static inline double fill(double a)
{
    return a;
}

static inline double minus(double a, double b)
{
    return a - b;
}

static inline double plus(double a, double b)
{
    return a + b;
}

static inline double times(double a, double b)
{
    return a * b;
}

static inline double size_of(double a)
{
    return fabs(a);
}

static inline double over(double a, double b)
{
    return a / b;
}

static inline double widen(const uint32_t *p)
{
    return *p;
}

static inline void store(double *p, double a)
{
    *p = a;
}

static inline double ramp(void)
{
    return 0;
}

static inline uint64_t within(double a, double b)
{
    return a <= b;
}

#include "kernels/window_tpl.h"

static void add_offsets(uint32_t *points, const uint64_t *row, size_t n_words, uint32_t by)
{
    for (size_t q = 0; q < n_words; q++)
        for (uint64_t bits = row[q]; bits; bits &= bits - 1)
            points[64 * q + (size_t)__builtin_ctzll(bits)] += by;
}

static size_t classes(rqa__window_class *out, const rqa__window_terms *terms, uint64_t *blocks,
                      size_t n)
{
    size_t n_out = 0;
    for (size_t b = 0; b * RQA__WINDOW_BLOCK < n; b++) {
        const size_t t0 = b * RQA__WINDOW_BLOCK, n_before = n_out;
        if (!(blocks[b / 64] >> b % 64 & 1))
            continue;
        for (size_t t = t0; t < t0 + RQA__WINDOW_BLOCK && t < n; t++) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < terms->n_terms; k++)
                sum += block_of(terms, k, (uint32_t)t0)[t - t0];
            if (sum)
                out[n_out++] = (rqa__window_class){t + 1, sum};
        }
        if (n_out == n_before)
            blocks[b / 64] &= ~(UINT64_C(1) << b % 64);
    }
    return n_out;
}

static void flags(uint64_t *out, const uint8_t *flag, size_t n_words)
{
    for (size_t q = 0; q < n_words; q++) {
        out[q] = 0;
        for (size_t b = 0; b < 64; b++)
            out[q] |= (uint64_t)flag[64 * q + b] << b;
    }
}

const rqa__window_kernels rqa__window_ref = {row,   add_offsets, changes, split,
                                             count, classes,     flags,   densities};
