/* batch_memory.c - what a batch takes of memory, and what it does with less.
 *
 * Rows in flight take some, and each thread what its unit needs. Where that is more than the limit,
 * units are computed in slices (cpu_plan.h), on as many threads as makes the largest unit fastest:
 * more threads leave less to each, and smaller slices take longer.
 */
#include "batch/batch_memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "backend/cpu_plan.h"
#include "base/error.h"
#include "batch/batch_accounts.h"
#include "batch/batch_queue.h"
#include "batch/batch_task.h"
#include "batch/batch_team.h"
#include "batch/batch_unit.h"
#include "batch/batch_windows.h"
#include "batch/batch_writer.h"

/* Items begun and not yet delivered, at most: enough for each thread, and to fill a device, for
 * which rows worth so many bytes may be open. Where memory is short, rows get this share of what is
 * left when each thread has its smallest slice. */
enum { ITEMS_AHEAD = 4, DEVICE_ROWS_BYTES = 1 << 25, ROWS_SHARE = 4 };
/* The task of a unit that is ours; 0 when there is nothing to run. */
static int task_of(rqa__task *task, const struct rqa_batch *batch, uint64_t unit)
{
    return unit < batch->plan.n_units && batch->plan.unit[unit].in_shard &&
           rqa__batch_task(task, batch, unit);
}

/* Who may compute at the same time; devices take a thread's place for what they cannot. */
static uint64_t n_hands(const struct rqa_batch *batch, unsigned n_threads)
{
    return n_threads + (batch->plan.may_leave_devices ? batch->plan.n_devices : 0);
}

/* ---- rows in flight ---- */

/* Of an item, or, with a store, of a unit on its way to it. */
static uint64_t row_bytes(const struct rqa_batch *batch)
{
    if (batch->store)
        return rqa__writer_parcel_bytes(batch);
    if (batch->job.table_values)
        return 0;
    const uint64_t reached = batch->job.grid.has_rates ? RQA__REACHED * sizeof(double) : 0;
    return rqa__grid_item_rows(&batch->job.grid, batch->job.most_windows) *
           (batch->job.grid.n_measures * (sizeof(double) + 1) + reached);
}

static uint64_t most_ahead(const struct rqa_batch *batch, unsigned n_threads)
{
    if (batch->store)
        return rqa__writer_parcels(batch, n_threads);
    uint64_t n = n_threads + (uint64_t)ITEMS_AHEAD;
    if (batch->plan.n_devices > 0 && row_bytes(batch) > 0)
        n += DEVICE_ROWS_BYTES / row_bytes(batch);
    return n < batch->job.n_items ? n : batch->job.n_items;
}

/* So that each thread has something to do: a unit, and those of an item are its delays. */
static uint64_t least_ahead(const struct rqa_batch *batch, unsigned n_threads)
{
    uint64_t n = batch->store
                     ? n_threads
                     : 1 + (n_threads + batch->job.grid.n_delays - 2u) / batch->job.grid.n_delays;
    uint64_t most = most_ahead(batch, n_threads);
    return n < most ? n : most;
}

/* ---- the plan ---- */

/* The list of units, its order, their queue, and what each worker knows of the unit in hand. */
static uint64_t own_bytes(const struct rqa_batch *batch, unsigned n_threads)
{
    const uint64_t n_units = batch->plan.n_units;
    return n_units * (sizeof *batch->plan.unit + sizeof(uint64_t)) +
           rqa__queue_bytes((size_t)n_units) +
           n_hands(batch, n_threads) * batch->plan.worker_bytes;
}

static void set_plan(struct rqa_batch *batch, unsigned n_threads, uint64_t n_ahead)
{
    uint64_t limit = batch->context->memory_limit_bytes;
    uint64_t n_bytes = n_ahead * row_bytes(batch) + own_bytes(batch, n_threads);
    batch->plan.n_cpu = n_threads;
    batch->plan.n_ahead = (size_t)n_ahead;
    batch->plan.together_bytes = limit > n_bytes ? limit - n_bytes : 0;
    batch->plan.apart_bytes = batch->plan.together_bytes / n_hands(batch, n_threads);
}

