/* cli_recordings.c - the inputs of a command as recordings: tables cut into series. */
#include "cli_recordings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli_console.h"
#include "cli_files.h"
#include "reader_columns.h"

/* Where the columns of each list lie in the table: the lists are read one after the other. */
static size_t count_columns(const char *list, size_t n_all)
{
    return list ? reader_columns_count(list) : n_all;
}

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

static char *join_lists(const cli_reading *reading)
{
    char *joined = NULL;
    for (size_t k = 0; k < reading->n_lists; k++) {
        const char *list = reading->lists[k];
        if (!list) {
            free(joined);
            return NULL;
        }
        char *item = cli_calloc(strlen(list) + 1, 1);
        while (list) {
            list = reader_columns_item(list, item);
            char *quoted = quote_item(item);
            char *longer = cli_text("%s%s%s", joined ? joined : "", joined ? "," : "", quoted);
            free(joined);
            free(quoted);
            joined = longer;
        }
        free(item);
    }
    return joined;
}

static void fail_missing(cli_channels *out, const reader_table *table, size_t row, size_t column,
                         const char *file)
{
    out->status = RQA_ERROR_NOT_FINITE;
    double value = table->values[row * table->n_columns + column];
    const char *what = isnan(value) ? "a missing value" : "an infinite value";
    if (table->lines)
        out->error =
            cli_text("%s:%zu:%zu: %s in column %s; a number is expected "
                     "(--missing-policy skip leaves it out)",
                     file, table->lines[row], table->numbers[column], what, table->names[column]);
    else
        out->error = cli_text("%s: sample %zu, column %s: %s; a number is expected "
                              "(--missing-policy skip leaves it out)",
                              file, row, table->names[column], what);
}

/* The rows of one part (or all of them) and some columns as a series. */
static void make_series(cli_channels *out, const cli_reading *reading, const reader_table *table,
                        const size_t *rows, size_t n_rows, size_t first_column, size_t n_columns,
                        const char *file)
{
    double *values = cli_calloc(n_rows * n_columns, sizeof *values);
    for (size_t k = 0; k < n_rows; k++)
        for (size_t c = 0; c < n_columns; c++) {
            size_t row = rows ? rows[k] : k, column = first_column + c;
            double value = table->values[row * table->n_columns + column];
            if (!isfinite(value) && !out->error && reading->options->missing == RQA_MISSING_ERROR)
                fail_missing(out, table, row, column, file);
            values[k * n_columns + c] = value;
        }
    if (!out->error) {
        out->status = rqa_series_create(&out->series, reading->context, values, n_rows, n_columns,
                                        reading->options);
        if (out->status != RQA_OK)
            out->error = cli_text("%s: %s", file, rqa_last_error());
    }
    free(values);
}

static cli_recording *add_recording(cli_recordings *out)
{
    if ((out->n & (out->n - 1)) == 0)
        out->recording = cli_grow(out->recording, out->n ? 2 * out->n : 1, sizeof *out->recording);
    cli_recording *recording = &out->recording[out->n++];
    recording->label = NULL;
    recording->keys = cli_calloc(out->n_keys, sizeof *recording->keys);
    recording->channels = cli_calloc(out->n_lists, sizeof *recording->channels);
    return recording;
}

static void set_keys(cli_recordings *out, cli_recording *recording, char *const *keys)
{
    for (size_t k = 0; k < out->n_keys; k++)
        recording->keys[k] = cli_text("%s", keys ? keys[k] : "");
}

/* Rows sorted by part, stable: rows[start[p] .. start[p+1]) are those of part p. */
static void sort_rows(size_t **rows, size_t **start, const reader_table *table)
{
    *start = cli_calloc(table->n_parts + 1, sizeof **start);
    *rows = cli_calloc(table->n_rows, sizeof **rows);
    size_t *next = cli_calloc(table->n_parts, sizeof *next);
    for (size_t k = 0; k < table->n_rows; k++)
        (*start)[table->parts[k] + 1]++;
    for (size_t p = 0; p < table->n_parts; p++) {
        (*start)[p + 1] += (*start)[p];
        next[p] = (*start)[p];
    }
    for (size_t k = 0; k < table->n_rows; k++)
        (*rows)[next[table->parts[k]]++] = k;
    free(next);
}

