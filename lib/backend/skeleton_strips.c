/* skeleton_strips.c - the lines of a skeleton: strips of diagonals of one side, whose bits come
 * from the fields of the bit engine and are turned over, so that a row of words is one diagonal;
 * those are taken one after the other. */
#include "backend/skeleton_strips.h"

#include <string.h>

#include "backend/engine_bits_state.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

enum {
    WIDEST = 256, /* offsets of a strip: 32 bytes for each vector */
    PIECE = 1024  /* rows of a job, a multiple of RQA__BITS_ROWS and of 64 */
};

typedef struct strip_work {
    rqa__bits_input input;
    rqa__bits_strip strip; /* in hand */
    atomic_size_t next_piece;
    uint64_t *line; /* [WIDEST * stride] diagonals of the strip, by x */
    size_t stride;
} strip_work;

static void turn_over(const strip_work *work, const rqa__bits_worker *w, size_t row, size_t n_rows,
                      size_t n_words)
{
    uint64_t block[64];
    for (size_t k = 0; 64 * k < work->strip.width; k++) {
        const size_t n_offsets = rqa__smaller(work->strip.width - 64 * k, 64);
        for (size_t r = 0; r < 64; r++)
            block[r] = r < n_rows && k < n_words ? w->tile[(1 + r) * work->input.stride + k] : 0;
        work->input.kernels->transpose(block);
        for (size_t b = 0; b < n_offsets; b++)
            work->line[(64 * k + b) * work->stride + row / 64] = block[b];
    }
}

static int run_piece(strip_work *work, rqa__bits_worker *w, size_t begin)
{
    const rqa__bits_input *input = &work->input;
    const rqa__bits_strip *s = &work->strip;
    const size_t end = rqa__smaller(begin + PIECE, s->row_end);
    int status = RQA_OK;
    for (unsigned k = 0; k < input->fields.n; k++)
        w->ring[k].ready = begin;
    for (size_t row = begin; row < end && !status; row += RQA__BITS_ROWS) {
        const size_t n_rows = rqa__smaller(end - row, RQA__BITS_ROWS);
        const size_t n_words = rqa__bits_words(input, s, row);
        status = rqa__bits_is_stopped(&input->halt) ? RQA_ERROR_CANCELLED : RQA_OK;
        for (unsigned k = 0; k < input->fields.n && !status; k++)
            status = rqa__bits_tile(w, k, s, row, n_rows, n_words);
        for (size_t r = 0; r < n_rows && !status; r++)
            rqa__bits_trim(input, s, w->tile + (1 + r) * input->stride, row + r, n_words);
        if (!status)
            turn_over(work, w, row, n_rows, n_words);
    }
    return status;
}

/* Pieces until none is left; each job has a worker of its own. */
static int run_pieces(void *arg, size_t job, unsigned worker)
{
    strip_work *work = arg;
    int status = RQA_OK;
    (void)worker;
    while (!status) {
        const size_t begin = atomic_fetch_add(&work->next_piece, 1) * PIECE;
        if (begin >= work->strip.row_end)
            break;
        status = run_piece(work, &work->input.worker[job], begin);
    }
    if (status)
        atomic_store(&work->input.halt.status, status);
    return status;
}

static int fill_strip(strip_work *work, size_t first, size_t width)
{
    const rqa__bits_input *input = &work->input;
    work->strip =
        (rqa__bits_strip){.first = (int64_t)first, .width = width, .row_end = input->n_x - first};
    atomic_store(&work->next_piece, 0);
    if (input->n_workers > 1 && work->strip.row_end > PIECE)
        return input->parallel->run(input->parallel->pool, input->n_workers, run_pieces, work);
    return run_pieces(work, 0, 0);
}

static int take_strips(strip_work *work, rqa__skeleton_sets *sets, rqa__skeleton_lines *lines)
{
    const rqa__bits_input *input = &work->input;
    const size_t n = input->n_x, widest = rqa__smaller(input->widest, WIDEST);
    int status = RQA_OK;
    for (size_t first = 0; first < n && !status; first += widest) {
        const size_t width = rqa__smaller(widest, n - first);
        status = fill_strip(work, first, width);
        for (size_t k = 0; k < width && !status; k++)
            status = rqa__is_cancelled(input->halt.cancel)
                         ? RQA_ERROR_CANCELLED
                         : rqa__skeleton_sets_take(sets, work->line + k * work->stride,
                                                   n - first - k, lines);
    }
    return status ? status : rqa__skeleton_sets_end(sets, lines);
}

/* Without a text of its own. */
static int find_lines(strip_work *work, rqa__skeleton_lines *lines)
{
    const size_t n = work->input.n_x;
    work->stride = (n + 63) / 64;
    work->line = rqa__alloc_array(WIDEST * sizeof *work->line, work->stride);
    rqa__skeleton_sets *sets = rqa__skeleton_sets_create(n);
    int status = work->line && sets ? take_strips(work, sets, lines) : RQA_ERROR_MEMORY;
    rqa__skeleton_sets_destroy(sets);
    rqa__free(work->line);
    return status;
}

/* Runs of one side of the plot. */
static rqa__task plain_task(const rqa__task *task)
{
    rqa__task plain = *task;
    plain.n_dims = plain.n_thresholds = 1;
    plain.tallies = RQA__TALLY_DIAGONAL;
    plain.upper_only = plain.band_is_white = 0;
    return plain;
}

uint64_t rqa__skeleton_work_bytes(const rqa__task *task, unsigned n_workers)
{
    const rqa__task plain = plain_task(task);
    rqa__bits_input input;
    rqa__bits_measure(&input, &plain, n_workers);
    return (uint64_t)rqa__bits_bytes(&input) + rqa__skeleton_sets_bytes(input.n_x) +
           WIDEST * ((input.n_x + 63) / 64) * sizeof(uint64_t);
}

int rqa__skeleton_lines_find(rqa__skeleton_lines *lines, const rqa__task *task,
                             const rqa__skeleton_means *means)
{
    const rqa__task plain = plain_task(task);
    strip_work work = {0};
    lines->work_bytes =
        rqa__skeleton_work_bytes(task, means->parallel ? means->parallel->n_workers : 1);
    int status = rqa__bits_open(&work.input, &plain, means->bits, means->parallel, means->cancel);
    if (!status)
        status = rqa__bits_query(&work.input, 0, 0);
    if (!status)
        status = find_lines(&work, lines);
    rqa__bits_close(&work.input);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("the lines of a skeleton");
    if (status == RQA_ERROR_CANCELLED)
        return rqa__fail(status, "cancelled");
    if (status == RQA_ERROR_OVERFLOW)
        return rqa__fail(status, "a skeleton takes at most %zu vectors",
                         (size_t)RQA__BITS_MAX_SAMPLES);
    return status;
}
