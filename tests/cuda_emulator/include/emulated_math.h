// emulated_math.h - CUDA's integer and floating-point intrinsics for the host compiler.
#ifndef RQA_EMULATOR_MATH_H
#define RQA_EMULATOR_MATH_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

inline int __popc(unsigned x)
{
    return __builtin_popcount(x);
}

inline int __popcll(unsigned long long x)
{
    return __builtin_popcountll(x);
}

inline int __clz(int x)
{
    return x ? __builtin_clz(static_cast<unsigned>(x)) : 32;
}

inline int __clzll(long long x)
{
    return x ? __builtin_clzll(static_cast<unsigned long long>(x)) : 64;
}

inline int __ffs(int x)
{
    return __builtin_ffs(x);
}

inline int __ffsll(long long x)
{
    return __builtin_ffsll(x);
}

inline unsigned __brev(unsigned x)
{
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
    return __builtin_bswap32(x);
}

inline unsigned long long __brevll(unsigned long long x)
{
    return static_cast<unsigned long long>(__brev(static_cast<unsigned>(x))) << 32 |
           __brev(static_cast<unsigned>(x >> 32));
}

inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector)
{
    const unsigned long long bytes = static_cast<unsigned long long>(y) << 32 | x;
    unsigned result = 0;
    for (unsigned k = 0; k < 4; k++)
        result |= static_cast<unsigned>(bytes >> 8 * (selector >> 4 * k & 7) & 0xff) << 8 * k;
    return result;
}

inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift)
{
    const unsigned long long both = static_cast<unsigned long long>(high) << 32 | low;
    return static_cast<unsigned>(both << (shift & 31) >> 32);
}

inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift)
{
    const unsigned long long both = static_cast<unsigned long long>(high) << 32 | low;
    return static_cast<unsigned>(both >> (shift & 31));
}

inline unsigned __funnelshift_lc(unsigned low, unsigned high, unsigned shift)
{
    return shift >= 32 ? low : __funnelshift_l(low, high, shift);
}

inline unsigned __funnelshift_rc(unsigned low, unsigned high, unsigned shift)
{
    return shift >= 32 ? high : __funnelshift_r(low, high, shift);
}

inline unsigned __umulhi(unsigned x, unsigned y)
{
    return static_cast<unsigned>(static_cast<unsigned long long>(x) * y >> 32);
}

inline int __mulhi(int x, int y)
{
    return static_cast<int>(static_cast<long long>(x) * y >> 32);
}

inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y)
{
    __extension__ typedef unsigned __int128 wide;
    return static_cast<unsigned long long>(static_cast<wide>(x) * y >> 64);
}

template <class T> T __ldg(const T *address)
{
    return *address;
}

namespace rqa_emulator
{

template <class To, class From> To bits_as(From value)
{
    static_assert(sizeof(To) == sizeof(From), "bits keep their number");
    To result;
    memcpy(&result, &value, sizeof result);
    return result;
}

enum class rounding { nearest, zero, up, down };

// Operations in the directed modes; emulator_rounding.cpp.
float directed_add(float x, float y, rounding mode);
float directed_multiply(float x, float y, rounding mode);
float directed_divide(float x, float y, rounding mode);
float directed_root(float x, rounding mode);
float directed_fused(float x, float y, float z, rounding mode);
double directed_add(double x, double y, rounding mode);
double directed_multiply(double x, double y, rounding mode);
double directed_divide(double x, double y, rounding mode);
double directed_root(double x, rounding mode);
double directed_fused(double x, double y, double z, rounding mode);
float directed_float(double x, rounding mode);
float directed_float(long long x, rounding mode);
float directed_float(unsigned long long x, rounding mode);
double directed_double(long long x, rounding mode);
double directed_double(unsigned long long x, rounding mode);

template <class T> T add(T x, T y, rounding mode)
{
    return mode == rounding::nearest ? x + y : directed_add(x, y, mode);
}

template <class T> T multiply(T x, T y, rounding mode)
{
    return mode == rounding::nearest ? x * y : directed_multiply(x, y, mode);
}

template <class T> T divide(T x, T y, rounding mode)
{
    return mode == rounding::nearest ? x / y : directed_divide(x, y, mode);
}

inline float root(float x, rounding mode)
{
    return mode == rounding::nearest ? sqrtf(x) : directed_root(x, mode);
}

inline double root(double x, rounding mode)
{
    return mode == rounding::nearest ? sqrt(x) : directed_root(x, mode);
}

inline float fused(float x, float y, float z, rounding mode)
{
    return mode == rounding::nearest ? fmaf(x, y, z) : directed_fused(x, y, z, mode);
}

inline double fused(double x, double y, double z, rounding mode)
{
    return mode == rounding::nearest ? fma(x, y, z) : directed_fused(x, y, z, mode);
}

template <class T> float to_float(T x, rounding mode)
{
    return mode == rounding::nearest ? static_cast<float>(x) : directed_float(x, mode);
}

template <class T> double to_double(T x, rounding mode)
{
    return mode == rounding::nearest ? static_cast<double>(x) : directed_double(x, mode);
}

inline double to_integer(double x, rounding mode)
{
    return mode == rounding::nearest ? nearbyint(x)
           : mode == rounding::zero  ? trunc(x)
           : mode == rounding::up    ? ceil(x)
                                     : floor(x);
}

// As on the card: what does not fit saturates, NaN becomes the lower end.
template <class I> I saturated(double x, double below, double above, I lowest, I highest)
{
    return !(x > below) ? lowest : x >= above ? highest : static_cast<I>(x);
}

} // namespace rqa_emulator

