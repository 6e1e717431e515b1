/* png_plot.h - a recurrence plot as a PNG file. */
#ifndef RQA_DATA_PNG_PLOT_H
#define RQA_DATA_PNG_PLOT_H

#include "data/block_counts.h"
#include "data/block_shades.h"
#include "rqa/matrix.h"

/* What would fail, before the work: options out of range, a file that cannot be written. */
int rqa__png_plot_check(const char *path, const rqa_png_options *options);

/* As rqa_matrix_write_png(); `options` are complete. Needs memory for one line of pixels. */
int rqa__png_plot_write(const struct rqa_matrix *matrix, const char *path,
                        const rqa_png_options *options);

/* The same from its counts, where it is reduced; `options` are in range. */
int rqa__png_plot_write_counts(const rqa__block_counts *counts, const char *path,
                               const rqa_png_options *options);

/* Distances, with a scale beside them; `options` are in range. */
int rqa__png_plot_write_shades(const rqa__block_shades *shades, const char *path,
                               const rqa_png_options *options);

/* What writing takes beside the subject: the tables of zlib, and a few lines of pixels. */
static inline uint64_t rqa__png_plot_memory(const rqa_png_options *options)
{
    return (UINT64_C(300) << 10) + UINT64_C(32) * options->max_pixels;
}

#endif
