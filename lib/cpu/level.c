/* level.c - CPU detection: CPUID for the processor, XGETBV for the operating system. */
#include "cpu/level.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#define RQA__X86 1
#endif

static const char *const names[] = {"ref", "avx2", "avx512", "neon"};

const char *rqa__level_name(int level)
{
    return level >= 0 && level < 4 ? names[level] : "?";
}

#ifdef RQA__X86
static uint64_t read_xcr0(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

/* Intel SDM vol. 1, 13.3 (OSXSAVE), 14.3 (AVX), 15.2-15.4 (AVX-512). */
static rqa__cpu detect_x86(void)
{
    rqa__cpu cpu = {RQA__LEVEL_REF, 0};
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return cpu;
    const unsigned osxsave = 1U << 27, avx = 1U << 28, popcnt = 1U << 23;
    if ((c & (osxsave | avx | popcnt)) != (osxsave | avx | popcnt))
        return cpu;
    uint64_t xcr0 = read_xcr0();
    unsigned b7, c7;
    if ((xcr0 & 0x6) != 0x6 || !__get_cpuid_count(7, 0, &a, &b7, &c7, &d))
        return cpu;
    const unsigned bmi1 = 1U << 3, avx2 = 1U << 5, bmi2 = 1U << 8;
    if ((b7 & (bmi1 | avx2 | bmi2)) != (bmi1 | avx2 | bmi2))
        return cpu;
    cpu.level = RQA__LEVEL_AVX2;
    const unsigned f = 1U << 16, dq = 1U << 17, bw = 1U << 30, vl = 1U << 31;
    if ((xcr0 & 0xe6) != 0xe6 || (b7 & (f | dq | bw | vl)) != (f | dq | bw | vl))
        return cpu;
    cpu.level = RQA__LEVEL_AVX512;
    if (c7 & 1U << 1)
        cpu.features |= RQA__FEATURE_AVX512_VBMI;
    const unsigned vbmi2 = 1U << 6, gfni = 1U << 8;
    if ((c7 & (vbmi2 | gfni)) == (vbmi2 | gfni))
        cpu.features |= RQA__FEATURE_AVX512_VBMI2;
    if (c7 & 1U << 12)
        cpu.features |= RQA__FEATURE_AVX512_BITALG;
    if (c7 & 1U << 14)
        cpu.features |= RQA__FEATURE_AVX512_VPOPCNTDQ;
    return cpu;
}
#endif

rqa__cpu rqa__cpu_detect(void)
{
#if defined(RQA__X86)
    return detect_x86();
#elif defined(__aarch64__)
    return (rqa__cpu){RQA__LEVEL_NEON, 0}; /* part of the base architecture */
#else
    return (rqa__cpu){RQA__LEVEL_REF, 0};
#endif
}

int rqa__cpu_lower(rqa__cpu *cpu, const char *name)
{
    int wanted = -1;
    for (int k = 0; k < 4; k++)
        if (strcmp(name, names[k]) == 0)
            wanted = k;
    if (wanted < 0)
        return -1;
    /* NEON and the x86 levels are not comparable: asking for the other family changes nothing. */
    int comparable = wanted == RQA__LEVEL_REF ||
                     (wanted == RQA__LEVEL_NEON) == (cpu->level == RQA__LEVEL_NEON);
    if (comparable && wanted <= cpu->level) {
        cpu->level = wanted;
        cpu->features = 0;
    }
    return 0;
}
