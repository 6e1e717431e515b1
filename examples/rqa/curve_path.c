/* curve_path.c - the way of a curve through its panel, with the extremes of every pixel. */
#include "curve_path.h"

#include <math.h>

typedef struct path_point {
    size_t k; /* in the curve */
    double x, y;
} path_point;

/* The column of pixels that is being filled, and how the path came to it. */
typedef struct path_pen {
    curve_text *out;
    int as_dots;
    double column;
    int is_filled, is_gap; /* a gap lies between the column before and this one */
    int is_begun;          /* the path has a point before this column */
    path_point first, lowest, highest, last;
} path_pen;

double curve_axis_pixel(const curve_axis *axis, double value)
{
    const double at = axis->origin + axis->scale * (value - axis->low);
    return fmax(axis->least, fmin(axis->most, at));
}

double curve_x(const curve *line, size_t k)
{
    return line->x ? line->x[k] : line->x_first + (double)k * line->x_step;
}

static void write_point(path_pen *pen, const path_point *point, int is_move)
{
    if (pen->as_dots)
        curve_text_add(pen->out, "M%c %ch0", point->x, point->y);
    else
        curve_text_add(pen->out, is_move ? "M%c %c" : "L%c %c", point->x, point->y);
}

/* first and last are the ends of the column; the extremes between them in the order they came. */
static void flush(path_pen *pen, int is_gap_behind)
{
    if (!pen->is_filled)
        return;
    const path_point *a = pen->lowest.k < pen->highest.k ? &pen->lowest : &pen->highest;
    const path_point *b = a == &pen->lowest ? &pen->highest : &pen->lowest;
    const int is_move = !pen->is_begun || pen->is_gap;
    write_point(pen, &pen->first, is_move);
    if (a->k != pen->first.k && a->k != pen->last.k)
        write_point(pen, a, 0);
    if (b->k != pen->first.k && b->k != pen->last.k && b->k != a->k)
        write_point(pen, b, 0);
    if (pen->last.k != pen->first.k)
        write_point(pen, &pen->last, 0);
    else if (is_move && is_gap_behind && !pen->as_dots)
        curve_text_add(pen->out, "h0"); /* round ends make it a dot */
    pen->is_begun = 1;
    pen->is_filled = 0;
}

static void take(path_pen *pen, path_point point)
{
    if (!pen->is_filled) {
        pen->first = pen->lowest = pen->highest = point;
        pen->column = floor(point.x);
        pen->is_filled = 1;
    }
    if (point.y < pen->lowest.y)
        pen->lowest = point;
    if (point.y > pen->highest.y)
        pen->highest = point;
    pen->last = point;
}

static void walk(path_pen *pen, const curve *line, const curve_axis *x, const curve_axis *y)
{
    int gap = 0; /* since the last point */
    for (size_t k = 0; k < line->n; k++) {
        const double at = curve_x(line, k);
        if (!isfinite(at) || !isfinite(line->y[k])) {
            gap = 1;
            continue;
        }
        const path_point point = {k, curve_axis_pixel(x, at), curve_axis_pixel(y, line->y[k])};
        if (!pen->is_filled || floor(point.x) != pen->column) {
            flush(pen, gap);
            pen->is_gap = gap;
        }
        take(pen, point);
        gap = 0;
    }
    flush(pen, 1);
}

void curve_path_write(curve_text *out, const curve *line, const curve_axis *x, const curve_axis *y)
{
    path_pen pen = {.out = out};
    walk(&pen, line, x, y);
}

void curve_path_dots(curve_text *out, const curve *line, const curve_axis *x, const curve_axis *y)
{
    path_pen pen = {.out = out, .as_dots = 1};
    walk(&pen, line, x, y);
}
