/**
 * @file rqa/series.h
 * @brief rqa_series: a recording of n samples x channels, converted to double, immutable.
 */
#ifndef RQA_SERIES_H
#define RQA_SERIES_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A recording. Opaque, immutable, may be shared between threads. */
typedef struct rqa_series rqa_series;

/** Element types of the caller's array; native byte order. */
enum rqa_dtype {
    RQA_DTYPE_FLOAT64 = 0, /**< double */
    RQA_DTYPE_FLOAT32 = 1, /**< float; converted exactly */
    RQA_DTYPE_INT8 = 2,    /**< int8_t */
    RQA_DTYPE_UINT8 = 3,   /**< uint8_t */
    RQA_DTYPE_INT16 = 4,   /**< int16_t */
    RQA_DTYPE_UINT16 = 5,  /**< uint16_t */
    RQA_DTYPE_INT32 = 6,   /**< int32_t */
    RQA_DTYPE_UINT32 = 7,  /**< uint32_t */
    RQA_DTYPE_INT64 = 8,   /**< int64_t; a value that is no exact double is refused */
    RQA_DTYPE_UINT64 = 9   /**< uint64_t; likewise */
};

/** Scaling of each channel before the analysis. */
enum rqa_normalization {
    RQA_NORMALIZATION_NONE = 0,       /**< As given. */
    RQA_NORMALIZATION_ZSCORE = 1,     /**< (x - mean) / s, s with n-1 in the denominator. */
    RQA_NORMALIZATION_ZSCORE_POP = 2, /**< (x - mean) / s, s with n in the denominator. */
    RQA_NORMALIZATION_UNIT = 3        /**< (x - min) / (max - min): range [0, 1]. */
};

/** What to do with NaN and infinities. */
enum rqa_missing {
    RQA_MISSING_ERROR = 0, /**< Refuse the series, naming the first such sample. */
    RQA_MISSING_SKIP = 1   /**< A vector that touches such a sample recurs with nothing, and its
                                column and row are absent for white lines and recurrence times; it
                                stays in the number of vectors and cells. ::RQA_COUNT_SKIPPED_X
                                says how many there are. */
};

/** Options of rqa_series_create(). Fill with rqa_series_options_init() first. */
typedef struct rqa_series_options {
    uint32_t struct_size;    /**< sizeof(rqa_series_options); set by the init function. */
    int32_t dtype;           /**< ::rqa_dtype; default FLOAT64. */
    int64_t sample_stride_bytes;  /**< From one sample to the next; 0 = packed
                                       (channels x element size). May be negative. */
    int64_t channel_stride_bytes; /**< From one channel to the next; 0 = element size. */
    int32_t normalization;   /**< ::rqa_normalization; default NONE. */
    int32_t missing;         /**< ::rqa_missing; default ERROR. */
} rqa_series_options;

/**
 * Fills the options with their defaults and struct_size.
 *
 * @param[out] options NULL is ignored
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API void rqa_series_options_init(rqa_series_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_series_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_series_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_series_options_init_sized(rqa_series_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_series_options_init(options) \
    rqa_series_options_init_sized((options), sizeof(rqa_series_options))

/**
 * Copies an array into a series. Sample i of channel c is read at
 * `(const char *)data + i*sample_stride + c*channel_stride`; a column-major array has
 * sample_stride = element size and channel_stride = n_samples * element size.
 *
 * @param[out] out the new series, owned by the caller; NULL on failure
 * @param context the context it belongs to
 * @param data the first sample of the first channel; read during the call only
 * @param n_samples 1 .. 2^31-1
 * @param n_channels 1 .. 65535
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE, RQA_ERROR_OVERFLOW,
 *         RQA_ERROR_NOT_FINITE (policy error), RQA_ERROR_CONSTANT (scaling of a constant channel,
 *         or of one with fewer than 2 samples that are not missing), RQA_ERROR_MEMORY,
 *         RQA_ERROR_MEMORY_LIMIT
 * @par Cost
 * O(n_samples * n_channels); 8 bytes for each value.
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_series_create(rqa_series **out, rqa_context *context, const void *data,
                                     size_t n_samples, size_t n_channels,
                                     const rqa_series_options *options);

/**
 * Frees a series. Embeddings and batches made from it keep what they need: the order in which
 * objects are destroyed does not matter, save that the context goes last.
 *
 * @param series NULL is allowed
 * @par Threads
 * Any; the caller's handle must not be used again.
 * @since 0.1.0
 */
RQA_API void rqa_series_destroy(rqa_series *series);

/**
 * Number of samples.
 * @param series a series
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_series_n_samples(const rqa_series *series);

/**
 * Number of channels.
 * @param series a series
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_series_n_channels(const rqa_series *series);

/**
 * Number of samples that are missing (NaN or infinite in any channel).
 * @param series a series
 * @return the number; 0 for NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_series_n_missing(const rqa_series *series);

/**
 * The values of one channel as the analysis sees them: double, scaled, NaN where missing.
 *
 * @param series a series
 * @param channel 0-based
 * @return n_samples values, borrowed for the life of the series; NULL if there is no such channel
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const double *rqa_series_channel(const rqa_series *series, size_t channel);

#ifdef __cplusplus
}
#endif

#endif
