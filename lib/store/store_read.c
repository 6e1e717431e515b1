/* store_read.c - the rows of a store in order, each looked at as it is read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fp_env.h"
#include "base/memory.h"
#include "store/store_order.h"
#include "store/store_state.h"

/* A row of the item in hand. */
typedef struct held {
    int64_t reason;
    uint32_t unit; /* in reader.backend and .measures */
    double value[RQA_MEASURE_COUNT];
    double reached[2];
} held;

/* Where it comes in the order of delivery. */
typedef struct place {
    int64_t rank;
    uint64_t window; /* 0 without windows */
    size_t row;      /* in reader.row */
} place;

typedef struct reader {
    struct rqa_store *store;
    const rqa_store_filter *filter;
    rqa__store_order order;
    held *row;
    place *place; /* likewise */
    size_t n_rows, row_room;
    char **backend;        /* of each unit of the item */
    uint64_t *measures;
    size_t n_units, unit_room;
    uint32_t delay;        /* of the unit in hand */
    uint64_t window, step; /* of the item in hand; 0: it has no windows */
    rqa_store_callback callback;
    void *user;
    rqa_store_row out;
    const char **keys;
    const rqa__store_choice *choice;
    rqa__store_rules rules;
} reader;

static int room_for_row(reader *r)
{
    if (r->n_rows < r->row_room)
        return RQA_OK;
    size_t room = r->row_room ? 2 * r->row_room : 1024, n_bytes;
    held *row = rqa__mul_size(room, sizeof *row, &n_bytes) ? NULL : rqa__realloc(r->row, n_bytes);
    if (row)
        r->row = row;
    place *places = row ? rqa__realloc(r->place, room * sizeof *places) : NULL;
    if (!places)
        return rqa__fail_memory("the rows of an item");
    r->place = places;
    r->row_room = room;
    return RQA_OK;
}

/* The columns of a row, as the function that takes them gets them. */
enum { SETTING, REASON, ID, FIRST_VALUE, WINDOW = FIRST_VALUE + RQA_MEASURE_COUNT + 2 };

static int fail_row(const reader *r, sqlite3_value **column, const char *what)
{
    char text[80];
    snprintf(text, sizeof text, "%.40s of row %lld", what, sqlite3_value_int64(column[ID]));
    return rqa__store_fail_damaged(r->store, text);
}

static int take_values(const reader *r, held *row, sqlite3_value **column)
{
    const uint64_t measures = r->measures[row->unit];
    for (int m = 0; m < RQA_MEASURE_COUNT; m++) {
        sqlite3_value *value = column[FIRST_VALUE + m];
        const int type = sqlite3_value_type(value);
        if (rqa__store_is_odd_value(type, measures >> m & 1, row->reason != 0))
            return fail_row(r, column, rqa_measure_name(m));
        row->value[m] = type == SQLITE_NULL ? NAN : sqlite3_value_double(value);
    }
    for (int k = 0; k < 2; k++) {
        sqlite3_value *value = column[FIRST_VALUE + RQA_MEASURE_COUNT + k];
        row->reached[k] = sqlite3_value_type(value) == SQLITE_NULL ? NAN : sqlite3_value_double(value);
    }
    return RQA_OK;
}

/* A row of the unit in hand. */
static int take_row(void *arg, sqlite3_value **column)
{
    reader *r = arg;
    const int64_t setting = sqlite3_value_int64(column[SETTING]);
    int64_t reason = sqlite3_value_int64(column[REASON]);
    if (setting < 1 || (uint64_t)setting >= r->order.n_ranks)
        return fail_row(r, column, "the setting");
    if (sqlite3_value_type(column[REASON]) == SQLITE_NULL)
        reason = 0;
    else if (reason < 1 || (uint64_t)reason >= r->order.n_reasons || !r->order.reason[reason])
        return fail_row(r, column, "the reason");
    if (r->order.rank[setting] < 0)
        return RQA_OK;
    const int64_t window = sqlite3_value_int64(column[WINDOW]);
    if (r->order.setting[r->order.rank[setting]].setting.delay != r->delay)
        return fail_row(r, column, "the delay");
    if (rqa__store_is_odd_window(sqlite3_value_type(column[WINDOW]), window, r->window > 0))
        return fail_row(r, column, "the window");
    int status = room_for_row(r);
    if (status)
        return status;
    held *row = &r->row[r->n_rows];
    row->reason = reason;
    row->unit = (uint32_t)(r->n_units - 1);
    r->place[r->n_rows] = (place){r->order.rank[setting], (uint64_t)window, r->n_rows};
    r->n_rows++;
    return take_values(r, row, column);
}

