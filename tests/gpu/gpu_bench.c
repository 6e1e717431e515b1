/* gpu_bench.c - times a device: gpu_bench [--data FOLDER] [--tiny] [--min-n N] [--max-n N]
 * [--clock-mhz F] [DEVICE], JSON on stdout.
 *
 * Long Roessler series (m = 3, delay 6, threshold 1.2, Euclid and maximum, every tally) of --min-n to
 * --max-n samples, and unless --min-n is given:
 * vectors of many coordinates (64 channels, m = 2), directly and by matrix products, whose points must
 * be the same;
 * the founding job: every recording x 10 delays x 10 dims x 51 thresholds in both modes, packed.
 * Medians of five runs after one to warm up; seconds by the device's own events, and by the clock.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/bench_data.h"
#include "backend/device_run.h"
#include "base/thread.h"

enum { RUNS = 5, MOST_REPEATED = 2000000, EVERYTHING = 31 };

typedef struct job {
    const char *name;
    const rqa__task **task;
    size_t n_tasks;
    double pairs;     /* decided: one side of each matrix, for each threshold */
    size_t n_tallies; /* that came */
    uint64_t sum;     /* of their points */
    double n_runs;    /* 0: RUNS, after one that warms up */
    double n_coordinates; /* of one threshold's pairs, for the share of the issue limit; 0: none */
} job;

/* Instructions that the machine code takes (cuda/README.md): for a pair, and for a cell of a diagonal
 * and of a column; of a symmetric matrix a pair has one cell of a diagonal and two of columns. */
static const double pair_instructions = 7, coordinate_instructions = 2.5;
static const double diagonal_instructions = 5, column_instructions = 3;
static double issue_limit; /* instructions of a lane per second; 0: the clock was not told */

static int take(void *user, size_t task, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    job *j = user;
    (void)task;
    (void)d;
    (void)th;
    j->n_tallies++;
    j->sum += tally->points;
    return 0;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds, int n)
{
    qsort(seconds, (size_t)n, sizeof *seconds, by_size);
    return seconds[n / 2];
}

/* How much of what the card could issue was counting and deciding. */
static void print_shares(const job *j, double bits_s, double diagonals_s, double columns_s)
{
    if (issue_limit == 0 || j->n_coordinates == 0)
        return;
    double bits = pair_instructions + coordinate_instructions * j->n_coordinates;
    printf(", \"issue_share_bits\": %.3f, \"issue_share_diagonals\": %.3f, "
           "\"issue_share_columns\": %.3f",
           j->pairs * bits / (bits_s * issue_limit),
           j->pairs * diagonal_instructions / (diagonals_s * issue_limit),
           2 * j->pairs * column_instructions / (columns_s * issue_limit));
}

static void time_job(rqa__device *device, job *j, int is_first)
{
    double wall[RUNS], bits[RUNS], diagonals[RUNS], columns[RUNS], join[RUNS], all[RUNS];
    const int n = j->n_runs > 0 ? (int)j->n_runs : RUNS;
    for (int k = j->n_runs > 0 ? 0 : -1; k < n; k++) {
        j->n_tallies = 0;
        j->sum = 0;
        double start = rqa__now_s();
        if (rqa__device_run(device, NULL, j->task, j->n_tasks, NULL, take, j)) {
            fprintf(stderr, "gpu_bench: %s: %s\n", j->name, rqa_last_error());
            exit(1);
        }
        if (k < 0)
            continue;
        wall[k] = rqa__now_s() - start;
        rqa_plugin_timings t = rqa__device_timings(device);
        bits[k] = t.bits_s;
        diagonals[k] = t.diagonals_s;
        columns[k] = t.columns_s;
        join[k] = t.join_s;
        all[k] = t.bits_s + t.diagonals_s + t.columns_s + t.join_s;
    }
    double device_s = median(all, n), bits_s = median(bits, n);
    double diagonals_s = median(diagonals, n), columns_s = median(columns, n);
    printf("%s\n    {\"name\": \"%s\", \"tallies\": %zu, \"points\": %llu, \"wall_s\": %.6f, "
           "\"device_s\": %.6f, \"bits_s\": %.6f, \"diagonals_s\": %.6f, \"columns_s\": %.6f, "
           "\"join_s\": %.6f, \"pairs\": %.6g, \"pairs_per_s\": %.6g, \"memory_bytes\": %llu, "
           "\"by_lags\": %llu, \"matrix_products\": %llu",
           is_first ? "" : ",", j->name, j->n_tallies, (unsigned long long)j->sum,
           median(wall, n), device_s, bits_s, diagonals_s, columns_s, median(join, n), j->pairs,
           j->pairs / device_s, (unsigned long long)rqa__device_memory_held(device),
           (unsigned long long)rqa__device_timings(device).n_by_lags,
           (unsigned long long)rqa__device_timings(device).n_products);
    print_shares(j, bits_s, diagonals_s, columns_s);
    printf("}");
    fflush(stdout);
}

