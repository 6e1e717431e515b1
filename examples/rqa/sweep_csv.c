/* sweep_csv.c - the rows of a sweep as CSV. */
#include "sweep_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_number.h"

static void reserve(sweep_csv *csv, size_t more)
{
    if (csv->room - csv->used >= more)
        return;
    csv->room = 2 * (csv->used + more);
    csv->buffer = cli_grow(csv->buffer, csv->room, 1);
}

static void put(sweep_csv *csv, const char *text, size_t n)
{
    reserve(csv, n);
    memcpy(csv->buffer + csv->used, text, n);
    csv->used += n;
}

/* A cell of text, quoted where it must be (RFC 4180). */
static void put_text(sweep_csv *csv, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        put(csv, text, strlen(text));
        return;
    }
    put(csv, "\"", 1);
    for (; *text; text++) {
        put(csv, text, 1);
        if (*text == '"')
            put(csv, "\"", 1);
    }
    put(csv, "\"", 1);
}

/* The texts of all axis values, made once: ",2" and so on. */
static void make_axis_texts(sweep_csv *csv)
{
    const sweep_grid *g = csv->grid;
    const size_t size[5] = {g->n_dims, g->n_delays, g->n_thresholds, g->n_lmins, g->n_vmins};
    size_t n = 0;
    for (int axis = 0; axis < 5; axis++) {
        csv->first_of_axis[axis] = n;
        n += size[axis];
    }
    csv->first_of_axis[5] = n;
    csv->axis_texts = cli_calloc(n, sizeof *csv->axis_texts);
    for (int axis = 0; axis < 5; axis++)
        for (size_t k = 0; k < size[axis]; k++) {
            char text[CLI_NUMBER_ROOM];
            const uint32_t *whole[] = {g->dims, g->delays, NULL, g->lmins, g->vmins};
            double value = axis == 2 ? g->thresholds[k] : (double)whole[axis][k];
            text[cli_number_write(text, value)] = 0;
            csv->axis_texts[csv->first_of_axis[axis] + k] = cli_text(",%s", text);
        }
}

int sweep_csv_begin(sweep_csv *csv, cli_output *output, const sweep_grid *grid,
                    const cli_recordings *recordings, const rqa_batch *batch)
{
    memset(csv, 0, sizeof *csv);
    csv->output = output;
    csv->grid = grid;
    csv->recordings = recordings;
    make_axis_texts(csv);
    put_text(csv, "series");
    for (size_t k = 0; k < recordings->n_keys; k++) {
        put(csv, ",", 1);
        put_text(csv, recordings->key_names[k]);
    }
    static const char settings[] = ",mode,dim,delay,threshold,lmin,vmin";
    put(csv, settings, sizeof settings - 1);
    for (uint32_t k = 0; rqa_batch_measure_at(batch, k) >= 0; k++) {
        put(csv, ",", 1);
        put_text(csv, rqa_measure_name(rqa_batch_measure_at(batch, k)));
    }
    put(csv, ",status\n", 8);
    int code = cli_output_write(output, csv->buffer, csv->used);
    csv->used = 0;
    return code;
}

/* The values of one row and its status: ok, the first reason, or the item's error. */
static void put_values(sweep_csv *csv, const rqa_batch_event *event, uint64_t row)
{
    size_t n = event->n_measures;
    const char *status = event->status == RQA_OK ? "ok" : event->text;
    reserve(csv, n * (CLI_NUMBER_ROOM + 1));
    char *out = csv->buffer + csv->used;
    for (size_t k = 0; k < n; k++) {
        *out++ = ',';
        if (event->status != RQA_OK || !event->values)
            continue;
        double value = event->values[row * n + k];
        if (!isnan(value)) {
            out += cli_number_write(out, value);
        } else if (status[0] == 'o' && event->reasons) {
            const char *reason = rqa_reason_text(event->reasons[row * n + k]);
            status = reason && *reason ? reason : "undefined";
        }
    }
    csv->used = (size_t)(out - csv->buffer);
    put(csv, ",", 1);
    put_text(csv, status);
    put(csv, "\n", 1);
}

/* All rows of an item into the buffer: nested loops over the axes, vmin innermost. */
static void format_item(sweep_csv *csv, const rqa_batch_event *event)
{
    const cli_recording *recording = &csv->recordings->recording[event->item / csv->grid->n_modes];
    const sweep_mode *mode = &csv->grid->modes[event->item % csv->grid->n_modes];
    const size_t *first = csv->first_of_axis;
    put_text(csv, recording->label);
    for (size_t k = 0; k < csv->recordings->n_keys; k++) {
        put(csv, ",", 1);
        put_text(csv, recording->keys[k]);
    }
    put(csv, ",", 1);
    put_text(csv, mode->name);
    char *prefix = cli_text("%.*s", (int)csv->used, csv->buffer);
    size_t n_prefix = csv->used;
    csv->used = 0;
    for (uint64_t row = 0; row < event->n_rows; row++) {
        size_t at[5];
        uint64_t rest = row;
        for (int axis = 4; axis >= 0; axis--) {
            size_t size = first[axis + 1] - first[axis];
            at[axis] = first[axis] + (size_t)(rest % size);
            rest /= size;
        }
        put(csv, prefix, n_prefix);
        for (int axis = 0; axis < 5; axis++)
            put(csv, csv->axis_texts[at[axis]], strlen(csv->axis_texts[at[axis]]));
        put_values(csv, event, row);
    }
    free(prefix);
}

int sweep_csv_item(sweep_csv *csv, const rqa_batch_event *event)
{
    csv->used = 0;
    format_item(csv, event);
    return cli_output_write(csv->output, csv->buffer, csv->used);
}

void sweep_csv_end(sweep_csv *csv)
{
    for (size_t k = 0; csv->axis_texts && k < csv->first_of_axis[5]; k++)
        free(csv->axis_texts[k]);
    free(csv->axis_texts);
    free(csv->buffer);
}
