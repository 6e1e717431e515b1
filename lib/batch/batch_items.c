/* batch_items.c - the items of a batch: checks, bounds, rows. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "batch/analyze_windows.h"
#include "batch/batch_items.h"
#include "batch/batch_task.h"
#include "batch/threshold_scale.h"
#include "data/recording.h"
#include "plan/neighbourhood.h"

enum { MAX_KEYS = 64 };

static int take_source(rqa__source *source, const struct rqa_series *series,
                       const rqa_batch_item *given, const char *name)
{
    int64_t first = given->channel_first, count = given->channel_count;
    int64_t there = (int64_t)series->n_channels;
    if (first < 0 || count < 0 || first >= there || first + count > there)
        return rqa__fail(RQA_ERROR_VALUE,
                         "item->channel_first is %d and channel_count %d; %s has %" PRId64
                         " channels",
                         given->channel_first, given->channel_count, name, there);
    rqa__source_open(source, series, (uint32_t)first, (uint32_t)(count ? count : there - first));
    return RQA_OK;
}

static int check_series(const struct rqa_batch *batch, const struct rqa_series *series,
                        const char *name)
{
    if (series->context == batch->context)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_MISMATCH, "item->%s and the batch belong to different contexts",
                     name);
}

static int take_series(struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given)
{
    int status = check_series(batch, given->x, "x");
    if (!status)
        status = take_source(&item->x, given->x, given, "x");
    if (!status && given->y)
        status = check_series(batch, given->y, "y");
    if (status)
        return status;
    item->has_y = given->y != NULL;
    status = take_source(&item->y, given->y ? given->y : given->x, given, "y");
    if (status || !item->has_y)
        return status;
    if (item->rules.relation == RQA_RELATION_JOINT &&
        item->x.series->n_samples != item->y.series->n_samples)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "item->x has %zu samples and y has %zu; joint recurrence needs equal "
                         "numbers",
                         item->x.series->n_samples, item->y.series->n_samples);
    if (item->rules.relation == RQA_RELATION_CROSS &&
        item->x.channel_count != item->y.channel_count)
        return rqa__fail(RQA_ERROR_MISMATCH,
                         "item->x has %u channels and y has %u; cross-recurrence needs equal "
                         "numbers",
                         item->x.channel_count, item->y.channel_count);
    return RQA_OK;
}

static int fill_bounds(double **out, const rqa__grid *grid, const rqa__rules *rules,
                       rqa__threshold_unit unit)
{
    size_t n = grid->n_thresholds;
    double *bounds = rqa__alloc_array(grid->n_dims * n, sizeof *bounds);
    if (!bounds)
        return rqa__fail_memory("thresholds");
    *out = bounds;
    for (size_t e = 0; e < n; e++)
        bounds[e] = rqa__bound(rules->norm, rules->compare,
                               rqa__threshold_in(unit, grid->sorted_thresholds[e]));
    for (size_t d = 1; d < grid->n_dims; d++)
        memcpy(bounds + d * n, bounds, n * sizeof *bounds);
    return RQA_OK;
}

static int has_sample(const rqa__source *source)
{
    return source->series->n_missing < source->series->n_samples;
}

/* A recording without a sample has no spread, and no vector that would ask for it. */
static int take_units(const rqa__item *item, rqa__threshold_unit *unit_x,
                      rqa__threshold_unit *unit_y)
{
    if (has_sample(&item->x) && has_sample(&item->y))
        return rqa__threshold_units(
            &(rqa__threshold_scale){.rules = &item->rules, .x = &item->x, .y = &item->y}, unit_x,
            unit_y);
    *unit_x = *unit_y = (rqa__threshold_unit){.size = 1};
    return RQA_OK;
}

/* Thresholds in units of the data or its standard deviation are the same for every unit. */
static int take_bounds(struct rqa_batch *batch, rqa__item *item)
{
    const rqa__rules *rules = &item->rules;
    if (rules->threshold_unit > RQA_THRESHOLD_STD)
        return RQA_OK;
    rqa__threshold_unit unit_x, unit_y;
    int status = take_units(item, &unit_x, &unit_y);
    if (!status)
        status = fill_bounds(&item->bounds, &batch->job.grid, rules, unit_x);
    if (!status && rules->relation == RQA_RELATION_JOINT)
        status = fill_bounds(&item->bounds_y, &batch->job.grid, rules, unit_y);
    const double lower = batch->job.grid.analysis.threshold_lower;
    item->below[0] = rqa__lower_bound(rules, rqa__threshold_in(unit_x, lower));
    item->below[1] = rqa__lower_bound(rules, rqa__threshold_in(unit_y, lower));
    return status;
}

