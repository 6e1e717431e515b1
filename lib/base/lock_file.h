/* lock_file.h - bytes of a file as locks that die with their holder; and what a system's error means. */
#ifndef RQA_BASE_LOCK_FILE_H
#define RQA_BASE_LOCK_FILE_H

#include <stdint.h>

/* Opens a lock file, making it if need be. RQA_ERROR_STORE with a text. */
int rqa__lock_file_open(int *file, const char *path);

/* Locks byte `at` for as long as the file is open, or the process lives. 1 = done, 0 = held by
 * somebody else, or locks are not to be had here. */
int rqa__lock_file_take(int file, int64_t at);

/* Whether somebody else, in this process or another, holds byte `at`. */
int rqa__lock_file_is_held(int file, int64_t at);

/* Closes the file, which gives its locks back, and with a path removes it if nobody else holds any;
 * -1 is ignored. */
void rqa__lock_file_close(int file, const char *path);

/* Whether an error of the system's, as SQLite keeps it (errno, or what GetLastError() gives), says that a disk or quota is full, or that the file may grow no more. */
int rqa__is_disk_full(int error);
/* The latter: by this process's limit (ulimit -f), or at all on this file system. */
int rqa__is_file_limit(int error);

int rqa__is_too_many_files(int error);

/* Whether two paths lead to one file that is there. */
int rqa__is_same_file(const char *a, const char *b);

#endif
