/* cmd_export.c - rqa export: the results of a store as CSV or as arrays. */
#include <errno.h>
#include <rqa/rqa.h>
#include <rqa/store.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_paths.h"
#include "cli_system.h"
#include "cli_values.h"
#include "export_csv.h"
#include "export_npy.h"
#include "sweep_progress.h"

static int export_csv(const cli_arguments *arguments, rqa_store *store, unsigned n_threads,
                      uint64_t *n_rows)
{
    cli_output output;
    export_request request = {.n_threads = n_threads, .show_progress = 1};
    const char *path = arguments->value[OPT_OUT] ? arguments->value[OPT_OUT] : "-";
    int code = cli_output_open(&output, path, arguments->value[OPT_FORCE] != NULL);
    if (code == CLI_OK)
        code = export_csv_columns(&request, store);
    if (code == CLI_OK)
        code = export_csv_write(store, &output, &request, n_rows);
    if (code == CLI_OK)
        code = cli_output_commit(&output);
    cli_output_close(&output);
    free((void *)request.columns.keys);
    return code;
}

static int export_npy(const cli_arguments *arguments, rqa_store *store, uint64_t *n_rows)
{
    const char *path = arguments->value[OPT_OUT];
    if (!path || strcmp(path, "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "--out is required: the folder that takes the .npy arrays");
    return export_npy_write(store, path, arguments->value[OPT_FORCE] != NULL, n_rows);
}

static void tell(const cli_arguments *arguments, uint64_t n_rows, double seconds)
{
    char rows[32], rate[32];
    const char *path = arguments->value[OPT_OUT];
    sweep_progress_count(rows, n_rows);
    sweep_progress_count(rate, (uint64_t)((double)n_rows / seconds));
    cli_note("%s rows in %.3g s (%s/s)", rows, seconds, rate);
    if (path && strcmp(path, "-") != 0)
        cli_note("written: %s", path);
}

/* Numbers of another librqa look like ours. */
static void tell_numerics(rqa_store *store, const char *path)
{
    rqa_store_summary summary = {.struct_size = sizeof summary};
    if (rqa_store_summarize(store, &summary) == RQA_OK && summary.numerics &&
        summary.numerics != (int32_t)rqa_numerics_version())
        cli_note("%s: its results are of numerics version %d; this librqa has %d", path,
                 (int)summary.numerics, (int)rqa_numerics_version());
}

int cmd_export(const cli_arguments *arguments)
{
    static const char *const formats[] = {"csv", "npy"};
    rqa_context *context = NULL;
    rqa_store *store = NULL;
    rqa_store_options options;
    uint64_t n_rows = 0;
    int format = 0, code = CLI_OK;
    if (arguments->n_inputs != 1)
        return cli_fail(CLI_BAD_INPUT, "one store is expected; %zu are given", arguments->n_inputs);
    if (arguments->value[OPT_FORMAT])
        code = cli_value_name(&format, OPT_FORMAT, arguments->value[OPT_FORMAT], formats, 2);
    if (code == CLI_OK)
        code = cli_paths_check_store("export", arguments->inputs[0]);
    if (code == CLI_OK && !system_may_read(arguments->inputs[0]))
        code = cli_fail(CLI_BAD_INPUT, "%s: cannot be opened: %s", arguments->inputs[0],
                        system_reason(errno));
    if (code != CLI_OK)
        return code;
    double start_s = system_now_s();
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    code = cli_analysis_context(&context, arguments);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_store_open(&store, context, arguments->inputs[0], &options);
    if (status != RQA_OK)
        code = cli_fail_store(status, "export");
    else if (format == 0)
        code = export_csv(arguments, store, rqa_context_n_threads(context), &n_rows);
    else
        code = export_npy(arguments, store, &n_rows);
    if (code == CLI_OK) {
        tell(arguments, n_rows, system_now_s() - start_s);
        tell_numerics(store, arguments->inputs[0]);
    }
    rqa_store_close(store);
    rqa_context_destroy(context);
    return code;
}
