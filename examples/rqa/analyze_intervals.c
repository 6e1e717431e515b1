/* analyze_intervals.c - intervals of line measures, as text and JSON. */
#include "analyze_intervals.h"

#include <math.h>
#include <string.h>

#include "cli_console.h"
#include "cli_json.h"
#include "cli_values.h"

enum { MOST = 1000000 };

/* What every reader of an interval should know. */
static const char warning[] = "lines of neighbouring diagonals (columns) are alike, so these intervals "
                              "are too narrow; to decide, use rqa test";

int analyze_intervals_read(analyze_intervals *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    uint64_t count = 0;
    int code = CLI_OK;
    memset(out, 0, sizeof *out);
    rqa_bootstrap_options_init(&out->options);
    out->wanted = value[OPT_BOOTSTRAP] != NULL;
    if (value[OPT_SEED] && !out->wanted && !value[OPT_SAMPLED])
        return cli_fail(CLI_BAD_INPUT,
                        "--seed is that of --bootstrap or --sampled, neither of which is given");
    if (out->wanted)
        code = cli_value_whole(&count, OPT_BOOTSTRAP, value[OPT_BOOTSTRAP], 1, MOST);
    if (code == CLI_OK && value[OPT_SEED])
        code = cli_value_whole(&out->options.seed, OPT_SEED, value[OPT_SEED], 0, UINT64_MAX);
    if (out->wanted)
        out->options.count = (uint32_t)count;
    return code;
}

int analyze_intervals_make(analyze_intervals *intervals, const rqa_metrics *metrics, uint64_t measures)
{
    intervals->measures = measures;
    if (!intervals->wanted)
        return CLI_OK;
    rqa_status status = rqa_bootstrap_create(&intervals->bootstrap, &metrics, 1, &intervals->options);
    return status == RQA_OK ? CLI_OK : cli_fail_status(status, cli_option_name(OPT_BOOTSTRAP));
}

void analyze_intervals_free(analyze_intervals *intervals)
{
    rqa_bootstrap_destroy(intervals->bootstrap);
}

/* The interval of a measure that was asked for and has one. */
static int find(const analyze_intervals *intervals, int32_t measure, rqa_interval *out)
{
    if (intervals->measures && !(intervals->measures & RQA_MEASURE_BIT(measure)))
        return 0;
    out->struct_size = sizeof *out;
    return rqa_bootstrap_get(intervals->bootstrap, 0, measure, out) == RQA_OK;
}

void analyze_intervals_json(const analyze_intervals *intervals)
{
    const char *comma = "";
    rqa_interval i;
    if (!intervals->bootstrap)
        return;
    cli_print("  \"bootstrap\": {\n    \"count\": %u,\n    \"seed\": %llu,\n    \"level\": ",
              (unsigned)intervals->options.count, (unsigned long long)intervals->options.seed);
    cli_json_number(intervals->options.level);
    cli_print(",\n    \"warning\": ");
    cli_json_text(warning);
    cli_print(",\n    \"intervals\": {");
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        if (!find(intervals, m, &i))
            continue;
        cli_print("%s\n      \"%s\": {\"lower\": ", comma, rqa_measure_name(m));
        cli_json_number(i.lower);
        cli_print(", \"upper\": ");
        cli_json_number(i.upper);
        cli_print(", \"mean\": ");
        cli_json_number(i.mean);
        cli_print(", \"std\": ");
        cli_json_number(i.std);
        cli_print(", \"lines\": %llu, \"skipped\": %u}", (unsigned long long)i.n_lines,
                  (unsigned)i.n_skipped);
        comma = ",";
    }
    cli_print(*comma ? "\n    }\n  },\n" : "}\n  },\n");
}

void analyze_intervals_text(const analyze_intervals *intervals)
{
    rqa_interval i;
    if (!intervals->bootstrap)
        return;
    cli_print("\n%g %% intervals, %u resamples of the lines, seed %llu\n", 100 * intervals->options.level,
              (unsigned)intervals->options.count, (unsigned long long)intervals->options.seed);
    for (int32_t m = 0; rqa_measure_name(m); m++) {
        if (!find(intervals, m, &i))
            continue;
        if (isnan(i.lower))
            cli_print("%-8s %15s  no resample has a line that is long enough\n", rqa_measure_name(m), "-");
        else
            cli_print("%-8s %15.10g  to %.10g, of %llu lines\n", rqa_measure_name(m), i.lower, i.upper,
                      (unsigned long long)i.n_lines);
        if (i.n_skipped && !isnan(i.lower))
            cli_print("%24s  %u resamples without a line that is long enough are left out\n", "",
                      (unsigned)i.n_skipped);
    }
    cli_print("note: %s\n", warning);
}
