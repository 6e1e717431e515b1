/* heap.h - where memory comes from when the host gives no hooks: malloc() and its kin, which on some systems hand
 * large blocks back to the system each time. */
#ifndef RQA_BASE_HEAP_H
#define RQA_BASE_HEAP_H

#include <stddef.h>

/* As malloc(), realloc() and free(); any thread. */
void *rqa__heap_allocate(size_t n_bytes);
void *rqa__heap_reallocate(void *block, size_t n_bytes);
void rqa__heap_release(void *block);

/* Says that all of a block is to be written: the system may give it large pages, of which fewer are made and cleared.
 * Nothing where there are none, or where the block is too small for one. */
void rqa__heap_expect_dense(void *block, size_t n_bytes);

/* How many bytes of released blocks are kept at most; 0 where the C library sees to that. */
extern const size_t rqa__heap_most_kept;

#endif
