/* store_schema.c - the tables of a store, version by version: how they are made, and how those of an
 * older librqa become ours. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* Rows of a unit are neighbours in `result`: a unit needs no index on its rows, and adding rows is
 * always at the end of the table. */
static const char *const first[] = {
    "CREATE TABLE setting(id INTEGER PRIMARY KEY, dim INTEGER NOT NULL, delay INTEGER NOT NULL,"
    " threshold REAL NOT NULL, lmin INTEGER NOT NULL, vmin INTEGER NOT NULL,"
    " UNIQUE(dim, delay, threshold, lmin, vmin))",
    "CREATE TABLE analysis(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, data TEXT NOT NULL,"
    " data_y TEXT NOT NULL, relation TEXT NOT NULL, norm TEXT NOT NULL, convention TEXT NOT NULL,"
    " compare TEXT NOT NULL, theiler INTEGER NOT NULL, theiler_diagonal INTEGER NOT NULL,"
    " theiler_vertical INTEGER NOT NULL, wmin INTEGER NOT NULL, threshold_unit TEXT NOT NULL,"
    " numerics INTEGER NOT NULL)",
    "CREATE TABLE item(id INTEGER PRIMARY KEY, series TEXT NOT NULL, mode TEXT NOT NULL,"
    " keys TEXT NOT NULL, rules TEXT NOT NULL, analysis INTEGER REFERENCES analysis(id),"
    " replaced INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, text TEXT)",
    "CREATE UNIQUE INDEX item_name ON item(series, mode, keys, rules) WHERE replaced = 0",
    "CREATE TABLE item_key(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE run(id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, started TEXT NOT NULL,"
    " ended TEXT, version TEXT NOT NULL, numerics INTEGER NOT NULL, command TEXT, options TEXT,"
    " backend TEXT, why TEXT, kernels TEXT, threads INTEGER, n_total INTEGER, n_done INTEGER,"
    " n_skipped INTEGER, n_failed INTEGER, status TEXT)",
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis(id),"
    " delay INTEGER NOT NULL, first INTEGER NOT NULL, room INTEGER NOT NULL, n INTEGER NOT NULL,"
    " measures INTEGER NOT NULL, backend TEXT NOT NULL, run INTEGER REFERENCES run(id))",
    "CREATE INDEX unit_analysis ON unit(analysis, delay)",
    "CREATE TABLE reason(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    "CREATE TABLE worker(id INTEGER PRIMARY KEY AUTOINCREMENT, process INTEGER, started TEXT)",
    "CREATE TABLE claim(analysis INTEGER NOT NULL, delay INTEGER NOT NULL, worker INTEGER NOT NULL,"
    " PRIMARY KEY(analysis, delay)) WITHOUT ROWID",
    "CREATE TABLE result(id INTEGER PRIMARY KEY, setting INTEGER NOT NULL, reason INTEGER,"
    " \"rr\" REAL, \"det\" REAL, \"l_mean\" REAL, \"l_max\" REAL, \"div\" REAL, \"l_entr\" REAL,"
    " \"lam\" REAL, \"tt\" REAL, \"v_max\" REAL, \"v_entr\" REAL, \"w_mean\" REAL, \"w_max\" REAL,"
    " \"w_entr\" REAL, \"t1\" REAL, \"t2\" REAL, \"rte\" REAL, \"trend\" REAL, \"det_rr\" REAL,"
    " \"lam_det\" REAL)",
    NULL};

/* Release 0.2.0 looks at the version when it opens a store and not again: where it has had one open
 * since before, these stop it from adding numbers of its numerics. librqa itself runs no trigger. */
#define NO_OLDER(table)                                                                            \
    "CREATE TRIGGER no_older_" table " BEFORE INSERT ON " table                                    \
    " BEGIN SELECT RAISE(ABORT, 'a newer librqa has taken over this store'); END"

static const char *const second[] = {
    "CREATE INDEX item_analysis ON item(analysis)", /* what a merge looks for */
    NO_OLDER("worker"),
    NO_OLDER("item"),
    NO_OLDER("unit"),
    NULL};

/* steps[v]: what makes tables of version v + 1 out of those of version v. Up to the release that
 * brings a version, what it changes is added to its step; after that, never. A new column is "ALTER
 * TABLE name ADD COLUMN ..." (not of `item`, whose last columns are the keys); each entry is one
 * statement. */
static const char *const *const steps[RQA__STORE_SCHEMA] = {first, second};

const char *rqa__store_step_at(int64_t schema, int64_t *step, int64_t *entry)
{
    while (*step < schema && !steps[*step][*entry]) {
        ++*step;
        *entry = 0;
    }
    return *step < schema ? steps[*step][(*entry)++] : NULL;
}

int rqa__store_schema_lift(struct rqa_store *store, int64_t schema)
{
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             (int)RQA__STORE_APPLICATION, (int)RQA__STORE_SCHEMA);
    int status = schema > 0 ? rqa__store_check_alone(store) : RQA_OK;
    int64_t step = schema, entry = 0;
    for (const char *sql; !status && (sql = rqa__store_step_at(RQA__STORE_SCHEMA, &step, &entry));)
        status = rqa__store_exec(store, sql, "make");
    if (!status)
        status = rqa__store_exec(store, pragmas, "make");
    return status ? status : rqa__store_views_make(store);
}
