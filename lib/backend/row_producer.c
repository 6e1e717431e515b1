/* row_producer.c - the recurrence matrix as rows of bits, from the fields of the bit engine, or from
 * lists of cells.
 *
 * A row of the matrix belongs to one vector of y, a row of the engine's to one of x: so the sides
 * change places. Distances are the same both ways, each difference being negated exactly.
 */
#include "backend/row_producer.h"

#include <string.h>

#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

enum { PANEL_WORDS = RQA__BITS_PANEL / 64 };

/* Rows of a piece where limits take cells away: their tile has so many. */
enum { LIMITED_ROWS = 64 };

/* What a worker needs beside its rings; the engine reaches it by pointers. */
typedef struct worker_room {
    uint64_t spare[PANEL_WORDS], maybe[PANEL_WORDS];
    uint32_t below[RQA__BITS_ROWS], upto[RQA__BITS_ROWS];
    uint16_t sum[RQA__BITS_PANEL_STRIDE];
    uint64_t low[LIMITED_ROWS * PANEL_WORDS];
    uint64_t lines[LIMITED_ROWS * PANEL_WORDS]; /* columns of the plot, before they are turned over */
} worker_room;

struct rqa__rows {
    rqa__task task; /* with x and y in each other's place, unless columns have bounds of their own */
    int by_column;
    const rqa__cell_lists *lists; /* whose cells recur; or NULL */
    rqa__bits_input input;
    worker_room *room;
    void *memory;        /* of the workers and their rooms */
    size_t ring_rows[2]; /* of each field, where its ring is used */
};

/* ---- rings ---- */

static size_t ring_row_bytes(const rqa__bits_field *f)
{
    return rqa__bits_panel_stride((f->dim - 1) * f->delay_y) * sizeof(uint16_t);
}

/* Terms of a sample serve every lag of a vector, where so many fit into a part of L2. */
static size_t ring_rows(const rqa__bits_field *f)
{
    const size_t most = ((size_t)1 << 19) / ring_row_bytes(f);
    size_t n = 1;
    while (n < (f->dim - 1) * f->delay_x + RQA__BITS_AHEAD && n <= most)
        n *= 2;
    return f->by_rank || f->dim == 1 || n > most ? 0 : n;
}

/* A ring is filled anew for every panel, and by the columns beyond it: that must not be more than
 * what it saves. */
static size_t useful_ring_rows(const rqa__rows *rows, unsigned k, size_t n_rows)
{
    const rqa__bits_field *f = &rows->input.fields.field[k];
    const double span_x = (double)((f->dim - 1) * f->delay_x);
    const double span_y = (double)((f->dim - 1) * f->delay_y);
    const double terms = ((double)n_rows + span_x) * (1 + span_y / RQA__BITS_PANEL);
    return terms < (double)n_rows * f->dim ? rows->ring_rows[k] : 0;
}

/* ---- life ---- */

/* What the workers hold, in one block; the bytes of it. */
static size_t lay_out(rqa__rows *rows, uint8_t *base)
{
    rqa__bits_input *input = &rows->input;
    const rqa__task *task = &rows->task;
    const uint32_t dim = task->x.dims[0] > task->y.dims[0] ? task->x.dims[0] : task->y.dims[0];
    size_t used = 0;
    input->worker = rqa__carve(base, &used, input->n_workers, sizeof *input->worker);
    rows->room = rqa__carve(base, &used, input->n_workers, sizeof *rows->room);
    for (unsigned k = 0; k < input->n_workers; k++) {
        rqa__bits_worker w = {.input = input};
        w.rows = rqa__carve(base, &used, dim, sizeof *w.rows);
        for (unsigned j = 0; j < input->fields.n; j++) {
            const size_t n_bytes = rows->ring_rows[j] * ring_row_bytes(&input->fields.field[j]);
            w.ring[j].memory = rqa__carve(base, &used, n_bytes, 1);
        }
        if (base) {
            worker_room *room = &rows->room[k];
            w.low = room->low;
            w.spare = room->spare;
            w.maybe = room->maybe;
            w.below = room->below;
            w.upto = room->upto;
            w.sum = room->sum;
            input->worker[k] = w;
        }
    }
    return used;
}

static int create_workers(rqa__rows *rows)
{
    rows->memory = rqa__alloc_aligned(lay_out(rows, NULL));
    if (!rows->memory)
        return RQA_ERROR_MEMORY;
    lay_out(rows, rows->memory);
    return RQA_OK;
}

