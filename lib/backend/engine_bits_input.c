/* engine_bits_input.c - what bits come from: the fields of a task and the memory of the workers. */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

static size_t vectors_of(const rqa__side *side, uint32_t dim)
{
    size_t span = ((size_t)dim - 1) * side->delay;
    return side->n_samples > span ? side->n_samples - span : 0;
}

void rqa__bits_set_dim(rqa__bits_input *input, uint32_t d)
{
    const rqa__task *task = input->task;
    const size_t n_x = vectors_of(&task->x, task->x.dims[d]);
    const size_t n_y =
        task->relation == RQA__RELATION_AUTO ? n_x : vectors_of(&task->y, task->y.dims[d]);
    const int is_cross = task->relation == RQA__RELATION_CROSS;
    input->n_x = is_cross ? n_x : rqa__smaller(n_x, n_y);
    input->n_y = is_cross ? n_y : input->n_x;
}

/* ---- memory ---- */

static uint32_t most_dims(const rqa__task *task)
{
    const uint32_t last = task->n_dims - 1, of_x = task->x.dims[last];
    const uint32_t of_y = task->relation == RQA__RELATION_JOINT ? task->y.dims[last] : 0;
    return of_x > of_y ? of_x : of_y;
}

/* What the workers hold, in one block; the bytes of it. */
static size_t lay_out(rqa__bits_input *input, uint8_t *base)
{
    const size_t stride = input->stride;
    size_t used = 0;
    input->worker = rqa__carve(base, &used, input->n_workers, sizeof *input->worker);
    for (unsigned k = 0; k < input->n_workers; k++) {
        rqa__bits_worker w = {.input = input};
        w.tile = rqa__carve(base, &used, (RQA__BITS_ROWS + 1) * stride, sizeof *w.tile);
        w.spare = rqa__carve(base, &used, stride, sizeof *w.spare);
        w.maybe = rqa__carve(base, &used, stride, sizeof *w.maybe);
        w.below = rqa__carve(base, &used, RQA__BITS_ROWS, sizeof *w.below);
        w.upto = rqa__carve(base, &used, RQA__BITS_ROWS, sizeof *w.upto);
        w.sum = rqa__carve(base, &used, RQA__BITS_PANEL_STRIDE, sizeof *w.sum);
        w.rows = rqa__carve(base, &used, most_dims(input->task) + 1, sizeof *w.rows);
        if (input->task->limits != NULL) {
            w.low = rqa__carve(base, &used, RQA__BITS_ROWS * stride, sizeof *w.low);
        }
        for (unsigned j = 0; j < input->fields.n; j++) {
            const size_t n_bytes = rqa__bits_ring_bytes(&input->fields, j, input->widest);
            w.ring[j].memory = rqa__carve(base, &used, n_bytes, 1);
        }
        if (base != NULL) {
            input->worker[k] = w;
        }
    }
    return used;
}

static unsigned useful_workers(const rqa__bits_input *input)
{
    const rqa__parallel *parallel = input->parallel;
    double pairs = (double)input->n_x * (double)input->n_y;
    return parallel == NULL || parallel->run == NULL || parallel->n_workers < 2 || pairs < 1e6
               ? 1
               : parallel->n_workers;
}

/* The smallest dim has the most vectors. */
static void set_task(rqa__bits_input *input, const rqa__task *task)
{
    input->task = task;
    input->symmetric = rqa__task_is_symmetric(task);
    rqa__bits_set_dim(input, 0);
    const size_t n_offsets = input->n_x + input->n_y;
    input->widest = rqa__smaller(RQA__BITS_WIDEST, (n_offsets + 63) / 64 * 64);
    input->stride = rqa__bits_stride(input->widest);
}

void rqa__bits_measure(rqa__bits_input *input, const rqa__task *task, unsigned n_workers)
{
    *input = (rqa__bits_input){.n_workers = n_workers};
    set_task(input, task);
    rqa__bits_fields_measure(&input->fields, task);
}

