/* engine_bits_sums.c - samples as 16-bit integers whose sums decide most pairs, and the band of sums
 * that leaves the others to double. */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The band of the 16-bit filter.
 *
 * Samples become q = round(s (x - low - half)), |q| <= 32767, with an error of at most e = 0.5005
 * each (0.5 plus the rounding of four double operations on magnitudes below 2^15). So for real
 * differences D = s (x_i - y_j) and filtered ones d, |d - D| <= 2e < 1.002 =: g, except where d is
 * saturated; then |d| >= 32767 and |d| <= |D| + g still holds.
 *
 * Manhattan: T = sum |d| (M terms, saturating). With S = sum |D|: T <= S + M g always; and where T
 * <= 32000 nothing was saturated, so S <= T + M g.
 * Euclid: a term is t = (d^2 + 2^14) >> 15, |t - d^2/2^15| <= 1/2. By the triangle inequality
 * |d| (the vector) lies within g sqrt(M) of |D|, from above always, from below if nothing was
 * saturated (a saturated d gives t >= 32766). So with S = sum D^2,
 *   T <= (sqrt S + g sqrt M)^2 / 2^15 + M/2, and T <= 32000 => S <= (sqrt(2^15 (T + M/2)) + g
 * sqrt M)^2.
 * Euclid, small squares: a term is min(|d|, 255)^2, so where T <= 32000 it is d^2 in all of them,
 *   T <= (sqrt S + g sqrt M)^2, and T <= 32000 => S <= (sqrt T + g sqrt M)^2.
 *
 * The rule is V <= bound for the documented double sum V. Each term carries at most three
 * roundings and each addition one more, so V = V' (1 + h), |h| <= (M + 3) 2^-53 / (1 - (M + 3)
 * 2^-53) for the real sum V', all terms being non-negative, as long as nothing under- or
 * overflows: bounds outside [1e-280, 1e280] get an empty filter, and within it underflow moves V
 * by less than M 2^-1074. Both are far inside the factor 1 -+ (M + 16) 2^-50 below, which also
 * covers the rounding of this function's own arithmetic. */
static void set_band(rqa__bits_field *f, double scale)
{
    const double terms = (double)f->dim * f->n_channels;
    const double slack = (terms + 16) * 0x1p-50;
    const double g = 1.002;
    double sure, maybe;
    if (f->norm == RQA__NORM_MANHATTAN) {
        sure = scale * f->bound * (1 - slack) - terms * g;
        maybe = scale * f->bound * (1 + slack) + terms * g;
    } else {
        double radius = scale * sqrt(f->bound);
        double inner = radius * (1 - slack) - g * sqrt(terms);
        double outer = radius * (1 + slack) + g * sqrt(terms);
        sure = inner <= 0 ? -1 : inner * inner * (1 - slack);
        maybe = outer * outer * (1 + slack);
        if (f->term == RQA__BITS_SQUARE) {
            sure = sure / 32768 - terms / 2;
            maybe = maybe / 32768 + terms / 2;
        }
    }
    /* T is an integer, so the integers within these limits lose nothing. */
    sure = floor(sure);
    maybe = floor(maybe);
    f->lo = sure < 0 ? -1 : sure > 32000 ? 32000 : (int32_t)sure;
    f->hi = maybe >= 65535 ? 65535 : (int32_t)maybe;
}

/* Of numbers from `low` to low + 2 * half. That sum itself, or its middle, may be rounded by more
 * than a unit where the range is a few steps of double wide. */
static void quantise(int16_t *q, const double *v, size_t n, double low, double half, double scale)
{
    for (size_t i = 0; i < n; i++) {
        double s = (v[i] - low - half) * scale;
        /* The comparison also catches NaN. */
        q[i] = s >= -32767.25 && s <= 32767.25 ? (int16_t)((int32_t)(s + 32768.5) - 32768)
                                               : INT16_MIN;
    }
}

/* Least and greatest sample of a channel on both sides; notes missing ones. */
static int channel_range(rqa__bits_field *f, uint32_t c, double *low, double *high)
{
    int missing = 0;
    *low = DBL_MAX;
    *high = -DBL_MAX;
    for (unsigned side = 0; side < 2; side++) {
        const double *v = side == 0 ? f->x[c] : f->y[c];
        size_t n = side == 0 ? f->n_x : f->n_y;
        if (side == 1 && v == f->x[c] && n <= f->n_x) {
            break;
        }
        double a = *low;
        double b = *high;
        for (size_t i = 0; i < n; i++) {
            a = v[i] < a ? v[i] : a;
            b = v[i] > b ? v[i] : b;
            missing |= v[i] != v[i];
        }
        *low = a;
        *high = b;
    }
    return missing;
}

