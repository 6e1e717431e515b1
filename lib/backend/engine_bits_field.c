/* engine_bits_field.c - makes a pair of series ready: ranks for the maximum norm
 * (engine_bits_ranks.c), 16-bit sums for the others (engine_bits_sums.c). */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <math.h>
#include <string.h>

/* ---- queries ---- */

/* The largest t with fl(t * t) <= bound: by halving, since near the underflow threshold it may be
 * far from the square root. Non-negative doubles are ordered as their bit patterns are. */
static double root_below(double bound)
{
    uint64_t yes = 0;
    uint64_t no = UINT64_C(0x7ff0000000000000);
    double t;
    if (isinf(bound)) {
        return bound;
    }
    while (no - yes > 1) {
        uint64_t half = yes + (no - yes) / 2;
        memcpy(&t, &half, sizeof t);
        if (t * t <= bound) {
            yes = half;
        } else {
            no = half;
        }
    }
    memcpy(&t, &yes, sizeof t);
    return t;
}

void rqa__bits_field_set_row(rqa__bits_field *f, size_t row, double bound)
{
    rqa__bits_row_band *band = &f->row[row];
    if (!f->by_rank)
        rqa__bits_sum_band(f, bound, &band->sum.lo, &band->sum.hi);
    else
        band->rank_bound =
            f->norm == RQA__NORM_EUCLIDEAN && bound > 0 ? root_below(bound) : bound;
}

static void set_rows(rqa__bits_field *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rqa__bits_field_set_row(f, i, f->own[i]);
    }
}

static double largest(const double *v, size_t n)
{
    double most = v[0];
    for (size_t i = 1; i < n; i++) {
        most = v[i] > most ? v[i] : most;
    }
    return most;
}

static int query(rqa__bits_field *f, uint32_t dim, double bound, const rqa__bits_halt *halt)
{
    /* A sum that has one term, or must vanish, bounds each term by itself: its square rises with
     * the difference, and a sum of non-negative terms is 0 iff all are. */
    int alone = (size_t)dim * f->n_channels == 1 || bound == 0;
    f->dim = dim;
    f->bound = bound;
    f->by_rank = f->norm == RQA__NORM_MAXIMUM || alone;
    if (f->by_rank) {
        f->rank_bound = f->norm == RQA__NORM_EUCLIDEAN ? root_below(bound) : bound;
        return 0;
    }
    return rqa__bits_query_sums(f, halt);
}

static const rqa__limits *limits_of(const rqa__task *task, unsigned k)
{
    return k == 0 ? task->limits : task->limits_y;
}

static int take_away(const rqa__limits *limits)
{
    return limits != NULL && (limits->below != NULL || limits->last != NULL);
}

static int query_low(rqa__bits_fields *fields, unsigned k, uint32_t dim, size_t n_rows,
                     const rqa__bits_halt *halt)
{
    const rqa__limits *limits = limits_of(fields->task, k);
    rqa__bits_field *f = &fields->field[k], *low = &fields->low[k];
    low->own = limits->below == NULL ? limits->untied : NULL;
    const double bound = low->own != NULL ? largest(low->own, n_rows) : limits->below[0];
    int status = query(low, dim, bound, halt);
    if (status == 0 && low->own != NULL) {
        set_rows(low, n_rows);
    }
    f->low = low;
    f->last = low->own != NULL ? limits->last : NULL;
    return status;
}

int rqa__bits_fields_query(rqa__bits_fields *fields, unsigned k, uint32_t dim, double bound,
                           size_t n_rows, const rqa__bits_halt *halt)
{
    const rqa__limits *limits = limits_of(fields->task, k);
    rqa__bits_field *f = &fields->field[k];
    if (f->given != NULL) {
        return 0;
    }
    f->own = limits != NULL ? limits->columns : NULL;
    f->cells = limits != NULL ? limits->cells : NULL;
    f->listed = limits != NULL ? limits->listed : NULL;
    int status = query(f, dim, bound, halt);
    if (f->listed != NULL) {
        return status;
    }
    if (status == 0 && f->own != NULL) {
        set_rows(f, n_rows);
    }
    return status == 0 && take_away(limits) ? query_low(fields, k, dim, n_rows, halt) : status;
}

