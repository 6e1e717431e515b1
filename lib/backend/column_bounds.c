/* column_bounds.c - the bound under which each column of a recurrence plot has so many neighbours.
 *
 * A column is tried with a guess from the column before it, as bits; the distances of those it lets
 * in are computed, and selected from. Only where no guess does all of a column's are.
 */
#include "backend/column_bounds.h"

#include <math.h>
#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "plan/analysis_rules.h"

enum {
    COLUMNS = 64, /* of a job */
    MOST_TRIES = 6,
    PROBES = 16,  /* columns whose distances say how far neighbours may be */
    DENSE = 5     /* cells of a word from which all of its distances are computed */
};

typedef struct worker_room {
    uint64_t *bits;
    double *distance, *spare; /* [n_y] of a column's candidates, by rising row */
    uint32_t *row;
    double *value; /* [n_y] */
} worker_room;

typedef struct finder {
    const rqa__ranked_cells *cells;
    const rqa__column_bounds *out;
    const atomic_int *cancel;
    rqa__distance_space space; /* its x is y's side: a column is a row of distances */
    rqa__rows *rows;
    size_t n_x, n_y, n_words;
    uint64_t k;
    uint8_t *absent; /* [n_x], where samples are missing */
    worker_room *room;
} finder;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Rows of column i that the Theiler window takes. */
static void band_of(const finder *f, size_t i, size_t *first, size_t *end)
{
    const uint64_t w = f->cells->theiler;
    *first = w > i ? 0 : i - (size_t)w + 1;
    *end = w < f->n_y && i < f->n_y - w ? i + (size_t)w : f->n_y;
    *first = w == 0 ? 0 : smaller(*first, f->n_y);
    *end = w == 0 || *end < *first ? *first : *end;
}

static double distance_of(const finder *f, double value)
{
    return f->space.norm == RQA__NORM_EUCLIDEAN ? sqrt(value) : value;
}

/* ---- candidates ---- */

/* All of a column. 0 or RQA_ERROR_CANCELLED. */
static int take_all(const finder *f, worker_room *room, size_t i, size_t *n)
{
    const uint64_t terms = (uint64_t)f->space.dim * f->space.n_channels;
    const size_t step = smaller((size_t)rqa__steps_between_looks(terms), f->n_y);
    size_t first, end;
    *n = 0;
    band_of(f, i, &first, &end);
    for (size_t j = 0; j < f->n_y; j += step) {
        if (rqa__is_cancelled(f->cancel))
            return RQA_ERROR_CANCELLED;
        f->cells->distances->values(&f->space, j, smaller(step, f->n_y - j), i, room->value + j);
    }
    for (size_t j = 0; j < f->n_y; j++) {
        if ((j >= first && j < end) || isnan(room->value[j]))
            continue;
        room->row[*n] = (uint32_t)j;
        room->distance[(*n)++] = distance_of(f, room->value[j]);
    }
    return RQA_OK;
}

static void clear_rows(uint64_t *bits, size_t first, size_t end)
{
    for (; first < end && first % 64; first++)
        bits[first / 64] &= ~((uint64_t)1 << first % 64);
    for (; first + 64 <= end; first += 64)
        bits[first / 64] = 0;
    for (; first < end; first++)
        bits[first / 64] &= ~((uint64_t)1 << first % 64);
}

/* Those whose bits are set. */
static size_t take_bits(const finder *f, worker_room *room, size_t i)
{
    size_t n = 0;
    double value[64];
    for (size_t k = 0; k < f->n_words; k++) {
        uint64_t word = room->bits[k];
        const int dense = __builtin_popcountll(word) >= DENSE;
        if (dense)
            f->cells->distances->values(&f->space, 64 * k, smaller(64, f->n_y - 64 * k), i, value);
        for (; word; word &= word - 1) {
            const size_t b = (size_t)__builtin_ctzll(word);
            if (!dense)
                f->cells->distances->values(&f->space, 64 * k + b, 1, i, value + b);
            room->row[n] = (uint32_t)(64 * k + b);
            room->distance[n++] = distance_of(f, value[b]);
        }
    }
    return n;
}

