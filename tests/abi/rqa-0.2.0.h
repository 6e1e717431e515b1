/* rqa-0.2.0.h - the public headers of librqa 0.2.0 in one, without comments. */
#ifndef RQA_RQA_H
#define RQA_RQA_H
#ifndef RQA_ANALYSIS_H
#define RQA_ANALYSIS_H
#ifndef RQA_CONVENTION_H
#define RQA_CONVENTION_H
#ifndef RQA_STATUS_H
#define RQA_STATUS_H
#include <stddef.h>
#include <stdint.h>
#ifndef RQA_EXPORT_H
#define RQA_EXPORT_H
#if defined(_WIN32) && !defined(RQA_STATIC)
#ifdef RQA_BUILDING
#define RQA_API __declspec(dllexport)
#else
#define RQA_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define RQA_API __attribute__((visibility("default")))
#else
#define RQA_API
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif
typedef int32_t rqa_status;
enum rqa_status_code {
    RQA_OK = 0,
    RQA_ERROR_NULL = -1,
    RQA_ERROR_STRUCT_SIZE = -2,
    RQA_ERROR_VALUE = -3,
    RQA_ERROR_NOT_FINITE = -4,
    RQA_ERROR_OVERFLOW = -5,
    RQA_ERROR_TOO_SHORT = -6,
    RQA_ERROR_MISMATCH = -7,
    RQA_ERROR_CONSTANT = -8,
    RQA_ERROR_UNKNOWN_NAME = -9,
    RQA_ERROR_STATE = -10,
    RQA_ERROR_UNSUPPORTED = -11,
    RQA_ERROR_MEMORY = -20,
    RQA_ERROR_MEMORY_LIMIT = -21,
    RQA_ERROR_THREAD = -22,
    RQA_ERROR_FORKED = -23,
    RQA_ERROR_IO = -24,
    RQA_ERROR_BACKEND_MISSING = -30,
    RQA_ERROR_BACKEND_FAILED = -31,
    RQA_ERROR_CANCELLED = -40,
    RQA_ERROR_STORE = -50,
    RQA_ERROR_STORE_FORMAT = -51,
    RQA_ERROR_STORE_FULL = -52,
    RQA_ERROR_STORE_CONFLICT = -53,
    RQA_ERROR_INTERNAL = -99
};
RQA_API const char *rqa_last_error(void);
RQA_API const char *rqa_status_name(rqa_status status);
RQA_API const char *rqa_status_text(rqa_status status);
RQA_API rqa_status rqa_status_at(size_t index, rqa_status *out);
#ifdef __cplusplus
}
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif
enum rqa_convention {
    RQA_CONVENTION_STANDARD = 0,
    RQA_CONVENTION_RECURRENCEANALYSIS = 1,
    RQA_CONVENTION_CRP = 2,
    RQA_CONVENTION_PYRQA = 3,
    RQA_CONVENTION_PYUNICORN = 4,
    RQA_CONVENTION_ACCRQA = 5,
    RQA_CONVENTION_CRQA = 6,
    RQA_CONVENTION_NEUROKIT = 7,
    RQA_CONVENTION_FOUNDING = 8
};
RQA_API const char *rqa_convention_name(int32_t convention);
RQA_API const char *rqa_convention_text(int32_t convention);
RQA_API rqa_status rqa_convention_from_name(int32_t *out, const char *name);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_MEASURE_H
#define RQA_MEASURE_H
#ifdef __cplusplus
extern "C" {
#endif
enum rqa_measure {
    RQA_MEASURE_RR = 0,
    RQA_MEASURE_DET = 1,
    RQA_MEASURE_L_MEAN = 2,
    RQA_MEASURE_L_MAX = 3,
    RQA_MEASURE_DIV = 4,
    RQA_MEASURE_L_ENTR = 5,
    RQA_MEASURE_LAM = 6,
    RQA_MEASURE_TT = 7,
    RQA_MEASURE_V_MAX = 8,
    RQA_MEASURE_V_ENTR = 9,
    RQA_MEASURE_W_MEAN = 10,
    RQA_MEASURE_W_MAX = 11,
    RQA_MEASURE_W_ENTR = 12,
    RQA_MEASURE_T1 = 13,
    RQA_MEASURE_T2 = 14,
    RQA_MEASURE_RTE = 15,
    RQA_MEASURE_TREND = 16,
    RQA_MEASURE_DET_RR = 17,
    RQA_MEASURE_LAM_DET = 18,
    RQA_MEASURE_COUNT = 19
};
#define RQA_MEASURE_BIT(measure) ((uint64_t)1 << (measure))
#define RQA_MEASURES_ALL (RQA_MEASURE_BIT(RQA_MEASURE_COUNT) - 1)
enum rqa_reason {
    RQA_REASON_DEFINED = 0,
    RQA_REASON_NO_CELLS = 1,
    RQA_REASON_NO_POINTS = 2,
    RQA_REASON_NO_LINE = 3,
    RQA_REASON_NO_PAIR = 4,
    RQA_REASON_ZERO_DENOMINATOR = 5,
    RQA_REASON_FEW_OFFSETS = 6,
    RQA_REASON_SERIES_TOO_SHORT = 7,
    RQA_REASON_NOT_COMPUTED = 8,
    RQA_REASON_FAILED = 9
};
RQA_API const char *rqa_measure_name(int32_t measure);
RQA_API const char *rqa_measure_text(int32_t measure);
RQA_API rqa_status rqa_measure_from_name(int32_t *out, const char *name);
RQA_API const char *rqa_reason_text(int32_t reason);
#ifdef __cplusplus
}
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif
enum rqa_norm {
    RQA_NORM_MAXIMUM = 0,
    RQA_NORM_EUCLIDEAN = 1,
    RQA_NORM_MANHATTAN = 2
};
enum rqa_compare {
    RQA_COMPARE_CONVENTION = 0,
    RQA_COMPARE_LE = 1,
    RQA_COMPARE_LT = 2
};
enum rqa_relation {
    RQA_RELATION_AUTO = 0,
    RQA_RELATION_CROSS = 1,
    RQA_RELATION_JOINT = 2
};
enum rqa_threshold_unit {
    RQA_THRESHOLD_DATA = 0,
    RQA_THRESHOLD_STD = 1,
    RQA_THRESHOLD_MAX_DIAMETER = 2,
    RQA_THRESHOLD_MEAN_DIAMETER = 3
};
enum rqa_white_border {
    RQA_WHITE_BORDER_CONVENTION = 0,
    RQA_WHITE_BORDER_INCLUDE = 1,
    RQA_WHITE_BORDER_EXCLUDE = 2
};
typedef struct rqa_analysis_options {
    uint32_t struct_size;
    int32_t convention;
    int32_t norm;
    int32_t compare;
    int32_t relation;
    int32_t threshold_unit;
    double threshold;
    double threshold_y;
    int64_t theiler;
    int64_t theiler_points;
    int64_t theiler_diagonal;
    int64_t theiler_vertical;
    uint32_t lmin;
    uint32_t vmin;
    uint32_t wmin;
    int32_t white_border;
    uint32_t trend_border;
    int32_t backend;
    uint64_t measures;
} rqa_analysis_options;
RQA_API void rqa_analysis_options_init(rqa_analysis_options *options);
RQA_API void rqa_analysis_options_init_sized(rqa_analysis_options *options, size_t size);
#define rqa_analysis_options_init(options) \
    rqa_analysis_options_init_sized((options), sizeof(rqa_analysis_options))
