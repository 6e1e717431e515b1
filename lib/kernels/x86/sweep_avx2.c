/* sweep_avx2.c - the sweep engine's kernels for AVX2. */
#include "cpu/sweep_table.h"
const rqa__sweep_kernels rqa__sweep_avx2 = {.name = "avx2"};
