/* cli_json.c - JSON: texts escaped, numbers with 17 significant digits. */
#include "cli_json.h"

#include <math.h>
#include <stddef.h>

/* Length of the UTF-8 sequence at the text, 0 if it is none. Overlong forms and surrogates, which
 * strict readers refuse, are none. */
static size_t utf8_length(const unsigned char *text)
{
    size_t n = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : 4;
    if (n == 1)
        return 1;
    if (n == 4 && (text[0] >> 3 != 30 || text[0] > 0xf4))
        return 0;
    for (size_t k = 1; k < n; k++)
        if (text[k] >> 6 != 2)
            return 0;
    if (text[0] < 0xc2 || (text[0] == 0xe0 && text[1] < 0xa0) ||
        (text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf0 && text[1] < 0x90) ||
        (text[0] == 0xf4 && text[1] > 0x8f))
        return 0;
    return n;
}

void cli_json_text_to(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    putc('"', out);
    while (*at) {
        size_t n = utf8_length(at);
        if (n == 0) {
            fputs("\xef\xbf\xbd", out);
            n = 1;
        } else if (*at == '"' || *at == '\\') {
            fprintf(out, "\\%c", *at);
        } else if (*at < 32) {
            fprintf(out, "\\u%04x", *at);
        } else {
            fwrite(at, 1, n, out);
        }
        at += n;
    }
    putc('"', out);
}

void cli_json_number_to(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, "%.17g", value);
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
