/* batch_entry.c - a batch enters its store: items and settings get their numbers there, and what is
 * there already is taken off the batch's account.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "batch/batch_accounts.h"
#include "batch/batch_entry.h"
#include "data/content_hash.h"
#include "rqa/version.h"
#include "store/store_state.h"

void rqa__entry_free(struct rqa__batch_store *bs)
{
    rqa__free(bs->setting);
    rqa__free(bs->in_unit);
    rqa__free(bs->row_setting);
    rqa__free(bs->row_reason);
    rqa__free(bs->row_window);
    bs->setting = bs->row_setting = bs->row_reason = bs->row_window = NULL;
    bs->in_unit = NULL;
    bs->n_settings = 0;
}

static int compare_texts(const char *const *a, uint32_t n_a, const char *const *b, uint32_t n_b)
{
    if (n_a != n_b)
        return n_a < n_b ? -1 : 1;
    for (uint32_t k = 0; k < n_a; k++) {
        int order = strcmp(a[k], b[k]);
        if (order)
            return order;
    }
    return 0;
}

static int compare_items(const void *a, const void *b)
{
    const rqa__item *x = *(rqa__item *const *)a, *y = *(rqa__item *const *)b;
    const char *const own[] = {x->label, x->mode}, *const other[] = {y->label, y->mode};
    int order = compare_texts(own, 2, other, 2);
    if (!order)
        order = compare_texts((const char *const *)x->key_names, x->n_keys,
                              (const char *const *)y->key_names, y->n_keys);
    if (!order)
        order = compare_texts((const char *const *)x->key_values, x->n_keys,
                              (const char *const *)y->key_values, y->n_keys);
    return order;
}

int rqa__entry_check_names(const struct rqa_batch *batch)
{
    const rqa__item **order = rqa__alloc_array(batch->job.n_items, sizeof *order);
    if (!order)
        return rqa__fail_memory("the items of a batch");
    for (size_t i = 0; i < batch->job.n_items; i++)
        order[i] = &batch->job.item[i];
    qsort(order, batch->job.n_items, sizeof *order, compare_items);
    int status = RQA_OK;
    for (size_t i = 1; i < batch->job.n_items && !status; i++)
        if (compare_items(&order[i - 1], &order[i]) == 0)
            status = rqa__fail(RQA_ERROR_VALUE,
                               "two items are called \"%.100s\" (mode \"%.50s\"); a store needs "
                               "labels, modes or keys that tell them apart",
                               order[i]->label, order[i]->mode);
    rqa__free(order);
    return status;
}

static int register_settings(struct rqa_batch *batch)
{
    struct rqa__batch_store *bs = batch->store;
    const rqa__grid *grid = &batch->job.grid;
    const size_t n = (size_t)grid->n_combinations, n_rows = (size_t)rqa__batch_most_unit_rows(batch);
    rqa__entry_free(bs);
    bs->setting = rqa__alloc_array(n, sizeof *bs->setting);
    bs->row_setting = rqa__alloc_array(n_rows, sizeof *bs->row_setting);
    bs->row_reason = rqa__alloc_array(n_rows, sizeof *bs->row_reason);
    if (grid->window)
        bs->row_window = rqa__alloc_array(n_rows, sizeof *bs->row_window);
    if (!bs->setting || !bs->row_setting || !bs->row_reason || (grid->window && !bs->row_window))
        return rqa__fail_memory("the settings of a batch");
    int64_t n_settings = 0;
    int status = RQA_OK;
    for (size_t k = 0; k < n && !status; k++) {
        const rqa_batch_row row = rqa__grid_row_at(grid, k, 1);
        const rqa__setting setting = {row.dim, row.delay, row.lmin, row.vmin, row.threshold};
        status = rqa__store_setting(bs->store, &setting, &bs->setting[k]);
    }
    if (!status)
        status = rqa__store_count_settings(bs->store, &n_settings);
    for (size_t k = 0; k < n && !status; k++)
        if (bs->setting[k] < 1 || bs->setting[k] > n_settings)
            status = rqa__store_fail_damaged(bs->store, "the number of a setting");
    if (status)
        return status;
    if ((uint64_t)n_settings < SIZE_MAX) {
        bs->n_settings = (size_t)n_settings + 1;
        bs->in_unit = rqa__alloc_array(bs->n_settings, sizeof *bs->in_unit);
    }
    if (!bs->in_unit)
        return rqa__fail_memory("the settings of a batch");
    for (size_t k = 0; k < bs->n_settings; k++)
        bs->in_unit[k] = -1;
    for (size_t k = 0; k < n; k++)
        bs->in_unit[bs->setting[k]] = (int32_t)rqa__grid_unit_combination(grid, k);
    return RQA_OK;
}

static const char *const relation_names[] = {"auto", "cross", "joint"};
static const char *const compare_names[] = {"le", "lt"};
static const char *const unit_names[] = {"data", "std", "max_diameter", "mean_diameter",
                                         "recurrence_rate", "neighbours", "neighbour_rate"};

static const char *const scope_names[] = {"recording", "window"};

static int register_item(struct rqa_batch *batch, rqa__item *item, const char *data,
                         const char *data_y)
{
    const rqa__rules *rules = &item->rules;
    const int has_microstates =
        (rules->measures & RQA_MEASURE_BIT(RQA_MEASURE_MICROSTATE_ENTROPY)) != 0;
    rqa__store_analysis analysis = {
        .data = item->x.series ? data : NULL,
        .data_y = data_y,
        .relation = relation_names[rules->relation - RQA_RELATION_AUTO],
        .norm = rqa_norm_name(rules->norm),
        .convention = rqa_convention_name(rules->convention_id),
        .compare = compare_names[rules->compare - RQA_COMPARE_LE],
        .threshold_unit = unit_names[rules->threshold_unit],
        .theiler_points = rules->theiler_points,
        .theiler_diagonal = rules->theiler_diagonal,
        .theiler_vertical = rules->theiler_vertical,
        .wmin = rules->wmin,
        .trend_border = rules->trend_border,
        .white_exclude = rules->white_exclude,
        .microstate_size = has_microstates ? rules->microstate_size : 0,
        .microstate_theiler = rules->microstate_theiler,
        .border = rqa_border_name(rules->border),
        .ties = rules->ties == RQA_TIES_INDEX ? "index" : NULL,
        .corridor = rules->corridor,
        .threshold_lower = batch->job.grid.analysis.threshold_lower,
        .window = batch->job.grid.window,
        .step = batch->job.grid.step,
        .window_scope = scope_names[batch->job.grid.window_scope],
        .numerics = RQA_NUMERICS_VERSION,
    };
    rqa__store_item named = {item->label,
                             item->mode,
                             (const char *const *)item->key_names,
                             (const char *const *)item->key_values,
                             item->n_keys,
                             item->status,
                             item->text ? item->text : rqa_status_text(item->status)};
    return rqa__store_item_add(batch->store->store, &named, &analysis, &item->analysis_id,
                               &item->store_id);
}

/* What marking the settings of stored rows needs. */
typedef struct marking {
    const struct rqa__batch_store *bs;
    uint8_t *present;
    uint64_t n_marked;
    uint64_t n_windows;
    int has_windows;
} marking;

