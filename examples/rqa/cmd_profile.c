/* cmd_profile.c - rqa profile: recurrence by lag, as CSV, JSON and curves. */
#include <math.h>
#include <rqa/rqa.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_files.h"
#include "cli_number.h"
#include "cli_output.h"
#include "cli_pair.h"
#include "cli_values.h"
#include "curve_file.h"
#include "results_block.h"

enum { MOST_LAGS = 1000, N_QUANTITIES = 3 };

static const char *const names[N_QUANTITIES] = {"rr", "det", "l_mean"};

typedef struct lags {
    const cli_arguments *arguments;
    cli_pair pair;
    double rate; /* 0: not known */
    int is_json;
    rqa_lag_profile *profile;
    int64_t first;
    size_t n;
    const double *value[N_QUANTITIES];
    int64_t marked; /* lag of the largest rate, or of the largest peak of one recording */
    int is_marked;
} lags;

static int read_options(lags *l)
{
    static const char *const formats[] = {"csv", "json"};
    const char *const *value = l->arguments->value;
    int code = CLI_OK;
    if (value[OPT_FORMAT])
        code = cli_value_name(&l->is_json, OPT_FORMAT, value[OPT_FORMAT], formats, 2);
    if (code == CLI_OK)
        code = cli_analysis_rate(&l->rate, l->arguments);
    if (code == CLI_OK && value[OPT_OUT] && strcmp(value[OPT_OUT], "-") != 0)
        code = cli_output_check(value[OPT_OUT], value[OPT_FORCE] != NULL);
    if (code == CLI_OK && value[OPT_CURVES] && strcmp(value[OPT_CURVES], "-") != 0)
        code = cli_output_check(value[OPT_CURVES], value[OPT_FORCE] != NULL);
    if (code == CLI_OK && value[OPT_CURVES] && strcmp(value[OPT_CURVES], "-") == 0 &&
        (!value[OPT_OUT] || strcmp(value[OPT_OUT], "-") == 0))
        code = cli_fail(CLI_BAD_INPUT, "--out and --plot cannot both be stdout");
    return code;
}

static int read_max_lag(uint64_t *out, const lags *l)
{
    const char *text = l->arguments->value[OPT_MAX_LAG];
    uint64_t n = rqa_embedding_n_vectors(l->pair.x);
    if (l->pair.y && rqa_embedding_n_vectors(l->pair.y) > n)
        n = rqa_embedding_n_vectors(l->pair.y);
    *out = n / 4 < MOST_LAGS ? n / 4 : MOST_LAGS;
    return text ? cli_value_whole(out, OPT_MAX_LAG, text, 0, n - 1) : CLI_OK;
}

/* Lag 0 is the line of identity. */
static int has_identity(const lags *l)
{
    return !l->pair.y || l->pair.options.relation == RQA_RELATION_JOINT;
}

/* low[k]: the least value between k and the nearest larger one on the side that the walk comes
 * from. */
static void find_lows(double *low, const double *value, size_t n, int from_end)
{
    size_t *open = cli_calloc(n, sizeof *open), n_open = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t k = from_end ? n - 1 - i : i;
        low[k] = value[k];
        for (; n_open > 0 && value[open[n_open - 1]] <= value[k]; n_open--)
            low[k] = fmin(low[k], low[open[n_open - 1]]);
        open[n_open++] = k;
    }
    free(open);
}

/* The peak that one must go down furthest from to come to a larger value, or to the end. */
static void find_peak(lags *l)
{
    const double *rr = l->value[RQA_LAG_PROFILE_RR];
    double *before = cli_calloc(2 * l->n, sizeof *before), *behind = before + l->n, most = 0.0;
    find_lows(before, rr, l->n, 0);
    find_lows(behind, rr, l->n, 1);
    for (size_t k = 1; k + 1 < l->n; k++) {
        const double height = rr[k] - fmax(before[k], behind[k]);
        if (height > most && l->first + (int64_t)k != 0) {
            most = height;
            l->marked = l->first + (int64_t)k;
            l->is_marked = 1;
        }
    }
    free(before);
}

