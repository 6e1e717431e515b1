/* heap_windows.c - heap.h that keeps large blocks. The system's heap gives them back at once, and each page of the
 * next one is made and cleared anew: 3 MB took 2 ms, an analysis of 5,000 points as long. As glibc does it, up to
 * 64 MB are kept, of blocks up to 32 MB. */
#include "base/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/system_windows.h"

enum { LEAST = 64 << 10, LARGEST = 32 << 20, MOST_BLOCKS = 32 };
const size_t rqa__heap_most_kept = 64 << 20;

/* Before each block; 16 bytes, so that the block is as aligned as malloc()'s. */
typedef struct header {
    size_t capacity;
    size_t unused;
} header;

/* Under `lock`; the oldest first. */
static SRWLOCK lock = SRWLOCK_INIT;
static header *kept[MOST_BLOCKS];
static unsigned n_kept;
static size_t kept_bytes;

static header *take_out(unsigned k)
{
    header *block = kept[k];
    kept_bytes -= block->capacity;
    n_kept--;
    memmove(kept + k, kept + k + 1, (n_kept - k) * sizeof *kept);
    return block;
}

/* The smallest that is large enough and no more than twice as large; NULL. */
static header *find_kept(size_t n_bytes)
{
    header *found = NULL;
    unsigned at = 0;
    AcquireSRWLockExclusive(&lock);
    for (unsigned k = 0; k < n_kept; k++)
        if (kept[k]->capacity >= n_bytes && kept[k]->capacity / 2 <= n_bytes &&
            (!found || kept[k]->capacity < found->capacity))
            found = kept[at = k];
    if (found)
        take_out(at);
    ReleaseSRWLockExclusive(&lock);
    return found;
}

static int free_oldest(void)
{
    AcquireSRWLockExclusive(&lock);
    header *oldest = n_kept > 0 ? take_out(0) : NULL;
    ReleaseSRWLockExclusive(&lock);
    free(oldest);
    return oldest != NULL;
}

/* When the DLL goes, or the program ends: threads that the system has ended by then may have had the lock. */
__attribute__((destructor)) static void free_all(void)
{
    if (!TryAcquireSRWLockExclusive(&lock))
        return;
    ReleaseSRWLockExclusive(&lock);
    while (free_oldest())
        continue;
}

void *rqa__heap_allocate(size_t n_bytes)
{
    if (n_bytes > SIZE_MAX - sizeof(header))
        return NULL;
    header *block = n_bytes >= LEAST && n_bytes <= LARGEST ? find_kept(n_bytes) : NULL;
    if (!block) {
        do
            block = malloc(sizeof *block + n_bytes);
        while (!block && free_oldest());
        if (!block)
            return NULL;
        block->capacity = n_bytes;
    }
    return block + 1;
}

void rqa__heap_release(void *released)
{
    header *block = released ? (header *)released - 1 : NULL, *out = block;
    if (block && block->capacity >= LEAST && block->capacity <= LARGEST) {
        AcquireSRWLockExclusive(&lock);
        out = n_kept == MOST_BLOCKS ? take_out(0) : NULL;
        kept[n_kept++] = block;
        kept_bytes += block->capacity;
        ReleaseSRWLockExclusive(&lock);
        free(out);
        for (int over = 1; over;) {
            AcquireSRWLockExclusive(&lock);
            over = kept_bytes > rqa__heap_most_kept;
            ReleaseSRWLockExclusive(&lock);
            if (over)
                free_oldest();
        }
        return;
    }
    free(out);
}

/* What is kept has room for less: a block that shrinks to under a half moves. */
void *rqa__heap_reallocate(void *block, size_t n_bytes)
{
    if (!block)
        return rqa__heap_allocate(n_bytes);
    const size_t capacity = ((header *)block - 1)->capacity;
    if (n_bytes <= capacity && n_bytes >= capacity / 2)
        return block;
    void *moved = rqa__heap_allocate(n_bytes);
    if (!moved)
        return NULL;
    memcpy(moved, block, n_bytes < capacity ? n_bytes : capacity);
    rqa__heap_release(block);
    return moved;
}

void rqa__heap_expect_dense(void *block, size_t n_bytes)
{
    (void)block;
    (void)n_bytes;
}
