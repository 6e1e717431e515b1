/* cmd_test.c - rqa test: a recording among its surrogates, as text or JSON. */
#include <math.h>
#include <rqa/rqa.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_files.h"
#include "cli_json.h"
#include "cli_number.h"
#include "cli_output.h"
#include "cli_pair.h"
#include "cli_system.h"
#include "cli_values.h"
#include "null_picture.h"

enum { MOST_SURROGATES = 1000000 };

typedef struct report {
    const cli_arguments *arguments;
    const cli_pair *pair;
    const rqa_surrogate_options *options;
    const rqa_surrogates *surrogates;
    const rqa_test *test;
    double error_mean, error_largest; /* of the spectrum */
    double iterations_mean;
    int two_sided;
} report;

static int read_whole32(uint32_t *out, cli_option option, const char *text, uint64_t least, uint64_t most)
{
    uint64_t value = 0;
    int code = text ? cli_value_whole(&value, option, text, least, most) : CLI_OK;
    if (text && code == CLI_OK)
        *out = (uint32_t)value;
    return code;
}

static int read_options(rqa_surrogate_options *out, const cli_arguments *arguments)
{
    static const char *const methods[] = {"shuffle", "phase", "aaft", "iaaft", "twin"};
    const char *const *value = arguments->value;
    int method = RQA_SURROGATE_IAAFT, code = CLI_OK;
    rqa_surrogate_options_init(out);
    if (value[OPT_SURROGATES])
        code = cli_value_name(&method, OPT_SURROGATES, value[OPT_SURROGATES], methods,
                              sizeof methods / sizeof *methods);
    out->method = method;
    if (code == CLI_OK)
        code = read_whole32(&out->count, OPT_SURROGATE_COUNT, value[OPT_SURROGATE_COUNT], 1,
                            MOST_SURROGATES);
    if (code == CLI_OK && value[OPT_SEED])
        code = cli_value_whole(&out->seed, OPT_SEED, value[OPT_SEED], 0, UINT64_MAX);
    if (code == CLI_OK)
        code = read_whole32(&out->max_iterations, OPT_MAX_ITERATIONS, value[OPT_MAX_ITERATIONS], 1,
                            UINT32_MAX);
    if (code == CLI_OK)
        code = read_whole32(&out->min_distance, OPT_MIN_DISTANCE, value[OPT_MIN_DISTANCE], 0, INT32_MAX);
    if (code == CLI_OK && value[OPT_MAX_ITERATIONS] && method != RQA_SURROGATE_IAAFT)
        code = cli_fail(CLI_BAD_INPUT, "--max-iterations is for --surrogates iaaft");
    if (code == CLI_OK && value[OPT_MIN_DISTANCE] && method != RQA_SURROGATE_TWIN)
        code = cli_fail(CLI_BAD_INPUT, "--min-distance is for --surrogates twin");
    return code;
}

static uint64_t wanted(const report *r)
{
    const uint64_t mask = r->pair->options.measures;
    return mask ? mask : RQA_MEASURES_DEFAULT;
}

static int is_wanted(const report *r, int32_t measure)
{
    return (wanted(r) & RQA_MEASURE_BIT(measure)) != 0;
}

static rqa_test_result result_of(const report *r, int32_t measure)
{
    rqa_test_result result = {.struct_size = sizeof result, .value = NAN};
    rqa_test_get(r->test, measure, &result);
    return result;
}

static void note_spectra(report *r)
{
    const size_t n = rqa_surrogates_count(r->surrogates);
    for (size_t k = 0; k < n; k++) {
        double error = 0;
        uint32_t n_iterations = 0;
        rqa_surrogates_spectrum_error(r->surrogates, k, &error, &n_iterations);
        r->error_mean += error / (double)n;
        r->error_largest = error > r->error_largest ? error : r->error_largest;
        r->iterations_mean += n_iterations / (double)n;
    }
}

static void json_field(const char *name, double value)
{
    cli_print(",\n      \"%s\": ", name);
    cli_json_number(value);
}

static void json_measure(const report *r, int32_t measure, const char *comma)
{
    const rqa_test_result t = result_of(r, measure);
    cli_print("%s\n    \"%s\": {\n      \"value\": ", comma, rqa_measure_name(measure));
    cli_json_number(t.value);
    json_field("p", r->two_sided ? t.p_two_sided : t.p);
    json_field("p_greater", t.p);
    json_field("p_less", t.p_less);
    json_field("p_two_sided", t.p_two_sided);
    json_field("mean", t.mean);
    json_field("std", t.std);
    json_field("min", t.minimum);
    json_field("q025", t.q025);
    json_field("median", t.median);
    json_field("q975", t.q975);
    json_field("max", t.maximum);
    cli_print(",\n      \"n_surrogates\": %llu,\n      \"n_undefined\": %llu,\n      \"n_at_least\": %llu",
              (unsigned long long)t.n_surrogates, (unsigned long long)t.n_undefined,
              (unsigned long long)t.n_at_least);
    if (isnan(t.value)) {
        cli_print(",\n      \"undefined\": ");
        cli_json_text(rqa_reason_text(t.reason));
    }
    cli_print("\n    }");
}

