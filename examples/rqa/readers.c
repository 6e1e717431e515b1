/* readers.c - the readers for other programs: a handle over reader_table. */
#include "readers.h"

#include <stdlib.h>
#include <string.h>

#include "reader_table.h"

struct readers_file {
    reader_table table;
};

static int fail(char *message, int code, const char *text)
{
    size_t n = strlen(text) < READERS_MESSAGE - 1 ? strlen(text) : READERS_MESSAGE - 1;
    memcpy(message, text, n);
    message[n] = 0;
    return code;
}

/* Options of an older program end before the newer members, which are zero then; those of a newer one
 * must not ask for what is not known here. */
static int take_options(readers_options *out, const readers_options *given, char *message)
{
    memset(out, 0, sizeof *out);
    if (!given)
        return READERS_OK;
    const size_t n = given->struct_size;
    if (n < 2 * sizeof(uint32_t))
        return fail(message, READERS_ERROR_INPUT, "options: struct_size is not set");
    for (size_t k = sizeof *out; k < n; k++)
        if (((const unsigned char *)given)[k])
            return fail(message, READERS_ERROR_INPUT,
                        "options: an option is set that these readers do not know");
    memcpy(out, given, n < sizeof *out ? n : sizeof *out);
    if (out->delimiter && !memchr(",;\t ", out->delimiter, 4))
        return fail(message, READERS_ERROR_INPUT,
                    "options: delimiter is a comma, a semicolon, a tab, a blank or 0");
    if (out->decimal && out->decimal != '.' && out->decimal != ',')
        return fail(message, READERS_ERROR_INPUT, "options: decimal is a point, a comma or 0");
    if (out->header < -1 || out->header > 1 || out->skip_lines > SIZE_MAX)
        return fail(message, READERS_ERROR_INPUT, "options: header is 1, -1 or 0");
    return READERS_OK;
}

int readers_open(readers_file **out, const char *path, const readers_options *options,
                 char message[READERS_MESSAGE])
{
    static const int codes[] = {[READER_OF_INPUT] = READERS_ERROR_INPUT,
                                [READER_OF_MACHINE] = READERS_ERROR_MACHINE,
                                [READER_OF_LIMIT] = READERS_ERROR_MEMORY};
    readers_options o;
    reader_error error;
    *out = NULL;
    *message = 0;
    int code = take_options(&o, options, message);
    if (code != READERS_OK)
        return code;
    reader_memory memory = {o.memory_bytes, 0, 0};
    const reader_request request = {.columns = o.columns,
                                    .keys = o.keys,
                                    .variable = o.variable,
                                    .where = o.where,
                                    .missing = o.missing,
                                    .delimiter = (char)o.delimiter,
                                    .decimal = (char)o.decimal,
                                    .header = o.header,
                                    .skip_lines = (size_t)o.skip_lines,
                                    .comment = o.comment,
                                    .memory = &memory};
    readers_file *file = malloc(sizeof *file);
    if (!file)
        return fail(message, READERS_ERROR_MACHINE, "out of memory");
    if (reader_table_read(&file->table, path, &request, &error) != 0) {
        free(file);
        return fail(message, codes[error.is_system], error.text);
    }
    *out = file;
    return READERS_OK;
}

void readers_close(readers_file *file)
{
    if (!file)
        return;
    reader_table_free(&file->table);
    free(file);
}

uint64_t readers_n_rows(const readers_file *file)
{
    return file->table.n_rows;
}

uint64_t readers_n_columns(const readers_file *file)
{
    return file->table.n_columns;
}

const double *readers_values(const readers_file *file)
{
    return file->table.values;
}

const char *readers_column(const readers_file *file, uint64_t k)
{
    return k < file->table.n_columns ? file->table.names[k] : NULL;
}

double readers_sampling_rate(const readers_file *file)
{
    return file->table.sampling_rate;
}

uint64_t readers_n_parts(const readers_file *file)
{
    return file->table.parts ? file->table.n_parts : 0;
}

uint64_t readers_n_keys(const readers_file *file)
{
    return file->table.parts ? file->table.n_keys : 0;
}

const uint32_t *readers_parts(const readers_file *file)
{
    return file->table.parts;
}

const char *readers_key_name(const readers_file *file, uint64_t k)
{
    return k < readers_n_keys(file) ? file->table.key_names[k] : NULL;
}

const char *readers_key(const readers_file *file, uint64_t part, uint64_t k)
{
    return part < readers_n_parts(file) && k < readers_n_keys(file)
               ? file->table.part_keys[part * file->table.n_keys + k]
               : NULL;
}

const char *readers_library(const char *kind)
{
    return strcmp(kind, ".mat -v7.3") == 0 ? reader_mat73_library()
           : strcmp(kind, ".wav") == 0 ? reader_wav_library()
                                       : NULL;
}
