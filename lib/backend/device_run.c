/* device_run.c - runs tasks on a GPU, with the tallies that a CPU run would give. */
#include "backend/device_run.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fp_env.h"
#include "base/memory.h"
#include "base/smaller.h"

/* The plugin's structs that are read and written as the library's own. */
#define SAME(plugin, own) _Static_assert((int)(plugin) == (int)(own), #plugin " is " #own)
SAME(RQA_PLUGIN_AUTO, RQA__RELATION_AUTO);
SAME(RQA_PLUGIN_CROSS, RQA__RELATION_CROSS);
SAME(RQA_PLUGIN_JOINT, RQA__RELATION_JOINT);
SAME(RQA_PLUGIN_MAXIMUM, RQA__NORM_MAXIMUM);
SAME(RQA_PLUGIN_EUCLIDEAN, RQA__NORM_EUCLIDEAN);
SAME(RQA_PLUGIN_MANHATTAN, RQA__NORM_MANHATTAN);
SAME(RQA_PLUGIN_TALLY_DIAGONAL, RQA__TALLY_DIAGONAL);
SAME(RQA_PLUGIN_TALLY_VERTICAL, RQA__TALLY_VERTICAL);
SAME(RQA_PLUGIN_TALLY_WHITE, RQA__TALLY_WHITE);
SAME(RQA_PLUGIN_TALLY_RECURRENCE_TIME, RQA__TALLY_RECURRENCE_TIME);
SAME(RQA_PLUGIN_TALLY_OFFSETS, RQA__TALLY_OFFSETS);
SAME(sizeof(rqa_plugin_bin), sizeof(rqa__bin));
SAME(offsetof(rqa_plugin_bin, count), offsetof(rqa__bin, count));
SAME(sizeof(rqa_plugin_edges), sizeof(rqa__edges));
SAME(offsetof(rqa_plugin_edges, first_line), offsetof(rqa__edges, first_line));
SAME(offsetof(rqa_plugin_edges, head), offsetof(rqa__edges, head));
SAME(offsetof(rqa_plugin_edges, tail), offsetof(rqa__edges, tail));
SAME(offsetof(rqa_plugin_edges, first), offsetof(rqa__edges, first));
SAME(offsetof(rqa_plugin_edges, last), offsetof(rqa__edges, last));
SAME(offsetof(rqa_plugin_edges, end), offsetof(rqa__edges, end));
_Static_assert(RQA_PLUGIN_EDGE_NONE == RQA__EDGE_NONE, "no such cell");

typedef struct delivery {
    const rqa__task *const *tasks;
    size_t n_tasks;
    rqa__device_sink sink;
    void *user;
    const atomic_int *cancel;
} delivery;

static rqa_plugin_side side_of(const rqa__side *side)
{
    return (rqa_plugin_side){.channel = side->channel,
                             .dims = side->dims,
                             .n_samples = side->n_samples,
                             .n_channels = side->n_channels,
                             .delay = side->delay};
}

static rqa_plugin_task task_of(const rqa__task *task)
{
    return (rqa_plugin_task){
        .struct_size = sizeof(rqa_plugin_task),
        .relation = task->relation,
        .norm = task->norm,
        .n_dims = task->n_dims,
        .n_thresholds = task->n_thresholds,
        .tallies = task->tallies,
        .upper_only = (uint32_t)rqa__task_is_half(task),
        .band_is_white = task->band_is_white,
        .x = side_of(&task->x),
        .y = side_of(task->relation == RQA__RELATION_AUTO ? &task->x : &task->y),
        .bounds = task->bounds,
        .bounds_y = task->bounds_y,
        .theiler_points = task->theiler_points,
        .theiler_diagonal = task->theiler_diagonal,
        .theiler_vertical = task->theiler_vertical,
        .part_first = task->part_first,
        .part_end = task->part_end,
    };
}

static rqa__spectrum spectrum_of(const rqa_plugin_spectrum *s)
{
    return (rqa__spectrum){(const rqa__bin *)(const void *)s->bin, (size_t)s->n_bins};
}

/* The edges of lines [first, end), or none. */
static int edges_fit(const rqa_plugin_edges *edges, int wanted, uint64_t first, uint64_t end,
                     int times)
{
    if (!wanted)
        return edges->n_lines == 0;
    return edges->first_line == (int64_t)first && edges->n_lines == end - first && edges->head &&
           edges->tail && (!times || (edges->first && edges->last && edges->end));
}