inline unsigned __float_as_uint(float x)
{
    return rqa_emulator::bits_as<unsigned>(x);
}

inline int __float_as_int(float x)
{
    return rqa_emulator::bits_as<int>(x);
}

inline float __uint_as_float(unsigned x)
{
    return rqa_emulator::bits_as<float>(x);
}

inline float __int_as_float(int x)
{
    return rqa_emulator::bits_as<float>(x);
}

inline long long __double_as_longlong(double x)
{
    return rqa_emulator::bits_as<long long>(x);
}

inline double __longlong_as_double(long long x)
{
    return rqa_emulator::bits_as<double>(x);
}

inline int __double2hiint(double x)
{
    return static_cast<int>(__double_as_longlong(x) >> 32);
}

inline int __double2loint(double x)
{
    return static_cast<int>(__double_as_longlong(x));
}

inline double __hiloint2double(int high, int low)
{
    return __longlong_as_double(
        static_cast<long long>(static_cast<unsigned long long>(static_cast<unsigned>(high)) << 32 |
                               static_cast<unsigned>(low)));
}

#define RQA_EMULATOR_ROUNDED(suffix, mode)                                                         \
    inline float __fadd_##suffix(float x, float y)                                                 \
    {                                                                                              \
        return rqa_emulator::add(x, y, rqa_emulator::rounding::mode);                              \
    }                                                                                              \
    inline float __fsub_##suffix(float x, float y)                                                 \
    {                                                                                              \
        return rqa_emulator::add(x, -y, rqa_emulator::rounding::mode);                             \
    }                                                                                              \
    inline float __fmul_##suffix(float x, float y)                                                 \
    {                                                                                              \
        return rqa_emulator::multiply(x, y, rqa_emulator::rounding::mode);                         \
    }                                                                                              \
    inline float __fdiv_##suffix(float x, float y)                                                 \
    {                                                                                              \
        return rqa_emulator::divide(x, y, rqa_emulator::rounding::mode);                           \
    }                                                                                              \
    inline float __fsqrt_##suffix(float x)                                                         \
    {                                                                                              \
        return rqa_emulator::root(x, rqa_emulator::rounding::mode);                                \
    }                                                                                              \
    inline float __fmaf_##suffix(float x, float y, float z)                                        \
    {                                                                                              \
        return rqa_emulator::fused(x, y, z, rqa_emulator::rounding::mode);                         \
    }                                                                                              \
    inline double __dadd_##suffix(double x, double y)                                              \
    {                                                                                              \
        return rqa_emulator::add(x, y, rqa_emulator::rounding::mode);                              \
    }                                                                                              \
    inline double __dsub_##suffix(double x, double y)                                              \
    {                                                                                              \
        return rqa_emulator::add(x, -y, rqa_emulator::rounding::mode);                             \
    }                                                                                              \
    inline double __dmul_##suffix(double x, double y)                                              \
    {                                                                                              \
        return rqa_emulator::multiply(x, y, rqa_emulator::rounding::mode);                         \
    }                                                                                              \
    inline double __ddiv_##suffix(double x, double y)                                              \
    {                                                                                              \
        return rqa_emulator::divide(x, y, rqa_emulator::rounding::mode);                           \
    }                                                                                              \
    inline double __dsqrt_##suffix(double x)                                                       \
    {                                                                                              \
        return rqa_emulator::root(x, rqa_emulator::rounding::mode);                                \
    }                                                                                              \
    inline double __fma_##suffix(double x, double y, double z)                                     \
    {                                                                                              \
        return rqa_emulator::fused(x, y, z, rqa_emulator::rounding::mode);                         \
    }                                                                                              \
    inline float __double2float_##suffix(double x)                                                 \
    {                                                                                              \
        return rqa_emulator::to_float(x, rqa_emulator::rounding::mode);                            \
    }                                                                                              \
    inline float __int2float_##suffix(int x)                                                       \
    {                                                                                              \
        return rqa_emulator::to_float(static_cast<long long>(x), rqa_emulator::rounding::mode);    \
    }                                                                                              \
    inline float __uint2float_##suffix(unsigned x)                                                 \
    {                                                                                              \
        return rqa_emulator::to_float(static_cast<long long>(x), rqa_emulator::rounding::mode);    \
    }                                                                                              \
    inline float __ll2float_##suffix(long long x)                                                  \
    {                                                                                              \
        return rqa_emulator::to_float(x, rqa_emulator::rounding::mode);                            \
    }                                                                                              \
    inline float __ull2float_##suffix(unsigned long long x)                                        \
    {                                                                                              \
        return rqa_emulator::to_float(x, rqa_emulator::rounding::mode);                            \
    }                                                                                              \
    inline double __ll2double_##suffix(long long x)                                                \
    {                                                                                              \
        return rqa_emulator::to_double(x, rqa_emulator::rounding::mode);                           \
    }                                                                                              \
    inline double __ull2double_##suffix(unsigned long long x)                                      \
    {                                                                                              \
        return rqa_emulator::to_double(x, rqa_emulator::rounding::mode);                           \
    }                                                                                              \
    inline int __float2int_##suffix(float x)                                                       \
    {                                                                                              \
        const double r = rqa_emulator::to_integer(x, rqa_emulator::rounding::mode);                \
        return x != x ? 0                                                                          \
                      : rqa_emulator::saturated<int>(r, -0x1p31, 0x1p31, -2147483647 - 1,          \
                                                     2147483647);                                  \
    }                                                                                              \
    inline int __double2int_##suffix(double x)                                                     \
    {                                                                                              \
        return rqa_emulator::saturated<int>(                                                       \
            rqa_emulator::to_integer(x, rqa_emulator::rounding::mode), -0x1p31, 0x1p31,            \
            -2147483647 - 1, 2147483647);                                                          \
    }                                                                                              \
    inline unsigned __float2uint_##suffix(float x)                                                 \
    {                                                                                              \
        return rqa_emulator::saturated<unsigned>(                                                  \
            rqa_emulator::to_integer(x, rqa_emulator::rounding::mode), 0, 0x1p32, 0, 0xffffffffu); \
    }                                                                                              \
    inline long long __double2ll_##suffix(double x)                                                \
    {                                                                                              \
        return rqa_emulator::saturated<long long>(                                                 \
            rqa_emulator::to_integer(x, rqa_emulator::rounding::mode), -0x1p63, 0x1p63,            \
            -9223372036854775807LL - 1, 9223372036854775807LL);                                    \
    }
