/**
 * @file rqa/network.h
 * @brief rqa_network: the recurrence network of one analysis, node by node.
 *
 * @code
 * rqa_network_create(&network, x, NULL, &options);
 * rqa_network_degrees(network, &degree, &n);
 * @endcode
 *
 * Nodes are the vectors; two are joined by an edge if they recur and their indices differ by at least
 * the Theiler window of points, which is at least 1 (Marwan and others 2009; Donner and others 2010).
 * The matrix is never formed: triangles are counted from bands of its rows. Its measures are those of
 * rqa/measure.h, and rqa_metrics_compute(), batches and stores give them too; here are the vectors
 * behind them.
 */
#ifndef RQA_NETWORK_H
#define RQA_NETWORK_H

#include "analysis.h"
#include "embedding.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A counted network. Opaque, immutable, may be shared between threads. */
typedef struct rqa_network rqa_network;

/**
 * Counts the recurrence network of an embedding, or of two by joint recurrence.
 *
 * @param[out] out the network, owned by the caller; NULL on failure
 * @param x the embedding
 * @param y the second one of a joint network, with as many vectors, of the same context; else NULL
 * @param options as for rqa_metrics_compute(); of `measures` those of the network are read:
 *        transitivity and clustering count triangles, path_mean, diameter and efficiency shortest
 *        paths. 0 = transitivity, clustering, assortativity, components. NULL for the defaults.
 *        `backend` chooses threads alone; lines are not counted
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_MISMATCH,
 *         RQA_ERROR_UNSUPPORTED (cross-recurrence has no network), RQA_ERROR_TOO_SHORT (fewer than
 *         two vectors), RQA_ERROR_MEMORY, RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_THREAD,
 *         RQA_ERROR_FORKED, RQA_ERROR_BACKEND_MISSING, RQA_ERROR_CANCELLED (rqa_context_cancel())
 * @par Cost
 * Degrees: as the points of an analysis. Triangles: N / 64 words for each edge, less where
 * neighbours of a node have like coordinates; O(N) memory for each thread, and a band of rows, at most
 * 256 MB. Paths: N^3 / 64 words up to 10,000 vectors, beyond 256 N^2 / 64; N^2 / 8 bytes.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_network_create(rqa_network **out, const rqa_embedding *x,
                                      const rqa_embedding *y, const rqa_analysis_options *options);

/**
 * Frees a network.
 * @param network NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_network_destroy(rqa_network *network);

/**
 * Reads a measure of the network, and its standard error.
 *
 * @param network a network
 * @param measure ::rqa_measure, transitivity .. efficiency
 * @param[out] value NaN where undefined or not asked for
 * @param[out] error NULL, or gets the standard error: of path_mean and efficiency from sampled sources
 *             (a ratio estimate, sources drawn without repetition), 0 for what is exact, NaN of a
 *             diameter from sampled sources, which is a lower bound
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no measure of a network)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_network_get(const rqa_network *network, int32_t measure, double *value,
                                   double *error);

/**
 * Degrees: how many edges each vector has.
 *
 * @param network a network
 * @param[out] degrees borrowed for the life of the network, by vector
 * @param[out] n how many vectors. The density is the sum of degrees / (n (n-1))
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_network_degrees(const rqa_network *network, const uint64_t **degrees,
                                       size_t *n);

/**
 * Local clustering coefficients t_i / (k_i (k_i - 1) / 2): the share of pairs of neighbours that are
 * neighbours of each other.
 *
 * @param network a network whose transitivity or clustering was asked for
 * @param[out] clustering borrowed for the life of the network, by vector; NaN below degree 2
 * @param[out] n how many vectors
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE (triangles were not counted)
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_network_clustering(const rqa_network *network, const double **clustering,
                                          size_t *n);

/** The edges of a network. Opaque, immutable, may be shared between threads. */
typedef struct rqa_adjacency rqa_adjacency;

/**
 * Finds the edges of the recurrence network of an embedding, or of two by joint recurrence, for export
 * to a package for graphs.
 *
 * @param[out] out the edges, owned by the caller; NULL on failure
 * @param x the embedding
 * @param y as for rqa_network_create()
 * @param options likewise; `measures` is not used. NULL for the defaults
 * @return as rqa_network_create(); RQA_ERROR_MEMORY_LIMIT names the bytes needed and the limit
 * @par Cost
 * O(Nx Ny dim channels) twice: edges are counted, then written. 8 bytes for an edge, 8 N bytes.
 * @par Threads
 * Any; calls on one context run one after the other where they use its thread pool.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_adjacency_create(rqa_adjacency **out, const rqa_embedding *x,
                                        const rqa_embedding *y, const rqa_analysis_options *options);

/**
 * Frees the edges.
 * @param adjacency NULL is allowed
 * @par Threads
 * Any; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_adjacency_destroy(rqa_adjacency *adjacency);

/**
 * The edges as compressed sparse rows: the neighbours of vector i are neighbours[starts[i]] to
 * neighbours[starts[i + 1] - 1], rising. Each edge is in the rows of both its ends; those with j > i
 * are the list of edges.
 *
 * @param adjacency the edges
 * @param[out] starts borrowed for the life of the edges: n + 1 numbers, the last one how many
 *             neighbours there are in all
 * @param[out] neighbours borrowed likewise
 * @param[out] n how many vectors
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_adjacency_rows(const rqa_adjacency *adjacency, const uint64_t **starts,
                                      const uint32_t **neighbours, size_t *n);

#ifdef __cplusplus
}
#endif

#endif
