/* api_store_off.c - rqa/store.h in a build without stores (RQA_STORE=OFF): the functions are there, and
 * say so. */
#include "base/error.h"
#include "base/fp_env.h"
#include "rqa/store.h"

static int refuse(void)
{
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "this librqa was built without stores (RQA_STORE=OFF); one with SQLite has them");
}

rqa_status rqa_store_open(rqa_store **out, rqa_context *context, const char *path,
                          const rqa_store_options *options)
{
    RQA__ENTRY;
    (void)context, (void)path, (void)options;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    return refuse();
}

/* There is none. */
void rqa_store_close(rqa_store *store)
{
    (void)store;
}

rqa_status rqa_batch_set_store(rqa_batch *batch, rqa_store *store)
{
    RQA__ENTRY;
    (void)batch, (void)store;
    return refuse();
}

rqa_status rqa_store_summarize(rqa_store *store, rqa_store_summary *out)
{
    RQA__ENTRY;
    (void)store, (void)out;
    return refuse();
}

const char *rqa_store_key(rqa_store *store, uint32_t index)
{
    (void)store, (void)index;
    return NULL;
}

const char *rqa_store_rule_name(uint32_t index)
{
    (void)index;
    return NULL;
}

rqa_status rqa_store_merge(rqa_store *into, const char *path)
{
    RQA__ENTRY;
    (void)into, (void)path;
    return refuse();
}

rqa_status rqa_store_read(rqa_store *store, const rqa_store_filter *filter,
                          rqa_store_callback callback, void *user)
{
    RQA__ENTRY;
    (void)store, (void)filter, (void)callback, (void)user;
    return refuse();
}

rqa_status rqa_store_cursor_create(rqa_store_cursor **out, rqa_store *store,
                                   const rqa_store_query *query)
{
    RQA__ENTRY;
    (void)store, (void)query;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    return refuse();
}

rqa_status rqa_store_cursor_next(rqa_store_cursor *cursor, rqa_store_block *out)
{
    RQA__ENTRY;
    (void)cursor, (void)out;
    return refuse();
}

/* There is none. */
void rqa_store_cursor_destroy(rqa_store_cursor *cursor)
{
    (void)cursor;
}
