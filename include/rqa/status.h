/**
 * @file rqa/status.h
 * @brief What every call returns, and the text that explains it.
 *
 * A function that can fail returns ::rqa_status: 0 for success, a negative number otherwise.
 * Numbers are explicit, grouped by theme and never reused. The text of the last failure on the
 * calling thread, naming the argument, its value and what is allowed, is rqa_last_error().
 *
 * Bad arguments are reported when objects are created or planned. Execution fails only for
 * resources, a device, a store, or cancellation. A quantity that is mathematically undefined is not an
 * error: it is NaN with a reason (see rqa/measure.h).
 */
#ifndef RQA_STATUS_H
#define RQA_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Result of a call: 0 or one of ::rqa_status_code. */
typedef int32_t rqa_status;

/** All status codes. -1..-19 arguments, -20..-29 resources, -30..-39 backends, -50..-59
 * stores. */
enum rqa_status_code {
    RQA_OK = 0,                      /**< Success. */
    RQA_ERROR_NULL = -1,             /**< A required pointer is NULL. */
    RQA_ERROR_STRUCT_SIZE = -2,      /**< struct_size is not set, or a newer tail is in use. */
    RQA_ERROR_VALUE = -3,            /**< A number is outside its allowed range. */
    RQA_ERROR_NOT_FINITE = -4,       /**< NaN or Inf in the data under policy `error`. */
    RQA_ERROR_OVERFLOW = -5,         /**< A size does not fit the address space or the format. */
    RQA_ERROR_TOO_SHORT = -6,        /**< The series leaves no vector for this embedding, or none
                                          without a missing sample. */
    RQA_ERROR_MISMATCH = -7,         /**< Two objects do not go together. */
    RQA_ERROR_CONSTANT = -8,         /**< A constant series cannot be scaled as asked. */
    RQA_ERROR_UNKNOWN_NAME = -9,     /**< No convention, norm, measure or backend of that name. */
    RQA_ERROR_STATE = -10,           /**< The call does not fit the object's present state. */
    RQA_ERROR_UNSUPPORTED = -11,     /**< A combination that is defined nowhere, or a part that
                                          this build lacks (RQA_STORE=OFF, RQA_PNG=OFF). */
    RQA_ERROR_MEMORY = -20,          /**< An allocation failed. */
    RQA_ERROR_MEMORY_LIMIT = -21,    /**< The context's memory limit would be exceeded. */
    RQA_ERROR_THREAD = -22,          /**< A thread could not be created. */
    RQA_ERROR_FORKED = -23,          /**< The context belongs to the parent process. */
    RQA_ERROR_IO = -24,              /**< A file could not be written. */
    RQA_ERROR_BACKEND_MISSING = -30, /**< A backend named explicitly is not available here. */
    RQA_ERROR_BACKEND_FAILED = -31,  /**< A backend failed during execution. */
    RQA_ERROR_CANCELLED = -40,       /**< The caller cancelled. */
    RQA_ERROR_STORE = -50,           /**< A store cannot be opened, read, written or locked. */
    RQA_ERROR_STORE_FORMAT = -51,    /**< Not a store, a damaged one, or one of a newer librqa. */
    RQA_ERROR_STORE_FULL = -52,      /**< No room left on the store's disk. */
    RQA_ERROR_STORE_CONFLICT = -53,  /**< What a store holds contradicts what is to come into it. */
    RQA_ERROR_INTERNAL = -99         /**< A defect in librqa; please report it. */
};

/**
 * Text of the last failure on the calling thread: one line, no newline, naming the argument, its
 * value and what is allowed. Empty when no call has failed yet. A successful call leaves it alone.
 *
 * @return borrowed, valid until the next failing call on this thread
 * @par Threads
 * Thread-local: each thread sees its own text.
 * @since 0.1.0
 */
RQA_API const char *rqa_last_error(void);

/**
 * Symbolic name of a status, such as "RQA_ERROR_VALUE".
 *
 * @param status any number
 * @return static string; "RQA_ERROR_UNKNOWN" for a number that is not in the table
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_status_name(rqa_status status);

/**
 * One general sentence for a status; rqa_last_error() has the particular one.
 *
 * @param status any number
 * @return static string
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_status_text(rqa_status status);

/**
 * Enumerates the status table, so that bindings can make their exceptions from it.
 *
 * @param index 0, 1, ... in the order of declaration
 * @param[out] out the status at that index
 * @return RQA_OK, or RQA_ERROR_VALUE past the end
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_status_at(size_t index, rqa_status *out);

#ifdef __cplusplus
}
#endif

#endif
