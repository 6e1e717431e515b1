/* distance_bands.c - distances of sampled pairs, and which band of distances the next pass is to look at.
 */
#include "backend/distance_search.h"

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/order_statistic.h"
#include "base/smaller.h"

enum {
    MOST_SAMPLES = 1 << 20,
    FEW_SAMPLES = 32 /* of a bracket: its histogram does better */
};

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 (Steele, Lea, Flood 2014) */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)((next_random(state) >> 32) * (uint64_t)n >> 32);
}

static int is_kept(const rqa__search *s, size_t i, size_t j)
{
    const uint64_t apart = i > j ? i - j : j - i;
    return apart >= s->cells->theiler && (!s->cells->is_auto || apart > 0);
}

/* As many pairs as make the band about as dear as the sample. */
size_t rqa__samples_of(double n_cells)
{
    const double wanted = pow(n_cells, 2.0 / 3) / 4;
    return wanted < MOST_SAMPLES ? (size_t)wanted : MOST_SAMPLES;
}

int rqa__draw_sample(rqa__search *s, uint64_t n_cells)
{
    uint64_t state = 1;
    const size_t wanted = rqa__samples_of((double)n_cells);
    s->drawn = rqa__alloc_array(wanted, sizeof *s->drawn);
    s->sample = rqa__alloc_array(wanted, sizeof *s->sample);
    if (!s->drawn || !s->sample)
        return rqa__fail_memory("a threshold from a recurrence rate");
    for (size_t tries = 0; tries < 4 * wanted && s->n_drawn < wanted; tries++) {
        const size_t i = random_below(&state, s->n_x), j = random_below(&state, s->n_y);
        double value;
        if (tries % 4096 == 0 && rqa__is_cancelled(s->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (!is_kept(s, i, j))
            continue;
        s->cells->distances->values(&s->space, i, 1, j, &value);
        if (!isnan(value))
            s->drawn[s->n_drawn++] = rqa__value_distance(s->space.norm, value);
    }
    return RQA_OK;
}

/* Keeps those of the bracket. */
static void cut_sample(rqa__search *s)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        if (s->sample[k] > s->b.low && s->sample[k] <= s->b.high)
            s->sample[n++] = s->sample[k];
    s->n_samples = n;
}

static size_t count_equal(const rqa__search *s, double distance)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        n += s->sample[k] == distance;
    return n;
}

/* Where the order lies in the bracket. */
static double share_of(const rqa__search *s)
{
    return (double)(s->order - s->b.at_low) / (double)(s->b.at_high - s->b.at_low);
}

static double middle_of_sample(rqa__search *s)
{
    const size_t n = s->n_samples;
    return rqa__select_double(s->sample, n, rqa__smaller((size_t)(share_of(s) * (double)n), n - 1));
}

/* A band of so many standard deviations of the order's place to either side; of a distance that many
 * pairs share, that one alone. */
static void band_of_sample(rqa__search *s, double deviations)
{
    const size_t n = s->n_samples;
    const double p = share_of(s), at = p * (double)n;
    const double reach = deviations * (sqrt(p * (1 - p) * (double)n) + 1);
    const double middle = middle_of_sample(s);
    s->band = s->b;
    if (at - reach > 0) {
        const double low = rqa__select_double(s->sample, n, (size_t)(at - reach));
        /* Not the upper end itself: a band without a distance would leave the bracket as it is. */
        s->band.low = low < s->b.high ? low : rqa__distance_before(s->b.high);
    }
    if (at + reach < (double)n)
        s->band.high = rqa__select_double(s->sample, n, (size_t)(at + reach));
    if (count_equal(s, middle) > 8 + n / 256) {
        s->band.low = rqa__distance_before(middle);
        s->band.high = middle;
    } else if (count_equal(s, s->band.high) > 8 + n / 256) {
        s->band.high = rqa__distance_before(s->band.high);
    }
}

/* Cells that are expected in the band. */
static double expected(const rqa__search *s)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        n += s->sample[k] > s->band.low && s->sample[k] <= s->band.high;
    return ((double)n + 3 * sqrt((double)n) + 8) / (double)s->n_samples *
           (double)(s->b.at_high - s->b.at_low);
}

/* One distance that is only counted up to. */
static void band_of_none(rqa__search *s)
{
    const double middle = middle_of_sample(s);
    s->band.low = s->band.high = middle < s->b.high ? middle : rqa__distance_before(s->b.high);
}

/* Whether a band that is likely to hold the order takes less, with another pass where it does not, than
 * one that holds it in all likelihood. */
static int is_worth_a_pass(rqa__search *s, double saved, double likely, int *is_worth)
{
    const double cell_ns = 20; /* to compute a distance, keep it and select among them */
    double pass_ns;
    const int status = rqa__distance_pass_ns(s, &pass_ns);
    *is_worth = s->expected > (double)rqa__most_collected(s->cells) ||
                s->expected * saved * cell_ns > pass_ns * (1 - likely);
    return status;
}

/* A band that holds the order in all likelihood, or more likely than not: where it does not, the count
 * at its ends makes the next one narrow. */
static int band_of_likelihood(rqa__search *s)
{
    const double all = 3.5, some = 1, most = (double)rqa__most_collected(s->cells);
    int is_worth = 0;
    band_of_sample(s, all);
    s->expected = expected(s);
    if (s->expected <= RQA__FEW_CELLS && s->expected <= most)
        return RQA_OK;
    const int status = is_worth_a_pass(s, 1 - some / all, 0.68, &is_worth);
    if (status || !is_worth)
        return status;
    band_of_sample(s, some);
    s->expected = expected(s);
    if (s->expected > most)
        band_of_none(s);
    return RQA_OK;
}

int rqa__choose_band(rqa__search *s)
{
    int status = RQA_OK;
    s->band = s->b;
    s->expected = (double)(s->b.at_high - s->b.at_low);
    cut_sample(s);
    if (s->expected > RQA__FEW_CELLS && s->n_samples >= FEW_SAMPLES)
        status = band_of_likelihood(s);
    const uint64_t first = rqa__first_pattern(s->band.low), last = rqa__pattern_of(s->band.high);
    const int is_count = last <= first;
    s->mode = is_count                                               ? RQA__PASS_COUNT
              : s->expected <= (double)rqa__most_collected(s->cells) ? RQA__PASS_COLLECT
                                                                     : RQA__PASS_HISTOGRAM;
    s->room = rqa__room_for(s->mode == RQA__PASS_COLLECT ? (size_t)s->expected : 0, s->n_workers);
    for (s->shift = 0; !is_count && (last - first) >> s->shift >= RQA__PASS_BINS; s->shift++)
        ;
    return status;
}
