/* fuzz_gz.c - the layers beneath the formats: gzip and UTF-16. The first byte: the rest is read as
 * it is; is packed, damaged in one place and read; or is read as UTF-16. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"
#include "reader_bytes.h"

/* Everything that the stream gives, or NULL; steps of various lengths. */
static uint8_t *read_all(const uint8_t *data, size_t size, size_t *n)
{
    reader_bytes bytes;
    reader_error error = {0, ""};
    uint8_t *out = NULL;
    size_t room = 0, got = 1, step = 1 + size % 31;
    int status = reader_bytes_open_memory(&bytes, data, size, "input", &error);
    *n = 0;
    while (status == 0 && got > 0) {
        FUZZ_CHECK(reader_reserve(NULL, &out, &room, *n + step, 1) == 0);
        /* Looked at first, as the readers do, then taken. */
        status = reader_bytes_need(&bytes, step % 3 ? 1 : READER_BLOCK, &error);
        if (status == 0)
            status = reader_bytes_read(&bytes, out + *n, step, &got, &error);
        *n += status == 0 ? got : 0;
        step = step < 100000 ? 2 * step + 1 : step;
    }
    reader_bytes_close(&bytes);
    if (status != 0) {
        FUZZ_CHECK(strncmp(error.text, "input:", 6) == 0);
        free(out);
        return NULL;
    }
    return out;
}

static size_t pack(uint8_t *out, size_t room, const uint8_t *data, size_t size)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    FUZZ_CHECK(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = (uint8_t *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = out;
    z.avail_out = (uInt)room;
    FUZZ_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t n = room - z.avail_out;
    deflateEnd(&z);
    return n;
}

/* Two members; a flipped bit behind the magic number is an error, or changes nothing. */
static void check_packed(const uint8_t *data, size_t size)
{
    unsigned place = fuzz_byte(&data, &size), bit = fuzz_byte(&data, &size);
    int is_wide =
        size >= 2 && ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff));
    size_t half = size / 2, room = size + 1024, n, n_out;
    uint8_t *packed = malloc(room);
    FUZZ_CHECK(packed != NULL);
    n = pack(packed, room, data, half);
    n += pack(packed + n, room - n, data + half, size - half);
    size_t at = 2 + place * 257 % (n - 2);
    int is_damaged = bit >= 8;
    if (is_damaged)
        packed[at] ^= (uint8_t)(1u << bit % 8);
    uint8_t *out = read_all(packed, n, &n_out);
    FUZZ_CHECK(out || is_damaged || is_wide);
    if (out && !is_wide)
        FUZZ_CHECK(n_out == size && memcmp(out, data, size) == 0);
    free(out);
    free(packed);
}

/* Sequences of the right length that are no surrogates and not longer than they must be. */
static int is_utf8(const uint8_t *text, size_t n)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t k = 0; k < n;) {
        size_t length = text[k] < 0x80 ? 1 : text[k] < 0xe0 ? 2 : text[k] < 0xf0 ? 3 : 4;
        unsigned c = length == 1 ? text[k] : text[k] & (0x7fu >> length);
        if ((text[k] >= 0x80 && text[k] < 0xc0) || length > n - k)
            return 0;
        for (size_t i = 1; i < length; i++) {
            if ((text[k + i] & 0xc0) != 0x80)
                return 0;
            c = c << 6 | (text[k + i] & 63);
        }
        if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return 0;
        k += length;
    }
    return 1;
}

static void check_wide(const uint8_t *data, size_t size, int is_big)
{
    size_t n_out;
    uint8_t *wide = malloc(size + 2);
    FUZZ_CHECK(wide != NULL);
    wide[0] = is_big ? 0xfe : 0xff;
    wide[1] = is_big ? 0xff : 0xfe;
    if (size > 0)
        memcpy(wide + 2, data, size);
    uint8_t *out = read_all(wide, size + 2, &n_out);
    FUZZ_CHECK((out != NULL) == (size % 2 == 0));
    FUZZ_CHECK(!out || (is_utf8(out, n_out) && n_out <= size / 2 * 3));
    free(out);
    free(wide);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned how = fuzz_byte(&data, &size) % 4;
    size_t n;
    if (how == 0)
        free(read_all(data, size, &n));
    else if (how == 1)
        check_packed(data, size);
    else
        check_wide(data, size, how == 3);
    return 0;
}
