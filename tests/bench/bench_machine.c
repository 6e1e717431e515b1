/* bench_machine.c - finds out what the benchmarks ran on. */
#define _GNU_SOURCE /* sched_getaffinity: there is no portable way to ask */
#include "bench_machine.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli_machine.h"

static unsigned count_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

void bench_machine_describe(bench_machine *out)
{
    cli_machine_cpu(out->cpu, sizeof out->cpu);
    out->n_cores = count_cores();
    out->memory_bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    cli_machine_system(out->system, sizeof out->system);
    snprintf(out->compiler, sizeof out->compiler, "%.90s", cli_machine_compiler());
    time_t now = time(NULL);
    struct tm utc;
    out->date[0] = '\0';
    if (gmtime_r(&now, &utc))
        strftime(out->date, sizeof out->date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (getloadavg(&out->load, 1) != 1)
        out->load = (double)NAN;
}

uint64_t bench_machine_peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}