static int read_unit_rows(reader *r, const rqa__stored_unit *unit)
{
    rqa__store_taking taking = {.take = take_row, .arg = r};
    int status = rqa__store_take(r->store, unit->first, unit->first + unit->room - 1, &taking);
    if (status || taking.n == unit->n)
        return status;
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s is damaged (unit %lld has %lld of its %lld results; what is missing "
                     "is computed when a batch runs into it again)",
                     r->store->path, (long long)unit->id, (long long)taking.n, (long long)unit->n);
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
        if (!rqa__store_order_has_delay(r->filter, r->delay))
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

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->window < y->window ? -1 : x->window > y->window;
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

static void set_window(rqa_store_row *out, const reader *r, uint64_t window)
{
    if (r->window == 0)
        return;
    out->window = window;
    out->window_start = window * r->step;
    out->window_end = out->window_start + r->window - 1;
    out->window_centre = (double)out->window_start + (double)(r->window - 1) / 2;
}

/* By the rules of the item in hand; without windows all of it is 0. */
static int take_windows(reader *r)
{
    const char *window = r->rules.value[RQA__RULE_WINDOW], *step = r->rules.value[RQA__RULE_STEP];
    r->window = r->step = 0;
    r->out.window = r->out.window_start = r->out.window_end = 0;
    r->out.window_centre = 0;
    if (!*window)
        return RQA_OK;
    r->window = strtoull(window, NULL, 10);
    r->step = strtoull(step, NULL, 10);
    if (r->window < 2 || r->step < 1)
        return rqa__store_fail_damaged(r->store, "the windows of an item");
    return RQA_OK;
}

static int deliver_rows(reader *r)
{
    rqa_store_row *out = &r->out;
    if (r->n_rows)
        qsort(r->place, r->n_rows, sizeof *r->place, compare_places);
    int status = RQA_OK;
    for (size_t k = 1; k < r->n_rows && !status; k++)
        if (compare_places(&r->place[k], &r->place[k - 1]) == 0)
            status = rqa__store_fail_damaged(r->store, "two results of one setting");
    for (size_t k = 0; k < r->n_rows && !status; k++) {
        const place *at = &r->place[k];
        const held *row = &r->row[at->row];
        const rqa__setting *setting = &r->order.setting[at->rank].setting;
        out->dim = setting->dim;
        out->delay = setting->delay;
        out->threshold = setting->threshold;
        out->lmin = setting->lmin;
        out->vmin = setting->vmin;
        out->values = row->value;
        out->threshold_reached = row->reached[0];
        out->rr_reached = row->reached[1];
        set_window(out, r, at->window);
        out->reason = row->reason ? r->order.reason[row->reason] : "";
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
    int status = rqa__store_rules_read(r->store, &r->rules, rules ? rules : "");
    if (!status)
        status = take_windows(r);
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
        status = rqa__store_order_load(&r->order, r->store, filter);
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

/* Over a connection of its own, so that the callback finds the store free. */
int rqa__store_read(struct rqa_store *store, const rqa__store_choice *choice,
                    rqa_store_callback callback, void *user)
{
    struct rqa_store *twin;
    int status = rqa__store_twin(&twin, store);
    if (status)
        return status;
    reader r = {.store = twin,
                .filter = choice->filter,
                .choice = choice,
                .callback = callback,
                .user = user};
    if (choice->n_items)
        qsort(choice->item, choice->n_items, sizeof *choice->item, compare_ids);
    /* One snapshot, whatever others write meanwhile. */
    status = rqa__store_exec(twin, "BEGIN", "read");
    if (!status) {
        status = read_all(&r, choice->filter);
        sqlite3_exec(twin->db, "COMMIT", NULL, NULL, NULL);
    }
    int frozen = rqa__store_check_frozen(twin);
    if (!frozen)
        frozen = rqa__store_check_frozen(store);
    if (frozen) /* what was read while it changed may look damaged */
        status = frozen;
    rqa__store_free(twin);
    forget_units(&r);
    rqa__store_order_free(&r.order);
    rqa__free(r.backend);
    rqa__free(r.measures);
    rqa__free(r.row);
    rqa__free(r.place);
    rqa__free(r.keys);
    rqa__store_rules_free(&r.rules);
    return status;
}
