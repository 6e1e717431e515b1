/* matrix_fill.c - the whole recurrence matrix in memory, of a symmetric one half by the distances
 * and half by turning that over. */
#include "backend/matrix_fill.h"

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/look.h"

/* Rows of a band, a multiple of 64 * GROUP where there are many: then whole cache lines turn over. */
enum { MOST_ROWS = 512, GROUP = 8 };

typedef struct fill {
    rqa__rows *rows;
    const rqa__bits_kernels *kernels;
    uint64_t *words;
    size_t words_per_row;
    size_t n_rows, band;
    int symmetric;
    const atomic_int *cancel;
} fill;

/* Rows [64 g, 64 g + 64), word w, to rows 64 w and on, word g. */
static void turn_over(const fill *f, size_t g, size_t w)
{
    uint64_t block[64];
    const uint64_t *from = f->words + 64 * g * f->words_per_row + w;
    uint64_t *to = f->words + 64 * w * f->words_per_row + g;
    const size_t n_from = f->n_rows - 64 * g < 64 ? f->n_rows - 64 * g : 64;
    const size_t n_to = f->n_rows - 64 * w < 64 ? f->n_rows - 64 * w : 64;
    for (size_t k = 0; k < 64; k++)
        block[k] = k < n_from ? from[k * f->words_per_row] : 0;
    f->kernels->transpose(block);
    for (size_t k = 0; k < n_to; k++)
        to[k * f->words_per_row] = block[k];
}

static int turn_over_band(const fill *f, size_t first, size_t end)
{
    for (size_t word = (end + 63) / 64; word < f->words_per_row; word += GROUP) {
        if (rqa__is_cancelled(f->cancel))
            return RQA_ERROR_CANCELLED;
        for (size_t w = word; w < word + GROUP && w < f->words_per_row; w++)
            for (size_t g = first / 64; 64 * g < end; g++)
                turn_over(f, g, w);
    }
    return RQA_OK;
}

static int fill_band(void *arg, size_t job, unsigned worker)
{
    const fill *f = arg;
    const size_t first = job * f->band;
    const size_t end = f->n_rows - first < f->band ? f->n_rows : first + f->band;
    const size_t first_word = f->symmetric ? first / 64 : 0;
    const rqa__rows_area area = {
        .row = first,
        .n_rows = end - first,
        .first_word = first_word,
        .n_words = f->words_per_row - first_word,
        .out = f->words + first * f->words_per_row + first_word,
        .stride = f->words_per_row,
    };
    int status = rqa__rows_fill(f->rows, worker, &area);
    if (!status && f->symmetric)
        status = turn_over_band(f, first, end);
    return status == RQA_ERROR_CANCELLED ? rqa__fail(status, "cancelled") : status;
}

/* Enough bands for everyone, in whole words. */
static size_t band_of(size_t n_rows, unsigned n_workers)
{
    size_t band = n_rows / (8 * (size_t)n_workers) / 64 * 64;
    return band < 64 ? 64 : band < MOST_ROWS ? band : MOST_ROWS;
}

int rqa__matrix_fill(const rqa__task *task, const rqa__bits_kernels *kernels, uint64_t *words,
                     size_t words_per_row, const rqa__parallel *parallel, const atomic_int *cancel)
{
    fill f = {.kernels = kernels, .words = words, .words_per_row = words_per_row, .cancel = cancel};
    int status = rqa__rows_open(&f.rows, task, kernels, parallel, cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the rows of a matrix")
                                          : rqa__fail(status, "cancelled");
    f.n_rows = rqa__rows_n_rows(f.rows);
    f.symmetric = rqa__rows_are_symmetric(f.rows);
    f.band = band_of(f.n_rows, parallel ? parallel->n_workers : 1);
    const size_t n_bands = (f.n_rows + f.band - 1) / f.band;
    if (parallel)
        status = parallel->run(parallel->pool, n_bands, fill_band, &f);
    for (size_t k = 0; !parallel && k < n_bands && !status; k++)
        status = fill_band(&f, k, 0);
    rqa__rows_close(f.rows);
    return status;
}