/* Those of a part, of a matrix of n_x by n_y vectors. */
static int all_edges_fit(const rqa__task *task, uint64_t n_x, uint64_t n_y,
                         const rqa_plugin_tally *given)
{
    const uint64_t first = task->part_first, end = task->part_end;
    const int part = end > 0 && n_x > 0 && n_y > 0;
    const int symmetric = rqa__task_is_symmetric(task);
    return edges_fit(&given->diagonals, part && task->tallies & RQA__TALLY_DIAGONAL,
                     symmetric ? 0 : 1 - end, n_y - first, 0) &&
           edges_fit(&given->columns,
                     part && symmetric && !task->upper_only &&
                         task->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE),
                     first, n_x, (task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0);
}

/* What readers of a tally rely on: another's code has made it. */
static int is_whole(const delivery *d, uint64_t task_index, uint32_t dim_index,
                    uint32_t threshold_index, const rqa_plugin_tally *given)
{
    if (task_index >= d->n_tasks)
        return 0;
    const rqa__task *task = d->tasks[task_index];
    if (dim_index >= task->n_dims || threshold_index >= task->n_thresholds)
        return 0;
    size_t n_x = rqa__side_vectors(&task->x, dim_index);
    size_t n_y =
        task->relation == RQA__RELATION_AUTO ? n_x : rqa__side_vectors(&task->y, dim_index);
    size_t n = rqa__smaller(n_x, n_y);
    if (task->relation == RQA__RELATION_JOINT)
        n_x = n_y = n;
    size_t offsets = rqa__n_offsets(task->relation, n_x, n_y);
    if (task->tallies & RQA__TALLY_OFFSETS &&
        (given->n_offsets != offsets || (!given->offset_points && offsets > 0)))
        return 0;
    return all_edges_fit(task, n_x, n_y, given);
}

static rqa__edges edges_of(const rqa_plugin_edges *edges)
{
    rqa__edges own;
    memcpy(&own, edges, sizeof own);
    return own;
}

static int32_t take(void *user, uint64_t task_index, uint32_t dim_index, uint32_t threshold_index,
                    const rqa_plugin_tally *theirs)
{
    const delivery *d = user;
    rqa__fp_default(); /* measures are computed from here */
    rqa_plugin_tally all = {.struct_size = sizeof all}; /* an older plugin's ends earlier */
    const rqa_plugin_tally *given = &all;
    const uint32_t least = offsetof(rqa_plugin_tally, diagonals);
    if (theirs->struct_size >= least)
        memcpy(&all, theirs, rqa__smaller(theirs->struct_size, sizeof all));
    if (theirs->struct_size < least || !is_whole(d, task_index, dim_index, threshold_index, given))
        return rqa__fail(RQA_ERROR_BACKEND_FAILED, "the GPU plugin gave a tally of another shape "
                                                   "than was asked for");
    rqa__tally tally = {
        .points = given->points,
        .gap_sum = given->gap_sum,
        .diagonal = spectrum_of(&given->diagonal),
        .vertical = spectrum_of(&given->vertical),
        .white_inner = spectrum_of(&given->white_inner),
        .white_border = spectrum_of(&given->white_border),
        .recurrence_time = spectrum_of(&given->recurrence_time),
        .offset_points = given->offset_points,
        .n_offsets = (size_t)given->n_offsets,
        .diagonals = edges_of(&given->diagonals),
        .columns = edges_of(&given->columns),
    };
    return d->sink(d->user, (size_t)task_index, dim_index, threshold_index, &tally);
}

static int32_t is_cancelled(void *user)
{
    const delivery *d = user;
    return d->cancel && atomic_load_explicit(d->cancel, memory_order_relaxed);
}

/* Nothing works any more, once and for all. The device is locked. */
static void note_failure(rqa__device *device, int status)
{
    if (status != RQA_ERROR_BACKEND_FAILED)
        return;
    device->failed = 1;
    snprintf(device->failure, sizeof device->failure, "%s", rqa_last_error());
}

