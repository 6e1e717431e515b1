/* cli_files.c - the files behind the inputs: folders are searched, sub-folders are groups. */
#include "cli_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_system.h"

enum {
    DEEPEST = 16, /* a folder that contains itself ends here */
    LONGEST_LIST = 200
};

/* Whether n letters are those of an ending, which has small ones only. */
static int is_ending(const char *text, const char *ending, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const char c = text[k];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != ending[k])
            return 0;
    }
    return 1;
}

/* Length of the name without the endings of recordings; 0 if it has none of them. */
static size_t stem_length(const char *name)
{
    static const char *const endings[] = {".csv", ".tsv", ".txt", ".npy", ".npz", ".mat",
                                          ".edf", ".bdf", ".wav", ".trc", ".asc"};
    size_t n = strlen(name);
    if (n > 3 && is_ending(name + n - 3, ".gz", 3))
        n -= 3;
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++)
        if (n > 4 && is_ending(name + n - 4, endings[k], 4))
            return n - 4;
    return 0;
}

static void add_file(cli_files *files, const char *path, const char *name, const char *label,
                     const char *group)
{
    if ((files->n & (files->n - 1)) == 0)
        files->file = cli_grow(files->file, files->n ? 2 * files->n : 1, sizeof *files->file);
    cli_file *file = &files->file[files->n++];
    file->path = cli_text("%s", path);
    file->name = name ? cli_text("%s", name) : NULL;
    file->label = cli_text("%s", label);
    file->group = cli_text("%s", group);
    files->has_groups |= *group != 0;
}

static void leave_out(cli_files *files, const char *name, const char *why)
{
    if ((files->n_left_out & (files->n_left_out - 1)) == 0)
        files->left_out = cli_grow(files->left_out, files->n_left_out ? 2 * files->n_left_out : 1,
                                   sizeof *files->left_out);
    files->left_out[files->n_left_out++] = cli_text("%s%s", name, why);
}

static int search_folder(cli_files *files, const char *root, const char *inside, int depth);

static int take_entry(cli_files *files, const char *root, const char *inside, const char *name,
                      int depth)
{
    system_info info;
    int code = CLI_OK;
    char *below = *inside ? cli_text("%s/%s", inside, name) : cli_text("%s", name);
    char *path = cli_text("%s%s%s", root, system_is_separator(root[strlen(root) - 1]) ? "" : "/", below);
    const int is_there = system_look(&info, path) == 0;
    if (is_there && info.kind == SYSTEM_FOLDER) {
        if (depth < DEEPEST)
            code = search_folder(files, root, below, depth + 1);
        else
            leave_out(files, below, " (too deep)");
    } else if (is_there && info.kind != SYSTEM_FILE) {
        leave_out(files, below, " (a pipe, socket or device)"); /* opening it may wait for ever */
    } else if (stem_length(name) > 0) {
        char *label = cli_text("%.*s", (int)stem_length(below), below);
        add_file(files, path, below, label, inside);
        free(label);
    } else {
        leave_out(files, below, "");
    }
    free(path);
    free(below);
    return code;
}

static int search_folder(cli_files *files, const char *root, const char *inside, int depth)
{
    char *path = cli_text("%s/%s", root, inside);
    system_folder *folder = system_folder_open(path);
    int code = CLI_OK;
    if (!folder)
        code = cli_fail(CLI_BAD_INPUT, "%s: cannot be searched: %s", path, system_reason(errno));
    for (const char *name; folder && code == CLI_OK && (name = system_folder_next(folder)) != NULL;)
        if (name[0] != '.')
            code = take_entry(files, root, inside, name, depth);
    if (folder)
        system_folder_close(folder);
    free(path);
    return code;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const cli_file *)a)->path, ((const cli_file *)b)->path);
}

static int find_input(cli_files *files, const char *input)
{
    system_info info;
    if (strcmp(input, "-") == 0) {
        add_file(files, "-", NULL, "stdin", "");
        return CLI_OK;
    }
    if (system_look(&info, input) != 0)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be opened: %s", input, system_reason(errno));
    if (info.kind != SYSTEM_FOLDER) {
        char *label = system_label(input);
        add_file(files, input, NULL, label ? label : input, "");
        free(label);
        return CLI_OK;
    }
    size_t before = files->n;
    int code = search_folder(files, input, "", 0);
    if (code == CLI_OK && files->n == before)
        return cli_fail(CLI_BAD_INPUT,
                        "%s: the folder holds no recordings (.csv, .tsv, .txt, .npy, .npz, .mat, .edf, "
                        ".bdf, .wav, .trc, .asc or one of these with .gz)",
                        input);
    if (files->n > before)
        qsort(files->file + before, files->n - before, sizeof *files->file, compare_files);
    return code;
}

