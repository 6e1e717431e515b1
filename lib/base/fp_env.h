/* fp_env.h - the floating-point environment: the library's while it computes, else the host's. */
#ifndef RQA_BASE_FP_ENV_H
#define RQA_BASE_FP_ENV_H

#include <stdint.h>

#if defined(__x86_64__) || (defined(__i386__) && defined(__SSE2__))
#define RQA__FP_X86 1
#elif !defined(__aarch64__)
#include <fenv.h>
#endif

/* Rounding, flushing, traps and the sticky flags. */
typedef struct rqa__fp_env {
#ifdef RQA__FP_X86
    uint32_t mxcsr;
    int x87_is_default;
    uint32_t x87[7]; /* where it is not: as fnstenv writes it */
#elif defined(__aarch64__)
    uint64_t fpcr, fpsr;
#else
    fenv_t all;
#endif
} rqa__fp_env;

/* What the results are defined in: to nearest, subnormal numbers kept, no traps, no flags. */
void rqa__fp_default(void);

/* Enter keeps the host's environment and sets the default; leave brings the host's back as it was,
 * flags included: none that the library raises is seen outside. A public function that another one
 * calls changes nothing. What enter returns goes to its leave. */
int rqa__fp_enter(void);
void rqa__fp_leave(const int *was_inside);

/* First statement of every public function that computes, compares or prints doubles, or that calls
 * what might: the environment is the library's until the function returns. Such a function returns
 * no double (on 32-bit x86 one would travel in what leave restores). tests/base/test_fp_env.c calls
 * every public function and sees which forgot. */
#define RQA__ENTRY                                                                                 \
    __attribute__((cleanup(rqa__fp_leave), unused)) const int rqa__fp_was_inside = rqa__fp_enter()

/* Around every call of the host's functions: its environment while they run, and afterwards the
 * default, the host keeping what they changed. On the library's own threads nothing happens. */
int rqa__fp_lend(void);
void rqa__fp_take_back(int was_inside);

#endif