/* The task of the engine, and its shape. */
static void set_task(rqa__rows *rows, const rqa__task *task, unsigned n_workers)
{
    rows->task = *task;
    rows->task.n_dims = rows->task.n_thresholds = 1;
    rows->by_column = task->limits && !rqa__task_is_symmetric(task) &&
                      (task->limits->columns || task->limits->cells);
    if (task->relation == RQA__RELATION_CROSS && !rows->by_column) {
        rows->task.x = task->y;
        rows->task.y = task->x;
    } else if (task->relation == RQA__RELATION_AUTO) {
        rows->task.y = task->x;
    }
    rows->input.task = &rows->task;
    rows->input.n_workers = n_workers;
    rows->input.symmetric = rqa__task_is_symmetric(task);
    rqa__bits_set_dim(&rows->input, 0);
}

/* As a query that takes a ring has it. */
static void set_query(rqa__rows *rows, unsigned k)
{
    rqa__bits_field *f = &rows->input.fields.field[k];
    f->dim = k ? rows->task.y.dims[0] : rows->task.x.dims[0];
    f->by_rank = !f->has_sums;
    rows->ring_rows[k] = ring_rows(f);
}

static int create_fields(rqa__rows *rows)
{
    rqa__bits_input *input = &rows->input;
    const rqa__task *task = &rows->task;
    int status = rqa__bits_fields_create(&input->fields, task, input->parallel, input->halt.cancel);
    for (unsigned k = 0; k < input->fields.n && !status; k++) {
        const rqa__side *x = k ? &task->y : &task->x;
        const double bound = k ? task->bounds_y[0] : task->bounds[0];
        status =
            rqa__bits_fields_query(&input->fields, k, x->dims[0], bound, input->n_x, &input->halt);
        rows->ring_rows[k] = ring_rows(&input->fields.field[k]);
    }
    return status;
}

int rqa__rows_open(rqa__rows **out, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel)
{
    rqa__rows *rows = rqa__calloc(1, sizeof *rows);
    *out = NULL;
    if (!rows)
        return RQA_ERROR_MEMORY;
    set_task(rows, task, parallel ? parallel->n_workers : 1);
    rows->input.kernels = kernels;
    rows->input.parallel = parallel;
    rows->input.halt.cancel = cancel;
    rows->lists = task->cells;
    int status = rows->lists ? RQA_OK : create_fields(rows);
    if (!status && !rows->lists)
        status = create_workers(rows);
    if (status) {
        rqa__rows_close(rows);
        return status;
    }
    *out = rows;
    return RQA_OK;
}

void rqa__rows_close(rqa__rows *rows)
{
    if (!rows)
        return;
    rqa__free_aligned(rows->memory);
    rqa__bits_fields_destroy(&rows->input.fields);
    rqa__free(rows);
}

size_t rqa__rows_n_rows(const rqa__rows *rows)
{
    return rows->by_column ? rows->input.n_y : rows->input.n_x;
}

size_t rqa__rows_n_columns(const rqa__rows *rows)
{
    return rows->by_column ? rows->input.n_x : rows->input.n_y;
}

int rqa__rows_are_symmetric(const rqa__rows *rows)
{
    return rows->input.symmetric;
}

size_t rqa__rows_memory(const rqa__task *task, unsigned n_workers)
{
    rqa__rows rows = {.by_column = 0};
    if (task->cells)
        return sizeof rows;
    set_task(&rows, task, n_workers);
    rqa__bits_fields_measure(&rows.input.fields, &rows.task);
    for (unsigned k = 0; k < rows.input.fields.n; k++)
        set_query(&rows, k);
    return sizeof rows + lay_out(&rows, NULL) +
           rqa__bits_fields_bytes(&rows.input.fields, n_workers);
}

/* ---- rows ---- */

/* By ranks a few rows of any width; by sums as many rows as there are of one panel; where limits take
 * cells away a few rows of one panel. */
static int fill_field(rqa__rows *rows, rqa__bits_worker *w, unsigned k, const rqa__rows_area *a)
{
    const rqa__bits_field *f = &rows->input.fields.field[k];
    const size_t most_rows = f->low ? LIMITED_ROWS : f->by_rank ? RQA__BITS_ROWS : a->n_rows;
    const size_t most_words = f->by_rank && !f->low ? a->n_words : PANEL_WORDS;
    int status = RQA_OK;
    w->ring[k].n_rows = useful_ring_rows(rows, k, rqa__smaller(most_rows, a->n_rows));
    for (size_t r = 0; r < a->n_rows && !status; r += most_rows)
        for (size_t word = 0; word < a->n_words && !status; word += most_words) {
            const size_t rows_left = a->n_rows - r, words_left = a->n_words - word;
            const rqa__bits_area piece = {
                .row = a->row + r,
                .n_rows = rows_left < most_rows ? rows_left : most_rows,
                .first_word = a->first_word + word,
                .n_words = words_left < most_words ? words_left : most_words,
                .out = a->out + r * a->stride + word,
                .stride = a->stride,
            };
            status = rqa__is_cancelled(rows->input.halt.cancel) ? RQA_ERROR_CANCELLED
                                                                : rqa__bits_rectangle(w, k, &piece);
        }
    return status;
}

