/* library.h - shims over dlopen and what decides where a plugin may come from. */
#ifndef RQA_BASE_LIBRARY_H
#define RQA_BASE_LIBRARY_H

#include <stddef.h>

/* Opens a shared object, for ever. NULL and the loader's own words in `why` if it cannot be. */
void *rqa__library_open(const char *path, char *why, size_t why_size);

/* A function of it; NULL if there is none. */
typedef void (*rqa__library_function)(void);
rqa__library_function rqa__library_find(void *library, const char *name);

/* The folder of the file that contains this code, an absolute path; -1 if it is not known. */
int rqa__library_own_folder(char *out, size_t size);

/* An environment variable, unless the process runs with another user's rights. */
const char *rqa__trusted_environment(const char *name);

/* 1 if a file is there, whatever it is. */
int rqa__file_is_there(const char *path);

#endif
