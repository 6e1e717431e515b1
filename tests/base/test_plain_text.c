/* test_plain_text.c - what the library says is fit for a terminal, whatever names are in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"
#include "rqa/store.h"
#include "support.h"

#define EVIL "\x1b]0;x\x07\xc2\x9b" "31m\x9b\xff\xe2\x80\xae\xe2\x81\xa6\x7f\r\n"
#define EVIL_SHOWN "?]0;x??31m???????"

START_TEST(in_place)
{
    static const struct {
        const char *given, *shown;
    } text[] = {
        {"", ""},
        {"plain", "plain"},
        {EVIL, EVIL_SHOWN},
        {"Z\xc3\xbcrich \xe6\x9d\xb1 \xf0\x9f\x94\xac", "Z\xc3\xbcrich \xe6\x9d\xb1 \xf0\x9f\x94\xac"},
        {"\xd9\x85\xe2\x80\x8c\xd8\xae", "\xd9\x85\xe2\x80\x8c\xd8\xae"}, /* a joiner in a word */
        {"\xc3", "?"},
        {"\xe6\x9d", "??"},
        {"\xc0\xaf|\xe0\x80\xaf|\xf0\x80\x80\xaf", "??|???|????"}, /* overlong */
        {"\xed\xa0\x80|\xf4\x90\x80\x80|\xf8\x88\x80\x80\x80", "???|????|?????"},
        {"a\tb\nc", "a?b?c"},
        {"\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xf3\xa0\x80\x81", "????"},
    };
    for (size_t k = 0; k < sizeof text / sizeof text[0]; k++) {
        char copy[100];
        snprintf(copy, sizeof copy, "%s", text[k].given);
        rqa__plain_text(copy, "");
        ck_assert_str_eq(copy, text[k].shown);
    }
    char lines[] = "a\tb\nc\x1b";
    rqa__plain_text(lines, "\n");
    ck_assert_str_eq(lines, "a?b\nc?");
}
END_TEST

/* All code points come back as they were written; those that Unicode has no character for at most. */
START_TEST(code_points)
{
    unsigned n = 0;
    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        char text[5] = "";
        if (code < 0x80)
            text[0] = (char)code;
        else if (code < 0x800)
            text[0] = (char)(0xc0 | code >> 6), text[1] = (char)(0x80 | (code & 63));
        else if (code < 0x10000)
            text[0] = (char)(0xe0 | code >> 12), text[1] = (char)(0x80 | (code >> 6 & 63)),
            text[2] = (char)(0x80 | (code & 63));
        else
            text[0] = (char)(0xf0 | code >> 18), text[1] = (char)(0x80 | (code >> 12 & 63)),
            text[2] = (char)(0x80 | (code >> 6 & 63)), text[3] = (char)(0x80 | (code & 63));
        const char *at = text;
        uint32_t got = rqa__utf8_next(&at);
        int is_surrogate = code >= 0xd800 && code < 0xe000;
        if (got != (is_surrogate ? RQA__NO_CODE : code) || at != text + (is_surrogate ? 1 : strlen(text)))
            ck_abort_msg("U+%04x gave U+%04x", (unsigned)code, (unsigned)got);
        n++;
    }
    ck_assert_uint_eq(n, 0x10ffff);
}
END_TEST

static int n_lines;

static void on_line(void *user, int32_t level, const char *line)
{
    char copy[600];
    (void)user;
    (void)level;
    snprintf(copy, sizeof copy, "%s", line);
    rqa__plain_text(copy, "");
    ck_assert_str_eq(copy, line);
    n_lines++;
}

static void expect_plain(int32_t status)
{
    char copy[600];
    ck_assert_int_ne(status, RQA_OK);
    snprintf(copy, sizeof copy, "%s", rqa_last_error());
    rqa__plain_text(copy, "");
    ck_assert_str_eq(copy, rqa_last_error());
    ck_assert_msg(strstr(copy, "?]0;x") != NULL, "%s", copy);
}

/* One failure of each room that quotes something from outside. */
START_TEST(errors_and_log)
{
    static const double value[6] = {1, 2, 1, 2, 3, 1}, threshold[1] = {.5};
    static const uint32_t one[1] = {1};
    int32_t number;
    rqa_context *context;
    rqa_store *store;
    rqa_batch *batch;
    rqa_matrix *matrix;
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.log = on_line;
    options.log_level = RQA_LOG_DEBUG;
    ck_ok(rqa_context_create(&context, &options));
    expect_plain(rqa_backend_from_name(&number, EVIL));
    expect_plain(rqa_norm_from_name(&number, EVIL));
    expect_plain(rqa_store_open(&store, context, "/nowhere/" EVIL, NULL));
    rqa_series *series = support_series(context, value, 6, 1);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, NULL));
    expect_plain(rqa_matrix_write_png(matrix, "/nowhere/" EVIL, NULL));
    rqa_batch_options grid;
    rqa_batch_options_init(&grid);
    grid.dims = grid.delays = grid.lmins = grid.vmins = one;
    grid.thresholds = threshold;
    grid.n_dims = grid.n_delays = grid.n_lmins = grid.n_vmins = grid.n_thresholds = 1;
    ck_ok(rqa_batch_create(&batch, context, &grid));
    const char *keys[2] = {EVIL, EVIL}, *values[2] = {"1", "2"};
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series,
                           .label = EVIL, .key_names = keys, .key_values = values, .n_keys = 2};
    expect_plain(rqa_batch_add(batch, &item)); /* the same key twice */
    item.n_keys = 1;
    ck_ok(rqa_batch_add(batch, &item));
    ck_ok(rqa_batch_run(batch, NULL, NULL));
    ck_assert_int_gt(n_lines, 0);
    rqa_batch_destroy(batch);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}
END_TEST

/* The plugin's path and words come from the environment and the loader. */
START_TEST(environment)
{
    rqa_context *context = support_context(1);
    rqa_backend_info info = {.struct_size = sizeof info};
    ck_ok(rqa_context_backend_at(context, 2, &info));
    ck_assert(!info.available);
    char copy[600];
    snprintf(copy, sizeof copy, "%s", info.detail);
    rqa__plain_text(copy, "");
    ck_assert_str_eq(copy, info.detail);
    ck_assert_msg(strstr(copy, "?]0;x") != NULL, "%s", copy);
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("plain_text");
    setenv("RQA_PLUGIN_PATH", "/nowhere/" EVIL, 1);
    tcase_add_test(tcase, in_place);
    tcase_add_test(tcase, code_points);
    tcase_add_test(tcase, errors_and_log);
    tcase_add_test(tcase, environment);
    Suite *suite = suite_create("plain_text");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
