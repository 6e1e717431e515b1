/* reader_npz.c - NumPy's .npz: a ZIP archive (PKWARE, APPNOTE 6.3) of .npy files, stored or
 * deflated. */
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"
#include "reader_variables.h"

enum {
    END_BYTES = 22, /* of the record at the end, without its comment */
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    MOST_SHRUNK = 1040 /* deflate makes nothing smaller than 1/1032 */
};

typedef struct npz_entry {
    size_t at, n_packed, n; /* of its data */
    uint32_t crc;
    int is_deflated;
} npz_entry;

typedef struct npz_reader {
    const unsigned char *data;
    size_t n;
    const char *file;
    reader_memory *memory;
    reader_error *error;
    reader_variables variables;
    npz_entry *entry; /* one for each variable */
    size_t room;
} npz_reader;

static size_t number(const unsigned char *at, int n_bytes)
{
    size_t value = 0;
    while (n_bytes-- > 0)
        value = value << 8 | at[n_bytes];
    return value;
}

int reader_npz_is(const unsigned char *data, size_t n)
{
    if (n < LOCAL_BYTES || memcmp(data, "PK\3\4", 4) != 0)
        return 0;
    size_t n_name = number(data + 26, 2);
    return n_name > 4 && n_name <= n - LOCAL_BYTES &&
           memcmp(data + LOCAL_BYTES + n_name - 4, ".npy", 4) == 0;
}

static int fail(const npz_reader *r, const char *what)
{
    return reader_fail(r->error, READER_OF_INPUT, "%s: %s", r->file, what);
}

static int fail_cut(const npz_reader *r)
{
    return fail(r, "the .npz archive is cut short or damaged; a complete file is expected");
}

/* The record at the end says where the directory lies. */
static int find_directory(const npz_reader *r, size_t *at, size_t *n_entries)
{
    if (r->n < END_BYTES)
        return fail_cut(r);
    size_t end = r->n - END_BYTES, least = end > 65535 ? end - 65535 : 0;
    while (end > least && memcmp(r->data + end, "PK\5\6", 4) != 0)
        end--;
    if (memcmp(r->data + end, "PK\5\6", 4) != 0)
        return fail_cut(r);
    *n_entries = number(r->data + end + 10, 2);
    *at = number(r->data + end + 16, 4);
    if (*n_entries == 0xffff || *at == 0xffffffff)
        return fail(r, "the .npz archive has more than 4 GiB or 65534 arrays; save its array with "
                       "numpy.save");
    return *at <= end ? 0 : fail_cut(r);
}

/* Sizes above 4 GiB stand in a field of their own. */
static int take_entry(npz_reader *r, npz_entry *entry, const unsigned char *head)
{
    size_t local = number(head + 42, 4), method = number(head + 10, 2);
    entry->crc = (uint32_t)number(head + 16, 4);
    entry->n_packed = number(head + 20, 4);
    entry->n = number(head + 24, 4);
    if (number(head + 8, 2) & 1)
        return fail(r, "the .npz archive is encrypted");
    if (method != 0 && method != 8)
        return fail(r, "the .npz archive is packed by a method other than numpy's");
    if (entry->n == 0xffffffff || entry->n_packed == 0xffffffff || local == 0xffffffff)
        return fail(r, "an array of the .npz archive has more than 4 GiB; save it with numpy.save");
    entry->is_deflated = method == 8;
    if (local > r->n - LOCAL_BYTES || memcmp(r->data + local, "PK\3\4", 4) != 0)
        return fail_cut(r);
    entry->at =
        local + LOCAL_BYTES + number(r->data + local + 26, 2) + number(r->data + local + 28, 2);
    if (entry->at > r->n || entry->n_packed > r->n - entry->at ||
        (entry->is_deflated ? entry->n / MOST_SHRUNK > entry->n_packed
                            : entry->n != entry->n_packed))
        return fail_cut(r);
    return 0;
}

