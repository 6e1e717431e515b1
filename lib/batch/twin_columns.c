/* twin_columns.c - equal columns of a symmetric plot: rows by 128 bits of hash, then compared. */
#define XXH_INLINE_ALL /* nothing to link, nothing exported */
#include <xxhash.h>

#include "batch/twin_columns.h"

#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/row_producer.h"
#include "base/error.h"
#include "base/memory.h"
#include "plan/context_state.h"

enum { BAND = 64 };

typedef struct column {
    XXH128_hash_t hash;
    uint32_t vector;
    uint32_t single; /* one point, or none: no twins */
} column;

typedef struct search {
    rqa__rows *rows;
    size_t n, n_words;
    column *column;  /* [n] */
    uint64_t *words; /* [worker][BAND * n_words] */
} search;

static int has_two(const uint64_t *word, size_t n_words)
{
    int found = 0;
    for (size_t k = 0; k < n_words; k++) {
        if (word[k] == 0)
            continue;
        if (found || (word[k] & (word[k] - 1)))
            return 1;
        found = 1;
    }
    return 0;
}

static int fill_rows(const search *s, unsigned worker, size_t row, size_t n_rows, uint64_t *out)
{
    const rqa__rows_area area = {
        .row = row, .n_rows = n_rows, .n_words = s->n_words, .out = out, .stride = s->n_words};
    int status = rqa__rows_fill(s->rows, worker, &area);
    return status ? rqa__fail(status, "cancelled") : RQA_OK;
}

static int hash_band(void *arg, size_t job, unsigned worker)
{
    const search *s = arg;
    const size_t row = job * BAND, n_rows = s->n - row < BAND ? s->n - row : BAND;
    uint64_t *words = s->words + worker * BAND * s->n_words;
    int status = fill_rows(s, worker, row, n_rows, words);
    for (size_t r = 0; r < n_rows && !status; r++) {
        const uint64_t *word = words + r * s->n_words;
        s->column[row + r] = (column){.hash = XXH3_128bits(word, s->n_words * sizeof *word),
                                      .vector = (uint32_t)(row + r),
                                      .single = !has_two(word, s->n_words)};
    }
    return status;
}

static int by_hash(const void *a, const void *b)
{
    const column *x = a, *y = b;
    if (x->hash.high64 != y->hash.high64)
        return x->hash.high64 < y->hash.high64 ? -1 : 1;
    if (x->hash.low64 != y->hash.low64)
        return x->hash.low64 < y->hash.low64 ? -1 : 1;
    return x->vector < y->vector ? -1 : x->vector > y->vector;
}

/* Classes by hash; a vector whose column differs after all from the first one's is left alone. */
static int classify(const search *s, rqa__twins *t)
{
    uint64_t *model = s->words, *word = s->words + s->n_words;
    for (size_t first = 0, end; first < s->n; first = end) {
        const column *c = s->column + first;
        for (end = first + 1; end < s->n && !memcmp(&s->column[end].hash, &c->hash, sizeof c->hash);)
            end++;
        size_t n_kept = 1, n_left = 0;
        int status = end - first > 1 ? fill_rows(s, 0, c->vector, 1, model) : RQA_OK;
        t->member[first] = c->vector;
        for (size_t k = first + 1; k < end && !status; k++) {
            status = fill_rows(s, 0, s->column[k].vector, 1, word);
            if (!c->single && !memcmp(model, word, s->n_words * sizeof *word))
                t->member[first + n_kept++] = s->column[k].vector;
            else
                t->member[end - ++n_left] = s->column[k].vector;
        }
        if (status)
            return status;
        for (size_t k = first; k < end; k++) {
            const int kept = k < first + n_kept;
            t->first[t->member[k]] = (uint32_t)(kept ? first : k);
            t->end[t->member[k]] = (uint32_t)(kept ? first + n_kept : k + 1);
        }
    }
    return RQA_OK;
}

static int search_rows(search *s, rqa__twins *t, const rqa__parallel *parallel)
{
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    const size_t n_bands = (s->n + BAND - 1) / BAND;
    int status = RQA_OK;
    s->n_words = (s->n + 63) / 64;
    s->column = rqa__alloc_array(s->n, sizeof *s->column);
    s->words = rqa__alloc_array((size_t)n_workers * BAND, s->n_words * sizeof *s->words);
    t->member = rqa__alloc_array(s->n, sizeof *t->member);
    t->first = rqa__alloc_array(s->n, sizeof *t->first);
    t->end = rqa__alloc_array(s->n, sizeof *t->end);
    if (!s->column || !s->words || !t->member || !t->first || !t->end)
        return rqa__fail_memory("the twins");
    if (parallel)
        status = parallel->run(parallel->pool, n_bands, hash_band, s);
    for (size_t k = 0; !parallel && k < n_bands && !status; k++)
        status = hash_band(s, k, 0);
    if (status)
        return status;
    qsort(s->column, s->n, sizeof *s->column, by_hash);
    return classify(s, t);
}

int rqa__twins_find(rqa__twins *t, const rqa__analysis *a, uint32_t min_distance)
{
    const rqa__parallel *parallel = rqa__analysis_parallel(a);
    search s = {.n = rqa__side_vectors(&a->task.x, 0)};
    *t = (rqa__twins){.n = s.n, .min_distance = min_distance};
    int status = rqa__rows_open(&s.rows, &a->task, rqa__cpu_bits_kernels(a->context->cpu), parallel,
                                a->cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the rows of a matrix")
                                          : rqa__fail(status, "cancelled");
    if (!rqa__rows_are_symmetric(s.rows))
        status = rqa__fail(RQA_ERROR_UNSUPPORTED, "twins need a symmetric plot: options->analysis must "
                                                  "be a threshold for all vectors");
    else
        status = search_rows(&s, t, parallel);
    rqa__rows_close(s.rows);
    rqa__free(s.column);
    rqa__free(s.words);
    if (status)
        rqa__twins_release(t);
    return status;
}

void rqa__twins_release(rqa__twins *t)
{
    rqa__free(t->member);
    rqa__free(t->first);
    rqa__free(t->end);
    memset(t, 0, sizeof *t);
}

size_t rqa__twins_memory(const rqa__analysis *a, size_t n)
{
    const unsigned n_workers = a->choice.n_threads;
    return rqa__rows_memory(&a->task, n_workers) + n * (sizeof(column) + 3 * sizeof(uint32_t)) +
           (size_t)n_workers * BAND * ((n + 63) / 64) * sizeof(uint64_t);
}
