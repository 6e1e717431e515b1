/* analysis_rules.c - validation and defaults of an analysis; the exact threshold bound. */
#include "plan/analysis_rules.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "measures/measure_list.h"
#include "plan/cell_rules.h"

enum { DEFAULT_LINE_MINIMUM = 2, DEFAULT_TREND_BORDER = 10 };
enum { DEFAULT_MICROSTATE = 2, MOST_MICROSTATE = 4 };

/* Size of rqa_analysis_options in release 0.1.0: the struct only ever grows. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_analysis_options, measures) };

void rqa_analysis_options_init_sized(rqa_analysis_options *options, size_t size)
{
    const rqa_analysis_options defaults = {
        .struct_size = sizeof defaults,
        .norm = RQA_NORM_EUCLIDEAN,
        .threshold_y = -1,
        .theiler = -1,
        .theiler_points = -1,
        .theiler_diagonal = -1,
        .theiler_vertical = -1,
    };
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* What callers of release 0.1.0 call, whose struct ended there. */
void(rqa_analysis_options_init)(rqa_analysis_options *options)
{
    rqa_analysis_options_init_sized(options, OPTIONS_SMALLEST);
}

int rqa__analysis_options_read(rqa_analysis_options *out, const rqa_analysis_options *options)
{
    rqa_analysis_options_init(out);
    return rqa__options_read(out, sizeof *out, OPTIONS_SMALLEST, options, "options");
}

static int check_enum(int32_t value, int32_t last, const char *name)
{
    if (value >= 0 && value <= last)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "options->%s is %d; allowed is 0..%d", name, value, last);
}

static int check_enums(const rqa_analysis_options *options)
{
    const struct {
        int32_t value, last;
        const char *name;
    } field[] = {
        {options->norm, RQA_NORM_MANHATTAN, "norm"},
        {options->compare, RQA_COMPARE_LT, "compare"},
        {options->border, RQA_BORDER_CENSI_SEMI_LOI, "border"},
        {options->relation, RQA_RELATION_JOINT, "relation"},
        {options->threshold_unit, RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS, "threshold_unit"},
        {options->white_border, RQA_WHITE_BORDER_EXCLUDE, "white_border"},
        {options->backend, RQA_BACKEND_HYBRID, "backend"},
        {options->corridor, 1, "corridor"},
        {options->ties, RQA_TIES_INDEX, "ties"},
        {options->skeleton, 1, "skeleton"},
        {options->direction, RQA_DIRECTION_PERPENDICULAR, "direction"},
    };
    for (size_t k = 0; k < sizeof field / sizeof field[0]; k++) {
        int status = check_enum(field[k].value, field[k].last, field[k].name);
        if (status)
            return status;
    }
    return RQA_OK;
}

static int check_theiler(int64_t value, const char *name)
{
    if (value >= -1)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "options->%s is %" PRId64 "; allowed is -1 (the convention's), 0, 1, ...",
                     name, value);
}

static uint64_t theiler_window(const rqa_analysis_options *options, const rqa__convention *rules,
                               int has_loi, int scope, int64_t own, uint8_t by_convention)
{
    if (own >= 0)
        return (uint64_t)own;
    if (options->theiler >= 0 && (rules->theiler_scope & scope))
        return (uint64_t)options->theiler;
    return has_loi ? by_convention : 0;
}

static int resolve_theiler(rqa__rules *out, const rqa_analysis_options *options)
{
    int status = check_theiler(options->theiler, "theiler");
    if (!status)
        status = check_theiler(options->theiler_points, "theiler_points");
    if (!status)
        status = check_theiler(options->theiler_diagonal, "theiler_diagonal");
    if (!status)
        status = check_theiler(options->theiler_vertical, "theiler_vertical");
    if (status)
        return status;
    const rqa__convention *c = out->convention;
    /* The main diagonal of a joint matrix is a line of identity too; that of a cross is not. */
    int has_loi = out->relation != RQA_RELATION_CROSS;
    out->theiler_points = theiler_window(options, c, has_loi, RQA__SCOPE_POINTS,
                                         options->theiler_points, c->theiler_points);
    out->theiler_diagonal = theiler_window(options, c, has_loi, RQA__SCOPE_DIAGONAL,
                                           options->theiler_diagonal, c->theiler_diagonal);
    out->theiler_vertical = theiler_window(options, c, has_loi, RQA__SCOPE_VERTICAL,
                                           options->theiler_vertical, c->theiler_vertical);
    return RQA_OK;
}

