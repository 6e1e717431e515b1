// bundle_deliver.cu - histograms from the device to the sink.
#include "bundle_deliver.h"

#include <string.h>

// Bins that leave the device at a time, unless one tally has more.
static const uint64_t most_bins = 1 << 22;

// Reading out: where every histogram lies, how many classes it has.
struct reading {
    const bundle *b;
    read_job *job; // [tally][READS_PER_TALLY]; the last is the head
    uint32_t *n_bins;
    uint64_t n_jobs;
    rqa_plugin_bin *out;
    uint64_t room;
    int *begun;
};

static void list_reads(reading *r)
{
    const bundle *b = r->b;
    const walk_count *arena = (const walk_count *)b->set->arena;
    read_job *job = r->job;
    for (uint32_t k = 0; k < b->n_groups; k++) {
        const bundle_group *g = &b->group[k];
        for (uint32_t t = 0; t < g->n_thresholds; t++) {
            const walk_count *tally =
                arena + g->tally / sizeof *arena + (uint64_t)t * g->shape.n_words;
            for (int kind = 0; kind < N_KINDS; kind++)
                *job++ = (read_job){tally + g->shape.at[kind], g->shape.size[kind],
                                    kind == KIND_OFFSETS, 0};
            *job++ = (read_job){tally, g->shape.n_words ? (uint32_t)TALLY_HEAD : 0, 1, 0};
        }
    }
}

// Bins that a job occupies in the output.
static uint64_t bins_of(const reading *r, uint64_t job)
{
    return r->job[job].plain ? (r->job[job].size + 1) / 2 : r->n_bins[job];
}

static int32_t count_classes(reading *r)
{
    rqa_plugin_device *device = r->b->device;
    char *arena = (char *)r->b->set->arena;
    read_job *jobs = (read_job *)(arena + r->b->reads_at);
    uint32_t *n_bins = (uint32_t *)(arena + r->b->bins_at);
    cudaError_t error = cudaMemcpyAsync(jobs, r->job, (size_t)r->n_jobs * sizeof *jobs,
                                        cudaMemcpyHostToDevice, device->copies);
    if (error == cudaSuccess)
        error = count_launch(device->copies, jobs, (uint32_t)r->n_jobs, n_bins);
    if (error == cudaSuccess)
        error = cudaMemcpyAsync(r->n_bins, n_bins, (size_t)r->n_jobs * sizeof *n_bins,
                                cudaMemcpyDeviceToHost, device->copies);
    if (error == cudaSuccess)
        error = device_wait(device, device->copies);
    return device_check(device, error, "counting classes");
}

// ---- one portion of tallies ----

static rqa_plugin_spectrum spectrum(const reading *r, uint64_t job)
{
    rqa_plugin_spectrum s = {r->out + r->job[job].position, r->n_bins[job]};
    return s;
}

static void weigh(const rqa_plugin_spectrum *s, uint64_t *lines, uint64_t *cells)
{
    for (uint64_t k = 0; k < s->n_bins; k++) {
        *lines += s->bin[k].count;
        *cells += s->bin[k].count * s->bin[k].length;
    }
}

// From start-to-start distances and lengths to what lies between lines: the distances, less the
// cells beyond the first of all lines that another follows; `last` is what the others have of
// these.
static uint64_t gap_sum(const rqa_plugin_tally *tally, uint64_t last)
{
    uint64_t pairs = 0, distance = 0, lines = 0, cells = 0;
    weigh(&tally->recurrence_time, &pairs, &distance);
    weigh(&tally->vertical, &lines, &cells);
    return distance - (cells - lines - last);
}

static uint64_t *offsets(const reading *r, uint64_t job, const bundle_group *g,
                         const rqa_plugin_task *task)
{
    uint64_t *points = (uint64_t *)(r->out + r->job[job].position);
    if (task->relation == RQA_PLUGIN_JOINT) // one side was counted
        for (uint64_t d = 1; d < g->n_x; d++)
            points[g->n_x - 1 - d] = points[g->n_x - 1 + d];
    return points;
}

// ---- edges of a part ----

// The lines of a pass whose edges are handed on: `first` is the first in the arena.
struct edge_lines {
    uint64_t first, n, n_words;
};

