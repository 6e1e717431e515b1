/* test_readers.c - the program's readers: numbers, layouts, tables, and damaged input. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cli_number.h"
#include "reader_layout.h"
#include "reader_number.h"
#include "reader_table.h"
#include "support.h"

static double read_number(const char *text, char decimal)
{
    double value = -12345;
    ck_assert_msg(reader_number(text, strlen(text), &decimal, &value), "'%s' was refused", text);
    return value;
}

static double random_double(rng *r)
{
    uint64_t bits;
    double value;
    switch (rng_below(r, 5)) {
    case 0:
        return (double)rng_below(r, 100000) / (double)(1 + rng_below(r, 100000));
    case 1:
        return rng_uniform(r);
    case 2:
        return ldexp(rng_uniform(r), (int)rng_between(r, -60, 60));
    case 3:
        return (double)rng_below(r, 1000000) / 1000;
    default:
        do {
            bits = rng_next(r);
            memcpy(&value, &bits, sizeof value);
        } while (!isfinite(value));
        return value;
    }
}

START_TEST(numbers_are_the_nearest_doubles)
{
    static const char *const formats[] = {"%.17g", "%.15g", "%.6f", "%.3e",
                                          "%.25g", "%.0f",  "%.2f"};
    rng r = {11};
    for (int k = 0; k < 200000; k++) {
        char text[420];
        double value = random_double(&r);
        snprintf(text, sizeof text, formats[rng_below(&r, 7)], value);
        double want = strtod(text, NULL), got = read_number(text, '.');
        ck_assert_msg(memcmp(&want, &got, sizeof got) == 0, "%s: %.17g, not %.17g", text, got,
                      want);
    }
    ck_assert(read_number("9007199254740993", '.') == 9007199254740992.0);
    ck_assert(read_number("0.1", '.') == 0.1 && read_number("-0,1", ',') == -0.1);
    ck_assert(read_number(".5", '.') == 0.5 && read_number("5.", '.') == 5);
    ck_assert(isnan(read_number("NaN", '.')) && read_number("-Inf", '.') == -(double)INFINITY);
    ck_assert(read_number("1e400", '.') == (double)INFINITY);
    ck_assert(read_number("1e-400", '.') == 0);
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const char *const bad[] = {"",     "-",   "+",     ".",     "e5",     "1e",  "1e+",
                                      "0x10", "1 2", "1.2.3", "1,2,3", "1.5,",   "--1", "1f",
                                      "nano", "in",  "1e5.0", "1_000", "infinit"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        char decimal = 0;
        double value;
        ck_assert_msg(!reader_number(bad[k], strlen(bad[k]), &decimal, &value), "'%s'", bad[k]);
    }
    char decimal = 0;
    double value;
    ck_assert(reader_number("1,5", 3, &decimal, &value) && decimal == ',' && value == 1.5);
    ck_assert(!reader_number("1.5", 3, &decimal, &value));
    decimal = 0;
    ck_assert(reader_number("15", 2, &decimal, &value) && decimal == 0);
}
END_TEST

/* Significant digits of a number as text. */
static int count_digits(const char *text)
{
    int n = 0, zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && n == 0))
            continue;
        n++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return n - zeros;
}

START_TEST(written_numbers_read_back_and_are_short)
{
    rng r = {12};
    for (int k = 0; k < 200000; k++) {
        char text[CLI_NUMBER_ROOM], shorter[40];
        double value = random_double(&r);
        size_t n = cli_number_write(text, value);
        ck_assert_uint_lt(n, CLI_NUMBER_ROOM);
        text[n] = 0;
        ck_assert_msg(strtod(text, NULL) == value, "%.17g became %s", value, text);
        int digits = count_digits(text);
        if (digits < 2 || fabs(value) < 1e-300)
            continue;
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
        ck_assert_msg(strtod(shorter, NULL) != value, "%s is shorter than %s", shorter, text);
        snprintf(shorter, sizeof shorter, "%.*e", digits - 1, value);
        ck_assert_msg(strtod(shorter, NULL) != value ||
                          fabs(strtod(shorter, NULL) - value) >= fabs(strtod(text, NULL) - value),
                      "%s is nearer than %s", shorter, text);
    }
    static const struct {
        double value;
        const char *text;
    } known[] = {{0, "0"},
                 {-2.5, "-2.5"},
                 {0.1, "0.1"},
                 {100, "100"},
                 {1e15, "1000000000000000"},
                 {0.00001, "0.00001"},
                 {1e-7, "1e-07"},
                 {1.0 / 3, "0.3333333333333333"},
                 {2.0 / 3, "0.6666666666666666"},
                 {0.5, "0.5"},
                 {(double)INFINITY, "inf"}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        char text[CLI_NUMBER_ROOM];
        text[cli_number_write(text, known[k].value)] = 0;
        ck_assert_str_eq(text, known[k].text);
    }
}
END_TEST

