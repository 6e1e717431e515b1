/* store_cursor.c - the answer to a user's SELECT, block by block, over a connection of its own. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_content.h"
#include "store/store_state.h"

enum { BLOCK_ROWS = 1024, MOST_BLOCK_ROWS = 1 << 20 };

struct rqa_store_cursor {
    struct rqa_store *store; /* its own */
    sqlite3_stmt *rows;
    int is_done;
    uint32_t n_columns;
    size_t stride;
    char **name;       /* [n_columns] */
    uint8_t *types;    /* [n_columns * stride], likewise: */
    int64_t *integers;
    double *numbers;
    const char **texts;
    size_t *at;        /* where each text begins in `text`, which moves while it grows */
    char *text;
    size_t n_text, text_room;
};

/* What a statement may do: read. */
static int permit(void *arg, int action, const char *first, const char *second, const char *base,
                  const char *view)
{
    (void)arg, (void)first, (void)base, (void)view;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return second && (sqlite3_stricmp(second, "load_extension") == 0 ||
                          sqlite3_stricmp(second, "rqa_take") == 0) /* ours: store_take.c */
                   ? SQLITE_DENY
                   : SQLITE_OK;
    default:
        return SQLITE_DENY;
    }
}

/* What the user's own statement is to blame for is an argument out of range; else the store. */
static int fail_query(struct rqa_store *store, int code)
{
    int primary = code & 0xff;
    if (primary == SQLITE_AUTH)
        return rqa__fail(RQA_ERROR_VALUE,
                         "query->sql does more than to read; allowed is a SELECT (%.200s)",
                         sqlite3_errmsg(store->db));
    if (primary == SQLITE_INTERRUPT && store->is_endless)
        return rqa__fail(RQA_ERROR_VALUE, "query->sql did not end within %lld steps",
                         (long long)store->max_steps);
    if (primary == SQLITE_ERROR || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH ||
        primary == SQLITE_RANGE)
        return rqa__fail(RQA_ERROR_VALUE, "query->sql: %.300s", sqlite3_errmsg(store->db));
    return rqa__store_fail(store, code, "read");
}

static int bind(sqlite3_stmt *rows, const rqa_store_query *query, uint32_t k)
{
    const int at = (int)k + 1;
    switch (query->types[k]) {
    case RQA_STORE_INTEGER:
        if (!query->integers)
            return rqa__fail_null("query->integers");
        return sqlite3_bind_int64(rows, at, query->integers[k]);
    case RQA_STORE_NUMBER:
        if (!query->numbers)
            return rqa__fail_null("query->numbers");
        return sqlite3_bind_double(rows, at, query->numbers[k]);
    case RQA_STORE_TEXT:
        if (!query->texts || !query->texts[k])
            return rqa__fail_null("query->texts");
        return sqlite3_bind_text(rows, at, query->texts[k], -1, SQLITE_TRANSIENT);
    case RQA_STORE_NULL:
        return sqlite3_bind_null(rows, at);
    default:
        return rqa__fail(RQA_ERROR_VALUE, "query->types[%u] is %d; allowed is %d..%d", k,
                         query->types[k], RQA_STORE_NULL, RQA_STORE_TEXT);
    }
}

static int bind_all(rqa_store_cursor *c, const rqa_store_query *query)
{
    int n = sqlite3_bind_parameter_count(c->rows);
    if ((uint32_t)n != query->n_parameters)
        return rqa__fail(RQA_ERROR_VALUE, "query->n_parameters is %u; the statement has %d",
                         query->n_parameters, n);
    if (n && !query->types)
        return rqa__fail_null("query->types");
    int status = RQA_OK;
    for (uint32_t k = 0; k < query->n_parameters && !status; k++)
        status = bind(c->rows, query, k);
    return status > 0 ? fail_query(c->store, status) : status;
}

