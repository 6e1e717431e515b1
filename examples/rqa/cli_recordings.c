/* cli_recordings.c - the inputs of a command as recordings: tables cut into series. */
#include "cli_recordings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_files.h"
#include "reader_columns.h"

/* "x" as an item that ends where it says, whatever follows. */
static char *quote_item(const char *item)
{
    char *quoted = cli_calloc(2 * strlen(item) + 3, 1), *to = quoted;
    *to++ = '"';
    for (; *item; item++) {
        if (*item == '"')
            *to++ = '"';
        *to++ = *item;
    }
    *to = '"';
    return quoted;
}

/* All lists in one, for the reader: the word all stays one, half a quote in each list makes no
 * whole one. */
static char *join_lists(const cli_reading *reading)
{
    size_t room = 1, n = 0;
    for (size_t k = 0; k < reading->n_lists; k++) {
        if (!reading->lists[k])
            return NULL;
        room += 4 * strlen(reading->lists[k]) + 8;
    }
    char *joined = cli_calloc(room, 1);
    for (size_t k = 0; k < reading->n_lists; k++) {
        const char *list = reading->lists[k];
        char *item = cli_calloc(strlen(list) + 1, 1);
        while (list) {
            int is_all = reader_columns_is_all(list);
            list = reader_columns_item(list, item);
            char *quoted = is_all ? cli_text("all") : quote_item(item);
            if (n > 0)
                joined[n++] = ',';
            memcpy(joined + n, quoted, strlen(quoted));
            n += strlen(quoted);
            free(quoted);
        }
        free(item);
    }
    return joined;
}

/* Where the columns of each list lie in the table: the lists are read one after the other. */
static size_t count_columns(const char *list, const reader_table *table)
{
    return list ? reader_columns_count(list, table->n_file_columns) : table->n_columns;
}

static cli_recording *add_recording(cli_recordings *out)
{
    if ((out->n & (out->n - 1)) == 0)
        out->recording = cli_grow(out->recording, out->n ? 2 * out->n : 1, sizeof *out->recording);
    cli_recording *recording = &out->recording[out->n++];
    recording->label = recording->shape = NULL;
    recording->sampling_rate = 0.0;
    recording->keys = cli_calloc(out->n_keys, sizeof *recording->keys);
    recording->channels = cli_calloc(out->n_lists, sizeof *recording->channels);
    return recording;
}

static void set_keys(cli_recordings *out, cli_recording *recording, char *const *keys)
{
    for (size_t k = 0; k < out->n_keys; k++)
        recording->keys[k] = cli_text("%s", keys ? keys[k] : "");
}

static char *join_keys(char *const *keys, size_t n, const char *prefix)
{
    size_t length = strlen(prefix) + 1, at = strlen(prefix);
    for (size_t k = 0; k < n; k++)
        length += strlen(keys[k]) + 1;
    char *label = cli_calloc(length, 1);
    memcpy(label, prefix, at);
    for (size_t k = 0; k < n; k++) {
        if (k > 0)
            label[at++] = '/';
        memcpy(label + at, keys[k], strlen(keys[k]));
        at += strlen(keys[k]);
    }
    return label;
}

static rqa_status status_of(const reader_error *error)
{
    static const rqa_status statuses[] = {
        [READER_OF_INPUT] = RQA_ERROR_VALUE,
        [READER_OF_MACHINE] = RQA_ERROR_IO,
        [READER_OF_LIMIT] = RQA_ERROR_MEMORY_LIMIT,
    };
    return statuses[error->is_system];
}

/* A file that is one recording; the error if it could not be read. */
static void add_single(cli_recordings *out, const cli_reading *reading, const reader_table *table,
                       const cli_file *file, const reader_error *error)
{
    cli_recording *recording = add_recording(out);
    char *group[1] = {file->group};
    recording->label = cli_text("%s", file->label);
    set_keys(out, recording, reading->request->keys ? NULL : group);
    recording->shape = error ? NULL : cli_series_shape(table, reading->request);
    recording->sampling_rate = error ? 0.0 : table->sampling_rate;
    for (size_t k = 0, column = 0; k < out->n_lists; k++) {
        cli_channels *channels = &recording->channels[k];
        if (error) {
            channels->status = status_of(error);
            channels->error = cli_text("%s", error->text);
            continue;
        }
        size_t n = count_columns(reading->lists[k], table);
        cli_series_make(channels, reading, table, NULL, table->n_rows, column, n,
                        cli_files_shown(file->path));
        column += n;
    }
}