/* The least that a batch takes on so many threads, where its units need so much at least; and that
 * without any rows. */
static uint64_t rowless_bytes(const struct rqa_batch *batch, unsigned n_threads,
                              uint64_t unit_bytes)
{
    return own_bytes(batch, n_threads) + n_hands(batch, n_threads) * unit_bytes;
}

static uint64_t least_bytes(const struct rqa_batch *batch, unsigned n_threads, uint64_t unit_bytes)
{
    return rowless_bytes(batch, n_threads, unit_bytes) +
           least_ahead(batch, n_threads) * row_bytes(batch);
}

/* Few rows, and the rest for computing; 0: too many threads. */
static int plan_tightly(struct rqa_batch *batch, unsigned n_threads, uint64_t unit_bytes)
{
    uint64_t limit = batch->context->memory_limit_bytes, one = row_bytes(batch);
    if (least_bytes(batch, n_threads, unit_bytes) > limit)
        return 0;
    uint64_t n = least_ahead(batch, n_threads), most = most_ahead(batch, n_threads);
    if (one > 0) {
        uint64_t share = (limit - rowless_bytes(batch, n_threads, unit_bytes)) / ROWS_SHARE / one;
        n = share < n ? n : share < most ? share : most;
    }
    set_plan(batch, n_threads, n);
    return 1;
}

/* All threads, whole units, every row: what a batch takes if nothing limits it. */
static uint64_t plan_freely(struct rqa_batch *batch, uint64_t largest)
{
    rqa__task task;
    unsigned n = batch->plan.n_cpu;
    uint64_t n_ahead = most_ahead(batch, n);
    uint64_t n_bytes = n_ahead * row_bytes(batch) + own_bytes(batch, n);
    set_plan(batch, n, n_ahead);
    if (!task_of(&task, batch, largest))
        return n_bytes;
    const rqa__plan *plan = &batch->plan.unit[largest].plan;
    uint64_t apart = n_hands(batch, n) * plan->n_bytes;
    uint64_t together = rqa__cpu_memory(&task, plan->strategy, n);
    return n_bytes + (apart > together ? apart : together);
}

/* The most that the smallest slice of any unit needs. */
static uint64_t survey_slices(const struct rqa_batch *batch)
{
    uint64_t most = 0;
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        rqa__task task;
        uint64_t n_bytes = task_of(&task, batch, u) ? rqa__least_memory(&task, 1) : 0;
        most = n_bytes > most ? n_bytes : most;
    }
    return most;
}

/* What all threads take for the largest unit, each thread for its own or all for one. */
static double predicted_time(const struct rqa_batch *batch, uint64_t largest)
{
    const unsigned n = batch->plan.n_cpu;
    rqa__task task;
    rqa__plan plan;
    if (!task_of(&task, batch, largest))
        return 0;
    if (rqa__batch_is_large(batch, largest, n) &&
        rqa__unit_plan(&plan, batch, largest, &task, n, batch->plan.together_bytes))
        return plan.cost / n;
    return rqa__unit_plan(&plan, batch, largest, &task, 1, batch->plan.apart_bytes) ? plan.cost / n
                                                                             : INFINITY;
}

/* Of those numbers of threads that can work at all, the one whose slices of the largest unit, as
 * others have less, are fastest; 0: none can. */
static int choose_plan(struct rqa_batch *batch, uint64_t unit_bytes, uint64_t largest)
{
    unsigned best = 0;
    double least = INFINITY;
    for (unsigned n = batch->plan.n_cpu; n > 0; n -= 1 + n / 8) { /* from many on, not every one */
        if (!plan_tightly(batch, n, unit_bytes))
            continue;
        double time = predicted_time(batch, largest);
        if (best == 0 || time < least) {
            best = n;
            least = time;
        }
    }
    return best > 0 && plan_tightly(batch, best, unit_bytes);
}

