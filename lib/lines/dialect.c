/* dialect.c - the dialect table, rqa_convention in its order, and its names. */
#include "lines/dialect.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "rqa/convention.h"

#define ALL (RQA__SCOPE_POINTS | RQA__SCOPE_DIAGONAL | RQA__SCOPE_VERTICAL)

/* Ratio, mean, longest and entropy; in the order of rqa__empty. */
#define UNDEFINED {NAN, NAN, NAN, NAN}
#define NO_LINE {0, NAN, NAN, NAN}
#define ZERO {0, 0, 0, 0}

static const rqa__convention table[] = {
    {
        .name = "standard",
        .text = "<=, Theiler window 1, excluded cells absent everywhere, undefined = NaN",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .diagonal = {0, UNDEFINED, NO_LINE},
        .vertical = {0, UNDEFINED, NO_LINE},
        .white = {1, UNDEFINED, NO_LINE},
    },
    {
        .name = "recurrenceanalysis",
        .text = "RecurrenceAnalysis.jl 2.1.1: l_max from lmin, empty = 0; t2 is not its MRT",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .band_is_white = 1,
        .cross_all_cells = 1,
        .trend_julia = 1,
        .diagonal = {1, {0, 0, 0, NAN}, {0, 0, 0, NAN}},
        .vertical = {1, {0, 0, 0, NAN}, {0, 0, 0, NAN}},
        .white = {1, {0, 0, 0, NAN}, {0, 0, 0, NAN}},
    },
    {
        .name = "crp",
        .text = "CRP Toolbox: <, l_max from lmin, white lines without border, rte of white lines",
        .strict = 1,
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .white_exclude = 1,
        .band_is_white = 1,
        .rte = RQA__RTE_WHITE,
        .diagonal = {1, {NAN, NAN, 0, NAN}, ZERO},
        .vertical = {1, {NAN, NAN, 0, NAN}, {0, NAN, 0, NAN}},
        .white = {1, UNDEFINED, NO_LINE},
    },
    {
        .name = "pyrqa",
        .text = "PyRQA 8: <, Theiler window on diagonals alone, rr over all cells, wmin 2",
        .strict = 1,
        .theiler_diagonal = 1,
        .theiler_scope = RQA__SCOPE_DIAGONAL,
        .wmin = 2,
        .infinite_ratios = 1,
        .open_corridor = 1,
        .diagonal = {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}},
        .vertical = {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}},
        .white = {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}},
    },
    {
        .name = "pyunicorn",
        .text = "pyunicorn 1.0: <, main diagonal out of diagonals alone, empty = 0",
        .strict = 1,
        .theiler_diagonal = 1,
        .theiler_scope = RQA__SCOPE_DIAGONAL,
        .wmin = 1,
        .diagonal = {0, ZERO, ZERO},
        .vertical = {0, ZERO, ZERO},
        .white = {0, ZERO, ZERO},
    },
    {
        .name = "accrqa",
        .text = "AccRQA 1.0: <=, main diagonal counted as a line, but not in l_max",
        .theiler_scope = ALL,
        .wmin = 1,
        .l_max_without_loi = 1,
        .diagonal = {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}},
        .vertical = {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}},
        .white = {1, UNDEFINED, NO_LINE},
    },
    {
        .name = "crqa",
        .text = "crqa 2.1 (R): <=, window 0, rr det lam in percent, l_max from lmin",
        .theiler_scope = ALL,
        .wmin = 1,
        .white_exclude = 1,
        .band_is_white = 1,
        .percent = 1,
        .diagonal = {1, {NAN, 0, 0, NAN}, {NAN, 0, 0, NAN}},
        .vertical = {1, UNDEFINED, NO_LINE},
        .white = {1, UNDEFINED, NO_LINE},
    },
    {
        .name = "neurokit",
        .text = "NeuroKit2: <=, one triangle without main diagonal, wmin 2, empty = 0",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 2,
        .upper_only = 1,
        .diagonal = {1, {NAN, 0, NAN, 0}, {0, 0, NAN, 0}},
        .vertical = {1, {NAN, 0, 0, 0}, ZERO},
        .white = {1, ZERO, ZERO},
    },
    {
        .name = "founding",
        .text = "the founding gaze study: <=, nothing excluded, entropies in bits",
        .theiler_scope = ALL,
        .wmin = 1,
        .log2 = 1,
        .min_samples = 5,
        .min_vectors = 2,
        .diagonal = {0, UNDEFINED, NO_LINE},
        .vertical = {0, UNDEFINED, NO_LINE},
        .white = {1, UNDEFINED, NO_LINE},
    },
};

const rqa__convention *rqa__convention_find(int32_t id)
{
    if (id < 0 || (size_t)id >= sizeof table / sizeof table[0])
        return NULL;
    return &table[id];
}

const char *rqa_convention_name(int32_t convention)
{
    const rqa__convention *found = rqa__convention_find(convention);
    return found ? found->name : NULL;
}

const char *rqa_convention_text(int32_t convention)
{
    const rqa__convention *found = rqa__convention_find(convention);
    return found ? found->text : NULL;
}

rqa_status rqa_convention_from_name(int32_t *out, const char *name)
{
    if (!out)
        return rqa__fail_null("out");
    if (!name)
        return rqa__fail_null("name");
    for (int32_t k = 0; rqa__convention_find(k); k++)
        if (strcmp(name, rqa__convention_find(k)->name) == 0) {
            *out = k;
            return RQA_OK;
        }
    return rqa__fail(RQA_ERROR_UNKNOWN_NAME,
                     "unknown convention '%.40s'; known are standard recurrenceanalysis crp pyrqa "
                     "pyunicorn accrqa crqa neurokit founding",
                     name);
}
