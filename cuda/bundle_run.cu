// bundle_run.cu - takes planned bundles through the device and their tallies to the sink.
#include "bundle_run.h"

#include <stdio.h>
#include <string.h>

#include "bundle_band.h"
#include "bundle_deliver.h"
#include "bundle_plan.h"
#include "bundle_upload.h"

static const uint64_t most_samples = (uint64_t)1 << 29;

// ---- a run ----

int32_t bundle_check_cancelled(const rqa_plugin_run *run)
{
    if (run->cancelled && run->cancelled(run->cancelled_user))
        return device_fail(RQA_ERROR_CANCELLED, "cancelled");
    return RQA_OK;
}

// What the device may hold besides the tallies' way out.
static int32_t reserve(const bundle *b)
{
    rqa_plugin_device *device = b->device;
    const uint64_t size = b->size + device->products.gemm.bytes;
    if (size > device->limit)
        return device_fail(RQA_ERROR_MEMORY,
                           "device %u: %llu tallies need %llu bytes; the limit is %llu",
                           device->options.index, (unsigned long long)b->n_tallies,
                           (unsigned long long)size, (unsigned long long)device->limit);
    return device_reserve(device, &b->set->arena, &b->set->arena_size, b->size);
}

static int32_t check_part(const rqa_plugin_task *task)
{
    const bundle_part part = bundle_part_of(task);
    if (part.first == 0 && part.end == 0)
        return RQA_OK;
    if (task->n_dims != 1)
        return device_fail(RQA_ERROR_UNSUPPORTED,
                           "a part of a task of %u dims; the CUDA plugin takes parts of one dim",
                           task->n_dims);
    uint64_t n_x, n_y;
    matrix_size(task, 0, &n_x, &n_y);
    if (part.first % 32 || part.first >= part.end || part.end > n_x ||
        (part.end % 32 && part.end != n_x))
        return device_fail(RQA_ERROR_VALUE,
                           "the part is columns %llu to %llu of %llu; both must be multiples of 32 "
                           "in rising order, or the second the number of columns",
                           (unsigned long long)part.first, (unsigned long long)part.end,
                           (unsigned long long)n_x);
    return RQA_OK;
}

int32_t bundle_supports(const rqa_plugin_device *device, const rqa_plugin_task *task)
{
    (void)device;
    uint64_t n = task->x.n_samples > task->y.n_samples ? task->x.n_samples : task->y.n_samples;
    if (n > most_samples)
        return device_fail(RQA_ERROR_UNSUPPORTED,
                           "the series has %llu samples; the CUDA plugin takes at most %llu",
                           (unsigned long long)n, (unsigned long long)most_samples);
    if (task->relation > RQA_PLUGIN_JOINT || task->norm > RQA_PLUGIN_MANHATTAN)
        return device_fail(RQA_ERROR_UNSUPPORTED,
                           "relation %u with norm %u is unknown to the CUDA "
                           "plugin",
                           task->relation, task->norm);
    return check_part(task);
}

static void log_memory(const rqa_plugin_run *run, rqa_plugin_device *device, uint64_t n)
{
    char line[160];
    snprintf(line, sizeof line, "device %u: memory is short, %llu tallies at a time",
             device->options.index, (unsigned long long)n);
    device_log(device, run, 1, line);
}

static void log_plan(const bundle *b)
{
    char line[160];
    snprintf(line, sizeof line, "device %u: %llu tallies in %u bands of %u columns",
             b->device->options.index, (unsigned long long)b->n_tallies, b->n_bands, b->band);
    device_log(b->device, b->run, 3, line);
}

// How much is tried at once, after what was refused.
struct run_portion {
    uint64_t most;      // tallies
    uint32_t n_halved;  // times that the limit was, for a single one
    uint64_t n_refused; // allocations until then
};