RQA_API const char *rqa_norm_name(int32_t norm);
RQA_API rqa_status rqa_norm_from_name(int32_t *out, const char *name);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_BATCH_H
#define RQA_BATCH_H
#ifndef RQA_SERIES_H
#define RQA_SERIES_H
#ifndef RQA_CONTEXT_H
#define RQA_CONTEXT_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_context rqa_context;
enum rqa_backend {
    RQA_BACKEND_AUTO = 0,
    RQA_BACKEND_SEQUENTIAL = 1,
    RQA_BACKEND_THREADS = 2,
    RQA_BACKEND_GPU = 3,
    RQA_BACKEND_HYBRID = 4
};
enum rqa_log_level {
    RQA_LOG_WARNING = 1,
    RQA_LOG_INFO = 2,
    RQA_LOG_DEBUG = 3
};
typedef void (*rqa_log_callback)(void *user, int32_t level, const char *line);
typedef struct rqa_context_options {
    uint32_t struct_size;
    uint32_t n_threads;
    uint64_t memory_limit_bytes;
    double device_memory_share;
    rqa_log_callback log;
    void *log_user;
    int32_t log_level;
    uint32_t device_batch;
} rqa_context_options;
RQA_API void rqa_context_options_init(rqa_context_options *options);
RQA_API void rqa_context_options_init_sized(rqa_context_options *options, size_t size);
#define rqa_context_options_init(options) \
    rqa_context_options_init_sized((options), sizeof(rqa_context_options))
