/* cmd_suggest.c - rqa suggest: a delay, a dimension and thresholds for recordings, and the curves. */
#include <rqa/rqa.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_output.h"
#include "cli_recordings.h"
#include "cli_values.h"
#include "suggest_result.h"

static int read_whole(uint32_t *out, const cli_arguments *arguments, cli_option option,
                      uint64_t least, uint64_t most)
{
    uint64_t value;
    if (!arguments->value[option])
        return CLI_OK;
    int code = cli_value_whole(&value, option, arguments->value[option], least, most);
    if (code == CLI_OK)
        *out = (uint32_t)value;
    return code;
}

static int read_options(rqa_suggest_options *out, const cli_arguments *arguments)
{
    static const char *const estimators[] = {"bins", "ksg"};
    const char *const *value = arguments->value;
    rqa_suggest_options_init(out);
    int code = read_whole(&out->max_lag, arguments, OPT_MAX_LAG, 1, INT32_MAX);
    if (code == CLI_OK)
        code = read_whole(&out->max_dim, arguments, OPT_MAX_DIM, 1, 100);
    if (code == CLI_OK)
        code = read_whole(&out->bins, arguments, OPT_BINS, 2, 256);
    if (code == CLI_OK && value[OPT_ESTIMATOR]) {
        int estimator;
        code = cli_value_name(&estimator, OPT_ESTIMATOR, value[OPT_ESTIMATOR], estimators, 2);
        out->mi_estimator = code == CLI_OK ? estimator : RQA_MI_BINS;
    }
    if (code == CLI_OK)
        code = read_whole(&out->theiler, arguments, OPT_THEILER, 1, INT32_MAX);
    if (code == CLI_OK)
        code = read_whole(&out->delay, arguments, OPT_DELAY, 1, INT32_MAX);
    if (code == CLI_OK && value[OPT_NORM])
        code = cli_analysis_norm(&out->norm, OPT_NORM, value[OPT_NORM]);
    return code;
}

static int read_recordings(cli_recordings *out, rqa_context *context,
                           const cli_arguments *arguments, const char **columns)
{
    reader_request request;
    rqa_series_options series;
    int code = cli_analysis_request(&request, arguments);
    if (code == CLI_OK)
        code = cli_analysis_series(&series, arguments);
    if (code != CLI_OK)
        return code;
    *columns = request.columns;
    request.keys = arguments->value[OPT_GROUP_BY];
    reader_memory memory = cli_series_memory(context);
    request.memory = &memory;
    const cli_reading reading = {context, &request, &series, columns, 1};
    return cli_recordings_read(out, arguments->inputs, arguments->n_inputs, &reading);
}

/* Ctrl-C ends the program: there is nothing to lose. */
static void suggest_for(suggest_result *out, const cli_recording *recording, char *columns,
                        const rqa_suggest_options *options, rqa_status *status)
{
    const cli_channels *channels = &recording->channels[0];
    *out = (suggest_result){.label = recording->label, .columns = columns, .error = channels->error};
    *status = channels->series ? RQA_OK : channels->status;
    if (!channels->series)
        return;
    out->n_samples = rqa_series_n_samples(channels->series);
    *status = rqa_suggest_compute(&out->suggestion, channels->series, options);
    if (*status != RQA_OK) {
        char *said = cli_option_text(rqa_last_error());
        out->error = cli_text("%s: %s", recording->label, said);
        free(said);
    }
}

static int tell(const suggest_result *results, size_t n, const rqa_suggest_options *options,
                const cli_arguments *arguments, int is_json)
{
    const char *picture = arguments->value[OPT_CURVES];
    int code = CLI_OK;
    if (picture)
        code = suggest_picture_write(picture, &results[0], arguments->value[OPT_FORCE] != NULL);
    if (code != CLI_OK)
        return code;
    if (is_json)
        suggest_print_json(results, n, options);
    else
        suggest_print_text(results, n, options);
    return CLI_OK;
}

static int suggest_all(const cli_recordings *recordings, const char *columns,
                       const rqa_suggest_options *options, const cli_arguments *arguments,
                       int is_json)
{
    const size_t n = recordings->n;
    suggest_result *results = cli_calloc(n ? n : 1, sizeof *results);
    rqa_status first = RQA_OK;
    size_t n_failed = 0;
    int code = CLI_OK;
    if (arguments->value[OPT_CURVES] && n != 1)
        code = cli_fail(CLI_BAD_INPUT, "--plot draws one recording; there are %zu (--where or a single "
                                       "file chooses one)", n);
    for (size_t k = 0; k < n && code == CLI_OK; k++) {
        rqa_status status;
        suggest_for(&results[k], &recordings->recording[k],
                    columns ? cli_text("%s", columns) : NULL, options, &status);
        if (status != RQA_OK && n_failed++ == 0)
            first = status;
        if (status != RQA_OK && n > 1)
            cli_note("note: %s", results[k].error);
        if (recordings->recording[k].shape)
            cli_note("note: %s: %s", results[k].label, recordings->recording[k].shape);
    }
    if (code == CLI_OK && n_failed == n && n == 1)
        code = cli_fail(cli_code_of_status(first), "%s", results[0].error);
    else if (code == CLI_OK && n_failed == n)
        code = cli_fail(cli_code_of_status(first),
                        "none of %zu recordings can be used; the first: %s", n, results[0].error);
    if (code == CLI_OK)
        code = tell(results, n, options, arguments, is_json);
    for (size_t k = 0; k < n; k++) {
        if (results[k].error != recordings->recording[k].channels[0].error)
            free((void *)results[k].error);
        free(results[k].columns);
        rqa_suggestion_destroy(results[k].suggestion);
    }
    free(results);
    return code;
}

int cmd_suggest(const cli_arguments *arguments)
{
    rqa_suggest_options options;
    rqa_context *context = NULL;
    cli_recordings recordings;
    const char *columns = NULL;
    int is_json = 0;
    memset(&recordings, 0, sizeof recordings);
    if (arguments->n_inputs == 0)
        return cli_fail(CLI_BAD_INPUT, "a file or folder of recordings is expected");
    int code = cli_analysis_format(&is_json, arguments);
    if (code == CLI_OK)
        code = read_options(&options, arguments);
    if (code == CLI_OK && arguments->value[OPT_CURVES])
        code = cli_output_check(arguments->value[OPT_CURVES], arguments->value[OPT_FORCE] != NULL);
    if (code == CLI_OK)
        code = cli_analysis_context(&context, arguments);
    if (code == CLI_OK)
        code = read_recordings(&recordings, context, arguments, &columns);
    if (code == CLI_OK)
        code = suggest_all(&recordings, columns, &options, arguments, is_json);
    cli_recordings_free(&recordings);
    rqa_context_destroy(context);
    return code;
}
