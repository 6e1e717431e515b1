/* terminate.c - starts a program again and again and ends it by TerminateProcess(), as the Task Manager does:
 * nothing of it runs any more. Then it may run to its end.
 *
 * terminate N LONGEST-MS PROGRAM ARGUMENT...: N times, each after a time of its own up to LONGEST-MS. Prints how
 * many were ended and how many were done before; the exit status is that of the last run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static HANDLE start(const char *line)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", line);
    if (!CreateProcessA(NULL, copy, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        fprintf(stderr, "cannot start %s: error %lu\n", line, GetLastError());
        exit(3);
    }
    CloseHandle(process.hThread);
    return process.hProcess;
}

int main(int argc, char **argv)
{
    char line[4096] = "";
    if (argc < 4)
        return 2;
    for (int k = 3; k < argc; k++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", k > 3 ? " " : "", argv[k]);
    const int n = atoi(argv[1]);
    const DWORD longest_ms = (DWORD)atoi(argv[2]);
    int n_ended = 0, n_done = 0;
    for (int k = 0; k < n; k++) {
        HANDLE process = start(line);
        const DWORD patience_ms = longest_ms * (DWORD)(k * 7 % n + 1) / (DWORD)n;
        if (WaitForSingleObject(process, patience_ms) == WAIT_TIMEOUT && TerminateProcess(process, 9)) {
            WaitForSingleObject(process, INFINITE);
            n_ended++;
        } else {
            n_done++;
        }
        CloseHandle(process);
    }
    printf("ended %d, done %d\n", n_ended, n_done);
    HANDLE last = start(line);
    DWORD code = 1;
    WaitForSingleObject(last, INFINITE);
    GetExitCodeProcess(last, &code);
    return (int)code;
}
