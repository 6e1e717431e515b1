/* long_path_windows.h - names of files longer than Windows takes as they are, and those that are none. The library
 * and the program have it, each with memory of its own. */
#ifndef RQA_BASE_LONG_PATH_WINDOWS_H
#define RQA_BASE_LONG_PATH_WINDOWS_H

#include <stddef.h>

/* Makes backslashes of slashes. 0 if the system then takes the path; else how many wchar_t
 * rqa__path_lengthen() needs for its whole name behind \\?\, which lifts the limit of 260 characters. */
size_t rqa__path_settle(wchar_t *path);

/* Writes that name: \\?\C:\x, or \\?\UNC\server\share\x for \\server\share\x. What begins with \\?\ or \\.\ is
 * whole already. 0 if the folder that the process is in has become longer meanwhile. */
int rqa__path_lengthen(wchar_t *whole, size_t room, const wchar_t *path);

/* Whether Windows takes the path for a device, where nothing that is written can be found again: CON, PRN, AUX, NUL,
 * COM1 to COM9, LPT1 to LPT9, CONIN$ and CONOUT$ in any case, folder and with any ending. NUL alone is meant so and
 * is none; what begins with \\?\ or \\.\ is what it says. */
int rqa__path_is_device(const wchar_t *path);

extern const char rqa__path_device_text[];

#endif
