// bundle_band.cu - one band of every group of a bundle: its jobs and launches.
#include "bundle_band.h"

#include <string.h>

// Kernels: bits for 1, 4 and 8 thresholds, the same of joint matrices, bits by lags, walks along
// diagonals and columns, without and with times, and the joining of segments, of pieces. Jobs lie
// kernel by kernel.
enum {
    BITS_1,
    BITS_4,
    BITS_8,
    JOINT_1,
    JOINT_4,
    JOINT_8,
    LAGS,
    WALK_DIAGONALS,
    WALK_COLUMNS,
    WALK_TIMES,
    JOIN,
    JOIN_PIECES,
    N_KERNELS
};

struct job_list {
    walk_job *job; // NULL: to be counted only
    uint64_t next[N_KERNELS];
    uint64_t first[N_KERNELS + 1];
    walk_band band; // of the group in hand
    uint32_t group;
};

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// A group's columns of a band; none if first >= end.
static walk_band columns_of(const bundle *b, const bundle_group *g, uint32_t band)
{
    const uint64_t first = b->part.first + (uint64_t)band * b->band;
    const walk_band columns = {(uint32_t)smaller(first, g->x_end),
                               (uint32_t)smaller(first + b->band, g->x_end)};
    return columns;
}

static void add_job(job_list *list, int kernel, walk_job job)
{
    if (list->job)
        list->job[list->next[kernel]] = job;
    list->next[kernel]++;
}

static int bits_kernel_of(uint32_t n_thresholds)
{
    return n_thresholds == 1 ? BITS_1 : n_thresholds <= 4 ? BITS_4 : BITS_8;
}

// Columns of up to n_y cells, in portions of `chunk`; from the main diagonal on if the matrix is
// symmetric.
static void add_cells(job_list *list, int kernel, uint32_t pass, walk_band columns, int symmetric,
                      uint64_t n_y, uint64_t chunk)
{
    for (uint64_t line = columns.first; line < columns.end; line += WALK_THREADS)
        for (uint64_t first = symmetric ? line : 0; first < n_y; first += chunk) {
            walk_job job = {pass,
                            0,
                            (uint32_t)line,
                            columns.end,
                            (uint32_t)first,
                            (uint32_t)smaller(first + chunk, n_y),
                            0};
            add_job(list, kernel, job);
        }
}

static void add_bits(job_list *list, const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    const int joint = task->relation == RQA_PLUGIN_JOINT ? JOINT_1 - BITS_1 : 0;
    add_cells(list, bits_kernel_of(g->n_thresholds) + joint, list->group, list->band,
              bundle_symmetric(task), g->n_y, g->chunk);
}

// The bits of single samples, then those of the groups that are made from them.
static void add_lags(job_list *list, const bundle *b, uint32_t band)
{
    const lag_space *lags = &b->lags;
    const uint64_t first = b->part.first + (uint64_t)band * b->band;
    for (uint32_t k = 0; k < lags->n_bases; k++) {
        const lag_base *base = &lags->base[k];
        const int symmetric = bundle_symmetric(bundle_task(b, &b->group[base->first_group]));
        for (uint32_t f = 0; f < base->n_fields && base->on; f++)
            add_cells(list, bits_kernel_of(base->n_thresholds), base->at + f,
                      lags_columns(b, base, f, first), symmetric, base->plane[f].n_y,
                      base->plane[f].chunk);
    }
    for (uint32_t k = 0; k < lags->n_chains; k++) {
        const lag_links *chain = &lags->chain[k];
        const lag_base *base = &lags->base[chain->base];
        const bundle_group *g = &b->group[chain->first_group]; // the largest
        if (base->on && chain->n_links)
            add_cells(list, LAGS, k, columns_of(b, g, band), bundle_symmetric(bundle_task(b, g)),
                      g->n_y, base->plane[0].chunk);
    }
}

// Segments of cells [first, end) of lines [line, line_end), at most a block of them; and their
// joining.
static void add_lines(job_list *list, const bundle_group *g, uint32_t pass, int kernel,
                      uint64_t line, uint64_t line_end, uint64_t first, uint64_t end, int join)
{
    const bundle_pass *p = &g->pass[pass];
    for (uint32_t t = 0; t < g->n_thresholds; t++) {
        walk_job job = {
            list->group * N_PASSES + pass, t, (uint32_t)line, (uint32_t)line_end, 0, 0, 0};
        for (uint64_t s = first; s < end; s += p->segment, job.slot++) {
            job.first = (uint32_t)s;
            job.end = (uint32_t)smaller(s + p->segment, end);
            add_job(list, kernel, job);
        }
        job.first = (uint32_t)first;
        job.end = (uint32_t)end;
        if (join && !p->whole)
            add_job(list, p->pieces ? JOIN_PIECES : JOIN, job);
    }
}

