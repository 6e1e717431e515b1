/* grid.c - the axes of a batch: checked, copied, sorted. */
#include "batch/grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/delay_embedding.h"
#include "plan/neighbourhood.h"

enum { MAX_AXIS = 1000000 };

static int check_length(uint32_t n, const void *values, const char *name)
{
    if (!values)
        return rqa__fail(RQA_ERROR_NULL, "options->%s is NULL", name);
    if (n == 0 || n > MAX_AXIS)
        return rqa__fail(RQA_ERROR_VALUE, "options->n_%s is %u; allowed is 1..%d", name, n,
                         MAX_AXIS);
    return RQA_OK;
}

static int copy_axis(uint32_t **out, const uint32_t *values, uint32_t n, uint32_t last,
                     const char *name)
{
    int status = check_length(n, values, name);
    for (uint32_t k = 0; !status && k < n; k++)
        if (values[k] == 0 || values[k] > last)
            status = rqa__fail(RQA_ERROR_VALUE, "options->%s[%u] is %u; allowed is 1..%u", name, k,
                               values[k], last);
    if (status)
        return status;
    *out = rqa__alloc_array(n, sizeof **out);
    if (!*out)
        return rqa__fail_memory("a grid");
    memcpy(*out, values, n * sizeof **out);
    return RQA_OK;
}

static int check_threshold(const rqa__grid *grid, const rqa__rules *rules, double threshold,
                           uint32_t k)
{
    char name[40];
    snprintf(name, sizeof name, "options->thresholds[%u]", k);
    return rqa__threshold_check_grid(rules, &grid->analysis, threshold, name);
}

static int copy_thresholds(rqa__grid *grid, const rqa_batch_options *options,
                           const rqa__rules *rules)
{
    uint32_t n = options->n_thresholds;
    int status = check_length(n, options->thresholds, "thresholds");
    for (uint32_t k = 0; !status && k < n; k++)
        status = check_threshold(grid, rules, options->thresholds[k], k);
    if (status)
        return status;
    grid->thresholds = rqa__alloc_array(n, sizeof *grid->thresholds);
    if (!grid->thresholds)
        return rqa__fail_memory("a grid");
    memcpy(grid->thresholds, options->thresholds, n * sizeof *grid->thresholds);
    return RQA_OK;
}