size_t rqa__bits_bytes(const rqa__bits_input *input)
{
    rqa__bits_input measured = *input;
    return lay_out(&measured, NULL) + rqa__bits_fields_bytes(&input->fields, input->n_workers) +
           rqa__bits_absent_bytes(input->task);
}

static int prepare(rqa__bits_input *input)
{
    const rqa__parallel *parallel = input->n_workers > 1 ? input->parallel : NULL;
    int status = rqa__bits_fields_create(&input->fields, input->task, parallel, input->halt.cancel);
    if (status != 0) {
        return status;
    }
    input->memory = rqa__alloc_aligned(lay_out(input, NULL));
    if (input->memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    lay_out(input, input->memory);
    return rqa__bits_absent_open(&input->absent, input->task);
}

int rqa__bits_open(rqa__bits_input *input, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel)
{
    *input =
        (rqa__bits_input){.kernels = kernels, .parallel = parallel, .halt = {.cancel = cancel}};
    set_task(input, task);
    if (input->n_x >= RQA__ENGINE_BITS_LIMIT || input->n_y >= RQA__ENGINE_BITS_LIMIT) {
        return RQA_ERROR_OVERFLOW;
    }
    input->n_workers = useful_workers(input);
    return prepare(input);
}

void rqa__bits_close(rqa__bits_input *input)
{
    rqa__free_aligned(input->memory);
    rqa__bits_absent_close(&input->absent);
    rqa__bits_fields_destroy(&input->fields);
}

/* ---- one dim and threshold ---- */

int rqa__bits_query(rqa__bits_input *input, uint32_t d, uint32_t t)
{
    const rqa__task *task = input->task;
    int status = 0;
    rqa__bits_set_dim(input, d);
    rqa__bits_absent_query(input, d);
    atomic_store(&input->halt.status, 0); /* a part that failed is no reason to stop the next */
    for (unsigned k = 0; k < input->fields.n && status == 0; k++) {
        const uint32_t dim = k == 0 ? task->x.dims[d] : task->y.dims[d];
        status = rqa__bits_fields_query(
            &input->fields, k, dim, rqa__task_bounds(task, (int)k, d)[t], input->n_x, &input->halt);
        const size_t n_rows = rqa__bits_ring_rows(&input->fields.field[k], input->widest);
        for (unsigned j = 0; j < input->n_workers; j++) {
            input->worker[j].ring[k].n_rows = n_rows;
        }
    }
    return status;
}

/* ---- the cells of a strip ---- */

static void clear_bits(uint64_t *row, size_t begin, size_t end)
{
    size_t k = begin / 64;
    if (begin % 64 != 0 && begin < end) {
        row[k++] &= (UINT64_C(1) << (begin % 64)) - 1;
    }
    for (; 64 * k < end; k++) {
        row[k] = 0;
    }
}

/* Clears the cells outside the matrix, and outside the strip, up to the end of the row. */
void rqa__bits_trim(const rqa__bits_input *input, const rqa__bits_strip *s, uint64_t *row, size_t i,
                    size_t n_words)
{
    int64_t begin = -(int64_t)i - s->first;
    int64_t end = (int64_t)input->n_y - (int64_t)i - s->first;
    end = end > (int64_t)s->width ? (int64_t)s->width : end;
    size_t last = (n_words + 7) / 8 * 8 + 1;
    clear_bits(row, end > 0 ? (size_t)end : 0, 64 * last);
    for (size_t k = 0; begin > 0 && 64 * k < (size_t)begin; k++) {
        size_t n = (size_t)begin - 64 * k;
        row[k] = n >= 64 ? 0 : row[k] & ~((UINT64_C(1) << n) - 1);
    }
}

size_t rqa__bits_words(const rqa__bits_input *input, const rqa__bits_strip *s, size_t i)
{
    int64_t n = (int64_t)input->n_y - (int64_t)i - s->first;
    size_t bits = n < 0 ? 0 : n < (int64_t)s->width ? (size_t)n : s->width;
    return (bits + 63) / 64;
}
