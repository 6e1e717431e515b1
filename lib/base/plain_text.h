/* plain_text.h - text from files, paths, options and the environment, made fit to be shown. */
#ifndef RQA_BASE_PLAIN_TEXT_H
#define RQA_BASE_PLAIN_TEXT_H

#include <stdint.h>

/* Nothing else of the library's is needed here: the program compiles this file as well. */

#define RQA__NO_CODE UINT32_MAX

/* The code point at *at, which moves behind it; RQA__NO_CODE for a byte that begins no UTF-8
 * sequence (overlong forms and surrogates are none). Not to be called at the final zero. */
uint32_t rqa__utf8_next(const char **at);

/* Whether a terminal shows this character, rather than being steered by it or hiding it: not so for
 * control characters (C0, DEL, C1), line and paragraph separators, what turns the direction of text,
 * and characters without a width that no script needs. */
int rqa__is_shown(uint32_t code);

/* In place: '?' for each character that is not shown and each byte that is not UTF-8. Line ends go
 * too, so that what is one line stays one; `but` may name ASCII characters that stay, such as "\n". */
void rqa__plain_text(char *text, const char *but);

#endif
