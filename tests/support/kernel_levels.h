/* kernel_levels.h - the kernel tables that can run here, for tests of each of them. */
#ifndef RQA_TESTS_KERNEL_LEVELS_H
#define RQA_TESTS_KERNEL_LEVELS_H

#include "cpu/bits_table.h"
#include "cpu/distance_table.h"
#include "cpu/level.h"
#include "cpu/sweep_table.h"
#include "cpu/window_table.h"

enum { KERNEL_LEVELS = 4 };

typedef struct kernel_level {
    const char *name;
    const rqa__bits_kernels *bits;
    const rqa__sweep_kernels *sweep;
    const rqa__distance_kernels *distance;
    const rqa__window_kernels *window;
} kernel_level;

/* Level k of 0..KERNEL_LEVELS-1, the reference first; without a name where it cannot run. */
static inline kernel_level kernel_level_at(int k)
{
#if defined(__x86_64__)
    const rqa__cpu cpu = rqa__cpu_detect();
    if (k == 1 && cpu.level >= RQA__LEVEL_AVX2)
        return (kernel_level){"avx2", &rqa__bits_avx2, &rqa__sweep_avx2, &rqa__distance_avx2, &rqa__window_avx2};
    if (k == 2 && cpu.level >= RQA__LEVEL_AVX512)
        return (kernel_level){"avx512", &rqa__bits_avx512, &rqa__sweep_avx512,
                              &rqa__distance_avx512, &rqa__window_avx512};
    if (k == 3 && cpu.level >= RQA__LEVEL_AVX512 && cpu.features & RQA__FEATURE_AVX512_VBMI2)
        return (kernel_level){"avx512_vbmi2", &rqa__bits_avx512_vbmi2, &rqa__sweep_avx512_vbmi2,
                              &rqa__distance_avx512, &rqa__window_avx512};
#elif defined(__aarch64__)
    if (k == 1)
        return (kernel_level){"neon", &rqa__bits_neon, &rqa__sweep_neon, &rqa__distance_neon, &rqa__window_ref};
#endif
    return k == 0 ? (kernel_level){"ref", &rqa__bits_ref, &rqa__sweep_ref, &rqa__distance_ref, &rqa__window_ref}
                  : (kernel_level){NULL, NULL, NULL, NULL, NULL};
}

#endif
