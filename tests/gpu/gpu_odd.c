/* gpu_odd.c - odd data on a GPU and on threads: every measure must be equal to the last bit.
 *
 * gpu_odd ECG_FILE MOST [SEED]: at most MOST samples. An ECG on its grid of millivolts, whose ties
 * are all decided again in double; threshold 0; white noise; 64 channels. A line for each, with the
 * seconds that both took. Status 1: something differs; 77: no GPU.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "rqa/rqa.h"

enum { CHANNELS = 64, LONGEST = 1000000, WIDE = 20000 };

typedef struct odd {
    const char *name;
    const double *values;
    size_t n, n_channels;
    uint32_t dim, delay;
    int32_t norm;
    double threshold;
} odd;

static uint64_t state;

static double uniform(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 11) * 0x1p-53;
}

static double *room(size_t n)
{
    double *values = malloc(n * sizeof *values);
    if (!values) {
        fprintf(stderr, "gpu_odd: out of memory\n");
        exit(1);
    }
    return values;
}

static size_t read_ecg(const char *path, double *values, size_t most)
{
    FILE *file = fopen(path, "r");
    char line[128];
    size_t n = 0;
    if (!file) {
        fprintf(stderr, "gpu_odd: cannot read %s\n", path);
        exit(1);
    }
    while (n < most && fgets(line, sizeof line, file)) {
        char *end;
        double value = strtod(line, &end);
        if (end != line)
            values[n++] = value;
    }
    fclose(file);
    return n;
}

/* Ends the program where it fails: there is nothing to compare. */
static void check(int status, const char *what)
{
    if (status == RQA_OK)
        return;
    fprintf(stderr, "gpu_odd: %s: %s\n", what, rqa_last_error());
    exit(status == RQA_ERROR_BACKEND_MISSING ? 77 : 1);
}

static double measure(rqa_context *context, const odd *o, int32_t backend,
                      double values[RQA_MEASURE_COUNT])
{
    rqa_series *series;
    rqa_embedding *embedding;
    rqa_metrics *metrics;
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.norm = o->norm;
    options.threshold = o->threshold;
    options.backend = backend;
    check(rqa_series_create(&series, context, o->values, o->n, o->n_channels, NULL), o->name);
    check(rqa_embedding_create(&embedding, series, o->dim, o->delay), o->name);
    const double start = rqa__now_s();
    check(rqa_metrics_compute(&metrics, embedding, NULL, &options), o->name);
    const double seconds = rqa__now_s() - start;
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (rqa_metrics_get(metrics, m, &values[m]))
            values[m] = NAN;
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    return seconds;
}

static int differs(const odd *o, rqa_context *context)
{
    double gpu[RQA_MEASURE_COUNT], threads[RQA_MEASURE_COUNT];
    const double on_gpu = measure(context, o, RQA_BACKEND_GPU, gpu);
    const double on_threads = measure(context, o, RQA_BACKEND_THREADS, threads);
    int n_wrong = 0;
    printf("%s, %zu samples: gpu %.3f s, threads %.3f s, rr %.6g", o->name, o->n, on_gpu,
           on_threads, gpu[RQA_MEASURE_RR]);
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (memcmp(&gpu[m], &threads[m], sizeof gpu[m]) != 0 &&
            !(isnan(gpu[m]) && isnan(threads[m]))) {
            n_wrong++;
            printf(", %s %.17g on the gpu, %.17g on threads", rqa_measure_name(m), gpu[m],
                   threads[m]);
        }
    printf(n_wrong ? "\n" : ": equal\n");
    fflush(stdout);
    return n_wrong > 0;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: gpu_odd ECG_FILE MOST [SEED]\n");
        return 2;
    }
    const size_t most = (size_t)strtoull(argv[2], NULL, 10);
    const size_t n_noise = most < LONGEST ? most : LONGEST, n_wide = most < WIDE ? most : WIDE;
    double *ecg = room(n_noise), *noise = room(n_noise), *wide = room(n_wide * CHANNELS);
    const size_t n_ecg = read_ecg(argv[1], ecg, n_noise);
    state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    for (size_t k = 0; k < n_noise; k++)
        noise[k] = uniform();
    for (size_t k = 0; k < n_wide * CHANNELS; k++)
        wide[k] = uniform();
    const odd all[] = {
        {"ECG on a grid, maximum norm", ecg, n_ecg, 1, 3, 10, RQA_NORM_MAXIMUM, 0.05},
        {"ECG on a grid, Manhattan", ecg, n_ecg, 1, 3, 10, RQA_NORM_MANHATTAN, 0.1},
        {"ECG on a grid, threshold 0", ecg, n_ecg, 1, 2, 5, RQA_NORM_EUCLIDEAN, 0},
        {"64 channels", wide, n_wide, CHANNELS, 2, 1, RQA_NORM_EUCLIDEAN, 4.3},
        {"white noise", noise, n_noise, 1, 1, 1, RQA_NORM_EUCLIDEAN, 0.05},
    };
    rqa_context *context;
    int wrong = 0;
    check(rqa_context_create(&context, NULL), "a context");
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        wrong |= differs(&all[k], context);
    rqa_context_destroy(context);
    free(ecg);
    free(noise);
    free(wide);
    return wrong;
}