static int check_measures(const rqa__rules *rules)
{
    const int32_t symmetric =
        rqa__measure_of_cells(rules->measures, RQA__CELLS_NETWORK | RQA__CELLS_RETURNS);
    if (symmetric >= 0 && rules->relation == RQA_RELATION_CROSS)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->measures has %s, which needs a symmetric matrix; that of a "
                         "cross-recurrence is none: use auto or joint",
                         rqa_measure_name(symmetric));
    const int perpendicular = rules->direction == RQA_DIRECTION_PERPENDICULAR;
    const int neighbours = rqa__rules_have_neighbours(rules);
    if (symmetric >= 0 && (neighbours || perpendicular))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->measures has %s, which needs a symmetric matrix; that of %s is none",
                         rqa_measure_name(symmetric),
                         perpendicular ? "a perpendicular plot"
                                       : "nearest neighbours (options->threshold_unit)");
    const int32_t network = rqa__measure_of_cells(rules->measures, RQA__CELLS_NETWORK);
    if (network >= 0 && rules->corridor)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->measures has %s of a network, which has no corridor "
                         "(options->corridor)",
                         rqa_measure_name(network));
    const int adaptive = rules->threshold_unit == RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS;
    if (rules->border != RQA_BORDER_ALL && (neighbours || adaptive || rules->corridor))
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->border is %s; with %s only all is allowed",
                         rqa_border_name(rules->border),
                         rules->corridor ? "a corridor (options->corridor)"
                                         : "nearest neighbours (options->threshold_unit)");
    if (rules->measures & RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY) &&
        rules->compare == RQA_COMPARE_LT)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->measures has cat_entropy, where equal values recur; under `<` none "
                         "do");
    return RQA_OK;
}

static int resolve_microstates(rqa__rules *out, const rqa_analysis_options *options)
{
    if (options->microstate_size > MOST_MICROSTATE)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->microstate_size is %u; allowed is 0 (the default, %d), 1..%d",
                         options->microstate_size, DEFAULT_MICROSTATE, MOST_MICROSTATE);
    out->microstate_size = options->microstate_size ? options->microstate_size : DEFAULT_MICROSTATE;
    out->microstate_theiler = theiler_window(options, out->convention, 0, RQA__SCOPE_POINTS,
                                             options->theiler_points, 0);
    return RQA_OK;
}

int rqa__threshold_suits(const rqa__rules *rules, double threshold, const char *name)
{
    if (!(rules->measures & RQA_MEASURE_BIT(RQA_MEASURE_CAT_ENTROPY)) || threshold == 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "%s is %s; cat_entropy, of categorical data, needs threshold 0", name,
                     rqa__shortest(threshold).text);
}

int rqa__rules_resolve(rqa__rules *out, const rqa_analysis_options *options, int has_y)
{
    out->convention = rqa__convention_find(options->convention);
    if (!out->convention)
        return rqa__fail(RQA_ERROR_VALUE, "options->convention is %d; allowed is 0..%d",
                         options->convention, RQA_CONVENTION_FOUNDING);
    int status = check_enums(options);
    if (status)
        return status;
    out->convention_id = options->convention;
    out->norm = options->norm;
    out->threshold_unit = options->threshold_unit;
    out->corridor = options->corridor;
    out->ties = options->ties;
    out->backend = options->backend;
    out->relation = options->relation;
    if (has_y && options->relation == RQA_RELATION_AUTO)
        out->relation = RQA_RELATION_CROSS;
    if (!has_y && options->relation != RQA_RELATION_AUTO)
        return rqa__fail(RQA_ERROR_NULL, "options->relation is %s, which needs y, but y is NULL",
                         options->relation == RQA_RELATION_CROSS ? "cross" : "joint");
    if (out->convention->upper_only && out->relation != RQA_RELATION_AUTO)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "convention %s is defined for auto-recurrence alone",
                         out->convention->name);
    out->compare = options->compare;
    if (out->compare == RQA_COMPARE_CONVENTION)
        out->compare = out->convention->strict ? RQA_COMPARE_LT : RQA_COMPARE_LE;
    out->lmin = options->lmin ? options->lmin : DEFAULT_LINE_MINIMUM;
    out->vmin = options->vmin ? options->vmin : DEFAULT_LINE_MINIMUM;
    out->wmin = options->wmin ? options->wmin : out->convention->wmin;
    out->white_exclude = options->white_border == RQA_WHITE_BORDER_CONVENTION
                             ? out->convention->white_exclude
                             : options->white_border == RQA_WHITE_BORDER_EXCLUDE;
    out->trend_border = options->trend_border == 0            ? DEFAULT_TREND_BORDER
                        : options->trend_border == UINT32_MAX ? 0
                                                              : options->trend_border;
    out->measures = options->measures ? options->measures : RQA_MEASURES_DEFAULT;
    out->border = options->border;
    out->skeleton = options->skeleton;
    out->direction = options->direction;
    out->direction_bound = options->direction_bound;
    out->direction_lag = options->direction_lag ? options->direction_lag : 1;
    if (out->measures & ~RQA_MEASURES_ALL)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->measures is 0x%" PRIx64 "; this release knows bits 0..%d",
                         options->measures, RQA_MEASURE_COUNT - 1);
    status = check_measures(out);
    if (!status)
        status = rqa__cell_rules_check(out, options);
    if (!status)
        status = resolve_theiler(out, options);
    return status ? status : resolve_microstates(out, options);
}

