/* cli_pair.c - one or two recordings, embedded as the options say. */
#include "cli_pair.h"

#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_console.h"
#include "cli_options.h"
#include "cli_recordings.h"
#include "cli_values.h"
#include "reader_parts.h"

enum { MOST_DIM = 1000 };

/* Only a plot can do without: of distances, to which no rule of recurrence applies. */
static int check_without_threshold(const cli_arguments *arguments)
{
    static const cli_option rules[] = {OPT_JOINT, OPT_THRESHOLD_Y, OPT_THRESHOLD_UNIT,
                                       OPT_THRESHOLD_LOWER, OPT_TIES, OPT_CONVENTION, OPT_COMPARE,
                                       OPT_SKELETON, OPT_ISODIRECTIONAL, OPT_PERPENDICULAR};
    if (arguments->command != CLI_PLOT)
        return cli_fail(CLI_BAD_INPUT, "--threshold is required: the distance within which two "
                                       "vectors recur");
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++)
        if (arguments->value[rules[k]])
            return cli_fail(CLI_BAD_INPUT,
                            "%s needs --threshold; without it the distances themselves are drawn",
                            cli_option_name(rules[k]));
    return CLI_OK;
}

/* Everything that can be checked without reading a file. */
static int check_arguments(cli_pair *out, const cli_arguments *arguments)
{
    static const cli_option of_y[] = {OPT_JOINT, OPT_COLUMNS_Y, OPT_PART_Y,
                                      OPT_DIM_Y, OPT_DELAY_Y,   OPT_THRESHOLD_Y};
    const char *const *value = arguments->value;
    if (arguments->n_inputs != 1)
        return cli_fail(CLI_BAD_INPUT,
                        "%zu files are given; one is expected (--with FILE2 for a "
                        "second recording)",
                        arguments->n_inputs);
    for (size_t k = 0; k < sizeof of_y / sizeof of_y[0]; k++)
        if (value[of_y[k]] && !value[OPT_WITH])
            return cli_fail(CLI_BAD_INPUT, "%s needs a second recording: --with FILE2",
                            cli_option_name(of_y[k]));
    if (!value[OPT_THRESHOLD] && !value[OPT_CATEGORICAL]) {
        int code = check_without_threshold(arguments);
        if (code != CLI_OK)
            return code;
    }
    if (value[OPT_WITH] && strcmp(value[OPT_WITH], "-") == 0 &&
        strcmp(arguments->inputs[0], "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "stdin (-) can be read only once");
    int code = cli_analysis_options(&out->options, arguments, 1);
    if (code == CLI_OK && value[OPT_THRESHOLD])
        code = cli_value_real(&out->options.threshold, OPT_THRESHOLD, value[OPT_THRESHOLD]);
    if (code == CLI_OK)
        code = cli_analysis_categorical(out->options.threshold, out->options.compare, arguments);
    if (code == CLI_OK && value[OPT_THRESHOLD_Y])
        code = cli_value_real(&out->options.threshold_y, OPT_THRESHOLD_Y, value[OPT_THRESHOLD_Y]);
    if (value[OPT_WITH])
        out->options.relation = value[OPT_JOINT] ? RQA_RELATION_JOINT : RQA_RELATION_CROSS;
    return code;
}

static int read_embedding(uint64_t *dim, uint64_t *delay, const cli_arguments *arguments,
                          cli_option dim_option, cli_option delay_option)
{
    const char *const *value = arguments->value;
    int code = CLI_OK;
    if (value[dim_option])
        code = cli_value_whole(dim, dim_option, value[dim_option], 1, MOST_DIM);
    if (code == CLI_OK && value[delay_option])
        code = cli_value_whole(delay, delay_option, value[delay_option], 1, INT32_MAX);
    return code;
}

/* What may be wrong with the shape of the table is told with the failure. */
static int embed(rqa_embedding **out, const rqa_series *series, const char *path, const char *shape,
                 uint64_t dim, uint64_t delay)
{
    rqa_status status = rqa_embedding_create(out, series, (uint32_t)dim, (uint32_t)delay);
    if (status == RQA_OK)
        return CLI_OK;
    char *said = cli_option_text(rqa_last_error());
    const int code = cli_fail(cli_code_of_status(status), "%s: %s%s%s", path, said,
                              shape ? "; " : "", shape ? shape : "");
    free(said);
    return code;
}

static int read_embedded(cli_recorded *got, rqa_embedding **embedding, const char *path,
                         const char *part, const cli_reading *reading, const uint64_t place[2])
{
    int code = cli_recording_read(got, path, part, reading);
    return code == CLI_OK ? embed(embedding, got->series, path, got->shape, place[0], place[1])
                          : code;
}

int cli_pair_make(cli_pair *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    reader_request request;
    rqa_series_options series;
    uint64_t dim = 1, delay = 1;
    memset(out, 0, sizeof *out);
    int code = check_arguments(out, arguments);
    if (code == CLI_OK)
        code = read_embedding(&dim, &delay, arguments, OPT_DIM, OPT_DELAY);
    uint64_t dim_y = dim, delay_y = delay;
    if (code == CLI_OK)
        code = read_embedding(&dim_y, &delay_y, arguments, OPT_DIM_Y, OPT_DELAY_Y);
    if (code == CLI_OK)
        code = cli_analysis_request(&request, arguments);
    if (code == CLI_OK)
        code = cli_analysis_series(&series, arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&out->context, arguments);
    if (code != CLI_OK)
        return code;
    const char *columns = request.columns;
    const char *part_y = value[OPT_PART_Y] ? value[OPT_PART_Y] : value[OPT_PART];
    request.keys = value[OPT_GROUP_BY];
    reader_memory memory = cli_series_memory(out->context);
    request.memory = &memory;
    reader_parts codes = {.n_keys = 1, .memory = &memory}; /* of both recordings */
    request.codes = &codes;
    cli_reading reading = {out->context, &request, &series, &columns, 1};
    cli_recorded x = {0}, y = {0};
    const uint64_t place[2] = {dim, delay}, place_y[2] = {dim_y, delay_y};
    code = read_embedded(&x, &out->x, arguments->inputs[0], value[OPT_PART], &reading, place);
    if (code == CLI_OK && value[OPT_WITH]) {
        if (value[OPT_COLUMNS_Y])
            columns = value[OPT_COLUMNS_Y];
        code = read_embedded(&y, &out->y, value[OPT_WITH], part_y, &reading, place_y);
    }
    out->x_series = x.series, out->y_series = y.series;
    out->x_columns = x.columns, out->y_columns = y.columns;
    out->x_shape = x.shape, out->y_shape = y.shape;
    out->x_rate = x.sampling_rate, out->y_rate = y.sampling_rate;
    reader_parts_free(&codes);
    return code;
}

double cli_pair_rate(const cli_pair *pair, double given)
{
    if (given > 0 || !pair->y)
        return given > 0 ? given : pair->x_rate;
    return pair->x_rate == pair->y_rate || pair->y_rate == 0.0 ? pair->x_rate
           : pair->x_rate == 0.0                              ? pair->y_rate
                                                              : 0.0;
}

void cli_pair_tell(const cli_pair *pair, const cli_arguments *arguments)
{
    if (pair->x_shape)
        cli_note("note: %s: %s", arguments->inputs[0], pair->x_shape);
    if (pair->y_shape)
        cli_note("note: %s: %s", arguments->value[OPT_WITH], pair->y_shape);
    if (pair->x_rate > 0 && pair->y_rate > 0 && pair->x_rate != pair->y_rate)
        cli_note("note: %s has %.6g samples in a second, %s %.6g", arguments->inputs[0], pair->x_rate,
                 arguments->value[OPT_WITH], pair->y_rate);
}

void cli_pair_free(cli_pair *pair)
{
    free(pair->x_shape);
    free(pair->y_shape);
    rqa_embedding_destroy(pair->x);
    rqa_embedding_destroy(pair->y);
    rqa_series_destroy(pair->x_series);
    rqa_series_destroy(pair->y_series);
    rqa_context_destroy(pair->context);
    free(pair->x_columns);
    free(pair->y_columns);
}
