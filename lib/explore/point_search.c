/* point_search.c - nearest neighbours by the k-d tree, nearer boxes first. */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "explore/point_tree.h"

enum { DEEPEST = 64, MOST_NEIGHBOURS = 64 };

typedef struct waiting {
    uint32_t node;
    double value; /* of its box */
} waiting;

/* The value of the nearest place of a box, added in the order of the kernels; or some number above
 * `enough`, once that is passed. */
static double box_value(const rqa__tree_search *s, size_t node, double enough)
{
    const uint32_t n = s->tree->n_coordinates;
    const double *low = s->tree->box + node * 2 * n, *high = low + n;
    double value = 0;
    for (uint32_t k = 0; k < n && value <= enough; k++) {
        const double below = low[k] - s->query[k], above = s->query[k] - high[k];
        double size = below > above ? below : above;
        size = size > 0 ? size : 0;
        if (s->norm == 1)
            value += size * size;
        else
            value = size > value ? size : value;
    }
    return value;
}

static double distance_of(const rqa__tree_search *s, double value)
{
    return s->norm == 1 ? sqrt(value) : value;
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
    const double distance = distance_of(s, value);
    if (distance < s->distance || j < s->index)
        set_best(s, value, distance, j);
}

static rqa__distance_space space_of(const rqa__tree_search *s)
{
    return (rqa__distance_space){.x = (const double *const *)s->tree->slot,
                                 .y = s->tree->point,
                                 .n_channels = s->tree->n_coordinates,
                                 .dim = 1,
                                 .norm = s->norm};
}

static void search_leaf(rqa__tree_search *s, const rqa__tree_node *node)
{
    double value[RQA__TREE_LEAF];
    const rqa__distance_space space = space_of(s);
    const size_t n = node->end - node->begin;
    s->kernels->values(&space, node->begin, n, s->i, value);
    s->operations += n * s->tree->n_coordinates;
    for (size_t t = 0; t < n; t++)
        if (value[t] <= s->most_value)
            consider(s, value[t], s->tree->index[node->begin + t]);
}

/* Nothing in it can be nearer, or as near with a smaller index. */
static int is_out(const rqa__tree_search *s, const rqa__tree_node *node, double value)
{
    return value > s->most_value ||
           (node->least_index > s->index && value >= s->least_value) ||
           (s->above_zero && node->is_flat && value == 0);
}

static void descend(rqa__tree_search *s)
{
    waiting stack[DEEPEST];
    size_t n = 1;
    stack[0] = (waiting){0, 0};
    while (n > 0) {
        waiting next = stack[--n];
        const rqa__tree_node *node = &s->tree->node[next.node];
        if (is_out(s, node, next.value))
            continue;
        while (node->right) {
            const uint32_t left = next.node + 1, right = node->right;
            const waiting a = {left, box_value(s, left, s->most_value)};
            const waiting b = {right, box_value(s, right, s->most_value)};
            const int left_first =
                a.value < b.value ||
                (a.value == b.value &&
                 s->tree->node[left].least_index < s->tree->node[right].least_index);
            s->operations += 4 * s->tree->n_coordinates;
            stack[n++] = left_first ? b : a;
            next = left_first ? a : b;
            node = &s->tree->node[next.node];
            if (is_out(s, node, next.value))
                break;
        }
        if (!node->right && !is_out(s, node, next.value))
            search_leaf(s, node);
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

double rqa__tree_kth_distance(rqa__tree_search *s, size_t i, uint32_t k)
{
    double nearest[MOST_NEIGHBOURS], value[RQA__TREE_LEAF];
    waiting stack[DEEPEST];
    const rqa__distance_space space = space_of(s);
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
        if (node->right) {
            const uint32_t left = next.node + 1;
            const waiting a = {left, box_value(s, left, nearest[k - 1])};
            const waiting b = {node->right, box_value(s, node->right, nearest[k - 1])};
            stack[n++] = a.value <= b.value ? b : a;
            stack[n++] = a.value <= b.value ? a : b;
            continue;
        }
        s->kernels->values(&space, node->begin, node->end - node->begin, i, value);
        s->operations += RQA__TREE_LEAF;
        for (size_t t = 0; t < node->end - node->begin; t++) {
            if (!(value[t] < nearest[k - 1]) || s->tree->index[node->begin + t] == i)
                continue;
            uint32_t r = k - 1;
            for (; r > 0 && nearest[r - 1] > value[t]; r--)
                nearest[r] = nearest[r - 1];
            nearest[r] = value[t];
        }
    }
    return nearest[k - 1];
}
