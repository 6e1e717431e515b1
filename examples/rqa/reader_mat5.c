/* reader_mat5.c - MATLAB's .mat of level 5 (-v6, -v7, and what Octave and SciPy write).
 *
 * MathWorks, MAT-File Format: a header of 128 bytes, then elements, each a tag of two 32-bit
 * numbers (type, bytes) and its data; one of type 15 is another one, packed by zlib. A matrix, type
 * 14, is elements again: flags, dimensions, name, values. libmatio, which reads version 7.3, is not
 * asked here: it makes zeros of what a file that was cut lacks, and works for minutes on one whose
 * structs are damaged. */
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"
#include "reader_mat.h"

enum {
    HEADER_BYTES = 128,
    MATRIX = 14,
    PACKED = 15,
    MOST_HEAD = 4096,  /* bytes of flags, dimensions and name */
    MOST_SHRUNK = 1040 /* zlib makes nothing smaller than 1/1032 */
};

/* Classes of arrays. */
enum {
    CELL = 1,
    STRUCT = 2,
    CHAR = 4,
    SPARSE = 5,
    FIRST_NUMBER = 6,
    LAST_NUMBER = 15,
    FUNCTION = 16
};

typedef struct mat5_element {
    const unsigned char *data; /* behind the tag */
    size_t n;
    int is_packed;
} mat5_element;

typedef struct mat5_reader {
    const unsigned char *data;
    size_t n;
    const char *file;
    int is_big;
    reader_memory *memory;
    reader_error *error;
    reader_variables variables;
    mat5_element *element; /* one for each variable */
    size_t room;
} mat5_reader;

static int fail(const mat5_reader *r, const char *what)
{
    return reader_fail(r->error, READER_OF_INPUT,
                       "%s: the MATLAB file is %s; a complete file is expected", r->file, what);
}

static int no_memory(const mat5_reader *r)
{
    return reader_memory_fail(r->memory, r->file, 0, r->error);
}

static uint32_t number(const mat5_reader *r, const unsigned char *at)
{
    uint32_t value = 0;
    for (int k = 0; k < 4; k++)
        value = value << 8 | at[r->is_big ? k : 3 - k];
    return value;
}

/* An element within a matrix. */
typedef struct mat5_part {
    uint32_t type, n;
    size_t at, next; /* where its data and the part behind them begin */
} mat5_part;

/* The part at `at` of n bytes; small ones have type and length in four bytes, and their data behind
 * these. 0 if its tag is not there. */
static int take_part(const mat5_reader *r, mat5_part *out, const unsigned char *data, size_t n,
                     size_t at)
{
    if (n < 8 || at > n - 8)
        return 0;
    const uint32_t first = number(r, data + at);
    const int is_small = first >> 16 != 0;
    out->type = is_small ? first & 0xffff : first;
    out->n = is_small ? first >> 16 : number(r, data + at + 4);
    out->at = at + (is_small ? 4 : 8);
    out->next = is_small ? at + 8 : out->at + out->n + (8 - out->n % 8) % 8;
    return !is_small || out->n <= 4;
}

/* --- packed elements -------------------------------------------------------------------------- */

/* Unpacks n bytes; they must be all there are if is_all. */
static int inflate_bytes(const mat5_reader *r, const mat5_element *e, unsigned char *out, size_t *n,
                         int is_all)
{
    z_stream z = {0};
    if (inflateInit(&z) != Z_OK)
        return no_memory(r);
    z.next_in = (unsigned char *)e->data;
    z.avail_in = (uInt)e->n;
    z.next_out = out;
    z.avail_out = (uInt)*n;
    const int end = inflate(&z, is_all ? Z_FINISH : Z_SYNC_FLUSH);
    const size_t got = *n - z.avail_out;
    inflateEnd(&z);
    if (is_all ? end != Z_STREAM_END || got < *n
               : end != Z_OK && end != Z_STREAM_END && end != Z_BUF_ERROR)
        return fail(r, "damaged");
    *n = got;
    return 0;
}

