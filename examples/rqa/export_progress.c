/* export_progress.c - how far an export is: a bar on a terminal, nothing elsewhere. */
#include "export_progress.h"

#include <stdio.h>
#include <string.h>

#include "cli_console.h"
#include "cli_system.h"
#include "sweep_progress.h"

enum { ROWS_PER_LOOK = 1 << 14 };
static const double interval_s = 0.2;

void export_progress_begin(export_progress *progress, rqa_store *store, int show)
{
    rqa_store_summary summary = {.struct_size = sizeof summary};
    memset(progress, 0, sizeof *progress);
    if (show && system_is_terminal(SYSTEM_STDERR) && rqa_store_summarize(store, &summary) == RQA_OK)
        progress->total = summary.n_rows + summary.n_failed;
    progress->last_s = system_now_s();
}

void export_progress_step(export_progress *progress)
{
    char done[32], total[32], text[128];
    if (++progress->n % ROWS_PER_LOOK != 0 || progress->total == 0 ||
        system_now_s() < progress->last_s + interval_s)
        return;
    progress->last_s = system_now_s();
    sweep_progress_count(done, progress->n);
    sweep_progress_count(total, progress->total);
    snprintf(text, sizeof text, "%3.0f%%  %s of %s rows",
             100.0 * (double)progress->n / (double)progress->total, done, total);
    cli_bar(text);
}

void export_progress_end(export_progress *progress)
{
    if (progress->total > 0)
        cli_bar(NULL);
}
