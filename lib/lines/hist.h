/* hist.h - dense, growing histogram of line lengths; read as a spectrum. */
#ifndef RQA_LINES_HIST_H
#define RQA_LINES_HIST_H

#include "lines/tally.h"

/* count[length] for length < size; longer ones have not been seen. Zero-initialise. */
typedef struct rqa__hist {
    uint64_t *count;
    size_t size;
} rqa__hist;

/* Bytes that it has when count[length] exists. */
size_t rqa__hist_bytes(size_t length);

/* Makes count[length] exist. 0 or RQA_ERROR_MEMORY (without text). */
int rqa__hist_reserve(rqa__hist *hist, size_t length);

/* The caller has reserved `length`. */
static inline void rqa__hist_add(rqa__hist *hist, size_t length, uint64_t n)
{
    hist->count[length] += n;
}

void rqa__hist_free(rqa__hist *hist);

/* Number of non-empty classes. */
size_t rqa__hist_n_bins(const rqa__hist *hist);

/* Writes the non-empty classes, by rising length, to bin[0..n_bins). */
rqa__spectrum rqa__hist_spectrum(const rqa__hist *hist, rqa__bin *bin);

#endif
