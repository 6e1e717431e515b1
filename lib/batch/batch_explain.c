/* batch_explain.c - says in words how a batch is computed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "batch/batch_run.h"
#include "batch/batch_state.h"

enum { TEXT_BYTES = 2048 };

typedef struct survey {
    uint64_t n_units[2], n_failed, n_empty;
    double cost[2];
    size_t unit_bytes;
} survey;

static survey survey_units(const struct rqa_batch *batch)
{
    survey s = {{0, 0}, 0, 0, {0, 0}, 0};
    const rqa__profile *profile = &batch->context->profile;
    for (size_t i = 0; i < batch->n_items; i++)
        for (uint32_t t = 0; t < batch->grid.n_delays; t++) {
            rqa__task task;
            if (!batch->item[i].x.series) {
                s.n_failed++;
            } else if (rqa__unit_task(&task, batch, &batch->item[i], t) == 0) {
                s.n_empty++;
            } else {
                rqa__memory_fit fit;
                rqa__fit_memory(&fit, profile, &task, 1, rqa__batch_apart_bytes(batch));
                s.n_units[fit.strategy]++;
                s.cost[fit.strategy] += fit.cost;
                s.unit_bytes = fit.n_bytes > s.unit_bytes ? fit.n_bytes : s.unit_bytes;
            }
        }
    return s;
}

/* Once it runs, the driver may have found that there are fewer. */
static void add_thread_note(struct rqa_batch *batch)
{
    size_t used = strlen(batch->explanation);
    rqa__mutex_lock(&batch->mutex);
    if (batch->thread_note[0])
        snprintf(batch->explanation + used, TEXT_BYTES - used, "fewer threads: %s\n",
                 batch->thread_note);
    rqa__mutex_unlock(&batch->mutex);
}

int rqa__batch_predict(struct rqa_batch *batch, double *core_seconds)
{
    int status = batch->state == RQA__BATCH_NEW ? rqa__batch_prepare(batch) : RQA_OK;
    if (status)
        return status;
    survey s = survey_units(batch);
    *core_seconds = 1e-9 * (s.cost[RQA__STRATEGY_BITS] + s.cost[RQA__STRATEGY_SWEEP]);
    return RQA_OK;
}

const char *rqa__batch_explain(struct rqa_batch *batch)
{
    if (!batch->explanation)
        batch->explanation = rqa__alloc(TEXT_BYTES);
    if (!batch->explanation) {
        rqa__fail_memory("a text");
        return NULL;
    }
    if (batch->state == RQA__BATCH_NEW && rqa__batch_prepare(batch)) {
        snprintf(batch->explanation, TEXT_BYTES, "cannot run: %s\n", rqa_last_error());
        return batch->explanation;
    }
    const rqa__grid *grid = &batch->grid;
    survey s = survey_units(batch);
    int n = snprintf(
        batch->explanation, TEXT_BYTES,
        "%zu items x %" PRIu64 " combinations (%u dims x %u delays x %u thresholds x %u lmins x %u "
        "vmins), %u measures\n"
        "backend %s, %u thread%s, %s kernels: %s\n"
        "units (item x delay): %" PRIu64 " by bit rows, %" PRIu64 " by threshold indices, %" PRIu64
        " too short, %" PRIu64 " of failed items\n",
        batch->n_items, grid->n_combinations, grid->n_dims, grid->n_delays, grid->n_thresholds,
        grid->n_lmins, grid->n_vmins, grid->n_measures, rqa_backend_name(batch->choice.backend),
        batch->choice.n_threads, batch->choice.n_threads == 1 ? "" : "s",
        rqa__level_name(batch->context->cpu.level), batch->choice.reason,
        s.n_units[RQA__STRATEGY_BITS], s.n_units[RQA__STRATEGY_SWEEP], s.n_empty, s.n_failed);
    if (n > 0 && n < TEXT_BYTES)
        snprintf(batch->explanation + n, (size_t)(TEXT_BYTES - n),
                 "predicted: %s core-seconds by bit rows, %s by threshold indices; up to %zu "
                 "bytes for each thread\n%s%s%s",
                 rqa__rounded(1e-9 * s.cost[RQA__STRATEGY_BITS], 3).text,
                 rqa__rounded(1e-9 * s.cost[RQA__STRATEGY_SWEEP], 3).text,
                 s.unit_bytes, batch->memory_note[0] ? "less memory: " : "", batch->memory_note,
                 batch->memory_note[0] ? "\n" : "");
    add_thread_note(batch);
    return batch->explanation;
}