RQA_API rqa_status rqa_context_create(rqa_context **out, const rqa_context_options *options);
RQA_API void rqa_context_destroy(rqa_context *context);
RQA_API uint32_t rqa_context_n_threads(const rqa_context *context);
RQA_API void rqa_context_cancel(rqa_context *context);
typedef struct rqa_backend_info {
    uint32_t struct_size;
    int32_t backend;
    int32_t available;
    uint32_t n_workers;
    const char *name;
    const char *detail;
    uint64_t memory_bytes;
} rqa_backend_info;
RQA_API rqa_status rqa_context_backend_at(const rqa_context *context, size_t index,
                                          rqa_backend_info *info);
typedef struct rqa_profile {
    uint32_t struct_size;
    int32_t measured;
    double bits_scale;
    double sweep_scale;
    double thread_speedup;
    double thread_start_s;
    double gpu_rate;
    double gpu_start_s;
} rqa_profile;
RQA_API rqa_status rqa_context_calibrate(rqa_context *context);
RQA_API rqa_status rqa_context_get_profile(const rqa_context *context, rqa_profile *profile);
RQA_API rqa_status rqa_context_set_profile(rqa_context *context, const rqa_profile *profile);
RQA_API const char *rqa_backend_name(int32_t backend);
RQA_API rqa_status rqa_backend_from_name(int32_t *out, const char *name);
typedef struct rqa_memory_hooks {
    uint32_t struct_size;
    uint32_t reserved;
    void *(*allocate)(size_t n_bytes, void *user);
    void *(*reallocate)(void *block, size_t n_bytes, void *user);
    void (*release)(void *block, void *user);
    void *user;
} rqa_memory_hooks;
RQA_API rqa_status rqa_memory_hooks_set(const rqa_memory_hooks *hooks);
#ifdef __cplusplus
}
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_series rqa_series;
enum rqa_dtype {
    RQA_DTYPE_FLOAT64 = 0,
    RQA_DTYPE_FLOAT32 = 1,
    RQA_DTYPE_INT8 = 2,
    RQA_DTYPE_UINT8 = 3,
    RQA_DTYPE_INT16 = 4,
    RQA_DTYPE_UINT16 = 5,
    RQA_DTYPE_INT32 = 6,
    RQA_DTYPE_UINT32 = 7,
    RQA_DTYPE_INT64 = 8,
    RQA_DTYPE_UINT64 = 9
};
enum rqa_normalization {
    RQA_NORMALIZATION_NONE = 0,
    RQA_NORMALIZATION_ZSCORE = 1,
    RQA_NORMALIZATION_ZSCORE_POP = 2,
    RQA_NORMALIZATION_UNIT = 3
};
enum rqa_missing {
    RQA_MISSING_ERROR = 0,
    RQA_MISSING_SKIP = 1
};
typedef struct rqa_series_options {
    uint32_t struct_size;
    int32_t dtype;
    int64_t sample_stride_bytes;
    int64_t channel_stride_bytes;
    int32_t normalization;
    int32_t missing;
} rqa_series_options;
RQA_API void rqa_series_options_init(rqa_series_options *options);
RQA_API void rqa_series_options_init_sized(rqa_series_options *options, size_t size);
#define rqa_series_options_init(options) \
    rqa_series_options_init_sized((options), sizeof(rqa_series_options))
