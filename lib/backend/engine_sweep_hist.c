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
    void *data = rqa__alloc_aligned(room);
    if (data == NULL) {
        return RQA_ERROR_MEMORY;
    }
    if (zero) {
        memset(data, 0, room);
    }
    rqa__free_aligned(buffer->data);
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

/* Grows a buffer and keeps its first `used` bytes; `zero` clears the rest. */
static int grow_kept(rqa__sweep_buffer *buffer, size_t used, size_t n_bytes, int zero)
{
    rqa__sweep_buffer wider = {NULL, 0};
    if (n_bytes <= buffer->n_bytes) {
        return 0;
    }
    const int status = rqa__sweep_buffer_reserve(&wider, 2 * n_bytes, zero);
    if (status != 0) {
        return status;
    }
    if (used > 0) {
        memcpy(wider.data, buffer->data, used);
    }
    rqa__sweep_buffer_free(buffer);
    *buffer = wider;
    return 0;
}

/* Whether the dense table has runs of this length. */
static int occurs(const rqa__sweep_counter *counter, size_t length)
{
    return counter->diff[(length + 1) * counter->stride - 1] != 0;
}

/* The 64-bit row of a length, made if it is not there; NULL: no memory. */
static uint64_t *row_for(rqa__sweep_hist *hist, uint64_t length)
{
    const size_t stride = hist->counter.stride;
    const size_t index = (size_t)length;
    if (index >= hist->n_row_of) {
        if (grow_kept(&hist->row_of, hist->n_row_of * sizeof(uint32_t),
                      (index + 1) * sizeof(uint32_t), 1) != 0) {
            return NULL;
        }
        hist->n_row_of = hist->row_of.n_bytes / sizeof(uint32_t);
    }
    uint32_t *row_of = hist->row_of.data;
    if (row_of[index] == 0) {
        const size_t row_bytes = stride * sizeof(uint64_t);
        if (grow_kept(&hist->rows, hist->n_rows * row_bytes, (hist->n_rows + 1) * row_bytes, 0) !=
            0) {
            return NULL;
        }
        memset((uint64_t *)hist->rows.data + hist->n_rows * stride, 0, row_bytes);
        hist->n_rows++;
        row_of[index] = (uint32_t)hist->n_rows;
        hist->max_length = index > hist->max_length ? index : hist->max_length;
    }
    return (uint64_t *)hist->rows.data + (row_of[index] - 1) * stride;
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
        const uint64_t *add = (const uint64_t *)from->rows.data + (index - 1) * stride;
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
    rqa__sweep_buffer_free(&hist->rows);
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
            const uint64_t *wide = (uint64_t *)hist->rows.data + (row - 1) * counter->stride;
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
