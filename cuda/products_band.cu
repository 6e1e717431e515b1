// products_band.cu - a band of a group by matrix products: tile by tile.
#include "products.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bundle_plan.h"
#include "products_kernel.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

// A group in hand: T is the type of its products.
template <class T> struct product_work {
    const bundle *b;
    const bundle_group *g;
    const rqa_plugin_task *task;
    product_side lane, step;
    T *product, *column, *cell, *column_norm, *cell_norm;
    product_tile<T> tile;
    cudaError_t error;
    int refused; // cuBLAS's status
};

static product_side side_of(const bundle *b, const bundle_group *g, const rqa_plugin_side *side,
                            uint64_t series)
{
    const char *arena = (const char *)b->set->arena;
    product_side s;
    s.series = (const double *)(arena + series);
    s.centre = (const double *)(arena + b->product.centres_at) + g->product.centres;
    s.scale = ldexp(1, g->product.exponent);
    s.n_samples = (uint32_t)side->n_samples;
    s.n_channels = side->n_channels;
    s.delay = side->delay;
    s.n_vectors = (uint32_t)side_vectors(side, g->at.dim);
    s.n_coordinates = side->dims[g->at.dim] * side->n_channels;
    return s;
}

template <class T>
static void begin_work(product_work<T> *w, const bundle *b, const bundle_group *g)
{
    const product_space *p = &b->product;
    const bundle_field *f = &b->field[g->field];
    char *work = (char *)b->set->arena + p->work_at;
    memset(w, 0, sizeof *w);
    w->b = b;
    w->g = g;
    w->task = bundle_task(b, g);
    w->lane = side_of(b, g, &w->task->x, f->exact_x);
    w->step = side_of(b, g, products_steps(w->task), f->exact_y);
    w->product = (T *)work;
    w->column = (T *)(work + p->column_at);
    w->cell = (T *)(work + p->cell_at);
    w->column_norm = (T *)(work + p->column_norm_at);
    w->cell_norm = (T *)(work + p->cell_norm_at);
    w->tile.product = w->product;
    const double *bounds =
        w->task->bounds + (size_t)g->at.dim * w->task->n_thresholds + g->at.threshold;
    for (uint32_t t = 0; t < g->n_thresholds; t++) {
        double middle, margin;
        products_window(&g->product, p->single, w->lane.n_coordinates, w->task->x.dims[g->at.dim],
                        bounds[t], &middle, &margin);
        w->tile.middle[t] = (T)middle;
        w->tile.margin[t] = (T)margin;
        if (margin >= 0 && (double)w->tile.margin[t] < margin)
            w->tile.margin[t] = (T)nextafterf((float)margin, INFINITY);
    }
}

// The inner products of n columns and m cells from (column, cell) on, coordinates by portions. With
// one portion the columns are there already unless they are `new_columns`.
template <class T>
static void multiply(product_work<T> *w, uint32_t column, uint32_t n, int new_columns,
                     uint32_t cell, uint32_t m)
{
    rqa_plugin_device *device = w->b->device;
    const uint32_t all = w->lane.n_coordinates, most = w->b->product.coordinates;
    for (uint32_t k = 0; k < all && w->error == cudaSuccess && !w->refused; k += most) {
        const uint32_t some = (uint32_t)smaller(most, all - k);
        if (new_columns || all > most)
            w->error = product_gather(device->stream, w->column, w->lane, column, n, k, some);
        if (w->error == cudaSuccess)
            w->error = product_gather(device->stream, w->cell, w->step, cell, m, k, some);
        if (w->error == cudaSuccess)
            w->refused = gemm_run(&device->products.gemm, w->product, w->column, w->cell, (int)n,
                                  (int)m, (int)some, k > 0);
        if (w->error == cudaSuccess && !w->refused)
            device->products.n_products++;
    }
}

template <class T> static void run_tiles(product_work<T> *w, walk_band columns)
{
    const product_space *p = &w->b->product;
    const cudaStream_t stream = w->b->device->stream;
    const walk_group *group =
        (const walk_group *)((char *)w->b->set->arena + w->b->groups_at) + (w->g - w->b->group);
    const uint32_t n_y = w->step.n_vectors;
    w->error = product_norms(stream, w->column_norm, w->lane, columns.first,
                             (uint32_t)round_up(columns.end - columns.first, 32));
    if (w->error == cudaSuccess)
        w->error = product_norms(stream, w->cell_norm, w->step, 0, (uint32_t)round_up(n_y, 32));
    for (uint32_t i = columns.first; i < columns.end; i += p->columns) {
        const uint32_t first = bundle_symmetric(w->task) ? i : 0;
        for (uint32_t j = first; j < n_y; j += p->cells) {
            product_tile<T> *tile = &w->tile;
            tile->end_column = (uint32_t)smaller(columns.end, (uint64_t)i + p->columns);
            tile->stride = (uint32_t)round_up(tile->end_column - i, 32);
            tile->cells = (uint32_t)round_up(smaller(p->cells, n_y - j), 32);
            tile->band_first = columns.first;
            tile->first_column = i;
            tile->first_cell = j;
            tile->column_norm = w->column_norm + (i - columns.first);
            tile->cell_norm = w->cell_norm + j;
            if (w->error == cudaSuccess && !w->refused)
                multiply(w, i, tile->stride, j == first, j, tile->cells);
            if (w->error == cudaSuccess && !w->refused)
                w->error = product_bits(stream, group, w->g->n_thresholds, *tile);
        }
    }
}

template <class T>
static int32_t run_group(const bundle *b, const bundle_group *g, walk_band columns)
{
    product_work<T> w;
    begin_work(&w, b, g);
    run_tiles(&w, columns);
    if (!w.refused)
        return device_check(b->device, w.error, "multiplying matrices");
    // Whether the library alone is to blame.
    (void)cudaGetLastError();
    int32_t status = device_check(b->device, device_wait(b->device, b->device->stream),
                                  "multiplying matrices");
    if (status)
        return status;
    char why[64];
    snprintf(why, sizeof why, "cuBLAS: status %d", w.refused);
    products_stop(b->device, b->run, why);
    return PRODUCTS_REFUSED;
}

int32_t products_run(const bundle *b, const bundle_group *g, walk_band columns)
{
    return b->product.single ? run_group<float>(b, g, columns) : run_group<double>(b, g, columns);
}
