/* batch_memory.c - what a batch takes of memory, and what it does with less.
 *
 * Rows in flight take some, and each thread what its unit needs. Where that is more than the limit,
 * units are computed in parts (memory_fit.h), on as many threads as makes the batch fastest: more
 * threads leave less to each, and smaller parts take longer.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "batch/batch_state.h"

/* Items begun and not yet delivered, at most: enough for each thread, and to fill a device, for
 * which rows worth so many bytes may be open. Where memory is short, rows get this share of what is
 * left when each thread has its smallest part. */
enum { ITEMS_AHEAD = 4, DEVICE_ROWS_BYTES = 1 << 25, ROWS_SHARE = 4 };
/* Units that are looked at to find out how much slower parts are. */
enum { N_SAMPLES = 64 };

typedef struct sample {
    uint64_t unit[N_SAMPLES]; /* each stands for as much work */
    size_t n;
} sample;

/* The task of a unit that is ours; 0 when there is nothing to run. */
static int task_of(rqa__task *task, const struct rqa_batch *batch, uint64_t unit)
{
    return unit < batch->n_units && batch->unit[unit].in_shard &&
           rqa__batch_task(task, batch, unit);
}

/* Who may compute at the same time; devices take a thread's place for what they cannot. */
static uint64_t n_hands(const struct rqa_batch *batch, unsigned n_threads)
{
    return n_threads + (batch->may_leave_devices ? batch->n_devices : 0);
}

/* ---- rows in flight ---- */

/* Of an item, or, with a store, of a unit on its way to it. */
static uint64_t row_bytes(const struct rqa_batch *batch)
{
    if (batch->store)
        return rqa__writer_parcel_bytes(batch);
    if (batch->table_values)
        return 0;
    return batch->grid.n_combinations * batch->grid.n_measures * (sizeof(double) + 1);
}

static uint64_t most_ahead(const struct rqa_batch *batch, unsigned n_threads)
{
    if (batch->store)
        return rqa__writer_parcels(batch, n_threads);
    uint64_t n = n_threads + (uint64_t)ITEMS_AHEAD;
    if (batch->n_devices > 0 && row_bytes(batch) > 0)
        n += DEVICE_ROWS_BYTES / row_bytes(batch);
    return n < batch->n_items ? n : batch->n_items;
}

/* So that each thread has something to do: a unit, and those of an item are its delays. */
static uint64_t least_ahead(const struct rqa_batch *batch, unsigned n_threads)
{
    uint64_t n = batch->store ? n_threads
                              : 1 + (n_threads + batch->grid.n_delays - 2u) / batch->grid.n_delays;
    uint64_t most = most_ahead(batch, n_threads);
    return n < most ? n : most;
}

/* ---- the plan ---- */

/* The list of units, its order, and what each worker knows of the unit in hand. */
static uint64_t own_bytes(const struct rqa_batch *batch, unsigned n_threads)
{
    return batch->n_units * (sizeof *batch->unit + sizeof(uint64_t)) +
           n_hands(batch, n_threads) * rqa__unit_worker_bytes(batch);
}

static void set_plan(struct rqa_batch *batch, unsigned n_threads, uint64_t n_ahead)
{
    uint64_t limit = batch->context->memory_limit_bytes;
    uint64_t n_bytes = n_ahead * row_bytes(batch) + own_bytes(batch, n_threads);
    batch->n_cpu = n_threads;
    batch->n_ahead = (size_t)n_ahead;
    batch->memory_left = limit > n_bytes ? limit - n_bytes : 0;
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
    unsigned n = batch->n_cpu;
    uint64_t n_ahead = most_ahead(batch, n);
    uint64_t n_bytes = n_ahead * row_bytes(batch) + own_bytes(batch, n);
    set_plan(batch, n, n_ahead);
    if (!task_of(&task, batch, largest))
        return n_bytes;
    int strategy = rqa__strategy(&batch->context->profile, &task);
    uint64_t apart = n_hands(batch, n) * rqa__cpu_memory(&task, strategy, 1);
    uint64_t together = rqa__cpu_memory(&task, strategy, n);
    return n_bytes + (apart > together ? apart : together);
}

uint64_t rqa__batch_together_bytes(const struct rqa_batch *batch)
{
    return batch->memory_left;
}

uint64_t rqa__batch_apart_bytes(const struct rqa_batch *batch)
{
    return batch->memory_left / n_hands(batch, batch->n_cpu);
}

int rqa__batch_fits_together(const struct rqa_batch *batch, uint64_t unit)
{
    rqa__task task;
    return !task_of(&task, batch, unit) ||
           rqa__least_memory(&task, batch->n_cpu) <= batch->memory_left;
}

/* The most that the smallest part of any unit needs. */
static uint64_t survey_parts(const struct rqa_batch *batch)
{
    uint64_t most = 0;
    for (uint64_t u = 0; u < batch->n_units; u++) {
        rqa__task task;
        uint64_t n_bytes = task_of(&task, batch, u) ? rqa__least_memory(&task, 1) : 0;
        most = n_bytes > most ? n_bytes : most;
    }
    return most;
}

