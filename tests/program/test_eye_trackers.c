/* test_eye_trackers.c - the readers against files as EyeLink and Tobii write them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_columns.h"
#include "reader_table.h"
#include "support.h"

#define PREAMBLE                                                                                   \
    "** CONVERTED FROM a.edf using edfapi 4.2\n** DATE: Wed Mar  8 09:25:20 2023\n**\n\n"          \
    "MSG\t100 !CAL\n>>>>>>> CALIBRATION (HV9,P-CR) FOR LEFT: <<<<<<<<<\n  -65     6   -72     7\n" \
    "5037  5037 -3489  3847\n"
#define LEFT_EYE                                                                                   \
    "PRESCALER\t1\nVPRESCALER\t1\nPUPIL\tAREA\n"                                                   \
    "EVENTS\tGAZE\tLEFT\tRATE\t1000.00\tTRACKING\tCR\tFILTER\t2\n"                                 \
    "SAMPLES\tGAZE\tLEFT\tRATE\t1000.00\tTRACKING\tCR\tFILTER\t2\tINPUT\n"
#define BOTH_EYES "SAMPLES\tGAZE\tLEFT\tRIGHT\tRATE\t1000.00\tTRACKING\tCR\tFILTER\t2\n"

static void read_well(reader_table *table, const void *data, size_t size, const char *columns,
                      const char *keys)
{
    reader_error error;
    reader_request request = {.columns = columns, .keys = keys};
    int status = reader_table_read_memory(table, data, size, "t", &request, &error);
    ck_assert_msg(status == 0, "%s", error.text);
}

static void read_text(reader_table *table, const char *text, const char *columns, const char *keys)
{
    read_well(table, text, strlen(text), columns, keys);
}

static void refuse(const char *text, const char *columns, const char *keys, const char *why)
{
    reader_table table;
    reader_error error = {0, ""};
    reader_request request = {.columns = columns, .keys = keys};
    ck_assert_msg(reader_table_read_memory(&table, text, strlen(text), "t", &request, &error) != 0,
                  "read, though: %s", why);
    ck_assert_msg(strstr(error.text, why) != NULL, "'%s' lacks '%s'", error.text, why);
}

static void check_values(const reader_table *table, const double *wanted, size_t n)
{
    ck_assert_uint_eq(table->n_rows * table->n_columns, n);
    for (size_t k = 0; k < n; k++)
        ck_assert_msg(isnan(wanted[k]) ? isnan(table->values[k]) : table->values[k] == wanted[k],
                      "value %zu is %g, not %g", k, table->values[k], wanted[k]);
}

static void check_parts(const reader_table *table, const char *const *labels, size_t n,
                        const char *rows)
{
    ck_assert_uint_eq(table->n_parts, n);
    ck_assert_uint_eq(table->n_rows, strlen(rows));
    for (size_t k = 0; k < n * table->n_keys; k++)
        ck_assert_str_eq(table->part_keys[k], labels[k]);
    for (size_t k = 0; k < table->n_rows; k++)
        ck_assert_int_eq((int)table->parts[k], rows[k] - '0');
}

START_TEST(samples_of_one_eye)
{
    static const char text[] =
        PREAMBLE "MSG\t200 TRIALID 7\nSTART\t201 \tLEFT\tSAMPLES\tEVENTS\n" LEFT_EYE
                 "INPUT\t201\t0\nMSG\t201 !MODE RECORD CR 1000 2 1 L\n"
                 "201\t  138.1\t  132.8\t  778.0\t    0.0\t...\n"
                 "SFIX L   202\n"
                 "202\t  138.2\t  132.7\t  779.0\t    0.0\t...\n"
                 "SBLINK L 203\n"
                 "203\t   .\t   .\t    0.0\t    0.0\t.C.\n"
                 "EBLINK L 203\t203\t1\n"
                 "EFIX L   202\t203\t2\t  141.0\t  132.2\t    791\nBUTTON\t203\t1\t1\n"
                 "204\t -12.5\t  1e2\t  780.0\t  127.0\tI..\n"
                 "END\t205 \tSAMPLES\tEVENTS\tRES\t  37.17\t  37.75\n"
                 "MSG\t206 !V TRIAL_VAR a b\n-1 2 3 4\n207 1 2 3 4 ...\n";
    static const double xy[] = {138.1, 132.8, 138.2, 132.7, NAN, NAN, -12.5, 100};
    static const double pupil[] = {778, 779, NAN, 780};
    static const double input_time[] = {0, 201, 0, 202, 0, 203, 127, 204};
    reader_table table;
    read_text(&table, text, "x,y", NULL);
    check_values(&table, xy, 8);
    ck_assert_str_eq(table.names[1], "y");
    ck_assert_uint_eq(table.numbers[1], 3);
    ck_assert_uint_eq(reader_table_line(&table, 0), 18);
    ck_assert_uint_eq(reader_table_line(&table, 2), 22);
    ck_assert_ptr_null(table.parts);
    ck_assert_int_eq(table.is_split, 0);
    reader_table_free(&table);
    read_text(&table, text, "pupil", NULL);
    check_values(&table, pupil, 4);
    reader_table_free(&table);
    read_text(&table, text, "input,1", NULL);
    check_values(&table, input_time, 8);
    reader_table_free(&table);
    /* The same with carriage returns, and without the preamble. */
    char *lines = malloc(2 * sizeof text), *to = lines;
    for (const char *from = strstr(text, "MSG"); *from; from++) {
        if (*from == '\n')
            *to++ = '\r';
        *to++ = *from;
    }
    *to = 0;
    read_text(&table, lines, "2,3", NULL);
    check_values(&table, xy, 8);
    reader_table_free(&table);
    free(lines);
}
END_TEST