static int prepare(rqa_store_cursor *c, const rqa_store_query *query)
{
    struct rqa_store *store = c->store;
    const char *rest = "";
    int status = rqa__store_views_lend(store);
    if (status)
        return status;
    sqlite3_set_authorizer(store->db, permit, NULL);
    rqa__store_count_steps(store);
    int code = sqlite3_prepare_v3(store->db, query->sql, -1, 0, &c->rows, &rest);
    if (code != SQLITE_OK)
        return fail_query(store, code);
    if (!c->rows)
        return rqa__fail(RQA_ERROR_VALUE, "query->sql is empty; allowed is a SELECT");
    if (rest[strspn(rest, " \t\r\n;")] != '\0')
        return rqa__fail(RQA_ERROR_VALUE, "query->sql goes on after its first statement: '%.60s'",
                         rest);
    return bind_all(c, query);
}

static int make_room(rqa_store_cursor *c, uint32_t block_rows)
{
    size_t n;
    c->n_columns = (uint32_t)sqlite3_column_count(c->rows);
    c->stride = block_rows ? block_rows : BLOCK_ROWS;
    c->name = rqa__calloc(c->n_columns, sizeof *c->name);
    if (rqa__mul_size(c->n_columns, c->stride, &n))
        n = SIZE_MAX;
    c->types = rqa__alloc_array(n, sizeof *c->types);
    c->integers = rqa__alloc_array(n, sizeof *c->integers);
    c->numbers = rqa__alloc_array(n, sizeof *c->numbers);
    c->texts = rqa__alloc_array(n, sizeof *c->texts);
    c->at = rqa__alloc_array(n, sizeof *c->at);
    if (!c->name || !c->types || !c->integers || !c->numbers || !c->texts || !c->at)
        return rqa__fail_memory("a block of an answer");
    for (uint32_t k = 0; k < c->n_columns; k++) {
        const char *name = sqlite3_column_name(c->rows, (int)k);
        if (!name || !(c->name[k] = rqa__strdup(name)))
            return rqa__fail_memory("the names of an answer's columns");
    }
    return RQA_OK;
}

static int check_query(const rqa_store_query *query)
{
    if (!query->sql)
        return rqa__fail_null("query->sql");
    if (query->reserved)
        return rqa__fail(RQA_ERROR_VALUE, "query->reserved is %u; allowed is 0", query->reserved);
    if (query->block_rows > MOST_BLOCK_ROWS)
        return rqa__fail(RQA_ERROR_VALUE, "query->block_rows is %u; allowed is 0..%d",
                         query->block_rows, MOST_BLOCK_ROWS);
    return RQA_OK;
}

int rqa__store_cursor_new(rqa_store_cursor **out, struct rqa_store *store,
                          const rqa_store_query *query)
{
    int status = check_query(query);
    if (status)
        return status;
    rqa_store_cursor *c = rqa__calloc(1, sizeof *c);
    if (!c)
        return rqa__fail_memory("a cursor");
    status = rqa__store_twin(&c->store, store);
    if (!status)
        status = prepare(c, query);
    if (!status)
        status = make_room(c, query->block_rows);
    if (status) {
        rqa__store_cursor_free(c);
        return status;
    }
    *out = c;
    return RQA_OK;
}

void rqa__store_cursor_free(rqa_store_cursor *c)
{
    sqlite3_finalize(c->rows);
    rqa__store_free(c->store);
    for (uint32_t k = 0; c->name && k < c->n_columns; k++)
        rqa__free(c->name[k]);
    rqa__free(c->name);
    rqa__free(c->types);
    rqa__free(c->integers);
    rqa__free(c->numbers);
    rqa__free(c->texts);
    rqa__free(c->at);
    rqa__free(c->text);
    rqa__free(c);
}

struct rqa_context *rqa__store_cursor_context(const rqa_store_cursor *cursor)
{
    return cursor->store->context;
}

