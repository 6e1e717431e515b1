/* reader_mat73.c - MATLAB's .mat of version 7.3, which is HDF5, by libmatio. It opens files by
 * their path, so stdin and gzip are refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"
#include "reader_mat.h"

int reader_mat73_is(const unsigned char *data, size_t n)
{
    return n >= 128 && memcmp(data + 124, "\0\2IM", 4) == 0 && memcmp(data, "MATLAB 7.3", 10) == 0;
}

#if RQA_WITH_MATIO
#include <matio.h>

typedef struct mat_source {
    mat_t *file;
    const char *path;
} mat_source;

static int list_variables(reader_variables *all, mat_source *source, reader_memory *memory,
                          reader_error *error)
{
    matvar_t *v;
    while ((v = Mat_VarReadNextInfo(source->file)) != NULL) {
        reader_variable *added =
            v->name ? reader_variables_add(all, v->name, strlen(v->name), memory) : NULL;
        if (v->name && !added) {
            Mat_VarFree(v);
            return reader_memory_fail(memory, source->path, 0, error);
        }
        if (added)
            added->trouble =
                reader_mat_trouble((unsigned)v->class_type, v->isComplex, (size_t)v->rank);
        if (added && !added->trouble) {
            added->n_rows = v->dims[0];
            added->n_columns = v->dims[1];
        }
        Mat_VarFree(v);
    }
    return 0;
}

/* The variable is read at once, beside its copy. */
static int load(void *user, const reader_variable *wanted, double **out,
                const reader_request *request, reader_error *error)
{
    const mat_source *source = user;
    reader_memory *memory = request->memory;
    size_t n = wanted->n_rows * wanted->n_columns;
    if (wanted->n_columns > SIZE_MAX / 32 / wanted->n_rows)
        return reader_fail(error, READER_OF_INPUT,
                           "%s: %s is said to be %zu x %zu, which is too large", source->path,
                           wanted->name, wanted->n_rows, wanted->n_columns);
    if (reader_memory_take(memory, 2 * (uint64_t)n * sizeof **out) != 0)
        return reader_memory_fail(memory, source->path, 0, error);
    matvar_t *v = Mat_VarRead(source->file, wanted->name);
    int status = 0;
    if (!v || !v->data || v->rank != 2 || v->dims[0] != wanted->n_rows ||
        v->dims[1] != wanted->n_columns || reader_mat_size(v->data_type) == 0 ||
        v->nbytes / reader_mat_size(v->data_type) < n)
        status = reader_fail(error, READER_OF_INPUT, "%s: %s cannot be read: the file is damaged",
                             source->path, wanted->name);
    if (status == 0 && !(*out = malloc(n * sizeof **out)))
        status = reader_memory_fail(memory, source->path, 0, error);
    if (status == 0)
        status = reader_mat_rows(*out, wanted, v->data, v->data_type, reader_binary_is_big(),
                                 source->path, error);
    Mat_VarFree(v);
    reader_memory_give(memory, (status == 0 ? 1 : 2) * (uint64_t)n * sizeof **out);
    if (status != 0) {
        free(*out);
        *out = NULL;
    }
    return status;
}

/* libmatio tells on stderr what is wrong with a file; the reader has a line of its own. */
static void hear(int level, char *message)
{
    (void)level, (void)message;
}

static int read_file(reader_table *out, const char *path, const reader_request *request,
                     reader_error *error)
{
    mat_source source = {Mat_Open(path, MAT_ACC_RDONLY), path};
    reader_variables variables = {.source = &source, .load = load};
    if (!source.file)
        return reader_fail(error, READER_OF_INPUT, "%s: the MATLAB file is damaged", path);
    int status = list_variables(&variables, &source, request->memory, error);
    if (status == 0 && variables.n == 0)
        status =
            reader_fail(error, READER_OF_INPUT,
                        "%s: the MATLAB file holds no variable: it is empty, or cut short", path);
    if (status == 0)
        status = reader_variables_read(out, &variables, path, "a MATLAB file", request, error);
    reader_variables_free(&variables);
    Mat_Close(source.file);
    return status;
}

int reader_mat73_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                      reader_error *error)
{
    if (bytes->fd < 0 || bytes->is_stdin || bytes->is_gzip)
        return reader_fail(
            error, READER_OF_INPUT,
            "%s: a MATLAB file of version 7.3 is read from a file of its own, not from a "
            "pipe or within gzip",
            bytes->name);
    Mat_LogInitFunc("rqa", hear);
    int status = read_file(out, bytes->name, request, error);
    Mat_LogClose();
    return status;
}

const char *reader_mat73_library(void)
{
    static char text[64];
    int major, minor, release;
    Mat_GetLibraryVersion(&major, &minor, &release);
    snprintf(text, sizeof text, "libmatio %d.%d.%d", major, minor, release);
    return text;
}

#else

const char *reader_mat73_library(void)
{
    return NULL;
}

int reader_mat73_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                      reader_error *error)
{
    (void)out, (void)request;
    return reader_fail(
        error, READER_OF_INPUT,
        "%s: a MATLAB file of version 7.3, and this program was built without libmatio; "
        "save it in MATLAB with -v7",
        bytes->name);
}
#endif
