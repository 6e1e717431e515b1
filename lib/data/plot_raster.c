/* plot_raster.c - a bit matrix as lines of grey pixels, reduced or enlarged by a whole factor.
 *
 * Reducing needs the densest block before the first pixel, so the matrix is read twice; that costs
 * less than keeping the counts of all blocks.
 */
#include "data/plot_raster.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static unsigned count_ones(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* Ones among the bits first..last-1, first < last. */
static uint64_t count_range(const uint64_t *words, size_t first, size_t last)
{
    size_t word = first / 64;
    size_t end = (last - 1) / 64;
    uint64_t bits = words[word] & UINT64_MAX << first % 64;
    uint64_t count = 0;
    for (; word < end; bits = words[++word])
        count += count_ones(bits);
    return count + count_ones(bits & UINT64_MAX >> (63 - (last - 1) % 64));
}

/* Counts the line of blocks number `line`, from the bottom; returns how many rows it has. */
static size_t count_blocks(const rqa__plot_raster *raster, size_t line)
{
    const struct rqa_matrix *matrix = raster->matrix;
    size_t first = line * raster->block;
    size_t last = smaller(first + raster->block, matrix->n_rows);
    memset(raster->count, 0, raster->width * sizeof *raster->count);
    for (size_t row = first; row < last; row++) {
        const uint64_t *words = rqa__matrix_row(matrix, row);
        for (size_t b = 0; b < raster->width; b++) {
            size_t end = smaller((b + 1) * raster->block, matrix->n_columns);
            raster->count[b] += count_range(words, b * raster->block, end);
        }
    }
    return last - first;
}

/* Blocks at the far ends of the matrix may be smaller than the others. */
static double density(const rqa__plot_raster *raster, size_t b, size_t n_rows)
{
    size_t first = b * raster->block;
    size_t n_columns = smaller(raster->block, raster->matrix->n_columns - first);
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

int rqa__plot_raster_open(rqa__plot_raster *raster, const struct rqa_matrix *matrix,
                          size_t max_pixels, int enlarge)
{
    size_t longest = matrix->n_rows > matrix->n_columns ? matrix->n_rows : matrix->n_columns;
    size_t block = (longest + max_pixels - 1) / max_pixels;
    size_t zoom = enlarge && longest < max_pixels ? max_pixels / longest : 1;
    *raster = (rqa__plot_raster){
        .matrix = matrix,
        .block = block,
        .zoom = zoom,
        .width = (matrix->n_columns + block - 1) / block * zoom,
        .height = (matrix->n_rows + block - 1) / block * zoom,
    };
    if (block == 1)
        return RQA_OK;
    raster->count = rqa__alloc_array(raster->width, sizeof *raster->count);
    if (!raster->count)
        return rqa__fail_memory("the plot");
    find_densest(raster);
    return RQA_OK;
}

void rqa__plot_raster_close(rqa__plot_raster *raster)
{
    rqa__free(raster->count);
}

static void draw_cells(const rqa__plot_raster *raster, size_t row, uint8_t *grey)
{
    const uint64_t *words = rqa__matrix_row(raster->matrix, row);
    for (size_t i = 0; i < raster->matrix->n_columns; i++) {
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

void rqa__plot_raster_line(const rqa__plot_raster *raster, size_t y, uint8_t *grey)
{
    size_t from_bottom = raster->height - 1 - y;
    if (raster->block == 1)
        draw_cells(raster, from_bottom / raster->zoom, grey);
    else
        draw_blocks(raster, from_bottom, grey);
}