/* ---- one column ---- */

/* The bounds of a column whose candidates are n, of which the k nearest are wanted. */
static double settle(const finder *f, worker_room *room, size_t i, size_t n)
{
    const int32_t norm = (int32_t)f->cells->norm;
    const size_t k = f->k < n ? (size_t)f->k : n;
    double d = -1;
    f->out->bound[i] = -1;
    if (f->out->last) {
        f->out->untied[i] = -1;
        f->out->last[i] = 0;
    }
    if (n == 0)
        return d;
    memcpy(room->spare, room->distance, n * sizeof *room->spare);
    d = rqa__select_double(room->spare, n, k - 1);
    f->out->bound[i] = rqa__bound(norm, RQA_COMPARE_LE, d);
    if (!f->out->last)
        return d;
    size_t left = k;
    for (size_t c = 0; c < n; c++)
        left -= room->distance[c] < d;
    f->out->last[i] = UINT32_MAX;
    for (size_t c = 0; f->k <= n && left > 0; c++)
        if (room->distance[c] == d) {
            f->out->last[i] = room->row[c];
            left--;
        }
    f->out->untied[i] = rqa__bound(norm, RQA_COMPARE_LT, d);
    return d;
}

/* How much farther, or less far, where c of k neighbours lie: points fill an area at least. */
static double step_for(double k, double c)
{
    const double step = c > 0 ? sqrt(k / c) : 4;
    return step > 4 ? 4 : step;
}

/* Candidates for column i out to about `guess`; SIZE_MAX: no guess did. 0 or RQA_ERROR_CANCELLED. */
static int try_guesses(const finder *f, unsigned worker, size_t i, double guess, size_t *n)
{
    worker_room *room = &f->room[worker];
    const double k = (double)f->k;
    size_t first, end;
    *n = SIZE_MAX;
    band_of(f, i, &first, &end);
    for (int tries = 0; tries < MOST_TRIES && guess > 0 && isfinite(guess); tries++) {
        f->out->bound[i] = rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, guess);
        rqa__rows_renew_column(f->rows, i);
        int status = rqa__rows_column(f->rows, worker, i, room->bits);
        if (status)
            return status;
        clear_rows(room->bits, first, end);
        const uint64_t c = f->cells->bits->count(room->bits, f->n_words);
        if (c >= f->k && (tries > 1 || (double)c <= 2 * k + 512)) {
            *n = take_bits(f, room, i);
            return RQA_OK;
        }
        guess *= c < f->k ? fmax(1.05, step_for(1.25 * k, (double)c)) : step_for(1.3 * k, (double)c);
    }
    return RQA_OK;
}

static int find_columns(void *arg, size_t job, unsigned worker)
{
    const finder *f = arg;
    worker_room *room = &f->room[worker];
    double guess = -1;
    for (size_t i = job * COLUMNS; i < smaller((job + 1) * COLUMNS, f->n_x); i++) {
        size_t n = SIZE_MAX;
        int status = rqa__is_cancelled(f->cancel) ? RQA_ERROR_CANCELLED : RQA_OK;
        if (!status && f->absent && f->absent[i])
            n = 0;
        else if (!status)
            status = try_guesses(f, worker, i, guess, &n);
        if (!status && n == SIZE_MAX)
            status = take_all(f, room, i, &n);
        if (status)
            return rqa__fail(status, "cancelled");
        const double d = settle(f, room, i, n);
        guess = d > 0 ? 1.08 * d : guess;
    }
    return RQA_OK;
}

/* ---- all of them ---- */

