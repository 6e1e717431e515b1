/* block_shades.h - the mean of each square block of a matrix of distances, as shades of grey. */
#ifndef RQA_DATA_BLOCK_SHADES_H
#define RQA_DATA_BLOCK_SHADES_H

#include <stddef.h>
#include <stdint.h>

/* Distance 0 is black, the largest mean FAR; what has no distance stays white. */
enum { RQA__SHADE_NEAR = 0, RQA__SHADE_FAR = 239, RQA__SHADE_NONE = 255 };

/* Blocks at the far ends of the matrix may be smaller than the others. */
typedef struct rqa__block_shades {
    size_t n_rows, n_columns; /* cells */
    size_t block;             /* cells a side */
    size_t width, height;     /* blocks */
    double *mean; /* [height * width], row 0 first; NaN: no distance */
    double top;   /* the largest mean: that of FAR; NaN where there is none */
} rqa__block_shades;

/* Bytes for the means; SIZE_MAX where they exceed the address space. */
size_t rqa__block_shades_memory(size_t n_rows, size_t n_columns, size_t block);

/* n_rows, n_columns and block are set. 0 or RQA_ERROR_MEMORY, with its text. */
int rqa__block_shades_create(rqa__block_shades *shades);
void rqa__block_shades_release(rqa__block_shades *shades);

/* Once all means are there. */
void rqa__block_shades_find_top(rqa__block_shades *shades);

/* The shade of a distance; 0 of 0 is NEAR. */
uint8_t rqa__shade_of(const rqa__block_shades *shades, double distance);

#endif
