/* batch_shared.c - a unit so large that every device, and the threads beside them, share it. */
#include <stdio.h>

#include "base/memory.h"
#include "batch/analyze_shared.h"
#include "batch/batch_state.h"

/* Of a unit that is shared: its share of all work, and what all workers take for it together, so
 * that handing parts around costs little beside it. */
static const double shared_share = 0.5, shared_ns = 5e7;

int rqa__shared_is_worth(const struct rqa_batch *batch, uint64_t index)
{
    const rqa__unit *unit = &batch->unit[index];
    rqa__choice choice = batch->choice;
    rqa__task task;
    if (unit->alone || unit->cost < shared_share * batch->cost_total ||
        unit->cost < shared_ns * rqa__crew_speed(batch))
        return 0;
    return rqa__batch_task(&task, batch, index) && !rqa__task_cuts(&task) &&
           rqa__is_shared(batch->context, &choice, &task, 1);
}

static int run_parts(struct rqa_batch *batch, rqa__unit_worker *worker, const rqa__hand *hand)
{
    const rqa__task *part;
    int status = rqa__unit_begin(worker, hand->unit, &hand->rows, NULL, &part);
    rqa__context_log(batch->context, RQA_LOG_INFO, "batch: a unit of \"%.100s\" is shared by all",
                     batch->item[hand->unit / batch->grid.n_delays].label);
    for (; !status && part; part = rqa__unit_next(worker)) {
        rqa__choice choice = batch->choice; /* what becomes of it is this unit's alone */
        choice.n_threads = batch->n_cpu;
        status = rqa__analyze_shared(batch->context, &choice, part, &batch->cancel, rqa__unit_take,
                                     worker);
    }
    return status;
}

/* Devices that it broke take part no more. */
static void note_failures(struct rqa_batch *batch)
{
    for (size_t k = 0; k < batch->n_devices; k++) {
        rqa__batch_device *member = &batch->device[k];
        char text[sizeof member->text];
        if (!rqa__device_failure(member->device, text, sizeof text))
            continue;
        rqa__mutex_lock(&batch->mutex);
        if (!member->status) {
            member->status = RQA_ERROR_BACKEND_FAILED;
            snprintf(member->text, sizeof member->text, "%s", text);
            rqa__cond_signal(&batch->event);
        }
        rqa__mutex_unlock(&batch->mutex);
    }
}

int rqa__shared_run(struct rqa_batch *batch, const uint64_t *order, size_t at)
{
    rqa__unit *unit = &batch->unit[order[at]];
    rqa__unit_worker *worker = NULL;
    rqa__hand hand;
    const rqa__stretch alone = {order, at, at + 1, 1};
    int open;
    int status = rqa__hand_take(batch, order[at], &alone, 1, &hand, &open);
    if (status || !open)
        return status;
    status = rqa__unit_worker_create(&worker, batch, 0);
    if (!status)
        status = run_parts(batch, worker, &hand);
    rqa__unit_worker_destroy(worker);
    note_failures(batch);
    if (!status) {
        unit->seconds = 1e-9 * unit->cost; /* in the time of threads, which the pace is kept in */
        rqa__hand_close(batch, &hand, RQA_OK);
        return RQA_OK;
    }
    rqa__hand_drop(batch, &hand);
    if (status == RQA_ERROR_CANCELLED)
        return status;
    rqa__context_log(batch->context, RQA_LOG_WARNING, "batch: a unit is not shared: %s",
                     rqa_last_error());
    unit->alone = 1;
    return RQA_OK;
}
