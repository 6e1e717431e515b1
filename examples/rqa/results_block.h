/* results_block.h - some rows of results, and the CSV text that they make. */
#ifndef RESULTS_BLOCK_H
#define RESULTS_BLOCK_H

#include "results_csv.h"

enum { RESULTS_BLOCK_ROWS = 1024, RESULTS_BLOCK_THRESHOLDS = 128 };

/* A text that grows; not ended by a zero. */
typedef struct results_text {
    char *text;
    size_t n, room;
} results_text;

/* A piece of a block's cells. */
typedef struct results_piece {
    size_t at, n;
} results_piece;

typedef struct results_block_row {
    uint32_t dim, delay, lmin, vmin;
    double threshold;
    double reached[2];
    int has_window;
    uint64_t window, window_start, window_end;
    double window_centre;
    int failed;
    results_piece item, status; /* in `cells` */
} results_block_row;

typedef struct results_threshold {
    double value;
    size_t n; /* 0: no value yet */
    char text[48];
} results_threshold;

typedef struct results_block {
    size_t n_rows;
    results_block_row *row;
    double *values;           /* [row][measure] */
    results_text cells;       /* those of items and statuses, as they will be written */
    results_text last_status; /* as it was given */
    uint64_t last_item;
    results_text text;                                     /* the CSV lines */
    results_threshold threshold[RESULTS_BLOCK_THRESHOLDS]; /* texts that have been made already */
} results_block;

void results_block_init(results_block *block, const results_columns *columns);
void results_block_free(results_block *block);

/* Ready for other rows. */
void results_block_clear(results_block *block);

/* `item`: the cells of the item and their number, which is new for each item and not 0. */
void results_block_add(results_block *block, const results_row *row, const results_columns *columns,
                       const results_text *item, uint64_t item_number);

/* From rows to text. */
void results_block_format(results_block *block, const results_columns *columns);

/* The header line as text. */
void results_block_header(results_block *block, const results_columns *columns);

/* Appends a cell, quoted where it must be (RFC 4180). */
void results_text_cell(results_text *text, const char *cell);
/* Appends a number, nothing for NaN. */
void results_text_number(results_text *text, double value);
void results_text_whole(results_text *text, unsigned long long value);
void results_text_put(results_text *text, const char *more, size_t n);

#endif
