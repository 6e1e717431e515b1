// bundle_collect.cu - which tallies go to the device at once: groups, and the series they are of.
#include "bundle_plan.h"

#include <stddef.h>
#include <string.h>

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

uint64_t side_vectors(const rqa_plugin_side *side, uint32_t dim_index)
{
    uint64_t span = (uint64_t)(side->dims[dim_index] - 1) * side->delay;
    return span < side->n_samples ? side->n_samples - span : 0;
}

int32_t bundle_grow(void **array, uint32_t n, uint32_t *room, uint64_t size)
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
    if (bundle_wants_columns(task))
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

int bundle_same_side(const rqa_plugin_side *a, const rqa_plugin_side *b)
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
    int32_t status =
        bundle_grow((void **)&b->field, b->n_fields, &b->room_fields, sizeof *b->field);
    if (status)
        return status;
    bundle_field *f = &b->field[b->n_fields];
    const bundle_field *before = b->n_fields ? f - 1 : NULL;
    f->x = x;
    f->y = y;
    // Tasks of one series differ in delay, and come one after the other.
    if (before && bundle_same_side(before->x, x) && bundle_same_side(before->y, y))
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
    int32_t status =
        bundle_grow((void **)&b->group, b->n_groups, &b->room_groups, sizeof *b->group);
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
    return status ? status : lags_add(b, b->n_groups - 1);
}

static uint32_t least(uint64_t a, uint64_t b, uint64_t c)
{
    return (uint32_t)smaller(a, smaller(b, c));
}

int32_t bundle_collect(bundle *b, uint64_t most)
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
