/* reader_memory.h - the memory that a reading may take: counted, and refused beyond a limit. */
#ifndef READER_MEMORY_H
#define READER_MEMORY_H

#include <stdint.h>

#include "reader_bytes.h"

typedef struct reader_memory {
    uint64_t limit;   /* bytes; 0 = as many as there are */
    uint64_t held;    /* by this reading, and by what its caller says to hold */
    uint64_t refused; /* what would have been held; 0 = nothing was refused */
} reader_memory;

/* Counts bytes that are about to be allocated. 0, or -1 beyond the limit. memory may be NULL. */
int reader_memory_take(reader_memory *memory, uint64_t n_bytes);
void reader_memory_give(reader_memory *memory, uint64_t n_bytes);

/* Grows *block of elements of `size` bytes to hold n. 0, or -1: reader_memory_fail says why. */
int reader_reserve(reader_memory *memory, void *block, size_t *room, size_t n, size_t size);

/* A counted copy of n characters, terminated; NULL without memory. */
char *reader_text_copy(reader_memory *memory, const char *text, size_t n);

/* "FILE: out of memory", or which limit was met: -1. line 0 = not known. */
int reader_memory_fail(const reader_memory *memory, const char *file, size_t line,
                       reader_error *error);

#endif
