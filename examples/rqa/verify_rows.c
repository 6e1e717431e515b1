/* verify_rows.c - the list of numbers that rqa verify compares. */
#include "verify_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_number.h"

void verify_rows_free(verify_rows *rows)
{
    for (size_t k = 0; k < rows->n; k++) {
        free(rows->row[k].expected);
        free(rows->row[k].got);
    }
    free(rows->row);
}

static verify_row *add(verify_rows *rows, const char *quantity)
{
    if (rows->n == rows->room) {
        rows->room = rows->room ? 2 * rows->room : 64;
        rows->row = cli_grow(rows->row, rows->room, sizeof *rows->row);
    }
    verify_row *row = &rows->row[rows->n++];
    memset(row, 0, sizeof *row);
    row->source = rows->source;
    row->name = rows->name;
    row->quantity = quantity;
    return row;
}

static char *number_text(double value)
{
    char text[CLI_NUMBER_ROOM];
    size_t n = cli_number_write(text, value);
    return cli_text("%.*s", (int)n, text);
}

void verify_rows_number(verify_rows *rows, const char *quantity, double expected, double got,
                        double tolerance)
{
    verify_row *row = add(rows, quantity);
    row->expected = number_text(expected);
    row->got = number_text(got);
    row->is_number = 1;
    row->holds = fabs(got - expected) <= tolerance; /* not so for NaN */
}

void verify_rows_text(verify_rows *rows, const char *quantity, char *expected, char *got)
{
    verify_row *row = add(rows, quantity);
    row->expected = expected;
    row->got = got;
    row->holds = strcmp(expected, got) == 0;
}
