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
     "decimal sign and header are detected; lines that begin with # or % are skipped. A column that\n"
     "looks like a clock, by its name or its values, is refused beside others unless --columns names\n"
     "it, or all. The columns of an .asc file are time, x, y, pupil, or x_left ... pupil_right when\n"
     "both eyes were recorded, and what else it holds; '.' and a pupil of 0 (a blink) are missing. If\n"
     "it holds several trials, choose one with --part, by its TRIALID or, where these are not given\n"
     "or repeat, by its number.\n"
     "\n"
     "Example: rqa analyze gaze.csv --columns x,y --dim 2 --delay 3 --threshold 0.05"},
    {CLI_SWEEP, "sweep", "INPUT... --threshold RANGE --store FILE | --out FILE [options]",
     "a grid of settings over many recordings",
     "INPUT is a file, or a folder whose files are recordings and whose sub-folders are groups;\n"
     "files of other kinds are left out, and named at the end. Recordings of folders are labelled\n"
     "without their ending, unless two would get the same label.\n"
     "An EyeLink .asc file gives a recording for each trial, labelled FILE#TRIALID: a block from\n"
     "START to END, and in it what follows a further message TRIALID. --group-by block or trial\n"
     "splits it otherwise.\n"
     "--dim, --delay, --threshold, --lmin and --vmin take ranges a:b or a:b:step, both ends\n"
     "included, lists a,b,c, and lists of ranges.\n"
     "\n"
     "--store keeps the results in an SQLite file as they are computed. Nothing in it is computed\n"
     "twice: the same command goes on where the last one stopped or was killed, a larger grid adds\n"
     "its new part, a recording that has changed is new work. Several processes may compute into\n"
     "one store. Any SQLite program reads its view `results`; rqa export makes CSV or arrays of it.\n"
     "\n"
     "--out writes CSV: one row for each recording, mode and setting, in this order: recordings as\n"
     "given (files of a folder by name, parts of a table as they appear), modes, then dim, delay,\n"
     "threshold, lmin, vmin, the last running fastest. Columns: series, the group columns, mode,\n"
     "dim, delay, threshold, lmin, vmin, the measures, status. Numbers are the shortest that read\n"
     "back exactly; an undefined value is an empty cell, and status tells which are and why (ok if\n"
     "all are defined). A recording that cannot be used is one row with its error as status; the\n"
     "others go on. The file appears under its name when it is complete. With --store as well it\n"
     "is written from the store at the end, as rqa export does.\n"
     "\n"
     "--events tells a dashboard what happens, one JSON object in a line: batch_started, progress\n"
     "(done, failed, skipped, total, percent, rate_per_s, eta_s, label), item_completed (series,\n"
     "mode, status, text), device_stats, batch_completed (with status and text). Each has seq, which\n"
     "counts them, time_s (seconds since 1970, UTC) and elapsed_s. A slow reader misses progress; a\n"
     "reader that goes away does not stop the sweep.\n"
     "\n"
     "Exit codes: 0 done (a recording may have failed: see the summary), 1 failure, 2 bad input\n"
     "(also when no recording can be used), 130 Ctrl-C, 143 SIGTERM. Ctrl-C keeps what is in the\n"
     "store; a second one ends the program at once, which does no harm to the store either.\n"
     "\n"
     "Example: rqa sweep gaze/ --mode 1d:x:manhattan --mode 2d:x,y:euclidean --dim 1:10\n"
     "         --delay 1:10 --threshold 0.05:0.10:0.001 --lmin 2:3 --convention founding\n"
     "         --store results.sqlite"},
    {CLI_WINDOWS, "windows", "INPUT... --window W --threshold E --out FILE [options]",
     "measures in windows that move along recordings",
     "INPUT is as for rqa sweep; with --with it is one file. A window has W samples, the next begins\n"
     "--step samples later, and none is partial. Within it everything is as rqa analyze has it for\n"
     "these samples; threshold unit and --normalize are those of the whole recording, so that windows\n"
     "can be compared, unless --scope window takes the unit from each.\n"
     "\n"
     "--out writes CSV: one row for each recording and window. Columns: series, the group columns,\n"
     "window (from 0), window_start, window_end (its last sample), window_centre, all in samples from\n"
     "0, with --sampling-rate also time (of the centre, in seconds), the measures, status. Undefined\n"
     "values are empty, and status tells why.\n"
     "\n"
     "--plot draws one recording, and below it each measure at the centre of its window. Windows that\n"
     "overlap share samples, so neighbouring values are not independent.\n"
     "\n"
     "Example: rqa windows ecg.txt --window 720 --step 36 --dim 3 --delay 9 --threshold 0.3\n"
     "         --threshold-unit std --sampling-rate 360 --measures rr,det,lam -o w.csv --plot w.svg"},
    {CLI_PROFILE, "profile", "FILE [--with FILE2] --threshold E [options]",
     "recurrence, determinism and mean line by lag",
     "One diagonal of the recurrence plot for each lag: the share of its cells that recur (rr), the\n"
     "share of these in lines of --lmin and more (det), and the mean length of such lines (l_mean).\n"
     "Lags of one recording are 0 to K; of two, or of neighbours, which are not mutual, -K to K. At a\n"
     "lag above 0, FILE2 does later what FILE does. No Theiler window is applied; lag 0 of one\n"
     "recording is the line of identity.\n"
     "\n"
     "Columns: lag (samples), with --sampling-rate also lag_s (seconds), rr, det, l_mean; undefined\n"
     "values are empty. The lag of the largest rr is told on stderr and marked by --plot; of one\n"
     "recording, and with --joint, it is the most prominent peak, and lag 0 is not drawn.\n"
     "\n"
     "Example: rqa profile x.csv --with y.csv --threshold 0.1 --max-lag 200 -o lags.csv --plot lags.svg"},
    {CLI_MERGE, "merge", "STORE... -o STORE [options]",
     "several stores into one",
     "Adds the results of all stores to the one after -o, which is made if there is none. What it\n"
     "has already is not added again, so that a merge may be repeated. Stores that contradict each\n"
     "other (other data under the same name, other values, another numerics version) are refused,\n"
     "and then the result is as it was. The stores that are read are not changed.\n"
     "\n"
     "Example: rqa merge shard1.sqlite shard2.sqlite shard3.sqlite -o all.sqlite"},
    {CLI_EXPORT, "export", "STORE [--format csv|npy] [-o FILE|FOLDER] [options]",
     "the results of a store as CSV or NumPy arrays",
     "csv: the columns of rqa sweep --out, to a file or (without -o) to stdout. Recordings by name\n"
     "(bytes compared), then by group columns, modes by name, settings in rising order: the same\n"
     "results give the same file, in whatever order they were computed or merged. If the store has\n"
     "results of one mode by different rules, each rule in which they differ is a column before\n"
     "mode: relation, norm, convention, compare, threshold_unit, theiler, theiler_diagonal,\n"
     "theiler_vertical, wmin, trend_border, white_border, microstate_size, microstate_theiler,\n"
     "border, ties, threshold_lower.\n"
     "\n"
     "npy: a folder with one array of float64 for each measure, such as det.npy, and axes.json,\n"
     "which says what the seven axes hold: series (with its keys, such as group), mode, dim, delay,\n"
     "threshold, lmin, vmin. NaN where a value is undefined or there is none. A store with different\n"
     "rules in one mode is refused.\n"
     "\n"
     "Examples: rqa export results.sqlite -o results.csv\n"
     "          rqa export results.sqlite --format npy -o arrays"},
    {CLI_PLOT, "plot", "FILE [--with FILE2] [--threshold E] -o rp.png [options]",
     "recurrence plot, or the distances, as a PNG image",
     "Without --threshold the distances themselves are drawn: the nearer the darker, with a scale.\n"
     "\n"
     "Example: rqa plot gaze.csv --columns x --dim 2 --delay 3 --threshold 0.05 -o rp.png"},
    {CLI_TEST, "test", "FILE [--with FILE2] --threshold E [options]",
     "is a recording more than chance? Against surrogates",
     "Makes surrogates of the recording, analyses them and the recording in one batch, and says where\n"
     "the recording stands among them: p = (1 + those at least as large) / (S + 1). With FILE2 the\n"
     "surrogates are those of FILE; FILE2 stays as it is.\n"
     "\n"
     "shuffle: the samples in random order. phase: random phases, the periodogram kept. aaft, iaaft:\n"
     "the values kept too, iaaft with the better periodogram. twin: another path over the same\n"
     "attractor, for a relation to FILE2. The recording must have no missing samples.\n"
     "\n"
     "Each measure is tested by itself: of twenty, one has p <= 0.05 by chance.\n"
     "\n"
     "Example: rqa test ecg.csv --columns ecg --dim 3 --delay 8 --threshold 0.2 --threshold-unit std\n"
     "         --surrogates iaaft --count 199 --measures det,lam --plot test.svg"},
    {CLI_SUGGEST, "suggest", "INPUT... [options]", "a delay, a dimension and thresholds to begin with",
     "Delay: the first minimum of the mutual information, else the first lag at which the\n"
     "autocorrelation is at most 1/e. Dimension: the first with at most 1 % false nearest neighbours\n"
     "(Kennel, either criterion), else the first from which Cao's E1 changes by less than 0.05.\n"
     "Thresholds, for both: the smallest with a recurrence rate of 0.05, a tenth of the largest\n"
     "distance, 0.2 standard deviations. Each comes with its rule, and a warning where a rule found\n"
     "nothing. They are rules of thumb: --plot draws the curves. Several columns are one recording of\n"
     "several channels; curves over lags are means over them.\n"
     "\n"
     "INPUT as for rqa sweep: of several recordings each gets a row, then come the median, the least\n"
     "and the largest. A recording must have no missing values.\n"
     "\n"
     "Example: rqa suggest gaze.csv --columns x --plot gaze.svg"},
    {CLI_DEVICES, "devices", "[options]", "where work can run, or why not", ""},
    {CLI_VERIFY, "verify", "[options]", "does this build compute what is known?",
     "Computes numbers that other packages have published, series whose measures follow from a\n"
     "formula, and identities that hold for any data: on one thread and on several, by both\n"
     "strategies, and on a GPU where there is one. A line each: whether it holds, the kernels, what\n"
     "is expected, what this machine gives, and the source. A number holds if every way gives the\n"
     "same and it is what is expected, to the digits that were published. Takes seconds. The first\n"
     "lines say what a bug report needs.\n"
     "\n"
     "Exit codes: 0 all hold, 1 at least one does not (WRONG, with what each way gave).\n"
     "\n"
     "Example: rqa verify --level all"},
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