/* Where lag 0 recurs by itself, what comes back says more. */
static void find_mark(lags *l)
{
    if (has_identity(l)) {
        find_peak(l);
        return;
    }
    rqa_lag_profile_lag_of_max(l->profile, &l->marked, NULL);
    l->is_marked = 1;
}

static int compute(lags *l)
{
    uint64_t max_lag;
    int code = cli_pair_make(&l->pair, l->arguments);
    l->rate = cli_pair_rate(&l->pair, l->rate);
    if (code == CLI_OK)
        code = read_max_lag(&max_lag, l);
    if (code != CLI_OK)
        return code;
    rqa_status status =
        rqa_lag_profile_compute(&l->profile, l->pair.x, l->pair.y, &l->pair.options, max_lag);
    if (status != RQA_OK)
        return cli_fail_status(status, cli_files_shown(l->arguments->inputs[0]));
    rqa_lag_profile_lags(l->profile, &l->first, &l->n);
    for (int32_t q = 0; q < N_QUANTITIES; q++)
        rqa_lag_profile_values(l->profile, q, &l->value[q]);
    find_mark(l);
    return CLI_OK;
}

static void put(results_text *out, const char *text)
{
    results_text_put(out, text, strlen(text));
}

static void make_csv(results_text *out, const lags *l)
{
    put(out, l->rate > 0 ? "lag,lag_s" : "lag");
    for (int q = 0; q < N_QUANTITIES; q++) {
        put(out, ",");
        put(out, names[q]);
    }
    put(out, "\n");
    for (size_t k = 0; k < l->n; k++) {
        const double lag = (double)l->first + (double)k;
        results_text_number(out, lag);
        if (l->rate > 0) {
            put(out, ",");
            results_text_number(out, lag / l->rate);
        }
        for (int q = 0; q < N_QUANTITIES; q++) {
            put(out, ",");
            results_text_number(out, l->value[q][k]);
        }
        put(out, "\n");
    }
}

static void put_number(results_text *out, const char *name, double value)
{
    put(out, name);
    if (isfinite(value))
        results_text_number(out, value);
    else
        put(out, "null");
}

static void make_json(results_text *out, const lags *l)
{
    const rqa_analysis_options *o = &l->pair.options;
    int64_t lag;
    double rr;
    rqa_lag_profile_lag_of_max(l->profile, &lag, &rr);
    put_number(out, "{\n  \"first_lag\": ", (double)l->first);
    put_number(out, ",\n  \"n_lags\": ", (double)l->n);
    if (l->rate > 0)
        put_number(out, ",\n  \"sampling_rate\": ", l->rate);
    put_number(out, ",\n  \"lag_of_max\": ", (double)lag);
    put_number(out, ",\n  \"rr_max\": ", rr);
    for (int q = 0; q < N_QUANTITIES; q++) {
        put(out, ",\n  \"");
        put(out, names[q]);
        put(out, "\": [");
        for (size_t k = 0; k < l->n; k++)
            put_number(out, k ? ", " : "", l->value[q][k]);
        put(out, "]");
    }
    put(out, ",\n  \"relation\": \"");
    put(out, o->relation == RQA_RELATION_JOINT ? "joint" : l->pair.y ? "cross" : "auto");
    put(out, "\",\n  \"norm\": \"");
    put(out, rqa_norm_name(o->norm));
    put_number(out, "\",\n  \"threshold\": ", o->threshold);
    put_number(out, ",\n  \"dim\": ", rqa_embedding_dim(l->pair.x));
    put_number(out, ",\n  \"delay\": ", rqa_embedding_delay(l->pair.x));
    put(out, ",\n  \"version\": \"");
    put(out, rqa_version());
    put(out, "\"\n}\n");
}

static int write_table(const lags *l)
{
    const char *const *value = l->arguments->value;
    results_text text = {0};
    cli_output output;
    int code =
        cli_output_open(&output, value[OPT_OUT] ? value[OPT_OUT] : "-", value[OPT_FORCE] != NULL);
    if (code == CLI_OK) {
        if (l->is_json)
            make_json(&text, l);
        else
            make_csv(&text, l);
        code = cli_output_write(&output, text.text, text.n);
    }
    if (code == CLI_OK)
        code = cli_output_commit(&output);
    cli_output_close(&output);
    free(text.text);
    return code;
}

