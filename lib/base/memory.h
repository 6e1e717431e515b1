/* memory.h - the only door to the heap: hooks, checked sizes, aligned blocks. */
#ifndef RQA_BASE_MEMORY_H
#define RQA_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* All return NULL on failure (or when a size overflows) and leave the error text alone. A request
 * for 0 bytes gives a block that may be freed. */
void *rqa__alloc(size_t n_bytes);
void *rqa__alloc_array(size_t n, size_t size); /* n * size, checked */
void *rqa__calloc(size_t n, size_t size);      /* zeroed */
void *rqa__realloc(void *block, size_t n_bytes);
void rqa__free(void *block);
char *rqa__strdup(const char *text);

/* 64-byte aligned; freed by rqa__free_aligned() alone. */
void *rqa__alloc_aligned(size_t n_bytes);
void rqa__free_aligned(void *block);
/* The same for a block all of which is to be written: without hooks it may get large pages. */
void *rqa__alloc_dense(size_t n_bytes);

/* *out = a * b or a + b; 0 on success, -1 on overflow. */
int rqa__mul_size(size_t a, size_t b, size_t *out);
int rqa__add_size(size_t a, size_t b, size_t *out);

#endif
