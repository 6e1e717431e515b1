/* cmd_bench.c - rqa bench: hands over to rqa_bench, a program of its own because it times kernels
 * that the library does not export. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli_commands.h"
#include "cli_console.h"

/* Beside this program (installed), or where the build tree has it. */
static const char *const places[] = {"rqa_bench", "../../tests/bench/rqa_bench"};

int cmd_bench(char **argv)
{
    char folder[4096], path[4200];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (n <= 0)
        return cli_fail(CLI_FAILED, "cannot tell where this program lies: %s", strerror(errno));
    folder[n] = '\0';
    *strrchr(folder, '/') = '\0';
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, places[k]);
        argv[0] = path;
        execv(path, argv);
    }
    return cli_fail(CLI_FAILED, "rqa_bench is not installed beside this program (%s)", folder);
}
