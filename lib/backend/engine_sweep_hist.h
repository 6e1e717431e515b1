/* engine_sweep_hist.h - where the sweep engine counts runs, and how counts become spectra. */
#ifndef RQA_BACKEND_ENGINE_SWEEP_HIST_H
#define RQA_BACKEND_ENGINE_SWEEP_HIST_H

#include <stdatomic.h>

#include "cpu/sweep_table.h"
#include "lines/tally.h"

/* A buffer that only grows. */
typedef struct rqa__sweep_buffer {
    void *data;
    size_t n_bytes;
} rqa__sweep_buffer;

/* Bytes that a buffer of n_bytes takes. */
static inline size_t rqa__sweep_buffer_room(size_t n_bytes)
{
    return n_bytes + n_bytes / 8;
}

/* Makes room for n_bytes, 64-byte aligned. The content is lost when it grows; `zero` then clears
 * the new room. */
int rqa__sweep_buffer_reserve(rqa__sweep_buffer *buffer, size_t n_bytes, int zero);
void rqa__sweep_buffer_free(rqa__sweep_buffer *buffer);

/* Runs of one kind at one dim, for all thresholds. Short ones lie in a dense table of 32-bit
 * differences along the threshold axis; the others, the line of identity and what was flushed
 * before 2^32 could be reached lie in 64-bit rows that exist only for lengths that occurred. */
typedef struct rqa__sweep_hist {
    rqa__sweep_counter counter;
    size_t longest;           /* the longest run there can be */
    size_t max_length;        /* longest run in the 64-bit rows */
    rqa__sweep_buffer row_of; /* [length]: 1 + row, 0 = none */
    uint64_t **chunk;         /* rows, as many in each as fit: they never move */
    size_t n_chunks;          /* that are there, whatever stride their rows had */
    size_t n_rows;
} rqa__sweep_hist;

enum { RQA__SWEEP_CHUNK = 2048 }; /* words: rows of any number of thresholds leave little over */

/* Rows of a chunk. */
static inline size_t rqa__sweep_chunk_rows(size_t stride)
{
    return RQA__SWEEP_CHUNK / stride;
}

static inline uint64_t *rqa__sweep_hist_row(const rqa__sweep_hist *hist, size_t row)
{
    const size_t each = rqa__sweep_chunk_rows(hist->counter.stride);
    return hist->chunk[row / each] + row % each * hist->counter.stride;
}

/* Bytes of so many rows, with what finds them. */
size_t rqa__sweep_rows_room(size_t n_rows, size_t stride, size_t longest);

/* Adds `weight` to runs of `length` at the thresholds lo..hi-1, in the 64-bit rows. */
int rqa__sweep_hist_add(rqa__sweep_hist *hist, uint64_t length, uint32_t lo, uint32_t hi,
                        uint64_t weight);
/* Empties the counter's overflow into the 64-bit rows. */
int rqa__sweep_hist_drain(rqa__sweep_hist *hist, uint64_t weight);
/* Empties the dense table into the 64-bit rows of `into`. */
int rqa__sweep_hist_flush(rqa__sweep_hist *hist, rqa__sweep_hist *into, uint64_t weight);
/* Adds the 64-bit rows of `from` to `into` and clears them, unless it is cancelled. */
int rqa__sweep_hist_merge(rqa__sweep_hist *into, rqa__sweep_hist *from, const atomic_int *cancel);
void rqa__sweep_hist_clear(rqa__sweep_hist *hist);
void rqa__sweep_hist_free(rqa__sweep_hist *hist);

/* Spectra of all thresholds of one histogram. */
typedef struct rqa__sweep_spectra {
    rqa__sweep_buffer bins; /* [threshold][room] of rqa__bin */
    size_t room;
    size_t n_bins[RQA__SWEEP_MAX_THRESHOLDS];
    uint64_t cells[RQA__SWEEP_MAX_THRESHOLDS]; /* sum of length times count */
} rqa__sweep_spectra;

/* Turns a histogram into spectra and clears it, unless it is cancelled. Short runs count `weight`
 * times. */
int rqa__sweep_hist_read(rqa__sweep_hist *hist, uint64_t weight, unsigned n_thresholds,
                         const atomic_int *cancel, rqa__sweep_spectra *out);

#endif
