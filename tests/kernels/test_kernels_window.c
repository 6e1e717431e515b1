/* test_kernels_window.c - each kernel of a moving window at each level against the reference: equal
 * to the last bit on random shapes, starts and data, and nothing written astray. */
#include "kernel_levels.h"

#include <math.h>
#include <string.h>

#include "support.h"

enum { MOST_CHANNELS = 3, MOST_DIM = 5, MOST_DELAY = 4, MOST_WORDS = 4, SLACK = 24 };

static const rqa__window_kernels *const ref = &rqa__window_ref;
static kernel_level level;
static rng r;

static int take_level(int k)
{
    level = kernel_level_at(k);
    r.state = 1 + (uint64_t)k;
    return level.name != NULL;
}

static double random_sample(unsigned kind)
{
    if (kind == 0)
        return (double)rng_below(&r, 5);
    if (kind == 1 && rng_below(&r, 20) == 0)
        return (double)NAN;
    return rng_gauss(&r);
}

START_TEST(rows)
{
    if (!take_level(_i))
        return;
    static double sample[2][MOST_CHANNELS][64 * MOST_WORDS + MOST_DIM * MOST_DELAY];
    const double *channel[2][MOST_CHANNELS];
    for (uint64_t draw = 0; draw < env_number("RQA_TEST_DRAWS", 3000); draw++) {
        rqa__window_space s = {.moving = channel[0],
                               .fixed = channel[1],
                               .moving_delay = 1 + (size_t)rng_below(&r, MOST_DELAY),
                               .fixed_delay = 1 + (size_t)rng_below(&r, MOST_DELAY),
                               .n_channels = 1 + (uint32_t)rng_below(&r, MOST_CHANNELS),
                               .dim = 1 + (uint32_t)rng_below(&r, MOST_DIM),
                               .norm = (uint32_t)rng_below(&r, 3),
                               .bound =
                                   rng_below(&r, 3) ? (double)rng_below(&r, 5) : rng_uniform(&r)};
        const unsigned kind = (unsigned)rng_below(&r, 3);
        const size_t n_words = 1 + (size_t)rng_below(&r, MOST_WORDS);
        const size_t start = (size_t)rng_below(&r, MOST_DIM);
        for (int side = 0; side < 2; side++)
            for (int c = 0; c < MOST_CHANNELS; c++) {
                for (size_t k = 0; k < sizeof sample[0][0] / sizeof(double); k++)
                    sample[side][c][k] = random_sample(kind);
                channel[side][c] = sample[side][c] + start % (MOST_DELAY + 1);
            }
        uint64_t expected[MOST_WORDS + 1], got[MOST_WORDS + 1];
        memset(expected, 0x5a, sizeof expected);
        memset(got, 0x5a, sizeof got);
        ref->row(&s, expected, n_words);
        level.window->row(&s, got, n_words);
        ck_assert_mem_eq(expected, got, sizeof got);
        ck_assert_uint_eq(ref->count(expected, n_words), level.window->count(got, n_words));
    }
}
END_TEST

START_TEST(offsets)
{
    if (!take_level(_i))
        return;
    uint32_t expected[64 * MOST_WORDS + 1], got[64 * MOST_WORDS + 1];
    uint64_t row[MOST_WORDS];
    for (int draw = 0; draw < 500; draw++) {
        const size_t n_words = 1 + (size_t)rng_below(&r, MOST_WORDS);
        for (size_t k = 0; k < MOST_WORDS; k++)
            row[k] = rng_next(&r);
        for (size_t k = 0; k <= 64 * MOST_WORDS; k++)
            expected[k] = got[k] = (uint32_t)rng_below(&r, 3);
        const uint32_t by = draw % 2 ? 1 : UINT32_MAX;
        ref->add_offsets(expected, row, n_words, by);
        level.window->add_offsets(got, row, n_words, by);
        ck_assert_mem_eq(expected, got, sizeof got);
    }
}
END_TEST

START_TEST(classes)
{
    if (!take_level(_i))
        return;
    static uint32_t term[4][300];
    static rqa__window_class expected[300 + SLACK], got[300 + SLACK];
    for (int draw = 0; draw < 1000; draw++) {
        const size_t n = (size_t)rng_below(&r, 280), n_terms = 1 + (size_t)rng_below(&r, 4);
        const uint64_t first = 1 + rng_below(&r, 1000), sparse = 1 + rng_below(&r, 30);
        const uint32_t *terms[4];
        for (int k = 0; k < 4; k++) {
            const size_t start = (size_t)rng_below(&r, 20);
            for (size_t t = 0; t < 300; t++)
                term[k][t] = rng_below(&r, sparse) ? 0 : (uint32_t)rng_below(&r, 100000);
            terms[k] = term[k] + start;
        }
        memset(got, 0x5a, sizeof got);
        const size_t n_expected = ref->classes(expected, terms, n_terms, first, n);
        ck_assert_uint_eq(n_expected, level.window->classes(got, terms, n_terms, first, n));
        ck_assert_mem_eq(expected, got, n_expected * sizeof *got);
        const unsigned char *byte = (const unsigned char *)(got + n + RQA__WINDOW_SLACK);
        size_t n_touched = 0;
        for (size_t k = 0; k < (300 + SLACK - RQA__WINDOW_SLACK - n) * sizeof *got; k++)
            n_touched += byte[k] != 0x5a;
        ck_assert_uint_eq(n_touched, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_window");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, rows, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, offsets, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, classes, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
