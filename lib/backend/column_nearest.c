/* column_nearest.c - of each column of a recurrence plot the cells that hold its nearest neighbours.
 *
 * A column is tried with a guess from the column before it: by a search tree, where that leaves most
 * cells alone; else as bits, and the distances of those it lets in are computed. Only where no guess
 * does all of a column's are.
 */
#include "backend/column_nearest.h"

#include <math.h>
#include <string.h>

#include "backend/column_tree.h"
#include "backend/row_producer.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/order_statistic.h"
#include "base/smaller.h"
#include "data/bit_range.h"
#include "plan/analysis_rules.h"

enum {
    COLUMNS = 64, /* of a job */
    MOST_TRIES = 6,
    PROBES = 16, /* columns whose distances say how far neighbours may be */
    MANY = 200   /* neighbours from which a second guess saves more distances than it costs */
};

/* A guess is so much farther than it should be, to be far enough; and a second one is so much of it. */
static const double far_guess = 1.015, near_guess = 0.96;

typedef struct worker_room {
    uint64_t *bits, *nearer; /* nearer: [n_words] of a second guess */
    double *distance, *spare; /* [n_y] of a column's candidates, by rising row */
    uint32_t *row;
    double *value; /* [n_y] */
    rqa__column_tree_room tree; /* the same arrays */
    double before, step; /* the distance found last, and what it was of the one before that: from them
                            the next is guessed. -1: none */
} worker_room;

typedef struct finder {
    const rqa__ranked_cells *cells;
    const atomic_int *cancel;
    rqa__nearest_sink sink;
    void *user;
    double *bound; /* [n_x] of each column's guess */
    double most;   /* none is above it: bits are made ready for no farther ones */
    rqa__distance_space space; /* its x is y's side: a column is a row of distances */
    rqa__rows *rows;        /* by bits; or */
    rqa__column_tree *tree; /* by a tree */
    size_t n_x, n_y, n_words;
    uint64_t k;
    int only_last;
    uint8_t *absent; /* [n_x], where samples are missing */
    worker_room *room;
} finder;

rqa__distance_space rqa__column_space(const rqa__ranked_cells *cells)
{
    const rqa__side *x = cells->x, *y = cells->y;
    return (rqa__distance_space){.x = y->channel,
                                 .y = x->channel,
                                 .x_delay = y->delay,
                                 .y_delay = x->delay,
                                 .n_channels = x->n_channels,
                                 .dim = x->dims[0],
                                 .norm = cells->norm};
}

void rqa__column_band(const rqa__ranked_cells *cells, size_t i, size_t *first, size_t *end)
{
    const size_t n_y = rqa__side_vectors(cells->y, 0);
    const uint64_t w = cells->theiler;
    *first = w > i ? 0 : i - (size_t)w + 1;
    *end = w < n_y && i < n_y - w ? i + (size_t)w : n_y;
    *first = w == 0 ? 0 : rqa__smaller(*first, n_y);
    *end = w == 0 || *end < *first ? *first : *end;
}

/* ---- candidates ---- */

/* All of a column. 0 or RQA_ERROR_CANCELLED. */
static int take_all(const finder *f, worker_room *room, size_t i, size_t *n)
{
    const uint64_t terms = (uint64_t)f->space.dim * f->space.n_channels;
    const size_t step = rqa__smaller((size_t)rqa__steps_between_looks(terms), f->n_y);
    size_t first, end;
    *n = 0;
    rqa__column_band(f->cells, i, &first, &end);
    for (size_t j = 0; j < f->n_y; j += step) {
        if (rqa__is_cancelled(f->cancel))
            return RQA_ERROR_CANCELLED;
        f->cells->distances->values(&f->space, j, rqa__smaller(step, f->n_y - j), i,
                                    room->value + j);
    }
    for (size_t j = 0; j < f->n_y; j++) {
        if ((j >= first && j < end) || isnan(room->value[j]))
            continue;
        room->row[*n] = (uint32_t)j;
        room->distance[(*n)++] = rqa__value_distance(f->space.norm, room->value[j]);
    }
    return RQA_OK;
}

