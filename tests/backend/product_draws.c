/* product_draws.c - random tasks of Euclidean distances between vectors of many coordinates. */
#include "product_draws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double product_uniform(void)
{
    return (double)task_below(1 << 30) / (1 << 30);
}

static double value_of(unsigned kind, uint32_t channel)
{
    switch (kind) {
    case KIND_DECIMAL:
        return (double)task_below(4) / 10;
    case KIND_CORNERS:
        return task_below(2) ? 0.1 : -0.7;
    case KIND_OFFSET:
        return 1e6 * (channel + 1) + (double)task_below(8) / 16;
    case KIND_SCALES:
        return ldexp(product_uniform(), -(int)channel);
    case KIND_OUTLIER:
        return task_below(400) ? product_uniform() : 1e100;
    case KIND_DENORMAL:
        return (double)task_below(5) * 0x1p-1073;
    case KIND_HUGE:
        return (product_uniform() - 0.5) * 1e155;
    case KIND_CONSTANT:
        return 0.3;
    default:
        return product_uniform();
    }
}

static void fill_side(product_draw *d, int side, uint32_t n, int missing)
{
    for (uint32_t c = 0; c < d->task.x.n_channels; c++)
        for (uint32_t i = 0; i < n; i++)
            d->sample[side][c][i] = value_of(d->kind, c);
    for (uint32_t i = 0; i < n && missing; i++)
        for (uint32_t c = 0; c < d->task.x.n_channels && i % 17 == 3; c++)
            d->sample[side][c][i] = NAN;
    for (uint32_t c = 0; c < CHANNELS; c++)
        d->channel[side][c] = d->sample[side][c];
}

/* The documented value of a pair that exists. */
static double value_of_pair(const rqa__task *t, uint32_t dim_index)
{
    double value = 0;
    const size_t n_x = rqa__side_vectors(&t->x, dim_index),
                 n_y = rqa__side_vectors(&t->y, dim_index);
    if (n_x == 0 || n_y == 0)
        return 1;
    const size_t i = task_below(n_x), j = task_below(n_y);
    for (uint32_t k = 0; k < t->x.dims[dim_index]; k++)
        for (uint32_t c = 0; c < t->x.n_channels; c++) {
            double d = t->x.channel[c][i + k * t->x.delay] - t->y.channel[c][j + k * t->y.delay];
            value += d * d;
        }
    return isnan(value) ? 0 : value;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill_bounds(product_draw *d)
{
    rqa__task *t = &d->task;
    for (uint32_t k = 0; k < t->n_dims; k++) {
        double *row = d->bounds + k * t->n_thresholds;
        for (uint32_t e = 0; e < t->n_thresholds; e++) {
            double tie = value_of_pair(t, k);
            size_t choice = task_below(10);
            row[e] = choice == 0 ? -1 : choice == 1 ? 0 : choice < 4 ? nextafter(tie, 0) : tie;
        }
        qsort(row, t->n_thresholds, sizeof *row, by_size);
    }
}

void product_draw_make(product_draw *d, uint64_t seed)
{
    memset(d, 0, sizeof *d);
    task_seed(seed);
    rqa__task *t = &d->task;
    d->kind = (unsigned)task_below(N_KINDS + 3);
    d->kind = d->kind < N_KINDS ? d->kind : KIND_CORNERS;
    t->relation = task_below(2) ? RQA__RELATION_AUTO : RQA__RELATION_CROSS;
    t->norm = RQA__NORM_EUCLIDEAN;
    t->n_dims = 1 + (uint32_t)task_below(DIMS);
    t->n_thresholds = 1 + (uint32_t)task_below(task_below(2) ? 3 : THRESHOLDS);
    const int wide = task_below(12) == 0; /* more than a product takes at a time */
    d->dims[0] = wide ? 9 : 1 + (uint32_t)task_below(2);
    d->dims[1] = d->dims[0] + 1;
    const uint32_t n_channels =
        wide ? CHANNELS : 8 + (uint32_t)task_below(CHANNELS - 7) / d->dims[0];
    const uint32_t n_x = 1 + (uint32_t)task_below(SAMPLES), n_y = 1 + (uint32_t)task_below(SAMPLES);
    const int missing = task_below(4) == 0;
    t->x = (rqa__side){d->channel[0], n_x, n_channels, 1 + (uint32_t)task_below(9), d->dims};
    t->y = t->x;
    fill_side(d, 0, n_x, missing);
    if (t->relation == RQA__RELATION_CROSS) {
        fill_side(d, 1, n_y, missing);
        t->y = (rqa__side){d->channel[1], n_y, n_channels, 1 + (uint32_t)task_below(9), d->dims};
    }
    fill_bounds(d);
    t->bounds = d->bounds;
    t->theiler_points = t->theiler_diagonal = task_below(3);
    t->tallies = 31;
    t->upper_only = t->relation == RQA__RELATION_AUTO && task_below(3) == 0;
    t->theiler_vertical = task_below(3);
    task_set_skips(t);
    task_drop_cuts(t);
}

int product_draw_is_usual(const product_draw *d)
{
    const rqa__task *t = &d->task;
    return d->kind != KIND_DENORMAL && d->kind != KIND_HUGE && d->kind != KIND_CONSTANT &&
           t->x.n_samples > 4 && rqa__side_vectors(&t->x, 0) > 0 && rqa__side_vectors(&t->y, 0) > 0;
}
