/* bench_machine.c - finds out what the benchmarks ran on. */
#define _GNU_SOURCE /* getloadavg */
#include "bench_machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#ifndef _WIN32
#include <sys/resource.h>
#endif
#include <time.h>

#include "base/thread.h"
#include "cli_machine.h"
#include "cli_system.h"

void bench_machine_describe(bench_machine *out)
{
    cli_machine_cpu(out->cpu, sizeof out->cpu);
    out->n_cores = rqa__n_processors();
    out->memory_bytes = rqa__physical_memory();
    cli_machine_system(out->system, sizeof out->system);
    snprintf(out->compiler, sizeof out->compiler, "%.90s", cli_machine_compiler());
    struct tm utc;
    system_utc(&utc, (int64_t)time(NULL));
    strftime(out->date, sizeof out->date, "%Y-%m-%dT%H:%M:%SZ", &utc);
#ifdef _WIN32 /* it counts neither who waits for a processor nor, without a library more, a peak */
    out->load = (double)NAN;
}

uint64_t bench_machine_peak_bytes(void)
{
    return 0;
}
#else
    if (getloadavg(&out->load, 1) != 1)
        out->load = (double)NAN;
}

uint64_t bench_machine_peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}
#endif