/* The first bytes of a matrix, at most room; *n_all is what it has. */
static int look_into(const mat5_reader *r, const mat5_element *e, unsigned char *head, size_t *n,
                     size_t *n_all)
{
    unsigned char tagged[MOST_HEAD + 8];
    if (!e->is_packed) {
        *n_all = e->n;
        *n = e->n < MOST_HEAD ? e->n : MOST_HEAD;
        memcpy(head, e->data, *n);
        return 0;
    }
    *n = sizeof tagged;
    if (inflate_bytes(r, e, tagged, n, 0) != 0)
        return -1;
    if (*n < 8 || number(r, tagged) != MATRIX)
        return fail(r, "damaged");
    *n -= 8;
    *n_all = number(r, tagged + 4);
    memcpy(head, tagged + 8, *n);
    return *n_all > UINT32_MAX - 8 || *n_all / MOST_SHRUNK > e->n ? fail(r, "damaged") : 0;
}

/* All of a matrix; *block is what was allocated for it, counted with *n_block, or NULL. */
static int open_matrix(const mat5_reader *r, const mat5_element *e, size_t n_all,
                       const unsigned char **data, unsigned char **block)
{
    *block = NULL;
    *data = e->data;
    if (!e->is_packed)
        return 0;
    size_t n = n_all + 8;
    if (reader_memory_take(r->memory, n) != 0)
        return no_memory(r);
    *block = malloc(n);
    *data = *block + 8;
    return *block ? inflate_bytes(r, e, *block, &n, 1) : no_memory(r);
}

/* --- matrices --------------------------------------------------------------------------------- */

typedef struct mat5_matrix {
    uint32_t class, is_complex;
    mat5_part dims, name;
    size_t values; /* where they begin */
} mat5_matrix;

/* Objects have no dimensions in front of their name. */
static int parse_matrix(const mat5_reader *r, mat5_matrix *out, const unsigned char *data, size_t n)
{
    mat5_part flags;
    if (!take_part(r, &flags, data, n, 0) || flags.n != 8 || flags.next > n)
        return fail(r, "damaged");
    out->class = number(r, data + flags.at) & 0xff;
    out->is_complex = number(r, data + flags.at) >> 11 & 1;
    if (!take_part(r, &out->dims, data, n, flags.next) || out->dims.next > n)
        return fail(r, "damaged");
    out->name = out->dims;
    if (out->class <= FUNCTION && !take_part(r, &out->name, data, n, out->dims.next))
        return fail(r, "damaged");
    out->values = out->name.next;
    return out->name.n > n || out->name.at > n - out->name.n ? fail(r, "damaged") : 0;
}

const char *reader_mat_trouble(unsigned array_class, int is_complex, size_t n_dims)
{
    return array_class == CELL                                       ? "a cell array"
           : array_class == STRUCT                                   ? "a struct"
           : array_class == CHAR                                     ? "text"
           : array_class == SPARSE                                   ? "sparse"
           : array_class == FUNCTION                                 ? "a function"
           : array_class < FIRST_NUMBER || array_class > LAST_NUMBER ? "an object"
           : is_complex                                              ? "complex"
           : n_dims != 2 ? "no matrix, it has other than 2 dimensions"
                         : NULL;
}

static int add_variable(mat5_reader *r, const mat5_element *e)
{
    unsigned char head[MOST_HEAD];
    size_t n, n_all;
    mat5_matrix m;
    if (look_into(r, e, head, &n, &n_all) != 0 || parse_matrix(r, &m, head, n) != 0)
        return -1;
    if (m.name.n == 0 || memchr(head + m.name.at, 0, m.name.n)) /* what MATLAB keeps for objects */
        return 0;
    if (reader_reserve(r->memory, &r->element, &r->room, r->variables.n + 1, sizeof *r->element) !=
        0)
        return no_memory(r);
    r->element[r->variables.n] = *e;
    reader_variable *added =
        reader_variables_add(&r->variables, (const char *)head + m.name.at, m.name.n, r->memory);
    if (!added)
        return no_memory(r);
    added->trouble = reader_mat_trouble(m.class, m.is_complex != 0, m.dims.n / 4);
    if (!added->trouble) {
        added->n_rows = number(r, head + m.dims.at);
        added->n_columns = number(r, head + m.dims.at + 4);
    }
    return 0;
}

static int list_variables(mat5_reader *r)
{
    for (size_t at = HEADER_BYTES; at < r->n;) {
        if (r->n - at < 8)
            return fail(r, "cut short");
        const uint32_t type = number(r, r->data + at);
        const mat5_element e = {r->data + at + 8, number(r, r->data + at + 4), type == PACKED};
        if (type >> 16)
            return fail(r, "damaged");
        if (e.n > r->n - at - 8)
            return fail(r, "cut short");
        if ((type == PACKED || type == MATRIX) && add_variable(r, &e) != 0)
            return -1;
        at += 8 + e.n;
    }
    return 0;
}

