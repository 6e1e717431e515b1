/* cancel_bench.c - how soon a long call ends once it has been cancelled.
 *
 * cancel_bench [TIMES [LATEST_S [MOST_N]]]: cancels each kind of work TIMES times, at moments drawn
 * from the first LATEST_S seconds, and prints how long it went on, and how much processor time that
 * took, which other load does not change. Noise has the most lines; a sine wave the longest.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rqa/rqa.h"

enum { MOST_TIMES = 1000, N_DIMS = 3, N_THRESHOLDS = 51 };

typedef struct job {
    const char *name;
    size_t n;
    uint32_t n_threads;
    int32_t norm, unit;
    int matrix, grid, smooth;
} job;

static rqa_context *context;
static rqa_series *series;
static rqa_embedding *embedding;
static rqa_batch *batch;
static uint64_t state = 1;

static void check(rqa_status status, const char *what)
{
    if (!status)
        return;
    fprintf(stderr, "cancel_bench: %s: %s\n", what, rqa_last_error());
    exit(1);
}

static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static rqa_analysis_options options_of(const job *j)
{
    rqa_analysis_options o;
    rqa_analysis_options_init(&o);
    o.norm = j->norm;
    o.threshold = 0.1;
    o.threshold_unit = j->unit;
    o.measures = RQA_MEASURES_DEFAULT;
    o.backend = j->n_threads > 1 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    return o;
}

static void make_batch(const job *j)
{
    static const uint32_t dims[N_DIMS] = {1, 2, 3}, delay = 3;
    double thresholds[N_THRESHOLDS];
    for (int k = 0; k < N_THRESHOLDS; k++)
        thresholds[k] = 0.05 + 0.01 * k;
    rqa_analysis_options a = options_of(j);
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.analysis = &a;
    o.dims = dims;
    o.n_dims = N_DIMS;
    o.delays = &delay;
    o.n_delays = 1;
    o.thresholds = thresholds;
    o.n_thresholds = N_THRESHOLDS;
    check(rqa_batch_create(&batch, context, &o), "batch");
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    item.x = series;
    check(rqa_batch_add(batch, &item), "item");
}

static void make(const job *j)
{
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = j->n_threads;
    check(rqa_context_create(&context, &co), "context");
    double *x = malloc(j->n * sizeof *x);
    for (size_t k = 0; x && k < j->n; k++)
        x[k] = j->smooth ? sin(0.01 * (double)k) + 0.01 * uniform() : uniform();
    check(x ? rqa_series_create(&series, context, x, j->n, 1, NULL) : RQA_ERROR_MEMORY, "series");
    free(x);
    check(rqa_embedding_create(&embedding, series, 3, 3), "embedding");
    if (j->grid)
        make_batch(j);
}

static void unmake(void)
{
    rqa_batch_destroy(batch);
    batch = NULL;
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

static void *run(void *arg)
{
    const job *j = arg;
    static rqa_status status;
    rqa_metrics *metrics = NULL;
    rqa_matrix *matrix = NULL;
    rqa_analysis_options o = options_of(j);
    if (j->grid)
        status = rqa_batch_run(batch, NULL, NULL);
    else if (j->matrix)
        status = rqa_matrix_create(&matrix, embedding, NULL, &o);
    else
        status = rqa_metrics_compute(&metrics, embedding, NULL, &o);
    rqa_metrics_destroy(metrics);
    rqa_matrix_destroy(matrix);
    return &status;
}

/* 0 where the work had ended before. */
static int cancel_once(const job *j, double after_s, double *wall_s, double *cpu_s)
{
    pthread_t thread;
    void *status;
    make(j);
    check(pthread_create(&thread, NULL, run, (void *)j), "thread");
    nanosleep(&(struct timespec){(time_t)after_s, (long)(1e9 * fmod(after_s, 1))}, NULL);
    double wall = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
    if (j->grid)
        rqa_batch_cancel(batch);
    else
        rqa_context_cancel(context);
    pthread_join(thread, &status);
    *wall_s = now_s(CLOCK_MONOTONIC) - wall;
    *cpu_s = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    unmake();
    return *(rqa_status *)status == RQA_ERROR_CANCELLED;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(const job *j, int times, double latest_s)
{
    static double wall[MOST_TIMES], cpu[MOST_TIMES];
    int n = 0;
    for (int k = 0; k < times; k++)
        n += cancel_once(j, latest_s * uniform(), &wall[n], &cpu[n]);
    qsort(wall, (size_t)n, sizeof *wall, compare);
    qsort(cpu, (size_t)n, sizeof *cpu, compare);
    printf("%-28s N %7zu %u thr norm %d %s: %3d times", j->name, j->n, (unsigned)j->n_threads,
           (int)j->norm, j->smooth ? "sine " : "noise", n);
    if (n > 0)
        printf("  ms: median %6.1f worst %6.1f   of processor: median %6.1f worst %6.1f",
               1e3 * wall[n / 2], 1e3 * wall[n - 1], 1e3 * cpu[n / 2], 1e3 * cpu[n - 1]);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {20000, 200000, 500000};
    int times = argc > 1 ? atoi(argv[1]) : 10;
    double latest_s = argc > 2 ? atof(argv[2]) : 1;
    size_t most_n = argc > 3 ? (size_t)atol(argv[3]) : 500000;
    times = times < MOST_TIMES ? times : MOST_TIMES;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes && sizes[s] <= most_n; s++)
        for (uint32_t n_threads = 1; n_threads <= 2; n_threads++)
            for (int smooth = 0; smooth < 2; smooth++) {
                job j = {.n = sizes[s], .n_threads = n_threads, .smooth = smooth};
                for (j.norm = 0; j.norm < 3; j.norm++) {
                    j.name = "analysis (bit rows)";
                    j.grid = j.matrix = 0;
                    measure(&j, times, latest_s);
                    j.name = "grid (threshold indices)";
                    j.grid = 1;
                    measure(&j, times, latest_s);
                }
                j.norm = RQA_NORM_EUCLIDEAN;
                j.name = "diameter";
                j.grid = 0;
                j.unit = RQA_THRESHOLD_MEAN_DIAMETER;
                measure(&j, times, latest_s);
                j.unit = RQA_THRESHOLD_DATA;
                j.matrix = 1;
                j.name = "matrix";
                measure(&j, j.n <= 200000 ? times : 0, latest_s);
            }
    return 0;
}
