/* brute_measures.c - runs, histograms and measures of a byte matrix, dialect by dialect. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "brute.h"

/* What stands for an undefined ratio, mean, longest line and entropy: without points, and with
 * points but without a line of the minimum. only_kept: the longest line is one of the minimum. */
typedef struct lines {
    int only_kept;
    double none[4], no_line[4];
} lines;

/* The dialect table. wp wd wv: default windows of an auto or joint matrix. only_diag: `theiler`
 * moves the diagonals' window alone. no_border: border white lines are left out by default. */
typedef struct dialect {
    int strict, wp, wd, wv, only_diag, wmin, no_border, triangle, percent, binary, skip_loi;
    uint64_t min_samples, min_vectors;
    lines diagonal, vertical, white;
} dialect;

/* clang-format off */
#define NOTHING {NAN, NAN, NAN, NAN}
#define DEFAULT(only_kept) {only_kept, NOTHING, {0, NAN, NAN, NAN}}
#define JULIA {1, {0, 0, 0, NAN}, {0, 0, 0, NAN}}
#define PYRQA {0, {NAN, NAN, 0, 0}, {0, NAN, 0, 0}}
#define ZEROS {0, {0, 0, 0, 0}, {0, 0, 0, 0}}

static const dialect dialects[] = {
    [RQA_CONVENTION_STANDARD] =           {0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        DEFAULT(0), DEFAULT(0), DEFAULT(1)},
    [RQA_CONVENTION_RECURRENCEANALYSIS] = {0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0,
        JULIA, JULIA, JULIA},
    [RQA_CONVENTION_CRP] =                {1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0,
        {1, {NAN, NAN, 0, NAN}, {0, 0, 0, 0}}, {1, {NAN, NAN, 0, NAN}, {0, NAN, 0, NAN}},
        DEFAULT(1)},
    [RQA_CONVENTION_PYRQA] =              {1, 0, 1, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0,
        PYRQA, PYRQA, PYRQA},
    [RQA_CONVENTION_PYUNICORN] =          {1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0,
        ZEROS, ZEROS, ZEROS},
    [RQA_CONVENTION_ACCRQA] =             {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,
        PYRQA, PYRQA, DEFAULT(1)},
    [RQA_CONVENTION_CRQA] =               {0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0,
        {1, {NAN, 0, 0, NAN}, {NAN, 0, 0, NAN}}, DEFAULT(1), DEFAULT(1)},
    [RQA_CONVENTION_NEUROKIT] =           {0, 1, 1, 1, 0, 2, 0, 1, 0, 0, 0, 0, 0,
        {1, {NAN, 0, NAN, 0}, {0, 0, NAN, 0}}, {1, {NAN, 0, 0, 0}, {0, 0, 0, 0}},
        {1, {0, 0, 0, 0}, {0, 0, 0, 0}}},
    [RQA_CONVENTION_FOUNDING] =           {0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 5, 2,
        DEFAULT(0), DEFAULT(0), DEFAULT(1)},
};
/* clang-format on */

int brute_compare(const rqa_analysis_options *options)
{
    if (options->compare != RQA_COMPARE_CONVENTION)
        return options->compare;
    return dialects[options->convention].strict ? RQA_COMPARE_LT : RQA_COMPARE_LE;
}

/* Cell (i, j) under a window w: -1 excluded or outside, else 0 or 1. */
static int look(const brute_matrix *m, int64_t i, int64_t j, uint64_t w, int triangle)
{
    if (i < 0 || j < 0 || i >= (int64_t)m->nx || j >= (int64_t)m->ny)
        return -1;
    uint64_t offset = (uint64_t)(i > j ? i - j : j - i);
    if (offset < w || (triangle && i > j))
        return -1;
    return m->cell[(size_t)j * m->nx + (size_t)i];
}

/* The same for what goes along a column: cells of missing vectors are as excluded as the band, which
 * some dialects take as white. */
static int look_up(const brute_result *out, const brute_matrix *m, int64_t i, int64_t j,
                   int triangle)
{
    int cell = look(m, i, j, out->theiler_vertical, triangle);
    int inside = look(m, i, j, 0, triangle) >= 0;
    if (inside && ((m->gone_x && m->gone_x[i]) || (m->gone_y && m->gone_y[j])))
        return -1;
    return inside && cell < 0 && out->band_is_white ? 0 : cell;
}

