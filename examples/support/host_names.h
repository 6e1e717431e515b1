/* host_names.h - what the parts of results are called, in every host alike. */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#include <rqa/rqa.h>

enum { HOST_N_COUNTS = 8, HOST_N_HISTOGRAMS = 4, HOST_N_PICKS = 8, HOST_N_CURVES = 11 };

/* By the numbers of rqa_count, rqa_histogram, rqa_suggestion_item and rqa_suggestion_curve_id. */
extern const char *const host_count_names[HOST_N_COUNTS];
extern const char *const host_histogram_names[HOST_N_HISTOGRAMS];
extern const char *const host_pick_names[HOST_N_PICKS];
extern const char *const host_curve_names[HOST_N_CURVES];

/* The numbers of the measures in a mask, of the default ones for 0. Returns how many. */
size_t host_measures(int32_t out[RQA_MEASURE_COUNT], uint64_t mask);

#endif
