/* fp_modes.c - floating-point modes that a host may be in, and what a thread's is. */
#include "fp_modes.h"

#include <fenv.h>

#if defined(__x86_64__) || (defined(__i386__) && defined(__SSE2__))
#define IS_X86 1
#endif

#ifdef FE_UPWARD /* not every C library has all of them for every machine */
#define UPWARD FE_UPWARD
#else
#define UPWARD FE_TONEAREST
#endif
#ifdef FE_DOWNWARD
#define DOWNWARD FE_DOWNWARD
#else
#define DOWNWARD FE_TONEAREST
#endif
#ifdef FE_TOWARDZERO
#define TOWARDZERO FE_TOWARDZERO
#else
#define TOWARDZERO FE_TONEAREST
#endif

const fp_mode fp_modes[] = {
    {"default", FE_TONEAREST, 0, 0, 3},
    {"upward", UPWARD, 0, 0, 3},
    {"downward", DOWNWARD, 0, 0, 3},
    {"toward zero", TOWARDZERO, 0, 0, 3},
    {"FTZ", FE_TONEAREST, FLUSH_RESULTS, 0, 3},
    {"DAZ", FE_TONEAREST, FLUSH_OPERANDS, 0, 3},
    {"FTZ and DAZ", FE_TONEAREST, FLUSH_RESULTS | FLUSH_OPERANDS, 0, 3},
    {"traps", FE_TONEAREST, 0, 1, 3},
    {"x87 of 53 bits", FE_TONEAREST, 0, 0, 2},
    {"x87 of 24 bits", FE_TONEAREST, 0, 0, 0},
    {"all at once", DOWNWARD, FLUSH_RESULTS | FLUSH_OPERANDS, 1, 2},
};
const size_t n_fp_modes = sizeof fp_modes / sizeof fp_modes[0];

#ifdef IS_X86

fp_state fp_state_now(void)
{
    uint32_t mxcsr;
    uint16_t control, status;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tfnstsw %2"
                     : "=m"(mxcsr), "=m"(control), "=m"(status));
    return (fp_state){mxcsr & ~UINT32_C(0x3f), mxcsr & 0x3f, control, status & 0x3f};
}

static void load(uint32_t mxcsr, uint16_t control)
{
    __asm__ volatile("fninit\n\tfldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(mxcsr));
}

static void set(const fp_mode *mode)
{
    /* Rounding was set by fenv.h in both units; the rest is added. Bits 7, 9, 10 of the masks. */
    fp_state now = fp_state_now();
    uint32_t mxcsr = (uint32_t)now.control | (mode->flush & FLUSH_RESULTS ? 0x8000 : 0) |
                     (mode->flush & FLUSH_OPERANDS ? 0x40 : 0);
    uint16_t control = (uint16_t)((now.x87_control & ~UINT64_C(0x300)) | (uint64_t)mode->x87 << 8);
    if (mode->traps) {
        mxcsr &= ~UINT32_C(0x680);
        control = (uint16_t)(control & ~0xd);
    }
    load(mxcsr, control);
}

void fp_mode_default(void)
{
    load(0x1f80, 0x37f);
}

#elif defined(__aarch64__)

fp_state fp_state_now(void)
{
    uint64_t control, flags;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("mrs %0, fpsr" : "=r"(flags));
    return (fp_state){control, flags & 0x9f, 0, 0}; /* not bit 27, saturation of integers */
}

static void set(const fp_mode *mode)
{
    uint64_t control = fp_state_now().control;
    control |= (mode->flush ? UINT64_C(1) << 24 : 0) | (mode->traps ? UINT64_C(0x700) : 0);
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
}

void fp_mode_default(void)
{
    fesetenv(FE_DFL_ENV);
}

#else

fp_state fp_state_now(void)
{
    return (fp_state){(uint64_t)fegetround(), (uint64_t)fetestexcept(FE_ALL_EXCEPT), 0, 0};
}

static void set(const fp_mode *mode)
{
    (void)mode;
}

void fp_mode_default(void)
{
    fesetenv(FE_DFL_ENV);
}

#endif

void fp_mode_set(const fp_mode *mode)
{
    fp_mode_default();
    fesetround(mode->rounding);
    set(mode);
}

void fp_flag_raise(void)
{
    volatile double one = 1, three = 3, third = one / three;
    (void)third;
}

int fp_control_same(const fp_state *a, const fp_state *b)
{
    return a->control == b->control && a->x87_control == b->x87_control;
}

int fp_state_same(const fp_state *a, const fp_state *b)
{
    return fp_control_same(a, b) && a->flags == b->flags && a->x87_flags == b->x87_flags;
}
