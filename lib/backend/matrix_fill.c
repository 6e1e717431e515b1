/* matrix_fill.c - the whole recurrence matrix in memory, of a symmetric one half by the distances
 * and half by turning that over. */
#include "backend/matrix_fill.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/look.h"
#include "base/smaller.h"

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

/* Blocks turned over, of rows 64 * group and on, before they are written: whole cache lines. */
typedef struct turned {
    uint64_t word[GROUP][64][GROUP]; /* [word of those rows][row][group] */
} turned;

/* Rows [64 g, 64 g + 64), words [word, word + n). */
static void turn_group(const fill *f, turned *t, size_t k, size_t g, size_t word, size_t n)
{
    uint64_t block[GROUP][64];
    const size_t n_rows = rqa__smaller(f->n_rows - 64 * g, 64);
    for (size_t r = 0; r < 64; r++) {
        const uint64_t *from = f->words + (64 * g + r) * f->words_per_row + word;
        for (size_t w = 0; w < n; w++)
            block[w][r] = r < n_rows ? from[w] : 0;
    }
    for (size_t w = 0; w < n; w++) {
        f->kernels->transpose(block[w]);
        for (size_t r = 0; r < 64; r++)
            t->word[w][r][k] = block[w][r];
    }
}

static void write_turned(const fill *f, const turned *t, size_t g, size_t n_groups, size_t word,
                         size_t end_row)
{
    for (size_t r = 64 * word; r < end_row; r++) {
        uint64_t *to = f->words + r * f->words_per_row + g;
        const uint64_t *from = t->word[r / 64 - word][r % 64];
        if (n_groups == GROUP)
            memcpy(to, from, sizeof t->word[0][0]);
        else
            memcpy(to, from, n_groups * sizeof *to);
    }
}

/* What lies to the right of the square of a band to the rows below it. */
static int turn_over(const fill *f, size_t first, size_t end)
{
    turned t;
    for (size_t word = (end + 63) / 64; word < f->words_per_row; word += GROUP) {
        const size_t n_words = rqa__smaller(f->words_per_row - word, GROUP);
        if (rqa__is_cancelled(f->cancel))
            return RQA_ERROR_CANCELLED;
        for (size_t g = first / 64; 64 * g < end; g += GROUP) {
            const size_t n_groups = rqa__smaller((end + 63) / 64 - g, GROUP);
            for (size_t k = 0; k < n_groups; k++)
                turn_group(f, &t, k, g + k, word, n_words);
            write_turned(f, &t, g, n_groups, word, rqa__smaller(64 * (word + n_words), f->n_rows));
        }
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
        status = turn_over(f, first, end);
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
