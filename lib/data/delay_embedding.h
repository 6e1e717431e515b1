/* delay_embedding.h - a delay embedding: a series, dim and delay; nothing is copied. */
#ifndef RQA_DATA_DELAY_EMBEDDING_H
#define RQA_DATA_DELAY_EMBEDDING_H

#include <stddef.h>
#include <stdint.h>

#include "rqa/embedding.h"

enum { RQA__MAX_DIM = 1000, RQA__MAX_DELAY = INT32_MAX };

struct rqa_embedding {
    const struct rqa_series *series; /* retained */
    uint32_t dim;
    uint32_t delay;
    size_t n_vectors; /* at least 1 */
};

/* n_samples - (dim-1)*delay, or 0 where that is not positive. */
size_t rqa__n_vectors(size_t n_samples, uint32_t dim, uint32_t delay);

/* As rqa_embedding_create(); keeps a reference to the series. */
int rqa__embedding_new(struct rqa_embedding **out, const struct rqa_series *series, uint32_t dim,
                       uint32_t delay);

/* NULL is allowed. */
void rqa__embedding_free(struct rqa_embedding *embedding);

#endif
