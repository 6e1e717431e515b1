/**
 * @file rqa/context.h
 * @brief rqa_context: threads, limits, devices and log, shared by every object made from it.
 *
 * Create one per process (or per group of work with its own limits) and destroy it last: every
 * other object belongs to the context it was made from. Its threads start at the first call
 * that can use them.
 *
 * After fork() a child must not use its parent's context, whose threads are gone: calls that
 * compute return RQA_ERROR_FORKED instead of waiting for ever. Make a new context in the child.
 */
#ifndef RQA_CONTEXT_H
#define RQA_CONTEXT_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A set of threads, limits and devices. Opaque. */
typedef struct rqa_context rqa_context;

/** Backends. `auto` picks one of the others from the size of the work. */
enum rqa_backend {
    RQA_BACKEND_AUTO = 0,       /**< By size; the choice and its reason are in the provenance. */
    RQA_BACKEND_SEQUENTIAL = 1, /**< One thread. */
    RQA_BACKEND_THREADS = 2,    /**< The context's thread pool. */
    RQA_BACKEND_GPU = 3,        /**< CUDA devices, through a plugin found at run time. */
    RQA_BACKEND_HYBRID = 4      /**< GPU and threads from one queue. */
};

/** Severity of a log line. */
enum rqa_log_level {
    RQA_LOG_WARNING = 1, /**< Something was done otherwise than one might expect. */
    RQA_LOG_INFO = 2,    /**< Choices: backend, kernel level, strategy. */
    RQA_LOG_DEBUG = 3    /**< Detail for the developers of librqa. */
};

/**
 * Receives log lines.
 *
 * @param user what the options gave
 * @param level ::rqa_log_level
 * @param line one line without newline, valid during the call
 * @par Threads
 * Called on the thread that is inside a librqa function, never on a pool thread; calls for one
 * context never overlap if the context is used by one thread.
 */
typedef void (*rqa_log_callback)(void *user, int32_t level, const char *line);

/** Options of rqa_context_create(). Fill with rqa_context_options_init() first. */
typedef struct rqa_context_options {
    uint32_t struct_size;   /**< sizeof(rqa_context_options); set by the init function. */
    uint32_t n_threads;     /**< 0 = as many as RQA_NUM_THREADS in the environment says, else as the
                                 affinity mask allows; else 1..1024. */
    uint64_t memory_limit_bytes; /**< 0 = 3/4 of physical memory. Bound on what librqa allocates
                                      for one call beyond the caller's data. A batch or analysis
                                      that would take more is computed in smaller parts, by the
                                      other strategy or on fewer threads, with the same results;
                                      a warning in the log says so. What does not fit even then is
                                      refused with RQA_ERROR_MEMORY_LIMIT, naming the bytes that
                                      would do, or "at least" so many where only the data say how
                                      much: of skeletons, edges of a network, and windows that are
                                      analyses each. */
    double device_memory_share;  /**< Share of free GPU memory to use; 0 = 0.8; else (0,1]. */
    rqa_log_callback log;   /**< NULL = no log. */
    void *log_user;         /**< Passed to `log`. */
    int32_t log_level;      /**< Lines above this ::rqa_log_level are dropped; 0 = warnings. */
    uint32_t device_batch;  /**< Results (a series with a setting) that a GPU computes at once at most;
                                 0 = as many as its share of memory holds. Since 0.2.0. */
} rqa_context_options;

/**
 * Fills the options with their defaults and struct_size.
 *
 * @param[out] options must not be NULL (a NULL is ignored)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API void rqa_context_options_init(rqa_context_options *options);

/**
 * Fills the options with their defaults and struct_size, for a caller whose struct has `size`
 * bytes: the library may know a longer or a shorter one. Callers that look functions up at run time
 * call this one; the macro rqa_context_options_init() does so for those that are compiled.
 *
 * @param[out] options NULL is ignored
 * @param size sizeof(rqa_context_options) where the caller is compiled
 * @par Threads
 * Any.
 * @since 0.2.0
 */
RQA_API void rqa_context_options_init_sized(rqa_context_options *options, size_t size);

/**
 * The function of this name, with the size of the caller's struct.
 * @param options NULL is ignored
 */
#define rqa_context_options_init(options) \
    rqa_context_options_init_sized((options), sizeof(rqa_context_options))

/**
 * Makes a context. Reads RQA_BACKEND (auto, sequential, threads, gpu, hybrid: forces the choice of
 * `auto`), RQA_CPU (ref, avx2, avx512, neon: lowers the kernel level) and RQA_NUM_THREADS (1..1024:
 * the threads of a context whose options leave them open) from the environment once.
 *
 * @param[out] out the new context, owned by the caller; NULL on failure
 * @param options NULL for the defaults
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE (options,
 *         environment), RQA_ERROR_UNKNOWN_NAME (environment), RQA_ERROR_MEMORY
 * @par Cost
 * Microseconds; no thread is started yet.
 * @par Threads
 * Any. The context may be used from several threads at once.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_context_create(rqa_context **out, const rqa_context_options *options);

/**
 * Ends the context's threads and frees it. Every object made from it must be gone already.
 *
 * @param context NULL is allowed; destroying twice is a defect of the caller
 * @par Threads
 * No other thread may be using the context.
 * @since 0.1.0
 */
RQA_API void rqa_context_destroy(rqa_context *context);

