/* cmd_devices.c - rqa devices: where work can run, or why not. */
#include <rqa/rqa.h>
#include <stdio.h>

#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_json.h"

static void print_json(size_t k, const rqa_backend_info *info)
{
    cli_print("%s\n    {\"name\": ", k ? "," : "");
    cli_json_text(info->name);
    cli_print(", \"available\": %s, \"workers\": %u, \"memory_bytes\": %llu, \"detail\": ",
           info->available ? "true" : "false", (unsigned)info->n_workers,
           (unsigned long long)info->memory_bytes);
    cli_json_text(info->detail ? info->detail : "");
    cli_print("}");
}

int cmd_devices(const cli_arguments *arguments)
{
    rqa_context *context = NULL;
    int is_json = 0;
    if (arguments->n_inputs > 0)
        return cli_fail(CLI_BAD_INPUT, "devices takes no file ('%s')", arguments->inputs[0]);
    int code = cli_analysis_format(&is_json, arguments);
    if (code == CLI_OK)
        code = cli_analysis_context(&context, arguments);
    if (code != CLI_OK)
        return code;
    if (is_json) {
        cli_print("{\n  \"version\": ");
        cli_json_text(rqa_version());
        cli_print(",\n  \"threads\": %u,\n  \"backends\": [",
               (unsigned)rqa_context_n_threads(context));
    }
    rqa_backend_info info = {.struct_size = sizeof info};
    for (size_t k = 0; rqa_context_backend_at(context, k, &info) == RQA_OK; k++) {
        if (is_json)
            print_json(k, &info);
        else
            cli_print("%-11s %-4s %s\n", info.name, info.available ? "yes" : "no",
                   info.detail ? info.detail : "");
        info.struct_size = sizeof info;
    }
    if (is_json)
        cli_print("\n  ]\n}\n");
    rqa_context_destroy(context);
    return CLI_OK;
}
