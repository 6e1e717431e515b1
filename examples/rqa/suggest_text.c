/* suggest_text.c - suggestions as text: of one recording each number with its rule, of several a row
 * each. */
#include <math.h>
#include <stdio.h>

#include "cli_console.h"
#include "cli_number.h"
#include "suggest_result.h"

static const char *number_text(char *text, size_t size, double value)
{
    if (isnan(value))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.6g", value);
    return text;
}

static void print_dims(const rqa_suggestion *s)
{
    static const int32_t curves[] = {RQA_CURVE_FNN_CRITERION1, RQA_CURVE_FNN_CRITERION2,
                                     RQA_CURVE_FNN_EITHER, RQA_CURVE_FNN_N,
                                     RQA_CURVE_CAO_E1, RQA_CURVE_CAO_E2};
    const double *values;
    size_t n, n_here;
    char text[CLI_NUMBER_ROOM + 1];
    if (rqa_suggestion_curve(s, RQA_CURVE_FNN_N, &values, &n) != RQA_OK)
        return;
    cli_print("\nfalse nearest neighbours (by criterion 1, 2, either, of so many), Cao's E1 and E2\n"
              "%4s %10s %10s %10s %10s %9s %9s\n", "dim", "criterion1", "criterion2", "either", "of",
              "E1", "E2");
    for (size_t m = 0; m < n; m++) {
        cli_print("%4zu", m + 1);
        for (size_t c = 0; c < sizeof curves / sizeof curves[0]; c++) {
            rqa_suggestion_curve(s, curves[c], &values, &n_here);
            if (c < 4)
                cli_print(" %10.0f", values[m]);
            else if (m < n_here && !isnan(values[m]))
                cli_print(" %9.4f", values[m]);
            else
                cli_print(" %9s", number_text(text, sizeof text, NAN));
        }
        cli_print("\n");
    }
}

static void print_warnings(const suggest_result *r, int with_label)
{
    for (size_t k = 0; rqa_suggestion_warning(r->suggestion, k); k++)
        cli_print("%s%swarning: %s\n", with_label ? r->label : "", with_label ? ": " : "",
                  rqa_suggestion_warning(r->suggestion, k));
}

static void print_one(const suggest_result *r, const rqa_suggest_options *options)
{
    char text[CLI_NUMBER_ROOM + 1];
    cli_print("recording      %s%s%s: %zu samples\n\n", r->label, r->columns ? ", columns " : "",
              r->columns ? r->columns : "", r->n_samples);
    for (int item = 0; item < SUGGEST_N; item++)
        cli_print("%-14s %10s  %s\n", suggest_names[item],
                  number_text(text, sizeof text, suggest_value(r->suggestion, item)),
                  rqa_suggestion_rule(r->suggestion, item));
    print_dims(r->suggestion);
    cli_print("\n");
    print_warnings(r, 0);
    if (options->mi_estimator == RQA_MI_KSG)
        cli_print("mutual information: ksg, k = %u. ", (unsigned)options->ksg_k);
    else
        cli_print("mutual information: %u bins. ", (unsigned)options->bins);
    cli_print("These are rules of thumb: look at the curves (--plot).\n");
}

static void print_row(const char *label, const double *values)
{
    char text[CLI_NUMBER_ROOM + 1];
    for (int item = 0; item < SUGGEST_N; item++)
        cli_print("%14s ", number_text(text, sizeof text, values[item]));
    cli_print("%s\n", label);
}

static void print_several(const suggest_result *results, size_t n)
{
    double value[SUGGEST_N], least[SUGGEST_N], most[SUGGEST_N];
    for (int item = 0; item < SUGGEST_N; item++)
        cli_print("%14s ", suggest_names[item]);
    cli_print("recording\n");
    for (size_t k = 0; k < n; k++) {
        for (int item = 0; item < SUGGEST_N && results[k].suggestion; item++)
            value[item] = suggest_value(results[k].suggestion, item);
        if (results[k].suggestion)
            print_row(results[k].label, value);
        else
            cli_print("%s\n", results[k].error);
    }
    for (int item = 0; item < SUGGEST_N; item++) {
        const suggest_common common = suggest_common_of(results, n, item);
        value[item] = common.median;
        least[item] = common.least;
        most[item] = common.most;
    }
    cli_print("\n");
    print_row("median of all", value);
    print_row("least", least);
    print_row("largest", most);
    cli_print("\n");
    for (size_t k = 0; k < n; k++)
        if (results[k].suggestion)
            print_warnings(&results[k], 1);
}

void suggest_print_text(const suggest_result *results, size_t n, const rqa_suggest_options *options)
{
    if (n == 1)
        print_one(&results[0], options);
    else
        print_several(results, n);
}
