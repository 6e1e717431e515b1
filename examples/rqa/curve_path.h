/* curve_path.h - the way of a curve through its panel, with the extremes of every pixel. */
#ifndef CURVE_PATH_H
#define CURVE_PATH_H

#include "curve_svg.h"
#include "curve_text.h"

/* Pixels of a value: origin + scale * (value - low), held within [least, most]. */
typedef struct curve_axis {
    double low, origin, scale, least, most;
} curve_axis;

double curve_axis_pixel(const curve_axis *axis, double value);
double curve_x(const curve *line, size_t k);

/* Writes the commands of a path. A column of pixels takes at most four points: the first, the
 * lowest, the highest and the last value in it, in their order. A gap that is wider than a column
 * is one in the path; a value alone between two gaps is a dot. */
void curve_path_write(curve_text *out, const curve *line, const curve_axis *x, const curve_axis *y);

/* The same values as dots. */
void curve_path_dots(curve_text *out, const curve *line, const curve_axis *x, const curve_axis *y);

#endif
