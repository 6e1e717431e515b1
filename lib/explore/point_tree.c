/* point_tree.c - makes the k-d tree: halves along the widest side of a tight box. */
#include "explore/point_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Halves of more than LEAF points have at least LEAF / 2 of them. */
static size_t most_nodes(size_t n_points)
{
    return 2 * (n_points / (RQA__TREE_LEAF / 2) + 1);
}

uint64_t rqa__point_tree_memory(size_t n_points, uint32_t n_coordinates)
{
    const uint64_t n_nodes = most_nodes(n_points);
    return (uint64_t)n_points * (sizeof(uint32_t) + n_coordinates * sizeof(double)) +
           n_nodes * (sizeof(rqa__tree_node) + 2 * n_coordinates * sizeof(double)) +
           n_coordinates * sizeof(double *);
}

static int allocate(rqa__point_tree *tree)
{
    const size_t n = tree->n_points, n_nodes = most_nodes(n), n_coordinates = tree->n_coordinates;
    size_t n_values, n_sides;
    tree->index = rqa__alloc_array(n, sizeof *tree->index);
    tree->slot = rqa__alloc_array(n_coordinates, sizeof *tree->slot);
    tree->node = rqa__alloc_array(n_nodes, sizeof *tree->node);
    if (!rqa__mul_size(n, n_coordinates, &n_values))
        tree->values = rqa__alloc_array(n_values, sizeof *tree->values);
    if (!rqa__mul_size(n_nodes, 2 * n_coordinates, &n_sides))
        tree->box = rqa__alloc_array(n_sides, sizeof *tree->box);
    if (!tree->index || !tree->slot || !tree->node || !tree->values || !tree->box)
        return rqa__fail_memory("the search tree");
    return RQA_OK;
}

void rqa__point_tree_destroy(rqa__point_tree *tree)
{
    rqa__free(tree->index);
    rqa__free(tree->slot);
    rqa__free(tree->values);
    rqa__free(tree->node);
    rqa__free(tree->box);
    memset(tree, 0, sizeof *tree);
}

/* The box of some slots, and the coordinate along which it is widest. */
static uint32_t bound(rqa__point_tree *tree, rqa__tree_node *node, double *box)
{
    const uint32_t n = tree->n_coordinates;
    uint32_t widest = 0;
    double width = 0;
    node->least_index = UINT32_MAX;
    for (uint32_t s = node->begin; s < node->end; s++)
        if (tree->index[s] < node->least_index)
            node->least_index = tree->index[s];
    for (uint32_t k = 0; k < n; k++) {
        const double *value = tree->point[k];
        double low = value[tree->index[node->begin]], high = low;
        for (uint32_t s = node->begin + 1; s < node->end; s++) {
            const double own = value[tree->index[s]];
            low = own < low ? own : low;
            high = own > high ? own : high;
        }
        box[k] = low;
        box[n + k] = high;
        if (high - low > width) {
            width = high - low;
            widest = k;
        }
    }
    node->is_flat = width == 0;
    return widest;
}

static double median_of_three(double a, double b, double c)
{
    if (a < b)
        return b < c ? b : a < c ? c : a;
    return a < c ? a : b < c ? c : b;
}

/* Puts into slots [begin, middle) what is not above what comes to stand from middle on. */
static void halve(uint32_t *index, const double *value, size_t begin, size_t middle, size_t end)
{
    size_t draw = end; /* pivots from places that no order of samples foresees */
    while (end - begin > 1) {
        const size_t n = end - begin;
        size_t place[3];
        for (int k = 0; k < 3; k++) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            place[k] = begin + (draw >> 20) % n;
        }
        const double pivot = median_of_three(value[index[place[0]]], value[index[place[1]]],
                                             value[index[place[2]]]);
        size_t low = begin, high = end - 1;
        for (;;) {
            while (value[index[low]] < pivot)
                low++;
            while (value[index[high]] > pivot)
                high--;
            if (low >= high)
                break;
            const uint32_t other = index[low];
            index[low++] = index[high];
            index[high--] = other;
        }
        /* Below `low` nothing is above the pivot, from it on nothing below. */
        if (low == begin) /* the pivot alone, which is least */
            low++;
        if (middle < low)
            end = low;
        else
            begin = low;
    }
}

static int compare_indices(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void divide(rqa__point_tree *tree, uint32_t begin, uint32_t end)
{
    const size_t own = tree->n_nodes++;
    rqa__tree_node *node = &tree->node[own];
    *node = (rqa__tree_node){.begin = begin, .end = end};
    const uint32_t widest = bound(tree, node, tree->box + own * 2 * tree->n_coordinates);
    if (end - begin <= RQA__TREE_LEAF)
        return;
    const uint32_t middle = begin + (end - begin) / 2;
    if (node->is_flat) /* by index, so that the smallest of equally near ones is soon found */
        qsort(tree->index + begin, end - begin, sizeof *tree->index, compare_indices);
    else
        halve(tree->index, tree->point[widest], begin, middle, end);
    divide(tree, begin, middle);
    node->right = (uint32_t)tree->n_nodes;
    divide(tree, middle, end);
}

int rqa__point_tree_build(rqa__point_tree *tree, const double *const *point, uint32_t n_coordinates,
                          size_t n_points)
{
    memset(tree, 0, sizeof *tree);
    tree->point = point;
    tree->n_coordinates = n_coordinates;
    tree->n_points = n_points;
    int status = allocate(tree);
    if (status)
        return status;
    for (size_t s = 0; s < n_points; s++)
        tree->index[s] = (uint32_t)s;
    divide(tree, 0, (uint32_t)n_points);
    for (uint32_t k = 0; k < n_coordinates; k++) {
        tree->slot[k] = tree->values + k * n_points;
        for (size_t s = 0; s < n_points; s++)
            tree->slot[k][s] = point[k][tree->index[s]];
    }
    return RQA_OK;
}
