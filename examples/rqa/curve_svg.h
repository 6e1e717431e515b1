/* curve_svg.h - curves as a picture: panels below each other on common axes, written as SVG.
 *
 * The same picture gives the same bytes on every machine. Curves differ by their dashes, so that a
 * black-and-white print can be read; fonts are the reader's own. What is narrower than a pixel is
 * drawn by its extremes: a peak of one sample among millions stays.
 */
#ifndef CURVE_SVG_H
#define CURVE_SVG_H

#include <stddef.h>

enum { CURVE_LINE, CURVE_POINTS, CURVE_LINE_POINTS };
enum { CURVE_AT_X, CURVE_AT_Y };

/* What is not a finite number is a gap. */
typedef struct curve {
    const char *name; /* for the legend, or NULL */
    const double *x;  /* never falling; NULL: x_first + k x_step */
    double x_first, x_step;
    const double *y;
    size_t n;
    int style;
} curve;

/* A line across the panel, with a text beside it (NULL: none). */
typedef struct curve_mark {
    int axis; /* CURVE_AT_X: upright, CURVE_AT_Y: level */
    double at;
    const char *text;
} curve_mark;

/* A panel without x_label stands on the axis of the next one that has it: all of them show the same
 * range of x, and numbers and label are below the last. The last panel of a picture should have one.
 * A panel with `values` is their histogram, on an axis of its own; its curves are not drawn. */
typedef struct curve_panel {
    const char *title, *x_label, *y_label; /* any may be NULL; units belong into the labels */
    const curve *curves;
    size_t n_curves;
    const curve_mark *marks;
    size_t n_marks;
    const double *values;
    size_t n_values;
    double y_low, y_high; /* what to show if y_low < y_high, else all there is */
    double height;        /* of the frame, in pixels; 0 is 120 */
} curve_panel;

typedef struct curve_picture {
    const char *title; /* or NULL */
    const curve_panel *panels;
    size_t n_panels;
} curve_picture;

/* The text of the file with a final zero, which *length does not count; free() it. NULL without
 * memory. Texts are UTF-8; what XML or a reader cannot show becomes '?'. */
char *curve_svg_text(const curve_picture *picture, size_t *length);

#endif
