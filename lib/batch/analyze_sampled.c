/* analyze_sampled.c - estimates from cells drawn at random, from embeddings. */
#include "batch/analyze_sampled.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "backend/microstates.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/analysis_memory.h"
#include "measures/sampled_estimates.h"
#include "plan/cell_rules.h"
#include "plan/context_state.h"
#include "plan/unit_names.h"
#include "sampling/block_sample.h"
#include "sampling/line_sample.h"

#define MOST_LINES UINT64_C(1000000000)
#define MOST_DRAWS UINT64_C(1000000000000)

static const uint64_t of_columns =
    RQA_MEASURE_BIT(RQA_MEASURE_LAM) | RQA_MEASURE_BIT(RQA_MEASURE_TT);

/* ---- what is asked for ---- */

static int check_number(const char *name, uint64_t value, uint64_t most)
{
    return value >= 1 && value <= most
               ? RQA_OK
               : rqa__fail(RQA_ERROR_VALUE, "sampled->%s is %" PRIu64 "; allowed is 1..%" PRIu64,
                           name, value, most);
}

static int check_draws(const rqa_sampled_options *sampled)
{
    if (sampled->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "sampled->reserved is %" PRIu32 "; it must be 0",
                         sampled->reserved);
    int status = check_number("n_lines", sampled->n_lines, MOST_LINES);
    if (!status)
        status = check_number("n_cells", sampled->n_cells, MOST_DRAWS);
    return status ? status : check_number("n_blocks", sampled->n_blocks, MOST_DRAWS);
}

/* What is known of all pairs alone. Numbers without a name are refused with all other rules. */
static int check_rules(const rqa_analysis_options *options)
{
    const char *unit = rqa__threshold_unit_name(options->threshold_unit);
    const char *border = rqa_border_name(options->border);
    if (unit && options->threshold_unit != RQA_THRESHOLD_DATA &&
        options->threshold_unit != RQA_THRESHOLD_STD)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->threshold_unit is %s, which takes a pass over all pairs; "
                         "sampling takes data or std",
                         unit);
    if (border && options->border != RQA_BORDER_ALL)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "options->border is %s, which takes all border lines; sampling takes all",
                         border);
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++)
        if (options->measures & ~RQA__SAMPLED_MEASURES & RQA_MEASURE_BIT(m))
            return rqa__fail(RQA_ERROR_UNSUPPORTED,
                             "options->measures has %s, which a sample does not estimate; it does rr "
                             "det l_mean lam tt microstate_entropy",
                             rqa_measure_name(m));
    return RQA_OK;
}

/* ---- what was drawn, as numbers ---- */

static void scale(rqa_estimate *estimate, double by)
{
    estimate->value *= by;
    estimate->standard_error *= by;
}

static void estimate_lines(struct rqa_sampled *s, const rqa__line_sample *lines,
                           const rqa__analysis *a)
{
    const rqa__spectrum diagonal = {(const rqa__bin *)s->bins[0], s->n_bins[0]};
    const rqa__spectrum vertical = {(const rqa__bin *)s->bins[1], s->n_bins[1]};
    const uint64_t n_x = rqa__side_vectors(&a->task.x, 0), n_y = rqa__side_vectors(&a->task.y, 0);
    const uint64_t cells = rqa__rules_cells(&s->rules, n_x, n_y);
    const double percent = s->rules.convention->percent ? 100 : 1;
    rqa__estimate_rate(&s->estimate[RQA_MEASURE_RR], lines->n_points, lines->n_cells);
    /* Of a dialect that divides by more cells than can have points. */
    if (s->rules.convention->cross_all_cells && cells)
        scale(&s->estimate[RQA_MEASURE_RR],
              (double)rqa__cells_outside(n_x, n_y, s->rules.theiler_points) / (double)cells);
    rqa__estimate_ratio(&s->estimate[RQA_MEASURE_DET], &diagonal, s->rules.lmin);
    rqa__estimate_mean(&s->estimate[RQA_MEASURE_L_MEAN], &diagonal, s->rules.lmin);
    rqa__estimate_ratio(&s->estimate[RQA_MEASURE_LAM], &vertical, s->rules.vmin);
    rqa__estimate_mean(&s->estimate[RQA_MEASURE_TT], &vertical, s->rules.vmin);
    scale(&s->estimate[RQA_MEASURE_RR], percent);
    scale(&s->estimate[RQA_MEASURE_DET], percent);
    scale(&s->estimate[RQA_MEASURE_LAM], percent);
    s->count[RQA_SAMPLED_CELLS] = lines->n_cells;
    s->count[RQA_SAMPLED_POINTS] = lines->n_points;
    s->count[RQA_SAMPLED_DIAGONAL] = lines->n_diagonal;
    s->count[RQA_SAMPLED_VERTICAL] = lines->n_vertical;
}

_Static_assert(sizeof(rqa_line_bin) == sizeof(rqa__bin), "a class is the same inside and outside");

static int take_bins(struct rqa_sampled *s, int k, const rqa__hist *hist)
{
    s->n_bins[k] = rqa__hist_n_bins(hist);
    if (s->n_bins[k] == 0)
        return RQA_OK;
    s->bins[k] = rqa__alloc_array(s->n_bins[k], sizeof *s->bins[k]);
    if (!s->bins[k])
        return rqa__fail_memory("the lines of a sample");
    rqa__hist_spectrum(hist, (rqa__bin *)s->bins[k]);
    return RQA_OK;
}

