/* cli_system_windows.h - what the Windows files of cli_system.h share. */
#ifndef CLI_SYSTEM_WINDOWS_H
#define CLI_SYSTEM_WINDOWS_H

#include "cli_system.h"

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

/* What C knows of an error of the system's, so that system_reason() says it. */
int system_errno(DWORD error);
/* -1, and errno from GetLastError(). */
int system_failed(void);

/* For free(); NULL and the system's error. */
wchar_t *system_widen(const char *text);
char *system_narrow(const wchar_t *wide);
/* A path as the system takes it. */
wchar_t *system_wide_path(const char *path);

#endif
