/* cmd_verify.c - rqa verify: computes numbers that are known, in every way this machine has. */
#include <rqa/rqa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_json.h"
#include "cli_machine.h"
#include "cli_values.h"
#include "verify_rows.h"

enum { MOST_WAYS = 6 }; /* sequential and threads by two strategies each, gpu, hybrid */

static const char *const levels[] = {"ref", "avx2", "avx512", "neon"};

enum { N_LEVELS = sizeof levels / sizeof *levels };

/* Everything at one kernel level: rows are the same in each way. */
typedef struct verification {
    const char *level; /* of the kernels in use */
    verify_way way[MOST_WAYS];
    size_t n_ways, n_rows, n_wrong;
} verification;

/* Kernels and strategy of a way, by one small analysis. */
static rqa_status look_at(rqa_provenance *out, const verify_way *way)
{
    const verify_input input = {verify_ramp, 99, 0, 1, 1, 1};
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.backend = way->backend;
    memset(out, 0, sizeof *out);
    out->struct_size = sizeof *out;
    rqa_embedding *embedding = NULL;
    rqa_metrics *metrics = NULL;
    rqa_status status = verify_embed(&embedding, way, &input);
    if (status == RQA_OK)
        status = rqa_metrics_compute(&metrics, embedding, NULL, &options);
    if (status == RQA_OK)
        status = rqa_metrics_provenance(metrics, out);
    rqa_metrics_destroy(metrics);
    rqa_embedding_destroy(embedding);
    return status;
}

typedef struct way_kind {
    int32_t backend;
    const char *name, *strategy; /* NULL: whatever there is */
} way_kind;

static const way_kind kinds[MOST_WAYS] = {
    {RQA_BACKEND_SEQUENTIAL, "sequential by bits", "bits"},
    {RQA_BACKEND_SEQUENTIAL, "sequential by sweep", "sweep"},
    {RQA_BACKEND_THREADS, "threads by bits", "bits"},
    {RQA_BACKEND_THREADS, "threads by sweep", "sweep"},
    {RQA_BACKEND_GPU, "gpu", NULL},
    {RQA_BACKEND_HYBRID, "hybrid", NULL}};

/* A way of its own context: the strategy is the one that the profile makes out to be cheaper. */
static int add_way(verification *v, const cli_arguments *arguments, const way_kind *kind)
{
    verify_way *way = &v->way[v->n_ways];
    int code = cli_analysis_context(&way->context, arguments);
    if (code != CLI_OK)
        return code;
    way->name = kind->name;
    way->backend = kind->backend;
    v->n_ways++;
    rqa_profile profile = {.struct_size = sizeof profile, .bits_scale = 1, .sweep_scale = 1,
                           .thread_speedup = 1};
    if (kind->strategy)
        *(strcmp(kind->strategy, "bits") == 0 ? &profile.sweep_scale : &profile.bits_scale) = 1e12;
    rqa_provenance provenance;
    rqa_status status = rqa_context_set_profile(way->context, &profile);
    if (status == RQA_OK)
        status = look_at(&provenance, way);
    if (status != RQA_OK)
        return cli_fail_status(status, kind->name);
    if (kind->strategy && strcmp(provenance.strategy, kind->strategy) != 0)
        return cli_fail(CLI_FAILED, "%s: computed by %s", kind->name, provenance.strategy);
    if (v->n_ways == 1)
        v->level = provenance.kernels;
    return CLI_OK;
}

static int add_ways(verification *v, const cli_arguments *arguments)
{
    rqa_context *context = NULL;
    int code = cli_analysis_context(&context, arguments);
    rqa_backend_info info = {.struct_size = sizeof info};
    for (size_t k = 0; code == CLI_OK && rqa_context_backend_at(context, k, &info) == RQA_OK; k++) {
        for (size_t w = 0; w < MOST_WAYS && info.available && code == CLI_OK; w++)
            if (kinds[w].backend == info.backend)
                code = add_way(v, arguments, &kinds[w]);
        info.struct_size = sizeof info;
    }
    rqa_context_destroy(context);
    return code;
}

