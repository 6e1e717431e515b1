/* spill_avx512.c - vectors of 64 bytes that must go to the stack; flags of the AVX-512 kernels. */
#include <stddef.h>

#define SPILL spill_avx512
#define VECTOR vector_64
#define TAKEN                                                                                      \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",  \
        "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21",      \
        "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31"
typedef double vector_64 __attribute__((vector_size(64)));
void spill_avx512(const double *in, double *out);
#include "spill_tpl.h"
