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

/* Whether cell k of a row, xor flip, is set and its neighbours within first .. last are not. */
static int is_alone(const uint64_t *row, uint64_t flip, uint32_t k, uint32_t first, uint32_t last)
{
    unsigned set[3] = {0};
    for (uint32_t d = 0; d < 3; d++)
        if (k + d >= first + 1 && k + d <= last + 1)
            set[d] = (unsigned)((row[(k + d - 1) / 64] ^ flip) >> (k + d - 1) % 64 & 1);
    return set[1] && !set[0] && !set[2] && k != 0 && k != last;
}

START_TEST(splits)
{
    if (!take_level(_i))
        return;
    enum { WORDS = 24 };
    for (uint64_t draw = 0; draw < env_number("RQA_TEST_DRAWS", 200); draw++) {
        uint64_t row[WORDS], single[WORDS + 1], rest[WORDS + 1];
        const uint64_t flip = rng_below(&r, 2) ? ~UINT64_C(0) : 0, kind = rng_below(&r, 3);
        const uint32_t last = (uint32_t)rng_below(&r, 64 * WORDS);
        const uint32_t first = rng_below(&r, 3) ? (uint32_t)rng_below(&r, last + 1) : 0;
        for (size_t q = 0; q < WORDS; q++)
            row[q] = kind == 0   ? rng_next(&r)
                     : kind == 1 ? rng_next(&r) & rng_next(&r) & rng_next(&r)
                                 : rng_below(&r, 2) - 1;
        memset(single, 0x5a, sizeof single);
        memset(rest, 0x5a, sizeof rest);
        const size_t n = level.window->split(single, rest, row, flip, first, last);
        size_t n_single = 0;
        for (uint32_t k = first / 64 * 64; k < (last / 64 + 1) * 64; k++) {
            const unsigned is_set = k >= first && k <= last && ((row[k / 64] ^ flip) >> k % 64 & 1);
            const unsigned is_single = is_set && is_alone(row, flip, k, first, last);
            n_single += is_single;
            ck_assert_uint_eq(single[k / 64] >> k % 64 & 1, is_single);
            ck_assert_uint_eq(rest[k / 64] >> k % 64 & 1, is_set && !is_single);
        }
        ck_assert_uint_eq(n, n_single);
        for (size_t q = 0; q <= WORDS; q++)
            if (q < first / 64 || q > last / 64) {
                ck_assert_uint_eq(single[q], UINT64_C(0x5a5a5a5a5a5a5a5a));
                ck_assert_uint_eq(rest[q], UINT64_C(0x5a5a5a5a5a5a5a5a));
            }
    }
}
END_TEST

enum { MOST_RING = 2048, MOST_BLOCKS = MOST_RING / RQA__WINDOW_BLOCK };

/* A ring of counts, some of its blocks empty, and behind its end what it begins with. */
static void fill_ring(uint32_t *count, size_t n_ring)
{
    const uint64_t sparse = 1 + rng_below(&r, 30);
    for (size_t t = 0; t < n_ring; t++) {
        if (t % RQA__WINDOW_BLOCK == 0 && rng_below(&r, 3) == 0)
            for (size_t end = t + RQA__WINDOW_BLOCK - 1; t < end; t++)
                count[t] = 0;
        count[t] = rng_below(&r, sparse) ? 0 : (uint32_t)rng_below(&r, 100000);
    }
    memcpy(count + n_ring, count, RQA__WINDOW_BLOCK * sizeof *count);
}

START_TEST(classes)
{
    if (!take_level(_i))
        return;
    static uint32_t count[4][MOST_RING + RQA__WINDOW_BLOCK];
    static rqa__window_class expected[MOST_RING + SLACK], got[MOST_RING + SLACK];
    for (int draw = 0; draw < 1000; draw++) {
        const uint32_t n_ring = UINT32_C(64) << rng_below(&r, 6);
        const size_t n = 1 + (size_t)rng_below(&r, n_ring),
                     n_blocks = (n + RQA__WINDOW_BLOCK - 1) / RQA__WINDOW_BLOCK;
        rqa__window_terms terms = {.n_ring = n_ring, .n_terms = 1 + (uint32_t)rng_below(&r, 4)};
        for (uint32_t k = 0; k < terms.n_terms; k++) {
            fill_ring(count[k], n_ring);
            terms.count[k] = count[k];
            terms.place[k] = rng_below(&r, 3) ? (uint32_t)rng_below(&r, n_ring) : 0;
        }
        uint64_t blocks[MOST_BLOCKS / 64] = {0}, left[MOST_BLOCKS / 64], wanted[MOST_BLOCKS / 64];
        for (size_t b = 0; b < n_blocks; b++)
            blocks[b / 64] |= (uint64_t)(rng_below(&r, 4) != 0) << b % 64;
        memcpy(left, blocks, sizeof left);
        memcpy(wanted, blocks, sizeof wanted);
        memset(got, 0x5a, sizeof got);
        const size_t n_expected = ref->classes(expected, &terms, blocks, n);
        ck_assert_uint_eq(n_expected, level.window->classes(got, &terms, left, n));
        ck_assert_mem_eq(expected, got, n_expected * sizeof *got);
        ck_assert_mem_eq(blocks, left, sizeof left);
        const unsigned char *byte = (const unsigned char *)(got + n + RQA__WINDOW_SLACK);
        size_t n_touched = 0, n_sums = 0;
        for (size_t k = 0; k < (MOST_RING + SLACK - RQA__WINDOW_SLACK - n) * sizeof *got; k++)
            n_touched += byte[k] != 0x5a;
        ck_assert_uint_eq(n_touched, 0);
        for (size_t t = 0; t < n; t++) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < terms.n_terms; k++)
                sum += count[k][(terms.place[k] + t) % n_ring];
            const size_t b = t / RQA__WINDOW_BLOCK;
            if (!sum || !(wanted[b / 64] >> b % 64 & 1))
                continue;
            ck_assert_uint_eq(expected[n_sums].length, t + 1);
            ck_assert_uint_eq(expected[n_sums++].count, sum);
            ck_assert_uint_eq(blocks[b / 64] >> b % 64 & 1, 1);
        }
        ck_assert_uint_eq(n_expected, n_sums);
    }
}
END_TEST

START_TEST(flags)
{
    if (!take_level(_i))
        return;
    uint8_t flag[64 * MOST_WORDS];
    uint64_t got[MOST_WORDS + 1];
    for (int draw = 0; draw < 300; draw++) {
        const size_t n_words = 1 + (size_t)rng_below(&r, MOST_WORDS);
        for (size_t k = 0; k < sizeof flag; k++)
            flag[k] = (uint8_t)rng_below(&r, 2);
        memset(got, 0x5a, sizeof got);
        level.window->flags(got, flag, n_words);
        for (size_t k = 0; k < 64 * n_words; k++)
            ck_assert_uint_eq(got[k / 64] >> k % 64 & 1, flag[k]);
        for (size_t q = n_words; q <= MOST_WORDS; q++)
            ck_assert_uint_eq(got[q], UINT64_C(0x5a5a5a5a5a5a5a5a));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_window");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, rows, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, offsets, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, splits, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, classes, 0, KERNEL_LEVELS);
    tcase_add_loop_test(all, flags, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
