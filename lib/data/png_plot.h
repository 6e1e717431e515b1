/* png_plot.h - a recurrence plot as a PNG file. */
#ifndef RQA_DATA_PNG_PLOT_H
#define RQA_DATA_PNG_PLOT_H

#include "rqa/matrix.h"

/* As rqa_matrix_write_png(); `options` are complete. Needs memory for one line of pixels. */
int rqa__png_plot_write(const struct rqa_matrix *matrix, const char *path,
                        const rqa_png_options *options);

#endif