static int take_text(rqa_store_cursor *c, int column, size_t place)
{
    const char *text = (const char *)sqlite3_column_text(c->rows, column);
    if (!text)
        return rqa__fail_memory("the texts of an answer");
    size_t n = strlen(text) + 1, needed;
    if (rqa__add_size(c->n_text, n, &needed))
        return rqa__fail_memory("the texts of an answer");
    if (needed > c->text_room) {
        size_t room = needed < SIZE_MAX / 2 ? 2 * needed : needed;
        char *grown = rqa__realloc(c->text, room);
        if (!grown)
            return rqa__fail_memory("the texts of an answer");
        c->text = grown;
        c->text_room = room;
    }
    memcpy(c->text + c->n_text, text, n);
    c->at[place] = c->n_text;
    c->n_text = needed;
    return RQA_OK;
}

static int take_value(rqa_store_cursor *c, int column, size_t place)
{
    c->integers[place] = 0;
    c->numbers[place] = NAN;
    switch (sqlite3_column_type(c->rows, column)) {
    case SQLITE_NULL:
        c->types[place] = RQA_STORE_NULL;
        return RQA_OK;
    case SQLITE_INTEGER:
        c->types[place] = RQA_STORE_INTEGER;
        c->integers[place] = sqlite3_column_int64(c->rows, column);
        c->numbers[place] = (double)c->integers[place];
        return RQA_OK;
    case SQLITE_FLOAT:
        c->types[place] = RQA_STORE_NUMBER;
        c->numbers[place] = sqlite3_column_double(c->rows, column);
        return RQA_OK;
    case SQLITE_TEXT:
        c->types[place] = RQA_STORE_TEXT;
        return take_text(c, column, place);
    default:
        return rqa__fail(RQA_ERROR_VALUE,
                         "query->sql gives a blob in column '%.60s'; allowed are integers, numbers "
                         "and texts, such as hex(%.60s)",
                         c->name[column], c->name[column]);
    }
}

/* As many rows as a block takes; *n_rows of them came. */
static int fill(rqa_store_cursor *c, size_t *n_rows)
{
    c->n_text = 0;
    for (*n_rows = 0; *n_rows < c->stride; ++*n_rows) {
        rqa__store_count_steps(c->store);
        int code = sqlite3_step(c->rows);
        if (code == SQLITE_DONE) {
            c->is_done = 1;
            sqlite3_reset(c->rows); /* lets the snapshot go */
            return RQA_OK;
        }
        int status = code == SQLITE_ROW ? RQA_OK : fail_query(c->store, code);
        for (uint32_t k = 0; k < c->n_columns && !status; k++)
            status = take_value(c, (int)k, k * c->stride + *n_rows);
        if (status)
            return status;
    }
    return RQA_OK;
}

int rqa__store_cursor_next(rqa_store_cursor *c, rqa_store_block *out)
{
    size_t n_rows = 0;
    if (!c->is_done) {
        rqa__file_limit limit; /* what it sorts may go to a file */
        rqa__file_limit_hold(&limit);
        int status = fill(c, &n_rows);
        rqa__file_limit_release(&limit);
        int frozen = rqa__store_check_frozen(c->store);
        if (frozen) /* what was read while it changed may look damaged */
            status = frozen;
        if (status) {
            c->is_done = 1;
            sqlite3_reset(c->rows);
            return status;
        }
    }
    for (uint32_t k = 0; k < c->n_columns; k++)
        for (size_t i = 0, place = k * c->stride; i < n_rows; i++, place++)
            c->texts[place] = c->types[place] == RQA_STORE_TEXT ? c->text + c->at[place] : NULL;
    out->n_columns = c->n_columns;
    out->n_rows = n_rows;
    out->stride = c->stride;
    out->names = (const char *const *)c->name;
    out->types = c->types;
    out->integers = c->integers;
    out->numbers = c->numbers;
    out->texts = c->texts;
    return RQA_OK;
}
