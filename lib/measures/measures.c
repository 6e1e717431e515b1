/* measures.c - from line counts to numbers: every formula of librqa, once.
 *
 * Sources as in <rqa/measure.h>. Sums run over classes by rising length, in double; a count above
 * 2^53 is rounded when it enters a sum.
 */
#include "measures/measures.h"

#include <math.h>

#include "measures/as_double.h"
#include "measures/ln_count.h"
#include "measures/measure_list.h"
#include "measures/trend.h"

/* Shannon entropy of classes, n_total of them lines: -sum p ln p with p = n/S, written
 * sum n (ln S - ln n) / S. */
static double entropy(const rqa__bin *bin, size_t n_bins, uint64_t n_total)
{
    double ln_total = rqa__ln_count(n_total);
    double sum = 0;
    for (size_t k = 0; k < n_bins; k++)
        sum += rqa__as_double(bin[k].count) * (ln_total - rqa__ln_count(bin[k].count));
    return sum / (double)n_total;
}

typedef struct line_sums {
    uint64_t points, kept_points, kept_lines, longest, longest_kept;
    size_t n_short; /* classes below the minimum, which come first */
} line_sums;

/* The last class but one of skip_length, which can only be the last. */
static uint64_t longest_of(const rqa__spectrum *lines, size_t first, uint64_t skip_length)
{
    size_t n = lines->n_bins;
    if (n > first && lines->bin[n - 1].length == skip_length)
        n--;
    return n > first ? lines->bin[n - 1].length : 0;
}

static line_sums sum_lines(const rqa__spectrum *lines, uint64_t minimum, uint64_t skip_length)
{
    line_sums sums = {0};
    size_t k = 0;
    for (; k < lines->n_bins && lines->bin[k].length < minimum; k++)
        sums.points += lines->bin[k].length * lines->bin[k].count;
    sums.n_short = k;
    for (; k < lines->n_bins; k++) {
        sums.kept_points += lines->bin[k].length * lines->bin[k].count;
        sums.kept_lines += lines->bin[k].count;
    }
    sums.points += sums.kept_points;
    sums.longest = longest_of(lines, 0, skip_length);
    sums.longest_kept = longest_of(lines, sums.n_short, skip_length);
    return sums;
}

static rqa__line_summary summarize(const rqa__reading *reading, const rqa__spectrum *lines,
                                   const rqa__line_rules *rules, uint64_t minimum,
                                   uint64_t skip_length)
{
    line_sums sums = sum_lines(lines, minimum, skip_length);
    const rqa__empty *empty = sums.points ? &rules->no_line : &rules->no_points;
    rqa__line_summary out = {
        empty->ratio,       empty->mean,        empty->longest,     empty->entropy,    NAN, 0,
        RQA_REASON_NO_LINE, RQA_REASON_NO_LINE, RQA_REASON_NO_LINE, RQA_REASON_NO_LINE};

    if (!sums.points)
        out.ratio_reason = RQA_REASON_NO_POINTS;
    else if (!sums.kept_lines && isnan(empty->ratio))
        out.ratio_reason = RQA_REASON_NO_LINE;
    uint64_t longest = rules->longest_from_minimum ? sums.longest_kept : sums.longest;
    if (longest) {
        out.longest = (double)longest;
        out.longest_reason = RQA_REASON_DEFINED;
    }
    const size_t n_kept = lines->n_bins - sums.n_short;
    if (sums.kept_lines) {
        out.ratio = (double)sums.kept_points / (double)sums.points;
        out.mean = (double)sums.kept_points / (double)sums.kept_lines;
        out.entropy = entropy(lines->bin + sums.n_short, n_kept, sums.kept_lines);
        out.relative_reason = n_kept > 1 ? RQA_REASON_DEFINED : RQA_REASON_ZERO_DENOMINATOR;
        if (n_kept > 1)
            out.relative_entropy = out.entropy / rqa__ln_count(n_kept);
        if (reading->convention->log2)
            out.entropy /= RQA__LN_2;
        out.mean_reason = out.entropy_reason = RQA_REASON_DEFINED;
    }
    return out;
}

