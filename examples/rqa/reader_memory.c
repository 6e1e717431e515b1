/* reader_memory.c - the memory that a reading may take: counted, and refused beyond a limit. */
#include "reader_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_OVERHEAD = 16 }; /* of a small allocation */

int reader_memory_take(reader_memory *memory, uint64_t n_bytes)
{
    if (!memory)
        return 0;
    if (memory->limit && (n_bytes > memory->limit || memory->held > memory->limit - n_bytes)) {
        memory->refused = n_bytes > UINT64_MAX - memory->held ? UINT64_MAX : memory->held + n_bytes;
        return -1;
    }
    memory->held += n_bytes;
    return 0;
}

void reader_memory_give(reader_memory *memory, uint64_t n_bytes)
{
    if (memory)
        memory->held -= n_bytes < memory->held ? n_bytes : memory->held;
}

/* Half as much again, so that the copying stays linear; near the limit a sixteenth must do. */
static int take_more(reader_memory *memory, size_t *wider, size_t room, size_t n, size_t size)
{
    static const size_t shares[] = {2, 16};
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        *wider = room > SIZE_MAX - room / shares[k] ? n : room + room / shares[k];
        if (*wider < n)
            *wider = n;
        if (*wider < 16)
            *wider = 16;
        if (*wider > SIZE_MAX / 2 / size)
            return -1;
        if (reader_memory_take(memory, (uint64_t)(*wider - room) * size) == 0) {
            if (memory)
                memory->refused = 0;
            return 0;
        }
    }
    return -1;
}

int reader_reserve(reader_memory *memory, void *block, size_t *room, size_t n, size_t size)
{
    if (n <= *room)
        return 0;
    size_t wider;
    if (take_more(memory, &wider, *room, n, size) != 0)
        return -1;
    void *old, *grown;
    memcpy(&old, block, sizeof old);
    grown = realloc(old, wider * size);
    if (!grown) {
        reader_memory_give(memory, (uint64_t)(wider - *room) * size);
        return -1;
    }
    memcpy(block, &grown, sizeof grown);
    *room = wider;
    return 0;
}

char *reader_text_copy(reader_memory *memory, const char *text, size_t n)
{
    if (reader_memory_take(memory, (uint64_t)n + 1 + BLOCK_OVERHEAD) != 0)
        return NULL;
    char *copy = malloc(n + 1);
    if (!copy)
        return NULL;
    if (n > 0)
        memcpy(copy, text, n);
    copy[n] = 0;
    return copy;
}

int reader_memory_fail(const reader_memory *memory, const char *file, size_t line,
                       reader_error *error)
{
    char place[32] = "";
    if (line > 0)
        snprintf(place, sizeof place, ":%zu", line);
    if (!memory || !memory->refused)
        return reader_fail(error, READER_OF_MACHINE, "%s%s: out of memory", file, place);
    return reader_fail(
        error, READER_OF_LIMIT, "%s%s: reading it needs %llu bytes at least; --memory allows %llu",
        file, place, (unsigned long long)memory->refused, (unsigned long long)memory->limit);
}
