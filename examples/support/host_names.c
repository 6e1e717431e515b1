/* host_names.c - the lists of host_names.h. */
#include "host_names.h"

const char *const host_count_names[HOST_N_COUNTS] = {"samples_x", "samples_y", "vectors_x", "vectors_y",
                                                     "pairs",     "points",    "skipped_x", "skipped_y"};

const char *const host_histogram_names[HOST_N_HISTOGRAMS] = {"diagonal", "vertical", "white",
                                                             "recurrence_time"};

const char *const host_pick_names[HOST_N_PICKS] = {"delay", "dim", "first_zero", "first_1_over_e",
                                                   "first_minimum", "rate05", "diameter10", "sd02"};

const char *const host_curve_names[HOST_N_CURVES] = {
    "acf", "ami", "fnn_n", "fnn_criterion1", "fnn_criterion2", "fnn_either", "fnn_fraction", "cao_e",
    "cao_e_star", "cao_e1", "cao_e2"};

size_t host_measures(int32_t out[RQA_MEASURE_COUNT], uint64_t mask)
{
    size_t n = 0;
    mask = mask ? mask : RQA_MEASURES_DEFAULT;
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++)
        if (mask & RQA_MEASURE_BIT(m))
            out[n++] = m;
    return n;
}
