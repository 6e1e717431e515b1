// bundle_plan.cu - how many tallies go to the device at once, and where everything lies there.
#include "bundle_plan.h"

#include <stddef.h>
#include <string.h>

// Some 2,000 groups, whose warps fill any card even of series of 100 samples; while the next as many are
// counted, these are read out.
static const uint64_t most_tallies = 16384;

enum { LEAST_SEGMENT = 256, LEAST_BAND = 1024, WARPS_PER_PROCESSOR = 64 };

// What one band may cost: so that it can be cancelled soon, and a display stays alive. In
// operations of one lane, about 20 ms of one multiprocessor that issues 70 % of 128 a cycle at 1.5 GHz
// (assumed; no card has measured it).
static const double launch_operations = 2.7e9;

// The same if every cell of it is decided again in double, as those of samples on a grid can be:
// half a second of a card whose display would be taken for dead after two.
static const double recheck_operations = 1e11;

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

void matrix_size(const rqa_plugin_task *task, uint32_t dim, uint64_t *n_x, uint64_t *n_y)
{
    *n_x = side_vectors(&task->x, dim);
    *n_y = task->relation == RQA_PLUGIN_AUTO ? *n_x : side_vectors(&task->y, dim);
    if (task->relation == RQA_PLUGIN_JOINT)
        *n_x = *n_y = smaller(*n_x, *n_y);
}

bundle_part bundle_part_of(const rqa_plugin_task *task)
{
    bundle_part part = {0, 0};
    if (task->struct_size >= offsetof(rqa_plugin_task, part_end) + sizeof task->part_end) {
        part.first = task->part_first;
        part.end = task->part_end;
    }
    return part;
}

static uint32_t offsets_of(const rqa_plugin_task *task, uint64_t n_x, uint64_t n_y)
{
    uint64_t n = smaller(n_x, n_y);
    return (uint32_t)(task->relation == RQA_PLUGIN_AUTO ? n : 2 * n - 1);
}

