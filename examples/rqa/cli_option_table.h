/* cli_option_table.h - the rows of the option table, for the parser and the help. */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli_options.h"

typedef struct cli_option_row {
    const char *name;
    char letter;
    const char *value; /* what the value is; NULL for a flag; FILE: one that is written */
    int commands;
    const char *chapter, *help;
} cli_option_row;

extern const cli_option_row cli_option_table[OPT_COUNT];

#endif
