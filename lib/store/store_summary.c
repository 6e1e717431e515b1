/* store_summary.c - what a store holds, in numbers. */
#include "store/store_content.h"
#include "store/store_state.h"

/* The measures of all results of the view. */
static int read_measures(struct rqa_store *store, uint64_t *out)
{
    sqlite3_stmt *statement;
    int status = rqa__store_prepare(
        store,
        "SELECT DISTINCT measures FROM unit WHERE analysis IN"
        " (SELECT analysis FROM item WHERE replaced = 0)",
        &statement);
    if (status)
        return status;
    *out = 0;
    for (int row = 1; !status && row;) {
        status = rqa__store_step(store, statement, &row, "read");
        if (!status && row)
            *out |= (uint64_t)sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return status;
}

static int summarize(struct rqa_store *store, rqa_store_summary *out)
{
    uint64_t schema = 0;
    const struct {
        const char *sql;
        uint64_t *out;
    } query[] = {
        {"PRAGMA user_version", &schema},
        {"SELECT count(*) FROM item WHERE replaced = 0", &out->n_items},
        {"SELECT count(*) FROM item WHERE replaced = 0 AND status <> 0", &out->n_failed},
        {"SELECT ifnull(sum(u.n), 0) FROM item JOIN (SELECT analysis, sum(n) AS n FROM unit"
         " GROUP BY analysis) u ON u.analysis = item.analysis WHERE item.replaced = 0",
         &out->n_rows},
        {"SELECT count(*) FROM item WHERE replaced = 1", &out->n_replaced},
        {"SELECT count(*) FROM item WHERE replaced = 2", &out->n_older},
        {"SELECT count(*) FROM run", &out->n_runs},
        {"SELECT count(*) FROM item WHERE replaced = 0 AND analysis IN (SELECT id FROM analysis"
         " WHERE threshold_unit IN ('recurrence_rate', 'neighbours', 'neighbour_rate'))",
         &out->n_rates},
        {"SELECT count(*) FROM item WHERE replaced = 0 AND instr(rules, ' window=')", &out->n_windowed},
    };
    int status = rqa__store_check(store, "main", store);
    if (!status)
        status = rqa__store_keys_load(store);
    for (size_t k = 0; k < sizeof query / sizeof query[0] && !status; k++) {
        int64_t n = 0;
        status = rqa__store_integer(store, query[k].sql, &n);
        *query[k].out = (uint64_t)n;
    }
    if (!status)
        status = read_measures(store, &out->measures);
    if (!status)
        status = rqa__store_rules_that_differ(store, &out->rules);
    if (!status)
        status = rqa__store_numerics(store, &out->numerics);
    out->schema = (uint32_t)schema;
    out->n_keys = store->n_keys;
    return status;
}

int rqa__store_summarize(struct rqa_store *store, rqa_store_summary *out)
{
    rqa__mutex_lock(&store->mutex);
    int status = rqa__store_exec(store, "BEGIN", "read"); /* one snapshot */
    if (!status) {
        status = summarize(store, out);
        sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    }
    int frozen = rqa__store_check_frozen(store);
    rqa__mutex_unlock(&store->mutex);
    return frozen ? frozen : status;
}