START_TEST(samples_of_both_eyes)
{
    static const char text[] = "** x\n" BOTH_EYES "START\t10 \tLEFT\tRIGHT\tSAMPLES\n"
                               "10\t 964.3\t 541.5\t 288.0\t 960.5\t 538.8\t 305.0\t.....\n"
                               "11\t  .\t  .\t   0.0\t 933.4\t 568.2\t 298.0\t.C...\nEND\t12\n";
    static const double values[] = {960.5, 541.5, 933.4, NAN};
    reader_table table;
    read_text(&table, text, "x_right,y_left", NULL);
    check_values(&table, values, 4);
    reader_table_free(&table);
    refuse(text, "x,y", NULL, "t: there is no column 'x'; there is: x_left, x_right");
    refuse(text, NULL, NULL,
           "--columns x_left,y_left,pupil_left,x_right,y_right,pupil_right,flags, or");
}
END_TEST

START_TEST(optional_columns_keep_their_order)
{
    static const char one[] =
        "** x\nSTART 1\nSAMPLES\tGAZE\tRIGHT\tVEL\tRES\tHTARGET\tRATE\t500.00\t"
        "TRACKING\tCR\tFILTER\t2\tINPUT\tBUTTONS\n"
        "1 11 12 13 14 15 16 17 18 19 ... 21 22 23 .............\nEND 2\n";
    static const char both[] = "** x\nSTART 1\nSAMPLES\tGAZE\tLEFT\tRIGHT\tVEL\tRES\n"
                               "1 11 12 13 14 15 16 17 18 19 20 21 22\nEND 2\n";
    static const double of_one[] = {14, 15, 16, 17, 18, 19, 21, 23};
    static const double of_both[] = {17, 18, 19, 20, 21, 22};
    reader_table table;
    read_text(
        &table, one,
        "x_velocity,y_velocity,x_resolution,y_resolution,input,buttons,target_x,target_distance",
        NULL);
    check_values(&table, of_one, 8);
    reader_table_free(&table);
    read_text(&table, both,
              "x_velocity_left,y_velocity_left,x_velocity_right,y_velocity_right,x_resolution,"
              "y_resolution",
              NULL);
    check_values(&table, of_both, 6);
    reader_table_free(&table);
    refuse(one, "flags", NULL, "t:4:11: '...' is not a number");
}
END_TEST

