/* engine_tiles_field.c - samples as 16-bit integers, their boxes, and the band that is left to double.
 *
 * The filter. Samples become q = round(s (v - low - half)), |q| <= 32767, with an error of at most
 * 0.5005 each (engine_bits_sums.c). s, and low and half of a channel, are the same numbers for both sides
 * of a cross matrix: low and half are those of the samples of both. So they drop out of a difference,
 * whatever rounding made them, and what is left is an error of each side's own: |d - D| <= 2 * 0.5005 <
 * g = 1.002 for a real difference D = s (y_j - x_i) and a filtered one d = q(y_j) - q(x_i), but where d
 * saturates: then |d| >= 32767 and |d| <= |D| + g still holds. The bands of squares and of absolute sums
 * are those of engine_bits_sums.c. Of the maximum norm T = max |d|, so T <= max |D| + g always, and
 * max |D| <= T + g where T <= 32000. The documented value is a maximum of differences rounded once, far
 * inside the factor 1 -+ (M + 16) 2^-50.
 *
 * The boxes. Nothing below asks whether rows and columns are of one series: both kinds of q are integers
 * that are given. For rows with q in [a, b] and columns with q in [a', b'], q_c - q_r lies in [a' - b,
 * b' - a], and saturation is monotone. So |d| >= max(0, sat(a' - b), sat(a - b')) =: near, and |d| <=
 * max(sat(b' - a), sat(b - a')) =: far unless d = -32768, whose far is 32767. A term rises with |d|, and
 * so do the maximum and the saturating sum. Hence T of the near ones <= T of every pair: above hi, the
 * tile is empty. And T of every pair <= T of the far ones where that is <= lo <= 32000, since a far of
 * 32767 alone gives at least 32766: the tile is full. A box decides as the filter would each pair, and
 * the band of the filter holds for it. Missing samples are in no box: their cells are cleared, and a tile
 * that has any is never full.
 *
 * Wrapping. The cells may take d modulo 2^16, where it comes out as 2^16 - |d| if |d| > 2^15. No |d| is
 * above 2 half s + 1.001, and one whose term alone is up to hi is not above s reach + 1050: its square is
 * less than that of the outer radius and 2^15 (M / 2 + 1), M <= 64. So where s (2 half + reach) <= 64000
 * what wraps is above hi, as are the 32766 and more of what saturates, since s reach <= 30000.
 *
 * Two distances. A cell of a joint matrix recurs where both do: a tile is empty where either is, and full
 * where both are.
 */
#include "backend/engine_tiles_state.h"
#include "base/smaller.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void set_band(rqa__tiles_distance *distance, double scale)
{
    rqa__tiles_field *f = &distance->field;
    const double terms = (double)f->n_terms, slack = (terms + 16) * 0x1p-50, g = 1.002;
    double sure, perhaps;
    if (f->kind == RQA__TILES_SQUARES) {
        const double inner = scale * sqrt(distance->sure_bound) * (1 - slack) - g * sqrt(terms);
        const double outer = scale * sqrt(distance->bound) * (1 + slack) + g * sqrt(terms);
        sure = inner <= 0 ? -1 : inner * inner * (1 - slack) / 32768 - terms / 2;
        perhaps = outer * outer * (1 + slack) / 32768 + terms / 2;
    } else {
        const double wide = f->kind == RQA__TILES_MAXIMUM ? g : terms * g;
        sure = scale * distance->sure_bound * (1 - slack) - wide;
        perhaps = scale * distance->bound * (1 + slack) + wide;
    }
    sure = floor(sure);
    perhaps = floor(perhaps);
    f->lo = sure < 0 ? -1 : sure > 32000 ? 32000 : (int32_t)sure;
    f->hi = perhaps >= 65535 ? 65535 : (int32_t)perhaps;
}

static int kind_of(const rqa__task *task)
{
    if (task->norm == RQA__NORM_EUCLIDEAN)
        return RQA__TILES_SQUARES;
    return task->norm == RQA__NORM_MAXIMUM ? RQA__TILES_MAXIMUM : RQA__TILES_ABSOLUTE;
}

/* Of a channel, on all sides of a distance. */
typedef struct range {
    double low, half;
} range;

/* Each half of the samples by itself: one after another they would wait for each other. */
static void widen(double *least, double *most, const double *v, size_t n)
{
    double low[2] = {*least, *least}, high[2] = {*most, *most};
    for (size_t i = 0, half = n / 2; i < n - half; i++) {
        const double a = v[i], b = v[half + i];
        low[0] = a < low[0] ? a : low[0];
        low[1] = b < low[1] ? b : low[1];
        high[0] = a > high[0] ? a : high[0];
        high[1] = b > high[1] ? b : high[1];
    }
    *least = low[1] < low[0] ? low[1] : low[0];
    *most = high[1] > high[0] ? high[1] : high[0];
}

