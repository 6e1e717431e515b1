/* point_tree.c - makes the k-d tree: halves along the widest side, three times for a node. */
#include "search/point_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { HALVINGS = 3 }; /* BOXES is 2 to this power */

/* Halves of more than LEAF points have at least LEAF / 2 of them. */
static size_t most_leaves(size_t n_points)
{
    return n_points / (RQA__TREE_LEAF / 2) + 1;
}

/* Every node but leaves has at least two children. */
static size_t most_nodes(size_t n_points)
{
    return 2 * most_leaves(n_points);
}

static size_t most_slots(size_t n_points)
{
    return n_points + most_leaves(n_points) * (RQA__TREE_LANES - 1);
}

static size_t most_boxes(size_t n_points)
{
    return most_leaves(n_points);
}

/* Levels of nodes: each has at most a quarter of the points of the one above. */
static size_t most_levels(size_t n_points)
{
    size_t n = 2;
    for (; n_points > RQA__TREE_LEAF; n_points /= 4)
        n++;
    return n;
}

/* Boxes that are held while the tree is made. */
static size_t most_ranges(size_t n_points)
{
    return 1 + most_levels(n_points) * RQA__BOXES;
}

uint64_t rqa__point_tree_memory(size_t n_points, uint32_t n_coordinates)
{
    return (uint64_t)n_points * sizeof(uint32_t) +
           (uint64_t)most_slots(n_points) * n_coordinates * sizeof(double) +
           (uint64_t)most_nodes(n_points) * sizeof(rqa__tree_node) +
           (uint64_t)most_boxes(n_points) * 2 * RQA__BOXES * n_coordinates * sizeof(double) +
           (uint64_t)most_ranges(n_points) * 2 * n_coordinates * sizeof(double) +
           n_coordinates * sizeof(double *);
}

