/* cli_analysis.c - the options that all commands share, as librqa's structs. */
#include "cli_analysis.h"

#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_values.h"

enum { MOST_NAMES = 64 };

typedef const char *name_function(int32_t);

/* Number of a name in one of librqa's enumerations from 0. */
static int find_name(int32_t *out, cli_option option, const char *text, name_function *name_of)
{
    const char *names[MOST_NAMES];
    size_t n = 0;
    int found = 0;
    while (n < MOST_NAMES && name_of((int32_t)n))
        names[n] = name_of((int32_t)n), n++;
    int code = cli_value_name(&found, option, text, names, n);
    *out = found;
    return code;
}

int cli_analysis_norm(int32_t *out, cli_option option, const char *text)
{
    if (rqa_norm_from_name(out, text) == RQA_OK)
        return CLI_OK;
    return find_name(out, option, text, rqa_norm_name);
}

int cli_analysis_measures(uint64_t *out, const char *text)
{
    *out = 0;
    if (strcmp(text, "all") == 0) {
        *out = RQA_MEASURES_DEFAULT;
        return CLI_OK;
    }
    for (const char *item = text;; item++) {
        size_t length = strcspn(item, ",");
        char *name = cli_text("%.*s", (int)length, item);
        int32_t measure;
        int code = find_name(&measure, OPT_MEASURES, name, rqa_measure_name);
        free(name);
        if (code != CLI_OK)
            return code;
        *out |= RQA_MEASURE_BIT(measure);
        item += length;
        if (*item == 0)
            return CLI_OK;
    }
}

/* A log file gets the choices too. */
static void log_line(void *user, int32_t level, const char *line)
{
    const cli_arguments *arguments = user;
    if (level <= RQA_LOG_WARNING || arguments->value[OPT_VERBOSE])
        cli_note("rqa: %s", line);
    else
        cli_log("rqa: %s", line);
}

static int gpu_options(rqa_context_options *options, const cli_arguments *arguments)
{
    const char *share = arguments->value[OPT_GPU_MEMORY], *batch = arguments->value[OPT_GPU_BATCH];
    uint64_t n = 0;
    int code = CLI_OK;
    if (share)
        code = cli_value_real(&options->device_memory_share, OPT_GPU_MEMORY, share);
    if (code == CLI_OK && share &&
        !(options->device_memory_share > 0 && options->device_memory_share <= 1))
        code = cli_fail(CLI_BAD_INPUT, "--gpu-memory: %s is not above 0 and at most 1", share);
    if (code == CLI_OK && batch)
        code = cli_value_whole(&n, OPT_GPU_BATCH, batch, 1, UINT32_MAX);
    options->device_batch = (uint32_t)n;
    return code;
}

int cli_analysis_context(rqa_context **out, const cli_arguments *arguments)
{
    rqa_context_options options;
    rqa_context_options_init(&options);
    *out = NULL;
    int code = CLI_OK;
    uint64_t threads = 0;
    if (arguments->value[OPT_THREADS])
        code = cli_value_whole(&threads, OPT_THREADS, arguments->value[OPT_THREADS], 1, 1024);
    if (code == CLI_OK && arguments->value[OPT_MEMORY])
        code =
            cli_value_bytes(&options.memory_limit_bytes, OPT_MEMORY, arguments->value[OPT_MEMORY]);
    if (code == CLI_OK)
        code = gpu_options(&options, arguments);
    if (code != CLI_OK)
        return code;
    options.n_threads = (uint32_t)threads;
    options.log = log_line;
    options.log_user = (void *)arguments;
    options.log_level = arguments->value[OPT_VERBOSE] || arguments->value[OPT_LOG]
                            ? RQA_LOG_INFO
                            : RQA_LOG_WARNING;
    rqa_status status = rqa_context_create(out, &options);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, "context");
}

static int whole_option(uint32_t *out, const cli_arguments *arguments, cli_option option)
{
    uint64_t value = *out;
    if (!arguments->value[option])
        return CLI_OK;
    int code = cli_value_whole(&value, option, arguments->value[option], 1, INT32_MAX);
    *out = (uint32_t)value;
    return code;
}

static int enumerated_option(int32_t *out, const cli_arguments *arguments, cli_option option,
                             const char *const *names, size_t n)
{
    int found = 0;
    if (!arguments->value[option])
        return CLI_OK;
    int code = cli_value_name(&found, option, arguments->value[option], names, n);
    *out = found;
    return code;
}

/* rqa_threshold_unit in its order; of the last one a plot and its measures alone are known, and a test has
 * those up to the rate. */
static const char *const units[] = {"data",          "std",
                                    "max-diameter",  "mean-diameter",
                                    "recurrence-rate", "neighbours",
                                    "neighbour-rate",  "adaptive-neighbours"};

const char *cli_threshold_unit_name(int32_t unit)
{
    return units[unit];
}

static int read_bound(double *out, cli_option option, const char *text, double most)
{
    int code = cli_value_real(out, option, text);
    if (code != CLI_OK || (*out > 0 && *out <= most))
        return code;
    return cli_fail(CLI_BAD_INPUT, "%s: '%s' is not above 0 and at most %g", cli_option_name(option),
                    text, most);
}

