/* test_heap.c - blocks of all sizes, from several threads: none overlaps another, and none is lost. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/memory.h"
#include "support.h"

enum { BLOCKS = 24, STEPS = 1500, THREADS = 4 };

static void fill(unsigned char *block, size_t n, unsigned char mark)
{
    for (size_t k = 0; k < n; k += 509)
        block[k] = mark;
    block[n - 1] = mark;
}

static int holds(const unsigned char *block, size_t n, unsigned char mark)
{
    for (size_t k = 0; k < n; k += 509)
        if (block[k] != mark)
            return 0;
    return 1;
}

/* Draws what to do with which block; NULL, or what was wrong. */
static void *use(void *arg)
{
    rng r = {*(uint64_t *)arg};
    unsigned char *block[BLOCKS] = {NULL};
    size_t size[BLOCKS];
    const char *wrong = NULL;
    for (int step = 0; step < STEPS; step++) {
        const size_t k = rng_below(&r, BLOCKS), n = 1 + (rng_next(&r) & ((UINT64_C(1) << (4 + rng_below(&r, 17))) - 1));
        const unsigned char mark = (unsigned char)(16 * *(uint64_t *)arg + k % 16);
        if (block[k] && !holds(block[k], size[k], mark))
            wrong = "a block changed";
        if (block[k] && rng_below(&r, 2)) {
            const size_t least = n < size[k] ? n : size[k];
            block[k] = rqa__heap_reallocate(block[k], n);
            if (!holds(block[k], least, mark))
                wrong = "a block changed as it moved";
        } else {
            rqa__heap_release(block[k]);
            block[k] = rqa__heap_allocate(n);
        }
        if ((uintptr_t)block[k] % 16 != 0)
            wrong = "a block is not aligned";
        fill(block[k], size[k] = n, mark);
    }
    for (size_t k = 0; k < BLOCKS; k++)
        rqa__heap_release(block[k]);
    return (void *)wrong;
}

START_TEST(blocks_are_their_owners)
{
    pthread_t thread[THREADS];
    uint64_t seed[THREADS];
    void *wrong;
    for (size_t k = 0; k < THREADS; k++) {
        seed[k] = k + 1;
        ck_assert(pthread_create(&thread[k], NULL, use, &seed[k]) == 0);
    }
    for (size_t k = 0; k < THREADS; k++) {
        pthread_join(thread[k], &wrong);
        ck_assert_msg(!wrong, "%s", (const char *)wrong);
    }
}
END_TEST

START_TEST(a_large_block_is_used_again)
{
    if (rqa__heap_most_kept == 0)
        return; /* the C library sees to it */
    void *first = rqa__heap_allocate(3 << 20), *again;
    const uintptr_t where = (uintptr_t)first;
    rqa__heap_release(first);
    again = rqa__heap_allocate((3 << 20) - 1000);
    ck_assert((uintptr_t)again == where);
    rqa__heap_release(again);
}
END_TEST

/* Where they watch, sanitizers end a program that asks for too much, unless they are told. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

START_TEST(too_much_is_none)
{
    void *block = rqa__heap_allocate(1000);
    volatile size_t most = SIZE_MAX;
    ck_assert(!rqa__heap_allocate(most) && !rqa__heap_allocate(most - 100));
    ck_assert(!rqa__heap_reallocate(block, most));
    rqa__heap_release(block);
    rqa__heap_release(NULL);
}
END_TEST

/* Sizes about those from which on they get large pages, with blocks between them that must stay as they are. */
START_TEST(dense_blocks_are_their_owners)
{
    enum { N = 6 };
    static const size_t size[N] = {1, 4095, (4 << 20) - 1, 4 << 20, (4 << 20) + 4097, 9 << 20};
    unsigned char *dense[N], *plain[N];
    for (size_t k = 0; k < N; k++) {
        dense[k] = rqa__alloc_dense(size[k]);
        plain[k] = rqa__alloc_aligned(size[k]);
        ck_assert_uint_eq((uintptr_t)dense[k] % 64, 0);
        fill(plain[k], size[k], (unsigned char)(2 * k));
        fill(dense[k], size[k], (unsigned char)(2 * k + 1));
    }
    for (size_t k = 0; k < N; k++) {
        ck_assert(holds(dense[k], size[k], (unsigned char)(2 * k + 1)));
        ck_assert(holds(plain[k], size[k], (unsigned char)(2 * k)));
        rqa__free_aligned(dense[k]);
        rqa__free_aligned(plain[k]);
    }
    ck_assert_ptr_null(rqa__alloc_dense(SIZE_MAX));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("heap");
    TCase *t = tcase_create("heap");
    tcase_add_test(t, blocks_are_their_owners);
    tcase_add_test(t, a_large_block_is_used_again);
    tcase_add_test(t, dense_blocks_are_their_owners);
    tcase_add_test(t, too_much_is_none);
    suite_add_tcase(s, t);
    return support_run(s);
}
