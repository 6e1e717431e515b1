/* stream_monitor.c - watches a recording as it is played back: says when its determinism leaves the
 * band that the first windows span, and when it comes back.
 *
 *     stream_monitor [samples per second]
 *
 * Without a rate it plays as fast as it can. The recording is made here: an oscillation that loses
 * its rhythm to noise for a while.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rqa/rqa.h"

enum { N_SAMPLES = 6000, WINDOW = 400, LEARNED = 600, NOISE_FIRST = 3000, NOISE_END = 4000 };

static double sample_at(int i)
{
    static uint32_t state = 1;
    state = 1103515245u * state + 12345u;
    const double noise = (double)(state >> 8) / (1 << 24) - .5;
    return i >= NOISE_FIRST && i < NOISE_END ? 2 * noise : sin(.21 * i) + .3 * noise;
}

/* The band of determinism, and whether the last value was outside. */
typedef struct monitor {
    double low, high;
    int n_learned, is_outside, n_left;
} monitor;

static int32_t look(void *user, rqa_stream *stream, uint64_t n_samples)
{
    monitor *m = user;
    double det;
    if (rqa_stream_get(stream, RQA_MEASURE_DET, &det) || isnan(det))
        return 0;
    if (m->n_learned < LEARNED) {
        m->low = m->n_learned ? fmin(m->low, det) : det;
        m->high = m->n_learned ? fmax(m->high, det) : det;
        if (++m->n_learned == LEARNED) { /* and a margin, since a band that was seen is narrow */
            m->low -= .05;
            m->high += .05;
            printf("the band of determinism is %.3f to %.3f\n", m->low, m->high);
        }
        return 0;
    }
    const int is_outside = det < m->low || det > m->high;
    if (is_outside != m->is_outside)
        printf("sample %llu: determinism %.3f %s its band\n", (unsigned long long)n_samples - 1,
               det, is_outside ? "leaves" : "is back in");
    m->n_left += is_outside && !m->is_outside;
    m->is_outside = is_outside;
    return 0;
}

static void wait_for(double seconds)
{
    const time_t whole = (time_t)seconds;
    nanosleep(&(struct timespec){whole, (long)(1e9 * (seconds - (double)whole))}, NULL);
}

static int play(rqa_stream *stream, double rate)
{
    for (int i = 0; i < N_SAMPLES; i++) {
        const double sample = sample_at(i);
        if (rqa_stream_push(stream, &sample, 1))
            return -1;
        if (rate > 0)
            wait_for(1 / rate);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const double rate = argc > 1 ? strtod(argv[1], NULL) : 0;
    rqa_context *context = NULL;
    rqa_stream *stream = NULL;
    monitor m = {0};
    rqa_analysis_options options;
    rqa_stream_options stream_options;
    rqa_analysis_options_init(&options);
    rqa_stream_options_init(&stream_options);
    options.threshold = .5;
    options.measures = RQA_MEASURE_BIT(RQA_MEASURE_DET);
    stream_options.window = WINDOW;
    stream_options.on_sample = look;
    stream_options.user = &m;
    int failed = rqa_context_create(&context, NULL) ||
                 rqa_stream_create(&stream, context, 1, 3, 7, &options, &stream_options) ||
                 play(stream, rate);
    if (failed)
        fprintf(stderr, "%s\n", rqa_last_error());
    rqa_stream_destroy(stream);
    rqa_context_destroy(context);
    return failed || m.n_left == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
