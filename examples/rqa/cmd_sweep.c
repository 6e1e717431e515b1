/* cmd_sweep.c - rqa sweep: a grid of settings over many recordings, into one CSV file. */
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
#include "sweep_grid.h"
#include "sweep_progress.h"
#include "sweep_summary.h"

/* How often Ctrl-C is looked for. */
static const double poll_s = 0.05;

typedef struct sweep {
    const cli_arguments *arguments;
    sweep_grid grid;
    rqa_context *context;
    cli_output output;
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
                                   .status = channels->status};
            rqa_status status = rqa_batch_add(s->batch, &item);
            if (status != RQA_OK)
                return cli_fail_status(status, recording->label);
        }
    return CLI_OK;
}

static int on_event(const rqa_batch_event *event, void *user)
{
    sweep *s = user;
    switch (event->type) {
    case RQA_EVENT_ITEM_COMPLETED:
        sweep_summary_item(&s->summary, event);
        if (s->code == CLI_OK)
            s->code = sweep_csv_item(&s->csv, event);
        break;
    case RQA_EVENT_PROGRESS:
        sweep_progress_show(&s->progress, &event->statistics);
        break;
    default:
        break;
    }
    return s->code != CLI_OK || cli_signal != 0;
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
    cli_signals_defer(0);
    sweep_progress_end(&s->progress);
    if (cli_signal)
        return cli_fail(128 + (int)cli_signal, "interrupted; nothing was written");
    if (s->code != CLI_OK)
        return s->code;
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, "sweep");
}

static int check_arguments(const cli_arguments *arguments)
{
    if (arguments->n_inputs == 0)
        return cli_fail(CLI_BAD_INPUT, "an input is expected: a file, a folder, or - for stdin");
    if (!arguments->value[OPT_OUT])
        return cli_fail(CLI_BAD_INPUT, "--out is required: the CSV file to write, or - for stdout");
    return CLI_OK;
}

static int prepare(sweep *s)
{
    int code = check_arguments(s->arguments);
    if (code == CLI_OK)
        code = sweep_grid_make(&s->grid, s->arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&s->context, s->arguments);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_batch_create(&s->batch, s->context, &s->grid.batch);
    if (status != RQA_OK)
        return cli_fail_status(status, "sweep");
    code = cli_output_open(&s->output, s->arguments->value[OPT_OUT],
                           s->arguments->value[OPT_FORCE] != NULL);
    if (code == CLI_OK)
        code = read_recordings(s);
    if (code == CLI_OK)
        code = check_usable(s);
    if (code == CLI_OK)
        code = add_items(s);
    if (code != CLI_OK)
        return code;
    sweep_grid_complete(&s->grid, s->batch);
    sweep_summary_begin(&s->summary, &s->grid, &s->recordings, s->batch);
    sweep_progress_begin(&s->progress, s->arguments->value[OPT_QUIET] != NULL);
    return sweep_csv_begin(&s->csv, &s->output, &s->grid, &s->recordings, s->batch);
}

/* The file is the result; what is told about it says which rules and which machine made it. */
static void tell(sweep *s)
{
    const char *path = s->arguments->value[OPT_OUT];
    int to_stdout = strcmp(path, "-") == 0;
    if (s->arguments->value[OPT_QUIET])
        return;
    sweep_summary_print(&s->summary, s->batch, to_stdout ? stderr : stdout);
    fflush(stdout);
    cli_note("librqa %s, convention %s", rqa_version(),
             rqa_convention_name(s->grid.analysis.convention));
    const char *how = s->arguments->value[OPT_VERBOSE] ? rqa_batch_explain(s->batch) : NULL;
    for (size_t length; how && *how; how += length + (how[length] != 0)) {
        length = strcspn(how, "\n");
        if (length > 0)
            cli_note("  %.*s", (int)length, how);
    }
    if (!to_stdout)
        cli_note("written: %s", path);
}

int cmd_sweep(const cli_arguments *arguments)
{
    sweep s;
    memset(&s, 0, sizeof s);
    s.arguments = arguments;
    s.output.fd = -1;
    int code = prepare(&s);
    if (code == CLI_OK)
        code = run_batch(&s);
    if (code == CLI_OK)
        code = cli_output_commit(&s.output);
    if (code == CLI_OK)
        tell(&s);
    cli_output_close(&s.output);
    sweep_csv_end(&s.csv);
    sweep_summary_end(&s.summary);
    rqa_batch_destroy(s.batch);
    cli_recordings_free(&s.recordings);
    rqa_context_destroy(s.context);
    sweep_grid_free(&s.grid);
    return code;
}