rqa__line_summary rqa__summarize_diagonal(const rqa__reading *reading, const rqa__spectrum *lines,
                                          uint64_t minimum)
{
    const rqa__convention *rules = reading->convention;
    /* Only the main diagonal of an auto-recurrence matrix can have a line of N points. */
    uint64_t skip = rules->l_max_without_loi && reading->has_loi ? reading->n_x : 0;
    return summarize(reading, lines, &rules->diagonal, minimum, skip);
}

rqa__line_summary rqa__summarize_vertical(const rqa__reading *reading, const rqa__spectrum *lines,
                                          uint64_t minimum)
{
    return summarize(reading, lines, &reading->convention->vertical, minimum, 0);
}

rqa__spectrum rqa__spectrum_join(const rqa__spectrum *a, const rqa__spectrum *b, rqa__bin *out)
{
    size_t ka = 0, kb = 0, n = 0;
    while (ka < a->n_bins || kb < b->n_bins) {
        uint64_t length_a = ka < a->n_bins ? a->bin[ka].length : UINT64_MAX;
        uint64_t length_b = kb < b->n_bins ? b->bin[kb].length : UINT64_MAX;
        uint64_t length = length_a < length_b ? length_a : length_b;
        uint64_t count = 0;
        if (length_a == length)
            count += a->bin[ka++].count;
        if (length_b == length)
            count += b->bin[kb++].count;
        out[n++] = (rqa__bin){length, count};
    }
    return (rqa__spectrum){out, n};
}

static void set(double *value, uint8_t *reason, int measure, double number, int why)
{
    value[measure] = number;
    reason[measure] = (uint8_t)why;
}

static void measure_white(const rqa__reading *reading, const rqa__tally *tally, uint64_t wmin,
                          rqa__bin *scratch, double *value, uint8_t *reason)
{
    rqa__spectrum white = tally->white_inner;
    if (!reading->white_exclude && tally->white_border.n_bins > 0)
        white = rqa__spectrum_join(&tally->white_inner, &tally->white_border, scratch);
    rqa__line_summary s = summarize(reading, &white, &reading->convention->white, wmin, 0);
    set(value, reason, RQA_MEASURE_W_MEAN, s.mean, s.mean_reason);
    set(value, reason, RQA_MEASURE_W_MAX, s.longest, s.longest_reason);
    set(value, reason, RQA_MEASURE_W_ENTR, s.entropy, s.entropy_reason);
}

/* Entropy of a distribution of lengths over the logarithm of its longest, if that is `shortest` or
 * more. */
static void measure_rte(const rqa__spectrum *times, uint64_t shortest, int why, double *value,
                        uint8_t *reason)
{
    uint64_t n = 0, longest = 0;
    for (size_t k = 0; k < times->n_bins; k++) {
        n += times->bin[k].count;
        longest = times->bin[k].length;
    }
    if (n == 0)
        set(value, reason, RQA_MEASURE_RTE, NAN, why);
    else if (longest < shortest)
        set(value, reason, RQA_MEASURE_RTE, NAN, RQA_REASON_ZERO_DENOMINATOR);
    else
        set(value, reason, RQA_MEASURE_RTE,
            entropy(times->bin, times->n_bins, n) / rqa__ln_count(longest), RQA_REASON_DEFINED);
}

/* Ngamga 2007: the largest count, and its time, the smallest of several. */
static void measure_most_probable(const rqa__spectrum *times, double *value, uint8_t *reason)
{
    rqa__bin most = {0, 0};
    for (size_t k = 0; k < times->n_bins; k++)
        if (times->bin[k].count > most.count)
            most = times->bin[k];
    const int why = most.count ? RQA_REASON_DEFINED : RQA_REASON_NO_PAIR;
    set(value, reason, RQA_MEASURE_NMPRT, why ? NAN : (double)most.count, why);
    set(value, reason, RQA_MEASURE_NMPRT_TIME, why ? NAN : (double)most.length, why);
}

