/* sweep_progress.c - how far a sweep is: a bar on a terminal, lines elsewhere. */
#include "sweep_progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli_console.h"

enum { BAR = 24, LINE_INTERVAL_S = 5 };

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

/* "12 s", "3 min 20 s", "2 h 5 min" */
static void write_time(char *out, size_t room, double seconds)
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
    progress->is_terminal = isatty(STDERR_FILENO);
}

void sweep_progress_show(sweep_progress *progress, const rqa_batch_statistics *statistics)
{
    char text[256], bar[BAR + 1], eta[32], rate[32], done[32], total[32], failed[48] = "";
    if (progress->quiet)
        return;
    if (!progress->is_terminal && statistics->elapsed_s < progress->last_s + LINE_INTERVAL_S)
        return;
    progress->last_s = statistics->elapsed_s;
    int filled = (int)(statistics->percent * BAR / 100);
    for (int k = 0; k < BAR; k++)
        bar[k] = k < filled ? '#' : '.';
    bar[BAR] = 0;
    write_time(eta, sizeof eta, statistics->eta_s);
    double per_s = isfinite(statistics->rate_per_s) ? statistics->rate_per_s : 0;
    sweep_progress_count(rate, (uint64_t)(per_s > 0 ? per_s : 0));
    sweep_progress_count(done, statistics->n_done + statistics->n_failed + statistics->n_skipped);
    sweep_progress_count(total, statistics->n_total);
    if (statistics->n_failed > 0)
        snprintf(failed, sizeof failed, ", %llu failed", (unsigned long long)statistics->n_failed);
    snprintf(text, sizeof text, "%s%s%s%3.0f%%  %s of %s, %s/s, ETA %s%s",
             progress->is_terminal ? "[" : "", progress->is_terminal ? bar : "",
             progress->is_terminal ? "] " : "", floor(statistics->percent), done, total, rate, eta,
             failed);
    if (progress->is_terminal)
        cli_bar(text);
    else
        cli_note("%s", text);
}

void sweep_progress_end(sweep_progress *progress)
{
    if (!progress->quiet && progress->is_terminal)
        cli_bar(NULL);
}
