/* test_device_bundles.c - the bundles of a run, of which one is counted while the one before it is
 * read out: that it is so, with the counts of one at a time, within the memory that both may take,
 * and whatever ends or fails in between. All in the emulator, which does what is put into a stream
 * when somebody waits for it (LAZY=1), so that it can tell what is still to be done.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "emulator_control.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

enum { N_BOUNDS = 7, N_TASKS = 5, LONG = 400, SHORT = 40 };
enum { BESIDE = 16384 }; /* bytes of jobs and histograms, which the limit leaves out */

typedef struct series_task {
    rqa__task task;
    const double *channel;
    uint32_t dims[2];
    double bounds[2 * N_BOUNDS];
    double sample[LONG];
} series_task;

/* Noise; thresholds that leave about as many lines. */
static void make_task(series_task *t, size_t n, uint64_t seed)
{
    memset(t, 0, sizeof *t);
    task_seed(seed);
    for (size_t i = 0; i < n; i++)
        t->sample[i] = (double)task_below(1 << 20) / (1 << 20);
    t->channel = t->sample;
    t->dims[0] = 1;
    t->dims[1] = 2;
    for (int k = 0; k < 2 * N_BOUNDS; k++)
        t->bounds[k] = 0.2 + 1e-3 * (k % N_BOUNDS);
    const rqa__side side = {&t->channel, n, 1, 1, t->dims};
    t->task = (rqa__task){.norm = RQA__NORM_MAXIMUM,
                          .n_dims = 2,
                          .n_thresholds = N_BOUNDS,
                          .x = side,
                          .y = side,
                          .bounds = t->bounds,
                          .tallies = 31};
}

/* What the sink sees of one task after the other. */
typedef struct watcher {
    task_check check[N_TASKS];
    size_t n_tasks, at;       /* of the last call */
    unsigned n_calls, n_busy; /* calls while something was still to be done */
    unsigned stop_at;         /* the call that ends the run; 0: none */
    atomic_int *cancel;       /* which cancels it instead */
    char wrong[256];
} watcher;

static int watch(void *user, size_t task_index, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    watcher *w = user;
    w->n_calls++;
    w->n_busy += emulator.waiting(0) > 0;
    if (task_index < w->at)
        snprintf(w->wrong, sizeof w->wrong, "task %zu after %zu", task_index, w->at);
    w->at = task_index;
    const int status = task_check_tally(&w->check[task_index], d, th, tally);
    if (w->n_calls != w->stop_at)
        return status;
    if (!w->cancel)
        return 17;
    atomic_store(w->cancel, 1);
    return status;
}

static int run_tasks(rqa__device *device, series_task *const *t, size_t n, watcher *w)
{
    const rqa__task *task[N_TASKS];
    for (size_t k = 0; k < n; k++) {
        task[k] = &t[k]->task;
        w->check[k] = (task_check){.task = task[k]};
    }
    w->n_tasks = n;
    const int status = rqa__device_run(device, NULL, task, n, w->cancel, watch, w);
    ck_assert_msg(!w->wrong[0], "%s", w->wrong);
    for (size_t k = 0; k < n; k++) {
        ck_assert_msg(!w->check[k].wrong[0], "task %zu: %s", k, w->check[k].wrong);
        if (!status)
            ck_assert_uint_eq(w->check[k].n_calls, task[k]->n_dims * task[k]->n_thresholds);
    }
    ck_assert_uint_eq(emulator.waiting(0),
                      0); /* nothing is left to be done with memory of others */
    return status;
}

static rqa__device_list *open_list(uint32_t batch_tallies, uint64_t limit)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, emulator_path(), NULL), RQA_OK);
    ck_assert_uint_eq(list->n_devices, 1);
    list->device[0].options.batch_tallies = batch_tallies;
    list->device[0].options.memory_limit = limit;
    return list;
}

static void close_list(rqa__device_list *list)
{
    rqa__device_list_destroy(list);
    ck_assert_uint_eq(emulator.live_allocations(), 0);
    ck_assert_uint_eq(emulator.live_objects(), 0);
}

/* The sink gets each bundle while the device has the next to do, but for the last one. All are of
 * one size: blocks that grow wait for the device. */
