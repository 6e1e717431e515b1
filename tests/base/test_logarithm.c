/* test_logarithm.c - the logarithm rounds as exact arithmetic does, so that it is the same on every machine.
 * The values and the digests are Python's: float(decimal.Decimal(x).ln()) with 45 digits. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/logarithm.h"
#include "measures/ln_count.h"
#include "support.h"

/* FNV-1a over words. */
static const uint64_t no_words = UINT64_C(0xcbf29ce484222325);

static uint64_t add_word(uint64_t digest, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (digest ^ bits) * UINT64_C(0x100000001b3);
}

START_TEST(counts_are_rounded_correctly)
{
    uint64_t digest = no_words, by_table = no_words, again = no_words;
    rqa__ln_table_fill();
    for (unsigned n = 1; n <= 30000; n++) {
        digest = add_word(digest, rqa__ln(n));
        by_table = add_word(by_table, rqa__ln_count(n));
    }
    for (unsigned n = 1; n <= 30000; n++) /* those that were kept */
        again = add_word(again, rqa__ln_count(n));
    ck_assert_uint_eq(digest, UINT64_C(0xa54c70c77d158e11));
    ck_assert_uint_eq(again, UINT64_C(0xa54c70c77d158e11));
    ck_assert_uint_eq(by_table, UINT64_C(0xa54c70c77d158e11));
}
END_TEST

START_TEST(large_counts_too)
{
    uint64_t digest = no_words;
    size_t n_counts = 0;
    for (uint64_t n = 30001; n < UINT64_C(1) << 63; n += n / 500, n_counts++)
        digest = add_word(digest, rqa__ln_count(n));
    ck_assert_uint_eq(n_counts, 16701);
    ck_assert_uint_eq(digest, UINT64_C(0xc1e3e21414863996));
}
END_TEST

START_TEST(other_numbers)
{
    static const double known[][2] = {
        {9170, 0x1.23f54a1c504c1p+3}, /* glibc 2.36 has another last digit */
        {0.5, -0x1.62e42fefa39efp-1},
        {2, RQA__LN_2},
        {10, 0x1.26bb1bbb55516p+1},
        {0x1.fffffffffffffp-1, -0x1p-53},
        {0x1.0000000000001p+0, 0x1.fffffffffffffp-53},
        {0x1.6a09e667f3bccp-1, -0x1.62e42fefa39f1p-2}, /* about the roots of 1/2 and 2 */
        {0x1.6a09e667f3bcdp-1, -0x1.62e42fefa39eep-2},
        {0x1.6a09e667f3bcdp+0, 0x1.62e42fefa39f0p-2},
        {0x1p-1074, -0x1.74385446d71c3p+9},
        {DBL_MIN, -0x1.6232bdd7abcd2p+9},
        {DBL_MAX, 0x1.62e42fefa39efp+9},
        {0.1, -0x1.26bb1bbb55515p+1},
        {1.0 / 3, -0x1.193ea7aad030bp+0},
    };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        ck_assert_msg(rqa__ln(known[k][0]) == known[k][1], "ln %a is %a, not %a", known[k][0], known[k][1],
                      rqa__ln(known[k][0]));
}
END_TEST

START_TEST(ends_are_as_the_c_library_has_them)
{
    ck_assert(rqa__ln(1) == 0 && !signbit(rqa__ln(1)));
    ck_assert(rqa__ln(0) == -INFINITY && rqa__ln(INFINITY) == INFINITY);
    ck_assert(isnan(rqa__ln(-1)) && isnan(rqa__ln(NAN)));
}
END_TEST

/* Against the long doubles of the C library, wherever they have more digits than doubles: within half a
 * unit, and a little for their own rounding. */
START_TEST(drawn_numbers)
{
    rng r = {23};
    for (int k = 0; k < 200000; k++) {
        const double x = ldexp(1 + rng_uniform(&r), k % 3 ? (int)rng_between(&r, -1000, 1000) : -(k % 2));
        const double got = rqa__ln(x), unit = nextafter(fabs(got), INFINITY) - fabs(got);
        const double off = (double)fabsl((long double)got - logl(x)) / unit;
        ck_assert_msg(off <= (LDBL_MANT_DIG > 60 ? 0.501 : 1), "ln %a is %a, off by %g units", x, got, off);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("logarithm");
    TCase *t = tcase_create("logarithm");
    tcase_add_test(t, counts_are_rounded_correctly);
    tcase_add_test(t, large_counts_too);
    tcase_add_test(t, other_numbers);
    tcase_add_test(t, ends_are_as_the_c_library_has_them);
    tcase_add_test(t, drawn_numbers);
    suite_add_tcase(s, t);
    return support_run(s);
}
