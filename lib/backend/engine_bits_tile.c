/* engine_bits_tile.c - the bits of a block of rows, from sums, or by _tile_ranks.c: of one strip of
 * diagonals, whose columns move on with the row, or of a rectangle, whose columns stay. */
#include "backend/engine_bits_tile_job.h"
#include "rqa/status.h"

#include <math.h>
#include <string.h>

/* ---- sums ---- */

/* The documented rule, in the documented order. */
static int recurs(const rqa__bits_field *f, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < f->dim; k++) {
        for (uint32_t c = 0; c < f->n_channels; c++) {
            double d = f->x[c][i + k * f->delay_x] - f->y[c][j + k * f->delay_y];
            sum += f->norm == RQA__NORM_EUCLIDEAN ? d * d : fabs(d);
        }
    }
    return sum <= (f->own != NULL ? f->own[i] : f->bound);
}

/* Decides the pairs of row i that the filter left open, in the words that `words` lists. */
static void resolve(const rqa__bits_tile_job *t, uint64_t *sure, const uint64_t *maybe,
                    uint64_t words, size_t i, size_t first_word)
{
    for (; words != 0; words &= words - 1) {
        unsigned k = (unsigned)__builtin_ctzll(words);
        if (t->n_terms > RQA__LOOK_OPERATIONS / RQA__BITS_PANEL && rqa__tile_is_stopped(t)) {
            return; /* so will it be after these rows */
        }
        for (uint64_t open = maybe[k]; open != 0; open &= open - 1) {
            unsigned b = (unsigned)__builtin_ctzll(open);
            int64_t j =
                (t->sheared ? (int64_t)i : 0) + t->first + (int64_t)(64 * (first_word + k) + b);
            if (j >= 0 && j < (int64_t)t->end_column && recurs(t->f, i, (size_t)j)) {
                sure[k] |= (uint64_t)1 << b;
            }
        }
    }
}

/* The terms of sample i of x against columns of y, bit 0 at column (sample + shift). */
static void term_row(const rqa__bits_tile_job *t, uint16_t *out, size_t sample, int64_t shift,
                     size_t n_words, int accumulate)
{
    const rqa__bits_field *f = t->f;
    size_t column = rqa__tile_column_of(t, sample, shift);
    for (uint32_t c = 0; c < f->n_channels; c++) {
        int16_t centre = f->q_x[(size_t)c * f->n_x + sample];
        const int16_t *q = f->q_y + (size_t)c * f->n_padded + column;
        if (f->missing && centre == INT16_MIN) {
            memset(out, 0xff, 64 * n_words * sizeof *out);
            return;
        }
        if (f->term == RQA__BITS_SMALL_SQUARE) {
            t->kernels->small_square_row(out, q, n_words, centre, accumulate || c > 0, f->missing);
        } else if (f->term == RQA__BITS_SQUARE) {
            t->kernels->square_row(out, q, n_words, centre, accumulate || c > 0, f->missing);
        } else {
            t->kernels->absolute_row(out, q, n_words, centre, accumulate || c > 0, f->missing);
        }
    }
}

static void test_row(const rqa__bits_tile_job *t, size_t r, size_t first_word, size_t n_words,
                     const uint16_t *const *rows, size_t n)
{
    uint64_t *out = rqa__tile_row(t, r) + first_word;
    /* The test reads again what it writes; a row of a rectangle may be far from the cache. */
    uint64_t *sure = t->accumulate || !t->sheared ? t->w->spare : out;
    const rqa__bits_row_band *own = t->f->own != NULL ? &t->f->row[t->row + r] : NULL;
    uint64_t open = t->kernels->sum_test(sure, t->w->maybe, rows, n, n_words,
                                         own != NULL ? own->sum.lo : t->f->lo,
                                         own != NULL ? own->sum.hi : t->f->hi);
    if (open != 0) {
        resolve(t, sure, t->w->maybe, open, t->row + r, first_word);
    }
    for (size_t k = 0; sure != out && k < n_words; k++) {
        out[k] = t->accumulate ? out[k] & sure[k] : sure[k];
    }
}

static void sum_tile_direct(const rqa__bits_tile_job *t, size_t first_word, size_t n_words,
                            size_t begin, size_t end)
{
    const rqa__bits_field *f = t->f;
    const uint16_t *rows[1] = {t->w->sum};
    for (size_t r = begin; r < end; r++) {
        for (size_t k = 0; k < f->dim; k++) {
            int64_t shift =
                t->first + (int64_t)(k * f->delay_y) - (t->sheared ? (int64_t)(k * f->delay_x) : 0);
            term_row(t, t->w->sum, t->row + r + k * f->delay_x, shift + 64 * (int64_t)first_word,
                     n_words, k > 0);
        }
        test_row(t, r, first_word, n_words, rows, 1);
    }
}