static uint64_t window(int64_t own, int64_t common, int governed, int by_default, int32_t relation)
{
    if (own >= 0)
        return (uint64_t)own;
    if (common >= 0 && governed)
        return (uint64_t)common;
    return relation == RQA_RELATION_CROSS ? 0 : (uint64_t)by_default;
}

static void resolve(brute_result *out, const dialect *d, int32_t relation,
                    const rqa_analysis_options *o)
{
    int all = !d->only_diag;
    out->theiler_points = window(o->theiler_points, o->theiler, all, d->wp, relation);
    out->theiler_diagonal = window(o->theiler_diagonal, o->theiler, 1, d->wd, relation);
    out->theiler_vertical = window(o->theiler_vertical, o->theiler, all, d->wv, relation);
    out->lmin = o->lmin ? o->lmin : 2;
    out->vmin = o->vmin ? o->vmin : 2;
    out->wmin = o->wmin ? o->wmin : (uint32_t)d->wmin;
    out->compare = brute_compare(o);
}

static void count_cells(brute_result *out, const brute_matrix *m, int triangle)
{
    for (int64_t j = 0; j < (int64_t)m->ny; j++)
        for (int64_t i = 0; i < (int64_t)m->nx; i++) {
            int cell = look(m, i, j, out->theiler_points, triangle);
            out->pairs += cell >= 0;
            out->points += cell == 1;
        }
}

/* A run begins at a black cell whose predecessor on the diagonal is not black. */
static void count_diagonals(brute_result *out, const brute_matrix *m, int triangle)
{
    uint64_t w = out->theiler_diagonal;
    for (int64_t j = 0; j < (int64_t)m->ny; j++)
        for (int64_t i = 0; i < (int64_t)m->nx; i++) {
            if (look(m, i, j, w, triangle) != 1 || look(m, i - 1, j - 1, w, triangle) == 1)
                continue;
            int64_t length = 1;
            while (look(m, i + length, j + length, w, triangle) == 1)
                length++;
            out->histogram[RQA_HISTOGRAM_DIAGONAL][length]++;
        }
}

static void count_columns(brute_result *out, const brute_matrix *m, int triangle, int exclude)
{
    for (int64_t i = 0; i < (int64_t)m->nx; i++) {
        int64_t first_row = triangle ? i : 0;
        int64_t previous_start = -1;
        for (int64_t j = 0; j < (int64_t)m->ny; j++) {
            int colour = look_up(out, m, i, j, triangle);
            if (colour < 0)
                previous_start = -1;
            if (colour < 0 || look_up(out, m, i, j - 1, triangle) == colour)
                continue;
            int64_t end = j;
            while (look_up(out, m, i, end + 1, triangle) == colour)
                end++;
            int on_border = j == first_row || end == (int64_t)m->ny - 1;
            if (colour == 1)
                out->histogram[RQA_HISTOGRAM_VERTICAL][end - j + 1]++;
            else if (!on_border)
                out->inner[end - j + 1]++;
            if (colour == 0 && !(exclude && on_border))
                out->histogram[RQA_HISTOGRAM_WHITE][end - j + 1]++;
            if (colour == 1 && previous_start >= 0)
                out->histogram[RQA_HISTOGRAM_RECURRENCE_TIME][j - previous_start]++;
            if (colour == 1)
                previous_start = j;
        }
    }
}

static void set(brute_result *out, int measure, double value, int reason)
{
    out->value[measure] = value;
    out->reason[measure] = reason;
}

static double shannon(const uint64_t *count, size_t limit, uint64_t minimum)
{
    double total = 0, sum = 0;
    for (uint64_t l = minimum; l <= limit; l++)
        total += (double)count[l];
    for (uint64_t l = minimum; l <= limit; l++)
        if (count[l]) {
            double p = (double)count[l] / total;
            sum -= p * log(p);
        }
    return sum;
}

