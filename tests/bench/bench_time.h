/* bench_time.h - runs a piece of work several times and says how long it took. */
#ifndef BENCH_TIME_H
#define BENCH_TIME_H

#include <stdint.h>

typedef struct bench_time {
    unsigned n_runs;
    double median_s, min_s, max_s;
    double spread_s; /* standard deviation (n-1); 0 for one run */
    uint64_t digest; /* of the results of the last run */
    int steady;      /* every run gave the same digest */
} bench_time;

/* One run of the work; returns a digest of its results. */
typedef uint64_t bench_work(void *arg);

/* Runs it `repeats` times, or if that is 0 up to five times while a second lasts. Work shorter
 * than a tenth of a second gets a run to warm up, and is called often enough for the clock. */
bench_time bench_measure(bench_work *work, void *arg, unsigned repeats);

/* The same for several in turn, so that what else the machine does meets all of them alike. */
enum { BENCH_MOST_WORKS = 4 };
void bench_measure_in_turn(bench_time *out, bench_work *work, void *const *args, unsigned n_works,
                           unsigned repeats);
/* One run, no more. */
bench_time bench_measure_once(bench_work *work, void *arg);

double bench_now_s(void);

/* Slope of ln t over ln n: the exponent of the growth. NaN for fewer than two points. */
double bench_exponent(const double *n, const double *t, unsigned n_points);

/* Digests of results. All NaN are equal. */
uint64_t bench_digest(uint64_t digest, const double *values, uint64_t n);
uint64_t bench_digest_bytes(const void *bytes, uint64_t n);

#endif
