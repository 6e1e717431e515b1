/* store_compare.c - whether the tables of a file are those that librqa makes. Anybody may have been
 * at it: a view in the place of a table need not end, a constraint may swallow what is written. What
 * hurts nobody, such as a user's own tables, views and indices, stays. */
#include <stdio.h>
#include <string.h>

#include "store/store_state.h"

enum { MAX_KEYS = 2000 }; /* SQLite has no more columns */

static const char *word_after(const char *sql, const char *words, size_t *length)
{
    size_t n = strlen(words);
    if (strncmp(sql, words, n) != 0)
        return NULL;
    *length = strcspn(sql + n, "( ");
    return sql + n;
}

/* The name in one of our statements, and the type of what it makes. */
static const char *made_by(const char *sql, const char **type, size_t *length)
{
    static const struct {
        const char *words, *type;
    } kind[] = {{"CREATE TABLE ", "table"},
                {"CREATE INDEX ", "index"},
                {"CREATE UNIQUE INDEX ", "index"},
                {"CREATE TRIGGER ", "trigger"}};
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        const char *name = word_after(sql, kind[k].words, length);
        *type = kind[k].type;
        if (name)
            return name;
    }
    return NULL;
}

static int is_called(const char *name, size_t length, const char *other)
{
    return strlen(other) == length && sqlite3_strnicmp(name, other, (int)length) == 0;
}

/* The statement of ours that makes `name`, and its type; NULL: there is none. */
static const char *find_made(int64_t schema, const char *name, const char **type)
{
    int64_t step = 0, entry = 0;
    for (const char *sql; (sql = rqa__store_step_at(schema, &step, &entry));) {
        size_t length;
        const char *made = made_by(sql, type, &length);
        if (made && is_called(made, length, name))
            return sql;
    }
    return NULL;
}

/* SQLite writes an added column in front of the last bracket. */
static char *with_column(char *sql, const char *column)
{
    const char *end = sql ? strrchr(sql, ')') : NULL;
    char *longer =
        end ? sqlite3_mprintf("%.*s, %s%s", (int)(end - sql), sql, column, end) : NULL;
    sqlite3_free(sql);
    return longer;
}

/* What sqlite_schema must say of `name`, which `made` makes; NULL without memory. */
static char *expected_text(int64_t schema, const char *name, const char *made, int64_t n_keys)
{
    char *text = sqlite3_mprintf("%s", made);
    int64_t step = 0, entry = 0;
    for (const char *sql; (sql = rqa__store_step_at(schema, &step, &entry));) {
        size_t length;
        const char *table = word_after(sql, "ALTER TABLE ", &length);
        if (table && is_called(table, length, name))
            text = with_column(text, strstr(table, "ADD COLUMN ") + strlen("ADD COLUMN "));
    }
    for (int64_t k = 0; k < n_keys && text && strcmp(name, "item") == 0; k++) {
        char column[40];
        snprintf(column, sizeof column, "k%lld TEXT", (long long)k);
        text = with_column(text, column);
    }
    return text;
}

static int fail_changed(const struct rqa_store *from, const char *type, const char *name,
                        const char *what)
{
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s is not as librqa makes it: its %.20s %.60s %s; it was changed by "
                     "another program",
                     from->path, type, name, what);
}

/* A database of `store`, which is the file of `from`. */
typedef struct comparison {
    struct rqa_store *store;
    const struct rqa_store *from;
    const char *base;
    int64_t schema, n_keys, n_found; /* found: of what is ours */
    int64_t n_triggers;
} comparison;

/* One row of sqlite_schema. */
static int compare_row(comparison *c, sqlite3_stmt *list)
{
    const char *cell[4], *wanted;
    for (int k = 0; k < 4; k++) {
        cell[k] = (const char *)sqlite3_column_text(list, k);
        cell[k] = cell[k] ? cell[k] : "";
    }
    const char *type = cell[0], *name = cell[1], *table = cell[2], *sql = cell[3];
    const char *made = find_made(c->schema, name, &wanted);
    if (!made && sqlite3_strnicmp(name, "results", 7) == 0 && rqa__store_is_view(name) &&
        strcmp(type, "view") != 0)
        return fail_changed(c->from, type, name, "has the name of a view");
    if (made) {
        if (strcmp(type, wanted) != 0)
            return fail_changed(c->from, type, name, "has the name of another thing");
        char *text = expected_text(c->schema, name, made, c->n_keys);
        if (!text)
            return rqa__fail_memory("the tables of a store");
        int differ = strcmp(sql, text) != 0;
        sqlite3_free(text);
        c->n_found++;
        return differ ? fail_changed(c->from, type, name, "is another") : RQA_OK;
    }
    if (!find_made(c->schema, table, &wanted) || strcmp(wanted, "table") != 0)
        return RQA_OK;
    if (strcmp(type, "index") == 0 && strncmp(sql, "CREATE UNIQUE", 13) == 0)
        return fail_changed(c->from, type, name, "keeps rows out");
    c->n_triggers += strcmp(type, "trigger") == 0;
    return RQA_OK;
}