/* ratio, mean, longest, entropy go to the measures first..first+3, or to the last three of them. */
static void measure_lines(brute_result *out, const dialect *d, const lines *rules, int histogram,
                          uint64_t minimum, uint64_t skip, const int *measure)
{
    const uint64_t *count = out->histogram[histogram];
    uint64_t points = 0, kept_points = 0, kept = 0, longest = 0;
    for (uint64_t l = 1; l <= out->limit; l++) {
        points += l * count[l];
        if (l >= minimum) {
            kept_points += l * count[l];
            kept += count[l];
        }
        if (count[l] && l != skip && (l >= minimum || !rules->only_kept))
            longest = l;
    }
    const double *missing = points ? rules->no_line : rules->none;
    if (measure[0] >= 0) {
        double scale = d->percent ? 100 : 1;
        if (kept)
            set(out, measure[0], scale * (double)kept_points / (double)points, 0);
        else
            set(out, measure[0], missing[0],
                !points            ? RQA_REASON_NO_POINTS
                : missing[0] == 0 ? 0
                                  : RQA_REASON_NO_LINE);
    }
    if (longest)
        set(out, measure[2], (double)longest, 0);
    else
        set(out, measure[2], missing[2], RQA_REASON_NO_LINE);
    if (kept) {
        double entropy = shannon(count, out->limit, minimum);
        set(out, measure[1], (double)kept_points / (double)kept, 0);
        set(out, measure[3], d->binary ? entropy / log(2) : entropy, 0);
    } else {
        set(out, measure[1], missing[1], RQA_REASON_NO_LINE);
        set(out, measure[3], missing[3], RQA_REASON_NO_LINE);
    }
}

/* Gao 1999, Ngamga 2007: type 1 is the difference of successive recurrent rows of a column. */
static void measure_times(brute_result *out, const brute_matrix *m, int triangle)
{
    double sum1 = 0, n1 = 0;
    for (int64_t i = 0; i < (int64_t)m->nx; i++) {
        int64_t previous = -1;
        for (int64_t j = 0; j < (int64_t)m->ny; j++) {
            int colour = look_up(out, m, i, j, triangle);
            if (colour < 0)
                previous = -1;
            if (colour != 1)
                continue;
            if (previous >= 0) {
                sum1 += (double)(j - previous);
                n1++;
            }
            previous = j;
        }
    }
    set(out, RQA_MEASURE_T1, n1 > 0 ? sum1 / n1 : NAN, n1 > 0 ? 0 : RQA_REASON_NO_PAIR);

    const uint64_t *count = out->histogram[RQA_HISTOGRAM_RECURRENCE_TIME];
    double sum2 = 0, n2 = 0;
    for (size_t l = 1; l <= out->limit; l++) {
        sum2 += (double)l * (double)count[l];
        n2 += (double)count[l];
    }
    set(out, RQA_MEASURE_T2, n2 > 0 ? sum2 / n2 : NAN, n2 > 0 ? 0 : RQA_REASON_NO_PAIR);
}

/* Ngamga 2007: the most frequent of the recurrence times. */
static void measure_most_probable(brute_result *out)
{
    const uint64_t *count = out->histogram[RQA_HISTOGRAM_RECURRENCE_TIME];
    size_t most = 0;
    for (size_t l = out->limit; l >= 1; l--)
        if (count[l] && (!most || count[l] >= count[most]))
            most = l;
    set(out, RQA_MEASURE_NMPRT, most ? (double)count[most] : NAN, most ? 0 : RQA_REASON_NO_PAIR);
    set(out, RQA_MEASURE_NMPRT_TIME, most ? (double)most : NAN, most ? 0 : RQA_REASON_NO_PAIR);
}

/* Against the entropy of as many lengths that are equally frequent. */
static void measure_relative_entropy(brute_result *out)
{
    const uint64_t *count = out->histogram[RQA_HISTOGRAM_DIAGONAL];
    size_t n = 0;
    for (size_t l = out->lmin; l <= out->limit; l++)
        n += count[l] > 0;
    if (n < 2)
        set(out, RQA_MEASURE_L_ENTR_REL, NAN, n ? RQA_REASON_ZERO_DENOMINATOR : RQA_REASON_NO_LINE);
    else
        set(out, RQA_MEASURE_L_ENTR_REL, shannon(count, out->limit, out->lmin) / log((double)n), 0);
}

