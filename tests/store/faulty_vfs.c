/* faulty_vfs.c - a disk for SQLite that fails when told to: every call goes through to the system's
 * VFS but the one that is to fail. */
#include "faulty_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

const char *const faulty_names[FAULTY_KINDS] = {
    "disk full",   "short write", "ENOSPC",    "write error",   "sync error",
    "truncate",    "read error",  "file size", "lock error",    "shared memory map",
    "shared lock", "open",        "delete",
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static enum faulty_kind armed;
static int fail_at, fail_forever, n_seen, n_hit;

void faulty_arm(enum faulty_kind kind, int n, int forever)
{
    pthread_mutex_lock(&mutex);
    armed = kind;
    fail_at = n;
    fail_forever = forever;
    n_seen = n_hit = 0;
    pthread_mutex_unlock(&mutex);
}

int faulty_disarm(int *n_failed)
{
    pthread_mutex_lock(&mutex);
    fail_at = 0;
    int n = n_seen;
    *n_failed = n_hit;
    pthread_mutex_unlock(&mutex);
    return n;
}

static int fails(enum faulty_kind kind)
{
    pthread_mutex_lock(&mutex);
    int hit = 0;
    if (kind == armed) {
        n_seen++;
        hit = fail_at && (n_seen == fail_at || (fail_forever && n_seen > fail_at));
        n_hit += hit;
    }
    pthread_mutex_unlock(&mutex);
    return hit;
}

typedef struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real;
} faulty_file;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((faulty_file *)file)->real;
}

static int do_close(sqlite3_file *file)
{
    sqlite3_file *real = real_of(file);
    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int do_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    if (fails(FAULTY_READ))
        return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), to, n, at);
}

static int do_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(file);
    if (fails(FAULTY_FULL))
        return SQLITE_FULL;
    if (fails(FAULTY_SHORT)) {
        real->pMethods->xWrite(real, from, n / 2, at);
        return SQLITE_FULL;
    }
    if (fails(FAULTY_NO_SPACE) || fails(FAULTY_WRITE))
        return SQLITE_IOERR_WRITE;
    return real->pMethods->xWrite(real, from, n, at);
}

static int do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (fails(FAULTY_TRUNCATE))
        return SQLITE_IOERR_TRUNCATE;
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int do_sync(sqlite3_file *file, int flags)
{
    if (fails(FAULTY_SYNC))
        return SQLITE_IOERR_FSYNC;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int do_size(sqlite3_file *file, sqlite3_int64 *size)
{
    if (fails(FAULTY_SIZE))
        return SQLITE_IOERR_FSTAT;
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int do_lock(sqlite3_file *file, int lock)
{
    if (fails(FAULTY_LOCK))
        return SQLITE_IOERR_LOCK;
    return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static int do_unlock(sqlite3_file *file, int lock)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static int do_check_lock(sqlite3_file *file, int *held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}

static int do_control(sqlite3_file *file, int what, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, arg);
}

static int do_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int do_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int do_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    if (fails(FAULTY_SHM_MAP)) {
        *out = NULL;
        return SQLITE_IOERR_SHMMAP;
    }
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int do_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    if (flags & SQLITE_SHM_LOCK && fails(FAULTY_SHM_LOCK))
        return SQLITE_IOERR_SHMLOCK;
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void do_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int do_shm_unmap(sqlite3_file *file, int erase)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), erase);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_lock,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_traits,
    .xShmMap = do_shm_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_shm_barrier,
    .xShmUnmap = do_shm_unmap,
};

static sqlite3_vfs *system_vfs;
static sqlite3_vfs faulty;

static int do_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *got)
{
    (void)vfs;
    faulty_file *f = (faulty_file *)file;
    f->base.pMethods = NULL;
    if (fails(FAULTY_OPEN))
        return SQLITE_CANTOPEN;
    f->real = (sqlite3_file *)(f + 1);
    int code = system_vfs->xOpen(system_vfs, name, f->real, flags, got);
    if (code == SQLITE_OK)
        f->base.pMethods = &methods;
    return code;
}

static int do_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (fails(FAULTY_DELETE))
        return SQLITE_IOERR_DELETE;
    int gone = fails(FAULTY_GONE), code = system_vfs->xDelete(system_vfs, name, sync);
    return gone ? SQLITE_IOERR_DELETE_NOENT : code;
}

static int do_last_error(sqlite3_vfs *vfs, int n, char *text)
{
    (void)vfs, (void)n, (void)text;
    pthread_mutex_lock(&mutex);
    int error = !n_hit ? 0 : armed == FAULTY_NO_SPACE ? ENOSPC : EIO;
    pthread_mutex_unlock(&mutex);
    return error;
}

void faulty_install(void)
{
    system_vfs = sqlite3_vfs_find(NULL);
    faulty = *system_vfs; /* its other methods take no VFS of their own into account */
    faulty.pNext = NULL;
    faulty.zName = "faulty";
    faulty.szOsFile = (int)sizeof(faulty_file) + system_vfs->szOsFile;
    faulty.xOpen = do_open;
    faulty.xDelete = do_delete;
    faulty.xGetLastError = do_last_error;
    sqlite3_vfs_register(&faulty, 1);
}
