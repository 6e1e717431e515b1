/* engine_tiles.c - the entry of the engine of tiles: which tasks it takes, and its memory. */
#include "backend/engine_tiles_internal.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

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
    return task->relation == RQA__RELATION_AUTO && !task->limits && task->tallies & RQA__TALLY_DIAGONAL &&
           task->tallies & lines && widest_window(task) <= RQA__TILES_WINDOW;
}

static int can_take(const rqa__task *task, uint32_t d, double bound)
{
    return (uint64_t)task->x.dims[d] * task->x.n_channels <= RQA__TILES_TERMS && bound >= 1e-280 &&
           bound <= 1e280;
}

/* ---- memory ---- */

static rqa__tiles_shape shape_of(const rqa__task *task, uint32_t d, unsigned n_workers)
{
    rqa__tiles_shape s = {.n = rqa__side_vectors(&task->x, d),
                          .n_samples = task->x.n_samples,
                          .n_channels = task->x.n_channels,
                          .dim = task->x.dims[d],
                          .delay = task->x.delay,
                          .tallies = task->tallies,
                          .cuts = rqa__task_cuts(task),
                          .n_workers = n_workers};
    s.n_rows = (s.n + 7) / 8;
    s.n_columns = s.n_rows + 1;
    /* Boxes are read 64 at a time, from any tile. */
    s.n_boxes = s.n_columns + 128 + ((s.dim - 1) * s.delay + 7) / 8;
    s.n_lengths = s.n < 16 ? 17 : s.n + 1;
    return s;
}

/* The next n_bytes of a block at `base`, or of one that is only measured. */
static void *take(uint8_t *base, size_t *used, size_t n, size_t size)
{
    void *at = base ? base + *used : NULL;
    *used += (n * size + 63) / 64 * 64;
    return at;
}

static void lay_out_worker(rqa__tiles_worker *w, const rqa__tiles_shape *s, uint8_t *base,
                           size_t *used)
{
    const size_t limit = s->n_lengths < RQA__TILES_SHORT ? s->n_lengths : RQA__TILES_SHORT;
    const int times = (s->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    w->hist_diagonal = take(base, used, 2 * limit, sizeof *w->hist_diagonal);
    w->hist_vertical = take(base, used, 2 * limit, sizeof *w->hist_vertical);
    w->hist_time = take(base, used, times ? limit : 0, sizeof *w->hist_time);
    w->bytes_diagonal = take(base, used, 512, sizeof *w->bytes_diagonal);
    w->bytes_vertical = take(base, used, 512, sizeof *w->bytes_vertical);
    w->column = take(base, used, 8 * RQA__TILES_WIDEST, sizeof *w->column);
    w->column_start = take(base, used, times ? 8 * RQA__TILES_WIDEST : 0, sizeof *w->column_start);
    for (size_t k = 0; k < 2; k++) {
        w->new_diagonal[k] = take(base, used, 2 * limit, sizeof **w->new_diagonal);
        w->new_vertical[k] = take(base, used, 2 * limit, sizeof **w->new_vertical);
        w->new_bytes_diagonal[k] = take(base, used, 512, sizeof **w->new_bytes_diagonal);
        w->new_bytes_vertical[k] = take(base, used, 512, sizeof **w->new_bytes_vertical);
    }
    uint16_t **halves[] = {&w->tile, &w->open_at, &w->which};
    for (size_t k = 0; k < sizeof halves / sizeof *halves; k++)
        *halves[k] = take(base, used, RQA__TILES_ROOM, sizeof **halves[k]);
    /* There is a word, and a byte, before the first. */
    uint64_t **words[] = {&w->cells, &w->diagonal, &w->row, &w->doubt};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        *words[k] = take(base, used, 8 + RQA__TILES_ROOM, sizeof **words[k]);
        *words[k] = base ? *words[k] + 8 : NULL;
    }
    uint8_t **bytes[] = {&w->last,       &w->last_diagonal, &w->above,
                         &w->above_left, &w->follows,       &w->left_full};
    for (size_t k = 0; k < sizeof bytes / sizeof *bytes; k++) {
        *bytes[k] = take(base, used, 64 + RQA__TILES_ROOM, 1);
        *bytes[k] = base ? *bytes[k] + 64 : NULL;
    }
    for (size_t k = 0; k < 3; k++)
        w->list[k] = take(base, used, RQA__TILES_LIST, sizeof *w->list[k]);
}