RQA_API rqa_status rqa_series_create(rqa_series **out, rqa_context *context, const void *data,
                                     size_t n_samples, size_t n_channels,
                                     const rqa_series_options *options);
RQA_API void rqa_series_destroy(rqa_series *series);
RQA_API size_t rqa_series_n_samples(const rqa_series *series);
RQA_API size_t rqa_series_n_channels(const rqa_series *series);
RQA_API size_t rqa_series_n_missing(const rqa_series *series);
RQA_API const double *rqa_series_channel(const rqa_series *series, size_t channel);
#ifdef __cplusplus
}
#endif
#endif
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_batch rqa_batch;
typedef struct rqa_batch_options {
    uint32_t struct_size;
    uint32_t n_dims;
    const uint32_t *dims;
    const uint32_t *delays;
    const double *thresholds;
    const uint32_t *lmins;
    const uint32_t *vmins;
    uint32_t n_delays;
    uint32_t n_thresholds;
    uint32_t n_lmins;
    uint32_t n_vmins;
    const rqa_analysis_options *analysis;
    double event_interval_s;
    double device_interval_s;
    uint32_t shard_index;
    uint32_t shard_count;
} rqa_batch_options;
RQA_API void rqa_batch_options_init(rqa_batch_options *options);
RQA_API void rqa_batch_options_init_sized(rqa_batch_options *options, size_t size);
#define rqa_batch_options_init(options) \
    rqa_batch_options_init_sized((options), sizeof(rqa_batch_options))
RQA_API rqa_status rqa_batch_create(rqa_batch **out, rqa_context *context,
                                    const rqa_batch_options *options);
RQA_API void rqa_batch_destroy(rqa_batch *batch);
typedef struct rqa_batch_item {
    uint32_t struct_size;
    int32_t norm;
    int32_t relation;
    uint32_t reserved;
    const rqa_series *x;
    const rqa_series *y;
    const char *label;
    const char *text;
    int32_t status;
    int32_t channel_first;
    int32_t channel_count;
    uint32_t reserved2;
    const char *mode;
    const char *const *key_names;
    const char *const *key_values;
    uint32_t n_keys;
    uint32_t reserved3;
} rqa_batch_item;
RQA_API rqa_status rqa_batch_add(rqa_batch *batch, const rqa_batch_item *item);
enum rqa_batch_axis {
    RQA_BATCH_ITEMS = 0,
    RQA_BATCH_COMBINATIONS = 1,
    RQA_BATCH_ROWS = 2,
    RQA_BATCH_MEASURES = 3,
    RQA_BATCH_UNITS = 4
};
RQA_API uint64_t rqa_batch_size(const rqa_batch *batch, int32_t axis);
typedef struct rqa_batch_row {
    uint32_t struct_size;
    uint32_t dim;
    uint64_t item;
    double threshold;
    uint32_t delay;
    uint32_t lmin;
    uint32_t vmin;
    uint32_t reserved;
} rqa_batch_row;
RQA_API rqa_status rqa_batch_row_at(const rqa_batch *batch, uint64_t row, rqa_batch_row *out);
RQA_API int32_t rqa_batch_measure_at(const rqa_batch *batch, uint32_t column);
RQA_API rqa_status rqa_batch_set_table(rqa_batch *batch, double *values, uint8_t *reasons,
                                       uint64_t n_rows);
