/* curve_file.c - a picture of curves as a file of the program. */
#include "curve_file.h"

#include <stdlib.h>

#include "cli_console.h"
#include "cli_output.h"

int curve_file_write(const curve_picture *picture, const char *path, int force)
{
    cli_output output;
    size_t length = 0;
    int code = cli_output_open(&output, path, force);
    char *text = code == CLI_OK ? curve_svg_text(picture, &length) : NULL;
    if (code == CLI_OK && !text)
        code = cli_fail(CLI_FAILED, "%s: out of memory for the picture", path);
    if (code == CLI_OK)
        code = cli_output_write(&output, text, length);
    if (code == CLI_OK)
        code = cli_output_commit(&output);
    free(text);
    cli_output_close(&output);
    return code;
}
