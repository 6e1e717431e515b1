/* cmd_sweep.c - rqa sweep: a grid of settings over many recordings, into a store or a CSV file. */
#include <rqa/rqa.h>
#include <stdio.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_output.h"
#include "cli_recordings.h"
#include "cli_signals.h"
#include "sweep_csv.h"
#include "sweep_dry_run.h"
#include "sweep_events.h"
#include "sweep_grid.h"
#include "sweep_progress.h"
#include "sweep_store.h"
#include "sweep_summary.h"

/* How often Ctrl-C is looked for. */
static const double poll_s = 0.05;

typedef struct sweep {
    const cli_arguments *arguments;
    sweep_grid grid;
    rqa_context *context;
    cli_output output; /* no path: there is none */
    sweep_store store;
    sweep_events events;
    cli_recordings recordings;
    rqa_batch *batch;
    sweep_csv csv;
    sweep_summary summary;
    sweep_progress progress;
    int code; /* of the first failure inside an event */
} sweep;

static int read_recordings(sweep *s)
{
    reader_request request;
    rqa_series_options options;
    int code = cli_analysis_request(&request, s->arguments);
    if (code == CLI_OK)
        code = cli_analysis_series(&options, s->arguments);
    if (code != CLI_OK)
        return code;
    request.keys = s->arguments->value[OPT_GROUP_BY];
    reader_memory memory = cli_series_memory(s->context);
    request.memory = &memory;
    cli_reading reading = {s->context, &request, &options, (const char *const *)s->grid.lists,
                           s->grid.n_lists};
    return cli_recordings_read(&s->recordings, s->arguments->inputs, s->arguments->n_inputs,
                               &reading);
}

/* A sweep in which nothing can be computed is an error of its first recording. */
static int check_usable(const sweep *s)
{
    const cli_channels *first = NULL;
    size_t n_failed = 0, n_items = s->recordings.n * s->grid.n_modes;
    for (size_t k = 0; k < s->recordings.n; k++)
        for (size_t m = 0; m < s->grid.n_modes; m++) {
            const cli_channels *channels =
                &s->recordings.recording[k].channels[s->grid.modes[m].list];
            if (channels->series)
                continue;
            if (n_failed++ == 0)
                first = channels;
        }
    if (n_failed < n_items)
        return CLI_OK;
    if (s->recordings.n > 1)
        return cli_fail(cli_code_of_status(first->status),
                        "none of %zu recordings can be used; the first: %s", s->recordings.n,
                        first->error);
    return cli_fail(cli_code_of_status(first->status), "%s", first->error);
}

/* Recordings outside, modes inside: item = recording * n_modes + mode. */
static int add_items(sweep *s)
{
    for (size_t k = 0; k < s->recordings.n; k++)
        for (size_t m = 0; m < s->grid.n_modes; m++) {
            const cli_recording *recording = &s->recordings.recording[k];
            const cli_channels *channels = &recording->channels[s->grid.modes[m].list];
            rqa_batch_item item = {.struct_size = sizeof item,
                                   .norm = s->grid.modes[m].norm,
                                   .relation = -1,
                                   .x = channels->series,
                                   .label = recording->label,
                                   .text = channels->error,
                                   .status = channels->status,
                                   .mode = s->grid.modes[m].name,
                                   .key_names = (const char *const *)s->recordings.key_names,
                                   .key_values = (const char *const *)recording->keys,
                                   .n_keys = (uint32_t)s->recordings.n_keys};
            rqa_status status = rqa_batch_add(s->batch, &item);
            if (status != RQA_OK)
                return cli_fail_status(status, recording->label);
        }
    return CLI_OK;
}

static void tell_start(const sweep *s, const rqa_batch_statistics *now)
{
    char skipped[32], total[32], left[32];
    if (now->n_skipped == 0)
        return;
    cli_note("%s has %s of the %s results already; %s are left to do", s->store.path,
             sweep_progress_count(skipped, now->n_skipped),
             sweep_progress_count(total, now->n_total),
             sweep_progress_count(left, now->n_total - now->n_skipped));
}

