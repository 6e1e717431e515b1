/* neighbour_bounds.c - from wanted numbers of neighbours to the bounds of every column. */
#include "batch/neighbour_bounds.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "plan/context_state.h"

static int has_order(const rqa__bound_search *s)
{
    return s->rules->ties == RQA_TIES_INDEX;
}

uint64_t rqa__neighbour_bounds_memory(const rqa__bound_search *s)
{
    rqa__searched e;
    rqa__search_open(&e, s);
    return rqa__column_bounds_memory(&e.cells, rqa__search_workers(s));
}

uint64_t rqa__neighbour_bounds_bytes(const rqa__bound_search *s)
{
    const uint64_t each = sizeof(double) + (has_order(s) ? sizeof(double) + sizeof(uint32_t) : 0);
    return s->x->n_samples * each;
}

static int take_room(rqa__neighbour_bounds *b, size_t n, int with_order)
{
    rqa__column_bounds *c = &b->columns;
    memset(b, 0, sizeof *b);
    c->bound = rqa__alloc_array(n, sizeof *c->bound);
    if (with_order) {
        c->untied = rqa__alloc_array(n, sizeof *c->untied);
        c->last = rqa__alloc_array(n, sizeof *c->last);
    }
    return c->bound && (!with_order || (c->untied && c->last))
               ? RQA_OK
               : rqa__fail_memory("the neighbours of every vector");
}

/* ---- lists ---- */

/* More neighbours than a few, and than one row in so many, are as soon found in bits again. */
enum { FEW = 8, ROWS_A_NEIGHBOUR = 256 };

static uint64_t list_bytes(uint64_t n, uint64_t stride)
{
    return n * (stride + 1) * sizeof(uint32_t);
}

/* Cells of a column that there is room for; 0: none are listed. */
static size_t list_stride(const rqa__bound_search *s, const rqa__ranked_cells *cells, uint64_t k)
{
    const uint64_t n_x = rqa__side_vectors(cells->x, 0), n_y = rqa__side_vectors(cells->y, 0);
    const uint64_t w = cells->theiler;
    if (w > RQA__LISTED_THEILER || (k > FEW && k > n_y / ROWS_A_NEIGHBOUR))
        return 0;
    const uint64_t stride = k + k / 8 + 2 * w + 16;
    return list_bytes(n_x, stride) <= s->list_bytes ? (size_t)stride : 0;
}

static int take_list_room(rqa__neighbour_bounds *b, size_t n, size_t stride)
{
    rqa__column_bounds *c = &b->columns;
    c->stride = stride;
    c->listed = rqa__alloc_array(n * stride, sizeof *c->listed);
    c->n_listed = rqa__alloc_array(n, sizeof *c->n_listed);
    b->list_bytes = list_bytes(n, stride);
    return c->listed && c->n_listed ? RQA_OK : rqa__fail_memory("the neighbours of every vector");
}

static void forget_list(rqa__neighbour_bounds *b)
{
    rqa__free(b->columns.listed);
    rqa__free(b->columns.n_listed);
    b->columns.listed = b->columns.n_listed = NULL;
    b->list_bytes = 0;
}

/* Where there was no room for the ties of some column, bounds alone say what recurs. */
static void settle_list(rqa__neighbour_bounds *b, size_t n)
{
    const rqa__column_bounds *c = &b->columns;
    for (size_t i = 0; c->listed && i < n; i++)
        if (c->n_listed[i] == UINT32_MAX)
            forget_list(b);
    b->listed = (rqa__listed){c->listed, c->n_listed, c->stride};
}

/* ---- bounds ---- */

static double largest(const double *v, size_t n)
{
    double most = -1;
    for (size_t i = 0; i < n; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

static void settle(rqa__neighbour_bounds *b, size_t n)
{
    const rqa__column_bounds *c = &b->columns;
    b->bound = largest(c->bound, n);
    settle_list(b, n);
    b->limits = (rqa__limits){.columns = c->bound, .untied = c->untied, .last = c->last};
}

int rqa__neighbour_bounds_find(const rqa__bound_search *s, const uint64_t *k, uint32_t n,
                               rqa__neighbour_bounds *out)
{
    rqa__searched e;
    rqa__search_open(&e, s);
    const size_t n_x = rqa__side_vectors(&e.x, 0);
    rqa__column_bounds *columns = rqa__alloc_array(n, sizeof *columns);
    int status = columns ? RQA_OK : rqa__fail_memory("the neighbours of every vector");
    memset(out, 0, n * sizeof *out);
    if (!status)
        status = rqa__context_check_memory(
            s->context, rqa__neighbour_bounds_memory(s) + n * rqa__neighbour_bounds_bytes(s),
            "the neighbours of every vector");
    const size_t stride = n == 1 ? list_stride(s, &e.cells, k[0]) : 0;
    for (uint32_t c = 0; c < n && !status; c++) {
        status = take_room(&out[c], n_x, has_order(s));
        if (!status && stride > 0)
            status = take_list_room(&out[c], n_x, stride);
        columns[c] = out[c].columns;
    }
    if (!status)
        status = rqa__column_bounds_find(&e.cells, k, n, s->parallel, s->cancel, columns);
    for (uint32_t c = 0; c < n; c++)
        status ? rqa__neighbour_bounds_free(&out[c]) : settle(&out[c], n_x);
    rqa__free(columns);
    return status;
}

void rqa__neighbour_bounds_free(rqa__neighbour_bounds *b)
{
    rqa__free(b->columns.bound);
    rqa__free(b->columns.untied);
    rqa__free(b->columns.last);
    forget_list(b);
    memset(b, 0, sizeof *b);
}