enum rqa_event {
    RQA_EVENT_BATCH_STARTED = 1,
    RQA_EVENT_PROGRESS = 2,
    RQA_EVENT_DEVICE_STATS = 3,
    RQA_EVENT_BATCH_COMPLETED = 4,
    RQA_EVENT_ITEM_COMPLETED = 5
};
typedef struct rqa_batch_statistics {
    uint32_t struct_size;
    int32_t state;
    uint64_t n_total;
    uint64_t n_done;
    uint64_t n_failed;
    uint64_t n_skipped;
    double percent;
    double elapsed_s;
    double eta_s;
    double rate_per_s;
} rqa_batch_statistics;
typedef struct rqa_batch_event {
    uint32_t struct_size;
    int32_t type;
    rqa_batch_statistics statistics;
    const char *label;
    uint64_t item;
    int32_t status;
    uint32_t n_measures;
    const char *text;
    const double *values;
    const uint8_t *reasons;
    uint64_t n_rows;
    double device_utilization;
    uint64_t device_memory_used_bytes;
    uint64_t device_memory_total_bytes;
} rqa_batch_event;
typedef int (*rqa_batch_callback)(const rqa_batch_event *event, void *user);
RQA_API rqa_status rqa_batch_run(rqa_batch *batch, rqa_batch_callback callback, void *user);
RQA_API rqa_status rqa_batch_start(rqa_batch *batch);
RQA_API rqa_status rqa_batch_wait(rqa_batch *batch, double timeout_s, rqa_batch_callback callback,
                                  void *user);
RQA_API rqa_status rqa_batch_poll(const rqa_batch *batch, rqa_batch_statistics *out);
RQA_API void rqa_batch_cancel(rqa_batch *batch);
RQA_API rqa_status rqa_batch_item_status(const rqa_batch *batch, uint64_t item, const char **text);
RQA_API const char *rqa_batch_explain(rqa_batch *batch);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_EMBEDDING_H
#define RQA_EMBEDDING_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_embedding rqa_embedding;
RQA_API rqa_status rqa_embedding_create(rqa_embedding **out, const rqa_series *series, uint32_t dim,
                                        uint32_t delay);
RQA_API void rqa_embedding_destroy(rqa_embedding *embedding);
RQA_API size_t rqa_embedding_n_vectors(const rqa_embedding *embedding);
RQA_API uint32_t rqa_embedding_dim(const rqa_embedding *embedding);
RQA_API uint32_t rqa_embedding_delay(const rqa_embedding *embedding);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_MATRIX_H
#define RQA_MATRIX_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_matrix rqa_matrix;
RQA_API rqa_status rqa_matrix_create(rqa_matrix **out, const rqa_embedding *x,
                                     const rqa_embedding *y, const rqa_analysis_options *options);
RQA_API rqa_status rqa_matrix_from_bytes(rqa_matrix **out, rqa_context *context,
                                         const uint8_t *cells, size_t n_rows, size_t n_columns,
                                         size_t row_stride_bytes);
RQA_API void rqa_matrix_destroy(rqa_matrix *matrix);
RQA_API size_t rqa_matrix_n_rows(const rqa_matrix *matrix);
RQA_API size_t rqa_matrix_n_columns(const rqa_matrix *matrix);
RQA_API const uint64_t *rqa_matrix_row(const rqa_matrix *matrix, size_t row);
RQA_API rqa_status rqa_matrix_unpack(const rqa_matrix *matrix, size_t first_row, size_t n_rows,
                                     uint8_t *cells, size_t row_stride_bytes);
