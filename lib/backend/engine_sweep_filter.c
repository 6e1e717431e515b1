/* engine_sweep_filter.c - float copies and the tables that turn float distances into indices.
 *
 * Why the result is exact. Let u = 2^-24, X the largest |sample - centre|, B the largest bound, D
 * the largest |difference| that a pair within B can have (B, or its root for Euclid), K the number
 * of terms. A pair whose double value is at most B has every term and every partial sum at most B,
 * because terms are not negative and rounding is monotone. Then
 *   a float difference is off by at most   d = 2 u X + u D   (two roundings, one subtraction),
 *   a maximum                              d,
 *   a sum of absolute values               K d + K u B       (terms, additions),
 *   a sum of squares                       K (2 D d + d^2 + u B) + K u B.
 * The same holds with the roles of the two sums exchanged. So a float value more than `error` from
 * a bound lies on the same side of it as the double value; one above B + error means more than B.
 * A tenth on top covers second-order terms and the roundings of the double sum itself (2^-53). */
#include "backend/engine_sweep_state.h"

#include <math.h>
#include <string.h>

#define FLOAT_ROUNDING 0x1p-24

static const double LARGEST_SAMPLE = 1e15;
static const double SMALLEST_BOUND = 1e-25;

/* Half-way between the extremes of a channel on both sides. Returns the largest distance from it. */
static double centre_of(const double *x, size_t n_x, const double *y, size_t n_y, double *centre)
{
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (int side = 0; side < 2; side++) {
        const double *sample = side == 0 ? x : y;
        const size_t n = side == 0 ? n_x : n_y;
        for (size_t t = 0; t < n; t++) {
            /* A missing sample is an infinity here. */
            const double value = fabs(sample[t]) < HUGE_VAL ? sample[t] : low;
            low = value < low ? value : low;
            high = value > high && value < HUGE_VAL ? value : high;
        }
    }
    if (!(low <= high)) {
        *centre = 0.0;
        return 0.0;
    }
    *centre = low + (high - low) / 2.0;
    return (high - low) * 0.51;
}

static const float *float_copy(uint8_t **cursor, const double *sample, size_t n, double centre)
{
    float *copy = rqa__sweep_carve(cursor, (n + RQA__SWEEP_PAD) * sizeof *copy);
    for (size_t t = 0; t < n + RQA__SWEEP_PAD; t++) {
        copy[t] = (float)(sample[t] - centre);
    }
    return copy;
}

/* The largest |float value - double value| of a pair within `last`; see the head of the file. */
static double error_of(const rqa__sweep_space *space, uint32_t dim, double reach, double last)
{
    const double u = FLOAT_ROUNDING;
    const double n_terms = (double)space->dims[dim] * space->n_channels;
    const double widest = space->norm == 1 ? sqrt(last) : last;
    const double difference = 2.0 * u * reach + u * widest;
    double error = difference;
    if (space->norm == 1) {
        error = n_terms * (2.0 * widest * difference + difference * difference + 2.0 * u * last);
    } else if (space->norm == 2) {
        error = n_terms * (difference + u * last);
    }
    return error * 1.1 + n_terms * 1e-44;
}

/* The units of a bound between which a float value says nothing. One unit of margin covers the
 * roundings of the units themselves. */
static long first_doubtful(const rqa__sweep_filter *filter, double bound, double error)
{
    return (long)floor((bound - error - (double)filter->origin) * (double)filter->scale) - 1;
}

static long first_certain(const rqa__sweep_filter *filter, double bound, double error)
{
    return (long)floor((bound + error - (double)filter->origin) * (double)filter->scale) + 2;
}

/* How far a root may be off whose square is off by `error`, at one of the bounds; or infinity. */
static double error_of_roots(const double *bound, unsigned n, double error)
{
    double widest = 0.0;
    for (unsigned e = 0; e < n; e++) {
        if (!(bound[e] >= 0.0)) {
            return HUGE_VAL;
        }
        const double root = sqrt(bound[e]);
        const double below = bound[e] > error ? sqrt(bound[e] - error) : 0.0;
        widest = root - below > widest ? root - below : widest; /* that above is narrower */
    }
    const double at_zero = sqrt(bound[0] + error) - sqrt(bound[0]); /* but for a first bound of 0 */
    return at_zero > widest ? at_zero : widest;
}

static double step_bound(const double *bound, unsigned e, int of_roots)
{
    return of_roots ? sqrt(bound[e]) : bound[e];
}

/* The short cut for bounds, or their roots, that differ from an even spacing by less than floats can
 * tell. Whether the spacing is even, and no cell need be decided twice. */