START_TEST(trials_are_recordings)
{
    /* Named before START; named inside, after a first sample; a further one inside; one empty. */
    static const char text[] =
        "** x\n" LEFT_EYE "MSG 1 TRIALID a 1\nSTART 2\n2 1 2 3 0 ...\n3 1 2 3 0 ...\nEND 4\n"
        "START 5\n5 1 2 3 0 ...\nMSG 6 TRIALID b\r\n6 1 2 3 0 ...\nMSG 6 TRIALID b\n"
        "7 1 2 3 0 ...\nMSG\t8 -3 TRIALID  c \n8 1 2 3 0 ...\nEND 9\nSTART 10\nEND 11\n"
        "MSG 12 TRIALIDX z\nMSG 12 TRIALID\nMSG 12 TRIALID old\nMSG 12 TRIALID d\nSTART 13\n"
        "13 1 2 3 0 ...\nEND 14\n";
    static const char *const trials[] = {"a 1", "b", "c", "d"};
    static const char *const blocks[] = {"1", "2", "4"};
    static const char *const both[] = {"a 1", "1", "b", "2", "c", "2", "d", "4"};
    reader_table table;
    read_text(&table, text, "x", NULL);
    ck_assert_int_eq(table.is_split, 1);
    check_parts(&table, trials, 4, "0011123");
    reader_table_free(&table);
    read_text(&table, text, "x", "block");
    ck_assert_int_eq(table.is_split, 0);
    ck_assert_str_eq(table.key_names[0], "block");
    check_parts(&table, blocks, 3, "0011112");
    reader_table_free(&table);
    read_text(&table, text, "x", "trial,block");
    check_parts(&table, both, 4, "0011123");
    reader_table_free(&table);
    refuse(text, "x", "trial,x", "grouped by block or trial, not by 'x'");
}
END_TEST

START_TEST(trials_without_telling_names_are_numbered)
{
    static const char again[] = "** x\n" LEFT_EYE "START 1\nMSG 1 TRIALID a\n1 1 2 3\nEND 2\n"
                                "START 3\n3 1 2 3\nMSG 4 TRIALID a\nEND 4\n";
    static const char none[] =
        "** x\n" LEFT_EYE "START 1\n1 1 2 3\nEND 2\nSTART 3\nEND 4\nSTART 5\n"
        "MSG 5 TRIALID a\n5 1 2 3\n";
    static const char *const numbers[] = {"1", "2"}, *const trial[] = {"a"},
                             *const trials[] = {"", "a"};
    reader_table table;
    read_text(&table, again, "x", NULL);
    check_parts(&table, numbers, 2, "01");
    reader_table_free(&table);
    read_text(&table, again, "x", "trial");
    check_parts(&table, trial, 1, "00");
    reader_table_free(&table);
    read_text(&table, none, "x", NULL);
    check_parts(&table, numbers, 2, "01");
    reader_table_free(&table);
    read_text(&table, none, "x", "trial");
    check_parts(&table, trials, 2, "01");
    reader_table_free(&table);
}
END_TEST

START_TEST(bad_asc_is_refused)
{
    static const char start[] = "** x\nSTART 1\n", left[] = "** x\nSTART 1\nSAMPLES GAZE LEFT\n";
    char text[400];
    refuse("** x\n", "x", NULL, "no sample lies between START and END");
    refuse("** x\nSAMPLES GAZE LEFT\n1 2 3 4\nSTART 1\nEND 2\n", "x", NULL, "no sample lies");
    snprintf(text, sizeof text, "%s1 2 3 4\n", start);
    refuse(text, "x", NULL, "t:3: a sample before the first SAMPLES line");
    snprintf(text, sizeof text, "%s1 2 3 4\n2 3\n", left);
    refuse(text, "x", NULL, "t:5: a sample of 2 values where 4 are expected (time to pupil)");
    snprintf(text, sizeof text, "%s1 2 3 4\n2 3 a 5\n", left);
    refuse(text, "x,y", NULL, "t:5:3: 'a' is not a number");
    snprintf(text, sizeof text, "%s1 2 3 4\n2 .. 3 5\n", left);
    refuse(text, "x,y", NULL, "t:5:2: '..' is not a number");
    snprintf(text, sizeof text, "%s1 2 3 4\nSAMPLES GAZE LEFT RIGHT\n2 3 4 5 6 7 8\n", left);
    refuse(text, "y", NULL, "t:5: the columns of the samples change here and 'y' is no longer");
    refuse(text, "3", NULL, "t:5: the columns of the samples change here and 'y' is no longer");
    snprintf(text, sizeof text, "%s1 2 3 4\nSAMPLES GAZE RIGHT INPUT\n2 3 4 5 0\n", left);
    reader_table table;
    read_text(&table, text, "y", NULL);
    ck_assert_uint_eq(table.n_rows, 2);
    reader_table_free(&table);
    /* Some files announce a target and have none. */
    snprintf(text, sizeof text, "%sSAMPLES GAZE LEFT HTARGET\n1 2 3 4\n", start);
    refuse(text, "target_y", NULL,
           "t:4: a sample of 4 values where 6 are expected (time to target_y)");
    read_text(&table, text, "y", NULL);
    ck_assert_uint_eq(table.n_rows, 1);
    reader_table_free(&table);
}
END_TEST

