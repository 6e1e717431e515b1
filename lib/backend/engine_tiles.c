/* engine_tiles.c - the entry of the engine of tiles: which tasks it takes, and where it pays. */
#include "backend/engine_tiles_state.h"
#include "base/memory.h"
#include "rqa/status.h"

/* With more cells in doubt to a tile, strips of bits are left to find better terms, or ranks. */
static const double most_doubts = 0.5;

/* ---- which tasks ---- */

static uint64_t widest_window(const rqa__task *task)
{
    uint64_t most = 1;
    most = task->theiler_points > most ? task->theiler_points : most;
    most = task->theiler_diagonal > most ? task->theiler_diagonal : most;
    return task->theiler_vertical > most ? task->theiler_vertical : most;
}

static int is_possible(const rqa__task *task)
{
    const uint32_t lines = RQA__TALLY_VERTICAL | RQA__TALLY_WHITE;
    return !task->limits && !task->limits_y && task->tallies & RQA__TALLY_DIAGONAL &&
           task->tallies & lines && widest_window(task) <= RQA__TILES_WINDOW;
}

/* A distance of series of this shape, up to this bound. */
static int can_take(const rqa__tiles_series *s, double bound)
{
    return (uint64_t)s->dim * s->n_channels <= RQA__TILES_TERMS && bound >= RQA__TILES_LEAST &&
           bound <= RQA__TILES_MOST;
}

static int has_vectors(const rqa__tiles_shape *s)
{
    const size_t most = RQA__BITS_BORDER / 2 - 64;
    return s->n_x > 0 && s->n_y > 0 && s->n_x <= most && s->n_y <= most;
}

/* Of so few vectors strips are done before the boxes are made; not by ranks, nor with times. */
static int is_too_short(const rqa__task *task, const rqa__tiles_shape *s)
{
    enum { FEW = 72 };
    return (double)s->n_x * (double)s->n_y < FEW * FEW && task->norm != RQA__NORM_MAXIMUM &&
           (uint64_t)s->side[0].dim * s->side[0].n_channels > 1 &&
           !(task->tallies & RQA__TALLY_RECURRENCE_TIME);
}

/* ---- one run ---- */

static unsigned useful_workers(const rqa__tiles_call *call, uint32_t d)
{
    const rqa__parallel *parallel = call->parallel;
    return !parallel || !parallel->run || parallel->n_workers < 2 || rqa__task_pairs(call->task, d) < 1e6
               ? 1
               : parallel->n_workers;
}

static int run_workers(rqa__tiles_run *run)
{
    const rqa__parallel *parallel = run->call->parallel;
    const unsigned n_workers = run->shape.n_workers;
    const int status =
        n_workers > 1 ? parallel->run(parallel->pool, n_workers, rqa__tiles_worker_main, run)
                      : rqa__tiles_worker_main(run, 0, 0);
    return status ? status : atomic_load(&run->status);
}

/* What the changes take in strips of a triangle: followed, or counted by windows. */
static double cost_of_changes(const rqa__tiles_run *run, const rqa__tiles_cost *cost,
                              const rqa__tiles_looks *looks)
{
    const uint32_t want = run->task->tallies;
    const double followed = cost->strip_change * looks->changes;
    double windows = cost->windows + cost->strip_change * looks->long_black;
    if (want & RQA__TALLY_WHITE)
        windows += cost->windows + cost->strip_change * looks->long_white;
    return want & (RQA__TALLY_OFFSETS | RQA__TALLY_RECURRENCE_TIME) || followed < windows ? followed
                                                                                          : windows;
}

/* The same of a cross matrix, of which diagonals and rows are counted, each by windows where
 * engine_bits_eroded_plan.c lets it. */
static double cost_of_cross_changes(const rqa__tiles_run *run, const rqa__tiles_cost *cost,
                                    const rqa__tiles_looks *looks)
{
    const rqa__task *task = run->task;
    const int diagonals = !(task->tallies & RQA__TALLY_OFFSETS) || run->shape.n_x == run->shape.n_y;
    const int rows = !(task->tallies & (RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME)) &&
                     task->theiler_vertical == 0;
    const double change = cost->cross_change * 2 / 3; /* of those in three directions */
    const double followed = change * looks->changes;
    const double windows = cost->windows / 2 + change * looks->long_black;
    const double least = followed < windows ? followed : windows;
    return (diagonals ? least : followed) + (rows ? least : followed);
}

/* Terms of a pair, of all distances. */
static double n_terms(const rqa__tiles_run *run)
{
    double n = 0;
    for (unsigned k = 0; k < run->shape.n_fields; k++)
        n += (double)run->distance[k].field.n_terms;
    return n;
}

/* Of what tiles and strips take whatever their terms: two of three directions in a cross matrix; and two
 * matrices, but the lines of one. */