// Diagonals that meet the band; their cells are its columns.
static void add_diagonals(job_list *list, const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    const int join = (task->tallies & RQA_PLUGIN_TALLY_DIAGONAL) != 0;
    const uint64_t base = bundle_base(g, task), n_lines = g->pass[PASS_DIAGONALS].n_lines;
    // Offsets from -(end - 1) to n_y - 1 - first.
    uint64_t line = base + 1 > list->band.end ? (base + 1 - list->band.end) / 32 * 32 : 0;
    uint64_t line_end = smaller(n_lines, base + g->n_y - smaller(list->band.first, g->n_y));
    for (; line < line_end; line += WALK_THREADS)
        add_lines(list, g, PASS_DIAGONALS, WALK_DIAGONALS, line, line_end, list->band.first,
                  list->band.end, join);
}

// Columns of the band with all their cells that are not behind it, of one triangle from the main
// diagonal on; if the matrix is symmetric, the columns after the band with the cells that its
// mirror image has.
static void add_columns(job_list *list, const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    const int times = (task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME) != 0;
    const int kernel = times ? WALK_TIMES : WALK_COLUMNS;
    const uint64_t begin = list->band.first, end = list->band.end;
    const int symmetric = bundle_symmetric(task), triangle = bundle_from_diagonal(task);
    for (uint64_t line = begin; line < end; line += WALK_THREADS) {
        const uint64_t first = triangle ? line : symmetric ? begin : 0;
        add_lines(list, g, PASS_COLUMNS, kernel, line, end, first, g->n_y, 1);
    }
    for (uint64_t line = end; symmetric && !triangle && line < g->n_x; line += WALK_THREADS)
        add_lines(list, g, PASS_COLUMNS, kernel, line, g->n_x, begin, end, 1);
}

static void add_all(job_list *list, const bundle *b, uint32_t band)
{
    for (uint32_t k = 0; k < b->n_groups; k++) {
        const bundle_group *g = &b->group[k];
        list->group = k;
        list->band = columns_of(b, g, band);
        if (g->n_rows == 0 || list->band.first >= list->band.end)
            continue;
        if (!bundle_by_products(b, g) && !lags_of(b, g))
            add_bits(list, b, g);
        add_diagonals(list, b, g);
        if (g->pass[PASS_COLUMNS].n_lines)
            add_columns(list, b, g);
    }
    add_lags(list, b, band);
}

// Counts, then lists, so that the jobs of a kernel lie one after the other.
static int32_t list_jobs(job_list *list, const bundle *b, uint32_t band)
{
    memset(list, 0, sizeof *list);
    add_all(list, b, band);
    for (int k = 0; k < N_KERNELS; k++) {
        list->first[k + 1] = list->first[k] + list->next[k];
        list->next[k] = list->first[k];
    }
    list->job = (walk_job *)host_alloc(list->first[N_KERNELS], sizeof *list->job);
    if (!list->job)
        return device_fail(RQA_ERROR_MEMORY, "out of memory for a list of jobs");
    add_all(list, b, band);
    return RQA_OK;
}

// The event after which a kernel has ended.
static int event_of(int kernel)
{
    return kernel <= LAGS             ? EVENT_BITS
           : kernel == WALK_DIAGONALS ? EVENT_DIAGONALS
           : kernel < JOIN            ? EVENT_COLUMNS
                                      : EVENT_JOIN;
}

// Adds up what the events of a band say; they have all happened.
static cudaError_t take_times(const bundle *b)
{
    cudaError_t error = cudaSuccess;
    for (int k = 1; k < N_EVENTS && error == cudaSuccess; k++) {
        float ms = 0;
        error = cudaEventElapsedTime(&ms, b->set->event[k - 1], b->set->event[k]);
        b->device->seconds[k] += 1e-3 * ms;
    }
    return error;
}

