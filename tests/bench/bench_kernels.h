/* bench_kernels.h - the kernels as work to time, one table of cases for each of the two engines. */
#ifndef BENCH_KERNELS_H
#define BENCH_KERNELS_H

#include "bench.h"
#include "cpu/bits_table.h"
#include "cpu/sweep_table.h"

/* One kernel on data that stay in the first cache levels. `prepare` puts the state back to what the
 * first call finds; `digest` is of what that call must leave behind at every level. */
typedef struct bench_kernel {
    const char *what;
    size_t n;                      /* cells of a line, or of a row */
    double cells;                  /* pairs of vectors that one call deals with */
    int (*has)(const void *state); /* NULL: every level has it */
    void (*prepare)(void *state);
    bench_work *run;
    uint64_t (*digest)(const void *state);
} bench_kernel;

typedef struct bench_bits bench_bits;
bench_bits *bench_bits_create(void);
void bench_bits_use(bench_bits *state, const rqa__bits_kernels *kernels);
const bench_kernel *bench_bits_cases(unsigned *n);
void bench_bits_free(bench_bits *state);

typedef struct bench_lines bench_lines;
bench_lines *bench_lines_create(void);
void bench_lines_use(bench_lines *state, const rqa__sweep_kernels *kernels);
const bench_kernel *bench_lines_cases(unsigned *n);
void bench_lines_free(bench_lines *state);

#endif
