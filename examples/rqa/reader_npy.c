/* reader_npy.c - NumPy's .npy, versions 1 to 3 (NEP 1), 1-D and 2-D, any numeric type and order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"
#include "reader_table.h"

enum { LONGEST_HEADER = 1 << 20, MOST_CHANNELS = 65535 };

typedef struct npy_header {
    char kind;        /* 'f' 'i' 'u' 'b' */
    size_t item_size; /* bytes of an element */
    int is_big;       /* its bytes begin with the highest */
    int fortran;
    size_t n_dims, shape[2];
} npy_header;

int reader_npy_is(const unsigned char *data, size_t n)
{
    return n >= 6 && memcmp(data, "\x93NUMPY", 6) == 0;
}

/* Value of a key in the header's Python dictionary: the text behind "'key':". */
static const char *find_key(const char *header, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = header; (at = strstr(at, key)) != NULL; at += n) {
        if (at == header || (at[-1] != '\'' && at[-1] != '"') || at[n] != at[-1])
            continue;
        const char *behind = at + n + 1;
        behind += strspn(behind, " ");
        if (*behind != ':')
            continue;
        behind++;
        return behind + strspn(behind, " ");
    }
    return NULL;
}

static int parse_type(npy_header *h, const char *text, const char *name, reader_error *error)
{
    char quote = text ? *text : 0;
    size_t length = quote == '\'' || quote == '"' ? strcspn(text + 1, "'\"") : 0;
    const char *type = text ? text + 1 : "";
    int known = length == 3 && strchr("<>|=", type[0]) && type[2] >= '1' && type[2] <= '8';
    if (known) {
        h->kind = type[1];
        h->item_size = (size_t)(type[2] - '0');
        size_t s = h->item_size;
        known = (h->kind == 'f' && (s == 2 || s == 4 || s == 8)) ||
                ((h->kind == 'i' || h->kind == 'u') && (s == 1 || s == 2 || s == 4 || s == 8)) ||
                (h->kind == 'b' && s == 1);
    }
    if (!known) {
        const char *told = length ? type : text && *text == '[' ? "structured" : "unknown";
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the array's type is %.*s; f2, f4, f8, i1 to i8, u1 to u8 or b1 is "
                           "expected",
                           name, (int)(length && length < 60 ? length : 60), told);
    }
    h->is_big = type[0] == '>' || (type[0] == '=' && reader_binary_is_big());
    return 0;
}

static int parse_shape(npy_header *h, const char *text, const char *name, reader_error *error)
{
    const char *at = text;
    if (!at || *at != '(')
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the header has no shape; (n,) or (n, channels) is "
                           "expected",
                           name);
    at++;
    for (;;) {
        at += strspn(at, " ,");
        if (*at == ')')
            break;
        size_t value = 0, digits = 0;
        for (; *at >= '0' && *at <= '9'; at++, digits++) {
            if (value > (SIZE_MAX - 9) / 10)
                return reader_fail(error, READER_OF_INPUT,
                                   "%s: the shape in the header is too large", name);
            value = value * 10 + (size_t)(*at - '0');
        }
        if (*at == 'L')
            at++;
        if (digits == 0)
            return reader_fail(error, READER_OF_INPUT,
                               "%s: the shape in the header is not a list of whole "
                               "numbers",
                               name);
        if (h->n_dims < 2)
            h->shape[h->n_dims] = value;
        h->n_dims++;
    }
    if (h->n_dims < 1 || h->n_dims > 2)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the array has %zu dimensions; 1 (samples) or 2 (samples x "
                           "channels) are expected",
                           name, h->n_dims);
    if (h->n_dims == 1)
        h->shape[1] = 1;
    if (h->shape[0] == 0 || h->shape[1] == 0)
        return reader_fail(error, READER_OF_INPUT, "%s: the array is empty", name);
    if (h->shape[1] > MOST_CHANNELS)
        return reader_fail(
            error, READER_OF_INPUT,
            "%s: the array has %zu channels; at most %d are allowed (rows are samples, columns "
            "are channels)",
            name, h->shape[1], MOST_CHANNELS);
    if (h->shape[1] > SIZE_MAX / 16 / h->shape[0])
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the shape in the header, (%zu, %zu), is too large", name,
                           h->shape[0], h->shape[1]);
    return 0;
}

