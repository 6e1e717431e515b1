/* cli_system_soon_windows.c - writes that wait for no reader. A pipe or console takes a write when it likes, and
 * what it says of its room is 0 too while a reader waits for more than fits (FILE_PIPE_LOCAL_INFORMATION counts
 * pending reads). So a thread of its own waits in the write, a piece at a time. */
#include "cli_system_windows.h"

#include <errno.h>
#include <io.h>
#include <process.h>
#include <string.h>

/* As long as this a reader that does read may take; one that was late is not waited for again. */
enum { PIECE = 4096, USUAL_MS = 200 };

static struct {
    HANDLE thread, begin, done;
    int in_flight, was_late;
    /* The thread's from `begin` to `done`, else the caller's. */
    HANDLE file;
    char piece[PIECE];
    DWORD n, written, error;
} soon;

static unsigned __stdcall write_pieces(void *arg)
{
    (void)arg;
    while (WaitForSingleObject(soon.begin, INFINITE) == WAIT_OBJECT_0) {
        soon.written = 0;
        soon.error = WriteFile(soon.file, soon.piece, soon.n, &soon.written, NULL) ? ERROR_SUCCESS
                                                                                  : GetLastError();
        SetEvent(soon.done);
    }
    return 0;
}

static int start(void)
{
    if (soon.thread)
        return 1;
    soon.begin = CreateEventW(NULL, FALSE, FALSE, NULL);
    soon.done = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (soon.begin && soon.done)
        soon.thread = (HANDLE)_beginthreadex(NULL, 0, write_pieces, NULL, 0, NULL);
    return soon.thread != NULL;
}

static int is_done(int patience_ms)
{
    if (soon.in_flight && WaitForSingleObject(soon.done, (DWORD)patience_ms) == WAIT_OBJECT_0)
        soon.in_flight = 0;
    return !soon.in_flight;
}

int64_t system_write_soon(int file, const void *bytes, size_t n, int patience_ms)
{
    HANDLE handle = (HANDLE)_get_osfhandle(file);
    if (GetFileType(handle) == FILE_TYPE_DISK || !start())
        return system_write(file, bytes, n);
    if (!soon.in_flight) {
        soon.file = handle;
        soon.n = n < PIECE ? (DWORD)n : PIECE;
        memcpy(soon.piece, bytes, soon.n);
        soon.in_flight = 1;
        SetEvent(soon.begin);
        if (!soon.was_late && patience_ms < USUAL_MS)
            patience_ms = USUAL_MS;
        else if (patience_ms < 1)
            patience_ms = 1;
    }
    soon.was_late = !is_done(patience_ms);
    if (soon.was_late)
        return 0;
    if (soon.error == ERROR_SUCCESS)
        return soon.written;
    errno = system_errno(soon.error);
    return -1;
}

/* A file in which a write hangs stays open until the process ends. */
int system_close(int file)
{
    enum { CANCEL_MS = 100 };
    if (soon.in_flight && soon.file == (HANDLE)_get_osfhandle(file)) {
        CancelSynchronousIo(soon.thread);
        if (!is_done(CANCEL_MS))
            return 0;
    }
    return _close(file);
}
