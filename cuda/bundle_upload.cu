// bundle_upload.cu - what a bundle finds on the device: its series, groups and passes, tallies
// cleared.
#include "bundle_upload.h"

#include <string.h>

// ---- groups and passes ----

// A window wider than any matrix; sums with it fit 32 bits with a sign.
static uint32_t clamp(uint64_t n)
{
    return n < 1u << 30 ? (uint32_t)n : 1u << 30;
}

// Field `k` of a group, or with one lag of its single samples: x along the lanes, y along the
// steps.
static void fill_field(walk_field *w, const bundle *b, const bundle_group *g, uint32_t k,
                       uint32_t n_lags)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    const bundle_field *f = &b->field[g->field + k];
    const char *arena = (const char *)b->set->arena;
    const rqa_plugin_side *y = f->y ? f->y : f->x;
    w->lane = (const double *)(arena + f->exact_x);
    w->step = (const double *)(arena + f->exact_y);
    w->lane_near = (const float *)(arena + f->near_x);
    w->step_near = (const float *)(arena + f->near_y);
    w->lane_samples = (uint32_t)f->x->n_samples;
    w->step_samples = (uint32_t)y->n_samples;
    w->lane_delay = f->x->delay;
    w->step_delay = y->delay;
    w->n_channels = f->x->n_channels;
    w->n_coordinates = n_lags * f->x->n_channels;
    w->norm = task->norm;
    const double *bounds = k ? task->bounds_y : task->bounds;
    bounds += (size_t)g->at.dim * task->n_thresholds + g->at.threshold;
    for (uint32_t t = 0; t < g->n_thresholds; t++) {
        w->bound[t] = bounds[t];
        near_window(&f->scale, task->norm, w->n_coordinates, bounds[t],
                    (b->device->options.flags & RQA_PLUGIN_EXACT_ONLY) != 0, &w->middle[t],
                    &w->margin[t]);
    }
}

static void fill_group(walk_group *w, const bundle *b, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    char *arena = (char *)b->set->arena;
    fill_field(&w->field[0], b, g, 0, task->x.dims[g->at.dim]);
    if (task->relation == RQA_PLUGIN_JOINT)
        fill_field(&w->field[1], b, g, 1, task->y.dims[g->at.dim]);
    w->n_thresholds = g->n_thresholds;
    w->n_x = (uint32_t)g->n_x;
    w->n_y = (uint32_t)g->n_y;
    w->symmetric = (uint32_t)bundle_symmetric(task);
    w->n_words = lags_is_base(b, g) ? lags_of(b, g)->plane[0].n_words : g->n_words;
    w->n_rows = g->n_rows;
    w->bits = (uint32_t *)(arena + g->bits);
    w->theiler_points = clamp(task->theiler_points);
    w->shape = g->shape;
    w->tally = (walk_count *)(arena + g->tally);
}

// The matrix of single samples of a base's field, which nobody walks.
static void fill_plane(walk_group *w, const bundle *b, const lag_base *base, uint32_t f)
{
    const bundle_group *g = &b->group[base->first_group];
    const lag_plane *plane = &base->plane[f];
    fill_field(&w->field[0], b, g, f, 1);
    w->n_thresholds = base->n_thresholds;
    w->n_x = (uint32_t)plane->n_x;
    w->n_y = (uint32_t)plane->n_y;
    w->symmetric = (uint32_t)bundle_symmetric(bundle_task(b, g));
    w->n_words = plane->n_words;
    w->n_rows = plane->n_rows;
    w->bits = (uint32_t *)((char *)b->set->arena + plane->bits);
}

static void fill_diagonals(walk_pass *w, const bundle_group *g, const rqa_plugin_task *task)
{
    uint64_t n = g->n_x < g->n_y ? g->n_x : g->n_y;
    w->skew = 1;
    w->base = (int32_t)bundle_base(g, task);
    w->theiler = clamp(task->theiler_diagonal);
    w->weight = bundle_symmetric(task) && !bundle_from_diagonal(task) ? 2 : 1;
    w->want_lines = (task->tallies & RQA_PLUGIN_TALLY_DIAGONAL) != 0;
    w->square = task->tallies & RQA_PLUGIN_TALLY_OFFSETS ? (uint32_t)n : 0;
    w->offset_zero = task->relation == RQA_PLUGIN_AUTO ? 0 : (int32_t)n - 1;
}

static void fill_columns(walk_pass *w, const rqa_plugin_task *task)
{
    w->from_diagonal = (uint32_t)bundle_from_diagonal(task);
    w->theiler = clamp(task->theiler_vertical);
    w->band_is_white = task->band_is_white;
    w->weight = 1;
    w->want_lines = 1;
    w->want_white = (task->tallies & RQA_PLUGIN_TALLY_WHITE) != 0;
    w->want_times = (task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME) != 0;
}

