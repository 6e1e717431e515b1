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

static size_t classes(rqa__window_class *out, const uint32_t *const *terms, size_t n_terms,
                      uint64_t first, size_t n)
{
    return classes_from(out, terms, n_terms, first, 0, n);
}

const rqa__window_kernels rqa__window_ref = {row, add_offsets, changes, count, classes, densities};