/* Little 2007: of the recurrence times; in the CRP Toolbox, of the white lines off the border. */
static void measure_rte(brute_result *out, int32_t convention)
{
    int white = convention == RQA_CONVENTION_CRP;
    const uint64_t *count =
        white ? out->inner : out->histogram[RQA_HISTOGRAM_RECURRENCE_TIME];
    size_t longest = 0;
    for (size_t l = 1; l <= out->limit; l++)
        if (count[l])
            longest = l;
    if (longest == 0)
        set(out, RQA_MEASURE_RTE, NAN, white ? RQA_REASON_NO_LINE : RQA_REASON_NO_PAIR);
    else if (longest < (white ? 3 : 2))
        set(out, RQA_MEASURE_RTE, NAN, RQA_REASON_ZERO_DENOMINATOR);
    else
        set(out, RQA_MEASURE_RTE, shannon(count, out->limit, 1) / log((double)longest), 0);
}

static void measure_trend(brute_result *out, const brute_matrix *m,
                          const rqa_analysis_options *options)
{
    int marwan = options->convention == RQA_CONVENTION_RECURRENCEANALYSIS;
    int64_t n = (int64_t)(m->nx < m->ny ? m->nx : m->ny);
    int64_t border = options->trend_border ? (int64_t)options->trend_border : 10;
    if (options->trend_border == UINT32_MAX)
        border = 0;
    int64_t w = (int64_t)out->theiler_points;
    int64_t first = marwan || w > 0 ? w : 1, last = n - 1 - border;
    if (last - first + 1 < 2) {
        set(out, RQA_MEASURE_TREND, NAN, RQA_REASON_FEW_OFFSETS);
        return;
    }
    double *density = calloc((size_t)n, sizeof *density);
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < n; i++) {
            int64_t tau = i > j ? i - j : j - i;
            double cells = tau ? 2 * (double)(n - tau) : (double)n;
            density[tau] += m->cell[(size_t)j * m->nx + (size_t)i] / cells;
        }
    double mean_density = 0, mean_tau = 0, number = (double)(last - first + 1);
    for (int64_t tau = first; tau <= last; tau++) {
        mean_density += density[tau] / number;
        mean_tau += (double)tau / number;
    }
    double centre = marwan ? (double)(n - border + first) / 2 - 1 : mean_tau;
    double numerator = 0, denominator = 0;
    for (int64_t tau = first; tau <= last; tau++) {
        double delta = (double)tau - centre;
        numerator += delta * (density[tau] - mean_density);
        denominator += delta * delta;
    }
    free(density);
    set(out, RQA_MEASURE_TREND, 1000 * numerator / denominator, 0);
}

static void measure_quotient(brute_result *out, int32_t convention, int measure, int a, int b)
{
    if (out->reason[a] || out->reason[b])
        set(out, measure, NAN, RQA_REASON_ZERO_DENOMINATOR);
    else if (out->value[b] == 0) /* PyRQA divides */
        set(out, measure,
            convention == RQA_CONVENTION_PYRQA && out->value[a] > 0 ? (double)INFINITY : NAN,
            RQA_REASON_ZERO_DENOMINATOR);
    else
        set(out, measure, out->value[a] / out->value[b], 0);
}

static void count_offsets(brute_result *out, const brute_matrix *m, int32_t relation)
{
    int one_sided = relation == RQA_RELATION_AUTO && !m->given;
    size_t n = m->nx < m->ny ? m->nx : m->ny;
    out->n_offsets = one_sided ? n : 2 * n - 1;
    out->offset_points = calloc(2 * n, sizeof(uint64_t));
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            if (one_sided && j < i)
                continue;
            size_t k = one_sided ? j - i : j + n - 1 - i;
            out->offset_points[k] += m->cell[j * m->nx + i];
        }
}

