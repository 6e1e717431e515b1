/* results_csv.c - results as CSV: the caller fills blocks of rows, threads turn them into text, one
 * thread writes the texts in the order of the blocks. */
#include "results_csv.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_system.h"
#include "results_block.h"

enum { MOST_FORMATTERS = 32 };

/* Where a block of the ring stands; it goes round in this order. */
enum { EMPTY, FILLED, TAKEN, FORMATTED };

typedef struct slot {
    results_block block;
    int state;
} slot;

struct results_csv {
    cli_output *output;
    results_columns columns;
    results_text item; /* the cells of the item in hand */
    uint64_t n_items;
    slot *ring;
    size_t n_ring;
    uint64_t n_filled, n_taken, n_written; /* blocks so far; block k is in ring[k % n_ring] */
    int at_end;
    atomic_int failed; /* the code of the first failure */
    system_mutex mutex;
    system_condition changed;
    system_thread formatter[MOST_FORMATTERS], writer;
    unsigned n_formatters; /* 0: the caller formats and writes */
};

static void write_block(results_csv *csv, results_block *block)
{
    if (atomic_load(&csv->failed) == CLI_OK)
        atomic_store(&csv->failed, cli_output_write(csv->output, block->text.text, block->text.n));
    results_block_clear(block);
}

static void *run_formatter(void *arg)
{
    results_csv *csv = arg;
    system_lock(&csv->mutex);
    for (;;) {
        while (csv->n_taken == csv->n_filled && !csv->at_end)
            system_wait(&csv->changed, &csv->mutex);
        if (csv->n_taken == csv->n_filled)
            break;
        slot *mine = &csv->ring[csv->n_taken++ % csv->n_ring];
        mine->state = TAKEN;
        system_unlock(&csv->mutex);
        results_block_format(&mine->block, &csv->columns);
        system_lock(&csv->mutex);
        mine->state = FORMATTED;
        system_wake_all(&csv->changed);
    }
    system_unlock(&csv->mutex);
    return NULL;
}

static void *run_writer(void *arg)
{
    results_csv *csv = arg;
    system_lock(&csv->mutex);
    for (;;) {
        slot *next = &csv->ring[csv->n_written % csv->n_ring];
        while (next->state != FORMATTED && !(csv->at_end && csv->n_written == csv->n_filled))
            system_wait(&csv->changed, &csv->mutex);
        if (next->state != FORMATTED)
            break;
        system_unlock(&csv->mutex);
        write_block(csv, &next->block);
        system_lock(&csv->mutex);
        next->state = EMPTY;
        csv->n_written++;
        system_wake_all(&csv->changed);
    }
    system_unlock(&csv->mutex);
    return NULL;
}

/* Without threads the rows come out all the same, only slower. */
static void start_threads(results_csv *csv, unsigned n)
{
    if (system_thread_start(&csv->writer, run_writer, csv) != 0)
        return;
    while (csv->n_formatters < n && csv->n_formatters < MOST_FORMATTERS &&
           system_thread_start(&csv->formatter[csv->n_formatters], run_formatter, csv) == 0)
        csv->n_formatters++;
    if (csv->n_formatters > 0)
        return;
    system_lock(&csv->mutex);
    csv->at_end = 1;
    system_wake_all(&csv->changed);
    system_unlock(&csv->mutex);
    system_thread_join(&csv->writer);
}

int results_csv_begin(results_csv **out, cli_output *output, const results_columns *columns,
                      unsigned n_threads)
{
    results_csv *csv = *out = cli_calloc(1, sizeof *csv);
    csv->output = output;
    csv->columns = *columns;
    csv->n_ring = 2 * (size_t)(n_threads < MOST_FORMATTERS ? n_threads : MOST_FORMATTERS) + 2;
    csv->ring = cli_calloc(csv->n_ring, sizeof *csv->ring);
    for (size_t k = 0; k < csv->n_ring; k++)
        results_block_init(&csv->ring[k].block, columns);
    system_mutex_init(&csv->mutex);
    system_condition_init(&csv->changed);
    results_block_header(&csv->ring[0].block, columns);
    write_block(csv, &csv->ring[0].block);
    start_threads(csv, n_threads);
    return atomic_load(&csv->failed);
}

static results_block *block_in_hand(results_csv *csv)
{
    return &csv->ring[csv->n_filled % csv->n_ring].block;
}

/* Hands the block over and waits until the next one is empty. */
static void hand_over(results_csv *csv)
{
    if (csv->n_formatters == 0) {
        results_block_format(block_in_hand(csv), &csv->columns);
        write_block(csv, block_in_hand(csv));
        return;
    }
    system_lock(&csv->mutex);
    csv->ring[csv->n_filled++ % csv->n_ring].state = FILLED;
    system_wake_all(&csv->changed);
    while (csv->ring[csv->n_filled % csv->n_ring].state != EMPTY)
        system_wait(&csv->changed, &csv->mutex);
    system_unlock(&csv->mutex);
}

void results_csv_item(results_csv *csv, const char *series, const char *const *keys,
                      const char *mode)
{
    csv->item.n = 0;
    csv->n_items++;
    results_text_cell(&csv->item, series);
    for (size_t k = 0; k < csv->columns.n_keys; k++) {
        results_text_put(&csv->item, ",", 1);
        results_text_cell(&csv->item, keys[k] ? keys[k] : "");
    }
    results_text_put(&csv->item, ",", 1);
    results_text_cell(&csv->item, mode);
}

int results_csv_row(results_csv *csv, const results_row *row)
{
    results_block *block = block_in_hand(csv);
    results_block_add(block, row, &csv->columns, &csv->item, csv->n_items);
    if (block->n_rows == RESULTS_BLOCK_ROWS)
        hand_over(csv);
    return atomic_load(&csv->failed);
}

int results_csv_end(results_csv *csv)
{
    if (!csv)
        return CLI_OK;
    if (block_in_hand(csv)->n_rows > 0)
        hand_over(csv);
    if (csv->n_formatters > 0) {
        system_lock(&csv->mutex);
        csv->at_end = 1;
        system_wake_all(&csv->changed);
        system_unlock(&csv->mutex);
        for (unsigned k = 0; k < csv->n_formatters; k++)
            system_thread_join(&csv->formatter[k]);
        system_thread_join(&csv->writer);
    }
    int code = atomic_load(&csv->failed);
    for (size_t k = 0; k < csv->n_ring; k++)
        results_block_free(&csv->ring[k].block);
    system_condition_destroy(&csv->changed);
    system_mutex_destroy(&csv->mutex);
    free(csv->ring);
    free(csv->item.text);
    free(csv);
    return code;
}
