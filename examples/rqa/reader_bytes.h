/* reader_bytes.h - a stream of bytes from a file, stdin or memory: gunzipped when it is gzip, made
 * UTF-8 when it is UTF-16 with a byte order mark. */
#ifndef READER_BYTES_H
#define READER_BYTES_H

#include <stddef.h>
#include <zlib.h>

#include "cli_system.h"
#include "reader_utf16.h"

/* Why reading failed: one line, without newline. */
enum {
    READER_OF_INPUT = 0,
    READER_OF_MACHINE = 1, /* an allocation or an I/O call failed */
    READER_OF_LIMIT = 2    /* more memory than allowed */
};

typedef struct reader_error {
    int is_system; /* what is at fault: one of the above */
    char text[700];
} reader_error;

int reader_fail(reader_error *error, int is_system, const char *format, ...) SYSTEM_PRINTF(3, 4);

#ifndef READER_BLOCK_BYTES
#define READER_BLOCK_BYTES (1 << 16) /* fuzzers set it low, to meet the ends of blocks */
#endif
enum { READER_BLOCK = READER_BLOCK_BYTES, READER_SLACK = 8 };

typedef struct reader_bytes {
    const char *name; /* for messages; borrowed */
    int fd;           /* -1 for memory */
    int is_stdin;
    const unsigned char *memory;
    size_t memory_left;
    int is_gzip, unpacked_ended, ended;
    z_stream inflater;
    unsigned char *packed; /* READER_BLOCK bytes of the source, when it is gzip */
    reader_utf16 utf16;
    unsigned char *wide; /* READER_BLOCK bytes of UTF-16; NULL when the text is not */
    size_t wide_position, wide_length;
    unsigned char *data; /* READER_BLOCK + READER_SLACK bytes; unread at [position, length) */
    size_t position, length;
} reader_bytes;

/* Opens a path ("-" is stdin). 0, or -1 with the error set. */
int reader_bytes_open(reader_bytes *bytes, const char *path, reader_error *error);
int reader_bytes_open_memory(reader_bytes *bytes, const void *data, size_t size, const char *name,
                             reader_error *error);
void reader_bytes_close(reader_bytes *bytes);

/* Makes at least `wanted` (<= READER_BLOCK) unread bytes available at data + position, fewer only
 * at the end. Returns 0, or -1 with the error set. */
int reader_bytes_need(reader_bytes *bytes, size_t wanted, reader_error *error);

/* Copies up to n bytes and sets *n_read, short only at the end. Returns 0 or -1. */
int reader_bytes_read(reader_bytes *bytes, void *out, size_t n, size_t *n_read,
                      reader_error *error);

#endif
