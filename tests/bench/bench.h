/* bench.h - what the files of rqa_bench share: settings, results, and the benchmarks themselves. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "bench_time.h"
#include "rqa/rqa.h"

typedef struct bench_settings {
    int json;
    int tiny;           /* everything at toy size, once: does it still run? */
    unsigned repeats;   /* 0: up to five, fewer where they would take long */
    unsigned n_threads; /* resolved: at least 1 */
    size_t max_n;
    const char *data; /* folder of larger recordings, or NULL */
    const char *only; /* names separated by commas, or NULL for all */
} bench_settings;

/* One timed case. */
typedef struct bench_row {
    const char *bench;
    char what[64];
    size_t n; /* samples, vectors or cells of a line: what the case grows with */
    unsigned n_threads;
    char kernels[8];
    char engine[8]; /* "" where it does not apply */
    bench_time time;
    double work; /* what one run gets done, in `unit` */
    const char *unit;
    double speedup; /* over the case's reference; NaN where there is none */
} bench_row;

/* A figure drawn from several cases. */
typedef struct bench_figure {
    const char *bench;
    char what[96];
    double value;
    const char *unit;
} bench_figure;

typedef struct bench {
    bench_settings settings;
    rqa_context *context; /* with settings.n_threads */
    char kernels[8];      /* the level of that context */
    bench_row *row;
    size_t n_rows;
    bench_figure *figure;
    size_t n_figures;
    char (*note)[160];
    size_t n_notes;
    int differs; /* two runs that must agree did not */
} bench;

/* ---- the benchmarks, each in a file of its own ---- */

void bench_kernels(bench *b);
void bench_single(bench *b);
void bench_threads(bench *b);
void bench_levels(bench *b);
void bench_grid(bench *b);
void bench_short(bench *b);
void bench_job(bench *b);
void bench_strategies(bench *b);
void bench_survey(bench *b);
void bench_cliffs(bench *b);
void bench_dense(bench *b);
void bench_neighbourhoods(bench *b);
void bench_matrix(bench *b);

/* ---- bench_report.c: keeps results; text is printed at once, JSON at the end ---- */

void bench_report_begin(bench *b);
void bench_report_title(bench *b, const char *name, const char *text);
void bench_report_row(bench *b, const bench_row *row);
void bench_report_figure(bench *b, const char *name, double value, const char *unit,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));
void bench_report_note(bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same work must give the same numbers, whatever computed them. */
void bench_report_expect(bench *b, uint64_t expected, uint64_t got, const char *what);
void bench_report_end(bench *b);
void bench_report_free(bench *b);

/* Ends the program with a line. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the program with the library's text unless status is RQA_OK. */
void bench_check(rqa_status status, const char *call);
/* malloc, or the end of the program. */
void *bench_alloc(size_t n, size_t size);

#endif
