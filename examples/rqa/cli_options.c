/* cli_options.c - the one table of options, and the parser that reads it. */
#include "cli_options.h"

#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_option_table.h"

#define ASP (CLI_ANALYZE | CLI_SWEEP | CLI_PLOT)
#define AP (CLI_ANALYZE | CLI_PLOT)
#define AS (CLI_ANALYZE | CLI_SWEEP)
#define SP (CLI_SWEEP | CLI_PLOT)
#define SW (CLI_SWEEP | CLI_WINDOWS)
#define AWP (AP | CLI_WINDOWS)
#define WP (CLI_WINDOWS | CLI_PROFILE) /* what moves along a recording */
#define PAIRS (AP | WP | CLI_TEST)
#define READS (ASP | WP | CLI_TEST | CLI_SUGGEST) /* samples */

const cli_option_row cli_option_table[OPT_COUNT] = {
    [OPT_COLUMNS] = {"columns", 0, "x,y", READS, "Input",
                     "columns to analyse: names or 1-based numbers; a name that holds a comma is "
                     "quoted: '\"a, b\",c'. Default: all of them, unless one looks like a clock; "
                     "all takes it too"},
    [OPT_COLUMNS_Y] = {"columns-y", 0, "x,y", PAIRS, "Input",
                       "columns of the second file (default: as --columns)"},
    [OPT_WITH] = {"with", 0, "FILE2", PAIRS, "Input", "second recording: cross-recurrence"},
    [OPT_JOINT] = {"joint", 0, NULL, PAIRS, "Input", "joint instead of cross-recurrence"},
    [OPT_GROUP_BY] = {"group-by", 0, "a,b", READS, "Input",
                      "split a long table into recordings by these columns (.asc: block, trial); "
                      "the first is the group of the summary of sweep"},
    [OPT_PART] = {"part", 0, "LABEL", PAIRS, "Input",
                  "which recording of a file that holds several: the trial of an .asc file, or "
                  "what --group-by gives, as a/b"},
    [OPT_PART_Y] = {"part-y", 0, "LABEL", PAIRS, "Input",
                    "the same for FILE2 (default: as --part)"},
    [OPT_VARIABLE] = {"variable", 0, "NAME", READS, "Input",
                      "which array of a .npz or .mat file, or section of a Vicon file (default: the only "
                      "one, or all vectors of one length as columns)"},
    [OPT_WHERE] = {"where", 0, "COLUMN=TEXT", READS, "Input",
                   "take only the rows that have this text in this column; several, separated by "
                   "commas, must all hold: 'Sensor=Eye Tracker'"},
    [OPT_MODE] = {"mode", 0, "NAME:COLUMNS:NORM", CLI_SWEEP, "Input",
                  "analyse these columns with this norm under this name; may be given several "
                  "times (instead of --columns and --norm)"},
    [OPT_MISSING] = {"missing", 0, "CODES", READS, "Input",
                     "texts or numbers that mean missing, beside empty, nan, na, n/a and null: "
                     "-1,."},
    [OPT_MISSING_POLICY] = {"missing-policy", 0, "POLICY", READS, "Input",
                            "error (default): a missing value is an error; skip: vectors that "
                            "touch one recur with nothing"},
    [OPT_DELIMITER] = {"delimiter", 0, "D", READS, "Input",
                       "comma, semicolon, tab or space (default: detected)"},
    [OPT_DECIMAL] = {"decimal", 0, "SIGN", READS, "Input", "point or comma (default: detected)"},
    [OPT_HEADER] = {"header", 0, "yes|no", READS, "Input",
                    "whether the first line names the columns (default: detected)"},
    [OPT_SKIP_LINES] = {"skip-lines", 0, "N", READS, "Input",
                        "leave out the first N lines, where other text stands above the table"},
    [OPT_COMMENT] = {"comment", 0, "CHARS", READS, "Input",
                     "leave out lines that begin with one of these characters (default: #%)"},
    [OPT_CATEGORICAL] = {"categorical", 0, NULL, ASP | CLI_WINDOWS, "Input",
                         "columns are texts: equal ones recur (--threshold 0). The first line names "
                         "the columns unless --header no"},
    [OPT_NORMALIZE] = {"normalize", 0, "HOW", READS, "Analysis",
                       "none (default), zscore (n-1), zscore-pop (n) or unit ([0,1]), each "
                       "channel"},
    [OPT_DIM] = {"dim", 0, "M", ASP | WP | CLI_TEST, "Analysis", "embedding dimension, 1 to 1000 (default 1)"},
    [OPT_DELAY] = {"delay", 0, "T", READS, "Analysis", "delay in samples (default 1)"},
    [OPT_THRESHOLD] = {"threshold", 0, "E", ASP | WP | CLI_TEST, "Analysis",
                       "distance within which two vectors recur, or what its unit says (required; plot: "
                       "without it the distances are drawn, the nearer the darker)"},
    [OPT_DIM_Y] = {"dim-y", 0, "M", AP | WP, "Analysis", "the same for FILE2 (joint)"},
    [OPT_DELAY_Y] = {"delay-y", 0, "T", AP | WP, "Analysis", "the same for FILE2"},
    [OPT_THRESHOLD_Y] = {"threshold-y", 0, "E", AP | WP, "Analysis", "the same for FILE2 (joint)"},
    [OPT_THRESHOLD_UNIT] = {"threshold-unit", 0, "UNIT", ASP | WP | CLI_TEST, "Analysis",
                            "data (default), std, max-diameter, mean-diameter or recurrence-rate (to "
                            "reach, above 0 up to 1); not for test also neighbours (of every vector) or "
                            "neighbour-rate (a share); for analyze and plot also adaptive-neighbours "
                            "(rounds of links)"},
    [OPT_THRESHOLD_LOWER] = {"threshold-lower", 0, "E", ASP | WP, "Analysis",
                             "a corridor: vectors recur if they are farther apart than this, and "
                             "within --threshold"},
    [OPT_TIES] = {"ties", 0, "all|index", ASP | WP, "Analysis",
                  "of neighbours as far as the last one all (default), or those that come first"},
    [OPT_NORM] = {"norm", 0, "NORM", READS, "Analysis",
                  "euclidean (default), maximum (max) or manhattan"},
    [OPT_CONVENTION] = {"convention", 0, "NAME", ASP | WP | CLI_TEST, "Analysis",
                        "whose rules define the numbers: standard (default), "
                        "recurrenceanalysis, crp, pyrqa, pyunicorn, accrqa, crqa, neurokit, "
                        "founding"},
    [OPT_COMPARE] = {"compare", 0, "le|lt", ASP | WP | CLI_TEST, "Analysis",
                     "distance <= threshold or < threshold (default: the convention's)"},
    [OPT_THEILER] = {"theiler", 0, "W", AS | CLI_WINDOWS | CLI_TEST | CLI_SUGGEST, "Analysis",
                     "leave out cells with |i-j| < W (default: the convention's)"},
    [OPT_LMIN] = {"lmin", 0, "L", AS | WP | CLI_TEST, "Analysis",
                  "shortest diagonal line (default: the convention's)"},
    [OPT_VMIN] = {"vmin", 0, "V", AS | CLI_WINDOWS | CLI_TEST, "Analysis",
                  "shortest vertical line (default: the convention's)"},
    [OPT_WMIN] = {"wmin", 0, "W", AS | CLI_WINDOWS | CLI_TEST, "Analysis",
                  "shortest white vertical line (default: the convention's)"},
    [OPT_MICROSTATE_SIZE] = {"microstate-size", 0, "S", AS | CLI_WINDOWS, "Analysis",
                             "cells on a side of the blocks of microstate_entropy, 1..4 (default: 2)"},
    [OPT_WHITE_BORDER] = {"white-border", 0, "HOW", AS | CLI_WINDOWS | CLI_TEST, "Analysis",
                          "include or exclude white lines that touch the border"},
    [OPT_BORDER] = {"border", 0, "RULE", AS | CLI_WINDOWS | CLI_TEST, "Analysis",
                    "diagonal lines that the border of the plot cuts: all (default), dibo, kelo or censi, "
                    "and dibo-semi, kelo-semi, censi-semi, censi-loi, censi-semi-loi"},
    [OPT_SKELETON] = {"skeleton", 0, NULL, AWP, "Analysis",
                      "of diagonal lines that touch each other the longest alone (beta)"},
    [OPT_ISODIRECTIONAL] = {"isodirectional", 0, "A,T", AWP, "Analysis",
                            "recurrences that run the same way alone: |cos - 1| < A between the "
                            "steps over T samples (default 1; beta)"},
    [OPT_PERPENDICULAR] = {"perpendicular", 0, "A", AWP, "Analysis",
                           "recurrences across the trajectory alone: |cos| < A between it and the way "
                           "to the other vector (beta)"},
    [OPT_SURROGATES] = {"surrogates", 0, "METHOD", CLI_TEST, "Analysis",
                        "shuffle, phase, aaft, iaaft (default) or twin"},
    [OPT_SURROGATE_COUNT] = {"count", 0, "S", CLI_TEST, "Analysis",
                             "how many surrogates, 1 to 1000000 (default 199)"},
    [OPT_SEED] = {"seed", 0, "N", CLI_TEST | CLI_ANALYZE, "Analysis",
                  "of the random numbers (default 1): the same seed, the same result"},
    [OPT_MAX_ITERATIONS] = {"max-iterations", 0, "N", CLI_TEST, "Analysis",
                            "iaaft: at most so many rounds (default 100)"},
    [OPT_MIN_DISTANCE] = {"min-distance", 0, "N", CLI_TEST, "Analysis",
                          "twin: twins are more than N samples apart (default 7)"},
    [OPT_TWO_SIDED] = {"two-sided", 0, NULL, CLI_TEST, "Analysis",
                       "p for a measure that is larger or smaller than chance has it (default: larger)"},
    [OPT_BOOTSTRAP] = {"bootstrap", 0, "B", CLI_ANALYZE, "Analysis",
                       "95 % intervals of det, l_mean, l_entr, lam, tt and v_entr from B resamples of "
                       "the lines, such as 1000"},
    [OPT_SAMPLED] = {"sampled", 0, "M", CLI_ANALYZE, "Analysis",
                     "estimate rr, det, l_mean, lam, tt and, where --measures names it, "
                     "microstate_entropy from M diagonal lines found at random, such as 100000, with "
                     "standard errors: for recordings too long for all pairs"},
    [OPT_MAX_CELLS] = {"max-cells", 0, "N", CLI_ANALYZE, "Analysis",
                       "--sampled: look at N cells at most, however many lines were found (default "
                       "1000000000)"},
    [OPT_SCALING] = {"scaling", 0, "LO:HI", CLI_ANALYZE, "Analysis",
                     "correlation sum at 17 thresholds from LO to HI, and its slope d2"},
    [OPT_LENGTHS] = {"lengths", 0, "L:M", CLI_ANALYZE, "Analysis",
                     "correlation entropy K2 from diagonal lines of L to M samples"},
    [OPT_WINDOW] = {"window", 0, "W", SW, "Analysis",
                    "samples of a window (required by windows; a sweep has none without it)"},
    [OPT_STEP] = {"step", 0, "S", SW, "Analysis",
                  "samples from the start of a window to that of the next (default 1)"},
    [OPT_SCOPE] = {"scope", 0, "WHAT", SW, "Analysis",
                   "what the unit of the threshold is taken from: recording (default) or window"},
    [OPT_MAX_LAG] = {"max-lag", 0, "K", CLI_PROFILE | CLI_SUGGEST, "Analysis",
                     "largest lag in samples (default: a quarter of the vectors, of suggest of the samples, at most "
                     "1000)"},
    [OPT_MAX_DIM] = {"max-dim", 0, "N", CLI_SUGGEST, "Analysis",
                     "largest embedding dimension to try, 1 to 100 (default 10)"},
    [OPT_BINS] = {"bins", 0, "B", CLI_SUGGEST, "Analysis",
                  "bins of the mutual information, 2 to 256 (default 16)"},
    [OPT_ESTIMATOR] = {"estimator", 0, "NAME", CLI_SUGGEST, "Analysis",
                       "of the mutual information: bins (default) or ksg, by 3 neighbours"},
    [OPT_SAMPLING_RATE] = {"sampling-rate", 0, "HZ", WP, "Analysis",
                           "samples in a second: times and lags are given in seconds too (default: what the file "
                           "states, as EDF, WAV, .trc and LabChart files do)"},
    [OPT_MEASURES] = {"measures", 0, "LIST", AS | CLI_WINDOWS | CLI_TEST, "Output",
                      "measures to give: rr,det,... or all, the 19 that need not be named (default of "
                      "analyze and test: all; of sweep: all but t1, t2, rte, trend)"},
    [OPT_HISTOGRAMS] = {"histograms", 0, NULL, CLI_ANALYZE, "Output",
                        "also the histograms of line lengths"},
    [OPT_FORMAT] = {"format", 0, "FORMAT",
                    CLI_ANALYZE | CLI_SWEEP | CLI_PROFILE | CLI_DEVICES | CLI_EXPORT | CLI_VERIFY |
                        CLI_TEST | CLI_SUGGEST,
                    "Output",
                    "text (default) or json; profile: csv (default) or json; export: csv (default) or "
                    "npy; sweep: of --dry-run"},
    [OPT_OUT] = {"out", 'o', "FILE", SP | WP | CLI_MERGE | CLI_EXPORT, "Output",
                 "where the results go: a CSV file (- is stdout), a PNG file, the store of a merge, "
                 "the folder of .npy arrays"},
    [OPT_CURVES] = {"plot", 0, "FILE", WP | CLI_TEST | CLI_SUGGEST, "Output",
                    "draw the curves into this SVG file too; test: the measures of the surrogates, and "
                    "that of the recording among them"},
    [OPT_STORE] = {"store", 0, "FILE", CLI_SWEEP, "Output",
                   "keep the results in this SQLite file, and compute only what it lacks; --out is "
                   "then written from it"},
    [OPT_FORCE] = {"force", 'f', NULL, SP | WP | CLI_EXPORT | CLI_TEST | CLI_SUGGEST, "Output",
                   "replace an existing result file (a store is never replaced)"},
    [OPT_MAX_PIXELS] = {"max-pixels", 0, "N", CLI_PLOT, "Output",
                        "longest side of the plot, 16 to 20000 (default 1200)"},
    [OPT_PERIOD] = {"period", 0, "P", CLI_PLOT, "Output",
                    "duration of a sample for the axis numbers (default: number the samples)"},
    [OPT_X_LABEL] = {"x-label", 0, "TEXT", CLI_PLOT, "Output",
                     "label of the x axis (default: sample, or time with --period)"},
    [OPT_Y_LABEL] = {"y-label", 0, "TEXT", CLI_PLOT, "Output", "label of the y axis"},
    [OPT_NO_FRAME] = {"no-frame", 0, NULL, CLI_PLOT, "Output", "the bare matrix without axes"},
    [OPT_DRY_RUN] = {"dry-run", 0, NULL, CLI_SWEEP, "Machine",
                     "read everything, tell what would be computed and about how long it would take, "
                     "and compute nothing; --store and --out are not needed"},
    [OPT_SHARD] = {"shard", 0, "K/N", CLI_SWEEP, "Machine",
                   "compute the K-th of N parts of equal cost, K = 1 to N, into a --store of its "
                   "own; rqa merge joins them"},
    [OPT_BACKEND] = {"backend", 0, "NAME", ASP | CLI_TEST, "Machine",
                     "auto (default), sequential, threads, gpu or hybrid"},
    [OPT_THREADS] = {"threads", 0, "N", READS | CLI_DEVICES | CLI_EXPORT | CLI_VERIFY, "Machine",
                     "threads, 1 to 1024 (default: all that may be used)"},
    [OPT_LEVEL] = {"level", 0, "LEVEL", CLI_VERIFY, "Machine",
                   "kernels to verify: ref, avx2, avx512, neon, or all that this machine has "
                   "(default: those it takes by itself)"},
    [OPT_MEMORY] = {"memory", 0, "BYTES", READS | CLI_DEVICES, "Machine",
                    "memory limit, such as 500MB or 8G: kB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, "
                    "TiB and k, M, G, T of 1024 (default: 3/4 of the machine's)"},
    [OPT_GPU_MEMORY] = {"gpu-memory", 0, "SHARE", ASP | CLI_DEVICES | CLI_TEST, "Machine",
                        "share of a GPU's free memory to use, above 0 to 1 (default 0.8)"},
    [OPT_GPU_BATCH] = {"gpu-batch", 0, "N", ASP | CLI_TEST, "Machine",
                       "results that a GPU computes at once at most (default: as many as its memory "
                       "holds)"},
    [OPT_EVENTS] = {"events", 0, "FILE", CLI_SWEEP, "Machine",
                    "append what happens as JSON, one event in a line, to this file or named pipe; - "
                    "is stdout"},
    [OPT_LOG] = {"log", 0, "FILE", CLI_SWEEP | CLI_MERGE | CLI_EXPORT, "Machine",
                 "append notes, failures and librqa's choices to this file, with the time (UTC)"},
    [OPT_QUIET] = {"quiet", 'q', NULL, CLI_SWEEP | WP | CLI_MERGE | CLI_EXPORT | CLI_VERIFY,
                   "Machine", "no progress and no notes; verify: as text, lines of what is wrong alone"},
    [OPT_VERBOSE] = {"verbose", 'v', NULL, READS | CLI_DEVICES, "Machine",
                     "tell the choices that librqa makes"},
    [OPT_HELP] = {"help", 'h', NULL, ~0, "Machine", "this text"},
};

