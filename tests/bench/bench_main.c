/* bench_main.c - rqa_bench: how fast librqa is on this machine. Options, and which benchmarks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_tasks.h"

static const struct {
    const char *name;
    void (*run)(bench *b);
    const char *text;
} benchmarks[] = {
    {"kernels", bench_kernels, "inner loops, one call, at every level of this machine"},
    {"single", bench_single, "single analyses from 1,000 points up, and how time grows"},
    {"threads", bench_threads, "single analyses on one, two and all threads"},
    {"levels", bench_levels, "analyses and sweeps at every kernel level of this machine"},
    {"grid", bench_grid, "the founding grid of 10,200 settings on a series of 5,000 points"},
    {"short", bench_short, "results a second and core on recordings of 100 to 500 samples"},
    {"job", bench_job, "the founding job on the example recordings, or on those of --data"},
    {"strategies", bench_strategies, "backends and single calls against one sweep"},
    {"survey", bench_survey, "how often the cost model takes the faster strategy"},
    {"neighbourhoods", bench_neighbourhoods,
     "recurrence rates, neighbours and corridors against a plain analysis"},
    {"cliffs", bench_cliffs, "far values, heavy tails, thresholds in diameters against plain ones"},
    {"dense", bench_dense, "noise whose lines are counted by windows, against following each"},
    {"matrix", bench_matrix, "matrix, measures of it and picture, beside the analysis"},
};
enum { N_BENCHMARKS = sizeof benchmarks / sizeof *benchmarks };

static void print_help(void)
{
    puts(
        "rqa_bench: how fast librqa is on this machine\n\n"
        "  --only NAME[,NAME]  some of the benchmarks below\n"
        "  --format text|json  text (default) or JSON, on standard output\n"
        "  --repeats N         runs of each case; default up to 5 within a second\n"
        "  --threads N         default: as many as the affinity mask allows\n"
        "  --max-n N           longest single series; default 200000, 1050000 is the largest used\n"
        "  --data FOLDER       larger recordings (gaze_3groups_288series.csv.gz): minutes\n"
        "  --tiny              everything once at toy size: does it still run?\n\n"
        "Times are medians with the standard deviation of the runs. Equal work is checked to give\n"
        "equal numbers; if it does not, the exit code is 1.\n");
    for (unsigned k = 0; k < N_BENCHMARKS; k++)
        printf("  %-15s %s\n", benchmarks[k].name, benchmarks[k].text);
}

static _Noreturn void misuse(const char *what, const char *value)
{
    fprintf(stderr, "rqa_bench: %s%s%s; --help tells the options\n", what, *value ? ": " : "",
            value);
    exit(2);
}

static unsigned long read_number(const char *option, const char *text, unsigned long least,
                                 unsigned long most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < least || value > most) {
        char what[96];
        snprintf(what, sizeof what, "%s takes a whole number from %lu to %lu, not", option, least,
                 most);
        misuse(what, text);
    }
    return value;
}

static void check_only(const char *only)
{
    while (*only) {
        size_t n = strcspn(only, ","), k = 0;
        while (k < N_BENCHMARKS &&
               (strlen(benchmarks[k].name) != n || strncmp(benchmarks[k].name, only, n) != 0))
            k++;
        if (k == N_BENCHMARKS)
            misuse("no such benchmark", only);
        only += n + (only[n] == ',');
    }
}

static int wanted(const char *only, const char *name)
{
    while (only && *only) {
        size_t n = strcspn(only, ",");
        if (strlen(name) == n && strncmp(only, name, n) == 0)
            return 1;
        only += n + (only[n] == ',');
    }
    return !only;
}

static void read_option(bench_settings *s, const char *option, const char *value)
{
    if (strcmp(option, "--only") == 0) {
        check_only(value);
        s->only = value;
    } else if (strcmp(option, "--format") == 0) {
        s->json = strcmp(value, "json") == 0;
        if (!s->json && strcmp(value, "text") != 0)
            misuse("--format is text or json, not", value);
    } else if (strcmp(option, "--repeats") == 0) {
        s->repeats = (unsigned)read_number(option, value, 1, 1000);
    } else if (strcmp(option, "--threads") == 0) {
        s->n_threads = (unsigned)read_number(option, value, 1, 1024);
    } else if (strcmp(option, "--max-n") == 0) {
        s->max_n = read_number(option, value, 1000, 1050000);
    } else if (strcmp(option, "--data") == 0) {
        s->data = value;
    } else {
        misuse("unknown option", option);
    }
}

static bench_settings read_options(int argc, char **argv)
{
    bench_settings s = {.max_n = 200000};
    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "--help") == 0) {
            print_help();
            exit(0);
        } else if (strcmp(argv[k], "--tiny") == 0) {
            s.tiny = 1;
        } else if (k + 1 < argc) {
            read_option(&s, argv[k], argv[k + 1]);
            k++;
        } else {
            misuse("unknown option, or no value for it", argv[k]);
        }
    }
    if (s.tiny && s.max_n > 2000)
        s.max_n = 2000;
    return s;
}

int main(int argc, char **argv)
{
    bench b = {.settings = read_options(argc, argv)};
    b.context = bench_context(b.settings.n_threads);
    b.settings.n_threads = rqa_context_n_threads(b.context);
    bench_context_kernels(b.kernels, b.context);
    bench_report_begin(&b);
    for (unsigned k = 0; k < N_BENCHMARKS; k++)
        if (wanted(b.settings.only, benchmarks[k].name))
            benchmarks[k].run(&b);
    bench_report_end(&b);
    rqa_context_destroy(b.context);
    int failed = b.differs || fflush(stdout) || ferror(stdout);
    bench_report_free(&b);
    return failed;
}