static void print_json(const report *r)
{
    const rqa_surrogate_options *o = r->options;
    const char *comma = "";
    cli_print("{\n  \"n_samples\": %llu,\n  \"n_vectors\": %llu,\n",
              (unsigned long long)rqa_series_n_samples(r->pair->x_series),
              (unsigned long long)rqa_embedding_n_vectors(r->pair->x));
    cli_print("  \"surrogates\": {\n    \"method\": \"%s\",\n    \"count\": %u,\n    \"seed\": %llu,\n"
              "    \"spectrum_error_mean\": ",
              rqa_surrogate_method_name(o->method), (unsigned)o->count, (unsigned long long)o->seed);
    cli_json_number(r->error_mean);
    cli_print(",\n    \"spectrum_error_max\": ");
    cli_json_number(r->error_largest);
    if (o->method == RQA_SURROGATE_IAAFT) {
        cli_print(",\n    \"iterations_mean\": ");
        cli_json_number(r->iterations_mean);
    }
    if (o->method == RQA_SURROGATE_TWIN) {
        uint64_t n_pairs = 0, n_vectors = 0;
        rqa_surrogates_twins(r->surrogates, &n_pairs, &n_vectors);
        cli_print(",\n    \"twin_pairs\": %llu,\n    \"vectors_with_a_twin\": %llu",
                  (unsigned long long)n_pairs, (unsigned long long)n_vectors);
    }
    cli_print("\n  },\n  \"sides\": %d,\n  \"measures\": {", r->two_sided ? 2 : 1);
    for (int32_t m = 0; rqa_measure_name(m); m++)
        if (is_wanted(r, m)) {
            json_measure(r, m, comma);
            comma = ",";
        }
    cli_print("\n  },\n  \"parameters\": {\n    \"columns\": ");
    cli_json_text(r->pair->x_columns);
    cli_print(",\n    \"dim\": %u,\n    \"delay\": %u,\n    \"threshold\": ",
              (unsigned)rqa_embedding_dim(r->pair->x), (unsigned)rqa_embedding_delay(r->pair->x));
    cli_json_number(r->pair->options.threshold);
    cli_print(",\n    \"threshold_unit\": \"%s\",\n    \"norm\": \"%s\",\n    \"border\": \"%s\"\n  },\n"
              "  \"convention\": \"%s\",\n  \"version\": \"%s\"\n}\n",
              r->arguments->value[OPT_THRESHOLD_UNIT] ? r->arguments->value[OPT_THRESHOLD_UNIT] : "data",
              rqa_norm_name(r->pair->options.norm), rqa_border_name(r->pair->options.border),
              rqa_convention_name(r->pair->options.convention), rqa_version());
}

static void text_measure(const report *r, int32_t measure)
{
    const rqa_test_result t = result_of(r, measure);
    if (isnan(t.value)) {
        cli_print("%-8s %12s  undefined, %s\n", rqa_measure_name(measure), "-",
                  rqa_reason_text(t.reason));
        return;
    }
    cli_print("%-8s %12.6g", rqa_measure_name(measure), t.value);
    if (t.n_surrogates == 0)
        cli_print("  undefined for every surrogate\n");
    else {
        cli_print(" %8.4g %12.6g", r->two_sided ? t.p_two_sided : t.p, t.mean);
        if (isnan(t.std))
            cli_print(" %12s", "-");
        else
            cli_print(" %12.4g", t.std);
        cli_print(" %12.6g %12.6g %12.6g", t.q025, t.median, t.q975);
    }
    if (t.n_surrogates && t.n_undefined)
        cli_print("  (%llu undefined)", (unsigned long long)t.n_undefined);
    if (t.n_surrogates)
        cli_print("\n");
}

static const char *unit_text(const report *r)
{
    const char *unit = r->arguments->value[OPT_THRESHOLD_UNIT];
    return !unit || strcmp(unit, "data") == 0 ? "in units of the data" : unit;
}