/* Those whose bits are set. */
static size_t take_bits(const finder *f, worker_room *room, size_t i)
{
    size_t n = 0;
    double value[64];
    for (size_t k = 0; k < f->n_words; k++) {
        uint64_t word = room->bits[k];
        if (!word)
            continue;
        const int dense = (word & (word - 1)) != 0; /* of two cells all distances of the word */
        if (dense)
            f->cells->distances->values(&f->space, 64 * k, rqa__smaller(64, f->n_y - 64 * k), i,
                                        value);
        for (; word; word &= word - 1) {
            const size_t b = (size_t)__builtin_ctzll(word);
            if (!dense)
                f->cells->distances->values(&f->space, 64 * k + b, 1, i, value + b);
            room->row[n] = (uint32_t)(64 * k + b);
            room->distance[n++] = rqa__value_distance(f->space.norm, value[b]);
        }
    }
    return n;
}

/* ---- one column ---- */

/* How much farther, or less far, where c of k neighbours lie: points fill an area at least. */
static double step_for(double k, double c)
{
    const double step = c > 0 ? sqrt(k / c) : 4;
    return step > 4 ? 4 : step;
}

/* The cells of column i out to about a guess, as bits; *n: how many. 0 or RQA_ERROR_CANCELLED. */
static int look_within(const finder *f, unsigned worker, size_t i, double guess, uint64_t *bits,
                       uint64_t *n)
{
    size_t first, end;
    rqa__column_band(f->cells, i, &first, &end);
    f->bound[i] = rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, guess);
    rqa__rows_renew_column(f->rows, i);
    int status = rqa__rows_column(f->rows, worker, i, bits);
    if (status)
        return status;
    rqa__clear_range(bits, first, end);
    *n = f->cells->bits->count(bits, f->n_words);
    return RQA_OK;
}

/* Takes those away that are too near to be the k-th; *n_nearer: how many. Where the guess was too far
 * for that, it is the better one for all. */
static int leave_nearer(const finder *f, unsigned worker, size_t i, double guess, uint64_t *n_nearer)
{
    worker_room *room = &f->room[worker];
    int status = look_within(f, worker, i, guess, room->nearer, n_nearer);
    const int too_far = *n_nearer >= f->k;
    for (size_t w = 0; w < f->n_words && !status; w++)
        room->bits[w] = too_far ? room->nearer[w] : room->bits[w] & ~room->nearer[w];
    if (too_far)
        *n_nearer = 0;
    return status;
}

static int may_guess(const finder *f, double guess)
{
    return guess > 0 && rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, guess) <= f->most;
}

/* Candidates for column i out to about a guess, `about` being what it may need;
 * out->n SIZE_MAX: no guess did. 0 or RQA_ERROR_CANCELLED. */
static int try_guesses(const finder *f, unsigned worker, size_t i, double about, rqa__nearest *out)
{
    const double k = (double)f->k;
    double guess = far_guess * about;
    uint64_t c = 0, n_nearer = 0;
    out->n = SIZE_MAX;
    for (int tries = 0; tries < MOST_TRIES && may_guess(f, guess); tries++) {
        int status = look_within(f, worker, i, guess, f->room[worker].bits, &c);
        if (!status && c >= f->k && (tries > 1 || (double)c <= 2 * k + 512)) {
            if (f->only_last && f->k >= MANY)
                status = leave_nearer(f, worker, i, near_guess * guess,
                                      &n_nearer);
            out->n = status ? 0 : take_bits(f, &f->room[worker], i);
            out->n_nearer = (size_t)n_nearer;
            return status;
        }
        if (status)
            return status;
        guess *=
            c < f->k ? fmax(1.05, step_for(1.25 * k, (double)c)) : step_for(1.3 * k, (double)c);
    }
    return RQA_OK;
}

/* The same by the tree: what it finds is all there is. */
static int try_tree(const finder *f, unsigned worker, size_t i, double about, rqa__nearest *out)
{
    double guess = far_guess * about;
    size_t band[2];
    rqa__column_band(f->cells, i, &band[0], &band[1]);
    for (int tries = 0; tries < MOST_TRIES && guess > 0 && isfinite(guess); tries++) {
        const double most = rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, guess);
        const size_t n = rqa__column_tree_take(f->tree, &f->room[worker].tree, i, most, band);
        if (n >= f->k) {
            out->n = n;
            return RQA_OK;
        }
        if (rqa__is_cancelled(f->cancel))
            return RQA_ERROR_CANCELLED;
        guess *= fmax(1.05, step_for(1.25 * (double)f->k, (double)n));
    }
    return RQA_OK;
}

