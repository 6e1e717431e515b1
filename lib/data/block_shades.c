/* block_shades.c - the mean of each square block of a matrix of distances, as shades of grey. */
#include "data/block_shades.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

size_t rqa__block_shades_memory(size_t n_rows, size_t n_columns, size_t block)
{
    const size_t width = (n_columns + block - 1) / block, height = (n_rows + block - 1) / block;
    size_t n, n_bytes;
    if (rqa__mul_size(width, height, &n) || rqa__mul_size(n, sizeof(double), &n_bytes))
        return SIZE_MAX;
    return n_bytes;
}

int rqa__block_shades_create(rqa__block_shades *shades)
{
    shades->width = (shades->n_columns + shades->block - 1) / shades->block;
    shades->height = (shades->n_rows + shades->block - 1) / shades->block;
    shades->top = NAN;
    shades->mean = rqa__alloc_array(shades->width, shades->height * sizeof *shades->mean);
    return shades->mean ? RQA_OK : rqa__fail_memory("the picture of distances");
}

void rqa__block_shades_release(rqa__block_shades *shades)
{
    rqa__free(shades->mean);
    shades->mean = NULL;
}

void rqa__block_shades_find_top(rqa__block_shades *shades)
{
    const size_t n = shades->width * shades->height;
    shades->top = NAN;
    for (size_t k = 0; k < n; k++)
        shades->top = fmax(shades->top, shades->mean[k]); /* which passes over NaN */
}

uint8_t rqa__shade_of(const rqa__block_shades *shades, double distance)
{
    if (isnan(distance))
        return RQA__SHADE_NONE;
    const double share = shades->top > 0 ? distance / shades->top : 0;
    return (uint8_t)(RQA__SHADE_NEAR + (int)floor((RQA__SHADE_FAR - RQA__SHADE_NEAR) * share + 0.5));
}
