/* batch_store.c - a batch and its store: the account of the run, who computes what, how it gets in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_accounts.h"
#include "batch/batch_entry.h"
#include "batch/batch_store.h"
#include "store/store_state.h"

int rqa__batch_store_set(struct rqa_batch *batch, struct rqa_store *store)
{
    struct rqa__batch_store *bs = rqa__calloc(1, sizeof *bs);
    if (!bs)
        return rqa__fail_memory("a batch");
    bs->store = store;
    batch->store = bs;
    return RQA_OK;
}

void rqa__batch_store_free(struct rqa_batch *batch)
{
    if (batch->store)
        rqa__entry_free(batch->store);
    rqa__free(batch->store);
    batch->store = NULL;
}

struct rqa_store *rqa__batch_store_of(const struct rqa_batch *batch)
{
    return batch->store->store;
}

int rqa__batch_store_items(const struct rqa_batch *batch, struct rqa_store *store,
                           rqa__store_chosen **out, size_t *n)
{
    *n = 0;
    if (!batch->store || batch->store->store != store)
        return rqa__fail(RQA_ERROR_MISMATCH, "the batch does not compute into %.300s", store->path);
    *out = rqa__alloc_array(batch->job.n_items, sizeof **out);
    if (!*out)
        return rqa__fail_memory("the items of a batch");
    rqa__mutex_lock(&store->mutex); /* under which they are entered */
    for (size_t i = 0; i < batch->job.n_items; i++) {
        const rqa__item *item = &batch->job.item[i];
        if (!item->store_id) /* it is of another shard, or not there yet */
            continue;
        rqa__store_chosen chosen = {.id = item->store_id};
        if (!item->x.series) { /* had failed before it was added, which stays as it is */
            chosen.status = item->status;
            chosen.text = item->text;
        }
        (*out)[(*n)++] = chosen;
    }
    rqa__mutex_unlock(&store->mutex);
    return RQA_OK;
}

static char *append_numbers(char *text, const char *name, const uint32_t *integer,
                            const double *number, uint32_t n)
{
    char *out = sqlite3_mprintf("%s%s\"%s\":[", text ? text : "{", text ? "," : "", name);
    sqlite3_free(text);
    for (uint32_t k = 0; k < n && out; k++) {
        char *longer = integer ? sqlite3_mprintf("%s%s%u", out, k ? "," : "", integer[k])
                               : sqlite3_mprintf("%s%s%s", out, k ? "," : "",
                                                 rqa__shortest(number[k]).text);
        sqlite3_free(out);
        out = longer;
    }
    char *closed = out ? sqlite3_mprintf("%s]", out) : NULL;
    sqlite3_free(out);
    return closed;
}

/* The grid and shard as JSON. */
static char *options_text(const struct rqa_batch *batch)
{
    const rqa__grid *grid = &batch->job.grid;
    char *text = append_numbers(NULL, "dim", grid->dims, NULL, grid->n_dims);
    text = text ? append_numbers(text, "delay", grid->delays, NULL, grid->n_delays) : NULL;
    text = text ? append_numbers(text, "threshold", NULL, grid->thresholds, grid->n_thresholds)
                : NULL;
    text = text ? append_numbers(text, "lmin", grid->lmins, NULL, grid->n_lmins) : NULL;
    text = text ? append_numbers(text, "vmin", grid->vmins, NULL, grid->n_vmins) : NULL;
    if (text && grid->window) /* %z frees the shorter one */
        text = sqlite3_mprintf("%z,\"window\":%llu,\"step\":%llu", text, (sqlite3_uint64)grid->window,
                               (sqlite3_uint64)grid->step);
    char *whole = text ? sqlite3_mprintf("%s,\"items\":%llu,\"shard\":[%u,%u]}", text,
                                         (sqlite3_uint64)batch->job.n_items, batch->job.shard_index,
                                         batch->job.shard_count)
                       : NULL;
    sqlite3_free(text);
    return whole;
}

static rqa__store_run run_of(struct rqa_batch *batch, const char *status)
{
    rqa__mutex_lock(&batch->sync.mutex);
    rqa__store_run run = {.backend = rqa_backend_name(batch->plan.choice.backend),
                          .why = batch->plan.choice.reason,
                          .kernels = rqa__level_name(batch->context->cpu.level),
                          .n_threads = batch->plan.choice.n_threads,
                          .n_total = batch->plan.n_rows,
                          .n_done = batch->progress.n_done,
                          .n_skipped = batch->progress.n_skipped,
                          .n_failed = batch->progress.n_failed,
                          .status = status};
    rqa__mutex_unlock(&batch->sync.mutex);
    return run;
}

static int begin_run(struct rqa_batch *batch)
{
    char *options = options_text(batch);
    if (!options)
        return rqa__fail_memory("the account of a run");
    rqa__store_run run = run_of(batch, "running");
    run.options = options;
    int status =
        rqa__store_run_begin(batch->store->store, &run, &batch->sync.cancel, &batch->store->run);
    sqlite3_free(options);
    return status;
}

int rqa__batch_store_begin(struct rqa_batch *batch)
{
    struct rqa__batch_store *bs = batch->store;
    bs->measures = 0;
    for (uint32_t m = 0; m < batch->job.grid.n_measures; m++)
        bs->measures |= RQA_MEASURE_BIT(batch->job.grid.measure[m]);
    int status = rqa__entry_check_names(batch);
    if (!status)
        status = rqa__store_work(bs->store, &bs->worker, &batch->sync.cancel);
    if (!status)
        status = rqa__entry_make(batch);
    if (!status)
        status = begin_run(batch);
    if (status)
        rqa__store_retire(bs->store, &bs->worker, 1);
    return status;
}

