/* store_read.c - the rows of a store in order, each looked at as it is read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fp_env.h"
#include "base/memory.h"
#include "store/store_state.h"

/* A setting of the store; rank = its place in the order of delivery, -1 = filtered out. */
typedef struct listed {
    rqa__setting setting;
    int64_t id;
    int64_t rank;
} listed;

/* A row of the item in hand. */
typedef struct held {
    int64_t rank, reason;
    uint32_t unit; /* in reader.backend and .measures */
    double value[RQA_MEASURE_COUNT];
    double reached[2];
} held;

typedef struct reader {
    struct rqa_store *store;
    const rqa_store_filter *filter;
    listed *setting;       /* by rank */
    int64_t *rank;         /* by id */
    size_t n_settings, n_ranks;
    held *row;
    size_t n_rows, row_room;
    char **backend;        /* of each unit of the item */
    uint64_t *measures;
    size_t n_units, unit_room;
    uint32_t delay;        /* of the unit in hand */
    char **reason;         /* by id */
    size_t n_reasons;
    rqa_store_callback callback;
    void *user;
    rqa_store_row out;
    const char **keys;
    const rqa__store_choice *choice;
    rqa__store_rules rules;
} reader;

static int has_integer(const uint32_t *list, uint32_t n, uint32_t value)
{
    for (uint32_t k = 0; k < n; k++)
        if (list[k] == value)
            return 1;
    return n == 0;
}

static int has_number(const double *list, uint32_t n, double value)
{
    for (uint32_t k = 0; k < n; k++)
        if (list[k] == value)
            return 1;
    return n == 0;
}

static int passes(const rqa_store_filter *f, const rqa__setting *s)
{
    return has_integer(f->dims, f->n_dims, s->dim) &&
           has_integer(f->delays, f->n_delays, s->delay) &&
           has_number(f->thresholds, f->n_thresholds, s->threshold) &&
           has_integer(f->lmins, f->n_lmins, s->lmin) && has_integer(f->vmins, f->n_vmins, s->vmin);
}

static int compare_listed(const void *a, const void *b)
{
    const rqa__setting *x = &((const listed *)a)->setting, *y = &((const listed *)b)->setting;
    if (x->dim != y->dim)
        return x->dim < y->dim ? -1 : 1;
    if (x->delay != y->delay)
        return x->delay < y->delay ? -1 : 1;
    if (x->threshold != y->threshold)
        return x->threshold < y->threshold ? -1 : 1;
    if (x->lmin != y->lmin)
        return x->lmin < y->lmin ? -1 : 1;
    return x->vmin < y->vmin ? -1 : x->vmin > y->vmin;
}

static int load_settings(reader *r, const rqa_store_filter *filter)
{
    int64_t n;
    int status = rqa__store_count_settings(r->store, &n);
    if (status)
        return status;
    if ((uint64_t)n >= SIZE_MAX)
        return rqa__fail_memory("the settings of a store");
    r->n_ranks = (size_t)n + 1;
    r->setting = rqa__alloc_array((size_t)n, sizeof *r->setting);
    r->rank = rqa__alloc_array(r->n_ranks, sizeof *r->rank);
    sqlite3_stmt *list = NULL;
    if (!r->setting || !r->rank)
        return rqa__fail_memory("the settings of a store");
    status = rqa__store_prepare(
        r->store, "SELECT id, dim, delay, threshold, lmin, vmin FROM setting", &list);
    size_t n_read = 0;
    for (int row = 1; !status && row && n_read < (size_t)n;) {
        status = rqa__store_step(r->store, list, &row, "read");
        if (status || !row)
            break;
        n_read++;
        listed one = {.id = sqlite3_column_int64(list, 0)};
        if (one.id < 1 || one.id > n)
            status = rqa__store_fail_damaged(r->store, "the number of a setting");
        one.setting = (rqa__setting){.dim = (uint32_t)sqlite3_column_int64(list, 1),
                                     .delay = (uint32_t)sqlite3_column_int64(list, 2),
                                     .threshold = sqlite3_column_double(list, 3),
                                     .lmin = (uint32_t)sqlite3_column_int64(list, 4),
                                     .vmin = (uint32_t)sqlite3_column_int64(list, 5)};
        if (passes(filter, &one.setting))
            r->setting[r->n_settings++] = one;
    }
    sqlite3_finalize(list);
    if (status)
        return status;
    if (r->n_settings)
        qsort(r->setting, r->n_settings, sizeof *r->setting, compare_listed);
    for (size_t k = 0; k < r->n_ranks; k++)
        r->rank[k] = -1;
    for (size_t k = 0; k < r->n_settings; k++)
        r->rank[r->setting[k].id] = (int64_t)k;
    return RQA_OK;
}