static void mark(void *arg, int64_t setting, int64_t window)
{
    marking *m = arg;
    if (setting < 0 || (uint64_t)setting >= m->bs->n_settings || m->bs->in_unit[setting] < 0)
        return;
    if (m->has_windows ? window < 0 || (uint64_t)window >= m->n_windows : window >= 0)
        return;
    const uint64_t row = (uint64_t)m->bs->in_unit[setting] * m->n_windows +
                         (m->has_windows ? (uint64_t)window : 0);
    m->n_marked += !m->present[row];
    m->present[row] = 1;
}

/* A stored unit either has all that the batch asks for, or less of it, or contradicts it. */
static int mark_unit(struct rqa_batch *batch, const rqa__item *item, marking *m,
                     const rqa__stored_unit *stored)
{
    uint64_t wanted = m->bs->measures, shared = stored->measures & wanted;
    if (shared == wanted)
        return rqa__store_unit_settings(batch->store->store, stored, mark, m);
    if (shared == stored->measures)
        return RQA_OK;
    marking other = *m;
    other.present =
        rqa__calloc(1, (size_t)rqa__grid_unit_rows(&batch->job.grid, item->n_windows));
    other.n_marked = 0;
    if (!other.present)
        return rqa__fail_memory("the rows of a batch");
    int status = rqa__store_unit_settings(batch->store->store, stored, mark, &other);
    rqa__free(other.present);
    if (status || !other.n_marked)
        return status;
    int32_t extra = 0;
    while (!((stored->measures & ~wanted) >> extra & 1))
        extra++;
    return rqa__fail(RQA_ERROR_STORE_CONFLICT,
                     "the store has results of \"%.100s\" with %s, which is not asked for, and "
                     "without others that are; ask for %s too, or use another store",
                     item->label, rqa_measure_name(extra), rqa_measure_name(extra));
}

