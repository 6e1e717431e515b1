/* point_tree.h - a k-d tree over vectors, for exact nearest neighbours.
 *
 * The tree only leaves out what cannot be nearest: every distance that decides is computed by the
 * distance kernels in the documented order, and the distance to a box, computed in the same order,
 * is never above that to a point in it, rounding included (every operation is monotonic). So what is
 * found does not depend on the shape of the tree.
 */
#ifndef RQA_SEARCH_POINT_TREE_H
#define RQA_SEARCH_POINT_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "cpu/distance_table.h"

enum {
    RQA__TREE_LEAF = 64,  /* points, at most */
    RQA__TREE_LANES = 8,  /* leaves are filled up to a multiple, for the kernels */
    RQA__TREE_NO_POINT = UINT32_MAX
};

typedef struct rqa__tree_node {
    uint32_t begin, end;  /* its points in `index` */
    uint32_t child;       /* the first of its children, which follow each other; 0: a leaf */
    uint32_t n_children;  /* at most BOXES */
    uint32_t place;       /* leaf: of its first point in `slot`; else: of its children's boxes */
    uint32_t least_index; /* of its points */
    uint32_t is_flat;     /* all its points are equal */
} rqa__tree_node;

typedef struct rqa__point_tree {
    size_t n_points, n_nodes, n_boxes, n_slots;
    uint32_t n_coordinates;
    const double *const *point; /* [n_coordinates], borrowed: coordinate k of point i is point[k][i] */
    uint32_t *index;            /* [n_points]: leaf by leaf */
    double **slot;              /* [n_coordinates], of the points in the order of the leaves */
    double *values;             /* behind slot */
    rqa__tree_node *node;
    double *box; /* of the children of a node, at most BOXES, as the kernel reads them */
} rqa__point_tree;

/* Bytes that a tree takes. */
uint64_t rqa__point_tree_memory(size_t n_points, uint32_t n_coordinates);

/* 1 <= n_points <= 2^31-1; no coordinate is NaN. 0 or a status with text; destroy it either way. */
int rqa__point_tree_build(rqa__point_tree *tree, const double *const *point, uint32_t n_coordinates,
                          size_t n_points);
void rqa__point_tree_destroy(rqa__point_tree *tree);

/* Slots of a leaf: its points, and copies that fill it up. */
static inline size_t rqa__tree_n_slots(const rqa__tree_node *leaf)
{
    const size_t n = leaf->end - leaf->begin;
    return (n + RQA__TREE_LANES - 1) / RQA__TREE_LANES * RQA__TREE_LANES;
}

/* Its slots against vector i of `from`, as the kernels read them. */
static inline rqa__distance_space rqa__tree_space(const rqa__point_tree *tree,
                                                  const double *const *from, uint32_t norm)
{
    return (rqa__distance_space){.x = (const double *const *)tree->slot,
                                 .y = from,
                                 .n_channels = tree->n_coordinates,
                                 .dim = 1,
                                 .norm = norm};
}

/* The boxes of the children of a node. */
static inline const double *rqa__tree_boxes(const rqa__point_tree *tree, const rqa__tree_node *node)
{
    return tree->box + (size_t)node->place * 2 * RQA__BOXES * tree->n_coordinates;
}

/* One worker's search. */
typedef struct rqa__tree_search {
    const rqa__point_tree *tree;
    const rqa__distance_kernels *kernels;
    uint32_t norm;       /* 0 maximum, 1 Euclidean */
    uint32_t exclusion;  /* points with |i-j| below it are no neighbours; at least 1 */
    int above_zero;      /* nor are those at distance 0 */
    double *query;       /* [n_coordinates] */
    uint64_t operations; /* since the caller set it to 0 */
    /* The best so far. */
    double distance;
    uint32_t index;
    double least_value, most_value; /* kernels' values whose distance is `distance` */
    size_t i;
} rqa__tree_search;

/* 0 or a status; search->query is freed with rqa__free(). */
int rqa__tree_search_begin(rqa__tree_search *search);

/* The nearest neighbour of point i: search->distance and index, the smallest of equally near ones;
 * RQA__TREE_NO_POINT if there is none. `guess` is a point that may be near, or RQA__TREE_NO_POINT; it
 * changes the time alone. */
void rqa__tree_nearest(rqa__tree_search *search, size_t i, uint32_t guess);

/* The distance to the k-th neighbour of point i, k <= 64 and below n_points; maximum norm, without
 * regard to exclusion but of i itself. */
double rqa__tree_kth_distance(rqa__tree_search *search, size_t i, uint32_t k);

/* All points near a vector, which need not be one of them. */
typedef struct rqa__tree_ball {
    const rqa__point_tree *tree;
    const rqa__distance_kernels *kernels;
    uint32_t norm;             /* as the kernels have it */
    const double *const *from; /* [n_coordinates]: coordinate k of vector i is from[k][i] */
    double *query;             /* [n_coordinates] room */
} rqa__tree_ball;

/* The points whose value against vector i is at most `most`, in no order: their numbers and values to
 * index and value, [n_points] each. How many; *n_looks grows by the values computed, of boxes too. */
size_t rqa__tree_within(const rqa__tree_ball *ball, size_t i, double most, uint32_t *index,
                        double *value, uint64_t *n_looks);

#endif