/* The device is locked. */
static int ready(rqa__device *device)
{
    if (device->failed)
        return rqa__fail(RQA_ERROR_BACKEND_FAILED, "%s", device->failure);
    if (device->handle)
        return RQA_OK;
    int status = device->table->device_open(&device->handle, &device->options);
    rqa__fp_default();
    note_failure(device, status);
    return status;
}

static int run_ready(rqa__device *device, const struct rqa_context *context,
                     const rqa_plugin_task *const *tasks, size_t n_tasks, delivery *d)
{
    const rqa_plugin_run run = {
        .struct_size = sizeof run,
        .tasks = tasks,
        .n_tasks = n_tasks,
        .sink = take,
        .sink_user = d,
        .cancelled = is_cancelled,
        .cancelled_user = d,
        .log_user = (void *)(uintptr_t)context, /* only to be logged to */
    };
    for (size_t k = 0; k < n_tasks; k++) {
        int status = device->table->supports(device->handle, tasks[k]);
        if (status)
            return status;
    }
    int status = device->table->run(device->handle, &run);
    rqa__fp_default();
    note_failure(device, status);
    return status;
}

int rqa__device_takes(const rqa__task *task)
{
    if (task->limits || task->limits_y || task->cells) /* which a plugin is not even told of */
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "bounds of single columns, corridors, rules for cells and lists of cells are "
                         "for threads alone");
    if (task->bounds_stride && task->n_dims > 1)
        return rqa__fail(RQA_ERROR_UNSUPPORTED, "a slice of %u dims is for threads alone",
                         task->n_dims);
    if (!rqa__task_cuts(task))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_UNSUPPORTED, "white lines and recurrence times of a series with "
                                            "missing samples are counted on threads alone");
}

int rqa__device_run(rqa__device *device, const struct rqa_context *context,
                    const rqa__task *const *tasks, size_t n_tasks, const atomic_int *cancel,
                    rqa__device_sink sink, void *user)
{
    delivery d = {tasks, n_tasks, sink, user, cancel};
    rqa_plugin_task *task = rqa__alloc_array(n_tasks, sizeof *task);
    const rqa_plugin_task **list = rqa__alloc_array(n_tasks, sizeof *list);
    int status = task && list ? RQA_OK : rqa__fail_memory("the tasks of a device");
    for (size_t k = 0; k < n_tasks && !status; k++) {
        status = rqa__device_takes(tasks[k]);
        task[k] = task_of(tasks[k]);
        list[k] = &task[k];
    }
    if (!status) {
        rqa__mutex_lock(&device->mutex);
        status = ready(device);
        if (!status)
            status = run_ready(device, context, list, n_tasks, &d);
        rqa__mutex_unlock(&device->mutex);
    }
    rqa__free(task);
    rqa__free((void *)list);
    return status;
}

typedef struct one_task {
    rqa__tally_sink sink;
    void *user;
} one_task;

static int take_one(void *user, size_t task_index, uint32_t dim_index, uint32_t threshold_index,
                    const rqa__tally *tally)
{
    (void)task_index;
    const one_task *one = user;
    return one->sink(one->user, dim_index, threshold_index, tally);
}

int rqa__device_run_one(rqa__device *device, const struct rqa_context *context,
                        const rqa__task *task, const atomic_int *cancel, rqa__tally_sink sink,
                        void *user)
{
    one_task one = {sink, user};
    return rqa__device_run(device, context, &task, 1, cancel, take_one, &one);
}

int rqa__device_supports(rqa__device *device, const rqa__task *task)
{
    const rqa_plugin_task given = task_of(task);
    int status = rqa__device_takes(task);
    if (status)
        return status;
    rqa__mutex_lock(&device->mutex);
    status = ready(device);
    if (!status)
        status = device->table->supports(device->handle, &given);
    rqa__mutex_unlock(&device->mutex);
    return status;
}

rqa_plugin_timings rqa__device_timings(rqa__device *device)
{
    rqa_plugin_timings timings = {.struct_size = sizeof timings};
    rqa__mutex_lock(&device->mutex);
    if (device->handle)
        device->table->timings(device->handle, &timings);
    rqa__mutex_unlock(&device->mutex);
    return timings;
}

uint64_t rqa__device_memory_held(rqa__device *device)
{
    rqa__mutex_lock(&device->mutex);
    uint64_t held = device->handle ? device->table->memory_held(device->handle) : 0;
    rqa__mutex_unlock(&device->mutex);
    return held;
}