static void sum_tile_ring(const rqa__bits_tile_job *t, size_t first_word, size_t n_words,
                          size_t begin, size_t end)
{
    const rqa__bits_field *f = t->f;
    const rqa__bits_ring *ring = t->ring;
    const size_t mask = ring->n_rows - 1;
    const size_t span = (f->dim - 1) * f->delay_x;
    /* Of a rectangle, sample k of a vector meets columns that are k delays further on. */
    const size_t lag = t->sheared ? 0 : f->delay_y;
    const size_t n_wide = n_words + ((f->dim - 1) * lag + 63) / 64;
    const size_t panel = rqa__bits_panel_stride((f->dim - 1) * lag);
    uint16_t *memory =
        (uint16_t *)ring->memory + first_word / (RQA__BITS_PANEL / 64) * (ring->n_rows * panel);
    const uint16_t **rows = (const uint16_t **)(void *)t->w->rows;
    int64_t shift = t->first + 64 * (int64_t)first_word;
    size_t ready = begin == 0 ? ring->ready : t->row + begin + span;
    for (size_t r = begin; r < end; r++) {
        /* What was just stored is slow to load from elsewhere than where a store began. */
        const size_t more =
            t->sheared || (r - begin) % RQA__BITS_AHEAD > 0 ? 0 : RQA__BITS_AHEAD - 1;
        const size_t last = r + more < end ? r + more : end - 1;
        for (; ready <= t->row + last + span; ready++) {
            term_row(t, memory + (ready & mask) * panel, ready, shift, n_wide, 0);
        }
        for (size_t k = 0; k < f->dim; k++) {
            rows[k] = memory + ((t->row + r + k * f->delay_x) & mask) * panel + k * lag;
        }
        test_row(t, r, first_word, n_words, rows, f->dim);
    }
}

static int sum_panel(const rqa__bits_tile_job *t, size_t first_word, size_t n_words)
{
    const size_t most = (size_t)rqa__steps_between_looks(RQA__BITS_PANEL * t->n_terms);
    for (size_t r = 0; r < t->n_rows; r += most) {
        const size_t end = t->n_rows - r < most ? t->n_rows : r + most;
        if (t->ring->n_rows > 0) {
            sum_tile_ring(t, first_word, n_words, r, end);
        } else {
            sum_tile_direct(t, first_word, n_words, r, end);
        }
        if (rqa__tile_is_stopped(t)) {
            return RQA_ERROR_CANCELLED;
        }
    }
    return 0;
}

static int sum_tile(const rqa__bits_tile_job *t)
{
    const size_t panel = RQA__BITS_PANEL / 64;
    for (size_t k = 0; k < t->n_words; k += panel) {
        size_t n = t->n_words - k < panel ? t->n_words - k : panel;
        if (sum_panel(t, k, n) != 0) {
            return RQA_ERROR_CANCELLED;
        }
    }
    if (t->ring->n_rows > 0) {
        t->ring->ready = t->row + t->n_rows + (t->f->dim - 1) * t->f->delay_x;
    }
    return 0;
}

/* Rows that have to be evaluated, of one sample each: a new strip fills its ring first. */
static size_t n_sample_rows(const rqa__bits_tile_job *t)
{
    const size_t span = (t->f->dim - 1) * t->f->delay_x;
    return t->ring->n_rows > 0 ? t->row + t->n_rows + span - t->ring->ready : t->n_rows * t->f->dim;
}

static int fill(rqa__bits_tile_job *t)
{
    /* Terms of one sample are added up for each pair of vectors, in whole words of ranks at once.
     */
    const size_t n_samples = n_sample_rows(t) * t->f->n_channels;
    t->n_terms = (size_t)t->f->dim * t->f->n_channels;
    const size_t n_each = t->f->by_rank ? n_samples : t->n_rows * t->n_terms;
    t->is_long = 64 * t->n_words * (n_samples > n_each ? n_samples : n_each) > RQA__LOOK_OPERATIONS;
    if (!(t->f->bound >= 0)) {
        for (size_t r = 0; r < t->n_rows; r++) {
            memset(rqa__tile_row(t, r), 0, t->n_words * sizeof(uint64_t));
        }
        return 0;
    }
    return t->f->by_rank ? rqa__bits_tile_ranks(t) : sum_tile(t);
}

/* Columns of a word that limits leave alone: those up to the last. */
static uint64_t columns_upto(int64_t column, uint32_t last)
{
    const int64_t n = (int64_t)last + 1 - column;
    return n <= 0 ? 0 : n >= 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1;
}

/* Without `last` the cells of the low field go; with it, beyond the last column only they stay. */
static void take_away(const rqa__bits_tile_job *t, const uint64_t *low, size_t low_stride)
{
    for (size_t r = 0; r < t->n_rows; r++) {
        const int64_t column = t->first + (t->sheared ? (int64_t)(t->row + r) : 0);
        uint64_t *out = rqa__tile_row(t, r);
        for (size_t k = 0; k < t->n_words; k++) {
            const uint64_t cells = low[r * low_stride + k];
            out[k] &= t->f->last == NULL
                          ? ~cells
                          : cells | columns_upto(column + 64 * (int64_t)k, t->f->last[t->row + r]);
        }
    }
}

