/* stream_state.h - samples as they arrive, and the measures of the last of them. */
#ifndef RQA_WINDOWS_STREAM_STATE_H
#define RQA_WINDOWS_STREAM_STATE_H

#include "plan/context_state.h"
#include "rqa/stream.h"
#include "windows/window.h"
#include "windows/window_values.h"

struct rqa_stream {
    rqa__rules rules;
    rqa__window_reading how;
    rqa__window *window;
    size_t n_channels, n_samples; /* of a sample; of the window */
    int32_t missing;
    rqa_stream_callback on_sample;
    void *user;
    int is_calling;   /* on_sample */
    int is_read;      /* value and why are those of the window as it is */
    uint64_t n_taken; /* samples since creation or reset */
    double *absent;   /* [n_channels] NaN, in place of a missing sample */
    rqa__bin *scratch;
    int has_trend;
    rqa__trend_range trend;
    double value[RQA_MEASURE_COUNT];
    uint8_t why[RQA_MEASURE_COUNT];
};

/* What a stream is made from, checked; `how` but for its rules. */
typedef struct rqa__stream_plan {
    struct rqa_context *context;
    const rqa__rules *rules;
    rqa__window_reading how;
    double bound;
    size_t n_channels, n_vectors;
    uint32_t dim, delay;
} rqa__stream_plan;

/* RQA_ERROR_VALUE, RQA_ERROR_OVERFLOW, RQA_ERROR_MEMORY_LIMIT or RQA_ERROR_MEMORY, with text. */
int rqa__stream_new(struct rqa_stream **out, const rqa__stream_plan *plan,
                    const rqa_stream_options *options);
void rqa__stream_free(struct rqa_stream *stream); /* NULL allowed */

/* As rqa_stream_push() and rqa_stream_reset() after their NULL checks. */
int rqa__stream_push(struct rqa_stream *stream, const double *samples, size_t n_samples);
int rqa__stream_reset(struct rqa_stream *stream);

/* Brings value and why up to date. */
void rqa__stream_read(struct rqa_stream *stream);

#endif
