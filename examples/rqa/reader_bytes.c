/* reader_bytes.c - a stream of bytes from a file, stdin or memory: gunzipped when it is gzip, made
 * UTF-8 when it is UTF-16 with a byte order mark. */
#include "reader_bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int reader_fail(reader_error *error, int is_system, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error->is_system = is_system;
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return -1;
}

static int fail_folder(const reader_bytes *bytes, reader_error *error)
{
    return reader_fail(error, READER_OF_INPUT, "%s: is a folder, a file is expected", bytes->name);
}

/* Up to `room` bytes of the source as it lies on disk; 0 at its end. */
static int read_source(reader_bytes *bytes, unsigned char *out, size_t room, size_t *n_read,
                       reader_error *error)
{
    *n_read = 0;
    if (bytes->fd < 0) {
        *n_read = room < bytes->memory_left ? room : bytes->memory_left;
        if (*n_read > 0)
            memcpy(out, bytes->memory, *n_read);
        bytes->memory += *n_read;
        bytes->memory_left -= *n_read;
    } else {
        int64_t n;
        do
            n = system_read(bytes->fd, out, room);
        while (n < 0 && errno == EINTR);
        if (n < 0 && errno == EISDIR)
            return fail_folder(bytes, error);
        if (n < 0)
            return reader_fail(error, READER_OF_MACHINE, "%s: %s", bytes->name, system_reason(errno));
        *n_read = (size_t)n;
    }
    return 0;
}

/* A gzip file may hold several members, one after the other; zeros may pad it. */
static int next_member(reader_bytes *bytes, reader_error *error)
{
    z_stream *z = &bytes->inflater;
    for (;;) {
        while (z->avail_in > 0 && *z->next_in == 0) {
            z->next_in++;
            z->avail_in--;
        }
        if (z->avail_in > 0)
            break;
        size_t n;
        if (read_source(bytes, bytes->packed, READER_BLOCK, &n, error) != 0)
            return -1;
        if (n == 0) {
            bytes->unpacked_ended = 1;
            return 0;
        }
        z->next_in = bytes->packed;
        z->avail_in = (uInt)n;
    }
    if (*z->next_in != 0x1f)
        return reader_fail(error, READER_OF_INPUT, "%s: foreign bytes after the end of the gzip data",
                           bytes->name);
    if (inflateReset(z) != Z_OK)
        return reader_fail(error, READER_OF_MACHINE, "%s: zlib cannot be reset", bytes->name);
    return 0;
}

static int inflate_some(reader_bytes *bytes, unsigned char *out, size_t room, size_t *n_read,
                        reader_error *error)
{
    z_stream *z = &bytes->inflater;
    z->next_out = out;
    z->avail_out = (uInt)room;
    while (z->avail_out == room && !bytes->unpacked_ended) {
        if (z->avail_in == 0) {
            size_t n;
            if (read_source(bytes, bytes->packed, READER_BLOCK, &n, error) != 0)
                return -1;
            if (n == 0)
                return reader_fail(error, READER_OF_INPUT,
                                   "%s: the gzip data is cut short; a complete file is expected",
                                   bytes->name);
            z->next_in = bytes->packed;
            z->avail_in = (uInt)n;
        }
        int status = inflate(z, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            if (next_member(bytes, error) != 0)
                return -1;
        } else if (status == Z_MEM_ERROR) {
            return reader_fail(error, READER_OF_MACHINE, "%s: out of memory", bytes->name);
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return reader_fail(error, READER_OF_INPUT, "%s: the gzip data is damaged (%s)", bytes->name,
                               z->msg ? z->msg : "no detail");
        }
    }
    *n_read = room - z->avail_out;
    return 0;
}

/* Up to `room` bytes as they were before packing; 0 at the end only. */
static int read_unpacked(reader_bytes *bytes, unsigned char *out, size_t room, size_t *n_read,
                         reader_error *error)
{
    if (bytes->is_gzip)
        return inflate_some(bytes, out, room, n_read, error);
    if (read_source(bytes, out, room, n_read, error) != 0)
        return -1;
    bytes->unpacked_ended = *n_read == 0;
    return 0;
}

/* The same from UTF-16 to UTF-8; room is more than READER_SLACK. */
static int read_wide(reader_bytes *bytes, unsigned char *out, size_t room, size_t *n_read,
                     reader_error *error)
{
    *n_read = 0;
    while (*n_read == 0) {
        size_t left = bytes->wide_length - bytes->wide_position, n;
        if (left < 2 && !bytes->unpacked_ended) {
            memmove(bytes->wide, bytes->wide + bytes->wide_position, left);
            if (read_unpacked(bytes, bytes->wide + left, READER_BLOCK - left, &n, error) != 0)
                return -1;
            bytes->wide_position = 0;
            bytes->wide_length = left + n;
            continue;
        }
        if (left < 2) {
            if (left == 1)
                return reader_fail(error, READER_OF_INPUT, "%s: the UTF-16 text ends within a character",
                                   bytes->name);
            *n_read = reader_utf16_end(&bytes->utf16, out);
            bytes->ended = 1;
            return 0;
        }
        size_t n_units = left / 2, most = (room - 3) / 3;
        n_units = n_units < most ? n_units : most;
        *n_read =
            reader_utf16_write(&bytes->utf16, out, bytes->wide + bytes->wide_position, n_units);
        bytes->wide_position += 2 * n_units;
    }
    return 0;
}

