/* delay_embedding.c - a delay embedding: a series, dim and delay; nothing is copied. */
#include "data/delay_embedding.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/recording.h"

/* (dim-1)*delay of two 32-bit numbers cannot overflow 64 bits. */
static uint64_t span_of(uint32_t dim, uint32_t delay)
{
    return dim == 0 ? 0 : (uint64_t)(dim - 1) * delay;
}

size_t rqa__n_vectors(size_t n_samples, uint32_t dim, uint32_t delay)
{
    uint64_t span = span_of(dim, delay);
    return span < n_samples ? n_samples - (size_t)span : 0;
}

int rqa__embedding_new(struct rqa_embedding **out, const struct rqa_series *series, uint32_t dim,
                       uint32_t delay)
{
    if (dim < 1 || dim > RQA__MAX_DIM)
        return rqa__fail(RQA_ERROR_VALUE, "dim is %" PRIu32 "; 1..%d are allowed", dim,
                         RQA__MAX_DIM);
    if (delay < 1 || delay > RQA__MAX_DELAY)
        return rqa__fail(RQA_ERROR_VALUE, "delay is %" PRIu32 "; 1..%d are allowed", delay,
                         RQA__MAX_DELAY);
    size_t n_vectors = rqa__n_vectors(series->n_samples, dim, delay);
    if (n_vectors == 0)
        return rqa__fail(RQA_ERROR_TOO_SHORT,
                         "dim %" PRIu32 " with delay %" PRIu32 " needs at least %" PRIu64
                         " samples; the series has %zu",
                         dim, delay, span_of(dim, delay) + 1, series->n_samples);
    struct rqa_embedding *embedding = rqa__alloc(sizeof *embedding);
    if (!embedding)
        return rqa__fail_memory("the embedding");
    *embedding = (struct rqa_embedding){series, dim, delay, n_vectors};
    rqa__series_retain(series);
    *out = embedding;
    return RQA_OK;
}

void rqa__embedding_free(struct rqa_embedding *embedding)
{
    if (!embedding)
        return;
    rqa__series_release(embedding->series);
    rqa__free(embedding);
}
