/* hold.c - has a file open that it shares with nobody, or for reading alone, while a program runs.
 *
 * hold none|read MS FILE PROGRAM ARGUMENT...: the file is given free MS milliseconds after the start, or with
 * MS 0 when the program has ended. The exit status is the program's.
 */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

int main(int argc, char **argv)
{
    wchar_t line[4096] = L"";
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    DWORD code = 0;
    int n_wide;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n_wide);
    if (argc < 5 || !wide)
        return 90;
    HANDLE held = CreateFileW(wide[3], GENERIC_READ, strcmp(argv[1], "read") == 0 ? FILE_SHARE_READ : 0, NULL,
                              OPEN_EXISTING, 0, NULL);
    if (held == INVALID_HANDLE_VALUE)
        return 91;
    for (int k = 4; k < n_wide; k++) {
        wcscat(line, k > 4 ? L" \"" : L"\"");
        wcscat(line, wide[k]);
        wcscat(line, L"\"");
    }
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        return 92;
    const int ms = atoi(argv[2]);
    WaitForSingleObject(process.hProcess, ms > 0 ? (DWORD)ms : INFINITE);
    CloseHandle(held);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}