int reader_bytes_need(reader_bytes *bytes, size_t wanted, reader_error *error)
{
    if (bytes->length - bytes->position >= wanted || bytes->ended)
        return 0;
    memmove(bytes->data, bytes->data + bytes->position, bytes->length - bytes->position);
    bytes->length -= bytes->position;
    bytes->position = 0;
    while (bytes->length < wanted && !bytes->ended) {
        unsigned char *end = bytes->data + bytes->length;
        size_t room = READER_BLOCK - bytes->length, n = 0;
        int status = bytes->wide ? read_wide(bytes, end, room + READER_SLACK, &n, error)
                                 : read_unpacked(bytes, end, room, &n, error);
        if (status != 0)
            return -1;
        bytes->length += n;
        if (!bytes->wide && bytes->unpacked_ended)
            bytes->ended = 1;
    }
    return 0;
}

/* What has been read so far becomes the source of a further step, which gets a fresh block. */
static int hand_down(reader_bytes *bytes, unsigned char **source, reader_error *error)
{
    *source = bytes->data;
    bytes->data = malloc(READER_BLOCK + READER_SLACK);
    if (!bytes->data)
        return reader_fail(error, READER_OF_MACHINE, "%s: out of memory", bytes->name);
    bytes->length = bytes->position = 0;
    return 0;
}

/* Decides by the first bytes, not by the name, what has to be done with them. */
static int start(reader_bytes *bytes, reader_error *error)
{
    bytes->data = malloc(READER_BLOCK + READER_SLACK);
    if (!bytes->data)
        return reader_fail(error, READER_OF_MACHINE, "%s: out of memory", bytes->name);
    if (reader_bytes_need(bytes, 2, error) != 0)
        return -1;
    size_t n = bytes->length;
    if (n >= 2 && bytes->data[0] == 0x1f && bytes->data[1] == 0x8b) {
        if (hand_down(bytes, &bytes->packed, error) != 0)
            return -1;
        if (inflateInit2(&bytes->inflater, 15 + 16) != Z_OK)
            return reader_fail(error, READER_OF_MACHINE, "%s: out of memory", bytes->name);
        bytes->is_gzip = 1;
        bytes->ended = bytes->unpacked_ended = 0;
        bytes->inflater.next_in = bytes->packed;
        bytes->inflater.avail_in = (uInt)n;
        if (reader_bytes_need(bytes, 2, error) != 0)
            return -1;
        n = bytes->length;
    }
    if (n >= 2 && reader_utf16_begin(&bytes->utf16, bytes->data)) {
        if (hand_down(bytes, &bytes->wide, error) != 0)
            return -1;
        bytes->ended = 0;
        bytes->wide_position = 2;
        bytes->wide_length = n;
    }
    return 0;
}

int reader_bytes_open(reader_bytes *bytes, const char *path, reader_error *error)
{
    memset(bytes, 0, sizeof *bytes);
    bytes->is_stdin = strcmp(path, "-") == 0;
    bytes->name = bytes->is_stdin ? "stdin" : path;
    bytes->fd = bytes->is_stdin ? system_duplicate(SYSTEM_STDIN) : system_open(path, SYSTEM_READ);
    if (bytes->fd < 0 && errno == EISDIR) /* where that is told so early */
        return fail_folder(bytes, error);
    if (bytes->fd < 0)
        return reader_fail(error, READER_OF_INPUT, "%s: cannot be opened: %s", bytes->name, system_reason(errno));
    return start(bytes, error);
}

int reader_bytes_open_memory(reader_bytes *bytes, const void *data, size_t size, const char *name,
                             reader_error *error)
{
    memset(bytes, 0, sizeof *bytes);
    bytes->fd = -1;
    bytes->name = name;
    bytes->memory = data;
    bytes->memory_left = size;
    return start(bytes, error);
}

void reader_bytes_close(reader_bytes *bytes)
{
    if (bytes->is_gzip)
        inflateEnd(&bytes->inflater);
    if (bytes->fd >= 0)
        system_close(bytes->fd);
    free(bytes->packed);
    free(bytes->wide);
    free(bytes->data);
    bytes->packed = bytes->wide = bytes->data = NULL;
    bytes->is_gzip = 0;
    bytes->fd = -1;
}

int reader_bytes_read(reader_bytes *bytes, void *out, size_t n, size_t *n_read, reader_error *error)
{
    *n_read = 0;
    while (*n_read < n) {
        if (reader_bytes_need(bytes, 1, error) != 0)
            return -1;
        size_t here = bytes->length - bytes->position;
        if (here == 0)
            break;
        if (here > n - *n_read)
            here = n - *n_read;
        memcpy((char *)out + *n_read, bytes->data + bytes->position, here);
        bytes->position += here;
        *n_read += here;
    }
    return 0;
}
