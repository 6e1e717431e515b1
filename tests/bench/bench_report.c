/* bench_report.c - keeps what was measured and prints it, as a table or as JSON. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_json.h"
#include "bench_machine.h"

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("rqa_bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void bench_check(rqa_status status, const char *call)
{
    if (status != RQA_OK)
        bench_die("%s: %s: %s", call, rqa_status_name(status), rqa_last_error());
}

void *bench_alloc(size_t n, size_t size)
{
    void *block = calloc(n ? n : 1, size);
    if (!block)
        bench_die("no memory for %zu x %zu bytes", n, size);
    return block;
}

/* Room for one more element. */
static void grow(void *block, size_t n, size_t size)
{
    void **list = block;
    if (n & (n - 1)) /* doubles at powers of two */
        return;
    *list = realloc(*list, (n ? 2 * n : 1) * size);
    if (!*list)
        bench_die("no memory for the results");
}

/* 1.234 ms, 12.34 ms, 123.4 ms */
static const char *show_time(char *out, size_t size, double s)
{
    static const char *const units[] = {"s ", "ms", "us", "ns"};
    unsigned unit = 0;
    while (unit < 3 && s < 0.9995) {
        s *= 1e3;
        unit++;
    }
    snprintf(out, size, "%.*f %s", s < 9.9995 ? 3 : s < 99.995 ? 2 : 1, s, units[unit]);
    return out;
}

static const char *show_rate(char *out, size_t size, double rate, const char *unit)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T"};
    unsigned prefix = 0;
    while (prefix < 4 && rate >= 999.5) {
        rate *= 1e-3;
        prefix++;
    }
    snprintf(out, size, "%.3g %s%s/s", rate, prefixes[prefix], unit);
    return out;
}

void bench_report_begin(bench *b)
{
    if (b->settings.json)
        return;
    bench_machine m;
    bench_machine_describe(&m);
    printf("librqa %s (numerics %u), %s kernels, %u thread%s\n", rqa_version(),
           rqa_numerics_version(), b->kernels, b->settings.n_threads,
           b->settings.n_threads == 1 ? "" : "s");
    printf("%s, %u core%s, %.1f GiB, %s, load %.2f\n%s, %s\n", m.cpu, m.n_cores,
           m.n_cores == 1 ? "" : "s", (double)m.memory_bytes / 0x1p30, m.system, m.load, m.compiler,
           m.date);
}

void bench_report_title(bench *b, const char *name, const char *text)
{
    if (b->settings.json)
        return;
    printf("\n%s: %s\n", name, text);
    printf("  %-42s %8s %3s %-7s %-6s %9s %9s %9s %9s %4s  %-16s %s\n", "case", "N", "thr",
           "kernels", "engine", "median", "min", "max", "+-", "runs", "rate", "speed-up");
}

void bench_report_row(bench *b, const bench_row *row)
{
    grow(&b->row, b->n_rows, sizeof *row);
    b->row[b->n_rows++] = *row;
    if (!row->time.steady)
        bench_report_expect(b, 0, 1, row->what);
    if (b->settings.json)
        return;
    char median[32], low[32], high[32], spread[32] = "-", rate[48], speedup[32] = "";
    if (row->time.n_runs > 1)
        show_time(spread, sizeof spread, row->time.spread_s);
    if (!isnan(row->speedup))
        snprintf(speedup, sizeof speedup, "%.2fx", row->speedup);
    printf("  %-42s %8zu %3u %-7s %-6s %9s %9s %9s %9s %4u  %-16s %s\n", row->what, row->n,
           row->n_threads, row->kernels, row->engine,
           show_time(median, sizeof median, row->time.median_s),
           show_time(low, sizeof low, row->time.min_s),
           show_time(high, sizeof high, row->time.max_s), spread, row->time.n_runs,
           show_rate(rate, sizeof rate, row->work / row->time.median_s, row->unit), speedup);
    fflush(stdout);
}

