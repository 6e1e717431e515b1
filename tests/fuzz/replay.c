/* replay.c - runs a fuzz target over the files of folders, without a fuzzing engine.
 *
 * Usage: replay FOLDER-OR-FILE...   Fails if there is nothing to run. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* The bytes lie at the end of a block of their own, so that a sanitizer sees the first one past it.
 */
static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return perror(path), -1;
    long size = ftell(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    rewind(file);
    if (!data || size < 0 || fread(data, 1, (size_t)size, file) != (size_t)size)
        return perror(path), -1;
    fclose(file);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 1;
}

/* Number of inputs run, or -1. */
static int run(const char *path)
{
    DIR *folder = opendir(path);
    int n = 0;
    if (!folder)
        return run_file(path);
    for (struct dirent *entry; n >= 0 && (entry = readdir(folder)) != NULL;) {
        char inside[4096];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name) >= (int)sizeof inside)
            n = -1;
        else
            n = run_file(inside) < 0 ? -1 : n + 1;
    }
    closedir(folder);
    return n;
}

int main(int argc, char **argv)
{
    int n = 0;
    for (int k = 1; k < argc; k++) {
        int more = run(argv[k]);
        if (more < 0)
            return EXIT_FAILURE;
        n += more;
    }
    printf("%d inputs replayed\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
