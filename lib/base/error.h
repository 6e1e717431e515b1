/* error.h - the thread-local error text and the checks every public call begins with. */
#ifndef RQA_BASE_ERROR_H
#define RQA_BASE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "rqa/status.h"

#if defined(__GNUC__)
#ifdef __MINGW32__
/* ISO C's formats, as the flags of the build ask for them, and not those of msvcrt.dll. */
#define RQA__PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define RQA__PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif
#else
#define RQA__PRINTF(text, first)
#endif

/* Sets the calling thread's text and returns status. One line, no final newline; what names in it
 * would do to a terminal is taken out here (plain_text.h), not by callers. */
int rqa__fail(rqa_status status, const char *format, ...) RQA__PRINTF(2, 3);

/* RQA_ERROR_MEMORY with a text that names what the memory was for. */
int rqa__fail_memory(const char *what);

/* RQA_ERROR_NULL naming the argument. */
int rqa__fail_null(const char *argument);

/* Carries a text from a worker thread to the thread that reports it. */
void rqa__error_text_set(const char *text);

/* Reads an option struct the caller may have compiled against an older or newer header: copies
 * what both know into `out` (of `size` bytes, already filled with defaults); an older, shorter
 * struct keeps the defaults in its missing tail; a newer one is refused if its unknown tail is not
 * all zero. `smallest` is the size the struct had in its first release. */
int rqa__options_read(void *out, size_t size, size_t smallest, const void *options,
                      const char *name);

/* Fills a caller's option struct of `room` bytes with the defaults, of `size` bytes, and sets its
 * struct_size to `room`. */
void rqa__options_fill(void *options, size_t room, const void *defaults, size_t size);

/* Size a struct had when `last` was its last field: what callers of that release pass. */
#define RQA__SIZE_THROUGH(type, last) (offsetof(type, last) + sizeof(((type *)0)->last))

/* Writes an output struct of `size` bytes to a caller whose struct may be shorter or longer. */
int rqa__output_write(void *out, const void *value, size_t size, size_t smallest, const char *name);

#endif