START_TEST(asc_is_known_by_its_first_line)
{
    static const char *const yes[] = {
        "** CONVERTED", "**", "\n\n** \n", "MSG\t12 a", "START 5", "INPUT\t1\t0\n", "BUTTON 1\n"};
    static const char *const no[] = {"",           "***\n",       "START\tEND\n1\t2\n",
                                     "MSG,1\n",    "START\n1\n",  "MSG 1a\n",
                                     "x,y\n1,2\n", "SAMPLES 3\n", "# **\n"};
    for (size_t k = 0; k < sizeof yes / sizeof yes[0]; k++)
        ck_assert_msg(reader_asc_is((const unsigned char *)yes[k], strlen(yes[k])), "%s", yes[k]);
    for (size_t k = 0; k < sizeof no / sizeof no[0]; k++)
        ck_assert_msg(!reader_asc_is((const unsigned char *)no[k], strlen(no[k])), "%s", no[k]);
}
END_TEST

/* Rows as Tobii Pro Lab exports them: other sensors between the samples, events, empty cells. */
#define TOBII                                                                                      \
    "Recording timestamp [\xce\xbcs]\tSensor\tParticipant name\tEvent\tGaze point X [DACS px]\t"   \
    "Gaze point Y [DACS px]\tPupil diameter left [mm]\tAOI hit [a, b]\r\n"                         \
    "0\t\tP 1\tRecordingStart\t\t\t\t\r\n"                                                         \
    "8333\tEye Tracker\tP 1\t\t961\t540\t3%c0512\t0\r\n"                                           \
    "9000\tMouse\tP 1\t\t\t\t\t\r\n"                                                               \
    "16666\tEye Tracker\tP 1\t\t962%c5\t541\t\t1\r\n"

START_TEST(tobii_exports_are_read_by_their_column_names)
{
    static const double xp[] = {NAN, NAN, 961, 3.0512, NAN, NAN, 962.5, NAN};
    static const char *const sensors[] = {"", "Eye Tracker", "Mouse"};
    static const char xs[] = "Gaze point X [DACS px],Pupil diameter left [mm]";
    reader_table table;
    for (int k = 0; k < 4; k++) {
        char text[600];
        int bom = k & 1;
        char sign = k & 2 ? ',' : '.';
        snprintf(text, sizeof text, bom ? "\xef\xbb\xbf" TOBII : "" TOBII, sign, sign);
        read_text(&table, text, xs, NULL);
        check_values(&table, xp, 8);
        ck_assert_uint_eq(table.numbers[0], 5);
        reader_table_free(&table);
        read_text(&table, text, "5,7", "Sensor");
        check_values(&table, xp, 8);
        check_parts(&table, sensors, 3, "0121");
        reader_table_free(&table);
        read_text(&table, text, "\"AOI hit [a, b]\"", "Sensor,Participant name");
        ck_assert(isnan(table.values[0]) && table.values[1] == 0 && table.values[3] == 1);
        ck_assert_str_eq(table.part_keys[3], "P 1");
        reader_table_free(&table);
        read_text(&table, text, "Recording timestamp [\xce\xbcs]", NULL);
        ck_assert(table.values[3] == 16666);
        reader_table_free(&table);
        refuse(text, "gaze point x", NULL,
               "t: there is no column 'gaze point x'; there is: Gaze point X [DACS px]");
        refuse(text, "AOI hit [a, b]", NULL,
               "t: there is no column 'AOI hit [a'; there is: AOI hit [a, b]");
    }
}
END_TEST