/* --- values ----------------------------------------------------------------------------------- */

static const struct {
    char kind;
    unsigned char size;
} types[] = {{0, 0},   {'i', 1}, {'u', 1}, {'i', 2}, {'u', 2}, {'i', 4}, {'u', 4},
             {'f', 4}, {0, 0},   {'f', 8}, {0, 0},   {0, 0},   {'i', 8}, {'u', 8}};

size_t reader_mat_size(uint32_t type)
{
    return type < sizeof types / sizeof types[0] ? types[type].size : 0;
}

int reader_mat_rows(double *out, const reader_variable *v, const unsigned char *from, uint32_t type,
                    int is_big, const char *file, reader_error *error)
{
    const size_t size = types[type].size;
    for (size_t column = 0; column < v->n_columns; column++)
        for (size_t row = 0; row < v->n_rows; row++, from += size)
            if (!reader_binary_number(types[type].kind, size, is_big, from,
                                      &out[row * v->n_columns + column]))
                return reader_fail(error, READER_OF_INPUT,
                                   "%s: %s(%zu,%zu): the integer is no exact double", file, v->name,
                                   row + 1, column + 1);
    return 0;
}

static int take_values(const mat5_reader *r, const reader_variable *v, const unsigned char *data,
                       size_t n_all, double *out)
{
    mat5_matrix m;
    mat5_part values;
    if (parse_matrix(r, &m, data, n_all) != 0)
        return -1;
    const uint64_t n = (uint64_t)v->n_rows * v->n_columns;
    if (!take_part(r, &values, data, n_all, m.values))
        return fail(r, "damaged");
    const size_t size = reader_mat_size(values.type);
    if (size == 0 || values.n != n * size || values.n > n_all - values.at)
        return fail(r, "damaged");
    return reader_mat_rows(out, v, data + values.at, values.type, r->is_big, r->file, r->error);
}

static int load(void *source, const reader_variable *v, double **out, const reader_request *request,
                reader_error *error)
{
    mat5_reader *r = source;
    const mat5_element *e = &r->element[v - r->variables.variable];
    unsigned char head[MOST_HEAD], *block = NULL;
    const unsigned char *data = NULL;
    size_t n_head = 0, n_all = 0;
    (void)request, (void)error; /* those of the reader */
    if (look_into(r, e, head, &n_head, &n_all) != 0)
        return -1;
    /* A byte for each value at least: so a shape that is not true reserves nothing. */
    if (v->n_columns > n_all / v->n_rows)
        return fail(r, "damaged");
    const uint64_t n_bytes = (uint64_t)v->n_rows * v->n_columns * sizeof **out;
    if (reader_memory_take(r->memory, n_bytes) != 0)
        return no_memory(r);
    *out = malloc((size_t)n_bytes);
    int status = *out ? open_matrix(r, e, n_all, &data, &block) : no_memory(r);
    if (status == 0)
        status = take_values(r, v, data, n_all, *out);
    if (block)
        reader_memory_give(r->memory, n_all + 8);
    free(block);
    if (status != 0) {
        free(*out);
        *out = NULL;
        reader_memory_give(r->memory, n_bytes);
    }
    return status;
}

int reader_mat5_is(const unsigned char *data, size_t n)
{
    return n >= HEADER_BYTES &&
           (memcmp(data + 124, "\0\1IM", 4) == 0 || memcmp(data + 124, "\1\0MI", 4) == 0);
}

int reader_mat5_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                     reader_error *error)
{
    mat5_reader r = {.file = bytes->name, .memory = request->memory, .error = error};
    unsigned char *data;
    r.variables = (reader_variables){.source = &r, .load = load};
    if (reader_binary_whole(&data, &r.n, bytes, request->memory, error) != 0)
        return -1;
    r.data = data;
    r.is_big = data[126] == 'M';
    int status = list_variables(&r);
    if (status == 0)
        status =
            reader_variables_read(out, &r.variables, bytes->name, "a MATLAB file", request, error);
    reader_variables_free(&r.variables);
    free(r.element);
    free(data);
    reader_memory_give(request->memory, r.n);
    return status;
}
