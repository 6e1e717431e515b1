/* cmd_bench.c - rqa bench: hands over to rqa_bench, a program of its own because it times kernels
 * that the library does not export. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli_commands.h"
#include "cli_console.h"
#include "cli_system.h"

/* Beside this program (installed), or where the build tree has it. */
static const char *const places[] = {"rqa_bench", "../../tests/bench/rqa_bench"};

int cmd_bench(char **argv)
{
    char folder[4096], path[4200];
    if (system_own_folder(folder, sizeof folder) != 0)
        return cli_fail(CLI_FAILED, "cannot tell where this program lies: %s", system_reason(errno));
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        snprintf(path, sizeof path, "%s/%s%s", folder, places[k], system_program_ending);
        argv[0] = path;
        system_become(path, argv);
    }
    return cli_fail(CLI_FAILED, "rqa_bench is not installed beside this program (%s)", folder);
}
