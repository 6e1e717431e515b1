/* part_run.c - parts of a matrix on one thread: strips of bits, walked block by block. */
#include "backend/part_run.h"

#include <string.h>

#include "backend/engine_bits_internal.h"
#include "backend/part_walk.h"
#include "base/error.h"
#include "base/memory.h"

struct rqa__part_engine {
    rqa__bits_run bits;
    rqa__part_walk walk;
    uint32_t *lines; /* every array of the walk that is as long as a direction has lines */
    size_t n_words;  /* in it */
    uint8_t *cells[2];
    size_t n_offsets;
    uint32_t dim_index, threshold_index; /* that the bits are made ready for */
    int is_ready;
    const atomic_int *cancel, *stop;
};

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

rqa__part_shape rqa__part_shape_of(const rqa__task *task, uint32_t dim_index)
{
    const int symmetric = task->relation != RQA__RELATION_CROSS;
    uint64_t n_x = rqa__side_vectors(&task->x, dim_index), n_y = n_x;
    if (task->relation != RQA__RELATION_AUTO)
        n_y = rqa__side_vectors(&task->y, dim_index);
    if (symmetric)
        n_x = n_y = smaller(n_x, n_y);
    return (rqa__part_shape){.n_x = n_x,
                             .n_y = n_y,
                             .symmetric = (uint32_t)symmetric,
                             .upper_only = task->relation == RQA__RELATION_AUTO && task->upper_only,
                             .tallies = task->tallies,
                             .theiler_diagonal = task->theiler_diagonal};
}

/* ---- memory ---- */

static int wants_columns(const rqa__part_shape *shape)
{
    return (shape->tallies & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE)) != 0;
}

static int wants_diagonals(const rqa__part_shape *shape)
{
    return (shape->tallies & (RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS)) != 0;
}

/* Words of all lines of the largest part. */
static size_t n_line_words(const rqa__part_shape *shape)
{
    const size_t diagonals = (size_t)(shape->symmetric ? shape->n_y : shape->n_x + shape->n_y);
    size_t n = wants_diagonals(shape) ? 3 * diagonals : 0;
    size_t of_column = shape->symmetric ? 4 : 1;
    if (shape->tallies & RQA__TALLY_RECURRENCE_TIME)
        of_column += 6;
    return wants_columns(shape) ? n + of_column * (size_t)shape->n_x : n;
}

size_t rqa__part_engine_memory(const rqa__task *task)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    const size_t longest = (size_t)(shape.n_x > shape.n_y ? shape.n_x : shape.n_y);
    return sizeof(rqa__part_engine) + rqa__engine_bits_memory(task, 1) +
           n_line_words(&shape) * sizeof(uint32_t) + 2 * (size_t)shape.n_x +
           longest * (RQA__PART_KINDS + 2) * sizeof(uint64_t);
}

static uint32_t *take(uint32_t **cursor, uint64_t n)
{
    uint32_t *array = *cursor;
    *cursor += n;
    return array;
}

/* Lays the arrays of a part out in the engine's memory, with no line in any. */
static void set_lines(rqa__part_engine *e)
{
    rqa__part_walk *w = &e->walk;
    uint32_t *cursor = e->lines;
    uint64_t n_columns = w->shape.n_x - w->first, n_own = w->end - w->first;
    if (wants_diagonals(&w->shape)) {
        uint64_t n = w->shape.n_y - w->first + (w->shape.symmetric ? 0 : w->end - 1);
        w->diagonal_run = take(&cursor, n);
        w->diagonal_head = take(&cursor, n);
        w->diagonal_tail = take(&cursor, n);
    }
    if (wants_columns(&w->shape)) {
        w->row_run = take(&cursor, n_own);
        if (w->shape.symmetric) {
            w->column_run = take(&cursor, n_columns);
            w->column_head = take(&cursor, n_columns);
            w->column_tail = take(&cursor, n_columns);
        }
        if (w->times) {
            w->row_first = take(&cursor, n_own);
            w->row_last = take(&cursor, n_own);
            w->row_end = take(&cursor, n_own);
            w->column_first = take(&cursor, n_columns);
            w->column_last = take(&cursor, n_columns);
            w->column_end = take(&cursor, n_columns);
        }
    }
    memset(e->lines, 0xff, (size_t)(cursor - e->lines) * sizeof *e->lines);
    w->above = e->cells[0];
    w->lowest_cell = e->cells[1];
}