/**
 * Number of threads the context computes with.
 *
 * @param context a context
 * @return at least 1; 0 if context is NULL
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API uint32_t rqa_context_n_threads(const rqa_context *context);

/**
 * Asks the calls of rqa_metrics_compute(), rqa_metrics_from_matrix() and rqa_matrix_create() that
 * are at work on the context to stop: each returns RQA_ERROR_CANCELLED, as a rule within 0.1 s,
 * unless it has just ended. Calls that begin later are not affected, save that one which begins
 * before the last of those has returned is cancelled with them. A batch has its own
 * rqa_batch_cancel().
 *
 * @param context a context; NULL is ignored, and so is a parent process's
 * @par Threads
 * Any. Not async-signal-safe.
 * @since 0.2.0
 */
RQA_API void rqa_context_cancel(rqa_context *context);

/** One line of the backend list: what there is, or why there is not. */
typedef struct rqa_backend_info {
    uint32_t struct_size; /**< sizeof(rqa_backend_info), set by the caller. */
    int32_t backend;      /**< ::rqa_backend. */
    int32_t available;    /**< 1 if work can run there, else 0. */
    uint32_t n_workers;   /**< Threads, or devices. */
    const char *name;     /**< "sequential", "threads", "gpu", "hybrid"; borrowed, static. */
    const char *detail;   /**< What it is (cores, kernel level, device) or the exact reason why it
                               is not available; borrowed from the context. */
    uint64_t memory_bytes; /**< Memory it may use; of a GPU whose free memory is not known, a share
                                of all it has. */
} rqa_backend_info;

/**
 * Lists the backends: call with index 0, 1, ... until RQA_ERROR_VALUE.
 *
 * @param context a context
 * @param index position in the list, 0-based
 * @param[out] info struct_size must be set; a tail unknown to the library is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE past the end
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_context_backend_at(const rqa_context *context, size_t index,
                                          rqa_backend_info *info);

/**
 * How this machine compares with the one librqa's cost model was fitted on. With a profile,
 * RQA_BACKEND_AUTO takes the backend with the least predicted time instead of a table of sizes.
 */
typedef struct rqa_profile {
    uint32_t struct_size;  /**< sizeof(rqa_profile), set by the caller. */
    int32_t measured;      /**< 1 once measured or set; 0: assumed from the kernel level. */
    double bits_scale;     /**< Time of the strategy "bits", relative; > 0. */
    double sweep_scale;    /**< Time of the strategy "sweep", relative; > 0. */
    double thread_speedup; /**< Of all threads over one on a large analysis; >= 1. */
    double thread_start_s; /**< Seconds it takes to involve the threads; >= 0. */
    double gpu_rate;       /**< Pairs, for every threshold, that one multiprocessor of a GPU compares
                                in a nanosecond; > 0, or 0 for what is assumed. */
    double gpu_start_s;    /**< Seconds it takes to involve a GPU; >= 0; 0 with gpu_rate 0. */
} rqa_profile;

/**
 * Measures the profile of this machine and keeps it in the context. Of several GPUs the first is
 * measured; one that fails is left out, and what is assumed of it stays.
 *
 * @param context a context
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_FORKED, RQA_ERROR_MEMORY, RQA_ERROR_THREAD
 * @par Cost
 * About 0.1 s at the widest SIMD level, 1 s at `ref`; opening a GPU takes longer than measuring it.
 * @par Threads
 * No other call may be using the context.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_context_calibrate(rqa_context *context);

/**
 * Reads the profile in force.
 *
 * @param context a context
 * @param[in,out] profile struct_size must be set; an unknown tail is zero-filled
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE
 * @par Threads
 * Any, but not during calibrate or set.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_context_get_profile(const rqa_context *context, rqa_profile *profile);

/**
 * Sets the profile, for instance one that an earlier process measured.
 *
 * @param context a context
 * @param profile `measured` is not read; the rest is. NULL goes back to what the level suggests
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_VALUE
 * @par Threads
 * No other call may be using the context.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_context_set_profile(rqa_context *context, const rqa_profile *profile);

/**
 * Name of a backend: "auto", "sequential", "threads", "gpu", "hybrid".
 *
 * @param backend ::rqa_backend
 * @return static string, or NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_backend_name(int32_t backend);

/**
 * Backend of a name, as rqa_backend_name() writes it.
 *
 * @param[out] out the ::rqa_backend
 * @param name the name, lower case
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_backend_from_name(int32_t *out, const char *name);

/** Allocation functions for the whole process; all three or none. */
typedef struct rqa_memory_hooks {
    uint32_t struct_size; /**< sizeof(rqa_memory_hooks), set by the caller. */
    uint32_t reserved;    /**< 0. */
    void *(*allocate)(size_t n_bytes, void *user); /**< As malloc; never asked for 0 bytes. */
    void *(*reallocate)(void *block, size_t n_bytes, void *user); /**< As realloc. */
    void (*release)(void *block, void *user); /**< As free; NULL is never passed. */
    void *user; /**< Passed to all three. */
} rqa_memory_hooks;

/**
 * Replaces malloc, realloc and free inside librqa, as SQLite's SQLITE_CONFIG_MALLOC does. Call
 * before anything else; blocks that are alive must be released by the hooks that made them.
 *
 * @param hooks copied; NULL restores malloc
 * @return RQA_OK, RQA_ERROR_STRUCT_SIZE, RQA_ERROR_NULL (a function is missing)
 * @par Threads
 * No other thread may be inside librqa. The hooks themselves must be thread-safe.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_memory_hooks_set(const rqa_memory_hooks *hooks);

#ifdef __cplusplus
}
#endif

#endif
