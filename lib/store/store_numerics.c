/* store_numerics.c - results of an older numerics version: they make room for new ones and stay. */
#include <stdio.h>

#include "store/store_content.h"
#include "store/store_state.h"

static const char current[] =
    " FROM analysis WHERE id IN (SELECT analysis FROM item WHERE replaced = 0)";

static int one_of(struct rqa_store *store, const char *which, int64_t *out)
{
    char *sql = sqlite3_mprintf("SELECT ifnull(%s(numerics), 0)%s", which, current);
    int status = sql ? rqa__store_integer(store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

int rqa__store_numerics(struct rqa_store *store, int32_t *out)
{
    int64_t newest = 0;
    int status = one_of(store, "max", &newest);
    *out = (int32_t)newest;
    return status;
}

int rqa__store_numerics_turn(struct rqa_store *store, int32_t numerics, rqa__store_older *out)
{
    int64_t newest = 0, oldest = 0;
    *out = (rqa__store_older){0, 0};
    int status = one_of(store, "max", &newest);
    if (!status)
        status = one_of(store, "min", &oldest);
    if (!status && newest > numerics)
        return rqa__fail(RQA_ERROR_STORE_CONFLICT,
                         "%.300s has results of numerics version %lld, which a newer librqa has "
                         "computed; this one has version %d: use another store",
                         store->path, (long long)newest, (int)numerics);
    if (status || oldest == 0 || oldest == numerics)
        return status;
    out->numerics = (int32_t)oldest;
    status = rqa__store_integer(store,
                                "SELECT ifnull(sum(n), 0) FROM unit WHERE analysis IN"
                                " (SELECT analysis FROM item WHERE replaced = 0)",
                                &out->n_rows);
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE item SET replaced = %d WHERE replaced = 0 AND analysis IN"
             " (SELECT id FROM analysis WHERE numerics < %d)",
             (int)RQA__ITEM_OLDER, (int)numerics);
    return status ? status : rqa__store_exec(store, sql, "write");
}