int rqa__part_engine_create(rqa__part_engine **out, const rqa__task *task,
                            const rqa__bits_kernels *kernels)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0); /* the smallest dim has most lines */
    rqa__part_engine *e = rqa__calloc(1, sizeof *e);
    if (!e)
        return rqa__fail_memory("a thread's share of a long series");
    int status = rqa__bits_open(&e->bits, task, kernels, NULL, NULL);
    e->n_words = n_line_words(&shape);
    e->lines = rqa__alloc_array(e->n_words, sizeof *e->lines);
    e->cells[0] = rqa__calloc((size_t)shape.n_x, 1);
    e->cells[1] = rqa__calloc((size_t)shape.n_x, 1);
    if (shape.tallies & RQA__TALLY_OFFSETS && shape.n_x && shape.n_y) {
        size_t n = (size_t)smaller(shape.n_x, shape.n_y);
        e->n_offsets = task->relation == RQA__RELATION_AUTO ? n : 2 * n - 1;
        e->walk.offset_points = rqa__alloc_array(e->n_offsets, sizeof(uint64_t));
    }
    if (!status &&
        (!e->lines || !e->cells[0] || !e->cells[1] || (e->n_offsets && !e->walk.offset_points)))
        status = RQA_ERROR_MEMORY;
    if (!status) {
        *out = e;
        return RQA_OK;
    }
    rqa__part_engine_destroy(e);
    if (status == RQA_ERROR_OVERFLOW)
        return rqa__fail(status, "a series of %zu samples is too long for bit rows",
                         task->x.n_samples);
    return rqa__fail_memory("a thread's share of a long series");
}

void rqa__part_engine_destroy(rqa__part_engine *e)
{
    if (!e)
        return;
    rqa__bits_close(&e->bits);
    for (int k = 0; k < RQA__PART_KINDS; k++)
        rqa__hist_free(&e->walk.hist[k]);
    rqa__free(e->walk.offset_points);
    rqa__free(e->lines);
    rqa__free(e->cells[0]);
    rqa__free(e->cells[1]);
    rqa__free(e);
}

/* ---- strips ---- */

typedef struct strip {
    rqa__bits_strip bits;
    unsigned weight_points, weight_diagonal; /* 0: not counted; 2: stands for both sides */
    int diagonals, columns;                  /* walked */
    int is_fresh;                            /* the strip over it was not walked for columns */
} strip;

/* The highest offset before `end` at which what is counted may change. */
static int64_t next_cut(const rqa__part_engine *e, int64_t lowest, int64_t end)
{
    const rqa__task *task = e->bits.task;
    const uint64_t windows[] = {task->theiler_points, task->theiler_diagonal,
                                task->theiler_vertical, 1};
    int64_t cut = lowest;
    for (int k = 0; k < (e->walk.shape.symmetric ? 4 : 3); k++) {
        if (windows[k] == 0 || windows[k] > RQA__ENGINE_BITS_LIMIT)
            continue;
        int64_t at = (int64_t)windows[k];
        cut = at < end && at > cut ? at : cut;
        cut = 1 - at < end && 1 - at > cut ? 1 - at : cut;
    }
    return cut;
}

/* The strip whose last offset is end - 1. */
static strip strip_below(const rqa__part_engine *e, int64_t end)
{
    const rqa__part_walk *w = &e->walk;
    const rqa__task *task = e->bits.task;
    int64_t cut = next_cut(e, w->lowest, end), first = end - (int64_t)e->bits.widest;
    first = first > cut ? first : cut;
    int64_t last = end - 1;
    uint64_t nearest = (uint64_t)(first >= 0 ? first : last <= 0 ? -last : 0);
    unsigned weight = w->shape.symmetric && !w->shape.upper_only && first > 0 ? 2 : 1;
    strip s = {.bits = {.first = first, .width = (size_t)(end - first)}};
    s.bits.row_begin = (size_t)(-last > (int64_t)w->first ? -last : (int64_t)w->first);
    s.bits.row_end = (size_t)smaller(w->end, (uint64_t)((int64_t)w->shape.n_y - first));
    s.weight_points = nearest >= task->theiler_points ? weight : 0;
    if (w->shape.tallies & RQA__TALLY_DIAGONAL && nearest >= task->theiler_diagonal)
        s.weight_diagonal = weight;
    s.diagonals = s.weight_diagonal || w->offset_points;
    s.columns = wants_columns(&w->shape) && nearest >= task->theiler_vertical;
    s.is_fresh = task->theiler_vertical > 0 && end == 1 - (int64_t)w->theiler_vertical;
    return s;
}

