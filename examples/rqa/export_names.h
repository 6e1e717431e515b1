/* export_names.h - texts, numbered as they come. */
#ifndef EXPORT_NAMES_H
#define EXPORT_NAMES_H

#include <stddef.h>

typedef struct export_names {
    char **name;
    size_t n;
    size_t *table; /* number + 1, or 0; open addressing, half of it free */
    size_t n_table;
} export_names;

/* Its number, SIZE_MAX if it is not there. */
size_t export_names_find(const export_names *names, const char *name);
void export_names_add(export_names *names, const char *name);
void export_names_free(export_names *names);

#endif
