/* level.h - which SIMD level this machine has, and which the user allows. */
#ifndef RQA_CPU_LEVEL_H
#define RQA_CPU_LEVEL_H

#include <stdint.h>

/* Levels rise; a level may use every instruction of the lower ones of its architecture. */
enum { RQA__LEVEL_REF = 0, RQA__LEVEL_AVX2 = 1, RQA__LEVEL_AVX512 = 2, RQA__LEVEL_NEON = 3 };

/* Instruction sets beyond a level, each used only behind its own bit. */
enum {
    RQA__FEATURE_AVX512_VBMI = 1,
    RQA__FEATURE_AVX512_VBMI2 = 2, /* and GFNI, which all have that have VBMI2 */
    RQA__FEATURE_AVX512_BITALG = 4,
    RQA__FEATURE_AVX512_VPOPCNTDQ = 8,
};

typedef struct rqa__cpu {
    int level;         /* RQA__LEVEL_* */
    uint32_t features; /* RQA__FEATURE_*, only where level allows them */
} rqa__cpu;

/* What the processor and the operating system support. */
rqa__cpu rqa__cpu_detect(void);

/* Lowers `cpu` to the level named (ref, avx2, avx512, neon), without the features beyond it; never
 * raises it. 0, or -1 for an
 * unknown name. */
int rqa__cpu_lower(rqa__cpu *cpu, const char *name);

const char *rqa__level_name(int level);

#endif