START_TEST(test_next_is_launched)
{
    static series_task t;
    series_task *const one = &t;
    make_task(&t, 96, 5);
    t.task.n_dims = 1;
    for (int k = 1; k < N_BOUNDS; k++)
        t.bounds[k] = t.bounds[0];
    for (uint32_t batch = 1; batch <= 3; batch++) {
        emulate("DEVICES=1 LAZY=1");
        rqa__device_list *list = open_list(batch, 0);
        watcher w = {.at = 0};
        ck_assert_int_eq(run_tasks(&list->device[0], &one, 1, &w), RQA_OK);
        const unsigned n = N_BOUNDS, last = n % batch ? n % batch : batch;
        ck_assert_uint_eq(w.n_calls, n);
        ck_assert_uint_eq(w.n_busy, n - last);
        close_list(list);
    }
    /* A bundle of several bands has its first there by then. */
    emulate("DEVICES=1 LAZY=1");
    rqa__device_list *list = open_list(2, 0);
    list->device[0].options.band_steps = 32;
    watcher w = {.at = 0};
    ck_assert_int_eq(run_tasks(&list->device[0], &one, 1, &w), RQA_OK);
    ck_assert_uint_eq(w.n_busy, N_BOUNDS - 1);
    close_list(list);
}
END_TEST

/* Of two bundles, from ample memory to none: both are within the limit, and where there is room for
 * one alone, there is one at a time. What jobs and histograms take beside is no part of it. */
START_TEST(test_memory)
{
    static series_task t;
    series_task *const one = &t;
    unsigned n_busy = 0, n_alone = 0, n_short = 0;
    make_task(&t, LONG, 6);
    for (uint64_t limit = 1 << 20; limit > 8192; limit = limit * 7 / 8) {
        emulate("DEVICES=1 LAZY=1");
        rqa__device_list *list = open_list(2, limit);
        watcher w = {.at = 0};
        const int status = run_tasks(&list->device[0], &one, 1, &w);
        ck_assert(!status || status == RQA_ERROR_MEMORY);
        ck_assert_uint_le(emulator.peak_bytes(0), limit + BESIDE);
        n_busy += !status && w.n_busy > 0;
        n_alone += !status && w.n_busy == 0;
        n_short += status != 0;
        close_list(list);
    }
    ck_assert_uint_gt(n_busy, 3);
    ck_assert_uint_gt(n_alone, 0);
    ck_assert_uint_gt(n_short, 3);
}
END_TEST

/* Long series among short ones, run after run on one device, whose blocks stay: those that need the
 * whole memory have it, though two smaller ones have left blocks, and those that do not share it
 * again. */
START_TEST(test_sizes)
{
    static series_task large, middle, small[4];
    series_task *const mixed[N_TASKS] = {&small[0], &large, &small[1], &small[2], &small[3]};
    series_task *const only_large = &large, *const only_middle = &middle;
    make_task(&large, LONG, 7);
    make_task(&middle, LONG * 5 / 8, 7);
    for (int k = 0; k < 4; k++)
        make_task(&small[k], SHORT + (size_t)k, 8 + (uint64_t)k);
    emulate("DEVICES=1 LAZY=1");
    rqa__device_list *ample = open_list(1, 0);
    watcher w = {.at = 0};
    ck_assert_int_eq(run_tasks(&ample->device[0], &only_large, 1, &w), RQA_OK);
    const uint64_t most = emulator.peak_bytes(0) * 9 / 16; /* two had room */
    close_list(ample);

    emulate("DEVICES=1 LAZY=1");
    rqa__device_list *list = open_list(1, most);
    for (int k = 0; k < 3; k++) {
        watcher apart = {.at = 0}, together = {.at = 0};
        ck_assert_msg(!run_tasks(&list->device[0], &only_large, 1, &apart), "%s", rqa_last_error());
        ck_assert_uint_eq(apart.n_busy, 0);
        ck_assert_msg(!run_tasks(&list->device[0], mixed, N_TASKS, &together), "%s",
                      rqa_last_error());
        ck_assert_uint_ge(together.n_busy, 3 * 2 * N_BOUNDS - 3);
        watcher halves = {.at = 0};
        ck_assert_msg(!run_tasks(&list->device[0], &only_middle, 1, &halves), "%s",
                      rqa_last_error());
        ck_assert_uint_ge(halves.n_busy, 2 * N_BOUNDS - 3);
        ck_assert_uint_le(emulator.peak_bytes(0), most + BESIDE / 2);
    }
    close_list(list);
}
END_TEST

/* It ends in the middle, by the host's will: at once, with nothing left in the queue, so that the
 * same device counts right again. */