static int on_event(const rqa_batch_event *event, void *user)
{
    sweep *s = user;
    sweep_events_write(&s->events, event, &s->grid);
    switch (event->type) {
    case RQA_EVENT_BATCH_STARTED:
        tell_start(s, &event->statistics);
        break;
    case RQA_EVENT_ITEM_COMPLETED:
        if (event->status != RQA_OK)
            cli_log("failed: %s, mode %s: %s", event->label,
                    s->grid.modes[event->item % s->grid.n_modes].name, event->text);
        if (s->store.store)
            break;
        sweep_summary_item(&s->summary, event);
        if (s->code == CLI_OK)
            s->code = sweep_csv_item(&s->csv, event);
        break;
    case RQA_EVENT_PROGRESS:
        sweep_progress_show(&s->progress, event);
        break;
    default:
        break;
    }
    return s->code != CLI_OK || cli_signal != 0;
}

static int fail_interrupted(const sweep *s)
{
    char rows[32];
    int code = 128 + (int)cli_signal;
    if (!s->store.store)
        return cli_fail(code, "interrupted; nothing was written");
    uint64_t n = sweep_store_n_rows(&s->store);
    if (n == 0)
        return cli_fail(code, "interrupted; %s has no results yet", s->store.path);
    return cli_fail(code, "interrupted; %s keeps %s results, and the same command goes on from there",
                    s->store.path, sweep_progress_count(rows, n));
}

/* Runs the batch to its end, to the first failure, or to a signal. */
static int run_batch(sweep *s)
{
    rqa_batch_statistics now = {.struct_size = sizeof now};
    cli_signals_defer(1);
    rqa_status status = rqa_batch_start(s->batch);
    while (status == RQA_OK) {
        status = rqa_batch_wait(s->batch, poll_s, on_event, s);
        rqa_batch_poll(s->batch, &now);
        if (now.state != 1)
            break;
        if (cli_signal)
            rqa_batch_cancel(s->batch);
    }
    sweep_progress_end(&s->progress);
    sweep_events_close(&s->events);
    int code = sweep_csv_end(&s->csv);
    cli_signals_defer(0);
    if (cli_signal)
        return fail_interrupted(s);
    if (s->code != CLI_OK || code != CLI_OK)
        return s->code != CLI_OK ? s->code : code;
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, "sweep");
}