static int load_reasons(reader *r)
{
    int64_t n;
    int status = rqa__store_count_reasons(r->store, &n);
    if (status)
        return status;
    if ((uint64_t)n < SIZE_MAX)
        r->reason = rqa__calloc((size_t)n + 1, sizeof *r->reason);
    if (!r->reason)
        return rqa__fail_memory("the reasons of a store");
    r->n_reasons = (size_t)n + 1;
    sqlite3_stmt *list;
    status = rqa__store_prepare(r->store, "SELECT id, text FROM reason", &list);
    for (int row = 1; !status && row;) {
        status = rqa__store_step(r->store, list, &row, "read");
        if (status || !row)
            break;
        int64_t id = sqlite3_column_int64(list, 0);
        const char *text = (const char *)sqlite3_column_text(list, 1);
        if (id < 1 || id > n || r->reason[id])
            status = rqa__store_fail_damaged(r->store, "the number of a reason");
        else if (!(r->reason[id] = rqa__strdup(text ? text : "")))
            status = rqa__fail_memory("the reasons of a store");
    }
    sqlite3_finalize(list);
    return status;
}

static double number_at(sqlite3_stmt *rows, int column)
{
    return sqlite3_column_type(rows, column) == SQLITE_NULL ? NAN
                                                            : sqlite3_column_double(rows, column);
}

static int room_for_row(reader *r)
{
    if (r->n_rows < r->row_room)
        return RQA_OK;
    size_t room = r->row_room ? 2 * r->row_room : 1024, n_bytes;
    held *row = rqa__mul_size(room, sizeof *row, &n_bytes) ? NULL : rqa__realloc(r->row, n_bytes);
    if (!row)
        return rqa__fail_memory("the rows of an item");
    r->row = row;
    r->row_room = room;
    return RQA_OK;
}

static int fail_row(reader *r, sqlite3_stmt *rows, const char *what)
{
    char text[80];
    snprintf(text, sizeof text, "%.40s of row %lld", what, sqlite3_column_int64(rows, 2));
    return rqa__store_fail_damaged(r->store, text);
}

/* The row of the unit in hand on which `rows` stands. */
static int take_row(reader *r, sqlite3_stmt *rows)
{
    enum { SETTING, REASON, FIRST_VALUE = 3 };
    int64_t setting = sqlite3_column_int64(rows, SETTING);
    int64_t reason = sqlite3_column_int64(rows, REASON);
    if (setting < 1 || (uint64_t)setting >= r->n_ranks)
        return fail_row(r, rows, "the setting");
    if (sqlite3_column_type(rows, REASON) == SQLITE_NULL)
        reason = 0;
    else if (reason < 1 || (uint64_t)reason >= r->n_reasons || !r->reason[reason])
        return fail_row(r, rows, "the reason");
    if (r->rank[setting] < 0)
        return RQA_OK;
    int status = room_for_row(r);
    if (status)
        return status;
    held *row = &r->row[r->n_rows++];
    row->rank = r->rank[setting];
    row->reason = reason;
    row->unit = (uint32_t)(r->n_units - 1);
    if (r->setting[row->rank].setting.delay != r->delay)
        return fail_row(r, rows, "the delay");
    int odd = rqa__store_odd_value(rows, FIRST_VALUE, r->measures[row->unit], reason != 0);
    if (odd >= 0)
        return fail_row(r, rows, rqa_measure_name(odd));
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        row->value[m] = number_at(rows, FIRST_VALUE + m);
    for (int k = 0; k < 2; k++)
        row->reached[k] = number_at(rows, FIRST_VALUE + RQA_MEASURE_COUNT + k);
    return RQA_OK;
}

static int read_unit_rows(reader *r, const rqa__stored_unit *unit)
{
    sqlite3_stmt *rows = rqa__store_statement(r->store, RQA__ROWS_OF);
    if (!rows)
        return r->store->failure;
    sqlite3_bind_int64(rows, 1, unit->first);
    sqlite3_bind_int64(rows, 2, unit->first + unit->room - 1);
    int64_t n = 0;
    int status = RQA_OK;
    for (int row = 1; !status && row; n += row) {
        status = rqa__store_step(r->store, rows, &row, "read");
        if (!status && row)
            status = take_row(r, rows);
    }
    sqlite3_reset(rows);
    if (status || n == unit->n)
        return status;
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s is damaged (unit %lld has %lld of its %lld results; what is missing "
                     "is computed when a batch runs into it again)",
                     r->store->path, (long long)unit->id, (long long)n, (long long)unit->n);
}

