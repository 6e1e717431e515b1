/* export_names.c - texts, numbered as they come. */
#include "export_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli_console.h"

/* FNV-1a */
static size_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of a name, or the free one where it belongs. */
static size_t slot_of(const export_names *names, const char *name)
{
    size_t at = hash_of(name) & (names->n_table - 1);
    while (names->table[at] && strcmp(names->name[names->table[at] - 1], name) != 0)
        at = (at + 1) & (names->n_table - 1);
    return at;
}

size_t export_names_find(const export_names *names, const char *name)
{
    size_t number = names->n_table ? names->table[slot_of(names, name)] : 0;
    return number ? number - 1 : SIZE_MAX;
}

static void grow(export_names *names)
{
    names->n_table = names->n_table ? 2 * names->n_table : 64;
    names->name = cli_grow(names->name, names->n_table / 2, sizeof *names->name);
    free(names->table);
    names->table = cli_calloc(names->n_table, sizeof *names->table);
    for (size_t k = 0; k < names->n; k++)
        names->table[slot_of(names, names->name[k])] = k + 1;
}

void export_names_add(export_names *names, const char *name)
{
    if (names->n == names->n_table / 2)
        grow(names);
    size_t at = slot_of(names, name);
    if (names->table[at])
        return;
    names->name[names->n++] = cli_text("%s", name);
    names->table[at] = names->n;
}

void export_names_free(export_names *names)
{
    for (size_t k = 0; k < names->n; k++)
        free(names->name[k]);
    free(names->name);
    free(names->table);
}