/* About the largest of them, which the bits of all guesses are made ready for. */
static int probe(const finder *f, double *bound)
{
    double most = 0;
    for (size_t p = 0; p < PROBES; p++) {
        size_t n;
        if (take_all(f, f->room, f->n_x / PROBES * p, &n))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (n == 0)
            continue;
        const double d = rqa__select_double(f->room->distance, n, (size_t)(f->k < n ? f->k : n) - 1);
        most = d > most ? d : most;
    }
    *bound = rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, 2 * most);
    return RQA_OK;
}

static int create_room(finder *f, unsigned n_workers)
{
    f->room = rqa__calloc(n_workers, sizeof *f->room);
    int enough = f->room != NULL;
    for (unsigned k = 0; enough && k < n_workers; k++) {
        worker_room *room = &f->room[k];
        room->bits = rqa__alloc_array(f->n_words, sizeof *room->bits);
        room->distance = rqa__alloc_array(3 * f->n_y, sizeof *room->distance);
        room->row = rqa__alloc_array(f->n_y, sizeof *room->row);
        enough = room->bits && room->distance && room->row;
        room->spare = enough ? room->distance + f->n_y : NULL;
        room->value = enough ? room->spare + f->n_y : NULL;
    }
    if (enough && f->cells->skips) {
        f->absent = rqa__calloc(f->n_x, 1);
        enough = f->absent != NULL;
        if (enough)
            rqa__side_absent(f->cells->x, 0, f->absent);
    }
    return enough ? RQA_OK : rqa__fail_memory("the neighbours of every vector");
}

static void destroy_room(finder *f, unsigned n_workers)
{
    for (unsigned k = 0; f->room && k < n_workers; k++) {
        rqa__free(f->room[k].bits);
        rqa__free(f->room[k].distance);
        rqa__free(f->room[k].row);
    }
    rqa__free(f->room);
    rqa__free(f->absent);
}

static int find(finder *f, const rqa__parallel *parallel)
{
    const rqa__ranked_cells *c = f->cells;
    double most;
    int status = probe(f, &most);
    if (status)
        return status;
    const rqa__limits limits = {.columns = f->out->bound};
    const rqa__task task = {.relation = RQA__RELATION_CROSS,
                            .norm = c->norm,
                            .n_dims = 1,
                            .n_thresholds = 1,
                            .x = *c->x,
                            .y = *c->y,
                            .bounds = &most,
                            .limits = &limits,
                            .skips = (uint32_t)c->skips};
    for (size_t i = 0; i < f->n_x; i++)
        f->out->bound[i] = most;
    status = rqa__rows_open(&f->rows, &task, c->bits, parallel, f->cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the neighbours of every vector")
                                          : rqa__fail(status, "cancelled");
    const size_t n_jobs = (f->n_x + COLUMNS - 1) / COLUMNS;
    if (parallel)
        status = parallel->run(parallel->pool, n_jobs, find_columns, f);
    for (size_t k = 0; !parallel && k < n_jobs && !status; k++)
        status = find_columns(f, k, 0);
    rqa__rows_close(f->rows);
    return status;
}

int rqa__column_bounds_find(const rqa__ranked_cells *cells, uint64_t k,
                            const rqa__parallel *parallel, const atomic_int *cancel,
                            const rqa__column_bounds *out)
{
    const rqa__side *x = cells->x, *y = cells->y;
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    finder f = {.cells = cells,
                .out = out,
                .cancel = cancel,
                .space = {.x = y->channel,
                          .y = x->channel,
                          .x_delay = y->delay,
                          .y_delay = x->delay,
                          .n_channels = x->n_channels,
                          .dim = x->dims[0],
                          .norm = cells->norm},
                .n_x = rqa__side_vectors(x, 0),
                .n_y = rqa__side_vectors(y, 0),
                .k = k};
    f.n_words = (f.n_y + 63) / 64;
    int status = create_room(&f, n_workers);
    if (!status)
        status = find(&f, parallel);
    destroy_room(&f, n_workers);
    return status;
}
