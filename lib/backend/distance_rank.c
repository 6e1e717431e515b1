/* distance_rank.c - the k-th smallest distance of the cells of a recurrence plot, exactly: a bracket
 * from sampled pairs, exact counts below its ends, and the distances between them.
 *
 * Distances that are not negative are ordered as their bit patterns are, so a bracket is narrowed by
 * a histogram of patterns where it holds too many to collect. What the sample says decides about time
 * alone.
 */
#include "backend/distance_rank.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "backend/row_producer.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "plan/analysis_rules.h"

enum {
    AREA_ROWS = 64,
    AREA_WORDS = 256,
    BINS = 1 << 16,
    FEW = 1 << 15,         /* cells that are all collected at once */
    MOST_SAMPLES = 1 << 20,
    MOST_COLLECTED = 1 << 22, /* distances, by all workers together */
    FEW_SAMPLES = 32,      /* of a bracket: its histogram does better */
    DENSE = 5              /* cells of a word from which all of its distances are computed */
};

/* What a pass does with the cells of its band. */
enum { COUNT, COLLECT, HISTOGRAM };

/* Cells with distances in (low, high]; `at_low` of all cells are up to low, `at_high` up to high. */
typedef struct bracket {
    double low, high;
    uint64_t at_low, at_high;
} bracket;

typedef struct pass_worker {
    uint64_t upto[AREA_ROWS * AREA_WORDS], below[AREA_ROWS * AREA_WORDS];
    uint64_t n_upto, n_below;
    uint64_t *bin;
    double *found;
    size_t n_found;
} pass_worker;

typedef struct search {
    const rqa__ranked_cells *cells;
    const rqa__parallel *parallel;
    const atomic_int *cancel;
    rqa__distance_space space;
    size_t n_x, n_y;
    unsigned n_workers;
    uint64_t order;  /* among the cells that passes count */
    bracket b;       /* holds the order */
    double *sample;
    size_t n_samples;
    /* the pass in hand */
    int mode;
    bracket band;
    rqa__rows *rows_upto, *rows_below;
    pass_worker **worker;
    size_t room; /* of `found` */
    unsigned shift;
    atomic_int overflow;
} search;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint64_t pattern_of(double distance)
{
    uint64_t u;
    distance += 0.0; /* no -0 */
    memcpy(&u, &distance, sizeof u);
    return u;
}

static double of_pattern(uint64_t u)
{
    double distance;
    memcpy(&distance, &u, sizeof distance);
    return distance;
}

/* The distance before this one; -1 before 0. */
static double before(double distance)
{
    return distance > 0 ? of_pattern(pattern_of(distance) - 1) : -1;
}

/* One past the pattern of a low end. */
static uint64_t first_pattern(double low)
{
    return low < 0 ? 0 : pattern_of(low) + 1;
}

/* ---- selection ---- */

/* Three parts, so that equal numbers cost nothing. */
double rqa__select_double(double *v, size_t n, size_t k)
{
    size_t first = 0, end = n;
    while (end - first > 1) {
        const double a = v[first], b = v[first + (end - first) / 2], c = v[end - 1];
        const double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        size_t less = first, more = end;
        for (size_t t = first; t < more;) {
            const double x = v[t];
            if (x < pivot) {
                v[t++] = v[less];
                v[less++] = x;
            } else if (x > pivot) {
                v[t] = v[--more];
                v[more] = x;
            } else {
                t++;
            }
        }
        if (k < less)
            end = less;
        else if (k >= more)
            first = more;
        else
            return pivot;
    }
    return v[first];
}

/* ---- a pass ---- */

static double distance_of(const search *s, double value)
{
    return s->space.norm == RQA__NORM_EUCLIDEAN ? sqrt(value) : value;
}

