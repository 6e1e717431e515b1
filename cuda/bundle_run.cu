// bundle_run.cu - takes planned bundles through the device and their tallies to the sink.
#include "bundle_run.h"

#include <stdio.h>
#include <string.h>

#include "bundle_deliver.h"
#include "bundle_plan.h"

static const uint64_t most_samples = (uint64_t)1 << 29;

// ---- passes ----

static uint32_t clamp(uint64_t n)
{
    return n < 0xffffffffu ? (uint32_t)n : 0xffffffffu;
}

// Field `k` of a pass: which side lies along the lanes and which along the steps.
static void fill_field(walk_field *w, const bundle *b, const bundle_pass *p, uint32_t k)
{
    const bundle_group *g = &b->group[p->group];
    const rqa_plugin_task *task = bundle_task(b, g);
    const bundle_field *f = &b->field[g->field + k];
    const char *arena = (const char *)b->device->arena;
    const rqa_plugin_side *y = f->y ? f->y : f->x;
    const int x_on_lanes = p->direction != DIRECTION_UP;
    const rqa_plugin_side *lane = x_on_lanes ? f->x : y, *step = x_on_lanes ? y : f->x;
    w->lane = (const double *)(arena + (x_on_lanes ? f->exact_x : f->exact_y));
    w->step = (const double *)(arena + (x_on_lanes ? f->exact_y : f->exact_x));
    w->lane_near = (const float *)(arena + (x_on_lanes ? f->near_x : f->near_y));
    w->step_near = (const float *)(arena + (x_on_lanes ? f->near_y : f->near_x));
    w->lane_samples = (uint32_t)lane->n_samples;
    w->step_samples = (uint32_t)step->n_samples;
    w->lane_delay = lane->delay;
    w->step_delay = step->delay;
    w->n_channels = f->x->n_channels;
    w->n_coordinates = f->x->dims[g->at.dim] * f->x->n_channels;
    w->norm = task->norm;
    const double *bounds = k ? task->bounds_y : task->bounds;
    bounds += (size_t)g->at.dim * task->n_thresholds + g->at.threshold;
    for (uint32_t t = 0; t < g->n_thresholds; t++) {
        w->bound[t] = bounds[t];
        near_window(&f->scale, task->norm, w->n_coordinates, bounds[t],
                    (b->device->options.flags & RQA_PLUGIN_EXACT_ONLY) != 0, &w->sure[t],
                    &w->maybe[t]);
    }
}

static void fill_diagonals(walk_pass *w, const bundle_pass *p, const bundle_group *g,
                           const rqa_plugin_task *task)
{
    const int up = p->direction == DIRECTION_UP;
    const int both_sides = task->relation != RQA_PLUGIN_CROSS &&
                           !(task->upper_only && task->relation == RQA_PLUGIN_AUTO);
    uint64_t n = g->n_x < g->n_y ? g->n_x : g->n_y;
    w->skew = 1;
    w->first_offset = up ? 0 : 1;
    w->n_lane = (uint32_t)(up ? g->n_y : g->n_x);
    w->n_step = (uint32_t)(up ? g->n_x : g->n_y);
    w->theiler_lines = clamp(task->theiler_diagonal);
    w->weight = both_sides ? 2 : 1;
    w->want_lines = (task->tallies & RQA_PLUGIN_TALLY_DIAGONAL) != 0;
    w->square = task->tallies & RQA_PLUGIN_TALLY_OFFSETS ? (uint32_t)n : 0;
    w->offset_zero = task->relation == RQA_PLUGIN_AUTO ? 0 : (int32_t)n - 1;
    w->offset_sign = up ? 1 : -1;
}

static void fill_columns(walk_pass *w, const bundle_group *g, const rqa_plugin_task *task)
{
    w->n_lane = (uint32_t)g->n_x;
    w->n_step = (uint32_t)g->n_y;
    w->to_diagonal = task->relation == RQA_PLUGIN_AUTO && task->upper_only;
    w->theiler_lines = clamp(task->theiler_vertical);
    w->weight = 1;
    w->want_lines = 1;
    w->want_white = (task->tallies & RQA_PLUGIN_TALLY_WHITE) != 0;
    w->want_times = (task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME) != 0;
}