static void forget_units(reader *r)
{
    for (size_t k = 0; k < r->n_units; k++)
        rqa__free(r->backend[k]);
    r->n_units = r->n_rows = 0;
}

static int push_unit(reader *r, const char *backend, uint64_t measures)
{
    if (r->n_units == r->unit_room) {
        size_t room = r->unit_room ? 2 * r->unit_room : 16;
        char **names = rqa__realloc(r->backend, room * sizeof *names);
        if (names)
            r->backend = names;
        uint64_t *masks = names ? rqa__realloc(r->measures, room * sizeof *masks) : NULL;
        if (!masks)
            return rqa__fail_memory("the units of an item");
        r->measures = masks;
        r->unit_room = room;
    }
    r->measures[r->n_units] = measures;
    r->backend[r->n_units] = rqa__strdup(backend ? backend : "");
    if (!r->backend[r->n_units])
        return rqa__fail_memory("the units of an item");
    r->n_units++;
    return RQA_OK;
}

static int read_units(reader *r, int64_t analysis)
{
    sqlite3_stmt *units;
    int status = rqa__store_prepare(
        r->store,
        "SELECT first, room, measures, backend, delay, n, id FROM unit WHERE analysis = ?1",
        &units);
    if (status)
        return status;
    sqlite3_bind_int64(units, 1, analysis);
    for (int row = 1; !status && row;) {
        status = rqa__store_step(r->store, units, &row, "read");
        if (status || !row)
            break;
        r->delay = (uint32_t)sqlite3_column_int64(units, 4);
        if (!has_integer(r->filter->delays, r->filter->n_delays, r->delay))
            continue; /* none of its rows would pass */
        const rqa__stored_unit unit = {.id = sqlite3_column_int64(units, 6),
                                       .first = sqlite3_column_int64(units, 0),
                                       .room = sqlite3_column_int64(units, 1),
                                       .n = sqlite3_column_int64(units, 5),
                                       .measures = (uint64_t)sqlite3_column_int64(units, 2)};
        status = rqa__store_check_unit(r->store, unit.first, unit.room, unit.measures);
        if (!status)
            status = push_unit(r, (const char *)sqlite3_column_text(units, 3), unit.measures);
        if (!status)
            status = read_unit_rows(r, &unit);
    }
    sqlite3_finalize(units);
    return status;
}

static int compare_held(const void *a, const void *b)
{
    const held *x = a, *y = b;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int deliver(reader *r)
{
    const int was_inside = rqa__fp_lend();
    int stop = r->callback(&r->out, r->user);
    rqa__fp_take_back(was_inside);
    if (!stop)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_CANCELLED, "the callback stopped the reading");
}

static int deliver_rows(reader *r)
{
    rqa_store_row *out = &r->out;
    if (r->n_rows)
        qsort(r->row, r->n_rows, sizeof *r->row, compare_held);
    int status = RQA_OK;
    for (size_t k = 1; k < r->n_rows && !status; k++)
        if (r->row[k].rank == r->row[k - 1].rank)
            status = rqa__store_fail_damaged(r->store, "two results of one setting");
    for (size_t k = 0; k < r->n_rows && !status; k++) {
        const held *row = &r->row[k];
        const rqa__setting *setting = &r->setting[row->rank].setting;
        out->dim = setting->dim;
        out->delay = setting->delay;
        out->threshold = setting->threshold;
        out->lmin = setting->lmin;
        out->vmin = setting->vmin;
        out->values = row->value;
        out->threshold_reached = row->reached[0];
        out->rr_reached = row->reached[1];
        out->reason = row->reason ? r->reason[row->reason] : "";
        out->backend = r->backend[row->unit];
        out->measures = r->measures[row->unit];
        status = deliver(r);
    }
    return status;
}

