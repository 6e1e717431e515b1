// emulator_arithmetics.cu - intrinsics and atomics against values worked out by hand.
#include <string.h>

#include "emulator_cases.h"

namespace
{

struct outcome {
    unsigned long long got, want;
    int line;
};

template <class T> __device__ unsigned long long bits(T value)
{
    unsigned long long result = 0;
    memcpy(&result, &value, sizeof value);
    return result;
}

constexpr int max_outcomes = 200;

// Both sides must be of one type.
template <class T> __device__ void put(outcome *&out, T got, T want, int line)
{
    out->got = bits(got);
    out->want = bits(want);
    out->line = line;
    out++;
}

#define SAME(got, want) put(out, got, want, __LINE__)

__global__ void integers(outcome *out)
{
    SAME(__popc(0xf0f00001u), 9);
    SAME(__popcll(0x8000000000000007ull), 4);
    SAME(__clz(1), 31);
    SAME(__clz(0), 32);
    SAME(__clz(-1), 0);
    SAME(__clzll(1ll << 40), 23);
    SAME(__clzll(0), 64);
    SAME(__ffs(0), 0);
    SAME(__ffs(8), 4);
    SAME(__ffsll(1ll << 50), 51);
    SAME(__ffsll(0), 0);
    SAME(__brev(0x00000001u), 0x80000000u);
    SAME(__brev(0x12345678u), 0x1e6a2c48u);
    SAME(__brevll(0x1ull), 0x8000000000000000ull);
    SAME(__brevll(0x123456789abcdef0ull), 0x0f7b3d591e6a2c48ull);
    SAME(__byte_perm(0x33221100u, 0x77665544u, 0x7410u), 0x77441100u);
    SAME(__byte_perm(0x33221100u, 0x77665544u, 0x0123u), 0x00112233u);
    SAME(__funnelshift_l(0x80000001u, 0x12345678u, 4), 0x23456788u);
    SAME(__funnelshift_l(0x80000001u, 0x12345678u, 32), 0x12345678u);
    SAME(__funnelshift_l(0x80000001u, 0x12345678u, 0), 0x12345678u);
    SAME(__funnelshift_r(0x80000001u, 0x12345678u, 4), 0x88000000u);
    SAME(__funnelshift_r(0x80000001u, 0x12345678u, 32), 0x80000001u);
    SAME(__funnelshift_r(0x80000001u, 0x12345678u, 33), 0x40000000u);
    SAME(__funnelshift_lc(0x80000001u, 0x12345678u, 32), 0x80000001u);
    SAME(__funnelshift_lc(0x80000001u, 0x12345678u, 8), 0x34567880u);
    SAME(__funnelshift_rc(0x80000001u, 0x12345678u, 40), 0x12345678u);
    SAME(__funnelshift_rc(0x80000001u, 0x12345678u, 8), 0x78800000u);
    SAME(__umulhi(0xffffffffu, 0xffffffffu), 0xfffffffeu);
    SAME(__mulhi(-2, 0x40000000), -1);
    SAME(__umul64hi(0xffffffffffffffffull, 3ull), 2ull);
    SAME(min(3, -4), -4);
    SAME(max(3, -4), 3);
    SAME(min(3u, 0xfffffffcu), 3u);
    SAME(max(3u, 0xfffffffcu), 0xfffffffcu);
    SAME(min(-1ll, 1ll << 40), -1ll);
    SAME(max(1ull << 63, 1ull), 1ull << 63);
    const int read_only = 11;
    SAME(__ldg(&read_only), 11);
}

__global__ void floats(outcome *out)
{
    const float f = 1.0f, tiny = 0x1p-30f;
    SAME(__fadd_rn(f, tiny), 1.0f);
    SAME(__fadd_rz(f, -tiny), 0x1.fffffep-1f);
    SAME(__fadd_ru(f, tiny), 0x1.000002p0f);
    SAME(__fadd_rd(f, tiny), 1.0f);
    SAME(__fadd_rd(-f, -tiny), -0x1.000002p0f);
    SAME(__fsub_rn(f, tiny), 1.0f);
    SAME(__fsub_ru(-f, tiny), -1.0f);
    SAME(__fsub_rd(f, tiny), 0x1.fffffep-1f);
    SAME(__fmul_rn(0.1f, 0.1f), 0x1.47ae16p-7f);
    SAME(__fmul_ru(0.1f, 0.1f), 0x1.47ae16p-7f);
    SAME(__fmul_rd(0.1f, 0.1f), 0x1.47ae14p-7f);
    SAME(__fmul_rz(-0.1f, 0.1f), -0x1.47ae14p-7f);
    SAME(__fdiv_ru(1.0f, 3.0f), 0x1.555556p-2f);
    SAME(__fdiv_rd(1.0f, 3.0f), 0x1.555554p-2f);
    SAME(__fsqrt_ru(2.0f), 0x1.6a09e8p0f);
    SAME(__fsqrt_rd(2.0f), 0x1.6a09e6p0f);
    SAME(__fsqrt_rn(4.0f), 2.0f);
    SAME(__fmaf_rn(0x1.000002p0f, 0x1.000002p0f, -0x1.000004p0f), 0x1p-46f);
    SAME(__fmaf_ru(f, f, tiny), 0x1.000002p0f);
    SAME(__dadd_rn(1.0, 0x1p-60), 1.0);
    SAME(__dadd_ru(1.0, 0x1p-60), 0x1.0000000000001p0);
    SAME(__dadd_rd(1.0, -0x1p-60), 0x1.fffffffffffffp-1);
    SAME(__dsub_rn(1.0, 0x1p-60), 1.0);
    SAME(__dsub_rd(1.0, 0x1p-60), 0x1.fffffffffffffp-1);
    SAME(__dmul_rn(0.1, 0.1), 0x1.47ae147ae147cp-7);
    SAME(__dmul_rd(0.1, 0.1), 0x1.47ae147ae147bp-7);
    SAME(__ddiv_ru(1.0, 3.0), 0x1.5555555555556p-2);
    SAME(__dsqrt_rd(2.0), 0x1.6a09e667f3bccp0);
    SAME(__dsqrt_ru(2.0), 0x1.6a09e667f3bcdp0);
    SAME(__fma_rn(0x1.0000000000001p0, 0x1.0000000000001p0, -0x1.0000000000002p0), 0x1p-104);
    SAME(__double2float_rn(0.1), 0x1.99999ap-4f);
    SAME(__double2float_ru(0.1), 0x1.99999ap-4f);
    SAME(__double2float_rd(0.1), 0x1.999998p-4f);
    SAME(__double2float_rz(-0.1), -0x1.999998p-4f);
    SAME(__double2float_rd(1e300), 0x1.fffffep127f);
    SAME(__int2float_rn(16777217), 16777216.0f);
    SAME(__int2float_ru(16777217), 16777218.0f);
    SAME(__uint2float_rd(0xffffffffu), 0x1.fffffep31f);
    SAME(__ll2float_ru(16777217ll), 16777218.0f);
    SAME(__ull2double_rd(~0ull), 0x1.fffffffffffffp63);
    SAME(__ll2double_rn(-5), -5.0);
    SAME(__int2double_rn(-5), -5.0);
    SAME(__uint2double_rn(5u), 5.0);
    SAME(__float2int_rn(2.5f), 2);
    SAME(__float2int_ru(-2.5f), -2);
    SAME(__float2int_rd(-2.5f), -3);
    SAME(__float2int_rz(-2.5f), -2);
    SAME(__float2int_rn(3e9f), 2147483647);
    SAME(__float2uint_rd(3e9f), 3000000000u);
    SAME(__float2uint_rn(-1.0f), 0u);
    SAME(__double2int_ru(-7.5), -7);
    SAME(__double2ll_rd(-7.5), -8ll);
    SAME(__float_as_uint(-1.0f), 0xbf800000u);
    SAME(__float_as_int(1.0f), 0x3f800000);
    SAME(__uint_as_float(0x3f800000u), 1.0f);
    SAME(__int_as_float(0x40000000), 2.0f);
    SAME(__double_as_longlong(-2.0), static_cast<long long>(0xc000000000000000ull));
    SAME(__longlong_as_double(0x3ff0000000000000ll), 1.0);
    SAME(__double2hiint(1.0), 0x3ff00000);
    SAME(__double2loint(0x1.0000000000007p0), 7);
    SAME(__hiloint2double(0x3ff00000, 1), 0x1.0000000000001p0);
    SAME(fabs(-1.5), 1.5);
    SAME(fabsf(-1.5f), 1.5f);
    SAME(fmax(1.0, 2.0), 2.0);
    SAME(fmaxf(1.0f, 2.0f), 2.0f);
    SAME(min(1.0, 2.0), 1.0);
    SAME(max(1.0f, 2.0f), 2.0f);
}

// What each atomic returns, and what it leaves.
__global__ void atomics(outcome *out)
{
    RQA_SHARED(int, i, 1);
    RQA_SHARED(unsigned, u, 1);
    RQA_SHARED(unsigned long long, w, 1);
    RQA_SHARED(long long, s, 1);
    RQA_SHARED(float, f, 1);
    RQA_SHARED(double, d, 1);
#define ATOMIC(call, cell, before, after)                                                          \
    *cell = before;                                                                                \
    SAME(call, before);                                                                            \
    SAME(*cell, after)
    ATOMIC(atomicAdd(i, -3), i, 2, -1);
    ATOMIC(atomicAdd(u, 3u), u, 0xffffffffu, 2u);
    ATOMIC(atomicAdd(w, 1ull << 40), w, 5ull, (1ull << 40) + 5);
    ATOMIC(atomicAdd(f, 0.5f), f, 1.25f, 1.75f);
    ATOMIC(atomicAdd(d, 0.5), d, 1.25, 1.75);
    ATOMIC(atomicSub(i, 3), i, 2, -1);
    ATOMIC(atomicSub(u, 3u), u, 5u, 2u);
    ATOMIC(atomicMin(i, -3), i, 2, -3);
    ATOMIC(atomicMin(u, 3u), u, 0xffffffffu, 3u);
    ATOMIC(atomicMin(w, 9ull), w, 5ull, 5ull);
    ATOMIC(atomicMin(s, -9ll), s, 5ll, -9ll);
    ATOMIC(atomicMax(i, -3), i, 2, 2);
    ATOMIC(atomicMax(u, 0xffffffffu), u, 3u, 0xffffffffu);
    ATOMIC(atomicMax(w, 1ull << 63), w, 5ull, 1ull << 63);
    ATOMIC(atomicMax(s, -9ll), s, -10ll, -9ll);
    ATOMIC(atomicInc(u, 7u), u, 7u, 0u);
    ATOMIC(atomicInc(u, 7u), u, 6u, 7u);
    ATOMIC(atomicDec(u, 7u), u, 0u, 7u);
    ATOMIC(atomicDec(u, 7u), u, 9u, 7u);
    ATOMIC(atomicDec(u, 7u), u, 3u, 2u);
    ATOMIC(atomicAnd(u, 0xcu), u, 0x6u, 0x4u);
    ATOMIC(atomicAnd(w, 0xcull), w, 0x6ull, 0x4ull);
    ATOMIC(atomicOr(u, 0xcu), u, 0x6u, 0xeu);
    ATOMIC(atomicOr(w, 1ull << 50), w, 1ull, (1ull << 50) + 1);
    ATOMIC(atomicOr(i, 8), i, 1, 9);
    ATOMIC(atomicXor(u, 0xcu), u, 0x6u, 0xau);
    ATOMIC(atomicExch(u, 1u), u, 9u, 1u);
    ATOMIC(atomicExch(w, 1ull), w, 9ull, 1ull);
    ATOMIC(atomicExch(f, 1.5f), f, 9.0f, 1.5f);
    ATOMIC(atomicCAS(u, 9u, 1u), u, 9u, 1u);
    ATOMIC(atomicCAS(u, 8u, 1u), u, 9u, 9u);
    ATOMIC(atomicCAS(w, 9ull, 1ull << 60), w, 9ull, 1ull << 60);
    ATOMIC(atomicCAS(i, -9, 4), i, -9, 4);
#undef ATOMIC
}

int hold(void (*kernel)(outcome *), int n)
{
    static outcome out[max_outcomes];
    outcome *d = on_device<outcome>(nullptr, max_outcomes);
    EXPECT(d && cudaMemset(d, 0, sizeof out) == cudaSuccess);
    RQA_LAUNCH(kernel, 1, 1, 0, nullptr, d);
    EXPECT(fetch(out, d, max_outcomes) == cudaSuccess);
    int wrong = 0, seen = 0;
    for (const outcome &o : out) {
        seen += o.line != 0;
        if (o.got != o.want)
            printf("line %d: 0x%llx, not 0x%llx\n", o.line, o.got, o.want);
        wrong += o.got != o.want;
    }
    cudaFree(d);
    if (seen != n)
        printf("%d comparisons, not %d\n", seen, n);
    EXPECT(seen == n && wrong == 0);
    return 0;
}

int check_integers()
{
    return hold(integers, 37);
}

int check_floats()
{
    return hold(floats, 67);
}

int check_atomics()
{
    return hold(atomics, 66);
}

__global__ void vectors(uint4 *out)
{
    const int2 a = make_int2(1, -2);
    const double2 b = make_double2(0.5, 2.0);
    out[0] = make_uint4(static_cast<unsigned>(a.x), static_cast<unsigned>(-a.y),
                        static_cast<unsigned>(b.x * 8), static_cast<unsigned>(b.y * 4));
    out[1] = make_uint4(sizeof(float3), alignof(float4), alignof(double2), alignof(uchar4));
}

int check_vectors()
{
    uint4 out[2];
    uint4 *d = on_device<uint4>(nullptr, 2);
    RQA_LAUNCH(vectors, 1, 1, 0, nullptr, d);
    EXPECT(fetch(out, d, 2) == cudaSuccess);
    EXPECT(out[0].x == 1 && out[0].y == 2 && out[0].z == 4 && out[0].w == 8);
    EXPECT(out[1].x == 12 && out[1].y == 16 && out[1].z == 16 && out[1].w == 4);
    cudaFree(d);
    return 0;
}

__global__ void misaligned(uint4 *out)
{
    RQA_SHARED(unsigned, words, 12);
    for (unsigned k = 0; k < 12; k++)
        words[k] = k;
    out->x = reinterpret_cast<uint4 *>(words + 1)->x;
}

int check_alignment()
{
    uint4 *d = on_device<uint4>(nullptr, 1);
    RQA_LAUNCH(misaligned, 1, 1, 0, nullptr, d);
    cudaFree(d);
    return 0;
}

} // namespace

const emulator_case arithmetic_cases[] = {
    {"integers", check_integers}, {"floats", check_floats},        {"atomics", check_atomics},
    {"vectors", check_vectors},   {"misaligned", check_alignment}, {nullptr, nullptr},
};
