/* fp_env.c - the floating-point environment: the library's while it computes, else the host's.
 *
 * By hand on x86 and 64-bit Arm: fenv.h says nothing of flushing subnormal numbers to zero, and on
 * x86 it is for each C library to decide whether its default environment ends that.
 */
#include "base/fp_env.h"

/* Of the calling thread: whether the library's environment is in force, and then the host's. */
static _Thread_local int inside;
static _Thread_local rqa__fp_env host;

#ifdef RQA__FP_X86

/* To nearest, all exceptions masked, no flag, no FTZ (bit 15), no DAZ (bit 6). */
static const uint32_t mxcsr_default = 0x1f80;

/* As fninit leaves it: 64 bits of precision, to nearest, all masked; no flag. At a call the x87's stack is
 * empty. */
static int is_x87_default(void)
{
    uint16_t control, status;
    __asm__ volatile("fnstcw %0" : "=m"(control) : : "memory");
    __asm__ volatile("fnstsw %0" : "=m"(status) : : "memory");
    return control == 0x37f && status == 0;
}

/* Each of fnstenv, fninit and fldenv takes as long as a small allocation, around which they stand: the
 * x87 that is as it should be is left alone. fnstenv masks its exceptions and is followed by fninit. */
static void take(rqa__fp_env *env)
{
    __asm__ volatile("stmxcsr %0" : "=m"(env->mxcsr) : : "memory");
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr_default) : "memory");
    env->x87_is_default = is_x87_default();
    if (env->x87_is_default)
        return;
    __asm__ volatile("fnstenv %0" : "=m"(env->x87) : : "memory");
    __asm__ volatile("fninit" : : : "memory");
}

static void give(const rqa__fp_env *env)
{
    if (!env->x87_is_default)
        __asm__ volatile("fldenv %0" : : "m"(env->x87) : "memory");
    else if (!is_x87_default())
        __asm__ volatile("fninit" : : : "memory");
    __asm__ volatile("ldmxcsr %0" : : "m"(env->mxcsr) : "memory");
}

void rqa__fp_default(void)
{
    __asm__ volatile("fninit" : : : "memory");
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr_default) : "memory");
}

#elif defined(__aarch64__)

static void take(rqa__fp_env *env)
{
    __asm__ volatile("mrs %0, fpcr" : "=r"(env->fpcr) : : "memory");
    __asm__ volatile("mrs %0, fpsr" : "=r"(env->fpsr) : : "memory");
    rqa__fp_default();
}

static void give(const rqa__fp_env *env)
{
    __asm__ volatile("msr fpsr, %0" : : "r"(env->fpsr) : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"(env->fpcr) : "memory");
}

void rqa__fp_default(void)
{
    const uint64_t none = 0;
    __asm__ volatile("msr fpcr, %0" : : "r"(none) : "memory");
    __asm__ volatile("msr fpsr, %0" : : "r"(none) : "memory");
}

#else

static void take(rqa__fp_env *env)
{
    fegetenv(&env->all);
    rqa__fp_default();
}

static void give(const rqa__fp_env *env)
{
    fesetenv(&env->all);
}

void rqa__fp_default(void)
{
    fesetenv(FE_DFL_ENV);
}

#endif

int rqa__fp_enter(void)
{
    const int was_inside = inside;
    if (!was_inside)
        take(&host);
    inside = 1;
    return was_inside;
}

void rqa__fp_leave(const int *was_inside)
{
    if (!*was_inside)
        give(&host);
    inside = *was_inside;
}

int rqa__fp_lend(void)
{
    const int was_inside = inside;
    if (was_inside)
        give(&host);
    inside = 0;
    return was_inside;
}

void rqa__fp_take_back(int was_inside)
{
    if (was_inside) {
        take(&host);
        inside = 1;
    }
}