static void take_distance(search *s, pass_worker *w, double value)
{
    const double d = distance_of(s, value);
    if (s->mode == HISTOGRAM)
        w->bin[(pattern_of(d) - first_pattern(s->band.low)) >> s->shift]++;
    else if (w->n_found < s->room)
        w->found[w->n_found++] = d;
    else
        atomic_store_explicit(&s->overflow, 1, memory_order_relaxed);
}

/* Cells of row j in a word whose first column is i. */
static void take_word(search *s, pass_worker *w, uint64_t word, size_t i, size_t j)
{
    double value[64];
    if (__builtin_popcountll(word) >= DENSE) {
        s->cells->distances->values(&s->space, i, smaller(64, s->n_x - i), j, value);
        for (; word; word &= word - 1)
            take_distance(s, w, value[__builtin_ctzll(word)]);
        return;
    }
    for (; word; word &= word - 1) {
        s->cells->distances->values(&s->space, i + (size_t)__builtin_ctzll(word), 1, j, value);
        take_distance(s, w, value[0]);
    }
}

static void clear_columns(uint64_t *row, size_t origin, size_t n_words, size_t first, size_t end)
{
    first = first > origin ? first - origin : 0;
    end = end > origin ? smaller(end - origin, 64 * n_words) : 0;
    for (; first < end && first % 64; first++)
        row[first / 64] &= ~((uint64_t)1 << first % 64);
    for (; first + 64 <= end; first += 64)
        row[first / 64] = 0;
    for (; first < end; first++)
        row[first / 64] &= ~((uint64_t)1 << first % 64);
}

/* Of an auto plot what lies to the right of the main diagonal stands for both sides. */
static void clear_absent(const search *s, uint64_t *row, size_t origin, size_t n_words, size_t j)
{
    const uint64_t w = s->cells->theiler;
    const uint64_t right = s->cells->is_auto && w == 0 ? 1 : w;
    const size_t first = s->cells->is_auto ? 0 : w > j ? 0 : j - (size_t)w + 1;
    const size_t end = right < s->n_x && j < s->n_x - right ? j + (size_t)right : s->n_x;
    clear_columns(row, origin, n_words, first, end);
}

static void take_row(search *s, pass_worker *w, size_t r, size_t origin, size_t n_words, size_t j)
{
    uint64_t *upto = w->upto + r * AREA_WORDS, *below = w->below + r * AREA_WORDS;
    clear_absent(s, upto, origin, n_words, j);
    w->n_upto += s->cells->bits->count(upto, n_words);
    if (s->rows_below) {
        clear_absent(s, below, origin, n_words, j);
        w->n_below += s->cells->bits->count(below, n_words);
    }
    for (size_t k = 0; s->mode != COUNT && k < n_words; k++) {
        const uint64_t word = s->rows_below ? upto[k] & ~below[k] : upto[k];
        if (word)
            take_word(s, w, word, origin + 64 * k, j);
    }
}

static int pass_job(void *arg, size_t job, unsigned worker)
{
    search *s = arg;
    pass_worker *w = s->worker[worker];
    const size_t row = job * AREA_ROWS, n_rows = smaller(AREA_ROWS, s->n_y - row);
    const size_t words = (s->n_x + 63) / 64;
    for (size_t word = s->cells->is_auto ? row / 64 : 0; word < words; word += AREA_WORDS) {
        rqa__rows_area area = {.row = row,
                               .n_rows = n_rows,
                               .first_word = word,
                               .n_words = smaller(words - word, AREA_WORDS),
                               .out = w->upto,
                               .stride = AREA_WORDS};
        int status = rqa__rows_fill(s->rows_upto, worker, &area);
        area.out = w->below;
        if (!status && s->rows_below)
            status = rqa__rows_fill(s->rows_below, worker, &area);
        if (status)
            return rqa__fail(status, "cancelled");
        for (size_t r = 0; r < n_rows; r++)
            take_row(s, w, r, 64 * word, area.n_words, row + r);
    }
    return RQA_OK;
}

