/* cost_rates.c - what was measured at each kernel level.
 *
 * The reference machine is one core of an AMD EPYC with AVX-512 and VBMI2 (Zen 4), shared with other work: the
 * least of three runs by the thread's own clock, both strategies in turn. Settings are drawn from noise,
 * Roessler, gaze and a random walk of 100 ... 1,500 samples, some longer; maximum and Euclidean norm,
 * recurrence rates about 0.03 and 0.2, dims 1, 3, 8, 1 ... 3 and 1 ... 10, 1 to 51 thresholds; lines, white
 * lines, and all line measures. Least squares of the logarithms of measured over predicted times.
 *
 * avx512: 1,073 settings with VBMI2, the ratio of the two strategies weighted most. By sizes alone measured
 * over predicted times scatter by a factor of 1.6 (bit rows) and 1.5, and with the data looked at by 1.3;
 * what a pair costs that is not open, and an open one, are set from what tiles take, which so few long
 * samples do not tell apart.
 *
 * avx2 and ref: by sizes, and threshold indices, 2,495 and 1,044 such settings on another machine, divided
 * by the 1.6 that it took longer; bit rows with the data looked at, 783 and 386 settings here (ref: up to 600
 * samples), which scatter by 1.25 and 1.2. rqa_bench survey shows what a choice by them is worth.
 */
#include "plan/cost_rates.h"

#include "cpu/level.h"

static const rqa__rates avx512 = {
    .bits_scale = 1,
    .sweep_scale = 1,
    .bits = {.run = 2400, .vector = 28, .maximum = 0.245, .sum = 0.265, .sum_term = 0.0053, .full = 0.455,
             .twice = 1.7, .diagonal = 0.55},
    .bits_seen = {.run = 4100, .vector = 19.5, .pair = 0.03, .reach = 6.7, .maximum = 0.1, .sum = 0.1,
                  .maximum_term = 0.088, .sum_term = 0.106, .strips = 0.07, .end = 2.9, .full_end = 8.9,
                  .windows = 0.06, .windows_white = 0.11},
    .sweep = {.task = 14700, .term = 0.066, .dim = 0.36, .run = 0.0073, .white = 0.21, .white_run = 0.0245,
              .time = 1.64, .time_run = 0.113, .offset = 0.41, .result = 544},
    .sweep_seen = {.task = 10800, .term = 0.076, .dim = 0.1, .run = 1.66, .white = 0.019, .white_run = 2.26,
                   .time = 1.36, .time_run = 8.8, .offset = 0.28, .line = 31, .result = 770},
};

static const rqa__rates avx2 = {
    .bits_scale = 1,
    .sweep_scale = 0.69,
    .bits = {.run = 9060, .vector = 0.63, .maximum = 0.513, .sum = 0.519, .sum_term = 0.0031,
             .full = 0.256, .twice = 1.7, .diagonal = 0.55},
    .bits_seen = {.run = 2800, .vector = 25, .pair = 0.02, .reach = 13, .maximum = 0.09, .sum = 0.09,
                  .maximum_term = 0.023, .sum_term = 0.06, .strips = 0.09, .end = 4.6, .full_end = 5.6,
                  .windows = 0.04, .windows_white = 0.11},
    .sweep = {.task = 20000, .term = 0.081, .dim = 0.62, .run = 0.0039, .white = 0.15, .white_run = 0.025,
              .time = 2.3, .time_run = 0.086, .offset = 0.19, .result = 362},
    .sweep_seen = {.task = 16200, .term = 0.087, .dim = 0.21, .run = 2.8, .white = 0.054,
                   .white_run = 2.9, .time = 1.75, .time_run = 8.7, .offset = 0.19, .line = 37,
                   .result = 356},
};

static const rqa__rates ref = {
    .bits_scale = 5,
    .sweep_scale = 4.4,
    .bits = {.run = 3100, .vector = 31, .maximum = 1.56, .sum = 1.12, .sum_term = 1.06, .full = 0.67,
             .twice = 1.7, .diagonal = 0.55},
    .bits_seen = {.run = 730, .vector = 56, .pair = 0.013, .reach = 1000, .maximum = 0.22, .sum = 0.16,
                  .maximum_term = 0.012, .sum_term = 0.96, .strips = 0, .end = 6, .full_end = 9,
                  .windows = 1, .windows_white = 1},
    .sweep = {.task = 9400, .term = 0.44, .dim = 4.8, .run = 0.125, .white = 1.6, .white_run = 0.075,
              .time = 2.3, .time_run = 0.166, .offset = 0.19, .result = 156},
    .sweep_seen = {.task = 12500, .term = 0.366, .dim = 3, .run = 11.9, .white = 1.06, .white_run = 7.5,
                   .time = 1.94, .time_run = 9.1, .offset = 0.19, .line = 62, .result = 1250},
};

const rqa__rates *rqa__rates_of(int level)
{
    switch (level) {
    case RQA__LEVEL_AVX2:
        return &avx2;
    case RQA__LEVEL_REF:
        return &ref;
    default: /* NEON's are taken for those of avx512, by the scales that its profile has */
        return &avx512;
    }
}