/* The length of "options->", "windows->" and the like at the start of a text; 0: none. */
static size_t prefix_of(const char *text)
{
    static const char *const prefixes[] = {"options->analysis->", "options->", "windows->"};
    for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
        if (strncmp(text, prefixes[k], strlen(prefixes[k])) == 0)
            return strlen(prefixes[k]);
    return 0;
}

/* Whether an option has the name of a field, which has _ where options have -. */
static int is_option(const char *field, size_t n)
{
    for (int k = 0; k < OPT_COUNT; k++) {
        const char *name = cli_option_table[k].name;
        size_t at = 0;
        while (at < n && name[at] == (field[at] == '_' ? '-' : field[at]))
            at++;
        if (at == n && name[n] == 0)
            return 1;
    }
    return 0;
}

/* Fields that options of other names set. */
static const struct {
    const char *field, *words;
} other_names[] = {
    {"corridor", "--threshold-lower"},
    {"direction", "--isodirectional or --perpendicular"},
    {"direction_bound", "A of --isodirectional or --perpendicular"},
    {"direction_lag", "T of --isodirectional"},
    {"relation", "the relation"},
    {"n_threads", "--threads"},
    {"device_memory_share", "--gpu-memory"},
    {"shard_index", "K of --shard"},
    {"mi_estimator", "--estimator"},
};
enum { N_OTHER_NAMES = sizeof other_names / sizeof other_names[0], LONGEST_OTHER = 48 };

