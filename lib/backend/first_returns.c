/* first_returns.c - first returns from rows of cells: a few words of 64 rows at a time, as far as the
 * last of them needs. */
#include "backend/first_returns.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"

enum { ROWS = 64, MOST_WORDS = 64 };

typedef struct return_job {
    rqa__rows *rows;
    size_t n;
    uint8_t *absent; /* [n] NULL: none */
    uint64_t *area;  /* [worker][ROWS * MOST_WORDS] */
    uint64_t *count; /* [worker][n] */
} return_job;

enum { STAYS, IS_AWAY, IS_DONE };

/* The state of one row after words [first, first + n) of its cells, from column `at` on. */
static int follow(const return_job *r, uint64_t *count, size_t row, const uint64_t *bits,
                  size_t first, size_t n, int state)
{
    size_t at = row + 1 > 64 * first ? row + 1 : 64 * first;
    const size_t end = 64 * (first + n) < r->n ? 64 * (first + n) : r->n;
    while (at < end && state != IS_DONE) {
        /* While it stays the next cell that is white, then the next that is black. */
        const uint64_t wanted = state == STAYS ? ~bits[at / 64 - first] : bits[at / 64 - first];
        const uint64_t left = wanted >> at % 64;
        const size_t next = left ? at + (size_t)__builtin_ctzll(left) : (at / 64 + 1) * 64;
        const size_t stop = next < end ? next : end;
        for (; r->absent && at < stop; at++)
            if (r->absent[at])
                return IS_DONE;
        at = stop;
        if (at == end || !left)
            continue;
        if (state == IS_AWAY)
            count[at - row]++;
        state++;
    }
    return state;
}

static int look_at_rows(void *arg, size_t job, unsigned worker)
{
    const return_job *r = arg;
    const size_t row = job * ROWS, n_rows = r->n - row < ROWS ? r->n - row : ROWS;
    const size_t words = (r->n + 63) / 64;
    uint64_t *bits = r->area + (size_t)worker * ROWS * MOST_WORDS;
    uint64_t *count = r->count + (size_t)worker * r->n;
    uint8_t state[ROWS];
    size_t n_left = 0;
    for (size_t k = 0; k < n_rows; k++) {
        state[k] = r->absent && r->absent[row + k] ? IS_DONE : STAYS;
        n_left += state[k] != IS_DONE;
    }
    for (size_t word = row / 64, n = 4; word < words && n_left; word += n, n = n < MOST_WORDS ? 2 * n : n) {
        n = words - word < n ? words - word : n;
        const rqa__rows_area area = {.row = row,
                                     .n_rows = n_rows,
                                     .first_word = word,
                                     .n_words = n,
                                     .out = bits,
                                     .stride = MOST_WORDS};
        int status = rqa__rows_fill(r->rows, worker, &area);
        if (status)
            return rqa__fail(status, "cancelled");
        n_left = 0;
        for (size_t k = 0; k < n_rows; k++) {
            state[k] = (uint8_t)follow(r, count, row + k, bits + k * MOST_WORDS, word, n, state[k]);
            n_left += state[k] != IS_DONE;
        }
    }
    return RQA_OK;
}

static int make_room(return_job *r, const rqa__task *task, unsigned n_workers)
{
    r->area = rqa__alloc_array(n_workers, ROWS * MOST_WORDS * sizeof *r->area);
    r->count = rqa__calloc(n_workers * r->n, sizeof *r->count);
    if (!r->area || !r->count)
        return RQA_ERROR_MEMORY;
    if (!task->skips)
        return RQA_OK;
    r->absent = rqa__calloc(r->n, 1);
    if (!r->absent)
        return RQA_ERROR_MEMORY;
    rqa__side_absent(&task->x, 0, r->absent);
    if (task->relation == RQA__RELATION_JOINT)
        rqa__side_absent(&task->y, 0, r->absent);
    return RQA_OK;
}

int rqa__first_returns(uint64_t *count, const rqa__task *task, const rqa__bits_kernels *kernels,
                       const rqa__parallel *parallel, const atomic_int *cancel)
{
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    return_job r = {.n = rqa__side_vectors(&task->x, 0)};
    int status = make_room(&r, task, n_workers);
    if (!status)
        status = rqa__rows_open(&r.rows, task, kernels, parallel, cancel);
    if (status) {
        status = status == RQA_ERROR_MEMORY ? rqa__fail_memory("the first returns")
                                            : rqa__fail(status, "cancelled");
    } else {
        const size_t n_jobs = (r.n + ROWS - 1) / ROWS;
        if (parallel)
            status = parallel->run(parallel->pool, n_jobs, look_at_rows, &r);
        for (size_t k = 0; !parallel && k < n_jobs && !status; k++)
            status = look_at_rows(&r, k, 0);
    }
    if (!status) {
        memset(count, 0, r.n * sizeof *count);
        for (size_t w = 0; w < n_workers; w++)
            for (size_t k = 0; k < r.n; k++)
                count[k] += r.count[w * r.n + k];
    }
    rqa__free(r.area);
    rqa__free(r.count);
    rqa__free(r.absent);
    rqa__rows_close(r.rows);
    return status;
}

uint64_t rqa__first_returns_memory(const rqa__task *task, unsigned n_workers)
{
    const uint64_t n = rqa__side_vectors(&task->x, 0);
    return rqa__rows_memory(task, n_workers) +
           n_workers * (ROWS * MOST_WORDS + n) * sizeof(uint64_t) + (task->skips ? n : 0);
}