static int count_made(const comparison *c)
{
    int64_t step = 0, entry = 0, n = 0;
    const char *type;
    size_t length;
    for (const char *sql; (sql = rqa__store_step_at(c->schema, &step, &entry));)
        n += made_by(sql, &type, &length) != NULL;
    if (n == c->n_found)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s is not as librqa makes it: %lld of its %lld tables and indices are "
                     "missing",
                     c->from->path, (long long)(n - c->n_found), (long long)n);
}

/* What the query of a format that takes the name of the database gives. */
static int integer_of(const comparison *c, const char *format, int64_t *out)
{
    char *sql = sqlite3_mprintf(format, c->base);
    int status = sql ? rqa__store_integer(c->store, sql, out) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    return status;
}

/* Of the true table; of anything else it is found below that it is another. */
static int count_keys(comparison *c)
{
    int64_t there = 0;
    int status = integer_of(c,
                            "SELECT count(*) FROM %s.sqlite_schema WHERE name = 'item_key' AND"
                            " type = 'table' AND sql LIKE 'CREATE TABLE item!_key(%%' ESCAPE '!'",
                            &there);
    if (!status && there)
        status = integer_of(c, "SELECT count(*) FROM %s.item_key", &c->n_keys);
    if (!status && c->n_keys > MAX_KEYS)
        status = rqa__store_fail_damaged(c->from, "the number of its keys");
    return status;
}

static int compare_all(comparison *c)
{
    sqlite3_stmt *list = NULL;
    char *sql = sqlite3_mprintf("SELECT type, name, tbl_name, sql FROM %s.sqlite_schema", c->base);
    int status = sql ? rqa__store_prepare(c->store, sql, &list) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    for (int row = 1; !status && row;) {
        status = rqa__store_step(c->store, list, &row, "read");
        if (!status && row)
            status = compare_row(c, list);
    }
    sqlite3_finalize(list);
    return status ? status : count_made(c);
}

int rqa__store_compare(struct rqa_store *store, const char *base, const struct rqa_store *from,
                       int64_t schema)
{
    comparison c = {.store = store, .from = from, .base = base, .schema = schema};
    int64_t n_shared = 0;
    int status = integer_of(&c,
                            "SELECT count(*) - count(DISTINCT rootpage) FROM %s.sqlite_schema"
                            " WHERE rootpage > 0",
                            &n_shared);
    if (!status && n_shared)
        status = rqa__store_fail_damaged(from, "two tables share their pages");
    if (!status)
        status = count_keys(&c);
    if (!status)
        status = compare_all(&c);
    if (store == from)
        store->n_triggers = c.n_triggers;
    return status;
}

int rqa__store_schema_check(struct rqa_store *store, int64_t *schema)
{
    int64_t application, n_tables;
    int status = rqa__store_integer(store, "PRAGMA application_id", &application);
    if (!status)
        status = rqa__store_integer(store, "PRAGMA user_version", schema);
    if (!status)
        status = rqa__store_integer(store, "SELECT count(*) FROM sqlite_schema", &n_tables);
    if (status)
        return status;
    store->schema = *schema;
    int is_new = application == 0 && *schema == 0 && n_tables == 0;
    if (is_new && store->mode == RQA_STORE_READ)
        return rqa__fail(RQA_ERROR_STORE_FORMAT, "%.300s is empty, not a store of librqa",
                         store->path);
    if (is_new)
        return RQA_OK;
    if (application != RQA__STORE_APPLICATION)
        return rqa__fail(RQA_ERROR_STORE_FORMAT,
                         "%.300s is an SQLite file, but not a store of librqa", store->path);
    if (*schema > RQA__STORE_SCHEMA)
        return rqa__store_fail_newer(store, *schema);
    if (*schema < 1)
        return rqa__store_fail_damaged(store, "the version of its tables");
    return rqa__store_compare(store, "main", store, *schema);
}
