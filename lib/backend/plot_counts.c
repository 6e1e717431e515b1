/* plot_counts.c - the counts a reduced picture is drawn from: a rectangle of rows at a time, of a
 * symmetric matrix one half. */
#include "backend/plot_counts.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

/* What is in hand at a time: at most so many rows and words of each, a part of L2. */
enum { AREA_ROWS = 128, AREA_WORDS = 256 };

typedef struct plot_job {
    rqa__rows *rows;
    rqa__block_counts *counts;
    size_t lines_each; /* lines of blocks a job takes */
    uint64_t *area;    /* [worker][AREA_ROWS * AREA_WORDS] */
    uint64_t *count;   /* [worker][lines_each * width] */
} plot_job;

/* As many lines as fill the rows of an area. */
static size_t lines_each(size_t block)
{
    return block < AREA_ROWS ? AREA_ROWS / block : 1;
}

/* Rows [row, end) from a column on, at most an area of them, to the counts of their lines. */
static int count_rows(const plot_job *p, unsigned worker, size_t row, size_t end, size_t column,
                      uint64_t *count)
{
    const rqa__block_counts *c = p->counts;
    const size_t words = (c->n_columns + 63) / 64, first_line = row / c->block;
    uint64_t *bits = p->area + (size_t)worker * AREA_ROWS * AREA_WORDS;
    for (size_t word = column / 64; word < words; word += AREA_WORDS) {
        const rqa__rows_area area = {.row = row,
                                     .n_rows = end - row,
                                     .first_word = word,
                                     .n_words = rqa__smaller(words - word, AREA_WORDS),
                                     .out = bits,
                                     .stride = AREA_WORDS};
        int status = rqa__rows_fill(p->rows, worker, &area);
        if (status)
            return status;
        const size_t first = 64 * word > column ? 64 * word : column;
        const size_t last = rqa__smaller(64 * (word + area.n_words), c->n_columns);
        for (size_t r = row; r < end; r++)
            rqa__block_counts_add_row(count + (r / c->block - first_line) * c->width, c->block,
                                      bits + (r - row) * AREA_WORDS, 64 * word, first, last);
    }
    return RQA_OK;
}

/* Lines [line, end) are done; what lies above the main diagonal stands for both sides. */
static void keep(const plot_job *p, const uint64_t *count, size_t line, size_t end, int symmetric)
{
    rqa__block_counts *c = p->counts;
    for (size_t k = line; k < end; k++)
        for (size_t b = symmetric ? k : 0; b < c->width; b++) {
            rqa__block_counts_set(c, k, b, count[(k - line) * c->width + b]);
            if (symmetric && b > k)
                rqa__block_counts_set(c, b, k, count[(k - line) * c->width + b]);
        }
}

static int count_lines(void *arg, size_t job, unsigned worker)
{
    const plot_job *p = arg;
    const rqa__block_counts *c = p->counts;
    const int symmetric = rqa__rows_are_symmetric(p->rows);
    const size_t line = job * p->lines_each, end = rqa__smaller(line + p->lines_each, c->height);
    const size_t end_row = rqa__smaller(end * c->block, c->n_rows);
    uint64_t *count = p->count + (size_t)worker * p->lines_each * c->width;
    int status = RQA_OK;
    memset(count, 0, p->lines_each * c->width * sizeof *count);
    for (size_t row = line * c->block; row < end_row && !status; row += AREA_ROWS) {
        const size_t n_lines_before = row / c->block - line;
        status = count_rows(p, worker, row, rqa__smaller(row + AREA_ROWS, end_row),
                            symmetric ? line * c->block : 0, count + n_lines_before * c->width);
    }
    if (!status)
        keep(p, count, line, end, symmetric);
    return status == RQA_ERROR_CANCELLED ? rqa__fail(status, "cancelled") : status;
}

size_t rqa__plot_counts_memory(const rqa__task *task, size_t n_columns, size_t block,
                               unsigned n_workers)
{
    const size_t width = n_columns / block + 1;
    const size_t words = (size_t)AREA_ROWS * AREA_WORDS + lines_each(block) * width;
    return rqa__rows_memory(task, n_workers) + n_workers * words * sizeof(uint64_t);
}

int rqa__plot_counts(rqa__block_counts *counts, const rqa__task *task,
                     const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                     const atomic_int *cancel)
{
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    plot_job p = {.counts = counts, .lines_each = lines_each(counts->block)};
    int status = rqa__rows_open(&p.rows, task, kernels, parallel, cancel);
    if (!status) {
        p.area = rqa__alloc_array(n_workers, AREA_ROWS * AREA_WORDS * sizeof *p.area);
        p.count = rqa__alloc_array(n_workers, p.lines_each * counts->width * sizeof *p.count);
        status = p.area && p.count ? RQA_OK : RQA_ERROR_MEMORY;
    }
    if (status) {
        status = status == RQA_ERROR_MEMORY ? rqa__fail_memory("the rows of a plot")
                                            : rqa__fail(status, "cancelled");
    } else {
        const size_t n_jobs = (counts->height + p.lines_each - 1) / p.lines_each;
        if (parallel)
            status = parallel->run(parallel->pool, n_jobs, count_lines, &p);
        for (size_t k = 0; !parallel && k < n_jobs && !status; k++)
            status = count_lines(&p, k, 0);
    }
    rqa__free(p.area);
    rqa__free(p.count);
    rqa__rows_close(p.rows);
    return status;
}
