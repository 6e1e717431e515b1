/* sweep_events.c - the events of a batch as JSON, one in a line, for a dashboard to follow.
 *
 * A reader that is slow, stopped or gone must not hold up the work: a line is written only where it
 * does not block. Progress that cannot be written is dropped, which the numbers of the events show;
 * other lines wait. */
#include "sweep_events.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_json.h"
#include "cli_output.h"
#include "cli_signals.h"
#include "cli_system.h"

enum { MOST_WAITING = 1 << 20, MOST_TEXT = 400, PATIENCE_MS = 2000 };

int sweep_events_open(sweep_events *events, const char *path)
{
    memset(events, 0, sizeof *events);
    events->fd = -1;
    if (!path)
        return CLI_OK;
    int is_stdout = strcmp(path, "-") == 0;
    int code = is_stdout ? CLI_OK : cli_output_refuse_store(path);
    if (code != CLI_OK)
        return code;
    events->path = cli_text("%s", is_stdout ? "stdout" : path);
    events->fd =
        is_stdout ? SYSTEM_STDOUT : system_open(path, SYSTEM_APPEND);
    if (events->fd < 0)
        return cli_fail(CLI_BAD_INPUT, "--events: %s: cannot be written: %s", path,
                        system_reason(errno));
    return CLI_OK;
}

static void give_up(sweep_events *events)
{
    cli_note("--events: %s: %s; the sweep goes on without events", events->path,
             errno == EPIPE ? "the reader has gone" : system_reason(errno));
    if (events->fd > SYSTEM_STDERR)
        system_close(events->fd);
    events->fd = -1;
    events->n_waiting = 0;
}

/* Writes what waits as far as it goes without blocking. */
static void flush_events(sweep_events *events, int patience_ms)
{
    int64_t n = 1;
    while (n > 0 && events->n_waiting > 0) {
        n = system_write_soon(events->fd, events->waiting, events->n_waiting, patience_ms);
        if (n > 0) {
            events->n_waiting -= (size_t)n;
            memmove(events->waiting, events->waiting + n, events->n_waiting);
        }
    }
    if (n < 0)
        give_up(events);
}

static void put_line(sweep_events *events, const char *line, size_t n, int droppable)
{
    flush_events(events, 0);
    if (events->fd < 0)
        return;
    if ((droppable && events->n_waiting > 0) || events->n_waiting + n > MOST_WAITING) {
        events->n_dropped++;
        return;
    }
    if (!events->waiting)
        events->waiting = cli_calloc(MOST_WAITING, 1);
    memcpy(events->waiting + events->n_waiting, line, n);
    events->n_waiting += n;
    flush_events(events, 0);
}

static void put_text(FILE *out, const char *name, const char *text)
{
    char *cut = cli_text("%.*s", MOST_TEXT, text ? text : "");
    fprintf(out, ", \"%s\": ", name);
    cli_json_text_to(out, cut);
    free(cut);
}

static void put_real(FILE *out, const char *name, const char *format, double value)
{
    fprintf(out, ", \"%s\": ", name);
    if (isfinite(value))
        fprintf(out, format, value);
    else
        fputs("null", out);
}

static void put_statistics(FILE *out, const rqa_batch_statistics *s)
{
    fprintf(out,
            ", \"done\": %" PRIu64 ", \"failed\": %" PRIu64 ", \"skipped\": %" PRIu64
            ", \"total\": %" PRIu64,
            s->n_done, s->n_failed, s->n_skipped, s->n_total);
    put_real(out, "percent", "%.2f", s->percent);
    put_real(out, "rate_per_s", "%.1f", s->rate_per_s);
    put_real(out, "eta_s", "%.1f", s->eta_s);
}

static const char *status_name(rqa_status status)
{
    return status == RQA_OK ? "ok" : rqa_status_name(status);
}