static char *join_keys(char *const *keys, size_t n, const char *prefix)
{
    char *label = cli_text("%s%s", prefix, keys[0]);
    for (size_t k = 1; k < n; k++) {
        char *longer = cli_text("%s/%s", label, keys[k]);
        free(label);
        label = longer;
    }
    return label;
}

/* What the file itself splits is labelled FILE#TRIAL, what --group-by splits [FILE:]KEY/KEY. */
static void add_parts(cli_recordings *out, const cli_reading *reading, const reader_table *table,
                      const cli_file *file, int only_file)
{
    size_t *rows, *start;
    sort_rows(&rows, &start, table);
    char *prefix = table->is_split ? cli_text("%s#", file->label)
                   : only_file     ? cli_text("%s", "")
                                   : cli_text("%s:", file->label);
    for (size_t p = 0; p < table->n_parts; p++) {
        cli_recording *recording = add_recording(out);
        char *const *keys = table->part_keys + p * table->n_keys;
        char *group[1] = {file->group};
        recording->label = join_keys(keys, table->n_keys, prefix);
        set_keys(out, recording, table->is_split ? group : keys);
        for (size_t k = 0, column = 0; k < out->n_lists; k++) {
            size_t n = count_columns(reading->lists[k], table->n_columns);
            make_series(&recording->channels[k], reading, table, rows + start[p],
                        start[p + 1] - start[p], column, n, file->path);
            column += n;
        }
    }
    free(prefix);
    free(rows);
    free(start);
}

static void add_file(cli_recordings *out, const cli_reading *reading, const cli_file *file,
                     int only_file)
{
    reader_table table;
    reader_error error;
    reader_request request = *reading->request;
    char *columns = join_lists(reading);
    request.columns = columns;
    int status = reader_table_read(&table, file->path, &request, &error);
    if (status == 0 && table.parts) {
        add_parts(out, reading, &table, file, only_file);
    } else {
        cli_recording *recording = add_recording(out);
        char *group[1] = {file->group};
        recording->label = cli_text("%s", file->label);
        set_keys(out, recording, request.keys ? NULL : group);
        for (size_t k = 0, column = 0; k < out->n_lists; k++) {
            cli_channels *channels = &recording->channels[k];
            if (status != 0) {
                channels->status = error.is_system ? RQA_ERROR_IO : RQA_ERROR_VALUE;
                channels->error = cli_text("%s", error.text);
                continue;
            }
            size_t n = count_columns(reading->lists[k], table.n_columns);
            make_series(channels, reading, &table, NULL, table.n_rows, column, n, file->path);
            column += n;
        }
    }
    if (status == 0)
        reader_table_free(&table);
    free(columns);
}

static void name_keys(cli_recordings *out, const char *keys, int has_groups)
{
    const char *list = keys ? keys : has_groups ? "group" : NULL;
    if (!list)
        return;
    out->n_keys = reader_columns_count(list);
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
    }
    for (size_t c = 0; c < recordings->n_keys; c++)
        free(recordings->key_names[c]);
    free(recordings->key_names);
    free(recordings->recording);
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
        make_series(out, reading, table, NULL, table->n_rows, 0, table->n_columns, file);
        return CLI_OK;
    }
    int64_t p = find_part(table, part, file);
    if (p < 0)
        return CLI_BAD_INPUT;
    size_t *rows, *start;
    sort_rows(&rows, &start, table);
    make_series(out, reading, table, rows + start[p], start[p + 1] - start[p], 0, table->n_columns,
                file);
    free(rows);
    free(start);
    return CLI_OK;
}

int cli_recording_read(rqa_series **out, char **column_names, const char *path, const char *part,
                       const cli_reading *reading)
{
    reader_table table;
    reader_error error;
    reader_request request = *reading->request;
    cli_channels channels = {NULL, RQA_OK, NULL};
    request.columns = reading->lists[0];
    *out = NULL;
    if (reader_table_read(&table, path, &request, &error) != 0)
        return cli_fail(error.is_system ? CLI_FAILED : CLI_BAD_INPUT, "%s", error.text);
    int code =
        make_chosen(&channels, &table, part, strcmp(path, "-") == 0 ? "stdin" : path, reading);
    *column_names = join_keys(table.names, table.n_columns, "");
    reader_table_free(&table);
    *out = channels.series;
    if (channels.error)
        code = cli_fail(cli_code_of_status(channels.status), "%s", channels.error);
    free(channels.error);
    return code;
}