int rqa__entry_refresh(struct rqa_batch *batch, uint64_t index, uint64_t *n_new)
{
    struct rqa__batch_store *bs = batch->store;
    rqa__unit *unit = &batch->plan.unit[index];
    const rqa__item *item = &batch->job.item[index / batch->job.grid.n_delays];
    rqa__stored_unit *stored;
    size_t n;
    *n_new = 0;
    int status =
        rqa__store_units(bs->store, item->analysis_id,
                         batch->job.grid.delays[index % batch->job.grid.n_delays], &stored, &n);
    if (status || n == 0 || stored[n - 1].id == unit->last_stored) {
        rqa__free(stored);
        return status;
    }
    unit->last_stored = stored[n - 1].id;
    if (!unit->present)
        unit->present = rqa__calloc(1, (size_t)rqa__batch_unit_rows(batch, index));
    if (!unit->present)
        status = rqa__fail_memory("the rows of a batch");
    marking m = {bs, unit->present, 0, item->n_windows, batch->job.grid.window != 0};
    for (size_t k = 0; k < n && !status; k++)
        status = mark_unit(batch, item, &m, &stored[k]);
    rqa__free(stored);
    *n_new = m.n_marked;
    return status;
}

void rqa__entry_forget(rqa__unit *unit)
{
    rqa__free(unit->present);
    unit->present = NULL;
}

/* Of a unit that was done or was there, how many rows the store lacks. */
static int count_missing(struct rqa_batch *batch, uint64_t index, uint8_t *present, uint64_t *out)
{
    const rqa__item *item = &batch->job.item[index / batch->job.grid.n_delays];
    size_t n_rows = (size_t)rqa__batch_unit_rows(batch, index), n;
    marking m = {batch->store, present, 0, item->n_windows, batch->job.grid.window != 0};
    rqa__stored_unit *stored;
    memset(present, 0, n_rows);
    int status =
        rqa__store_units(batch->store->store, item->analysis_id,
                         batch->job.grid.delays[index % batch->job.grid.n_delays], &stored, &n);
    for (size_t k = 0; k < n && !status; k++)
        if ((stored[k].measures & m.bs->measures) == m.bs->measures)
            status = rqa__store_unit_settings(batch->store->store, &stored[k], mark, &m);
    rqa__free(stored);
    *out += n_rows - m.n_marked;
    return status;
}

/* In a transaction for each item: others want to write too. */
static int verify_item(struct rqa_batch *batch, size_t i, uint8_t *present, uint64_t *n_missing)
{
    struct rqa_store *store = batch->store->store;
    const uint32_t n_delays = batch->job.grid.n_delays;
    if (!batch->job.item[i].x.series || batch->job.item[i].status)
        return RQA_OK;
    int status = rqa__store_begin(store, &batch->sync.cancel);
    if (status)
        return status;
    rqa__store_listen(store, &batch->sync.cancel);
    for (uint32_t t = 0; t < n_delays && !status; t++)
        if (batch->plan.unit[i * n_delays + t].in_shard)
            status = count_missing(batch, i * n_delays + t, present, n_missing);
    return rqa__store_end(store, status);
}

/* Nobody else has written to the store since it was entered: what was put or found there is there. */
static int check_untouched(const struct rqa_batch *batch, int *untouched)
{
    struct rqa_store *store = batch->store->store;
    int64_t version = 0;
    int status = rqa__store_begin(store, &batch->sync.cancel);
    if (status)
        return status;
    status = rqa__store_end(store, rqa__store_data_version(store, &version));
    *untouched = version == batch->store->data_version;
    return status;
}

/* Other programs may write to the store as well. */
int rqa__entry_verify(struct rqa_batch *batch)
{
    uint64_t n_missing = 0;
    int untouched = 0, status = check_untouched(batch, &untouched);
    if (!status && untouched)
        return RQA_OK;
    uint8_t *present = status ? NULL : rqa__alloc((size_t)rqa__batch_most_unit_rows(batch));
    if (!status && !present)
        status = rqa__fail_memory("the rows of a batch");
    for (size_t i = 0; i < batch->job.n_items && !status; i++)
        status = verify_item(batch, i, present, &n_missing);
    rqa__free(present);
    if (status == RQA_ERROR_CANCELLED) /* too late: all is done, and only not looked at again */
        return RQA_OK;
    if (status || !n_missing)
        return status;
    return rqa__fail(RQA_ERROR_STORE,
                     "%.300s lacks %llu results that this batch has put or found there: another "
                     "program has changed it meanwhile; run the batch again",
                     batch->store->store->path, (unsigned long long)n_missing);
}

