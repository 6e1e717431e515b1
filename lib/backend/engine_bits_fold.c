/* engine_bits_fold.c - shortens gaps in the data that no two samples of a recurrent pair lie across,
 * so that a far value, or heavy tails, take no resolution from the 16-bit sums.
 *
 * The numbers of a channel, of both sides, are cut into stretches wherever the next one is more than
 * `gap` = 1.25 * reach higher, reach being what a single difference may have (the threshold). Each
 * stretch is moved as a whole, to `gap` above the end of the one before. So
 * - within a stretch all differences are what they were, and the band of the sums holds as it does
 *   for data that were not folded (engine_bits_sums.c): a moved sample is (v - low) + at, and the
 *   two roundings, on magnitudes below 2^16 units, are far inside what its e allows;
 * - a pair with samples of two stretches does not recur: their difference D exceeds 1.25 reach, so
 *   V, a sum that D or D^2 is a term of, exceeds the bound by far more than roundings take away;
 * - and the filter says so: after the move they differ by gap * (1 - 2^-30) at least (where the next
 *   stretch begins was rounded once, by less than 2^-36 units), and that alone makes a term above
 *   `hi`. It is checked for each query, and nothing is folded where it does not hold. */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <math.h>

enum { BINS = 256, MOST_FILLED = BINS / 4 };

static int is_repeated(const rqa__bits_field *f, uint32_t c)
{
    return f->y[c] == f->x[c] && f->n_y <= f->n_x;
}

/* Bins between `low` and low + 2 * half that hold a sample: few, where there are wide gaps. */
static size_t count_filled(const rqa__bits_field *f, uint32_t c, double low, double half)
{
    uint8_t filled[BINS] = {0};
    const double scale = (BINS - .1) / half;
    for (unsigned side = 0; side < (is_repeated(f, c) ? 1u : 2u); side++) {
        const double *v = side == 0 ? f->x[c] : f->y[c];
        const size_t n = side == 0 ? f->n_x : f->n_y;
        for (size_t i = 0; i < n; i++) {
            const double at = (v[i] / 2 - low / 2) * scale;
            filled[at >= 0 ? (size_t)at : 0] = 1; /* missing: the lowest, which is filled */
        }
    }
    size_t n_filled = 0;
    for (size_t k = 0; k < BINS; k++) {
        n_filled += filled[k];
    }
    return n_filled;
}

/* Cuts rising numbers into stretches. 0 where they are too many. */
static int cut(rqa__bits_folded *channel, const double *sorted, size_t n, double gap)
{
    channel->n = 0;
    channel->length = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && !(sorted[i] - sorted[i - 1] > gap)) {
            continue;
        }
        if (channel->n == RQA__BITS_STRETCHES) {
            return 0;
        }
        if (i > 0) {
            const rqa__bits_stretch *last = &channel->stretch[channel->n - 1];
            channel->length = last->at + (sorted[i - 1] - last->low) + gap;
        }
        channel->stretch[channel->n++] = (rqa__bits_stretch){sorted[i], channel->length};
    }
    if (n > 0) {
        const rqa__bits_stretch *last = &channel->stretch[channel->n - 1];
        channel->length = last->at + (sorted[n - 1] - last->low);
    }
    return 1;
}

/* Puts v[top] in its place among the heap below it. */
static void sift(double *v, size_t top, size_t n)
{
    const double moved = v[top];
    for (size_t child = 2 * top + 1; child < n; child = 2 * top + 1) {
        child += child + 1 < n && v[child + 1] > v[child];
        if (v[child] <= moved) {
            break;
        }
        v[top] = v[child];
        top = child;
    }
    v[top] = moved;
}

/* Heapsort: in place, and no order of the data makes it slow. */
static void sort(double *v, size_t n)
{
    for (size_t k = n / 2; k-- > 0;) {
        sift(v, k, n);
    }
    for (size_t k = n; k-- > 1;) {
        const double last = v[k];
        v[k] = v[0];
        v[0] = last;
        sift(v, 0, k);
    }
}

/* A channel's samples, of both sides where they differ. */
static size_t sorted_bytes(const rqa__bits_field *f)
{
    return (f->n_x + (f->x == f->y ? 0 : f->n_y)) * sizeof(double);
}

static int fold_channel(const rqa__bits_field *f, uint32_t c, double gap, rqa__bits_folded *channel)
{
    const size_t n_y = is_repeated(f, c) ? 0 : f->n_y;
    double *sorted = rqa__alloc(sorted_bytes(f));
    size_t n = 0;
    if (sorted == NULL) {
        return 0;
    }
    for (size_t i = 0; i < f->n_x + n_y; i++) {
        const double v = i < f->n_x ? f->x[c][i] : f->y[c][i - f->n_x];
        if (!isnan(v)) {
            sorted[n++] = v;
        }
    }
    sort(sorted, n);
    const int folded = cut(channel, sorted, n, gap);
    rqa__free(sorted);
    return folded;
}

static uint32_t n_foldable(const rqa__bits_field *f)
{
    return f->n_channels <= RQA__BITS_FOLDED_CHANNELS ? f->n_channels : 0;
}

size_t rqa__bits_fold_bytes(const rqa__bits_field *f)
{
    const uint32_t n = n_foldable(f);
    return n > 0 ? sorted_bytes(f) + n * sizeof(rqa__bits_folded) : 0;
}

int rqa__bits_fold(const rqa__bits_field *f, double reach, const double *low, const double *half,
                   const rqa__bits_halt *halt, rqa__bits_folded **out)
{
    int pays = 0;
    *out = NULL;
    const uint32_t n = n_foldable(f);
    for (uint32_t c = 0; c < n && !pays; c++) {
        pays = half[c] > 64 * reach && count_filled(f, c, low[c], half[c]) < MOST_FILLED;
    }
    rqa__bits_folded *channel = pays ? rqa__alloc(n * sizeof *channel) : NULL;
    if (channel == NULL) {
        return 0; /* does without */
    }
    for (uint32_t c = 0; c < f->n_channels; c++) {
        const int stopped = rqa__bits_is_stopped(halt);
        if (stopped || !fold_channel(f, c, 1.25 * reach, &channel[c])) {
            rqa__free(channel);
            return stopped ? RQA_ERROR_CANCELLED : 0;
        }
    }
    *out = channel;
    return 0;
}

double rqa__bits_fold_sample(const rqa__bits_folded *channel, double v)
{
    size_t k = 0;
    for (size_t n = channel->n; n > 1;) {
        const size_t half = n / 2;
        k += channel->stretch[k + half].low <= v ? half : 0;
        n -= half;
    }
    return (v - channel->stretch[k].low) + channel->stretch[k].at;
}
