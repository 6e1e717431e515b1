/* store_items.c - settings, analyses and items: what rows belong to, and which rows are there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

static void bind_setting(sqlite3_stmt *statement, const rqa__setting *setting)
{
    sqlite3_bind_int64(statement, 1, setting->dim);
    sqlite3_bind_int64(statement, 2, setting->delay);
    sqlite3_bind_double(statement, 3, setting->threshold);
    sqlite3_bind_int64(statement, 4, setting->lmin);
    sqlite3_bind_int64(statement, 5, setting->vmin);
}

int rqa__store_setting(struct rqa_store *store, const rqa__setting *setting, int64_t *id)
{
    sqlite3_stmt *find = rqa__store_statement(store, RQA__FIND_SETTING);
    if (!find)
        return store->failure;
    bind_setting(find, setting);
    int row, status = rqa__store_step(store, find, &row, "read");
    if (!status && row)
        *id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    if (status || row)
        return status;
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_SETTING);
    if (!add)
        return store->failure;
    bind_setting(add, setting);
    status = rqa__store_do(store, add, "write");
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

int rqa__store_count_settings(struct rqa_store *store, int64_t *n)
{
    return rqa__store_integer(store, "SELECT count(*) FROM setting", n);
}

int rqa__store_count_reasons(struct rqa_store *store, int64_t *n)
{
    return rqa__store_integer(store, "SELECT count(*) FROM reason", n);
}

static int find_text(struct rqa_store *store, enum rqa__statement which, const char *text,
                     int64_t *id)
{
    sqlite3_stmt *find = rqa__store_statement(store, which);
    if (!find)
        return store->failure;
    sqlite3_bind_text(find, 1, text, -1, SQLITE_STATIC);
    int row, status = rqa__store_step(store, find, &row, "read");
    *id = !status && row ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    return status;
}

static int add_analysis(struct rqa_store *store, const rqa__store_analysis *a, const char *key,
                        int64_t *id)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_ANALYSIS);
    if (!add)
        return store->failure;
    const char *const text[] = {key, a->data, a->data_y, a->relation, a->norm, a->convention,
                                a->compare};
    for (int k = 0; k < 7; k++)
        sqlite3_bind_text(add, k + 1, text[k], -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 8, (sqlite3_int64)a->theiler_points);
    sqlite3_bind_int64(add, 9, (sqlite3_int64)a->theiler_diagonal);
    sqlite3_bind_int64(add, 10, (sqlite3_int64)a->theiler_vertical);
    sqlite3_bind_int64(add, 11, a->wmin);
    sqlite3_bind_text(add, 12, a->threshold_unit, -1, SQLITE_STATIC);
    sqlite3_bind_int(add, 13, a->numerics);
    if (a->window) {
        sqlite3_bind_int64(add, 14, (sqlite3_int64)a->window);
        sqlite3_bind_int64(add, 15, (sqlite3_int64)a->step);
    }
    int status = rqa__store_do(store, add, "write");
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

static int find_or_add_analysis(struct rqa_store *store, const rqa__store_analysis *analysis,
                                const char *rules, int64_t *id)
{
    char *key = sqlite3_mprintf("numerics=%d x=%s y=%s %s", analysis->numerics, analysis->data,
                                analysis->data_y, rules);
    if (!key)
        return rqa__fail_memory("an item of a store");
    int status = find_text(store, RQA__FIND_ANALYSIS, key, id);
    if (!status && !*id)
        status = add_analysis(store, analysis, key, id);
    sqlite3_free(key);
    return status;
}

typedef struct named {
    const char *name, *value;
} named;

static int compare_named(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* Names and values in one text that no other names and values give, whatever their order. */
static char *keys_text(const rqa__store_item *item)
{
    named *pair = rqa__alloc_array(item->n_keys, sizeof *pair);
    char *text = pair ? sqlite3_mprintf("%s", "") : NULL;
    for (uint32_t k = 0; text && k < item->n_keys; k++)
        pair[k] = (named){item->key_names[k], item->key_values[k]};
    if (text && item->n_keys)
        qsort(pair, item->n_keys, sizeof *pair, compare_named);
    for (uint32_t k = 0; text && k < item->n_keys; k++) {
        char *longer = sqlite3_mprintf("%s%u:%s=%u:%s;", text, (unsigned)strlen(pair[k].name),
                                       pair[k].name, (unsigned)strlen(pair[k].value),
                                       pair[k].value);
        sqlite3_free(text);
        text = longer;
    }
    rqa__free(pair);
    return text;
}

/* What is being registered. */
typedef struct registration {
    const rqa__store_item *item;
    const uint32_t *column; /* of each key */
    char *keys, *rules;
    int64_t analysis;      /* 0: failed */
    int64_t item_id, old_analysis; /* what the store has under this name; 0 = nothing */
} registration;

