/* column_tree.c - the cells of a column out to some distance, by a search tree over the rows' vectors.
 *
 * The tree finds them in its own order; a bit for each row, and one for each word of them, bring them
 * into that of the rows.
 */
#include "backend/column_tree.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Of fewer cells the bits are as soon made as a tree. */
static const double least_cells = 2e7;

size_t rqa__column_tree_coordinates(const rqa__ranked_cells *cells)
{
    return (size_t)cells->x->dims[0] * cells->x->n_channels;
}

static size_t n_words_of(size_t n_y)
{
    return (n_y + 63) / 64;
}

size_t rqa__column_tree_words(size_t n_y)
{
    return n_words_of(n_y) + (n_words_of(n_y) + 63) / 64;
}

int rqa__column_tree_is_possible(const rqa__ranked_cells *cells)
{
    const size_t n_x = rqa__side_vectors(cells->x, 0), n_y = rqa__side_vectors(cells->y, 0);
    return !cells->skips && n_y <= INT32_MAX && (double)n_x * (double)n_y >= least_cells &&
           rqa__column_tree_coordinates(cells) <= 64;
}

static void set_points(const double **point, const rqa__side *side)
{
    for (uint32_t k = 0, t = 0; k < side->dims[0]; k++)
        for (uint32_t c = 0; c < side->n_channels; c++)
            point[t++] = side->channel[c] + (size_t)k * side->delay;
}

int rqa__column_tree_create(rqa__column_tree *t, const rqa__ranked_cells *cells)
{
    const size_t n = rqa__column_tree_coordinates(cells);
    *t = (rqa__column_tree){.kernels = cells->distances,
                            .norm = cells->norm,
                            .n_y = rqa__side_vectors(cells->y, 0),
                            .point = rqa__alloc_array(2 * n, sizeof *t->point)};
    if (!t->point)
        return rqa__fail_memory("the search tree");
    set_points(t->point, cells->y);
    set_points(t->point + n, cells->x);
    return rqa__point_tree_build(&t->tree, t->point, (uint32_t)n, t->n_y);
}

void rqa__column_tree_destroy(rqa__column_tree *t)
{
    rqa__point_tree_destroy(&t->tree);
    rqa__free(t->point);
    t->point = NULL;
}

uint64_t rqa__column_tree_memory(const rqa__ranked_cells *cells)
{
    const size_t n = rqa__column_tree_coordinates(cells);
    return 2 * n * sizeof(double *) +
           rqa__point_tree_memory(rqa__side_vectors(cells->y, 0), (uint32_t)n);
}

/* Rows that are marked, by rising row; the marks go. */
static size_t take_marked(const rqa__column_tree *t, rqa__column_tree_room *room)
{
    const size_t n_words = n_words_of(t->n_y);
    uint64_t *some = room->bits + n_words;
    size_t n = 0;
    for (size_t s = 0; 64 * s < n_words; s++) {
        for (; some[s]; some[s] &= some[s] - 1) {
            const size_t k = 64 * s + (size_t)__builtin_ctzll(some[s]);
            for (; room->bits[k]; room->bits[k] &= room->bits[k] - 1) {
                const size_t j = 64 * k + (size_t)__builtin_ctzll(room->bits[k]);
                const double value = room->value[j];
                room->row[n] = (uint32_t)j;
                room->distance[n++] = rqa__value_distance(t->norm, value);
            }
        }
    }
    return n;
}

size_t rqa__column_tree_take(const rqa__column_tree *t, rqa__column_tree_room *room, size_t i,
                             double most, const size_t band[2])
{
    const rqa__tree_ball ball = {&t->tree, t->kernels, t->norm, t->point + t->tree.n_coordinates,
                                 room->query};
    const size_t n =
        rqa__tree_within(&ball, i, most, room->row, room->distance, &room->n_looks);
    uint64_t *some = room->bits + n_words_of(t->n_y);
    for (size_t c = 0; c < n; c++) {
        const size_t j = room->row[c];
        if (j >= band[0] && j < band[1])
            continue;
        room->value[j] = room->distance[c];
        room->bits[j / 64] |= (uint64_t)1 << j % 64;
        some[j / 4096] |= (uint64_t)1 << j / 64 % 64;
    }
    return take_marked(t, room);
}
