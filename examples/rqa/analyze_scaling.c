/* analyze_scaling.c - correlation dimension and entropy, as text and JSON. */
#include "analyze_scaling.h"

#include <math.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_console.h"
#include "cli_json.h"
#include "cli_number.h"
#include "cli_values.h"

enum { LAST = ANALYZE_SCALING_THRESHOLDS - 1 };

static const char *const estimator_names[] = {"k2_lines", "k2_segments"};

/* "LO:HI" as two texts. */
static int split(char *low, const char **high, size_t room, cli_option option, const char *text)
{
    const char *colon = strchr(text, ':');
    if (!colon || strchr(colon + 1, ':') || strlen(text) >= room)
        return cli_fail(CLI_BAD_INPUT, "%s is '%.60s'; it must be a range such as %s",
                        cli_option_name(option), text, option == OPT_SCALING ? "0.1:2" : "5:40");
    memcpy(low, text, strlen(text) + 1);
    low[colon - text] = '\0';
    *high = low + (colon - text) + 1;
    return CLI_OK;
}

/* Each threshold is the geometric mean of its neighbours, by halving: the same doubles everywhere. */
static void fill_thresholds(double *threshold)
{
    for (int step = LAST; step > 1; step /= 2)
        for (int k = 0; k < LAST; k += step)
            threshold[k + step / 2] = sqrt(threshold[k]) * sqrt(threshold[k + step]);
}

static int read_thresholds(analyze_scaling *out, const char *text)
{
    char low[80];
    const char *high;
    int code = split(low, &high, sizeof low, OPT_SCALING, text);
    if (code == CLI_OK)
        code = cli_value_real(&out->threshold[0], OPT_SCALING, low);
    if (code == CLI_OK)
        code = cli_value_real(&out->threshold[LAST], OPT_SCALING, high);
    if (code != CLI_OK)
        return code;
    fill_thresholds(out->threshold);
    for (int k = 1; k <= LAST; k++)
        if (!(out->threshold[k - 1] > 0 && out->threshold[k - 1] < out->threshold[k]))
            return cli_fail(CLI_BAD_INPUT,
                            "--scaling is '%s'; the first threshold must be above 0 and well below the "
                            "second",
                            text);
    return CLI_OK;
}

static int read_lengths(analyze_scaling *out, const char *text)
{
    enum { MOST = 1000000000 };
    char low[80];
    const char *high;
    int code = split(low, &high, sizeof low, OPT_LENGTHS, text);
    if (code == CLI_OK)
        code = cli_value_whole(&out->first, OPT_LENGTHS, low, 1, MOST);
    if (code == CLI_OK)
        code = cli_value_whole(&out->last, OPT_LENGTHS, high, 1, MOST);
    if (code == CLI_OK && out->last <= out->first)
        code = cli_fail(CLI_BAD_INPUT, "--lengths is '%s'; the second length must be above the first",
                        text);
    return code;
}

int analyze_scaling_read(analyze_scaling *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    int code = CLI_OK;
    memset(out, 0, sizeof *out);
    out->of_thresholds = value[OPT_SCALING] != NULL;
    out->of_lengths = value[OPT_LENGTHS] != NULL;
    if (out->of_thresholds)
        code = read_thresholds(out, value[OPT_SCALING]);
    if (code == CLI_OK && out->of_lengths)
        code = read_lengths(out, value[OPT_LENGTHS]);
    return code;
}

