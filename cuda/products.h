// products.h - distances of high-dimensional vectors from matrix products: when, and a band of
// them.
#ifndef RQA_CUDA_PRODUCTS_H
#define RQA_CUDA_PRODUCTS_H

#include "gemm_library.h"
#include "rqa/plugin.h"
#include "walk.h"

struct bundle;
struct bundle_group;

// Of a device.
struct product_state {
    gemm_library gemm;
    int tried;           // it was opened, or failed to
    int worth_opening;   // the run in hand has work enough
    int stopped;         // for the rest of the run
    uint64_t n_products; // in this run
};

// Of a group: whether its bits come from products, and how its samples are centred and scaled.
struct product_group {
    int on;
    int known;        // what follows is that of the task's series
    int exponent;     // samples are multiplied by 2^exponent: the widest channel spans 2 to 4
    double reach;     // squared half spans, scaled, summed over the channels; 0: not for products
    uint64_t centres; // index of the first channel's in the bundle
};

// Of a bundle: the centres, and one tile in work for all groups. Positions in the arena.
struct product_space {
    int on, single; // single: in float
    double *centre;
    uint64_t n_centres, room_centres;
    uint32_t columns, cells, coordinates; // of a tile, and of one product; 32 divides the former
    uint32_t most_columns, most_cells;    // of a band
    uint64_t centres_at;
    uint64_t tile_at, column_at, cell_at, column_norm_at, cell_norm_at; // from work_at on
    uint64_t work_at, work_bytes;
};

// Before a run: a failure of the last one is forgotten, the work is weighed.
void products_begin(rqa_plugin_device *device, const rqa_plugin_run *run);

// Chooses the groups of a planned bundle; opens the library if one is chosen. 0 or RQA_ERROR_MEMORY
// of the host.
int32_t products_choose(bundle *b);

// A value recurs if it is below *middle; it may be decided so if it is farther from it than
// *margin. n: coordinates of a vector, which are those of dim lags.
void products_window(const product_group *group, int single, uint64_t n, uint64_t dim, double bound,
                     double *middle, double *margin);

// The side along the steps.
const rqa_plugin_side *products_steps(const rqa_plugin_task *task);

// The bits of a group's columns. 0 with the work in the device's queue; a status; or
// PRODUCTS_REFUSED: the library did not work, and others must decide the whole band.
enum { PRODUCTS_REFUSED = 1 };
int32_t products_run(const bundle *b, const bundle_group *g, walk_band columns);

// No products for the rest of the run, and why.
void products_stop(rqa_plugin_device *device, const rqa_plugin_run *run, const char *why);
// The same, and the library's memory is given back for good.
void products_give_up(rqa_plugin_device *device, const rqa_plugin_run *run, const char *why);

#endif
