/* batch_plan.c - before the first unit runs: units, shard, costs, backend. */
#include "batch/batch_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_plan.h"
#include "base/memory.h"
#include "batch/batch_costs.h"
#include "batch/batch_memory.h"
#include "batch/batch_task.h"

static double unit_operations(const rqa__task *task)
{
    double operations = 0;
    for (uint32_t d = 0; d < task->n_dims; d++)
        operations += rqa__task_pairs(task, d) * task->n_thresholds;
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

/* Largest first, each to the shard that has least. Costs do not depend on the machine, so that
 * all machines deal alike. */
static int deal_shards(struct rqa_batch *batch, const double *cost)
{
    double *load = rqa__calloc(batch->job.shard_count, sizeof *load);
    dealt *order = rqa__alloc_array((size_t)batch->plan.n_units, sizeof *order);
    if (!load || !order) {
        rqa__free(load);
        rqa__free(order);
        return rqa__fail_memory("the shards of a batch");
    }
    for (uint64_t u = 0; u < batch->plan.n_units; u++)
        order[u] = (dealt){cost[u], u};
    qsort(order, (size_t)batch->plan.n_units, sizeof *order, compare_dealt);
    for (uint64_t k = 0; k < batch->plan.n_units; k++) {
        uint32_t least = 0;
        for (uint32_t s = 1; s < batch->job.shard_count; s++)
            if (load[s] < load[least])
                least = s;
        /* A unit that costs nothing still takes its turn. */
        load[least] += order[k].cost + 1;
        batch->plan.unit[order[k].unit].in_shard = least + 1 == batch->job.shard_index;
    }
    rqa__free(load);
    rqa__free(order);
    return RQA_OK;
}

static int choose_shard(struct rqa_batch *batch)
{
    if (batch->job.shard_count <= 1) {
        for (uint64_t u = 0; u < batch->plan.n_units; u++)
            batch->plan.unit[u].in_shard = 1;
        return RQA_OK;
    }
    double *cost = rqa__alloc_array((size_t)batch->plan.n_units, sizeof *cost);
    if (!cost)
        return rqa__fail_memory("the shards of a batch");
    const rqa__profile same_everywhere = {
        .level = RQA__LEVEL_AVX512, .bits_scale = 1, .sweep_scale = 1, .thread_speedup = 1};
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        rqa__task task;
        cost[u] = rqa__batch_task(&task, batch, u)
                      ? rqa__unit_cost(batch, u, &task, &same_everywhere)
                      : 0;
    }
    int status = deal_shards(batch, cost);
    rqa__free(cost);
    return status;
}

/* What of a unit is ours to compute; and how, if memory does. */
static void survey_unit(struct rqa_batch *batch, uint64_t index, double *operations)
{
    rqa__unit *unit = &batch->plan.unit[index];
    rqa__task task;
    unit->cost = 0;
    unit->weight = 1;
    unit->n_rows = unit->in_shard ? rqa__batch_unit_rows(batch, index) : 0;
    unit->state = unit->in_shard ? RQA__UNIT_OPEN : RQA__UNIT_ENDED;
    batch->plan.n_rows += unit->n_rows;
    if (!rqa__batch_task(&task, batch, index))
        return;
    rqa__unit_plan(&unit->plan, batch, index, &task, 1, UINT64_MAX);
    unit->passes = rqa__unit_passes(batch, index, &task, &batch->context->profile);
    if (!unit->in_shard)
        return;
    unit->cost = unit->plan.cost;
    *operations += unit_operations(&task) * (double)rqa__batch_item_of(batch, index)->n_windows;
}

/* Costs, operations and the unit that takes most memory, of those in the shard. */
static void survey(struct rqa_batch *batch, double *operations, uint64_t *largest)
{
    size_t most_bytes = 0;
    *operations = 0;
    *largest = 0;
    batch->progress.cost_total = 0;
    batch->progress.pace = (rqa__pace){0};
    batch->plan.n_rows = 0;
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        const rqa__unit *unit = &batch->plan.unit[u];
        survey_unit(batch, u, operations);
        if (unit->in_shard && unit->plan.n_bytes > most_bytes) {
            most_bytes = unit->plan.n_bytes;
            *largest = u;
        }
    }
    rqa__batch_weigh(batch);
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        batch->progress.cost_total += batch->plan.unit[u].cost;
        rqa__pace_add(&batch->progress.pace, batch->plan.unit[u].cost);
    }
}