static void bind_name(sqlite3_stmt *statement, const registration *r)
{
    sqlite3_bind_text(statement, 1, r->item->series, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, r->item->mode, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, r->keys, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, r->rules, -1, SQLITE_STATIC);
}

static int find_item(struct rqa_store *store, registration *r)
{
    sqlite3_stmt *find = rqa__store_statement(store, RQA__FIND_ITEM);
    if (!find)
        return store->failure;
    bind_name(find, r);
    int row, status = rqa__store_step(store, find, &row, "read");
    if (!status && row) {
        r->item_id = sqlite3_column_int64(find, 0);
        r->old_analysis = sqlite3_column_int64(find, 1);
    }
    sqlite3_reset(find);
    return status;
}

static int insert_item(struct rqa_store *store, registration *r)
{
    sqlite3_stmt *add = rqa__store_statement(store, RQA__ADD_ITEM);
    if (!add)
        return store->failure;
    bind_name(add, r);
    if (r->analysis)
        sqlite3_bind_int64(add, 5, r->analysis);
    sqlite3_bind_int(add, 6, r->analysis ? 0 : r->item->status);
    if (!r->analysis)
        sqlite3_bind_text(add, 7, r->item->text, -1, SQLITE_STATIC);
    for (uint32_t k = 0; k < r->item->n_keys; k++)
        sqlite3_bind_text(add, 8 + (int)r->column[k], r->item->key_values[k], -1, SQLITE_STATIC);
    int status = rqa__store_do(store, add, "write");
    r->item_id = sqlite3_last_insert_rowid(store->db);
    return status;
}

static int set_item(struct rqa_store *store, int64_t item, int64_t analysis, int32_t failure,
                    const char *text)
{
    sqlite3_stmt *set = rqa__store_statement(store, RQA__SET_ITEM);
    if (!set)
        return store->failure;
    sqlite3_bind_int64(set, 1, item);
    if (analysis)
        sqlite3_bind_int64(set, 2, analysis);
    sqlite3_bind_int(set, 3, failure);
    if (failure)
        sqlite3_bind_text(set, 4, text, -1, SQLITE_STATIC);
    return rqa__store_do(store, set, "write");
}

/* The data under a name have changed: the old item steps back, and if these data had stepped back
 * before, that item goes. */
static int replace_item(struct rqa_store *store, registration *r)
{
    sqlite3_stmt *replace = rqa__store_statement(store, RQA__REPLACE_ITEM);
    if (!replace)
        return store->failure;
    sqlite3_bind_int64(replace, 1, r->item_id);
    int status = rqa__store_do(store, replace, "write");
    sqlite3_stmt *drop = status ? NULL : rqa__store_statement(store, RQA__DROP_REPLACED);
    if (!drop)
        return status ? status : store->failure;
    bind_name(drop, r);
    sqlite3_bind_int64(drop, 5, r->analysis);
    status = rqa__store_do(store, drop, "write");
    return status ? status : insert_item(store, r);
}

static int settle_item(struct rqa_store *store, registration *r)
{
    if (!r->item_id)
        return insert_item(store, r);
    if (!r->analysis) /* results of better days stay */
        return r->old_analysis ? RQA_OK
                               : set_item(store, r->item_id, 0, r->item->status, r->item->text);
    if (r->old_analysis && r->old_analysis != r->analysis)
        return replace_item(store, r);
    return set_item(store, r->item_id, r->analysis, 0, NULL);
}

int rqa__store_item_add(struct rqa_store *store, const rqa__store_item *item,
                        const rqa__store_analysis *analysis, int64_t *analysis_id,
                        int64_t *item_id)
{
    uint32_t *column = rqa__alloc_array(item->n_keys, sizeof *column);
    registration r = {.item = item, .column = column, .keys = keys_text(item)};
    r.rules = rqa__store_rules_text(analysis);
    int status = column && r.keys && r.rules ? RQA_OK : rqa__fail_memory("an item of a store");
    if (!status)
        status = rqa__store_keys_add(store, item->key_names, item->n_keys, column);
    if (!status && analysis->data)
        status = find_or_add_analysis(store, analysis, r.rules, &r.analysis);
    if (!status)
        status = find_item(store, &r);
    if (!status)
        status = settle_item(store, &r);
    *analysis_id = r.analysis;
    *item_id = r.item_id;
    sqlite3_free(r.keys);
    sqlite3_free(r.rules);
    rqa__free(column);
    return status;
}

int rqa__store_item_fail(struct rqa_store *store, int64_t item_id, int64_t analysis, int32_t status,
                         const char *text)
{
    return set_item(store, item_id, analysis, status, text);
}
