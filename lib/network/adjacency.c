/* adjacency.c - the edges of a recurrence network, row by row in the order of time: counted first, then
 * written where they belong, so that no number of threads changes them. */
#include "network/adjacency.h"

#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"

enum { ROWS = 64, WORDS = 128 };

typedef struct adjacency_job {
    rqa__rows *rows;
    rqa__adjacency *out;
    uint64_t theiler; /* at least 1 */
    uint64_t *area;   /* [worker][ROWS * WORDS] */
    uint64_t *at;     /* [row]: where its next neighbour goes; without neighbours yet, how many */
} adjacency_job;

/* Without the cells |i - j| < w, as many of them as lie in these words. */
static void clear_band(const adjacency_job *a, uint64_t *bits, size_t row, size_t first_word,
                       size_t n_words)
{
    const size_t n = a->out->n;
    const size_t low = row >= a->theiler ? row - (size_t)(a->theiler - 1) : 0;
    const size_t end = n - row > a->theiler ? row + (size_t)a->theiler : n;
    const size_t from = low > 64 * first_word ? low : 64 * first_word;
    const size_t upto = end < 64 * (first_word + n_words) ? end : 64 * (first_word + n_words);
    for (size_t column = from; column < upto; column++)
        bits[column / 64 - first_word] &= ~((uint64_t)1 << column % 64);
}

static void count_row(adjacency_job *a, const uint64_t *bits, size_t row, size_t n_words)
{
    for (size_t k = 0; k < n_words; k++)
        a->at[row] += (uint64_t)__builtin_popcountll(bits[k]);
}

static void write_row(adjacency_job *a, const uint64_t *bits, size_t row, size_t first_word,
                      size_t n_words)
{
    for (size_t k = 0; k < n_words; k++)
        for (uint64_t left = bits[k]; left; left &= left - 1)
            a->out->neighbours[a->at[row]++] =
                (uint32_t)(64 * (first_word + k) + (size_t)__builtin_ctzll(left));
}

static int read_rows(void *arg, size_t job, unsigned worker)
{
    adjacency_job *a = arg;
    const size_t n = a->out->n, row = job * ROWS, n_words = (n + 63) / 64;
    const size_t n_rows = n - row < ROWS ? n - row : ROWS;
    uint64_t *bits = a->area + (size_t)worker * ROWS * WORDS;
    for (size_t word = 0; word < n_words; word += WORDS) {
        const rqa__rows_area area = {.row = row,
                                     .n_rows = n_rows,
                                     .first_word = word,
                                     .n_words = n_words - word < WORDS ? n_words - word : WORDS,
                                     .out = bits,
                                     .stride = WORDS};
        int status = rqa__rows_fill(a->rows, worker, &area);
        if (status)
            return rqa__fail(status, "cancelled");
        for (size_t r = 0; r < n_rows; r++) {
            clear_band(a, bits + r * WORDS, row + r, word, area.n_words);
            if (a->out->neighbours)
                write_row(a, bits + r * WORDS, row + r, word, area.n_words);
            else
                count_row(a, bits + r * WORDS, row + r, area.n_words);
        }
    }
    return RQA_OK;
}

static int read_all(adjacency_job *a, const rqa__parallel *parallel)
{
    const size_t n_jobs = (a->out->n + ROWS - 1) / ROWS;
    int status = RQA_OK;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, read_rows, a);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = read_rows(a, k, 0);
    return status;
}

uint64_t rqa__adjacency_work_bytes(const rqa__task *task, unsigned n_workers)
{
    const uint64_t n = rqa__side_vectors(&task->x, 0);
    return rqa__rows_memory(task, n_workers) + (2 * n + 1) * sizeof(uint64_t) +
           (uint64_t)n_workers * ROWS * WORDS * sizeof(uint64_t);
}

/* From counts to places. */
static int make_room(adjacency_job *a, const rqa__adjacency_means *means, uint64_t work)
{
    const size_t n = a->out->n;
    uint64_t total = 0;
    for (size_t k = 0; k < n; k++) {
        a->out->starts[k] = total;
        total += a->at[k];
        a->at[k] = a->out->starts[k];
    }
    a->out->starts[n] = total;
    int status = means->check_memory(means->user, work + total * sizeof *a->out->neighbours);
    if (status)
        return status;
    a->out->neighbours = rqa__alloc_array(total ? (size_t)total : 1, sizeof *a->out->neighbours);
    return a->out->neighbours ? RQA_OK : rqa__fail_memory("the edges of a network");
}

int rqa__adjacency_find(rqa__adjacency *out, const rqa__task *task, const rqa__adjacency_means *means)
{
    const unsigned n_workers = means->parallel ? means->parallel->n_workers : 1;
    adjacency_job a = {.out = out, .theiler = task->theiler_points > 1 ? task->theiler_points : 1};
    const uint64_t work = rqa__adjacency_work_bytes(task, n_workers);
    memset(out, 0, sizeof *out);
    int status = means->check_memory(means->user, work);
    if (status)
        return status;
    out->n = rqa__side_vectors(&task->x, 0);
    out->starts = rqa__alloc_array(out->n + 1, sizeof *out->starts);
    a.at = rqa__calloc(out->n, sizeof *a.at);
    a.area = rqa__alloc_array((size_t)n_workers * ROWS * WORDS, sizeof *a.area);
    status = RQA_ERROR_MEMORY;
    if (out->starts && a.at && a.area)
        status = rqa__rows_open(&a.rows, task, means->kernels, means->parallel, means->cancel);
    if (status)
        status = status == RQA_ERROR_MEMORY ? rqa__fail_memory("the edges of a network")
                                            : rqa__fail(status, "cancelled");
    if (!status)
        status = read_all(&a, means->parallel);
    if (!status)
        status = make_room(&a, means, work);
    if (!status)
        status = read_all(&a, means->parallel);
    rqa__rows_close(a.rows);
    rqa__free(a.at);
    rqa__free(a.area);
    return status;
}

void rqa__adjacency_free(rqa__adjacency *adjacency)
{
    rqa__free(adjacency->starts);
    rqa__free(adjacency->neighbours);
}
