/* cmd_analyze.c - rqa analyze: the measures of one recording or pair, as text or JSON. */
#include <math.h>
#include <rqa/rqa.h>
#include <stdio.h>
#include <string.h>

#include "analyze_intervals.h"
#include "analyze_sample.h"
#include "analyze_scaling.h"
#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_json.h"
#include "cli_number.h"
#include "cli_pair.h"

static const char *const histogram_names[] = {"diagonal", "vertical", "white", "recurrence_time"};
enum { N_HISTOGRAMS = 4 };

typedef struct report {
    const cli_arguments *arguments;
    const cli_pair *pair;
    const rqa_metrics *metrics;   /* NULL where */
    const analyze_sample *sample; /* cells were drawn at random */
    const analyze_intervals *intervals;
    const analyze_scaling *scaling;
    rqa_provenance provenance;
} report;

/* What is known of the recordings alone. */
static unsigned long long count_of_recording(const report *r, int32_t count)
{
    switch (count) {
    case RQA_COUNT_SAMPLES_X:
        return rqa_series_n_samples(r->pair->x_series);
    case RQA_COUNT_SAMPLES_Y:
        return rqa_series_n_samples(r->pair->y_series);
    case RQA_COUNT_VECTORS_X:
        return rqa_embedding_n_vectors(r->pair->x);
    case RQA_COUNT_VECTORS_Y:
        return rqa_embedding_n_vectors(r->pair->y);
    default:
        return 0;
    }
}

static unsigned long long count_of(const report *r, int32_t count)
{
    uint64_t value = 0;
    if (r->sample->sampled)
        return count_of_recording(r, count);
    rqa_metrics_count(r->metrics, count, &value);
    return value;
}

/* Was the measure asked for? */
static int is_wanted(const report *r, int32_t measure)
{
    uint64_t mask = r->pair->options.measures;
    return (mask ? mask : RQA_MEASURES_DEFAULT) & RQA_MEASURE_BIT(measure) ? 1 : 0;
}

static void json_measures(const report *r)
{
    const char *comma = "";
    cli_print("  \"measures\": {");
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        double value = NAN;
        if (!is_wanted(r, m))
            continue;
        rqa_metrics_get(r->metrics, m, &value);
        cli_print("%s\n    \"%s\": ", comma, rqa_measure_name(m));
        cli_json_number(value);
        comma = ",";
    }
    cli_print("\n  },\n  \"undefined\": {");
    comma = "";
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        double value = NAN;
        if (!is_wanted(r, m))
            continue;
        rqa_metrics_get(r->metrics, m, &value);
        if (isfinite(value))
            continue;
        cli_print("%s\n    \"%s\": ", comma, rqa_measure_name(m));
        cli_json_text(rqa_reason_text(rqa_metrics_reason(r->metrics, m)));
        comma = ",";
    }
    cli_print(*comma ? "\n  },\n" : "},\n");
}

/* Of a sample the lines that it found. */
static int find_histogram(const report *r, int32_t histogram, const rqa_line_bin **bins, size_t *n)
{
    return (r->sample->sampled ? rqa_sampled_histogram(r->sample->sampled, histogram, bins, n)
                               : rqa_metrics_histogram(r->metrics, histogram, bins, n)) == RQA_OK;
}

static void json_histograms(const report *r)
{
    const char *comma = "";
    cli_print("  \"histograms\": {");
    for (int32_t h = 0; h < N_HISTOGRAMS; h++) {
        const rqa_line_bin *bins;
        size_t n;
        if (!find_histogram(r, h, &bins, &n))
            continue;
        cli_print("%s\n    \"%s\": [", comma, histogram_names[h]);
        for (size_t k = 0; k < n; k++)
            cli_print("%s[%llu,%llu]", k ? "," : "", (unsigned long long)bins[k].length,
                   (unsigned long long)bins[k].count);
        cli_print("]");
        comma = ",";
    }
    cli_print(*comma ? "\n  },\n" : "},\n");
}

