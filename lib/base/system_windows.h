/* system_windows.h - what the Windows half of base shares: names of files as the system takes them, its
 * errors in words. */
#ifndef RQA_BASE_SYSTEM_WINDOWS_H
#define RQA_BASE_SYSTEM_WINDOWS_H

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#ifndef UNICODE
#define UNICODE
#endif
#include <stddef.h>
#include <windows.h>

/* A path as the system takes it. A short one needs no memory. */
enum { RQA__WIDE_ROOM = 264 };
typedef struct rqa__wide {
    wchar_t room[RQA__WIDE_ROOM];
    wchar_t *longer; /* NULL: in `room` */
} rqa__wide;

/* Of a path in UTF-8: with backslashes, and where it is long its whole name behind \\?\, which lifts the
 * limit of 260 characters. NULL if memory is out (ERROR_NOT_ENOUGH_MEMORY), it is no UTF-8
 * (ERROR_NO_UNICODE_TRANSLATION) or a device (ERROR_BAD_DEVICE); GetLastError() says which. It lies in `wide`, which is freed in any
 * case; freeing leaves GetLastError() as it is. */
const wchar_t *rqa__wide_path(rqa__wide *wide, const char *path);
void rqa__wide_free(rqa__wide *wide);

/* UTF-8 of it; NULL if memory is out. For rqa__free(). */
char *rqa__narrow(const wchar_t *wide);

/* The system's words for one of its errors, without a line end; never empty. Returns out. */
const char *rqa__system_text(char *out, size_t size, unsigned long error);

#endif
