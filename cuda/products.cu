// products.cu - distances of high-dimensional vectors from matrix products: when, and how exact.
//
// The value of a pair, the sum of (x - y)^2 over d coordinates, is |a|^2 + |b|^2 - 2ab, where a and
// b are the vectors less a centre, the same for both. What rounding can do to it, for a type T of
// unit roundoff t (u that of double; g(n) = n t / (1 - n t), Higham, Accuracy and Stability of
// Numerical Algorithms, 2002, section 3.1), if no vector is longer than r:
//   centring    (x - c) is rounded to double and then to T: a is wrong by (t + u)|a| at most, so
//   the
//               distance by 2 (t + u) r, and its square, not above 4 r^2, by 8.1 (t + u) r^2
//   product     g(d) |a||b| in any order of summation, in parts or not, fused or not; twice that
//   norms       summed in double, rounded to T: 2 (g_u(d) + t) r^2
//   sum         |a|^2 + |b|^2: 2 t r^2; less 2ab, which is doubled exactly: 4 t r^2
// or (2 d t + 2 d u + 25 t) r^2 with t + u <= 2 t; terms of higher order are below 2^-8 of it as
// long as d t <= 2^-10. The scale keeps r^2 between 1 and 2^36: nothing overflows, and what
// underflows is far below t. The documented sum of squares itself is wrong by (d + 8) 2u relatively
// and d 2^-1073, which is what lies between it and the true value. Pairs within both of a bound are
// decided exactly.
#include "products.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bundle_plan.h"

// From so many coordinates on products are cheaper than direct sums: with double on cards that have
// half as many FP64 units as FP32 ones, with float on others. By counted instructions, not measured: a
// direct sum takes 2.5 a coordinate, a product's bit 18; with what is written and read of a product a
// pair costs about as much as 40 coordinates directly where FP64 products have tensor cores and 100
// where they have not, and some 80 with float.
enum { LEAST_DOUBLE = 56, LEAST_SINGLE = 96, MOST_SINGLE = 8192 };

// Smaller matrices do not fill the device tile by tile.
enum { LEAST_VECTORS = 4096 };

// Opening the library takes up to 0.7 s: it is worth it for as many coordinates of pairs as direct
// sums decide in about 0.8 s (estimate), per multiprocessor.
static const double least_work = 4e10;

