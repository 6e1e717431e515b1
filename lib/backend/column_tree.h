/* column_tree.h - the cells of a column out to some distance, by a search tree over the rows' vectors.
 */
#ifndef RQA_BACKEND_COLUMN_TREE_H
#define RQA_BACKEND_COLUMN_TREE_H

#include "backend/distance_rank.h"
#include "search/point_tree.h"

typedef struct rqa__column_tree {
    rqa__point_tree tree;
    const rqa__distance_kernels *kernels;
    uint32_t norm;
    size_t n_y;
    const double **point; /* [2 * n_coordinates] of y, then of x */
} rqa__column_tree;

/* A worker's. */
typedef struct rqa__column_tree_room {
    uint32_t *row;    /* [n_y] out, rising, as the next */
    double *distance; /* [n_y] */
    double *value;    /* [n_y] by row */
    uint64_t *bits;   /* [rqa__column_tree_words()], which are 0 between two calls */
    double *query;    /* [n_coordinates] */
    uint64_t n_looks; /* values computed so far */
} rqa__column_tree_room;

/* Whether there can be one, that would be worth its making. */
int rqa__column_tree_is_possible(const rqa__ranked_cells *cells);

/* 0 or a status with text; destroyed either way. */
int rqa__column_tree_create(rqa__column_tree *tree, const rqa__ranked_cells *cells);
void rqa__column_tree_destroy(rqa__column_tree *tree);

/* Bytes that it takes, and numbers of a worker's room. */
uint64_t rqa__column_tree_memory(const rqa__ranked_cells *cells);
size_t rqa__column_tree_words(size_t n_y);
size_t rqa__column_tree_coordinates(const rqa__ranked_cells *cells);

/* Of column i the rows whose value is at most `most`, but [first, end), and their distances. How
 * many. */
size_t rqa__column_tree_take(const rqa__column_tree *tree, rqa__column_tree_room *room, size_t i,
                             double most, const size_t band[2]);

#endif
