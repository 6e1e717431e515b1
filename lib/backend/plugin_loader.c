/* plugin_loader.c - finds and opens the GPU plugin. */
#include "backend/plugin_loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/environment.h"
#include "base/error.h"
#include "base/fp_env.h"
#include "base/library.h"
#include "base/memory.h"
#include "base/path.h"
#include "plan/context_state.h"

/* ---- what the host offers ---- */

static void *host_allocate(uint64_t n_bytes)
{
    return n_bytes <= SIZE_MAX ? rqa__alloc((size_t)n_bytes) : NULL;
}

static void host_log(void *log_user, int32_t level, const char *line)
{
    if (log_user)
        rqa__context_log(log_user, level, "%s", line);
}

static const rqa_plugin_host host = {
    .struct_size = sizeof host,
    .allocate = host_allocate,
    .release = rqa__free,
    .explain = rqa__error_text_set,
    .log = host_log,
};

/* ---- opening one file ---- */

static int missing(const char *path, const char *what)
{
    return rqa__fail(RQA_ERROR_BACKEND_MISSING, "%.400s: %s", path, what);
}

static int is_complete(const rqa_plugin_table *table)
{
    return table->struct_size >= sizeof *table && table->name && table->version &&
           table->device_count && table->device_info && table->device_open && table->device_close &&
           table->supports && table->run && table->memory_held && table->timings;
}

static int open_file(rqa__plugin *out, const char *path)
{
    char why[256];
    void *library = rqa__library_open(path, why, sizeof why);
    if (!library)
        return rqa__fail(RQA_ERROR_BACKEND_MISSING, "%s", why);
    rqa_plugin_entry_function entry;
    rqa__library_function found = rqa__library_find(library, RQA_PLUGIN_ENTRY_NAME);
    if (!found)
        return missing(path, "has no function " RQA_PLUGIN_ENTRY_NAME);
    memcpy(&entry, &found, sizeof entry);
    memset(out, 0, sizeof *out);
    out->table.struct_size = sizeof out->table;
    rqa__error_text_set("");
    int status = entry(RQA_PLUGIN_ABI, &host, &out->table);
    rqa__fp_default(); /* a plugin loads libraries, which may set what they like */
    if (status) {
        char text[256];
        snprintf(text, sizeof text, "%s", rqa_last_error());
        return rqa__fail(RQA_ERROR_BACKEND_MISSING, "%.200s: %s", path,
                         text[0] ? text : "refused to start and gave no reason");
    }
    if (!is_complete(&out->table))
        return rqa__fail(RQA_ERROR_BACKEND_MISSING,
                         "%.400s: its table has %u bytes or misses a function; librqa needs all of "
                         "%zu",
                         path, out->table.struct_size, sizeof out->table);
    snprintf(out->path, sizeof out->path, "%s", path);
    return RQA_OK;
}

/* ---- searching ---- */

/* Where a folder's plugin would be; an entry that ends as a library does is the plugin itself. */
static int file_of(char *out, size_t size, const char *entry, size_t length)
{
    const size_t n_ending = sizeof RQA__LIBRARY_ENDING - 1;
    int is_file = length > n_ending &&
                  memcmp(entry + length - n_ending, RQA__LIBRARY_ENDING, n_ending) == 0;
    int n = snprintf(out, size, "%.*s%s", (int)length, entry, is_file ? "" : "/" RQA__PLUGIN_FILE);
    return n > 0 && (size_t)n < size ? 0 : -1;
}

/* To the end of this entry of a list of folders. */
static size_t entry_length(const char *list)
{
    const char separator[] = {rqa__path_list_separator, 0};
    return strcspn(list, separator);
}

/* 1 and the file if one of the entries has it. */
static int find_in_list(char *out, size_t size, const char *list)
{
    while (list && *list) {
        size_t length = entry_length(list);
        if (rqa__path_is_absolute(list) && length < size && !file_of(out, size, list, length) &&
            rqa__file_is_there(out))
            return 1;
        list += length + (list[length] != 0);
    }
    return 0;
}

void rqa__plugin_path_note(char *out, size_t size)
{
    const char *given = rqa__environment("RQA_PLUGIN_PATH"), *entry = given ? given : "";
    out[0] = '\0';
    if (given && *given && !rqa__trusted_environment("RQA_PLUGIN_PATH")) {
        snprintf(out, size, "; RQA_PLUGIN_PATH is not used: the program runs with another user's "
                            "rights");
        return;
    }
    /* To the first that is neither empty nor absolute. */
    while (*entry && (*entry == rqa__path_list_separator || rqa__path_is_absolute(entry)))
        entry += *entry == rqa__path_list_separator ? 1 : entry_length(entry);
    if (*entry)
        snprintf(out, size, "; '%.*s' in RQA_PLUGIN_PATH is not used: %s",
                 (int)(entry_length(entry) < 150 ? entry_length(entry) : 150), entry,
                 rqa__path_absolute_rule);
}

int rqa__plugin_load(rqa__plugin *out, const char *path)
{
    char file[512], own[400];
    if (path && !rqa__path_is_absolute(path))
        return rqa__fail(RQA_ERROR_BACKEND_MISSING, "plugin_path is '%.200s'; %s", path,
                         rqa__path_absolute_rule);
    if (path)
        return open_file(out, path);
    const char *listed = rqa__trusted_environment("RQA_PLUGIN_PATH");
    if (find_in_list(file, sizeof file, listed))
        return open_file(out, file);
    int known = rqa__library_own_folder(own, sizeof own) == 0;
    if (known && find_in_list(file, sizeof file, own))
        return open_file(out, file);
    if (find_in_list(file, sizeof file, RQA_PLUGIN_FOLDER))
        return open_file(out, file);
    /* Where libraries are installed is no whole path for a library that was built on another system. */
    const char *installed = rqa__path_is_absolute(RQA_PLUGIN_FOLDER) ? ", " RQA_PLUGIN_FOLDER : "";
    return rqa__fail(RQA_ERROR_BACKEND_MISSING, "no " RQA__PLUGIN_FILE " in %s%.100s%s%.200s%s",
                     listed ? "'" : "", listed ? listed : "", listed ? "' (RQA_PLUGIN_PATH), " : "",
                     known ? own : "librqa's own folder (unknown)", installed);
}