/* "lag 7 (0.019 s)" */
static char *mark_text(const lags *l)
{
    char lag[CLI_NUMBER_ROOM + 1], seconds[CLI_NUMBER_ROOM + 1];
    cli_number_text(lag, (double)l->marked);
    if (!(l->rate > 0))
        return cli_text("lag %s", lag);
    const double rounded = round((double)l->marked / l->rate * 1e6) / 1e6;
    return cli_text("lag %s (%s s)", lag, cli_number_text(seconds, rounded));
}

static char *label_of(const lags *l)
{
    const char *unit = l->rate > 0 ? "s" : "samples";
    return cli_text(has_identity(l)
                        ? "lag (%s)"
                        : "lag (%s); above 0, the second does later what the first does",
                    unit);
}

/* What is drawn of a quantity: without lag 0 where it is one line as long as the recording. */
static void take_shown(double *shown, const lags *l, int quantity)
{
    memcpy(shown, l->value[quantity], l->n * sizeof *shown);
    if (has_identity(l) && l->n > 1)
        shown[-l->first] = NAN;
}

static int draw(const lags *l)
{
    static const char *const titles[N_QUANTITIES] = {"recurrence rate", "determinism",
                                                     "mean diagonal line"};
    static const char *const labels[N_QUANTITIES] = {"rr", "det", "l_mean (samples)"};
    curve curves[N_QUANTITIES];
    curve_panel panels[N_QUANTITIES];
    const double step = l->rate > 0 ? 1.0 / l->rate : 1.0;
    const size_t left_out = l->first == 0 && has_identity(l) && l->n > 1;
    char *label = label_of(l), *text = mark_text(l);
    const curve_mark mark = {CURVE_AT_X, (double)l->marked * step, text};
    const curve_mark plain = {CURVE_AT_X, (double)l->marked * step, NULL};
    char *title = cli_files_title(l->arguments->inputs[0], l->arguments->value[OPT_WITH]);
    double *shown = cli_calloc(N_QUANTITIES * l->n, sizeof *shown);
    for (int q = 0; q < N_QUANTITIES; q++) {
        double *values = shown + (size_t)q * l->n;
        take_shown(values, l, q);
        curves[q] = (curve){.x_first = (double)(l->first + (int64_t)left_out) * step,
                            .x_step = step,
                            .y = values + left_out,
                            .n = l->n - left_out};
        panels[q] = (curve_panel){.title = titles[q],
                                  .y_label = labels[q],
                                  .x_label = q == N_QUANTITIES - 1 ? label : NULL,
                                  .curves = &curves[q],
                                  .n_curves = 1,
                                  .marks = q ? &plain : &mark,
                                  .n_marks = l->is_marked != 0};
    }
    const curve_picture picture = {title, panels, N_QUANTITIES};
    int code = curve_file_write(&picture, l->arguments->value[OPT_CURVES],
                                l->arguments->value[OPT_FORCE] != NULL);
    free(shown);
    free(label);
    free(text);
    free(title);
    return code;
}

static void tell(const lags *l)
{
    char rr[CLI_NUMBER_ROOM + 1];
    cli_pair_tell(&l->pair, l->arguments);
    if (!l->is_marked) {
        cli_note("no peak of the recurrence rate beyond lag 0");
        return;
    }
    char *text = mark_text(l);
    const double value = l->value[RQA_LAG_PROFILE_RR][l->marked - l->first];
    cli_note("%s of the recurrence rate: %s at %s",
             has_identity(l) ? "most prominent peak" : "maximum",
             cli_number_text(rr, round(value * 1e6) / 1e6), text);
    free(text);
}

int cmd_profile(const cli_arguments *arguments)
{
    lags l = {.arguments = arguments};
    int code = read_options(&l);
    if (code == CLI_OK)
        code = compute(&l);
    if (code == CLI_OK)
        code = write_table(&l);
    if (code == CLI_OK && arguments->value[OPT_CURVES])
        code = draw(&l);
    if (code == CLI_OK)
        tell(&l);
    rqa_lag_profile_destroy(l.profile);
    cli_pair_free(&l.pair);
    return code;
}
