/* bench_data.h - the series of the benchmarks: the Roessler system and real recordings of gaze. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "bench.h"

/* x of the Roessler system x' = -y - z, y' = x + a y, z' = b + z (x - c) with a = b = 0.25, c = 4,
 * by RK4 with step 0.05 from (1, 1, 1), after 2,000 steps to settle. free() it. */
double *bench_roessler(size_t n);
/* The same stretched to [0, 1], as the thresholds of the founding grid expect. */
double *bench_roessler_unit(size_t n);

typedef struct bench_recording {
    double *xy; /* n x 2, row-major, about [0, 1] */
    size_t n;
} bench_recording;

typedef struct bench_recordings {
    bench_recording *recording;
    size_t n;
    uint64_t n_samples; /* of all */
    const char *source; /* what they are; NULL: there are none, and a note says why */
} bench_recordings;

/* The 288 recordings of the larger data where its folder was given, else those of the examples. */
void bench_recordings_read(bench_recordings *out, bench *b);
/* Drops all but the first `n`. */
void bench_recordings_keep(bench_recordings *recordings, size_t n);
void bench_recordings_free(bench_recordings *recordings);

rqa_series *bench_series(rqa_context *context, const double *values, size_t n, size_t n_channels);

#endif