/* "A" or "A,T" */
static int read_isodirectional(rqa_analysis_options *out, const char *text)
{
    const char *comma = strchr(text, ',');
    char *bound = cli_text("%.*s", comma ? (int)(comma - text) : (int)strlen(text), text);
    uint64_t lag = 1;
    int code = read_bound(&out->direction_bound, OPT_ISODIRECTIONAL, bound, 2);
    if (code == CLI_OK && comma)
        code = cli_value_whole(&lag, OPT_ISODIRECTIONAL, comma + 1, 1, INT32_MAX);
    out->direction = RQA_DIRECTION_ISODIRECTIONAL;
    out->direction_lag = (uint32_t)lag;
    free(bound);
    return code;
}

/* Which cells stay by their place. */
static int cell_options(rqa_analysis_options *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    out->skeleton = value[OPT_SKELETON] != NULL;
    if (value[OPT_ISODIRECTIONAL] && value[OPT_PERPENDICULAR])
        return cli_fail(CLI_BAD_INPUT, "--isodirectional and --perpendicular: give one of them");
    if (value[OPT_ISODIRECTIONAL])
        return read_isodirectional(out, value[OPT_ISODIRECTIONAL]);
    if (!value[OPT_PERPENDICULAR])
        return CLI_OK;
    out->direction = RQA_DIRECTION_PERPENDICULAR;
    return read_bound(&out->direction_bound, OPT_PERPENDICULAR, value[OPT_PERPENDICULAR], 1);
}

int cli_analysis_options(rqa_analysis_options *out, const cli_arguments *arguments, int single)
{
    static const char *const ties[] = {"all", "index"};
    static const char *const compares[] = {"convention", "le", "lt"};
    static const char *const borders[] = {"convention", "include", "exclude"};
    const char *const *value = arguments->value;
    rqa_analysis_options_init(out);
    const size_t n_units = arguments->command == CLI_TEST                  ? 5
                           : arguments->command & (CLI_ANALYZE | CLI_PLOT) ? 8
                                                                           : 7;
    int code =
        enumerated_option(&out->threshold_unit, arguments, OPT_THRESHOLD_UNIT, units, n_units);
    if (code == CLI_OK)
        code = enumerated_option(&out->ties, arguments, OPT_TIES, ties, 2);
    if (code == CLI_OK && value[OPT_THRESHOLD_LOWER]) {
        code = cli_value_real(&out->threshold_lower, OPT_THRESHOLD_LOWER,
                              value[OPT_THRESHOLD_LOWER]);
        out->corridor = 1;
    }
    if (code == CLI_OK)
        code = enumerated_option(&out->compare, arguments, OPT_COMPARE, compares, 3);
    if (code == CLI_OK)
        code = enumerated_option(&out->white_border, arguments, OPT_WHITE_BORDER, borders, 3);
    if (code == CLI_OK && value[OPT_BORDER])
        code = find_name(&out->border, OPT_BORDER, value[OPT_BORDER], rqa_border_name);
    if (code == CLI_OK)
        code = cell_options(out, arguments);
    if (code == CLI_OK && value[OPT_CONVENTION])
        code =
            find_name(&out->convention, OPT_CONVENTION, value[OPT_CONVENTION], rqa_convention_name);
    if (code == CLI_OK && value[OPT_NORM])
        code = cli_analysis_norm(&out->norm, OPT_NORM, value[OPT_NORM]);
    if (code == CLI_OK && value[OPT_BACKEND])
        code = find_name(&out->backend, OPT_BACKEND, value[OPT_BACKEND], rqa_backend_name);
    if (code == CLI_OK && value[OPT_MEASURES])
        code = cli_analysis_measures(&out->measures, value[OPT_MEASURES]);
    uint64_t theiler = 0;
    if (code == CLI_OK && value[OPT_THEILER]) {
        code = cli_value_whole(&theiler, OPT_THEILER, value[OPT_THEILER], 0, INT32_MAX);
        out->theiler = (int64_t)theiler;
    }
    if (code == CLI_OK)
        code = whole_option(&out->wmin, arguments, OPT_WMIN);
    uint64_t size = 0;
    if (code == CLI_OK && value[OPT_MICROSTATE_SIZE])
        code = cli_value_whole(&size, OPT_MICROSTATE_SIZE, value[OPT_MICROSTATE_SIZE], 1, 4);
    out->microstate_size = (uint32_t)size;
    if (code == CLI_OK && single)
        code = whole_option(&out->lmin, arguments, OPT_LMIN);
    if (code == CLI_OK && single)
        code = whole_option(&out->vmin, arguments, OPT_VMIN);
    return code;
}

