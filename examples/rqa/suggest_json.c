/* suggest_json.c - suggestions as JSON: one object, or a list of them and what they have in common. */
#include "cli_console.h"
#include "cli_json.h"
#include "suggest_result.h"

static const double *curve_of(const rqa_suggestion *s, int32_t curve, size_t *n)
{
    const double *values = NULL;
    *n = 0;
    rqa_suggestion_curve(s, curve, &values, n);
    return values;
}

static void print_curve(const char *name, const rqa_suggestion *s, int32_t curve)
{
    size_t n;
    const double *values = curve_of(s, curve, &n);
    cli_print("\"%s\": [", name);
    for (size_t k = 0; k < n; k++) {
        cli_print("%s", k ? "," : "");
        cli_json_number(values[k]);
    }
    cli_print("]");
}

/* Rows {dim, ...} of the curves named; as many as the first has. */
static void print_rows(const char *name, const rqa_suggestion *s, const char *const *names,
                       const int32_t *curves, size_t n_curves, const char *indent)
{
    size_t n;
    curve_of(s, curves[0], &n);
    cli_print("\"%s\": [", name);
    for (size_t m = 0; m < n; m++) {
        cli_print("%s\n%s  {\"dim\": %zu", m ? "," : "", indent, m + 1);
        for (size_t c = 0; c < n_curves; c++) {
            size_t n_here;
            cli_print(", \"%s\": ", names[c]);
            cli_json_number(curve_of(s, curves[c], &n_here)[m]);
        }
        cli_print("}");
    }
    cli_print(n ? "\n%s]" : "]", indent);
}

static void print_curves(const rqa_suggestion *s, const char *indent)
{
    static const char *const fnn[] = {"criterion1", "criterion2", "either", "fraction", "n"};
    static const int32_t fnn_curves[] = {RQA_CURVE_FNN_CRITERION1, RQA_CURVE_FNN_CRITERION2,
                                         RQA_CURVE_FNN_EITHER, RQA_CURVE_FNN_FRACTION,
                                         RQA_CURVE_FNN_N};
    static const char *const cao[] = {"e1", "e2", "e", "e_star"};
    static const int32_t cao_curves[] = {RQA_CURVE_CAO_E1, RQA_CURVE_CAO_E2, RQA_CURVE_CAO_E,
                                         RQA_CURVE_CAO_E_STAR};
    cli_print("%s", indent);
    print_curve("acf", s, RQA_CURVE_ACF);
    cli_print(",\n%s", indent);
    print_curve("ami", s, RQA_CURVE_AMI);
    cli_print(",\n%s", indent);
    print_rows("fnn", s, fnn, fnn_curves, 5, indent);
    cli_print(",\n%s", indent);
    print_rows("cao", s, cao, cao_curves, 4, indent);
    cli_print(",\n");
}

static void print_number(const char *name, const rqa_suggestion *s, int item)
{
    cli_print("\"%s\": ", name);
    cli_json_number(suggest_value(s, item));
}

static void print_picks(const rqa_suggestion *s, const char *indent)
{
    static const int thresholds[] = {RQA_SUGGESTION_RATE05, RQA_SUGGESTION_DIAMETER10,
                                     RQA_SUGGESTION_SD02};
    static const int lags[] = {RQA_SUGGESTION_FIRST_ZERO, RQA_SUGGESTION_FIRST_1_OVER_E,
                               RQA_SUGGESTION_FIRST_MINIMUM, RQA_SUGGESTION_DELAY,
                               RQA_SUGGESTION_DIM};
    for (size_t k = 0; k < sizeof lags / sizeof lags[0]; k++) {
        cli_print("%s", indent);
        print_number(suggest_names[lags[k]], s, lags[k]);
        cli_print(",\n");
    }
    cli_print("%s\"threshold\": {", indent);
    for (size_t k = 0; k < 3; k++) {
        cli_print("%s", k ? ", " : "");
        print_number(suggest_names[thresholds[k]], s, thresholds[k]);
    }
    cli_print("},\n%s\"rules\": {", indent);
    for (int item = 0; item < SUGGEST_N; item++) {
        cli_print("%s\n%s  \"%s\": ", item ? "," : "", indent, suggest_names[item]);
        cli_json_text(rqa_suggestion_rule(s, item));
    }
    cli_print("\n%s},\n%s\"warnings\": [", indent, indent);
    for (size_t k = 0; rqa_suggestion_warning(s, k); k++) {
        cli_print("%s", k ? ", " : "");
        cli_json_text(rqa_suggestion_warning(s, k));
    }
    cli_print("]");
}

static void print_settings(const rqa_suggest_options *o, const char *indent)
{
    cli_print("%s\"bins\": %u,\n%s\"estimator\": \"%s\",\n%s\"theiler\": %u,\n"
              "%s\"version\": \"%s\"",
              indent, (unsigned)o->bins, indent, o->mi_estimator == RQA_MI_KSG ? "ksg" : "bins",
              indent, (unsigned)o->theiler, indent, rqa_version());
}

static void print_result(const suggest_result *r, const char *indent)
{
    cli_print("%s\"series\": ", indent);
    cli_json_text(r->label);
    if (!r->suggestion) {
        cli_print(",\n%s\"error\": ", indent);
        cli_json_text(r->error);
        return;
    }
    cli_print(",\n%s\"n_samples\": %zu,\n", indent, r->n_samples);
    print_curves(r->suggestion, indent);
    print_picks(r->suggestion, indent);
}

static void print_common(const suggest_result *results, size_t n)
{
    cli_print("  \"common\": {");
    for (int item = 0; item < SUGGEST_N; item++) {
        const suggest_common common = suggest_common_of(results, n, item);
        cli_print("%s\n    \"%s\": {\"median\": ", item ? "," : "", suggest_names[item]);
        cli_json_number(common.median);
        cli_print(", \"min\": ");
        cli_json_number(common.least);
        cli_print(", \"max\": ");
        cli_json_number(common.most);
        cli_print(", \"n\": %zu}", common.n);
    }
    cli_print("\n  },\n");
}

void suggest_print_json(const suggest_result *results, size_t n, const rqa_suggest_options *options)
{
    cli_print("{\n");
    if (n == 1) {
        print_result(&results[0], "  ");
        cli_print(",\n");
    } else {
        cli_print("  \"recordings\": [");
        for (size_t k = 0; k < n; k++) {
            cli_print("%s\n    {\n", k ? "," : "");
            print_result(&results[k], "      ");
            cli_print("\n    }");
        }
        cli_print("\n  ],\n");
        print_common(results, n);
    }
    print_settings(options, "  ");
    cli_print("\n}\n");
}