static void put_memory(FILE *out, const rqa_batch_event *event)
{
    if (event->device_memory_total_bytes == 0)
        fprintf(out, ", \"memory_used_bytes\": null, \"memory_total_bytes\": null");
    else
        fprintf(out, ", \"memory_used_bytes\": %" PRIu64 ", \"memory_total_bytes\": %" PRIu64,
                event->device_memory_used_bytes, event->device_memory_total_bytes);
}

static void put_event(FILE *out, const rqa_batch_event *event, const sweep_grid *grid)
{
    switch (event->type) {
    case RQA_EVENT_ITEM_COMPLETED:
        fprintf(out, ", \"item\": %" PRIu64, event->item);
        put_text(out, "series", event->label);
        put_text(out, "mode", grid->modes[event->item % grid->n_modes].name);
        put_text(out, "status", status_name(event->status));
        put_text(out, "text", event->text);
        break;
    case RQA_EVENT_DEVICE_STATS:
        fprintf(out, ", \"index\": %" PRIu64, event->item);
        put_text(out, "device", event->label);
        put_real(out, "utilization", "%.3f", event->device_utilization);
        put_memory(out, event);
        put_text(out, "status", status_name(event->status));
        put_text(out, "text", event->text);
        break;
    case RQA_EVENT_BATCH_COMPLETED:
        put_statistics(out, &event->statistics);
        put_text(out, "status", status_name(event->status));
        put_text(out, "text", event->text);
        break;
    case RQA_EVENT_BATCH_STARTED:
        put_statistics(out, &event->statistics);
        fprintf(out, ", \"process\": %lld", (long long)system_process_id());
        put_text(out, "version", rqa_version());
        break;
    default:
        put_statistics(out, &event->statistics);
        put_text(out, "label", event->label);
    }
}

static const char *event_name(int32_t type)
{
    switch (type) {
    case RQA_EVENT_BATCH_STARTED:
        return "batch_started";
    case RQA_EVENT_PROGRESS:
        return "progress";
    case RQA_EVENT_DEVICE_STATS:
        return "device_stats";
    case RQA_EVENT_BATCH_COMPLETED:
        return "batch_completed";
    case RQA_EVENT_ITEM_COMPLETED:
        return "item_completed";
    default:
        return NULL;
    }
}

void sweep_events_write(sweep_events *events, const rqa_batch_event *event, const sweep_grid *grid)
{
    system_text line;
    int64_t seconds;
    int milliseconds;
    const char *name = event_name(event->type);
    if (events->fd < 0 || !name || system_text_open(&line) != 0)
        return;
    FILE *out = line.out;
    system_clock(&seconds, &milliseconds);
    fprintf(out, "{\"seq\": %" PRIu64 ", \"event\": \"%s\", \"time_s\": %lld.%03d", events->n++,
            name, (long long)seconds, milliseconds);
    put_real(out, "elapsed_s", "%.3f", event->statistics.elapsed_s);
    put_event(out, event, grid);
    fputs("}\n", out);
    if (system_text_close(&line) == 0)
        put_line(events, line.text, line.n,
                 event->type == RQA_EVENT_PROGRESS ||
                     ((event->type == RQA_EVENT_ITEM_COMPLETED ||
                       event->type == RQA_EVENT_DEVICE_STATS) &&
                      event->status == RQA_OK));
    free(line.text);
}

void sweep_events_close(sweep_events *events)
{
    for (int waited = 0; waited < PATIENCE_MS && events->n_waiting > 0 && cli_signal == 0;
         waited += 50)
        flush_events(events, 50);
    if (events->fd >= 0 && (events->n_dropped > 0 || events->n_waiting > 0))
        cli_note("--events: %s: the reader is too slow; %" PRIu64 " events were left out%s",
                 events->path, events->n_dropped,
                 events->n_waiting > 0 ? ", the last ones too" : "");
    if (events->fd > SYSTEM_STDERR)
        system_close(events->fd);
    free(events->waiting);
    free(events->path);
    memset(events, 0, sizeof *events);
    events->fd = -1;
}