/* In a grid as alone. */
static int check_strategy(const struct rqa_batch *batch, const rqa__item *item)
{
    rqa__task task;
    if (!rqa__has_limits(&item->rules) || !rqa__item_task(&task, batch, item))
        return RQA_OK;
    return rqa__task_check_strategy(&task, &item->rules);
}

static int check_key(const rqa_batch_item *given, uint32_t k)
{
    const char *name = given->key_names[k];
    if (!name || !given->key_values[k])
        return rqa__fail(RQA_ERROR_NULL, "item->%s[%u] is NULL", name ? "key_values" : "key_names",
                         k);
    if (!*name)
        return rqa__fail(RQA_ERROR_VALUE, "item->key_names[%u] is empty", k);
    for (uint32_t j = 0; j < k; j++)
        if (strcmp(given->key_names[j], name) == 0)
            return rqa__fail(RQA_ERROR_VALUE, "item->key_names holds %.100s twice", name);
    return RQA_OK;
}

static int take_keys(rqa__item *item, const rqa_batch_item *given)
{
    if (given->n_keys > MAX_KEYS)
        return rqa__fail(RQA_ERROR_VALUE, "item->n_keys is %u; allowed is 0..%d", given->n_keys,
                         (int)MAX_KEYS);
    if (given->n_keys && (!given->key_names || !given->key_values))
        return rqa__fail(RQA_ERROR_NULL, "item->key_names or key_values is NULL, but n_keys is %u",
                         given->n_keys);
    item->key_names = rqa__calloc(given->n_keys, sizeof *item->key_names);
    item->key_values = rqa__calloc(given->n_keys, sizeof *item->key_values);
    item->mode = rqa__strdup(given->mode ? given->mode : "");
    if (!item->key_names || !item->key_values || !item->mode)
        return rqa__fail_memory("an item");
    for (uint32_t k = 0; k < given->n_keys; k++) {
        int status = check_key(given, k);
        if (status)
            return status;
        item->n_keys = k + 1;
        item->key_names[k] = rqa__strdup(given->key_names[k]);
        item->key_values[k] = rqa__strdup(given->key_values[k]);
        if (!item->key_names[k] || !item->key_values[k])
            return rqa__fail_memory("an item");
    }
    return RQA_OK;
}

static int take_texts(const struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given)
{
    char number[32];
    snprintf(number, sizeof number, "item %zu", batch->job.n_items);
    item->label = rqa__strdup(given->label ? given->label : number);
    if (!item->label)
        return rqa__fail_memory("an item");
    if (given->x)
        return RQA_OK;
    if (given->status >= 0)
        return rqa__fail(RQA_ERROR_NULL,
                         "item->x is NULL and item->status is %d; a failed item needs its status",
                         given->status);
    item->status = given->status;
    item->text = rqa__strdup(given->text ? given->text : rqa_status_text(given->status));
    return item->text ? RQA_OK : rqa__fail_memory("an item");
}

static int take_rules(const struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given)
{
    rqa_analysis_options options = batch->job.grid.analysis;
    if (given->norm != -1)
        options.norm = given->norm;
    if (given->relation != -1)
        options.relation = given->relation;
    if (given->y && options.relation == RQA_RELATION_AUTO && given->relation == RQA_RELATION_AUTO)
        return rqa__fail(RQA_ERROR_MISMATCH, "item->relation is auto, but y is given");
    /* A failed item has no series, yet its rules must be sound. */
    int has_y = given->y != NULL || (!given->x && options.relation != RQA_RELATION_AUTO);
    int status = rqa__rules_resolve(&item->rules, &options, has_y);
    if (status || !batch->job.grid.window)
        return status;
    return rqa__windows_check_scope(&item->rules, batch->job.grid.window_scope);
}

/* Rows and values of the item must fit a size_t, those of all items 64 bits. */
static int count_rows(const struct rqa_batch *batch, rqa__item *item)
{
    const rqa__grid *grid = &batch->job.grid;
    const uint64_t most_values = SIZE_MAX / (RQA_MEASURE_COUNT * (sizeof(double) + 1));
    const uint64_t left = UINT64_MAX / 65536 - batch->job.n_rows;
    const uint64_t most = (most_values < left ? most_values : left) / grid->n_combinations;
    item->first_row = batch->job.n_rows;
    item->n_windows = 1;
    if (grid->window && item->x.series) {
        const size_t n_x = item->x.series->n_samples, n_y = item->y.series->n_samples;
        item->n_windows = rqa__grid_windows(grid, n_x < n_y ? n_x : n_y);
        item->has_no_window = item->n_windows == 0;
        item->n_windows += (uint64_t)item->has_no_window;
    }
    if (item->n_windows <= most)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_OVERFLOW,
                     "%" PRIu64 " windows of %" PRIu64 " combinations are too many rows, with %" PRIu64
                     " of the items before",
                     item->n_windows, grid->n_combinations, batch->job.n_rows);
}