/* ---- memory ---- */

/* Bounds that are to come may be 0. */
static int ranks_needed(const rqa__task *task, const rqa__side *x, int of_y)
{
    int needed = task->norm == RQA__NORM_MAXIMUM || task->limits != NULL ||
                 (of_y ? task->bounds_y : task->bounds) == NULL;
    for (uint32_t d = 0; d < task->n_dims && !needed; d++) {
        needed = (size_t)x->dims[d] * x->n_channels == 1;
        for (uint32_t t = 0; t < task->n_thresholds; t++) {
            needed |= rqa__task_bounds(task, of_y, d)[t] == 0;
        }
    }
    return needed;
}

/* Limits that are to come may take cells away. */
static int may_take_away(const rqa__task *task, unsigned k)
{
    const rqa__limits *limits = limits_of(task, k) != NULL ? limits_of(task, k) : task->limits;
    return take_away(limits) ||
           (limits != NULL && limits->columns == NULL && limits->cells == NULL);
}

static rqa__bits_field measure(const rqa__task *task, unsigned k)
{
    const rqa__side *x = k == 0 ? &task->x : &task->y;
    const rqa__side *y = task->relation == RQA__RELATION_CROSS ? &task->y : x;
    rqa__bits_field f = {.norm = task->norm,
                         .n_channels = x->n_channels,
                         .delay_x = x->delay,
                         .delay_y = y->delay,
                         .x = x->channel,
                         .y = y->channel,
                         .n_x = x->n_samples,
                         .n_y = y->n_samples};
    const size_t spread =
        f.n_x + f.n_y < (size_t)RQA__BITS_PAD ? f.n_x + f.n_y + 128 : (size_t)RQA__BITS_PAD;
    f.pad = rqa__task_is_symmetric(task) ? 0 : spread;
    f.n_padded = f.pad + f.n_y + spread;
    if (ranks_needed(task, x, (int)k)) {
        rqa__bits_ranks_measure(&f);
    }
    f.has_sums =
        task->norm != RQA__NORM_MAXIMUM && (size_t)x->dims[task->n_dims - 1] * x->n_channels > 1;
    f.n_rows = task->limits != NULL ? rqa__side_vectors(x, 0) : 0;
    return f;
}

/* What a field holds, in one block; the bytes of it. */
static size_t lay_out(rqa__bits_field *f, uint8_t *base)
{
    const size_t n_ranks = rqa__bits_n_ranked(f) * f->window_size;
    const size_t n_channels = f->has_sums ? f->n_channels : 0;
    size_t used = 0;
    f->sorted = rqa__carve(base, &used, n_ranks, sizeof *f->sorted);
    f->rank = rqa__carve(base, &used, n_ranks, sizeof *f->rank);
    f->n_sorted = rqa__carve(base, &used, rqa__bits_n_ranked(f), sizeof *f->n_sorted);
    f->q_x = rqa__carve(base, &used, n_channels * f->n_x, sizeof *f->q_x);
    f->q_y = rqa__carve(base, &used, n_channels * f->n_padded, sizeof *f->q_y);
    f->row = rqa__carve(base, &used, f->n_rows, sizeof *f->row);
    return used;
}

