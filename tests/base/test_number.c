/* test_number.c - numbers in messages: rounded as printf rounds them. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "support.h"

static void expect_as_printf(double value, int digits)
{
    char expected[40];
    snprintf(expected, sizeof expected, "%.*g", digits, value);
    ck_assert_str_eq(rqa__rounded(value, digits).text, expected);
}

/* Every place of a tie, and of a carry into the next digit, at each number of digits. */
START_TEST(whole_numbers_are_rounded_as_printf_does)
{
    static const double some[] = {0, 1, 9, 10, 95, 99, 105, 115, 125, 995, 999, 9995, 99950, 1e5, 1e6,
                                  1936, 244800, 999500, 2500000, 3500000, 1e14, 999999999999999, 1e15};
    for (int digits = 1; digits <= 17; digits++)
        for (size_t k = 0; k < sizeof some / sizeof *some; k++)
            for (int step = -1; step <= 1; step++)
                expect_as_printf(some[k] + step, digits);
}
END_TEST

START_TEST(any_numbers_are_rounded_as_printf_does)
{
    rng r = {.state = 11};
    for (int k = 0; k < 20000; k++) {
        const double size = pow(10, (double)rng_below(&r, 17));
        const double value = floor(rng_uniform(&r) * size);
        const int digits = 1 + (int)rng_below(&r, 7);
        expect_as_printf(value, digits);
        expect_as_printf(value + 0.5, digits);
        expect_as_printf(-value, digits);
    }
    expect_as_printf(1e300, 3);
    expect_as_printf(1e-300, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *cases = tcase_create("number");
    tcase_add_test(cases, whole_numbers_are_rounded_as_printf_does);
    tcase_add_test(cases, any_numbers_are_rounded_as_printf_does);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
