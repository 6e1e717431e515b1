/**
 * @file rqa/version.h
 * @brief Release, ABI and numerics versions, and the sizes of all public structs.
 */
#ifndef RQA_VERSION_H
#define RQA_VERSION_H

#include <stddef.h>
#include <stdint.h>

#include "export.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RQA_VERSION_MAJOR 0      /**< Release this header belongs to: major. */
#define RQA_VERSION_MINOR 3      /**< Release this header belongs to: minor. */
#define RQA_VERSION_PATCH 0      /**< Release this header belongs to: patch. */
#define RQA_VERSION_STRING "0.3.0-dev" /**< As text; "-dev" in development. */
#define RQA_ABI_VERSION 0        /**< SONAME number; grows when a caller must be rebuilt. */
#define RQA_NUMERICS_VERSION 2   /**< Grows when any number librqa returns changes. */

/**
 * Release of the library that is loaded, "major.minor.patch", with "-dev" after it in development.
 *
 * @return static string; compare with ::RQA_VERSION_STRING, the release compiled against
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_version(void);

/**
 * ABI number of the library that is loaded (compare with ::RQA_ABI_VERSION).
 *
 * @return the number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API uint32_t rqa_abi_version(void);

/**
 * Numerics version of the library that is loaded: equal numbers promise equal results.
 *
 * @return the number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API uint32_t rqa_numerics_version(void);

/** Public structs, for rqa_struct_size(). */
enum rqa_struct_id {
    RQA_STRUCT_CONTEXT_OPTIONS = 1,  /**< rqa_context_options */
    RQA_STRUCT_BACKEND_INFO = 2,     /**< rqa_backend_info */
    RQA_STRUCT_SERIES_OPTIONS = 3,   /**< rqa_series_options */
    RQA_STRUCT_ANALYSIS_OPTIONS = 4, /**< rqa_analysis_options */
    RQA_STRUCT_LINE_BIN = 5,         /**< rqa_line_bin */
    RQA_STRUCT_PROVENANCE = 6,       /**< rqa_provenance */
    RQA_STRUCT_PNG_OPTIONS = 7,      /**< rqa_png_options */
    RQA_STRUCT_BATCH_OPTIONS = 8,    /**< rqa_batch_options */
    RQA_STRUCT_BATCH_ITEM = 9,       /**< rqa_batch_item */
    RQA_STRUCT_BATCH_ROW = 10,       /**< rqa_batch_row */
    RQA_STRUCT_BATCH_EVENT = 11,     /**< rqa_batch_event */
    RQA_STRUCT_BATCH_STATISTICS = 12, /**< rqa_batch_statistics */
    RQA_STRUCT_MEMORY_HOOKS = 13,    /**< rqa_memory_hooks */
    RQA_STRUCT_PROFILE = 14,         /**< rqa_profile */
    RQA_STRUCT_STORE_OPTIONS = 15,   /**< rqa_store_options */
    RQA_STRUCT_STORE_SUMMARY = 16,   /**< rqa_store_summary */
    RQA_STRUCT_STORE_FILTER = 17,    /**< rqa_store_filter */
    RQA_STRUCT_STORE_ROW = 18,       /**< rqa_store_row */
    RQA_STRUCT_SUGGEST_OPTIONS = 19, /**< rqa_suggest_options */
    RQA_STRUCT_WINDOWS_OPTIONS = 20, /**< rqa_windows_options */
    RQA_STRUCT_WINDOW = 21,          /**< rqa_window */
    RQA_STRUCT_STREAM_OPTIONS = 22,  /**< rqa_stream_options */
    RQA_STRUCT_SURROGATE_OPTIONS = 30, /**< rqa_surrogate_options */
    RQA_STRUCT_TEST_OPTIONS = 31,    /**< rqa_test_options */
    RQA_STRUCT_TEST_RESULT = 32,     /**< rqa_test_result */
    RQA_STRUCT_BOOTSTRAP_OPTIONS = 33, /**< rqa_bootstrap_options */
    RQA_STRUCT_LINE_COUNTS = 34,     /**< rqa_line_counts */
    RQA_STRUCT_INTERVAL = 35,        /**< rqa_interval */
    RQA_STRUCT_SAMPLED_OPTIONS = 40, /**< rqa_sampled_options */
    RQA_STRUCT_ESTIMATE = 41,        /**< rqa_estimate */
    RQA_STRUCT_STORE_QUERY = 60,     /**< rqa_store_query */
    RQA_STRUCT_STORE_BLOCK = 61      /**< rqa_store_block */
};

/**
 * Size in bytes of a public struct in the library that is loaded, so that a binding can check its
 * own declaration when it is imported.
 *
 * @param struct_id one of ::rqa_struct_id
 * @return sizeof that struct, or 0 for an unknown id
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API size_t rqa_struct_size(int32_t struct_id);

#ifdef __cplusplus
}
#endif

#endif
