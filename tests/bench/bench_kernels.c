/* bench_kernels.c - times every kernel at every level, and compares what they leave behind. */
#include "bench_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_tasks.h"

enum { MOST_LEVELS = 4 };

typedef struct level {
    const char *name;
    const rqa__bits_kernels *bits;
    const rqa__sweep_kernels *sweep; /* NULL: as the level below */
} level;

static unsigned list_levels(level out[MOST_LEVELS])
{
    const rqa__cpu cpu = bench_cpu();
    unsigned n = 0;
    out[n++] = (level){"ref", &rqa__bits_ref, &rqa__sweep_ref};
#if defined(__x86_64__)
    if (cpu.level >= RQA__LEVEL_AVX2 && cpu.level <= RQA__LEVEL_AVX512)
        out[n++] = (level){"avx2", &rqa__bits_avx2, &rqa__sweep_avx2};
    if (cpu.level == RQA__LEVEL_AVX512)
        out[n++] = (level){"avx512", &rqa__bits_avx512, &rqa__sweep_avx512};
    if (cpu.level == RQA__LEVEL_AVX512 && cpu.features & RQA__FEATURE_AVX512_VBMI2)
        out[n++] = (level){"+vbmi2", &rqa__bits_avx512_vbmi2, &rqa__sweep_avx512_vbmi2};
#elif defined(__aarch64__)
    if (cpu.level == RQA__LEVEL_NEON)
        out[n++] = (level){"neon", &rqa__bits_neon, &rqa__sweep_neon};
#endif
    return n;
}

typedef struct reference {
    double median_s;
    uint64_t digest;
} reference;

static void time_case(bench *b, const bench_kernel *kernel, void *state, const char *level_name,
                      reference *ref)
{
    if (kernel->has && !kernel->has(state))
        return;
    bench_row row = {.bench = "kernels", .n = kernel->n, .n_threads = 1, .unit = "cells"};
    kernel->prepare(state);
    kernel->run(state);
    const uint64_t digest = kernel->digest(state);
    row.time = b->settings.tiny ? bench_measure_once(kernel->run, state)
                                : bench_measure(kernel->run, state, b->settings.repeats);
    row.work = kernel->cells;
    snprintf(row.what, sizeof row.what, "%s", kernel->what);
    snprintf(row.kernels, sizeof row.kernels, "%s", level_name);
    if (!(ref->median_s > 0)) {
        ref->median_s = row.time.median_s;
        ref->digest = digest;
    }
    row.speedup = ref->median_s / row.time.median_s;
    bench_report_expect(b, ref->digest, digest, kernel->what);
    bench_report_row(b, &row);
}

void bench_kernels(bench *b)
{
    level levels[MOST_LEVELS];
    unsigned n_levels = list_levels(levels), n;
    bench_report_title(b, "kernels", "inner loops, one thread, data in cache; speed-up over ref");
    bench_bits *bits = bench_bits_create();
    const bench_kernel *kernel = bench_bits_cases(&n);
    for (unsigned k = 0; k < n; k++) {
        reference ref = {0, 0};
        for (unsigned l = 0; l < n_levels; l++) {
            bench_bits_use(bits, levels[l].bits);
            time_case(b, &kernel[k], bits, levels[l].name, &ref);
        }
    }
    bench_bits_free(bits);
    bench_lines *lines = bench_lines_create();
    kernel = bench_lines_cases(&n);
    for (unsigned k = 0; k < n; k++) {
        reference ref = {0, 0};
        for (unsigned l = 0; l < n_levels; l++) {
            if (!levels[l].sweep)
                continue;
            bench_lines_use(lines, levels[l].sweep);
            time_case(b, &kernel[k], lines, levels[l].name, &ref);
        }
    }
    bench_lines_free(lines);
}
