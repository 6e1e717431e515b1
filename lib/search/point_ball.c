/* point_ball.c - all points near a vector, by the k-d tree. */
#include "search/point_tree.h"

enum { MOST_WAITING = 16 * RQA__BOXES };

size_t rqa__tree_within(const rqa__tree_ball *b, size_t i, double most, uint32_t *index,
                        double *value, uint64_t *n_looks)
{
    const rqa__point_tree *tree = b->tree;
    const rqa__distance_space space = rqa__tree_space(tree, b->from, b->norm);
    double here[RQA__TREE_LEAF];
    uint32_t waiting[MOST_WAITING];
    size_t n_waiting = 1, n = 0;
    for (uint32_t k = 0; k < tree->n_coordinates; k++)
        b->query[k] = b->from[k][i];
    waiting[0] = 0;
    while (n_waiting > 0) {
        const rqa__tree_node *node = &tree->node[waiting[--n_waiting]];
        if (node->child) {
            b->kernels->boxes(rqa__tree_boxes(tree, node), b->query, tree->n_coordinates, b->norm,
                              here);
            *n_looks += RQA__BOXES;
            for (uint32_t c = 0; c < node->n_children; c++) {
                waiting[n_waiting] = node->child + c;
                n_waiting += here[c] <= most;
            }
            continue;
        }
        const size_t n_here = node->end - node->begin, n_slots = rqa__tree_n_slots(node);
        b->kernels->values(&space, node->place, n_slots, i, here);
        *n_looks += n_slots;
        for (size_t t = 0; t < n_here; t++) {
            index[n] = tree->index[node->begin + t];
            value[n] = here[t];
            n += here[t] <= most;
        }
    }
    return n;
}