static int too_short(const brute_matrix *m, const dialect *d, int32_t relation)
{
    uint64_t samples = m->samples_x < m->samples_y ? m->samples_x : m->samples_y;
    uint64_t vectors = m->nx < m->ny ? m->nx : m->ny;
    if (m->given)
        return 0;
    return vectors < (relation == RQA_RELATION_CROSS ? 1 : 2) || vectors < d->min_vectors ||
           samples < d->min_samples;
}

void brute_measure(brute_result *out, const brute_matrix *matrix, int32_t relation,
                   const rqa_analysis_options *options)
{
    static const int diagonal[] = {RQA_MEASURE_DET, RQA_MEASURE_L_MEAN, RQA_MEASURE_L_MAX,
                                   RQA_MEASURE_L_ENTR};
    static const int vertical[] = {RQA_MEASURE_LAM, RQA_MEASURE_TT, RQA_MEASURE_V_MAX,
                                   RQA_MEASURE_V_ENTR};
    static const int white[] = {-1, RQA_MEASURE_W_MEAN, RQA_MEASURE_W_MAX, RQA_MEASURE_W_ENTR};
    const dialect *d = &dialects[options->convention];
    memset(out, 0, sizeof *out);
    resolve(out, d, relation, options);
    out->band_is_white = options->convention == RQA_CONVENTION_RECURRENCEANALYSIS ||
                         options->convention == RQA_CONVENTION_CRP ||
                         options->convention == RQA_CONVENTION_CRQA;
    out->limit = matrix->nx + matrix->ny;
    for (int h = 0; h < 4; h++)
        out->histogram[h] = calloc(out->limit + 2, sizeof(uint64_t));
    out->inner = calloc(out->limit + 2, sizeof(uint64_t));

    count_cells(out, matrix, d->triangle);
    if (options->convention == RQA_CONVENTION_RECURRENCEANALYSIS && relation == RQA_RELATION_CROSS)
        out->pairs = (uint64_t)matrix->nx * matrix->ny;
    count_diagonals(out, matrix, d->triangle);
    int exclude = options->white_border == RQA_WHITE_BORDER_CONVENTION
                      ? d->no_border
                      : options->white_border == RQA_WHITE_BORDER_EXCLUDE;
    count_columns(out, matrix, d->triangle, exclude);
    count_offsets(out, matrix, relation);

    if (out->pairs)
        set(out, RQA_MEASURE_RR, (d->percent ? 100 : 1) * (double)out->points / (double)out->pairs,
            0);
    else
        set(out, RQA_MEASURE_RR, NAN, RQA_REASON_NO_CELLS);
    uint64_t skip = d->skip_loi && relation != RQA_RELATION_CROSS ? matrix->nx : 0;
    measure_lines(out, d, &d->diagonal, RQA_HISTOGRAM_DIAGONAL, out->lmin, skip, diagonal);
    measure_lines(out, d, &d->vertical, RQA_HISTOGRAM_VERTICAL, out->vmin, 0, vertical);
    measure_lines(out, d, &d->white, RQA_HISTOGRAM_WHITE, out->wmin, 0, white);
    set(out, RQA_MEASURE_DIV, 1 / out->value[RQA_MEASURE_L_MAX], out->reason[RQA_MEASURE_L_MAX]);
    measure_times(out, matrix, d->triangle);
    measure_most_probable(out);
    measure_relative_entropy(out);
    measure_rte(out, options->convention);
    measure_trend(out, matrix, options);
    int32_t id = options->convention;
    measure_quotient(out, id, RQA_MEASURE_DET_RR, RQA_MEASURE_DET, RQA_MEASURE_RR);
    measure_quotient(out, id, RQA_MEASURE_LAM_DET, RQA_MEASURE_LAM, RQA_MEASURE_DET);
    if (too_short(matrix, d, relation))
        for (int k = 0; k < RQA_MEASURE_COUNT; k++)
            set(out, k, NAN, RQA_REASON_SERIES_TOO_SHORT);
    else if (brute_all_skipped(matrix))
        for (int k = 0; k < RQA_MEASURE_COUNT; k++)
            set(out, k, NAN, RQA_REASON_ALL_SKIPPED);
}

void brute_result_free(brute_result *result)
{
    for (int h = 0; h < 4; h++)
        free(result->histogram[h]);
    free(result->inner);
    free(result->offset_points);
}
