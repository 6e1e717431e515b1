/* file.h - files that appear under their final name only when complete; whether a file has changed. */
#ifndef RQA_BASE_FILE_H
#define RQA_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

/* A file being written under a temporary name beside its final one. */
typedef struct rqa__draft {
    int descriptor;
    int overwrite;
    char *path;
    char *temporary;
} rqa__draft;

/* Opens a draft. RQA_ERROR_IO if it cannot be made, if `path` exists and overwrite is 0, or if
 * `path` is something else than a regular file; RQA_ERROR_MEMORY. After success exactly one of
 * commit and discard must follow. */
int rqa__draft_open(rqa__draft *draft, const char *path, int overwrite);

/* Appends n bytes. RQA_ERROR_IO with a text. */
int rqa__draft_write(rqa__draft *draft, const void *bytes, size_t n);

/* Closes the file and gives it its name; without overwrite a file that has appeared there in the
 * meantime is left alone. On failure nothing remains of the draft. */
int rqa__draft_commit(rqa__draft *draft);

/* Removes the draft. */
void rqa__draft_discard(rqa__draft *draft);

int rqa__is_folder(const char *path);

/* The same file under a descriptor above 2, so that nothing the host prints gets into it where its
 * standard streams are closed; -1 and errno if that cannot be. */
int rqa__above_streams(int descriptor);

/* What changes when a file is written to or replaced: two that are equal are of one content. */
typedef struct rqa__file_state {
    int64_t size; /* -1: there is no such file */
    int64_t modified_s, modified_ns;
    uint64_t device, number;
} rqa__file_state;

rqa__file_state rqa__file_state_of(const char *path);
int rqa__file_state_equal(const rqa__file_state *a, const rqa__file_state *b);

#endif
