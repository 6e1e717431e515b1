/* point_search.c - nearest neighbours by the k-d tree, nearer boxes first. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "search/point_tree.h"

enum { MOST_WAITING = 16 * RQA__BOXES, MOST_NEIGHBOURS = 64 };

typedef struct waiting {
    uint32_t node;
    double value; /* of its box */
} waiting;

/* Of each child, the value of the nearest place of its box. */
static void box_values(rqa__tree_search *s, const rqa__tree_node *node, double *out)
{
    const uint32_t n = s->tree->n_coordinates;
    s->kernels->boxes(rqa__tree_boxes(s->tree, node), s->query, n, s->norm, out);
    s->operations += RQA__BOXES * (uint64_t)n;
}

/* Several values have the same root: all are one distance. */
static void set_best(rqa__tree_search *s, double value, double distance, uint32_t index)
{
    s->index = index;
    if (distance == s->distance)
        return;
    s->distance = distance;
    s->least_value = s->most_value = value;
    if (s->norm != 1)
        return;
    for (double next = value; next > 0 && sqrt(next = nextafter(next, 0)) == distance;)
        s->least_value = next;
    for (double next = value; sqrt(next = nextafter(next, INFINITY)) == distance;)
        s->most_value = next;
}

static void consider(rqa__tree_search *s, double value, uint32_t j)
{
    if (!(value <= s->most_value) || (s->above_zero && value == 0))
        return;
    const size_t apart = j > s->i ? j - s->i : s->i - j;
    if (apart < s->exclusion)
        return;
    const double distance = rqa__value_distance(s->norm, value);
    if (distance < s->distance || j < s->index)
        set_best(s, value, distance, j);
}

static rqa__distance_space space_of(const rqa__tree_search *s)
{
    return rqa__tree_space(s->tree, s->tree->point, s->norm);
}

/* The values of the points of a leaf, and as many again as fill it up. */
static size_t leaf_values(rqa__tree_search *s, const rqa__distance_space *space,
                          const rqa__tree_node *leaf, double *value)
{
    const size_t n_slots = rqa__tree_n_slots(leaf);
    s->kernels->values(space, leaf->place, n_slots, s->i, value);
    s->operations += n_slots * s->tree->n_coordinates;
    return leaf->end - leaf->begin;
}

static void search_leaf(rqa__tree_search *s, const rqa__distance_space *space,
                        const rqa__tree_node *leaf)
{
    double value[RQA__TREE_LEAF];
    const size_t n = leaf_values(s, space, leaf, value);
    const double enough = s->most_value;
    uint64_t n_near = 0;
    for (size_t t = 0; t < n; t++)
        n_near += value[t] <= enough;
    for (size_t t = 0; n_near && t < n; t++)
        if (value[t] <= s->most_value)
            consider(s, value[t], s->tree->index[leaf->begin + t]);
}

/* Nothing in it can be nearer, or as near with a smaller index. */
static int is_out(const rqa__tree_search *s, const rqa__tree_node *node, double value)
{
    return value > s->most_value ||
           (node->least_index > s->index && value >= s->least_value) ||
           (s->above_zero && node->is_flat && value == 0);
}

/* Is a to be looked at after b? */
static int is_after(const rqa__tree_search *s, const waiting *a, const waiting *b)
{
    return a->value > b->value ||
           (a->value == b->value &&
            s->tree->node[a->node].least_index > s->tree->node[b->node].least_index);
}

/* Puts a child among those waiting from `first` on, of which the last is looked at next. */
static size_t insert(const rqa__tree_search *s, waiting *stack, size_t first, size_t n,
                     waiting child)
{
    size_t at = n;
    for (; at > first && is_after(s, &child, &stack[at - 1]); at--)
        stack[at] = stack[at - 1];
    stack[at] = child;
    return n + 1;
}

static void descend(rqa__tree_search *s)
{
    const rqa__distance_space space = space_of(s);
    waiting stack[MOST_WAITING];
    double value[RQA__BOXES];
    size_t n = 1;
    stack[0] = (waiting){0, 0};
    while (n > 0) {
        const waiting next = stack[--n];
        const rqa__tree_node *node = &s->tree->node[next.node];
        if (is_out(s, node, next.value))
            continue;
        if (!node->child) {
            search_leaf(s, &space, node);
            continue;
        }
        const size_t first = n;
        box_values(s, node, value);
        for (uint32_t c = 0; c < node->n_children; c++)
            if (!is_out(s, &s->tree->node[node->child + c], value[c]))
                n = insert(s, stack, first, n, (waiting){node->child + c, value[c]});
    }
}

int rqa__tree_search_begin(rqa__tree_search *s)
{
    s->operations = 0;
    s->query = rqa__alloc_array(s->tree->n_coordinates, sizeof *s->query);
    return s->query ? RQA_OK : rqa__fail_memory("a search");
}

static void begin_at(rqa__tree_search *s, size_t i)
{
    s->i = i;
    for (uint32_t k = 0; k < s->tree->n_coordinates; k++)
        s->query[k] = s->tree->point[k][i];
    s->distance = s->least_value = s->most_value = INFINITY;
    s->index = RQA__TREE_NO_POINT;
}

void rqa__tree_nearest(rqa__tree_search *s, size_t i, uint32_t guess)
{
    begin_at(s, i);
    if (guess < s->tree->n_points) {
        double value;
        rqa__distance_space space = space_of(s);
        space.x = s->tree->point;
        s->kernels->values(&space, guess, 1, i, &value);
        consider(s, value, guess);
    }
    descend(s);
}

static void keep_nearest(const rqa__tree_search *s, const rqa__tree_node *leaf,
                         const double *value, size_t n, double *nearest, uint32_t k)
{
    for (size_t t = 0; t < n; t++) {
        if (!(value[t] < nearest[k - 1]) || s->tree->index[leaf->begin + t] == s->i)
            continue;
        uint32_t r = k - 1;
        for (; r > 0 && nearest[r - 1] > value[t]; r--)
            nearest[r] = nearest[r - 1];
        nearest[r] = value[t];
    }
}

double rqa__tree_kth_distance(rqa__tree_search *s, size_t i, uint32_t k)
{
    const rqa__distance_space space = space_of(s);
    double nearest[MOST_NEIGHBOURS], value[RQA__TREE_LEAF];
    waiting stack[MOST_WAITING];
    size_t n = 1;
    begin_at(s, i);
    for (uint32_t r = 0; r < k; r++)
        nearest[r] = INFINITY;
    stack[0] = (waiting){0, 0};
    while (n > 0) {
        const waiting next = stack[--n];
        const rqa__tree_node *node = &s->tree->node[next.node];
        if (next.value >= nearest[k - 1])
            continue;
        if (!node->child) {
            const size_t n_here = leaf_values(s, &space, node, value);
            keep_nearest(s, node, value, n_here, nearest, k);
            continue;
        }
        const size_t first = n;
        box_values(s, node, value);
        for (uint32_t c = 0; c < node->n_children; c++)
            if (value[c] < nearest[k - 1])
                n = insert(s, stack, first, n, (waiting){node->child + c, value[c]});
    }
    return nearest[k - 1];
}
