/* windows_curves.h - a recording, and below it the measures of its windows. */
#ifndef WINDOWS_CURVES_H
#define WINDOWS_CURVES_H

#include <rqa/rqa.h>

/* What to draw; the series as they were analysed. */
typedef struct windows_curves {
    const char *title;
    const char *columns_x, *columns_y; /* as --columns has them, or NULL */
    const rqa_series *x, *y;           /* y may be NULL */
    const rqa_windows *windows;
    const int32_t *measures;
    size_t n_measures;
    double rate; /* samples in a second; 0: the axis has samples */
} windows_curves;

/* CLI_OK, or a code with a line. */
int windows_curves_write(const windows_curves *curves, const char *path, int force);

#endif