/* -sum p ln p of counts, written sum n (ln S - ln n) / S; NaN without any. */
static double entropy_of_counts(const uint64_t *count, uint64_t n)
{
    uint64_t total = 0;
    double sum = 0;
    for (uint64_t k = 0; k < n; k++)
        total += count[k];
    for (uint64_t k = 0; k < n; k++)
        if (count[k])
            sum += (double)count[k] * (rqa__ln_count(total) - rqa__ln_count(count[k]));
    return total ? sum / (double)total : NAN;
}

void rqa__measure_microstates(const uint64_t *count, uint64_t n, double *value, uint8_t *reason)
{
    const double found = entropy_of_counts(count, n);
    set(value, reason, RQA_MEASURE_MICROSTATE_ENTROPY, found,
        isnan(found) ? RQA_REASON_NO_CELLS : RQA_REASON_DEFINED);
}

void rqa__measure_blocks(const rqa__spectrum *areas, double *value, uint8_t *reason)
{
    const size_t n_single = areas->n_bins > 0 && areas->bin[0].length < 2;
    const rqa__bin *bin = areas->bin + n_single;
    const size_t n_bins = areas->n_bins - n_single;
    uint64_t total = 0;
    for (size_t k = 0; k < n_bins; k++)
        total += bin[k].count;
    set(value, reason, RQA_MEASURE_CAT_ENTROPY, total ? entropy(bin, n_bins, total) : NAN,
        total ? RQA_REASON_DEFINED : RQA_REASON_NO_LINE);
}

void rqa__measure_returns(const uint64_t *count, uint64_t n, double *value, uint8_t *reason)
{
    uint64_t longest = 0;
    for (uint64_t t = 0; t < n; t++)
        if (count[t])
            longest = t;
    set(value, reason, RQA_MEASURE_RPDE,
        longest ? entropy_of_counts(count, longest + 1) / rqa__ln_count(longest) : NAN,
        longest ? RQA_REASON_DEFINED : RQA_REASON_NO_PAIR);
}

/* Gao 1999; Ngamga 2007. In one column of rows r1 < r2 < ...: type 1 is r_{k+1} - r_k; type 2 the
 * same after the runs of adjacent rows have been thinned to their first row. */
static void measure_times(const rqa__reading *reading, const rqa__tally *tally, uint64_t measures,
                          double *value, uint8_t *reason)
{
    uint64_t n_pairs = 0, sum = 0, points = 0, lines = 0;
    for (size_t k = 0; k < tally->vertical.n_bins; k++) {
        points += tally->vertical.bin[k].length * tally->vertical.bin[k].count;
        lines += tally->vertical.bin[k].count;
    }
    for (size_t k = 0; k < tally->recurrence_time.n_bins; k++) {
        n_pairs += tally->recurrence_time.bin[k].count;
        sum += tally->recurrence_time.bin[k].length * tally->recurrence_time.bin[k].count;
    }
    /* Differences of 1 inside the lines, then those between successive lines. */
    uint64_t n_type1 = points - lines + n_pairs;
    if (n_type1)
        set(value, reason, RQA_MEASURE_T1,
            (double)(points - lines + tally->gap_sum) / (double)n_type1, RQA_REASON_DEFINED);
    else
        set(value, reason, RQA_MEASURE_T1, NAN, RQA_REASON_NO_PAIR);
    if (n_pairs)
        set(value, reason, RQA_MEASURE_T2, (double)sum / (double)n_pairs, RQA_REASON_DEFINED);
    else
        set(value, reason, RQA_MEASURE_T2, NAN, RQA_REASON_NO_PAIR);
    if (measures & (RQA_MEASURE_BIT(RQA_MEASURE_NMPRT) | RQA_MEASURE_BIT(RQA_MEASURE_NMPRT_TIME)))
        measure_most_probable(&tally->recurrence_time, value, reason);
    /* crqa.m 5.45 asks for a white line of 3 cells or more. */
    if (reading->convention->rte == RQA__RTE_WHITE)
        measure_rte(&tally->white_inner, 3, RQA_REASON_NO_LINE, value, reason);
    else
        measure_rte(&tally->recurrence_time, 2, RQA_REASON_NO_PAIR, value, reason);
}