static const char *other_name(const char *field, size_t n)
{
    for (int k = 0; k < N_OTHER_NAMES; k++)
        if (strlen(other_names[k].field) == n && strncmp(other_names[k].field, field, n) == 0)
            return other_names[k].words;
    return NULL;
}

/* The number of "channel 0" becomes that of a column of those that are read, which are counted from 1. The
 * characters that were read, 0: no channel. */
static size_t write_channel(char **end, const char *text)
{
    static const char word[] = "channel ";
    unsigned long k;
    int n = 0;
    if (strncmp(text, word, strlen(word)) != 0 || sscanf(text + strlen(word), "%lu%n", &k, &n) != 1)
        return 0;
    *end += sprintf(*end, "channel %lu", k + 1);
    return strlen(word) + (size_t)n;
}

/* The characters that n of librqa's become at most: for each there may be a digit more, or a name. */
static size_t text_room(const char *text)
{
    size_t n = 1;
    for (const char *at = text; *at; at++)
        n += prefix_of(at) ? LONGEST_OTHER : 2;
    return n;
}

char *cli_option_text(const char *text)
{
    char *out = cli_calloc(text_room(text), 1), *end = out;
    while (*text) {
        const size_t prefix = prefix_of(text), channel = write_channel(&end, text);
        text += channel;
        if (prefix == 0 && channel == 0)
            *end++ = *text++;
        if (prefix == 0)
            continue;
        text += prefix;
        const size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
        const int named = is_option(text, n);
        const char *other = named ? NULL : other_name(text, n);
        if (other) {
            end += sprintf(end, "%s", other);
            text += n;
            continue;
        }
        if (named)
            *end++ = '-', *end++ = '-';
        for (size_t k = 0; k < n; k++, text++)
            *end++ = (char)(named && *text == '_' ? '-' : *text);
    }
    return out;
}