static void print_text(const report *r)
{
    const rqa_surrogate_options *o = r->options;
    char threshold[CLI_NUMBER_ROOM + 1];
    cli_print("recording    %s, columns %s: %llu samples, %llu vectors (dim %u, delay %u)\n",
              strcmp(r->arguments->inputs[0], "-") == 0 ? "stdin" : r->arguments->inputs[0],
              r->pair->x_columns, (unsigned long long)rqa_series_n_samples(r->pair->x_series),
              (unsigned long long)rqa_embedding_n_vectors(r->pair->x),
              (unsigned)rqa_embedding_dim(r->pair->x), (unsigned)rqa_embedding_delay(r->pair->x));
    cli_print("threshold    %s %s (%s norm, convention %s)\n",
              cli_number_text(threshold, r->pair->options.threshold), unit_text(r),
              rqa_norm_name(r->pair->options.norm), rqa_convention_name(r->pair->options.convention));
    cli_print("surrogates   %u by %s, seed %llu; spectrum off by %.3g on average, %.3g at most",
              (unsigned)o->count, rqa_surrogate_method_name(o->method), (unsigned long long)o->seed,
              r->error_mean, r->error_largest);
    if (o->method == RQA_SURROGATE_IAAFT)
        cli_print("; %.3g rounds", r->iterations_mean);
    cli_print("\n\n%-8s %12s %8s %12s %12s %12s %12s %12s\n", "", "recording",
              r->two_sided ? "p (two)" : "p", "mean", "s.d.", "2.5 %", "median", "97.5 %");
    for (int32_t m = 0; rqa_measure_name(m); m++)
        if (is_wanted(r, m))
            text_measure(r, m);
    cli_print("\np: the share of recording and surrogates that %s;\nthe least it can be is %.3g. "
              "Each measure is tested by itself: of twenty, one has p <= 0.05 by chance.\n",
              r->two_sided ? "is as far from the middle, on either side" : "is at least as large",
              (r->two_sided ? 2. : 1.) / (o->count + 1.));
}

/* How many analyses are done, at the bottom of a terminal. */
static int show(uint64_t done, uint64_t total, void *user)
{
    (void)user;
    char *line = cli_text("%llu of %llu analyses", (unsigned long long)done, (unsigned long long)total);
    cli_bar(line);
    free(line);
    return 0;
}

/* CLI_OK, or a code with a line. */
static int run(report *r, rqa_surrogate_options *options, rqa_surrogates **surrogates, rqa_test **test)
{
    const cli_pair *pair = r->pair;
    rqa_analysis_options twin = pair->options;
    rqa_test_options how;
    twin.relation = RQA_RELATION_AUTO;
    options->dim = rqa_embedding_dim(pair->x);
    options->delay = rqa_embedding_delay(pair->x);
    options->analysis = &twin;
    rqa_status status = rqa_surrogates_create(surrogates, pair->x_series, options);
    options->analysis = NULL;
    rqa_test_options_init(&how);
    how.dim = options->dim;
    how.delay = options->delay;
    how.analysis = &pair->options;
    if (system_is_terminal(SYSTEM_STDERR))
        how.progress = show;
    if (status == RQA_OK)
        status = rqa_test_create(test, pair->x_series, pair->y_series, *surrogates, &how);
    if (how.progress)
        cli_bar(NULL);
    if (status != RQA_OK)
        return cli_fail_status(status, r->arguments->inputs[0]);
    r->surrogates = *surrogates;
    r->test = *test;
    note_spectra(r);
    return CLI_OK;
}

static int draw(const report *r)
{
    const char *path = r->arguments->value[OPT_CURVES];
    if (!path)
        return CLI_OK;
    char *title = cli_files_title(r->arguments->inputs[0], r->arguments->value[OPT_WITH]);
    const int code = null_picture_write(r->test, wanted(r), r->two_sided, title, path,
                                        r->arguments->value[OPT_FORCE] != NULL);
    free(title);
    return code;
}

int cmd_test(const cli_arguments *arguments)
{
    cli_pair pair;
    rqa_surrogate_options options;
    rqa_surrogates *surrogates = NULL;
    rqa_test *test = NULL;
    const char *picture = arguments->value[OPT_CURVES];
    int is_json = 0;
    int code = cli_analysis_format(&is_json, arguments);
    if (code == CLI_OK)
        code = read_options(&options, arguments);
    if (code == CLI_OK && picture && strcmp(picture, "-") == 0)
        code = cli_fail(CLI_BAD_INPUT, "--plot: stdout has the results; a file is expected");
    if (code == CLI_OK && picture)
        code = cli_output_check(picture, arguments->value[OPT_FORCE] != NULL);
    if (code != CLI_OK)
        return code;
    report r = {.arguments = arguments, .pair = &pair, .options = &options};
    r.two_sided = arguments->value[OPT_TWO_SIDED] != NULL;
    code = cli_pair_make(&pair, arguments);
    if (code == CLI_OK)
        code = run(&r, &options, &surrogates, &test);
    if (code == CLI_OK)
        code = draw(&r);
    if (code == CLI_OK) {
        if (is_json)
            print_json(&r);
        else
            print_text(&r);
        cli_pair_tell(&pair, arguments);
    }
    rqa_test_destroy(test);
    rqa_surrogates_destroy(surrogates);
    cli_pair_free(&pair);
    return code;
}