/* The threshold as it was given, and what became of it. */
static void json_threshold(const report *r)
{
    const rqa_provenance *p = &r->provenance;
    const rqa_analysis_options *o = &r->pair->options;
    cli_json_number(o->threshold);
    cli_print(",\n    \"threshold_reached\": ");
    cli_json_number(p->threshold);
    if (o->relation == RQA_RELATION_JOINT) {
        cli_print(",\n    \"threshold_y\": ");
        cli_json_number(o->threshold_y >= 0 ? o->threshold_y : o->threshold);
        cli_print(",\n    \"threshold_y_reached\": ");
        cli_json_number(p->threshold_y);
    }
    if (o->corridor) {
        cli_print(",\n    \"threshold_lower\": ");
        cli_json_number(o->threshold_lower);
    }
    if (o->threshold_unit >= RQA_THRESHOLD_NEIGHBOURS)
        cli_print(",\n    \"ties\": \"%s\"", o->ties == RQA_TIES_INDEX ? "index" : "all");
    cli_print(",\n    \"threshold_unit\": \"%s\",\n    \"rr_reached\": ",
              cli_threshold_unit_name(o->threshold_unit));
    cli_json_number(p->rr_reached);
    cli_print(",\n    \"ties_at_threshold\": ");
    if (o->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE)
        cli_print("%llu", (unsigned long long)p->ties_at_threshold);
    else
        cli_print("null");
    if (o->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE && o->relation == RQA_RELATION_JOINT) {
        cli_print(",\n    \"rr_reached_y\": ");
        cli_json_number(p->rr_reached_y);
        cli_print(",\n    \"ties_at_threshold_y\": %llu",
                  (unsigned long long)p->ties_at_threshold_y);
    }
}

/* Which recurrences stay by their place in the plot. */
static void json_cells(const rqa_analysis_options *o)
{
    static const char *const names[] = {"any", "isodirectional", "perpendicular"};
    cli_print(",\n    \"skeleton\": %s,\n    \"direction\": \"%s\"",
              o->skeleton ? "true" : "false", names[o->direction]);
    if (o->direction) {
        cli_print(",\n    \"direction_bound\": ");
        cli_json_number(o->direction_bound);
    }
    if (o->direction == RQA_DIRECTION_ISODIRECTIONAL)
        cli_print(",\n    \"direction_lag\": %u", (unsigned)o->direction_lag);
}

/* What the numbers depend on, with the defaults of the convention filled in. */
static void json_parameters(const report *r)
{
    const rqa_provenance *p = &r->provenance;
    cli_print("  \"parameters\": {\n    \"columns\": ");
    cli_json_text(r->pair->x_columns);
    if (r->arguments->value[OPT_PART]) {
        cli_print(",\n    \"part\": ");
        cli_json_text(r->arguments->value[OPT_PART]);
    }
    cli_print(",\n    \"dim\": %u,\n    \"delay\": %u,\n    \"threshold\": ",
           (unsigned)rqa_embedding_dim(r->pair->x), (unsigned)rqa_embedding_delay(r->pair->x));
    json_threshold(r);
    cli_print(",\n    \"norm\": \"%s\",\n    \"compare\": \"%s\",\n"
           "    \"theiler_points\": %llu,\n    \"theiler_diagonal\": %llu,\n"
           "    \"theiler_vertical\": %llu,\n    \"lmin\": %u,\n    \"vmin\": %u,\n"
           "    \"wmin\": %u,\n    \"border\": \"%s\"",
           rqa_norm_name(r->pair->options.norm), p->compare == RQA_COMPARE_LT ? "lt" : "le",
           (unsigned long long)p->theiler_points, (unsigned long long)p->theiler_diagonal,
           (unsigned long long)p->theiler_vertical, (unsigned)p->lmin, (unsigned)p->vmin,
           (unsigned)p->wmin, rqa_border_name(r->pair->options.border));
    json_cells(&r->pair->options);
    cli_print("\n  },\n");
}

