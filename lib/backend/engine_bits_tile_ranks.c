/* engine_bits_tile_ranks.c - the bits of a block from ranks: those of a sample are the columns
 * whose rank lies between two bounds; those of vectors are and-ed over their samples. */
#include "backend/engine_bits_tile_job.h"
#include "rqa/status.h"

#include <math.h>

/* Ranks that are within the bound of row r of the block, for n rows of samples from x on. */
static void find_ranks(const rqa__bits_tile_job *t, size_t at, size_t r, const double *x, size_t n)
{
    const rqa__bits_field *f = t->f;
    const double *sorted = f->sorted + at * f->window_size;
    if (f->own == NULL) {
        t->kernels->rank_bounds(t->w->below, t->w->upto, sorted, f->n_sorted[at], x, n,
                                f->rank_bound);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        t->kernels->rank_bounds(t->w->below + k, t->w->upto + k, sorted, f->n_sorted[at], x + k, 1,
                                f->row[t->row + r + k].rank_bound);
    }
}

/* One row, of those within below <= rank < upto. */
static void rank_row(const rqa__bits_tile_job *t, uint64_t *out, const uint16_t *rank,
                     size_t n_words, size_t r, double x, int accumulate)
{
    const uint32_t below = t->w->below[r], upto = t->w->upto[r];
    const int none = upto <= below || isnan(x);
    t->kernels->rank_row(out, rank, n_words, none ? 65534 : (uint16_t)below,
                         none ? 0 : (uint16_t)(upto - below - 1), accumulate);
}

/* The single-sample bits of rows sample .. sample + n - 1 of x, bit 0 at column (sample + shift),
 * into out (advancing by out_stride), and-ed over channels. 0 or RQA_ERROR_CANCELLED. */
static int rank_rows(const rqa__bits_tile_job *t, uint64_t *const *out, size_t sample, size_t n,
                     int64_t shift, int accumulate)
{
    const rqa__bits_field *f = t->f;
    size_t done = 0;
    while (done < n) {
        size_t column = rqa__tile_column_of(t, sample + done, shift);
        size_t window = column / f->hop;
        size_t left = (window + 1) * f->hop - column;
        size_t m = n - done < left ? n - done : left;
        for (uint32_t c = 0; c < f->n_channels; c++) {
            if (rqa__tile_is_stopped(t)) {
                return RQA_ERROR_CANCELLED;
            }
            size_t at = (size_t)c * f->n_windows + window;
            const double *x = f->x[c] + sample + done;
            find_ranks(t, at, done, x, m);
            const uint16_t *rank = f->rank + at * f->window_size + (column - window * f->hop);
            for (size_t r = 0; r < m; r++) {
                rank_row(t, out[done + r], rank + r, t->n_words, r, x[r], accumulate || c > 0);
            }
        }
        done += m;
    }
    return 0;
}

static int rank_tile_direct(const rqa__bits_tile_job *t)
{
    const rqa__bits_field *f = t->f;
    uint64_t *out[RQA__BITS_ROWS];
    for (size_t r = 0; r < t->n_rows; r++) {
        out[r] = rqa__tile_row(t, r);
    }
    int status = 0;
    for (size_t k = 0; k < f->dim && status == 0; k++) {
        int64_t shift = t->first + (int64_t)(k * f->delay_y) - (int64_t)(k * f->delay_x);
        status =
            rank_rows(t, out, t->row + k * f->delay_x, t->n_rows, shift, t->accumulate || k > 0);
    }
    return status;
}

static int rank_tile_ring(const rqa__bits_tile_job *t)
{
    const rqa__bits_field *f = t->f;
    rqa__bits_ring *ring = t->ring;
    uint64_t *memory = ring->memory;
    const size_t mask = ring->n_rows - 1;
    const size_t end = t->row + t->n_rows + (f->dim - 1) * f->delay_x;
    while (ring->ready < end) {
        uint64_t *out[RQA__BITS_ROWS];
        size_t n = end - ring->ready < RQA__BITS_ROWS ? end - ring->ready : RQA__BITS_ROWS;
        for (size_t r = 0; r < n; r++) {
            out[r] = memory + ((ring->ready + r) & mask) * t->stride;
        }
        if (rank_rows(t, out, ring->ready, n, t->first, 0) != 0) {
            return RQA_ERROR_CANCELLED;
        }
        ring->ready += n;
    }
    const uint64_t **rows = (const uint64_t **)(void *)t->w->rows;
    for (size_t r = 0; r < t->n_rows; r++) {
        size_t n = 0;
        for (size_t k = 0; k < f->dim; k++) {
            rows[n++] = memory + ((t->row + r + k * f->delay_x) & mask) * t->stride;
        }
        if (t->accumulate) {
            rows[n++] = rqa__tile_row(t, r);
        }
        t->kernels->and_rows(rqa__tile_row(t, r), rows, n, t->n_words);
    }
    return 0;
}

/* Sample k of every vector against as many columns as its window of ranks has. */
static int rank_across(const rqa__bits_tile_job *t, size_t k, uint32_t c, int accumulate)
{
    const rqa__bits_field *f = t->f;
    const double *x = f->x[c] + t->row + k * f->delay_x;
    size_t n_words;
    for (size_t word = 0; word < t->n_words; word += n_words) {
        const size_t column =
            rqa__tile_column_of(t, 0, t->first + (int64_t)(64 * word + k * f->delay_y));
        const size_t window = column / f->hop, at = c * f->n_windows + window;
        const uint16_t *rank = f->rank + at * f->window_size + (column - window * f->hop);
        n_words = (window * f->hop + f->window_size - column) / 64;
        n_words = t->n_words - word < n_words ? t->n_words - word : n_words;
        find_ranks(t, at, 0, x, t->n_rows);
        const size_t step = (size_t)rqa__steps_between_looks(64 * n_words);
        for (size_t r = 0; r < t->n_rows; r++) {
            if (r % step == 0 && rqa__tile_is_stopped(t)) {
                return RQA_ERROR_CANCELLED;
            }
            rank_row(t, rqa__tile_row(t, r) + word, rank, n_words, r, x[r], accumulate);
        }
    }
    return 0;
}

static int rank_rectangle(const rqa__bits_tile_job *t)
{
    int status = 0;
    for (size_t k = 0; k < t->f->dim; k++) {
        for (uint32_t c = 0; c < t->f->n_channels && status == 0; c++) {
            status = rank_across(t, k, c, t->accumulate || k > 0 || c > 0);
        }
    }
    return status;
}

int rqa__bits_tile_ranks(const rqa__bits_tile_job *t)
{
    return !t->sheared           ? rank_rectangle(t)
           : t->ring->n_rows > 0 ? rank_tile_ring(t)
                                 : rank_tile_direct(t);
}
