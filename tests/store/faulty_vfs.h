/* faulty_vfs.h - a disk for SQLite that fails when told to. */
#ifndef RQA_TESTS_FAULTY_VFS_H
#define RQA_TESTS_FAULTY_VFS_H

enum faulty_kind {
    FAULTY_FULL,     /* a write: SQLITE_FULL */
    FAULTY_SHORT,    /* a write: half of it, then SQLITE_FULL */
    FAULTY_NO_SPACE, /* a write: an I/O error whose errno is ENOSPC */
    FAULTY_WRITE,    /* a write: an I/O error whose errno is EIO; so are all that follow */
    FAULTY_SYNC,
    FAULTY_TRUNCATE,
    FAULTY_READ,
    FAULTY_SIZE,
    FAULTY_LOCK,
    FAULTY_SHM_MAP,
    FAULTY_SHM_LOCK,
    FAULTY_OPEN,
    FAULTY_DELETE,
    FAULTY_KINDS,
    FAULTY_GONE /* a deletion: another process was faster, which is no fault of the disk */
};

extern const char *const faulty_names[FAULTY_KINDS];

/* Makes it the default VFS of the process; once. */
void faulty_install(void);
/* Operation number n (1, 2, ...) of this kind from now on fails, with `forever` all later ones too;
 * n = 0 only counts. */
void faulty_arm(enum faulty_kind kind, int n, int forever);
/* Operations of the kind since then, and how many of them failed; nothing fails any more. */
int faulty_disarm(int *n_failed);

#endif