static void fill_pass(walk_pass *w, const bundle *b, uint32_t group, uint32_t pass)
{
    const bundle_group *g = &b->group[group];
    const bundle_pass *p = &g->pass[pass];
    char *arena = (char *)b->set->arena;
    w->group = group;
    w->n_lines = p->n_lines;
    if (pass == PASS_DIAGONALS)
        fill_diagonals(w, g, bundle_task(b, g));
    else
        fill_columns(w, bundle_task(b, g));
    w->whole = p->whole;
    w->segment = p->segment;
    w->n_slots = p->n_slots;
    w->n_inner_slots = p->n_inner_slots;
    w->summary = (uint32_t *)(arena + p->summary);
    w->inner_summary = (uint32_t *)(arena + p->inner_summary);
    w->state = (uint32_t *)(arena + p->state);
    w->part_first = (uint32_t)b->part.first;
}

// ---- upload ----

static void convert_side(char *image, uint64_t origin, const near_scale *scale,
                         const rqa_plugin_side *side, uint64_t exact, uint64_t near)
{
    const uint64_t n = side->n_samples, plane = side->n_channels * n;
    for (uint32_t c = 0; c < side->n_channels; c++) {
        float *out = (float *)(image + (near - origin)) + c * n;
        memcpy(image + (exact - origin) + c * n * sizeof(double), side->channel[c],
               (size_t)n * sizeof(double));
        near_convert(scale, side->channel[c], n, out);
        near_boxes(out, n, out + NEAR_LEAST * plane, out + NEAR_MOST * plane);
    }
}

// Nobody writes the edges of lines that are not counted.
static cudaError_t clear_edges(const bundle *b)
{
    cudaError_t error = cudaSuccess;
    for (uint32_t k = 0; k < b->n_groups; k++) {
        const bundle_group *g = &b->group[k];
        for (int n = 0; n < N_PASSES && error == cudaSuccess; n++) {
            const bundle_pass *p = &g->pass[n];
            if (p->pieces && p->n_lines)
                error = cudaMemsetAsync((char *)b->set->arena + p->state, 0xff,
                                        (size_t)p->state_size, b->device->copies);
        }
    }
    return error;
}

// What the host writes: groups, passes and series lie one after the other.
int32_t bundle_upload(const bundle *b)
{
    uint64_t origin = b->groups_at, end = b->upload_end;
    char *image = (char *)host_alloc(end - origin, 1);
    if (!image)
        return device_fail(RQA_ERROR_MEMORY, "out of memory for a copy of the series");
    walk_pass *passes = (walk_pass *)(image + (b->passes_at - origin));
    for (uint32_t k = 0; k < b->n_groups; k++) {
        if (b->group[k].n_rows == 0)
            continue;
        fill_group((walk_group *)image + k, b, &b->group[k]);
        for (uint32_t p = 0; p < N_PASSES; p++)
            fill_pass(&passes[k * N_PASSES + p], b, k, p);
    }
    for (uint32_t k = 0; k < b->lags.n_bases; k++) {
        const lag_base *base = &b->lags.base[k];
        for (uint32_t f = 0; f < base->n_fields && base->on; f++)
            fill_plane((walk_group *)image + base->at + f, b, base, f);
    }
    lags_fill(b, image, origin);
    for (uint32_t k = 0; k < b->n_fields; k++) {
        const bundle_field *f = &b->field[k];
        if (k && f->exact_x == f[-1].exact_x)
            continue;
        convert_side(image, origin, &f->scale, f->x, f->exact_x, f->near_x);
        if (f->y)
            convert_side(image, origin, &f->scale, f->y, f->exact_y, f->near_y);
    }
    if (b->product.n_centres)
        memcpy(image + (b->product.centres_at - origin), b->product.centre,
               (size_t)b->product.n_centres * sizeof(double));
    cudaError_t error =
        cudaMemcpyAsync((char *)b->set->arena + origin, image, (size_t)(end - origin),
                        cudaMemcpyHostToDevice, b->device->copies);
    if (error == cudaSuccess)
        error = cudaMemsetAsync(b->set->arena, 0, (size_t)b->tallies_bytes, b->device->copies);
    // What is read beside the cells that are decided changes no bit, but it is not left unwritten.
    if (error == cudaSuccess && b->lags.bits_end > b->lags.bits_at)
        error = cudaMemsetAsync((char *)b->set->arena + b->lags.bits_at, 0,
                                (size_t)(b->lags.bits_end - b->lags.bits_at), b->device->copies);
    if (error == cudaSuccess)
        error = clear_edges(b);
    if (error == cudaSuccess)
        error = device_wait(b->device, b->device->copies);
    host_free(image);
    return device_check(b->device, error, "copying the series");
}