static void measure_rr(const rqa__reading *reading, const rqa__tally *tally, double *value,
                       uint8_t *reason)
{
    if (reading->cells == 0) {
        set(value, reason, RQA_MEASURE_RR, NAN, RQA_REASON_NO_CELLS);
        return;
    }
    double rr = (double)tally->points / (double)reading->cells;
    set(value, reason, RQA_MEASURE_RR, reading->convention->percent ? 100 * rr : rr,
        RQA_REASON_DEFINED);
}

#define BIT(measure) RQA_MEASURE_BIT(RQA_MEASURE_##measure)
#define WHITE_MEASURES (BIT(W_MEAN) | BIT(W_MAX) | BIT(W_ENTR))
#define TIME_MEASURES (BIT(T1) | BIT(T2) | BIT(RTE) | BIT(NMPRT) | BIT(NMPRT_TIME))
uint32_t rqa__measures_tallies(const rqa__convention *convention, uint64_t measures)
{
    uint32_t tallies = 0;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (measures & RQA_MEASURE_BIT(measure))
            tallies |= rqa__measure_tallies(measure);
    if (measures & BIT(RTE) && convention->rte == RQA__RTE_WHITE)
        tallies |= RQA__TALLY_WHITE;
    return tallies;
}

void rqa__measure_common(const rqa__reading *reading, const rqa__tally *tally, uint64_t wmin,
                         uint64_t measures, rqa__bin *scratch, double *value, uint8_t *reason)
{
    measure_rr(reading, tally, value, reason);
    if (measures & WHITE_MEASURES)
        measure_white(reading, tally, wmin, scratch, value, reason);
    if (measures & TIME_MEASURES)
        measure_times(reading, tally, measures, value, reason);
    if (measures & BIT(TREND))
        rqa__measure_trend(reading, tally, value, reason);
}

/* a / b where both are defined and b is not 0; otherwise NaN, or infinite, and why. */
static void set_quotient(const rqa__reading *reading, double *value, uint8_t *reason, int measure,
                         int a, int b)
{
    if (!reason[a] && !reason[b] && value[b] > 0) {
        set(value, reason, measure, value[a] / value[b], RQA_REASON_DEFINED);
        return;
    }
    int infinite = reading->convention->infinite_ratios && !reason[a] && !reason[b] && value[a] > 0;
    set(value, reason, measure, infinite ? INFINITY : NAN, RQA_REASON_ZERO_DENOMINATOR);
}

void rqa__measure_lines(const rqa__reading *reading, const rqa__line_summary *diagonal,
                        const rqa__line_summary *vertical, double *value, uint8_t *reason)
{
    double scale = reading->convention->percent ? 100 : 1;
    set(value, reason, RQA_MEASURE_DET, scale * diagonal->ratio, diagonal->ratio_reason);
    set(value, reason, RQA_MEASURE_L_MEAN, diagonal->mean, diagonal->mean_reason);
    set(value, reason, RQA_MEASURE_L_MAX, diagonal->longest, diagonal->longest_reason);
    set(value, reason, RQA_MEASURE_DIV, 1 / diagonal->longest, diagonal->longest_reason);
    set(value, reason, RQA_MEASURE_L_ENTR, diagonal->entropy, diagonal->entropy_reason);
    set(value, reason, RQA_MEASURE_L_ENTR_REL, diagonal->relative_entropy,
        diagonal->relative_reason);
    set(value, reason, RQA_MEASURE_LAM, scale * vertical->ratio, vertical->ratio_reason);
    set(value, reason, RQA_MEASURE_TT, vertical->mean, vertical->mean_reason);
    set(value, reason, RQA_MEASURE_V_MAX, vertical->longest, vertical->longest_reason);
    set(value, reason, RQA_MEASURE_V_ENTR, vertical->entropy, vertical->entropy_reason);
    set_quotient(reading, value, reason, RQA_MEASURE_DET_RR, RQA_MEASURE_DET, RQA_MEASURE_RR);
    set_quotient(reading, value, reason, RQA_MEASURE_LAM_DET, RQA_MEASURE_LAM, RQA_MEASURE_DET);
}
