/* tiles_cost.h - what was measured of tiles and strips at each level.
 *
 * avx2: fitted to noise of 1 to 10 coordinates and recurrence rates of 0 to 0.2.
 * avx512: one core of Zen 4, least squares of relative errors over noise, Roessler, gaze and a
 * random walk of 3,000 samples, dims 1, 3 and 10, both norms, rates 0.005, 0.05 and 0.2. By a list
 * of changes each costs a little more in tiles than in strips; VBMI2 counts them without one.
 */
#ifndef RQA_KERNELS_TILES_COST_H
#define RQA_KERNELS_TILES_COST_H

#define RQA__TILES_COST_AVX2                                                                       \
    {                                                                                              \
        .tile = 3, .tile_term = 0.35, .open = 9, .open_term = 1.6, .tile_change = 1.2, .strip = 9, \
        .strip_term = 1, .strip_term_maximum = 1, .strip_change = 3, .windows = 10,                \
        .pair_change = 2.7, .pair_tile_change = 1.9, .pair_windows = 8, .pair_window_change = 0.95 \
    }

#define RQA__TILES_COST_AVX512                                                                     \
    {                                                                                              \
        .tile = 6.5, .open = 6.5, .open_term = 1.1, .tile_change = 3.1, .strip = 16,               \
        .strip_term = 1.1, .strip_change = 2.6, .windows = 1,                                      \
        .pair_change = 2.6, .pair_tile_change = 3.1, .pair_windows = 8, .pair_window_change = 0.95 \
    }

#define RQA__TILES_COST_VBMI2                                                                      \
    {                                                                                              \
        .tile = 4.4, .open = 10.7, .open_term = 1.55, .tile_change = 0.22, .strip = 9,             \
        .strip_term = 1.2, .strip_change = 1.2, .windows = 1,                                      \
        .pair_change = 1.2, .pair_tile_change = 0.22, .pair_windows = 8, .pair_window_change = 0.5 \
    }

#endif