enum { TILE_EDGE = 2048, TILE_COORDINATES = 512 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

// ---- which tasks ----

static int is_single(const rqa_plugin_device *device)
{
    const int strong = device->capability_minor == 0 && device->capability_major >= 8 &&
                       device->capability_major <= 10;
    return !strong || (device->options.flags & RQA_PLUGIN_PRODUCTS_SINGLE) != 0;
}

const rqa_plugin_side *products_steps(const rqa_plugin_task *task)
{
    return task->relation == RQA_PLUGIN_CROSS ? &task->y : &task->x;
}

// Whether products can, and unless they are forced should, decide the pairs of a dimension.
static int suits(const rqa_plugin_device *device, const rqa_plugin_task *task, uint32_t dim)
{
    const int single = is_single(device);
    const uint64_t n = (uint64_t)task->x.dims[dim] * task->x.n_channels;
    const uint64_t n_x = side_vectors(&task->x, dim), n_y = side_vectors(products_steps(task), dim);
    if (task->norm != RQA_PLUGIN_EUCLIDEAN || task->relation == RQA_PLUGIN_JOINT || n_x == 0 ||
        n_y == 0 || n > (single ? (uint64_t)MOST_SINGLE : INT32_MAX))
        return 0;
    if (device->options.flags & RQA_PLUGIN_PRODUCTS_ALWAYS)
        return 1;
    return n >= (single ? LEAST_SINGLE : LEAST_DOUBLE) && task->x.n_channels > 1 &&
           n_x >= LEAST_VECTORS && n_y >= LEAST_VECTORS;
}

static int is_forbidden(const rqa_plugin_device *device)
{
    return (device->options.flags & (RQA_PLUGIN_PRODUCTS_NEVER | RQA_PLUGIN_EXACT_ONLY)) != 0 ||
           device->products.stopped || (device->products.tried && !device->products.gemm.handle);
}

void products_begin(rqa_plugin_device *device, const rqa_plugin_run *run)
{
    double work = 0;
    device->products.stopped = 0;
    device->products.n_products = 0;
    for (uint64_t k = 0; k < run->n_tasks && !is_forbidden(device); k++) {
        const rqa_plugin_task *task = run->tasks[k];
        const double passes = ceil((double)task->n_thresholds / (double)BIT_THRESHOLDS);
        for (uint32_t d = 0; d < task->n_dims; d++)
            if (suits(device, task, d))
                work += passes * (double)side_vectors(&task->x, d) *
                        (double)side_vectors(products_steps(task), d) *
                        (bundle_symmetric(task) ? 0.5 : 1) * task->x.dims[d] * task->x.n_channels;
    }
    device->products.worth_opening = work >= least_work * device->n_processors ||
                                     (device->options.flags & RQA_PLUGIN_PRODUCTS_ALWAYS) != 0;
}

// ---- centres and windows ----

static void extend(const rqa_plugin_side *side, uint32_t channel, double *least, double *most)
{
    for (uint64_t i = 0; i < side->n_samples; i++) {
        const double value = side->channel[channel][i];
        if (value < *least)
            *least = value;
        if (value > *most)
            *most = value;
    }
}

// Centres of all channels, their half spans' largest and sum of squares. Offsets between channels
// must not count: they cancel in a difference, but not in a product.
static int32_t add_centres(bundle *b, const rqa_plugin_task *task, product_group *group)
{
    product_space *p = &b->product;
    const uint32_t n = task->x.n_channels;
    if (p->n_centres + n > p->room_centres) {
        const uint64_t room = 2 * (p->n_centres + n);
        double *more = (double *)host_alloc(room, sizeof *more);
        if (!more)
            return device_fail(RQA_ERROR_MEMORY, "out of memory for a plan");
        if (p->n_centres)
            memcpy(more, p->centre, (size_t)p->n_centres * sizeof *more);
        host_free(p->centre);
        p->centre = more;
        p->room_centres = room;
    }
    double largest = 0, sum = 0;
    for (uint32_t c = 0; c < n; c++) {
        double least = INFINITY, most = -INFINITY, centre = 0, half = 0;
        extend(&task->x, c, &least, &most);
        if (task->relation == RQA_PLUGIN_CROSS)
            extend(&task->y, c, &least, &most);
        if (least <= most) { // else every sample is missing
            centre = 0.5 * least + 0.5 * most;
            half = fmax(most - centre, centre - least);
        }
        p->centre[p->n_centres + c] = centre;
        largest = fmax(largest, half);
        sum += half * half;
    }
    group->known = 1;
    // Squares of others might overflow, or vanish.
    if (!(largest >= 0x1p-400 && largest <= 0x1p400))
        return RQA_OK;
    int exponent = 0;
    frexp(largest, &exponent);
    group->exponent = 1 - exponent;
    group->reach = ldexp(sum, 2 * group->exponent) * (1 + 0x1p-30);
    group->centres = p->n_centres;
    p->n_centres += n;
    return RQA_OK;
}

void products_window(const product_group *group, int single, uint64_t n, uint64_t dim, double bound,
                     double *middle, double *margin)
{
    const double most = 0x1p100; // above every finite value
    const double unit = single ? 0x1p-24 : 0x1p-53;
    *middle = -most;
    *margin = -1;
    if (bound < 0)
        return; // nothing recurs
    const double slack = bound * ((double)(n + 8) * 0x1p-52) + (double)n * 0x1p-1073;
    const double error = group->reach * (double)dim * (1 + 0x1p-7) *
                         (2 * (double)n * unit + 2 * (double)n * 0x1p-53 + 25 * unit);
    const double low = fmin(ldexp(bound - slack, 2 * group->exponent), most) - error;
    const double high = fmin(ldexp(bound + slack, 2 * group->exponent), most) + error;
    *middle = fmin(ldexp(bound, 2 * group->exponent), most);
    *middle = single ? (double)(float)*middle : *middle;
    // The difference from it is rounded once more.
    *margin = fmax(high - *middle, *middle - low) * (1 + 0x1p-20);
}

// Whether so few pairs are unsure that products pay: others have distances that are tiny against
// the space that the vectors take up.
static int is_narrow(const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    const uint64_t dim = task->x.dims[g->at.dim];
    const double *bounds = task->bounds + (size_t)g->at.dim * task->n_thresholds + g->at.threshold;
    for (uint32_t t = 0; t < g->n_thresholds; t++) {
        double middle, margin;
        products_window(&g->product, b->product.single, dim * task->x.n_channels, dim, bounds[t],
                        &middle, &margin);
        if (bounds[t] >= 0 && !(margin <= middle / 256))
            return 0;
    }
    return 1;
}

// ---- the plan ----

// The largest tile that fits an eighth of the memory. Whether there is one.
static int set_tile(bundle *b)
{
    product_space *p = &b->product;
    const uint64_t size = p->single ? sizeof(float) : sizeof(double);
    uint64_t columns = smaller(p->most_columns, TILE_EDGE);
    uint64_t cells = smaller(p->most_cells, TILE_EDGE);
    if (b->device->options.segment_steps)
        cells = smaller(cells, round_up(b->device->options.segment_steps, 32));
    p->coordinates = (uint32_t)smaller(p->coordinates, TILE_COORDINATES);
    for (;;) {
        p->column_at = columns * cells * size;
        p->cell_at = p->column_at + columns * p->coordinates * size;
        p->column_norm_at = p->cell_at + cells * p->coordinates * size;
        p->cell_norm_at = p->column_norm_at + p->most_columns * size;
        p->work_bytes = p->cell_norm_at + p->most_cells * size;
        if (p->work_bytes <= b->device->limit / 8)
            break;
        if (columns <= 32 && cells <= 32)
            return 0;
        if (columns > cells)
            columns = round_up(columns / 2, 32);
        else
            cells = round_up(cells / 2, 32);
    }
    p->columns = (uint32_t)columns;
    p->cells = (uint32_t)cells;
    return 1;
}

// Opens the library once. Whether it is there.
static int open_library(bundle *b)
{
    rqa_plugin_device *device = b->device;
    char why[200], line[256];
    if (!device->products.tried) {
        device->products.tried = 1;
        if (gemm_open(&device->products.gemm, device->stream, why, sizeof why)) {
            snprintf(line, sizeof line, "device %u: no matrix products by cuBLAS: %s",
                     device->options.index, why);
            device_log(device, b->run, 2, line);
        }
    }
    return device->products.gemm.handle != NULL;
}

static int32_t choose_group(bundle *b, uint32_t k)
{
    bundle_group *g = &b->group[k];
    product_space *p = &b->product;
    const rqa_plugin_task *task = bundle_task(b, g);
    const int always = (b->device->options.flags & RQA_PLUGIN_PRODUCTS_ALWAYS) != 0;
    int32_t status = RQA_OK;
    if (!suits(b->device, task, g->at.dim))
        return RQA_OK;
    if (k && g[-1].product.known && g[-1].at.task == g->at.task)
        g->product = g[-1].product;
    else
        status = add_centres(b, task, &g->product);
    g->product.on = !status && g->product.reach > 0 && (always || is_narrow(b, g));
    if (!g->product.on)
        return status;
    p->on = 1;
    p->most_columns = g->n_rows > p->most_columns ? g->n_rows : p->most_columns;
    p->most_cells = 32 * g->n_words > p->most_cells ? 32 * g->n_words : p->most_cells;
    const uint32_t n = task->x.dims[g->at.dim] * task->x.n_channels;
    p->coordinates = n > p->coordinates ? n : p->coordinates;
    return RQA_OK;
}

int32_t products_choose(bundle *b)
{
    product_space *p = &b->product;
    int32_t status = RQA_OK;
    p->single = is_single(b->device);
    if (is_forbidden(b->device) ||
        !(b->device->products.gemm.handle || b->device->products.worth_opening))
        return RQA_OK;
    for (uint32_t k = 0; k < b->n_groups && !status; k++)
        status = choose_group(b, k);
    p->on = p->on && !status && set_tile(b) && open_library(b);
    if (!p->on)
        p->work_bytes = p->n_centres = 0;
    return status;
}

void products_stop(rqa_plugin_device *device, const rqa_plugin_run *run, const char *why)
{
    char line[256];
    device->products.stopped = 1;
    snprintf(line, sizeof line, "device %u: %s; no more matrix products in this run",
             device->options.index, why);
    device_log(device, run, 2, line);
}

void products_give_up(rqa_plugin_device *device, const rqa_plugin_run *run, const char *why)
{
    products_stop(device, run, why);
    gemm_close(&device->products.gemm);
}
