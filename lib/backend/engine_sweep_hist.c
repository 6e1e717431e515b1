/* engine_sweep_hist.c - the run counters of the sweep engine and their spectra. */
#include "backend/engine_sweep_hist.h"

#include "base/look.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

int rqa__sweep_buffer_reserve(rqa__sweep_buffer *buffer, size_t n_bytes, int zero)
{
    if (n_bytes <= buffer->n_bytes) {
        return 0;
    }
    const size_t room = rqa__sweep_buffer_room(n_bytes);
    rqa__sweep_buffer_free(buffer);
    void *data = rqa__alloc_aligned(room);
    if (data == NULL) {
        return RQA_ERROR_MEMORY;
    }
    if (zero) {
        memset(data, 0, room);
    }
    buffer->data = data;
    buffer->n_bytes = room;
    return 0;
}

void rqa__sweep_buffer_free(rqa__sweep_buffer *buffer)
{
    rqa__free_aligned(buffer->data);
    buffer->data = NULL;
    buffer->n_bytes = 0;
}

/* Whether the dense table has runs of this length. */
static int occurs(const rqa__sweep_counter *counter, size_t length)
{
    return counter->diff[(length + 1) * counter->stride - 1] != 0;
}

/* Makes the chunk of the next row exist. 0 or RQA_ERROR_MEMORY. */
static int room_for_row(rqa__sweep_hist *hist)
{
    const size_t k = hist->n_rows / rqa__sweep_chunk_rows(hist->counter.stride);
    if (k < hist->n_chunks) {
        return 0;
    }
    if ((k & (k - 1)) == 0) { /* the list of chunks is full: it has 1, 2, 4, ... */
        uint64_t **more = rqa__realloc(hist->chunk, (k > 0 ? 2 * k : 1) * sizeof *more);
        if (more == NULL) {
            return RQA_ERROR_MEMORY;
        }
        hist->chunk = more;
    }
    hist->chunk[k] = rqa__alloc_array(RQA__SWEEP_CHUNK, sizeof **hist->chunk);
    if (hist->chunk[k] == NULL) {
        return RQA_ERROR_MEMORY;
    }
    hist->n_chunks = k + 1;
    return 0;
}

/* The 64-bit row of a length, made if it is not there; NULL: no memory. */
static uint64_t *row_for(rqa__sweep_hist *hist, uint64_t length)
{
    const size_t index = (size_t)length;
    if (rqa__sweep_buffer_reserve(&hist->row_of, (hist->longest + 1) * sizeof(uint32_t), 1) != 0) {
        return NULL;
    }
    uint32_t *row_of = hist->row_of.data;
    if (row_of[index] == 0) {
        if (room_for_row(hist) != 0) {
            return NULL;
        }
        memset(rqa__sweep_hist_row(hist, hist->n_rows), 0,
               hist->counter.stride * sizeof(uint64_t));
        hist->n_rows++;
        row_of[index] = (uint32_t)hist->n_rows;
        hist->max_length = index > hist->max_length ? index : hist->max_length;
    }
    return rqa__sweep_hist_row(hist, row_of[index] - 1);
}

size_t rqa__sweep_rows_room(size_t n_rows, size_t stride, size_t longest)
{
    const size_t each = rqa__sweep_chunk_rows(stride), n_chunks = (n_rows + each - 1) / each;
    return n_rows == 0 ? 0
                       : rqa__sweep_buffer_room((longest + 1) * sizeof(uint32_t)) +
                             n_chunks * (RQA__SWEEP_CHUNK * sizeof(uint64_t) + 3 * sizeof(uint64_t *));
}

int rqa__sweep_hist_add(rqa__sweep_hist *hist, uint64_t length, uint32_t lo, uint32_t hi,
                        uint64_t weight)
{
    uint64_t *row = row_for(hist, length);
    if (row == NULL) {
        return RQA_ERROR_MEMORY;
    }
    row[lo] += weight;
    row[hi] -= weight;
    return 0;
}

int rqa__sweep_hist_drain(rqa__sweep_hist *hist, uint64_t weight)
{
    int status = 0;
    for (size_t k = 0; k < hist->counter.n_overflow && status == 0; k++) {
        const rqa__sweep_long *run = &hist->counter.overflow[k];
        status = rqa__sweep_hist_add(hist, run->length, run->lo, run->hi, weight);
    }
    hist->counter.n_overflow = 0;
    return status;
}

int rqa__sweep_hist_flush(rqa__sweep_hist *hist, rqa__sweep_hist *into, uint64_t weight)
{
    rqa__sweep_counter *counter = &hist->counter;
    for (size_t length = 0; length < counter->n_short; length++) {
        if (!occurs(counter, length)) {
            continue;
        }
        uint64_t *row = row_for(into, length);
        uint32_t *diff = counter->diff + length * counter->stride;
        uint32_t running = 0;
        uint64_t before = 0;
        if (row == NULL) {
            return RQA_ERROR_MEMORY;
        }
        for (size_t e = 0; e + 1 < counter->stride; e++) {
            running += diff[e]; /* modulo 2^32: the exact count */
            row[e] += (running - before) * weight;
            before = running;
        }
        memset(diff, 0, counter->stride * sizeof *diff);
    }
    return 0;
}

