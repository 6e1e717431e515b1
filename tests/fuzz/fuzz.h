/* fuzz.h - what a fuzz target offers (libFuzzer's interface), and the checks they share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "reader_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with a line if the condition does not hold: a wrong result is a find too. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_failed(#condition, __FILE__, __LINE__))
void fuzz_failed(const char *condition, const char *file, int line);

/* Reads the bytes as a recording and checks that the table, or the error, is whole. 0 if they were
 * read: then the table is the caller's. */
int fuzz_read(reader_table *table, const uint8_t *data, size_t size, const reader_request *request);

/* Where a store of this process may lie, and the end of all its files. */
void fuzz_store_path(char path[64], const char *name);
void fuzz_remove_store(const char *path);

/* The next byte of an input; 0 when it is used up. */
uint8_t fuzz_byte(const uint8_t **data, size_t *size);

#endif