static int compare_labels(const void *a, const void *b)
{
    return strcmp((*(cli_file *const *)a)->label, (*(cli_file *const *)b)->label);
}

/* Marks the files whose label another has; returns the first of them in the order of labels. */
static const cli_file *find_twins(char *is_twin, const cli_files *files)
{
    const cli_file *found = NULL, **order = cli_calloc(files->n, sizeof *order);
    for (size_t k = 0; k < files->n; k++)
        order[k] = &files->file[k];
    qsort(order, files->n, sizeof *order, compare_labels);
    memset(is_twin, 0, files->n);
    for (size_t k = 1; k < files->n; k++) {
        if (strcmp(order[k - 1]->label, order[k]->label) != 0)
            continue;
        is_twin[order[k - 1] - files->file] = is_twin[order[k] - files->file] = 1;
        found = found ? found : order[k];
    }
    free(order);
    return found;
}

/* Results are found by label: each recording needs its own. */
static int tell_apart(cli_files *files)
{
    char *is_twin = cli_calloc(files->n, 1);
    const cli_file *twin = find_twins(is_twin, files);
    for (int by_path = 0; by_path < 2 && twin; by_path++) {
        for (size_t k = 0; k < files->n; k++) {
            cli_file *file = &files->file[k];
            if (!is_twin[k] || (!by_path && !file->name))
                continue;
            free(file->label);
            char *path = by_path ? system_label(file->path) : NULL;
            file->label = cli_text("%s", path ? path : by_path ? file->path : file->name);
            free(path);
        }
        twin = find_twins(is_twin, files);
    }
    free(is_twin);
    return twin ? cli_fail(CLI_BAD_INPUT, "%s: is given twice", twin->path) : CLI_OK;
}

const char *cli_files_shown(const char *path)
{
    return strcmp(path, "-") == 0 ? "stdin" : path;
}

static const char *base_of(const char *path)
{
    const char *slash = system_last_separator(path);
    return slash ? slash + 1 : cli_files_shown(path);
}

char *cli_files_title(const char *x, const char *y)
{
    if (!y)
        return cli_text("%s", base_of(x));
    if (strcmp(base_of(x), base_of(y)) == 0)
        return cli_text("%s and %s", x, y);
    return cli_text("%s and %s", base_of(x), base_of(y));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *cli_files_left_out(const cli_files *files)
{
    char *names = cli_text("%s", "");
    if (files->n_left_out > 0)
        qsort(files->left_out, files->n_left_out, sizeof *files->left_out, compare_texts);
    for (size_t k = 0; k < files->n_left_out; k++) {
        int fits = strlen(names) + strlen(files->left_out[k]) < LONGEST_LIST;
        char *longer = cli_text("%s%s%s", names, k ? ", " : "", fits ? files->left_out[k] : "...");
        free(names);
        names = longer;
        if (!fits)
            break;
    }
    return names;
}

int cli_files_find(cli_files *out, const char *const *inputs, size_t n_inputs)
{
    size_t n_stdin = 0;
    memset(out, 0, sizeof *out);
    for (size_t k = 0; k < n_inputs; k++) {
        n_stdin += strcmp(inputs[k], "-") == 0;
        if (n_stdin > 1)
            return cli_fail(CLI_BAD_INPUT, "stdin (-) can be read only once");
        int code = find_input(out, inputs[k]);
        if (code != CLI_OK)
            return code;
    }
    return tell_apart(out);
}

void cli_files_free(cli_files *files)
{
    for (size_t k = 0; k < files->n; k++) {
        free(files->file[k].path);
        free(files->file[k].label);
        free(files->file[k].group);
        free(files->file[k].name);
    }
    for (size_t k = 0; k < files->n_left_out; k++)
        free(files->left_out[k]);
    free(files->left_out);
    free(files->file);
}