static int check_arguments(const cli_arguments *arguments)
{
    const char *out = arguments->value[OPT_OUT], *events = arguments->value[OPT_EVENTS];
    const char *store = arguments->value[OPT_STORE];
    if (arguments->n_inputs == 0)
        return cli_fail(CLI_BAD_INPUT, "an input is expected: a file, a folder, or - for stdin");
    if (arguments->value[OPT_FORMAT] && !arguments->value[OPT_DRY_RUN])
        return cli_fail(CLI_BAD_INPUT, "--format: only with --dry-run; --out writes CSV, and rqa "
                                       "export other formats");
    if (!out && !store && !arguments->value[OPT_DRY_RUN])
        return cli_fail(CLI_BAD_INPUT, "--store or --out is required: the file for the results "
                                       "(--out -: CSV on stdout)");
    if (out && events && strcmp(out, "-") == 0 && strcmp(events, "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "--out and --events cannot both be stdout");
    return CLI_OK;
}

/* What is wrong with the files that are to be written is told before the long reading. */
static int open_outputs(sweep *s)
{
    const char *const *value = s->arguments->value;
    int code = sweep_store_look(&s->store, s->context, s->arguments);
    if (code == CLI_OK && value[OPT_OUT])
        code = cli_output_open(&s->output, value[OPT_OUT], value[OPT_FORCE] != NULL);
    if (code == CLI_OK)
        code = sweep_events_open(&s->events, value[OPT_EVENTS]);
    return code;
}

/* Rows go to the store, and to the CSV file from there; without a store directly. */
static int open_results(sweep *s)
{
    if (!s->store.path)
        return sweep_csv_begin(&s->csv, &s->output, &s->grid, &s->recordings, s->batch,
                               rqa_context_n_threads(s->context));
    int code = sweep_store_open(&s->store, s->context, s->arguments);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_batch_set_store(s->batch, s->store.store);
    return status == RQA_OK ? CLI_OK : cli_fail_store(status, "--store");
}

static int prepare(sweep *s)
{
    int code = check_arguments(s->arguments);
    if (code == CLI_OK)
        code = sweep_grid_make(&s->grid, s->arguments);
    if (code == CLI_OK)
        code = sweep_store_shard(&s->grid.batch.shard_index, &s->grid.batch.shard_count,
                                 s->arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&s->context, s->arguments);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_batch_create(&s->batch, s->context, &s->grid.batch);
    if (status != RQA_OK)
        return cli_fail_status(status, "sweep");
    if (!s->arguments->value[OPT_DRY_RUN])
        code = open_outputs(s);
    if (code == CLI_OK)
        code = read_recordings(s);
    if (code == CLI_OK)
        code = check_usable(s);
    if (code == CLI_OK)
        code = add_items(s);
    if (code != CLI_OK)
        return code;
    sweep_grid_complete(&s->grid, s->batch);
    if (s->arguments->value[OPT_DRY_RUN])
        return CLI_OK;
    sweep_summary_begin(&s->summary, &s->grid, &s->recordings, s->batch);
    sweep_progress_begin(&s->progress, s->arguments->value[OPT_QUIET] != NULL);
    return open_results(s);
}

/* What the store has of this sweep: the means, and the CSV file if one is wanted. */
static int read_store(sweep *s)
{
    results_columns columns;
    if (!s->store.store)
        return CLI_OK;
    sweep_store_name_items(&s->store, &s->recordings, &s->grid);
    int code = sweep_summary_read(&s->summary, &s->store, s->batch);
    if (code != CLI_OK || !s->arguments->value[OPT_OUT])
        return code;
    sweep_csv_columns(&columns, &s->recordings, &s->grid, s->batch);
    return sweep_store_export(&s->store, &s->output, &s->grid, &columns, s->batch,
                              rqa_context_n_threads(s->context));
}

/* The file is the result; what is told about it says which rules and which machine made it. */
static void tell(sweep *s)
{
    char rows[32];
    const char *const *value = s->arguments->value;
    const char *path = value[OPT_OUT], *events = value[OPT_EVENTS];
    int to_stdout = path && strcmp(path, "-") == 0;
    int in_use = to_stdout || (events && strcmp(events, "-") == 0);
    FILE *table = value[OPT_QUIET] || s->grid.batch.shard_count > 1 ? NULL
                  : in_use                                          ? stderr
                                                                    : stdout;
    sweep_summary_print(&s->summary, s->batch, table);
    fflush(stdout);
    cli_note("librqa %s, convention %s", rqa_version(),
             rqa_convention_name(s->grid.analysis.convention));
    const char *how =
        value[OPT_VERBOSE] || value[OPT_LOG] ? rqa_batch_explain(s->batch) : NULL;
    for (size_t length; how && *how; how += length + (how[length] != 0)) {
        length = strcspn(how, "\n");
        if (length > 0 && value[OPT_VERBOSE])
            cli_note("  %.*s", (int)length, how);
        else if (length > 0)
            cli_log("  %.*s", (int)length, how);
    }
    if (s->store.store)
        cli_note("stored: %s (%s results)", s->store.path,
                 sweep_progress_count(rows, sweep_store_n_rows(&s->store)));
    if (path && !to_stdout)
        cli_note("written: %s", path);
}

static int dry_run(sweep *s)
{
    int is_json = 0;
    int code = cli_analysis_format(&is_json, s->arguments);
    if (code != CLI_OK)
        return code;
    return sweep_dry_run(&s->recordings, &s->grid, s->batch, rqa_context_n_threads(s->context),
                         is_json);
}

static int compute(sweep *s)
{
    int code = run_batch(s);
    if (code == CLI_OK)
        code = read_store(s);
    if (code == CLI_OK && s->output.path)
        code = cli_output_commit(&s->output);
    if (code == CLI_OK)
        tell(s);
    return code;
}

int cmd_sweep(const cli_arguments *arguments)
{
    sweep s;
    memset(&s, 0, sizeof s);
    s.arguments = arguments;
    s.output.fd = -1;
    s.events.fd = -1;
    int code = prepare(&s);
    if (code == CLI_OK)
        code = arguments->value[OPT_DRY_RUN] ? dry_run(&s) : compute(&s);
    sweep_csv_end(&s.csv);
    sweep_events_close(&s.events);
    cli_output_close(&s.output);
    sweep_summary_end(&s.summary);
    rqa_batch_destroy(s.batch);
    sweep_store_close(&s.store);
    cli_recordings_free(&s.recordings);
    rqa_context_destroy(s.context);
    sweep_grid_free(&s.grid);
    return code;
}