/* A row holds when it does in each way, and all give the same. */
static int row_holds(const verification *v, size_t k)
{
    for (size_t w = 0; w < v->n_ways; w++)
        if (!v->way[w].rows.row[k].holds ||
            strcmp(v->way[w].rows.row[k].got, v->way[0].rows.row[k].got) != 0)
            return 0;
    return 1;
}

/* At the level that the environment says. */
static int verify_level(verification *v, const cli_arguments *arguments)
{
    int code = add_ways(v, arguments);
    if (code != CLI_OK)
        return code;
    for (size_t w = 0; w < v->n_ways; w++) {
        verify_tables(&v->way[w]);
        verify_identities(&v->way[w]);
    }
    v->n_rows = v->way[0].rows.n;
    for (size_t k = 0; k < v->n_rows; k++)
        v->n_wrong += !row_holds(v, k);
    return CLI_OK;
}

static void end_verification(verification *v)
{
    for (size_t w = 0; w < v->n_ways; w++) {
        verify_rows_free(&v->way[w].rows);
        rqa_context_destroy(v->way[w].context);
    }
}

static void print_text_row(const verification *v, size_t k)
{
    const verify_row *row = &v->way[0].rows.row[k];
    int holds = row_holds(v, k);
    cli_print("%-6s %-7s %-16s %-20s %-20s %s: %s\n", holds ? "ok" : "WRONG", v->level, row->quantity,
           row->expected, row->got, row->source, row->name);
    for (size_t w = 0; !holds && w < v->n_ways; w++)
        cli_print("       %s: %s\n", v->way[w].name, v->way[w].rows.row[k].got);
}

static void print_value(const verify_row *row, const char *text)
{
    if (row->is_number)
        cli_json_number(strtod(text, NULL));
    else
        cli_json_text(text);
}

static void print_json_row(const verification *v, size_t k, int is_first)
{
    const verify_row *row = &v->way[0].rows.row[k];
    const char *const texts[][2] = {{"level", v->level},
                                    {"source", row->source},
                                    {"name", row->name},
                                    {"quantity", row->quantity}};
    cli_print("%s\n    {\"holds\": %s", is_first ? "" : ",", row_holds(v, k) ? "true" : "false");
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        cli_print(", \"%s\": ", texts[t][0]);
        cli_json_text(texts[t][1]);
    }
    cli_print(", \"expected\": ");
    print_value(row, row->expected);
    cli_print(", \"got\": {");
    for (size_t w = 0; w < v->n_ways; w++) {
        cli_print("%s", w ? ", " : "");
        cli_json_text(v->way[w].name);
        cli_print(": ");
        print_value(row, v->way[w].rows.row[k].got);
    }
    cli_print("}}");
}

/* What a bug report needs. */
static void print_head(rqa_context *context, int is_json)
{
    char cpu[96], system[96];
    cli_machine_cpu(cpu, sizeof cpu);
    cli_machine_system(system, sizeof system);
    const char *const texts[][2] = {{"version", RQA_VERSION_STRING}, {"librqa", rqa_version()},
                                    {"compiler", cli_machine_compiler()}, {"cpu", cpu},
                                    {"system", system}};
    if (is_json) {
        cli_print("{\n  \"abi\": %u,\n  \"numerics\": %u,\n  \"threads\": %u", rqa_abi_version(),
                  rqa_numerics_version(), rqa_context_n_threads(context));
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            cli_print(",\n  \"%s\": ", texts[t][0]);
            cli_json_text(texts[t][1]);
        }
        cli_print(",\n  \"backends\": {");
    } else {
        cli_print("rqa %s, librqa %s (ABI %u, numerics %u), %s\n%s; %s\n", RQA_VERSION_STRING,
                  rqa_version(), rqa_abi_version(), rqa_numerics_version(), cli_machine_compiler(),
                  cpu, system);
    }
    rqa_backend_info info = {.struct_size = sizeof info};
    for (size_t k = 0; rqa_context_backend_at(context, k, &info) == RQA_OK; k++) {
        if (is_json) {
            cli_print("%s\n    \"%s\": ", k ? "," : "", info.name);
            cli_json_text(info.detail ? info.detail : "");
        } else {
            cli_print("%-10s %s\n", info.name, info.detail ? info.detail : "");
        }
        info.struct_size = sizeof info;
    }
    cli_print(is_json ? "\n  },\n  \"rows\": [" : "\n       kernels quantity         expected"
           "             got                  source\n");
}