static void fill_pass(walk_pass *w, const bundle *b, const bundle_pass *p)
{
    const bundle_group *g = &b->group[p->group];
    const rqa_plugin_task *task = bundle_task(b, g);
    char *arena = (char *)b->device->arena;
    memset(w, 0, sizeof *w);
    w->n_fields = task->relation == RQA_PLUGIN_JOINT ? 2 : 1;
    for (uint32_t k = 0; k < w->n_fields; k++)
        fill_field(&w->field[k], b, p, k);
    w->n_thresholds = g->n_thresholds;
    w->n_lines = p->n_lines;
    w->theiler_points = clamp(task->theiler_points);
    if (p->direction == DIRECTION_COLUMNS)
        fill_columns(w, g, task);
    else
        fill_diagonals(w, p, g, task);
    w->shape = g->shape;
    w->tally = (walk_count *)(arena + g->tally);
    w->n_slots = p->n_slots;
    w->segment = p->segment;
    w->whole = p->n_slots == 1 && p->n_bands == 1;
    w->summary = (uint32_t *)(arena + p->summary);
    w->state = (uint32_t *)(arena + p->state);
}

// ---- upload ----

static void convert_side(char *image, uint64_t origin, const near_scale *scale,
                         const rqa_plugin_side *side, uint64_t exact, uint64_t near)
{
    for (uint32_t c = 0; c < side->n_channels; c++) {
        memcpy(image + (exact - origin) + c * side->n_samples * sizeof(double), side->channel[c],
               (size_t)side->n_samples * sizeof(double));
        near_convert(scale, side->channel[c], side->n_samples,
                     (float *)(image + (near - origin)) + c * side->n_samples);
    }
}

// The part of the arena that the host writes: passes and series lie one after the other.
static int32_t upload(const bundle *b, uint64_t end)
{
    uint64_t origin = b->passes_at;
    char *image = (char *)host_alloc(end - origin, 1);
    if (!image)
        return device_fail(RQA_ERROR_MEMORY, "out of memory for a copy of the series");
    for (uint32_t k = 0; k < b->n_passes; k++)
        fill_pass((walk_pass *)image + k, b, &b->pass[k]);
    for (uint32_t k = 0; k < b->n_fields; k++) {
        const bundle_field *f = &b->field[k];
        if (k && f->exact_x == f[-1].exact_x)
            continue;
        convert_side(image, origin, &f->scale, f->x, f->exact_x, f->near_x);
        if (f->y)
            convert_side(image, origin, &f->scale, f->y, f->exact_y, f->near_y);
    }
    cudaError_t error = cudaMemcpyAsync((char *)b->device->arena + origin, image,
                                        (size_t)(end - origin), cudaMemcpyHostToDevice,
                                        b->device->stream);
    if (error == cudaSuccess)
        error = cudaMemsetAsync(b->device->arena, 0, (size_t)b->tallies_bytes, b->device->stream);
    if (error == cudaSuccess)
        error = cudaStreamSynchronize(b->device->stream);
    host_free(image);
    return device_check(b->device, error, "copying the series");
}

// ---- one band of every pass ----

enum { N_SIZES = 3, N_WALKS = 3, N_CLASSES = N_SIZES * N_WALKS };

// Which kernel a pass needs.
static uint32_t class_of(const bundle *b, const bundle_pass *p)
{
    const bundle_group *g = &b->group[p->group];
    uint32_t size = g->n_thresholds == 1 ? 0 : g->n_thresholds <= 4 ? 1 : 2;
    uint32_t times = (bundle_task(b, g)->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME) != 0;
    return size * N_WALKS + (p->direction != DIRECTION_COLUMNS ? 0 : 1 + times);
}

