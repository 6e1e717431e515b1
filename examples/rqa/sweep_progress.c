/* sweep_progress.c - how far a sweep is: a bar on a terminal, lines elsewhere. */
#include "sweep_progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli_console.h"
#include "cli_system.h"

enum { BAR = 20, LINE_INTERVAL_S = 5 };

const char *sweep_progress_count(char *room, uint64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
    for (int k = 0; k < n; k++) {
        if (k > 0 && (n - k) % 3 == 0)
            room[at++] = ',';
        room[at++] = digits[k];
    }
    room[at] = 0;
    return room;
}

void sweep_progress_time(char *out, size_t room, double seconds)
{
    if (!isfinite(seconds) || seconds > 1e9) {
        snprintf(out, room, "?");
        return;
    }
    long s = (long)ceil(seconds);
    if (s < 60)
        snprintf(out, room, "%ld s", s);
    else if (s < 3600)
        snprintf(out, room, "%ld min %ld s", s / 60, s % 60);
    else
        snprintf(out, room, "%ld h %ld min", s / 3600, s % 3600 / 60);
}

void sweep_progress_begin(sweep_progress *progress, int quiet)
{
    memset(progress, 0, sizeof *progress);
    progress->quiet = quiet;
    progress->is_terminal = system_is_terminal(SYSTEM_STDERR);
}

/* Columns of the terminal that a line may take. */
static size_t terminal_width(void)
{
    const unsigned width = system_terminal_width(SYSTEM_STDERR);
    return width < 20 ? 79 : width - 1;
}

/* Bytes of UTF-8 that go on are no columns. */
static void cut(char *text, size_t columns)
{
    size_t n = 0;
    for (; *text; text++)
        if ((*text & 0xc0) != 0x80 && n++ == columns)
            break;
    *text = 0;
}

static void append_count(char *text, size_t room, uint64_t count, const char *what)
{
    char number[32];
    size_t n = strlen(text);
    if (count > 0)
        snprintf(text + n, room - n, ", %s %s", sweep_progress_count(number, count), what);
}

void sweep_progress_show(sweep_progress *progress, const rqa_batch_event *event)
{
    const rqa_batch_statistics *statistics = &event->statistics;
    char text[512], bar[BAR + 4] = "", eta[32], rate[32], done[32], total[32];
    int line_is_due = statistics->elapsed_s >= progress->last_s + LINE_INTERVAL_S;
    if (!progress->is_terminal && !line_is_due)
        return;
    if (line_is_due)
        progress->last_s = statistics->elapsed_s;
    int filled = (int)(statistics->percent * BAR / 100);
    if (progress->is_terminal) {
        bar[0] = '[';
        for (int k = 0; k < BAR; k++)
            bar[k + 1] = k < filled ? '#' : '.';
        memcpy(bar + BAR + 1, "] ", 3);
    }
    sweep_progress_time(eta, sizeof eta, statistics->eta_s);
    double per_s = isfinite(statistics->rate_per_s) ? statistics->rate_per_s : 0;
    sweep_progress_count(rate, (uint64_t)(per_s > 0 ? per_s : 0));
    sweep_progress_count(done, statistics->n_done + statistics->n_failed + statistics->n_skipped);
    sweep_progress_count(total, statistics->n_total);
    snprintf(text, sizeof text, "%s%3.0f%%  %s of %s, %s/s, ETA %s", bar,
             floor(statistics->percent), done, total, rate, eta);
    append_count(text, sizeof text, statistics->n_skipped, "skipped");
    append_count(text, sizeof text, statistics->n_failed, "failed");
    size_t n = strlen(text);
    if (event->label && *event->label)
        snprintf(text + n, sizeof text - n, ", %s", event->label);
    if (!progress->is_terminal) {
        cli_note("%s", text);
        return;
    }
    if (line_is_due)
        cli_log("%s", text + strlen(bar));
    cut(text, terminal_width());
    if (!progress->quiet)
        cli_bar(text);
}

void sweep_progress_end(sweep_progress *progress)
{
    if (!progress->quiet && progress->is_terminal)
        cli_bar(NULL);
}