/* The item on which `items` stands. */
static int read_item(reader *r, sqlite3_stmt *items, const rqa__store_chosen *chosen)
{
    enum { SERIES = 1, MODE = 2, RULES = 4, ANALYSIS = 5, STATUS = 7, TEXT = 8, FIRST_KEY = 9 };
    static const double none[RQA_MEASURE_COUNT];
    const char *series = (const char *)sqlite3_column_text(items, SERIES);
    const char *mode = (const char *)sqlite3_column_text(items, MODE);
    const char *text = (const char *)sqlite3_column_text(items, TEXT);
    const char *rules = (const char *)sqlite3_column_text(items, RULES);
    int32_t failure = sqlite3_column_int(items, STATUS);
    const int is_unused = chosen && chosen->status;
    if (is_unused) {
        failure = chosen->status;
        text = chosen->text;
    }
    for (uint32_t k = 0; k < r->out.n_keys; k++)
        r->keys[k] = (const char *)sqlite3_column_text(items, FIRST_KEY + (int)k);
    r->out.series = series ? series : "";
    r->out.mode = mode ? mode : "";
    forget_units(r);
    int status = rqa__store_rules_read(&r->rules, rules ? rules : "");
    if (!status && !is_unused && sqlite3_column_type(items, ANALYSIS) != SQLITE_NULL) {
        status = read_units(r, sqlite3_column_int64(items, ANALYSIS));
        if (!status)
            status = deliver_rows(r);
    }
    if (!status && failure) {
        rqa_store_row failed = {.struct_size = sizeof failed,
                                .status = failure,
                                .item = r->out.item,
                                .series = r->out.series,
                                .mode = r->out.mode,
                                .keys = r->keys,
                                .n_keys = r->out.n_keys,
                                .threshold = NAN,
                                .values = none,
                                .reason = text ? text : rqa_status_text(failure),
                                .backend = "",
                                .rules = r->rules.value,
                                .n_rules = RQA__STORE_RULES,
                                .threshold_reached = NAN,
                                .rr_reached = NAN};
        rqa_store_row rest = r->out;
        r->out = failed;
        status = deliver(r);
        r->out = rest;
    }
    r->out.item++;
    return status;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = ((const rqa__store_chosen *)a)->id, y = ((const rqa__store_chosen *)b)->id;
    return x < y ? -1 : x > y;
}

static const rqa__store_chosen *find_chosen(const reader *r, int64_t item)
{
    const rqa__store_choice *choice = r->choice;
    const rqa__store_chosen wanted = {.id = item};
    if (choice->n_items == 0)
        return NULL;
    return bsearch(&wanted, choice->item, choice->n_items, sizeof wanted, compare_ids);
}

static int read_all(reader *r, const rqa_store_filter *filter)
{
    int status = rqa__store_check(r->store, "main", r->store);
    if (!status && !r->choice->item)
        status = rqa__store_check_no_stray(r->store, "main", r->store);
    if (!status)
        status = rqa__store_keys_load(r->store);
    if (!status)
        status = load_settings(r, filter);
    if (!status)
        status = load_reasons(r);
    if (status)
        return status;
    r->keys = rqa__calloc(r->store->n_keys, sizeof *r->keys);
    if (!r->keys)
        return rqa__fail_memory("the keys of a store");
    r->out = (rqa_store_row){.struct_size = sizeof r->out,
                             .keys = r->keys,
                             .n_keys = r->store->n_keys,
                             .n_values = RQA_MEASURE_COUNT,
                             .rules = r->rules.value,
                             .n_rules = RQA__STORE_RULES};
    sqlite3_stmt *items = rqa__store_statement(r->store, RQA__ITEMS_IN_ORDER);
    if (!items)
        return r->store->failure;
    for (int row = 1; !status && row;) {
        status = rqa__store_step(r->store, items, &row, "read");
        if (status || !row)
            break;
        const rqa__store_chosen *chosen = find_chosen(r, sqlite3_column_int64(items, 0));
        if (chosen || !r->choice->item)
            status = read_item(r, items, chosen);
    }
    sqlite3_reset(items);
    return status;
}

int rqa__store_read(struct rqa_store *store, const rqa__store_choice *choice,
                    rqa_store_callback callback, void *user)
{
    reader r = {.store = store,
                .filter = choice->filter,
                .choice = choice,
                .callback = callback,
                .user = user};
    if (choice->n_items)
        qsort(choice->item, choice->n_items, sizeof *choice->item, compare_ids);
    rqa__mutex_lock(&store->mutex);
    /* One snapshot, whatever others write meanwhile. */
    int status = rqa__store_exec(store, "BEGIN", "read");
    if (!status) {
        status = read_all(&r, choice->filter);
        sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    }
    int frozen = rqa__store_check_frozen(store);
    if (frozen) /* what was read while it changed may look damaged */
        status = frozen;
    rqa__mutex_unlock(&store->mutex);
    forget_units(&r);
    for (size_t k = 0; k < r.n_reasons; k++)
        rqa__free(r.reason[k]);
    rqa__free(r.reason);
    rqa__free(r.backend);
    rqa__free(r.measures);
    rqa__free(r.setting);
    rqa__free(r.rank);
    rqa__free(r.row);
    rqa__free(r.keys);
    rqa__store_rules_free(&r.rules);
    return status;
}