static range find_range(const rqa__side *const *side, unsigned n_sides, uint32_t channel)
{
    double a = DBL_MAX, b = -DBL_MAX;
    for (unsigned k = 0; k < n_sides; k++)
        widen(&a, &b, side[k]->channel[channel], side[k]->n_samples);
    return a <= b ? (range){a, b / 2 - a / 2} : (range){0, 0};
}

/* None is past the ends of the range, which scale_of() brings within 32767. */
static void quantise(int16_t *q, const double *v, size_t n, range r, double scale)
{
    for (size_t i = 0; i < n; i++)
        q[i] = (int16_t)((int32_t)((v[i] - r.low - r.half) * scale + 32768.5) - 32768);
}

/* A missing sample takes the place of the one before it. */
static void quantise_present(int16_t *q, const double *v, size_t n, range r, double scale)
{
    int16_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(v[i]))
            quantise(&last, v + i, 1, r, scale);
        q[i] = last;
    }
}

/* Of n boxes those from `n_own` on lie past the last sample. */
static void make_boxes(int16_t *low, int16_t *high, const int16_t *q, size_t n, size_t n_own)
{
    const int16_t beyond = n_own < n ? q[8 * n_own] : 0;
    for (size_t b = n_own; b < n; b++)
        low[b] = high[b] = beyond;
    for (size_t b = 0; b < n_own; b++) {
        int16_t least = q[8 * b], most = least;
        for (size_t k = 1; k < 8; k++) {
            least = q[8 * b + k] < least ? q[8 * b + k] : least;
            most = q[8 * b + k] > most ? q[8 * b + k] : most;
        }
        low[b] = least;
        high[b] = most;
    }
}

/* Of n vectors those that touch a missing sample, a bit each, beside those that are set already. */
static void mark_absent(uint8_t *absent, size_t n, const rqa__side *side, uint32_t dim)
{
    const double *lead = side->channel[0];
    for (size_t i = 0; i < side->n_samples; i++)
        for (size_t k = 0; isnan(lead[i]) && k < dim && k * side->delay <= i; k++) {
            const size_t v = i - k * side->delay;
            if (v < n)
                absent[v / 8] |= (uint8_t)(1 << v % 8);
        }
}

static void mark_past_last(uint8_t *absent, size_t n_tiles, size_t n)
{
    for (size_t b = 0; b < n_tiles; b++)
        absent[b] = (uint8_t)(8 * b + 8 <= n ? 0 : 8 * b >= n ? 255 : 255 << (n % 8));
}

/* What is missing of rows and of columns: in a triangle of any side. */
static void find_absent(rqa__tiles_run *run)
{
    const rqa__tiles_shape *s = &run->shape;
    const rqa__task *task = run->task;
    mark_past_last(run->absent_x, s->n_rows, s->n_x);
    mark_past_last(run->absent_y, s->n_columns, s->n_y);
    if (task->skips)
        mark_absent(run->absent_x, s->n_x, &task->x, s->side[0].dim);
    if (task->skips && s->n_sides > 1)
        mark_absent(run->absent_y, s->n_y, &task->y, s->side[1].dim);
    run->n_present = 0;
    memset(run->some_absent, 0, (s->n_columns / 64 + 1) * sizeof *run->some_absent);
    memset(run->all_absent, 0, (s->n_columns / 64 + 1) * sizeof *run->all_absent);
    for (size_t b = 0; b < s->n_columns; b++) {
        run->n_present += run->absent_y[b] == 0 ? 8 : 8 - (size_t)__builtin_popcount(run->absent_y[b]);
        run->some_absent[b / 64] |= (uint64_t)(run->absent_y[b] != 0) << b % 64;
        run->all_absent[b / 64] |= (uint64_t)(run->absent_y[b] == 255) << b % 64;
    }
}

/* How many missing vectors of columns there are before each, and their stretches. */
static void find_gaps(rqa__tiles_run *run)
{
    uint32_t n_absent = 0;
    int before = 0;
    run->n_gaps = 0;
    for (size_t i = 0; run->cuts && i <= run->shape.n_y; i++) {
        const int here = i < run->shape.n_y && run->absent_y[i / 8] >> i % 8 & 1;
        run->cuts[i] = n_absent;
        n_absent += (uint32_t)here;
        if (here && !before)
            run->gap[2 * run->n_gaps] = (uint32_t)i;
        else if (!here && before)
            run->gap[2 * run->n_gaps++ + 1] = (uint32_t)i;
        before = here;
    }
}