// Of `columns` columns, which bound a diagonal too.
static void set_shape(tally_shape *shape, const rqa_plugin_task *task, uint64_t columns,
                      uint64_t n_x, uint64_t n_y)
{
    uint32_t on_diagonal = (uint32_t)smaller(columns, n_y) + 1, in_column = (uint32_t)n_y + 1;
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
    g->x_end = b->part.end ? b->part.end : g->n_x;
    const uint64_t columns = g->x_end - b->part.first;
    if (g->n_x > 0 && g->n_y > 0)
        set_shape(&g->shape, task, columns, g->n_x, g->n_y);
    g->n_words = (uint32_t)((g->n_y + 31) / 32);
    b->bits_bytes += round_up(columns, 32) * g->n_words * n_thresholds * sizeof(uint32_t);
    g->tally = b->tallies_bytes;
    b->tallies_bytes +=
        round_up((uint64_t)n_thresholds * g->shape.n_words * sizeof(walk_count), 256);
    b->n_tallies += n_thresholds;
    b->n_groups++;
    return status;
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
           (b->n_tallies == 0 || b->tallies_bytes + b->bits_bytes < b->device->limit / 2)) {
        const rqa_plugin_task *task = b->run->tasks[at.task];
        if (at.dim >= task->n_dims || task->n_thresholds == 0) {
            at = (bundle_cursor){at.task + 1, 0, 0};
            continue;
        }
        const bundle_part part = bundle_part_of(task);
        if (b->n_tallies == 0)
            b->part = part;
        else if (part.first != b->part.first || part.end != b->part.end)
            break;
        uint32_t n = least(BIT_THRESHOLDS, task->n_thresholds - at.threshold, most - b->n_tallies);
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

// Of one column, in operations of a lane: deciding its cells and walking them in both directions,
// and what deciding all of them again in double adds.
struct column_cost {
    double usual, recheck;
};

static void add_cost(column_cost *cost, const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    double coordinates = (double)task->x.dims[g->at.dim] * task->x.n_channels;
    double cells = (double)g->n_y; // less what lies before the main diagonal, in the mean
    if (bundle_symmetric(task))
        cells -= 0.5 * (double)(b->part.first + g->x_end);
    // By tests/gpu/sass_counts.py, one run to some 25 cells; of each pair a mirror image is walked too.
    cost->usual += cells * (1.5 + 2.5 * coordinates + 15 * g->n_thresholds);
    cost->recheck += cells * 3 * coordinates * b->device->double_cost;
}

// Columns of a band that last no longer than they may.
static uint64_t columns_in_time(const bundle *b, const column_cost *cost)
{
    const double n = b->device->n_processors;
    double columns = launch_operations * n / (cost->usual + 1);
    columns = columns < LEAST_BAND ? (double)LEAST_BAND : columns;
    const double rechecked = recheck_operations * n / (cost->recheck + 1);
    columns = rechecked < columns ? rechecked : columns;
    return columns > 1e9 ? 1000000000 : columns < 32 ? 32 : (uint64_t)columns;
}

static void set_band(bundle *b)
{
    column_cost cost = {0, 0};
    uint64_t bytes = 0, widest = 0;
    for (uint32_t k = 0; k < b->n_groups; k++) {
        const bundle_group *g = &b->group[k];
        add_cost(&cost, b, g);
        bytes += (uint64_t)g->n_words * g->n_thresholds * sizeof(uint32_t);
        uint64_t columns = g->x_end - b->part.first;
        widest = columns > widest ? columns : widest;
    }
    uint64_t band = b->device->options.band_steps;
    if (!band) {
        band = columns_in_time(b, &cost);
        band = smaller(band, bytes ? b->device->limit / 4 / bytes : band);
    }
    band = round_up(band > 0 ? smaller(band, widest) : 1, 32);
    b->band = (uint32_t)(band ? band : 32);
    b->n_bands = (uint32_t)((widest + b->band - 1) / b->band);
}

// Cells per warp so that `lines` lines of `cells` cells occupy the device, if others do not.
static uint32_t portion_of(const bundle *b, uint64_t lines, uint64_t cells, uint64_t others)
{
    uint64_t wanted = (uint64_t)b->device->n_processors * WARPS_PER_PROCESSOR;
    uint64_t portion = others >= wanted ? cells : (lines + 31) / 32 * cells / wanted;
    portion = portion < LEAST_SEGMENT ? (uint64_t)LEAST_SEGMENT : portion;
    if (b->device->options.segment_steps)
        portion = b->device->options.segment_steps;
    return (uint32_t)smaller(round_up(smaller(portion, cells), 32), WALK_SEGMENT_MOST);
}

static uint32_t slots_of(uint64_t cells, uint32_t segment)
{
    return (uint32_t)((cells + segment - 1) / segment);
}

static void set_pass(const bundle *b, bundle_group *g, bundle_pass *p, uint64_t n_lines,
                     uint64_t rows, uint64_t cells_inside, uint64_t others)
{
    p->n_lines = (uint32_t)n_lines;
    p->segment = portion_of(b, rows * g->n_thresholds, cells_inside, others);
    p->n_slots = slots_of(g->n_rows, p->segment);
    p->n_inner_slots = slots_of(cells_inside, p->segment);
    p->whole = !p->pieces && g->x_end - b->part.first <= b->band &&
               (cells_inside > g->n_rows ? p->n_inner_slots : p->n_slots) == 1;
}

static void set_passes(bundle *b)
{
    uint64_t warps = 0;
    for (uint32_t k = 0; k < b->n_groups; k++)
        warps += (smaller(b->group[k].x_end - b->part.first, b->band) + 31) / 32 *
                 b->group[k].n_thresholds;
    for (uint32_t k = 0; k < b->n_groups; k++) {
        bundle_group *g = &b->group[k];
        const rqa_plugin_task *task = bundle_task(b, g);
        if (g->n_x == 0 || g->n_y == 0)
            continue;
        g->n_rows = (uint32_t)smaller(b->band, round_up(g->x_end - b->part.first, 32));
        bundle_pass *diagonals = &g->pass[PASS_DIAGONALS], *columns = &g->pass[PASS_COLUMNS];
        diagonals->pieces = b->part.end && task->tallies & RQA_PLUGIN_TALLY_DIAGONAL;
        columns->pieces = b->part.end && bundle_symmetric(task) && !bundle_from_diagonal(task);
        // Four times as many: half of a symmetric matrix is no work.
        g->chunk = portion_of(b, (g->n_rows + 3) / 4, g->n_y, warps / BIT_THRESHOLDS / 4);
        const uint64_t n_diagonals = bundle_base(g, task) + g->n_y - b->part.first;
        set_pass(b, g, diagonals, n_diagonals, n_diagonals, g->n_rows, warps);
        if (wants_columns(task))
            set_pass(b, g, columns, g->n_x, g->n_rows, g->n_y, warps);
    }
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
    *near = place(b, NEAR_PLANES * n * sizeof(float));
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

static void place_pass(bundle *b, const bundle_group *g, bundle_pass *p)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    uint64_t n_words = task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME ? (uint64_t)SUMMARY_WORDS
                                                                        : SUMMARY_TAIL + 1;
    uint64_t bytes = g->n_thresholds * sizeof(uint32_t);
    if (p->n_lines == 0 || p->whole)
        return;
    p->summary = place(b, bytes * n_words * p->n_slots * p->n_lines);
    p->state_size = bytes * (p->pieces ? n_words : (uint64_t)STATE_WORDS) * p->n_lines;
    p->state = place(b, p->state_size);
    if (p == &g->pass[PASS_COLUMNS])
        p->inner_summary = place(b, bytes * n_words * p->n_inner_slots * g->n_rows);
}

static void place_all(bundle *b)
{
    b->size = round_up(b->tallies_bytes, 256);
    b->groups_at = place(b, (uint64_t)b->n_groups * sizeof(walk_group));
    b->passes_at = place(b, (uint64_t)b->n_groups * N_PASSES * sizeof(walk_pass));
    place_fields(b);
    b->product.centres_at = place(b, b->product.n_centres * sizeof(double));
    b->upload_end = b->size;
    b->product.work_at = place(b, b->product.work_bytes);
    for (uint32_t k = 0; k < b->n_groups; k++) {
        bundle_group *g = &b->group[k];
        g->bits = place(b, (uint64_t)g->n_rows * g->n_words * g->n_thresholds * sizeof(uint32_t));
        for (int p = 0; p < N_PASSES; p++)
            place_pass(b, g, &g->pass[p]);
    }
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
    set_band(b);
    set_passes(b);
    status = products_choose(b);
    if (status)
        bundle_free(b);
    else
        place_all(b);
    return status;
}

void bundle_free(bundle *b)
{
    host_free(b->group);
    host_free(b->field);
    host_free(b->product.centre);
    memset(b, 0, sizeof *b);
}