/* Every device that has not failed before takes part. */
static int list_devices(struct rqa_batch *batch, double operations)
{
    int32_t backend = batch->plan.choice.backend;
    rqa__free(batch->plan.device);
    batch->plan.device = NULL;
    batch->plan.n_devices = 0;
    if (backend != RQA_BACKEND_GPU && backend != RQA_BACKEND_HYBRID)
        return RQA_OK;
    const rqa__device_list *list = rqa__devices_of(batch->context);
    batch->plan.device = rqa__calloc(list->n_devices, sizeof *batch->plan.device);
    if (!batch->plan.device)
        return rqa__fail_memory("the devices of a batch");
    for (size_t k = 0; k < list->n_devices; k++) {
        rqa__device *device = &list->device[k];
        if (rqa__device_has_failed(device))
            continue;
        double ns = rqa__device_ns(&batch->context->profile, device, operations);
        double speed = batch->progress.cost_total / ns;
        batch->plan.device[batch->plan.n_devices++] =
            (rqa__batch_device){.device = device, .index = k, .speed = speed > 0 ? speed : 1};
    }
    return RQA_OK;
}

/* Threads that compute, or may have to where the devices cannot. */
static void choose_threads(struct rqa_batch *batch)
{
    const rqa__choice *choice = &batch->plan.choice;
    int is_auto = batch->plan.is_auto = batch->job.grid.analysis.backend == RQA_BACKEND_AUTO &&
                                        batch->context->forced_backend == RQA_BACKEND_AUTO;
    batch->plan.may_leave_devices = choice->backend == RQA_BACKEND_HYBRID || is_auto;
    batch->plan.n_cpu = choice->backend == RQA_BACKEND_GPU && is_auto ? batch->context->n_threads
                                                                      : choice->n_threads;
}

/* What has threads alone compute it, in words; NULL: devices may. */
static const char *threads_alone(const struct rqa_batch *batch)
{
    return batch->job.grid.window ? "windows" : batch->job.grid.limit_words;
}

/* Whoever leaves the choice to librqa is told what kept devices out of it. */
static void tell_of_choice(struct rqa_batch *batch)
{
    rqa__choice *choice = &batch->plan.choice;
    const size_t used = strlen(choice->reason);
    if (batch->plan.is_auto && threads_alone(batch))
        snprintf(choice->reason + used, sizeof choice->reason - used, "; %s run on threads alone",
                 threads_alone(batch));
}

void rqa__batch_units_free(struct rqa_batch *batch)
{
    for (uint64_t u = 0; batch->plan.unit && u < batch->plan.n_units; u++)
        rqa__free(batch->plan.unit[u].present);
    rqa__free(batch->plan.unit);
    batch->plan.unit = NULL;
}

int32_t rqa__batch_backend(const struct rqa_batch *batch)
{
    const int32_t asked = batch->job.grid.analysis.backend, forced = batch->context->forced_backend;
    const int on_gpu = forced == RQA_BACKEND_GPU || forced == RQA_BACKEND_HYBRID;
    return batch->job.grid.window && asked == RQA_BACKEND_AUTO && on_gpu ? RQA_BACKEND_THREADS : asked;
}

unsigned rqa__batch_work(const struct rqa_batch *batch)
{
    return threads_alone(batch) ? 0 : RQA__WORK_ON_GPU | RQA__WORK_HYBRID;
}

int rqa__batch_prepare(struct rqa_batch *batch)
{
    double operations;
    uint64_t largest;
    rqa__batch_units_free(batch);
    for (size_t i = 0; i < batch->job.n_items; i++)
        batch->job.item[i].n_units_left = 0;
    batch->plan.n_units = (uint64_t)batch->job.n_items * batch->job.grid.n_delays;
    batch->plan.unit = batch->plan.n_units <= SIZE_MAX / sizeof *batch->plan.unit
                           ? rqa__calloc((size_t)batch->plan.n_units, sizeof *batch->plan.unit)
                           : NULL;
    if (!batch->plan.unit)
        return rqa__fail_memory("the units of a batch");
    int status = choose_shard(batch);
    if (status)
        return status;
    survey(batch, &operations, &largest);
    status = rqa__select_backend_for(&batch->plan.choice, batch->context, rqa__batch_backend(batch),
                                     operations, batch->progress.cost_total, rqa__batch_work(batch));
    choose_threads(batch);
    tell_of_choice(batch);
    if (!status)
        status = list_devices(batch, operations);
    if (!status)
        status = rqa__batch_fit_memory(batch, largest);
    if (!status)
        rqa__context_log(batch->context, RQA_LOG_INFO, "batch: backend %s (%s)",
                         rqa_backend_name(batch->plan.choice.backend), batch->plan.choice.reason);
    return status;
}
