// bundle_plan.h - how many tallies go to the device at once, and where everything lies there.
//
// A bundle is a run of consecutive (task, dim, threshold), cut into groups of up to BIT_THRESHOLDS
// thresholds that share a matrix of distances. A group has two passes: over diagonals, which also
// give the points, and over columns where they are wanted. All groups advance band by band: a
// launch carries the same band of every group. Tasks that take a part go with tasks that take the
// same one.
#ifndef RQA_CUDA_BUNDLE_PLAN_H
#define RQA_CUDA_BUNDLE_PLAN_H

#include "device.h"
#include "lags.h"
#include "near.h"
#include "products.h"
#include "walk.h"

// Where the next bundle begins.
struct bundle_cursor {
    uint64_t task;
    uint32_t dim, threshold;
};

// The columns that a task takes.
struct bundle_part {
    uint64_t first, end; // 0, 0: all of them
};

// The two sides of a field as they lie in the arena.
struct bundle_field {
    const rqa_plugin_side *x, *y; // y NULL: x again
    near_scale scale;
    uint64_t exact_x, exact_y, near_x, near_y; // positions
};

// Passes of a group.
enum { PASS_DIAGONALS = 0, PASS_COLUMNS = 1, N_PASSES = 2 };

struct bundle_pass {
    uint32_t n_lines; // 0: not wanted
    uint32_t segment, n_slots, n_inner_slots, whole;
    uint32_t pieces; // lines leave the part, and the state is their edges in the end
    uint64_t summary, inner_summary, state; // positions, of a pass that is not whole
    uint64_t state_size;                    // bytes
};

struct bundle_group {
    bundle_cursor at;
    uint32_t n_thresholds;
    uint64_t n_x, n_y; // vectors; 0: the tallies are empty
    uint64_t x_end;    // columns before it are taken, from the part's first on
    tally_shape shape;
    uint64_t tally; // position in the arena
    uint64_t first; // tallies before it in the bundle
    uint32_t field; // index of the task's first field
    uint64_t bits;  // position
    uint32_t n_words, n_rows;
    uint32_t chunk; // cells of a column per warp
    bundle_pass pass[N_PASSES];
    product_group product;
    uint32_t chain;       // of lags, or LAGS_NONE;
    uint32_t next;        // the next group there, or LAGS_NONE
    uint32_t lag_from[2]; // lags that those before it have, of each field
};

struct bundle {
    const rqa_plugin_run *run;
    rqa_plugin_device *device;
    device_set *set;     // where it lies
    uint32_t n_launched; // bands
    bundle_cursor begin, end;
    bundle_part part; // of all its tasks
    bundle_group *group;
    uint32_t n_groups, room_groups;
    bundle_field *field;
    uint32_t n_fields, room_fields;
    uint64_t n_tallies;
    product_space product;
    lag_space lags;
    uint32_t band;    // columns
    uint32_t n_bands; // of the widest matrix
    // Positions in the arena, and its size.
    uint64_t tallies_bytes, bits_bytes, groups_at, passes_at, upload_end, reads_at, bins_at, size;
};

enum { READS_PER_TALLY = N_KINDS + 1 }; // the histograms, and the head

// Plans a bundle of at most n_tallies from `begin` on. 0, RQA_ERROR_MEMORY of the host,
// RQA_ERROR_UNSUPPORTED.
int32_t bundle_plan(bundle *b, const rqa_plugin_run *run, rqa_plugin_device *device,
                    bundle_cursor begin, uint64_t n_tallies);
void bundle_free(bundle *b);

// Vectors of a side.
uint64_t side_vectors(const rqa_plugin_side *side, uint32_t dim_index);

// Vectors of both axes of the matrix.
void matrix_size(const rqa_plugin_task *task, uint32_t dim, uint64_t *n_x, uint64_t *n_y);

// 0, 0 too if the host's struct is too short to have a part.
bundle_part bundle_part_of(const rqa_plugin_task *task);

// Whether lines of columns are counted.
static inline int bundle_wants_columns(const rqa_plugin_task *task)
{
    return (task->tallies & (RQA_PLUGIN_TALLY_VERTICAL | RQA_PLUGIN_TALLY_WHITE |
                             RQA_PLUGIN_TALLY_RECURRENCE_TIME)) != 0;
}

// Takes (task, dim, threshold) in order, `most` at most, while they fit. 0 or RQA_ERROR_MEMORY of the
// host.
int32_t bundle_collect(bundle *b, uint64_t most);

// Makes room for one more element. 0 or RQA_ERROR_MEMORY.
int32_t bundle_grow(void **array, uint32_t n, uint32_t *room, uint64_t size);

// The same memory seen as the same shape; either may be NULL.
int bundle_same_side(const rqa_plugin_side *a, const rqa_plugin_side *b);

// Where the next n_bytes of the arena lie.
uint64_t bundle_place(bundle *b, uint64_t n_bytes);

// Cells per warp so that `lines` lines of `cells` cells occupy the device, if `others` warps do not.
uint32_t bundle_portion(const bundle *b, uint64_t lines, uint64_t cells, uint64_t others);

// Cells of a column that are decided, in the mean: of a symmetric matrix of one side alone.
double bundle_cells(const bundle *b, const bundle_group *g, uint64_t n_y);

// Operations of a lane that decide a pair without rechecks, by tests/gpu/sass_counts.py.
static inline double bundle_deciding(double coordinates, double n_thresholds)
{
    return 1.5 + 2.5 * coordinates + 3.3 * n_thresholds;
}

// Whether R(i,j) = R(j,i): one side of the matrix is enough.
static inline int bundle_symmetric(const rqa_plugin_task *task)
{
    return task->relation != RQA_PLUGIN_CROSS;
}

// One triangle alone: columns begin at the main diagonal.
static inline int bundle_from_diagonal(const rqa_plugin_task *task)
{
    return task->relation == RQA_PLUGIN_AUTO && task->upper_only;
}

// Line of the diagonal j - i = 0.
static inline uint32_t bundle_base(const bundle_group *g, const rqa_plugin_task *task)
{
    return bundle_symmetric(task) ? 0 : (uint32_t)((g->x_end + 30) / 32 * 32);
}

static inline const rqa_plugin_task *bundle_task(const bundle *b, const bundle_group *g)
{
    return b->run->tasks[g->at.task];
}

// Whether a group's bits come from matrix products, as long as these work.
static inline int bundle_by_products(const bundle *b, const bundle_group *g)
{
    return b->product.on && g->product.on && !b->device->products.stopped;
}

#endif
