/* plot_raster.h - a bit matrix, the counts of its blocks, or distances, as lines of grey pixels, reduced
 * or enlarged by a whole factor. */
#ifndef RQA_DATA_PLOT_RASTER_H
#define RQA_DATA_PLOT_RASTER_H

#include <stddef.h>
#include <stdint.h>

#include "data/bitmatrix.h"
#include "data/block_counts.h"
#include "data/block_shades.h"

enum { RQA__WHITE = 255, RQA__BLACK = 0 };

typedef struct rqa__plot_raster {
    const struct rqa_matrix *matrix; /* or: */
    const rqa__block_counts *counts; /* of blocks of this size; or: */
    const rqa__block_shades *shades;
    size_t n_rows, n_columns;        /* cells */
    size_t block; /* cells a pixel spans, each way */
    size_t zoom;  /* pixels a cell spans, each way; one of block and zoom is 1 */
    size_t width; /* pixels */
    size_t height;
    double densest;  /* largest share of recurrent cells in any block */
    uint64_t *count; /* [width], recurrent cells of a line of blocks; NULL when block is 1 */
} rqa__plot_raster;

/* Cells a pixel spans, each way. */
size_t rqa__plot_raster_block(size_t n_rows, size_t n_columns, size_t max_pixels);

/* The longest side gets at most max_pixels; `enlarge` lets small matrices grow towards it. */
int rqa__plot_raster_open(rqa__plot_raster *raster, const struct rqa_matrix *matrix,
                          size_t max_pixels, int enlarge);
/* Of a matrix that is to be reduced: counted in blocks of rqa__plot_raster_block(). */
int rqa__plot_raster_open_counts(rqa__plot_raster *raster, const rqa__block_counts *counts,
                                 size_t max_pixels);
/* Of distances, whose block is that of rqa__plot_raster_block(); `enlarge` as above. */
int rqa__plot_raster_open_shades(rqa__plot_raster *raster, const rqa__block_shades *shades,
                                 size_t max_pixels, int enlarge);
void rqa__plot_raster_close(rqa__plot_raster *raster);

/* Line `y` counted from the top of the picture, which shows the last rows of the matrix. */
void rqa__plot_raster_line(const rqa__plot_raster *raster, size_t y, uint8_t *grey);

#endif
