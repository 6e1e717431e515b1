// products_kernel.h - the kernels around the matrix products: vectors, their norms, bits of a tile.
#ifndef RQA_CUDA_PRODUCTS_KERNEL_H
#define RQA_CUDA_PRODUCTS_KERNEL_H

#include "walk.h"

// The vectors of one side, as the products see them: centred by channel and scaled.
struct product_side {
    const double *series; // channel-major; NaN = missing
    const double *centre; // of each channel
    double scale;         // a power of two
    uint32_t n_samples, n_channels, delay, n_vectors, n_coordinates;
};

// Columns [first_column, end_column) of a band that begins at band_first, against `cells` cells
// from first_cell on: a multiple of 32, like the number of columns in the arrays, `stride`.
template <class T> struct product_tile {
    const T *product;                 // [cell][column]
    const T *column_norm, *cell_norm; // of the first ones on; infinite: a sample is missing
    uint32_t stride, cells;
    uint32_t band_first, first_column, end_column, first_cell;
    T middle[BIT_THRESHOLDS]; // a value recurs if it is below, surely so
    T margin[BIT_THRESHOLDS]; // if it is farther away than this
};

// Each launches one kernel, for T double or float; 0 or a CUDA error. Vectors and coordinates
// beyond the last are zero.
// Squared norms of n vectors from `first` on.
template <class T>
cudaError_t product_norms(cudaStream_t stream, T *out, const product_side &side, uint32_t first,
                          uint32_t n);
// out[coordinate][vector], n vectors from `first` on, n_coordinates from `coordinate` on.
template <class T>
cudaError_t product_gather(cudaStream_t stream, T *out, const product_side &side, uint32_t first,
                           uint32_t n, uint32_t coordinate, uint32_t n_coordinates);
// The words of a tile, for all thresholds of the group.
template <class T>
cudaError_t product_bits(cudaStream_t stream, const walk_group *group, uint32_t n_thresholds,
                         const product_tile<T> &tile);

#endif
