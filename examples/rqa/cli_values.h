/* cli_values.h - option values: numbers, lists, ranges, byte counts, names. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "cli_options.h"

/* Each returns CLI_OK, or CLI_BAD_INPUT with a line that names the option and what is allowed. */

/* "0.05:0.10:0.001", "1,2,5", "1:3,7": finite, >= 0, none twice. Values of a range are the doubles
 * nearest to the decimal numbers one would type. free() *out. */
int cli_values_real(double **out, size_t *n_out, cli_option option, const char *text);

/* The same for whole numbers in [least, most]. */
int cli_values_whole(uint32_t **out, size_t *n_out, cli_option option, const char *text,
                     uint32_t least, uint32_t most);

/* One number; not a list or range. */
int cli_value_real(double *out, cli_option option, const char *text);
int cli_value_whole(uint64_t *out, cli_option option, const char *text, uint64_t least,
                    uint64_t most);

/* "500M": bytes with k, M, G or T (1024). */
int cli_value_bytes(uint64_t *out, cli_option option, const char *text);

/* Index of the text among names; a line with the nearest and all of them if it is not there. */
int cli_value_name(int *out, cli_option option, const char *text, const char *const *names,
                   size_t n);

#endif
