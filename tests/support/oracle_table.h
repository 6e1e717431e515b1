/* oracle_table.h - the tables in tests/data/oracles: rows, and the recordings they name. */
#ifndef RQA_TESTS_ORACLE_TABLE_H
#define RQA_TESTS_ORACLE_TABLE_H

#include "support.h"

typedef struct oracle_row {
    char series[120], parameters[220], quantity[40], tolerance[20];
    char text[200]; /* the value as it stands there, */
    double value;   /* and the number it is or begins with */
} oracle_row;

/* Calls `row` for each row of tests/data/oracles/NAME; returns how many there were. */
size_t oracle_rows(const char *name, void (*row)(const oracle_row *row, void *user), void *user);

/* The number behind "key=" among the parameters, or `otherwise`. */
double oracle_number(const oracle_row *row, const char *key, double otherwise);
/* Whether "key=word" is among the parameters. */
int oracle_says(const oracle_row *row, const char *key, const char *word);

/* The recordings of a row: "a", "a x b" or "a & b", each NAME, NAME[:n] or NAME:channel,
 * without which they have all channels. */
typedef struct oracle_series {
    double *x, *y; /* y NULL: none */
    size_t n_x, n_y; /* samples */
    size_t n_channels;
} oracle_series;
oracle_series oracle_load(const oracle_row *row);
void oracle_free(oracle_series *s);

/* Asserts that a number is the row's, within its tolerance. */
void oracle_expect(const oracle_row *row, double got);
/* The same of the one of n values that has the name of the row's quantity. */
typedef struct oracle_value {
    const char *name;
    double value;
} oracle_value;
void oracle_expect_named(const oracle_row *row, const oracle_value *values, size_t n);
/* The same of n numbers, all that the row has. */
void oracle_expect_list(const oracle_row *row, const double *got, size_t n);

#endif
