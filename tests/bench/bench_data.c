/* bench_data.c - makes the Roessler series and reads the recordings. */
#include "bench_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_table.h"

enum { PATH_ROOM = 4096, SETTLING_STEPS = 2000 };

typedef struct roessler {
    double x, y, z;
} roessler;

static roessler slope(roessler p)
{
    const double a = 0.25, b = 0.25, c = 4.0;
    return (roessler){-p.y - p.z, p.x + a * p.y, b + p.z * (p.x - c)};
}

static roessler moved(roessler p, double h, roessler d)
{
    return (roessler){p.x + h * d.x, p.y + h * d.y, p.z + h * d.z};
}

static roessler step(roessler p)
{
    const double h = 0.05;
    roessler k1 = slope(p), k2 = slope(moved(p, h / 2, k1)), k3 = slope(moved(p, h / 2, k2)),
             k4 = slope(moved(p, h, k3));
    return moved(moved(moved(moved(p, h / 6, k1), h / 3, k2), h / 3, k3), h / 6, k4);
}

double *bench_roessler(size_t n)
{
    double *x = bench_alloc(n, sizeof *x);
    roessler p = {1.0, 1.0, 1.0};
    for (unsigned k = 0; k < SETTLING_STEPS; k++)
        p = step(p);
    for (size_t k = 0; k < n; k++, p = step(p))
        x[k] = p.x;
    return x;
}

double *bench_roessler_unit(size_t n)
{
    double *x = bench_roessler(n), low = x[0], high = x[0];
    for (size_t k = 0; k < n; k++) {
        low = x[k] < low ? x[k] : low;
        high = x[k] > high ? x[k] : high;
    }
    for (size_t k = 0; k < n; k++)
        x[k] = (x[k] - low) / (high - low);
    return x;
}

static void append(bench_recordings *all, const double *xy, size_t n, int degrees)
{
    if ((all->n & (all->n - 1)) == 0) {
        size_t room = all->n ? 2 * all->n : 1;
        all->recording = realloc(all->recording, room * sizeof *all->recording);
        if (!all->recording)
            bench_die("no memory for the recordings");
    }
    bench_recording *r = &all->recording[all->n++];
    r->n = n;
    r->xy = bench_alloc(2 * n, sizeof *r->xy);
    for (size_t k = 0; k < 2 * n; k++)
        r->xy[k] = degrees ? 0.5 + xy[k] / 110.0 : xy[k]; /* the field of view is 110 degrees */
    all->n_samples += n;
}

/* A long table of gaze in degrees, a recording for each group, subject and trial. */
static int read_long_table(bench_recordings *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    fclose(file);
    const reader_request request = {.columns = "x,y", .keys = "group,subject,trial"};
    reader_table table;
    reader_error error;
    if (reader_table_read(&table, path, &request, &error))
        bench_die("%s", error.text);
    for (size_t begin = 0, end; begin < table.n_rows; begin = end) {
        for (end = begin + 1; end < table.n_rows && table.parts[end] == table.parts[begin]; end++)
            ;
        append(out, table.values + 2 * begin, end - begin, 1);
    }
    reader_table_free(&table);
    return 0;
}

/* The gaze files that a manifest lists, coordinates as they are. */
static int read_manifest(bench_recordings *out, const char *folder)
{
    char path[PATH_ROOM], line[PATH_ROOM / 2];
    snprintf(path, sizeof path, "%s/manifest.csv", folder);
    FILE *manifest = fopen(path, "r");
    if (!manifest || !fgets(line, sizeof line, manifest)) {
        if (manifest)
            fclose(manifest);
        return -1;
    }
    while (fgets(line, sizeof line, manifest)) {
        const reader_request request = {.columns = "x,y"};
        reader_table table;
        reader_error error;
        line[strcspn(line, ",\r\n")] = '\0';
        snprintf(path, sizeof path, "%s/%s", folder, line);
        if (reader_table_read(&table, path, &request, &error))
            bench_die("%s", error.text);
        append(out, table.values, table.n_rows, 0);
        reader_table_free(&table);
    }
    fclose(manifest);
    return 0;
}

void bench_recordings_read(bench_recordings *out, bench *b)
{
    static const char *const places[] = {"", "/gaze_vr_objects"};
    char path[PATH_ROOM];
    *out = (bench_recordings){0};
    for (unsigned k = 0; b->settings.data && k < 2; k++) {
        snprintf(path, sizeof path, "%s%s/gaze_3groups_288series.csv.gz", b->settings.data,
                 places[k]);
        if (read_long_table(out, path) == 0) {
            out->source = "VR gaze, 3 groups";
            return;
        }
    }
    if (b->settings.data)
        bench_report_note(b, "%s has no gaze_3groups_288series.csv.gz: the example recordings",
                          b->settings.data);
    if (read_manifest(out, RQA_BENCH_RECORDINGS) == 0)
        out->source = "example recordings";
    else
        bench_report_note(b, "the example recordings are not at %s: skipped", RQA_BENCH_RECORDINGS);
}

void bench_recordings_keep(bench_recordings *recordings, size_t n)
{
    while (recordings->n > n) {
        const bench_recording *last = &recordings->recording[--recordings->n];
        recordings->n_samples -= last->n;
        free(last->xy);
    }
}

void bench_recordings_free(bench_recordings *recordings)
{
    bench_recordings_keep(recordings, 0);
    free(recordings->recording);
}

rqa_series *bench_series(rqa_context *context, const double *values, size_t n, size_t n_channels)
{
    rqa_series_options options;
    rqa_series *series;
    rqa_series_options_init(&options);
    options.missing = RQA_MISSING_SKIP;
    bench_check(rqa_series_create(&series, context, values, n, n_channels, &options),
                "rqa_series_create");
    return series;
}
