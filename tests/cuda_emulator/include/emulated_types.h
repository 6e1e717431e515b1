// emulated_types.h - CUDA's function qualifiers and vector types for the host compiler.
#ifndef RQA_EMULATOR_TYPES_H
#define RQA_EMULATOR_TYPES_H

// __shared__ is left undefined on purpose: as an ordinary local array it would compile and be
// wrong. gpu_port.h has RQA_SHARED.
#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))

// Alignment is part of the type, so that a misaligned vector access is seen by the sanitizer.
#define RQA_EMULATOR_VECTORS(base, type)                                                           \
    struct base##2                                                                                 \
    {                                                                                              \
        alignas(2 * sizeof(type)) type x;                                                          \
        type y;                                                                                    \
    };                                                                                             \
    struct base##3                                                                                 \
    {                                                                                              \
        type x, y, z;                                                                              \
    };                                                                                             \
    struct base##4                                                                                 \
    {                                                                                              \
        alignas(sizeof(type) > 4 ? 16 : 4 * sizeof(type)) type x;                                  \
        type y, z, w;                                                                              \
    };                                                                                             \
    inline base##2 make_##base##2(type x, type y)                                                  \
    {                                                                                              \
        return {x, y};                                                                             \
    }                                                                                              \
    inline base##3 make_##base##3(type x, type y, type z)                                          \
    {                                                                                              \
        return {x, y, z};                                                                          \
    }                                                                                              \
    inline base##4 make_##base##4(type x, type y, type z, type w)                                  \
    {                                                                                              \
        return {x, y, z, w};                                                                       \
    }

RQA_EMULATOR_VECTORS(char, signed char)
RQA_EMULATOR_VECTORS(uchar, unsigned char)
RQA_EMULATOR_VECTORS(short, short)
RQA_EMULATOR_VECTORS(ushort, unsigned short)
RQA_EMULATOR_VECTORS(int, int)
RQA_EMULATOR_VECTORS(uint, unsigned)
RQA_EMULATOR_VECTORS(longlong, long long)
RQA_EMULATOR_VECTORS(ulonglong, unsigned long long)
RQA_EMULATOR_VECTORS(float, float)
RQA_EMULATOR_VECTORS(double, double)
#undef RQA_EMULATOR_VECTORS

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_)
    {
    }
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z)
    {
    }
};

#endif
