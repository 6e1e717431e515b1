/* engine_tiles_field.c - samples as 16-bit integers, their boxes, and the band that is left to double.
 *
 * The filter. Samples become q = round(s (v - low - half)), |q| <= 32767, with an error of at most
 * 0.5005 each (engine_bits_sums.c), so |d - D| <= g = 1.002 for a real difference D = s (x_j - x_i) and
 * a filtered one d, but where d saturates: then |d| >= 32767 and |d| <= |D| + g still holds. The bands
 * of squares and of absolute sums are those of engine_bits_sums.c. Of the maximum norm T = max |d|, so
 * T <= max |D| + g always, and max |D| <= T + g where T <= 32000. The documented value is a maximum of
 * differences rounded once, far inside the factor 1 -+ (M + 16) 2^-50.
 *
 * The boxes. For rows with q in [a, b] and columns with q in [a', b'], q_c - q_r lies in [a' - b,
 * b' - a], and saturation is monotone. So |d| >= max(0, sat(a' - b), sat(a - b')) =: near, and |d| <=
 * max(sat(b' - a), sat(b - a')) =: far unless d = -32768, whose far is 32767. A term rises with |d|, and
 * so do the maximum and the saturating sum. Hence T of the near ones <= T of every pair: above hi, the
 * tile is empty. And T of every pair <= T of the far ones where that is <= lo <= 32000, since a far of
 * 32767 alone gives at least 32766: the tile is full. A box decides as the filter would each pair, and
 * the band of the filter holds for it. Missing samples are in no box: their cells are cleared, and a tile
 * that has any is never full.
 */
#include "backend/engine_tiles_internal.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void set_band(rqa__tiles_run *run, double scale)
{
    rqa__tiles_field *f = &run->field;
    const double terms = (double)f->n_terms, slack = (terms + 16) * 0x1p-50, g = 1.002;
    double sure, perhaps;
    if (f->kind == RQA__TILES_SQUARES) {
        const double radius = scale * sqrt(run->bound);
        const double inner = radius * (1 - slack) - g * sqrt(terms);
        const double outer = radius * (1 + slack) + g * sqrt(terms);
        sure = inner <= 0 ? -1 : inner * inner * (1 - slack) / 32768 - terms / 2;
        perhaps = outer * outer * (1 + slack) / 32768 + terms / 2;
    } else {
        const double wide = f->kind == RQA__TILES_MAXIMUM ? g : terms * g;
        sure = scale * run->bound * (1 - slack) - wide;
        perhaps = scale * run->bound * (1 + slack) + wide;
    }
    sure = floor(sure);
    perhaps = floor(perhaps);
    f->lo = sure < 0 ? -1 : sure > 32000 ? 32000 : (int32_t)sure;
    f->hi = perhaps >= 65535 ? 65535 : (int32_t)perhaps;
}

static void find_range(const double *v, size_t n, double *low, double *half)
{
    double a = DBL_MAX, b = -DBL_MAX;
    for (size_t i = 0; i < n; i++) {
        a = v[i] < a ? v[i] : a;
        b = v[i] > b ? v[i] : b;
    }
    *low = a <= b ? a : 0;
    *half = a <= b ? b / 2 - a / 2 : 0;
}

/* A missing sample takes the place of the one before it, and none is past the last. */
static void quantise(int16_t *q, size_t n_all, const double *v, size_t n, double scale)
{
    double low, half;
    int16_t last = 0;
    find_range(v, n, &low, &half);
    for (size_t i = 0; i < n; i++) {
        const double s = (v[i] - low - half) * scale;
        if (s >= -32767.25 && s <= 32767.25)
            last = (int16_t)((int32_t)(s + 32768.5) - 32768);
        q[i] = last;
    }
    for (size_t i = n; i < n_all; i++)
        q[i] = last;
}

static void make_boxes(int16_t *low, int16_t *high, const int16_t *q, size_t n)
{
    for (size_t b = 0; b < n; b++) {
        int16_t least = q[8 * b], most = least;
        for (size_t k = 1; k < 8; k++) {
            least = q[8 * b + k] < least ? q[8 * b + k] : least;
            most = q[8 * b + k] > most ? q[8 * b + k] : most;
        }
        low[b] = least;
        high[b] = most;
    }
}

