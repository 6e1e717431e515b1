/* cmd_plot.c - rqa plot: a recurrence plot, or the distances it is made from, as PNG. */
#include <rqa/rqa.h>

#include "cli_commands.h"
#include "cli_console.h"
#include "cli_output.h"
#include "cli_pair.h"
#include "cli_values.h"

static int read_png_options(rqa_png_options *out, const cli_arguments *arguments)
{
    const char *const *value = arguments->value;
    uint64_t pixels = 0;
    rqa_png_options_init(out);
    int code = CLI_OK;
    if (value[OPT_MAX_PIXELS]) {
        code = cli_value_whole(&pixels, OPT_MAX_PIXELS, value[OPT_MAX_PIXELS], 16, 20000);
        out->max_pixels = (uint32_t)pixels;
    }
    if (code == CLI_OK && value[OPT_PERIOD]) {
        code = cli_value_real(&out->sample_period, OPT_PERIOD, value[OPT_PERIOD]);
        if (code == CLI_OK && out->sample_period == 0)
            code =
                cli_fail(CLI_BAD_INPUT, "--period: '%s' is not a duration > 0", value[OPT_PERIOD]);
    }
    out->overwrite = value[OPT_FORCE] != NULL;
    out->frame = value[OPT_NO_FRAME] == NULL;
    out->x_label = value[OPT_X_LABEL];
    out->y_label = value[OPT_Y_LABEL];
    return code;
}

/* Without a threshold there are distances. */
static int is_of_distances(const cli_arguments *arguments)
{
    return !arguments->value[OPT_THRESHOLD] && !arguments->value[OPT_CATEGORICAL];
}

static void name_axes(rqa_png_options *png, const cli_arguments *arguments)
{
    const char *unit = arguments->value[OPT_PERIOD] ? "time" : "sample";
    if (!png->x_label)
        png->x_label = unit;
    if (!png->y_label)
        png->y_label = unit;
}

static rqa_status draw(const char *path, const cli_pair *pair, const rqa_png_options *png, int distances)
{
    return distances ? rqa_distance_plot_write_png(path, pair->x, pair->y, &pair->options, png)
                     : rqa_plot_write_png(path, pair->x, pair->y, &pair->options, png);
}

int cmd_plot(const cli_arguments *arguments)
{
    const char *path = arguments->value[OPT_OUT];
    cli_pair pair;
    rqa_png_options png;
    if (!path)
        return cli_fail(CLI_BAD_INPUT, "--out is required: the PNG file to write");
    int code = read_png_options(&png, arguments);
    if (code == CLI_OK)
        code = cli_output_check(path, png.overwrite);
    if (code != CLI_OK)
        return code;
    code = cli_pair_make(&pair, arguments);
    if (code == CLI_OK) {
        name_axes(&png, arguments);
        rqa_status status = draw(path, &pair, &png, is_of_distances(arguments));
        if (status != RQA_OK)
            code = cli_fail_status(status, path);
        else
            cli_pair_tell(&pair, arguments);
    }
    cli_pair_free(&pair);
    return code;
}