typedef struct ranked {
    double value;
    uint32_t position;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Sorts `n` values in place, tells where each stood, refuses a value that is there twice. */
static int rank_axis(ranked *ranks, uint32_t n, const char *name)
{
    qsort(ranks, n, sizeof *ranks, compare_ranked);
    for (uint32_t k = 1; k < n; k++)
        if (ranks[k].value == ranks[k - 1].value)
            return rqa__fail(RQA_ERROR_VALUE, "options->%s holds %s twice (at %u and %u)", name,
                             rqa__shortest(ranks[k].value).text, ranks[k - 1].position, ranks[k].position);
    return RQA_OK;
}

static int sort_axis(const uint32_t *integers, const double *doubles, uint32_t n, const char *name,
                     uint32_t *sorted_integers, double *sorted_doubles, uint32_t *position)
{
    ranked *ranks = rqa__alloc_array(n, sizeof *ranks);
    if (!ranks)
        return rqa__fail_memory("a grid");
    for (uint32_t k = 0; k < n; k++)
        ranks[k] = (ranked){integers ? (double)integers[k] : doubles[k], k};
    int status = rank_axis(ranks, n, name);
    for (uint32_t k = 0; !status && k < n; k++) {
        if (position)
            position[k] = ranks[k].position;
        if (sorted_integers)
            sorted_integers[k] = integers[ranks[k].position];
        if (sorted_doubles)
            sorted_doubles[k] = doubles[ranks[k].position];
    }
    rqa__free(ranks);
    return status;
}

static int sort_axes(rqa__grid *grid)
{
    grid->sorted_dims = rqa__alloc_array(grid->n_dims, sizeof *grid->sorted_dims);
    grid->dim_position = rqa__alloc_array(grid->n_dims, sizeof *grid->dim_position);
    grid->sorted_thresholds = rqa__alloc_array(grid->n_thresholds, sizeof(double));
    grid->threshold_position = rqa__alloc_array(grid->n_thresholds, sizeof(uint32_t));
    if (!grid->sorted_dims || !grid->dim_position || !grid->sorted_thresholds ||
        !grid->threshold_position)
        return rqa__fail_memory("a grid");
    int status = sort_axis(grid->dims, NULL, grid->n_dims, "dims", grid->sorted_dims, NULL,
                           grid->dim_position);
    if (!status)
        status = sort_axis(NULL, grid->thresholds, grid->n_thresholds, "thresholds", NULL,
                           grid->sorted_thresholds, grid->threshold_position);
    if (!status)
        status = sort_axis(grid->delays, NULL, grid->n_delays, "delays", NULL, NULL, NULL);
    if (!status)
        status = sort_axis(grid->lmins, NULL, grid->n_lmins, "lmins", NULL, NULL, NULL);
    if (!status)
        status = sort_axis(grid->vmins, NULL, grid->n_vmins, "vmins", NULL, NULL, NULL);
    return status;
}

static int count_combinations(rqa__grid *grid)
{
    const uint32_t axis[] = {grid->n_dims, grid->n_delays, grid->n_thresholds, grid->n_lmins,
                             grid->n_vmins};
    /* Items times combinations must fit 64 bits, and the values of an item a size_t. */
    const uint64_t of_item = SIZE_MAX / (RQA_MEASURE_COUNT * (sizeof(double) + 1));
    const uint64_t most = of_item < UINT64_MAX >> 16 ? of_item : UINT64_MAX >> 16;
    uint64_t n = 1;
    for (int k = 0; k < 5; k++) {
        if (n > most / axis[k])
            return rqa__fail(RQA_ERROR_OVERFLOW,
                             "the grid of %u x %u x %u x %u x %u combinations is too large",
                             axis[0], axis[1], axis[2], axis[3], axis[4]);
        n *= axis[k];
    }
    grid->n_combinations = n;
    return RQA_OK;
}

static int copy_axes(rqa__grid *grid, const rqa_batch_options *options, const rqa__rules *rules)
{
    const uint32_t *lmins = options->n_lmins ? options->lmins : &rules->lmin;
    const uint32_t *vmins = options->n_vmins ? options->vmins : &rules->vmin;
    grid->n_dims = options->n_dims;
    grid->n_delays = options->n_delays;
    grid->n_thresholds = options->n_thresholds;
    grid->n_lmins = options->n_lmins ? options->n_lmins : 1;
    grid->n_vmins = options->n_vmins ? options->n_vmins : 1;
    int status = copy_axis(&grid->dims, options->dims, grid->n_dims, RQA__MAX_DIM, "dims");
    if (!status)
        status = copy_axis(&grid->delays, options->delays, grid->n_delays, RQA__MAX_DELAY,
                           "delays");
    if (!status)
        status = copy_thresholds(grid, options, rules);
    if (!status)
        status = copy_axis(&grid->lmins, lmins, grid->n_lmins, UINT32_MAX, "lmins");
    if (!status)
        status = copy_axis(&grid->vmins, vmins, grid->n_vmins, UINT32_MAX, "vmins");
    return status;
}

/* A window has vectors of its own to choose neighbours from, and a corridor two thresholds. */
static int check_windows(const rqa__grid *grid, const rqa__rules *rules)
{
    if (!grid->window || !rqa__has_limits(rules))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "options->window is %" PRIu64 " and options->analysis asks for %s; a batch in windows "
                     "has none in this release, rqa_windows_compute() has them",
                     grid->window, rqa__limit_words(rules));
}

static int take_windows(rqa__grid *grid, const rqa_batch_options *options)
{
    if (options->window == 1)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->window is 1, which has no two vectors; allowed is 0 (no windows), 2, "
                         "3, ... samples");
    if (options->window > 0 && options->step == 0)
        return rqa__fail(RQA_ERROR_VALUE, "options->step is 0; allowed is 1, 2, ... samples");
    if (options->window > INT64_MAX || options->step > INT64_MAX)
        return rqa__fail(RQA_ERROR_VALUE,
                         "options->window is %" PRIu64 " and step %" PRIu64 "; allowed is up to %" PRId64,
                         options->window, options->step, INT64_MAX);
    if (options->scope < 0 || options->scope > RQA_WINDOWS_SCOPE_WINDOW)
        return rqa__fail(RQA_ERROR_VALUE, "options->scope is %d; allowed is 0..%d",
                         options->scope, RQA_WINDOWS_SCOPE_WINDOW);
    if (options->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "options->reserved is %u; it must be 0", options->reserved);
    grid->window = options->window;
    grid->step = options->window > 0 ? options->step : 1;
    grid->window_scope = options->window > 0 ? options->scope : RQA_WINDOWS_SCOPE_RECORDING;
    return RQA_OK;
}

