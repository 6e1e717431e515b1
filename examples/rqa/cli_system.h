/* cli_system.h - what the program asks of the system and ISO C does not give: files by their names in
 * UTF-8, streams, the terminal, signals, threads, the clock. cli_system_posix.c or
 * cli_system_*windows.c have it; nothing else of the program knows which.
 *
 * Where nothing else is said a function gives 0, or -1 and errno.
 */
#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#ifdef _WIN32
/* An SRWLOCK, a CONDITION_VARIABLE and a HANDLE, each of which is a pointer. */
typedef struct system_mutex {
    void *system;
} system_mutex;
typedef struct system_condition {
    void *system;
} system_condition;
typedef void *system_thread_id;
#define SYSTEM_MUTEX_INIT {0}
#define SYSTEM_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#include <pthread.h>
typedef pthread_mutex_t system_mutex;
typedef pthread_cond_t system_condition;
typedef pthread_t system_thread_id;
#define SYSTEM_MUTEX_INIT PTHREAD_MUTEX_INITIALIZER
#define SYSTEM_PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif

/* ---- the process ---- */

/* First of all: the arguments in UTF-8; streams that pass bytes as they are, none of them closed; a
 * console that shows UTF-8 and takes the codes of a terminal. */
void system_begin(int *argc, char ***argv);

int64_t system_process_id(void);
/* The folder of the running program, without a separator at its end. */
int system_own_folder(char *out, size_t size);
/* Runs another program in place of this one; comes back only if it cannot. */
int system_become(const char *path, char **argv);
/* How a file ends that is a program. */
extern const char system_program_ending[];
int system_set_environment(const char *name, const char *value);
/* "Linux 6.1.0 x86_64"; the processor's own name. "unknown" where the system does not say. */
void system_name(char *out, size_t size);
void system_processor(char *out, size_t size);
/* Ends the process at once: nothing is flushed. */
_Noreturn void system_exit_now(int code);

/* Calls on_signal for what asks the program to end, with SIGINT, SIGTERM and the like: in a signal
 * handler, or on a thread of its own. A pipe without a reader, and a file that may not grow, are errors
 * of the write. */
void system_catch_signals(void (*on_signal)(int number));

/* ---- files ---- */

typedef enum system_kind { SYSTEM_FILE, SYSTEM_FOLDER, SYSTEM_OTHER } system_kind;

typedef struct system_info {
    system_kind kind;
    uint64_t device, number; /* the same for the same file alone */
} system_info;

int system_look(system_info *out, const char *path);
int system_look_stream(system_info *out, int file);

typedef enum system_how {
    SYSTEM_READ,
    SYSTEM_WRITE,  /* what is there */
    SYSTEM_NEW,    /* what is not; EEXIST */
    SYSTEM_APPEND, /* to what is there, or a new one */
} system_how;

/* What errno says, in words. ENODEV: the system lets no file have such a name. */
const char *system_reason(int number);

/* A descriptor, or -1. */
int system_open(const char *path, system_how how);
int system_duplicate(int file);
/* How many bytes, or -1. */
int64_t system_read(int file, void *out, size_t n);
int64_t system_write(int file, const void *bytes, size_t n);
int64_t system_write_at(int file, const void *bytes, size_t n, uint64_t at);
/* Writes what a reader takes now, or within so long: how many of n bytes, 0, or -1. The next call begins with the
 * bytes that were not taken: some may be on their way. One file at a time. */
int64_t system_write_soon(int file, const void *bytes, size_t n, int patience_ms);
int system_close(int file);

/* A text file to be made anew. */
FILE *system_create(const char *path);

/* A stream that becomes a text, for free(); NULL if it cannot be. */
typedef struct system_text {
    FILE *out;
    char *text;
    size_t n;
} system_text;
int system_text_open(system_text *text);
int system_text_close(system_text *text);

int system_is_there(const char *path);
int system_may_read(const char *path);
int system_may_make_files(const char *folder);
int system_make_folder(const char *path);
int system_remove(const char *path);
int system_remove_folder(const char *path);
/* Gives a file a name that must be free, in one step: EEXIST; anything else where the file system has no
 * such step. */
int system_name_new(const char *from, const char *to);
/* Takes the place of what has that name: a file, or an empty folder. */
int system_replace(const char *from, const char *to);
/* The path without links, for free(); NULL. */
char *system_real_path(const char *path);

/* The last separator of a path; NULL. */
const char *system_last_separator(const char *path);
int system_is_separator(char c);
/* Whether two names in one folder are one. */
int system_is_same_name(const char *a, const char *b);
/* What a file that was named so is called in results: the same on all systems. For free(); NULL if memory
 * is out. */
char *system_label(const char *path);

/* The names in a folder but . and .., in any order: NULL at the end. */
typedef struct system_folder system_folder;
system_folder *system_folder_open(const char *path);
const char *system_folder_next(system_folder *folder);
void system_folder_close(system_folder *folder);

/* ---- the terminal and the clock ---- */

enum { SYSTEM_STDIN = 0, SYSTEM_STDOUT = 1, SYSTEM_STDERR = 2 };

int system_is_terminal(int file);
/* Columns; 0 if nobody knows. */
unsigned system_terminal_width(int file);

/* Seconds of a clock that nobody sets. */
double system_now_s(void);
/* Seconds since 1970 and milliseconds on top. */
void system_clock(int64_t *seconds, int *milliseconds);
void system_utc(struct tm *out, int64_t seconds);

/* ---- threads ---- */

typedef struct system_thread {
    system_thread_id id;
    void *(*entry)(void *);
    void *arg;
} system_thread; /* stays where it is until it is joined */

void system_mutex_init(system_mutex *mutex);
void system_mutex_destroy(system_mutex *mutex);
void system_lock(system_mutex *mutex);
void system_unlock(system_mutex *mutex);
void system_condition_init(system_condition *condition);
void system_condition_destroy(system_condition *condition);
void system_wait(system_condition *condition, system_mutex *mutex);
void system_wake_all(system_condition *condition);
int system_thread_start(system_thread *thread, void *(*entry)(void *), void *arg);
void system_thread_join(const system_thread *thread);

#endif
