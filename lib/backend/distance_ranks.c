/* distance_ranks.c - many orders of the distances of a recurrence plot, found together: one band from
 * the first to the last, whose distances are collected; where these are too many, a histogram says
 * which bins hold the orders, and theirs are. What the sample says decides about time alone.
 */
#include "backend/distance_search.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/order_statistic.h"

enum { FEW_SAMPLES = 32 };
enum { BAND_OF_ALL = 16 }; /* passes that a look at the distances of all cells, twice, takes as long as */

/* ---- the band ---- */

static uint32_t first_wanted(const rqa__rank *rank, uint32_t n)
{
    uint32_t k = 0;
    while (k < n && rank[k].order == 0)
        k++;
    return k;
}

/* In all likelihood one order lies within so many samples of its place. */
static double place_of(const rqa__search *s, uint64_t order, int above)
{
    const double n = (double)s->n_drawn, p = (double)order / (double)s->b.at_high;
    const double reach = 3.5 * sqrt(p * (1 - p) * n) + 3;
    return p * n + (above ? reach : -reach);
}

/* Returns how many cells are expected in it. */
static double choose_band(rqa__search *s, uint64_t least, uint64_t most)
{
    const size_t n = s->n_drawn;
    const double low = place_of(s, least, 0), high = place_of(s, most, 1);
    size_t within = 0;
    s->band = s->b;
    if (n < FEW_SAMPLES)
        return (double)s->b.at_high;
    memcpy(s->sample, s->drawn, n * sizeof *s->sample);
    if (low > 0)
        s->band.low = rqa__select_double(s->sample, n, (size_t)low);
    if (high < (double)n)
        s->band.high = rqa__select_double(s->sample, n, (size_t)high);
    for (size_t k = 0; k < n; k++)
        within += s->drawn[k] > s->band.low && s->drawn[k] <= s->band.high;
    return ((double)within + 3 * sqrt((double)within) + 8) / (double)n * (double)s->b.at_high;
}

static int collect(rqa__search *s, uint64_t n)
{
    s->mode = RQA__PASS_COLLECT;
    s->room = rqa__room_for((size_t)n, s->n_workers);
    return rqa__distance_pass(s);
}

/* ---- the orders among what was collected ---- */

/* v[at[k] - origin] is as in order, for each k; v holds what belongs at origin and behind. */
static void select_many(double *v, size_t origin, size_t n, const size_t *at, uint32_t n_at)
{
    while (n_at > 0) {
        const uint32_t middle = n_at / 2;
        uint32_t n_less;
        const size_t place = at[middle] - origin;
        for (n_less = middle; n_less > 0 && at[n_less - 1] == at[middle]; n_less--)
            ; /* the same place again */
        rqa__select_double(v, n, place);
        select_many(v, origin, place, at, n_less);
        v += place + 1;
        n -= place + 1;
        origin += place + 1;
        at += middle + 1;
        n_at -= middle + 1;
        while (n_at > 0 && at[0] < origin) {
            at++;
            n_at--;
        }
    }
}

static size_t keep_found(rqa__search *s)
{
    const size_t taken = atomic_load(&s->taken);
    size_t n = 0;
    for (size_t k = 0; k < taken; k++)
        if (s->found[k] >= 0)
            s->found[n++] = s->found[k];
    return n;
}

/* at[k]: the place of rank[k] among the distances that were found. */
static void take_found(rqa__search *s, size_t n_found, rqa__rank *rank, const size_t *at,
                       uint32_t n)
{
    select_many(s->found, 0, n_found, at, n);
    for (uint32_t k = 0; k < n; k++) {
        const double d = s->found[at[k]];
        uint64_t less = 0, equal = 0;
        for (size_t i = 0; i < n_found; i++) {
            less += s->found[i] < d;
            equal += s->found[i] == d;
        }
        rank[k].b.low = rqa__distance_before(d);
        rank[k].b.high = d;
        rank[k].b.at_low = rank[k].order - 1 - (at[k] - less);
        rank[k].b.at_high = rank[k].b.at_low + equal;
        rank[k].is_found = 1;
    }
}

/* ---- bins ---- */

static void add_bins(rqa__search *s)
{
    for (unsigned w = 1; w < s->n_workers; w++)
        for (size_t k = 0; k < RQA__PASS_BINS; k++)
            s->worker[0]->bin[k] += s->worker[w]->bin[k];
}

/* Marks the bins of the orders, and finds their places among the distances of these. Returns how
 * many these are. */
static uint64_t choose_bins(const rqa__search *s, const uint64_t *bin, const rqa__rank *rank,
                            uint32_t n, uint8_t *wanted, size_t *at)
{
    uint64_t before = s->band.at_low, n_wanted = 0;
    uint32_t r = 0;
    for (size_t k = 0; k < RQA__PASS_BINS && r < n; before += bin[k++]) {
        for (; r < n && rank[r].order <= before + bin[k]; r++) {
            wanted[k] = 1;
            at[r] = (size_t)(n_wanted + rank[r].order - before - 1);
        }
        n_wanted += wanted[k] ? bin[k] : 0;
    }
    return n_wanted;
}

