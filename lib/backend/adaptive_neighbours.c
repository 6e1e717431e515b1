/* adaptive_neighbours.c - the symmetric plot in which every vector in turn is linked with its nearest
 * one.
 *
 * Each vector has a queue of those nearest to it, by distance and index, in which those are marked that
 * it is linked with; so the next one is never behind the last. Where all of a queue is linked, a queue
 * of twice the length is made, which its links pay for: all of them together are O(links).
 */
#include "backend/adaptive_neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/column_nearest.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/order_statistic.h"
#include "base/smaller.h"

static const char what[] = "the adaptive neighbours";

typedef struct entry {
    double distance;
    uint32_t row;
    uint32_t is_linked;
} entry;

typedef struct queue {
    entry *entry;
    size_t n, at; /* all before `at` are linked */
    int is_all, is_owned;
} queue;

/* One of the links of a vector. */
typedef struct link_node {
    uint32_t row, next; /* node; NONE: the last */
} link_node;

enum { NONE = UINT32_MAX };

typedef struct linking {
    const rqa__ranked_cells *cells;
    const atomic_int *cancel;
    rqa__distance_space space;
    size_t n, depth; /* vectors, and entries of a first queue */
    queue *queue;    /* [n] */
    entry *first;    /* [n * depth] */
    link_node *node; /* [n_nodes] */
    uint32_t *head;  /* [n] */
    size_t n_nodes;
    double *value; /* [2 n] of a queue that is made anew */
    uint8_t *is_linked; /* [n] likewise */
} linking;

/* ---- queues ---- */

static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The first of candidates by rising row, at most `most` of them; spare has room for all. */
static size_t fill_queue(entry *out, size_t most, const rqa__nearest *c)
{
    const size_t n = rqa__smaller(most, c->n);
    if (n == 0)
        return 0;
    memcpy(c->spare, c->distance, c->n * sizeof *c->spare);
    const double reach = rqa__select_double(c->spare, c->n, n - 1);
    size_t n_out = 0, n_tied = n;
    for (size_t k = 0; k < c->n; k++)
        n_tied -= c->distance[k] < reach;
    for (size_t k = 0; k < c->n; k++)
        if (c->distance[k] < reach || (c->distance[k] == reach && n_tied > 0)) {
            n_tied -= c->distance[k] == reach;
            out[n_out++] = (entry){c->distance[k], c->row[k], 0};
        }
    qsort(out, n, sizeof *out, compare_entries);
    return n;
}

static int begin_queue(void *user, size_t i, const rqa__nearest *nearest, double *reach)
{
    const linking *l = user;
    queue *q = &l->queue[i];
    q->entry = l->first + i * l->depth;
    q->n = fill_queue(q->entry, l->depth, nearest);
    if (q->n > 0)
        *reach = q->entry[q->n - 1].distance;
    return RQA_OK;
}

