/* counted_heap.h - a heap that knows how much of it is in use. */
#ifndef RQA_TESTS_COUNTED_HEAP_H
#define RQA_TESTS_COUNTED_HEAP_H

#include <stdint.h>

/* The library's hooks, and malloc again. */
void counted_heap_begin(void);
void counted_heap_end(void);

/* Bytes in use, and the most there were since the last reset. */
int64_t counted_heap_live(void);
int64_t counted_heap_peak(void);
void counted_heap_reset_peak(void);

#endif
