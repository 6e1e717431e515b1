/* cli_options.h - the one table of options: parsing, help and suggestions come from it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>

/* Commands, as bits. */
enum {
    CLI_ANALYZE = 1,
    CLI_SWEEP = 2,
    CLI_PLOT = 4,
    CLI_DEVICES = 8,
    CLI_MERGE = 16,
    CLI_EXPORT = 32,
    CLI_VERIFY = 64,
    CLI_PROFILE = 128,
    CLI_WINDOWS = 256,
    CLI_TEST = 512,
    CLI_SUGGEST = 1024
};

typedef enum cli_option {
    OPT_COLUMNS,
    OPT_COLUMNS_Y,
    OPT_WITH,
    OPT_JOINT,
    OPT_GROUP_BY,
    OPT_PART,
    OPT_PART_Y,
    OPT_VARIABLE,
    OPT_WHERE,
    OPT_MODE,
    OPT_MISSING,
    OPT_MISSING_POLICY,
    OPT_DELIMITER,
    OPT_DECIMAL,
    OPT_HEADER,
    OPT_SKIP_LINES,
    OPT_COMMENT,
    OPT_CATEGORICAL,
    OPT_NORMALIZE,
    OPT_DIM,
    OPT_DELAY,
    OPT_THRESHOLD,
    OPT_DIM_Y,
    OPT_DELAY_Y,
    OPT_THRESHOLD_Y,
    OPT_THRESHOLD_UNIT,
    OPT_THRESHOLD_LOWER,
    OPT_TIES,
    OPT_NORM,
    OPT_CONVENTION,
    OPT_COMPARE,
    OPT_THEILER,
    OPT_LMIN,
    OPT_VMIN,
    OPT_WMIN,
    OPT_MICROSTATE_SIZE,
    OPT_WHITE_BORDER,
    OPT_BORDER,
    OPT_SKELETON,
    OPT_ISODIRECTIONAL,
    OPT_PERPENDICULAR,
    OPT_SURROGATES,
    OPT_SURROGATE_COUNT,
    OPT_SEED,
    OPT_MAX_ITERATIONS,
    OPT_MIN_DISTANCE,
    OPT_TWO_SIDED,
    OPT_BOOTSTRAP,
    OPT_SAMPLED,
    OPT_MAX_CELLS,
    OPT_SCALING,
    OPT_LENGTHS,
    OPT_WINDOW,
    OPT_STEP,
    OPT_SCOPE,
    OPT_MAX_LAG,
    OPT_MAX_DIM,
    OPT_BINS,
    OPT_ESTIMATOR,
    OPT_SAMPLING_RATE,
    OPT_MEASURES,
    OPT_HISTOGRAMS,
    OPT_FORMAT,
    OPT_OUT,
    OPT_CURVES,
    OPT_STORE,
    OPT_FORCE,
    OPT_MAX_PIXELS,
    OPT_PERIOD,
    OPT_X_LABEL,
    OPT_Y_LABEL,
    OPT_NO_FRAME,
    OPT_DRY_RUN,
    OPT_SHARD,
    OPT_BACKEND,
    OPT_THREADS,
    OPT_LEVEL,
    OPT_MEMORY,
    OPT_GPU_MEMORY,
    OPT_GPU_BATCH,
    OPT_EVENTS,
    OPT_LOG,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_HELP,
    OPT_COUNT
} cli_option;

typedef struct cli_arguments {
    int command;
    const char *value[OPT_COUNT]; /* NULL = not given; "" for a flag that was */
    const char **modes;           /* every --mode */
    size_t n_modes;
    const char **inputs;
    size_t n_inputs;
    char **argv; /* all words of the command line, NULL at the end */
} cli_arguments;

/* Parses what follows the command in argv[1]. CLI_OK, or CLI_BAD_INPUT with a line. */
int cli_options_parse(cli_arguments *out, int command, int argc, char **argv);
void cli_arguments_free(cli_arguments *arguments);

/* "--threshold" */
const char *cli_option_name(cli_option option);

/* An error text of the library in the words of the command line: "--threshold-lower" for
 * "options->threshold_lower", the bare name where there is no such option; free() it. */
char *cli_option_text(const char *text);

/* The command line as one would type it in a shell; free() it. */
char *cli_command_line(char *const *argv);

/* Help of one command, or of the program, on stdout. */
void cli_help_command(int command);
void cli_help_program(void);

/* Command of a name, 0 if there is none. */
int cli_command_find(const char *name);

/* The candidate that `word` was probably meant to be, NULL if none is near. */
const char *cli_nearest(const char *word, const char *const *candidates, size_t n);

#endif
