/* sweep_dry_run.c - what a sweep would compute, without computing it. */
#include "sweep_dry_run.h"

#include <string.h>

#include "cli_console.h"
#include "cli_json.h"
#include "sweep_progress.h"

typedef struct prediction {
    double core_seconds;
    const char *explanation;
    unsigned n_threads;
} prediction;

static const cli_channels *channels_of(const cli_recordings *recordings, const sweep_grid *grid,
                                       size_t item)
{
    const cli_recording *recording = &recordings->recording[item / grid->n_modes];
    return &recording->channels[grid->modes[item % grid->n_modes].list];
}

static void print_json(const cli_recordings *recordings, const sweep_grid *grid,
                       const rqa_batch *batch, const prediction *p)
{
    cli_print("{\n  \"recordings\": %zu,\n  \"modes\": %zu,\n  \"combinations\": %llu,\n"
              "  \"results\": %llu,\n  \"threads\": %u,\n  \"core_seconds\": ",
              recordings->n, grid->n_modes,
              (unsigned long long)rqa_batch_size(batch, RQA_BATCH_COMBINATIONS),
              (unsigned long long)rqa_batch_size(batch, RQA_BATCH_ROWS), p->n_threads);
    cli_json_number(p->core_seconds);
    cli_print(",\n  \"explanation\": ");
    cli_json_text(p->explanation);
    cli_print(",\n  \"unusable\": [");
    const char *comma = "";
    for (size_t k = 0; k < recordings->n * grid->n_modes; k++) {
        const cli_channels *channels = channels_of(recordings, grid, k);
        if (channels->series)
            continue;
        cli_print("%s\n    {\"series\": ", comma);
        cli_json_text(recordings->recording[k / grid->n_modes].label);
        cli_print(", \"mode\": ");
        cli_json_text(grid->modes[k % grid->n_modes].name);
        cli_print(", \"error\": ");
        cli_json_text(channels->error);
        cli_print("}");
        comma = ",";
    }
    cli_print(*comma ? "\n  ]\n}\n" : "]\n}\n");
}

static void print_text(const cli_recordings *recordings, const sweep_grid *grid,
                       const rqa_batch *batch, const prediction *p)
{
    char settings[32], results[32], left[40];
    cli_print("%zu recording%s x %zu mode%s x %s settings%s = %s results\n", recordings->n,
              recordings->n == 1 ? "" : "s", grid->n_modes, grid->n_modes == 1 ? "" : "s",
              sweep_progress_count(settings, rqa_batch_size(batch, RQA_BATCH_COMBINATIONS)),
              grid->windows.window ? " x windows" : "",
              sweep_progress_count(results, rqa_batch_size(batch, RQA_BATCH_ROWS)));
    sweep_progress_time(left, sizeof left, p->core_seconds / p->n_threads);
    cli_print("about %s on %u CPU thread%s, by the cost model\n", left, p->n_threads,
              p->n_threads == 1 ? "" : "s");
    const char *how = p->explanation;
    for (size_t length; *how; how += length + (how[length] != 0)) {
        length = strcspn(how, "\n");
        if (length > 0)
            cli_print("  %.*s\n", (int)length, how);
    }
    for (size_t k = 0; k < recordings->n * grid->n_modes; k++) {
        const cli_channels *channels = channels_of(recordings, grid, k);
        if (!channels->series)
            cli_print("cannot be used: %s\n", channels->error);
    }
    cli_print("nothing was computed (--dry-run)\n");
}

int sweep_dry_run(const cli_recordings *recordings, const sweep_grid *grid, rqa_batch *batch,
                  unsigned n_threads, int is_json)
{
    prediction p = {.n_threads = n_threads};
    rqa_status status = rqa_batch_predict(batch, &p.core_seconds);
    if (status != RQA_OK)
        return cli_fail_status(status, "sweep");
    p.explanation = rqa_batch_explain(batch);
    if (!p.explanation)
        p.explanation = "";
    if (is_json)
        print_json(recordings, grid, batch, &p);
    else
        print_text(recordings, grid, batch, &p);
    return CLI_OK;
}
