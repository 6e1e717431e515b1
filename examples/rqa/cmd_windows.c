/* cmd_windows.c - rqa windows: measures in windows that move along recordings. */
#include <rqa/rqa.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_files.h"
#include "cli_output.h"
#include "cli_pair.h"
#include "cli_recordings.h"
#include "cli_values.h"
#include "windows_curves.h"
#include "windows_table.h"

enum { MOST_DIM = 1000 };

typedef struct windows {
    const cli_arguments *arguments;
    rqa_analysis_options options;
    rqa_windows_options window;
    uint64_t dim, delay;
    double rate; /* that is given; 0: what the files state */
    int32_t measures[RQA_MEASURE_COUNT];
    size_t n_measures;
    rqa_context *context;
    cli_recordings recordings; /* without --with */
    cli_pair pair;             /* with it, or one --part of a file */
    cli_output output;
    windows_table table;
    size_t n_failed;
    char *first_error;
    rqa_status first_status;
} windows;

/* ---- options ---- */

static int read_window(windows *w)
{
    if (!w->arguments->value[OPT_WINDOW])
        return cli_fail(CLI_BAD_INPUT, "--window is required: the samples of a window");
    return cli_analysis_windows(&w->window, w->arguments);
}

/* Those that a sweep has by default: all but t1, t2, rte and trend. */
static void take_measures(windows *w)
{
    const uint64_t slow = RQA_MEASURE_BIT(RQA_MEASURE_T1) | RQA_MEASURE_BIT(RQA_MEASURE_T2) |
                          RQA_MEASURE_BIT(RQA_MEASURE_RTE) | RQA_MEASURE_BIT(RQA_MEASURE_TREND);
    if (w->options.measures == 0)
        w->options.measures = RQA_MEASURES_DEFAULT & ~slow;
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++)
        if (w->options.measures & RQA_MEASURE_BIT(m))
            w->measures[w->n_measures++] = m;
}

static int read_embedding(windows *w)
{
    const char *const *value = w->arguments->value;
    int code = CLI_OK;
    w->dim = w->delay = 1;
    if (value[OPT_DIM])
        code = cli_value_whole(&w->dim, OPT_DIM, value[OPT_DIM], 1, MOST_DIM);
    if (code == CLI_OK && value[OPT_DELAY])
        code = cli_value_whole(&w->delay, OPT_DELAY, value[OPT_DELAY], 1, INT32_MAX);
    const uint64_t span = (w->dim - 1) * w->delay;
    if (code == CLI_OK && w->window.window < span + 2)
        code = cli_fail(CLI_BAD_INPUT,
                        "--window: %llu samples have no two vectors of dim %llu and delay %llu; at "
                        "least %llu are needed",
                        (unsigned long long)w->window.window, (unsigned long long)w->dim,
                        (unsigned long long)w->delay, (unsigned long long)(span + 2));
    return code;
}