/* ---- drawing ---- */

static int draw_lines(struct rqa_sampled *s, rqa__analysis *a, const rqa__sampled_plot *plot,
                      const rqa_sampled_options *sampled)
{
    rqa__line_sample lines;
    const rqa__line_draws draws = {.task = &a->task,
                                   .plot = plot,
                                   .seed = sampled->seed,
                                   .n_lines = sampled->n_lines,
                                   .n_cells = sampled->n_cells,
                                   .verticals = (s->rules.measures & of_columns) != 0};
    int status = rqa__analysis_check_memory(
        a, rqa__line_sample_memory(&draws, rqa__analysis_parallel(a)), "a sample of lines");
    if (status)
        return status;
    status = rqa__line_sample_draw(&lines, &draws, rqa__analysis_parallel(a));
    if (!status)
        status = take_bins(s, 0, &lines.diagonal);
    if (!status)
        status = take_bins(s, 1, &lines.vertical);
    if (!status)
        estimate_lines(s, &lines, a);
    rqa__line_sample_free(&lines);
    return status;
}

static int draw_blocks(struct rqa_sampled *s, rqa__analysis *a, const rqa__sampled_plot *plot,
                       const rqa_sampled_options *sampled)
{
    const size_t n_patterns = rqa__microstate_patterns(s->rules.microstate_size);
    const rqa__block_draws draws = {.plot = plot,
                                    .seed = sampled->seed,
                                    .n_blocks = sampled->n_blocks,
                                    .theiler = s->rules.microstate_theiler,
                                    .size = s->rules.microstate_size,
                                    .skips = a->task.skips != 0};
    uint64_t *count = rqa__alloc_array(n_patterns, sizeof *count);
    int status = count ? rqa__block_sample_draw(count, &draws, rqa__analysis_parallel(a))
                       : rqa__fail_memory("the microstates of a sample");
    if (!status) {
        rqa__estimate_entropy(&s->estimate[RQA_MEASURE_MICROSTATE_ENTROPY], count, n_patterns);
        s->count[RQA_SAMPLED_BLOCKS] = s->estimate[RQA_MEASURE_MICROSTATE_ENTROPY].n_drawn;
    }
    rqa__free(count);
    return status;
}

static void set_too_short(struct rqa_sampled *s)
{
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++)
        s->estimate[m] = (rqa_estimate){.reason = RQA_REASON_SERIES_TOO_SHORT,
                                        .value = NAN,
                                        .standard_error = NAN};
}

static int draw(struct rqa_sampled *s, rqa__analysis *a, const rqa_sampled_options *sampled)
{
    const rqa__sampled_plot plot = rqa__sampled_plot_of(&a->task, a->cancel);
    int status = RQA_OK;
    if (rqa__too_short(&a->rules, a->task.x.n_samples, a->task.y.n_samples, plot.n_x, plot.n_y)) {
        set_too_short(s);
        return RQA_OK;
    }
    if (s->rules.measures & ~RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY))
        status = draw_lines(s, a, &plot, sampled);
    if (!status && s->rules.measures & RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY))
        status = draw_blocks(s, a, &plot, sampled);
    return status;
}

int rqa__sampled_of(struct rqa_sampled **out, const struct rqa_embedding *x,
                    const struct rqa_embedding *y, const rqa_analysis_options *options,
                    const rqa_sampled_options *sampled)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    struct rqa_sampled *s = NULL;
    int status = check_draws(sampled);
    if (!status)
        status = check_rules(options);
    if (status)
        return status;
    if (!wanted.measures)
        wanted.measures = RQA__SAMPLED_MEASURES & RQA_MEASURES_DEFAULT;
    status = rqa__analysis_begin(&a, x, y, &wanted);
    if (!status) /* cells are drawn by their distances alone */
        status = rqa__cell_rules_refuse(&a.rules, "a sample");
    if (!status && !(s = rqa__calloc(1, sizeof *s)))
        status = rqa__fail_memory("estimates");
    if (!status && a.task.skips && rqa__task_is_empty(&a.task, 0))
        status = rqa__fail(RQA_ERROR_TOO_SHORT,
                           "every vector of x or of y touches a missing sample and is skipped");
    if (!status)
        status = rqa__analysis_take_backend(&a, rqa__analysis_thread_backend(&a), 0);
    if (!status)
        status = rqa__analysis_set_bounds(&a, &wanted);
    if (!status) {
        s->rules = a.rules;
        s->reached_x = a.reached_x;
        s->reached_y = a.reached_y;
        s->threshold_lower = a.threshold_lower;
        status = draw(s, &a, sampled);
        s->backend = a.choice.backend;
        s->n_threads = a.choice.n_threads;
        memcpy(s->reason, a.choice.reason, sizeof s->reason);
    }
    rqa__analysis_end(&a);
    if (status) {
        rqa__sampled_free(s);
        return status;
    }
    *out = s;
    return RQA_OK;
}

void rqa__sampled_free(struct rqa_sampled *sampled)
{
    if (!sampled)
        return;
    rqa__free(sampled->bins[0]);
    rqa__free(sampled->bins[1]);
    rqa__free(sampled);
}
