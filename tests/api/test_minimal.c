/* test_minimal.c - a librqa without stores or PNG: what it lacks is there and says so, and leaves
 * nothing behind. */
#include <stdio.h>
#include <string.h>

#include "support.h"

static const double series[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};

static void check_refusal(rqa_status status, const char *option)
{
    ck_assert_int_eq(status, RQA_ERROR_UNSUPPORTED);
    ck_assert_msg(strstr(rqa_last_error(), option), "%s", rqa_last_error());
}

static void check_no_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(!file, "%s was made", path);
}

START_TEST(stores_are_refused)
{
    rqa_context *context = NULL;
    rqa_store *store = (rqa_store *)&context;
    rqa_store_cursor *cursor = (rqa_store_cursor *)&context;
    rqa_store_query query = {.struct_size = sizeof query, .sql = "SELECT 1"};
    rqa_store_block block = {.struct_size = sizeof block};
    rqa_store_summary summary = {.struct_size = sizeof summary};
    rqa_store_options options;
    ck_assert_int_eq(rqa_context_create(&context, NULL), RQA_OK);
    rqa_store_options_init(&options);
    ck_assert(options.struct_size > 0);
    check_refusal(rqa_store_open(&store, context, "minimal.sqlite", &options), "RQA_STORE=OFF");
    ck_assert(!store);
    check_no_file("minimal.sqlite");
    ck_assert_int_eq(rqa_store_open(NULL, context, "x", NULL), RQA_ERROR_NULL);
    check_refusal(rqa_batch_set_store(NULL, NULL), "RQA_STORE=OFF");
    check_refusal(rqa_store_summarize(NULL, &summary), "RQA_STORE=OFF");
    check_refusal(rqa_store_merge(NULL, "x"), "RQA_STORE=OFF");
    check_refusal(rqa_store_read(NULL, NULL, NULL, NULL), "RQA_STORE=OFF");
    ck_assert(!rqa_store_key(NULL, 0) && !rqa_store_rule_name(0));
    check_refusal(rqa_store_cursor_create(&cursor, NULL, &query), "RQA_STORE=OFF");
    ck_assert(!cursor);
    ck_assert_int_eq(rqa_store_cursor_create(NULL, NULL, &query), RQA_ERROR_NULL);
    check_refusal(rqa_store_cursor_next(NULL, &block), "RQA_STORE=OFF");
    rqa_store_cursor_destroy(NULL);
    rqa_store_close(NULL);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(pictures_are_refused)
{
    rqa_context *context = NULL;
    rqa_series *s = NULL;
    rqa_embedding *e = NULL;
    rqa_matrix *m = NULL;
    rqa_analysis_options options;
    rqa_analysis_options_init(&options);
    options.threshold = 0.65;
    ck_assert_int_eq(rqa_context_create(&context, NULL), RQA_OK);
    ck_assert_int_eq(rqa_series_create(&s, context, series, 13, 1, NULL), RQA_OK);
    ck_assert_int_eq(rqa_embedding_create(&e, s, 2, 2), RQA_OK);
    ck_assert_int_eq(rqa_matrix_create(&m, e, NULL, &options), RQA_OK);
    check_refusal(rqa_matrix_write_png(m, "minimal.png", NULL), "RQA_PNG=OFF");
    check_refusal(rqa_plot_write_png("minimal.png", e, NULL, &options, NULL), "RQA_PNG=OFF");
    check_refusal(rqa_distance_plot_write_png("minimal.png", e, NULL, &options, NULL), "RQA_PNG=OFF");
    check_no_file("minimal.png");
    rqa_matrix_destroy(m);
    rqa_embedding_destroy(e);
    rqa_series_destroy(s);
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("minimal");
    TCase *t = tcase_create("minimal");
    if (!RQA_TEST_STORE)
        tcase_add_test(t, stores_are_refused);
    if (!RQA_TEST_PNG)
        tcase_add_test(t, pictures_are_refused);
    suite_add_tcase(s, t);
    return support_run(s);
}