static size_t n_strips_at_most(const rqa__tiles_shape *s)
{
    return s->n_columns / 64 + 2;
}

static int has_phase(const rqa__tiles_shape *s, size_t phase)
{
    size_t k = 0;
    while (k < s->dim && k * s->delay % 8 != phase)
        k++;
    return k < s->dim;
}

/* All that a run holds, in one block; the bytes of it. */
static size_t lay_out(rqa__tiles_run *run, uint8_t *base)
{
    const rqa__tiles_shape *s = &run->shape;
    const size_t n_terms = (size_t)s->dim * s->n_channels;
    const int times = (s->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    const int offsets = (s->tallies & RQA__TALLY_OFFSETS) != 0;
    size_t used = 0;
    /* Offsets left of the main diagonal are indexed too, and never counted. */
    const size_t before = 8 * RQA__TILES_WIDEST + 16, diagonals = before + 8 * s->n_columns;
    run->sample = take(base, &used, n_terms, sizeof *run->sample);
    run->q = take(base, &used, n_terms, sizeof *run->q);
    run->low = take(base, &used, n_terms, sizeof *run->low);
    run->high = take(base, &used, n_terms, sizeof *run->high);
    run->samples = take(base, &used, s->n_channels * (8 * s->n_boxes + 8), sizeof *run->samples);
    for (size_t p = 0; p < RQA__TILES_PHASES; p++)
        run->box[p] = has_phase(s, p)
                          ? take(base, &used, 2 * s->n_channels * s->n_boxes, sizeof *run->box[p])
                          : NULL;
    run->absent = take(base, &used, s->n_columns, 1);
    run->cuts = take(base, &used, s->cuts ? s->n + 1 : 0, sizeof *run->cuts);
    run->gap = take(base, &used, s->cuts ? s->n + 2 : 0, sizeof *run->gap);
    run->cuts = s->cuts ? run->cuts : NULL;
    run->some_absent = take(base, &used, s->n_columns / 64 + 1, sizeof *run->some_absent);
    run->all_absent = take(base, &used, s->n_columns / 64 + 1, sizeof *run->all_absent);
    run->n_field_bytes = used;
    run->strip = take(base, &used, n_strips_at_most(s), sizeof *run->strip);
    run->progress = take(base, &used, n_strips_at_most(s), sizeof *run->progress);
    run->diagonal = take(base, &used, diagonals, sizeof *run->diagonal);
    run->diagonal = base ? run->diagonal + before : NULL;
    run->row = take(base, &used, 8 * s->n_columns, sizeof *run->row);
    run->row_start = take(base, &used, times ? 8 * s->n_columns : 0, sizeof *run->row_start);
    run->edge_diagonal = take(base, &used, s->n_columns, sizeof *run->edge_diagonal);
    run->edge_row = take(base, &used, s->n_columns, sizeof *run->edge_row);
    run->offset_points = take(base, &used, offsets ? diagonals : 0, sizeof *run->offset_points);
    run->offset_points = base && offsets ? run->offset_points + before : NULL;
    atomic_uint_least64_t **hist[] = {&run->diagonal_lines, &run->vertical_lines,
                                      &run->white_inner, &run->white_border, &run->time};
    for (size_t k = 0; k < sizeof hist / sizeof *hist; k++)
        *hist[k] = take(base, &used, s->n_lengths, sizeof **hist[k]);
    run->worker = take(base, &used, s->n_workers, sizeof *run->worker);
    for (unsigned k = 0; k < s->n_workers; k++) {
        rqa__tiles_worker measured;
        lay_out_worker(base ? &run->worker[k] : &measured, s, base, &used);
    }
    return used;
}

/* What is counted, once it is to be: a task that is declined touches none of it. */
static void clear(rqa__tiles_run *run)
{
    memset(run->memory + run->n_field_bytes, 0, run->n_bytes - run->n_field_bytes);
    lay_out(run, run->memory);
    for (size_t k = 0; k < n_strips_at_most(&run->shape); k++)
        atomic_init(&run->progress[k].rows, 0);
    for (unsigned k = 0; k < run->shape.n_workers; k++)
        run->worker[k].run = run;
}

/* ---- one run ---- */

static unsigned useful_workers(const rqa__tiles_call *call, uint32_t d)
{
    const double n = (double)rqa__side_vectors(&call->task->x, d);
    const rqa__parallel *parallel = call->parallel;
    return !parallel || !parallel->run || parallel->n_workers < 2 || n * n < 1e6
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

static int kind_of(const rqa__task *task)
{
    if (task->norm == RQA__NORM_EUCLIDEAN)
        return RQA__TILES_SQUARES;
    return task->norm == RQA__NORM_MAXIMUM ? RQA__TILES_MAXIMUM : RQA__TILES_ABSOLUTE;
}

/* What a tile takes, and 64 cells of strips, in nanoseconds on one core of AVX2, fitted to noise of 1 to
 * 10 coordinates and recurrence rates of 0 to 0.2. Where nearly all tiles are open and next to nothing
 * changes in them, strips are up to 1.7 times as fast; elsewhere tiles are. */
static const struct {
    double tile, tile_term;     /* boxes */
    double open, open_term;     /* cells of an open tile */
    double strip, strip_term;   /* 64 cells of a strip */
    double change;              /* what a change takes less in tiles */
} cost = {3, 0.35, 9, 1.6, 9, 1, 1.8};

static int pays(const rqa__tiles_run *run)
{
    const rqa__tiles_looks looks = rqa__tiles_look(run);
    const double terms = (double)run->field.n_terms;
    const double tiles = cost.tile + cost.tile_term * terms +
                         looks.open * (cost.open + cost.open_term * terms);
    const double strips = cost.strip + cost.strip_term * terms + cost.change * looks.changes;
    return tiles <= strips && looks.doubts <= most_doubts &&
           looks.open <= run->call->kernels->most_open;
}

static int run_in(rqa__tiles_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink, void *user)
{
    run->field = (rqa__tiles_field){.kind = kind_of(run->task),
                                    .n_terms = (size_t)run->shape.dim * run->shape.n_channels,
                                    .q = run->q,
                                    .low = run->low,
                                    .high = run->high};
    if (!rqa__tiles_field_make(run))
        return RQA__TILES_DECLINED;
    if (run->call->choice == RQA__TILES_WHERE_THEY_PAY && !pays(run))
        return RQA__TILES_DECLINED;
    clear(run);
    rqa__tiles_band_make(run);
    rqa__tiles_plan_strips(run);
    const int status = run_workers(run);
    return status ? status : rqa__tiles_finish(run, d, t, sink, user);
}

int rqa__engine_tiles_run(const rqa__tiles_call *call, uint32_t d, uint32_t t, rqa__tally_sink sink,
                          void *user)
{
    const rqa__task *task = call->task;
    rqa__tiles_run run = {.call = call, .task = task};
    run.weight = task->upper_only ? 1 : 2;
    run.bound = rqa__task_bounds(task, 0, d)[t];
    if (!call->kernels || !is_possible(task) || !can_take(task, d, run.bound))
        return RQA__TILES_DECLINED;
    if (rqa__is_cancelled(call->cancel))
        return RQA_ERROR_CANCELLED;
    run.shape = shape_of(task, d, useful_workers(call, d));
    if (run.shape.n == 0 || run.shape.n > RQA__BITS_BORDER / 2 - 64)
        return RQA__TILES_DECLINED;
    run.n_bytes = lay_out(&run, NULL);
    run.memory = rqa__alloc_aligned(run.n_bytes);
    if (!run.memory)
        return RQA_ERROR_MEMORY;
    lay_out(&run, run.memory);
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
        rqa__tiles_run run = {.shape = shape_of(task, d, n_workers > 0 ? n_workers : 1)};
        const size_t n_bytes = can_take(task, d, 1) && run.shape.n > 0 ? lay_out(&run, NULL) : 0;
        most = n_bytes > most ? n_bytes : most;
    }
    return most;
}
