/* tiles_cost.h - what was measured of tiles and strips at each level, where lines are all that is wanted
 * and, _MORE, with recurrence times or offsets, which both follow change by change.
 *
 * avx2: fitted to noise of 1 to 10 coordinates and recurrence rates of 0 to 0.2, in units of a slow core.
 * avx512: one core of Zen 4, least squares of relative errors over noise, Roessler, gaze and a
 * random walk of 3,000 samples, dims 1, 3 and 10, both norms, rates 0.005, 0.05 and 0.2. VBMI2 counts
 * changes without a list of them. What a change costs without VBMI2, with more than lines in avx2, and in a
 * cross matrix was set by the same data on an Intel core of 2023. There the strategy that is chosen takes
 * 1.02 to 1.05 times as long as the better one, in the mean of one series, cross and joint at each level.
 */
#ifndef RQA_KERNELS_TILES_COST_H
#define RQA_KERNELS_TILES_COST_H

#define RQA__TILES_COST_AVX2                                                                       \
    {                                                                                              \
        .tile = 3, .tile_term = 0.35, .open = 9, .open_term = 1.6, .tile_change = 1.2, .strip = 9, \
        .strip_term = 1, .strip_term_maximum = 1, .strip_change = 3, .windows = 10,                \
        .cross_change = 1.7                                                                        \
    }

#define RQA__TILES_COST_AVX2_MORE                                                                  \
    {                                                                                              \
        .tile = 4, .tile_term = 0.35, .open = 12, .open_term = 1.6, .tile_change = 5, .strip = 17, \
        .strip_term = 1, .strip_term_maximum = 1, .strip_change = 5, .windows = 10,                \
        .cross_change = 2.8                                                                        \
    }

#define RQA__TILES_COST_AVX512                                                                     \
    {                                                                                              \
        .tile = 6.5, .open = 6.5, .open_term = 1.1, .tile_change = 0.8, .strip = 16,               \
        .strip_term = 1.1, .strip_change = 2.6, .windows = 1, .cross_change = 0.75                 \
    }

#define RQA__TILES_COST_AVX512_MORE                                                                \
    {                                                                                              \
        .tile = 6.5, .open = 6.5, .open_term = 1.1, .tile_change = 3.1, .strip = 16,               \
        .strip_term = 1.1, .strip_change = 2.6, .windows = 1, .cross_change = 1.6                  \
    }

#define RQA__TILES_COST_VBMI2                                                                      \
    {                                                                                              \
        .tile = 4.4, .open = 10.7, .open_term = 1.55, .tile_change = 0.22, .strip = 9,             \
        .strip_term = 1.2, .strip_change = 1.2, .windows = 1, .cross_change = 0.47                 \
    }

#endif
