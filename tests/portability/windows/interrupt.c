/* interrupt.c - runs a program in a console, sends it Ctrl-C, Ctrl-Break or the closing of the window, and tells
 * what it left there.
 *
 * interrupt c|break|close|none MS FILE PROGRAM ARGUMENT...: the event comes MS milliseconds after the start. Into
 * FILE go the exit code and, in UTF-8, the lines that the console then shows. For break the program is a process
 * group of its own, in which Wine would send nothing either.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static BOOL WINAPI stay(DWORD type)
{
    (void)type;
    return TRUE;
}

/* Of a console that says nothing of columns there are 80. */
static void write_screen(FILE *out, HANDLE console)
{
    enum { MOST = 400 };
    CONSOLE_SCREEN_BUFFER_INFO info;
    wchar_t line[MOST];
    char text[3 * MOST + 1];
    if (!GetConsoleScreenBufferInfo(console, &info))
        return;
    const DWORD columns = info.dwSize.X > 0 && info.dwSize.X < MOST ? (DWORD)info.dwSize.X : 80;
    for (SHORT y = 0; y <= info.dwCursorPosition.Y; y++) {
        DWORD n = 0;
        ReadConsoleOutputCharacterW(console, line, columns, (COORD){0, y}, &n);
        while (n > 0 && line[n - 1] == L' ')
            n--;
        int length = WideCharToMultiByte(CP_UTF8, 0, line, (int)n, text, 3 * MOST, NULL, NULL);
        text[length] = 0;
        fprintf(out, "%s\n", text);
    }
}

/* What the system itself starts in a process for an event, for what GenerateConsoleCtrlEvent() does not send:
 * the closing anywhere, and Ctrl-Break under Wine, which says that it did. */
static int start_routine(HANDLE process, DWORD event)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
    LPTHREAD_START_ROUTINE routine;
    memcpy(&routine, &found, sizeof routine);
    HANDLE thread =
        found ? CreateRemoteThread(process, NULL, 0, routine, (void *)(UINT_PTR)event, 0, NULL) : NULL;
    if (thread)
        CloseHandle(thread);
    return thread != NULL;
}

static int is_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

/* 0 = the program does not get to know. */
static int tell(const char *what, const PROCESS_INFORMATION *process)
{
    if (strcmp(what, "none") == 0)
        return 1;
    if (strcmp(what, "c") == 0)
        return GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    if (strcmp(what, "break") == 0)
        return is_wine() ? start_routine(process->hProcess, CTRL_BREAK_EVENT)
                         : GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, process->dwProcessId);
    return start_routine(process->hProcess, CTRL_CLOSE_EVENT);
}

int main(int argc, char **argv)
{
    wchar_t line[4096] = L"";
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    DWORD code = 0;
    int n_wide;
    if (argc < 5)
        return 2;
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                 &inherited, OPEN_EXISTING, 0, NULL);
    if (console == INVALID_HANDLE_VALUE)
        return 3;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n_wide);
    for (int k = 4; k < n_wide; k++) {
        wcscat(line, k > 4 ? L" \"" : L"\"");
        wcscat(line, wide[k]);
        wcscat(line, L"\"");
    }
    SetConsoleCtrlHandler(stay, TRUE);
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdOutput = startup.hStdError = console;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    const DWORD group = strcmp(argv[1], "break") == 0 && !is_wine() ? CREATE_NEW_PROCESS_GROUP : 0;
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, group, NULL, NULL, &startup, &process))
        return 4;
    if (WaitForSingleObject(process.hProcess, (DWORD)atoi(argv[2])) == WAIT_TIMEOUT &&
        !tell(argv[1], &process))
        return 6;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    FILE *out = fopen(argv[3], "wb");
    if (!out)
        return 5;
    fprintf(out, "code %lu\n", code);
    write_screen(out, console);
    fclose(out);
    return 0;
}