const char *cli_option_name(cli_option option)
{
    static char name[40];
    name[0] = name[1] = '-';
    strcpy(name + 2, cli_option_table[option].name);
    return name;
}

/* Levenshtein distance, by rows; words are short. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);
    if (n >= 63 || strlen(a) >= 63)
        return 63;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *nearest = NULL;
    size_t least = strlen(word) / 2 + 1;
    for (size_t k = 0; k < n; k++) {
        size_t d = distance(word, candidates[k]);
        /* An abbreviation is nearer than its edit distance. */
        if (strlen(word) >= 3 && strncmp(word, candidates[k], strlen(word)) == 0)
            d = 0;
        if (d < least) {
            least = d;
            nearest = candidates[k];
        }
    }
    return nearest;
}

static int fail_unknown(int command, const char *given, const char *name)
{
    const char *known[OPT_COUNT];
    size_t n = 0;
    for (int k = 0; k < OPT_COUNT; k++)
        if (cli_option_table[k].commands & command)
            known[n++] = cli_option_table[k].name;
    const char *nearest = cli_nearest(name, known, n);
    if (nearest)
        return cli_fail(CLI_BAD_INPUT, "unknown option '%s'; did you mean '--%s'?", given, nearest);
    return cli_fail(CLI_BAD_INPUT, "unknown option '%s'; --help lists the options", given);
}

