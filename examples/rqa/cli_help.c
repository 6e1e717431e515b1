/* cli_help.c - help texts, made from the option table. */
#include <rqa/rqa.h>
#include <stdio.h>
#include <string.h>

#include "cli_option_table.h"

static const struct {
    int command;
    const char *name, *use, *about, *more;
} commands[] = {
    {CLI_ANALYZE, "analyze", "FILE [--with FILE2] --threshold E [options]",
     "measures of one recording, or of a pair",
     "FILE is .csv, .tsv, .txt, .npy or EyeLink .asc, also gzipped, or - for stdin. Delimiter,\n"
     "decimal sign and header are detected; lines that begin with # are skipped. The columns of "
     "an\n"
     ".asc file are time, x, y, pupil, or x_left ... pupil_right when both eyes were recorded, "
     "and\n"
     "what else it holds; '.' and a pupil of 0 (a blink) are missing. If it holds several trials,\n"
     "choose one with --part, by its TRIALID or, where these are not given or repeat, by its\n"
     "number.\n"
     "\n"
     "Example: rqa analyze gaze.csv --columns x,y --dim 2 --delay 3 --threshold 0.05"},
    {CLI_SWEEP, "sweep", "INPUT... --threshold RANGE --out FILE [options]",
     "a grid of settings over many recordings",
     "INPUT is a file, or a folder whose files are recordings and whose sub-folders are groups.\n"
     "An EyeLink .asc file gives a recording for each trial, labelled FILE#TRIALID: a block from\n"
     "START to END, and in it what follows a further message TRIALID. --group-by block or trial\n"
     "splits it otherwise.\n"
     "--dim, --delay, --threshold, --lmin and --vmin take ranges a:b or a:b:step, both ends\n"
     "included, lists a,b,c, and lists of ranges.\n"
     "\n"
     "FILE gets one row for each recording, mode and setting, in this order: recordings as given\n"
     "(files of a folder by name, parts of a table as they appear), modes, then dim, delay,\n"
     "threshold, lmin, vmin, the last running fastest. Columns: series, the group columns, mode,\n"
     "dim, delay, threshold, lmin, vmin, the measures, status. Numbers are the shortest that read\n"
     "back exactly; an undefined value is an empty cell, and status tells the first reason (ok if\n"
     "all are defined). A recording that cannot be used has empty cells and its error as status;\n"
     "the others go on. The file appears under its name when it is complete.\n"
     "\n"
     "Exit codes: 0 done (a recording may have failed: see the summary), 1 failure, 2 bad input\n"
     "(also when no recording can be used), 130 Ctrl-C.\n"
     "\n"
     "Example: rqa sweep gaze/ --mode 1d:x:manhattan --mode 2d:x,y:euclidean --dim 1:10\n"
     "         --delay 1:10 --threshold 0.05:0.10:0.001 --lmin 2:3 --convention founding\n"
     "         --out results.csv"},
    {CLI_PLOT, "plot", "FILE [--with FILE2] --threshold E -o rp.png [options]",
     "recurrence plot as a PNG image",
     "Example: rqa plot gaze.csv --columns x --dim 2 --delay 3 --threshold 0.05 -o rp.png"},
    {CLI_DEVICES, "devices", "[options]", "where work can run, or why not", ""},
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

int cli_command_find(const char *name)
{
    for (size_t k = 0; k < N_COMMANDS; k++)
        if (strcmp(commands[k].name, name) == 0)
            return commands[k].command;
    return 0;
}

void cli_help_program(void)
{
    printf("rqa %s: recurrence quantification analysis, exact and fast\n\n", rqa_version());
    for (size_t k = 0; k < N_COMMANDS; k++)
        printf("  rqa %-8s %s\n", commands[k].name, commands[k].about);
    printf("  rqa bench    how fast this machine is; rqa bench --help\n"
           "  rqa help     this text; rqa COMMAND --help tells the options\n"
           "  rqa version  versions of program and library\n");
}

/* One option, its help wrapped at 92 columns. */
static void print_option(const cli_option_row *row)
{
    char head[64], letter[8] = "    ";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(head, sizeof head, "%s--%s%s%s", letter, row->name, row->value ? " " : "",
             row->value ? row->value : "");
    printf("  %-30s", head);
    if (strlen(head) > 29)
        printf("\n%32s", "");
    int column = 32;
    for (const char *word = row->help; *word;) {
        int length = (int)strcspn(word, " ");
        if (column + 1 + length > 92) {
            printf("\n%32s", "");
            column = 32;
        } else if (column > 32) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, word);
        column += length;
        word += length + (word[length] != 0);
    }
    putchar('\n');
}

void cli_help_command(int command)
{
    static const char *const chapters[] = {"Input", "Analysis", "Output", "Machine"};
    for (size_t k = 0; k < N_COMMANDS; k++)
        if (commands[k].command == command)
            printf("rqa %s %s\n\n%s%s\n", commands[k].name, commands[k].use, commands[k].more,
                   *commands[k].more ? "\n" : commands[k].about);
    for (size_t c = 0; c < sizeof chapters / sizeof chapters[0]; c++) {
        int n = 0;
        for (int k = 0; k < OPT_COUNT; k++) {
            const cli_option_row *row = &cli_option_table[k];
            if (!(row->commands & command) || strcmp(row->chapter, chapters[c]) != 0)
                continue;
            if (n++ == 0)
                printf("%s\n", chapters[c]);
            print_option(row);
        }
    }
}
