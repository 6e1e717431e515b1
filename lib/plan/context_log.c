/* context_log.c - log lines: to the caller's callback on the caller's threads alone.
 *
 * A line from a thread of the library's waits until a thread that is inside one of the library's
 * functions comes by. So the callback needs no lock for a context that one thread uses.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fp_env.h"
#include "base/memory.h"
#include "base/plain_text.h"
#include "plan/context_state.h"

enum { MAX_LINES = 32, MAX_LINE = 512 };

struct rqa__log_queue {
    rqa__mutex mutex; /* guards what follows */
    unsigned n, n_lost;
    int32_t level[MAX_LINES];
    char line[MAX_LINES][MAX_LINE];
};

int rqa__log_queue_create(struct rqa__log_queue **out)
{
    struct rqa__log_queue *queue = rqa__calloc(1, sizeof *queue);
    if (!queue)
        return rqa__fail_memory("the context");
    int status = rqa__mutex_init(&queue->mutex);
    if (status)
        rqa__free(queue);
    else
        *out = queue;
    return status;
}

void rqa__log_queue_destroy(struct rqa__log_queue *queue)
{
    if (!queue)
        return;
    rqa__mutex_destroy(&queue->mutex);
    rqa__free(queue);
}

static void put(struct rqa__log_queue *queue, int32_t level, const char *line)
{
    rqa__mutex_lock(&queue->mutex);
    if (queue->n < MAX_LINES) {
        queue->level[queue->n] = level;
        snprintf(queue->line[queue->n++], MAX_LINE, "%s", line);
    } else {
        queue->n_lost++;
    }
    rqa__mutex_unlock(&queue->mutex);
}

/* The oldest line; 0 when there is none. */
static int take(struct rqa__log_queue *queue, int32_t *level, char *line)
{
    rqa__mutex_lock(&queue->mutex);
    int some = queue->n > 0 || queue->n_lost > 0;
    if (queue->n > 0) {
        *level = queue->level[0];
        memcpy(line, queue->line[0], MAX_LINE);
        queue->n--;
        memmove(queue->level, queue->level + 1, queue->n * sizeof queue->level[0]);
        memmove(queue->line, queue->line + 1, queue->n * sizeof queue->line[0]);
    } else if (some) {
        *level = RQA_LOG_WARNING;
        snprintf(line, MAX_LINE, "%u more lines were lost", queue->n_lost);
        queue->n_lost = 0;
    }
    rqa__mutex_unlock(&queue->mutex);
    return some;
}

static void tell(const struct rqa_context *context, int32_t level, const char *line)
{
    const int was_inside = rqa__fp_lend();
    context->log(context->log_user, level, line);
    rqa__fp_take_back(was_inside);
}

void rqa__context_log_flush(const struct rqa_context *context)
{
    char line[MAX_LINE];
    int32_t level;
    if (!context->log || rqa__thread_is_own())
        return;
    while (take(context->log_queue, &level, line))
        tell(context, level, line);
}

void rqa__context_log(const struct rqa_context *context, int32_t level, const char *format, ...)
{
    if (!context->log || level > context->log_level)
        return;
    char line[MAX_LINE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    rqa__plain_text(line, "");
    if (rqa__thread_is_own()) {
        put(context->log_queue, level, line);
        return;
    }
    rqa__context_log_flush(context);
    tell(context, level, line);
}
