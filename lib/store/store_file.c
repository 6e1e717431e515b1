/* store_file.c - the file of a store, and what SQLite keeps beside it: how it is named to SQLite,
 * whether all of it is there, whether it stays as it is while it is read without locks.
 *
 * The file is looked at through SQLite's own handle: to open and close it once more would drop the
 * locks that this process has on it.
 */
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "store/store_state.h"

/* A file that another process is extending just now is looked at again. */
enum { WHOLE_ATTEMPTS = 10 };
static const double whole_step_s = 0.005;

/* All that could mean something in a URI is written as %XX. */
char *rqa__store_uri(const char *path, const char *how)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    static const char digits[] = "0123456789ABCDEF";
    const char *scheme = rqa__path_uri_scheme(path);
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

/* Size of the file and of its pages; *page = 0 for what SQLite itself will not take for its own. */
static void measure(const struct rqa_store *store, int64_t *size, int64_t *page)
{
    enum { MAGIC = 16, HEADER = 18, LEAST = 512 };
    unsigned char header[HEADER];
    sqlite3_int64 n_bytes = 0;
    sqlite3_file *file = NULL;
    *size = *page = 0;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (!file || !file->pMethods || file->pMethods->xFileSize(file, &n_bytes) != SQLITE_OK ||
        n_bytes < HEADER || file->pMethods->xRead(file, header, HEADER, 0) != SQLITE_OK ||
        memcmp(header, "SQLite format 3", MAGIC) != 0)
        return;
    int64_t given = header[16] << 8 | header[17];
    *size = n_bytes;
    *page = given == 1 ? 65536 : given;
    if (*page < LEAST || (*page & (*page - 1)) != 0)
        *page = 0;
}

int rqa__store_check_whole(struct rqa_store *store)
{
    int64_t size, page;
    for (int attempt = 0; attempt < WHOLE_ATTEMPTS; attempt++) {
        const char *pending;
        if (attempt > 0)
            rqa__sleep(whole_step_s);
        measure(store, &size, &page);
        if (page == 0 || size % page == 0)
            return RQA_OK;
        int status = rqa__store_pending(store, &pending); /* it has what a killed writer left out */
        if (status || pending)
            return status;
    }
    return rqa__fail(RQA_ERROR_STORE_FORMAT,
                     "%.300s is damaged (truncated: %lld bytes are not a whole number of pages of "
                     "%lld)",
                     store->path, (long long)size, (long long)page);
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
