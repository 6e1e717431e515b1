// emulated_threads.h - what a kernel knows of its thread, block and warp: indices, barriers,
// collectives. Every call carries the place in the source it was made from; threads that meet must
// come from the same place, as CUDA demands of them.
#ifndef RQA_EMULATOR_THREADS_H
#define RQA_EMULATOR_THREADS_H

#include <string.h>
#include <type_traits>

#include "emulated_types.h"

#define RQA_EMULATOR_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()
#define RQA_EMULATOR_TLS __attribute__((tls_model("initial-exec"))) __thread

extern RQA_EMULATOR_TLS uint3 threadIdx;
extern RQA_EMULATOR_TLS uint3 blockIdx;
extern RQA_EMULATOR_TLS dim3 blockDim;
extern RQA_EMULATOR_TLS dim3 gridDim;
constexpr int warpSize = 32;

namespace rqa_emulator
{

enum class meeting {
    syncwarp,
    ballot,
    any,
    all,
    match_any,
    shfl,
    shfl_up,
    shfl_down,
    shfl_xor,
    add,
    min_unsigned,
    max_unsigned,
    min_signed,
    max_signed,
    bit_and,
    bit_or,
    bit_xor
};

enum class barrier { plain, any, all, count };

// The thread waits until every lane of the mask has come; what it then gets is its own result.
unsigned long long meet(meeting what, unsigned mask, unsigned long long value, int lane, int width,
                        const char *file, int line);
// The thread waits until every thread of the block has come.
int meet_block(barrier what, int predicate, const char *file, int line);
// Orders this thread's memory accesses with those of other threads that call it.
void fence();
unsigned own_lane();
[[noreturn]] void trap(const char *file, int line);

template <class T>
T shuffle(meeting what, unsigned mask, T value, int lane, int width, RQA_EMULATOR_SITE)
{
    static_assert(std::is_arithmetic<T>::value && (sizeof(T) == 4 || sizeof(T) == 8),
                  "shuffles take 32-bit and 64-bit numbers");
    unsigned long long bits = 0;
    memcpy(&bits, &value, sizeof value);
    bits = meet(what, mask, bits, lane, width, file, line);
    memcpy(&value, &bits, sizeof value);
    return value;
}

} // namespace rqa_emulator

inline void __syncthreads(RQA_EMULATOR_SITE)
{
    rqa_emulator::meet_block(rqa_emulator::barrier::plain, 0, file, line);
}

inline int __syncthreads_or(int predicate, RQA_EMULATOR_SITE)
{
    return rqa_emulator::meet_block(rqa_emulator::barrier::any, predicate, file, line);
}

inline int __syncthreads_and(int predicate, RQA_EMULATOR_SITE)
{
    return rqa_emulator::meet_block(rqa_emulator::barrier::all, predicate, file, line);
}

inline int __syncthreads_count(int predicate, RQA_EMULATOR_SITE)
{
    return rqa_emulator::meet_block(rqa_emulator::barrier::count, predicate, file, line);
}

inline void __syncwarp(unsigned mask = 0xffffffffu, RQA_EMULATOR_SITE)
{
    rqa_emulator::meet(rqa_emulator::meeting::syncwarp, mask, 0, 0, 0, file, line);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, RQA_EMULATOR_SITE)
{
    return static_cast<unsigned>(
        rqa_emulator::meet(rqa_emulator::meeting::ballot, mask, predicate != 0, 0, 0, file, line));
}

inline int __any_sync(unsigned mask, int predicate, RQA_EMULATOR_SITE)
{
    return static_cast<int>(
        rqa_emulator::meet(rqa_emulator::meeting::any, mask, predicate != 0, 0, 0, file, line));
}

inline int __all_sync(unsigned mask, int predicate, RQA_EMULATOR_SITE)
{
    return static_cast<int>(
        rqa_emulator::meet(rqa_emulator::meeting::all, mask, predicate != 0, 0, 0, file, line));
}

template <class T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32, RQA_EMULATOR_SITE)
{
    return rqa_emulator::shuffle(rqa_emulator::meeting::shfl, mask, value, lane, width, file, line);
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, RQA_EMULATOR_SITE)
{
    return rqa_emulator::shuffle(rqa_emulator::meeting::shfl_up, mask, value,
                                 static_cast<int>(delta), width, file, line);
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, RQA_EMULATOR_SITE)
{
    return rqa_emulator::shuffle(rqa_emulator::meeting::shfl_down, mask, value,
                                 static_cast<int>(delta), width, file, line);
}

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, RQA_EMULATOR_SITE)
{
    return rqa_emulator::shuffle(rqa_emulator::meeting::shfl_xor, mask, value, lanes, width, file,
                                 line);
}

template <class T> unsigned __match_any_sync(unsigned mask, T value, RQA_EMULATOR_SITE)
{
    static_assert(std::is_arithmetic<T>::value && (sizeof(T) == 4 || sizeof(T) == 8),
                  "matches take 32-bit and 64-bit numbers");
    unsigned long long bits = 0;
    memcpy(&bits, &value, sizeof value);
    return static_cast<unsigned>(
        rqa_emulator::meet(rqa_emulator::meeting::match_any, mask, bits, 0, 0, file, line));
}

#define RQA_EMULATOR_REDUCE(name, type, what)                                                      \
    inline type name(unsigned mask, type value, RQA_EMULATOR_SITE)                                 \
    {                                                                                              \
        return static_cast<type>(rqa_emulator::meet(                                               \
            rqa_emulator::meeting::what, mask, static_cast<unsigned>(value), 0, 0, file, line));   \
    }
RQA_EMULATOR_REDUCE(__reduce_add_sync, unsigned, add)
RQA_EMULATOR_REDUCE(__reduce_add_sync, int, add)
RQA_EMULATOR_REDUCE(__reduce_min_sync, unsigned, min_unsigned)
RQA_EMULATOR_REDUCE(__reduce_min_sync, int, min_signed)
RQA_EMULATOR_REDUCE(__reduce_max_sync, unsigned, max_unsigned)
RQA_EMULATOR_REDUCE(__reduce_max_sync, int, max_signed)
RQA_EMULATOR_REDUCE(__reduce_and_sync, unsigned, bit_and)
RQA_EMULATOR_REDUCE(__reduce_or_sync, unsigned, bit_or)
RQA_EMULATOR_REDUCE(__reduce_xor_sync, unsigned, bit_xor)
#undef RQA_EMULATOR_REDUCE

// Lanes promise nothing about running together; alone is the least a card may answer.
inline unsigned __activemask()
{
    return 1u << rqa_emulator::own_lane();
}

inline void __threadfence()
{
    rqa_emulator::fence();
}

inline void __threadfence_block()
{
    rqa_emulator::fence();
}

[[noreturn]] inline void __trap(RQA_EMULATOR_SITE)
{
    rqa_emulator::trap(file, line);
}

#endif
