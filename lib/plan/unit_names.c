/* unit_names.c - names of threshold units in what librqa says. */
#include "plan/unit_names.h"

#include <stddef.h>

#include "rqa/analysis.h"

const char *rqa__threshold_unit_name(int32_t unit)
{
    static const char *const names[] = {
        [RQA_THRESHOLD_DATA] = "data",
        [RQA_THRESHOLD_STD] = "std",
        [RQA_THRESHOLD_MAX_DIAMETER] = "max-diameter",
        [RQA_THRESHOLD_MEAN_DIAMETER] = "mean-diameter",
        [RQA_THRESHOLD_RECURRENCE_RATE] = "recurrence-rate",
        [RQA_THRESHOLD_NEIGHBOURS] = "neighbours",
        [RQA_THRESHOLD_NEIGHBOUR_RATE] = "neighbour-rate",
        [RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS] = "adaptive-neighbours",
    };
    return unit >= 0 && (size_t)unit < sizeof names / sizeof names[0] ? names[unit] : NULL;
}
