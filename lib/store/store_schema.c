/* store_schema.c - the tables of a store, version by version: how they are made, and how those of an
 * older librqa become ours. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "measures/measure_list.h"
#include "store/store_content.h"
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
    "CREATE TABLE result(id INTEGER PRIMARY KEY, setting INTEGER NOT NULL, reason INTEGER"
#define ROW(number, name, text, tallies, cells) ", \"" name "\" REAL"
    RQA__MEASURES_DEFAULT(ROW) ")",
#undef ROW
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
#define ROW(number, name, text, tallies, cells) "ALTER TABLE result ADD COLUMN \"" name "\" REAL",
    RQA__MEASURES_NAMED(ROW)
#undef ROW
    "ALTER TABLE result ADD COLUMN threshold_reached REAL", /* of recurrence rates */
    "ALTER TABLE result ADD COLUMN rr_reached REAL",
    "ALTER TABLE result ADD COLUMN \"window\" INTEGER", /* from 0; NULL without windows */
    "ALTER TABLE analysis ADD COLUMN window_length INTEGER",
    "ALTER TABLE analysis ADD COLUMN window_step INTEGER",
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

int rqa__store_fail_newer(const struct rqa_store *store, int64_t schema)
{
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s was written by a newer librqa (tables of version %lld; this one knows "
                     "%d)",
                     store->path, (long long)schema, (int)RQA__STORE_SCHEMA);
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
    store->schema = RQA__STORE_SCHEMA;
    return status ? status : rqa__store_views_make(store);
}
