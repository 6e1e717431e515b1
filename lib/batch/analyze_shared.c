/* analyze_shared.c - one analysis shared between GPUs and threads: who takes part, how fast. */
#include "batch/analyze_shared.h"

#include <stdio.h>
#include <string.h>

#include "backend/part_run.h"
#include "backend/split_run.h"
#include "base/memory.h"

/* Pairs from which several GPUs pay: one alone takes some 20 ms for them. */
static const double gpus_from = 4e9;

/* Joining a part takes some 12 ns a line (measured with 20,000 vectors), a diagonal and a column
 * for each vector; copying it comes on top. So this much work should be in one. */
static const double part_ns = 2e6, part_ns_of_vector = 200;

/* The parts of a series take a thread so much longer than the whole: the engine's instructions are
 * 1.04 times as many for 8 parts of 20,000 vectors, 1.16 times for 30. */
static const double part_slowness = 1.1;

static size_t n_usable(const rqa__device_list *list)
{
    size_t n = 0;
    for (size_t k = 0; list && k < list->n_devices; k++)
        n += !rqa__device_has_failed(&list->device[k]);
    return n;
}

static unsigned threads_of(const rqa__choice *choice)
{
    return choice->backend == RQA_BACKEND_HYBRID ? choice->n_threads : 0;
}

int rqa__is_shared(const struct rqa_context *context, rqa__choice *choice, const rqa__task *task,
                   int is_auto)
{
    const size_t n_devices = n_usable(rqa__devices_of(context));
    if (choice->backend == RQA_BACKEND_GPU && (n_devices < 2 || rqa__task_pairs(task, 0) < gpus_from))
        return 0;
    uint64_t n_bytes = rqa__split_memory(task, n_devices, threads_of(choice));
    if (!is_auto || n_bytes <= context->memory_limit_bytes)
        return 1;
    choice->backend = RQA_BACKEND_GPU;
    choice->n_threads = 1;
    snprintf(choice->reason, sizeof choice->reason,
             "auto: sharing it out would take about %llu MB of host memory, above the limit",
             (unsigned long long)(n_bytes >> 20));
    return 0;
}

double rqa__thread_speed(const struct rqa_context *context, const rqa__task *task)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    const double cells = (double)rqa__part_cells(&shape, 0, shape.n_x);
    return cells / (part_slowness * rqa__cost_under(&context->profile, task, RQA__STRATEGY_BITS));
}

/* Cells per ns of a thread and of each device, from what is predicted of them. */
static void set_speeds(rqa__split_team *team, double *device_speed,
                       const struct rqa_context *context, const rqa__task *task)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    const double cells = (double)rqa__part_cells(&shape, 0, shape.n_x);
    team->thread_speed = rqa__thread_speed(context, task);
    for (size_t k = 0; k < team->n_devices; k++)
        device_speed[k] =
            cells / rqa__device_ns(&context->profile, team->device[k], rqa__task_pairs(task, 0));
    team->device_speed = device_speed;
    team->least_ns = part_ns + part_ns_of_vector * (double)(shape.n_x + shape.n_y);
}

static void tell(const struct rqa_context *context, rqa__choice *choice, size_t n_devices,
                 const rqa__split_report *report)
{
    if (report->n_lost == 0)
        return;
    rqa__context_log(context, RQA_LOG_WARNING, "lost %zu of %zu GPUs: %s", report->n_lost,
                     n_devices, report->lost);
    if (report->n_parts_of_devices == 0 && choice->backend == RQA_BACKEND_HYBRID) {
        choice->backend = RQA_BACKEND_THREADS;
        snprintf(choice->reason, sizeof choice->reason, "left the GPU: %.100s", report->lost);
        return;
    }
    size_t used = strlen(choice->reason);
    snprintf(choice->reason + used, sizeof choice->reason - used, "; lost %zu of %zu GPUs: %s",
             report->n_lost, n_devices, report->lost);
}

static int run(const struct rqa_context *context, rqa__choice *choice, const rqa__task *task,
               const rqa__split_team *team, const atomic_int *cancel, rqa__tally_sink sink,
               void *user)
{
    rqa__split_report report;
    int status = rqa__context_check_memory(
        context, rqa__split_memory(task, team->n_devices, team->n_threads), "the analysis");
    if (status)
        return status;
    status = rqa__split_run(context, team, task, cancel, sink, user, &report);
    if (!status)
        tell(context, choice, team->n_devices, &report);
    return status;
}

int rqa__analyze_shared(const struct rqa_context *context, rqa__choice *choice,
                        const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                        void *user)
{
    const rqa__device_list *list = rqa__devices_of(context);
    rqa__device **device = rqa__alloc_array(list->n_devices, sizeof *device);
    double *speed = rqa__alloc_array(list->n_devices, sizeof *speed);
    rqa__split_team team = {
        .device = device,
        .n_threads = threads_of(choice),
        .may_lose_devices = choice->backend == RQA_BACKEND_HYBRID};
    int status = device && speed ? RQA_OK : rqa__fail_memory("the list of devices");
    if (!status) {
        for (size_t k = 0; k < list->n_devices; k++)
            if (!rqa__device_has_failed(&list->device[k]))
                device[team.n_devices++] = &list->device[k];
        set_speeds(&team, speed, context, task);
        status = run(context, choice, task, &team, cancel, sink, user);
    }
    rqa__free(device);
    rqa__free(speed);
    return status;
}
