/* bench_machine.h - the machine and the build, in words. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include <stdint.h>

typedef struct bench_machine {
    char cpu[96];
    unsigned n_cores; /* this process may use */
    uint64_t memory_bytes;
    char system[96];
    char compiler[96];
    char date[32];
    double load; /* runnable processes on average in the last minute; NaN if unknown */
} bench_machine;

void bench_machine_describe(bench_machine *out);

/* Most memory this process has had at one time. */
uint64_t bench_machine_peak_bytes(void);

#endif
