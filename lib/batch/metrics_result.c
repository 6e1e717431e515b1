/* metrics_result.c - from a tally to rqa_metrics. */
#include "batch/metrics_result.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "plan/neighbourhood.h"

rqa__reading rqa__reading_of(const rqa__rules *rules, uint64_t n_x, uint64_t n_y)
{
    return (rqa__reading){
        .convention = rules->convention,
        .cells = rqa__rules_cells(rules, n_x, n_y),
        .n_x = n_x,
        .n_y = n_y,
        .theiler_points = rules->theiler_points,
        .trend_border = rules->trend_border,
        .has_loi = rules->relation != RQA_RELATION_CROSS,
        /* Lists of cells tell both sides, as a plot does that is not symmetric. */
        .offsets_one_sided = rules->relation == RQA_RELATION_AUTO &&
                             !rqa__rules_sides_differ(rules) && !rqa__is_adaptive(rules),
        .white_exclude = rules->white_exclude,
    };
}

int rqa__too_short(const rqa__rules *rules, uint64_t n_samples_x, uint64_t n_samples_y,
                   uint64_t n_x, uint64_t n_y)
{
    uint64_t shortest = rules->convention->min_samples, fewest = rules->convention->min_vectors;
    /* In a cross matrix alone a single vector has others to recur with. */
    uint64_t least = rules->relation == RQA_RELATION_CROSS ? 1 : 2;
    if (fewest < least)
        fewest = least;
    return n_x < fewest || n_y < fewest || n_samples_x < shortest || n_samples_y < shortest;
}

static int copy_spectrum(struct rqa_metrics *metrics, int histogram, const rqa__spectrum *spectrum)
{
    if (spectrum->n_bins == 0)
        return RQA_OK;
    rqa_line_bin *bins = rqa__alloc_array(spectrum->n_bins, sizeof *bins);
    if (!bins)
        return rqa__fail_memory("a histogram");
    for (size_t k = 0; k < spectrum->n_bins; k++)
        bins[k] = (rqa_line_bin){spectrum->bin[k].length, spectrum->bin[k].count};
    metrics->bins[histogram] = bins;
    metrics->n_bins[histogram] = spectrum->n_bins;
    return RQA_OK;
}

/* Of an earlier tally for which memory ran out half-way, before another backend was tried. */
static void drop_counts(struct rqa_metrics *metrics)
{
    for (int h = 0; h < RQA__N_HISTOGRAMS; h++) {
        rqa__free(metrics->bins[h]);
        metrics->bins[h] = NULL;
        metrics->n_bins[h] = 0;
    }
    rqa__free(metrics->offset_points);
    metrics->offset_points = NULL;
    metrics->n_offsets = 0;
}

static int copy_counts(struct rqa_metrics *metrics, const rqa__tally *tally,
                       const rqa__spectrum *diagonal, const rqa__spectrum *white)
{
    drop_counts(metrics);
    const rqa__spectrum *spectrum[RQA__N_HISTOGRAMS] = {diagonal, &tally->vertical, white,
                                                        &tally->recurrence_time};
    for (int h = 0; h < RQA__N_HISTOGRAMS; h++) {
        int status = copy_spectrum(metrics, h, spectrum[h]);
        if (status)
            return status;
    }
    if (!tally->offset_points)
        return RQA_OK;
    metrics->offset_points = rqa__alloc_array(tally->n_offsets, sizeof *metrics->offset_points);
    if (!metrics->offset_points)
        return rqa__fail_memory("the points per diagonal");
    memcpy(metrics->offset_points, tally->offset_points,
           tally->n_offsets * sizeof *metrics->offset_points);
    metrics->n_offsets = tally->n_offsets;
    return RQA_OK;
}