static int find_option(int command, const char *name, size_t length, char letter)
{
    for (int k = 0; k < OPT_COUNT; k++) {
        const cli_option_row *row = &cli_option_table[k];
        if (!(row->commands & command))
            continue;
        if (letter ? row->letter == letter
                   : strlen(row->name) == length && memcmp(row->name, name, length) == 0)
            return k;
    }
    return -1;
}

/* Reads the option at argv[*k], and its value, and moves *k to the last word used. */
static int take_option(cli_arguments *out, int argc, char **argv, int *k)
{
    const char *given = argv[*k], *attached = NULL;
    int is_long = given[1] == '-';
    const char *name = given + (is_long ? 2 : 1);
    size_t length = is_long ? strcspn(name, "=") : 1;
    int option = find_option(out->command, name, length, is_long ? 0 : *name);
    if (option < 0) {
        char *word = cli_text("%.*s", (int)(is_long ? length : strlen(name)), name);
        int code = fail_unknown(out->command, given, word);
        free(word);
        return code;
    }
    if (name[length])
        attached = name + length + (is_long ? 1 : 0);
    const cli_option_row *row = &cli_option_table[option];
    if (!row->value) {
        if (attached)
            return cli_fail(CLI_BAD_INPUT, "--%s takes no value ('%s')", row->name, given);
        out->value[option] = "";
        return CLI_OK;
    }
    if (!attached) {
        if (*k + 1 >= argc || strncmp(argv[*k + 1], "--", 2) == 0)
            return cli_fail(CLI_BAD_INPUT, "--%s needs a value: --%s %s", row->name, row->name,
                            row->value);
        attached = argv[++*k];
    }
    if (*attached == 0)
        return cli_fail(CLI_BAD_INPUT, "--%s: the value is empty; %s is expected", row->name,
                        row->value);
    out->value[option] = attached;
    if (option == OPT_MODE)
        out->modes[out->n_modes++] = attached;
    return CLI_OK;
}