/* All that vector i can be linked with, by rising row. */
static int find_candidates(linking *l, size_t i, uint32_t *row, size_t *n)
{
    const uint64_t terms = (uint64_t)l->space.dim * l->space.n_channels;
    const size_t step = rqa__smaller((size_t)rqa__steps_between_looks(terms), l->n);
    *n = 0;
    for (size_t j = 0; j < l->n; j += step) {
        const size_t end = rqa__smaller(j + step, l->n);
        double *value = l->value + l->n + j;
        if (rqa__is_cancelled(l->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        l->cells->distances->values(&l->space, j, end - j, i, value);
        for (size_t k = j; k < end; k++) {
            const double v = value[k - j];
            if ((k > i ? k - i : i - k) < l->cells->theiler || isnan(v))
                continue;
            l->value[*n] = rqa__value_distance(l->space.norm, v);
            row[(*n)++] = (uint32_t)k;
        }
    }
    return RQA_OK;
}

static void mark_linked(linking *l, size_t i, uint8_t mark)
{
    for (uint32_t k = l->head[i]; k != NONE; k = l->node[k].next)
        l->is_linked[l->node[k].row] = mark;
}

/* A queue all of which is linked becomes one of twice the length. */
static int lengthen(linking *l, size_t i)
{
    queue *q = &l->queue[i];
    const size_t most = 2 * (q->n > 0 ? q->n : 1);
    uint32_t *row = rqa__alloc_array(l->n, sizeof *row);
    entry *longer = rqa__alloc_array(rqa__smaller(most, l->n), sizeof *longer);
    size_t n = 0, before = q->n;
    int status = row && longer ? find_candidates(l, i, row, &n) : rqa__fail_memory(what);
    if (!status) {
        const rqa__nearest all = {row, l->value, l->value + l->n, n, 0};
        if (q->is_owned)
            rqa__free(q->entry);
        q->n = fill_queue(longer, rqa__smaller(most, l->n), &all);
        q->entry = longer;
        q->is_owned = 1;
        q->is_all = q->n <= before;
        mark_linked(l, i, 1);
        for (size_t k = 0; k < q->n; k++)
            q->entry[k].is_linked = l->is_linked[q->entry[k].row];
        mark_linked(l, i, 0);
        longer = NULL;
    }
    rqa__free(row);
    rqa__free(longer);
    return status;
}

/* ---- links ---- */

static void add_node(linking *l, size_t i, uint32_t row)
{
    l->node[l->n_nodes] = (link_node){row, l->head[i]};
    l->head[i] = (uint32_t)l->n_nodes++;
}

/* Vector `to` knows of the link too, where its queue reaches so far: distances are mutual. */
static void mark_in_queue(queue *q, double distance, uint32_t row)
{
    const entry key = {distance, row, 0};
    entry *found = q->n ? bsearch(&key, q->entry, q->n, sizeof *q->entry, compare_entries) : NULL;
    if (found)
        found->is_linked = 1;
}

static int link_next(linking *l, size_t i)
{
    queue *q = &l->queue[i];
    for (;;) {
        while (q->at < q->n && q->entry[q->at].is_linked)
            q->at++;
        if (q->at < q->n)
            break;
        if (q->is_all)
            return RQA_OK;
        int status = lengthen(l, i);
        if (status)
            return status;
    }
    entry *e = &q->entry[q->at++];
    e->is_linked = 1;
    add_node(l, i, e->row);
    add_node(l, e->row, (uint32_t)i);
    mark_in_queue(&l->queue[e->row], e->distance, (uint32_t)i);
    return RQA_OK;
}

static int link_all(linking *l, uint64_t n_rounds)
{
    const size_t step = (size_t)rqa__steps_between_looks(64);
    int status = RQA_OK;
    for (uint64_t round = 0; round < n_rounds && !status; round++)
        for (size_t i = 0; i < l->n && !status; i++)
            status = i % step == 0 && rqa__is_cancelled(l->cancel)
                         ? rqa__fail(RQA_ERROR_CANCELLED, "cancelled")
                         : link_next(l, i);
    return status;
}

/* Columns in turn tell their neighbours: rows rise. */
static int write_lists(const linking *l, rqa__cell_lists *out)
{
    uint64_t *next = rqa__calloc(l->n, sizeof *next);
    out->first = rqa__calloc(l->n + 1, sizeof *out->first);
    out->row = rqa__alloc_array(l->n_nodes + 1, sizeof *out->row);
    if (!next || !out->first || !out->row) {
        rqa__free(next);
        rqa__cell_lists_free(out);
        return rqa__fail_memory(what);
    }
    for (size_t k = 0; k < l->n_nodes; k++)
        out->first[l->node[k].row + 1]++;
    for (size_t i = 0; i < l->n; i++) {
        out->first[i + 1] += out->first[i];
        next[i] = out->first[i];
    }
    for (size_t i = 0; i < l->n; i++)
        for (uint32_t k = l->head[i]; k != NONE; k = l->node[k].next)
            out->row[next[l->node[k].row]++] = (uint32_t)i;
    rqa__free(next);
    return RQA_OK;
}

void rqa__cell_lists_free(rqa__cell_lists *lists)
{
    rqa__free(lists->first);
    rqa__free(lists->row);
    *lists = (rqa__cell_lists){NULL, NULL};
}

/* ---- all of it ---- */

/* Entries of a first queue: few vectors have twice as many links as they made. */
static size_t depth_of(size_t n, uint64_t n_rounds)
{
    return n_rounds < n / 2 ? rqa__smaller(2 * (size_t)n_rounds + 14, n) : n;
}

static int open_linking(linking *l, const rqa__ranked_cells *cells, uint64_t n_rounds)
{
    const size_t n = l->n, n_nodes = 2 * n * rqa__smaller(n, (size_t)n_rounds);
    if (n_nodes >= NONE || n > SIZE_MAX / l->depth / sizeof(entry))
        return rqa__fail_memory(what);
    l->queue = rqa__calloc(n, sizeof *l->queue);
    l->first = rqa__alloc_array(n * l->depth, sizeof *l->first);
    l->node = rqa__alloc_array(n_nodes, sizeof *l->node);
    l->head = rqa__alloc_array(n, sizeof *l->head);
    l->value = rqa__alloc_array(2 * n, sizeof *l->value);
    l->is_linked = rqa__calloc(n, 1);
    if (!l->queue || !l->first || !l->node || !l->head || !l->value || !l->is_linked)
        return rqa__fail_memory(what);
    memset(l->head, 0xff, n * sizeof *l->head);
    l->space = (rqa__distance_space){.x = cells->x->channel,
                                     .y = cells->x->channel,
                                     .x_delay = cells->x->delay,
                                     .y_delay = cells->x->delay,
                                     .n_channels = cells->x->n_channels,
                                     .dim = cells->x->dims[0],
                                     .norm = cells->norm};
    return RQA_OK;
}

static void close_linking(linking *l)
{
    for (size_t i = 0; l->queue && i < l->n; i++)
        if (l->queue[i].is_owned)
            rqa__free(l->queue[i].entry);
    rqa__free(l->queue);
    rqa__free(l->first);
    rqa__free(l->node);
    rqa__free(l->head);
    rqa__free(l->value);
    rqa__free(l->is_linked);
}

int rqa__adaptive_neighbours(rqa__cell_lists *out, const rqa__ranked_cells *cells, uint64_t n_rounds,
                             const rqa__parallel *parallel, const atomic_int *cancel)
{
    rqa__ranked_cells kept = *cells;
    const size_t n = rqa__side_vectors(cells->x, 0);
    linking l = {.cells = &kept, .cancel = cancel, .n = n, .depth = depth_of(n, n_rounds)};
    if (kept.theiler == 0)
        kept.theiler = 1; /* never itself */
    *out = (rqa__cell_lists){NULL, NULL};
    int status = open_linking(&l, cells, n_rounds);
    if (!status)
        status = rqa__column_nearest(&kept, &(rqa__nearest_wish){.k = l.depth}, parallel, cancel,
                                     begin_queue, &l);
    if (!status)
        status = link_all(&l, n_rounds);
    if (!status)
        status = write_lists(&l, out);
    close_linking(&l);
    return status;
}

uint64_t rqa__adaptive_memory(const rqa__ranked_cells *cells, uint64_t n_rounds, unsigned n_workers)
{
    const uint64_t n = rqa__side_vectors(cells->x, 0), n_links = n * (n_rounds < n ? n_rounds : n);
    const uint64_t of_vector = sizeof(queue) + 4 * sizeof(uint32_t) + 4 * sizeof(uint64_t) + 1;
    return rqa__column_nearest_memory(cells, n_workers) + n * of_vector +
           n * depth_of((size_t)n, n_rounds) * sizeof(entry) +
           2 * n_links * (2 * sizeof(entry) + sizeof(link_node) + sizeof(uint32_t));
}

static uint64_t lists_bytes(uint64_t n, uint64_t n_cells)
{
    return (n + 1) * sizeof(uint64_t) + (n_cells + 1) * sizeof(uint32_t);
}

uint64_t rqa__adaptive_kept_bytes(uint64_t n, uint64_t n_rounds)
{
    return lists_bytes(n, 2 * n * (n_rounds < n ? n_rounds : n));
}

uint64_t rqa__cell_lists_bytes(const rqa__cell_lists *lists, size_t n)
{
    return lists->first ? lists_bytes(n, lists->first[n]) : 0;
}