/* What the file itself splits is labelled FILE#TRIAL, what --group-by splits [FILE:]KEY/KEY. */
static void add_parts(cli_recordings *out, const cli_reading *reading, const reader_table *table,
                      const cli_file *file, int only_file)
{
    size_t *rows, *start;
    reader_error error;
    if (cli_series_sort(&rows, &start, table, reading->request->memory, cli_files_shown(file->path),
                        &error) != 0) {
        add_single(out, reading, table, file, &error);
        return;
    }
    char *prefix = table->is_split ? cli_text("%s#", file->label)
                   : only_file     ? cli_text("%s", "")
                                   : cli_text("%s:", file->label);
    for (size_t p = 0; p < table->n_parts; p++) {
        cli_recording *recording = add_recording(out);
        char *const *keys = table->part_keys + p * table->n_keys;
        char *group[1] = {file->group};
        recording->label = join_keys(keys, table->n_keys, prefix);
        recording->sampling_rate = table->sampling_rate;
        set_keys(out, recording, table->is_split ? group : keys);
        for (size_t k = 0, column = 0; k < out->n_lists; k++) {
            size_t n = count_columns(reading->lists[k], table);
            cli_series_make(&recording->channels[k], reading, table, rows + start[p],
                            start[p + 1] - start[p], column, n, cli_files_shown(file->path));
            column += n;
        }
    }
    free(prefix);
    free(rows);
    free(start);
}

static uint64_t count_bytes(const cli_recordings *recordings, size_t first)
{
    uint64_t n = 0;
    for (size_t k = first; k < recordings->n; k++)
        for (size_t c = 0; c < recordings->n_lists; c++) {
            const rqa_series *series = recordings->recording[k].channels[c].series;
            n += (uint64_t)rqa_series_n_samples(series) * rqa_series_n_channels(series) *
                 sizeof(double);
        }
    return n;
}

static void add_file(cli_recordings *out, const cli_reading *reading, const cli_file *file,
                     int only_file)
{
    reader_table table;
    reader_error error;
    reader_request request = *reading->request;
    uint64_t held = request.memory->held;
    size_t first = out->n;
    char *columns = join_lists(reading);
    request.columns = columns;
    request.memory->refused = 0;
    int status = reader_table_read(&table, file->path, &request, &error);
    if (status == 0 && table.parts)
        add_parts(out, reading, &table, file, only_file);
    else
        add_single(out, reading, &table, file, status == 0 ? NULL : &error);
    if (status == 0)
        reader_table_free(&table);
    /* The table is gone, its series stay. */
    request.memory->held = held + count_bytes(out, first);
    free(columns);
}

static void name_keys(cli_recordings *out, const char *keys, int has_groups)
{
    const char *list = keys ? keys : has_groups ? "group" : NULL;
    if (!list)
        return;
    out->n_keys = reader_columns_count(list, 1);
    out->key_names = cli_calloc(out->n_keys, sizeof *out->key_names);
    for (size_t k = 0; k < out->n_keys; k++) {
        out->key_names[k] = cli_calloc(strlen(list) + 1, 1);
        list = reader_columns_item(list, out->key_names[k]);
    }
}

int cli_recordings_read(cli_recordings *out, const char *const *inputs, size_t n_inputs,
                        const cli_reading *reading)
{
    cli_files files;
    memset(out, 0, sizeof *out);
    out->n_lists = reading->n_lists;
    int code = cli_files_find(&files, inputs, n_inputs);
    if (code == CLI_OK) {
        name_keys(out, reading->request->keys, files.has_groups);
        for (size_t k = 0; k < files.n; k++)
            add_file(out, reading, &files.file[k], files.n == 1);
        out->n_left_out = files.n_left_out;
        out->left_out = cli_files_left_out(&files);
    }
    cli_files_free(&files);
    return code;
}

