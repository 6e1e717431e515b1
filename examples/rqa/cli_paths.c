/* cli_paths.c - the files a command names: no output is an input, no two outputs are one file. */
#include "cli_paths.h"

#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_files.h"
#include "cli_option_table.h"
#include "cli_system.h"

/* A file that is there, or will be: then its folder and its name in it. */
typedef struct place {
    int known; /* 0: neither, or nothing that could be harmed */
    uint64_t device, number;
    const char *name; /* of one that is not there yet */
} place;

static int is_dash(const char *path)
{
    return strcmp(path, "-") == 0;
}

static place place_of_info(const system_info *info)
{
    return (place){info->kind == SYSTEM_FILE, info->device, info->number, NULL};
}

/* `stream` is what "-" stands for. */
static place place_of(const char *path, int stream)
{
    system_info info;
    place none = {0};
    if (is_dash(path))
        return system_look_stream(&info, stream) == 0 ? place_of_info(&info) : none;
    if (system_look(&info, path) == 0)
        return place_of_info(&info);
    const char *slash = system_last_separator(path);
    char *folder = slash ? cli_text("%.*s", (int)(slash + 1 - path), path) : cli_text(".");
    int found = system_look(&info, folder) == 0;
    free(folder);
    return found ? (place){1, info.device, info.number, slash ? slash + 1 : path} : none;
}

static int is_same(const place *a, const place *b)
{
    if (!a->known || !b->known || a->device != b->device || a->number != b->number)
        return 0;
    return a->name && b->name ? system_is_same_name(a->name, b->name) : !a->name && !b->name;
}

static int fail_input(cli_option option, const char *output, const char *input)
{
    if (strcmp(output, input) == 0)
        return cli_fail(CLI_BAD_INPUT, "%s: %s is an input; another file is expected",
                        cli_option_name(option), output);
    return cli_fail(CLI_BAD_INPUT, "%s: %s is the input %s; another file is expected",
                    cli_option_name(option), is_dash(output) ? "stdout" : output,
                    is_dash(input) ? "stdin" : input);
}

static int check_folder(cli_option option, const char *output, const place *at, const char *folder)
{
    cli_files files;
    int code = cli_files_find(&files, &folder, 1);
    for (size_t k = 0; k < files.n && code == CLI_OK; k++) {
        place input = place_of(files.file[k].path, -1);
        if (is_same(at, &input))
            code = fail_input(option, output, files.file[k].path);
    }
    cli_files_free(&files);
    return code;
}

static int check_input(cli_option option, const char *output, const place *at, const char *input)
{
    system_info info;
    if (!is_dash(input) && system_look(&info, input) == 0 && info.kind == SYSTEM_FOLDER)
        return at->name ? CLI_OK : check_folder(option, output, at, input);
    place other = place_of(input, SYSTEM_STDIN);
    return !other.name && is_same(at, &other) ? fail_input(option, output, input) : CLI_OK;
}

/* A merge may add to one of the stores that it reads. */
static int check_inputs(const cli_arguments *arguments, cli_option option)
{
    const char *output = arguments->value[option], *with = arguments->value[OPT_WITH];
    const place at = place_of(output, SYSTEM_STDOUT);
    int code = CLI_OK;
    if (!at.known || (arguments->command == CLI_MERGE && option == OPT_OUT))
        return CLI_OK;
    for (size_t k = 0; k < arguments->n_inputs && code == CLI_OK; k++)
        code = check_input(option, output, &at, arguments->inputs[k]);
    return code == CLI_OK && with ? check_input(option, output, &at, with) : code;
}

/* What SQLite and librqa keep beside a store: it would be taken for the store's, and be deleted. */
static int check_beside(cli_option option, const char *output, const place *at, const char *store)
{
    static const char *const endings[] = {"-wal", "-shm", "-journal", "-workers"};
    char *target = system_real_path(store);
    int code = CLI_OK;
    for (size_t k = 0; k < sizeof endings / sizeof endings[0] && code == CLI_OK; k++) {
        char *path = cli_text("%s%s", target ? target : store, endings[k]);
        const place beside = place_of(path, -1);
        if (is_same(at, &beside))
            code = cli_fail(CLI_BAD_INPUT, "%s: %s belongs to the store %s; another file is expected",
                            cli_option_name(option), output, store);
        free(path);
    }
    free(target);
    return code;
}

/* A store is what --store names, what a merge reads and makes, and what an export reads. */
static int check_stores(const cli_arguments *arguments, cli_option option)
{
    const char *output = arguments->value[option], *made = arguments->value[OPT_STORE];
    const place at = place_of(output, SYSTEM_STDOUT);
    const int reads = arguments->command == CLI_MERGE || arguments->command == CLI_EXPORT;
    int code = CLI_OK;
    if (arguments->command == CLI_MERGE)
        made = arguments->value[OPT_OUT];
    if (made && !is_dash(made))
        code = check_beside(option, output, &at, made);
    for (size_t k = 0; reads && k < arguments->n_inputs && code == CLI_OK; k++)
        code = check_beside(option, output, &at, arguments->inputs[k]);
    return code;
}

/* A dash is stdout where text goes, else nothing: no file is called so. */
static int check_dash(const cli_arguments *arguments, cli_option option)
{
    const int is_plot =
        (option == OPT_CURVES && arguments->command != CLI_WINDOWS &&
         arguments->command != CLI_PROFILE) ||
        (option == OPT_OUT && arguments->command == CLI_PLOT);
    if (!is_dash(arguments->value[option]) || (option != OPT_LOG && !is_plot))
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT, "%s: a %s is a file; stdout cannot be one",
                    cli_option_name(option), is_plot ? "plot" : "log");
}

static int is_output(const cli_arguments *arguments, cli_option option)
{
    const char *kind = cli_option_table[option].value;
    return kind && strcmp(kind, "FILE") == 0 && arguments->value[option];
}

int cli_paths_check(const cli_arguments *arguments)
{
    int code = CLI_OK;
    for (cli_option k = 0; k < OPT_COUNT && code == CLI_OK; k++) {
        if (!is_output(arguments, k))
            continue;
        code = check_dash(arguments, k);
        if (code == CLI_OK)
            code = check_inputs(arguments, k);
        if (code == CLI_OK)
            code = check_stores(arguments, k);
        const place at = place_of(arguments->value[k], SYSTEM_STDOUT);
        for (cli_option j = 0; j < k && code == CLI_OK; j++) {
            if (!is_output(arguments, j))
                continue;
            const place other = place_of(arguments->value[j], SYSTEM_STDOUT);
            if (is_same(&at, &other))
                code = cli_fail(CLI_BAD_INPUT, "--%s and --%s are both %s; each needs a file of its "
                                               "own",
                                cli_option_table[j].name, cli_option_table[k].name,
                                is_dash(arguments->value[k]) ? "stdout" : arguments->value[k]);
        }
    }
    return code;
}

int cli_paths_check_store(const char *what, const char *path)
{
    if (strcmp(path, ":memory:") != 0 && strncmp(path, "file:", 5) != 0)
        return CLI_OK;
    return cli_fail(CLI_BAD_INPUT,
                    "%s: '%s' is no file to SQLite; a store is one (./%s for a file of that name)",
                    what, path, path);
}
