/* arithmetic.c - the arithmetic all else relies on: where it is missing, compiling ends here. */
#include <float.h>
#include <limits.h>
#include <stddef.h>

/* The numerics contract: each operation on doubles is rounded to double. x87 keeps 64 bits of
 * mantissa (FLT_EVAL_METHOD 2), and counts would depend on which values stay in registers. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1 /* 1: float as double (s390x), no matter here */
#error "doubles are not rounded to double: on 32-bit x86 compile with -msse2 -mfpmath=sse"
#endif

#ifdef __FAST_MATH__
#error "results are defined by IEEE 754: compile without -ffast-math"
#endif

_Static_assert(FLT_RADIX == 2 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024 && FLT_MANT_DIG == 24,
               "double must be IEEE 754 binary64, and float binary32");
_Static_assert(CHAR_BIT == 8 && sizeof(int) == 4 && sizeof(size_t) >= 4,
               "bytes must have 8 bits, int 32, and sizes at least 32");