RQA_EMULATOR_ROUNDED(rn, nearest)
RQA_EMULATOR_ROUNDED(rz, zero)
RQA_EMULATOR_ROUNDED(ru, up)
RQA_EMULATOR_ROUNDED(rd, down)
#undef RQA_EMULATOR_ROUNDED

inline double __int2double_rn(int x)
{
    return x;
}

inline double __uint2double_rn(unsigned x)
{
    return x;
}

#define RQA_EMULATOR_MINMAX(type)                                                                  \
    inline type min(type x, type y)                                                                \
    {                                                                                              \
        return y < x ? y : x;                                                                      \
    }                                                                                              \
    inline type max(type x, type y)                                                                \
    {                                                                                              \
        return x < y ? y : x;                                                                      \
    }
RQA_EMULATOR_MINMAX(int)
RQA_EMULATOR_MINMAX(unsigned)
RQA_EMULATOR_MINMAX(long)
RQA_EMULATOR_MINMAX(unsigned long)
RQA_EMULATOR_MINMAX(long long)
RQA_EMULATOR_MINMAX(unsigned long long)
#undef RQA_EMULATOR_MINMAX

inline float min(float x, float y)
{
    return fminf(x, y);
}

inline float max(float x, float y)
{
    return fmaxf(x, y);
}

inline double min(double x, double y)
{
    return fmin(x, y);
}

inline double max(double x, double y)
{
    return fmax(x, y);
}

#endif