static size_t widen(unsigned char *out, const char *text, size_t n, int is_big)
{
    unsigned char *to = out;
    for (size_t k = 0; k <= n; k++) {
        unsigned unit = k == 0 ? 0xfeff : (unsigned char)text[k - 1];
        to[is_big] = (unsigned char)(unit & 255);
        to[!is_big] = (unsigned char)(unit >> 8);
        to += 2;
    }
    return (size_t)(to - out);
}

START_TEST(utf16_is_read_as_what_it_says)
{
    enum { ROWS = 40000 };
    char *text = malloc(ROWS * 20), *at = text;
    unsigned char *wide = malloc(ROWS * 40);
    reader_table table;
    reader_error error;
    reader_request request = {.columns = "b"};
    at += sprintf(at, "a\tb\r\n");
    for (int k = 0; k < ROWS; k++)
        at += sprintf(at, "%d\t%d,5\r\n", k % 7, k);
    for (int is_big = 0; is_big < 2; is_big++) {
        size_t n = widen(wide, text, (size_t)(at - text), is_big);
        read_well(&table, wide, n, "b", NULL);
        ck_assert_uint_eq(table.n_rows, ROWS);
        for (int k = 0; k < ROWS; k++)
            ck_assert(table.values[k] == k + .5);
        reader_table_free(&table);
        ck_assert_int_ne(reader_table_read_memory(&table, wide, n - 1, "t", &request, &error), 0);
        ck_assert_ptr_nonnull(strstr(error.text, "t: the UTF-16 text ends within a character"));
    }
    /* A pair, a half at the end of a name, and a mark alone. */
    static const unsigned char pair[] = {0xff, 0xfe, 0x3d, 0xd8, 0x41, 0xdc, 0xb5,
                                         0x03, 0x3d, 0xd8, '\n', 0,    '1',  0};
    read_well(&table, pair, sizeof pair, NULL, NULL);
    ck_assert_str_eq(table.names[0], "\xf0\x9f\x91\x81\xce\xb5\xef\xbf\xbd");
    reader_table_free(&table);
    ck_assert_int_ne(reader_table_read_memory(&table, pair, 2, "t", &request, &error), 0);
    ck_assert_ptr_nonnull(strstr(error.text, "the file is empty"));
    free(text);
    free(wide);
}
END_TEST

START_TEST(lists_of_columns_are_cut_at_commas_outside_quotes)
{
    static const struct {
        const char *list, *items[4];
    } known[] = {{"x", {"x"}},
                 {"x,y", {"x", "y"}},
                 {"", {""}},
                 {",", {"", ""}},
                 {"\"a, b\",c", {"a, b", "c"}},
                 {"\"a \"\"b\"\", c\"", {"a \"b\", c"}},
                 {"a\"b,c", {"a\"b", "c"}},
                 {"\"a,b", {"\"a", "b"}},
                 {"\"\",\"\"\"\",1", {"", "\"", "1"}},
                 {"\"a\"b,c", {"ab", "c"}}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const char *list = known[k].list;
        size_t n = 0;
        while (list) {
            char item[32];
            list = reader_columns_item(list, item);
            ck_assert_ptr_nonnull(known[k].items[n]);
            ck_assert_str_eq(item, known[k].items[n++]);
        }
        ck_assert(n == 4 || !known[k].items[n]);
        ck_assert_uint_eq(reader_columns_count(known[k].list, 1), n);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("eye_trackers");
    TCase *tcase = tcase_create("eye_trackers");
    tcase_add_test(tcase, samples_of_one_eye);
    tcase_add_test(tcase, samples_of_both_eyes);
    tcase_add_test(tcase, optional_columns_keep_their_order);
    tcase_add_test(tcase, trials_are_recordings);
    tcase_add_test(tcase, trials_without_telling_names_are_numbered);
    tcase_add_test(tcase, bad_asc_is_refused);
    tcase_add_test(tcase, asc_is_known_by_its_first_line);
    tcase_add_test(tcase, tobii_exports_are_read_by_their_column_names);
    tcase_add_test(tcase, utf16_is_read_as_what_it_says);
    tcase_add_test(tcase, lists_of_columns_are_cut_at_commas_outside_quotes);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
