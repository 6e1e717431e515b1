/* bits_avx512.c - the single-analysis kernels for AVX-512 F, BW, DQ, VL. */
#define BITS_TABLE rqa__bits_avx512
#include "kernels/bits_avx512_tpl.h"
