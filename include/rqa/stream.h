/**
 * @file rqa/stream.h
 * @brief rqa_stream: samples as they arrive, and the measures of the last of them.
 *
 * @code
 * rqa_stream_options stream_options;
 * rqa_stream_options_init(&stream_options);
 * stream_options.window = 1000;
 * rqa_stream_create(&stream, context, 1, 3, 6, &options, &stream_options);
 * while (next_sample(&sample)) {
 *     rqa_stream_push(stream, &sample, 1);
 *     rqa_stream_get(stream, RQA_MEASURE_DET, &det);
 * }
 * @endcode
 *
 * Once W samples have come, the measures are those that rqa_metrics_compute() gives for an
 * auto-recurrence analysis of the last W samples, to the last bit. Before, they are undefined
 * (::RQA_REASON_SERIES_TOO_SHORT).
 *
 * Real time: after rqa_stream_create(), push and get allocate nothing, take no lock and make no
 * system call, and the time of both is bounded by a multiple of W times the lines of a column. They
 * set the floating-point mode that results are defined in (round to nearest, subnormal numbers
 * kept, no traps) when they are called and restore the caller's before they return or call back,
 * some 50 ns each: a thread that runs with flush-to-zero may use them and keeps its mode.
 */
#ifndef RQA_STREAM_H
#define RQA_STREAM_H

#include "analysis.h"
#include "context.h"
#include "series.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A window that moves with the samples pushed into it. Opaque. */
typedef struct rqa_stream rqa_stream;

/**
 * Called after each sample with which the window is full; it may read the stream, not push or
 * destroy it.
 * @param user rqa_stream_options::user
 * @param stream the stream
 * @param n_samples samples that have come since creation or reset, this one included
 * @return 0 to go on; otherwise rqa_stream_push() returns RQA_ERROR_CANCELLED after this sample
 */
typedef int32_t (*rqa_stream_callback)(void *user, rqa_stream *stream, uint64_t n_samples);

/** Options of rqa_stream_create(). Fill with rqa_stream_options_init() first. */
typedef struct rqa_stream_options {
    uint32_t struct_size; /**< sizeof(rqa_stream_options); set by the init function. */
    int32_t missing; /**< ::rqa_missing; default ERROR: a push with such a sample is refused. */
    uint64_t window; /**< W, samples of the window; there is no default. */
    rqa_stream_callback on_sample; /**< NULL (default): the caller reads when it likes. */
    void *user;                    /**< Passed to on_sample. */
} rqa_stream_options;

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes; the macro rqa_stream_options_init() passes its own.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_stream_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API void rqa_stream_options_init_sized(rqa_stream_options *options, size_t size);

/**
 * Fills the options with their defaults and struct_size.
 * @param options NULL is ignored
 */
#define rqa_stream_options_init(options)                                                           \
    rqa_stream_options_init_sized((options), sizeof(rqa_stream_options))

/**
 * Creates a stream and all that it will ever need.
 *
 * @param[out] out the new stream, owned by the caller; NULL on failure
 * @param context its memory limit is respected; must outlive the stream
 * @param n_channels channels of a sample, 1 .. 65535
 * @param dim embedding dimension, 1 .. 1000
 * @param delay delay in samples, >= 1 (without effect when dim is 1)
 * @param options as of rqa_metrics_compute(); NULL for the defaults. The threshold must be in units
 *        of the data, for no other unit is known before the samples are: with the Euclidean norm 0,
 *        or 2^-400 to 2^480. The relation must be AUTO; `backend` is not used
 * @param stream window, missing samples, callback
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_TOO_SHORT
 * (fewer than 2 vectors in the window), RQA_ERROR_UNSUPPORTED (threshold unit, relation, a measure
 *         that is not computed from lines and points), RQA_ERROR_OVERFLOW, RQA_ERROR_MEMORY,
 *         RQA_ERROR_MEMORY_LIMIT, RQA_ERROR_FORKED
 * @par Cost
 * O(V^2 / 4) bytes, V = W - (dim-1)*delay: 0.4 MB for 1,000 vectors, 25 MB for 10,000.
 * @par Threads
 * Any.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_stream_create(rqa_stream **out, rqa_context *context, size_t n_channels,
                                     uint32_t dim, uint32_t delay,
                                     const rqa_analysis_options *options,
                                     const rqa_stream_options *stream);

/**
 * Frees a stream.
 * @param stream NULL is allowed
 * @par Threads
 * One at a time for a stream; the handle must not be used again.
 * @since 0.3.0
 */
RQA_API void rqa_stream_destroy(rqa_stream *stream);

/**
 * Takes samples. A NaN or an infinity in any channel makes a sample missing.
 *
 * @param stream a stream
 * @param samples n_samples x n_channels values, the channels of a sample side by side; read during
 *        the call alone
 * @param n_samples how many; 0 does nothing
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_NOT_FINITE (missing samples are not allowed; nothing of
 *         this call was taken), RQA_ERROR_STATE (called from on_sample), RQA_ERROR_CANCELLED
 *         (on_sample; the samples up to that one were taken)
 * @par Cost
 * O(W) a sample: the distances to the vectors of the window, and work for each line that begins,
 * ends, or meets the border of the window. No allocation, no lock.
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_stream_push(rqa_stream *stream, const double *samples, size_t n_samples);

/**
 * Reads a measure of the last W samples. The first read after a push computes all measures that
 * were asked for at creation.
 *
 * @param stream a stream
 * @param measure ::rqa_measure
 * @param[out] out the value; NaN where undefined (rqa_stream_reason() says why), or what the
 *             convention puts in its place
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_VALUE (no such measure)
 * @par Cost
 * O(W). No allocation, no lock.
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_stream_get(rqa_stream *stream, int32_t measure, double *out);

/**
 * Why a measure is undefined, as rqa_metrics_reason(); ::RQA_REASON_SERIES_TOO_SHORT before the
 * window is full, ::RQA_REASON_ALL_SKIPPED where every vector of it touches a missing sample.
 *
 * @param stream a stream
 * @param measure ::rqa_measure
 * @return ::rqa_reason; RQA_REASON_NOT_COMPUTED for an unknown measure or NULL
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API int32_t rqa_stream_reason(rqa_stream *stream, int32_t measure);

/**
 * Reads all measures at once.
 *
 * @param stream a stream
 * @param[out] values [n_measures], by ::rqa_measure; NaN where undefined or not asked for
 * @param[out] reasons [n_measures] ::rqa_reason; NULL if not wanted
 * @param n_measures room of the arrays; at most ::RQA_MEASURE_COUNT are written
 * @return RQA_OK, RQA_ERROR_NULL
 * @par Cost
 * O(W). No allocation, no lock.
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_stream_values(rqa_stream *stream, double *values, uint8_t *reasons,
                                     size_t n_measures);

/**
 * Samples that have come since creation or reset.
 * @param stream a stream
 * @return the number; 0 for NULL
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API uint64_t rqa_stream_n_samples(const rqa_stream *stream);

/**
 * Forgets all samples: the stream is as it was after creation.
 *
 * @param stream a stream
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STATE (called from on_sample)
 * @par Cost
 * Time in proportion to the stream's memory. No allocation, no lock.
 * @par Threads
 * One at a time for a stream.
 * @since 0.3.0
 */
RQA_API rqa_status rqa_stream_reset(rqa_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
