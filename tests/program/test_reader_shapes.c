/* test_reader_shapes.c - tables as other programs write them: what is read, and what is refused
 * with which words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_clock.h"
#include "reader_layout.h"
#include "reader_table.h"
#include "support.h"

enum { MOST_VALUES = 12 };

static int read_text(reader_table *table, const char *text, const reader_request *request,
                     reader_error *error)
{
    return reader_table_read_memory(table, text, strlen(text), "t", request, error);
}

/* A text, a request, and the values it must give, row by row; gap stands for missing. */
#define gap ((double)NAN)
typedef struct shape {
    const char *text;
    reader_request request;
    size_t n_columns, n_values;
    double values[MOST_VALUES];
    const char *names; /* joined by '|' */
} shape;

static void check_shape(const shape *s)
{
    reader_table table;
    reader_error error;
    char names[100] = "";
    ck_assert_msg(read_text(&table, s->text, &s->request, &error) == 0, "%s: %s", s->text,
                  error.text);
    ck_assert_msg(table.n_columns == s->n_columns && table.n_rows * table.n_columns == s->n_values,
                  "%s: %zu x %zu", s->text, table.n_rows, table.n_columns);
    for (size_t k = 0; k < s->n_values; k++)
        ck_assert_msg(isnan(s->values[k]) ? isnan(table.values[k])
                                          : table.values[k] == s->values[k],
                      "%s: value %zu is %g", s->text, k, table.values[k]);
    for (size_t k = 0; k < table.n_columns; k++) {
        strcat(names, k ? "|" : "");
        strcat(names, table.names[k]);
    }
    if (s->names)
        ck_assert_str_eq(names, s->names);
    reader_table_free(&table);
}

static void check_shapes(const shape *shapes, size_t n)
{
    for (size_t k = 0; k < n; k++)
        check_shape(&shapes[k]);
}

#define CHECK_SHAPES(shapes) check_shapes(shapes, sizeof(shapes) / sizeof(shapes)[0])

static void refuse(const char *text, const reader_request *request, const char *why)
{
    reader_table table;
    reader_error error = {0, ""};
    ck_assert_msg(read_text(&table, text, request, &error) != 0, "read: %s", text);
    ck_assert_msg(strstr(error.text, why) != NULL, "'%s' lacks '%s'", error.text, why);
    ck_assert_int_eq(error.is_system, READER_OF_INPUT);
}

static void refuse_simple(const char *text, const char *why)
{
    reader_request request = {0};
    refuse(text, &request, why);
}

START_TEST(delimiters_at_the_end_make_no_column)
{
    static const shape shapes[] = {
        {"x,y,note\n5,2,\n3,4,\n1,6,\n", {.columns = "x,y"}, 2, 6, {5, 2, 3, 4, 1, 6}, "x|y"},
        {"x,y,a,b\n5,2,,\n3,4,,\n1,6,,q\n", {.columns = "y"}, 1, 3, {2, 4, 6}, "y"},
        {"x,y,\n5,2\n3,4\n1,6\n", {0}, 2, 6, {5, 2, 3, 4, 1, 6}, "x|y"},
        {"x,y,\n5,2,\n3,4,\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"x,y\n5,2,,,\n3,4,\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"5,2,\n3,4,\n1,6,\n", {0}, 2, 6, {5, 2, 3, 4, 1, 6}, "1|2"},
        {"5;2;;;\n3;4;;;\n", {0}, 2, 4, {5, 2, 3, 4}, "1|2"},
        {"5\t2\t\n3\t4\t\n", {0}, 2, 4, {5, 2, 3, 4}, "1|2"},
        {"x;\n1,5;\n2,5;\n", {0}, 1, 2, {1.5, 2.5}, "x"},
        {"x\n1.5,\n2.5,\n", {0}, 1, 2, {1.5, 2.5}, "x"},
        /* A value further down, or a name, makes a column of it. */
        {"5,2,\n3,4,7\n", {0}, 3, 6, {5, 2, gap, 3, 4, 7}, "1|2|3"},
        {"x,y,z\n5,2,\n3,4,\n", {0}, 3, 6, {5, 2, gap, 3, 4, gap}, "x|y|z"},
        {"x,y,\n5,2,7\n3,4,8\n", {0}, 3, 6, {5, 2, 7, 3, 4, 8}, "x|y|"}};
    CHECK_SHAPES(shapes);
    refuse_simple("x,y\n5,2\n3,4,7\n", "t:3: 3 columns where 2 are expected (as in line 1)");
}
END_TEST

