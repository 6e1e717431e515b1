/* results_block.c - some rows of results, and the CSV text that they make. */
#include "results_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"
#include "cli_console.h"
#include "cli_number.h"

/* Columns of a window: window, window_start, window_end, window_centre. */
enum { N_PLACES = 4 };

/* The room that `more` characters need, at the end of the text. */
static char *reserve(results_text *text, size_t more)
{
    if (text->room - text->n < more) {
        text->room = 2 * (text->n + more);
        text->text = cli_grow(text->text, text->room, 1);
    }
    return text->text + text->n;
}

void results_text_put(results_text *text, const char *more, size_t n)
{
    memcpy(reserve(text, n), more, n);
    text->n += n;
}

void results_text_number(results_text *text, double value)
{
    if (!isnan(value))
        text->n += cli_number_write(reserve(text, CLI_NUMBER_ROOM), value);
}

void results_text_whole(results_text *text, unsigned long long value)
{
    text->n += cli_number_write_whole(reserve(text, CLI_NUMBER_ROOM), value);
}

/* What is in files stays as it is, line ends and control characters too, but for bytes that are not
 * UTF-8: most programs refuse a whole table for one of them. */
void results_text_cell(results_text *text, const char *cell)
{
    int quoted = strpbrk(cell, ",\"\r\n") != NULL;
    if (quoted)
        results_text_put(text, "\"", 1);
    while (*cell) {
        const char *begin = cell;
        uint32_t code = rqa__utf8_next(&cell);
        if (code == RQA__NO_CODE)
            results_text_put(text, "\xef\xbf\xbd", 3);
        else
            results_text_put(text, begin, (size_t)(cell - begin));
        if (code == '"')
            results_text_put(text, "\"", 1);
    }
    if (quoted)
        results_text_put(text, "\"", 1);
}

void results_block_init(results_block *block, const results_columns *columns)
{
    memset(block, 0, sizeof *block);
    block->row = cli_calloc(RESULTS_BLOCK_ROWS, sizeof *block->row);
    block->values = cli_calloc(RESULTS_BLOCK_ROWS * columns->n_measures, sizeof *block->values);
}

void results_block_free(results_block *block)
{
    free(block->row);
    free(block->values);
    free(block->cells.text);
    free(block->last_status.text);
    free(block->text.text);
}

void results_block_clear(results_block *block)
{
    block->n_rows = 0;
    block->cells.n = 0;
    block->last_status.n = 0;
    block->last_item = 0;
    block->text.n = 0;
}

/* The status of most rows is that of the row before. */
static results_piece status_piece(results_block *block, const char *status)
{
    size_t n = strlen(status);
    if (block->n_rows > 0 && block->last_status.n == n &&
        memcmp(block->last_status.text, status, n) == 0)
        return block->row[block->n_rows - 1].status;
    block->last_status.n = 0;
    results_text_put(&block->last_status, status, n);
    results_piece piece = {block->cells.n, 0};
    results_text_cell(&block->cells, status);
    piece.n = block->cells.n - piece.at;
    return piece;
}

void results_block_add(results_block *block, const results_row *row, const results_columns *columns,
                       const results_text *item, uint64_t item_number)
{
    results_block_row *out = &block->row[block->n_rows];
    if (block->last_item == item_number) {
        out->item = block->row[block->n_rows - 1].item;
    } else {
        out->item = (results_piece){block->cells.n, item->n};
        results_text_put(&block->cells, item->text, item->n);
        block->last_item = item_number;
    }
    out->status = status_piece(block, row->status);
    out->dim = row->dim;
    out->delay = row->delay;
    out->threshold = row->threshold;
    out->lmin = row->lmin;
    out->vmin = row->vmin;
    memcpy(out->reached, row->reached, sizeof out->reached);
    out->has_window = row->has_window;
    out->window = row->window;
    out->window_start = row->window_start;
    out->window_end = row->window_end;
    out->window_centre = row->window_centre;
    out->failed = !row->values;
    double *values = block->values + block->n_rows++ * columns->n_measures;
    for (size_t k = 0; row->values && k < columns->n_measures; k++)
        values[k] = row->values[columns->values[k]];
}

static char *put_whole(char *out, uint64_t value)
{
    *out++ = ',';
    return out + cli_number_write_whole(out, value);
}

static char *put_number(char *out, double value)
{
    *out++ = ',';
    return isnan(value) ? out : out + cli_number_write(out, value);
}