START_TEST(delimiters_are_found)
{
    static const struct {
        char delimiter;
        const char *text;
    } known[] = {{',', "t,x,y\n1,2,3\n"},
                 {';', "t;x\n1,5;2,5\n"},
                 {'\t', "t x\ty\n1,5\t2\n"},
                 {' ', "1.5 2.5\n3 4\n"},
                 {' ', "0,5 1,25\n0,75 2\n"},
                 {',', "0.5, 1.25\n0.75, 2\n"},
                 {',', "1, 2\n3, 4\n"},
                 {',', "\"a;b\",c\n1,2\n3,4\n"},
                 {',', "a,\"x\ny\"\n1,2\n"},
                 {READER_NO_DELIMITER, "gaze in degrees\n1.5\n2\n3\n"},
                 {READER_NO_DELIMITER, "mv\n0,5\n0,25\n"},
                 {READER_NO_DELIMITER, "7"},
                 {READER_NO_DELIMITER, ""}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        ck_assert_msg(reader_layout_delimiter(known[k].text, strlen(known[k].text), '\n',
                                              READER_COMMENTS, 0) == known[k].delimiter,
                      "%s", known[k].text);
}
END_TEST

static int read_text(reader_table *table, const char *text, const reader_request *request,
                     reader_error *error)
{
    return reader_table_read_memory(table, text, strlen(text), "t", request, error);
}

START_TEST(tables_hold_what_the_text_says)
{
    reader_table table;
    reader_error error;
    reader_request request = {.columns = "y,2", .keys = "g", .missing = "-9"};
    const char *text = "# c\ng;x;y\nb;1;2,5\n\na;-9;3\nb;;-9,0\n";
    ck_assert_msg(read_text(&table, text, &request, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(table.n_rows, 3);
    ck_assert_uint_eq(table.n_columns, 2);
    ck_assert_str_eq(table.names[0], "y");
    ck_assert_str_eq(table.names[1], "x");
    ck_assert_uint_eq(table.numbers[0], 3);
    ck_assert(table.values[0] == 2.5 && table.values[1] == 1 && table.values[2] == 3);
    ck_assert(isnan(table.values[3]) && isnan(table.values[4]) && isnan(table.values[5]));
    ck_assert_uint_eq(reader_table_line(&table, 0), 3);
    ck_assert_uint_eq(reader_table_line(&table, 1), 5);
    ck_assert_uint_eq(table.n_parts, 2);
    ck_assert_str_eq(table.part_keys[0], "b");
    ck_assert_str_eq(table.part_keys[1], "a");
    ck_assert_uint_eq(table.parts[2], 0);
    reader_table_free(&table);
}
END_TEST

START_TEST(many_parts_are_told_apart)
{
    enum { PARTS = 3000 };
    char *text = malloc(PARTS * 40), *at = text;
    reader_table table;
    reader_error error;
    reader_request request = {.columns = "3", .keys = "1,2"};
    for (int round = 0; round < 2; round++)
        for (int k = 0; k < PARTS; k++)
            at += sprintf(at, "%d,%d,%d\n", k / 50, k % 50, round);
    ck_assert_msg(read_text(&table, text, &request, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(table.n_parts, PARTS);
    for (uint32_t k = 0; k < 2 * PARTS; k++)
        ck_assert_uint_eq(table.parts[k], k % PARTS);
    reader_table_free(&table);
    free(text);
}
END_TEST

static size_t pack(unsigned char *out, size_t room, const void *data, size_t n)
{
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)data;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t packed = room - z.avail_out;
    deflateEnd(&z);
    return packed;
}

START_TEST(a_cut_gzip_is_always_refused)
{
    const char *text = "x,y\n1,2\n3,4\n5,6\n";
    unsigned char packed[256];
    size_t n = pack(packed, sizeof packed, text, strlen(text));
    reader_request request = {0};
    reader_table table;
    reader_error error;
    for (size_t k = 2; k < n; k++) {
        ck_assert_msg(reader_table_read_memory(&table, packed, k, "t", &request, &error) != 0,
                      "%zu of %zu bytes were read", k, n);
        ck_assert_ptr_nonnull(strstr(error.text, "cut short"));
    }
    ck_assert_int_eq(reader_table_read_memory(&table, packed, n, "t", &request, &error), 0);
    ck_assert_uint_eq(table.n_rows, 3);
    reader_table_free(&table);
}
END_TEST

/* Damaged input gives a table or a line of text, and the sanitizers have nothing to say. */
static void check_damaged(const unsigned char *data, size_t n, const reader_request *request)
{
    reader_table table;
    reader_error error = {0, ""};
    if (reader_table_read_memory(&table, data, n, "t", request, &error) == 0) {
        double sum = 0;
        ck_assert_uint_gt(table.n_rows, 0);
        for (size_t k = 0; k < table.n_rows * table.n_columns; k++)
            sum += isnan(table.values[k]) ? 0 : 1;
        for (size_t k = 0; table.parts && k < table.n_rows; k++)
            ck_assert_uint_lt(table.parts[k], table.n_parts);
        ck_assert(sum >= 0);
        reader_table_free(&table);
    } else {
        ck_assert_uint_gt(strlen(error.text), 0);
        ck_assert_ptr_null(table.values);
    }
}

START_TEST(damaged_input_is_survived)
{
    static const char npy[] = "\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': False, "
                              "'shape': (3, 2), }         \n0123456789abcdefghijklmn";
    static const char *const texts[] = {
        "t,x,y\n0,1.5,2\n1,\"3\",4\n2,,nan\n", "a;b\r\n1,5;\"q\"\"q\"\r\n2;3\r\n",
        "1 2\n3 4\n# c\n5 6\n",
        "** a\nSTART 1\nSAMPLES GAZE LEFT\n1 2 3 .\nMSG 2 TRIALID 7\n"
        "2 3 4 5\nEND 3\n"};
    static const char spice[] = "\",;\t\n\r #.-e09nN\0\xff";
    reader_request requests[4] = {{0},
                                  {.columns = "1"},
                                  {.columns = "2", .keys = "1"},
                                  {.columns = "x", .missing = "-1,q", .decimal = ','}};
    rng r = {13};
    int n_draws = (int)env_number("RQA_TEST_DRAWS", 30000);
    for (int k = 0; k < n_draws; k++) {
        unsigned char data[256], packed[400];
        int which = (int)rng_below(&r, 5);
        size_t n = which == 4 ? sizeof npy - 1 : strlen(texts[which]);
        memcpy(data, which == 4 ? npy : texts[which], n);
        for (uint64_t c = rng_below(&r, 6); c > 0; c--)
            data[rng_below(&r, n)] = rng_below(&r, 3)
                                         ? (unsigned char)spice[rng_below(&r, sizeof spice - 1)]
                                         : (unsigned char)rng_next(&r);
        if (rng_below(&r, 4) == 0)
            n = (size_t)rng_below(&r, n + 1);
        const reader_request *request = &requests[rng_below(&r, 4)];
        check_damaged(data, n, request);
        if (k % 8 != 0)
            continue;
        size_t n_packed = pack(packed, sizeof packed, data, n);
        packed[rng_below(&r, n_packed)] ^= (unsigned char)(1u << rng_below(&r, 8));
        check_damaged(packed, n_packed, request);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("readers");
    TCase *tcase = tcase_create("readers");
    tcase_add_test(tcase, numbers_are_the_nearest_doubles);
    tcase_add_test(tcase, what_is_no_number_is_refused);
    tcase_add_test(tcase, written_numbers_read_back_and_are_short);
    tcase_add_test(tcase, delimiters_are_found);
    tcase_add_test(tcase, tables_hold_what_the_text_says);
    tcase_add_test(tcase, many_parts_are_told_apart);
    tcase_add_test(tcase, a_cut_gzip_is_always_refused);
    tcase_add_test(tcase, damaged_input_is_survived);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