/* Rows of the engine: those of the plot, or its columns. */
static int fill_fields(rqa__rows *rows, unsigned worker, const rqa__rows_area *area)
{
    int status = RQA_OK;
    for (unsigned k = 0; k < rows->input.fields.n && !status; k++)
        status = fill_field(rows, &rows->input.worker[worker], k, area);
    return status;
}

/* Word `word` of rows row .. row + n_rows - 1, of columns turned over. */
static int fill_from_columns(rqa__rows *rows, unsigned worker, const rqa__rows_area *a, size_t word)
{
    const rqa__bits_input *input = &rows->input;
    const size_t column = 64 * (a->first_word + word), end = a->row + a->n_rows;
    uint64_t *lines = rows->room[worker].lines, block[64];
    int status = RQA_OK;
    for (size_t first = a->row / 64; 64 * first < end && !status; first += PANEL_WORDS) {
        const rqa__rows_area columns = {.row = column,
                                        .n_rows = rqa__smaller(input->n_x - column, 64),
                                        .first_word = first,
                                        .n_words = rqa__smaller((end + 63) / 64 - first, PANEL_WORDS),
                                        .out = lines,
                                        .stride = PANEL_WORDS};
        status = fill_fields(rows, worker, &columns);
        for (size_t k = 0; k < columns.n_words && !status; k++) {
            for (size_t c = 0; c < 64; c++)
                block[c] = c < columns.n_rows ? lines[c * PANEL_WORDS + k] : 0;
            input->kernels->transpose(block);
            for (size_t b = 0; b < 64; b++) {
                const size_t row = 64 * (first + k) + b;
                if (row >= a->row && row < end)
                    a->out[(row - a->row) * a->stride + word] = block[b];
            }
        }
    }
    return status;
}

/* A row has the cells of its column: the plot is symmetric. */
static void fill_from_lists(const rqa__rows *rows, const rqa__rows_area *a)
{
    const size_t first = 64 * a->first_word, end = first + 64 * a->n_words;
    for (size_t r = 0; r < a->n_rows; r++) {
        const uint64_t *begin = rows->lists->first + a->row + r;
        uint64_t *out = a->out + r * a->stride;
        memset(out, 0, a->n_words * sizeof *out);
        for (uint64_t k = begin[0]; k < begin[1]; k++) {
            const size_t i = rows->lists->row[k];
            if (i >= first && i < end)
                out[(i - first) / 64] |= (uint64_t)1 << i % 64;
        }
    }
}

int rqa__rows_fill(rqa__rows *rows, unsigned worker, const rqa__rows_area *area)
{
    int status = RQA_OK;
    if (rows->lists) {
        fill_from_lists(rows, area);
        return rqa__is_cancelled(rows->input.halt.cancel) ? RQA_ERROR_CANCELLED : RQA_OK;
    }
    if (rows->by_column) {
        for (size_t word = 0; word < area->n_words && !status; word++)
            status = fill_from_columns(rows, worker, area, word);
        return status;
    }
    status = fill_fields(rows, worker, area);
    const size_t n_bits =
        rows->input.n_y - 64 * area->first_word; /* from there to the last column */
    if (n_bits < 64 * area->n_words)
        for (size_t r = 0; r < area->n_rows; r++)
            area->out[r * area->stride + n_bits / 64] &= ((uint64_t)1 << n_bits % 64) - 1;
    return status;
}

int rqa__rows_column(rqa__rows *rows, unsigned worker, size_t i, uint64_t *bits)
{
    const size_t n_words = (rows->input.n_y + 63) / 64;
    const rqa__rows_area area = {
        .row = i, .n_rows = 1, .n_words = n_words, .out = bits, .stride = n_words};
    int status = fill_fields(rows, worker, &area);
    if (rows->input.n_y % 64)
        bits[n_words - 1] &= ((uint64_t)1 << rows->input.n_y % 64) - 1;
    return status;
}

void rqa__rows_renew_column(rqa__rows *rows, size_t i)
{
    rqa__bits_field_set_row(&rows->input.fields.field[0], i, rows->input.fields.field[0].own[i]);
}