static int open_rows(search *s, rqa__rows **rows, double distance)
{
    const rqa__ranked_cells *c = s->cells;
    const double bound = rqa__bound((int32_t)c->norm, RQA_COMPARE_LE, distance);
    const rqa__task task = {.relation = c->is_auto ? RQA__RELATION_AUTO : RQA__RELATION_CROSS,
                            .norm = c->norm,
                            .n_dims = 1,
                            .n_thresholds = 1,
                            .x = *c->x,
                            .y = *c->y,
                            .bounds = &bound,
                            .skips = (uint32_t)c->skips};
    int status = rqa__rows_open(rows, &task, c->bits, s->parallel, s->cancel);
    if (status)
        return status == RQA_ERROR_MEMORY ? rqa__fail_memory("a threshold from a recurrence rate")
                                          : rqa__fail(status, "cancelled");
    return RQA_OK;
}

static int ready_workers(search *s)
{
    for (unsigned k = 0; k < s->n_workers; k++) {
        pass_worker *w = s->worker[k];
        w->n_upto = w->n_below = 0;
        w->n_found = 0;
        if (s->mode == HISTOGRAM) {
            rqa__free(w->bin);
            w->bin = rqa__calloc(BINS, sizeof *w->bin);
        } else if (s->mode == COLLECT) {
            rqa__free(w->found);
            w->found = rqa__alloc_array(s->room, sizeof *w->found);
        }
        if ((s->mode == HISTOGRAM && !w->bin) || (s->mode == COLLECT && !w->found))
            return rqa__fail_memory("a threshold from a recurrence rate");
    }
    return RQA_OK;
}

/* The cells up to both ends of the band, and what lies between them as the mode has it. */
static int run_pass(search *s)
{
    const size_t n_jobs = (s->n_y + AREA_ROWS - 1) / AREA_ROWS;
    int status = ready_workers(s);
    atomic_store(&s->overflow, 0);
    if (!status)
        status = open_rows(s, &s->rows_upto, s->band.high);
    if (!status && s->band.low >= 0)
        status = open_rows(s, &s->rows_below, s->band.low);
    if (!status && s->parallel)
        status = s->parallel->run(s->parallel->pool, n_jobs, pass_job, s);
    for (size_t k = 0; !s->parallel && k < n_jobs && !status; k++)
        status = pass_job(s, k, 0);
    rqa__rows_close(s->rows_upto);
    rqa__rows_close(s->rows_below);
    s->rows_upto = s->rows_below = NULL;
    s->band.at_low = s->band.at_high = 0;
    for (unsigned k = 0; k < s->n_workers; k++) {
        s->band.at_low += s->worker[k]->n_below;
        s->band.at_high += s->worker[k]->n_upto;
    }
    return status;
}

/* ---- what the sample says ---- */

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

static int is_kept(const search *s, size_t i, size_t j)
{
    const uint64_t apart = i > j ? i - j : j - i;
    return apart >= s->cells->theiler && (!s->cells->is_auto || apart > 0);
}

/* As many pairs as make the band about as dear as the sample. */
static int take_sample(search *s, uint64_t n_cells)
{
    uint64_t state = 1;
    size_t wanted = (size_t)(pow((double)n_cells, 2.0 / 3) / 4);
    wanted = smaller(wanted, MOST_SAMPLES);
    s->sample = rqa__alloc_array(wanted, sizeof *s->sample);
    if (!s->sample)
        return rqa__fail_memory("a threshold from a recurrence rate");
    for (size_t tries = 0; tries < 4 * wanted && s->n_samples < wanted; tries++) {
        const size_t i = random_below(&state, s->n_x), j = random_below(&state, s->n_y);
        double value;
        if (tries % 4096 == 0 && rqa__is_cancelled(s->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        if (!is_kept(s, i, j))
            continue;
        s->cells->distances->values(&s->space, i, 1, j, &value);
        if (!isnan(value))
            s->sample[s->n_samples++] = distance_of(s, value);
    }
    return RQA_OK;
}

/* Keeps those of the bracket. */
static void cut_sample(search *s)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        if (s->sample[k] > s->b.low && s->sample[k] <= s->b.high)
            s->sample[n++] = s->sample[k];
    s->n_samples = n;
}

static size_t count_equal(const search *s, double distance)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        n += s->sample[k] == distance;
    return n;
}

