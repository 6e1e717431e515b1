/* cli_files.c - the files behind the inputs: folders are searched, sub-folders are groups. */
#include "cli_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli_console.h"

enum { DEEPEST = 16 }; /* a folder that contains itself ends here */

/* Length of the name without the endings of recordings; 0 if it has none of them. */
static size_t stem_length(const char *name)
{
    static const char *const endings[] = {".csv", ".tsv", ".txt", ".npy", ".asc"};
    size_t n = strlen(name);
    if (n > 3 && strcasecmp(name + n - 3, ".gz") == 0)
        n -= 3;
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++)
        if (n > 4 && strncasecmp(name + n - 4, endings[k], 4) == 0)
            return n - 4;
    return 0;
}

static void add_file(cli_files *files, const char *path, const char *label, const char *group)
{
    if ((files->n & (files->n - 1)) == 0)
        files->file = cli_grow(files->file, files->n ? 2 * files->n : 1, sizeof *files->file);
    cli_file *file = &files->file[files->n++];
    file->path = cli_text("%s", path);
    file->label = cli_text("%s", label);
    file->group = cli_text("%s", group);
    files->has_groups |= *group != 0;
}

static int search_folder(cli_files *files, const char *root, const char *inside, int depth);

static int take_entry(cli_files *files, const char *root, const char *inside, const char *name,
                      int depth)
{
    struct stat info;
    int code = CLI_OK;
    char *below = *inside ? cli_text("%s/%s", inside, name) : cli_text("%s", name);
    char *path = cli_text("%s%s%s", root, root[strlen(root) - 1] == '/' ? "" : "/", below);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        if (depth < DEEPEST)
            code = search_folder(files, root, below, depth + 1);
    } else if (stem_length(name) > 0) {
        char *label = cli_text("%.*s", (int)stem_length(below), below);
        add_file(files, path, label, inside);
        free(label);
    }
    free(path);
    free(below);
    return code;
}

static int search_folder(cli_files *files, const char *root, const char *inside, int depth)
{
    char *path = cli_text("%s/%s", root, inside);
    DIR *folder = opendir(path);
    int code = CLI_OK;
    if (!folder)
        code = cli_fail(CLI_BAD_INPUT, "%s: cannot be searched: %s", path, strerror(errno));
    for (struct dirent *entry; folder && code == CLI_OK && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            code = take_entry(files, root, inside, entry->d_name, depth);
    if (folder)
        closedir(folder);
    free(path);
    return code;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const cli_file *)a)->path, ((const cli_file *)b)->path);
}

static int find_input(cli_files *files, const char *input)
{
    struct stat info;
    if (strcmp(input, "-") == 0) {
        add_file(files, "-", "stdin", "");
        return CLI_OK;
    }
    if (stat(input, &info) != 0)
        return cli_fail(CLI_BAD_INPUT, "%s: cannot be opened: %s", input, strerror(errno));
    if (!S_ISDIR(info.st_mode)) {
        add_file(files, input, input, "");
        return CLI_OK;
    }
    size_t before = files->n;
    int code = search_folder(files, input, "", 0);
    if (code == CLI_OK && files->n == before)
        return cli_fail(CLI_BAD_INPUT,
                        "%s: the folder holds no recordings (.csv, .tsv, .txt, .npy, .asc or one "
                        "of these with .gz)",
                        input);
    if (files->n > before)
        qsort(files->file + before, files->n - before, sizeof *files->file, compare_files);
    return code;
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
    return CLI_OK;
}

void cli_files_free(cli_files *files)
{
    for (size_t k = 0; k < files->n; k++) {
        free(files->file[k].path);
        free(files->file[k].label);
        free(files->file[k].group);
    }
    free(files->file);
}
