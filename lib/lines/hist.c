/* hist.c - dense, growing histogram of line lengths. */
#include "lines/hist.h"

#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

enum { LEAST = 64 };

static size_t size_for(size_t length, size_t size)
{
    while (size <= length)
        size *= 2;
    return size;
}

size_t rqa__hist_bytes(size_t length)
{
    return size_for(length, LEAST) * sizeof(uint64_t);
}

int rqa__hist_reserve(rqa__hist *hist, size_t length)
{
    if (length < hist->size)
        return RQA_OK;
    const size_t size = size_for(length, hist->size ? hist->size : LEAST);
    size_t n_bytes;
    if (rqa__mul_size(size, sizeof *hist->count, &n_bytes))
        return RQA_ERROR_MEMORY;
    uint64_t *count = rqa__realloc(hist->count, n_bytes);
    if (!count)
        return RQA_ERROR_MEMORY;
    memset(count + hist->size, 0, (size - hist->size) * sizeof *count);
    hist->count = count;
    hist->size = size;
    return RQA_OK;
}

void rqa__hist_free(rqa__hist *hist)
{
    rqa__free(hist->count);
    hist->count = NULL;
    hist->size = 0;
}

size_t rqa__hist_n_bins(const rqa__hist *hist)
{
    size_t n = 0;
    for (size_t length = 0; length < hist->size; length++)
        n += hist->count[length] != 0;
    return n;
}

rqa__spectrum rqa__hist_spectrum(const rqa__hist *hist, rqa__bin *bin)
{
    size_t n = 0;
    for (size_t length = 0; length < hist->size; length++)
        if (hist->count[length])
            bin[n++] = (rqa__bin){length, hist->count[length]};
    return (rqa__spectrum){bin, n};
}