/* What is known where every pair was looked at. */
static void json_counted(const report *r)
{
    cli_print("  \"n_skipped\": %llu,\n", count_of(r, RQA_COUNT_SKIPPED_X));
    if (r->pair->y)
        cli_print("  \"n_skipped_y\": %llu,\n", count_of(r, RQA_COUNT_SKIPPED_Y));
    cli_print("  \"recurrence_points\": %llu,\n  \"pairs\": %llu,\n", count_of(r, RQA_COUNT_POINTS),
           count_of(r, RQA_COUNT_PAIRS));
    json_measures(r);
    analyze_intervals_json(r->intervals);
    analyze_scaling_json(r->scaling);
}

static void print_json(const report *r)
{
    cli_print("{\n  \"n_samples\": %llu,\n  \"n_vectors\": %llu,\n", count_of(r, RQA_COUNT_SAMPLES_X),
           count_of(r, RQA_COUNT_VECTORS_X));
    if (r->pair->y)
        cli_print("  \"n_samples_y\": %llu,\n  \"n_vectors_y\": %llu,\n",
               count_of(r, RQA_COUNT_SAMPLES_Y), count_of(r, RQA_COUNT_VECTORS_Y));
    if (r->sample->sampled)
        analyze_sample_json(r->sample);
    else
        json_counted(r);
    if (r->arguments->value[OPT_HISTOGRAMS])
        json_histograms(r);
    json_parameters(r);
    cli_print("  \"convention\": \"%s\",\n  \"backend\": \"%s\",\n  \"backend_reason\": ",
           rqa_convention_name(r->provenance.convention), rqa_backend_name(r->provenance.backend));
    cli_json_text(r->provenance.reason ? r->provenance.reason : "");
    cli_print(",\n  \"threads\": %u,\n  \"kernels\": \"%s\",\n  \"strategy\": \"%s\",\n"
           "  \"version\": \"%s\"\n}\n",
           (unsigned)r->provenance.n_threads, r->provenance.kernels, r->provenance.strategy,
           r->provenance.version);
}

/* One recording of the analysis, as its line says. */
typedef struct recording_line {
    const char *axis, *path, *part, *columns;
    unsigned long long n_samples, n_vectors, n_skipped;
    const rqa_embedding *embedding;
} recording_line;

static void text_recording(const recording_line *line)
{
    cli_print("%-12s %s%s%s, columns %s: %llu samples, %llu vectors (dim %u, delay %u)", line->axis,
           strcmp(line->path, "-") == 0 ? "stdin" : line->path, line->part ? ", part " : "",
           line->part ? line->part : "", line->columns, line->n_samples, line->n_vectors,
           (unsigned)rqa_embedding_dim(line->embedding),
           (unsigned)rqa_embedding_delay(line->embedding));
    if (line->n_skipped > 0)
        cli_print(", %llu of them skipped: they touch a missing sample", line->n_skipped);
    cli_print("\n");
}

static void text_histograms(const report *r)
{
    for (int32_t h = 0; h < N_HISTOGRAMS; h++) {
        const rqa_line_bin *bins;
        size_t n;
        if (!find_histogram(r, h, &bins, &n))
            continue;
        cli_print("\n%s: length x count\n", histogram_names[h]);
        for (size_t k = 0; k < n; k++)
            cli_print(k % 8 == 7 || k + 1 == n ? "%s%llu x %llu\n" : "%s%llu x %llu",
                      k % 8 == 0 ? "  " : "   ", (unsigned long long)bins[k].length,
                      (unsigned long long)bins[k].count);
        if (n == 0)
            cli_print("  none\n");
    }
}

