// products_kernel.cu - the kernels around the matrix products: vectors, their norms, bits of a
// tile.
#include "products_kernel.h"

#include <math.h>

#include "exact.h"
#include "walk_lines.h"

// ---- vectors ----

// One coordinate of a vector; false if its sample is missing or there is no such vector.
template <class T>
static __device__ __forceinline__ bool coordinate_of(const product_side &side, uint32_t vector,
                                                     uint32_t coordinate, T *out)
{
    const uint32_t lag = coordinate / side.n_channels, channel = coordinate % side.n_channels;
    *out = 0;
    if (vector >= side.n_vectors)
        return false;
    const size_t at = (size_t)channel * side.n_samples + vector + (size_t)lag * side.delay;
    const double value = (side.series[at] - side.centre[channel]) * side.scale;
    if (!(fabs(value) >= 0))
        return false;
    *out = (T)value;
    return true;
}

template <class T>
static __global__ void __launch_bounds__(WALK_THREADS)
    norms_of(T *out, product_side side, uint32_t first, uint32_t n)
{
    const uint32_t k = blockIdx.x * WALK_THREADS + threadIdx.x;
    double sum = 0;
    if (k >= n)
        return;
    for (uint32_t c = 0; c < side.n_coordinates; c++) {
        T value;
        if (coordinate_of(side, first + k, c, &value))
            sum += (double)value * value;
        else
            sum = INFINITY;
    }
    out[k] = (T)sum;
}

template <class T>
cudaError_t product_norms(cudaStream_t stream, T *out, const product_side &side, uint32_t first,
                          uint32_t n)
{
    RQA_LAUNCH(norms_of<T>, (n + WALK_THREADS - 1) / WALK_THREADS, WALK_THREADS, 0, stream, out,
               side, first, n);
    return cudaGetLastError();
}

template <class T>
static __global__ void __launch_bounds__(WALK_THREADS)
    gather(T *out, product_side side, uint32_t first, uint32_t n, uint32_t coordinate)
{
    const uint32_t k = blockIdx.x * WALK_THREADS + threadIdx.x;
    T value;
    if (k >= n)
        return;
    (void)coordinate_of(side, first + k, coordinate + blockIdx.y, &value);
    out[(size_t)blockIdx.y * n + k] = value;
}

template <class T>
cudaError_t product_gather(cudaStream_t stream, T *out, const product_side &side, uint32_t first,
                           uint32_t n, uint32_t coordinate, uint32_t n_coordinates)
{
    const dim3 grid((n + WALK_THREADS - 1) / WALK_THREADS, n_coordinates);
    RQA_LAUNCH(gather<T>, grid, WALK_THREADS, 0, stream, out, side, first, n, coordinate);
    return cudaGetLastError();
}

// ---- bits ----

// A warp takes 32 columns and 32 cells of each. G is at least the number of thresholds.
template <class T, int G>
static __global__ void __launch_bounds__(WALK_THREADS)
    bits_of_tile(const walk_group *__restrict__ groups, product_tile<T> tile)
{
    const walk_group &group = *groups;
    const uint32_t column = tile.first_column + blockIdx.x * WALK_THREADS + threadIdx.x;
    const uint32_t first_column = column & ~31u, s = tile.first_cell + 32 * blockIdx.y;
    if (first_column >= tile.end_column || (group.symmetric && s < first_column))
        return;
    const uint32_t on_tile = column - tile.first_column, cell = 32 * blockIdx.y;
    const T *product = tile.product + (size_t)cell * tile.stride + on_tile;
    const T norm = tile.column_norm[on_tile];
    uint32_t word[G], unsure[G];
    WALK_UNROLL
    for (int g = 0; g < G; g++)
        word[g] = unsure[g] = 0;
    for (uint32_t b = 0; b < 32; b++) {
        const T value = norm + tile.cell_norm[cell + b] - 2 * product[(size_t)b * tile.stride];
        WALK_UNROLL
        for (int g = 0; g < G; g++) {
            const T over = value - tile.middle[g];
            word[g] |= (uint32_t)(over < 0) << b;
            unsure[g] |= (uint32_t)(fabs(over) <= tile.margin[g]) << b;
        }
    }
    const uint32_t n_y = column < group.n_x ? group.n_y : 0;
    const uint32_t cells = bits_below((int32_t)n_y - (int32_t)s);
    uint32_t *out =
        gpu_global(group.bits + (column - tile.band_first) + (size_t)(s / 32) * group.n_rows);
    WALK_UNROLL
    for (int g = 0; g < G; g++) {
        if (g >= (int)group.n_thresholds)
            return;
        uint32_t left = unsure[g] & cells, bits = word[g] & cells & ~left;
        while (left) {
            const uint32_t b = (uint32_t)__ffs((int)left) - 1;
            left &= left - 1;
            if (recurs(group.field[0], column, s + b, group.field[0].bound[g]))
                bits |= 1u << b;
        }
        out[(size_t)g * group.n_words * group.n_rows] = bits;
    }
}

template <class T>
cudaError_t product_bits(cudaStream_t stream, const walk_group *group, uint32_t n_thresholds,
                         const product_tile<T> &tile)
{
    const dim3 grid((tile.stride + WALK_THREADS - 1) / WALK_THREADS, tile.cells / 32);
    if (n_thresholds == 1)
        RQA_LAUNCH((bits_of_tile<T, 1>), grid, WALK_THREADS, 0, stream, group, tile);
    else if (n_thresholds <= 4)
        RQA_LAUNCH((bits_of_tile<T, 4>), grid, WALK_THREADS, 0, stream, group, tile);
    else
        RQA_LAUNCH((bits_of_tile<T, 8>), grid, WALK_THREADS, 0, stream, group, tile);
    return cudaGetLastError();
}

#define INSTANCES(T)                                                                               \
    template cudaError_t product_norms(cudaStream_t, T *, const product_side &, uint32_t,          \
                                       uint32_t);                                                  \
    template cudaError_t product_gather(cudaStream_t, T *, const product_side &, uint32_t,         \
                                        uint32_t, uint32_t, uint32_t);                             \
    template cudaError_t product_bits(cudaStream_t, const walk_group *, uint32_t,                  \
                                      const product_tile<T> &);
INSTANCES(double)
INSTANCES(float)