/* What did not complete must not wait for its account to be closed either. */
int rqa__batch_store_end(struct rqa_batch *batch, int status)
{
    struct rqa__batch_store *bs = batch->store;
    int ended = RQA_OK, verified = status || !bs->run ? RQA_OK : rqa__entry_verify(batch);
    char text[512];
    snprintf(text, sizeof text, "%s", verified ? rqa_last_error() : "");
    status = status ? status : verified;
    if (bs->run) {
        rqa__store_run run = run_of(batch, status == RQA_OK                  ? "completed"
                                           : status == RQA_ERROR_CANCELLED ? "cancelled"
                                                                           : "failed");
        ended = rqa__store_run_end(bs->store, bs->run, &run, status != RQA_OK);
    }
    bs->run = 0;
    rqa__store_retire(bs->store, &bs->worker, status || ended);
    if (verified)
        rqa__error_text_set(text);
    return verified ? verified : status ? RQA_OK : ended;
}

static int claim_one(struct rqa_batch *batch, uint64_t index)
{
    rqa__unit *unit = &batch->plan.unit[index];
    uint64_t n_new;
    int mine, status = rqa__entry_refresh(batch, index, &n_new);
    if (status)
        return status;
    if (n_new) {
        rqa__mutex_lock(&batch->sync.mutex);
        rqa__batch_skip_rows_locked(batch, index, n_new);
        rqa__mutex_unlock(&batch->sync.mutex);
    }
    if (unit->n_rows == 0) {
        rqa__entry_forget(unit);
        return RQA_OK;
    }
    status = rqa__store_claim(batch->store->store, &batch->store->worker,
                              batch->job.item[index / batch->job.grid.n_delays].analysis_id,
                              batch->job.grid.delays[index % batch->job.grid.n_delays], &mine);
    if (!status)
        unit->state = mine ? RQA__UNIT_MINE : RQA__UNIT_BUSY;
    return status;
}

int rqa__batch_store_claim(struct rqa_batch *batch, const uint64_t *units, size_t n)
{
    struct rqa_store *store = batch->store->store;
    int status = rqa__store_begin(store, &batch->sync.cancel);
    if (status)
        return status;
    for (size_t k = 0; k < n && !status; k++)
        status = claim_one(batch, units[k]);
    return rqa__store_end(store, status);
}

int rqa__batch_store_add(struct rqa_batch *batch, uint64_t index, rqa__unit_rows *from)
{
    struct rqa__batch_store *bs = batch->store;
    const rqa__grid *grid = &batch->job.grid;
    rqa__unit *unit = &batch->plan.unit[index];
    uint64_t n_new;
    int status = rqa__entry_refresh(batch, index, &n_new); /* in spite of the claim; see store_claims.c */
    if (status)
        return status;
    const uint64_t n_windows = rqa__batch_item_of(batch, index)->n_windows;
    size_t n_unit = (size_t)rqa__batch_unit_rows(batch, index), n = grid->n_measures, n_rows = 0;
    for (size_t r = 0; r < n_unit; r++) {
        if (unit->present && unit->present[r])
            continue;
        bs->row_setting[n_rows] = bs->setting[rqa__grid_item_combination(
            grid, rqa__batch_delay_of(batch, index), r / n_windows)];
        if (bs->row_window)
            bs->row_window[n_rows] = (int64_t)(r % n_windows);
        if (n_rows != r) {
            memcpy(from->values + n_rows * n, from->values + r * n, n * sizeof *from->values);
            memcpy(from->reasons + n_rows * n, from->reasons + r * n, n);
            if (from->reached)
                memcpy(from->reached + n_rows * RQA__REACHED, from->reached + r * RQA__REACHED,
                       RQA__REACHED * sizeof *from->reached);
        }
        n_rows++;
    }
    rqa__store_rows rows = {
        .analysis = batch->job.item[index / grid->n_delays].analysis_id,
        .run = bs->run,
        .worker = &bs->worker,
        .delay = grid->delays[index % grid->n_delays],
        .backend = rqa_backend_name(batch->plan.choice.backend),
        .measures = bs->measures,
        .setting = bs->row_setting,
        .window = bs->row_window,
        .values = from->values,
        .reasons = from->reasons,
        .reached = from->reached,
        .n_rows = n_rows,
        .n_columns = grid->n_measures,
        .reason_id = bs->row_reason,
    };
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        rows.column[m] = -1;
    for (uint32_t c = 0; c < grid->n_measures; c++)
        rows.column[grid->measure[c]] = (int)c;
    status = rqa__store_rows_add(bs->store, &rows);
    if (!status)
        rqa__entry_forget(unit);
    return status;
}

int rqa__batch_store_fail_item(struct rqa_batch *batch, uint64_t index, int status,
                               const char *text)
{
    const rqa__item *item = &batch->job.item[index / batch->job.grid.n_delays];
    int written = rqa__store_unclaim(batch->store->store, &batch->store->worker, item->analysis_id,
                                     batch->job.grid.delays[index % batch->job.grid.n_delays]);
    return written ? written
                   : rqa__store_item_fail(batch->store->store, item->store_id, item->analysis_id,
                                          status, text);
}