static int allocate(rqa__point_tree *tree)
{
    const size_t n = tree->n_points, n_coordinates = tree->n_coordinates;
    size_t n_values, n_sides;
    tree->index = rqa__alloc_array(n, sizeof *tree->index);
    tree->slot = rqa__alloc_array(n_coordinates, sizeof *tree->slot);
    tree->node = rqa__alloc_array(most_nodes(n), sizeof *tree->node);
    if (!rqa__mul_size(most_slots(n), n_coordinates, &n_values))
        tree->values = rqa__alloc_array(n_values, sizeof *tree->values);
    if (!rqa__mul_size(most_boxes(n), 2 * RQA__BOXES * n_coordinates, &n_sides))
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

/* Some points, with their box: low[n_coordinates], high[n_coordinates]. */
typedef struct range {
    uint32_t begin, end, least_index, widest, is_flat;
    double *box;
} range;

static void bound(const rqa__point_tree *tree, range *r)
{
    const uint32_t n = tree->n_coordinates;
    double width = 0;
    r->least_index = UINT32_MAX;
    r->widest = 0;
    for (uint32_t s = r->begin; s < r->end; s++)
        if (tree->index[s] < r->least_index)
            r->least_index = tree->index[s];
    for (uint32_t k = 0; k < n; k++) {
        const double *value = tree->point[k];
        double low = value[tree->index[r->begin]], high = low;
        for (uint32_t s = r->begin + 1; s < r->end; s++) {
            const double own = value[tree->index[s]];
            low = own < low ? own : low;
            high = own > high ? own : high;
        }
        r->box[k] = low;
        r->box[n + k] = high;
        if (high - low > width) {
            width = high - low;
            r->widest = k;
        }
    }
    r->is_flat = width == 0;
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
    uint64_t draw = end; /* pivots from places that no order of samples foresees */
    while (end - begin > 1) {
        const size_t n = end - begin;
        size_t place[3];
        for (int k = 0; k < 3; k++) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            place[k] = begin + (size_t)((draw >> 20) % n);
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

/* Both halves are bounded, the lower one in its place. */
static void split(rqa__point_tree *tree, range *r, range *upper)
{
    const uint32_t middle = r->begin + (r->end - r->begin) / 2;
    if (r->is_flat) /* by index, so that the smallest of equally near ones is soon found */
        qsort(tree->index + r->begin, r->end - r->begin, sizeof *tree->index, compare_indices);
    else
        halve(tree->index, tree->point[r->widest], r->begin, middle, r->end);
    upper->begin = middle;
    upper->end = r->end;
    r->end = middle;
    bound(tree, r);
    bound(tree, upper);
}

static rqa__tree_node node_of(const range *r)
{
    return (rqa__tree_node){.begin = r->begin,
                            .end = r->end,
                            .least_index = r->least_index,
                            .is_flat = r->is_flat};
}

static void fill_leaf(rqa__point_tree *tree, rqa__tree_node *leaf)
{
    const uint32_t n = leaf->end - leaf->begin;
    leaf->place = (uint32_t)tree->n_slots;
    for (uint32_t t = 0; t < n || t % RQA__TREE_LANES; t++) {
        const uint32_t i = tree->index[leaf->begin + (t < n ? t : n - 1)];
        for (uint32_t k = 0; k < tree->n_coordinates; k++)
            tree->slot[k][tree->n_slots] = tree->point[k][i];
        tree->n_slots++;
    }
}

static void store_box(rqa__point_tree *tree, size_t place, uint32_t lane, const double *box)
{
    const uint32_t n = tree->n_coordinates;
    double *to = tree->box + place * 2 * RQA__BOXES * n;
    for (uint32_t k = 0; k < n; k++) {
        to[2 * k * RQA__BOXES + lane] = box[k];
        to[(2 * k + 1) * RQA__BOXES + lane] = box[n + k];
    }
}

/* `room` has a range for each child on this level and those below, each with its box. */
static void divide(rqa__point_tree *tree, size_t own, const range *whole, range *room)
{
    uint32_t n = 1;
    if (whole->end - whole->begin <= RQA__TREE_LEAF) {
        fill_leaf(tree, &tree->node[own]);
        return;
    }
    double *box = room[0].box;
    room[0] = *whole;
    room[0].box = box;
    for (int k = 0; k < HALVINGS; k++)
        for (uint32_t c = n; c-- > 0;)
            if (room[c].end - room[c].begin > RQA__TREE_LEAF)
                split(tree, &room[c], &room[n++]);
    const size_t child = tree->n_nodes, place = tree->n_boxes++;
    tree->node[own].child = (uint32_t)child;
    tree->node[own].n_children = n;
    tree->node[own].place = (uint32_t)place;
    tree->n_nodes += n;
    for (uint32_t c = 0; c < n; c++) {
        tree->node[child + c] = node_of(&room[c]);
        store_box(tree, place, c, room[c].box);
    }
    for (uint32_t c = n; c < RQA__BOXES; c++)
        store_box(tree, place, c, room[0].box);
    for (uint32_t c = 0; c < n; c++)
        divide(tree, child + c, &room[c], room + RQA__BOXES);
}

static int divide_all(rqa__point_tree *tree)
{
    const size_t n_ranges = most_ranges(tree->n_points);
    const size_t n_sides = 2 * (size_t)tree->n_coordinates;
    range *room = rqa__alloc_array(n_ranges, sizeof *room);
    double *box = rqa__alloc_array(n_ranges * n_sides, sizeof *box);
    if (room && box) {
        for (size_t r = 0; r < n_ranges; r++)
            room[r].box = box + r * n_sides;
        room[0].begin = 0;
        room[0].end = (uint32_t)tree->n_points;
        bound(tree, &room[0]);
        tree->node[0] = node_of(&room[0]);
        tree->n_nodes = 1;
        divide(tree, 0, &room[0], room + 1);
    }
    const int status = room && box ? RQA_OK : rqa__fail_memory("the search tree");
    rqa__free(room);
    rqa__free(box);
    return status;
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
    for (uint32_t k = 0; k < n_coordinates; k++)
        tree->slot[k] = tree->values + k * most_slots(n_points);
    return divide_all(tree);
}
