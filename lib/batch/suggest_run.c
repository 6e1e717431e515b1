/* suggest_run.c - a suggestion in its context: threads, range, memory, and the thresholds. */
#include "batch/suggest_run.h"

#include <math.h>

#include "backend/cpu_run.h"
#include "batch/analysis_state.h"
#include "data/delay_embedding.h"
#include "plan/context_state.h"

static const double rate = 0.05, of_diameter = 0.1, of_sd = 0.2;

/* Distances are no work for a GPU, whatever the environment sends there. */
static int32_t backend_of(const struct rqa_context *context)
{
    return context->forced_backend == RQA_BACKEND_GPU ||
                   context->forced_backend == RQA_BACKEND_HYBRID
               ? RQA_BACKEND_THREADS
               : RQA_BACKEND_AUTO;
}

/* One threshold in data units, as an analysis with this unit would take it. */
static int threshold_in_unit(const struct rqa_embedding *x, const rqa_suggest_options *o,
                             int32_t unit, double threshold, double *out)
{
    rqa__analysis a;
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.norm = o->norm;
    options.theiler = o->theiler;
    options.threshold_unit = unit;
    options.threshold = threshold;
    int status = rqa__analysis_begin(&a, x, NULL, &options);
    if (!status)
        status = rqa__analysis_take_backend(&a, backend_of(a.context), 0);
    if (!status)
        status = rqa__analysis_set_bounds(&a, &options);
    *out = a.reached_x.threshold;
    rqa__analysis_end(&a);
    return status;
}

static void set_rate(struct rqa_suggestion *s, const rqa_suggest_options *o, double threshold)
{
    if (isnan(threshold)) {
        rqa__suggestion_set(s, RQA_SUGGESTION_RATE05, NAN,
                            "undefined: a Theiler window of %u leaves no cell",
                            (unsigned)o->theiler);
        rqa__suggestion_warn(s, "no threshold for a recurrence rate: a Theiler window of %u leaves "
                                "no cell", (unsigned)o->theiler);
        return;
    }
    rqa__suggestion_set(s, RQA_SUGGESTION_RATE05, threshold,
                        "smallest threshold with a recurrence rate of at least 0.05 (%s norm, "
                        "Theiler window %u)",
                        rqa_norm_name(o->norm), (unsigned)o->theiler);
}

static int add_thresholds(struct rqa_suggestion *s, const rqa__suggest_plan *plan)
{
    const rqa_suggest_options *o = &plan->options;
    struct rqa_embedding *x;
    double at_rate, diameter, sd;
    int status = rqa__embedding_new(&x, plan->series, (uint32_t)s->value[RQA_SUGGESTION_DIM],
                                    (uint32_t)s->value[RQA_SUGGESTION_DELAY]);
    if (status)
        return status;
    status = threshold_in_unit(x, o, RQA_THRESHOLD_RECURRENCE_RATE, rate, &at_rate);
    if (!status)
        status = threshold_in_unit(x, o, RQA_THRESHOLD_MAX_DIAMETER, of_diameter, &diameter);
    if (!status)
        status = threshold_in_unit(x, o, RQA_THRESHOLD_STD, of_sd, &sd);
    rqa__embedding_free(x);
    if (status)
        return status;
    set_rate(s, o, at_rate);
    rqa__suggestion_set(s, RQA_SUGGESTION_DIAMETER10, diameter,
                        "a tenth of the largest distance of two vectors (%s norm)",
                        rqa_norm_name(o->norm));
    rqa__suggestion_set(s, RQA_SUGGESTION_SD02, sd, "0.2 standard deviations (n-1)");
    return RQA_OK;
}

/* On the context's threads, which go back before the units ask for them. */
static int explore(struct rqa_suggestion **out, const rqa__suggest_plan *plan,
                   const atomic_int *cancel)
{
    struct rqa_context *context = plan->series->context;
    struct rqa_suggestion *s = NULL;
    rqa__explore_crew crew = {.cancel = cancel,
                              .kernels = rqa__cpu_distance_kernels(context->cpu)};
    int status = rqa__context_take_pool(context, 1, &crew.pool);
    if (status)
        return status;
    status = rqa__context_check_memory(
        context, rqa__suggest_memory(plan, rqa__pool_n_workers(crew.pool)), "the suggestion");
    if (!status)
        status = rqa__suggestion_explore(&s, plan, &crew);
    rqa__context_return_pool(context, crew.pool);
    if (status) {
        rqa__suggestion_free(s);
        return status;
    }
    *out = s;
    return RQA_OK;
}

int rqa__suggest(struct rqa_suggestion **out, const struct rqa_series *series,
                 const rqa_suggest_options *options)
{
    struct rqa_context *context = series->context;
    struct rqa_suggestion *s = NULL;
    rqa__suggest_plan plan = {.options = *options, .series = series};
    rqa__source source, same;
    const rqa__rules squares = {.norm = RQA_NORM_EUCLIDEAN};
    int status = rqa__context_check_process(context);
    if (!status)
        status = rqa__suggest_check(&plan.options, series);
    if (status)
        return status;
    rqa__source_open(&source, series, 0, (uint32_t)series->n_channels);
    rqa__source_open(&same, series, 0, (uint32_t)series->n_channels);
    const atomic_int *cancel = rqa__context_enter(context);
    status = rqa__sources_fit(&source, &same, &squares);
    plan.read = source.read;
    plan.exponent = source.exponent;
    if (!status)
        status = explore(&s, &plan, cancel);
    if (!status)
        status = add_thresholds(s, &plan);
    rqa__context_leave(context);
    rqa__source_close(&source);
    rqa__source_close(&same);
    if (status) {
        rqa__suggestion_free(s);
        return status;
    }
    *out = s;
    return RQA_OK;
}
