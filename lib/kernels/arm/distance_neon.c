/* distance_neon.c - distances for NEON: two to a vector. */
#include "cpu/distance_table.h"

#include <arm_neon.h>

enum { LANES = 2 };
typedef float64x2_t distance_vector;

static inline float64x2_t zero(void)
{
    return vdupq_n_f64(0.0);
}

static inline float64x2_t load(const double *p)
{
    return vld1q_f64(p);
}

static inline void store(double *p, float64x2_t a)
{
    vst1q_f64(p, a);
}

static inline float64x2_t fill(double a)
{
    return vdupq_n_f64(a);
}

static inline float64x2_t minus(float64x2_t a, float64x2_t b)
{
    return vsubq_f64(a, b);
}

static inline float64x2_t plus(float64x2_t a, float64x2_t b)
{
    return vaddq_f64(a, b);
}

static inline float64x2_t times(float64x2_t a, float64x2_t b)
{
    return vmulq_f64(a, b);
}

static inline float64x2_t size_of(float64x2_t a)
{
    return vabsq_f64(a);
}

static inline float64x2_t root(float64x2_t a)
{
    return vsqrtq_f64(a);
}

/* b is a number. */
static inline float64x2_t larger(float64x2_t a, float64x2_t b)
{
    return vmaxnmq_f64(a, b);
}

static inline float64x2_t reach(float64x2_t a, float64x2_t b)
{
    return vmaxq_f64(a, b);
}

static inline void transpose(float64x2_t *a)
{
    const float64x2_t low = vzip1q_f64(a[0], a[1]);
    a[1] = vzip2q_f64(a[0], a[1]);
    a[0] = low;
}

#include "kernels/distance_tpl.h"

const rqa__distance_kernels rqa__distance_neon = {values,    largest, add,           add_both,
                                                pair_band, boxes,   rqa__near_ref, 1};