int cli_options_parse(cli_arguments *out, int command, int argc, char **argv)
{
    memset(out, 0, sizeof *out);
    out->command = command;
    out->argv = argv;
    out->modes = cli_calloc((size_t)argc + 1, sizeof *out->modes);
    out->inputs = cli_calloc((size_t)argc + 1, sizeof *out->inputs);
    int options_over = 0;
    for (int k = 2; k < argc; k++) {
        if (options_over || argv[k][0] != '-' || argv[k][1] == 0) {
            out->inputs[out->n_inputs++] = argv[k];
        } else if (strcmp(argv[k], "--") == 0) {
            options_over = 1;
        } else {
            int code = take_option(out, argc, argv, &k);
            if (code != CLI_OK)
                return code;
        }
    }
    return CLI_OK;
}

void cli_arguments_free(cli_arguments *arguments)
{
    free(arguments->modes);
    free(arguments->inputs);
}

static int is_plain(const char *word)
{
    return *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_@%+=:,./-")] == 0;
}

char *cli_command_line(char *const *argv)
{
    size_t room = 1, at = 0;
    for (size_t k = 0; argv[k]; k++)
        room += 4 * strlen(argv[k]) + 3;
    char *line = cli_calloc(room, 1);
    for (size_t k = 0; argv[k]; k++) {
        int plain = is_plain(argv[k]);
        if (k > 0)
            line[at++] = ' ';
        if (!plain)
            line[at++] = '\'';
        for (const char *c = argv[k]; *c; c++) {
            if (*c == '\'') {
                memcpy(line + at, "'\\''", 4);
                at += 4;
            } else {
                line[at++] = *c;
            }
        }
        if (!plain)
            line[at++] = '\'';
    }
    return line;
}
