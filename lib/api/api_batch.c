/* api_batch.c - rqa/batch.h. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "batch/batch_items.h"
#include "batch/batch_run.h"
#include "batch/batch_state.h"

/* Sizes of the structs in release 0.1.0. */
enum {
    OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_batch_options, device_interval_s),
    ITEM_SMALLEST = RQA__SIZE_THROUGH(rqa_batch_item, reserved2),
    ROW_SMALLEST = RQA__SIZE_THROUGH(rqa_batch_row, reserved),
};

void rqa_batch_options_init_sized(rqa_batch_options *options, size_t size)
{
    const rqa_batch_options defaults = {
        .struct_size = sizeof defaults,
        .event_interval_s = 0.2,
        .device_interval_s = 5,
        .step = 1,
    };
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* What callers of release 0.1.0 call, whose struct ended there. */
void(rqa_batch_options_init)(rqa_batch_options *options)
{
    rqa_batch_options_init_sized(options, OPTIONS_SMALLEST);
}

rqa_status rqa_batch_create(rqa_batch **out, rqa_context *context, const rqa_batch_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!context)
        return rqa__fail_null("context");
    if (!options)
        return rqa__fail_null("options");
    rqa_batch_options full;
    rqa_batch_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, OPTIONS_SMALLEST, options, "options");
    return status ? status : rqa__batch_new(out, context, &full);
}

void rqa_batch_destroy(rqa_batch *batch)
{
    RQA__ENTRY;
    rqa__batch_free(batch);
}

rqa_status rqa_batch_add(rqa_batch *batch, const rqa_batch_item *item)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!item)
        return rqa__fail_null("item");
    rqa_batch_item full;
    memset(&full, 0, sizeof full);
    int status = rqa__options_read(&full, sizeof full, ITEM_SMALLEST, item, "item");
    return status ? status : rqa__batch_add(batch, &full);
}

uint64_t rqa_batch_size(const rqa_batch *batch, int32_t axis)
{
    if (!batch)
        return 0;
    switch (axis) {
    case RQA_BATCH_ITEMS:
        return batch->job.n_items;
    case RQA_BATCH_COMBINATIONS:
        return batch->job.grid.n_combinations;
    case RQA_BATCH_ROWS:
        return batch->job.n_rows;
    case RQA_BATCH_MEASURES:
        return batch->job.grid.n_measures;
    case RQA_BATCH_UNITS:
        return (uint64_t)batch->job.n_items * batch->job.grid.n_delays;
    default:
        return 0;
    }
}

rqa_status rqa_batch_row_at(const rqa_batch *batch, uint64_t row, rqa_batch_row *out)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!out)
        return rqa__fail_null("out");
    if (row >= batch->job.n_rows)
        return rqa__fail(RQA_ERROR_VALUE, "row is %" PRIu64 "; the batch has %" PRIu64, row,
                         batch->job.n_rows);
    const size_t index = rqa__batch_item_at(batch, row);
    const rqa__item *item = &batch->job.item[index];
    rqa_batch_row full =
        rqa__grid_row_at(&batch->job.grid, row - item->first_row, item->n_windows);
    full.item = index;
    return rqa__output_write(out, &full, sizeof full, ROW_SMALLEST, "out");
}

rqa_status rqa_batch_item_rows(const rqa_batch *batch, uint64_t item, uint64_t *first, uint64_t *n)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (item >= batch->job.n_items)
        return rqa__fail(RQA_ERROR_VALUE, "item is %" PRIu64 "; the batch has %zu", item,
                         batch->job.n_items);
    if (first)
        *first = batch->job.item[item].first_row;
    if (n)
        *n = rqa__item_rows(batch, &batch->job.item[item]);
    return RQA_OK;
}

int32_t rqa_batch_measure_at(const rqa_batch *batch, uint32_t column)
{
    return batch && column < batch->job.grid.n_measures ? batch->job.grid.measure[column] : -1;
}

rqa_status rqa_batch_set_table(rqa_batch *batch, double *values, uint8_t *reasons, uint64_t n_rows)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!values)
        return rqa__fail_null("values");
    return rqa__batch_set_table(batch, values, reasons, n_rows);
}

rqa_status rqa_batch_set_reached(rqa_batch *batch, double *reached, uint64_t n_rows)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!reached)
        return rqa__fail_null("reached");
    return rqa__batch_set_reached(batch, reached, n_rows);
}

rqa_status rqa_batch_run(rqa_batch *batch, rqa_batch_callback callback, void *user)
{
    RQA__ENTRY;
    int status = rqa_batch_start(batch);
    return status ? status : rqa__batch_wait(batch, -1, callback, user);
}

rqa_status rqa_batch_start(rqa_batch *batch)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    return rqa__batch_start(batch);
}

rqa_status rqa_batch_wait(rqa_batch *batch, double timeout_s, rqa_batch_callback callback,
                          void *user)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    return rqa__batch_wait(batch, timeout_s, callback, user);
}

rqa_status rqa_batch_poll(const rqa_batch *batch, rqa_batch_statistics *out)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!out)
        return rqa__fail_null("out");
    int status = rqa__context_check_process(batch->context);
    if (status)
        return status;
    /* The mutex is the batch's own business: polling changes nothing a caller can see. */
    rqa_batch_statistics full = rqa__batch_statistics((rqa_batch *)batch);
    return rqa__output_write(out, &full, sizeof full, sizeof full, "out");
}

void rqa_batch_cancel(rqa_batch *batch)
{
    RQA__ENTRY;
    /* A fork has no threads to stop, and the lock may be held for ever. */
    if (batch && rqa__context_check_process(batch->context) == RQA_OK)
        rqa__batch_cancel(batch);
}

rqa_status rqa_batch_item_status(const rqa_batch *batch, uint64_t item, const char **text)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    int status = rqa__context_check_process(batch->context);
    if (status)
        return status;
    return rqa__batch_item_status((rqa_batch *)batch, item, text);
}

const char *rqa_batch_explain(rqa_batch *batch)
{
    RQA__ENTRY;
    return batch ? rqa__batch_explain(batch) : NULL;
}

rqa_status rqa_batch_predict(rqa_batch *batch, double *core_seconds)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    if (!core_seconds)
        return rqa__fail_null("core_seconds");
    *core_seconds = 0;
    return rqa__batch_predict(batch, core_seconds);
}
