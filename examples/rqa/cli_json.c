/* cli_json.c - JSON: texts escaped, numbers the shortest that read back. */
#include "cli_json.h"

#include <math.h>
#include <stddef.h>

#include "base/plain_text.h"
#include "cli_number.h"

void cli_json_text_to(FILE *out, const char *text)
{
    putc('"', out);
    while (*text) {
        const char *begin = text;
        uint32_t code = rqa__utf8_next(&text);
        if (code == RQA__NO_CODE)
            fputs("\xef\xbf\xbd", out);
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (int)code);
        else if (code > 0xffff && !rqa__is_shown(code))
            fprintf(out, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (code >> 10)),
                    (unsigned)(0xdc00 | (code & 0x3ff)));
        else if (!rqa__is_shown(code))
            fprintf(out, "\\u%04x", (unsigned)code);
        else
            fwrite(begin, 1, (size_t)(text - begin), out);
    }
    putc('"', out);
}

void cli_json_number_to(FILE *out, double value)
{
    char text[CLI_NUMBER_ROOM];
    if (isfinite(value))
        fwrite(text, 1, cli_number_write(text, value), out);
    else
        fputs("null", out);
}

void cli_json_text(const char *text)
{
    cli_json_text_to(stdout, text);
}

void cli_json_number(double value)
{
    cli_json_number_to(stdout, value);
}