/* Columns in turn are vectors in turn: as a rule distances go on as they went. */
static void follow(worker_room *room, double d)
{
    const double step = room->before > 0 ? d / room->before : 1;
    if (!(d > 0))
        return;
    room->step = step < 0.9 ? 0.9 : step > 1.1 ? 1.1 : step;
    room->before = d;
}

static int find_columns(void *arg, size_t job, unsigned worker)
{
    const finder *f = arg;
    worker_room *room = &f->room[worker];
    for (size_t i = job * COLUMNS; i < rqa__smaller((job + 1) * COLUMNS, f->n_x); i++) {
        rqa__nearest nearest = {room->row, room->distance, room->spare, SIZE_MAX, 0};
        int status = rqa__is_cancelled(f->cancel) ? RQA_ERROR_CANCELLED : RQA_OK;
        if (!status && f->absent && f->absent[i])
            nearest.n = 0;
        else if (!status)
            status = (f->tree ? try_tree : try_guesses)(f, worker, i, room->before * room->step,
                                                        &nearest);
        if (!status && nearest.n == SIZE_MAX)
            status = take_all(f, room, i, &nearest.n);
        if (status)
            return rqa__fail(status, "cancelled");
        double d = -1;
        status = f->sink(f->user, i, &nearest, &d);
        if (status)
            return status;
        follow(room, d);
    }
    return RQA_OK;
}

/* ---- all of them ---- */

/* The k-th distance of a few columns, -1 where there is none. */
static int probe(const finder *f, double d[PROBES])
{
    for (size_t p = 0; p < PROBES; p++) {
        size_t n;
        if (take_all(f, f->room, f->n_x / PROBES * p, &n))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        d[p] = n == 0 ? -1
                      : rqa__select_double(f->room->distance, n,
                                           (size_t)(f->k < n ? f->k : n) - 1);
    }
    return RQA_OK;
}

/* What bits of all guesses are made ready for: about the largest distance. */
static double bound_of(const finder *f, const double d[PROBES])
{
    double most = 0;
    for (size_t p = 0; p < PROBES; p++)
        most = d[p] > most ? d[p] : most;
    return rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, 2 * most);
}

/* Whether the tree computes so few values that bits of all cells would take longer: a value costs as
 * much as some bits, more where it has many terms. */
static int tree_pays(const finder *f, const double d[PROBES])
{
    static const size_t none[2] = {0, 0};
    const double bits_a_value = 6 + (double)rqa__column_tree_coordinates(f->cells);
    rqa__column_tree_room *room = &f->room->tree;
    room->n_looks = 0;
    for (size_t p = 0; p < PROBES; p++)
        if (d[p] >= 0)
            rqa__column_tree_take(f->tree, room, f->n_x / PROBES * p,
                                  rqa__bound((int32_t)f->cells->norm, RQA_COMPARE_LE, d[p]), none);
    return (double)room->n_looks * bits_a_value < (double)PROBES * (double)f->n_y;
}

static int create_room(finder *f, unsigned n_workers)
{
    f->room = rqa__calloc(n_workers, sizeof *f->room);
    int enough = f->room != NULL;
    const size_t n_query = rqa__column_tree_coordinates(f->cells);
    for (unsigned k = 0; enough && k < n_workers; k++) {
        worker_room *room = &f->room[k];
        room->bits = rqa__calloc(2 * f->n_words, sizeof *room->bits);
        room->nearer = room->bits ? room->bits + f->n_words : NULL;
        room->distance = rqa__alloc_array(3 * f->n_y + n_query, sizeof *room->distance);
        room->row = rqa__alloc_array(f->n_y, sizeof *room->row);
        room->before = -1;
        room->step = 1;
        enough = room->bits && room->distance && room->row;
        room->spare = enough ? room->distance + f->n_y : NULL;
        room->value = enough ? room->spare + f->n_y : NULL;
        /* Rows' bits and the words' that have any are fewer than two for each row. */
        room->tree = (rqa__column_tree_room){.row = room->row,
                                             .distance = room->distance,
                                             .value = room->value,
                                             .bits = room->bits,
                                             .query = enough ? room->value + f->n_y : NULL};
    }
    f->bound = rqa__alloc_array(f->n_x, sizeof *f->bound);
    enough = enough && f->bound;
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
    rqa__free(f->bound);
    rqa__free(f->absent);
}

