// bundle_plan.cu - how many tallies go to the device at once, and where everything lies there.
#include "bundle_plan.h"

#include <string.h>

static const uint64_t most_tallies = 65536;

enum { LEAST_SEGMENT = 256, WARPS_PER_PROCESSOR = 64 };

// What one launch may cost: so that it can be cancelled soon, and a display stays alive. In
// operations of one lane, about 20 ms of one multiprocessor.
static const double launch_operations = 4e9;

uint64_t side_vectors(const rqa_plugin_side *side, uint32_t dim_index)
{
    uint64_t span = (uint64_t)(side->dims[dim_index] - 1) * side->delay;
    return span < side->n_samples ? side->n_samples - span : 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

// Makes room for one more element. 0 or RQA_ERROR_MEMORY.
static int32_t grow(void **array, uint32_t n, uint32_t *room, uint64_t size)
{
    if (n < *room)
        return RQA_OK;
    uint32_t more = *room ? 2 * *room : 16;
    void *block = host_alloc(more, size);
    if (!block)
        return device_fail(RQA_ERROR_MEMORY, "out of memory for a plan");
    if (n)
        memcpy(block, *array, (size_t)(n * size));
    host_free(*array);
    *array = block;
    *room = more;
    return RQA_OK;
}

// ---- groups ----

static int wants_columns(const rqa_plugin_task *task)
{
    return (task->tallies & (RQA_PLUGIN_TALLY_VERTICAL | RQA_PLUGIN_TALLY_WHITE |
                             RQA_PLUGIN_TALLY_RECURRENCE_TIME)) != 0;
}

// Vectors of both axes of the matrix.
static void matrix_size(const rqa_plugin_task *task, uint32_t dim, uint64_t *n_x, uint64_t *n_y)
{
    *n_x = side_vectors(&task->x, dim);
    *n_y = task->relation == RQA_PLUGIN_AUTO ? *n_x : side_vectors(&task->y, dim);
    if (task->relation == RQA_PLUGIN_JOINT)
        *n_x = *n_y = smaller(*n_x, *n_y);
}

static uint32_t offsets_of(const rqa_plugin_task *task, uint64_t n_x, uint64_t n_y)
{
    uint64_t n = smaller(n_x, n_y);
    return (uint32_t)(task->relation == RQA_PLUGIN_AUTO ? n : 2 * n - 1);
}

static void set_shape(tally_shape *shape, const rqa_plugin_task *task, uint64_t n_x, uint64_t n_y)
{
    uint32_t on_diagonal = (uint32_t)smaller(n_x, n_y) + 1, in_column = (uint32_t)n_y + 1;
    memset(shape, 0, sizeof *shape);
    if (task->tallies & RQA_PLUGIN_TALLY_DIAGONAL)
        shape->size[KIND_DIAGONAL] = on_diagonal;
    if (wants_columns(task))
        shape->size[KIND_VERTICAL] = in_column;
    if (task->tallies & RQA_PLUGIN_TALLY_WHITE)
        shape->size[KIND_WHITE_INNER] = shape->size[KIND_WHITE_BORDER] = in_column;
    if (task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME)
        shape->size[KIND_TIME] = in_column;
    if (task->tallies & RQA_PLUGIN_TALLY_OFFSETS)
        shape->size[KIND_OFFSETS] = offsets_of(task, n_x, n_y);
    shape->n_words = TALLY_HEAD;
    for (int k = 0; k < N_KINDS; k++) {
        shape->at[k] = shape->n_words;
        shape->n_words += shape->size[k];
    }
}

// Whether a field that is there already can serve: the same memory seen as the same shape.
static int same_side(const rqa_plugin_side *a, const rqa_plugin_side *b)
{
    if (!a || !b)
        return a == b;
    if (a->n_samples != b->n_samples || a->n_channels != b->n_channels)
        return 0;
    for (uint32_t c = 0; c < a->n_channels; c++)
        if (a->channel[c] != b->channel[c])
            return 0;
    return 1;
}

static int32_t add_field(bundle *b, const rqa_plugin_side *x, const rqa_plugin_side *y)
{
    int32_t status = grow((void **)&b->field, b->n_fields, &b->room_fields, sizeof *b->field);
    if (status)
        return status;
    bundle_field *f = &b->field[b->n_fields];
    const bundle_field *before = b->n_fields ? f - 1 : NULL;
    f->x = x;
    f->y = y;
    // Tasks of one series differ in delay, and come one after the other.
    if (before && same_side(before->x, x) && same_side(before->y, y))
        f->scale = before->scale;
    else
        f->scale = near_scale_of(x, y ? y : x);
    b->n_fields++;
    return RQA_OK;
}

static int32_t add_fields(bundle *b, const rqa_plugin_task *task)
{
    if (task->relation != RQA_PLUGIN_JOINT)
        return add_field(b, &task->x, task->relation == RQA_PLUGIN_CROSS ? &task->y : NULL);
    int32_t status = add_field(b, &task->x, NULL);
    return status ? status : add_field(b, &task->y, NULL);
}

static int32_t add_pass(bundle *b, uint32_t group, uint32_t direction, uint64_t n_lines,
                        uint64_t longest)
{
    if (n_lines == 0)
        return RQA_OK;
    int32_t status = grow((void **)&b->pass, b->n_passes, &b->room_passes, sizeof *b->pass);
    if (status)
        return status;
    bundle_pass *p = &b->pass[b->n_passes++];
    memset(p, 0, sizeof *p);
    p->group = group;
    p->direction = direction;
    p->n_lines = (uint32_t)n_lines;
    p->longest = (uint32_t)longest;
    return RQA_OK;
}

static int32_t add_passes(bundle *b, uint32_t group)
{
    const bundle_group *g = &b->group[group];
    const rqa_plugin_task *task = bundle_task(b, g);
    if (g->n_x == 0 || g->n_y == 0)
        return RQA_OK;
    uint64_t longest = smaller(g->n_x, g->n_y);
    int32_t status = add_pass(b, group, DIRECTION_UP, g->n_y, longest);
    if (!status && task->relation == RQA_PLUGIN_CROSS)
        status = add_pass(b, group, DIRECTION_DOWN, g->n_x - 1, smaller(g->n_x - 1, g->n_y));
    if (!status && wants_columns(task))
        status = add_pass(b, group, DIRECTION_COLUMNS, g->n_x, g->n_y);
    return status;
}

static int32_t add_group(bundle *b, bundle_cursor at, uint32_t n_thresholds)
{
    int32_t status = grow((void **)&b->group, b->n_groups, &b->room_groups, sizeof *b->group);
    if (status)
        return status;
    const rqa_plugin_task *task = b->run->tasks[at.task];
    bundle_group *g = &b->group[b->n_groups];
    const bundle_group *before = b->n_groups ? g - 1 : NULL;
    memset(g, 0, sizeof *g);
    if (!before || before->at.task != at.task) {
        g->field = b->n_fields;
        status = add_fields(b, task);
    } else {
        g->field = before->field;
    }
    g->at = at;
    g->n_thresholds = n_thresholds;
    g->first = b->n_tallies;
    matrix_size(task, at.dim, &g->n_x, &g->n_y);
    if (g->n_x > 0 && g->n_y > 0)
        set_shape(&g->shape, task, g->n_x, g->n_y);
    g->tally = b->tallies_bytes;
    b->tallies_bytes += round_up((uint64_t)n_thresholds * g->shape.n_words * sizeof(walk_count), 256);
    b->n_tallies += n_thresholds;
    b->n_groups++;
    return status ? status : add_passes(b, b->n_groups - 1);
}

static uint32_t least(uint64_t a, uint64_t b, uint64_t c)
{
    return (uint32_t)smaller(a, smaller(b, c));
}

// Takes (task, dim, threshold) in order while they fit.
static int32_t collect(bundle *b, uint64_t most)
{
    bundle_cursor at = b->begin;
    int32_t status = RQA_OK;
    while (!status && at.task < b->run->n_tasks && b->n_tallies < most &&
           (b->n_tallies == 0 || b->tallies_bytes < b->device->limit / 2)) {
        const rqa_plugin_task *task = b->run->tasks[at.task];
        if (at.dim >= task->n_dims || task->n_thresholds == 0) {
            at = (bundle_cursor){at.task + 1, 0, 0};
            continue;
        }
        uint32_t n = least(WALK_THRESHOLDS, task->n_thresholds - at.threshold, most - b->n_tallies);
        status = add_group(b, at, n);
        at.threshold += n;
        if (at.threshold == task->n_thresholds) {
            at.threshold = 0;
            at.dim++;
        }
    }
    b->end = at;
    return status;
}

// ---- bands and segments ----

static double cost_of_cell(const bundle *b, const bundle_pass *p)
{
    const bundle_group *g = &b->group[p->group];
    const rqa_plugin_task *task = bundle_task(b, g);
    double coordinates = (double)task->x.dims[g->at.dim] * task->x.n_channels;
    return 4 + 2 * coordinates + 6 * g->n_thresholds;
}

static void set_bands(bundle *b)
{
    const rqa_plugin_device_options *o = &b->device->options;
    double per_step = 0;
    uint64_t warps = 0;
    uint32_t longest = 0;
    for (uint32_t k = 0; k < b->n_passes; k++) {
        const bundle_pass *p = &b->pass[k];
        per_step += p->n_lines * cost_of_cell(b, p);
        warps += (p->n_lines + 31) / 32;
        longest = p->longest > longest ? p->longest : longest;
    }
    if (longest == 0)
        return;
    double band = launch_operations * b->device->n_processors / (per_step > 0 ? per_step : 1);
    band = band < 1024 ? 1024 : band > longest ? longest : band;
    b->band = (uint32_t)round_up(o->band_steps ? o->band_steps : (uint64_t)band, 32);
    b->n_bands = (longest + b->band - 1) / b->band;
    uint64_t wanted = (uint64_t)b->device->n_processors * WARPS_PER_PROCESSOR;
    for (uint32_t k = 0; k < b->n_passes; k++) {
        bundle_pass *p = &b->pass[k];
        uint64_t cells = smaller(b->band, round_up(p->longest, 32));
        uint64_t slots = warps >= wanted ? 1 : smaller(wanted / warps, cells / LEAST_SEGMENT);
        uint64_t segment = o->segment_steps ? o->segment_steps : cells / (slots ? slots : 1);
        segment = smaller(round_up(segment ? segment : 1, 32), smaller(cells, WALK_SEGMENT_MOST));
        p->segment = (uint32_t)segment;
        p->n_slots = (uint32_t)((cells + segment - 1) / segment);
        p->n_bands = (p->longest + b->band - 1) / b->band;
    }
}

uint32_t bundle_block_cells(const bundle *b, const bundle_pass *p, uint32_t line)
{
    const bundle_group *g = &b->group[p->group];
    if (p->direction == DIRECTION_COLUMNS) {
        if (!bundle_task(b, g)->upper_only || bundle_task(b, g)->relation != RQA_PLUGIN_AUTO)
            return p->longest;
        return (uint32_t)smaller((uint64_t)line + WALK_THREADS, p->n_lines);
    }
    uint64_t n_lane = p->direction == DIRECTION_UP ? g->n_y : g->n_x - 1;
    return (uint32_t)smaller(p->longest, n_lane - line);
}

// ---- positions ----

static uint64_t place(bundle *b, uint64_t n_bytes)
{
    uint64_t at = b->size;
    b->size += round_up(n_bytes, 256);
    return at;
}

static void place_side(bundle *b, const rqa_plugin_side *side, uint64_t *exact, uint64_t *near)
{
    uint64_t n = side->n_samples * side->n_channels;
    *exact = place(b, n * sizeof(double));
    *near = place(b, n * sizeof(float));
}

static void place_fields(bundle *b)
{
    for (uint32_t k = 0; k < b->n_fields; k++) {
        bundle_field *f = &b->field[k];
        const bundle_field *before = k ? f - 1 : NULL;
        if (before && same_side(before->x, f->x) && same_side(before->y, f->y)) {
            f->exact_x = before->exact_x;
            f->exact_y = before->exact_y;
            f->near_x = before->near_x;
            f->near_y = before->near_y;
            continue;
        }
        place_side(b, f->x, &f->exact_x, &f->near_x);
        f->exact_y = f->exact_x;
        f->near_y = f->near_x;
        if (f->y)
            place_side(b, f->y, &f->exact_y, &f->near_y);
    }
}

static void place_all(bundle *b)
{
    b->size = round_up(b->tallies_bytes, 256);
    b->passes_at = place(b, (uint64_t)b->n_passes * sizeof(walk_pass));
    place_fields(b);
    b->n_jobs = b->n_joins = 0;
    for (uint32_t k = 0; k < b->n_passes; k++) {
        bundle_pass *p = &b->pass[k];
        uint64_t blocks = (p->n_lines + WALK_THREADS - 1) / WALK_THREADS;
        b->n_jobs += blocks * p->n_slots;
        if (p->n_bands == 1 && p->n_slots == 1)
            continue;
        uint64_t lines = (uint64_t)b->group[p->group].n_thresholds * p->n_lines;
        b->n_joins += blocks;
        p->summary = place(b, lines * p->n_slots * SUMMARY_WORDS * sizeof(uint32_t));
        p->state = place(b, lines * STATE_WORDS * sizeof(uint32_t));
    }
    b->jobs_at = place(b, b->n_jobs * sizeof(walk_job));
    b->joins_at = place(b, b->n_joins * sizeof(join_job));
    b->reads_at = place(b, b->n_tallies * READS_PER_TALLY * sizeof(read_job));
    b->bins_at = place(b, b->n_tallies * READS_PER_TALLY * sizeof(uint32_t));
}

int32_t bundle_plan(bundle *b, const rqa_plugin_run *run, rqa_plugin_device *device,
                   bundle_cursor begin, uint64_t n_tallies)
{
    memset(b, 0, sizeof *b);
    b->run = run;
    b->device = device;
    b->begin = begin;
    uint64_t most = device->options.batch_tallies;
    int32_t status = collect(b, smaller(n_tallies, most ? most : most_tallies));
    if (status) {
        bundle_free(b);
        return status;
    }
    set_bands(b);
    place_all(b);
    return RQA_OK;
}

void bundle_free(bundle *b)
{
    host_free(b->group);
    host_free(b->field);
    host_free(b->pass);
    memset(b, 0, sizeof *b);
}
