/* store_order.c - the settings of a store in the order in which results are read, and its reasons
 * by number. */
#include "store/store_order.h"

#include <stdlib.h>

#include "base/memory.h"
#include "store/store_state.h"

static int has_integer(const uint32_t *list, uint32_t n, uint32_t value)
{
    for (uint32_t k = 0; k < n; k++)
        if (list[k] == value)
            return 1;
    return n == 0;
}

int rqa__store_order_has_delay(const rqa_store_filter *f, uint32_t delay)
{
    return has_integer(f->delays, f->n_delays, delay);
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
    return has_integer(f->dims, f->n_dims, s->dim) && rqa__store_order_has_delay(f, s->delay) &&
           has_number(f->thresholds, f->n_thresholds, s->threshold) &&
           has_integer(f->lmins, f->n_lmins, s->lmin) && has_integer(f->vmins, f->n_vmins, s->vmin);
}

static int compare_listed(const void *a, const void *b)
{
    const rqa__setting *x = &((const rqa__store_listed *)a)->setting,
                       *y = &((const rqa__store_listed *)b)->setting;
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

static int read_settings(struct rqa_store *store, const rqa_store_filter *filter, size_t n,
                         rqa__store_order *order)
{
    sqlite3_stmt *list = NULL;
    int status = rqa__store_prepare(
        store, "SELECT id, dim, delay, threshold, lmin, vmin FROM setting", &list);
    size_t n_read = 0;
    for (int row = 1; !status && row && n_read < n;) {
        status = rqa__store_step(store, list, &row, "read");
        if (status || !row)
            break;
        n_read++;
        rqa__store_listed one = {.id = sqlite3_column_int64(list, 0)};
        if (one.id < 1 || (uint64_t)one.id > n)
            status = rqa__store_fail_damaged(store, "the number of a setting");
        one.setting = (rqa__setting){.dim = (uint32_t)sqlite3_column_int64(list, 1),
                                     .delay = (uint32_t)sqlite3_column_int64(list, 2),
                                     .threshold = sqlite3_column_double(list, 3),
                                     .lmin = (uint32_t)sqlite3_column_int64(list, 4),
                                     .vmin = (uint32_t)sqlite3_column_int64(list, 5)};
        if (passes(filter, &one.setting))
            order->setting[order->n_settings++] = one;
    }
    sqlite3_finalize(list);
    return status;
}

static int load_settings(struct rqa_store *store, const rqa_store_filter *filter,
                         rqa__store_order *order)
{
    int64_t n;
    int status = rqa__store_count_settings(store, &n);
    if (status)
        return status;
    if ((uint64_t)n >= SIZE_MAX)
        return rqa__fail_memory("the settings of a store");
    order->n_ranks = (size_t)n + 1;
    order->setting = rqa__alloc_array((size_t)n, sizeof *order->setting);
    order->rank = rqa__alloc_array(order->n_ranks, sizeof *order->rank);
    if (!order->setting || !order->rank)
        return rqa__fail_memory("the settings of a store");
    status = read_settings(store, filter, (size_t)n, order);
    if (status)
        return status;
    if (order->n_settings)
        qsort(order->setting, order->n_settings, sizeof *order->setting, compare_listed);
    for (size_t k = 0; k < order->n_ranks; k++)
        order->rank[k] = -1;
    for (size_t k = 0; k < order->n_settings; k++)
        order->rank[order->setting[k].id] = (int64_t)k;
    return RQA_OK;
}

static int load_reasons(struct rqa_store *store, rqa__store_order *order)
{
    int64_t n;
    int status = rqa__store_count_reasons(store, &n);
    if (status)
        return status;
    if ((uint64_t)n < SIZE_MAX)
        order->reason = rqa__calloc((size_t)n + 1, sizeof *order->reason);
    if (!order->reason)
        return rqa__fail_memory("the reasons of a store");
    order->n_reasons = (size_t)n + 1;
    sqlite3_stmt *list;
    status = rqa__store_prepare(store, "SELECT id, text FROM reason", &list);
    for (int row = 1; !status && row;) {
        status = rqa__store_step(store, list, &row, "read");
        if (status || !row)
            break;
        int64_t id = sqlite3_column_int64(list, 0);
        const char *text = (const char *)sqlite3_column_text(list, 1);
        if (id < 1 || id > n || order->reason[id])
            status = rqa__store_fail_damaged(store, "the number of a reason");
        else if (!(order->reason[id] = rqa__strdup(text ? text : "")))
            status = rqa__fail_memory("the reasons of a store");
    }
    sqlite3_finalize(list);
    return status;
}

int rqa__store_order_load(rqa__store_order *order, struct rqa_store *store,
                          const rqa_store_filter *filter)
{
    const int status = load_settings(store, filter, order);
    return status ? status : load_reasons(store, order);
}

void rqa__store_order_free(rqa__store_order *order)
{
    for (size_t k = 0; k < order->n_reasons; k++)
        rqa__free(order->reason[k]);
    rqa__free(order->reason);
    rqa__free(order->setting);
    rqa__free(order->rank);
}
