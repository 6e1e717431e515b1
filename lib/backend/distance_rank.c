/* distance_rank.c - the k-th smallest distance of the cells of a recurrence plot, exactly: a
 * bracket from sampled pairs, exact counts below its ends, and the distances between them; where
 * these are too many to collect, a histogram of their bit patterns narrows it. What the sample says
 * decides about time alone.
 */
#include "backend/distance_search.h"
#include "backend/distance_tiles.h"

#include <float.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/order_statistic.h"
#include "base/smaller.h"
#include "plan/analysis_rules.h"

enum { FEW_TOGETHER = 1 << 12 }; /* cells that are all collected at once for many orders */

/* ---- from a pass to a narrower bracket ---- */

static void narrow_by_bins(rqa__search *s)
{
    uint64_t at = s->b.at_low, k = 0, n = 0;
    for (;; k++) {
        n = 0;
        for (unsigned w = 0; w < s->n_workers; w++)
            n += s->worker[w]->bin[k];
        if (at + n >= s->order)
            break;
        at += n;
    }
    const uint64_t first = rqa__first_pattern(s->b.low) + (k << s->shift);
    const double last = rqa__distance_of_pattern(first + ((uint64_t)1 << s->shift) - 1);
    s->b.low = first == 0 ? -1 : rqa__distance_of_pattern(first - 1);
    s->b.high = last < s->b.high ? last : s->b.high;
    s->b.at_low = at;
    s->b.at_high = at + n;
}

/* All distances of the bracket are there, and room that was not used. */
static void narrow_by_found(rqa__search *s)
{
    const size_t taken = atomic_load(&s->taken);
    uint64_t less = 0, equal = 0;
    size_t n = 0;
    for (size_t k = 0; k < taken; k++)
        if (s->found[k] >= 0)
            s->found[n++] = s->found[k];
    const double d = rqa__select_double(s->found, n, (size_t)(s->order - s->b.at_low - 1));
    for (size_t k = 0; k < n; k++) {
        less += s->found[k] < d;
        equal += s->found[k] == d;
    }
    s->b.low = rqa__distance_before(d);
    s->b.high = d;
    s->b.at_low += less;
    s->b.at_high = s->b.at_low + equal;
}

static void narrow(rqa__search *s)
{
    if (s->band.at_low >= s->order) {
        s->b.high = s->band.low;
        s->b.at_high = s->band.at_low;
        return;
    }
    if (s->band.at_high < s->order) {
        s->b.low = s->band.high;
        s->b.at_low = s->band.at_high;
        return;
    }
    s->b = s->band;
    if (s->mode == RQA__PASS_HISTOGRAM)
        narrow_by_bins(s);
    else if (s->mode == RQA__PASS_COLLECT && !atomic_load(&s->overflow))
        narrow_by_found(s);
}

static int search_distance(rqa__search *s)
{
    int status = !s->drawn && s->b.at_high > RQA__FEW_CELLS ? rqa__draw_sample(s, s->b.at_high) : RQA_OK;
    if (!status && s->n_drawn > 0)
        memcpy(s->sample, s->drawn, s->n_drawn * sizeof *s->sample);
    s->n_samples = s->n_drawn;
    while (!status && rqa__first_pattern(s->b.low) != rqa__pattern_of(s->b.high)) {
        status = rqa__choose_band(s);
        if (!status)
            status = rqa__distance_pass(s);
        if (!status)
            narrow(s);
    }
    return status;
}

/* ---- how many cells there are ---- */

/* Of two sides without missing vectors, or with them counted one by one. */
static int count_cells(const rqa__search *s, uint64_t *n_cells, uint64_t *n_diagonal)
{
    const rqa__ranked_cells *c = s->cells;
    const uint64_t w = c->theiler;
    *n_diagonal = c->is_auto && w == 0 ? s->n_x : 0;
    *n_cells = rqa__cells_outside(s->n_x, s->n_y, w);
    if (!c->skips) {
        *n_cells = c->is_auto ? (*n_cells - *n_diagonal) / 2 : *n_cells;
        return RQA_OK;
    }
    uint8_t *absent = rqa__calloc(s->n_x + s->n_y, 1);
    size_t *before_row = rqa__alloc_array(s->n_y + 1, sizeof *before_row);
    if (!absent || !before_row) {
        rqa__free(absent);
        rqa__free(before_row);
        return rqa__fail_memory("a threshold from a recurrence rate");
    }
    rqa__side_absent(c->x, 0, absent);
    rqa__side_absent(c->y, 0, absent + s->n_x);
    before_row[0] = 0;
    for (size_t j = 0; j < s->n_y; j++)
        before_row[j + 1] = before_row[j] + !absent[s->n_x + j];
    *n_cells = *n_diagonal = 0;
    for (size_t i = 0; i < s->n_x; i++) {
        if (absent[i])
            continue;
        const size_t low = w > i ? 0 : rqa__smaller(i - (size_t)w + (w > 0), s->n_y);
        const size_t high = w < s->n_y && i < s->n_y - w ? i + (size_t)w : s->n_y;
        *n_diagonal += c->is_auto && w == 0;
        *n_cells += before_row[s->n_y] - before_row[high > low ? high : low] + before_row[low];
    }
    if (c->is_auto)
        *n_cells = (*n_cells - *n_diagonal) / 2;
    rqa__free(absent);
    rqa__free(before_row);
    return RQA_OK;
}

/* ---- all of it ---- */

