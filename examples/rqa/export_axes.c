/* export_axes.c - the axes of a store's results as arrays. */
#include "export_axes.h"

#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_json.h"
#include "cli_number.h"
#include "cli_signals.h"
#include "cli_system.h"

static const double MOST_ELEMENTS = 1e12;

static const char *const axis_names[EXPORT_AXES] = {"dim", "delay", "threshold", "lmin", "vmin",
                                                     "window"};

static void settings_of(double *out, const rqa_store_row *row)
{
    out[EXPORT_DIM] = row->dim;
    out[EXPORT_DELAY] = row->delay;
    out[EXPORT_THRESHOLD] = row->threshold;
    out[EXPORT_LMIN] = row->lmin;
    out[EXPORT_VMIN] = row->vmin;
    out[EXPORT_WINDOW] = (double)row->window;
}

/* First position whose value is not less. */
static size_t lower_bound(const export_axis *axis, double value)
{
    size_t low = 0, high = axis->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (axis->value[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Rows come in nested loops: a value is where the last one was, the next one, or the first one. */
static size_t find_value(export_axis *axis, double value)
{
    const size_t near[] = {axis->at, axis->at + 1, 0};
    for (size_t k = 0; k < 3; k++)
        if (near[k] < axis->n && axis->value[near[k]] == value)
            return axis->at = near[k];
    size_t at = lower_bound(axis, value);
    return at < axis->n && axis->value[at] == value ? (axis->at = at) : SIZE_MAX;
}

static void add_value(export_axis *axis, double value)
{
    if (find_value(axis, value) != SIZE_MAX)
        return;
    if (axis->n == axis->room) {
        axis->room = axis->room ? 2 * axis->room : 16;
        axis->value = cli_grow(axis->value, axis->room, sizeof *axis->value);
    }
    size_t at = lower_bound(axis, value);
    memmove(axis->value + at + 1, axis->value + at, (axis->n - at) * sizeof *axis->value);
    axis->value[at] = value;
    axis->n++;
    axis->at = at;
}

/* Lengths before the texts make it unambiguous. */
static char *series_text(const rqa_store_row *row)
{
    char *text = cli_text("%zu:%s", strlen(row->series), row->series);
    for (uint32_t k = 0; k < row->n_keys; k++) {
        char *longer = row->keys[k]
                           ? cli_text("%s|%zu:%s", text, strlen(row->keys[k]), row->keys[k])
                           : cli_text("%s|", text);
        free(text);
        text = longer;
    }
    return text;
}

static size_t find_series(const export_axes *axes, const rqa_store_row *row)
{
    char *text = series_text(row);
    size_t found = export_names_find(&axes->series, text);
    free(text);
    return found;
}

static void keep_series(export_axes *axes, const rqa_store_row *row)
{
    char *text = series_text(row);
    size_t n = axes->series.n;
    export_names_add(&axes->series, text);
    free(text);
    if (axes->series.n == n)
        return;
    if ((n & (n - 1)) == 0) {
        axes->labels = cli_grow(axes->labels, n ? 2 * n : 1, sizeof *axes->labels);
        axes->keys = cli_grow(axes->keys, n ? 2 * n : 1, sizeof *axes->keys);
    }
    axes->labels[n] = cli_text("%s", row->series);
    axes->keys[n] = cli_calloc(axes->n_keys, sizeof **axes->keys);
    for (uint32_t k = 0; k < axes->n_keys && k < row->n_keys; k++)
        axes->keys[n][k] = row->keys[k] ? cli_text("%s", row->keys[k]) : NULL;
}

static void keep_failure(export_axes *axes, const rqa_store_row *row)
{
    system_text line;
    if (system_text_open(&line) != 0)
        return;
    FILE *out = line.out;
    fputs("{\"series\": ", out);
    cli_json_text_to(out, row->series);
    fputs(", \"mode\": ", out);
    cli_json_text_to(out, row->mode);
    fputs(", \"text\": ", out);
    cli_json_text_to(out, row->reason);
    fputs("}", out);
    if (system_text_close(&line) == 0)
        export_names_add(&axes->failed, line.text);
    free(line.text);
}

static int fail_rule(const rqa_store_row *row, uint32_t rule)
{
    return cli_fail(CLI_BAD_INPUT,
                    "mode %s: the store has results by several rules (%s, ...), and the arrays have "
                    "no axis for that; --format csv takes them, with a column for each such rule",
                    *row->mode ? row->mode : "''", rqa_store_rule_name(rule));
}

/* An array holds numbers that can be compared: those of a mode are made by the same rules. */
static int keep_mode(export_axes *axes, const rqa_store_row *row)
{
    size_t n = axes->modes.n;
    export_names_add(&axes->modes, row->mode);
    if (axes->modes.n > n) {
        axes->rules = cli_grow(axes->rules, n + 1, sizeof *axes->rules);
        axes->rules[n] = cli_calloc(row->n_rules + 1, sizeof **axes->rules);
        for (uint32_t k = 0; k < row->n_rules; k++)
            axes->rules[n][k] = cli_text("%s", row->rules[k]);
        return CLI_OK;
    }
    char **rules = axes->rules[export_names_find(&axes->modes, row->mode)];
    for (uint32_t k = 0; k < row->n_rules; k++)
        if (strcmp(rules[k], row->rules[k]) != 0)
            return fail_rule(row, k);
    return CLI_OK;
}

static int begin_item(export_axes *axes, const rqa_store_row *row)
{
    keep_series(axes, row);
    if (row->status != RQA_OK)
        keep_failure(axes, row);
    return keep_mode(axes, row);
}

typedef struct reading {
    export_axes *axes;
    uint64_t item;
    uint32_t window_rule; /* empty without windows */
    /* Of the item in hand and the first with results: how many windows, and its name. */
    uint64_t n_windows, n_first;
    char *name, *name_first;
} reading;

/* Arrays have one length; without windows an item has none. */
static int end_item(reading *r)
{
    int code = CLI_OK;
    if (r->name && !r->name_first) {
        r->name_first = r->name;
        r->n_first = r->n_windows;
        r->name = NULL;
    } else if (r->name && r->n_windows != r->n_first) {
        code = cli_fail(CLI_BAD_INPUT,
                        "recordings have unequal numbers of windows (%s has %llu, %s has %llu), and the "
                        "arrays have one length; --format csv takes them",
                        r->name_first, (unsigned long long)r->n_first, r->name,
                        (unsigned long long)r->n_windows);
    }
    free(r->name);
    r->name = NULL;
    r->n_windows = 0;
    return code;
}

static void count_window(reading *r, const rqa_store_row *row)
{
    if (!r->name)
        r->name = cli_text("%s", row->series);
    if (*row->rules[r->window_rule] && row->window >= r->n_windows)
        r->n_windows = row->window + 1;
}

static int on_row(const rqa_store_row *row, void *user)
{
    reading *r = user;
    double value[EXPORT_AXES];
    if (r->item != row->item) {
        r->item = row->item;
        r->axes->code = end_item(r);
        if (r->axes->code == CLI_OK)
            r->axes->code = begin_item(r->axes, row);
    }
    if (row->status == RQA_OK) {
        count_window(r, row);
        settings_of(value, row);
        for (int k = 0; k < EXPORT_AXES; k++)
            add_value(&r->axes->axis[k], value[k]);
    }
    return r->axes->code != CLI_OK || cli_signal != 0;
}

int export_axes_read(export_axes *out, rqa_store *store)
{
    reading r = {.axes = out, .item = UINT64_MAX};
    memset(out, 0, sizeof *out);
    while (strcmp(rqa_store_rule_name(r.window_rule), "window_length") != 0)
        r.window_rule++;
    while (rqa_store_key(store, out->n_keys))
        out->n_keys++;
    rqa_status status = rqa_store_read(store, NULL, on_row, &r);
    if (out->code == CLI_OK && status == RQA_OK)
        out->code = end_item(&r);
    out->n_axes = r.n_first > 0 ? EXPORT_AXES : EXPORT_WINDOW;
    free(r.name);
    free(r.name_first);
    if (out->code != CLI_OK || cli_signal)
        return out->code;
    if (status != RQA_OK)
        return cli_fail_store(status, "export");
    double n = (double)out->series.n * (double)out->modes.n;
    out->n_settings = 1;
    for (int k = 0; k < out->n_axes; k++) {
        n *= (double)out->axis[k].n;
        out->n_settings *= out->axis[k].n;
    }
    if (n == 0)
        return cli_fail(CLI_BAD_INPUT, "the store has no results to export");
    if (n > MOST_ELEMENTS)
        return cli_fail(CLI_BAD_INPUT,
                        "the settings in the store are too different for one grid: arrays of %.3g "
                        "elements; --format csv takes them",
                        n);
    return CLI_OK;
}

size_t export_axes_item(export_axes *axes, const rqa_store_row *row)
{
    size_t series = find_series(axes, row), mode = export_names_find(&axes->modes, row->mode);
    return series == SIZE_MAX || mode == SIZE_MAX ? SIZE_MAX : series * axes->modes.n + mode;
}

size_t export_axes_setting(export_axes *axes, const rqa_store_row *row)
{
    double value[EXPORT_AXES];
    size_t at = 0;
    settings_of(value, row);
    for (int k = 0; k < axes->n_axes; k++) {
        size_t position = find_value(&axes->axis[k], value[k]);
        if (position == SIZE_MAX)
            return SIZE_MAX;
        at = at * axes->axis[k].n + position;
    }
    return at;
}

static void write_texts(FILE *out, char *const *text, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fputs(k ? ", " : "", out);
        cli_json_text_to(out, text[k]);
    }
}

static void write_keys(const export_axes *axes, rqa_store *store, FILE *out)
{
    for (uint32_t k = 0; k < axes->n_keys; k++) {
        fprintf(out, "%s\n        ", k ? "," : "");
        cli_json_text_to(out, rqa_store_key(store, k));
        fputs(": [", out);
        for (size_t s = 0; s < axes->series.n; s++) {
            fputs(s ? ", " : "", out);
            if (axes->keys[s][k])
                cli_json_text_to(out, axes->keys[s][k]);
            else
                fputs("null", out);
        }
        putc(']', out);
    }
}

void export_axes_write(const export_axes *axes, rqa_store *store, uint64_t measures, FILE *out)
{
    fputs("{\n  \"librqa\": ", out);
    cli_json_text_to(out, rqa_version());
    fprintf(out, ",\n  \"dtype\": \"float64\",\n  \"shape\": [%zu, %zu", axes->series.n,
            axes->modes.n);
    for (int k = 0; k < axes->n_axes; k++)
        fprintf(out, ", %zu", axes->axis[k].n);
    fputs("],\n  \"axes\": [\n    {\"name\": \"series\", \"values\": [", out);
    write_texts(out, axes->labels, axes->series.n);
    fputs("],\n      \"keys\": {", out);
    write_keys(axes, store, out);
    fputs("}},\n    {\"name\": \"mode\", \"values\": [", out);
    write_texts(out, axes->modes.name, axes->modes.n);
    fputs("]}", out);
    for (int k = 0; k < axes->n_axes; k++) {
        fprintf(out, ",\n    {\"name\": \"%s\", \"values\": [", axis_names[k]);
        for (size_t v = 0; v < axes->axis[k].n; v++) {
            char text[CLI_NUMBER_ROOM];
            text[cli_number_write(text, axes->axis[k].value[v])] = 0;
            fprintf(out, "%s%s", v ? ", " : "", text);
        }
        fputs("]}", out);
    }
    fputs("\n  ],\n  \"measures\": {", out);
    for (int32_t m = 0, n = 0; m < RQA_MEASURE_COUNT; m++)
        if (measures & RQA_MEASURE_BIT(m))
            fprintf(out, "%s\n    \"%s\": \"%s.npy\"", n++ ? "," : "", rqa_measure_name(m),
                    rqa_measure_name(m));
    fputs("\n  },\n  \"failed\": [", out);
    for (size_t k = 0; k < axes->failed.n; k++)
        fprintf(out, "%s\n    %s", k ? "," : "", axes->failed.name[k]);
    fputs("]\n}\n", out);
}

void export_axes_free(export_axes *axes)
{
    for (size_t s = 0; s < axes->series.n; s++) {
        for (uint32_t k = 0; k < axes->n_keys; k++)
            free(axes->keys[s][k]);
        free(axes->keys[s]);
        free(axes->labels[s]);
    }
    free(axes->keys);
    free(axes->labels);
    for (int k = 0; k < EXPORT_AXES; k++)
        free(axes->axis[k].value);
    for (size_t m = 0; m < axes->modes.n; m++) {
        for (char **rule = axes->rules[m]; *rule; rule++)
            free(*rule);
        free(axes->rules[m]);
    }
    free(axes->rules);
    export_names_free(&axes->series);
    export_names_free(&axes->modes);
    export_names_free(&axes->failed);
}