// A run in hand. Of its bundles two are under way: one has its last band in the device's queue, the
// next puts its first one behind that, and then the former is read out while the device goes on.
struct run_state {
    rqa_plugin_device *device;
    const rqa_plugin_run *run;
    bundle_cursor at; // where the next bundle begins
    run_portion portion;
    bundle pair[N_SETS];
    int begun; // the sink has had the first tally of the bundle that is read out
    int alone; // memory was refused to a bundle beside another: no more of that
};

enum { MOST_HALVED = 4 };

// After a failure for want of memory: whether a smaller portion is worth trying. Another context
// may have taken between planning and asking what this one had counted on.
static int try_smaller(run_state *s, const bundle *b)
{
    rqa_plugin_device *device = s->device;
    run_portion *portion = &s->portion;
    const int refused = device->n_refused > portion->n_refused;
    portion->n_refused = device->n_refused;
    device_release(device);
    if (b->n_tallies > 1) {
        portion->most = b->n_tallies / 2;
        log_memory(s->run, device, portion->most);
    } else if (device->products.gemm.handle) {
        products_give_up(device, s->run, "memory is short");
    } else if (refused && portion->n_halved < MOST_HALVED) {
        portion->n_halved++;
        log_memory(s->run, device, 1);
    } else {
        return 0;
    }
    return 1;
}

// What is in the device's queue uses memory that is about to serve others. 0 or a status.
static int32_t drain(rqa_plugin_device *device)
{
    return device_check(device, device_wait(device, device->stream), "ending what was begun");
}

// Whether the run goes on at `b`, with less memory, after this status of it. 0, or what the run
// ends with.
static int32_t retry(run_state *s, const bundle *b, int32_t status)
{
    if (status != RQA_ERROR_MEMORY || s->begun)
        return status;
    const int32_t lost = drain(s->device);
    if (lost || !try_smaller(s, b))
        return lost ? lost : status;
    s->at = b->begin;
    return RQA_OK;
}

// ---- two bundles ----

static uint64_t whole_limit(const run_state *s)
{
    return s->device->memory_limit >> s->portion.n_halved;
}

// Of each of two bundles, with what is both's.
static uint64_t half_limit(const run_state *s)
{
    return whole_limit(s) / 2 + s->device->products.gemm.bytes / 2;
}

static int fits(const run_state *s, uint64_t size, uint64_t limit)
{
    return size + s->device->products.gemm.bytes <= limit;
}

static int32_t plan_within(run_state *s, bundle *b, uint64_t limit)
{
    s->device->limit = limit;
    return bundle_plan(b, s->run, s->device, s->at, s->portion.most);
}

// Plans the next bundle: within half of the limit, so that there is room for another beside it,
// unless there is none, or none of its tallies has room enough then. 0, or a status with nothing
// planned.
static int32_t plan(run_state *s, bundle *b, const bundle *before)
{
    int32_t status = device_measure(s->device);
    if (status)
        return status;
    const uint64_t half = half_limit(s);
    status = plan_within(s, b, before ? half : whole_limit(s));
    if (status || before || s->alone || b->end.task >= s->run->n_tasks || fits(s, b->size, half))
        return status;
    bundle smaller;
    status = plan_within(s, &smaller, half);
    if (!status && fits(s, smaller.size, half)) {
        bundle_free(b);
        *b = smaller;
        return RQA_OK;
    }
    bundle_free(status ? b : &smaller);
    s->device->limit = whole_limit(s);
    return status;
}

// Blocks that runs before have left and that this one has no room for beside its own.
static void make_room(run_state *s, bundle *b, const bundle *before)
{
    device_set *other = &s->device->set[b->set == s->device->set];
    if (!before && !fits(s, b->size + other->arena_size, whole_limit(s)))
        device_release_set(other);
    if (!fits(s, b->set->arena_size, half_limit(s)) && fits(s, b->size, half_limit(s)) &&
        b->end.task < s->run->n_tasks)
        device_release_set(b->set);
}