// The jobs go beside the band of the bundle before, which is not waited for.
static cudaError_t launch(const bundle *b, const job_list *list, uint32_t band)
{
    static const uint32_t n_thresholds[] = {1, 4, 8};
    rqa_plugin_device *device = b->device;
    cudaEvent_t *event = b->set->event;
    char *arena = (char *)b->set->arena;
    const walk_group *groups = (const walk_group *)(arena + b->groups_at);
    const walk_pass *passes = (const walk_pass *)(arena + b->passes_at);
    const walk_job *jobs = (const walk_job *)b->set->jobs;
    const uint64_t first = b->part.first + (uint64_t)band * b->band;
    const walk_band columns = {
        (uint32_t)first,
        (uint32_t)smaller(first + b->band, b->part.end ? b->part.end : UINT32_MAX)};
    cudaError_t error =
        cudaMemcpyAsync(b->set->jobs, list->job, (size_t)list->first[N_KERNELS] * sizeof *list->job,
                        cudaMemcpyHostToDevice, device->copies);
    if (error == cudaSuccess)
        error = device_wait(device, device->copies);
    if (error == cudaSuccess)
        error = cudaEventRecord(event[EVENT_BEGIN], device->stream);
    for (int k = 0; k < N_KERNELS && error == cudaSuccess; k++) {
        const walk_job *own = jobs + list->first[k];
        uint32_t n = (uint32_t)(list->first[k + 1] - list->first[k]);
        if (n == 0)
            ; // nothing to launch, but an event to record
        else if (k <= JOINT_8)
            error = bits_launch(device->stream, groups, own, n, columns, n_thresholds[k % 3],
                                k >= JOINT_1);
        else if (k == LAGS)
            error =
                lags_launch(device->stream, groups, (const lag_chain *)(arena + b->lags.chains_at),
                            (const lag_link *)(arena + b->lags.links_at), own, n, columns);
        else if (k < JOIN)
            error = walk_launch(device->stream, groups, passes, own, n, columns,
                                k != WALK_DIAGONALS, k == WALK_TIMES);
        else
            error = join_launch(device->stream, groups, passes, own, n, columns, k == JOIN_PIECES);
        if (error == cudaSuccess)
            error = cudaEventRecord(event[event_of(k)], device->stream);
    }
    return error;
}

// The bits of the groups that have them from matrix products. Where these fail, the kernels take
// all groups.
static int32_t run_products(const bundle *b, uint32_t band)
{
    rqa_plugin_device *device = b->device;
    cudaEvent_t *event = b->set->event;
    cudaError_t error = cudaEventRecord(event[EVENT_BEGIN], device->stream);
    int32_t status = RQA_OK;
    for (uint32_t k = 0; k < b->n_groups && error == cudaSuccess && !status; k++) {
        const walk_band columns = columns_of(b, &b->group[k], band);
        if (bundle_by_products(b, &b->group[k]) && columns.first < columns.end)
            status = products_run(b, &b->group[k], columns);
    }
    if (status)
        return status == PRODUCTS_REFUSED ? RQA_OK : status;
    if (error == cudaSuccess)
        error = cudaEventRecord(event[EVENT_BITS], device->stream);
    if (error == cudaSuccess)
        error = device_wait(device, device->stream);
    float ms = 0;
    if (error == cudaSuccess)
        error = cudaEventElapsedTime(&ms, event[EVENT_BEGIN], event[EVENT_BITS]);
    device->seconds[EVENT_BITS] += 1e-3 * ms;
    return device_check(device, error, "multiplying matrices");
}

int32_t bundle_launch_band(bundle *b)
{
    rqa_plugin_device *device = b->device;
    const uint32_t band = b->n_launched;
    job_list list;
    int32_t status = b->product.on ? run_products(b, band) : RQA_OK;
    if (status)
        return status;
    status = list_jobs(&list, b, band);
    if (!status)
        status = device_reserve(device, &b->set->jobs, &b->set->jobs_size,
                                list.first[N_KERNELS] * sizeof *list.job);
    if (!status)
        status = device_check(device, launch(b, &list, band), "counting lines");
    host_free(list.job);
    b->n_launched += !status;
    return status;
}

int32_t bundle_end_band(const bundle *b)
{
    if (b->n_launched == 0)
        return RQA_OK;
    cudaError_t error = cudaEventSynchronize(b->set->event[EVENT_JOIN]);
    if (error == cudaSuccess)
        error = take_times(b);
    return device_check(b->device, error, "counting lines");
}