static edge_lines edge_lines_of(const bundle *b, const bundle_group *g, int pass)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    edge_lines lines = {0, 0, 2};
    if (!g->pass[pass].pieces || g->pass[pass].n_lines == 0)
        return lines;
    if (pass == PASS_COLUMNS) {
        lines.first = b->part.first;
        lines.n_words = task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME ? SUMMARY_WORDS : 2;
    } else if (!bundle_symmetric(task)) {
        lines.first = bundle_base(g, task) + 1 - g->x_end;
    }
    lines.n = g->pass[pass].n_lines - lines.first;
    return lines;
}

static uint64_t edge_bytes(const bundle *b, const bundle_group *g)
{
    uint64_t n = 0;
    for (int pass = 0; pass < N_PASSES; pass++) {
        const edge_lines lines = edge_lines_of(b, g, pass);
        n += lines.n * lines.n_words * sizeof(uint32_t);
    }
    return n;
}

// Copies those of threshold t to `*to`, which it moves on.
static cudaError_t copy_edges(const bundle *b, const bundle_group *g, uint32_t t, int pass,
                              uint32_t **to, rqa_plugin_edges *edges)
{
    const bundle_pass *p = &g->pass[pass];
    const edge_lines lines = edge_lines_of(b, g, pass);
    const uint32_t *from =
        (const uint32_t *)((char *)b->set->arena + p->state) + (size_t)t * p->n_lines + lines.first;
    const uint32_t **word[SUMMARY_WORDS] = {&edges->head, &edges->tail, &edges->first, &edges->last,
                                            &edges->end};
    if (lines.n == 0)
        return cudaSuccess;
    edges->n_lines = lines.n;
    edges->first_line = (int64_t)lines.first;
    if (pass == PASS_DIAGONALS)
        edges->first_line -= bundle_base(g, bundle_task(b, g));
    cudaError_t error = cudaSuccess;
    for (uint64_t k = 0; k < lines.n_words && error == cudaSuccess; k++) {
        error = cudaMemcpyAsync(*to, from + k * g->n_thresholds * p->n_lines,
                                (size_t)lines.n * sizeof **to, cudaMemcpyDeviceToHost,
                                b->device->copies);
        *word[k] = *to;
        *to += lines.n;
    }
    return error;
}

static int32_t take_edges(const bundle *b, const bundle_group *g, uint32_t t,
                          rqa_plugin_tally *tally)
{
    uint32_t *to = (uint32_t *)b->device->edges;
    cudaError_t error = copy_edges(b, g, t, PASS_DIAGONALS, &to, &tally->diagonals);
    if (error == cudaSuccess)
        error = copy_edges(b, g, t, PASS_COLUMNS, &to, &tally->columns);
    if (error == cudaSuccess)
        error = device_wait(b->device, b->device->copies);
    return device_check(b->device, error, "reading edges");
}

// ---- to the sink ----

static int32_t give(const reading *r, const bundle_group *g, uint32_t t)
{
    const rqa_plugin_run *run = r->b->run;
    const rqa_plugin_task *task = bundle_task(r->b, g);
    const uint64_t job = (g->first + t) * READS_PER_TALLY;
    rqa_plugin_tally tally;
    memset(&tally, 0, sizeof tally);
    tally.struct_size = sizeof tally;
    if (g->shape.n_words) {
        const rqa_plugin_bin *head = r->out + r->job[job + N_KINDS].position;
        tally.points = head->length; // the first word, TALLY_POINTS
        tally.diagonal = spectrum(r, job + KIND_DIAGONAL);
        tally.vertical = spectrum(r, job + KIND_VERTICAL);
        tally.white_inner = spectrum(r, job + KIND_WHITE_INNER);
        tally.white_border = spectrum(r, job + KIND_WHITE_BORDER);
        tally.recurrence_time = spectrum(r, job + KIND_TIME);
        if (task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME)
            tally.gap_sum = g->pass[PASS_COLUMNS].pieces ? head->count // the second, TALLY_LAST
                                                         : gap_sum(&tally, head->count);
        if (!(task->tallies & RQA_PLUGIN_TALLY_VERTICAL))
            tally.vertical.n_bins = 0;
        if (task->tallies & RQA_PLUGIN_TALLY_OFFSETS) {
            tally.offset_points = offsets(r, job + KIND_OFFSETS, g, task);
            tally.n_offsets = g->shape.size[KIND_OFFSETS];
        }
        int32_t status = r->b->part.end ? take_edges(r->b, g, t, &tally) : RQA_OK;
        if (status)
            return status;
    }
    r->b->device->caller->lend();
    int32_t status = run->sink(run->sink_user, g->at.task, g->at.dim, g->at.threshold + t, &tally);
    r->b->device->caller->take_back();
    return status;
}