// Takes a planned bundle to the device and launches its first band.
static int32_t start(run_state *s, bundle *b, const bundle *before)
{
    rqa_plugin_device *device = s->device;
    b->set = &device->set[before && before->set == device->set];
    log_plan(b);
    make_room(s, b, before);
    int32_t status = reserve(b);
    if (!status)
        status = bundle_upload(b);
    if (!status && b->n_bands > 0)
        status = bundle_check_cancelled(s->run);
    if (!status && b->n_bands > 0)
        status = bundle_launch_band(b);
    if (!status)
        s->at = b->end;
    return status;
}

// The other bands, but for the end of the last.
static int32_t go_on(bundle *b)
{
    int32_t status = RQA_OK;
    while (b->n_launched < b->n_bands && !status) {
        status = bundle_end_band(b);
        if (!status)
            status = bundle_check_cancelled(b->run);
        if (!status)
            status = bundle_launch_band(b);
    }
    return status;
}

static int32_t collect(run_state *s, bundle *b)
{
    int32_t status = bundle_end_band(b);
    s->begun = 0;
    if (!status)
        status = bundle_deliver(b, &s->begun);
    if (!status) {
        s->begun = 0;
        s->device->n_by_lags += lags_tallies(b);
        bundle_free(b);
    }
    return status;
}

// Whether there is another bundle, which does not have to wait until `before` is read out.
static int has_next(const run_state *s, const bundle *before)
{
    if (s->at.task >= s->run->n_tasks || !before)
        return s->at.task < s->run->n_tasks;
    return !s->alone && fits(s, before->set->arena_size, half_limit(s));
}

// There was no room for it beside the other one: it is planned anew when that one is gone.
static int32_t put_off(run_state *s, bundle *b)
{
    bundle_free(b);
    s->alone |= s->device->n_refused > s->portion.n_refused;
    s->portion.n_refused = s->device->n_refused;
    return drain(s->device);
}

// One turn: the next bundle is launched, the one before it read out. *before: the former, if any.
static int32_t turn(run_state *s, bundle **before)
{
    bundle *next = *before == s->pair ? s->pair + 1 : s->pair, *failing = next;
    int32_t status = RQA_OK;
    if (has_next(s, *before)) {
        status = plan(s, next, *before);
        if (status)
            return status;
        status = start(s, next, *before);
        if (status == RQA_ERROR_MEMORY && *before) {
            status = put_off(s, next);
            next = NULL;
            if (status)
                return status;
        }
    } else {
        next = NULL;
    }
    if (!status && *before) {
        failing = *before;
        status = collect(s, *before);
    }
    if (!status && next) {
        failing = next;
        status = go_on(next);
    }
    *before = next;
    if (!status)
        return RQA_OK;
    *before = NULL;
    return retry(s, failing, status);
}

static int32_t run_all(rqa_plugin_device *device, const rqa_plugin_run *run)
{
    run_state s;
    memset(&s, 0, sizeof s);
    s.device = device;
    s.run = run;
    s.portion.most = UINT64_MAX;
    s.portion.n_refused = device->n_refused;
    bundle *before = NULL;
    int32_t status = RQA_OK;
    while (!status && (s.at.task < run->n_tasks || before)) {
        status = turn(&s, &before);
        for (int k = 0; k < N_SETS; k++)
            if (status || before != &s.pair[k])
                bundle_free(&s.pair[k]);
    }
    if (status && !device->failed) {
        const int32_t lost = drain(device);
        status = lost ? lost : status;
    }
    return status;
}

int32_t bundle_run_all(rqa_plugin_device *device, const rqa_plugin_run *run)
{
    if (device->failed)
        return device_fail(RQA_ERROR_BACKEND_FAILED, "device %u has failed before",
                           device->options.index);
    caller_context caller;
    device->caller = &caller;
    int32_t status = device_select(device);
    memset(device->seconds, 0, sizeof device->seconds);
    device->n_by_lags = 0;
    products_begin(device, run);
    for (uint64_t k = 0; k < run->n_tasks && !status; k++)
        status = bundle_supports(device, run->tasks[k]);
    if (!status)
        status = run_all(device, run);
    device_rest(device);
    device->caller = NULL;
    return status;
}
