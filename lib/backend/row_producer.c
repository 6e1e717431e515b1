/* row_producer.c - the recurrence matrix as rows of bits, from the fields of the bit engine.
 *
 * A row of the matrix belongs to one vector of y, a row of the engine's to one of x: so the sides
 * change places. Distances are the same both ways, each difference being negated exactly.
 */
#include "backend/row_producer.h"

#include "backend/engine_bits_internal.h"
#include "base/memory.h"
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
    rqa__bits_run run;
    worker_room *room;
    size_t ring_rows[2]; /* of each field, where its ring is used */
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

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
    const rqa__bits_field *f = &rows->run.field[k];
    const double span_x = (double)((f->dim - 1) * f->delay_x);
    const double span_y = (double)((f->dim - 1) * f->delay_y);
    const double terms = ((double)n_rows + span_x) * (1 + span_y / RQA__BITS_PANEL);
    return terms < (double)n_rows * f->dim ? rows->ring_rows[k] : 0;
}

/* ---- life ---- */

static int create_workers(rqa__rows *rows)
{
    rqa__bits_run *run = &rows->run;
    size_t most_dims = run->field[0].dim;
    if (run->n_fields > 1 && run->field[1].dim > most_dims)
        most_dims = run->field[1].dim;
    run->worker = rqa__calloc(run->n_workers, sizeof *run->worker);
    rows->room = rqa__alloc_array(run->n_workers, sizeof *rows->room);
    if (!run->worker || !rows->room)
        return RQA_ERROR_MEMORY;
    for (unsigned k = 0; k < run->n_workers; k++) {
        rqa__bits_worker *w = &run->worker[k];
        worker_room *room = &rows->room[k];
        w->run = run;
        w->low = room->low;
        w->spare = room->spare;
        w->maybe = room->maybe;
        w->below = room->below;
        w->upto = room->upto;
        w->sum = room->sum;
        w->rows = rqa__alloc_array(most_dims, sizeof *w->rows);
        if (!w->rows)
            return RQA_ERROR_MEMORY;
        for (unsigned j = 0; j < run->n_fields; j++)
            if (rows->ring_rows[j]) {
                size_t n_bytes = rows->ring_rows[j] * ring_row_bytes(&run->field[j]);
                w->ring[j].memory = rqa__alloc_aligned(n_bytes);
                if (!w->ring[j].memory)
                    return RQA_ERROR_MEMORY;
            }
    }
    return RQA_OK;
}

static int create_fields(rqa__rows *rows)
{
    rqa__bits_run *run = &rows->run;
    const rqa__task *task = &rows->task;
    int status = rqa__bits_fields_create(run);
    for (unsigned k = 0; k < run->n_fields && !status; k++) {
        const rqa__side *x = k ? &task->y : &task->x;
        const double bound = k ? task->bounds_y[0] : task->bounds[0];
        status = rqa__bits_field_query_limited(run, k, x->dims[0], bound);
        rows->ring_rows[k] = ring_rows(&run->field[k]);
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
    rows->task = *task;
    rows->task.n_dims = rows->task.n_thresholds = 1;
    rows->by_column = task->limits && task->limits->columns;
    if (task->relation == RQA__RELATION_CROSS && !rows->by_column) {
        rows->task.x = task->y;
        rows->task.y = task->x;
    } else if (task->relation == RQA__RELATION_AUTO) {
        rows->task.y = task->x;
    }
    rqa__bits_run *run = &rows->run;
    run->task = &rows->task;
    run->kernels = kernels;
    run->parallel = parallel;
    run->cancel = cancel;
    run->n_workers = parallel ? parallel->n_workers : 1;
    run->n_fields = task->relation == RQA__RELATION_JOINT ? 2 : 1;
    run->symmetric = rqa__task_is_symmetric(task);
    run->n_x = rqa__side_vectors(&rows->task.x, 0);
    run->n_y = rqa__side_vectors(&rows->task.y, 0);
    if (task->relation != RQA__RELATION_CROSS)
        run->n_x = run->n_y = run->n_x < run->n_y ? run->n_x : run->n_y;
    int status = create_fields(rows);
    if (!status)
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
    for (unsigned k = 0; rows->run.worker && k < rows->run.n_workers; k++) {
        rqa__free(rows->run.worker[k].rows);
        rqa__free_aligned(rows->run.worker[k].ring[0].memory);
        rqa__free_aligned(rows->run.worker[k].ring[1].memory);
    }
    rqa__free(rows->run.worker);
    rqa__free(rows->room);
    rqa__bits_fields_destroy(&rows->run);
    rqa__free(rows);
}

size_t rqa__rows_n_rows(const rqa__rows *rows)
{
    return rows->by_column ? rows->run.n_y : rows->run.n_x;
}

size_t rqa__rows_n_columns(const rqa__rows *rows)
{
    return rows->by_column ? rows->run.n_x : rows->run.n_y;
}

int rqa__rows_are_symmetric(const rqa__rows *rows)
{
    return rows->run.symmetric;
}

size_t rqa__rows_memory(const rqa__task *task, unsigned n_workers)
{
    size_t values = 0;
    for (int k = 0; k < (task->relation == RQA__RELATION_AUTO ? 1 : 2); k++) {
        const rqa__side *side = k ? &task->y : &task->x;
        /* Windows of ranks overlap by their padding; sums take 2 + 2 bytes of the same samples. */
        values += (side->n_samples + side->n_samples / 8 + 4 * RQA__BITS_PAD) * side->n_channels;
    }
    const size_t dims = (size_t)task->x.dims[0] + task->y.dims[0];
    if (task->limits)
        values += values + task->x.n_samples;
    const size_t worker = sizeof(worker_room) + sizeof(rqa__bits_worker) + ((size_t)2 << 19);
    return 16 * values + n_workers * (worker + dims * sizeof(void *));
}

/* ---- rows ---- */

/* By ranks a few rows of any width; by sums as many rows as there are of one panel; where limits take
 * cells away a few rows of one panel. */
static int fill_field(rqa__rows *rows, rqa__bits_worker *w, unsigned k, const rqa__rows_area *a)
{
    const rqa__bits_field *f = &rows->run.field[k];
    const size_t most_rows = f->low ? LIMITED_ROWS : f->by_rank ? RQA__BITS_ROWS : a->n_rows;
    const size_t most_words = f->by_rank && !f->low ? a->n_words : PANEL_WORDS;
    int status = RQA_OK;
    w->ring[k].n_rows = useful_ring_rows(rows, k, smaller(most_rows, a->n_rows));
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
            status = rqa__is_cancelled(rows->run.cancel) ? RQA_ERROR_CANCELLED
                                                         : rqa__bits_rectangle(w, k, &piece);
        }
    return status;
}

