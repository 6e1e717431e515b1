/* cli_main.c - the program rqa: picks the command. */
#include <rqa/rqa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_commands.h"
#include "cli_console.h"
#include "cli_output.h"
#include "cli_paths.h"
#include "cli_signals.h"
#include "cli_system.h"
#include "reader_table.h"

static int run_command(int command, int argc, char **argv)
{
    static int (*const run[])(const cli_arguments *) = {cmd_analyze, cmd_sweep, cmd_plot,
                                                        cmd_devices, cmd_merge, cmd_export,
                                                        cmd_verify,  cmd_profile, cmd_windows,
                                                        cmd_test,    cmd_suggest};
    cli_arguments arguments;
    int code = cli_options_parse(&arguments, command, argc, argv);
    if (code == CLI_OK && arguments.value[OPT_HELP]) {
        cli_help_command(command);
    } else if (code == CLI_OK) {
        cli_set_quiet(arguments.value[OPT_QUIET] != NULL);
        code = cli_paths_check(&arguments);
        if (code == CLI_OK && arguments.value[OPT_LOG])
            code = cli_output_refuse_store(arguments.value[OPT_LOG]);
        if (code == CLI_OK && arguments.value[OPT_LOG])
            code = cli_log_open(arguments.value[OPT_LOG]);
        if (code == CLI_OK) {
            char *line = cli_command_line(argv);
            cli_log("$ %s", line);
            free(line);
        }
        size_t index = 0;
        while (command >> index != 1)
            index++;
        if (code == CLI_OK)
            code = run[index](&arguments);
        cli_log("exit code %d", code);
    }
    cli_arguments_free(&arguments);
    if (code == CLI_OK)
        code = cli_finish_stdout();
    return code;
}

static int fail_unknown(const char *word)
{
    static const char *const words[] = {"analyze", "sweep",   "windows", "profile", "test",
                                        "suggest", "merge",   "export",  "plot",    "devices",
                                        "verify",  "bench",   "help",    "version"};
    const char *nearest = cli_nearest(word, words, sizeof words / sizeof words[0]);
    if (nearest)
        return cli_fail(CLI_BAD_INPUT, "unknown command '%s'; did you mean '%s'?", word, nearest);
    return cli_fail(CLI_BAD_INPUT, "unknown command '%s'; rqa help lists the commands", word);
}

/* What is read by a library that not every build has. */
static void print_kind(const char *kind, const char *library, const char *name)
{
    if (library)
        cli_print("%s files: by %s\n", kind, library);
    else
        cli_print("%s files: not read, built without %s\n", kind, name);
}

int main(int argc, char **argv)
{
    system_begin(&argc, &argv);
    const char *word = argc > 1 ? argv[1] : "";
    int command = cli_command_find(word);
    cli_signals_install();
    if (command)
        return run_command(command, argc, argv);
    if (argc < 2)
        return cli_fail(CLI_BAD_INPUT, "a command is expected; rqa help lists the commands");
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        command = argc > 2 ? cli_command_find(argv[2]) : 0;
        if (argc > 2 && !command)
            return fail_unknown(argv[2]);
        if (command)
            cli_help_command(command);
        else
            cli_help_program();
        return cli_finish_stdout();
    }
    if (strcmp(word, "bench") == 0)
        return cmd_bench(argv + 1);
    if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
        cli_print("rqa %s (librqa %s, ABI %u, numerics %u)\n", RQA_VERSION_STRING, rqa_version(),
               rqa_abi_version(), rqa_numerics_version());
        print_kind(".mat -v7.3", reader_mat73_library(), "libmatio");
        print_kind(".wav", reader_wav_library(), "libsndfile");
        return cli_finish_stdout();
    }
    return fail_unknown(word);
}
