/* cli_json.h - JSON: texts escaped, numbers the shortest that read back. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdio.h>

/* A quoted text; what a terminal would not show is escaped, bytes that are not UTF-8 become U+FFFD. */
void cli_json_text_to(FILE *out, const char *text);

/* null for what JSON cannot say: NaN and infinities. */
void cli_json_number_to(FILE *out, double value);

/* The same on stdout. */
void cli_json_text(const char *text);
void cli_json_number(double value);

#endif