static int is_set(const atomic_int *flag)
{
    return flag && atomic_load_explicit(flag, memory_order_relaxed);
}

static void walk_row(rqa__part_engine *e, const strip *s, const uint64_t *bits, size_t i,
                     size_t n_words)
{
    const rqa__part_row row = {.bits = bits,
                               .before = bits - e->bits.stride,
                               .n_words = n_words,
                               .offset = s->bits.first,
                               .width = s->bits.width,
                               .i = i,
                               .is_first = i == s->bits.row_begin,
                               .is_fresh = s->is_fresh};
    if (s->diagonals)
        rqa__part_walk_diagonals(&e->walk, &row, s->weight_diagonal);
    if (s->columns)
        rqa__part_walk_columns(&e->walk, &row);
}

static int run_strip(rqa__part_engine *e, const strip *s, uint64_t *points)
{
    rqa__bits_worker *worker = &e->bits.worker[0];
    const size_t stride = e->bits.stride;
    memset(worker->tile, 0, stride * sizeof *worker->tile);
    for (unsigned k = 0; k < e->bits.n_fields; k++)
        worker->ring[k].ready = s->bits.row_begin;
    for (size_t row = s->bits.row_begin; row < s->bits.row_end; row += RQA__BITS_ROWS) {
        size_t n = (size_t)smaller(RQA__BITS_ROWS, s->bits.row_end - row);
        size_t n_words = rqa__bits_words(&e->bits, &s->bits, row);
        if (is_set(e->cancel) || is_set(e->stop))
            return RQA_ERROR_CANCELLED;
        for (unsigned k = 0; k < e->bits.n_fields; k++)
            rqa__bits_tile(worker, k, &s->bits, row, n, n_words);
        for (size_t r = 0; r < n; r++) {
            uint64_t *bits = worker->tile + (1 + r) * stride;
            rqa__bits_trim(&e->bits, &s->bits, bits, row + r, n_words);
            if (s->weight_points)
                *points += s->weight_points * e->bits.kernels->count(bits, n_words);
            walk_row(e, s, bits, row + r, rqa__bits_words(&e->bits, &s->bits, row + r));
        }
        memcpy(worker->tile, worker->tile + n * stride, stride * sizeof *worker->tile);
    }
    if (s->diagonals)
        rqa__part_walk_end_strip(&e->walk, s->bits.first, s->bits.width, s->weight_diagonal);
    if (s->columns) {
        uint8_t *above = e->walk.above;
        e->walk.above = e->walk.lowest_cell;
        e->walk.lowest_cell = above;
    }
    return e->walk.status;
}

static int run_strips(rqa__part_engine *e, uint64_t *points)
{
    int64_t end = (int64_t)(e->walk.shape.n_y - e->walk.first);
    int status = RQA_OK;
    while (end > e->walk.lowest && !status) {
        const strip s = strip_below(e, end);
        if (s.weight_points || s.diagonals || s.columns)
            status = run_strip(e, &s, points);
        end = s.bits.first;
    }
    if (!status && wants_columns(&e->walk.shape))
        rqa__part_walk_end_columns(&e->walk);
    return status ? status : e->walk.status;
}

/* ---- one part ---- */