/* Whose rows the guesses are. */
static rqa__task task_of(const rqa__ranked_cells *c, const double *bound, const rqa__limits *limits)
{
    return (rqa__task){.relation = RQA__RELATION_CROSS,
                       .norm = c->norm,
                       .n_dims = 1,
                       .n_thresholds = 1,
                       .x = *c->x,
                       .y = *c->y,
                       .bounds = bound,
                       .limits = limits,
                       .skips = (uint32_t)c->skips};
}

static int find_all(finder *f, const rqa__parallel *parallel)
{
    const size_t n_jobs = (f->n_x + COLUMNS - 1) / COLUMNS;
    int status = RQA_OK;
    if (parallel)
        return parallel->run(parallel->pool, n_jobs, find_columns, f);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = find_columns(f, k, 0);
    return status;
}

static int find_by_bits(finder *f, const rqa__parallel *parallel)
{
    const rqa__ranked_cells *c = f->cells;
    const rqa__limits limits = {.columns = f->bound};
    const rqa__task task = task_of(c, &f->most, &limits);
    for (size_t i = 0; i < f->n_x; i++)
        f->bound[i] = f->most;
    int status = rqa__rows_open(&f->rows, &task, c->bits, parallel, f->cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("the neighbours of every vector")
                                          : rqa__fail(status, "cancelled");
    status = find_all(f, parallel);
    rqa__rows_close(f->rows);
    return status;
}

/* *pays: whether it has been done. */
static int find_by_tree(finder *f, const rqa__parallel *parallel, int way, const double d[PROBES],
                        int *pays)
{
    rqa__column_tree tree;
    int status = rqa__column_tree_create(&tree, f->cells);
    f->tree = &tree;
    *pays = !status && (way == RQA__NEAREST_BY_TREE || tree_pays(f, d));
    if (*pays)
        status = find_all(f, parallel);
    f->tree = NULL;
    rqa__column_tree_destroy(&tree);
    return status;
}

static int find(finder *f, const rqa__parallel *parallel, int way)
{
    double d[PROBES];
    int is_done = 0, status = probe(f, d);
    const int may = !f->cells->skips && way != RQA__NEAREST_BY_BITS;
    if (!status && may && (way == RQA__NEAREST_BY_TREE || rqa__column_tree_is_possible(f->cells)))
        status = find_by_tree(f, parallel, way, d, &is_done);
    if (status || is_done)
        return status;
    f->most = bound_of(f, d);
    return find_by_bits(f, parallel);
}

int rqa__column_nearest(const rqa__ranked_cells *cells, const rqa__nearest_wish *wish,
                        const rqa__parallel *parallel, const atomic_int *cancel,
                        rqa__nearest_sink sink, void *user)
{
    const rqa__side *x = cells->x, *y = cells->y;
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    finder f = {.cells = cells,
                .cancel = cancel,
                .sink = sink,
                .user = user,
                .space = rqa__column_space(cells),
                .n_x = rqa__side_vectors(x, 0),
                .n_y = rqa__side_vectors(y, 0),
                .k = wish->k,
                .only_last = wish->only_last};
    f.n_words = (f.n_y + 63) / 64;
    int status = create_room(&f, n_workers);
    if (!status)
        status = find(&f, parallel, wish->way);
    destroy_room(&f, n_workers);
    return status;
}

size_t rqa__column_nearest_memory(const rqa__ranked_cells *cells, unsigned n_workers)
{
    static const rqa__limits limits = {0};
    const size_t n_x = rqa__side_vectors(cells->x, 0), n_y = rqa__side_vectors(cells->y, 0);
    const rqa__task task = task_of(cells, NULL, &limits);
    const size_t column = 3 * sizeof(double) + sizeof(uint32_t) + 1;
    const size_t query = rqa__column_tree_coordinates(cells) * sizeof(double);
    const size_t rows = rqa__rows_memory(&task, n_workers);
    const size_t tree =
        rqa__column_tree_is_possible(cells) ? (size_t)rqa__column_tree_memory(cells) : 0;
    return (rows > tree ? rows : tree) + n_workers * (n_y * column + query) +
           n_x * (sizeof(double) + 1);
}
