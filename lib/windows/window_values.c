/* window_values.c - from the tally of a window to its measures. */
#include "windows/window_values.h"

#include <math.h>

static void hide_unwanted(const rqa__rules *rules, double *value, uint8_t *reason)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        if (!(rules->measures & RQA_MEASURE_BIT(m))) {
            value[m] = NAN;
            reason[m] = RQA_REASON_NOT_COMPUTED;
        }
}

void rqa__window_no_values(const rqa__window_reading *how, int why, double *value, uint8_t *reason)
{
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        value[m] = NAN;
        reason[m] = (uint8_t)why;
    }
    hide_unwanted(how->rules, value, reason);
}

int rqa__window_trend_range(const rqa__window_reading *how, rqa__trend_range *range)
{
    return how->rules->measures & RQA_MEASURE_BIT(RQA_MEASURE_TREND) && !how->too_short &&
           rqa__trend_range_of(&how->reading, range);
}

int rqa__window_reads_white_together(const rqa__window_reading *how)
{
    return !how->reading.white_exclude && how->rules->convention->rte != RQA__RTE_WHITE;
}

void rqa__window_values(const rqa__window_reading *how, const rqa__tally *tally, rqa__bin *scratch,
                        double *value, uint8_t *reason)
{
    const rqa__rules *rules = how->rules;
    const rqa__reading *reading = &how->reading;
    if (how->too_short) {
        rqa__window_no_values(how, RQA_REASON_SERIES_TOO_SHORT, value, reason);
        return;
    }
    uint64_t common = rules->measures;
    if (!tally->offset_points)
        common &= ~RQA_MEASURE_BIT(RQA_MEASURE_TREND);
    value[RQA_MEASURE_TREND] = NAN;
    reason[RQA_MEASURE_TREND] = RQA_REASON_FEW_OFFSETS;
    rqa__measure_common(reading, tally, rules->wmin, common, scratch, value, reason);
    const rqa__line_summary diagonal =
        rqa__summarize_diagonal(reading, &tally->diagonal, rules->lmin);
    const rqa__line_summary vertical =
        rqa__summarize_vertical(reading, &tally->vertical, rules->vmin);
    rqa__measure_lines(reading, &diagonal, &vertical, value, reason);
    hide_unwanted(rules, value, reason);
}
