/* windows_table.c - the rows of rqa windows: one for each recording and window. */
#include "windows_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "results_status.h"

enum { ROWS_AT_ONCE = 1024 };

static const char *const place_names[] = {"window", "window_start", "window_end", "window_centre"};
enum { N_PLACES = sizeof place_names / sizeof place_names[0] };

static void put(results_text *out, const char *text)
{
    results_text_put(out, text, strlen(text));
}

/* Writes what has come together. */
static int flush(windows_table *table)
{
    int code = cli_output_write(table->output, table->text.text, table->text.n);
    table->text.n = 0;
    return code;
}

/* A group column that has the name of another one. */
static int is_taken(const windows_table *table, const char *name)
{
    int taken = strcmp(name, "series") == 0 || strcmp(name, "status") == 0 ||
                (table->has_times && strcmp(name, "time") == 0);
    for (size_t k = 0; k < N_PLACES; k++)
        taken |= strcmp(name, place_names[k]) == 0;
    for (size_t k = 0; k < table->n_measures; k++)
        taken |= strcmp(name, rqa_measure_name(table->measures[k])) == 0;
    return taken;
}

int windows_table_header(windows_table *table)
{
    results_text *out = &table->text;
    put(out, "series");
    for (size_t k = 0; k < table->n_keys; k++) {
        put(out, is_taken(table, table->key_names[k]) ? ",key_" : ",");
        results_text_cell(out, table->key_names[k]);
    }
    for (size_t k = 0; k < N_PLACES; k++) {
        put(out, ",");
        put(out, place_names[k]);
    }
    if (table->has_times)
        put(out, ",time");
    for (size_t k = 0; k < table->n_measures; k++) {
        put(out, ",");
        put(out, rqa_measure_name(table->measures[k]));
    }
    put(out, ",status\n");
    return flush(table);
}

static void put_names(results_text *out, const windows_table *table, const windows_item *item)
{
    results_text_cell(out, item->label);
    for (size_t k = 0; k < table->n_keys; k++) {
        put(out, ",");
        results_text_cell(out, item->keys && item->keys[k] ? item->keys[k] : "");
    }
}

static int put_failure(windows_table *table, const windows_item *item)
{
    results_text *out = &table->text;
    put_names(out, table, item);
    for (size_t k = 0; k < N_PLACES + table->n_measures + (size_t)table->has_times; k++)
        put(out, ",");
    put(out, ",");
    results_text_cell(out, item->error);
    put(out, "\n");
    return flush(table);
}

static void put_place(windows_table *table, const windows_item *item, size_t k,
                      const rqa_window *window)
{
    results_text *out = &table->text;
    put(out, ",");
    results_text_whole(out, k);
    put(out, ",");
    results_text_whole(out, window->start);
    put(out, ",");
    results_text_whole(out, window->end);
    put(out, ",");
    results_text_number(out, window->centre);
    if (table->has_times)
        put(out, ",");
    if (item->rate > 0)
        results_text_number(out, window->centre / item->rate);
}

static void put_status(results_text *out, const windows_table *table, const uint8_t *reasons)
{
    size_t n = table->n_measures, k = 0;
    while (k < n && reasons[k] == RQA_REASON_DEFINED)
        k++;
    if (k == n) {
        put(out, ",ok\n");
        return;
    }
    char *words = results_status_words(table->measures, n, reasons);
    put(out, ",");
    results_text_cell(out, words);
    put(out, "\n");
    free(words);
}

int windows_table_item(windows_table *table, const windows_item *item)
{
    const double *values[RQA_MEASURE_COUNT];
    const uint8_t *reasons[RQA_MEASURE_COUNT];
    uint8_t here[RQA_MEASURE_COUNT];
    int code = CLI_OK;
    if (!item->windows)
        return put_failure(table, item);
    for (size_t m = 0; m < table->n_measures; m++)
        rqa_windows_values(item->windows, table->measures[m], &values[m], &reasons[m], NULL);
    results_text *out = &table->text;
    const size_t n = rqa_windows_count(item->windows);
    for (size_t k = 0; k < n && code == CLI_OK; k++) {
        rqa_window window = {.struct_size = sizeof window};
        rqa_windows_at(item->windows, k, &window);
        put_names(out, table, item);
        put_place(table, item, k, &window);
        for (size_t m = 0; m < table->n_measures; m++) {
            put(out, ",");
            results_text_number(out, values[m][k]);
            here[m] = reasons[m][k];
        }
        put_status(out, table, here);
        if (k % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 || k + 1 == n)
            code = flush(table);
    }
    return code;
}

void windows_table_free(windows_table *table)
{
    free(table->text.text);
}