/* The sides of a distance, or the one of both. */
static unsigned sides_of(const rqa__tiles_run *run, unsigned distance, const rqa__side *out[2])
{
    out[0] = distance == 0 ? &run->task->x : &run->task->y;
    out[1] = &run->task->y;
    return run->shape.is_triangle ? 1 : 2;
}

static double scale_of(const rqa__tiles_distance *d, const range *of, uint32_t n_channels)
{
    const double reach = d->field.kind == RQA__TILES_SQUARES ? sqrt(d->bound) : d->bound;
    double most = 30000 / reach, half = 0;
    for (uint32_t c = 0; c < n_channels; c++)
        half = of[c].half > half ? of[c].half : half;
    if (!(half < 1e280))
        return 0;
    const double narrow = 64000 / (2 * half + reach);
    return narrow < most ? narrow : most;
}

/* Channel c of a side, and its boxes. */
static void make_channel(rqa__tiles_side *side, const rqa__tiles_series *s, const rqa__side *given,
                         uint32_t c, range r, double scale, int skips)
{
    const size_t n_own = rqa__smaller(s->n_samples / 8 + 1, s->n_boxes), n_all = 8 * s->n_boxes + 8;
    int16_t *q = side->samples + c * n_all;
    const double *v = given->channel[c];
    if (skips)
        quantise_present(q, v, s->n_samples, r, scale);
    else
        quantise(q, v, s->n_samples, r, scale);
    const int16_t last = s->n_samples > 0 ? q[s->n_samples - 1] : 0;
    for (size_t i = s->n_samples; i < n_all; i++) /* there none is missing */
        q[i] = last;
    for (size_t p = 0; p < RQA__TILES_PHASES; p++)
        if (side->box[p])
            make_boxes(side->box[p] + 2 * c * s->n_boxes, side->box[p] + (2 * c + 1) * s->n_boxes,
                       q + p, s->n_boxes, n_own);
}

static void set_terms(rqa__tiles_side *side, const rqa__tiles_series *s, const rqa__side *given)
{
    for (uint32_t k = 0, t = 0; k < s->dim; k++)
        for (uint32_t c = 0; c < s->n_channels; c++, t++) {
            const size_t shift = k * s->delay;
            const int16_t *boxes = side->box[shift % 8] + 2 * c * s->n_boxes + shift / 8;
            side->sample[t] = given->channel[c] + shift;
            side->q[t] = side->samples + c * (8 * s->n_boxes + 8) + shift;
            side->low[t] = boxes;
            side->high[t] = boxes + s->n_boxes;
        }
}

static void point(rqa__tiles_run *run, unsigned k)
{
    rqa__tiles_distance *distance = &run->distance[k];
    const rqa__tiles_series *s = &run->shape.side[k];
    distance->x = &run->side[k];
    distance->y = run->shape.is_triangle ? distance->x : &run->side[1];
    distance->field = (rqa__tiles_field){.kind = kind_of(run->task),
                                         .n_terms = (size_t)s->dim * s->n_channels,
                                         .q = distance->y->q,
                                         .low = distance->y->low,
                                         .high = distance->y->high,
                                         .row_q = distance->x->q,
                                         .row_low = distance->x->low,
                                         .row_high = distance->x->high};
}

static int make_distance(rqa__tiles_run *run, unsigned k)
{
    const rqa__side *given[2];
    const unsigned n_sides = sides_of(run, k, given);
    range of[RQA__TILES_TERMS]; /* channels are no more than terms */
    for (uint32_t c = 0; c < given[0]->n_channels; c++)
        of[c] = find_range(given, n_sides, c);
    point(run, k);
    const double scale = scale_of(&run->distance[k], of, given[0]->n_channels);
    if (!(scale > 1e-280 && scale < 1e280))
        return 0;
    set_band(&run->distance[k], scale);
    for (unsigned j = 0; j < n_sides; j++)
        for (uint32_t c = 0; c < given[0]->n_channels; c++)
            make_channel(&run->side[k + j], &run->shape.side[k + j], given[j], c, of[c], scale,
                         (int)run->task->skips);
    for (unsigned j = 0; j < n_sides; j++)
        set_terms(&run->side[k + j], &run->shape.side[k + j], given[j]);
    return 1;
}

int rqa__tiles_field_make(rqa__tiles_run *run)
{
    for (unsigned k = 0; k < run->shape.n_fields; k++)
        if (!make_distance(run, k))
            return 0;
    find_absent(run);
    find_gaps(run);
    return 1;
}