// Tallies [first, end) of the bundle, whose bins fit the output.
static int32_t portion(reading *r, uint64_t first, uint64_t end, uint64_t n_bins)
{
    rqa_plugin_device *device = r->b->device;
    uint64_t n_jobs = (end - first) * READS_PER_TALLY;
    read_job *jobs =
        (read_job *)((char *)r->b->set->arena + r->b->reads_at) + first * READS_PER_TALLY;
    cudaError_t error =
        cudaMemcpyAsync(jobs, r->job + first * READS_PER_TALLY, (size_t)n_jobs * sizeof *jobs,
                        cudaMemcpyHostToDevice, device->copies);
    if (error == cudaSuccess)
        error = read_launch(device->copies, jobs, (uint32_t)n_jobs, (walk_count *)device->bins);
    if (error == cudaSuccess && n_bins)
        error = cudaMemcpyAsync(r->out, device->bins, (size_t)n_bins * sizeof *r->out,
                                cudaMemcpyDeviceToHost, device->copies);
    if (error == cudaSuccess)
        error = device_wait(device, device->copies);
    return device_check(device, error, "reading histograms");
}

static int32_t make_room(reading *r)
{
    rqa_plugin_device *device = r->b->device;
    uint64_t largest = 1, total = 0;
    for (uint64_t job = 0; job < r->n_jobs; job += READS_PER_TALLY) {
        uint64_t n = 0;
        for (uint64_t k = 0; k < READS_PER_TALLY; k++)
            n += bins_of(r, job + k);
        largest = n > largest ? n : largest;
        total += n;
    }
    // In powers of two: where a bundle's blocks are too small for the next one, giving them back
    // waits for what the device is doing.
    for (r->room = 1; r->room < total && r->room < most_bins;)
        r->room *= 2;
    r->room = r->room < largest ? largest : r->room;
    uint64_t edges = 0;
    for (uint32_t k = 0; k < r->b->n_groups; k++) {
        uint64_t n = edge_bytes(r->b, &r->b->group[k]);
        edges = n > edges ? n : edges;
    }
    int32_t status =
        device_reserve_host(device, &device->out, &device->out_size, r->room * sizeof *r->out);
    r->out = (rqa_plugin_bin *)device->out;
    if (!status)
        status = device_reserve_host(device, &device->edges, &device->edges_size, edges);
    if (status)
        return status;
    return device_reserve(device, &device->bins, &device->bins_size, r->room * sizeof *r->out);
}

// Portion by portion; groups are in the order of delivery.
static int32_t give_all(reading *r)
{
    uint64_t ready = 0, tally = 0;
    for (uint32_t k = 0; k < r->b->n_groups; k++)
        for (uint32_t t = 0; t < r->b->group[k].n_thresholds; t++, tally++) {
            int32_t status = RQA_OK;
            if (tally == ready) {
                uint64_t n_bins = 0;
                while (ready < r->b->n_tallies) {
                    uint64_t n = 0, job = ready * READS_PER_TALLY;
                    for (uint64_t m = 0; m < READS_PER_TALLY; m++) {
                        r->job[job + m].position = n_bins + n;
                        n += bins_of(r, job + m);
                    }
                    if (n_bins + n > r->room)
                        break;
                    n_bins += n;
                    ready++;
                }
                status = portion(r, tally, ready, n_bins);
                if (!status)
                    status = bundle_check_cancelled(r->b->run);
            }
            *r->begun |= !status;
            if (!status)
                status = give(r, &r->b->group[k], t);
            if (status)
                return status;
        }
    return RQA_OK;
}

int32_t bundle_deliver(const bundle *b, int *begun)
{
    reading r;
    memset(&r, 0, sizeof r);
    r.b = b;
    r.begun = begun;
    r.n_jobs = b->n_tallies * READS_PER_TALLY;
    r.job = (read_job *)host_alloc(r.n_jobs, sizeof *r.job);
    r.n_bins = (uint32_t *)host_alloc(r.n_jobs, sizeof *r.n_bins);
    int32_t status = RQA_OK;
    if (!r.job || !r.n_bins)
        status = device_fail(RQA_ERROR_MEMORY, "out of memory for histograms");
    if (!status && r.n_jobs) {
        list_reads(&r);
        status = count_classes(&r);
    }
    if (!status)
        status = make_room(&r);
    if (!status)
        status = give_all(&r);
    host_free(r.job);
    host_free(r.n_bins);
    return status;
}
