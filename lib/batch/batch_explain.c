/* batch_explain.c - says in words how a batch is computed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_plan.h"
#include "batch/batch_run.h"
#include "batch/batch_state.h"

enum { TEXT_BYTES = 2048 };

typedef struct survey {
    uint64_t n_units[2], n_failed, n_empty;
    double cost[2];
    size_t unit_bytes;
} survey;

static survey survey_units(struct rqa_batch *batch)
{
    survey s = {{0, 0}, 0, 0, {0, 0}, 0};
    rqa__mutex_lock(&batch->sync.mutex);
    for (uint64_t u = 0; u < batch->plan.n_units; u++) {
        const rqa__plan *plan = &batch->plan.unit[u].plan;
        if (!rqa__batch_item_of(batch, u)->x.series) {
            s.n_failed++;
        } else if (plan->n_dims == 0) {
            s.n_empty++;
        } else {
            const size_t n_bytes = plan->n_bytes / plan->n_threads;
            s.n_units[plan->strategy]++;
            s.cost[plan->strategy] += plan->cost * batch->plan.unit[u].weight;
            s.unit_bytes = n_bytes > s.unit_bytes ? n_bytes : s.unit_bytes;
        }
    }
    rqa__mutex_unlock(&batch->sync.mutex);
    return s;
}

/* How many units are computed how, and what that is predicted to take. */
static void add_units(const struct rqa_batch *batch, const survey *s)
{
    const rqa__grid *grid = &batch->job.grid;
    const size_t used = strlen(batch->life.explanation), room = TEXT_BYTES - used;
    char *out = batch->life.explanation + used;
    const char *note = batch->plan.memory_note;
    const double cost[] = {1e-9 * s->cost[RQA__STRATEGY_BITS], 1e-9 * s->cost[RQA__STRATEGY_SWEEP]};
    const char *less = note[0] ? "less memory: " : "", *end = note[0] ? "\n" : "";
    if (grid->window)
        snprintf(out, room,
                 "units (item x delay): %" PRIu64 " in windows of %" PRIu64 " samples, %" PRIu64
                 " apart, %" PRIu64 " too short, %" PRIu64 " of failed items; %" PRIu64 " rows\n"
                 "predicted: %s core-seconds\n%s%s%s",
                 s->n_units[0] + s->n_units[1], grid->window, grid->step, s->n_empty, s->n_failed,
                 batch->job.n_rows, rqa__rounded(cost[0] + cost[1], 3).text, less, note, end);
    else
        snprintf(out, room,
                 "units (item x delay): %" PRIu64 " by bit rows, %" PRIu64
                 " by threshold indices, %" PRIu64 " too short, %" PRIu64 " of failed items\n"
                 "predicted: %s core-seconds by bit rows, %s by threshold indices; up to %zu "
                 "bytes for each thread\n%s%s%s",
                 s->n_units[RQA__STRATEGY_BITS], s->n_units[RQA__STRATEGY_SWEEP], s->n_empty,
                 s->n_failed, rqa__rounded(cost[0], 3).text, rqa__rounded(cost[1], 3).text,
                 s->unit_bytes, less, note, end);
}

/* Once it runs, the driver may have found that there are fewer. */
static void add_thread_note(struct rqa_batch *batch)
{
    size_t used = strlen(batch->life.explanation);
    rqa__mutex_lock(&batch->sync.mutex);
    if (batch->life.thread_note[0])
        snprintf(batch->life.explanation + used, TEXT_BYTES - used, "fewer threads: %s\n",
                 batch->life.thread_note);
    rqa__mutex_unlock(&batch->sync.mutex);
}

int rqa__batch_predict(struct rqa_batch *batch, double *core_seconds)
{
    int status = batch->life.state == RQA__BATCH_NEW ? rqa__batch_prepare(batch) : RQA_OK;
    if (status)
        return status;
    survey s = survey_units(batch);
    *core_seconds = 1e-9 * (s.cost[RQA__STRATEGY_BITS] + s.cost[RQA__STRATEGY_SWEEP]);
    return RQA_OK;
}

const char *rqa__batch_explain(struct rqa_batch *batch)
{
    if (!batch->life.explanation)
        batch->life.explanation = rqa__alloc(TEXT_BYTES);
    if (!batch->life.explanation) {
        rqa__fail_memory("a text");
        return NULL;
    }
    if (batch->life.state == RQA__BATCH_NEW && rqa__batch_prepare(batch)) {
        snprintf(batch->life.explanation, TEXT_BYTES, "cannot run: %s\n", rqa_last_error());
        return batch->life.explanation;
    }
    const rqa__grid *grid = &batch->job.grid;
    survey s = survey_units(batch);
    snprintf(batch->life.explanation, TEXT_BYTES,
             "%zu items x %" PRIu64 " combinations (%u dims x %u delays x %u thresholds x %u lmins x %u "
             "vmins), %u measures\n"
             "backend %s, %u thread%s, %s kernels: %s\n",
             batch->job.n_items, grid->n_combinations, grid->n_dims, grid->n_delays, grid->n_thresholds,
             grid->n_lmins, grid->n_vmins, grid->n_measures,
             rqa_backend_name(batch->plan.choice.backend), batch->plan.choice.n_threads,
             batch->plan.choice.n_threads == 1 ? "" : "s", rqa__level_name(batch->context->cpu.level),
             batch->plan.choice.reason);
    add_units(batch, &s);
    add_thread_note(batch);
    return batch->life.explanation;
}