/* Every n-th nanosecond of predicted work, and the units it falls into. */
static sample take_sample(const struct rqa_batch *batch)
{
    sample s = {.n = 0};
    double passed = 0, step = batch->cost_total / N_SAMPLES;
    for (uint64_t u = 0; u < batch->n_units; u++) {
        passed += batch->unit[u].cost;
        while (s.n < N_SAMPLES && batch->unit[u].cost > 0 && passed > ((double)s.n + 0.5) * step)
            s.unit[s.n++] = u;
    }
    return s;
}

/* Time of a unit in all threads' time, relative to that of the whole unit on one. */
static double slowness(const struct rqa_batch *batch, uint64_t unit)
{
    const rqa__profile *profile = &batch->context->profile;
    rqa__task task;
    rqa__plan fit;
    if (!task_of(&task, batch, unit))
        return 1;
    double whole = rqa__cost(profile, &task);
    int is_large = rqa__batch_is_large(batch, unit, batch->n_cpu);
    if (is_large && rqa__plan_make(&fit, profile, &task, batch->n_cpu,
                                    rqa__batch_together_bytes(batch)))
        return fit.cost / whole;
    if (!rqa__plan_make(&fit, profile, &task, 1, rqa__batch_apart_bytes(batch)))
        return INFINITY;
    return (is_large ? batch->n_cpu : 1) * fit.cost / whole;
}

static double predicted_time(const struct rqa_batch *batch, const sample *s)
{
    double sum = 0;
    for (size_t k = 0; k < s->n; k++)
        sum += slowness(batch, s->unit[k]);
    return sum / batch->n_cpu;
}

/* The fastest of those numbers of threads that can work at all; 0: none can. */
static int choose_plan(struct rqa_batch *batch, uint64_t unit_bytes)
{
    const sample s = take_sample(batch);
    unsigned best = 0;
    double least = INFINITY;
    for (unsigned n = batch->n_cpu; n > 0; n -= 1 + n / 8) { /* from many on, not every one */
        if (!plan_tightly(batch, n, unit_bytes))
            continue;
        double time = predicted_time(batch, &s);
        if (best == 0 || time < least) {
            best = n;
            least = time;
        }
    }
    return best > 0 && plan_tightly(batch, best, unit_bytes);
}

/* Parts take longer than the whole. */
static void account_for_parts(struct rqa_batch *batch)
{
    const rqa__profile *profile = &batch->context->profile;
    double before = batch->cost_total;
    for (uint64_t u = 0; u < batch->n_units; u++) {
        rqa__unit *unit = &batch->unit[u];
        rqa__task task;
        rqa__plan fit;
        if (!(unit->cost > 0) || !task_of(&task, batch, u) ||
            !rqa__plan_make(&fit, profile, &task, 1, rqa__batch_apart_bytes(batch)))
            continue;
        double whole = rqa__cost(profile, &task), cost = unit->cost * fit.cost / whole;
        if (fit.cost <= whole)
            continue;
        rqa__pace_remove(&batch->pace, unit->cost);
        rqa__pace_add(&batch->pace, cost);
        batch->cost_total += cost - unit->cost;
        unit->cost = cost;
    }
    for (size_t k = 0; k < batch->n_devices; k++)
        batch->device[k].speed *= before > 0 ? batch->cost_total / before : 1;
}

/* In words, how the largest unit is computed. */
static void describe(char *text, size_t room, const struct rqa_batch *batch, uint64_t largest)
{
    const rqa__profile *profile = &batch->context->profile;
    rqa__task task;
    rqa__plan fit;
    *text = 0;
    if (!task_of(&task, batch, largest))
        return;
    int together = rqa__batch_is_large(batch, largest, batch->n_cpu) &&
                   rqa__batch_fits_together(batch, largest);
    if (rqa__plan_make(
            &fit, profile, &task, together ? batch->n_cpu : 1,
            together ? rqa__batch_together_bytes(batch) : rqa__batch_apart_bytes(batch)))
        snprintf(text, room,
                 "; the largest unit by %s, %u of %u dims and %u of %u thresholds at once",
                 rqa__strategy_words(fit.strategy), fit.n_dims,
                 task.n_dims, fit.n_thresholds, task.n_thresholds);
}

static void tell(struct rqa_batch *batch, unsigned wanted, uint64_t largest)
{
    char how[128];
    describe(how, sizeof how, batch, largest);
    snprintf(batch->memory_note, sizeof batch->memory_note,
             "%u of %u threads, for the memory limit of %" PRIu64 " bytes%s", batch->n_cpu, wanted,
             batch->context->memory_limit_bytes, how);
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: %s", batch->memory_note);
}

int rqa__batch_fit_memory(struct rqa_batch *batch, uint64_t largest)
{
    unsigned wanted = batch->n_cpu;
    batch->memory_note[0] = 0;
    if (plan_freely(batch, largest) <= batch->context->memory_limit_bytes)
        return RQA_OK;
    uint64_t unit_bytes = survey_parts(batch);
    if (!choose_plan(batch, unit_bytes))
        return rqa__context_check_memory(batch->context, least_bytes(batch, 1, unit_bytes),
                                         "the batch, on one thread and in the smallest parts,");
    account_for_parts(batch);
    tell(batch, wanted, largest);
    if (batch->choice.backend != RQA_BACKEND_GPU)
        batch->choice.n_threads = batch->n_cpu;
    return RQA_OK;
}