void bench_report_figure(bench *b, const char *name, double value, const char *unit,
                         const char *format, ...)
{
    grow(&b->figure, b->n_figures, sizeof *b->figure);
    bench_figure *f = &b->figure[b->n_figures++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(f->what, sizeof f->what, format, arguments);
    va_end(arguments);
    f->bench = name;
    f->value = value;
    f->unit = unit;
    if (!b->settings.json)
        printf("  = %s: %.4g%s%s\n", f->what, value, *unit ? " " : "", unit);
}

void bench_report_note(bench *b, const char *format, ...)
{
    grow(&b->note, b->n_notes, sizeof *b->note);
    char *note = b->note[b->n_notes++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(note, sizeof *b->note, format, arguments);
    va_end(arguments);
    if (!b->settings.json)
        printf("  * %s\n", note);
}

void bench_report_expect(bench *b, uint64_t expected, uint64_t got, const char *what)
{
    if (expected == got)
        return;
    b->differs = 1;
    fprintf(stderr, "rqa_bench: %s: the results differ from those of the same work before\n", what);
}

static void write_row(const bench_row *row)
{
    const bench_json_field fields[] = {
        {"bench", row->bench, 0},
        {"case", row->what, 0},
        {"n", NULL, (double)row->n},
        {"threads", NULL, row->n_threads},
        {"kernels", row->kernels, 0},
        {"engine", *row->engine ? row->engine : NULL, (double)NAN},
        {"runs", NULL, row->time.n_runs},
        {"median_s", NULL, row->time.median_s},
        {"min_s", NULL, row->time.min_s},
        {"max_s", NULL, row->time.max_s},
        {"spread_s", NULL, row->time.n_runs > 1 ? row->time.spread_s : (double)NAN},
        {"work", NULL, row->work},
        {"unit", row->unit, 0},
        {"rate_per_s", NULL, row->work / row->time.median_s},
        {"speedup", NULL, row->speedup},
    };
    bench_json_object(stdout, fields, sizeof fields / sizeof *fields);
}

static void write_machine(const bench *b)
{
    bench_machine m;
    bench_machine_describe(&m);
    const bench_json_field fields[] = {
        {"cpu", m.cpu, 0},
        {"cores", NULL, m.n_cores},
        {"memory_bytes", NULL, (double)m.memory_bytes},
        {"system", m.system, 0},
        {"compiler", m.compiler, 0},
        {"load", NULL, m.load},
        {"date", m.date, 0},
        {"kernels", b->kernels, 0},
        {"threads", NULL, b->settings.n_threads},
        {"librqa", rqa_version(), 0},
        {"numerics", NULL, rqa_numerics_version()},
        {"peak_memory_bytes", NULL, (double)bench_machine_peak_bytes()},
    };
    bench_json_object(stdout, fields, sizeof fields / sizeof *fields);
}

void bench_report_end(bench *b)
{
    if (!b->settings.json) {
        bench_machine m;
        bench_machine_describe(&m);
        printf("\nload at the end %.2f, most memory %.1f MB, results of equal work %s\n", m.load,
               (double)bench_machine_peak_bytes() / 1e6, b->differs ? "DIFFER" : "agree");
        return;
    }
    printf("{\"machine\":");
    write_machine(b);
    printf(",\n\"results\":[");
    for (size_t k = 0; k < b->n_rows; k++) {
        printf(k ? ",\n" : "\n");
        write_row(&b->row[k]);
    }
    printf("],\n\"figures\":[");
    for (size_t k = 0; k < b->n_figures; k++) {
        const bench_figure *f = &b->figure[k];
        const bench_json_field fields[] = {{"bench", f->bench, 0},
                                           {"figure", f->what, 0},
                                           {"value", NULL, f->value},
                                           {"unit", f->unit, 0}};
        printf(k ? ",\n" : "\n");
        bench_json_object(stdout, fields, sizeof fields / sizeof *fields);
    }
    printf("],\n\"notes\":[");
    for (size_t k = 0; k < b->n_notes; k++) {
        printf(k ? ",\n" : "\n");
        bench_json_string(stdout, b->note[k]);
    }
    printf("],\n\"results_agree\":%s}\n", b->differs ? "false" : "true");
}

void bench_report_free(bench *b)
{
    free(b->row);
    free(b->figure);
    free(b->note);
}