START_TEST(row_names_of_r_are_left_out)
{
    static const shape shapes[] = {
        {"\"x\" \"y\"\n\"1\" 5 2\n\"2\" 3 4\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"x y\n1 5 2\n2 3 4\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"x\ty\ns1\t5\t2\ns2\t3\t4\n", {.columns = "y"}, 1, 2, {2, 4}, "y"},
        {"\"x\",\"y\"\n\"1\",5,2\n\"2\",3,4\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"\"x\"\n\"1\" 5\n\"2\" 3\n", {0}, 1, 2, {5, 3}, "x"},
        {"x y\n1 5 2\n2 3 4\n", {.columns = "all"}, 3, 6, {1, 5, 2, 2, 3, 4}, "|x|y"},
        {"x y\n1 5 2\n2 3 4\n", {.columns = "2,1"}, 2, 4, {5, 1, 3, 2}, "x|"}};
    CHECK_SHAPES(shapes);
    /* What only lacks a name is not taken for one. */
    refuse_simple("x y\n7 5 2\n8 3 4\n", "t:2: 3 columns where 2 are expected");
}
END_TEST

START_TEST(numbers_and_gaps_as_others_write_them)
{
    static const shape shapes[] = {
        {"x,y\n1,\"0,5\"\n4,\"-2,25\"\n", {0}, 2, 4, {1, 0.5, 4, -2.25}, NULL},
        {"x,y\n1,\"1,234\"\n4,\"0,5\"\n", {.decimal = ','}, 2, 4, {1, 1.234, 4, 0.5}, NULL},
        {"x,y\n\"0,5\",\"1,234\"\n\"2,5\",\"7\"\n", {0}, 2, 4, {0.5, 1.234, 2.5, 7}, NULL},
        {"x\ty\n1\tn/a\n2\tnull\n4\tN/A\n", {.columns = "y"}, 1, 3, {gap, gap, gap}, NULL},
        {"1.#QNAN,5\n-nan(ind),1\n-1.#IND,2\n<NA>,7\n#N/A,3\nNULL,4\n",
         {.columns = "1"},
         1,
         6,
         {gap, gap, gap, gap, gap, gap},
         NULL},
        {"sep=;\nx;y\n1,5;2\n0,5;3\n", {0}, 2, 4, {1.5, 2, 0.5, 3}, "x|y"},
        {"# made by hand\n# x,y\n5,2\n3,4\n", {0}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"% x y\n5 2\n3 4\n", {.columns = "y"}, 1, 2, {2, 4}, "y"},
        {"# two words\n5 2\n3 4\n", {0}, 2, 4, {5, 2, 3, 4}, "1|2"}};
    CHECK_SHAPES(shapes);
    refuse_simple("x,y\n1,\"1,234\"\n", "t:2:2: '1,234' is not a number");
    refuse_simple("x,y\n1,\"1,234\"\n", "--decimal comma");
    refuse_simple("\"1,234\",\"2,345\"\n\"0,5\",\"1,5\"\n", "t:1:1: '1,234' is not a number");
    refuse_simple("x,y\n0.5,\"0,5\"\n", "(the decimal sign here is '.')");
    refuse_simple("x,y\n1,.\n", "t:2:2: '.' is not a number; a number is expected (if it means "
                                "missing: --missing '.')");
    refuse_simple("x y\n1 ***\n", "--missing '***'");
    refuse_simple("x y\n1 blink\n", "--missing 'blink'");
    refuse_simple(". .\n1 2\n", "t:1:1: '.' is not a number");
}
END_TEST