/* Registers an item and takes what is there off the account. */
static int enter_item(struct rqa_batch *batch, size_t i, const char *data, const char *data_y)
{
    rqa__item *item = &batch->job.item[i];
    int status = register_item(batch, item, data, data_y);
    for (uint32_t t = 0; t < batch->job.grid.n_delays && !status; t++) {
        uint64_t u = (uint64_t)i * batch->job.grid.n_delays + t, n_new = 0;
        rqa__unit *unit = &batch->plan.unit[u];
        if (!unit->in_shard)
            continue;
        if (item->x.series)
            status = rqa__entry_refresh(batch, u, &n_new);
        rqa__mutex_lock(&batch->sync.mutex);
        if (n_new)
            rqa__batch_skip_rows_locked(batch, u, n_new);
        rqa__mutex_unlock(&batch->sync.mutex);
        if (!item->x.series)
            rqa__batch_end_unit(batch, u, item->status, "");
        if (unit->n_rows == 0)
            rqa__entry_forget(unit);
    }
    return status;
}

typedef struct hashes {
    char x[RQA__HASH_ROOM], y[RQA__HASH_ROOM];
} hashes;

static void hash_item(const rqa__item *item, hashes *out)
{
    memset(out, 0, sizeof *out);
    if (item->x.series)
        rqa__content_hash(item->x.series, item->x.channel_first, item->x.channel_count, out->x);
    if (item->x.series && item->has_y)
        rqa__content_hash(item->y.series, item->y.channel_first, item->y.channel_count, out->y);
}

static int check_cancelled(const struct rqa_batch *batch)
{
    return atomic_load(&batch->sync.cancel) ? rqa__fail(RQA_ERROR_CANCELLED, "cancelled") : RQA_OK;
}

/* Numbers that went with the transaction: the store gives them to others. */
static void forget_items(struct rqa_batch *batch)
{
    struct rqa_store *store = batch->store->store;
    rqa__mutex_lock(&store->mutex);
    for (size_t i = 0; i < batch->job.n_items; i++)
        batch->job.item[i].analysis_id = batch->job.item[i].store_id = 0;
    rqa__mutex_unlock(&store->mutex);
}

static int enter_items(struct rqa_batch *batch, const hashes *hash, rqa__store_older *older)
{
    struct rqa_store *store = batch->store->store;
    int status = rqa__store_begin(store, &batch->sync.cancel);
    if (status)
        return status;
    rqa__store_listen(store, &batch->sync.cancel);
    status = rqa__store_numerics_turn(store, RQA_NUMERICS_VERSION, older);
    if (!status)
        status = rqa__store_data_version(store, &batch->store->data_version);
    if (!status)
        status = register_settings(batch);
    for (size_t i = 0; i < batch->job.n_items && !status; i++) {
        status = check_cancelled(batch);
        if (!status && rqa__item_in_shard(batch, i))
            status = enter_item(batch, i, hash[i].x, hash[i].y);
    }
    status = rqa__store_end(store, status);
    if (status)
        forget_items(batch);
    return status;
}

/* Contents are hashed before the store is held. */
int rqa__entry_make(struct rqa_batch *batch)
{
    hashes *hash = rqa__alloc_array(batch->job.n_items, sizeof *hash);
    int status = hash ? RQA_OK : rqa__fail_memory("the items of a batch");
    for (size_t i = 0; i < batch->job.n_items && !status; i++) {
        status = check_cancelled(batch);
        if (!status)
            hash_item(&batch->job.item[i], &hash[i]);
    }
    rqa__store_older older = {0, 0};
    if (!status)
        status = enter_items(batch, hash, &older);
    if (!status && older.numerics)
        rqa__context_log(batch->context, RQA_LOG_WARNING,
                         "%.300s: its %lld results are of numerics version %d; they stay in its view "
                         "results_older, and are computed anew by version %d",
                         batch->store->store->path, (long long)older.n_rows, (int)older.numerics,
                         RQA_NUMERICS_VERSION);
    rqa__free(hash);
    return status;
}
