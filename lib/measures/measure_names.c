/* measure_names.c - rqa/measure.h: names, texts and counts of the measures; texts of the reasons. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "measures/measure_list.h"

static const struct {
    const char *name, *text;
    uint32_t tallies, cells;
} measures[] = {
#define ROW(number, name, text, tallies, cells) [RQA_MEASURE_##number] = {name, text, tallies, cells},
    RQA__MEASURES(ROW)
#undef ROW
};

_Static_assert(sizeof measures / sizeof measures[0] == RQA_MEASURE_COUNT, "a row for each number");
_Static_assert(RQA_MEASURE_COUNT <= 63, "a mask is an INTEGER of a store");

#define ROW(number, name, text, tallies, cells) +1
_Static_assert(0 RQA__MEASURES_DEFAULT(ROW) == RQA_MEASURES_DEFAULT_COUNT, "those of 0.2.0");
_Static_assert(0 RQA__MEASURES(ROW) == RQA_MEASURE_COUNT, "one row for each number");
#undef ROW

static const char *const reasons[] = {
    [RQA_REASON_DEFINED] = "",
    [RQA_REASON_NO_CELLS] = "the Theiler window leaves no cell",
    [RQA_REASON_NO_POINTS] = "no recurrence point",
    [RQA_REASON_NO_LINE] = "no line of the wanted length",
    [RQA_REASON_NO_PAIR] = "no two lines in any column",
    [RQA_REASON_ZERO_DENOMINATOR] = "the denominator is zero or undefined",
    [RQA_REASON_FEW_OFFSETS] = "fewer than two offsets",
    [RQA_REASON_SERIES_TOO_SHORT] = "series too short",
    [RQA_REASON_NOT_COMPUTED] = "not asked for",
    [RQA_REASON_FAILED] = "the item failed",
    [RQA_REASON_ALL_SKIPPED] = "every vector touches a missing sample",
    [RQA_REASON_RATE_UNREACHABLE] = "recurrence rate out of reach",
};

uint32_t rqa__measure_tallies(int32_t measure)
{
    return measures[measure].tallies;
}

int32_t rqa__measure_of_cells(uint64_t mask, uint32_t cells)
{
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT && mask >> measure; measure++)
        if (mask & RQA_MEASURE_BIT(measure) && measures[measure].cells & cells)
            return measure;
    return -1;
}

uint64_t rqa__measures_of_cells(uint32_t cells)
{
    uint64_t mask = 0;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (measures[measure].cells & cells)
            mask |= RQA_MEASURE_BIT(measure);
    return mask;
}

uint32_t rqa__measures_cells(uint64_t mask)
{
    uint32_t cells = 0;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (mask & RQA_MEASURE_BIT(measure))
            cells |= measures[measure].cells;
    return cells;
}

const char *rqa_measure_name(int32_t measure)
{
    return measure >= 0 && measure < RQA_MEASURE_COUNT ? measures[measure].name : NULL;
}

const char *rqa_measure_text(int32_t measure)
{
    return measure >= 0 && measure < RQA_MEASURE_COUNT ? measures[measure].text : NULL;
}

rqa_status rqa_measure_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = 0; k < RQA_MEASURE_COUNT; k++)
        if (strcmp(name, measures[k].name) == 0) {
            *out = k;
            return RQA_OK;
        }
#define ROW(number, name, text, tallies, cells) " " name
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME, "unknown measure '%.40s'; known are" RQA__MEASURES(ROW),
                     name);
#undef ROW
}

const char *rqa_reason_text(int32_t reason)
{
    if (reason < 0 || (size_t)reason >= sizeof reasons / sizeof reasons[0])
        return NULL;
    return reasons[reason];
}