static int parse_header(npy_header *h, const char *text, const char *name, reader_error *error)
{
    const char *order = find_key(text, "fortran_order");
    if (!order || (strncmp(order, "True", 4) != 0 && strncmp(order, "False", 5) != 0))
        return reader_fail(error, READER_OF_INPUT, "%s: the header has no fortran_order", name);
    h->fortran = *order == 'T';
    if (parse_type(h, find_key(text, "descr"), name, error) != 0)
        return -1;
    return parse_shape(h, find_key(text, "shape"), name, error);
}

static int read_header(npy_header *h, reader_bytes *bytes, reader_error *error)
{
    unsigned char fixed[12];
    size_t n, length;
    if (reader_bytes_read(bytes, fixed, 8, &n, error) != 0)
        return -1;
    int major = n == 8 ? fixed[6] : 0;
    if (n == 8 && (major < 1 || major > 3))
        return reader_fail(error, READER_OF_INPUT, "%s: .npy version %d; 1, 2 or 3 is expected",
                           bytes->name, major);
    size_t n_length = major == 1 ? 2 : 4, n_got = 0;
    if (n == 8 && reader_bytes_read(bytes, fixed + 8, n_length, &n_got, error) != 0)
        return -1;
    if (n_got < n_length)
        return reader_fail(error, READER_OF_INPUT, "%s: the .npy header is cut short", bytes->name);
    length = fixed[8] | (size_t)fixed[9] << 8;
    if (major > 1)
        length |= (size_t)fixed[10] << 16 | (size_t)fixed[11] << 24;
    if (length > LONGEST_HEADER)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the .npy header claims %zu bytes; at most %d are read", bytes->name,
                           length, LONGEST_HEADER);
    char *text = malloc(length + 1);
    if (!text)
        return reader_fail(error, READER_OF_MACHINE, "%s: out of memory", bytes->name);
    int status = reader_bytes_read(bytes, text, length, &n, error);
    if (status == 0 && n < length)
        status =
            reader_fail(error, READER_OF_INPUT, "%s: the .npy header is cut short", bytes->name);
    if (status == 0) {
        text[length] = 0;
        status = parse_header(h, text, bytes->name, error);
    }
    free(text);
    return status;
}

typedef struct npy_reader {
    npy_header header;
    reader_binary binary;
    size_t *rank; /* for each column of the file: 1 + its place among those kept, 0 = not wanted */
    size_t n_kept;
} npy_reader;

/* The element among the table's values. They lie as in the file for now: so memory grows with what
 * has really been read, and a header that lies about its size costs nothing. */
static int keep(npy_reader *r, size_t row, size_t column, const unsigned char *from)
{
    double value;
    if (!reader_binary_number(r->header.kind, r->header.item_size, r->header.is_big, from, &value))
        return reader_fail(r->binary.error, READER_OF_INPUT,
                           "%s: sample %zu, column %zu: the integer is no exact double",
                           r->binary.file, row, column + 1);
    return reader_binary_put(&r->binary, value);
}