typedef struct rqa_png_options {
    uint32_t struct_size;
    uint32_t max_pixels;
    int32_t overwrite;
    int32_t frame;
    double sample_period;
    const char *x_label;
    const char *y_label;
} rqa_png_options;
RQA_API void rqa_png_options_init(rqa_png_options *options);
RQA_API void rqa_png_options_init_sized(rqa_png_options *options, size_t size);
#define rqa_png_options_init(options) \
    rqa_png_options_init_sized((options), sizeof(rqa_png_options))
RQA_API rqa_status rqa_matrix_write_png(const rqa_matrix *matrix, const char *path,
                                        const rqa_png_options *options);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_METRICS_H
#define RQA_METRICS_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_metrics rqa_metrics;
RQA_API rqa_status rqa_metrics_compute(rqa_metrics **out, const rqa_embedding *x,
                                       const rqa_embedding *y, const rqa_analysis_options *options);
RQA_API rqa_status rqa_metrics_from_matrix(rqa_metrics **out, const rqa_matrix *matrix,
                                           const rqa_analysis_options *options);
RQA_API void rqa_metrics_destroy(rqa_metrics *metrics);
RQA_API rqa_status rqa_metrics_get(const rqa_metrics *metrics, int32_t measure, double *out);
RQA_API int32_t rqa_metrics_reason(const rqa_metrics *metrics, int32_t measure);
enum rqa_count {
    RQA_COUNT_SAMPLES_X = 0,
    RQA_COUNT_SAMPLES_Y = 1,
    RQA_COUNT_VECTORS_X = 2,
    RQA_COUNT_VECTORS_Y = 3,
    RQA_COUNT_PAIRS = 4,
    RQA_COUNT_POINTS = 5
};
RQA_API rqa_status rqa_metrics_count(const rqa_metrics *metrics, int32_t count, uint64_t *out);
enum rqa_histogram {
    RQA_HISTOGRAM_DIAGONAL = 0,
    RQA_HISTOGRAM_VERTICAL = 1,
    RQA_HISTOGRAM_WHITE = 2,
    RQA_HISTOGRAM_RECURRENCE_TIME = 3
};
typedef struct rqa_line_bin {
    uint64_t length;
    uint64_t count;
} rqa_line_bin;
RQA_API rqa_status rqa_metrics_histogram(const rqa_metrics *metrics, int32_t histogram,
                                         const rqa_line_bin **bins, size_t *n_bins);
RQA_API rqa_status rqa_metrics_offset_points(const rqa_metrics *metrics, const uint64_t **points,
                                             size_t *n_offsets);
