/* distance_pass.c - one pass over the cells of a recurrence plot: how many lie within either end of
 * a band of distances, and the distances between them, one by one or as a histogram. */
#include "backend/distance_search.h"
#include "backend/distance_tiles.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "data/bit_range.h"
#include "plan/analysis_rules.h"

enum { DENSE = 5 }; /* cells of a word from which all of its distances are computed */

static void take_value(rqa__search *s, rqa__pass_worker *w, double value)
{
    const double distance = rqa__value_distance(s->space.norm, value);
    rqa__take_distances(s, w, &distance, 1);
}

/* Cells of row j in a word whose first column is i. */
static void take_word(rqa__search *s, rqa__pass_worker *w, uint64_t word, size_t i, size_t j)
{
    double value[64];
    if (__builtin_popcountll(word) >= DENSE) {
        s->cells->distances->values(&s->space, i, rqa__smaller(64, s->n_x - i), j, value);
        for (; word; word &= word - 1)
            take_value(s, w, value[__builtin_ctzll(word)]);
        return;
    }
    for (; word; word &= word - 1) {
        s->cells->distances->values(&s->space, i + (size_t)__builtin_ctzll(word), 1, j, value);
        take_value(s, w, value[0]);
    }
}

/* Columns [first, end) of a row whose first word begins with column `origin`. */
static void clear_columns(uint64_t *row, size_t origin, size_t n_words, size_t first, size_t end)
{
    first = first > origin ? first - origin : 0;
    end = end > origin ? rqa__smaller(end - origin, 64 * n_words) : 0;
    rqa__clear_range(row, first, end);
}

/* Of an auto plot what lies to the right of the main diagonal stands for both sides. */
static void clear_absent(const rqa__search *s, uint64_t *row, size_t origin, size_t n_words,
                         size_t j)
{
    const uint64_t w = s->cells->theiler;
    const uint64_t right = s->cells->is_auto && w == 0 ? 1 : w;
    const size_t first = s->cells->is_auto ? 0 : w > j ? 0 : j - (size_t)w + 1;
    const size_t end = right < s->n_x && j < s->n_x - right ? j + (size_t)right : s->n_x;
    clear_columns(row, origin, n_words, first, end);
}

static void take_row(rqa__search *s, rqa__pass_worker *w, size_t r, size_t origin, size_t n_words,
                     size_t j)
{
    uint64_t *upto = w->upto + r * RQA__PASS_WORDS, *below = w->below + r * RQA__PASS_WORDS;
    clear_absent(s, upto, origin, n_words, j);
    w->n_upto += s->cells->bits->count(upto, n_words);
    if (s->rows_below) {
        clear_absent(s, below, origin, n_words, j);
        w->n_below += s->cells->bits->count(below, n_words);
    }
    for (size_t k = 0; s->mode != RQA__PASS_COUNT && k < n_words; k++) {
        const uint64_t word = s->rows_below ? upto[k] & ~below[k] : upto[k];
        if (word)
            take_word(s, w, word, origin + 64 * k, j);
    }
}

static int pass_job(void *arg, size_t job, unsigned worker)
{
    rqa__search *s = arg;
    rqa__pass_worker *w = s->worker[worker];
    const size_t row = job * RQA__PASS_ROWS, n_rows = rqa__smaller(RQA__PASS_ROWS, s->n_y - row);
    const size_t words = (s->n_x + 63) / 64;
    for (size_t word = s->cells->is_auto ? row / 64 : 0; word < words; word += RQA__PASS_WORDS) {
        rqa__rows_area area = {.row = row,
                               .n_rows = n_rows,
                               .first_word = word,
                               .n_words = rqa__smaller(words - word, RQA__PASS_WORDS),
                               .out = w->upto,
                               .stride = RQA__PASS_WORDS};
        int status = rqa__rows_fill(s->rows_upto, worker, &area);
        area.out = w->below;
        if (!status && s->rows_below)
            status = rqa__rows_fill(s->rows_below, worker, &area);
        if (status)
            return rqa__fail(status, "cancelled");
        for (size_t r = 0; r < n_rows; r++)
            take_row(s, w, r, 64 * word, area.n_words, row + r);
    }
    return RQA_OK;
}

static int open_rows(rqa__search *s, rqa__rows **rows, const double *bound)
{
    const rqa__ranked_cells *c = s->cells;
    rqa__task task = rqa__ranked_task(c);
    task.bounds = bound;
    int status = rqa__rows_open(rows, &task, c->bits, s->parallel, s->cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("a threshold from a recurrence rate")
                                          : rqa__fail(status, "cancelled");
    return RQA_OK;
}

static int make_room(rqa__search *s)
{
    int enough = 1;
    if (s->mode == RQA__PASS_COLLECT) {
        rqa__free(s->found);
        s->found = rqa__alloc_array(s->room, sizeof *s->found);
        enough = s->found != NULL;
    }
    for (unsigned k = 0; k < s->n_workers; k++) {
        rqa__pass_worker *w = s->worker[k];
        w->n_upto = w->n_below = 0;
        w->at = w->end = 0;
        if (s->mode != RQA__PASS_HISTOGRAM)
            continue;
        rqa__free(w->bin);
        w->bin = rqa__calloc(RQA__PASS_BINS, sizeof *w->bin);
        enough &= w->bin != NULL;
    }
    atomic_store(&s->taken, 0);
    atomic_store(&s->overflow, 0);
    return enough ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
}

static int run_jobs(rqa__search *s, int (*job)(void *, size_t, unsigned))
{
    const size_t n_jobs = (s->n_y + RQA__PASS_ROWS - 1) / RQA__PASS_ROWS;
    int status = RQA_OK;
    if (s->parallel)
        return s->parallel->run(s->parallel->pool, n_jobs, job, s);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = job(s, k, 0);
    return status;
}

static int pass_by_rows(rqa__search *s)
{
    int status = open_rows(s, &s->rows_upto, &s->bound[1]);
    if (!status && s->band.low >= 0)
        status = open_rows(s, &s->rows_below, &s->bound[0]);
    if (!status)
        status = run_jobs(s, pass_job);
    rqa__rows_close(s->rows_upto);
    rqa__rows_close(s->rows_below);
    s->rows_upto = s->rows_below = NULL;
    return status;
}

static int open_tiles(rqa__search *s)
{
    const int32_t norm = (int32_t)s->cells->norm;
    s->bound[0] = s->band.low < 0 ? -1 : rqa__bound(norm, RQA_COMPARE_LE, s->band.low);
    s->bound[1] = rqa__bound(norm, RQA_COMPARE_LE, s->band.high);
    return rqa__distance_tiles_open(s);
}

int rqa__distance_pass_ns(rqa__search *s, double *ns)
{
    const int status = open_tiles(s);
    *ns = s->tiles ? rqa__distance_tiles_ns(s) : rqa__distance_tiles_rows_ns(s);
    rqa__distance_tiles_close(s);
    return status;
}

int rqa__distance_pass(rqa__search *s)
{
    int status = make_room(s);
    if (!status)
        status = open_tiles(s);
    if (!status)
        status = s->tiles ? run_jobs(s, rqa__distance_tiles_job) : pass_by_rows(s);
    rqa__distance_tiles_close(s);
    s->band.at_low = s->band.at_high = 0;
    for (unsigned k = 0; k < s->n_workers; k++) {
        s->band.at_low += s->worker[k]->n_below;
        s->band.at_high += s->worker[k]->n_upto;
    }
    for (unsigned k = 0; k < s->n_workers; k++)
        for (size_t t = s->worker[k]->at; t < s->worker[k]->end; t++)
            s->found[t] = -1;
    return status;
}
