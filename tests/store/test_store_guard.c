/* test_store_guard.c - what SQLite does for librqa on a file that it must not trust: reads and writes
 * tables, in bounded time, and can be stopped. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rqa/rqa.h"
#include "store/store_state.h"
#include "support.h"

static rqa_context *context;
static char folder[] = "/tmp/rqa_guard_XXXXXX";
static char path[64];
static rqa_store *store;

static void setup(void)
{
    context = support_context(1);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store", folder);
    ck_ok(rqa_store_open(&store, context, path, NULL));
}

static void teardown(void)
{
    rqa_store_close(store);
    rqa_context_destroy(context);
    unlink(path);
    rmdir(folder);
    strcpy(folder, "/tmp/rqa_guard_XXXXXX");
}

#define ENDLESS                                                                                    \
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

START_TEST(what_does_not_end_is_ended)
{
    int64_t n;
    ck_fails(rqa__store_integer(store, ENDLESS, &n), RQA_ERROR_STORE_FORMAT, "store|did not end");
    ck_fails(rqa__store_exec(store, ENDLESS, "read"), RQA_ERROR_STORE_FORMAT, "did not end");
    ck_ok(rqa__store_integer(store, "SELECT 5", &n)); /* and the next begins anew */
    ck_assert_int_eq(n, 5);
    sqlite3_stmt *rows;
    int row;
    ck_ok(rqa__store_prepare(store, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
                                    " SELECT x FROM c", &rows));
    for (int k = 0; k < 3000000; k++) /* each row is counted by itself */
        if (rqa__store_step(store, rows, &row, "read"))
            ck_abort_msg("%s", rqa_last_error());
    sqlite3_finalize(rows);
}
END_TEST

START_TEST(a_query_can_be_cancelled)
{
    atomic_int cancel = 1;
    int64_t n;
    ck_ok(rqa__store_begin(store, NULL));
    rqa__store_listen(store, &cancel);
    int status = rqa__store_integer(store, ENDLESS, &n);
    ck_fails(rqa__store_end(store, status), RQA_ERROR_CANCELLED, "cancelled");
    ck_ok(rqa__store_begin(store, NULL)); /* listens to nobody */
    ck_ok(rqa__store_end(store, rqa__store_exec(store, "UPDATE run SET why = ''", "write")));
}
END_TEST

START_TEST(only_tables_are_used)
{
    ck_fails(rqa__store_exec(store, "SELECT * FROM results", "read"), RQA_ERROR_STORE, "view");
    ck_fails(rqa__store_exec(store, "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = ''",
                             "write"), RQA_ERROR_STORE, "sqlite_");
    ck_fails(rqa__store_exec(store, "ATTACH ':memory:' AS a; ATTACH ':memory:' AS b", "read"),
             RQA_ERROR_STORE, "attached");
    ck_fails(rqa__store_exec(store, "SELECT \"no such column\" FROM item", "read"), RQA_ERROR_STORE,
             "no such column");
    ck_fails(rqa__store_exec(store, "SELECT length(zeroblob(300000000) || 'a')", "read"),
             RQA_ERROR_STORE, "too big");
    /* The trigger that stops an older librqa does not stop this one. */
    ck_ok(rqa__store_exec(store, "INSERT INTO worker(process) VALUES(1); DELETE FROM worker",
                          "write"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("guard");
    TCase *tc = tcase_create("guard");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_does_not_end_is_ended);
    tcase_add_test(tc, a_query_can_be_cancelled);
    tcase_add_test(tc, only_tables_are_used);
    suite_add_tcase(s, tc);
    return support_run(s);
}
