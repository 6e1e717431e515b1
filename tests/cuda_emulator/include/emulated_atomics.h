// emulated_atomics.h - CUDA's atomic functions, for exactly the types that nvcc has them for
// (unsigned long long, not unsigned long). They are relaxed: they order nothing else.
#ifndef RQA_EMULATOR_ATOMICS_H
#define RQA_EMULATOR_ATOMICS_H

#include <string.h>

namespace rqa_emulator
{

// Replaces *address by change(*address); returns what was there.
template <class T, class F> T atomic_update(T *address, F change)
{
    T old;
    __atomic_load(address, &old, __ATOMIC_RELAXED);
    for (;;) {
        T next = change(old);
        if (__atomic_compare_exchange(address, &old, &next, false, __ATOMIC_RELAXED,
                                      __ATOMIC_RELAXED))
            return old;
    }
}

} // namespace rqa_emulator

#define RQA_EMULATOR_FETCH(name, builtin, type)                                                    \
    inline type name(type *address, type value)                                                    \
    {                                                                                              \
        return builtin(address, value, __ATOMIC_RELAXED);                                          \
    }
#define RQA_EMULATOR_UPDATE(name, type, expression)                                                \
    inline type name(type *address, type value)                                                    \
    {                                                                                              \
        return rqa_emulator::atomic_update(address,                                                \
                                           [value](type old) -> type { return expression; });      \
    }

RQA_EMULATOR_FETCH(atomicAdd, __atomic_fetch_add, int)
RQA_EMULATOR_FETCH(atomicAdd, __atomic_fetch_add, unsigned)
RQA_EMULATOR_FETCH(atomicAdd, __atomic_fetch_add, unsigned long long)
RQA_EMULATOR_UPDATE(atomicAdd, float, old + value)
RQA_EMULATOR_UPDATE(atomicAdd, double, old + value)
RQA_EMULATOR_FETCH(atomicSub, __atomic_fetch_sub, int)
RQA_EMULATOR_FETCH(atomicSub, __atomic_fetch_sub, unsigned)
RQA_EMULATOR_UPDATE(atomicMin, int, old < value ? old : value)
RQA_EMULATOR_UPDATE(atomicMin, unsigned, old < value ? old : value)
RQA_EMULATOR_UPDATE(atomicMin, long long, old < value ? old : value)
RQA_EMULATOR_UPDATE(atomicMin, unsigned long long, old < value ? old : value)
RQA_EMULATOR_UPDATE(atomicMax, int, old > value ? old : value)
RQA_EMULATOR_UPDATE(atomicMax, unsigned, old > value ? old : value)
RQA_EMULATOR_UPDATE(atomicMax, long long, old > value ? old : value)
RQA_EMULATOR_UPDATE(atomicMax, unsigned long long, old > value ? old : value)
RQA_EMULATOR_UPDATE(atomicInc, unsigned, old >= value ? 0 : old + 1)
RQA_EMULATOR_UPDATE(atomicDec, unsigned, old == 0 || old > value ? value : old - 1)
RQA_EMULATOR_FETCH(atomicAnd, __atomic_fetch_and, int)
RQA_EMULATOR_FETCH(atomicAnd, __atomic_fetch_and, unsigned)
RQA_EMULATOR_FETCH(atomicAnd, __atomic_fetch_and, unsigned long long)
RQA_EMULATOR_FETCH(atomicOr, __atomic_fetch_or, int)
RQA_EMULATOR_FETCH(atomicOr, __atomic_fetch_or, unsigned)
RQA_EMULATOR_FETCH(atomicOr, __atomic_fetch_or, unsigned long long)
RQA_EMULATOR_FETCH(atomicXor, __atomic_fetch_xor, int)
RQA_EMULATOR_FETCH(atomicXor, __atomic_fetch_xor, unsigned)
RQA_EMULATOR_FETCH(atomicXor, __atomic_fetch_xor, unsigned long long)
RQA_EMULATOR_FETCH(atomicExch, __atomic_exchange_n, int)
RQA_EMULATOR_FETCH(atomicExch, __atomic_exchange_n, unsigned)
RQA_EMULATOR_FETCH(atomicExch, __atomic_exchange_n, unsigned long long)
RQA_EMULATOR_UPDATE(atomicExch, float, (static_cast<void>(old), value))
#undef RQA_EMULATOR_FETCH
#undef RQA_EMULATOR_UPDATE

#define RQA_EMULATOR_CAS(type)                                                                     \
    inline type atomicCAS(type *address, type compare, type value)                                 \
    {                                                                                              \
        __atomic_compare_exchange_n(address, &compare, value, false, __ATOMIC_RELAXED,             \
                                    __ATOMIC_RELAXED);                                             \
        return compare;                                                                            \
    }
RQA_EMULATOR_CAS(int)
RQA_EMULATOR_CAS(unsigned)
RQA_EMULATOR_CAS(unsigned long long)
#undef RQA_EMULATOR_CAS

#endif
