/* test_kernels_network.c - the kernels of the recurrence network against the definition, bit by bit,
 * in tiles of every width. */
#include <stdlib.h>
#include <string.h>

#include "cpu/level.h"
#include "cpu/network_table.h"
#include "guarded.h"
#include "support.h"

enum { TILE = RQA__NETWORK_TILE, MOST_STRIDE = 200 };

typedef struct named_kernels {
    const char *name;
    const rqa__network_kernels *kernels;
} named_kernels;

/* Number k of those that can run here; without a name where it cannot. */
static named_kernels kernels_at(int k)
{
    const named_kernels none = {NULL, NULL}, reference = {"ref", &rqa__network_ref};
#if defined(__x86_64__)
    const rqa__cpu cpu = rqa__cpu_detect();
    if (k == 1 && cpu.level >= RQA__LEVEL_AVX2)
        return (named_kernels){"avx2", &rqa__network_avx2};
    if (k == 2 && cpu.level >= RQA__LEVEL_AVX512 &&
        cpu.features & RQA__FEATURE_AVX512_VPOPCNTDQ)
        return (named_kernels){"vpopcnt", &rqa__network_vpopcnt};
#endif
    return k == 0 ? reference : none;
}

static uint64_t word_of(rng *r, int density)
{
    uint64_t word = rng_next(r);
    for (int k = 0; k < density; k++)
        word &= rng_next(r);
    return density == 4 ? ~(uint64_t)0 : word;
}

static uint64_t common_bits(const uint64_t *a, const uint64_t *b, size_t n_words)
{
    uint64_t n = 0;
    for (size_t bit = 0; bit < 64 * n_words; bit++)
        n += a[bit / 64] >> bit % 64 & b[bit / 64] >> bit % 64 & 1;
    return n;
}

static void check_tile(const named_kernels *k, rng *r, size_t n_words)
{
    const size_t stride = n_words + rng_below(r, MOST_STRIDE - n_words), room = TILE * stride + 64;
    const int density = (int)rng_below(r, 5), edge_density = (int)rng_below(r, 5);
    uint64_t *i = malloc(room * sizeof *i), *j = malloc(room * sizeof *j);
    uint64_t edges[TILE], wanted_i[TILE], wanted_j[TILE];
    guarded at_i = guarded_make(r, TILE, sizeof(uint64_t));
    guarded at_j = guarded_make(r, TILE, sizeof(uint64_t));
    for (size_t w = 0; w < room; w++) {
        i[w] = word_of(r, density);
        j[w] = word_of(r, density);
    }
    for (size_t a = 0; a < TILE; a++)
        edges[a] = rng_below(r, 4) ? word_of(r, edge_density) : 0;
    memcpy(wanted_i, at_i.data, sizeof wanted_i); /* it adds to what is there */
    memcpy(wanted_j, at_j.data, sizeof wanted_j);
    for (size_t a = 0; a < TILE; a++)
        for (size_t b = 0; b < TILE; b++)
            if (edges[a] >> b & 1) {
                const uint64_t n = common_bits(i + a * stride, j + b * stride, n_words);
                wanted_i[a] += n;
                wanted_j[b] += n;
            }
    const rqa__network_tile tile = {i, j, stride, n_words, edges, at_i.data, at_j.data};
    k->kernels->common(&tile);
    ck_assert_msg(memcmp(at_i.data, wanted_i, sizeof wanted_i) == 0 &&
                      memcmp(at_j.data, wanted_j, sizeof wanted_j) == 0,
                  "%s: %zu words, stride %zu", k->name, n_words, stride);
    ck_assert_msg(guarded_is_whole(&at_i) && guarded_is_whole(&at_j), "%s: written outside",
                  k->name);
    guarded_free(&at_i);
    guarded_free(&at_j);
    free(i);
    free(j);
}

START_TEST(shared_bits)
{
    const named_kernels k = kernels_at(_i);
    rng r = {env_number("RQA_TEST_SEED", 3)};
    for (size_t n_words = 1; n_words <= 64 && k.name; n_words++)
        check_tile(&k, &r, n_words);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("network kernels");
    TCase *tc = tcase_create("network kernels");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, shared_bits, 0, 3);
    suite_add_tcase(s, tc);
    return support_run(s);
}