/* All tallies of a series with itself at one threshold. */
static rqa__task everything(const rqa__side *side, uint32_t norm, const double *bound)
{
    return (rqa__task){.norm = norm,
                       .n_dims = 1,
                       .n_thresholds = 1,
                       .x = *side,
                       .y = *side,
                       .bounds = bound,
                       .theiler_points = 1,
                       .theiler_diagonal = 1,
                       .theiler_vertical = 1,
                       .tallies = EVERYTHING};
}

static void time_roessler(rqa__device *device, size_t n, uint32_t norm, int is_first)
{
    static const uint32_t dim = 3;
    char name[64];
    double *x = bench_roessler(n), bound = norm == RQA__NORM_EUCLIDEAN ? 1.2 * 1.2 : 1.2;
    const double *channel = x;
    const rqa__side side = {&channel, n, 1, 6, &dim};
    const rqa__task task = everything(&side, norm, &bound);
    const rqa__task *list[] = {&task};
    snprintf(name, sizeof name, "roessler %zu %s", n,
             norm == RQA__NORM_EUCLIDEAN ? "euclidean" : "maximum");
    double vectors = (double)rqa__side_vectors(&side, 0);
    job j = {.name = name,
             .task = list,
             .n_tasks = 1,
             .pairs = vectors * vectors / 2,
             .n_runs = n > MOST_REPEATED,
             .n_coordinates = norm == RQA__NORM_EUCLIDEAN ? dim : 1}; /* single samples, by lags */
    time_job(device, &j, is_first);
    free(x);
}

/* With flags that take effect when the device is opened. */
static void time_with(rqa__device *device, job *j, uint32_t flags)
{
    device->table->device_close(device->handle);
    device->handle = NULL;
    device->options.flags = flags;
    time_job(device, j, 0);
    device->options.flags = 0;
    device->table->device_close(device->handle);
    device->handle = NULL;
}

enum { WIDE_CHANNELS = 64, WIDE_DIM = 2 };

/* Noise: a few per cent of the pairs recur. Their points. */
static uint64_t time_wide(rqa__device *device, size_t n, int products)
{
    static const uint32_t dim = WIDE_DIM;
    static const double bound = 17.5;
    char name[80];
    double *values = bench_alloc(n * WIDE_CHANNELS, sizeof *values);
    const double *channel[WIDE_CHANNELS];
    uint64_t state = 1;
    for (size_t k = 0; k < n * WIDE_CHANNELS; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[k] = (double)(state >> 11) * 0x1p-53;
    }
    for (size_t c = 0; c < WIDE_CHANNELS; c++)
        channel[c] = values + c * n;
    const rqa__side side = {channel, n, WIDE_CHANNELS, 1, &dim};
    const rqa__task task = everything(&side, RQA__NORM_EUCLIDEAN, &bound);
    const rqa__task *list[] = {&task};
    snprintf(name, sizeof name, "%d coordinates %zu %s", WIDE_CHANNELS * WIDE_DIM, n,
             products ? "by matrix products" : "directly");
    double vectors = (double)rqa__side_vectors(&side, 0);
    job j = {.name = name, .task = list, .n_tasks = 1, .pairs = vectors * vectors / 2};
    time_with(device, &j, products ? RQA_PLUGIN_PRODUCTS_ALWAYS : RQA_PLUGIN_PRODUCTS_NEVER);
    free(values);
    return j.sum;
}

enum { LAG_DIMS = 10, LAG_THRESHOLDS = 8 };