/* What is near in one recording: of a joint analysis each has its own. */
static void text_near(const report *r, double given, double in_force, double rr, uint64_t n_ties)
{
    const rqa_provenance *p = &r->provenance;
    const rqa_analysis_options *o = &r->pair->options;
    char number[CLI_NUMBER_ROOM + 1];
    if (o->threshold_unit == RQA_THRESHOLD_ADAPTIVE_NEIGHBOURS) {
        cli_print("%s, %s rounds", cli_threshold_unit_name(o->threshold_unit),
                  cli_number_text(number, given));
        return;
    }
    if (o->threshold_unit >= RQA_THRESHOLD_NEIGHBOURS) {
        cli_print("%s %s, ties: %s", cli_threshold_unit_name(o->threshold_unit),
                  cli_number_text(number, given), o->ties ? "index" : "all");
        return;
    }
    if (isnan(in_force)) {
        cli_print("%s no threshold: rr %s is asked for, of no cells", cli_compare_text(p->compare),
                  cli_number_text(number, given));
        return;
    }
    cli_print("%s %s", cli_compare_text(p->compare), cli_number_text(number, in_force));
    if (o->threshold_unit == RQA_THRESHOLD_RECURRENCE_RATE) {
        cli_print(": rr %s is asked for,", cli_number_text(number, given));
        cli_print(" %s reached, %llu cells tied", cli_number_text(number, rr),
                  (unsigned long long)n_ties);
    }
}

/* What makes two vectors recur. */
static void text_rule(const report *r)
{
    const rqa_provenance *p = &r->provenance;
    const rqa_analysis_options *o = &r->pair->options;
    const int joint = o->relation == RQA_RELATION_JOINT;
    char number[CLI_NUMBER_ROOM + 1];
    cli_print(o->threshold_unit >= RQA_THRESHOLD_NEIGHBOURS ? "%-12s among the nearest (%s): "
                                                            : "%-12s distance (%s) ",
              "recurrent if", rqa_norm_name(o->norm));
    text_near(r, o->threshold, p->threshold, p->rr_reached, p->ties_at_threshold);
    if (joint) {
        cli_print("; in y ");
        text_near(r, o->threshold_y >= 0 ? o->threshold_y : o->threshold, p->threshold_y,
                  p->rr_reached_y, p->ties_at_threshold_y);
    }
    if (o->corridor)
        cli_print(p->compare == RQA_COMPARE_LT && p->convention != RQA_CONVENTION_PYRQA
                      ? ", and at least %s"
                      : ", and above %s",
                  cli_number_text(number, p->threshold_lower));
    if (o->direction == RQA_DIRECTION_ISODIRECTIONAL)
        cli_print(", and the steps over %u samples run the same way (|cos - 1| < %s)",
                  (unsigned)o->direction_lag, cli_number_text(number, o->direction_bound));
    else if (o->direction == RQA_DIRECTION_PERPENDICULAR)
        cli_print(", and across the trajectory (|cos| < %s)",
                  cli_number_text(number, o->direction_bound));
    cli_print(o->skeleton ? "; of that the skeleton\n" : "\n");
}

static void text_counted(const report *r)
{
    cli_print("%-12s %llu of %llu cells\n\n", "points", count_of(r, RQA_COUNT_POINTS),
              count_of(r, RQA_COUNT_PAIRS));
    int width = 8;
    for (int32_t m = 0; rqa_measure_name(m); m++)
        if (is_wanted(r, m) && (int)strlen(rqa_measure_name(m)) > width)
            width = (int)strlen(rqa_measure_name(m));
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        double value = NAN;
        if (!is_wanted(r, m))
            continue;
        rqa_metrics_get(r->metrics, m, &value);
        if (isnan(value))
            cli_print("%-*s %15s  %s: undefined, %s\n", width, rqa_measure_name(m), "-", rqa_measure_text(m),
                   rqa_reason_text(rqa_metrics_reason(r->metrics, m)));
        else
            cli_print("%-*s %15.10g  %s\n", width, rqa_measure_name(m), value, rqa_measure_text(m));
    }
    analyze_intervals_text(r->intervals);
    analyze_scaling_text(r->scaling);
}