START_TEST(test_ends)
{
    static series_task t, other;
    series_task *const one = &t, *const two = &other;
    make_task(&t, 96, 11);
    make_task(&other, 80, 12);
    emulate("DEVICES=1 LAZY=1");
    rqa__device_list *list = open_list(2, 0);
    for (unsigned at = 1; at <= 2 * N_BOUNDS; at++)
        for (int cancels = 0; cancels < 2; cancels++) {
            atomic_int cancel = 0;
            watcher w = {.stop_at = at, .cancel = cancels ? &cancel : NULL}, again = {.at = 0};
            const int status = run_tasks(&list->device[0], &one, 1, &w);
            if (cancels &&
                at > 2 * N_BOUNDS - 2) /* the last bundle has nothing to be asked before */
                ck_assert_int_eq(status, RQA_OK);
            else
                ck_assert_int_eq(status, cancels ? RQA_ERROR_CANCELLED : 17);
            if (status)
                ck_assert_uint_le(w.n_calls, cancels ? at + at % 2 : at);
            ck_assert_int_eq(run_tasks(&list->device[0], &two, 1, &again), RQA_OK);
        }
    close_list(list);
}
END_TEST

/* Whichever allocation is refused, of the device's memory or the host's, bundles come in order and
 * complete. */
START_TEST(test_refused)
{
    static series_task t;
    series_task *const one = &t;
    static const char *const kinds[] = {"FAIL_ALLOC", "FAIL_HOST_ALLOC"};
    make_task(&t, 96, 13);
    for (int lazy = 0; lazy < 2; lazy++)
        for (int kind = 0; kind < 2; kind++)
            for (int k = 1; k <= 8; k++) {
                emulate("%s=%d LAZY=%d", kinds[kind], k, lazy);
                rqa__device_list *list = open_list(3, 0);
                watcher w = {.at = 0};
                ck_assert_msg(!run_tasks(&list->device[0], &one, 1, &w), "%s %d: %s", kinds[kind],
                              k, rqa_last_error());
                close_list(list);
            }
    emulate("FAIL_ALLOC=3+ LAZY=1"); /* room for one bundle, then none for its histograms */
    rqa__device_list *list = open_list(3, 0);
    watcher w = {.at = 0};
    ck_assert_int_eq(run_tasks(&list->device[0], &one, 1, &w), RQA_ERROR_MEMORY);
    ck_assert_uint_eq(w.n_calls, 0);
    close_list(list);
}
END_TEST

/* Every call and launch fails once: an error, what was delivered before was right, and nothing
 * stays. */
START_TEST(test_failing)
{
    static series_task t;
    static const char *const kinds[] = {"FAIL_CALL", "FAIL_LAUNCH"};
    make_task(&t, SHORT, 14);
    t.task.n_dims = 1;
    int status = -1;
    for (int k = 1; status; k++) {
        ck_assert_int_lt(k, 2000);
        emulate("%s=%d LAZY=1", kinds[_i], k);
        rqa__device_list *list = NULL;
        ck_assert_int_eq(rqa__device_list_create(&list, emulator_path(), NULL), RQA_OK);
        status = RQA_ERROR_BACKEND_MISSING;
        watcher w = {.at = 0};
        if (list->n_devices > 0) {
            const rqa__task *task = &t.task;
            list->device[0].options.batch_tallies = 2;
            w.check[0].task = task;
            status = rqa__device_run(&list->device[0], NULL, &task, 1, NULL, watch, &w);
            ck_assert_msg(!w.check[0].wrong[0], "%s", w.check[0].wrong);
        }
        ck_assert(!status || status == RQA_ERROR_BACKEND_MISSING ||
                  status == RQA_ERROR_BACKEND_FAILED);
        close_list(list);
        if (!status)
            ck_assert_uint_eq(w.n_calls, N_BOUNDS);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("device_bundles");
    TCase *races = tcase_create("races"), *t = tcase_create("bundles");
    tcase_set_timeout(races, 600);
    tcase_add_test(races, test_next_is_launched); /* little, for ThreadSanitizer */
    suite_add_tcase(s, races);
    tcase_add_test(t, test_next_is_launched);
    tcase_add_test(t, test_memory);
    tcase_add_test(t, test_sizes);
    tcase_add_test(t, test_ends);
    tcase_add_test(t, test_refused);
    tcase_add_loop_test(t, test_failing, 0, 2);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    return support_run(s);
}