rqa__border_rule rqa__rules_border(const rqa__rules *rules, uint64_t n)
{
    static const struct {
        int what, semi, loi;
    } rule[] = {
        [RQA_BORDER_ALL] = {RQA__BORDER_ALL, 0, 0},
        [RQA_BORDER_DIBO] = {RQA__BORDER_DIBO, 0, 0},
        [RQA_BORDER_DIBO_SEMI] = {RQA__BORDER_DIBO, 1, 0},
        [RQA_BORDER_KELO] = {RQA__BORDER_KELO, 0, 0},
        [RQA_BORDER_KELO_SEMI] = {RQA__BORDER_KELO, 1, 0},
        [RQA_BORDER_CENSI] = {RQA__BORDER_CENSI, 0, 0},
        [RQA_BORDER_CENSI_SEMI] = {RQA__BORDER_CENSI, 1, 0},
        [RQA_BORDER_CENSI_LOI] = {RQA__BORDER_CENSI, 0, 1},
        [RQA_BORDER_CENSI_SEMI_LOI] = {RQA__BORDER_CENSI, 1, 1},
    };
    rqa__border_rule out = {.semi = rule[rules->border].semi};
    out.what = rule[rules->border].what;
    out.loi = rule[rules->border].loi ? n : 0;
    return out;
}

int rqa__threshold_check(double threshold, const char *name)
{
    if (isfinite(threshold) && threshold >= 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE, "%s is %s; a threshold must be finite and not negative", name,
                     rqa__shortest(threshold).text);
}

static int accepts(double square, double threshold, int strict)
{
    double distance = sqrt(square);
    return strict ? distance < threshold : distance <= threshold;
}

/* In the middle of the doubles it is one of the neighbours of the rounded square; -1: or is not. */
static double bound_near_square(double threshold, int strict)
{
    enum { MOST_STEPS = 8 };
    double square = threshold * threshold;
    int steps = 0;
    while (steps < MOST_STEPS && !accepts(square, threshold, strict))
        square = nextafter(square, 0), steps++;
    for (double next; steps < MOST_STEPS; square = next, steps++) {
        next = nextafter(square, INFINITY);
        if (!accepts(next, threshold, strict))
            return square;
    }
    return -1;
}

/* The largest double whose root is accepted. The root is monotone, and doubles that are not negative
 * are ordered as their bit patterns are: halving finds it in 63 steps, whatever the arithmetic. */
static double euclidean_bound(double threshold, int strict)
{
    if (strict && threshold == 0)
        return -1; /* no distance is below 0 */
    const int is_middling = threshold > 1e-100 && threshold < 1e100;
    const double near = is_middling ? bound_near_square(threshold, strict) : -1;
    if (near >= 0)
        return near;
    uint64_t yes = 0, no = UINT64_C(0x7ff0000000000000); /* 0 and infinity */
    double square = 0;
    while (no - yes > 1) {
        uint64_t half = yes + (no - yes) / 2;
        memcpy(&square, &half, sizeof square);
        if (accepts(square, threshold, strict))
            yes = half;
        else
            no = half;
    }
    memcpy(&square, &yes, sizeof square);
    return square;
}

double rqa__bound(int32_t norm, int32_t compare, double threshold)
{
    int strict = compare == RQA_COMPARE_LT;
    if (norm == RQA_NORM_EUCLIDEAN)
        return euclidean_bound(threshold, strict);
    return strict ? nextafter(threshold, -INFINITY) : threshold;
}

uint64_t rqa__cells_outside(uint64_t n_x, uint64_t n_y, uint64_t w)
{
    uint64_t cells = 0;
    /* Offsets d = j - i >= w, then i - j = d >= max(w, 1): the lengths of the diagonals. */
    for (int side = 0; side < 2; side++) {
        uint64_t rows = side ? n_x : n_y, columns = side ? n_y : n_x;
        uint64_t first = side && w == 0 ? 1 : w;
        if (first >= rows)
            continue;
        /* Diagonal d has min(columns, rows - d) cells. */
        uint64_t n = rows - first; /* longest possible length, then n-1, ..., 1 */
        uint64_t full = n > columns ? n - columns : 0;
        uint64_t rest = n - full;
        cells += full * columns;
        cells += rest % 2 ? rest * ((rest + 1) / 2) : rest / 2 * (rest + 1);
    }
    return cells;
}

uint64_t rqa__rules_cells(const rqa__rules *rules, uint64_t n_x, uint64_t n_y)
{
    if (rules->convention->cross_all_cells && rules->relation == RQA_RELATION_CROSS)
        return n_x * n_y;
    uint64_t cells = rqa__cells_outside(n_x, n_y, rules->theiler_points);
    if (!rules->convention->upper_only)
        return cells;
    /* One triangle: half of what is off the main diagonal, and the diagonal if it is kept. */
    uint64_t diagonal = rules->theiler_points == 0 ? n_x : 0;
    return (cells - diagonal) / 2 + diagonal;
}
