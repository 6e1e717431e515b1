/* part_run.c - parts of a matrix on one thread: the single-analysis engine over some rows. */
#include "backend/part_run.h"

#include <string.h>

#include "backend/engine_bits_state.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

struct rqa__part_engine {
    rqa__bits_input input;
    rqa__bits_run run;
    rqa__bits_edges edges;
    uint32_t *lines;                     /* every array of the edges */
    uint32_t dim_index, threshold_index; /* that the bits are made ready for */
    int is_ready;
};

/* Receives one tally of the engine on its way to whom it is for. */
typedef struct delivery {
    const rqa__part_engine *engine;
    rqa__tally_sink sink;
    void *user;
} delivery;

rqa__part_shape rqa__part_shape_of(const rqa__task *task, uint32_t dim_index)
{
    const int symmetric = rqa__task_is_symmetric(task);
    uint64_t n_x = rqa__side_vectors(&task->x, dim_index), n_y = n_x;
    if (task->relation != RQA__RELATION_AUTO)
        n_y = rqa__side_vectors(&task->y, dim_index);
    if (symmetric)
        n_x = n_y = rqa__smaller64(n_x, n_y);
    return (rqa__part_shape){.n_x = n_x,
                             .n_y = n_y,
                             .symmetric = (uint32_t)symmetric,
                             .upper_only = (uint32_t)rqa__task_is_half(task),
                             .tallies = task->tallies,
                             .theiler_diagonal = task->theiler_diagonal,
                             .band = task->band_is_white ? 0 : task->theiler_vertical};
}

/* ---- memory ---- */

/* The words that the edges of the largest part have. */
static size_t n_edge_words(const rqa__part_shape *shape)
{
    size_t n = 0;
    if (shape->tallies & RQA__TALLY_DIAGONAL)
        n += 2 * (size_t)(shape->symmetric ? shape->n_y : shape->n_x + shape->n_y);
    if (rqa__part_has_columns(shape))
        n += (shape->tallies & RQA__TALLY_RECURRENCE_TIME ? 5 : 2) * (size_t)shape->n_x;
    return n;
}

size_t rqa__part_engine_memory(const rqa__task *task)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0);
    rqa__bits_input input;
    rqa__bits_measure(&input, task, 1);
    return sizeof(rqa__part_engine) + rqa__bits_bytes(&input) + rqa__bits_run_bytes(&input, 1) +
           n_edge_words(&shape) * sizeof(uint32_t);
}

int rqa__part_engine_create(rqa__part_engine **out, const rqa__task *task,
                            const rqa__bits_kernels *kernels)
{
    const rqa__part_shape shape = rqa__part_shape_of(task, 0); /* the smallest dim has most lines */
    rqa__part_engine *e = rqa__calloc(1, sizeof *e);
    if (!e)
        return rqa__fail_memory("a thread's share of a long series");
    int status = rqa__bits_open(&e->input, task, kernels, NULL, NULL);
    if (!status)
        status = rqa__bits_run_open(&e->run, &e->input);
    e->lines = rqa__alloc_array(n_edge_words(&shape), sizeof *e->lines);
    if (!status && !e->lines)
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
    rqa__bits_run_close(&e->run);
    rqa__bits_close(&e->input);
    rqa__free(e->lines);
    rqa__free(e);
}

/* ---- one part ---- */

static uint32_t *take(uint32_t **cursor, size_t n)
{
    uint32_t *array = *cursor;
    *cursor += n;
    memset(array, 0xff, n * sizeof *array); /* RQA__EDGE_NONE */
    return array;
}

/* No line has edges yet. */
static void set_edges(rqa__part_engine *e, const rqa__part_shape *shape, uint64_t first,
                      uint64_t end)
{
    uint32_t *cursor = e->lines;
    e->edges = (rqa__bits_edges){.columns = {.head = NULL}};
    if (shape->tallies & RQA__TALLY_DIAGONAL) {
        rqa__part_lines *l = &e->edges.diagonals;
        l->first_line = shape->symmetric ? 0 : 1 - (int64_t)end;
        l->n_lines = (size_t)((int64_t)(shape->n_y - first) - l->first_line);
        l->head = take(&cursor, l->n_lines);
        l->tail = take(&cursor, l->n_lines);
    }
    if (rqa__part_has_columns(shape)) {
        rqa__part_lines *l = &e->edges.columns;
        l->first_line = (int64_t)first;
        l->n_lines = (size_t)(shape->n_x - first);
        l->head = take(&cursor, l->n_lines);
        l->tail = take(&cursor, l->n_lines);
        if (shape->tallies & RQA__TALLY_RECURRENCE_TIME) {
            l->first = take(&cursor, l->n_lines);
            l->last = take(&cursor, l->n_lines);
            l->end = take(&cursor, l->n_lines);
        }
    }
}

static rqa__edges edges_of(const rqa__part_lines *l)
{
    return (rqa__edges){.n_lines = l->n_lines,
                        .first_line = l->first_line,
                        .head = l->head,
                        .tail = l->tail,
                        .first = l->first,
                        .last = l->last,
                        .end = l->end};
}

static int deliver(void *user, uint32_t d, uint32_t t, const rqa__tally *counts)
{
    const delivery *to = user;
    const rqa__part_engine *e = to->engine;
    rqa__tally tally = *counts;
    tally.diagonals = edges_of(&e->edges.diagonals);
    tally.columns = edges_of(&e->edges.columns);
    if (e->edges.columns.head)
        tally.gap_sum = e->edges.cut_sum;
    return to->sink(to->user, d, t, &tally);
}

static int run_rows(rqa__part_engine *e, const rqa__part_request *r, rqa__tally_sink sink,
                    void *user)
{
    const rqa__part_shape shape = rqa__part_shape_of(e->input.task, r->dim_index);
    const rqa__bits_request request = {.dim_index = r->dim_index,
                                       .threshold_index = r->threshold_index,
                                       .task = e->input.task,
                                       .first = (size_t)r->first,
                                       .end = (size_t)r->end,
                                       .edges = &e->edges};
    delivery to = {.engine = e, .sink = sink, .user = user};
    set_edges(e, &shape, r->first, r->end);
    return rqa__bits_rows(&e->run, &request, deliver, &to);
}

static int make_ready(rqa__part_engine *e, uint32_t d, uint32_t t)
{
    if (e->is_ready && e->dim_index == d && e->threshold_index == t)
        return RQA_OK;
    int status = rqa__bits_query(&e->input, d, t);
    e->is_ready = !status;
    e->dim_index = d;
    e->threshold_index = t;
    return status;
}

int rqa__part_run(rqa__part_engine *e, const rqa__part_request *r, rqa__tally_sink sink, void *user)
{
    e->input.halt.cancel = r->cancel;
    e->input.halt.stop = r->stop;
    int status = make_ready(e, r->dim_index, r->threshold_index);
    if (!status)
        status = run_rows(e, r, sink, user);
    if (status == RQA_ERROR_CANCELLED)
        return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
    return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the line counts of a part") : status;
}