/* Every unit gets the plan that there is memory for; slices take longer than the whole. */
static void plan_units(struct rqa_batch *batch)
{
    double before = batch->progress.cost_total;
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        rqa__unit *unit = &batch->plan.unit[u];
        const double whole = unit->plan.cost;
        rqa__task task;
        if (!rqa__batch_task(&task, batch, u) ||
            !rqa__unit_plan(&unit->plan, batch, u, &task, 1, batch->plan.apart_bytes))
            continue;
        if (unit->cost > 0 && unit->plan.cost > whole)
            rqa__batch_set_cost(batch, u, unit->cost * unit->plan.cost / whole);
    }
    for (size_t k = 0; k < batch->plan.n_devices; k++)
        batch->plan.device[k].speed *= before > 0 ? batch->progress.cost_total / before : 1;
}

/* In words, how the largest unit is computed. */
static void describe(char *text, size_t room, const struct rqa_batch *batch, uint64_t largest)
{
    const rqa__plan *plan = &batch->plan.unit[largest].plan;
    rqa__task task;
    *text = 0;
    if (task_of(&task, batch, largest))
        snprintf(text, room,
                 "; the largest unit by %s, %u of %u dims and %u of %u thresholds at once",
                 rqa__strategy_words(plan->strategy), plan->n_dims, task.n_dims, plan->n_thresholds,
                 task.n_thresholds);
}

static void tell(struct rqa_batch *batch, unsigned wanted, uint64_t largest)
{
    char how[128];
    describe(how, sizeof how, batch, largest);
    snprintf(batch->plan.memory_note, sizeof batch->plan.memory_note,
             "%u of %u threads, for the memory limit of %" PRIu64 " bytes%s", batch->plan.n_cpu,
             wanted, batch->context->memory_limit_bytes, how);
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %s", batch->plan.memory_note);
}

/* What a search takes at once is a share of the limit, if there is room for it: with just what a refusal
 * names there is none. */
static void plan_searches(struct rqa_batch *batch, int least)
{
    batch->plan.searches_least = least;
    batch->plan.worker_bytes = rqa__unit_worker_bytes(batch);
}

static int choose_least_plan(struct rqa_batch *batch, uint64_t unit_bytes, uint64_t largest)
{
    plan_searches(batch, 1);
    return choose_plan(batch, unit_bytes, largest);
}

/* What an analysis of a window takes only its samples say. */
static int some_windows_are_analyses(const struct rqa_batch *batch)
{
    for (size_t i = 0; batch->job.grid.window && i < batch->job.n_items; i++)
        if (rqa__item_windows_are_analyses(&batch->job.grid, &batch->job.item[i]))
            return 1;
    return 0;
}

static int refuse(const struct rqa_batch *batch, uint64_t n_bytes)
{
    return rqa__fail(RQA_ERROR_MEMORY_LIMIT,
                     "the batch, on one thread and in the smallest parts, needs %s%" PRIu64
                     " bytes; the context's memory limit is %" PRIu64 " bytes",
                     some_windows_are_analyses(batch) ? "at least " : "", n_bytes,
                     batch->context->memory_limit_bytes);
}

int rqa__batch_fit_memory(struct rqa_batch *batch, uint64_t largest)
{
    unsigned wanted = batch->plan.n_cpu;
    batch->plan.memory_note[0] = 0;
    plan_searches(batch, 0);
    if (plan_freely(batch, largest) <= batch->context->memory_limit_bytes)
        return RQA_OK;
    uint64_t unit_bytes = survey_slices(batch);
    if (!choose_plan(batch, unit_bytes, largest) && !choose_least_plan(batch, unit_bytes, largest))
        return refuse(batch, least_bytes(batch, 1, unit_bytes));
    plan_units(batch);
    tell(batch, wanted, largest);
    if (batch->plan.choice.backend != RQA_BACKEND_GPU)
        batch->plan.choice.n_threads = batch->plan.n_cpu;
    return RQA_OK;
}
