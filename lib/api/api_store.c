/* api_store.c - rqa/store.h. */
#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/memory.h"
#include "batch/batch_run.h"
#include "batch/batch_state.h"
#include "batch/batch_store.h"
#include "store/store_content.h"
#include "store/store_state.h"

/* Sizes of the structs in release 0.2.0, their first. */
enum {
    OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_store_options, command),
    SUMMARY_SMALLEST = RQA__SIZE_THROUGH(rqa_store_summary, numerics),
    FILTER_SMALLEST = RQA__SIZE_THROUGH(rqa_store_filter, n_vmins),
    QUERY_SMALLEST = RQA__SIZE_THROUGH(rqa_store_query, reserved), /* 0.3.0 */
    BLOCK_SMALLEST = RQA__SIZE_THROUGH(rqa_store_block, texts),
};

/* SQLite's names for what is no file: in memory results would be lost with the last word "done". */
static int check_path(const char *path)
{
    if (!*path)
        return rqa__fail(RQA_ERROR_VALUE, "path is empty");
    if (strcmp(path, ":memory:") != 0 && strncmp(path, "file:", 5) != 0)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_VALUE,
                     "path is '%.300s', which SQLite does not take for a file; a store is one "
                     "('./%.100s' for a file of that name)",
                     path, path);
}

/* What is no failure, and no user would guess. */
static void tell_oddities(rqa_store *store)
{
    if (store->n_triggers)
        rqa__context_log(store->context, RQA_LOG_WARNING,
                         "%.300s: its tables have triggers of another program (%lld), which librqa does "
                         "not run",
                         store->path, (long long)store->n_triggers);
    if (store->mode == RQA_STORE_READ && store->has_other_views)
        rqa__context_log(store->context, RQA_LOG_WARNING,
                         "%.300s: its views are not those that librqa makes; opened for writing it "
                         "gets them back",
                         store->path);
}

rqa_status rqa_store_open(rqa_store **out, rqa_context *context, const char *path,
                          const rqa_store_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!context)
        return rqa__fail_null("context");
    if (!path)
        return rqa__fail_null("path");
    rqa_store_options full;
    rqa_store_options_init(&full);
    int status = check_path(path);
    if (!status)
        status = rqa__options_read(&full, sizeof full, OPTIONS_SMALLEST, options, "options");
    if (!status && (full.mode < RQA_STORE_WRITE || full.mode > RQA_STORE_CREATE))
        status = rqa__fail(RQA_ERROR_VALUE, "options->mode is %d; allowed is %d..%d", full.mode,
                           RQA_STORE_WRITE, RQA_STORE_CREATE);
    if (!status)
        status = rqa__context_check_process(context);
    if (status)
        return status;
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    status = rqa__store_new(out, context, path, &full);
    rqa__file_limit_release(&limit);
    if (!status)
        tell_oddities(*out);
    return status;
}

void rqa_store_close(rqa_store *store)
{
    RQA__ENTRY;
    /* SQLite must not be touched by a fork. */
    if (!store || rqa__context_check_process(store->context))
        return;
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    rqa__store_free(store);
    rqa__file_limit_release(&limit);
}

/* What every call on a store begins with. */
static int check(const rqa_store *store, const void *argument, const char *name)
{
    if (!store)
        return rqa__fail_null("store");
    if (!argument)
        return rqa__fail_null(name);
    return rqa__context_check_process(store->context);
}

rqa_status rqa_batch_set_store(rqa_batch *batch, rqa_store *store)
{
    RQA__ENTRY;
    if (!batch)
        return rqa__fail_null("batch");
    int status = check(store, store, "store");
    if (status)
        return status;
    if (store->context != batch->context)
        return rqa__fail(RQA_ERROR_MISMATCH, "the store and the batch belong to different contexts");
    if (store->mode == RQA_STORE_READ)
        return rqa__fail(RQA_ERROR_STATE, "%.300s is open for reading", store->path);
    return rqa__batch_set_store(batch, store);
}

rqa_status rqa_store_summarize(rqa_store *store, rqa_store_summary *out)
{
    RQA__ENTRY;
    int status = check(store, out, "out");
    if (status)
        return status;
    rqa_store_summary full = {.struct_size = sizeof full};
    status = rqa__store_summarize(store, &full);
    return status ? status : rqa__output_write(out, &full, sizeof full, SUMMARY_SMALLEST, "out");
}

const char *rqa_store_key(rqa_store *store, uint32_t index)
{
    RQA__ENTRY;
    if (!store || rqa__context_check_process(store->context))
        return NULL;
    rqa__mutex_lock(&store->mutex);
    const char *name = index < store->n_keys ? store->key[index] : NULL;
    rqa__mutex_unlock(&store->mutex);
    return name;
}

const char *rqa_store_rule_name(uint32_t index)
{
    return rqa__store_rule_name(index);
}

rqa_status rqa_store_merge(rqa_store *into, const char *path)
{
    RQA__ENTRY;
    int status = check(into, path, "path");
    if (!status)
        status = check_path(path);
    if (status)
        return status;
    if (into->mode == RQA_STORE_READ)
        return rqa__fail(RQA_ERROR_STATE, "%.300s is open for reading", into->path);
    rqa__file_limit limit;
    rqa__file_limit_hold(&limit);
    status = rqa__store_merge(into, path);
    rqa__file_limit_release(&limit);
    return status;
}

rqa_status rqa_store_read(rqa_store *store, const rqa_store_filter *filter,
                          rqa_store_callback callback, void *user)
{
    RQA__ENTRY;
    int status = check(store, store, "store");
    if (status)
        return status;
    if (!callback)
        return rqa__fail_null("callback");
    rqa_store_filter full;
    memset(&full, 0, sizeof full);
    full.struct_size = sizeof full;
    status = rqa__options_read(&full, sizeof full, FILTER_SMALLEST, filter, "filter");
    rqa__store_choice choice = {.filter = &full};
    if (!status && full.batch)
        status = rqa__batch_store_items(full.batch, store, &choice.item, &choice.n_items);
    if (!status)
        status = rqa__store_read(store, &choice, callback, user);
    rqa__free(choice.item);
    return status;
}

rqa_status rqa_store_cursor_create(rqa_store_cursor **out, rqa_store *store,
                                   const rqa_store_query *query)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    int status = check(store, query, "query");
    if (status)
        return status;
    rqa_store_query full;
    memset(&full, 0, sizeof full);
    full.struct_size = sizeof full;
    status = rqa__options_read(&full, sizeof full, QUERY_SMALLEST, query, "query");
    return status ? status : rqa__store_cursor_new(out, store, &full);
}

rqa_status rqa_store_cursor_next(rqa_store_cursor *cursor, rqa_store_block *out)
{
    RQA__ENTRY;
    if (!cursor)
        return rqa__fail_null("cursor");
    if (!out)
        return rqa__fail_null("out");
    int status = rqa__context_check_process(rqa__store_cursor_context(cursor));
    if (status)
        return status;
    rqa_store_block full = {.struct_size = sizeof full};
    status = rqa__store_cursor_next(cursor, &full);
    return status ? status : rqa__output_write(out, &full, sizeof full, BLOCK_SMALLEST, "out");
}

void rqa_store_cursor_destroy(rqa_store_cursor *cursor)
{
    RQA__ENTRY;
    if (!cursor || rqa__context_check_process(rqa__store_cursor_context(cursor)))
        return;
    rqa__store_cursor_free(cursor);
}
