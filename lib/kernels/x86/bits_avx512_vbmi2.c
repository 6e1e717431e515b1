/* bits_avx512_vbmi2.c - the single-analysis kernels for AVX-512 F, BW, DQ, VL and VBMI2. */
#define BITS_TABLE rqa__bits_avx512_vbmi2
#define BITS_VBMI2
#include "kernels/bits_avx512_tpl.h"
