// emulator_rounding.cpp - arithmetic rounded towards zero, up or down, by the processor's own
// modes.
#include <fenv.h>

#include "include/emulated_math.h"

namespace rqa_emulator
{

namespace
{

// Volatile copies keep the operation between the two changes of mode.
template <class T, class R, class F> R in_mode(rounding mode, T x, T y, T z, F operation)
{
    const int before = fegetround();
    volatile T a = x, b = y, c = z;
    fesetround(mode == rounding::zero ? FE_TOWARDZERO
               : mode == rounding::up ? FE_UPWARD
                                      : FE_DOWNWARD);
    volatile R result = operation(static_cast<T>(a), static_cast<T>(b), static_cast<T>(c));
    fesetround(before);
    return result;
}

} // namespace

#define RQA_EMULATOR_DIRECTED(type)                                                                \
    type directed_add(type x, type y, rounding mode)                                               \
    {                                                                                              \
        return in_mode<type, type>(mode, x, y, 0, [](type a, type b, type) { return a + b; });     \
    }                                                                                              \
    type directed_multiply(type x, type y, rounding mode)                                          \
    {                                                                                              \
        return in_mode<type, type>(mode, x, y, 0, [](type a, type b, type) { return a * b; });     \
    }                                                                                              \
    type directed_divide(type x, type y, rounding mode)                                            \
    {                                                                                              \
        return in_mode<type, type>(mode, x, y, 0, [](type a, type b, type) { return a / b; });     \
    }
RQA_EMULATOR_DIRECTED(float)
RQA_EMULATOR_DIRECTED(double)
#undef RQA_EMULATOR_DIRECTED

float directed_root(float x, rounding mode)
{
    return in_mode<float, float>(mode, x, 0, 0, [](float a, float, float) { return sqrtf(a); });
}

double directed_root(double x, rounding mode)
{
    return in_mode<double, double>(mode, x, 0, 0, [](double a, double, double) { return sqrt(a); });
}

float directed_fused(float x, float y, float z, rounding mode)
{
    return in_mode<float, float>(mode, x, y, z,
                                 [](float a, float b, float c) { return fmaf(a, b, c); });
}

double directed_fused(double x, double y, double z, rounding mode)
{
    return in_mode<double, double>(mode, x, y, z,
                                   [](double a, double b, double c) { return fma(a, b, c); });
}

#define RQA_EMULATOR_CONVERTED(name, to, from)                                                     \
    to name(from x, rounding mode)                                                                 \
    {                                                                                              \
        return in_mode<from, to>(mode, x, 0, 0,                                                    \
                                 [](from a, from, from) { return static_cast<to>(a); });           \
    }
RQA_EMULATOR_CONVERTED(directed_float, float, double)
RQA_EMULATOR_CONVERTED(directed_float, float, long long)
RQA_EMULATOR_CONVERTED(directed_float, float, unsigned long long)
RQA_EMULATOR_CONVERTED(directed_double, double, long long)
RQA_EMULATOR_CONVERTED(directed_double, double, unsigned long long)
#undef RQA_EMULATOR_CONVERTED

} // namespace rqa_emulator