int rqa__item_init(struct rqa_batch *batch, rqa__item *item, const rqa_batch_item *given)
{
    memset(item, 0, sizeof *item);
    if (given->reserved || given->reserved2 || given->reserved3)
        return rqa__fail(RQA_ERROR_VALUE, "the reserved fields of item must be 0");
    int status = take_rules(batch, item, given);
    if (!status)
        status = take_texts(batch, item, given);
    if (!status)
        status = take_keys(item, given);
    if (!status && given->x) {
        status = take_series(batch, item, given);
        if (!status)
            status = rqa__sources_fit(&item->x, &item->y, &item->rules);
        if (!status)
            status = take_bounds(batch, item);
        if (!status)
            status = check_strategy(batch, item);
    }
    if (!status)
        status = count_rows(batch, item);
    if (status)
        rqa__item_free(item);
    return status;
}

void rqa__item_rows_drop(rqa__item *item)
{
    if (item->owns_values)
        rqa__free(item->values);
    if (item->owns_reasons)
        rqa__free(item->reasons);
    if (item->owns_reached)
        rqa__free(item->reached);
    item->values = item->reached = NULL;
    item->reasons = NULL;
    item->owns_values = item->owns_reasons = item->owns_reached = 0;
}

void rqa__item_free(rqa__item *item)
{
    rqa__item_rows_drop(item);
    rqa__free(item->bounds);
    rqa__free(item->bounds_y);
    for (uint32_t k = 0; k < item->n_keys; k++) {
        rqa__free(item->key_names[k]);
        rqa__free(item->key_values[k]);
    }
    rqa__free(item->key_names);
    rqa__free(item->key_values);
    rqa__free(item->label);
    rqa__free(item->mode);
    rqa__free(item->text);
    rqa__source_close(&item->x);
    rqa__source_close(&item->y);
    memset(item, 0, sizeof *item);
}

size_t rqa__batch_item_at(const struct rqa_batch *batch, uint64_t row)
{
    size_t first = 0, end = batch->job.n_items;
    while (end - first > 1) {
        const size_t middle = first + (end - first) / 2;
        if (batch->job.item[middle].first_row <= row)
            first = middle;
        else
            end = middle;
    }
    return first;
}

/* A caller who wants the table alone gets it alone. */
static int take_reached(struct rqa_batch *batch, rqa__item *item)
{
    const size_t n = (size_t)rqa__item_rows(batch, item) * RQA__REACHED;
    const int to_table = batch->job.table_reached != NULL;
    if (!to_table && (!batch->job.grid.has_rates || batch->job.table_values))
        return RQA_OK;
    item->owns_reached = !to_table;
    item->reached = to_table ? batch->job.table_reached + item->first_row * RQA__REACHED
                             : rqa__alloc_array(n, sizeof *item->reached);
    for (size_t k = 0; item->reached && k < n; k++)
        item->reached[k] = NAN;
    return item->reached ? RQA_OK : RQA_ERROR_MEMORY;
}

int rqa__item_rows_take(struct rqa_batch *batch, size_t index)
{
    rqa__item *item = &batch->job.item[index];
    if (item->values)
        return RQA_OK;
    const size_t n_measures = batch->job.grid.n_measures;
    const size_t n = (size_t)rqa__item_rows(batch, item) * n_measures;
    const size_t first = (size_t)item->first_row * n_measures;
    item->owns_values = !batch->job.table_values;
    item->owns_reasons = !batch->job.table_reasons;
    item->values = item->owns_values ? rqa__alloc_array(n, sizeof *item->values)
                                     : batch->job.table_values + first;
    item->reasons = item->owns_reasons ? rqa__alloc(n) : batch->job.table_reasons + first;
    if (item->values && item->reasons && take_reached(batch, item) == RQA_OK)
        return RQA_OK;
    rqa__item_rows_drop(item);
    return rqa__fail_memory("the rows of an item");
}

void rqa__item_rows_fail(struct rqa_batch *batch, rqa__item *item)
{
    const size_t n_rows = (size_t)rqa__item_rows(batch, item), n = n_rows * batch->job.grid.n_measures;
    for (size_t k = 0; k < n; k++)
        item->values[k] = NAN;
    memset(item->reasons, RQA_REASON_FAILED, n);
    for (size_t k = 0; item->reached && k < n_rows * RQA__REACHED; k++)
        item->reached[k] = NAN;
}
