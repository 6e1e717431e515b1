/* error.c - the status table, the thread-local error text, versioned structs. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/plain_text.h"

static _Thread_local char last_error[512];

static const struct {
    rqa_status status;
    const char *name;
    const char *text;
} table[] = {
    {RQA_OK, "RQA_OK", "success"},
    {RQA_ERROR_NULL, "RQA_ERROR_NULL", "a required pointer is NULL"},
    {RQA_ERROR_STRUCT_SIZE, "RQA_ERROR_STRUCT_SIZE",
     "struct_size is not set, or a field this release does not know is in use"},
    {RQA_ERROR_VALUE, "RQA_ERROR_VALUE", "a number is outside its allowed range"},
    {RQA_ERROR_NOT_FINITE, "RQA_ERROR_NOT_FINITE", "the data hold NaN or infinity"},
    {RQA_ERROR_OVERFLOW, "RQA_ERROR_OVERFLOW", "a size is too large"},
    {RQA_ERROR_TOO_SHORT, "RQA_ERROR_TOO_SHORT", "the series is too short for this embedding"},
    {RQA_ERROR_MISMATCH, "RQA_ERROR_MISMATCH", "two objects do not go together"},
    {RQA_ERROR_CONSTANT, "RQA_ERROR_CONSTANT", "a constant channel cannot be scaled"},
    {RQA_ERROR_UNKNOWN_NAME, "RQA_ERROR_UNKNOWN_NAME", "no such name"},
    {RQA_ERROR_STATE, "RQA_ERROR_STATE", "the call does not fit the object's present state"},
    {RQA_ERROR_UNSUPPORTED, "RQA_ERROR_UNSUPPORTED", "this combination is not defined"},
    {RQA_ERROR_MEMORY, "RQA_ERROR_MEMORY", "out of memory"},
    {RQA_ERROR_MEMORY_LIMIT, "RQA_ERROR_MEMORY_LIMIT", "the memory limit would be exceeded"},
    {RQA_ERROR_THREAD, "RQA_ERROR_THREAD", "a thread could not be created"},
    {RQA_ERROR_FORKED, "RQA_ERROR_FORKED", "the context belongs to the parent process"},
    {RQA_ERROR_IO, "RQA_ERROR_IO", "a file could not be written"},
    {RQA_ERROR_BACKEND_MISSING, "RQA_ERROR_BACKEND_MISSING", "the backend is not available"},
    {RQA_ERROR_BACKEND_FAILED, "RQA_ERROR_BACKEND_FAILED", "the backend failed"},
    {RQA_ERROR_CANCELLED, "RQA_ERROR_CANCELLED", "cancelled"},
    {RQA_ERROR_STORE, "RQA_ERROR_STORE", "the store cannot be opened, read, written or locked"},
    {RQA_ERROR_STORE_FORMAT, "RQA_ERROR_STORE_FORMAT",
     "not a store, a damaged one, or one of a newer librqa"},
    {RQA_ERROR_STORE_FULL, "RQA_ERROR_STORE_FULL", "no room left on the disk of the store"},
    {RQA_ERROR_STORE_CONFLICT, "RQA_ERROR_STORE_CONFLICT",
     "the store holds something that contradicts this"},
    {RQA_ERROR_INTERNAL, "RQA_ERROR_INTERNAL", "internal error, please report it"},
};

enum { N_STATUS = sizeof table / sizeof table[0] };

const char *rqa_last_error(void)
{
    return last_error;
}

const char *rqa_status_name(rqa_status status)
{
    for (size_t k = 0; k < N_STATUS; k++)
        if (table[k].status == status)
            return table[k].name;
    return "RQA_ERROR_UNKNOWN";
}

const char *rqa_status_text(rqa_status status)
{
    for (size_t k = 0; k < N_STATUS; k++)
        if (table[k].status == status)
            return table[k].text;
    return "unknown status";
}

rqa_status rqa_status_at(size_t index, rqa_status *out)
{
    if (!out)
        return rqa__fail_null("out");
    if (index >= N_STATUS)
        return rqa__fail(RQA_ERROR_VALUE, "index %zu is past the end of the status table (%d)",
                         index, (int)N_STATUS);
    *out = table[index].status;
    return RQA_OK;
}

int rqa__fail(rqa_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(last_error, sizeof last_error, format, args);
    va_end(args);
    rqa__plain_text(last_error, "");
    return status;
}

int rqa__fail_memory(const char *what)
{
    return rqa__fail(RQA_ERROR_MEMORY, "out of memory for %s", what);
}

int rqa__fail_null(const char *argument)
{
    return rqa__fail(RQA_ERROR_NULL, "%s is NULL", argument);
}

void rqa__error_text_set(const char *text)
{
    snprintf(last_error, sizeof last_error, "%s", text);
    rqa__plain_text(last_error, "");
}

static uint32_t read_struct_size(const void *options)
{
    uint32_t struct_size;
    memcpy(&struct_size, options, sizeof struct_size);
    return struct_size;
}

int rqa__options_read(void *out, size_t size, size_t smallest, const void *options,
                      const char *name)
{
    if (!options)
        return RQA_OK;
    size_t given = read_struct_size(options);
    if (given < smallest || given > 65536)
        return rqa__fail(RQA_ERROR_STRUCT_SIZE,
                         "%s->struct_size is %zu; set it to the struct's size (%zu here) with the "
                         "init function",
                         name, given, size);
    for (size_t k = size; k < given; k++)
        if (((const unsigned char *)options)[k] != 0)
            return rqa__fail(RQA_ERROR_STRUCT_SIZE,
                             "%s uses a field at byte %zu that this release (struct of %zu bytes) "
                             "does not know",
                             name, k, size);
    memcpy(out, options, given < size ? given : size);
    uint32_t own = (uint32_t)size;
    memcpy(out, &own, sizeof own);
    return RQA_OK;
}

void rqa__options_fill(void *options, size_t room, const void *defaults, size_t size)
{
    uint32_t own = (uint32_t)room;
    if (!options || room < sizeof own)
        return;
    memset(options, 0, room);
    memcpy(options, defaults, room < size ? room : size);
    memcpy(options, &own, sizeof own);
}

int rqa__output_write(void *out, const void *value, size_t size, size_t smallest, const char *name)
{
    if (!out)
        return rqa__fail_null(name);
    size_t room = read_struct_size(out);
    if (room < smallest || room > 65536)
        return rqa__fail(RQA_ERROR_STRUCT_SIZE,
                         "%s->struct_size is %zu; set it to the struct's size (%zu here)", name,
                         room, size);
    memset(out, 0, room);
    memcpy(out, value, room < size ? room : size);
    uint32_t given = (uint32_t)room;
    memcpy(out, &given, sizeof given);
    return RQA_OK;
}