/* Samples of a channel that was folded. */
static void quantise_folded(int16_t *q, const double *v, size_t n, const rqa__bits_folded *channel,
                            double scale)
{
    for (size_t i = 0; i < n; i++) {
        double moved = rqa__bits_fold_sample(channel, v[i]);
        quantise(q + i, &moved, 1, 0, channel->length / 2, scale);
    }
}

/* What the samples become: (v - low - half) * scale, after folding where `folded` is not NULL. */
typedef struct quantisation {
    double *low, *half; /* [n_channels]: least sample and half the range */
    rqa__bits_folded *folded;
    double reach; /* what one difference of a recurrent pair may be */
    double scale;
    double doubt; /* width of the band, as a share of the bound: how many pairs it leaves open */
    int term;
    int usable;
} quantisation;

/* The band of terms of this kind, of data that reach from -half to half. */
static quantisation with_term(rqa__bits_field *f, const quantisation *z, int term, double half)
{
    quantisation out = *z;
    /* The bound of small squares is below 32,000, as far as sums are believed. */
    const double most = (term == RQA__BITS_SMALL_SQUARE ? 170 : 30000) / z->reach;
    out.term = term;
    out.scale = half > 0 && !(32767 / half >= most) ? 32767 / half : most;
    out.scale *= 1 - 0x1p-40; /* the ends of the range must not round past 32767 */
    const double units = z->reach * out.scale;
    f->term = term;
    set_band(f, out.scale);
    out.doubt = (f->hi - f->lo) / (term == RQA__BITS_ABSOLUTE       ? units
                                   : term == RQA__BITS_SMALL_SQUARE ? units * units
                                                                    : units * units / 32768);
    return out;
}

/* Whether one difference of 1.25 * reach, or more, puts a pair above the band in force. */
static int is_apart(const rqa__bits_field *f, const quantisation *z)
{
    const double d = 1.25 * z->reach * z->scale * (1 - 0x1p-30) - 1.002;
    const double least = z->term == RQA__BITS_ABSOLUTE       ? fmin(d, 32767)
                         : z->term == RQA__BITS_SMALL_SQUARE ? fmin(d, 255) * fmin(d, 255)
                                                             : fmin(d * d / 32768 - 1, 32766);
    return d > 0 && least > f->hi;
}

/* Takes the terms that leave half as many pairs open, or fewer. */
static void take_better(rqa__bits_field *f, quantisation *z, double half)
{
    const int n_kinds = f->norm == RQA__NORM_MANHATTAN ? 1 : 2;
    const quantisation before = *z;
    for (int k = 0; k < n_kinds; k++) {
        const int term = n_kinds == 1 ? RQA__BITS_ABSOLUTE
                         : k == 0     ? RQA__BITS_SQUARE
                                      : RQA__BITS_SMALL_SQUARE;
        const quantisation other = with_term(f, &before, term, half);
        if (other.doubt < z->doubt / 2 && (z->folded == NULL || is_apart(f, &other))) {
            *z = other;
        }
    }
}

static int try_fold(rqa__bits_field *f, quantisation *z, const rqa__bits_halt *halt)
{
    quantisation folded = *z;
    double half = 0;
    int status = rqa__bits_fold(f, z->reach, z->low, z->half, halt, &folded.folded);
    if (folded.folded == NULL) {
        return status;
    }
    for (uint32_t c = 0; c < f->n_channels; c++) {
        half = fmax(half, folded.folded[c].length / 2);
    }
    take_better(f, &folded, half);
    if (folded.doubt < z->doubt) {
        *z = folded;
    } else {
        rqa__free(folded.folded);
    }
    return 0;
}

/* Share of pairs with a value up to `most`, from one in 128 of them or fewer; decides about speed alone. */
static double sample_share(const rqa__bits_field *f, double most)
{
    enum { MOST_SAMPLES = 1024, LEAST_SAMPLES = 8, PAIRS_A_SAMPLE = 128 };
    const size_t span = f->dim - 1;
    if (f->n_x <= span * f->delay_x || f->n_y <= span * f->delay_y) {
        return 0;
    }
    const uint64_t n_x = f->n_x - span * f->delay_x;
    const uint64_t n_y = f->n_y - span * f->delay_y;
    const double wanted = (double)n_x * (double)n_y / PAIRS_A_SAMPLE;
    const uint64_t n_samples = wanted < LEAST_SAMPLES  ? LEAST_SAMPLES
                               : wanted < MOST_SAMPLES ? (uint64_t)wanted
                                                       : MOST_SAMPLES;
    uint64_t n = 0;
    for (uint64_t s = 1; s <= n_samples; s++) { /* 32-bit fractions of two irrational steps */
        const size_t i = (size_t)((s * 2654435769u & UINT32_MAX) * n_x >> 32);
        const size_t j = (size_t)((s * 1640531527u & UINT32_MAX) * n_y >> 32);
        double value = 0;
        for (size_t k = 0; k <= span && value <= most; k++) {
            for (uint32_t c = 0; c < f->n_channels; c++) {
                const double d = f->x[c][i + k * f->delay_x] - f->y[c][j + k * f->delay_y];
                value += f->norm == RQA__NORM_MANHATTAN ? fabs(d) : d * d;
            }
        }
        n += value <= most;
    }
    return (double)n / (double)n_samples;
}