/* The points of all dims and thresholds of a Roessler series. */
static uint64_t time_lags(rqa__device *device, size_t n, int by_lags)
{
    uint32_t dims[LAG_DIMS];
    double bounds[LAG_DIMS * LAG_THRESHOLDS], *x = bench_roessler(n);
    const double *channel = x;
    char name[80];
    for (uint32_t k = 0; k < LAG_DIMS * LAG_THRESHOLDS; k++) {
        dims[k / LAG_THRESHOLDS] = k / LAG_THRESHOLDS + 1;
        bounds[k] = 0.3 * (k % LAG_THRESHOLDS + 1);
    }
    const rqa__side side = {&channel, n, 1, 6, dims};
    rqa__task task = everything(&side, RQA__NORM_MAXIMUM, bounds);
    const rqa__task *list[] = {&task};
    task.n_dims = LAG_DIMS;
    task.n_thresholds = LAG_THRESHOLDS;
    snprintf(name, sizeof name, "roessler %zu maximum, %d dims %s", n, LAG_DIMS,
             by_lags ? "by lags" : "directly");
    job j = {.name = name, .task = list, .n_tasks = 1};
    for (uint32_t d = 0; d < LAG_DIMS; d++) {
        const double vectors = (double)rqa__side_vectors(&side, d);
        j.pairs += vectors * vectors / 2 * LAG_THRESHOLDS;
    }
    time_with(device, &j, by_lags ? RQA_PLUGIN_LAGS_ALWAYS : RQA_PLUGIN_LAGS_NEVER);
    free(x);
    return j.sum;
}

enum { DELAYS = 10, DIMS = 10, THRESHOLDS = 51 };

/* The channels of a recording, one after the other. */
static double *channels_of(const bench_recording *r)
{
    double *v = bench_alloc(2 * r->n, sizeof *v);
    for (size_t i = 0; i < r->n; i++) {
        v[i] = r->xy[2 * i];
        v[r->n + i] = r->xy[2 * i + 1];
    }
    return v;
}

static void time_founding(rqa__device *device, const bench_recordings *all, uint32_t n_channels)
{
    static uint32_t dims[DIMS];
    static double bounds[DIMS * THRESHOLDS];
    size_t n_tasks = all->n * DELAYS;
    rqa__task *task = bench_alloc(n_tasks, sizeof *task);
    const rqa__task **list = bench_alloc(n_tasks, sizeof *list);
    double **values = bench_alloc(all->n, sizeof *values);
    const double **channel = bench_alloc(2 * all->n, sizeof *channel);
    char name[64];
    snprintf(name, sizeof name, "founding job, %zu recordings, %u channel%s", all->n, n_channels,
             n_channels > 1 ? "s" : "");
    job j = {.name = name, .task = list, .n_tasks = n_tasks};
    for (uint32_t d = 0; d < DIMS; d++) {
        dims[d] = d + 1;
        for (uint32_t e = 0; e < THRESHOLDS; e++) {
            double threshold = 0.05 + 0.001 * e;
            bounds[d * THRESHOLDS + e] = threshold * threshold;
        }
    }
    for (size_t r = 0, k = 0; r < all->n; r++) {
        values[r] = channels_of(&all->recording[r]);
        channel[2 * r] = values[r];
        channel[2 * r + 1] = values[r] + all->recording[r].n;
        for (uint32_t delay = 1; delay <= DELAYS; delay++, k++) {
            const rqa__side side = {channel + 2 * r, all->recording[r].n, n_channels, delay, dims};
            task[k] = (rqa__task){.norm = RQA__NORM_EUCLIDEAN,
                                  .n_dims = DIMS,
                                  .n_thresholds = THRESHOLDS,
                                  .x = side,
                                  .y = side,
                                  .bounds = bounds,
                                  .theiler_points = 1,
                                  .theiler_diagonal = 1,
                                  .theiler_vertical = 1,
                                  .tallies = EVERYTHING};
            list[k] = &task[k];
            for (uint32_t d = 0; d < DIMS; d++) {
                double n = (double)rqa__side_vectors(&side, d);
                j.pairs += n * n / 2 * THRESHOLDS;
            }
        }
    }
    time_job(device, &j, 0);
    for (size_t r = 0; r < all->n; r++)
        free(values[r]);
    free(values);
    free((void *)channel);
    free((void *)list);
    free(task);
}