static int make_steps(rqa__sweep_filter *filter, const double *bound, unsigned n, double error,
                      int of_roots)
{
    const double width = RQA__SWEEP_STEP_UNITS;
    if (of_roots) {
        error = error_of_roots(bound, n, error);
    }
    filter->step_doubt = 0;
    filter->step_of_roots = (uint32_t)of_roots;
    if (n < 2 || !(error < HUGE_VAL)) {
        return 0;
    }
    const double first = step_bound(bound, 0, of_roots);
    const double step = (step_bound(bound, n - 1, of_roots) - first) / (n - 1);
    double off = 0.0;
    if (!(step > 8.0 * error)) {
        return 0;
    }
    for (unsigned e = 0; e < n; e++) {
        const double by = fabs(step_bound(bound, e, of_roots) - (first + e * step));
        off = by > off ? by : off; /* gcc 12 for Arm fails on fmax here */
    }
    filter->step_origin = (float)(first - step);
    filter->step_scale = (float)(width / step);
    filter->step_first = (float)(width / 2.0);
    filter->step_last = (float)(width * (n + 0.5));
    /* The origin and the units are rounded too, and a root; two units on top cover the cut. */
    const double rounding = (fabs(first - step) + (n + 1.0) * step) * 5.0 * FLOAT_ROUNDING;
    const double doubt = (error + off + rounding) * width / step + 2.0;
    if (doubt < width / 8.0) {
        filter->step_doubt = (int32_t)doubt + 1;
    }
    return filter->step_doubt != 0;
}

static void make_filter(rqa__sweep_filter *filter, const double *bound, unsigned n, double error,
                        int is_squared)
{
    const long width = RQA__SWEEP_CELL_UNITS;
    const double margin = (bound[n - 1] - bound[0] + 2.0 * error) * 0.001 + 1e-6 * bound[n - 1];
    const double low = bound[0] - error - margin;
    const double high = bound[n - 1] + error + margin;
    unsigned passed = 0;  /* bounds that lie below the cell for certain */
    unsigned reached = 0; /* bounds that begin to matter before the cell's end */
    if (!make_steps(filter, bound, n, error, 0) && is_squared) {
        make_steps(filter, bound, n, error, 1);
    }
    filter->origin = (float)low;
    filter->scale = (float)((double)RQA__SWEEP_CELLS * (double)width / (high - low));
    filter->all_below = (float)(bound[0] - error - margin / 2.0);
    filter->all_above = (float)(bound[n - 1] + error + margin / 2.0);
    for (long c = 0; c < RQA__SWEEP_CELLS; c++) {
        const long start = c * width;
        long doubtful = width;
        long certain = width;
        while (passed < n && first_certain(filter, bound[passed], error) <= start) {
            passed++;
        }
        while (reached < n && first_doubtful(filter, bound[reached], error) < start + width) {
            reached++;
        }
        if (passed < reached) {
            doubtful = first_doubtful(filter, bound[passed], error) - start;
            certain = first_certain(filter, bound[reached - 1], error) - start;
            doubtful = doubtful > 0 ? doubtful : 0;
            certain = certain < width ? certain : width;
        }
        filter->cell[c] =
            passed | reached << 8 | (uint32_t)doubtful << 16 | (uint32_t)certain << 24;
    }
}

size_t rqa__sweep_filters_room(const rqa__task *task)
{
    return task->n_dims * (rqa__sweep_room(sizeof(rqa__sweep_filter)) + sizeof(void *)) +
           (task->x.n_channels + task->y.n_channels) * 2 * sizeof(void *) + 512;
}

void rqa__sweep_make_filters(rqa__sweep_space *space, uint8_t **cursor, const rqa__side *x,
                             const rqa__side *y)
{
    const float **xf = rqa__sweep_carve(cursor, space->n_channels * sizeof *xf);
    const float **yf = rqa__sweep_carve(cursor, space->n_channels * sizeof *yf);
    const rqa__sweep_filter **filter =
        rqa__sweep_carve(cursor, space->n_dims * sizeof *filter);
    double reach = 0.0;
    for (uint32_t c = 0; c < space->n_channels; c++) {
        double centre;
        const double half =
            centre_of(space->x[c], x->n_samples, space->y[c], y->n_samples, &centre);
        reach = half > reach ? half : reach;
        if (!(half < LARGEST_SAMPLE)) {
            return;
        }
        xf[c] = float_copy(cursor, space->x[c], x->n_samples, centre);
        yf[c] = float_copy(cursor, space->y[c], y->n_samples, centre);
    }
    rqa__sweep_filter *shared = NULL;
    for (uint32_t d = 0; d < space->n_dims; d++) {
        const double *bound = space->bounds + d * space->bounds_stride;
        const double first = bound[0];
        const double last = bound[space->n_thresholds - 1];
        if (!(last > SMALLEST_BOUND) || !(last < LARGEST_SAMPLE) || first < -last) {
            return;
        }
        if (shared == NULL || !space->shared_bounds) {
            const uint32_t widest = space->shared_bounds ? space->n_dims - 1 : d;
            shared = rqa__sweep_carve(cursor, sizeof *shared);
            make_filter(shared, bound, space->n_thresholds, error_of(space, widest, reach, last),
                        space->norm == 1);
        }
        filter[d] = shared;
    }
    space->xf = xf;
    space->yf = yf;
    space->filter = filter;
}