static int plan_sums(rqa__bits_field *f, quantisation *z, const rqa__bits_halt *halt)
{
    /* Of pairs that a band leaves open: one in 300 costs as much as better terms do. */
    const double little_doubt = 0.05, few_open = 0.003;
    double half = 0;
    int status = 0;
    f->missing = 0;
    for (uint32_t c = 0; c < f->n_channels; c++) {
        double low, high;
        if (rqa__bits_is_stopped(halt)) {
            return RQA_ERROR_CANCELLED;
        }
        f->missing |= channel_range(f, c, &low, &high);
        z->low[c] = low <= high ? low : 0;
        z->half[c] = low <= high ? high / 2 - low / 2 : 0;
        half = z->half[c] > half ? z->half[c] : half;
    }
    z->usable = f->bound >= 1e-280 && f->bound <= 1e280;
    if (!z->usable) {
        return 0;
    }
    z->reach = f->norm == RQA__NORM_EUCLIDEAN ? sqrt(f->bound) : f->bound;
    *z = with_term(f, z, f->norm == RQA__NORM_MANHATTAN ? RQA__BITS_ABSOLUTE : RQA__BITS_SQUARE,
                   half);
    const int hard = z->doubt > little_doubt &&
                     fmin(z->doubt, 1) * sample_share(f, f->bound * (1 + z->doubt)) > few_open;
    if (hard) {
        take_better(f, z, half);
    }
    if (hard && z->doubt > little_doubt) {
        status = try_fold(f, z, halt);
    }
    z->usable = (half < 1e280 || z->folded != NULL) && z->scale > 1e-280 && z->scale < 1e280;
    return status;
}

static int make_sums(rqa__bits_field *f, const quantisation *z, const rqa__bits_halt *halt)
{
    for (uint32_t c = 0; c < f->n_channels; c++) {
        int16_t *q_x = f->q_x + (size_t)c * f->n_x;
        int16_t *q_y = f->q_y + (size_t)c * f->n_padded;
        if (rqa__bits_is_stopped(halt)) {
            return RQA_ERROR_CANCELLED;
        }
        memset(q_y, 0, f->n_padded * sizeof *q_y);
        if (!z->usable) {
            memset(q_x, 0, f->n_x * sizeof *q_x);
        } else if (z->folded != NULL) {
            quantise_folded(q_x, f->x[c], f->n_x, &z->folded[c], z->scale);
            quantise_folded(q_y + f->pad, f->y[c], f->n_y, &z->folded[c], z->scale);
        } else {
            quantise(q_x, f->x[c], f->n_x, z->low[c], z->half[c], z->scale);
            quantise(q_y + f->pad, f->y[c], f->n_y, z->low[c], z->half[c], z->scale);
        }
    }
    return 0;
}

/* Bounds of rows come from distances, for which recordings are brought to where no square underflows:
 * so small ones need no empty filter. */
void rqa__bits_sum_band(const rqa__bits_field *f, double bound, int32_t *lo, int32_t *hi)
{
    rqa__bits_field other = *f;
    *lo = -1;
    *hi = 65535;
    if (f->scale > 0 && bound <= 1e280) {
        other.bound = bound >= 0 ? bound : 0;
        set_band(&other, f->scale);
        *lo = bound >= 0 ? other.lo : -1;
        *hi = other.hi;
    }
}

/* The ranges of the channels. */
static size_t range_bytes(const rqa__bits_field *f)
{
    return 2 * (size_t)f->n_channels * sizeof(double);
}

size_t rqa__bits_sums_bytes(const rqa__bits_field *f)
{
    return range_bytes(f) + rqa__bits_fold_bytes(f);
}

int rqa__bits_query_sums(rqa__bits_field *f, const rqa__bits_halt *halt)
{
    quantisation z = {.low = rqa__alloc(range_bytes(f))};
    if (z.low == NULL) {
        return RQA_ERROR_MEMORY;
    }
    z.half = z.low + f->n_channels;
    int status = plan_sums(f, &z, halt);
    f->lo = -1;
    f->hi = 65535;
    if (status == 0) {
        status = make_sums(f, &z, halt);
    }
    f->term = z.term;
    f->scale = z.usable ? z.scale : 0;
    if (z.usable) {
        set_band(f, z.scale);
    } else {
        f->missing = 0; /* every pair is asked in double, where NaN says no */
    }
    rqa__free(z.folded);
    rqa__free(z.low);
    return status;
}
