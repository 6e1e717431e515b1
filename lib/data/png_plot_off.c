/* png_plot_off.c - recurrence plots as PNG files, in a build without them (RQA_PNG=OFF). */
#include "base/error.h"
#include "data/png_plot.h"

static int refuse(void)
{
    return rqa__fail(RQA_ERROR_UNSUPPORTED,
                     "this librqa was built without PNG pictures (RQA_PNG=OFF); one with libpng has "
                     "them");
}

int rqa__png_plot_check(const char *path, const rqa_png_options *options)
{
    (void)path, (void)options;
    return refuse();
}

int rqa__png_plot_write(const struct rqa_matrix *matrix, const char *path,
                        const rqa_png_options *options)
{
    (void)matrix, (void)path, (void)options;
    return refuse();
}

int rqa__png_plot_write_counts(const rqa__block_counts *counts, const char *path,
                               const rqa_png_options *options)
{
    (void)counts, (void)path, (void)options;
    return refuse();
}

int rqa__png_plot_write_shades(const rqa__block_shades *shades, const char *path,
                               const rqa_png_options *options)
{
    (void)shades, (void)path, (void)options;
    return refuse();
}