struct band_jobs {
    walk_job *walk;
    join_job *join;
    uint64_t first[N_CLASSES + 1]; // jobs of class k: [first[k], first[k+1])
    uint64_t n_joins;
};

static void add_walks(band_jobs *jobs, const bundle *b, uint32_t pass, uint32_t band,
                      uint64_t *next)
{
    const bundle_pass *p = &b->pass[pass];
    uint64_t begin = (uint64_t)band * b->band;
    for (uint32_t line = 0; line < p->n_lines; line += WALK_THREADS) {
        uint64_t cells = bundle_block_cells(b, p, line), end = begin + b->band;
        if (end > cells)
            end = cells;
        uint32_t slot = 0;
        for (uint64_t first = begin; first < end; first += p->segment, slot++) {
            uint64_t last = first + p->segment < end ? first + p->segment : end;
            if (jobs->walk)
                jobs->walk[*next] =
                    (walk_job){pass, line, (uint32_t)first, (uint32_t)last, slot};
            ++*next;
        }
    }
}

static void add_joins(band_jobs *jobs, const bundle *b, uint32_t pass, uint32_t band)
{
    const bundle_pass *p = &b->pass[pass];
    if (p->n_slots == 1 && p->n_bands == 1)
        return;
    if (p->direction != DIRECTION_COLUMNS &&
        !(bundle_task(b, &b->group[p->group])->tallies & RQA_PLUGIN_TALLY_DIAGONAL))
        return;
    uint64_t begin = (uint64_t)band * b->band, end = begin + b->band;
    for (uint32_t line = 0; line < p->n_lines; line += WALK_THREADS)
        jobs->join[jobs->n_joins++] = (join_job){
            pass, line, (uint32_t)begin, (uint32_t)end, band == 0, band + 1 == p->n_bands};
}

// Lists the jobs of a band by class. Counts first, so that classes lie one after the other.
static void list_jobs(band_jobs *jobs, const bundle *b, uint32_t band)
{
    uint64_t next[N_CLASSES] = {0};
    walk_job *walk = jobs->walk;
    jobs->walk = NULL;
    for (uint32_t k = 0; k < b->n_passes; k++)
        add_walks(jobs, b, k, band, &next[class_of(b, &b->pass[k])]);
    jobs->first[0] = 0;
    for (uint32_t c = 0; c < N_CLASSES; c++) {
        jobs->first[c + 1] = jobs->first[c] + next[c];
        next[c] = jobs->first[c];
    }
    jobs->walk = walk;
    jobs->n_joins = 0;
    for (uint32_t k = 0; k < b->n_passes; k++) {
        if (band >= b->pass[k].n_bands)
            continue;
        add_walks(jobs, b, k, band, &next[class_of(b, &b->pass[k])]);
        add_joins(jobs, b, k, band);
    }
}

static cudaError_t launch_band(const bundle *b, const band_jobs *jobs)
{
    static const uint32_t size[N_SIZES] = {1, 4, 8};
    char *arena = (char *)b->device->arena;
    cudaStream_t stream = b->device->stream;
    const walk_pass *passes = (const walk_pass *)(arena + b->passes_at);
    walk_job *walks = (walk_job *)(arena + b->jobs_at);
    join_job *joins = (join_job *)(arena + b->joins_at);
    cudaError_t error = cudaMemcpyAsync(walks, jobs->walk,
                                        (size_t)jobs->first[N_CLASSES] * sizeof *walks,
                                        cudaMemcpyHostToDevice, stream);
    if (error == cudaSuccess && jobs->n_joins)
        error = cudaMemcpyAsync(joins, jobs->join, (size_t)jobs->n_joins * sizeof *joins,
                                cudaMemcpyHostToDevice, stream);
    for (uint32_t c = 0; c < N_CLASSES && error == cudaSuccess; c++) {
        uint64_t n = jobs->first[c + 1] - jobs->first[c];
        if (n)
            error = walk_launch(stream, passes, walks + jobs->first[c], (uint32_t)n,
                                size[c / N_WALKS], c % N_WALKS > 0, c % N_WALKS == 2);
    }
    if (error == cudaSuccess && jobs->n_joins)
        error = join_launch(stream, passes, joins, (uint32_t)jobs->n_joins);
    return error == cudaSuccess ? cudaStreamSynchronize(stream) : error;
}