static void begin(rqa__part_engine *e, uint32_t d, uint64_t first, uint64_t end)
{
    rqa__part_walk *w = &e->walk;
    const rqa__task *task = e->bits.task;
    w->shape = rqa__part_shape_of(task, d);
    w->first = first;
    w->end = end;
    /* A window past every cell is one of the longest length: sums with it do not overflow. */
    w->theiler_vertical = smaller(task->theiler_vertical, w->shape.n_x + w->shape.n_y);
    w->times = (w->shape.tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    w->lowest = w->shape.symmetric ? 0 : 1 - (int64_t)end;
    w->gap_sum = 0;
    w->status = RQA_OK;
    w->square = smaller(w->shape.n_x, w->shape.n_y);
    w->offset_zero = task->relation == RQA__RELATION_AUTO ? 0 : (int64_t)w->square - 1;
    if (w->offset_points) {
        e->n_offsets =
            (size_t)(task->relation == RQA__RELATION_AUTO ? w->square : 2 * w->square - 1);
        memset(w->offset_points, 0, e->n_offsets * sizeof *w->offset_points);
    }
    for (int k = 0; k < RQA__PART_KINDS; k++)
        if (w->hist[k].size)
            memset(w->hist[k].count, 0, w->hist[k].size * sizeof *w->hist[k].count);
    set_lines(e);
}

static void set_edges(const rqa__part_engine *e, rqa__tally *tally)
{
    const rqa__part_walk *w = &e->walk;
    if (w->shape.tallies & RQA__TALLY_DIAGONAL)
        tally->diagonals = (rqa__edges){.n_lines = w->shape.n_y - w->first + (uint64_t)-w->lowest,
                                        .first_line = w->lowest,
                                        .head = w->diagonal_head,
                                        .tail = w->diagonal_tail};
    if (w->shape.symmetric && wants_columns(&w->shape))
        tally->columns = (rqa__edges){.n_lines = w->shape.n_x - w->first,
                                      .first_line = (int64_t)w->first,
                                      .head = w->column_head,
                                      .tail = w->column_tail,
                                      .first = w->times ? w->column_first : NULL,
                                      .last = w->times ? w->column_last : NULL,
                                      .end = w->times ? w->column_end : NULL};
}

/* Joint offsets are counted on one side, and wanted on both. */
static void mirror_offsets(rqa__part_engine *e)
{
    rqa__part_walk *w = &e->walk;
    if (e->bits.task->relation != RQA__RELATION_JOINT || !w->offset_points)
        return;
    for (uint64_t d = 1; d < w->square; d++)
        w->offset_points[w->square - 1 - d] = w->offset_points[w->square - 1 + d];
}

static int deliver(rqa__part_engine *e, uint32_t d, uint32_t t, uint64_t points,
                   rqa__tally_sink sink, void *user)
{
    rqa__part_walk *w = &e->walk;
    static const uint32_t wanted[RQA__PART_KINDS] = {RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL,
                                                     RQA__TALLY_WHITE, RQA__TALLY_WHITE,
                                                     RQA__TALLY_RECURRENCE_TIME};
    rqa__tally tally = {.points = points, .gap_sum = w->shape.symmetric ? 0 : w->gap_sum};
    rqa__spectrum *spectrum[RQA__PART_KINDS] = {&tally.diagonal, &tally.vertical,
                                                &tally.white_inner, &tally.white_border,
                                                &tally.recurrence_time};
    size_t n_bins = 0;
    for (int k = 0; k < RQA__PART_KINDS; k++)
        n_bins += rqa__hist_n_bins(&w->hist[k]);
    rqa__bin *bins = rqa__alloc_array(n_bins, sizeof *bins), *next = bins;
    if (!bins)
        return RQA_ERROR_MEMORY;
    for (int k = 0; k < RQA__PART_KINDS; k++) {
        if (!(w->shape.tallies & wanted[k]))
            continue;
        *spectrum[k] = rqa__hist_spectrum(&w->hist[k], next);
        next += spectrum[k]->n_bins;
    }
    mirror_offsets(e);
    tally.offset_points = w->offset_points;
    tally.n_offsets = e->n_offsets;
    set_edges(e, &tally);
    int status = sink(user, d, t, &tally);
    rqa__free(bins);
    return status;
}

static int make_ready(rqa__part_engine *e, uint32_t d, uint32_t t)
{
    if (e->is_ready && e->dim_index == d && e->threshold_index == t)
        return RQA_OK;
    int status = rqa__bits_query(&e->bits, d, t);
    e->is_ready = !status;
    e->dim_index = d;
    e->threshold_index = t;
    return status;
}

int rqa__part_run(rqa__part_engine *e, uint32_t d, uint32_t t, uint64_t first, uint64_t end,
                  const atomic_int *cancel, const atomic_int *stop, rqa__tally_sink sink,
                  void *user)
{
    uint64_t points = 0;
    e->cancel = cancel;
    e->stop = stop;
    begin(e, d, first, end);
    int status = make_ready(e, d, t);
    if (!status)
        status = run_strips(e, &points);
    if (status == RQA_ERROR_CANCELLED)
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    if (!status)
        status = deliver(e, d, t, points, sink, user);
    return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the line counts of a part") : status;
}
