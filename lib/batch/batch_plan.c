/* batch_plan.c - before the first unit runs: costs, shard, backend. */
#include <stdlib.h>

#include "base/memory.h"
#include "batch/batch_state.h"

static double unit_operations(const rqa__task *task)
{
    double operations = 0;
    for (uint32_t d = 0; d < task->n_dims; d++)
        operations += (double)rqa__side_vectors(&task->x, d) *
                      (double)rqa__side_vectors(&task->y, d) * task->n_thresholds;
    return operations;
}

typedef struct dealt {
    double cost;
    uint64_t unit;
} dealt;

static int compare_dealt(const void *a, const void *b)
{
    const dealt *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

int rqa__batch_sort(const struct rqa_batch *batch, uint64_t *units, size_t n)
{
    dealt *order = rqa__alloc_array(n, sizeof *order);
    if (!order)
        return rqa__fail_memory("the order of the units");
    for (size_t k = 0; k < n; k++)
        order[k] = (dealt){batch->unit[units[k]].cost, units[k]};
    qsort(order, n, sizeof *order, compare_dealt);
    for (size_t k = 0; k < n; k++)
        units[k] = order[k].unit;
    rqa__free(order);
    return RQA_OK;
}

/* Largest first, each to the shard that has least. Costs do not depend on the machine, so that
 * all machines deal alike. */
static int deal_shards(struct rqa_batch *batch, const double *cost)
{
    double *load = rqa__calloc(batch->shard_count, sizeof *load);
    dealt *order = rqa__alloc_array((size_t)batch->n_units, sizeof *order);
    if (!load || !order) {
        rqa__free(load);
        rqa__free(order);
        return rqa__fail_memory("the shards of a batch");
    }
    for (uint64_t u = 0; u < batch->n_units; u++)
        order[u] = (dealt){cost[u], u};
    qsort(order, (size_t)batch->n_units, sizeof *order, compare_dealt);
    for (uint64_t k = 0; k < batch->n_units; k++) {
        uint32_t least = 0;
        for (uint32_t s = 1; s < batch->shard_count; s++)
            if (load[s] < load[least])
                least = s;
        /* A unit that costs nothing still takes its turn. */
        load[least] += order[k].cost + 1;
        batch->unit[order[k].unit].in_shard = least + 1 == batch->shard_index;
    }
    rqa__free(load);
    rqa__free(order);
    return RQA_OK;
}

static int choose_shard(struct rqa_batch *batch)
{
    if (batch->shard_count <= 1) {
        for (uint64_t u = 0; u < batch->n_units; u++)
            batch->unit[u].in_shard = 1;
        return RQA_OK;
    }
    double *cost = rqa__alloc_array((size_t)batch->n_units, sizeof *cost);
    if (!cost)
        return rqa__fail_memory("the shards of a batch");
    const rqa__profile same_everywhere = {.bits_scale = 1, .sweep_scale = 1, .thread_speedup = 1};
    for (uint64_t u = 0; u < batch->n_units; u++) {
        rqa__task task;
        cost[u] = rqa__batch_task(&task, batch, u) ? rqa__cost(&same_everywhere, &task) : 0;
    }
    int status = deal_shards(batch, cost);
    rqa__free(cost);
    return status;
}

/* Costs, operations and the unit that takes most memory, of those in the shard. */
static void survey(struct rqa_batch *batch, double *operations, uint64_t *largest)
{
    const rqa__profile *profile = &batch->context->profile;
    size_t most_bytes = 0;
    *operations = 0;
    *largest = 0;
    batch->cost_total = 0;
    batch->pace = (rqa__pace){0};
    batch->n_rows = 0;
    for (uint64_t u = 0; u < batch->n_units; u++) {
        rqa__unit *unit = &batch->unit[u];
        rqa__task task;
        unit->cost = 0;
        unit->n_rows = unit->in_shard ? rqa__batch_unit_rows(batch) : 0;
        unit->state = unit->in_shard ? RQA__UNIT_OPEN : RQA__UNIT_ENDED;
        batch->n_rows += unit->n_rows;
        if (!unit->in_shard || !rqa__batch_task(&task, batch, u))
            continue;
        unit->cost = rqa__cost(profile, &task);
        *operations += unit_operations(&task);
        size_t bytes = rqa__cpu_memory(&task, rqa__strategy(profile, &task), 1);
        if (bytes > most_bytes) {
            most_bytes = bytes;
            *largest = u;
        }
    }
    rqa__batch_weigh(batch);
    for (uint64_t u = 0; u < batch->n_units; u++) {
        batch->cost_total += batch->unit[u].cost;
        rqa__pace_add(&batch->pace, batch->unit[u].cost);
    }
}

/* Every device that has not failed before takes part. */
static int list_devices(struct rqa_batch *batch, double operations)
{
    int32_t backend = batch->choice.backend;
    rqa__free(batch->device);
    batch->device = NULL;
    batch->n_devices = 0;
    if (backend != RQA_BACKEND_GPU && backend != RQA_BACKEND_HYBRID)
        return RQA_OK;
    const rqa__device_list *list = rqa__devices_of(batch->context);
    batch->device = rqa__calloc(list->n_devices, sizeof *batch->device);
    if (!batch->device)
        return rqa__fail_memory("the devices of a batch");
    for (size_t k = 0; k < list->n_devices; k++) {
        rqa__device *device = &list->device[k];
        if (rqa__device_has_failed(device))
            continue;
        double ns = rqa__device_ns(&batch->context->profile, device, operations);
        double speed = batch->cost_total / ns;
        batch->device[batch->n_devices++] =
            (rqa__batch_device){.device = device, .index = k, .speed = speed > 0 ? speed : 1};
    }
    return RQA_OK;
}

/* Threads that compute, or may have to where the devices cannot. */
static void choose_threads(struct rqa_batch *batch)
{
    const rqa__choice *choice = &batch->choice;
    int is_auto = batch->is_auto = batch->grid.analysis.backend == RQA_BACKEND_AUTO &&
                                   batch->context->forced_backend == RQA_BACKEND_AUTO;
    batch->may_leave_devices = choice->backend == RQA_BACKEND_HYBRID || is_auto;
    batch->n_cpu = choice->backend == RQA_BACKEND_GPU && is_auto ? batch->context->n_threads
                                                                 : choice->n_threads;
}

void rqa__batch_units_free(struct rqa_batch *batch)
{
    for (uint64_t u = 0; batch->unit && u < batch->n_units; u++)
        rqa__free(batch->unit[u].present);
    rqa__free(batch->unit);
    batch->unit = NULL;
}

int rqa__batch_prepare(struct rqa_batch *batch)
{
    double operations;
    uint64_t largest;
    rqa__batch_units_free(batch);
    for (size_t i = 0; i < batch->n_items; i++)
        batch->item[i].n_units_left = 0;
    batch->n_units = (uint64_t)batch->n_items * batch->grid.n_delays;
    batch->unit = batch->n_units <= SIZE_MAX / sizeof *batch->unit
                      ? rqa__calloc((size_t)batch->n_units, sizeof *batch->unit)
                      : NULL;
    if (!batch->unit)
        return rqa__fail_memory("the units of a batch");
    int status = choose_shard(batch);
    if (status)
        return status;
    survey(batch, &operations, &largest);
    status = rqa__select_backend_for(&batch->choice, batch->context, batch->grid.analysis.backend,
                                     operations, batch->cost_total,
                                     RQA__WORK_ON_GPU | RQA__WORK_HYBRID);
    choose_threads(batch);
    if (!status)
        status = list_devices(batch, operations);
    if (!status)
        status = rqa__batch_fit_memory(batch, largest);
    if (!status)
        rqa__context_log(batch->context, RQA_LOG_INFO, "batch: backend %s (%s)",
                         rqa_backend_name(batch->choice.backend), batch->choice.reason);
    return status;
}