START_TEST(rows_that_are_not_chosen_may_be_short)
{
    static const shape shapes[] = {
        {"g,x\n1\n2,5\n1,3,4\n2,7\n2,,\n",
         {.columns = "x", .where = "g=2"},
         1,
         3,
         {5, 7, gap},
         NULL},
        {"g,x,y\n,5,1\n7\n,6,2\n", {.columns = "x", .where = "g="}, 1, 2, {5, 6}, NULL}};
    CHECK_SHAPES(shapes);
    reader_request request = {.columns = "x", .where = "g=2"};
    refuse("g,x,y\n1\n2,5\n", &request, "t:3: 2 columns where 3 are expected");
    /* What chooses rows, or tells recordings apart, is no channel unless it is named. */
    static const shape keyed[] = {
        {"g,x,h\n1,5,2\n2,4,2\n1,6,2\n", {.where = "h=2", .keys = "g"}, 1, 3, {5, 4, 6}, "x"},
        {"g,x,h\n1,5,2\n2,4,2\n", {.where = "h=2", .columns = "g,x"}, 2, 4, {1, 5, 2, 4}, "g|x"}};
    CHECK_SHAPES(keyed);
}
END_TEST

START_TEST(empty_lines_do_not_vanish)
{
    static const shape shapes[] = {
        {"x\n1\n\n4\n\n\n", {0}, 1, 3, {1, gap, 4}, NULL},
        {"\n\n1\n# c\n\n \n4", {0}, 1, 4, {1, gap, gap, 4}, NULL},
        {"x\n\n1\n", {0}, 1, 2, {gap, 1}, NULL},
        {"1\t2\n\t\n3\t1\n\t\n", {0}, 2, 6, {1, 2, gap, gap, 3, 1}, NULL},
        {"1,2\n\n3,1\n", {0}, 2, 4, {1, 2, 3, 1}, NULL}};
    reader_table table;
    reader_error error;
    reader_request request = {0};
    CHECK_SHAPES(shapes);
    ck_assert_int_eq(read_text(&table, "\n\n1\n# c\n\n \n4", &request, &error), 0);
    ck_assert_uint_eq(reader_table_line(&table, 0), 3);
    ck_assert_uint_eq(reader_table_line(&table, 1), 5);
    ck_assert_uint_eq(reader_table_line(&table, 2), 6);
    ck_assert_uint_eq(reader_table_line(&table, 3), 7);
    reader_table_free(&table);
}
END_TEST

START_TEST(what_stands_above_the_table)
{
    static const shape shapes[] = {
        {"Device: A\nRate, 250\nx,y\n5,2\n3,4\n", {.skip_lines = 2}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"a\rb\rx,y\r5,2\r3,4\r", {.skip_lines = 2, .columns = "y"}, 1, 2, {2, 4}, "y"},
        {"! a\n; b\nx,y\n5,2\n!\n3,4\n", {.comment = "!;"}, 2, 4, {5, 2, 3, 4}, "x|y"},
        {"#x,y\n5,2\n3,4\n", {.comment = "%"}, 2, 4, {5, 2, 3, 4}, "#x|y"},
        {"% a\n# b\n  % c\n5 2\n3 4\n", {0}, 2, 4, {5, 2, 3, 4}, "1|2"}};
    CHECK_SHAPES(shapes);
    static const char hint[] =
        "; if the table begins in line 3, --skip-lines 2 or --comment leaves "
        "out what is above it";
    reader_request request = {.columns = "x"};
    refuse("Subject: 1\nRate: 250\nx,y\n5,2\n3,4\n", &request, hint);
    refuse_simple("Subject: 1\nRate: 250\nx,y\n5,2\n3,4\n", hint);
    refuse_simple("Subject,1\nRate,250\nx,y\n5,2\n3,4\n", hint);
    refuse_simple("made by\nhand\nx;y\n5,5;2\n3;4\n", hint);
    reader_request much = {.skip_lines = 9};
    refuse("x\n1\n", &much, "t: the file has 2 lines; --skip-lines leaves out 9");
    refuse("** asc\nSTART 1\n", &much, "t: --skip-lines is for text tables");
    /* No such hint where nothing is above. */
    static const char *const wrong[] = {"x,y\n5,2\n3,q\n", "x\n1\n2\noops\n4\n5\n",
                                        "a,x\n5,1\n1,2\n2\n3,4\n5,6\n7,1\n",
                                        "x,y\n5,2,1\n3,4,1\n1,1,1\n",
                                        "x,y,k\n5,2,a\nonly\n3,4,a\n1,1,b\n",
                                        "k,x,y\na,5,2\nb\n\na,3,4\na,1,1\n"};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        reader_table table;
        reader_error error;
        ck_assert_int_ne(read_text(&table, wrong[k], &(reader_request){0}, &error), 0);
        ck_assert_msg(!strstr(error.text, "--skip-lines"), "%s", error.text);
    }
}
END_TEST