static void print_text(const report *r)
{
    const rqa_provenance *p = &r->provenance;
    const cli_arguments *arguments = r->arguments;
    const int part_y = arguments->value[OPT_PART_Y] ? OPT_PART_Y : OPT_PART;
    const recording_line x = {r->pair->y ? "recording x" : "recording",
                              arguments->inputs[0],
                              arguments->value[OPT_PART],
                              r->pair->x_columns,
                              count_of(r, RQA_COUNT_SAMPLES_X),
                              count_of(r, RQA_COUNT_VECTORS_X),
                              count_of(r, RQA_COUNT_SKIPPED_X),
                              r->pair->x};
    const recording_line y = {"recording y",
                              arguments->value[OPT_WITH],
                              arguments->value[part_y],
                              r->pair->y_columns,
                              count_of(r, RQA_COUNT_SAMPLES_Y),
                              count_of(r, RQA_COUNT_VECTORS_Y),
                              count_of(r, RQA_COUNT_SKIPPED_Y),
                              r->pair->y};
    text_recording(&x);
    if (r->pair->y)
        text_recording(&y);
    text_rule(r);
    cli_print("%-12s %s: Theiler window %llu (points) %llu (diagonals) %llu (verticals), "
           "lmin %u, vmin %u, wmin %u%s%s\n",
           "convention", rqa_convention_name(p->convention), (unsigned long long)p->theiler_points,
           (unsigned long long)p->theiler_diagonal, (unsigned long long)p->theiler_vertical,
           (unsigned)p->lmin, (unsigned)p->vmin, (unsigned)p->wmin,
           r->pair->options.border ? ", border lines by " : "",
           r->pair->options.border ? rqa_border_name(r->pair->options.border) : "");
    if (r->sample->sampled)
        analyze_sample_text(r->sample);
    else
        text_counted(r);
    if (arguments->value[OPT_HISTOGRAMS])
        text_histograms(r);
    cli_print("\nlibrqa %s, %s, %u thread%s, %s kernels, %s: %s\n", p->version,
           rqa_backend_name(p->backend), (unsigned)p->n_threads, p->n_threads == 1 ? "" : "s",
           p->kernels, p->strategy, p->reason ? p->reason : "");
}

/* Every pair, or some of them. */
static int compute(rqa_metrics **metrics, analyze_sample *sample, const cli_pair *pair, const char *path)
{
    if (sample->wanted)
        return analyze_sample_make(sample, pair, path);
    rqa_status status = rqa_metrics_compute(metrics, pair->x, pair->y, &pair->options);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, path);
}

static void print_report(report *r, int is_json)
{
    if (r->sample->sampled)
        rqa_sampled_provenance(r->sample->sampled, &r->provenance);
    else
        rqa_metrics_provenance(r->metrics, &r->provenance);
    if (is_json)
        print_json(r);
    else
        print_text(r);
}

int cmd_analyze(const cli_arguments *arguments)
{
    cli_pair pair;
    rqa_metrics *metrics = NULL;
    analyze_intervals intervals;
    analyze_scaling scaling;
    analyze_sample sample;
    int is_json = 0;
    int code = cli_analysis_format(&is_json, arguments);
    if (code == CLI_OK)
        code = analyze_intervals_read(&intervals, arguments);
    if (code == CLI_OK)
        code = analyze_scaling_read(&scaling, arguments);
    if (code == CLI_OK)
        code = analyze_sample_read(&sample, arguments);
    if (code != CLI_OK)
        return code;
    code = cli_pair_make(&pair, arguments);
    if (code == CLI_OK)
        code = compute(&metrics, &sample, &pair, arguments->inputs[0]);
    if (code == CLI_OK && !sample.wanted)
        code = analyze_intervals_make(&intervals, metrics, pair.options.measures);
    if (code == CLI_OK && !sample.wanted)
        code = analyze_scaling_make(&scaling, &pair, metrics);
    if (code == CLI_OK) {
        report r = {.arguments = arguments,
                    .pair = &pair,
                    .metrics = metrics,
                    .sample = &sample,
                    .intervals = &intervals,
                    .scaling = &scaling,
                    .provenance = {.struct_size = sizeof(rqa_provenance)}};
        print_report(&r, is_json);
        cli_pair_tell(&pair, arguments);
    }
    analyze_intervals_free(&intervals);
    analyze_scaling_free(&scaling);
    analyze_sample_free(&sample);
    rqa_metrics_destroy(metrics);
    cli_pair_free(&pair);
    return code;
}
