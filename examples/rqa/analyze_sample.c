/* analyze_sample.c - estimates from cells drawn at random, as text and JSON. */
#include "analyze_sample.h"

#include <math.h>
#include <string.h>

#include "cli_console.h"
#include "cli_json.h"
#include "cli_values.h"

#define MOST_LINES UINT64_C(1000000000)
#define MOST_CELLS UINT64_C(1000000000000)

/* What every reader of an estimate should know. */
static const char warning[] = "estimates from cells drawn at random, not the exact values";

/* Options that need every line or every pair. */
static int refuse_exact(const cli_arguments *arguments)
{
    static const cli_option exact[] = {OPT_BOOTSTRAP, OPT_SCALING, OPT_LENGTHS};
    for (size_t k = 0; k < sizeof exact / sizeof exact[0]; k++)
        if (arguments->value[exact[k]])
            return cli_fail(CLI_BAD_INPUT, "%s needs the whole plot, of which --sampled draws a part",
                            cli_option_name(exact[k]));
    return CLI_OK;
}

int analyze_sample_read(analyze_sample *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    int code = CLI_OK;
    memset(out, 0, sizeof *out);
    rqa_sampled_options_init(&out->options);
    out->wanted = value[OPT_SAMPLED] != NULL;
    if (value[OPT_MAX_CELLS] && !out->wanted)
        return cli_fail(CLI_BAD_INPUT, "--max-cells is that of --sampled, which is not given");
    if (!out->wanted)
        return CLI_OK;
    code = cli_value_whole(&out->options.n_lines, OPT_SAMPLED, value[OPT_SAMPLED], 1, MOST_LINES);
    if (code == CLI_OK && value[OPT_MAX_CELLS])
        code = cli_value_whole(&out->options.n_cells, OPT_MAX_CELLS, value[OPT_MAX_CELLS], 1,
                               MOST_CELLS);
    if (code == CLI_OK && value[OPT_SEED])
        code = cli_value_whole(&out->options.seed, OPT_SEED, value[OPT_SEED], 0, UINT64_MAX);
    return code == CLI_OK ? refuse_exact(arguments) : code;
}

int analyze_sample_make(analyze_sample *sample, const cli_pair *pair, const char *path)
{
    rqa_status status = rqa_sampled_compute(&sample->sampled, pair->x, pair->y, &pair->options,
                                            &sample->options);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, path);
}

void analyze_sample_free(analyze_sample *sample)
{
    rqa_sampled_destroy(sample->sampled);
}

static unsigned long long count_of(const analyze_sample *sample, int32_t count)
{
    uint64_t value = 0;
    rqa_sampled_count(sample->sampled, count, &value);
    return value;
}

/* The estimate of a measure that was asked for and has one. */
static int find(const analyze_sample *sample, int32_t measure, rqa_estimate *out)
{
    out->struct_size = sizeof *out;
    return rqa_sampled_get(sample->sampled, measure, out) == RQA_OK;
}

static void json_draws(const analyze_sample *sample)
{
    cli_print("  \"sampled\": {\n    \"note\": ");
    cli_json_text(warning);
    cli_print(",\n    \"seed\": %llu,\n    \"lines_wanted\": %llu,\n    \"lines\": %llu,\n"
              "    \"vertical_lines\": %llu,\n    \"cells\": %llu,\n    \"points\": %llu,\n"
              "    \"blocks\": %llu\n  },\n",
              (unsigned long long)sample->options.seed, (unsigned long long)sample->options.n_lines,
              count_of(sample, RQA_SAMPLED_DIAGONAL), count_of(sample, RQA_SAMPLED_VERTICAL),
              count_of(sample, RQA_SAMPLED_CELLS), count_of(sample, RQA_SAMPLED_POINTS),
              count_of(sample, RQA_SAMPLED_BLOCKS));
}

static void json_numbers(const analyze_sample *sample, const char *key, int of_errors)
{
    const char *comma = "";
    rqa_estimate e;
    cli_print("  \"%s\": {", key);
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        if (!find(sample, m, &e))
            continue;
        cli_print("%s\n    \"%s\": ", comma, rqa_measure_name(m));
        cli_json_number(of_errors ? e.standard_error : e.value);
        comma = ",";
    }
    cli_print("\n  },\n");
}

void analyze_sample_json(const analyze_sample *sample)
{
    const char *comma = "";
    rqa_estimate e;
    json_draws(sample);
    json_numbers(sample, "measures", 0);
    json_numbers(sample, "standard_errors", 1);
    cli_print("  \"undefined\": {");
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        if (!find(sample, m, &e) || e.reason == RQA_REASON_DEFINED)
            continue;
        cli_print("%s\n    \"%s\": ", comma, rqa_measure_name(m));
        cli_json_text(rqa_reason_text(e.reason));
        comma = ",";
    }
    cli_print(*comma ? "\n  },\n" : "},\n");
}

void analyze_sample_text(const analyze_sample *sample)
{
    int width = 8;
    rqa_estimate e;
    const unsigned long long lines = count_of(sample, RQA_SAMPLED_DIAGONAL);
    cli_print("%-12s %s: %llu diagonal lines from %llu cells, seed %llu\n", "sampled", warning, lines,
              count_of(sample, RQA_SAMPLED_CELLS), (unsigned long long)sample->options.seed);
    if (lines < sample->options.n_lines)
        cli_print("%-12s --max-cells %llu came before --sampled %llu lines\n", "",
                  (unsigned long long)sample->options.n_cells,
                  (unsigned long long)sample->options.n_lines);
    cli_print("\n");
    for (int32_t m = 0; rqa_measure_name(m); m++)
        if (find(sample, m, &e) && (int)strlen(rqa_measure_name(m)) > width)
            width = (int)strlen(rqa_measure_name(m));
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        if (!find(sample, m, &e))
            continue;
        if (isnan(e.value))
            cli_print("%-*s %15s  %s: undefined, %s\n", width, rqa_measure_name(m), "-",
                      rqa_measure_text(m), rqa_reason_text(e.reason));
        else
            cli_print("%-*s %15.10g  standard error %.3g  %s\n", width, rqa_measure_name(m), e.value,
                      e.standard_error, rqa_measure_text(m));
    }
}