START_TEST(names_must_tell_columns_apart)
{
    reader_request by_name = {.columns = "y,x"}, by_key = {.columns = "y", .keys = "x"},
                   by_row = {.columns = "y", .where = "x=1"}, by_number = {.columns = "4,y"};
    const char *text = "x,y,z,x\n5,2,1,6\n3,4,1,9\n";
    refuse(text, &by_name, "t: columns 1 and 4 are both named 'x'; choose one by its number");
    refuse(text, &by_key, "both named 'x'");
    refuse(text, &by_row, "both named 'x'");
    check_shape(&(shape){text, by_number, 2, 4, {6, 2, 9, 4}, "x|y"});
    check_shape(&(shape){text, {0}, 4, 8, {5, 2, 1, 6, 3, 4, 1, 9}, "x|y|z|x"});
    check_shape(&(shape){"all,x\n1,5\n3,2\n", {.columns = "\"all\""}, 1, 2, {1, 3}, "all"});
    check_shape(
        &(shape){"all,x\n1,5\n3,2\n", {.columns = "x,all"}, 3, 6, {5, 1, 5, 2, 3, 2}, NULL});
}
END_TEST

START_TEST(names_of_clocks)
{
    static const char *const sure[] = {"t",
                                       "Time",
                                       "time_ms",
                                       "Time (s)",
                                       "TIME [ms]",
                                       "t[s]",
                                       "Zeit",
                                       "Zeit (s)",
                                       "timestamp",
                                       "gaze_timestamp",
                                       "Recording timestamp [\u03bcs]",
                                       "seconds",
                                       "ms",
                                       "date",
                                       "YEAR",
                                       "device_time_stamp",
                                       "UNIXTimestamp",
                                       "tiempo",
                                       "timeS"};
    static const char *const maybe[] = {
        "Unnamed: 0", "frame",       "Frame Number", "index",         "idx",   "sample",
        "row",        "world_index", "age",          "reaction_time", "timeX", "System time"};
    static const char *const no[] = {"x",     "y",    "gaze_x", "pupil",    "tt",
                                     "trend", "team", "trial",  "x (t)",    "centimeter",
                                     "7",     "",     "t_min",  "times_x2y"};
    for (size_t k = 0; k < sizeof sure / sizeof sure[0]; k++)
        ck_assert_msg(reader_clock_by_name(sure[k]) == READER_SURE_CLOCK, "%s", sure[k]);
    for (size_t k = 0; k < sizeof maybe / sizeof maybe[0]; k++)
        ck_assert_msg(reader_clock_by_name(maybe[k]) == READER_MAYBE_CLOCK, "%s", maybe[k]);
    for (size_t k = 0; k < sizeof no / sizeof no[0]; k++)
        ck_assert_msg(reader_clock_by_name(no[k]) == READER_NO_CLOCK, "%s", no[k]);
}
END_TEST

/* n rows "clock,x" where x is no clock. */
static char *make_clocked(size_t n, double (*clock)(size_t, rng *), int digits)
{
    char *text = malloc(n * 60 + 1), *at = text;
    rng r = {5};
    for (size_t k = 0; k < n; k++) {
        double value = clock(k, &r);
        at += sprintf(at, "%.*f,%.3f\n", digits, value, rng_uniform(&r));
    }
    return text;
}