static int read_elements(npy_reader *r, reader_bytes *bytes, reader_error *error)
{
    const npy_header *h = &r->header;
    size_t size = h->item_size, n = h->shape[0] * h->shape[1], row = 0, column = 0;
    for (size_t k = 0; k < n;) {
        if (reader_bytes_need(bytes, size, error) != 0)
            return -1;
        size_t here = (bytes->length - bytes->position) / size;
        if (here == 0)
            return reader_fail(error, READER_OF_INPUT,
                               "%s: the header says %zu x %zu elements of %zu bytes, the file "
                               "ends after %zu elements",
                               bytes->name, h->shape[0], h->shape[1], size, k);
        for (; here > 0 && k < n; here--, k++, bytes->position += size) {
            if (r->rank[column] && keep(r, row, column, bytes->data + bytes->position) != 0)
                return -1;
            size_t *inner = h->fortran ? &row : &column, *outer = h->fortran ? &column : &row;
            if (++*inner == h->shape[!h->fortran]) {
                *inner = 0;
                ++*outer;
            }
        }
    }
    if (reader_bytes_need(bytes, 1, error) != 0)
        return -1;
    if (bytes->length > bytes->position)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: the header says %zu x %zu elements of %zu bytes, the file goes on "
                           "after them",
                           bytes->name, h->shape[0], h->shape[1], size);
    r->binary.table->n_rows = h->shape[0];
    return 0;
}

/* Which columns are kept, in the order of the file. */
static int rank_columns(npy_reader *r)
{
    r->rank = calloc(r->header.shape[1], sizeof *r->rank);
    if (!r->rank)
        return reader_binary_no_memory(&r->binary);
    for (size_t k = 0; k < r->binary.n_wanted; k++)
        r->rank[r->binary.wanted[k]] = 1;
    for (size_t k = 0; k < r->header.shape[1]; k++)
        if (r->rank[k])
            r->rank[k] = ++r->n_kept;
    return 0;
}

/* Brings what was kept into the order of the table: rows, and in them the wanted columns. */
static int arrange(npy_reader *r)
{
    const npy_header *h = &r->header;
    const reader_binary *b = &r->binary;
    reader_memory *memory = b->request->memory;
    size_t n_rows = h->shape[0], n = b->n_wanted, k = 1;
    while (k < n && b->wanted[k] > b->wanted[k - 1])
        k++;
    if (k == n && !(h->fortran && n > 1))
        return 0;
    double *kept = b->table->values, *out = NULL;
    if (n <= SIZE_MAX / sizeof *out / n_rows &&
        reader_memory_take(memory, (uint64_t)n_rows * n * sizeof *out) == 0)
        out = malloc(n_rows * n * sizeof *out);
    if (!out)
        return reader_binary_no_memory(b);
    for (k = 0; k < n; k++) {
        size_t place = r->rank[b->wanted[k]] - 1;
        size_t first = h->fortran ? place * n_rows : place, step = h->fortran ? 1 : r->n_kept;
        for (size_t row = 0; row < n_rows; row++)
            out[row * n + k] = kept[first + row * step];
    }
    b->table->values = out;
    reader_memory_give(memory, (uint64_t)b->room * sizeof *kept);
    free(kept);
    return 0;
}

int reader_npy_shape(size_t *n_rows, size_t *n_columns, const void *data, size_t n,
                     reader_error *error)
{
    reader_bytes bytes;
    npy_header header = {0};
    if (!reader_npy_is(data, n))
        return reader_fail(error, READER_OF_INPUT, "array: not in .npy format");
    int status = reader_bytes_open_memory(&bytes, data, n, "array", error);
    if (status == 0)
        status = read_header(&header, &bytes, error);
    reader_bytes_close(&bytes);
    *n_rows = header.shape[0];
    *n_columns = header.shape[1];
    return status;
}

int reader_npy_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    npy_reader r = {.binary = {.table = out,
                               .request = request,
                               .file = bytes->name,
                               .kind = "a .npy file",
                               .error = error}};
    int status = read_header(&r.header, bytes, error);
    if (status == 0)
        status = reader_binary_begin(&r.binary, NULL, r.header.shape[1], NULL);
    if (status == 0)
        status = rank_columns(&r);
    if (status == 0)
        status = read_elements(&r, bytes, error);
    if (status == 0)
        status = arrange(&r);
    reader_binary_end(&r.binary);
    free(r.rank);
    return status;
}