void cli_recordings_free(cli_recordings *recordings)
{
    for (size_t k = 0; k < recordings->n; k++) {
        cli_recording *recording = &recordings->recording[k];
        for (size_t c = 0; c < recordings->n_lists; c++) {
            rqa_series_destroy(recording->channels[c].series);
            free(recording->channels[c].error);
        }
        for (size_t c = 0; c < recordings->n_keys; c++)
            free(recording->keys[c]);
        free(recording->keys);
        free(recording->channels);
        free(recording->label);
        free(recording->shape);
    }
    for (size_t c = 0; c < recordings->n_keys; c++)
        free(recordings->key_names[c]);
    free(recordings->key_names);
    free(recordings->recording);
    free(recordings->left_out);
    memset(recordings, 0, sizeof *recordings);
}

/* The labels of the parts as far as they fit a line. */
static void describe_parts(char *out, size_t room, const reader_table *table)
{
    size_t used = 0;
    for (size_t p = 0; p < table->n_parts; p++) {
        char *label = join_keys(table->part_keys + p * table->n_keys, table->n_keys, "");
        int more = snprintf(out + used, room - used, "%s%.60s", p ? ", " : "", label);
        free(label);
        if (more < 0 || used + (size_t)more + 6 > room) {
            snprintf(out + used, room - used, ", ...");
            return;
        }
        used += (size_t)more;
    }
}

/* Number of the part that is meant, -1 with a line when that is not clear. */
static int64_t find_part(const reader_table *table, const char *part, const char *file)
{
    char known[240];
    if (!part && table->n_parts == 1)
        return 0;
    for (size_t p = 0; part && p < table->n_parts; p++) {
        char *label = join_keys(table->part_keys + p * table->n_keys, table->n_keys, "");
        int found = strcmp(label, part) == 0;
        free(label);
        if (found)
            return (int64_t)p;
    }
    describe_parts(known, sizeof known, table);
    if (part)
        cli_fail(CLI_BAD_INPUT, "%s: there is no part '%s'; its parts are: %s", file, part, known);
    else
        cli_fail(
            CLI_BAD_INPUT,
            "%s: the file holds %zu recordings; choose one with --part (there are: %s), or let "
            "rqa sweep analyse each",
            file, table->n_parts, known);
    return -1;
}

/* The series of the table, or of one part of it. */
static int make_chosen(cli_channels *out, const reader_table *table, const char *part,
                       const char *file, const cli_reading *reading)
{
    if (!table->parts && part)
        return cli_fail(CLI_BAD_INPUT, "%s: there is no part '%s'; the file is one recording%s",
                        file, part, reading->request->keys ? "" : " (--group-by splits a table)");
    if (!table->parts) {
        cli_series_make(out, reading, table, NULL, table->n_rows, 0, table->n_columns, file);
        return CLI_OK;
    }
    int64_t p = find_part(table, part, file);
    if (p < 0)
        return CLI_BAD_INPUT;
    size_t *rows, *start;
    reader_error error;
    if (cli_series_sort(&rows, &start, table, reading->request->memory, file, &error) != 0)
        return cli_fail(CLI_FAILED, "%s", error.text);
    cli_series_make(out, reading, table, rows + start[p], start[p + 1] - start[p], 0,
                    table->n_columns, file);
    free(rows);
    free(start);
    return CLI_OK;
}

int cli_recording_read(cli_recorded *out, const char *path, const char *part,
                       const cli_reading *reading)
{
    reader_table table;
    reader_error error;
    reader_request request = *reading->request;
    cli_channels channels = {NULL, RQA_OK, NULL};
    const char *name = cli_files_shown(path);
    uint64_t held = request.memory->held;
    request.columns = reading->lists[0];
    memset(out, 0, sizeof *out);
    if (reader_table_read(&table, path, &request, &error) != 0)
        return cli_fail(error.is_system ? CLI_FAILED : CLI_BAD_INPUT, "%s", error.text);
    int code = make_chosen(&channels, &table, part, name, reading);
    out->columns = join_keys(table.names, table.n_columns, "");
    out->shape = cli_series_shape(&table, &request);
    out->sampling_rate = table.sampling_rate;
    reader_table_free(&table);
    request.memory->held = held + (uint64_t)rqa_series_n_samples(channels.series) *
                                      rqa_series_n_channels(channels.series) * sizeof(double);
    out->series = channels.series;
    if (channels.error)
        code = cli_fail(cli_code_of_status(channels.status), "%s%s%s", channels.error,
                        out->shape ? "; " : "", out->shape ? out->shape : "");
    free(channels.error);
    return code;
}