static double even(size_t k, rng *r)
{
    (void)r;
    return 0.004 * (double)k;
}

static double falling(size_t k, rng *r)
{
    (void)r;
    return 1000 - 0.25 * (double)k;
}

static double jittered(size_t k, rng *r)
{
    return 8.333 * (double)k + 0.5 * rng_uniform(r);
}

static double with_gaps(size_t k, rng *r)
{
    (void)r;
    return 0.01 * (double)(k + 40 * (k / 60));
}

static double sixtieth(size_t k, rng *r)
{
    (void)r;
    return (double)k / 60;
}

static double walk(size_t k, rng *r)
{
    return (double)(k / 3) + rng_uniform(r);
}

/* Rises, but by steps of all sizes. */
static double beats(size_t k, rng *r)
{
    static double now;
    now = k == 0 ? 0 : now + 0.1 + 9 * pow(rng_uniform(r), 3);
    return now;
}

START_TEST(values_of_clocks)
{
    static const struct {
        double (*clock)(size_t, rng *);
        int digits, is_clock;
    } known[] = {{even, 3, 1},      {even, 6, 1},     {falling, 2, 1}, {jittered, 4, 1},
                 {with_gaps, 2, 1}, {sixtieth, 2, 1}, {walk, 4, 0},    {beats, 4, 0}};
    reader_request bare = {0}, all = {.columns = "all"}, chosen = {.columns = "1,2"};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        char *text = make_clocked(400, known[k].clock, known[k].digits);
        reader_table table;
        reader_error error;
        int status = read_text(&table, text, &bare, &error);
        ck_assert_msg((status != 0) == known[k].is_clock, "clock %zu", k);
        if (status == 0)
            reader_table_free(&table);
        ck_assert_int_eq(read_text(&table, text, &all, &error), 0);
        ck_assert_uint_eq(table.n_columns, 2);
        reader_table_free(&table);
        ck_assert_int_eq(read_text(&table, text, &chosen, &error), 0);
        reader_table_free(&table);
        free(text);
    }
}
END_TEST

START_TEST(a_clock_is_no_state)
{
    refuse_simple("0.0,5,1\n0.1,2,9\n0.2,8,3\n0.3,1,4\n",
                  "t: column 1 looks like a clock (its values rise in even steps of 0.1); choose "
                  "what to analyse: --columns 2,3, or --columns all with the clock");
    refuse_simple(
        ",x,y\n3,5,1\n1,2,9\n12,8,3\n",
        "t: column 1 looks like a clock (it has no name, as row numbers have none); choose "
        "what to analyse: --columns x,y, or");
    refuse_simple("frame,x\n9,5\n4,1\n2,3\n1,7\n",
                  "column 'frame' looks like a clock (by its name, and");
    refuse_simple("x,Time (s),\"y, left\",all\n5,0,1,1\n", "--columns x,3,4, or");
    refuse_simple("7,0,5\n7,1,3\n7,2,4\n7,3,3\n", "column 2 looks like a clock");
    refuse_simple("# time,x\n1,5\n4,1\n", "column 'time' looks like a clock (by its name)");
    /* Of each recording. */
    reader_request keyed = {.keys = "g"};
    refuse("g,a,x\n1,0,5\n2,0,3\n1,2,4\n2,2,3\n1,4,4\n2,4,9\n1,6,5\n2,6,1\n", &keyed,
           "column 'a' looks like a clock (its values rise in even steps of 2)");
    static const shape shapes[] = {
        {"1\n2\n3\n4\n5\n", {0}, 1, 5, {1, 2, 3, 4, 5}, NULL},
        {"time\n1\n2\n3\n4\n5\n", {0}, 1, 5, {1, 2, 3, 4, 5}, NULL},
        {"g,time\n1,5\n1,6\n1,7\n", {.keys = "g"}, 1, 3, {5, 6, 7}, "time"},
        {"frame,x\n9,5\n4,1\n7,3\n", {0}, 2, 6, {9, 5, 4, 1, 7, 3}, NULL},
        {"reaction_time,x\n5,5\n4,1\n7,3\n", {0}, 2, 6, {5, 5, 4, 1, 7, 3}, NULL},
        {"1,5\n2,1\n3,3\n4,9\n", {.columns = "all"}, 2, 8, {1, 5, 2, 1, 3, 3, 4, 9}, NULL},
        {"t,x\n1,5\n2,1\n", {.columns = "all"}, 2, 4, {1, 5, 2, 1}, "t|x"}};
    CHECK_SHAPES(shapes);
}
END_TEST

