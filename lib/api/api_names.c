/* api_names.c - rqa/measure.h. */
#include <string.h>

#include "base/error.h"
#include "rqa/rqa.h"

static const struct {
    const char *name, *text;
} measures[] = {
    [RQA_MEASURE_RR] = {"rr", "recurrence rate"},
    [RQA_MEASURE_DET] = {"det", "determinism"},
    [RQA_MEASURE_L_MEAN] = {"l_mean", "mean diagonal line length (samples)"},
    [RQA_MEASURE_L_MAX] = {"l_max", "longest diagonal line (samples)"},
    [RQA_MEASURE_DIV] = {"div", "divergence (1/samples)"},
    [RQA_MEASURE_L_ENTR] = {"l_entr", "entropy of diagonal line lengths (nats)"},
    [RQA_MEASURE_LAM] = {"lam", "laminarity"},
    [RQA_MEASURE_TT] = {"tt", "trapping time (samples)"},
    [RQA_MEASURE_V_MAX] = {"v_max", "longest vertical line (samples)"},
    [RQA_MEASURE_V_ENTR] = {"v_entr", "entropy of vertical line lengths (nats)"},
    [RQA_MEASURE_W_MEAN] = {"w_mean", "mean white vertical line length (samples)"},
    [RQA_MEASURE_W_MAX] = {"w_max", "longest white vertical line (samples)"},
    [RQA_MEASURE_W_ENTR] = {"w_entr", "entropy of white vertical line lengths (nats)"},
    [RQA_MEASURE_T1] = {"t1", "recurrence time, first type (samples)"},
    [RQA_MEASURE_T2] = {"t2", "recurrence time, second type (samples)"},
    [RQA_MEASURE_RTE] = {"rte", "recurrence time entropy"},
    [RQA_MEASURE_TREND] = {"trend", "trend (1/(1000 samples))"},
    [RQA_MEASURE_DET_RR] = {"det_rr", "ratio of determinism to recurrence rate"},
    [RQA_MEASURE_LAM_DET] = {"lam_det", "ratio of laminarity to determinism"},
};

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
};

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
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown measure '%.40s'; known are rr det l_mean l_max div l_entr lam tt "
                     "v_max v_entr w_mean w_max w_entr t1 t2 rte trend det_rr lam_det",
                     name);
}

const char *rqa_reason_text(int32_t reason)
{
    if (reason < 0 || (size_t)reason >= sizeof reasons / sizeof reasons[0])
        return NULL;
    return reasons[reason];
}