/* Vectors that touch a missing sample, a bit each; those past the last are set already. */
static void find_absent(rqa__tiles_run *run)
{
    const rqa__tiles_shape *s = &run->shape;
    const double *lead = run->task->x.channel[0];
    run->n_present = s->n;
    for (size_t b = 0; b < s->n_columns; b++)
        run->absent[b] = (uint8_t)(8 * b + 8 <= s->n ? 0 : 8 * b >= s->n ? 255 : 255 << (s->n % 8));
    for (size_t i = 0; run->task->skips && i < s->n_samples; i++)
        for (size_t k = 0; isnan(lead[i]) && k < s->dim && k * s->delay <= i; k++) {
            const size_t v = i - k * s->delay;
            if (v < s->n && !(run->absent[v / 8] >> v % 8 & 1)) {
                run->absent[v / 8] |= (uint8_t)(1 << v % 8);
                run->n_present--;
            }
        }
    memset(run->some_absent, 0, (s->n_columns / 64 + 1) * sizeof *run->some_absent);
    memset(run->all_absent, 0, (s->n_columns / 64 + 1) * sizeof *run->all_absent);
    for (size_t b = 0; b < s->n_columns; b++) {
        run->some_absent[b / 64] |= (uint64_t)(run->absent[b] != 0) << b % 64;
        run->all_absent[b / 64] |= (uint64_t)(run->absent[b] == 255) << b % 64;
    }
}

/* How many of them there are before each vector, and their stretches. */
static void find_gaps(rqa__tiles_run *run)
{
    uint32_t n_absent = 0;
    int before = 0;
    run->n_gaps = 0;
    for (size_t i = 0; run->cuts && i <= run->shape.n; i++) {
        const int here = i < run->shape.n && run->absent[i / 8] >> i % 8 & 1;
        run->cuts[i] = n_absent;
        n_absent += (uint32_t)here;
        if (here && !before)
            run->gap[2 * run->n_gaps] = (uint32_t)i;
        else if (!here && before)
            run->gap[2 * run->n_gaps++ + 1] = (uint32_t)i;
        before = here;
    }
}

static double scale_of(const rqa__tiles_run *run)
{
    const double reach = run->field.kind == RQA__TILES_SQUARES ? sqrt(run->bound) : run->bound;
    double most = 30000 / reach, half = 0;
    for (uint32_t c = 0; c < run->shape.n_channels; c++) {
        double low, here;
        find_range(run->task->x.channel[c], run->shape.n_samples, &low, &here);
        half = here > half ? here : half;
    }
    if (!(half < 1e280))
        return 0;
    most = half > 0 && !(32767 / half >= most) ? 32767 / half : most;
    return most * (1 - 0x1p-40); /* the ends of the range must not round past 32767 */
}

int rqa__tiles_field_make(rqa__tiles_run *run)
{
    const rqa__tiles_shape *s = &run->shape;
    const double scale = scale_of(run);
    if (!(scale > 1e-280 && scale < 1e280))
        return 0;
    set_band(run, scale);
    for (uint32_t c = 0; c < s->n_channels; c++) {
        const size_t n_all = 8 * s->n_boxes + 8;
        int16_t *q = run->samples + c * n_all;
        quantise(q, n_all, run->task->x.channel[c], s->n_samples, scale);
        for (size_t p = 0; p < RQA__TILES_PHASES; p++)
            if (run->box[p])
                make_boxes(run->box[p] + 2 * c * s->n_boxes, run->box[p] + (2 * c + 1) * s->n_boxes,
                           q + p, s->n_boxes);
    }
    for (uint32_t k = 0, t = 0; k < s->dim; k++)
        for (uint32_t c = 0; c < s->n_channels; c++, t++) {
            const size_t shift = k * s->delay;
            const int16_t *boxes = run->box[shift % 8] + 2 * c * s->n_boxes + shift / 8;
            run->sample[t] = run->task->x.channel[c] + shift;
            run->q[t] = run->samples + c * (8 * s->n_boxes + 8) + shift;
            run->low[t] = boxes;
            run->high[t] = boxes + s->n_boxes;
        }
    find_absent(run);
    find_gaps(run);
    return 1;
}

