/* verify_rows.h - what rqa verify found: one row for each number, computed in one way. */
#ifndef VERIFY_ROWS_H
#define VERIFY_ROWS_H

#include <rqa/rqa.h>
#include <stddef.h>
#include <stdint.h>

#include "verify_case.h"

typedef struct verify_row {
    const char *source, *name, *quantity; /* borrowed */
    char *expected, *got;
    int is_number; /* else a text */
    int holds;
} verify_row;

typedef struct verify_rows {
    verify_row *row;
    size_t n, room;
    const char *source, *name; /* of the rows to come */
} verify_rows;

void verify_rows_free(verify_rows *rows);

/* A number that must lie within `tolerance` of what is expected. */
void verify_rows_number(verify_rows *rows, const char *quantity, double expected, double got,
                        double tolerance);

/* A text that must be the same; takes both, which were allocated. */
void verify_rows_text(verify_rows *rows, const char *quantity, char *expected, char *got);

/* One way to compute: the context has the kernel level, the threads and the strategy. */
typedef struct verify_way {
    const char *name; /* "threads, bits" */
    rqa_context *context;
    int32_t backend;
    verify_rows rows;
} verify_way;

/* Every row of the tables, then of the identities; always the same rows in the same order. */
void verify_tables(verify_way *way);
void verify_identities(verify_way *way);

/* A histogram as text, "1:4 8:2", "none", or why there is none; allocated. */
char *verify_lines(const rqa_metrics *metrics, int32_t histogram);

/* The series of an input, embedded. */
rqa_status verify_embed(rqa_embedding **out, const verify_way *way, const verify_input *input);

#endif