static int32_t run_bands(const bundle *b)
{
    band_jobs jobs;
    memset(&jobs, 0, sizeof jobs);
    jobs.walk = (walk_job *)host_alloc(b->n_jobs, sizeof *jobs.walk);
    jobs.join = (join_job *)host_alloc(b->n_joins, sizeof *jobs.join);
    int32_t status = RQA_OK;
    if (!jobs.walk || !jobs.join)
        status = device_fail(RQA_ERROR_MEMORY, "out of memory for a list of jobs");
    for (uint32_t band = 0; band < b->n_bands && !status; band++) {
        status = bundle_check_cancelled(b->run);
        if (status)
            break;
        list_jobs(&jobs, b, band);
        status = device_check(b->device, launch_band(b, &jobs), "counting lines");
    }
    host_free(jobs.walk);
    host_free(jobs.join);
    return status;
}

// ---- a run ----

int32_t bundle_check_cancelled(const rqa_plugin_run *run)
{
    if (run->cancelled && run->cancelled(run->cancelled_user))
        return device_fail(RQA_ERROR_CANCELLED, "cancelled");
    return RQA_OK;
}

// Where the series end and what only kernels write begins.
static uint64_t end_of_upload(const bundle *b)
{
    uint64_t end = b->jobs_at;
    for (uint32_t k = 0; k < b->n_passes; k++)
        if (b->pass[k].summary)
            return b->pass[k].summary;
    return end;
}

// What the device may hold besides the tallies' way out.
static int32_t reserve(const bundle *b)
{
    rqa_plugin_device *device = b->device;
    if (b->size > device->limit)
        return device_fail(RQA_ERROR_MEMORY,
                           "device %u: %llu tallies need %llu bytes; the limit is %llu",
                           device->options.index, (unsigned long long)b->n_tallies,
                           (unsigned long long)b->size, (unsigned long long)device->limit);
    return device_reserve(device, &device->arena, &device->arena_size, b->size);
}

static int32_t run_bundle(const bundle *b)
{
    int32_t status = reserve(b);
    if (!status && b->n_passes)
        status = upload(b, end_of_upload(b));
    if (!status)
        status = run_bands(b);
    return status;
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
        return device_fail(RQA_ERROR_UNSUPPORTED, "relation %u with norm %u is unknown to the CUDA "
                                                  "plugin", task->relation, task->norm);
    return RQA_OK;
}

static void log_halved(const rqa_plugin_run *run, const rqa_plugin_device *device, uint64_t n)
{
    char line[160];
    snprintf(line, sizeof line, "device %u: memory is short, %llu tallies at a time",
             device->options.index, (unsigned long long)n);
    device_host->log(run->log_user, 1, line);
}

int32_t bundle_run_all(rqa_plugin_device *device, const rqa_plugin_run *run)
{
    if (device->failed)
        return device_fail(RQA_ERROR_BACKEND_FAILED, "device %u has failed before",
                           device->options.index);
    int32_t status = device_select(device);
    for (uint64_t k = 0; k < run->n_tasks && !status; k++)
        status = bundle_supports(device, run->tasks[k]);
    bundle_cursor at = {0, 0, 0};
    uint64_t most = UINT64_MAX;
    while (!status && at.task < run->n_tasks) {
        bundle b;
        status = bundle_plan(&b, run, device, at, most);
        if (status)
            break;
        uint64_t n = b.n_tallies;
        int begun = 0;
        status = run_bundle(&b);
        if (!status)
            status = bundle_deliver(&b, &begun);
        if (status == RQA_ERROR_MEMORY && n > 1 && !begun) {
            most = n / 2;
            log_halved(run, device, most);
            status = RQA_OK;
        } else {
            at = b.end;
        }
        bundle_free(&b);
    }
    return status;
}