size_t rqa__distance_rank_memory(const rqa__ranked_cells *cells, unsigned n_workers)
{
    const rqa__task task = rqa__ranked_task(cells);
    const double n_cells =
        (double)rqa__side_vectors(cells->x, 0) * (double)rqa__side_vectors(cells->y, 0);
    const size_t most = rqa__most_collected(cells) > RQA__FEW_CELLS ? rqa__most_collected(cells) : RQA__FEW_CELLS;
    const size_t n = n_cells < (double)most ? (size_t)n_cells : most;
    const size_t n_sampled = rqa__samples_of(n_cells);
    return 2 * rqa__rows_memory(&task, n_workers) + rqa__distance_tiles_memory(cells) +
           n_workers * (sizeof(rqa__pass_worker) + RQA__PASS_BINS * sizeof(uint64_t)) + RQA__PASS_BINS +
           (rqa__room_for(n, n_workers) + 2 * n_sampled) * sizeof(double);
}

static int create_workers(rqa__search *s)
{
    s->n_workers = s->parallel ? s->parallel->n_workers : 1;
    s->worker = rqa__calloc(s->n_workers, sizeof *s->worker);
    for (unsigned k = 0; s->worker && k < s->n_workers; k++)
        if (!(s->worker[k] = rqa__calloc(1, sizeof **s->worker)))
            return rqa__fail_memory("a threshold from a recurrence rate");
    return s->worker ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
}

static void destroy_search(rqa__search *s)
{
    for (unsigned k = 0; s->worker && k < s->n_workers; k++) {
        if (s->worker[k])
            rqa__free(s->worker[k]->bin);
        rqa__free(s->worker[k]);
    }
    rqa__free(s->worker);
    rqa__free(s->sample);
    rqa__free(s->drawn);
    rqa__free(s->found);
}

/* Cells of the main diagonal come first: their distance is 0. The others are counted on one side.
 * `s->b` holds all cells beyond those of the last order, or is what that found. */
static int rank_cells(rqa__search *s, uint64_t order, uint64_t n_diagonal, uint64_t n_counted,
                      rqa__ranked_distance *out)
{
    const uint64_t sides = s->cells->is_auto && !s->cells->upper_only ? 2 : 1;
    const int is_first = s->b.at_high == n_counted && s->b.low < 0 && s->b.high == DBL_MAX;
    int status = RQA_OK;
    s->order = order > n_diagonal ? (order - n_diagonal + sides - 1) / sides : 0;
    if (is_first && s->order == 0) {
        s->mode = RQA__PASS_COUNT;
        s->band = (rqa__bracket){.low = -1, .high = 0};
        status = rqa__distance_pass(s);
        s->b = s->band;
    } else if (is_first || s->order > s->b.at_high) {
        if (!is_first)
            s->b = (rqa__bracket){s->b.high, DBL_MAX, s->b.at_high, n_counted};
        status = search_distance(s);
    }
    if (status)
        return status;
    const uint64_t at_zero = s->b.high == 0 ? n_diagonal : 0;
    out->distance = s->b.high;
    out->n_within = sides * s->b.at_high + n_diagonal;
    out->n_equal = sides * (s->b.at_high - s->b.at_low) + at_zero;
    return RQA_OK;
}

int rqa__distance_ranks(const rqa__ranked_cells *cells, const rqa__orders *orders,
                        const rqa__parallel *parallel, const atomic_int *cancel,
                        rqa__ranked_distance *out)
{
    uint64_t n_diagonal, n_counted;
    rqa__search s = {.cells = cells,
                     .parallel = parallel,
                     .cancel = cancel,
                     .space = {.x = cells->x->channel,
                               .y = cells->y->channel,
                               .x_delay = cells->x->delay,
                               .y_delay = cells->y->delay,
                               .n_channels = cells->x->n_channels,
                               .dim = cells->x->dims[0],
                               .norm = cells->norm},
                     .n_x = rqa__side_vectors(cells->x, 0),
                     .n_y = rqa__side_vectors(cells->y, 0)};
    int status = count_cells(&s, &n_counted, &n_diagonal);
    const uint64_t sides = cells->is_auto && !cells->upper_only ? 2 : 1;
    const uint64_t n_cells = status ? 0 : sides * n_counted + n_diagonal;
    if (!status)
        status = create_workers(&s);
    s.b = (rqa__bracket){-1, DBL_MAX, 0, status ? 0 : n_counted};
    rqa__rank *rank = status ? NULL : rqa__calloc(orders->n, sizeof *rank);
    if (!status && !rank)
        status = rqa__fail_memory("a threshold from a recurrence rate");
    for (uint32_t k = 0; !status && k < orders->n; k++)
        if (orders->order[k] > n_diagonal && orders->order[k] <= n_cells)
            rank[k].order = (orders->order[k] - n_diagonal + sides - 1) / sides;
    if (!status && orders->n > 1 && n_counted > FEW_TOGETHER)
        status = rqa__draw_sample(&s, n_counted);
    if (!status && orders->n > 1)
        status = rqa__ranks_together(&s, rank, orders->n);
    for (uint32_t k = 0; !status && k < orders->n; k++) {
        out[k] = (rqa__ranked_distance){.distance = NAN, .n_cells = n_cells};
        if (rank[k].is_found)
            s.b = rank[k].b;
        if (orders->order[k] <= n_cells)
            status = rank_cells(&s, orders->order[k], n_diagonal, n_counted, &out[k]);
    }
    rqa__free(rank);
    destroy_search(&s);
    return status;
}

int rqa__distance_rank(const rqa__ranked_cells *cells, uint64_t order,
                       const rqa__parallel *parallel, const atomic_int *cancel,
                       rqa__ranked_distance *out)
{
    const rqa__orders one = {&order, 1};
    return rqa__distance_ranks(cells, &one, parallel, cancel, out);
}