/* Rows of the engine: those of the plot, or its columns. */
static int fill_fields(rqa__rows *rows, unsigned worker, const rqa__rows_area *area)
{
    int status = RQA_OK;
    for (unsigned k = 0; k < rows->run.n_fields && !status; k++)
        status = fill_field(rows, &rows->run.worker[worker], k, area);
    return status;
}

/* Word `word` of rows row .. row + n_rows - 1, of columns turned over. */
static int fill_from_columns(rqa__rows *rows, unsigned worker, const rqa__rows_area *a, size_t word)
{
    const rqa__bits_run *run = &rows->run;
    const size_t column = 64 * (a->first_word + word), end = a->row + a->n_rows;
    uint64_t *lines = rows->room[worker].lines, block[64];
    int status = RQA_OK;
    for (size_t first = a->row / 64; 64 * first < end && !status; first += PANEL_WORDS) {
        const rqa__rows_area columns = {.row = column,
                                        .n_rows = smaller(run->n_x - column, 64),
                                        .first_word = first,
                                        .n_words = smaller((end + 63) / 64 - first, PANEL_WORDS),
                                        .out = lines,
                                        .stride = PANEL_WORDS};
        status = fill_fields(rows, worker, &columns);
        for (size_t k = 0; k < columns.n_words && !status; k++) {
            for (size_t c = 0; c < 64; c++)
                block[c] = c < columns.n_rows ? lines[c * PANEL_WORDS + k] : 0;
            run->kernels->transpose(block);
            for (size_t b = 0; b < 64; b++) {
                const size_t row = 64 * (first + k) + b;
                if (row >= a->row && row < end)
                    a->out[(row - a->row) * a->stride + word] = block[b];
            }
        }
    }
    return status;
}

int rqa__rows_fill(rqa__rows *rows, unsigned worker, const rqa__rows_area *area)
{
    int status = RQA_OK;
    if (rows->by_column) {
        for (size_t word = 0; word < area->n_words && !status; word++)
            status = fill_from_columns(rows, worker, area, word);
        return status;
    }
    status = fill_fields(rows, worker, area);
    const size_t n_bits = rows->run.n_y - 64 * area->first_word; /* from there to the last column */
    if (n_bits < 64 * area->n_words)
        for (size_t r = 0; r < area->n_rows; r++)
            area->out[r * area->stride + n_bits / 64] &= ((uint64_t)1 << n_bits % 64) - 1;
    return status;
}

int rqa__rows_column(rqa__rows *rows, unsigned worker, size_t i, uint64_t *bits)
{
    const size_t n_words = (rows->run.n_y + 63) / 64;
    const rqa__rows_area area = {
        .row = i, .n_rows = 1, .n_words = n_words, .out = bits, .stride = n_words};
    int status = fill_fields(rows, worker, &area);
    if (rows->run.n_y % 64)
        bits[n_words - 1] &= ((uint64_t)1 << rows->run.n_y % 64) - 1;
    return status;
}

void rqa__rows_renew_column(rqa__rows *rows, size_t i)
{
    rqa__bits_field_set_row(&rows->run.field[0], i, rows->run.field[0].own[i]);
}
