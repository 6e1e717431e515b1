/* sweep_grid.c - the axes and modes of a sweep, from its options. */
#include "sweep_grid.h"

#include <stdlib.h>
#include <string.h>

#include "cli_analysis.h"
#include "cli_console.h"
#include "cli_values.h"

enum { MOST_DIM = 1000 };

/* Index of a list of columns, one more if it is new. */
static size_t find_list(sweep_grid *grid, const char *columns)
{
    for (size_t k = 0; k < grid->n_lists; k++)
        if (columns && grid->lists[k] && strcmp(grid->lists[k], columns) == 0)
            return k;
    grid->lists = cli_grow(grid->lists, grid->n_lists + 1, sizeof *grid->lists);
    grid->lists[grid->n_lists] = columns ? cli_text("%s", columns) : NULL;
    return grid->n_lists++;
}

static int add_mode(sweep_grid *grid, const char *text)
{
    const char *columns = strchr(text, ':'), *norm = columns ? strrchr(columns, ':') : NULL;
    if (!columns || norm == columns || columns == text || norm == columns + 1 || norm[1] == 0)
        return cli_fail(CLI_BAD_INPUT,
                        "--mode: '%s' is not NAME:COLUMNS:NORM, such as 2d:x,y:euclidean", text);
    sweep_mode mode = {cli_text("%.*s", (int)(columns - text), text), 0, 0};
    for (size_t k = 0; k < grid->n_modes; k++)
        if (strcmp(grid->modes[k].name, mode.name) == 0) {
            free(mode.name);
            return cli_fail(CLI_BAD_INPUT, "--mode: '%s' has the name of another mode", text);
        }
    char *list = cli_text("%.*s", (int)(norm - columns - 1), columns + 1);
    mode.list = find_list(grid, list);
    free(list);
    grid->modes[grid->n_modes] = mode;
    return cli_analysis_norm(&grid->modes[grid->n_modes++].norm, OPT_MODE, norm + 1);
}

static int make_modes(sweep_grid *grid, const cli_arguments *arguments)
{
    grid->modes = cli_calloc(arguments->n_modes + 1, sizeof *grid->modes);
    if (arguments->n_modes > 0 && (arguments->value[OPT_COLUMNS] || arguments->value[OPT_NORM]))
        return cli_fail(CLI_BAD_INPUT, "--mode names its columns and norm itself; --columns and "
                                       "--norm cannot be given as well");
    if (arguments->n_modes == 0) {
        grid->modes[0].list = find_list(grid, arguments->value[OPT_COLUMNS]);
        grid->modes[0].norm = grid->analysis.norm;
        grid->modes[0].name = cli_text("%s", rqa_norm_name(grid->analysis.norm));
        grid->n_modes = 1;
        return CLI_OK;
    }
    for (size_t k = 0; k < arguments->n_modes; k++) {
        int code = add_mode(grid, arguments->modes[k]);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

static int make_axes(sweep_grid *grid, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    if (!value[OPT_THRESHOLD] && !value[OPT_CATEGORICAL])
        return cli_fail(CLI_BAD_INPUT, "--threshold is required, such as 0.05:0.10:0.001");
    int code = cli_values_real(&grid->thresholds, &grid->n_thresholds, OPT_THRESHOLD,
                               value[OPT_THRESHOLD] ? value[OPT_THRESHOLD] : "0");
    for (size_t k = 0; code == CLI_OK && k < grid->n_thresholds; k++)
        code = cli_analysis_categorical(grid->thresholds[k], grid->analysis.compare, arguments);
    if (code == CLI_OK)
        code = cli_values_whole(&grid->dims, &grid->n_dims, OPT_DIM,
                                value[OPT_DIM] ? value[OPT_DIM] : "1", 1, MOST_DIM);
    if (code == CLI_OK)
        code = cli_values_whole(&grid->delays, &grid->n_delays, OPT_DELAY,
                                value[OPT_DELAY] ? value[OPT_DELAY] : "1", 1, INT32_MAX);
    if (code == CLI_OK && value[OPT_LMIN])
        code =
            cli_values_whole(&grid->lmins, &grid->n_lmins, OPT_LMIN, value[OPT_LMIN], 1, INT32_MAX);
    if (code == CLI_OK && value[OPT_VMIN])
        code =
            cli_values_whole(&grid->vmins, &grid->n_vmins, OPT_VMIN, value[OPT_VMIN], 1, INT32_MAX);
    return code;
}

/* librqa says so too, in terms of its functions. */
static int check_windows(const sweep_grid *grid)
{
    const int near = grid->analysis.threshold_unit >= RQA_THRESHOLD_NEIGHBOURS;
    if (!grid->windows.window || (!near && !grid->analysis.corridor))
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT, "%s does not go with --window in a sweep; rqa windows has both",
                    near ? "--threshold-unit neighbours or neighbour-rate" : "--threshold-lower");
}

int sweep_grid_make(sweep_grid *out, const cli_arguments *arguments)
{
    memset(out, 0, sizeof *out);
    int code = cli_analysis_options(&out->analysis, arguments, 0);
    if (code == CLI_OK && out->analysis.measures == 0)
        out->analysis.measures =
            RQA_MEASURES_DEFAULT &
            ~(RQA_MEASURE_BIT(RQA_MEASURE_T1) | RQA_MEASURE_BIT(RQA_MEASURE_T2) |
              RQA_MEASURE_BIT(RQA_MEASURE_RTE) | RQA_MEASURE_BIT(RQA_MEASURE_TREND));
    if (code == CLI_OK)
        code = cli_analysis_windows(&out->windows, arguments);
    if (code == CLI_OK)
        code = check_windows(out);
    if (code == CLI_OK)
        code = make_axes(out, arguments);
    if (code == CLI_OK)
        code = make_modes(out, arguments);
    rqa_batch_options_init(&out->batch);
    out->batch.dims = out->dims;
    out->batch.n_dims = (uint32_t)out->n_dims;
    out->batch.delays = out->delays;
    out->batch.n_delays = (uint32_t)out->n_delays;
    out->batch.thresholds = out->thresholds;
    out->batch.n_thresholds = (uint32_t)out->n_thresholds;
    out->batch.lmins = out->lmins;
    out->batch.n_lmins = (uint32_t)out->n_lmins;
    out->batch.vmins = out->vmins;
    out->batch.n_vmins = (uint32_t)out->n_vmins;
    out->batch.analysis = &out->analysis;
    out->batch.window = out->windows.window;
    out->batch.step = out->windows.step;
    out->batch.scope = out->windows.scope;
    return code;
}

void sweep_grid_complete(sweep_grid *grid, const rqa_batch *batch)
{
    rqa_batch_row row = {.struct_size = sizeof row};
    rqa_batch_row_at(batch, 0, &row);
    if (grid->n_lmins == 0) {
        grid->lmins = cli_calloc(1, sizeof *grid->lmins);
        grid->lmins[0] = row.lmin;
        grid->n_lmins = 1;
    }
    if (grid->n_vmins == 0) {
        grid->vmins = cli_calloc(1, sizeof *grid->vmins);
        grid->vmins[0] = row.vmin;
        grid->n_vmins = 1;
    }
}

void sweep_grid_free(sweep_grid *grid)
{
    for (size_t k = 0; k < grid->n_modes; k++)
        free(grid->modes[k].name);
    for (size_t k = 0; k < grid->n_lists; k++)
        free(grid->lists[k]);
    free(grid->modes);
    free(grid->lists);
    free(grid->dims);
    free(grid->delays);
    free(grid->thresholds);
    free(grid->lmins);
    free(grid->vmins);
}