static int check_outputs(const windows *w)
{
    const char *const *value = w->arguments->value;
    const char *out = value[OPT_OUT], *plot = value[OPT_CURVES];
    int code = CLI_OK;
    if (!out && !plot)
        return cli_fail(CLI_BAD_INPUT, "--out or --plot is required: the file for the results "
                                       "(--out -: CSV on stdout)");
    if (out && plot && strcmp(out, "-") == 0 && strcmp(plot, "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "--out and --plot cannot both be stdout");
    if (plot && strcmp(plot, "-") != 0)
        code = cli_output_check(plot, value[OPT_FORCE] != NULL);
    return code;
}

/* What needs FILE2 is said by cli_pair_make(), what sweeps have but pairs do not, here. */
static int check_inputs(const windows *w)
{
    static const cli_option of_pair[] = {OPT_JOINT, OPT_COLUMNS_Y, OPT_PART_Y,
                                         OPT_DIM_Y, OPT_DELAY_Y,   OPT_THRESHOLD_Y};
    const cli_arguments *arguments = w->arguments;
    if (arguments->n_inputs == 0)
        return cli_fail(CLI_BAD_INPUT, "an input is expected: a file, a folder, or - for stdin");
    for (size_t k = 0; k < sizeof of_pair / sizeof of_pair[0]; k++)
        if (arguments->value[of_pair[k]] && !arguments->value[OPT_WITH])
            return cli_fail(CLI_BAD_INPUT, "%s needs a second recording: --with FILE2",
                            cli_option_name(of_pair[k]));
    if (!arguments->value[OPT_THRESHOLD] && !arguments->value[OPT_CATEGORICAL])
        return cli_fail(CLI_BAD_INPUT, "--threshold is required: the distance within which two "
                                       "vectors recur");
    return CLI_OK;
}

static int read_options(windows *w)
{
    const char *const *value = w->arguments->value;
    int code = check_inputs(w);
    if (code == CLI_OK)
        code = read_window(w);
    if (code == CLI_OK)
        code = read_embedding(w);
    if (code == CLI_OK)
        code = cli_analysis_rate(&w->rate, w->arguments);
    if (code == CLI_OK)
        code = cli_analysis_options(&w->options, w->arguments, 1);
    if (code == CLI_OK && value[OPT_THRESHOLD])
        code = cli_value_real(&w->options.threshold, OPT_THRESHOLD, value[OPT_THRESHOLD]);
    if (code == CLI_OK)
        code = cli_analysis_categorical(w->options.threshold, w->options.compare, w->arguments);
    if (code == CLI_OK && w->options.threshold_unit >= RQA_THRESHOLD_NEIGHBOURS &&
        w->window.scope != RQA_WINDOWS_SCOPE_WINDOW)
        code = cli_fail(CLI_BAD_INPUT,
                        "--threshold-unit: %s are those of each window; --scope window is needed",
                        cli_threshold_unit_name(w->options.threshold_unit));
    if (code == CLI_OK)
        code = check_outputs(w);
    if (code == CLI_OK)
        take_measures(w);
    return code;
}

/* ---- recordings ---- */

static int read_recordings(windows *w)
{
    reader_request request;
    rqa_series_options series;
    int code = cli_analysis_request(&request, w->arguments);
    if (code == CLI_OK)
        code = cli_analysis_series(&series, w->arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&w->context, w->arguments);
    if (code != CLI_OK)
        return code;
    const char *columns = request.columns;
    request.keys = w->arguments->value[OPT_GROUP_BY];
    reader_memory memory = cli_series_memory(w->context);
    request.memory = &memory;
    cli_reading reading = {w->context, &request, &series, &columns, 1};
    code =
        cli_recordings_read(&w->recordings, w->arguments->inputs, w->arguments->n_inputs, &reading);
    if (code == CLI_OK && w->arguments->value[OPT_CURVES] && w->recordings.n > 1)
        code = cli_fail(CLI_BAD_INPUT, "--plot draws one recording; the inputs hold %zu",
                        w->recordings.n);
    return code;
}

static double rate_of(const windows *w, const cli_recording *recording)
{
    return w->rate > 0 ? w->rate : recording->sampling_rate;
}

static int has_times(const windows *w)
{
    int has = cli_pair_rate(&w->pair, w->rate) > 0;
    for (size_t k = 0; k < w->recordings.n; k++)
        has |= rate_of(w, &w->recordings.recording[k]) > 0;
    return has;
}

static int open_table(windows *w)
{
    const char *const *value = w->arguments->value;
    int code = CLI_OK;
    if (!value[OPT_OUT])
        return CLI_OK;
    code = cli_output_open(&w->output, value[OPT_OUT], value[OPT_FORCE] != NULL);
    w->table = (windows_table){.output = &w->output,
                               .key_names = w->recordings.key_names,
                               .n_keys = w->recordings.n_keys,
                               .measures = w->measures,
                               .n_measures = w->n_measures,
                               .has_times = has_times(w)};
    return code == CLI_OK ? windows_table_header(&w->table) : code;
}

/* ---- results ---- */

static int draw(const windows *w, const char *path, const rqa_windows *result, const rqa_series *x,
                const rqa_series *y, double rate)
{
    const char *const *value = w->arguments->value;
    char *title = cli_files_title(path, value[OPT_WITH]);
    const windows_curves curves = {.title = title,
                                   .columns_x = value[OPT_COLUMNS],
                                   .columns_y = value[OPT_COLUMNS_Y] ? value[OPT_COLUMNS_Y]
                                                                     : value[OPT_COLUMNS],
                                   .x = x,
                                   .y = y,
                                   .windows = result,
                                   .measures = w->measures,
                                   .n_measures = w->n_measures,
                                   .rate = rate};
    int code = windows_curves_write(&curves, value[OPT_CURVES], value[OPT_FORCE] != NULL);
    free(title);
    return code;
}

/* A recording that fails is a row with its error; one that is alone, an error. */
static int compute_recording(windows *w, const cli_recording *recording)
{
    const cli_channels *channels = recording->channels;
    windows_item item = {
        .label = recording->label, .keys = recording->keys, .rate = rate_of(w, recording)};
    rqa_embedding *embedding = NULL;
    rqa_windows *result = NULL;
    rqa_status status = channels->series ? RQA_OK : channels->status;
    char *said = NULL;
    item.error = channels->error;
    if (status == RQA_OK) {
        status = rqa_embedding_create(&embedding, channels->series, (uint32_t)w->dim,
                                      (uint32_t)w->delay);
        if (status == RQA_OK)
            status = rqa_windows_compute(&result, embedding, NULL, &w->options, &w->window);
        item.error = said = cli_option_text(rqa_last_error());
    }
    item.windows = result;
    int code = CLI_OK;
    if (status != RQA_OK && w->recordings.n == 1) {
        code = channels->series
                   ? cli_fail(cli_code_of_status(status), "%s: %s", recording->label, item.error)
                   : cli_fail(cli_code_of_status(status), "%s", item.error);
    } else {
        if (status != RQA_OK && w->n_failed++ == 0) {
            w->first_error = cli_text("%s", item.error);
            w->first_status = status;
        }
        if (w->output.path)
            code = windows_table_item(&w->table, &item);
        if (code == CLI_OK && w->arguments->value[OPT_CURVES])
            code = draw(w, recording->label, result, channels->series, NULL, item.rate);
    }
    free(said);
    rqa_windows_destroy(result);
    rqa_embedding_destroy(embedding);
    return code;
}

static int compute_recordings(windows *w)
{
    int code = read_recordings(w);
    if (code == CLI_OK)
        code = open_table(w);
    for (size_t k = 0; k < w->recordings.n && code == CLI_OK; k++)
        code = compute_recording(w, &w->recordings.recording[k]);
    if (code == CLI_OK && w->n_failed == w->recordings.n)
        code = cli_fail(cli_code_of_status(w->first_status),
                        "none of %zu recordings can be used; the first: %s", w->recordings.n,
                        w->first_error);
    return code;
}

static int compute_pair(windows *w)
{
    rqa_windows *result = NULL;
    const char *path = w->arguments->inputs[0];
    int code = cli_pair_make(&w->pair, w->arguments);
    if (code != CLI_OK)
        return code;
    w->pair.options.measures = w->options.measures;
    rqa_status status =
        rqa_windows_compute(&result, w->pair.x, w->pair.y, &w->pair.options, &w->window);
    if (status != RQA_OK)
        code = cli_fail_status(status, cli_files_shown(path));
    if (code == CLI_OK)
        code = open_table(w);
    const char *part = w->arguments->value[OPT_PART];
    char *label = cli_text("%s%s%s", cli_files_shown(path), part ? "#" : "", part ? part : "");
    const windows_item item = {
        .label = label, .rate = cli_pair_rate(&w->pair, w->rate), .windows = result};
    if (code == CLI_OK && w->output.path)
        code = windows_table_item(&w->table, &item);
    if (code == CLI_OK && w->arguments->value[OPT_CURVES])
        code = draw(w, path, result, w->pair.x_series, w->pair.y_series, item.rate);
    if (code == CLI_OK)
        cli_pair_tell(&w->pair, w->arguments);
    free(label);
    rqa_windows_destroy(result);
    return code;
}

static void tell(const windows *w)
{
    const cli_recordings *r = &w->recordings;
    for (size_t k = 0; k < r->n; k++)
        if (r->recording[k].shape)
            cli_note("note: %s: %s", r->recording[k].label, r->recording[k].shape);
    if (r->n_left_out > 0)
        cli_note("left out, no recordings: %s", r->left_out);
    if (w->n_failed > 0)
        cli_note("%zu of %zu recordings failed; their status says why", w->n_failed, r->n);
}

int cmd_windows(const cli_arguments *arguments)
{
    windows w = {.arguments = arguments, .output = {.fd = -1}};
    int code = read_options(&w);
    if (code == CLI_OK)
        code = arguments->value[OPT_WITH] || arguments->value[OPT_PART] ? compute_pair(&w)
                                                                        : compute_recordings(&w);
    if (code == CLI_OK && w.output.path)
        code = cli_output_commit(&w.output);
    if (code == CLI_OK)
        tell(&w);
    free(w.first_error);
    windows_table_free(&w.table);
    cli_output_close(&w.output);
    cli_recordings_free(&w.recordings);
    cli_pair_free(&w.pair);
    rqa_context_destroy(w.context);
    return code;
}
