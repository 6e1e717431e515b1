/* reader_parts.h - which recording a row of a long table belongs to: the texts of its keys. */
#ifndef READER_PARTS_H
#define READER_PARTS_H

#include "reader_layout.h"
#include "reader_table.h"

typedef struct reader_parts {
    size_t n_keys, n_parts;
    char **keys; /* n_parts x n_keys */
    size_t keys_room;
    uint32_t *slots; /* open addressing, 1 + part, 0 = free; a power of two of them */
    size_t n_slots;
    reader_memory *memory;
    uint32_t last; /* rows of a recording mostly follow each other */
} reader_parts;

/* Part of a row; a new one if its keys are new. 0, or -1 without memory. */
int reader_parts_find(reader_parts *parts, uint32_t *out, const reader_fields *fields,
                      const size_t *columns);

/* Hands the keys over to the table. */
void reader_parts_move(reader_parts *parts, reader_table *table);
void reader_parts_free(reader_parts *parts);

#endif
