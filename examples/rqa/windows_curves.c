/* windows_curves.c - a recording, and below it the measures of its windows. */
#include "windows_curves.h"

#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "curve_file.h"

static const double recording_height = 110.0, measure_height = 70.0;

enum { MOST_NAMED = 8 }; /* more would fill the picture */

/* The k-th of n names in a list of columns; NULL where the list does not say them plainly. */
static char *name_in(const char *columns, size_t k, size_t n)
{
    size_t n_names = columns != NULL;
    for (const char *c = columns; c && *c; c++)
        n_names += *c == ',';
    if (n_names != n || strpbrk(columns, "\"'"))
        return NULL;
    for (; k > 0; k--)
        columns = strchr(columns, ',') + 1;
    return cli_text("%.*s", (int)strcspn(columns, ","), columns);
}

/* The channels of a recording; returns how many. */
static size_t channels(curve *out, const rqa_series *series, double step, const char *columns)
{
    const size_t n = rqa_series_n_channels(series);
    for (size_t k = 0; k < n; k++) {
        char *name = n == 1 || n > MOST_NAMED ? NULL : name_in(columns, k, n);
        if (!name && n > 1 && n <= MOST_NAMED)
            name = cli_text("channel %zu", k + 1);
        out[k] = (curve){.name = name,
                         .x_step = step,
                         .y = rqa_series_channel(series, k),
                         .n = rqa_series_n_samples(series)};
    }
    return n;
}

/* What stands beside a recording: the name of its only column, or which of two it is. */
static char *label_of(const rqa_series *series, const char *columns, const char *otherwise)
{
    char *name = rqa_series_n_channels(series) == 1 ? name_in(columns, 0, 1) : NULL;
    return name ? name : cli_text("%s", otherwise);
}

/* "" where a measure has no unit. */
static const char *unit_of(int32_t measure)
{
    switch (measure) {
    case RQA_MEASURE_L_MEAN:
    case RQA_MEASURE_L_MAX:
    case RQA_MEASURE_TT:
    case RQA_MEASURE_V_MAX:
    case RQA_MEASURE_W_MEAN:
    case RQA_MEASURE_W_MAX:
    case RQA_MEASURE_T1:
    case RQA_MEASURE_T2:
        return " (samples)";
    case RQA_MEASURE_L_ENTR:
    case RQA_MEASURE_V_ENTR:
    case RQA_MEASURE_W_ENTR:
        return " (nats)";
    default:
        return "";
    }
}

/* Windows that lie apart are told by their dots; many make a line. */
static curve of_measure(const windows_curves *c, int32_t measure, double step)
{
    rqa_window first = {.struct_size = sizeof first}, second = {.struct_size = sizeof second};
    curve out = {0};
    rqa_windows_values(c->windows, measure, &out.y, NULL, &out.n);
    rqa_windows_at(c->windows, 0, &first);
    out.x_first = first.centre * step;
    if (out.n > 1) {
        rqa_windows_at(c->windows, 1, &second);
        out.x_step = (second.centre - first.centre) * step;
    }
    out.style = out.n <= 100 ? CURVE_LINE_POINTS : CURVE_LINE;
    return out;
}

int windows_curves_write(const windows_curves *c, const char *path, int force)
{
    const double step = c->rate > 0 ? 1.0 / c->rate : 1.0;
    const size_t most = rqa_series_n_channels(c->x) + (c->y ? rqa_series_n_channels(c->y) : 0);
    curve *recording = cli_calloc(most, sizeof *recording);
    curve *measure = cli_calloc(c->n_measures, sizeof *measure);
    curve_panel *panel = cli_calloc(c->n_measures + 2, sizeof *panel);
    char *label_x = label_of(c->x, c->columns_x, c->y ? "x" : "recording");
    char *label_y = c->y ? label_of(c->y, c->columns_y, "y") : NULL;
    size_t n = 0, n_channels = channels(recording, c->x, step, c->columns_x);
    panel[n++] = (curve_panel){.curves = recording,
                               .n_curves = n_channels,
                               .y_label = label_x,
                               .height = recording_height};
    if (c->y)
        panel[n++] =
            (curve_panel){.curves = recording + n_channels,
                          .n_curves = channels(recording + n_channels, c->y, step, c->columns_y),
                          .y_label = label_y,
                          .height = recording_height};
    for (size_t k = 0; k < c->n_measures; k++) {
        measure[k] = of_measure(c, c->measures[k], step);
        char *title = cli_text("%s%s", rqa_measure_name(c->measures[k]), unit_of(c->measures[k]));
        panel[n++] = (curve_panel){
            .title = title, .curves = &measure[k], .n_curves = 1, .height = measure_height};
    }
    panel[n - 1].x_label =
        c->rate > 0 ? "time, centre of the window (s)" : "sample, centre of the window";
    const curve_picture picture = {c->title, panel, n};
    int code = curve_file_write(&picture, path, force);
    for (size_t k = 0; k < most; k++)
        free((void *)recording[k].name);
    for (size_t k = 0; k < n; k++)
        free((void *)panel[k].title);
    free(label_x);
    free(label_y);
    free(recording);
    free(measure);
    free(panel);
    return code;
}