static int collect_bins(rqa__search *s, const rqa__rank *rank, uint32_t n, size_t *at)
{
    uint8_t *wanted = rqa__calloc(RQA__PASS_BINS, 1);
    if (!wanted)
        return rqa__fail_memory("a threshold from a recurrence rate");
    add_bins(s);
    const uint64_t n_wanted = choose_bins(s, s->worker[0]->bin, rank, n, wanted, at);
    int status = RQA_OK;
    atomic_store(&s->overflow, n_wanted > rqa__most_collected(s->cells));
    if (!atomic_load(&s->overflow)) {
        s->wanted = wanted;
        status = collect(s, n_wanted);
        s->wanted = NULL;
    }
    rqa__free(wanted);
    return status;
}

/* Of all distances of the band those in the bins of the orders: two looks at each are less than to
 * put them in order. */
static int thin_found(rqa__search *s, size_t *n_found, const rqa__rank *rank, uint32_t n, size_t *at)
{
    const uint64_t first = rqa__first_pattern(s->band.low);
    uint64_t *bin = rqa__calloc(RQA__PASS_BINS, sizeof *bin);
    uint8_t *wanted = rqa__calloc(RQA__PASS_BINS, 1);
    size_t n_kept = 0;
    int status = bin && wanted ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
    for (size_t k = 0; !status && k < *n_found; k++)
        bin[(rqa__pattern_of(s->found[k]) - first) >> s->shift]++;
    if (!status)
        choose_bins(s, bin, rank, n, wanted, at);
    for (size_t k = 0; !status && k < *n_found; k++)
        if (wanted[(rqa__pattern_of(s->found[k]) - first) >> s->shift])
            s->found[n_kept++] = s->found[k];
    *n_found = n_kept;
    rqa__free(bin);
    rqa__free(wanted);
    return status;
}

/* ---- all of it ---- */

/* Those of the orders that lie in the band, which a pass has counted. */
static uint32_t those_within(const rqa__search *s, rqa__rank **rank, uint32_t n)
{
    while (n > 0 && (*rank)->order <= s->band.at_low)
        ++*rank, n--;
    while (n > 0 && (*rank)[n - 1].order > s->band.at_high)
        n--;
    return n;
}

/* A histogram takes two passes and looks at all between the first order and the last; one by one each
 * order takes a pass that looks at next to nothing. */
static int is_worth_a_histogram(const rqa__search *s, double n_expected, uint32_t n)
{
    return n > 2 + BAND_OF_ALL * n_expected / (double)s->b.at_high;
}

static int find_together(rqa__search *s, rqa__rank *rank, uint32_t n, size_t *at)
{
    const double expected = s->expected = choose_band(s, rank[0].order, rank[n - 1].order);
    const uint64_t first = rqa__first_pattern(s->band.low), last = rqa__pattern_of(s->band.high);
    const int at_once = expected <= (double)rqa__most_collected(s->cells);
    if (last < first) /* all samples are equal */
        return RQA_OK;
    if (!at_once && !is_worth_a_histogram(s, expected, n))
        return RQA_OK; /* they are found one by one */
    for (s->shift = 0; (last - first) >> s->shift >= RQA__PASS_BINS; s->shift++)
        ;
    s->mode = RQA__PASS_HISTOGRAM;
    int status = at_once ? collect(s, (uint64_t)expected) : rqa__distance_pass(s);
    if (!status)
        n = those_within(s, &rank, n);
    if (!status && !at_once && n > 0)
        status = collect_bins(s, rank, n, at);
    if (status || n == 0 || atomic_load(&s->overflow))
        return status;
    size_t n_found = keep_found(s);
    if (at_once && n_found > RQA__PASS_BINS / 2)
        status = thin_found(s, &n_found, rank, n, at);
    else if (at_once)
        for (uint32_t k = 0; k < n; k++)
            at[k] = (size_t)(rank[k].order - s->band.at_low - 1);
    if (!status)
        take_found(s, n_found, rank, at, n);
    return status;
}

int rqa__ranks_together(rqa__search *s, rqa__rank *rank, uint32_t n)
{
    const rqa__bracket all = s->b;
    const uint32_t first = first_wanted(rank, n);
    uint32_t end = first;
    while (end < n && rank[end].order > 0) /* the others are out of reach */
        end++;
    if (end - first < 2)
        return RQA_OK;
    size_t *at = rqa__alloc_array(end - first, sizeof *at);
    int status = at ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
    if (!status)
        status = find_together(s, rank + first, end - first, at);
    rqa__free(at);
    s->b = all;
    return status;
}
