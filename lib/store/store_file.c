/* store_file.c - the file of a store, and what SQLite keeps beside it: how it is named to SQLite, and
 * whether it stays as it is while it is read without locks. */
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* All that could mean something in a URI is written as %XX. */
char *rqa__store_uri(const char *path, const char *how)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    static const char digits[] = "0123456789ABCDEF";
    /* "//" after "file:" would begin the name of a host: an empty one goes before a whole path. */
    const char *scheme = *path == '/' ? "file://" : "file:";
    char *uri = rqa__alloc(strlen(scheme) + 3 * strlen(path) + strlen(how) + 2);
    if (!uri)
        return NULL;
    strcpy(uri, scheme);
    char *out = uri + strlen(uri);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (strchr(plain, c)) {
            *out++ = *path;
        } else {
            *out++ = '%';
            *out++ = digits[c >> 4];
            *out++ = digits[c & 15];
        }
    }
    *out++ = '?';
    strcpy(out, how);
    return uri;
}

/* Bytes of the file `path` + suffix, -1 if there is none. */
static int size_beside(const struct rqa_store *store, const char *suffix, int64_t *out)
{
    char *path = rqa__alloc(strlen(store->path) + strlen(suffix) + 1);
    if (!path)
        return rqa__fail_memory("a store");
    strcpy(path, store->path);
    strcat(path, suffix);
    *out = rqa__file_state_of(path).size;
    rqa__free(path);
    return RQA_OK;
}

int rqa__store_pending(const struct rqa_store *store, const char **suffix)
{
    static const char *const suffixes[] = {"-wal", "-journal"};
    *suffix = NULL;
    for (int k = 0; k < 2 && !*suffix; k++) {
        int64_t n_bytes = -1;
        int status = size_beside(store, suffixes[k], &n_bytes);
        if (status)
            return status;
        if (n_bytes > 0)
            *suffix = suffixes[k];
    }
    return RQA_OK;
}

int rqa__store_check_frozen(const struct rqa_store *store)
{
    const char *pending = NULL;
    if (!store->is_frozen)
        return RQA_OK;
    rqa__file_state now = rqa__file_state_of(store->path);
    int status = rqa__store_pending(store, &pending);
    if (!status && (pending || !rqa__file_state_equal(&now, &store->frozen)))
        status = rqa__fail(RQA_ERROR_STORE, "cannot read %.300s: it was written to meanwhile",
                           store->path);
    return status;
}