int rqa__grid_init(rqa__grid *grid, const rqa_batch_options *options)
{
    memset(grid, 0, sizeof *grid);
    int status = rqa__analysis_options_read(&grid->analysis, options->analysis);
    if (!status)
        status = take_windows(grid, options);
    rqa__rules rules;
    rqa_analysis_options probe = grid->analysis;
    probe.relation = RQA_RELATION_AUTO; /* items say whether there is a y */
    if (!status && (grid->analysis.relation < 0 || grid->analysis.relation > RQA_RELATION_JOINT))
        status = rqa__fail(RQA_ERROR_VALUE, "options->relation is %d; allowed is 0..%d",
                           grid->analysis.relation, RQA_RELATION_JOINT);
    if (!status)
        status = rqa__rules_resolve(&rules, &probe, 0);
    if (!status)
        status = rqa__neighbourhood_check_grid(&rules, &probe);
    if (!status)
        status = check_windows(grid, &rules);
    if (!status)
        status = copy_axes(grid, options, &rules);
    for (uint32_t k = 0; !status && k < grid->n_thresholds; k++)
        status = rqa__threshold_suits(&rules, grid->thresholds[k], "a threshold");
    if (!status)
        status = sort_axes(grid);
    if (!status)
        status = count_combinations(grid);
    if (status) {
        rqa__grid_free(grid);
        return status;
    }
    grid->has_rates = grid->analysis.threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE;
    grid->has_neighbours = rqa__counts_neighbours(&rules);
    grid->limit_words = rqa__has_limits(&rules) ? rqa__limit_words(&rules) : NULL;
    for (int32_t measure = 0; measure < RQA_MEASURE_COUNT; measure++)
        if (rules.measures & RQA_MEASURE_BIT(measure))
            grid->measure[grid->n_measures++] = measure;
    return RQA_OK;
}

uint64_t rqa__grid_item_combination(const rqa__grid *grid, uint32_t delay, uint64_t of_unit)
{
    const uint64_t cells = grid->n_thresholds * rqa__grid_cell_rows(grid, 1);
    return (of_unit / cells * grid->n_delays + delay) * cells + of_unit % cells;
}

uint64_t rqa__grid_unit_combination(const rqa__grid *grid, uint64_t of_item)
{
    const uint64_t cells = grid->n_thresholds * rqa__grid_cell_rows(grid, 1);
    return of_item / cells / grid->n_delays * cells + of_item % cells;
}

rqa_batch_row rqa__grid_row_at(const rqa__grid *grid, uint64_t row, uint64_t n_windows)
{
    rqa_batch_row at = {0};
    if (grid->window) {
        at.window = row % n_windows;
        at.window_start = at.window * grid->step;
        at.window_end = at.window_start + grid->window - 1;
        at.window_centre = (double)at.window_start + (double)(grid->window - 1) / 2;
    }
    row /= n_windows;
    at.vmin = grid->vmins[row % grid->n_vmins];
    row /= grid->n_vmins;
    at.lmin = grid->lmins[row % grid->n_lmins];
    row /= grid->n_lmins;
    at.threshold = grid->thresholds[row % grid->n_thresholds];
    row /= grid->n_thresholds;
    at.delay = grid->delays[row % grid->n_delays];
    at.dim = grid->dims[row / grid->n_delays];
    return at;
}

void rqa__grid_free(rqa__grid *grid)
{
    rqa__free(grid->dims);
    rqa__free(grid->delays);
    rqa__free(grid->lmins);
    rqa__free(grid->vmins);
    rqa__free(grid->thresholds);
    rqa__free(grid->sorted_dims);
    rqa__free(grid->dim_position);
    rqa__free(grid->sorted_thresholds);
    rqa__free(grid->threshold_position);
    memset(grid, 0, sizeof *grid);
}
