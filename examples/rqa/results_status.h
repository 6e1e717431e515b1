/* results_status.h - why measures of a row are undefined, in words. */
#ifndef RESULTS_STATUS_H
#define RESULTS_STATUS_H

#include <stddef.h>
#include <stdint.h>

/* The words that a store has for it too (rqa_store_row.reason): "l_mean, l_entr: no line of the
 * wanted length; t1: ...", or one reason if all measures share it. One reason for each of the n
 * measures, at least one not RQA_REASON_DEFINED; free() it. */
char *results_status_words(const int32_t *measures, size_t n, const uint8_t *reasons);

#endif
