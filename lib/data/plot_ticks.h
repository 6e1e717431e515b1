/* plot_ticks.h - round numbers along an axis, and their texts. */
#ifndef RQA_DATA_PLOT_TICKS_H
#define RQA_DATA_PLOT_TICKS_H

#include <stddef.h>

enum { RQA__MAX_TICKS = 32, RQA__TICK_TEXT = 32 };

typedef struct rqa__tick {
    size_t pixel; /* from the axis' origin */
    char text[RQA__TICK_TEXT];
} rqa__tick;

/* What the numbers along an axis depend on. */
typedef struct rqa__axis {
    size_t n_cells;
    double pixels_per_cell;
    double period;               /* value of one cell, > 0 */
    size_t spacing;              /* least pixels between ticks */
    size_t pixels_per_character; /* along the axis; 0 where texts cannot collide */
} rqa__axis;

/* Fills tick[0..n-1] and returns n, at least 1: multiples of 1, 2 or 5 times a power of ten, with
 * room for every text. */
size_t rqa__ticks_place(const rqa__axis *axis, rqa__tick tick[RQA__MAX_TICKS]);

#endif