int cli_analysis_windows(rqa_windows_options *out, const cli_arguments *arguments)
{
    static const char *const scopes[] = {"recording", "window"};
    static const cli_option of_windows[] = {OPT_STEP, OPT_SCOPE};
    const char *const *value = arguments->value;
    rqa_windows_options_init(out);
    for (size_t k = 0; !value[OPT_WINDOW] && k < sizeof of_windows / sizeof of_windows[0]; k++)
        if (value[of_windows[k]])
            return cli_fail(CLI_BAD_INPUT, "%s is of windows: --window W is missing",
                            cli_option_name(of_windows[k]));
    if (!value[OPT_WINDOW])
        return CLI_OK;
    int code = cli_value_whole(&out->window, OPT_WINDOW, value[OPT_WINDOW], 2, INT32_MAX);
    if (code == CLI_OK && value[OPT_STEP])
        code = cli_value_whole(&out->step, OPT_STEP, value[OPT_STEP], 1, INT32_MAX);
    if (code == CLI_OK)
        code = enumerated_option(&out->scope, arguments, OPT_SCOPE, scopes, 2);
    return code;
}

int cli_analysis_categorical(double threshold, int32_t compare, const cli_arguments *arguments)
{
    if (!arguments->value[OPT_CATEGORICAL] || (threshold == 0 && compare != RQA_COMPARE_LT))
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT, "--categorical: equal texts recur; allowed is --threshold 0, the "
                                   "default here, with --compare le");
}

int cli_analysis_series(rqa_series_options *out, const cli_arguments *arguments)
{
    static const char *const scalings[] = {"none", "zscore", "zscore-pop", "unit"};
    static const char *const policies[] = {"error", "skip"};
    rqa_series_options_init(out);
    int code = enumerated_option(&out->normalization, arguments, OPT_NORMALIZE, scalings, 4);
    if (code == CLI_OK)
        code = enumerated_option(&out->missing, arguments, OPT_MISSING_POLICY, policies, 2);
    return code;
}

/* No character with which a row can begin. */
static int check_comment(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr("+-.,\"", *c) || (*c >= '0' && *c <= '9') ||
            (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
            return cli_fail(CLI_BAD_INPUT,
                            "--comment: '%s' is not made of signs such as #, %%, ; or !, with which "
                            "no row begins",
                            text);
    return CLI_OK;
}

int cli_analysis_request(reader_request *out, const cli_arguments *arguments)
{
    static const char *const delimiters[] = {"comma", "semicolon", "tab", "space"};
    static const char *const decimals[] = {"point", "comma"};
    static const char *const answers[] = {"no", "yes"};
    int32_t delimiter = -1, decimal = -1, header = -1;
    uint64_t skip = 0;
    memset(out, 0, sizeof *out);
    int code = enumerated_option(&delimiter, arguments, OPT_DELIMITER, delimiters, 4);
    if (code == CLI_OK)
        code = enumerated_option(&decimal, arguments, OPT_DECIMAL, decimals, 2);
    if (code == CLI_OK)
        code = enumerated_option(&header, arguments, OPT_HEADER, answers, 2);
    if (code != CLI_OK)
        return code;
    if (arguments->value[OPT_SKIP_LINES])
        code = cli_value_whole(&skip, OPT_SKIP_LINES, arguments->value[OPT_SKIP_LINES], 0,
                               INT32_MAX);
    if (code == CLI_OK && arguments->value[OPT_COMMENT])
        code = check_comment(arguments->value[OPT_COMMENT]);
    if (code != CLI_OK)
        return code;
    out->delimiter = delimiter >= 0 ? ",;\t "[delimiter] : 0;
    out->decimal = decimal >= 0 ? ".,"[decimal] : 0;
    if (arguments->value[OPT_CATEGORICAL] && arguments->value[OPT_NORMALIZE])
        return cli_fail(CLI_BAD_INPUT,
                        "--normalize: with --categorical there are no numbers to scale");
    out->categorical = arguments->value[OPT_CATEGORICAL] != NULL;
    out->header = header < 0 ? 0 : header ? 1 : -1;
    out->missing = arguments->value[OPT_MISSING];
    out->skip_lines = (size_t)skip;
    out->comment = arguments->value[OPT_COMMENT];
    out->variable = arguments->value[OPT_VARIABLE];
    out->where = arguments->value[OPT_WHERE];
    out->columns = arguments->value[OPT_COLUMNS];
    return CLI_OK;
}

int cli_analysis_rate(double *out, const cli_arguments *arguments)
{
    const char *text = arguments->value[OPT_SAMPLING_RATE];
    *out = 0.0;
    if (!text)
        return CLI_OK;
    int code = cli_value_real(out, OPT_SAMPLING_RATE, text);
    if (code == CLI_OK && *out == 0.0)
        code = cli_fail(CLI_BAD_INPUT, "--sampling-rate: '%s' is not a rate > 0", text);
    return code;
}

int cli_analysis_format(int *is_json, const cli_arguments *arguments)
{
    static const char *const formats[] = {"text", "json"};
    int32_t format = 0;
    int code = enumerated_option(&format, arguments, OPT_FORMAT, formats, 2);
    *is_json = format;
    return code;
}

const char *cli_compare_text(int32_t compare)
{
    return compare == RQA_COMPARE_LT ? "<" : "<=";
}