/* A band that holds the order in all likelihood: 3.5 standard deviations to either side; of a
 * distance that many pairs share, that one alone. */
static void band_of_sample(search *s)
{
    const size_t n = s->n_samples;
    const double p = (double)(s->order - s->b.at_low) / (double)(s->b.at_high - s->b.at_low);
    const double at = p * (double)n, reach = 3.5 * sqrt(p * (1 - p) * (double)n) + 3;
    const size_t middle_at = smaller((size_t)at, n - 1);
    const double middle = rqa__select_double(s->sample, n, middle_at);
    s->band = s->b;
    if (at - reach > 0)
        s->band.low = rqa__select_double(s->sample, n, (size_t)(at - reach));
    if (at + reach < (double)n)
        s->band.high = rqa__select_double(s->sample, n, (size_t)(at + reach));
    if (count_equal(s, middle) > 8 + n / 256) {
        s->band.low = before(middle);
        s->band.high = middle;
    } else if (count_equal(s, s->band.high) > 8 + n / 256) {
        s->band.high = before(s->band.high);
    }
}

/* Cells that are expected in the band. */
static double expected(const search *s)
{
    size_t n = 0;
    for (size_t k = 0; k < s->n_samples; k++)
        n += s->sample[k] > s->band.low && s->sample[k] <= s->band.high;
    return ((double)n + 3 * sqrt((double)n) + 8) / (double)s->n_samples *
           (double)(s->b.at_high - s->b.at_low);
}

static double most_collected(const search *s)
{
    return (double)(s->cells->most_collected ? s->cells->most_collected : MOST_COLLECTED);
}

static void choose_band(search *s)
{
    double n = (double)(s->b.at_high - s->b.at_low);
    s->band = s->b;
    cut_sample(s);
    if (n > FEW && s->n_samples >= FEW_SAMPLES) {
        band_of_sample(s);
        n = expected(s);
    }
    const uint64_t first = first_pattern(s->band.low), last = pattern_of(s->band.high);
    s->mode = first == last ? COUNT : n <= most_collected(s) ? COLLECT : HISTOGRAM;
    s->room = (size_t)(s->mode == COLLECT ? n + 1024 : 0);
    for (s->shift = 0; (last - first) >> s->shift >= BINS; s->shift++)
        ;
}

/* ---- from a pass to a narrower bracket ---- */

static void narrow_by_bins(search *s)
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
    const uint64_t first = first_pattern(s->b.low) + (k << s->shift);
    const double last = of_pattern(first + ((uint64_t)1 << s->shift) - 1);
    s->b.low = first == 0 ? -1 : of_pattern(first - 1);
    s->b.high = last < s->b.high ? last : s->b.high;
    s->b.at_low = at;
    s->b.at_high = at + n;
}

/* All distances of the bracket are there. */
static int narrow_by_found(search *s)
{
    size_t n = 0;
    double *all = rqa__alloc_array((size_t)(s->b.at_high - s->b.at_low), sizeof *all);
    if (!all)
        return rqa__fail_memory("a threshold from a recurrence rate");
    for (unsigned w = 0; w < s->n_workers; w++) {
        memcpy(all + n, s->worker[w]->found, s->worker[w]->n_found * sizeof *all);
        n += s->worker[w]->n_found;
    }
    const double d = rqa__select_double(all, n, (size_t)(s->order - s->b.at_low - 1));
    uint64_t less = 0, equal = 0;
    for (size_t k = 0; k < n; k++) {
        less += all[k] < d;
        equal += all[k] == d;
    }
    rqa__free(all);
    s->b.low = before(d);
    s->b.high = d;
    s->b.at_low += less;
    s->b.at_high = s->b.at_low + equal;
    return RQA_OK;
}