/* Rows without windows may stand between others. */
static char *put_window(char *out, const results_block_row *row)
{
    if (!row->has_window) {
        memset(out, ',', N_PLACES);
        return out + N_PLACES;
    }
    out = put_whole(out, row->window);
    out = put_whole(out, row->window_start);
    out = put_whole(out, row->window_end);
    return put_number(out, row->window_centre);
}

/* A grid has few thresholds, and they come again and again. */
static char *put_threshold(char *out, results_block *block, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    results_threshold *known =
        &block->threshold[(bits * 0x9e3779b97f4a7c15u >> 40) % RESULTS_BLOCK_THRESHOLDS];
    if (known->n == 0 || known->value != value) {
        known->value = value;
        known->n = cli_number_write(known->text, value);
    }
    *out++ = ',';
    memcpy(out, known->text, sizeof known->text);
    return out + known->n;
}

void results_block_format(results_block *block, const results_columns *columns)
{
    const size_t n = columns->n_measures;
    const size_t n_settings =
        5u + (columns->has_reached ? 2u : 0u) + (columns->has_windows ? N_PLACES : 0u);
    const size_t numbers = (n + n_settings) * (CLI_NUMBER_ROOM + 1);
    block->text.n = 0;
    for (size_t k = 0; k < block->n_rows; k++) {
        const results_block_row *row = &block->row[k];
        const double *values = block->values + k * n;
        char *start = reserve(&block->text, row->item.n + numbers + row->status.n + 2),
             *out = start;
        memcpy(out, block->cells.text + row->item.at, row->item.n);
        out += row->item.n;
        if (row->failed) {
            memset(out, ',', n + n_settings);
            out += n + n_settings;
        } else {
            out = put_whole(out, row->dim);
            out = put_whole(out, row->delay);
            out = put_threshold(out, block, row->threshold);
            for (int c = 0; columns->has_reached && c < 2; c++)
                out = put_number(out, row->reached[c]);
            out = put_whole(out, row->lmin);
            out = put_whole(out, row->vmin);
            if (columns->has_windows)
                out = put_window(out, row);
            for (size_t c = 0; c < n; c++)
                out = put_number(out, values[c]);
        }
        *out++ = ',';
        memcpy(out, block->cells.text + row->status.at, row->status.n);
        out += row->status.n;
        *out++ = '\n';
        block->text.n += (size_t)(out - start);
    }
}

static const char *const settings[] = {
    "series",     "mode", "dim",  "delay",  "threshold",    "threshold_reached",
    "rr_reached", "lmin", "vmin", "window", "window_start", "window_end",
    "window_centre", "status"};
enum { AFTER_KEYS = 1, REACHED = 5, AFTER_REACHED = 7, WINDOW = 9, STATUS = WINDOW + N_PLACES, N_SETTINGS };

static int is_left_out(const results_columns *columns, size_t setting)
{
    return (!columns->has_reached && setting >= REACHED && setting < AFTER_REACHED) ||
           (!columns->has_windows && setting >= WINDOW && setting < STATUS);
}

/* Whether a key has the name of another column; rules come after the keys. */
static int is_taken(const results_columns *columns, size_t key)
{
    const char *name = columns->keys[key];
    for (size_t k = key + 1; k < columns->n_keys; k++)
        if (strcmp(name, columns->keys[k]) == 0)
            return 1;
    for (size_t k = 0; k < N_SETTINGS; k++)
        if (!is_left_out(columns, k) && strcmp(name, settings[k]) == 0)
            return 1;
    for (size_t k = 0; k < columns->n_measures; k++)
        if (strcmp(name, rqa_measure_name(columns->measures[k])) == 0)
            return 1;
    return 0;
}

void results_block_header(results_block *block, const results_columns *columns)
{
    results_text_put(&block->text, settings[0], strlen(settings[0]));
    for (size_t k = 0; k < columns->n_keys; k++) {
        char *renamed = is_taken(columns, k) ? cli_text("key_%s", columns->keys[k]) : NULL;
        results_text_put(&block->text, ",", 1);
        results_text_cell(&block->text, renamed ? renamed : columns->keys[k]);
        free(renamed);
    }
    for (size_t k = AFTER_KEYS; k < STATUS; k++) {
        if (is_left_out(columns, k))
            continue;
        results_text_put(&block->text, ",", 1);
        results_text_put(&block->text, settings[k], strlen(settings[k]));
    }
    for (size_t k = 0; k < columns->n_measures; k++) {
        const char *name = rqa_measure_name(columns->measures[k]);
        results_text_put(&block->text, ",", 1);
        results_text_put(&block->text, name, strlen(name));
    }
    results_text_put(&block->text, ",status\n", 8);
}