static int take_low_away(const rqa__bits_tile_job *t)
{
    rqa__bits_ring none = {0};
    rqa__bits_tile_job low = *t;
    low.f = t->f->low;
    low.ring = &none;
    low.out = t->w->low;
    low.stride = t->n_words;
    low.accumulate = 0;
    int status = fill(&low);
    if (status == 0) {
        take_away(t, low.out, low.stride);
    }
    return status;
}

/* A rule on cells looks at those that recur, each of which may cost as much as a distance. */
static int take_cells_away(const rqa__bits_tile_job *t)
{
    const rqa__cells *cells = t->f->cells;
    const size_t most = (size_t)rqa__steps_between_looks(64 * t->n_terms);
    for (size_t r = 0; r < t->n_rows; r++) {
        const size_t row = t->row + r;
        const int64_t first = t->first + (t->sheared ? (int64_t)row : 0);
        for (size_t k = 0; k < t->n_words; k += most) {
            const size_t n = t->n_words - k < most ? t->n_words - k : most;
            if (rqa__bits_is_stopped(&t->w->input->halt)) {
                return RQA_ERROR_CANCELLED;
            }
            cells->clear(cells->rule, row, first + 64 * (int64_t)k, n, rqa__tile_row(t, r) + k);
        }
    }
    return 0;
}

/* ---- lists ---- */

/* The first of a rising list that is not below a row. */
static size_t first_from(const uint32_t *row, size_t n, int64_t least)
{
    size_t low = 0;
    while (low < n) {
        const size_t half = low + (n - low) / 2;
        if ((int64_t)row[half] < least) {
            low = half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

/* And-ed, a word is written when all of its cells are known. */
static void and_listed(uint64_t *out, size_t n_words, const uint32_t *row, const uint32_t *end,
                       int64_t first)
{
    for (size_t k = 0; k < n_words; k++) {
        uint64_t word = 0;
        for (; row < end && (int64_t)*row - first < (int64_t)(64 * (k + 1)); row++) {
            word |= (uint64_t)1 << ((int64_t)*row - first) % 64;
        }
        out[k] &= word;
    }
}

static void fill_listed_row(const rqa__bits_tile_job *t, size_t r)
{
    const rqa__listed *listed = t->f->listed;
    const size_t i = t->row + r, n_bits = 64 * t->n_words;
    const int64_t first = t->first + (t->sheared ? (int64_t)i : 0);
    const uint32_t *row = listed->row + i * listed->stride, *end = row + listed->n[i];
    uint64_t *out = rqa__tile_row(t, r);
    row += first_from(row, listed->n[i], first);
    if (t->accumulate) {
        and_listed(out, t->n_words, row, end, first);
        return;
    }
    memset(out, 0, t->n_words * sizeof *out);
    for (; row < end; row++) {
        const size_t bit = (size_t)((int64_t)*row - first);
        if (bit >= n_bits) {
            break;
        }
        out[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

static int fill_listed(rqa__bits_tile_job *t)
{
    t->n_terms = (size_t)t->f->dim * t->f->n_channels;
    for (size_t r = 0; r < t->n_rows; r++) {
        fill_listed_row(t, r);
    }
    return 0;
}

static int fill_within_limits(rqa__bits_tile_job *t)
{
    if (t->f->given != NULL) {
        rqa__bits_tile_given(t);
        return 0;
    }
    int status = t->f->listed != NULL ? fill_listed(t) : fill(t);
    if (status == 0 && t->f->low != NULL) {
        status = take_low_away(t);
    }
    return status == 0 && t->f->cells != NULL ? take_cells_away(t) : status;
}

int rqa__bits_tile(rqa__bits_worker *w, unsigned k, const rqa__bits_strip *s, size_t row,
                   size_t n_rows, size_t n_words)
{
    const rqa__bits_input *input = w->input;
    rqa__bits_tile_job t = {
        .w = w,
        .kernels = input->kernels,
        .f = &input->fields.field[k],
        .ring = &w->ring[k],
        .out = w->tile + input->stride,
        .sheared = 1,
        .first = s->first,
        .row = row,
        .n_rows = n_rows,
        .n_words = n_words,
        .stride = input->stride,
        .accumulate = k > 0,
        .end_column = input->n_y,
    };
    return fill_within_limits(&t);
}

int rqa__bits_rectangle(rqa__bits_worker *w, unsigned k, const rqa__bits_area *a)
{
    const rqa__bits_input *input = w->input;
    rqa__bits_tile_job t = {
        .w = w,
        .kernels = input->kernels,
        .f = &input->fields.field[k],
        .ring = &w->ring[k],
        .out = a->out,
        .first = (int64_t)(64 * a->first_word),
        .row = a->row,
        .n_rows = a->n_rows,
        .n_words = a->n_words,
        .stride = a->stride,
        .accumulate = k > 0,
        .end_column = input->n_y,
    };
    t.ring->ready = a->row;
    return fill_within_limits(&t);
}