/* Of the cells of a tile, how many differ from that to the left, above, or above left: the first two
 * are counted where both cells are in the tile, the third is taken to be as many. */
static double changes_in(uint64_t cells)
{
    const uint64_t across = (cells ^ cells >> 1) & UINT64_C(0x7f7f7f7f7f7f7f7f);
    const uint64_t down = (cells ^ cells >> 8) & UINT64_C(0x00ffffffffffffff);
    return 1.5 * 64 / 56 * (__builtin_popcountll(across) + __builtin_popcountll(down));
}

/* Adds what a few open tiles among 64 tell of all open ones there. */
static void look_at(const rqa__tiles_run *run, size_t row, size_t first, uint64_t open,
                    rqa__tiles_looks *looks)
{
    enum { FEW = 4 };
    static const uint16_t at[FEW] = {0, 1, 2, 3};
    const double n_open = __builtin_popcountll(open);
    uint16_t tile[FEW], which[FEW];
    uint64_t cells[FEW], doubt[FEW];
    size_t n = 0;
    for (; n < FEW && open != 0; open &= open - 1)
        tile[n++] = (uint16_t)__builtin_ctzll(open);
    const size_t n_doubtful =
        run->call->kernels->cells(&run->field, row, first, tile, at, n, cells, doubt, which);
    for (size_t k = 0; k < n_doubtful; k++)
        looks->doubts += __builtin_popcountll(doubt[k]) * n_open / (double)n;
    for (size_t k = 0; k < n; k++)
        looks->changes += changes_in(cells[k]) * n_open / (double)n;
    looks->open += n_open;
}

rqa__tiles_looks rqa__tiles_look(const rqa__tiles_run *run)
{
    enum { MOST_SAMPLES = 160, TILES_A_SAMPLE = 64 * 40 };
    const rqa__tiles_shape *s = &run->shape;
    const size_t wanted = 1 + s->n_rows * s->n_rows / 2 / TILES_A_SAMPLE;
    const size_t n_samples = wanted < MOST_SAMPLES ? wanted : MOST_SAMPLES;
    rqa__tiles_looks looks = {0, 0, 0};
    double n_tiles = 0;
    for (uint64_t k = 1; k <= n_samples; k++) { /* 32-bit fractions of two irrational steps */
        uint64_t full, open;
        const size_t a = (size_t)((k * 2654435769u & UINT32_MAX) * s->n_rows >> 32);
        const size_t b = (size_t)((k * 1640531527u & UINT32_MAX) * s->n_rows >> 32);
        const size_t row = a < b ? a : b, first = a < b ? b : a;
        const size_t left = s->n_rows - first;
        run->call->kernels->decide(&run->field, row, first, 1, &full, &open);
        look_at(run, row, first, left < 64 ? open & ((UINT64_C(1) << left) - 1) : open, &looks);
        n_tiles += left < 64 ? (double)left : 64;
    }
    looks.open /= n_tiles;
    looks.doubts /= n_tiles;
    looks.changes /= n_tiles;
    return looks;
}

uint64_t rqa__tiles_decide_cells(const rqa__tiles_run *run, size_t row, size_t column, uint64_t doubt)
{
    uint64_t yes = 0;
    for (; doubt != 0; doubt &= doubt - 1) {
        const size_t b = (size_t)__builtin_ctzll(doubt);
        const size_t i = 8 * row + b / 8, j = 8 * column + b % 8;
        double value = 0;
        if (i >= run->shape.n || j >= run->shape.n)
            continue;
        for (size_t t = 0; t < run->field.n_terms; t++) {
            const double d = run->sample[t][i] - run->sample[t][j];
            const double size = fabs(d);
            if (run->field.kind == RQA__TILES_MAXIMUM)
                value = size > value ? size : value;
            else
                value += run->field.kind == RQA__TILES_SQUARES ? d * d : size;
        }
        yes |= (uint64_t)(value <= run->bound) << b;
    }
    return yes;
}