/* The levels to verify as a mask; 0: the one that librqa takes by itself. */
static int read_levels(unsigned *out, const cli_arguments *arguments)
{
    const char *text = arguments->value[OPT_LEVEL];
    const char *names[N_LEVELS + 1];
    int found = 0;
    memcpy(names, levels, sizeof levels);
    names[N_LEVELS] = "all";
    *out = 0;
    if (!text)
        return CLI_OK;
    int code = cli_value_name(&found, OPT_LEVEL, text, names, N_LEVELS + 1);
    *out = found == N_LEVELS ? (1U << N_LEVELS) - 1 : 1U << found;
    return code;
}

/* Of all levels. */
typedef struct verify_total {
    size_t n_rows, n_wrong;
    int is_json, is_quiet; /* how they are printed; a document in JSON is whole, quiet or not */
} verify_total;

static void print_rows(verify_total *total, const verification *v, rqa_context *context)
{
    const int is_short = total->is_quiet && !total->is_json;
    if (total->n_rows == 0 && !is_short)
        print_head(context, total->is_json);
    for (size_t k = 0; k < v->n_rows; k++) {
        if (total->is_json)
            print_json_row(v, k, total->n_rows == 0);
        else if (!is_short || !row_holds(v, k))
            print_text_row(v, k);
        total->n_rows++;
    }
    total->n_wrong += v->n_wrong;
}

/* Verifies at each level of the mask that this machine has, and prints the rows. The context is
 * that of the level it takes by itself. */
static int run_levels(verify_total *total, unsigned mask, const cli_arguments *arguments,
                      rqa_context *context)
{
    int code = CLI_OK;
    const int is_one = (mask & (mask - 1)) == 0;
    for (size_t level = 0; level < N_LEVELS && code == CLI_OK; level++) {
        if (mask ? !(mask >> level & 1) : level > 0)
            continue;
        if (mask)
            cli_machine_lower_kernels(levels[level]);
        verification v = {.level = "?"};
        code = verify_level(&v, arguments);
        int is_there = !mask || strcmp(v.level, levels[level]) == 0;
        if (code == CLI_OK && !is_there && is_one)
            code = cli_fail(CLI_BAD_INPUT, "--level %s: this machine has no such kernels, but %s",
                            levels[level], v.level);
        if (code == CLI_OK && is_there)
            print_rows(total, &v, context);
        end_verification(&v);
    }
    return code;
}

int cmd_verify(const cli_arguments *arguments)
{
    rqa_context *context = NULL;
    unsigned mask = 0;
    verify_total total = {.is_quiet = arguments->value[OPT_QUIET] != NULL};
    if (arguments->n_inputs > 0)
        return cli_fail(CLI_BAD_INPUT, "verify takes no file ('%s')", arguments->inputs[0]);
    int code = cli_analysis_format(&total.is_json, arguments);
    if (code == CLI_OK)
        code = read_levels(&mask, arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&context, arguments);
    if (code != CLI_OK)
        return code;
    code = run_levels(&total, mask, arguments, context);
    rqa_context_destroy(context);
    if (code != CLI_OK)
        return code;
    if (total.is_json)
        cli_print("\n  ],\n  \"n_rows\": %zu,\n  \"n_wrong\": %zu\n}\n", total.n_rows,
                  total.n_wrong);
    else if (!total.is_quiet)
        cli_print("\n%zu of %zu numbers are as they should be\n", total.n_rows - total.n_wrong,
                  total.n_rows);
    if (total.n_wrong == 0)
        return CLI_OK;
    return cli_fail(CLI_FAILED, "verify: %zu of %zu numbers are not as they should be",
                    total.n_wrong, total.n_rows);
}