typedef struct settings {
    const char *data;
    size_t index, min_n, max_n;
    int is_tiny;
    double clock_hz;
} settings;

/* -1: something that is not known. */
static int read_settings(settings *s, int argc, char **argv)
{
    *s = (settings){.max_n = SIZE_MAX};
    for (int k = 1; k < argc; k++) {
        const char *value = k + 1 < argc ? argv[k + 1] : NULL;
        if (strcmp(argv[k], "--tiny") == 0)
            s->is_tiny = 1;
        else if (argv[k][0] != '-')
            s->index = (size_t)atoi(argv[k]);
        else if (!value)
            return -1;
        else if (strcmp(argv[k], "--data") == 0)
            s->data = argv[++k];
        else if (strcmp(argv[k], "--min-n") == 0)
            s->min_n = (size_t)strtoull(argv[++k], NULL, 10);
        else if (strcmp(argv[k], "--max-n") == 0)
            s->max_n = (size_t)strtoull(argv[++k], NULL, 10);
        else if (strcmp(argv[k], "--clock-mhz") == 0)
            s->clock_hz = 1e6 * atof(argv[++k]);
        else
            return -1;
    }
    return 0;
}

/* 0, or 1: a job gave other points by one way than directly. */
static int compare_points(uint64_t direct, uint64_t other, const char *way)
{
    if (direct != other)
        fprintf(stderr, "gpu_bench: %llu points directly, %llu by %s\n",
                (unsigned long long)direct, (unsigned long long)other, way);
    return direct != other;
}

static int time_both_ways(rqa__device *device, const settings *s)
{
    const size_t n = s->is_tiny ? 400 : 20000;
    const uint64_t direct = time_wide(device, n, 0), by_products = time_wide(device, n, 1);
    const uint64_t each = time_lags(device, n, 0), by_lags = time_lags(device, n, 1);
    return compare_points(direct, by_products, "matrix products") |
           compare_points(each, by_lags, "lags");
}

static void time_recordings(rqa__device *device, bench *b, const settings *s)
{
    bench_recordings recordings;
    bench_recordings_read(&recordings, b);
    if (s->is_tiny)
        bench_recordings_keep(&recordings, 1);
    for (uint32_t c = 1; c <= 2 && recordings.n > 0 && !s->is_tiny; c++)
        time_founding(device, &recordings, c);
    bench_recordings_free(&recordings);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {100000, 474275, 1000000, 10000000},
                        tiny[] = {500, 700, 1000, 1200};
    bench b = {0};
    settings s;
    int wrong = 0, n_timed = 0;
    if (read_settings(&s, argc, argv)) {
        fprintf(stderr, "usage: gpu_bench [--data FOLDER] [--tiny] [--min-n N] [--max-n N] "
                        "[--clock-mhz F] [DEVICE]\n");
        return 2;
    }
    b.settings.data = s.data;
    rqa__device_list *list;
    if (rqa__device_list_create(&list, NULL, NULL) || s.index >= list->n_devices) {
        fprintf(stderr, "gpu_bench: %s\n", list ? list->reason : "out of memory");
        return 77;
    }
    rqa__device *device = &list->device[s.index];
    issue_limit = device->info.n_processors * 128 * s.clock_hz; /* four warps of 32 lanes */
    printf("{\n  \"device\": \"%s\",\n  \"plugin\": \"%s\",\n  \"results\": [", device->detail,
           list->plugin.table.version);
    for (int k = 0; k < 4; k++) {
        size_t n = s.is_tiny ? tiny[k] : sizes[k];
        if (n < s.min_n || n > s.max_n)
            continue;
        time_roessler(device, n, RQA__NORM_EUCLIDEAN, n_timed++ == 0);
        time_roessler(device, n, RQA__NORM_MAXIMUM, 0);
    }
    if (s.min_n == 0 && n_timed > 0) {
        wrong = time_both_ways(device, &s);
        time_recordings(device, &b, &s);
    }
    printf("\n  ]\n}\n");
    bench_report_free(&b);
    rqa__device_list_destroy(list);
    return wrong;
}
