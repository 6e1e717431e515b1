/* test_device_faults.c - emulated devices that are missing, too small, refuse memory, fail or are
 * lost; several at once; and thousands of runs that must leave nothing behind.
 */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "emulator_control.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

static rqa__device_list *open_list(void)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, emulator_path(), NULL), RQA_OK);
    return list;
}

static uint64_t n_runs(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_RUNS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* A task of many tallies that is the same every time. */
static void make_task(random_task *r)
{
    random_task_create(r, 12, 60);
    task_drop_cuts(&r->task);
    for (uint64_t seed = 13; r->task.n_dims * r->task.n_thresholds < 9 ||
                             r->task.x.n_samples < 40 || !(r->task.tallies & 7);
         seed++) {
        random_task_destroy(r);
        random_task_create(r, seed, 60);
        task_drop_cuts(&r->task);
    }
    r->task.tallies = 31;
    task_drop_cuts(&r->task);
}

static int run(rqa__device *device, const random_task *r)
{
    task_check c = {.task = &r->task};
    int status = rqa__device_run_one(device, NULL, &r->task, NULL, task_check_tally, &c);
    ck_assert_msg(!c.wrong[0], "%s", c.wrong);
    if (!status)
        ck_assert_uint_eq(c.n_calls, r->task.n_dims * r->task.n_thresholds);
    return status;
}

static int count_call(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    ++*(unsigned *)user;
    return 0;
}

/* All columns as one part: its lines have edges. */
static int run_part(rqa__device *device, const random_task *r)
{
    unsigned n_calls = 0;
    rqa__task task = r->task;
    task.n_dims = 1;
    task.tallies = 31;
    task_drop_cuts(&task);
    task.part_end = rqa__side_vectors(&task.x, 0);
    int status = rqa__device_run_one(device, NULL, &task, NULL, count_call, &n_calls);
    if (!status)
        ck_assert_uint_eq(n_calls, task.n_thresholds);
    return status;
}

static void expect_clean(rqa__device_list *list)
{
    rqa__device_list_destroy(list);
    ck_assert_uint_eq(emulator.live_allocations(), 0);
    ck_assert_uint_eq(emulator.live_objects(), 0);
}

START_TEST(test_devices)
{
    static const unsigned counts[] = {1, 2, 4};
    random_task r;
    make_task(&r);
    for (size_t k = 0; k < 3; k++) {
        emulate("DEVICES=%u", counts[k]);
        rqa__device_list *list = open_list();
        ck_assert_uint_eq(list->n_devices, counts[k]);
        for (size_t d = 0; d < list->n_devices; d++)
            ck_assert_int_eq(run(&list->device[d], &r), RQA_OK);
        ck_assert_uint_gt(emulator.launches((int)counts[k] - 1), 0);
        expect_clean(list);
    }
    emulate("DEVICES=0");
    rqa__device_list *list = open_list();
    ck_assert_uint_eq(list->n_devices, 0);
    ck_assert_msg(strstr(list->reason, "no usable GPU: CUDA error 100"), "%s", list->reason);
    expect_clean(list);
    random_task_destroy(&r);
}
END_TEST

/* From ample to hopeless: the counts are right or the status says why. */
START_TEST(test_little_memory)
{
    random_task r;
    emulate("DEVICES=1");
    make_task(&r);
    unsigned n_right = 0, n_short = 0;
    for (uint64_t limit = 1 << 20; limit > 16; limit = limit * 7 / 8) {
        rqa__device_list *list = open_list();
        list->device[0].options.memory_limit = limit;
        int status = run(&list->device[0], &r);
        if (status) {
            ck_assert_int_eq(status, RQA_ERROR_MEMORY);
            ck_assert_msg(strstr(rqa_last_error(), "the limit is"), "%s", rqa_last_error());
        }
        ck_assert_uint_le(emulator.peak_bytes(0), (1 << 20) + 65536);
        n_right += !status;
        n_short += status != 0;
        expect_clean(list);
    }
    ck_assert_uint_gt(n_right, 10);
    ck_assert_uint_gt(n_short, 10);
    random_task_destroy(&r);
}
END_TEST

START_TEST(test_failing_allocations)
{
    random_task r;
    make_task(&r);
    for (int k = 1; k <= 3; k++) {
        emulate("FAIL_ALLOC=%d", k); /* one refusal: half as much fits */
        rqa__device_list *list = open_list();
        int status = run(&list->device[0], &r);
        ck_assert_msg(!status, "allocation %d: %s", k, rqa_last_error());
        expect_clean(list);
    }
    emulate("FAIL_HOST_ALLOC=1");
    rqa__device_list *refused = open_list();
    ck_assert_int_eq(run(&refused->device[0], &r), RQA_OK);
    expect_clean(refused);
    emulate("FAIL_HOST_ALLOC=2"); /* that of the edges */
    refused = open_list();
    ck_assert_int_eq(run_part(&refused->device[0], &r), RQA_OK);
    expect_clean(refused);
    emulate("FAIL_ALLOC=1+");
    rqa__device_list *list = open_list();
    ck_assert_int_eq(run(&list->device[0], &r), RQA_ERROR_MEMORY);
    ck_assert_msg(strstr(rqa_last_error(), "out of memory"), "%s", rqa_last_error());
    ck_assert_int_eq(list->device[0].failed, 0);
    emulate("DEVICES=1"); /* the memory is there again */
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    expect_clean(list);
    random_task_destroy(&r);
}
END_TEST

START_TEST(test_failing_launches)
{
    random_task r;
    make_task(&r);
    int status = -1;
    for (int k = 1; status; k++) {
        ck_assert_int_lt(k, 200);
        emulate("FAIL_LAUNCH=%d", k);
        rqa__device_list *list = open_list();
        status = run(&list->device[0], &r);
        if (status) {
            ck_assert_int_eq(status, RQA_ERROR_BACKEND_FAILED);
            ck_assert_msg(strstr(rqa_last_error(), "CUDA error"), "%s", rqa_last_error());
            ck_assert_int_eq(run(&list->device[0], &r), RQA_ERROR_BACKEND_FAILED);
        }
        expect_clean(list);
    }
    random_task_destroy(&r);
}
END_TEST

/* Every call of the runtime fails once, without parts and with: an error each time, nothing left
 * behind. */
START_TEST(test_failing_calls)
{
    random_task r;
    random_task_create(&r, 21, 24);
    task_drop_cuts(&r.task);
    int status = -1;
    unsigned n_errors = 0;
    for (int k = 1; status; k++) {
        ck_assert_int_lt(k, 2000);
        emulate("FAIL_CALL=%d", k);
        rqa__device_list *list = open_list();
        status = !list->n_devices ? RQA_ERROR_BACKEND_MISSING
                 : _i             ? run_part(&list->device[0], &r)
                                  : run(&list->device[0], &r);
        ck_assert(!status || status == RQA_ERROR_BACKEND_MISSING ||
                  status == RQA_ERROR_BACKEND_FAILED);
        n_errors += status != 0;
        expect_clean(list);
    }
    ck_assert_uint_gt(n_errors, 20);
    random_task_destroy(&r);
}
END_TEST

/* One device is lost in mid-run: what it delivered holds, the other goes on. */
START_TEST(test_lost_device)
{
    random_task r;
    make_task(&r);
    for (int k = 1; k < 5; k++) {
        emulate("DEVICES=2 LOSE_DEVICE=0,%d", k);
        rqa__device_list *list = open_list();
        ck_assert_uint_eq(list->n_devices, 2);
        list->device[0].options.batch_tallies = 2;
        ck_assert_ptr_eq(rqa__device_usable(list), &list->device[0]);
        ck_assert_int_eq(run(&list->device[0], &r), RQA_ERROR_BACKEND_FAILED);
        ck_assert_ptr_eq(rqa__device_usable(list), &list->device[1]);
        ck_assert_int_eq(run(&list->device[1], &r), RQA_OK);
        emulate("DEVICES=1"); /* so that it can be closed */
        rqa__device_list_destroy(list);
    }
    /* Lost before it was looked at, which making the list does not tell: the first use does. */
    emulate("DEVICES=2 LOSE_DEVICE=0,0");
    rqa__device_list *list = open_list();
    ck_assert_uint_eq(list->n_devices, 2);
    ck_assert_int_eq(run(&list->device[0], &r), RQA_ERROR_BACKEND_FAILED);
    ck_assert_ptr_eq(rqa__device_usable(list), &list->device[1]);
    ck_assert_msg(!run(&list->device[1], &r), "%s", rqa_last_error());
    rqa__device_list_destroy(list);
    random_task_destroy(&r);
}
END_TEST

/* ---- several at once ---- */

typedef struct worker {
    rqa__device *device;
    random_task r;
    char wrong[256];
    pthread_t thread;
} worker;

/* No assertion off the test's own thread. */
static void *work(void *arg)
{
    worker *w = arg;
    task_check c = {.task = &w->r.task};
    for (int k = 0; k < 5 && !w->wrong[0]; k++) {
        c.n_calls = 0;
        if (rqa__device_run_one(w->device, NULL, &w->r.task, NULL, task_check_tally, &c))
            snprintf(w->wrong, sizeof w->wrong, "%s", rqa_last_error());
        if (c.wrong[0])
            memcpy(w->wrong, c.wrong, sizeof w->wrong);
    }
    return NULL;
}

START_TEST(test_threads)
{
    enum { WORKERS = 4 };
    static worker w[WORKERS];
    emulate("DEVICES=2");
    rqa__device_list *list = open_list();
    for (unsigned k = 0; k < WORKERS; k++) { /* two wait for each other on every device */
        w[k].device = &list->device[k % 2];
        random_task_create(&w[k].r, 60 + k, 70);
        task_drop_cuts(&w[k].r.task);
    }
    for (unsigned k = 0; k < WORKERS; k++)
        ck_assert_int_eq(pthread_create(&w[k].thread, NULL, work, &w[k]), 0);
    for (unsigned k = 0; k < WORKERS; k++) {
        pthread_join(w[k].thread, NULL);
        ck_assert_msg(!w[k].wrong[0], "%s", w[k].wrong);
        random_task_destroy(&w[k].r);
    }
    expect_clean(list);
}
END_TEST

START_TEST(test_leaks)
{
    random_task r;
    emulate("DEVICES=1");
    random_task_create(&r, 21, 24);
    task_drop_cuts(&r.task);
    rqa__device_list *list = open_list();
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    uint64_t held = rqa__device_memory_held(&list->device[0]), blocks = emulator.live_allocations();
    uint64_t objects = emulator.live_objects();
    ck_assert_uint_gt(held, 0);
    for (uint64_t k = 0; k < n_runs(10000); k++) {
        ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    }
    ck_assert_uint_eq(rqa__device_memory_held(&list->device[0]), held);
    ck_assert_uint_eq(emulator.live_allocations(), blocks);
    ck_assert_uint_eq(emulator.live_objects(), objects);
    expect_clean(list);
    random_task_destroy(&r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("device_faults");
    TCase *t = tcase_create("faults");
    tcase_add_test(t, test_devices);
    tcase_add_test(t, test_little_memory);
    tcase_add_test(t, test_failing_allocations);
    tcase_add_test(t, test_failing_launches);
    tcase_add_loop_test(t, test_failing_calls, 0, 2);
    tcase_add_test(t, test_lost_device);
    tcase_add_test(t, test_threads);
    tcase_add_test(t, test_leaks);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    return support_run(s);
}
