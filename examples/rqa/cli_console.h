/* cli_console.h - what the program says on stderr, its exit codes, and memory that never fails. */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include <rqa/rqa.h>
#include <stddef.h>
#include <stdio.h>

#include "cli_system.h"

/* Exit codes; a signal s gives 128 + s (130 for Ctrl-C). */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_BAD_INPUT = 2 };

#define CLI_PRINTF(text, first) SYSTEM_PRINTF(text, first)

/* Lines may come from any thread. */

/* Whatever goes to a terminal goes through these, and leaves in them what would steer it: names,
 * headers and paths may hold anything (base/plain_text.h). */

/* One line "rqa: ..." on stderr. Returns code. */
int cli_fail(int code, const char *format, ...) CLI_PRINTF(2, 3);

/* The line of a failed librqa call: "what: rqa_last_error()". Returns the exit code. */
int cli_fail_status(rqa_status status, const char *what);

/* The same when a store that was named could not be used: what it is, is input. */
int cli_fail_store(rqa_status status, const char *what);
/* With another text. */
int cli_fail_store_text(rqa_status status, const char *what, const char *text);

/* Bad input (the data or the arguments) or a failure of the machine? */
int cli_code_of_status(rqa_status status);

/* One line on stderr unless --quiet. */
void cli_note(const char *format, ...) CLI_PRINTF(1, 2);
void cli_set_quiet(int quiet);

/* From here on failures and notes, also those that --quiet keeps from stderr, are appended to this
 * file with the time (UTC). CLI_OK, or CLI_BAD_INPUT with a line. */
int cli_log_open(const char *path);

/* A line for that file alone. */
void cli_log(const char *format, ...) CLI_PRINTF(1, 2);

/* Shows (or rewrites) the progress line at the bottom of a terminal; NULL wipes it. */
void cli_bar(const char *text);

/* As fprintf(); the only line ends are those of the format. */
void cli_print_to(FILE *out, const char *format, ...) CLI_PRINTF(2, 3);
#define cli_print(...) cli_print_to(stdout, __VA_ARGS__)

/* calloc, realloc and a printed string, ending the program with exit code 1 without memory. */
void *cli_calloc(size_t n, size_t size);
void *cli_grow(void *block, size_t n, size_t size);
char *cli_text(const char *format, ...) CLI_PRINTF(1, 2);

/* Flushes stdout; 0, or CLI_FAILED with a line when what was printed could not be delivered. */
int cli_finish_stdout(void);

#endif