typedef struct rqa_provenance {
    uint32_t struct_size;
    int32_t backend;
    uint32_t n_threads;
    int32_t convention;
    int32_t compare;
    uint32_t lmin;
    uint32_t vmin;
    uint32_t wmin;
    uint64_t theiler_points;
    uint64_t theiler_diagonal;
    uint64_t theiler_vertical;
    double threshold;
    double threshold_y;
    const char *kernels;
    const char *strategy;
    const char *reason;
    const char *version;
} rqa_provenance;
RQA_API rqa_status rqa_metrics_provenance(const rqa_metrics *metrics, rqa_provenance *provenance);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_STORE_H
#define RQA_STORE_H
#ifdef __cplusplus
extern "C" {
#endif
typedef struct rqa_store rqa_store;
enum rqa_store_mode {
    RQA_STORE_WRITE = 0,
    RQA_STORE_READ = 1,
    RQA_STORE_CREATE = 2
};
typedef struct rqa_store_options {
    uint32_t struct_size;
    int32_t mode;
    const char *command;
} rqa_store_options;
RQA_API void rqa_store_options_init(rqa_store_options *options);
RQA_API void rqa_store_options_init_sized(rqa_store_options *options, size_t size);
#define rqa_store_options_init(options) \
    rqa_store_options_init_sized((options), sizeof(rqa_store_options))
RQA_API rqa_status rqa_store_open(rqa_store **out, rqa_context *context, const char *path,
                                  const rqa_store_options *options);
RQA_API void rqa_store_close(rqa_store *store);
RQA_API rqa_status rqa_batch_set_store(rqa_batch *batch, rqa_store *store);
typedef struct rqa_store_summary {
    uint32_t struct_size;
    uint32_t schema;
    uint64_t n_items;
    uint64_t n_failed;
    uint64_t n_rows;
    uint64_t n_replaced;
    uint64_t n_runs;
    uint32_t n_keys;
    int32_t numerics;
    uint64_t measures;
    uint64_t rules;
} rqa_store_summary;
RQA_API rqa_status rqa_store_summarize(rqa_store *store, rqa_store_summary *out);
RQA_API const char *rqa_store_key(rqa_store *store, uint32_t index);
RQA_API const char *rqa_store_rule_name(uint32_t index);
RQA_API rqa_status rqa_store_merge(rqa_store *into, const char *path);
typedef struct rqa_store_filter {
    uint32_t struct_size;
    uint32_t n_dims;
    const uint32_t *dims;
    const uint32_t *delays;
    const double *thresholds;
    const uint32_t *lmins;
    const uint32_t *vmins;
    uint32_t n_delays;
    uint32_t n_thresholds;
    uint32_t n_lmins;
    uint32_t n_vmins;
    const rqa_batch *batch;
} rqa_store_filter;
typedef struct rqa_store_row {
    uint32_t struct_size;
    int32_t status;
    uint64_t item;
    const char *series;
    const char *mode;
    const char *const *keys;
    uint32_t n_keys;
    uint32_t dim;
    double threshold;
    uint32_t delay;
    uint32_t lmin;
    uint32_t vmin;
    uint32_t n_values;
    const double *values;
    const char *reason;
    const char *backend;
    uint64_t measures;
    const char *const *rules;
    uint32_t n_rules;
} rqa_store_row;
typedef int (*rqa_store_callback)(const rqa_store_row *row, void *user);
RQA_API rqa_status rqa_store_read(rqa_store *store, const rqa_store_filter *filter,
                                  rqa_store_callback callback, void *user);
#ifdef __cplusplus
}
#endif
#endif
#ifndef RQA_VERSION_H
#define RQA_VERSION_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define RQA_VERSION_MAJOR 0
#define RQA_VERSION_MINOR 2
#define RQA_VERSION_PATCH 0
#define RQA_VERSION_STRING "0.2.0"
#define RQA_ABI_VERSION 0
#define RQA_NUMERICS_VERSION 1
RQA_API const char *rqa_version(void);
RQA_API uint32_t rqa_abi_version(void);
RQA_API uint32_t rqa_numerics_version(void);
enum rqa_struct_id {
    RQA_STRUCT_CONTEXT_OPTIONS = 1,
    RQA_STRUCT_BACKEND_INFO = 2,
    RQA_STRUCT_SERIES_OPTIONS = 3,
    RQA_STRUCT_ANALYSIS_OPTIONS = 4,
    RQA_STRUCT_LINE_BIN = 5,
    RQA_STRUCT_PROVENANCE = 6,
    RQA_STRUCT_PNG_OPTIONS = 7,
    RQA_STRUCT_BATCH_OPTIONS = 8,
    RQA_STRUCT_BATCH_ITEM = 9,
    RQA_STRUCT_BATCH_ROW = 10,
    RQA_STRUCT_BATCH_EVENT = 11,
    RQA_STRUCT_BATCH_STATISTICS = 12,
    RQA_STRUCT_MEMORY_HOOKS = 13,
    RQA_STRUCT_PROFILE = 14,
    RQA_STRUCT_STORE_OPTIONS = 15,
    RQA_STRUCT_STORE_SUMMARY = 16,
    RQA_STRUCT_STORE_FILTER = 17,
    RQA_STRUCT_STORE_ROW = 18
};
RQA_API size_t rqa_struct_size(int32_t struct_id);
#ifdef __cplusplus
}
#endif
#endif
#endif
