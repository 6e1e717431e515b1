/* column_bounds.c - the bound under which each column of a recurrence plot has so many neighbours:
 * order statistics of its nearest cells.
 */
#include "backend/column_bounds.h"

#include <string.h>

#include "backend/column_nearest.h"
#include "base/order_statistic.h"
#include "plan/analysis_rules.h"

typedef struct settling {
    const rqa__ranked_cells *cells;
    int32_t norm;
    const uint64_t *k;
    uint32_t n;
    const rqa__column_bounds *out;
} settling;

/* The row up to which cells at distance d belong to the k nearest: so many of them are nearer. */
static uint32_t last_row(const rqa__nearest *nearest, uint64_t k, double d)
{
    uint64_t left = k - nearest->n_nearer;
    uint32_t last = UINT32_MAX;
    for (size_t c = 0; c < nearest->n; c++)
        left -= nearest->distance[c] < d;
    for (size_t c = 0; left > 0; c++)
        if (nearest->distance[c] == d) {
            last = nearest->row[c];
            left--;
        }
    return last;
}

/* ---- lists ---- */

/* Some rows of a column, rising, and their distances. */
typedef struct stretch {
    const uint32_t *row;
    const double *distance;
    size_t n;
} stretch;

/* Adds those that recur, d being the distance of the k-th. */
static void list_stretch(const rqa__column_bounds *out, size_t i, const stretch *s, double d)
{
    uint32_t *row = out->listed + i * out->stride;
    const uint32_t last = out->last ? out->last[i] : UINT32_MAX;
    size_t n = out->n_listed[i];
    for (size_t c = 0; c < s->n && n <= out->stride; c++) {
        const int is_in = s->distance[c] < d || (s->distance[c] == d && s->row[c] <= last);
        if (n < out->stride)
            row[n] = s->row[c];
        n += (size_t)is_in;
    }
    out->n_listed[i] = n <= out->stride ? (uint32_t)n : UINT32_MAX;
}

/* The rows of column i that the Theiler window takes, of which no k is counted. */
static size_t look_at_band(const rqa__ranked_cells *cells, size_t i, uint32_t *row, double *distance)
{
    const rqa__distance_space space = rqa__column_space(cells);
    size_t first, end;
    rqa__column_band(cells, i, &first, &end);
    if (first == end)
        return 0;
    cells->distances->values(&space, first, end - first, i, distance);
    for (size_t c = 0; c < end - first; c++) {
        row[c] = (uint32_t)(first + c);
        distance[c] = rqa__value_distance(cells->norm, distance[c]);
    }
    return end - first;
}

static void list_cells(const settling *s, const rqa__column_bounds *out, size_t i,
                       const rqa__nearest *nearest, double d)
{
    uint32_t row[2 * RQA__LISTED_THEILER];
    double distance[2 * RQA__LISTED_THEILER];
    const stretch band = {row, distance, look_at_band(s->cells, i, row, distance)};
    size_t n = 0; /* rows before the band */
    while (n < nearest->n && (size_t)nearest->row[n] < i)
        n++;
    const stretch before = {nearest->row, nearest->distance, n};
    const stretch after = {nearest->row + n, nearest->distance + n, nearest->n - n};
    out->n_listed[i] = 0;
    list_stretch(out, i, &before, d);
    list_stretch(out, i, &band, d);
    list_stretch(out, i, &after, d);
}

/* ---- bounds ---- */

static void settle_none(const rqa__column_bounds *out, size_t i)
{
    out->bound[i] = -1;
    if (out->listed)
        out->n_listed[i] = 0;
    if (!out->last)
        return;
    out->untied[i] = -1;
    out->last[i] = 0;
}

/* The largest k first: a selection leaves what the smaller ones choose from in front. */
static int settle(void *user, size_t i, const rqa__nearest *nearest, double *reach)
{
    const settling *s = user;
    size_t n = nearest->n;
    memcpy(nearest->spare, nearest->distance, n * sizeof *nearest->spare);
    for (uint32_t e = s->n; e-- > 0;) {
        const rqa__column_bounds *out = &s->out[e];
        if (nearest->n == 0) {
            settle_none(out, i);
            continue;
        }
        const size_t all = n + nearest->n_nearer, k = s->k[e] < all ? (size_t)s->k[e] : all;
        const double d = rqa__select_double(nearest->spare, n, k - nearest->n_nearer - 1);
        n = k - nearest->n_nearer;
        out->bound[i] = rqa__bound(s->norm, RQA_COMPARE_LE, d);
        if (out->last) {
            out->untied[i] = rqa__bound(s->norm, RQA_COMPARE_LT, d);
            out->last[i] = s->k[e] <= all ? last_row(nearest, k, d) : UINT32_MAX;
        }
        if (out->listed)
            list_cells(s, out, i, nearest, d);
        if (e == s->n - 1)
            *reach = d;
    }
    return RQA_OK;
}

int rqa__column_bounds_find(const rqa__ranked_cells *cells, const uint64_t *k, uint32_t n,
                            const rqa__parallel *parallel, const atomic_int *cancel,
                            const rqa__column_bounds *out)
{
    settling s = {cells, (int32_t)cells->norm, k, n, out};
    const rqa__nearest_wish wish = {.k = k[n - 1], .only_last = n == 1 && !out->listed};
    return rqa__column_nearest(cells, &wish, parallel, cancel, settle, &s);
}

size_t rqa__column_bounds_memory(const rqa__ranked_cells *cells, unsigned n_workers)
{
    return rqa__column_nearest_memory(cells, n_workers);
}
