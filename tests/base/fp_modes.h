/* fp_modes.h - floating-point modes that a host may be in, and what a thread's is. */
#ifndef RQA_TESTS_FP_MODES_H
#define RQA_TESTS_FP_MODES_H

#include <stddef.h>
#include <stdint.h>

typedef struct fp_mode {
    const char *name;
    int rounding; /* of fenv.h */
    int flush;    /* of results and operands: FLUSH_* */
    int traps;    /* invalid, division by zero and overflow raise SIGFPE */
    int x87;      /* precision control of the x87: 3 = its own 64 bits, 0 = 24, 2 = 53 */
} fp_mode;

enum { FLUSH_RESULTS = 1, FLUSH_OPERANDS = 2 };

extern const fp_mode fp_modes[];
extern const size_t n_fp_modes; /* the first is the default */

/* Everything a thread's floating-point unit is set to, and the flags it has raised. */
typedef struct fp_state {
    uint64_t control, flags, x87_control, x87_flags;
} fp_state;

fp_state fp_state_now(void);
int fp_state_same(const fp_state *a, const fp_state *b);
int fp_control_same(const fp_state *a, const fp_state *b); /* whatever the flags */

/* Puts the calling thread into a mode; no flag is raised then. */
void fp_mode_set(const fp_mode *mode);
void fp_mode_default(void);
/* Raises a flag, which must still be there after a call. Not with traps. */
void fp_flag_raise(void);

#endif