static int create(rqa__bits_field *f, const rqa__parallel *parallel, const atomic_int *cancel)
{
    f->memory = rqa__alloc_aligned(lay_out(f, NULL));
    if (f->memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    lay_out(f, f->memory);
    return rqa__bits_ranks_make(f, parallel, cancel);
}

void rqa__bits_fields_measure(rqa__bits_fields *fields, const rqa__task *task)
{
    const int is_one = task->given != NULL || task->relation != RQA__RELATION_JOINT;
    *fields = (rqa__bits_fields){.task = task, .n = is_one ? 1 : 2};
    if (task->given != NULL) {
        fields->field[0] = (rqa__bits_field){.given = task->given, .n_channels = 1, .dim = 1, .by_rank = 1};
        return;
    }
    for (unsigned k = 0; k < fields->n; k++) {
        fields->field[k] = measure(task, k);
        if (may_take_away(task, k)) {
            fields->low[k] = fields->field[k];
        }
    }
}

int rqa__bits_fields_create(rqa__bits_fields *fields, const rqa__task *task,
                            const rqa__parallel *parallel, const atomic_int *cancel)
{
    int status = 0;
    rqa__bits_fields_measure(fields, task);
    for (unsigned k = 0; k < fields->n && status == 0 && task->given == NULL; k++) {
        status = create(&fields->field[k], parallel, cancel);
        if (status == 0 && take_away(limits_of(task, k))) {
            status = create(&fields->low[k], parallel, cancel);
        }
    }
    return status;
}

void rqa__bits_fields_destroy(rqa__bits_fields *fields)
{
    for (unsigned k = 0; k < 2; k++) {
        rqa__free_aligned(fields->field[k].memory);
        rqa__free_aligned(fields->low[k].memory);
    }
}

/* Beside its block: what ranks are sorted in, or later data are folded in. */
static size_t work_bytes(const rqa__bits_field *f, unsigned n_workers)
{
    const size_t ranks = rqa__bits_ranks_bytes(f, n_workers);
    const size_t sums = f->has_sums ? rqa__bits_sums_bytes(f) : 0;
    return ranks > sums ? ranks : sums;
}

size_t rqa__bits_fields_bytes(const rqa__bits_fields *fields, unsigned n_workers)
{
    size_t n_bytes = 0, work = 0;
    for (unsigned k = 0; k < fields->n; k++) {
        rqa__bits_field f = fields->field[k];
        const size_t n_fields = fields->low[k].n_channels > 0 ? 2 : 1;
        const size_t here = work_bytes(&f, n_workers);
        n_bytes += n_fields * lay_out(&f, NULL);
        work = here > work ? here : work;
    }
    return n_bytes + work;
}

/* ---- rings ---- */

static size_t ring_bytes(const rqa__bits_field *f, size_t n_rows, size_t width)
{
    size_t n_panels = (width + RQA__BITS_PANEL - 1) / RQA__BITS_PANEL;
    return n_rows * (f->by_rank ? rqa__bits_stride(width) * sizeof(uint64_t)
                                : n_panels * RQA__BITS_PANEL_STRIDE * sizeof(uint16_t));
}

size_t rqa__bits_ring_rows(const rqa__bits_field *f, size_t width)
{
    const size_t most = (size_t)1 << 19; /* bytes: a part of L2 */
    size_t span = (f->dim - 1) * f->delay_x;
    if (f->delay_x != f->delay_y || f->dim == 1 || (f->by_rank && f->own != NULL)) {
        return 0;
    }
    size_t n = 1;
    for (size_t need = span + (f->by_rank ? (size_t)RQA__BITS_ROWS : 1); n < need; n *= 2) {
        if (n > most) {
            return 0;
        }
    }
    return ring_bytes(f, n, width) <= most ? n : 0;
}

size_t rqa__bits_ring_bytes(const rqa__bits_fields *fields, unsigned k, size_t width)
{
    const rqa__task *task = fields->task;
    const uint32_t *dims = k == 0 ? task->x.dims : task->y.dims;
    rqa__bits_field f = fields->field[k];
    size_t most = 0;
    f.own = NULL;
    for (f.by_rank = f.has_sums ? 0 : 1; f.by_rank <= (f.n_windows > 0 ? 1 : 0); f.by_rank++) {
        for (uint32_t d = 0; d < task->n_dims; d++) {
            f.dim = dims[d];
            const size_t here = ring_bytes(&f, rqa__bits_ring_rows(&f, width), width);
            most = here > most ? here : most;
        }
    }
    return most;
}