/* What was not asked for reads as such, even where it came for free. */
static void hide_unwanted(struct rqa_metrics *metrics)
{
    for (int measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (!(metrics->rules.measures & RQA_MEASURE_BIT(measure))) {
            metrics->value[measure] = NAN;
            metrics->why[measure] = RQA_REASON_NOT_COMPUTED;
        }
}

static int is_too_short(const struct rqa_metrics *metrics)
{
    return !metrics->from_matrix && rqa__too_short(&metrics->rules, metrics->n_samples_x,
                                                   metrics->n_samples_y, metrics->n_x, metrics->n_y);
}

int rqa__metrics_take(void *user, uint32_t dim_index, uint32_t threshold_index,
                      const rqa__tally *tally)
{
    struct rqa_metrics *metrics = user;
    (void)dim_index;
    (void)threshold_index;
    const rqa__rules *rules = &metrics->rules;
    rqa__reading reading = rqa__reading_of(rules, metrics->n_x, metrics->n_y);
    if (metrics->from_matrix)
        reading.offsets_one_sided = 0;
    size_t n_white = tally->white_inner.n_bins + tally->white_border.n_bins;
    rqa__bin *scratch = rqa__alloc_array(
        n_white + rqa__border_room(&tally->diagonal), sizeof *scratch);
    if (!scratch)
        return rqa__fail_memory("a histogram");
    const rqa__border_rule rule =
        rqa__rules_border(rules, metrics->n_x < metrics->n_y ? metrics->n_x : metrics->n_y);
    const rqa__spectrum lines =
        rqa__border_correct(&metrics->border, &rule, &tally->diagonal, scratch + n_white);
    rqa__measure_common(&reading, tally, rules->wmin, rules->measures, scratch, metrics->value,
                        metrics->why);
    rqa__line_summary diagonal = rqa__summarize_diagonal(&reading, &lines, rules->lmin);
    rqa__line_summary vertical = rqa__summarize_vertical(&reading, &tally->vertical, rules->vmin);
    rqa__measure_lines(&reading, &diagonal, &vertical, metrics->value, metrics->why);
    metrics->cells = reading.cells;
    metrics->points = tally->points;
    rqa__spectrum white = tally->white_inner;
    if (!rules->white_exclude)
        white = rqa__spectrum_join(&tally->white_inner, &tally->white_border, scratch);
    int status = copy_counts(metrics, tally, &lines, &white);
    rqa__free(scratch);
    if (is_too_short(metrics))
        for (int measure = 0; measure < RQA_MEASURE_COUNT; measure++) {
            metrics->value[measure] = NAN;
            metrics->why[measure] = RQA_REASON_SERIES_TOO_SHORT;
        }
    hide_unwanted(metrics);
    return status;
}

static rqa__spectrum spectrum_of(const struct rqa_metrics *metrics, int histogram, rqa__bin *room)
{
    const size_t n = metrics->n_bins[histogram];
    for (size_t k = 0; k < n; k++)
        room[k] = (rqa__bin){metrics->bins[histogram][k].length, metrics->bins[histogram][k].count};
    return (rqa__spectrum){room, n};
}

int rqa__metrics_read_again(const struct rqa_metrics *metrics, uint32_t lmin, uint32_t vmin,
                            double *value, uint8_t *why)
{
    memcpy(value, metrics->value, sizeof metrics->value);
    memcpy(why, metrics->why, sizeof metrics->why);
    if (is_too_short(metrics))
        return RQA_OK;
    const rqa__reading reading = rqa__reading_of(&metrics->rules, metrics->n_x, metrics->n_y);
    const size_t n_diagonal = metrics->n_bins[RQA_HISTOGRAM_DIAGONAL];
    rqa__bin *room =
        rqa__alloc_array(n_diagonal + metrics->n_bins[RQA_HISTOGRAM_VERTICAL] + 1, sizeof *room);
    if (!room)
        return rqa__fail_memory("a histogram");
    const rqa__spectrum diagonals = spectrum_of(metrics, RQA_HISTOGRAM_DIAGONAL, room);
    const rqa__spectrum verticals = spectrum_of(metrics, RQA_HISTOGRAM_VERTICAL, room + n_diagonal);
    const rqa__line_summary diagonal = rqa__summarize_diagonal(&reading, &diagonals, lmin);
    const rqa__line_summary vertical = rqa__summarize_vertical(&reading, &verticals, vmin);
    rqa__measure_lines(&reading, &diagonal, &vertical, value, why);
    rqa__free(room);
    return RQA_OK;
}

void rqa__metrics_free(struct rqa_metrics *metrics)
{
    if (!metrics)
        return;
    drop_counts(metrics);
    rqa__border_free(&metrics->border);
    rqa__free(metrics);
}
