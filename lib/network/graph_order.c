/* graph_order.c - the nodes of a network in an order that keeps neighbours together. */
#include "network/graph_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

enum { SQUARE = 256 };
enum { PADDING = 8 }; /* doubles of NaN behind each channel, as series have them */

typedef struct keyed {
    double key;
    uint32_t node;
} keyed;

static int compare_keyed(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (isnan(x->key) || isnan(y->key)) /* missing ones come last */
        return isnan(x->key) != isnan(y->key) ? (isnan(x->key) ? 1 : -1)
                                              : (x->node > y->node) - (x->node < y->node);
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static size_t n_coordinates(const rqa__side *side)
{
    return (size_t)side->dims[0] * side->n_channels;
}

static size_t stride_of(size_t n)
{
    return (n + 2 * PADDING - 1) / PADDING * PADDING;
}

/* Squares of so many nodes: slabs of the first coordinate, sorted by the last. */
static size_t nodes_per_slab(size_t n)
{
    const size_t n_slabs = (size_t)sqrt((double)n / SQUARE);
    return n_slabs < 2 ? n : (n + n_slabs - 1) / n_slabs;
}

static int sort_nodes(rqa__graph_order *order, const double *first, const double *last)
{
    keyed *sorted = rqa__alloc_array(order->n, sizeof *sorted);
    if (!sorted)
        return RQA_ERROR_MEMORY;
    for (size_t i = 0; i < order->n; i++)
        sorted[i] = (keyed){first[i], (uint32_t)i};
    qsort(sorted, order->n, sizeof *sorted, compare_keyed);
    for (size_t p = 0; p < order->n && first != last; p += order->slab) {
        const size_t n = order->n - p < order->slab ? order->n - p : order->slab;
        for (size_t k = p; k < p + n; k++)
            sorted[k].key = last[sorted[k].node];
        qsort(sorted + p, n, sizeof *sorted, compare_keyed);
    }
    for (size_t k = 0; k < order->n; k++) {
        order->node[k] = sorted[k].node;
        order->place[sorted[k].node] = (uint32_t)k;
    }
    rqa__free(sorted);
    return RQA_OK;
}

static rqa__side sort_side(const rqa__graph_order *order, const rqa__side *side, double *values,
                           const double **channel)
{
    const size_t stride = stride_of(order->n);
    for (size_t k = 0; k < n_coordinates(side); k++) {
        const double *from =
            side->channel[k % side->n_channels] + k / side->n_channels * side->delay;
        double *to = values + k * stride;
        for (size_t p = 0; p < order->n; p++)
            to[p] = from[order->node[p]];
        for (size_t p = order->n; p < stride; p++)
            to[p] = NAN;
        channel[k] = to;
    }
    return (rqa__side){.channel = channel,
                       .n_samples = order->n,
                       .n_channels = (uint32_t)n_coordinates(side),
                       .delay = 1,
                       .dims = &order->one};
}

/* Least and greatest first coordinate of a slab; NaN: all are missing. */
static void slab_range(const rqa__graph_order *order, size_t p, double *least, double *most)
{
    *least = *most = NAN;
    for (size_t k = p; k < order->n && k < p + order->slab; k++) {
        const double v = order->channel[0][k];
        if (isnan(v))
            continue;
        *least = isnan(*least) || v < *least ? v : *least;
        *most = isnan(*most) || v > *most ? v : *most;
    }
}

/* Rounding is monotone, so the predicate is too, and a distance is at least each of its terms. */
static void find_ends(rqa__graph_order *order, uint32_t norm, double bound)
{
    size_t end = 0;
    for (size_t p = 0; p < order->n; p += order->slab) {
        double least, most, next, other;
        slab_range(order, p, &least, &most);
        for (end = end > p + order->slab ? end : p + order->slab; end < order->n;
             end += order->slab) {
            slab_range(order, end, &next, &other);
            const double d = next - most;
            if (!((norm == RQA__NORM_EUCLIDEAN ? d * d : d) <= bound))
                break;
        }
        for (size_t k = p; k < p + order->slab && k < order->n; k++)
            order->end[k] = (uint32_t)(end < order->n ? end : order->n);
    }
}

static void keep_time(rqa__graph_order *order)
{
    for (size_t k = 0; k < order->n; k++) {
        order->node[k] = order->place[k] = (uint32_t)k;
        order->end[k] = (uint32_t)order->n;
    }
}

int rqa__graph_order_make(rqa__graph_order *order, const rqa__task *task)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    const size_t of_x = n_coordinates(&task->x), of_y = joint ? n_coordinates(&task->y) : 0;
    memset(order, 0, sizeof *order);
    order->n = rqa__side_vectors(&task->x, 0);
    order->one = 1;
    order->slab = nodes_per_slab(order->n);
    const double *last = task->x.channel[task->x.n_channels - 1] +
                         (size_t)(task->x.dims[0] - 1) * task->x.delay;
    if (of_x == 1)
        order->slab = 1;
    order->node = rqa__alloc_array(order->n, sizeof *order->node);
    order->place = rqa__alloc_array(order->n, sizeof *order->place);
    order->end = rqa__alloc_array(order->n, sizeof *order->end);
    order->task = *task;
    order->task.n_dims = order->task.n_thresholds = 1;
    if (task->cells && order->node && order->place && order->end) {
        keep_time(order); /* in which the cells are listed */
        return RQA_OK;
    }
    order->channel = rqa__alloc_array(of_x + of_y, sizeof *order->channel);
    size_t n_bytes;
    if (!rqa__mul_size((of_x + of_y) * sizeof(double), stride_of(order->n), &n_bytes))
        order->values = rqa__alloc_aligned(n_bytes);
    if (!order->node || !order->place || !order->end || !order->channel || !order->values ||
        sort_nodes(order, task->x.channel[0], last))
        return RQA_ERROR_MEMORY;
    order->task.x = order->task.y =
        sort_side(order, &task->x, order->values, order->channel);
    if (joint)
        order->task.y = sort_side(order, &task->y, order->values + of_x * stride_of(order->n),
                                  order->channel + of_x);
    find_ends(order, task->norm, task->bounds[0]);
    return RQA_OK;
}

void rqa__graph_order_free(rqa__graph_order *order)
{
    rqa__free(order->node);
    rqa__free(order->place);
    rqa__free(order->end);
    rqa__free_aligned(order->values);
    rqa__free(order->channel);
}

size_t rqa__graph_order_memory(const rqa__task *task)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    const size_t n = rqa__side_vectors(&task->x, 0);
    const size_t each = n_coordinates(&task->x) + (joint ? n_coordinates(&task->y) : 0);
    return n * (each * sizeof(double) + 3 * sizeof(uint32_t) + sizeof(keyed)) +
           each * (2 * PADDING + 1) * sizeof(double);
}

static rqa__side side_shape(const rqa__side *side, size_t n, const uint32_t *one)
{
    return (rqa__side){
        .n_samples = n, .n_channels = (uint32_t)n_coordinates(side), .delay = 1, .dims = one};
}

rqa__task rqa__graph_order_shape(const rqa__task *task, const uint32_t *one)
{
    const size_t n = rqa__side_vectors(&task->x, 0);
    rqa__task shape = *task;
    shape.n_dims = shape.n_thresholds = 1;
    if (task->cells)
        return shape;
    shape.x = shape.y = side_shape(&task->x, n, one);
    if (task->relation == RQA__RELATION_JOINT)
        shape.y = side_shape(&task->y, n, one);
    return shape;
}
