/* plot_raster.c - a bit matrix, the counts of its blocks, or distances, as lines of grey pixels, reduced
 * or enlarged by a whole factor.
 *
 * Reducing needs the densest block before the first pixel, so a matrix is read twice; that costs
 * less than keeping the counts of all blocks.
 */
#include "data/plot_raster.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

/* Counts the line of blocks number `line`, from the bottom; returns how many rows it has. */
static size_t count_blocks(const rqa__plot_raster *raster, size_t line)
{
    size_t first = line * raster->block;
    size_t last = rqa__smaller(first + raster->block, raster->n_rows);
    for (size_t b = 0; b < raster->width; b++)
        raster->count[b] = raster->counts ? rqa__block_counts_get(raster->counts, line, b) : 0;
    for (size_t row = first; row < last && raster->matrix; row++)
        rqa__block_counts_add_row(raster->count, raster->block,
                                  rqa__matrix_row(raster->matrix, row), 0, 0, raster->n_columns);
    return last - first;
}

/* Blocks at the far ends of the matrix may be smaller than the others. */
static double density(const rqa__plot_raster *raster, size_t b, size_t n_rows)
{
    size_t first = b * raster->block;
    size_t n_columns = rqa__smaller(raster->block, raster->n_columns - first);
    return (double)raster->count[b] / ((double)n_columns * (double)n_rows);
}

static void find_densest(rqa__plot_raster *raster)
{
    raster->densest = 0.0;
    for (size_t line = 0; line < raster->height && raster->densest < 1.0; line++) {
        size_t n_rows = count_blocks(raster, line);
        for (size_t b = 0; b < raster->width; b++)
            raster->densest = fmax(raster->densest, density(raster, b, n_rows));
    }
}

size_t rqa__plot_raster_block(size_t n_rows, size_t n_columns, size_t max_pixels)
{
    size_t longest = n_rows > n_columns ? n_rows : n_columns;
    return (longest + max_pixels - 1) / max_pixels;
}

static int open_raster(rqa__plot_raster *raster, size_t n_rows, size_t n_columns,
                       size_t max_pixels, int enlarge)
{
    size_t longest = n_rows > n_columns ? n_rows : n_columns;
    size_t block = rqa__plot_raster_block(n_rows, n_columns, max_pixels);
    size_t zoom = enlarge && longest < max_pixels ? max_pixels / longest : 1;
    raster->n_rows = n_rows;
    raster->n_columns = n_columns;
    raster->block = block;
    raster->zoom = zoom;
    raster->width = (n_columns + block - 1) / block * zoom;
    raster->height = (n_rows + block - 1) / block * zoom;
    if (block == 1 || raster->shades)
        return RQA_OK;
    raster->count = rqa__alloc_array(raster->width, sizeof *raster->count);
    if (!raster->count)
        return rqa__fail_memory("the plot");
    find_densest(raster);
    return RQA_OK;
}

int rqa__plot_raster_open(rqa__plot_raster *raster, const struct rqa_matrix *matrix,
                          size_t max_pixels, int enlarge)
{
    *raster = (rqa__plot_raster){.matrix = matrix};
    return open_raster(raster, matrix->n_rows, matrix->n_columns, max_pixels, enlarge);
}

int rqa__plot_raster_open_counts(rqa__plot_raster *raster, const rqa__block_counts *counts,
                                 size_t max_pixels)
{
    *raster = (rqa__plot_raster){.counts = counts};
    return open_raster(raster, counts->n_rows, counts->n_columns, max_pixels, 0);
}

int rqa__plot_raster_open_shades(rqa__plot_raster *raster, const rqa__block_shades *shades,
                                 size_t max_pixels, int enlarge)
{
    *raster = (rqa__plot_raster){.shades = shades};
    return open_raster(raster, shades->n_rows, shades->n_columns, max_pixels, enlarge);
}

void rqa__plot_raster_close(rqa__plot_raster *raster)
{
    rqa__free(raster->count);
}

static void draw_cells(const rqa__plot_raster *raster, size_t row, uint8_t *grey)
{
    const uint64_t *words = rqa__matrix_row(raster->matrix, row);
    for (size_t i = 0; i < raster->n_columns; i++) {
        int recurrent = words[i / 64] >> (i % 64) & 1;
        memset(grey + i * raster->zoom, recurrent ? RQA__BLACK : RQA__WHITE, raster->zoom);
    }
}

static void draw_blocks(const rqa__plot_raster *raster, size_t line, uint8_t *grey)
{
    size_t n_rows = count_blocks(raster, line);
    for (size_t b = 0; b < raster->width; b++) {
        double ink = raster->count[b] ? sqrt(density(raster, b, n_rows) / raster->densest) : 0.0;
        grey[b] = (uint8_t)(RQA__WHITE - (int)floor(RQA__WHITE * ink + 0.5));
    }
}

static void draw_shades(const rqa__plot_raster *raster, size_t line, uint8_t *grey)
{
    const rqa__block_shades *shades = raster->shades;
    for (size_t b = 0; b < shades->width; b++)
        memset(grey + b * raster->zoom, rqa__shade_of(shades, shades->mean[line * shades->width + b]),
               raster->zoom);
}

void rqa__plot_raster_line(const rqa__plot_raster *raster, size_t y, uint8_t *grey)
{
    size_t from_bottom = raster->height - 1 - y;
    if (raster->shades)
        draw_shades(raster, from_bottom / raster->zoom, grey);
    else if (raster->block == 1)
        draw_cells(raster, from_bottom / raster->zoom, grey);
    else
        draw_blocks(raster, from_bottom, grey);
}
