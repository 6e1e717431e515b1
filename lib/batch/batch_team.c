/* batch_team.c - together or apart: which units are so large that all threads, or every device and
 * the threads beside them, share each of them; and how they do. */
#include "batch/batch_team.h"

#include "backend/cpu_run.h"
#include "batch/analyze_shared.h"
#include "batch/batch_device.h"
#include "batch/batch_queue.h"
#include "batch/batch_task.h"
#include "batch/batch_unit.h"

/* A unit that is more than this share of one thread's part is split over all threads. */
static const double split_share = 0.5;
/* Of a unit that devices share: its share of all work, and what all workers take for it together,
 * so that handing parts around costs little beside it. */
static const double shared_share = 0.5, shared_ns = 5e7;

/* ---- the decision ---- */

int rqa__batch_is_large(const struct rqa_batch *batch, uint64_t unit, unsigned n_threads)
{
    return n_threads > 1 &&
           batch->plan.unit[unit].cost > split_share * batch->progress.cost_total / n_threads;
}

static int is_for_all(const struct rqa_batch *batch, uint64_t index)
{
    const rqa__unit *unit = &batch->plan.unit[index];
    rqa__choice choice = batch->plan.choice;
    rqa__task task;
    if (unit->alone || unit->cost < shared_share * batch->progress.cost_total ||
        unit->cost < shared_ns * rqa__crew_speed(batch))
        return 0;
    return rqa__batch_task(&task, batch, index) && !rqa__task_cuts(&task) &&
           rqa__is_shared(batch->context, &choice, &task, 1);
}

/* With the plan that all threads have for it together; 0 where they have no memory for one. */
static int is_for_threads(const struct rqa_batch *batch, uint64_t index, rqa__plan *plan)
{
    const unsigned n = batch->plan.n_cpu;
    rqa__task task;
    return rqa__batch_is_large(batch, index, n) && rqa__batch_task(&task, batch, index) &&
           rqa__unit_plan(plan, batch, index, &task, n, batch->plan.together_bytes);
}

void rqa__batch_choose_teams(struct rqa_batch *batch, int with_devices)
{
    rqa__mutex_lock(&batch->sync.mutex);
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        rqa__unit *unit = &batch->plan.unit[u];
        rqa__plan plan;
        unit->team = RQA__TEAM_ONE;
        if (!unit->in_shard) {
            continue;
        } else if (with_devices) {
            if (is_for_all(batch, u))
                unit->team = RQA__TEAM_ALL;
        } else if (is_for_threads(batch, u, &plan)) {
            unit->team = RQA__TEAM_THREADS;
            unit->plan = plan;
        }
    }
    rqa__mutex_unlock(&batch->sync.mutex);
}

/* ---- all threads ---- */

static int run_on_threads(struct rqa_batch *batch, rqa__hand *hand, rqa__pool *pool)
{
    const rqa__parallel parallel = rqa__parallel_from_pool(pool);
    rqa__unit_worker *worker;
    int status = rqa__unit_worker_create(&worker, batch, batch->plan.together_bytes);
    if (status) {
        rqa__hand_drop(batch, hand);
        return status;
    }
    const double begin_s = rqa__now_s();
    status = rqa__unit_run(worker, hand->unit, &hand->rows, &parallel);
    batch->plan.unit[hand->unit].seconds = (rqa__now_s() - begin_s) * parallel.n_workers;
    rqa__unit_worker_destroy(worker);
    rqa__hand_close(batch, hand, status);
    return status == RQA_ERROR_CANCELLED ? status : RQA_OK;
}

/* ---- every device, and the threads beside them ---- */

static int share_unit(struct rqa_batch *batch, rqa__unit_worker *worker, const rqa__hand *hand)
{
    const rqa__task *task;
    int status = rqa__unit_begin(worker, hand->unit, &hand->rows, NULL, &task);
    rqa__context_log(batch->context, RQA_LOG_INFO, "batch: a unit of \"%.100s\" is shared by all",
                     rqa__batch_item_of(batch, hand->unit)->label);
    while (!status && task) {
        rqa__choice choice = batch->plan.choice; /* what becomes of it is this unit's alone */
        choice.n_threads = batch->plan.n_cpu;
        status = rqa__analyze_shared(batch->context, &choice, task, &batch->sync.cancel,
                                     rqa__unit_take, worker);
        if (!status)
            status = rqa__unit_next(worker, &task);
    }
    return status;
}

/* Devices that it broke take part no more. */
static void note_failures(struct rqa_batch *batch)
{
    for (size_t k = 0; k < batch->plan.n_devices; k++) {
        rqa__batch_device *member = &batch->plan.device[k];
        char text[sizeof member->text];
        if (rqa__device_failure(member->device, text, sizeof text))
            rqa__device_leaves(batch, member, RQA_ERROR_BACKEND_FAILED, text);
    }
}

static int run_on_all(struct rqa_batch *batch, rqa__hand *hand)
{
    rqa__unit *unit = &batch->plan.unit[hand->unit];
    rqa__unit_worker *worker;
    int status = rqa__unit_worker_create(&worker, batch, 0);
    if (!status) {
        status = share_unit(batch, worker, hand);
        rqa__unit_worker_destroy(worker);
    }
    note_failures(batch);
    if (!status) {
        unit->seconds = 1e-9 * unit->cost; /* in the time of threads, which the pace is kept in */
        rqa__hand_close(batch, hand, RQA_OK);
        return RQA_OK;
    }
    rqa__hand_drop(batch, hand);
    if (status == RQA_ERROR_CANCELLED)
        return status;
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: a unit is not shared: %s",
                     rqa_last_error());
    rqa__mutex_lock(&batch->sync.mutex);
    unit->team = RQA__TEAM_ONE;
    unit->alone = 1;
    rqa__mutex_unlock(&batch->sync.mutex);
    return RQA_OK;
}

int rqa__team_run(struct rqa_batch *batch, uint64_t unit, rqa__pool *pool)
{
    rqa__hand hand;
    int open;
    int status = rqa__hand_take(batch, unit, &hand, &open);
    if (status || !open)
        return status;
    return batch->plan.unit[unit].team == RQA__TEAM_ALL ? run_on_all(batch, &hand)
                                                        : run_on_threads(batch, &hand, pool);
}