static int narrow(search *s)
{
    if (s->band.at_low >= s->order) {
        s->b.high = s->band.low;
        s->b.at_high = s->band.at_low;
        return RQA_OK;
    }
    if (s->band.at_high < s->order) {
        s->b.low = s->band.high;
        s->b.at_low = s->band.at_high;
        return RQA_OK;
    }
    s->b = s->band;
    if (s->mode == HISTOGRAM)
        narrow_by_bins(s);
    return s->mode == COLLECT && !atomic_load(&s->overflow) ? narrow_by_found(s) : RQA_OK;
}

static int search_distance(search *s)
{
    int status = s->b.at_high > FEW ? take_sample(s, s->b.at_high) : RQA_OK;
    while (!status && first_pattern(s->b.low) != pattern_of(s->b.high)) {
        choose_band(s);
        status = run_pass(s);
        if (!status)
            status = narrow(s);
    }
    return status;
}

/* ---- how many cells there are ---- */

/* Of two sides without missing vectors, or with them counted one by one. */
static int count_cells(const search *s, uint64_t *n_cells, uint64_t *n_diagonal)
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
        const size_t low = w > i ? 0 : smaller(i - (size_t)w + (w > 0), s->n_y);
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

static int create_workers(search *s)
{
    s->n_workers = s->parallel ? s->parallel->n_workers : 1;
    s->worker = rqa__calloc(s->n_workers, sizeof *s->worker);
    for (unsigned k = 0; s->worker && k < s->n_workers; k++)
        if (!(s->worker[k] = rqa__calloc(1, sizeof **s->worker)))
            return rqa__fail_memory("a threshold from a recurrence rate");
    return s->worker ? RQA_OK : rqa__fail_memory("a threshold from a recurrence rate");
}

static void destroy_search(search *s)
{
    for (unsigned k = 0; s->worker && k < s->n_workers; k++) {
        if (s->worker[k]) {
            rqa__free(s->worker[k]->bin);
            rqa__free(s->worker[k]->found);
        }
        rqa__free(s->worker[k]);
    }
    rqa__free(s->worker);
    rqa__free(s->sample);
}

/* Cells of the main diagonal come first: their distance is 0. The others are counted on one side. */
static int rank_cells(search *s, uint64_t order, uint64_t n_diagonal, rqa__ranked_distance *out)
{
    const uint64_t sides = s->cells->is_auto && !s->cells->upper_only ? 2 : 1;
    s->order = order > n_diagonal ? (order - n_diagonal + sides - 1) / sides : 1;
    if (order <= n_diagonal)
        s->b = (bracket){.low = -1, .high = 0};
    int status = create_workers(s);
    if (!status && order <= n_diagonal) {
        s->mode = COUNT;
        s->band = s->b;
        status = run_pass(s);
        s->b = s->band;
    } else if (!status) {
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

int rqa__distance_rank(const rqa__ranked_cells *cells, uint64_t order,
                       const rqa__parallel *parallel, const atomic_int *cancel,
                       rqa__ranked_distance *out)
{
    uint64_t n_diagonal;
    search s = {.cells = cells,
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
                .n_y = rqa__side_vectors(cells->y, 0),
                .b = {.low = -1, .high = DBL_MAX}};
    *out = (rqa__ranked_distance){.distance = NAN};
    int status = count_cells(&s, &s.b.at_high, &n_diagonal);
    if (status)
        return status;
    const uint64_t sides = cells->is_auto && !cells->upper_only ? 2 : 1;
    out->n_cells = sides * s.b.at_high + n_diagonal;
    if (order <= out->n_cells)
        status = rank_cells(&s, order, n_diagonal, out);
    destroy_search(&s);
    return status;
}