START_TEST(memory_is_counted_and_bounded)
{
    enum { ROWS = 40000 };
    char *text = malloc(ROWS * 8 + 8), *at = text;
    reader_table table;
    reader_error error;
    for (int k = 0; k < ROWS; k++)
        at += sprintf(at, "%d,%d\n", k % 7, k % 5);
    for (uint64_t limit = 5000; limit < 3000000; limit = limit * 5 / 4) {
        reader_memory memory = {.limit = limit};
        reader_request request = {.memory = &memory, .columns = limit % 2 ? "1" : "1,2"};
        int status = read_text(&table, text, &request, &error);
        ck_assert_uint_le(memory.held, limit);
        if (status == 0) {
            ck_assert_uint_ge(memory.held, ROWS * table.n_columns * sizeof(double));
            reader_table_free(&table);
            continue;
        }
        char allowed[60];
        snprintf(allowed, sizeof allowed, "--memory allows %llu", (unsigned long long)limit);
        ck_assert_msg(strstr(error.text, allowed) != NULL, "%s", error.text);
        ck_assert_int_eq(error.is_system, READER_OF_LIMIT);
        ck_assert_ptr_null(table.values);
    }
    reader_memory memory = {.limit = 3000000};
    reader_request request = {.memory = &memory};
    ck_assert_int_eq(read_text(&table, text, &request, &error), 0);
    reader_table_free(&table);
    free(text);
}
END_TEST

/* Looking up as many names as there are columns does not take the square of as many steps, which
 * would be minutes. */
START_TEST(wide_tables_are_read_in_linear_time)
{
    enum { COLUMNS = 200000 };
    char *list = malloc(COLUMNS * 8 + 1), *text = malloc(COLUMNS * 10 + 2), *at = list;
    reader_table table;
    reader_error error;
    for (int k = 0; k < COLUMNS; k++)
        at += sprintf(at, "%sc%d", k ? "," : "", COLUMNS - k);
    at = text + sprintf(text, "%s\n", list);
    for (int k = 0; k < COLUMNS; k++)
        at += sprintf(at, "%s%d", k ? "," : "", k % 9);
    reader_request request = {.columns = list};
    ck_assert_msg(read_text(&table, text, &request, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(table.n_columns, COLUMNS);
    for (size_t k = 0; k < COLUMNS; k++)
        ck_assert(table.numbers[k] == k + 1 && table.values[k] == (double)(k % 9));
    reader_table_free(&table);
    free(list);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reader shapes");
    TCase *tcase = tcase_create("reader shapes");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, delimiters_at_the_end_make_no_column);
    tcase_add_test(tcase, row_names_of_r_are_left_out);
    tcase_add_test(tcase, numbers_and_gaps_as_others_write_them);
    tcase_add_test(tcase, rows_that_are_not_chosen_may_be_short);
    tcase_add_test(tcase, empty_lines_do_not_vanish);
    tcase_add_test(tcase, what_stands_above_the_table);
    tcase_add_test(tcase, names_must_tell_columns_apart);
    tcase_add_test(tcase, names_of_clocks);
    tcase_add_test(tcase, values_of_clocks);
    tcase_add_test(tcase, a_clock_is_no_state);
    tcase_add_test(tcase, memory_is_counted_and_bounded);
    tcase_add_test(tcase, wide_tables_are_read_in_linear_time);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
