/* spill_avx2.c - vectors of 32 bytes that must go to the stack; flags of the AVX2 kernels. */
#include <stddef.h>

#define SPILL spill_avx2
#define VECTOR vector_32
#define TAKEN                                                                                      \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",  \
        "xmm12", "xmm13", "xmm14", "xmm15"
typedef double vector_32 __attribute__((vector_size(32)));
void spill_avx2(const double *in, double *out);
#include "spill_tpl.h"
