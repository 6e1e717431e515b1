/**
 * @file rqa/embedding.h
 * @brief rqa_embedding: the delay embedding of a series; a view, nothing is copied.
 *
 * Vector i has the coordinates, lag-major and channel-minor (Takens 1981; Packard et al. 1980),
 *
 *     x[i][0..C-1], x[i+delay][0..C-1], ..., x[i+(dim-1)*delay][0..C-1]
 *
 * and there are N = n_samples - (dim-1)*delay vectors.
 */
#ifndef RQA_EMBEDDING_H
#define RQA_EMBEDDING_H

#include "series.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A delay embedding. Opaque, immutable, may be shared between threads. */
typedef struct rqa_embedding rqa_embedding;

/**
 * Embeds a series.
 *
 * @param[out] out the new embedding, owned by the caller; NULL on failure
 * @param series the series; may be destroyed before the embedding
 * @param dim embedding dimension m, 1 .. 1000
 * @param delay delay tau in samples, 1 .. 2^31-1 (without effect when dim is 1)
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE, RQA_ERROR_TOO_SHORT (N would be below 1),
 *         RQA_ERROR_MEMORY
 * @par Cost
 * O(1).
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_embedding_create(rqa_embedding **out, const rqa_series *series, uint32_t dim,
                                        uint32_t delay);

/**
 * Frees an embedding.
 * @param embedding NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.1.0
 */
RQA_API void rqa_embedding_destroy(rqa_embedding *embedding);

/**
 * Number of vectors N = n_samples - (dim-1)*delay.
 * @param embedding an embedding
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_embedding_n_vectors(const rqa_embedding *embedding);

/**
 * Embedding dimension.
 * @param embedding an embedding
 * @return dim; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API uint32_t rqa_embedding_dim(const rqa_embedding *embedding);

/**
 * Delay in samples.
 * @param embedding an embedding
 * @return delay; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API uint32_t rqa_embedding_delay(const rqa_embedding *embedding);

#ifdef __cplusplus
}
#endif

#endif
