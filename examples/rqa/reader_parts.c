/* reader_parts.c - which recording a row of a long table belongs to: the texts of its keys. */
#include "reader_parts.h"

#include <stdlib.h>
#include <string.h>

static int is_part(const reader_parts *parts, size_t part, const reader_fields *fields,
                   const size_t *columns)
{
    for (size_t k = 0; k < parts->n_keys; k++) {
        const reader_field *field = &fields->field[columns[k]];
        const char *key = parts->keys[part * parts->n_keys + k];
        if (strlen(key) != field->length || memcmp(key, field->text, field->length) != 0)
            return 0;
    }
    return 1;
}

static uint64_t hash_more(uint64_t hash, const char *text, size_t n)
{
    for (size_t k = 0; k < n; k++)
        hash = (hash ^ (unsigned char)text[k]) * UINT64_C(1099511628211); /* FNV-1a */
    return (hash ^ 0x1f) * UINT64_C(1099511628211);
}

static uint64_t hash_part(const reader_parts *parts, size_t part)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t k = 0; k < parts->n_keys; k++) {
        const char *key = parts->keys[part * parts->n_keys + k];
        hash = hash_more(hash, key, strlen(key));
    }
    return hash;
}

static int grow_slots(reader_parts *parts)
{
    size_t n = parts->n_slots ? 2 * parts->n_slots : 64;
    if (reader_memory_take(parts->memory, (uint64_t)(n - parts->n_slots) * sizeof(uint32_t)) != 0)
        return -1;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t part = 0; part < parts->n_parts; part++) {
        size_t at = (size_t)hash_part(parts, part) & (n - 1);
        while (slots[at])
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)part + 1;
    }
    free(parts->slots);
    parts->slots = slots;
    parts->n_slots = n;
    return 0;
}

static int add_part(reader_parts *parts, const reader_fields *fields, const size_t *columns)
{
    size_t first = parts->n_parts * parts->n_keys;
    if (parts->n_parts >= UINT32_MAX / 2 ||
        reader_reserve(parts->memory, &parts->keys, &parts->keys_room, first + parts->n_keys,
                       sizeof *parts->keys) != 0)
        return -1;
    for (size_t k = 0; k < parts->n_keys; k++) {
        const reader_field *field = &fields->field[columns[k]];
        parts->keys[first + k] = reader_text_copy(parts->memory, field->text, field->length);
        if (!parts->keys[first + k]) {
            while (k-- > 0)
                free(parts->keys[first + k]);
            return -1;
        }
    }
    parts->n_parts++;
    return 0;
}

int reader_parts_find(reader_parts *parts, uint32_t *out, const reader_fields *fields,
                      const size_t *columns)
{
    if (parts->n_parts > 0 && is_part(parts, parts->last, fields, columns)) {
        *out = parts->last;
        return 0;
    }
    if (2 * (parts->n_parts + 1) > parts->n_slots && grow_slots(parts) != 0)
        return -1;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t k = 0; k < parts->n_keys; k++)
        hash = hash_more(hash, fields->field[columns[k]].text, fields->field[columns[k]].length);
    size_t at = (size_t)hash & (parts->n_slots - 1);
    while (parts->slots[at] && !is_part(parts, parts->slots[at] - 1, fields, columns))
        at = (at + 1) & (parts->n_slots - 1);
    if (!parts->slots[at]) {
        if (add_part(parts, fields, columns) != 0)
            return -1;
        parts->slots[at] = (uint32_t)parts->n_parts;
    }
    parts->last = *out = parts->slots[at] - 1;
    return 0;
}

void reader_parts_move(reader_parts *parts, reader_table *table)
{
    table->part_keys = parts->keys;
    table->n_parts = parts->n_parts;
    parts->keys = NULL;
    parts->n_parts = 0;
}

void reader_parts_free(reader_parts *parts)
{
    for (size_t k = 0; parts->keys && k < parts->n_parts * parts->n_keys; k++)
        free(parts->keys[k]);
    free(parts->keys);
    free(parts->slots);
    parts->keys = NULL;
    parts->slots = NULL;
}
