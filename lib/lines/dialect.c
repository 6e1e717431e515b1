/* dialect.c - the dialect table, rqa_convention in its order. */
#include "lines/dialect.h"

#include <math.h>
#include <stddef.h>

#define ALL (RQA__SCOPE_POINTS | RQA__SCOPE_DIAGONAL | RQA__SCOPE_VERTICAL)

static const rqa__convention table[] = {
    {
        .name = "standard",
        .text = "<=, Theiler window 1, excluded cells absent everywhere, undefined = NaN",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = NAN,
        .empty_entropy = NAN,
    },
    {
        .name = "recurrenceanalysis",
        .text = "RecurrenceAnalysis.jl 2.1: as standard, l_max from lmin, empty = 0",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .l_max_from_lmin = 1,
        .cross_all_cells = 1,
        .trend_uncentred = 1,
        .empty_ratio = 0,
        .empty_mean = 0,
        .empty_max = 0,
        .empty_entropy = NAN,
    },
    {
        .name = "crp",
        .text = "CRP Toolbox: <, Theiler window 1, mean, longest line and entropy 0 when empty",
        .strict = 1,
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .empty_ratio = NAN,
        .empty_mean = 0,
        .empty_max = 0,
        .empty_entropy = 0,
    },
    {
        .name = "pyrqa",
        .text = "PyRQA 8: <, Theiler window on diagonals alone, rr over all cells, wmin 2",
        .strict = 1,
        .theiler_diagonal = 1,
        .theiler_scope = RQA__SCOPE_DIAGONAL,
        .wmin = 2,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = 0,
        .empty_entropy = 0,
    },
    {
        .name = "pyunicorn",
        .text = "pyunicorn 0.8: <, main diagonal out of diagonals alone, empty = 0",
        .strict = 1,
        .theiler_diagonal = 1,
        .theiler_scope = RQA__SCOPE_DIAGONAL,
        .wmin = 1,
        .empty_ratio = 0,
        .empty_mean = 0,
        .empty_max = 0,
        .empty_entropy = 0,
    },
    {
        .name = "accrqa",
        .text = "AccRQA 1.0: <=, main diagonal counted as a line, but not in l_max",
        .theiler_scope = ALL,
        .wmin = 1,
        .l_max_without_loi = 1,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = NAN,
        .empty_entropy = NAN,
    },
    {
        .name = "crqa",
        .text = "crqa 2.1 (R): <=, window 0, rr det lam in percent, l_max from lmin",
        .theiler_scope = ALL,
        .wmin = 1,
        .percent = 1,
        .l_max_from_lmin = 1,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = NAN,
        .empty_entropy = NAN,
    },
    {
        .name = "neurokit",
        .text = "NeuroKit2: <=, one triangle without the main diagonal, entropy 0 when empty",
        .theiler_points = 1,
        .theiler_diagonal = 1,
        .theiler_vertical = 1,
        .theiler_scope = ALL,
        .wmin = 1,
        .upper_only = 1,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = NAN,
        .empty_entropy = 0,
    },
    {
        .name = "founding",
        .text = "the founding gaze study: <=, nothing excluded, entropies in bits",
        .theiler_scope = ALL,
        .wmin = 1,
        .log2 = 1,
        .min_samples = 5,
        .empty_ratio = NAN,
        .empty_mean = NAN,
        .empty_max = NAN,
        .empty_entropy = NAN,
    },
};

const rqa__convention *rqa__convention_find(int32_t id)
{
    if (id < 0 || (size_t)id >= sizeof table / sizeof table[0])
        return NULL;
    return &table[id];
}
