/* cell_draw.h - one cell off the band, each as likely as any other; the order of draws that
 * rqa/sampling.h promises. */
#ifndef RQA_SAMPLING_CELL_DRAW_H
#define RQA_SAMPLING_CELL_DRAW_H

#include "resample/generator.h"

/* Cells on one side of the band: rows of n_first, n_first - 1, ... cells. */
typedef struct rqa__cell_side {
    uint64_t n_rows, n_first;
} rqa__cell_side;

typedef struct rqa__cell_field {
    uint64_t n_x, n_y;
    uint64_t theiler;
    int whole;              /* nothing is left out */
    rqa__cell_side side[2]; /* j - i >= theiler; i - j >= theiler */
    uint64_t n_cells[2];
} rqa__cell_field;

/* Column and row. */
typedef struct rqa__cell {
    uint64_t i, j;
} rqa__cell;

static inline rqa__cell_side rqa__cell_side_of(uint64_t n_small, uint64_t n_large, uint64_t theiler)
{
    const uint64_t n_first = n_large > theiler ? n_large - theiler : 0;
    return (rqa__cell_side){n_small < n_first ? n_small : n_first, n_first};
}

static inline uint64_t rqa__cell_side_cells(rqa__cell_side side)
{
    const uint64_t twice = 2 * side.n_first - side.n_rows + 1;
    return side.n_rows % 2 ? side.n_rows * (twice / 2) : side.n_rows / 2 * twice;
}

/* upper_only: j >= i alone. Sides are below 2^31, so no product leaves 64 bits. */
static inline rqa__cell_field rqa__cell_field_of(uint64_t n_x, uint64_t n_y, uint64_t theiler,
                                                 int upper_only)
{
    rqa__cell_field field = {.n_x = n_x, .n_y = n_y, .theiler = theiler};
    field.whole = theiler == 0 && !upper_only;
    if (field.whole) {
        field.n_cells[0] = n_x * n_y;
        return field;
    }
    field.side[0] = rqa__cell_side_of(n_x, n_y, theiler);
    field.n_cells[0] = rqa__cell_side_cells(field.side[0]);
    if (!upper_only) {
        field.side[1] = rqa__cell_side_of(n_y, n_x, theiler);
        field.n_cells[1] = rqa__cell_side_cells(field.side[1]);
    }
    return field;
}

/* Of a field that has cells. Row a and row n_rows - 1 - a have 2 n_first - n_rows + 1 together, so a
 * rectangle of that width holds every cell twice. */
static inline rqa__cell rqa__cell_draw(const rqa__cell_field *field, rqa__generator *g)
{
    if (field->whole) {
        const uint64_t i = rqa__generator_below(g, field->n_x);
        return (rqa__cell){i, rqa__generator_below(g, field->n_y)};
    }
    const int below =
        rqa__generator_below(g, field->n_cells[0] + field->n_cells[1]) >= field->n_cells[0];
    const rqa__cell_side side = field->side[below];
    uint64_t a = rqa__generator_below(g, side.n_rows);
    uint64_t b = rqa__generator_below(g, 2 * side.n_first - side.n_rows + 1);
    if (b >= side.n_first - a) {
        b -= side.n_first - a;
        a = side.n_rows - 1 - a;
    }
    const uint64_t larger = a + field->theiler + b;
    return below ? (rqa__cell){larger, a} : (rqa__cell){a, larger};
}

#endif
