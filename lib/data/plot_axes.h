/* plot_axes.h - what surrounds a plot: frame, ticks, numbers, labels; drawn line by line. */
#ifndef RQA_DATA_PLOT_AXES_H
#define RQA_DATA_PLOT_AXES_H

#include <stddef.h>
#include <stdint.h>

#include "data/plot_raster.h"
#include "data/plot_ticks.h"
#include "rqa/matrix.h"

/* A filled rectangle. */
typedef struct rqa__plot_bar {
    size_t x, y, width, height;
} rqa__plot_bar;

/* A line of text; a rotated one reads upwards. x, y: top left corner of what it covers. */
typedef struct rqa__plot_text {
    const char *text;
    size_t x, y;
    size_t length; /* pixels along the text */
    int rotated;
} rqa__plot_text;

/* A finished layout. Points into itself: must not be copied. */
typedef struct rqa__plot_axes {
    size_t width, height;  /* of the picture */
    size_t plot_x, plot_y; /* top left corner of the raster in it */
    size_t dot;            /* pixels of a font dot, and of a line's thickness */
    size_t n_bars, n_texts;
    rqa__plot_bar bar[8 + 3 * RQA__MAX_TICKS];
    rqa__plot_text text[3 + 3 * RQA__MAX_TICKS];
    rqa__tick x_tick[RQA__MAX_TICKS];
    rqa__tick y_tick[RQA__MAX_TICKS];
    rqa__plot_bar scale; /* of distances: its shades from bottom to top; width 0: none */
    rqa__tick scale_tick[RQA__MAX_TICKS];
} rqa__plot_axes;

/* Lays a picture out round the raster; with options->frame 0 it is the raster alone. */
void rqa__plot_axes_lay_out(rqa__plot_axes *axes, const rqa__plot_raster *raster,
                            const rqa_png_options *options);

/* Draws what crosses line `y` of the picture into grey[0..width-1]. */
void rqa__plot_axes_line(const rqa__plot_axes *axes, size_t y, uint8_t *grey);

#endif