int analyze_scaling_make(analyze_scaling *scaling, const cli_pair *pair, const rqa_metrics *metrics)
{
    const rqa_line_bin *bins;
    size_t n_bins;
    rqa_status status = RQA_OK;
    if (scaling->of_thresholds && pair->options.threshold_unit > RQA_THRESHOLD_MEAN_DIAMETER)
        return cli_fail(CLI_BAD_INPUT,
                        "--scaling has thresholds in --threshold-unit data, std, max-diameter or "
                        "mean-diameter, not %s",
                        cli_threshold_unit_name(pair->options.threshold_unit));
    if (scaling->of_thresholds) {
        status = rqa_correlation_sum_compute(&scaling->sum, pair->x, pair->y, &pair->options,
                                             scaling->threshold, ANALYZE_SCALING_THRESHOLDS);
        if (status == RQA_OK)
            status = rqa_correlation_sum_d2(scaling->sum, 0, INFINITY, &scaling->d2, NULL);
        if (status != RQA_OK)
            return cli_fail_status(status, cli_option_name(OPT_SCALING));
    }
    if (scaling->of_lengths &&
        rqa_metrics_histogram(metrics, RQA_HISTOGRAM_DIAGONAL, &bins, &n_bins) != RQA_OK)
        return cli_fail(CLI_BAD_INPUT, "--lengths needs a measure of diagonal lines among --measures, "
                                       "such as det");
    for (int32_t k = RQA_K2_LINES; k <= RQA_K2_SEGMENTS && scaling->of_lengths && status == RQA_OK; k++)
        status = rqa_k2(&scaling->k2[k], NULL, bins, n_bins, k, scaling->first, scaling->last);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, cli_option_name(OPT_LENGTHS));
}

void analyze_scaling_free(analyze_scaling *scaling)
{
    rqa_correlation_sum_destroy(scaling->sum);
}

static void json_curve(const char *name, const analyze_scaling *scaling, int32_t curve)
{
    const double *values;
    size_t n;
    rqa_correlation_sum_curve(scaling->sum, curve, &values, &n);
    cli_print(",\n    \"%s\": [", name);
    for (size_t k = 0; k < n; k++) {
        cli_print(k ? ", " : "");
        cli_json_number(values[k]);
    }
    cli_print("]");
}

void analyze_scaling_json(const analyze_scaling *scaling)
{
    if (scaling->sum) {
        cli_print("  \"scaling\": {\n    \"d2\": ");
        cli_json_number(scaling->d2);
        json_curve("thresholds", scaling, RQA_CORRELATION_THRESHOLD);
        json_curve("correlation_sum", scaling, RQA_CORRELATION_SUM);
        json_curve("local_slope", scaling, RQA_CORRELATION_LOCAL_SLOPE);
        cli_print("\n  },\n");
    }
    if (!scaling->of_lengths)
        return;
    cli_print("  \"k2\": {\n    \"lengths\": [%llu, %llu]", (unsigned long long)scaling->first,
              (unsigned long long)scaling->last);
    for (int32_t k = RQA_K2_LINES; k <= RQA_K2_SEGMENTS; k++) {
        cli_print(",\n    \"%s\": ", estimator_names[k]);
        cli_json_number(scaling->k2[k]);
    }
    cli_print("\n  },\n");
}

static void text_number(const char *name, double value, const char *what)
{
    if (isnan(value))
        cli_print("%-12s %15s  %s: undefined, fewer than two points\n", name, "-", what);
    else
        cli_print("%-12s %15.10g  %s\n", name, value, what);
}

void analyze_scaling_text(const analyze_scaling *scaling)
{
    const double *sum, *slope;
    size_t n, n_slopes;
    if (scaling->sum) {
        cli_print("\n%-15s %-15s %s\n", "threshold", "correlation sum", "local slope");
        rqa_correlation_sum_curve(scaling->sum, RQA_CORRELATION_SUM, &sum, &n);
        rqa_correlation_sum_curve(scaling->sum, RQA_CORRELATION_LOCAL_SLOPE, &slope, &n_slopes);
        for (size_t k = 0; k < n; k++) {
            cli_print("%-15.8g %-15.8g", scaling->threshold[k], sum[k]);
            if (k < n_slopes && !isnan(slope[k]))
                cli_print(" %.5g", slope[k]);
            cli_print("\n");
        }
        text_number("d2", scaling->d2, "correlation dimension, over these thresholds");
    }
    if (!scaling->of_lengths)
        return;
    cli_print("\nlines of %llu to %llu, nats a sample\n", (unsigned long long)scaling->first,
              (unsigned long long)scaling->last);
    text_number(estimator_names[RQA_K2_LINES], scaling->k2[RQA_K2_LINES], "correlation entropy");
    text_number(estimator_names[RQA_K2_SEGMENTS], scaling->k2[RQA_K2_SEGMENTS], "correlation entropy");
}
