/* cell_triples.c - patterns of three successive cells of a diagonal: three rows, each shifted by one more
 * column, 64 triples at a time. */
#include "backend/cell_triples.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"

enum { ROWS = 16, LENGTH = 3 };

typedef struct triples_job {
    rqa__rows *rows;
    size_t n_rows, n_columns, n_words;
    uint64_t theiler;
    uint64_t *valid;     /* columns where a triple may start */
    uint8_t *absent_row; /* [n_rows] */
    uint64_t *area;      /* [worker][(ROWS + 2) * n_words] */
    uint64_t *count;     /* [worker][RQA__CELL_TRIPLES] */
} triples_job;

/* Bits from column 64 * word + shift on. */
static inline uint64_t from_column(const uint64_t *row, size_t word, size_t n_words, unsigned shift)
{
    const uint64_t next = word + 1 < n_words ? row[word + 1] : 0;
    return row[word] >> shift | next << (64 - shift);
}

/* Of the columns of a word those outside the band around row j. */
static uint64_t outside_band(const triples_job *t, size_t word, size_t j)
{
    const size_t first = 64 * word, w = (size_t)t->theiler;
    if (w == 0 || first >= j + w || first + 63 + w <= j)
        return ~(uint64_t)0;
    uint64_t kept = 0;
    for (size_t b = 0; b < 64; b++) {
        const size_t i = first + b;
        kept |= (uint64_t)((i > j ? i - j : j - i) >= w) << b;
    }
    return kept;
}

static void count_row(const triples_job *t, uint64_t *count, const uint64_t *row, size_t j)
{
    const size_t n = t->n_words;
    for (size_t word = 0; word < n; word++) {
        const uint64_t kept = t->valid[word] & outside_band(t, word, j);
        const uint64_t a = row[word], b = from_column(row + n, word, n, 1),
                       c = from_column(row + 2 * n, word, n, 2);
        for (unsigned code = 0; code < RQA__CELL_TRIPLES; code++) {
            const uint64_t equal =
                (code & 1 ? a : ~a) & (code & 2 ? b : ~b) & (code & 4 ? c : ~c) & kept;
            count[code] += (uint64_t)__builtin_popcountll(equal);
        }
    }
}

static int count_rows(void *arg, size_t job, unsigned worker)
{
    const triples_job *t = arg;
    const size_t row = job * ROWS, n_starts = t->n_rows - (LENGTH - 1);
    const size_t n = n_starts - row < ROWS ? n_starts - row : ROWS;
    const rqa__rows_area area = {
        .row = row,
        .n_rows = n + LENGTH - 1,
        .first_word = 0,
        .n_words = t->n_words,
        .out = t->area + (size_t)worker * (ROWS + LENGTH - 1) * t->n_words,
        .stride = t->n_words,
    };
    int status = rqa__rows_fill(t->rows, worker, &area);
    if (status)
        return rqa__fail(status, "cancelled");
    for (size_t k = 0; k < n; k++) {
        const uint8_t *absent = t->absent_row + row + k;
        if (!absent[0] && !absent[1] && !absent[2])
            count_row(t, t->count + worker * RQA__CELL_TRIPLES, area.out + k * t->n_words, row + k);
    }
    return RQA_OK;
}

/* Which columns and rows a triple may touch. */
static int find_valid(triples_job *t, const rqa__task *task)
{
    uint8_t *absent_column = rqa__calloc(t->n_columns, 1);
    t->absent_row = rqa__calloc(t->n_rows, 1);
    t->valid = rqa__calloc(t->n_words, sizeof *t->valid);
    if (absent_column && t->absent_row && t->valid) {
        rqa__side_absent(&task->x, 0, absent_column);
        rqa__side_absent(task->relation == RQA__RELATION_AUTO ? &task->x : &task->y, 0, t->absent_row);
        for (size_t i = 0; i + LENGTH <= t->n_columns; i++)
            if (!absent_column[i] && !absent_column[i + 1] && !absent_column[i + 2])
                t->valid[i / 64] |= (uint64_t)1 << i % 64;
    }
    const int is_whole = absent_column && t->absent_row && t->valid;
    rqa__free(absent_column);
    return is_whole ? RQA_OK : RQA_ERROR_MEMORY;
}

static int count_all(triples_job *t, const rqa__parallel *parallel)
{
    int status = RQA_OK;
    if (t->n_rows < LENGTH)
        return RQA_OK;
    const size_t n_jobs = (t->n_rows - LENGTH) / ROWS + 1;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, count_rows, t);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = count_rows(t, k, 0);
    return status;
}

int rqa__cell_triples(uint64_t *count, const rqa__task *task, uint64_t theiler,
                      const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                      const atomic_int *cancel)
{
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    triples_job t = {.theiler = theiler};
    int status = rqa__rows_open(&t.rows, task, kernels, parallel, cancel);
    if (!status) {
        t.n_rows = rqa__rows_n_rows(t.rows);
        t.n_columns = rqa__rows_n_columns(t.rows);
        t.n_words = (t.n_columns + 63) / 64;
        t.area = rqa__alloc_array((size_t)n_workers * (ROWS + LENGTH - 1) * t.n_words, sizeof *t.area);
        t.count = rqa__calloc((size_t)n_workers * RQA__CELL_TRIPLES, sizeof *t.count);
        status = t.area && t.count ? find_valid(&t, task) : RQA_ERROR_MEMORY;
    }
    if (status)
        status = status == RQA_ERROR_MEMORY ? rqa__fail_memory("patterns of cells")
                                            : rqa__fail(status, "cancelled");
    else
        status = count_all(&t, parallel);
    memset(count, 0, RQA__CELL_TRIPLES * sizeof *count);
    for (size_t k = 0; k < (size_t)n_workers * RQA__CELL_TRIPLES && !status; k++)
        count[k % RQA__CELL_TRIPLES] += t.count[k];
    rqa__free(t.area);
    rqa__free(t.count);
    rqa__free(t.valid);
    rqa__free(t.absent_row);
    rqa__rows_close(t.rows);
    return status;
}
