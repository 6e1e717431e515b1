/* test_kernels_eroded.c - the kernels that count runs by windows, at each level: against windows counted
 * one by one, and against the reference; nothing written astray, and nothing read that must not be. */
#include "cpu/eroded_table.h"
#include "guarded.h"
#include "kernel_levels.h"

enum { MOST_WORDS = 20, STRIDE = (MOST_WORDS + 7) / 8 * 8 + 2, ABOVE = RQA__ERODED_MOST,
       ROWS = ABOVE + RQA__ERODED_ROWS };
enum { DIAGONAL, COLUMN, ROW, N_DIRECTIONS };

static rng r;

static const rqa__eroded_kernels *level(int k)
{
    return kernel_level_at(k).bits ? kernel_level_at(k).bits->eroded : NULL;
}

/* Cells from nearly none to nearly all, in rows of `words` words from the first on. */
static void fill(uint64_t *bits, size_t words)
{
    const uint64_t density = rng_below(&r, 5);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t k = 0; k < words; k++) {
            uint64_t w = rng_next(&r);
            w = density == 0 ? w & rng_next(&r) & rng_next(&r) : density == 1 ? w & rng_next(&r) : w;
            w = density == 3 ? w | rng_next(&r) : density == 4 ? w | rng_next(&r) | rng_next(&r) : w;
            bits[row * STRIDE + k] = rng_below(&r, 40) ? w : rng_below(&r, 2) ? 0 : UINT64_MAX;
        }
}

static int is_set(const uint64_t *bits, long row, size_t d)
{
    return (int)(bits[row * STRIDE + (long)(d / 64)] >> d % 64 & 1);
}

/* How many cells a window at cell (row, d) could have, up to `most`. */
static unsigned reach(const uint64_t *bits, int direction, long row, size_t d, unsigned most)
{
    unsigned n = 0;
    while (n < most && is_set(bits, row - (direction == ROW ? 0 : (long)n),
                              d + (direction == DIAGONAL ? 0 : n)))
        n++;
    return n;
}

static void expect_windows(const rqa__eroded_block *b, int direction, const uint64_t *windows)
{
    uint64_t expected[ABOVE + 1] = {0};
    const size_t end = b->width < 64 * b->n_words ? b->width : 64 * b->n_words;
    const size_t last = (b->n_words + 7) / 8 * 8 + 1;
    size_t n_wrong = 0;
    for (size_t row = 0; row < b->n_rows; row++)
        for (size_t d = 0; d < 64 * last; d++) {
            const unsigned n = d < end ? reach(b->bits, direction, (long)row, d, b->n_levels + 1) : 0;
            for (unsigned k = 0; k < n; k++)
                expected[k]++;
            n_wrong += is_set(b->rest, (long)row, d) != (n >= b->n_levels);
        }
    ck_assert_msg(n_wrong == 0, "direction %d: %zu cells of the rest", direction, n_wrong);
    for (unsigned k = 0; k <= b->n_levels; k++)
        ck_assert_msg(windows[k] == expected[k] + 7, "direction %d, windows of %u: %llu, not %llu",
                      direction, k + 1, (unsigned long long)windows[k] - 7,
                      (unsigned long long)expected[k]);
}

static void run(const rqa__eroded_kernels *k, int direction, const rqa__eroded_block *b)
{
    for (unsigned n = 0; n <= b->n_levels; n++)
        b->windows[n] = 7;
    (direction == DIAGONAL ? k->diagonal : direction == COLUMN ? k->column : k->row)(b);
}

START_TEST(test_windows)
{
    const rqa__eroded_kernels *k = level(_i);
    for (unsigned turn = 0; k != NULL && turn < 150; turn++) {
        rqa__eroded_block b = {.stride = STRIDE,
                               .n_words = 1 + (size_t)rng_below(&r, MOST_WORDS),
                               .n_rows = 1 + (size_t)rng_below(&r, RQA__ERODED_ROWS),
                               .n_levels = 1 + (unsigned)rng_below(&r, turn % 2 ? 6 : ABOVE)};
        b.width = rng_below(&r, 3) ? 64 * b.n_words + (size_t)rng_below(&r, 2) * 77
                                   : 64 * b.n_words - (size_t)rng_below(&r, 64);
        guarded bits = guarded_make(&r, ROWS * STRIDE, sizeof(uint64_t));
        guarded rest = guarded_make(&r, RQA__ERODED_ROWS * STRIDE, sizeof(uint64_t));
        guarded windows = guarded_make(&r, b.n_levels + 1, sizeof(uint64_t));
        uint64_t *first = bits.data;
        fill(first, (b.n_words + 7) / 8 * 8 + 1);
        b.bits = first + ABOVE * STRIDE;
        for (size_t row = b.n_rows; row < RQA__ERODED_ROWS; row++)
            memset(first + (ABOVE + row) * STRIDE, row < (b.n_rows + 7) / 8 * 8 ? 0 : 0xff,
                   STRIDE * sizeof *first);
        b.rest = rest.data;
        b.windows = windows.data;
        for (int direction = 0; direction < N_DIRECTIONS; direction++) {
            run(k, direction, &b);
            expect_windows(&b, direction, b.windows);
            ck_assert_msg(guarded_is_whole(&rest) && guarded_is_whole(&windows), "written outside");
        }
        guarded_free(&bits);
        guarded_free(&rest);
        guarded_free(&windows);
    }
}
END_TEST

/* What no word of a row, and no row, may touch in `rest`. */
START_TEST(test_rest_is_kept)
{
    const rqa__eroded_kernels *k = level(_i);
    uint64_t *bits = calloc(ROWS * STRIDE, sizeof *bits), windows[ABOVE + 1];
    uint64_t *rest = malloc(RQA__ERODED_ROWS * STRIDE * sizeof *rest);
    for (size_t n_words = 1; k != NULL && n_words <= MOST_WORDS; n_words++) {
        const rqa__eroded_block b = {.bits = bits + ABOVE * STRIDE,
                                     .stride = STRIDE,
                                     .n_words = n_words,
                                     .width = 64 * n_words,
                                     .n_rows = 8,
                                     .n_levels = 4,
                                     .windows = windows,
                                     .rest = rest};
        const size_t last = (n_words + 7) / 8 * 8 + 1;
        for (int direction = 0; direction < N_DIRECTIONS; direction++) {
            memset(rest, 0x5a, RQA__ERODED_ROWS * STRIDE * sizeof *rest);
            run(k, direction, &b);
            for (size_t row = 0; row < RQA__ERODED_ROWS; row++)
                for (size_t word = 0; word < STRIDE; word++)
                    ck_assert_uint_eq(rest[row * STRIDE + word], row < 8 && word < last
                                                                     ? 0
                                                                     : UINT64_C(0x5a5a5a5a5a5a5a5a));
        }
    }
    free(bits);
    free(rest);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_eroded");
    TCase *tcase = tcase_create("kernels_eroded");
    r = (rng){20};
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_windows, 0, KERNEL_LEVELS);
    tcase_add_loop_test(tcase, test_rest_is_kept, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
