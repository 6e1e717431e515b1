/* api_embedding.c - the calls of rqa/embedding.h. */
#include "rqa/embedding.h"

#include "base/error.h"
#include "base/fp_env.h"
#include "data/delay_embedding.h"

rqa_status rqa_embedding_create(rqa_embedding **out, const rqa_series *series, uint32_t dim,
                                uint32_t delay)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!series)
        return rqa__fail_null("series");
    return rqa__embedding_new(out, series, dim, delay);
}

void rqa_embedding_destroy(rqa_embedding *embedding)
{
    RQA__ENTRY;
    rqa__embedding_free(embedding);
}

size_t rqa_embedding_n_vectors(const rqa_embedding *embedding)
{
    return embedding ? embedding->n_vectors : 0;
}

uint32_t rqa_embedding_dim(const rqa_embedding *embedding)
{
    return embedding ? embedding->dim : 0;
}

uint32_t rqa_embedding_delay(const rqa_embedding *embedding)
{
    return embedding ? embedding->delay : 0;
}