typedef struct shares {
    double tile, open, strip;
} shares;

static shares shares_of(const rqa__tiles_run *run)
{
    if (!run->shape.is_triangle)
        return (shares){2 / 3., 2 / 3., 2 / 3.};
    return run->shape.n_fields > 1 ? (shares){1, 1.25, 1.75} : (shares){1, 1, 1};
}

/* Where nearly all tiles are open and next to nothing changes in them, strips are faster. */
static int pays(const rqa__tiles_run *run)
{
    const uint32_t more = RQA__TALLY_OFFSETS | RQA__TALLY_RECURRENCE_TIME;
    const rqa__tiles_looks looks = rqa__tiles_look(run);
    const rqa__tiles_cost *cost = &run->call->kernels->cost[(run->task->tallies & more) != 0];
    const int is_cross = !run->shape.is_triangle;
    const shares share = shares_of(run);
    const double terms = n_terms(run), changes = is_cross ? looks.changes * 2 / 3 : looks.changes;
    const double tiles = cost->tile * share.tile + cost->tile_term * terms +
                         looks.open * (cost->open * share.open + cost->open_term * terms) +
                         cost->tile_change * changes;
    const double by_term = run->task->norm == RQA__NORM_MAXIMUM ? cost->strip_term_maximum
                                                                : cost->strip_term;
    const double strips = cost->strip * share.strip + by_term * terms +
                          (is_cross ? cost_of_cross_changes(run, cost, &looks)
                                    : cost_of_changes(run, cost, &looks));
    return tiles <= strips && looks.doubts <= most_doubts;
}

static int run_in(rqa__tiles_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink, void *user)
{
    for (unsigned k = 0; k < run->shape.n_fields; k++)
        run->distance[k].bound = run->distance[k].sure_bound =
            rqa__task_bounds(run->task, (int)k, d)[t];
    if (!rqa__tiles_field_make(run))
        return RQA__TILES_DECLINED;
    if (run->call->choice == RQA__TILES_WHERE_THEY_PAY && !pays(run))
        return RQA__TILES_DECLINED;
    rqa__tiles_clear(run);
    rqa__tiles_band_make(run);
    rqa__tiles_plan_strips(run);
    const int status = run_workers(run);
    return status ? status : rqa__tiles_finish(run, d, t, sink, user);
}

static int takes(const rqa__tiles_call *call, const rqa__tiles_shape *s, uint32_t d, uint32_t t)
{
    int yes = has_vectors(s);
    for (unsigned k = 0; k < s->n_fields; k++)
        yes = yes && can_take(&s->side[k], rqa__task_bounds(call->task, (int)k, d)[t]);
    return yes && !(call->choice == RQA__TILES_WHERE_THEY_PAY && is_too_short(call->task, s));
}

int rqa__engine_tiles_run(const rqa__tiles_call *call, uint32_t d, uint32_t t, rqa__tally_sink sink,
                          void *user)
{
    const rqa__task *task = call->task;
    rqa__tiles_run run = {.call = call, .task = task};
    if (!call->kernels || !is_possible(task))
        return RQA__TILES_DECLINED;
    run.shape = rqa__tiles_shape_of(task, d, useful_workers(call, d));
    run.weight = !run.shape.is_triangle || task->upper_only ? 1 : 2;
    if (!takes(call, &run.shape, d, t))
        return RQA__TILES_DECLINED;
    if (rqa__is_cancelled(call->cancel))
        return RQA_ERROR_CANCELLED;
    run.n_bytes = rqa__tiles_lay_out(&run, NULL);
    run.memory = rqa__alloc_aligned(run.n_bytes);
    if (!run.memory)
        return RQA_ERROR_MEMORY;
    rqa__tiles_lay_out(&run, run.memory);
    run.limit = (uint32_t)(run.shape.n_lengths < RQA__TILES_SHORT ? run.shape.n_lengths
                                                                  : RQA__TILES_SHORT);
    const int status = run_in(&run, d, t, sink, user);
    rqa__free_aligned(run.memory);
    return status;
}

size_t rqa__engine_tiles_memory(const rqa__task *task, unsigned n_workers)
{
    size_t most = 0;
    for (uint32_t d = 0; is_possible(task) && d < task->n_dims; d++) {
        rqa__tiles_run run = {.shape = rqa__tiles_shape_of(task, d, n_workers > 0 ? n_workers : 1)};
        int yes = has_vectors(&run.shape);
        for (unsigned k = 0; k < run.shape.n_fields; k++)
            yes = yes && can_take(&run.shape.side[k], 1);
        const size_t n_bytes = yes ? rqa__tiles_lay_out(&run, NULL) : 0;
        most = n_bytes > most ? n_bytes : most;
    }
    return most;
}