/* Some or all of the unpacked bytes. The checksum is compared where all are. */
static int unpack(const npz_reader *r, const npz_entry *entry, unsigned char *out, size_t n)
{
    const unsigned char *from = r->data + entry->at;
    size_t got = n;
    if (!entry->is_deflated) {
        memcpy(out, from, n);
    } else {
        z_stream z = {0};
        if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
            return reader_memory_fail(r->memory, r->file, 0, r->error);
        z.next_in = (unsigned char *)from;
        z.avail_in = (uInt)entry->n_packed;
        z.next_out = out;
        z.avail_out = (uInt)n;
        int end = inflate(&z, n == entry->n ? Z_FINISH : Z_SYNC_FLUSH);
        got = n - z.avail_out;
        inflateEnd(&z);
        if (n == entry->n && end != Z_STREAM_END)
            return fail_cut(r);
    }
    if (got < n || (n == entry->n && crc32(crc32(0, NULL, 0), out, (uInt)n) != entry->crc))
        return fail_cut(r);
    return 0;
}

/* The shape of an array, by reading its first bytes as an array without elements would be. */
static int look_at(npz_reader *r, reader_variable *variable, const npz_entry *entry)
{
    unsigned char head[4096];
    reader_error trouble;
    size_t n = entry->n < sizeof head ? entry->n : sizeof head;
    if (unpack(r, entry, head, n) != 0)
        return -1;
    if (reader_npy_shape(&variable->n_rows, &variable->n_columns, head, n, &trouble) != 0) {
        variable->trouble = "no table of numbers";
        variable->n_rows = variable->n_columns = 0;
    }
    return 0;
}

static int list_arrays(npz_reader *r)
{
    reader_variables *variables = &r->variables;
    size_t at = 0, n_entries = 0;
    if (find_directory(r, &at, &n_entries) != 0)
        return -1;
    for (size_t k = 0; k < n_entries; k++) {
        const unsigned char *head = r->data + at;
        if (r->n - at < ENTRY_BYTES || memcmp(head, "PK\1\2", 4) != 0)
            return fail_cut(r);
        size_t n_name = number(head + 28, 2);
        size_t n_all = ENTRY_BYTES + n_name + number(head + 30, 2) + number(head + 32, 2);
        const char *name = (const char *)head + ENTRY_BYTES;
        if (n_all > r->n - at)
            return fail_cut(r);
        at += n_all;
        if (n_name < 5 || memcmp(name + n_name - 4, ".npy", 4) != 0 || memchr(name, 0, n_name))
            continue;
        if (reader_reserve(r->memory, &r->entry, &r->room, variables->n + 1, sizeof *r->entry) != 0)
            return reader_memory_fail(r->memory, r->file, 0, r->error);
        npz_entry *entry = &r->entry[variables->n];
        if (take_entry(r, entry, head) != 0)
            return -1;
        reader_variable *added = reader_variables_add(variables, name, n_name - 4, r->memory);
        if (!added)
            return reader_memory_fail(r->memory, r->file, 0, r->error);
        if (look_at(r, added, entry) != 0)
            return -1;
    }
    return 0;
}

/* The array as the reader of .npy files gives it: all columns. */
static int load(void *source, const reader_variable *variable, double **out,
                const reader_request *request, reader_error *error)
{
    npz_reader *r = source;
    const npz_entry *entry = &r->entry[variable - r->variables.variable];
    reader_table table = {0};
    reader_bytes bytes;
    reader_request whole = {.columns = "all", .memory = request->memory};
    if (reader_memory_take(r->memory, entry->n) != 0)
        return reader_memory_fail(r->memory, r->file, 0, error);
    unsigned char *data = malloc(entry->n ? entry->n : 1);
    int status =
        data ? unpack(r, entry, data, entry->n) : reader_memory_fail(r->memory, r->file, 0, error);
    if (status == 0) {
        status = reader_bytes_open_memory(&bytes, data, entry->n, r->file, error);
        if (status == 0)
            status = reader_npy_read(&table, &bytes, &whole, error);
        reader_bytes_close(&bytes);
    }
    free(data);
    reader_memory_give(r->memory, entry->n);
    if (status == 0) {
        *out = table.values;
        table.values = NULL;
    }
    reader_table_free(&table);
    return status;
}

int reader_npz_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    npz_reader r = {.file = bytes->name, .memory = request->memory, .error = error};
    r.variables = (reader_variables){.source = &r, .load = load};
    unsigned char *data;
    if (reader_binary_whole(&data, &r.n, bytes, request->memory, error) != 0)
        return -1;
    r.data = data;
    int status = list_arrays(&r);
    if (status == 0)
        status =
            reader_variables_read(out, &r.variables, bytes->name, "a .npz file", request, error);
    reader_variables_free(&r.variables);
    free(r.entry);
    free(data);
    reader_memory_give(request->memory, r.n);
    return status;
}
