/* path.h - what names of files look like on this system. */
#ifndef RQA_BASE_PATH_H
#define RQA_BASE_PATH_H

/* Whether a path means the same wherever the process stands: / here, C:\ or \\ on Windows. */
int rqa__path_is_absolute(const char *path);

/* The rule in words, for messages: "it must ...". */
extern const char rqa__path_absolute_rule[];

/* Between the folders of a list, such as PATH: ':' or ';'. */
extern const char rqa__path_list_separator;

/* What goes before a path in a URI of SQLite's: nothing may take part of it for the name of a host. */
const char *rqa__path_uri_scheme(const char *path);

/* Why the system lets no file have this name, in words: on Windows a device has it. NULL: a file may. */
const char *rqa__path_refusal(const char *path);

/* A copy of the path for libraries that know no more than the system itself: on Windows with \\?\
 * before one that is too long otherwise. NULL if memory is out. For rqa__free(). */
char *rqa__path_for_others(const char *path);

#endif