int rqa__sweep_hist_merge(rqa__sweep_hist *into, rqa__sweep_hist *from, const atomic_int *cancel)
{
    const size_t stride = from->counter.stride;
    uint64_t n_operations = 0;
    if (from->n_rows == 0) {
        return 0;
    }
    for (size_t length = 0; length <= from->max_length; length++) {
        const uint32_t index = ((const uint32_t *)from->row_of.data)[length];
        if (index == 0) {
            continue;
        }
        uint64_t *row = row_for(into, length);
        const uint64_t *add = rqa__sweep_hist_row(from, index - 1);
        if (row == NULL) {
            return RQA_ERROR_MEMORY;
        }
        for (size_t e = 0; e < stride; e++) {
            row[e] += add[e];
        }
        n_operations += stride;
        if (n_operations > RQA__LOOK_OPERATIONS) {
            n_operations = 0;
            if (rqa__is_cancelled(cancel)) {
                return RQA_ERROR_CANCELLED;
            }
        }
    }
    rqa__sweep_hist_clear(from);
    return 0;
}

void rqa__sweep_hist_clear(rqa__sweep_hist *hist)
{
    rqa__sweep_counter *counter = &hist->counter;
    for (size_t length = 0; length < counter->n_short; length++) {
        if (occurs(counter, length)) {
            memset(counter->diff + length * counter->stride, 0,
                   counter->stride * sizeof *counter->diff);
        }
    }
    counter->n_overflow = 0;
    if (hist->n_rows > 0) {
        memset(hist->row_of.data, 0, (hist->max_length + 1) * sizeof(uint32_t));
    }
    hist->n_rows = 0;
    hist->max_length = 0;
}

void rqa__sweep_hist_free(rqa__sweep_hist *hist)
{
    rqa__sweep_buffer_free(&hist->row_of);
    for (size_t k = 0; k < hist->n_chunks; k++) {
        rqa__free(hist->chunk[k]);
    }
    rqa__free(hist->chunk);
    memset(hist, 0, sizeof *hist);
}

/* Appends one length to the spectra of the thresholds that have it; diff is consumed. */
static void append(rqa__sweep_spectra *out, uint64_t length, const uint64_t *diff,
                   unsigned n_thresholds)
{
    rqa__bin *bins = out->bins.data;
    uint64_t count = 0;
    for (unsigned e = 0; e < n_thresholds; e++) {
        count += diff[e];
        /* Written always, kept when the count is not zero: no branch to mispredict. */
        bins[e * out->room + out->n_bins[e]] = (rqa__bin){length, count};
        out->n_bins[e] += count != 0;
        out->cells[e] += length * count;
    }
}

int rqa__sweep_hist_read(rqa__sweep_hist *hist, uint64_t weight, unsigned n_thresholds,
                         const atomic_int *cancel, rqa__sweep_spectra *out)
{
    rqa__sweep_counter *counter = &hist->counter;
    uint64_t sum[RQA__SWEEP_MAX_THRESHOLDS + 2];
    uint64_t n_operations = 0;
    size_t n_lengths = hist->n_rows;
    for (size_t length = 0; length < counter->n_short; length++) {
        n_lengths += (size_t)occurs(counter, length);
    }
    out->room = n_lengths + 1;
    int status =
        rqa__sweep_buffer_reserve(&out->bins, n_thresholds * out->room * sizeof(rqa__bin), 0);
    if (status != 0) {
        return status;
    }
    memset(out->n_bins, 0, n_thresholds * sizeof *out->n_bins);
    memset(out->cells, 0, n_thresholds * sizeof *out->cells);
    const size_t n_wide = hist->n_rows > 0 ? hist->max_length + 1 : 0;
    const size_t end = n_wide > counter->n_short ? n_wide : counter->n_short;
    for (size_t length = 0; length < end; length++) {
        const uint32_t row = length < n_wide ? ((uint32_t *)hist->row_of.data)[length] : 0;
        const int is_short = length < counter->n_short && occurs(counter, length);
        if (!is_short && row == 0) {
            continue;
        }
        memset(sum, 0, n_thresholds * sizeof *sum);
        if (is_short) {
            uint32_t *diff = counter->diff + length * counter->stride;
            uint32_t running = 0;
            uint64_t before = 0;
            for (unsigned e = 0; e < n_thresholds; e++) {
                running += diff[e];
                sum[e] = (running - before) * weight;
                before = running;
            }
            memset(diff, 0, counter->stride * sizeof *diff);
        }
        if (row != 0) {
            const uint64_t *wide = rqa__sweep_hist_row(hist, row - 1);
            for (unsigned e = 0; e < n_thresholds; e++) {
                sum[e] += wide[e];
            }
        }
        append(out, length, sum, n_thresholds);
        n_operations += n_thresholds;
        if (n_operations > RQA__LOOK_OPERATIONS) {
            n_operations = 0;
            if (rqa__is_cancelled(cancel)) {
                return RQA_ERROR_CANCELLED;
            }
        }
    }
    rqa__sweep_hist_clear(hist);
    return 0;
}
