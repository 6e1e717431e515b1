/* export_folder.c - a folder of arrays that appears under its name only when it is complete. */
#include "export_folder.h"

#include <errno.h>
#include <rqa/rqa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"
#include "cli_system.h"

static int is_empty(const char *path)
{
    system_folder *folder = system_folder_open(path);
    const int empty = folder && !system_folder_next(folder);
    if (folder)
        system_folder_close(folder);
    return empty;
}

static int has_export(const char *path)
{
    char *axes = cli_text("%s/axes.json", path);
    int found = system_is_there(axes);
    free(axes);
    return found;
}

static int check(const char *path, int force)
{
    system_info info;
    if (system_look(&info, path) != 0)
        return CLI_OK;
    if (info.kind != SYSTEM_FOLDER)
        return cli_fail(CLI_BAD_INPUT, "%s: is a file; the name of a folder is expected", path);
    if (is_empty(path))
        return CLI_OK;
    if (!has_export(path))
        return cli_fail(CLI_BAD_INPUT, "%s: is a folder with other files", path);
    if (!force)
        return cli_fail(CLI_BAD_INPUT, "%s: exists; --force replaces it", path);
    return CLI_OK;
}

int export_folder_open(export_folder *folder, const char *path, int force)
{
    size_t n = strlen(path);
    while (n > 1 && system_is_separator(path[n - 1]))
        n--;
    folder->path = cli_text("%.*s", (int)n, path);
    folder->force = force;
    folder->partial = NULL;
    int code = check(folder->path, force);
    if (code == CLI_OK) {
        folder->partial = cli_text("%s.partial-%lld", folder->path, (long long)system_process_id());
        if (system_make_folder(folder->partial) != 0) {
            code = cli_fail(CLI_BAD_INPUT, "%s: cannot be written: %s", path, system_reason(errno));
            free(folder->partial);
            folder->partial = NULL;
        }
    }
    if (code != CLI_OK)
        export_folder_close(folder);
    return code;
}

static char *file_in(const char *folder, int measure)
{
    if (measure < RQA_MEASURE_COUNT)
        return cli_text("%s/%s.npy", folder, rqa_measure_name(measure));
    return cli_text("%s/axes.json", folder);
}

/* File by file into an earlier export: what is not replaced goes, axes.json comes last. */
static int replace_files(const export_folder *folder)
{
    char *axes = file_in(folder->path, RQA_MEASURE_COUNT);
    int failed = system_remove(axes) != 0;
    free(axes);
    for (int m = 0; m <= RQA_MEASURE_COUNT && !failed; m++) {
        char *from = file_in(folder->partial, m), *to = file_in(folder->path, m);
        if (system_replace(from, to) != 0)
            failed = errno != ENOENT || (system_remove(to) != 0 && errno != ENOENT);
        free(from);
        free(to);
    }
    return failed || system_remove_folder(folder->partial) != 0;
}

int export_folder_commit(export_folder *folder)
{
    /* It takes the place of an empty folder only. */
    int failed = system_replace(folder->partial, folder->path) != 0;
    if (failed && folder->force && has_export(folder->path))
        failed = replace_files(folder);
    if (failed)
        return cli_fail(CLI_FAILED, "%s: %s", folder->path,
                        errno == ENOTEMPTY || errno == EEXIST ? "exists; --force replaces it"
                                                              : system_reason(errno));
    free(folder->partial);
    folder->partial = NULL;
    return CLI_OK;
}

void export_folder_close(export_folder *folder)
{
    for (int m = 0; folder->partial && m <= RQA_MEASURE_COUNT; m++) {
        char *path = file_in(folder->partial, m);
        system_remove(path);
        free(path);
    }
    if (folder->partial)
        system_remove_folder(folder->partial);
    free(folder->partial);
    free(folder->path);
    folder->partial = folder->path = NULL;
}
