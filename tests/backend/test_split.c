/* test_split.c - one series shared between emulated devices and threads: whoever computed what, the
 * counts are those of the brute force and of rqa__cpu_run(); devices that are lost or too small
 * give their part back; cancelling, failing memory; and the public backend HYBRID.
 */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/cpu_run.h"
#include "backend/split_run.h"
#include "batch/analyze_shared.h"
#include "emulator_control.h"
#include "failing_memory.h"
#include "lines/part.h"
#include "support.h"
#include "task_draws.h"

static uint64_t n_draws(uint64_t usual)
{
    return env_number("RQA_TEST_DRAWS", usual);
}

/* ---- a team ---- */

enum { MOST_DEVICES = 4 };

typedef struct crew {
    rqa_context *context;
    rqa__device_list *list; /* NULL: threads alone */
    rqa__device *device[MOST_DEVICES];
    double speed[MOST_DEVICES];
    rqa__split_team team;
    rqa__split_report report;
} crew;

static void crew_create(crew *c, int with_devices, unsigned n_threads)
{
    memset(c, 0, sizeof *c);
    c->context = support_context(1);
    if (with_devices)
        ck_assert_int_eq(rqa__device_list_create(&c->list, emulator_path(), NULL), RQA_OK);
    size_t n = c->list ? c->list->n_devices : 0;
    for (size_t k = 0; k < n; k++) {
        c->device[k] = &c->list->device[k];
        c->speed[k] = 0.01;
    }
    c->team = (rqa__split_team){.device = c->device,
                                .n_devices = n,
                                .device_speed = c->speed,
                                .n_threads = n_threads,
                                .thread_speed = 0.02,
                                .may_lose_devices = 1};
}

static void crew_destroy(crew *c)
{
    rqa__device_list_destroy(c->list);
    if (c->list)
        ck_assert_uint_eq(emulator.live_allocations(), 0);
    rqa_context_destroy(c->context);
}

static int run(crew *c, const rqa__task *task, const atomic_int *cancel)
{
    task_check check = {.task = task};
    int status =
        rqa__split_run(c->context, &c->team, task, cancel, task_check_tally, &check, &c->report);
    ck_assert_msg(!check.wrong[0], "%s", check.wrong);
    if (!status)
        ck_assert_uint_eq(check.n_calls, task->n_dims * task->n_thresholds);
    return status;
}

static void run_draw(crew *c, uint64_t seed, size_t most)
{
    random_task r;
    random_task_create(&r, seed, most);
    task_drop_cuts(&r.task);
    c->team.least_ns = task_below(3) == 0 ? 1e5 : 0;
    c->team.thread_speed = task_below(2) ? 0.02 : 1; /* wrong guesses, too */
    task_check check = {.task = &r.task};
    int status =
        rqa__split_run(c->context, &c->team, &r.task, NULL, task_check_tally, &check, &c->report);
    char what[256];
    random_task_describe(what, sizeof what, &r);
    ck_assert_msg(!status && !check.wrong[0], "draw %llu (%s): %s", (unsigned long long)seed, what,
                  status ? rqa_last_error() : check.wrong);
    ck_assert_uint_eq(check.n_calls, r.task.n_dims * r.task.n_thresholds);
    random_task_destroy(&r);
}

/* A symmetric task of some length: many parts, every kind of line. */
static void long_task(random_task *r, size_t n, uint32_t relation)
{
    uint64_t seed = 1;
    for (random_task_create(r, seed, n);
         r->task.relation != relation || r->task.skips || r->task.x.n_samples < n * 3 / 4 ||
         (relation != RQA__RELATION_AUTO && r->task.y.n_samples < n * 3 / 4) ||
         r->task.n_thresholds < 2 || r->task.bounds[r->task.n_thresholds - 1] <= 0;) {
        random_task_destroy(r);
        random_task_create(r, ++seed, n);
    }
    r->task.n_dims = 1;
    r->task.tallies = 31;
}

/* ---- equal counts ---- */

START_TEST(test_threads_alone)
{
    for (unsigned n = 1; n <= 3; n++) {
        crew c;
        crew_create(&c, 0, n);
        uint64_t n_parts = 0;
        for (uint64_t seed = 1; seed <= n_draws(120); seed++) {
            run_draw(&c, 3000 + 1000 * n + seed, seed % 4 ? 200 : 500);
            n_parts += c.report.n_parts_of_threads;
        }
        ck_assert_uint_gt(n_parts, 3 * n_draws(120));
        crew_destroy(&c);
    }
}
END_TEST

START_TEST(test_devices)
{
    static const unsigned counts[] = {1, 2, 4};
    char settings[32];
    snprintf(settings, sizeof settings, "DEVICES=%u", counts[_i / 3]);
    emulate("%s", settings);
    crew c;
    crew_create(&c, 1, (unsigned)_i % 3);
    ck_assert_uint_eq(c.team.n_devices, counts[_i / 3]);
    uint64_t of_devices = 0, of_threads = 0;
    for (uint64_t seed = 1; seed <= n_draws(24); seed++) {
        run_draw(&c, 100 * (uint64_t)_i + seed, seed % 4 ? 150 : 400);
        of_devices += c.report.n_parts_of_devices;
        of_threads += c.report.n_parts_of_threads;
        ck_assert_uint_eq(c.report.n_lost, 0);
    }
    ck_assert_uint_gt(of_devices + of_threads, n_draws(24));
    if (_i % 3 == 0)
        ck_assert_uint_eq(of_threads, 0);
    crew_destroy(&c);
}
END_TEST

typedef struct copy {
    rqa__part part; /* all the counts, without a line */
    rqa__part_shape shape;
} copy;

static int take_copy(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    copy *c = user;
    (void)d;
    (void)t;
    rqa__part_free(&c->part);
    return rqa__part_take(&c->part, &c->shape, 0, c->shape.n_x, tally);
}

/* Longer series: what rqa__cpu_run() says of them. */
START_TEST(test_long)
{
    emulate("DEVICES=2");
    crew c;
    crew_create(&c, 1, 1);
    random_task r;
    long_task(&r, 2500, (uint32_t)_i);
    const uint32_t last = r.task.n_thresholds - 1; /* the largest */
    r.task.bounds += last;
    r.task.bounds_y += r.task.bounds_y ? last : 0;
    r.task.n_thresholds = 1;
    copy expected = {.shape = {.n_x = 1, .n_y = 1, .tallies = RQA__TALLY_OFFSETS}}, got = expected;
    ck_assert_int_eq(task_on_cpu(&r.task, -1, take_copy, &expected), RQA_OK);
    ck_assert_msg(!rqa__split_run(c.context, &c.team, &r.task, NULL, take_copy, &got, &c.report),
                  "%s", rqa_last_error());
    ck_assert_uint_gt(c.report.n_parts_of_devices + c.report.n_parts_of_threads, 3);
    ck_assert_uint_eq(got.part.points, expected.part.points);
    ck_assert_uint_gt(got.part.points, 0);
    ck_assert_uint_eq(got.part.gap_sum, expected.part.gap_sum);
    for (int k = 0; k < RQA__PART_KINDS; k++) {
        ck_assert_uint_eq(got.part.n_bins[k], expected.part.n_bins[k]);
        ck_assert(!memcmp(got.part.bin[k], expected.part.bin[k],
                          got.part.n_bins[k] * sizeof *got.part.bin[k]));
    }
    ck_assert_uint_eq(got.part.n_offsets, expected.part.n_offsets);
    ck_assert(!memcmp(got.part.offset_points, expected.part.offset_points,
                      got.part.n_offsets * sizeof *got.part.offset_points));
    rqa__part_free(&got.part);
    rqa__part_free(&expected.part);
    random_task_destroy(&r);
    crew_destroy(&c);
}
END_TEST

/* ---- devices that fail ---- */

static size_t run_and_lose(const random_task *r, int k, unsigned threads)
{
    emulate("DEVICES=2 LOSE_DEVICE=0,%d", k);
    crew c;
    crew_create(&c, 1, threads);
    ck_assert_msg(!run(&c, &r->task, NULL), "%s", rqa_last_error());
    if (c.report.n_lost)
        ck_assert_msg(strstr(c.report.lost, "CUDA error"), "%s", c.report.lost);
    size_t n_lost = c.report.n_lost;
    emulate("DEVICES=1"); /* so that it can be closed */
    crew_destroy(&c);
    return n_lost;
}

/* Lost after its k-th launch: the rest is for the others. */
START_TEST(test_lost_device)
{
    random_task r;
    long_task(&r, 300, (uint32_t)_i);
    size_t n_lost = 0;
    for (int k = 1; k < 60; k += 6)
        for (unsigned threads = 0; threads < 2; threads++)
            n_lost += run_and_lose(&r, k, threads);
    for (int more = 0; n_lost == 0 && more < 1000; more++) /* while the others are quicker */
        n_lost = run_and_lose(&r, 1, 0);
    ck_assert_uint_gt(n_lost, 0);
    random_task_destroy(&r);
}
END_TEST

/* All of them: threads finish if they may. A thread may have been quicker than a device. */
START_TEST(test_all_lost)
{
    random_task r;
    long_task(&r, 1200, RQA__RELATION_AUTO);
    for (unsigned threads = 0; threads < 2; threads++)
        for (int may = 0; may < 2; may++) {
            emulate("DEVICES=2 FAIL_LAUNCH=1+");
            crew c;
            crew_create(&c, 1, threads);
            c.team.may_lose_devices = may;
            int status = run(&c, &r.task, NULL);
            ck_assert_uint_eq(c.report.n_parts_of_devices, 0);
            if (threads == 0)
                ck_assert_uint_eq(c.report.n_lost, 2);
            if (threads && (may || c.report.n_lost < 2)) {
                ck_assert_msg(!status, "%s", rqa_last_error());
                ck_assert_uint_gt(c.report.n_parts_of_threads, 0);
            } else {
                ck_assert_int_eq(status, RQA_ERROR_BACKEND_FAILED);
                ck_assert_msg(strstr(rqa_last_error(), "CUDA error"), "%s", rqa_last_error());
            }
            if (c.report.n_lost)
                ck_assert_msg(strstr(c.report.lost, "CUDA error"), "%s", c.report.lost);
            emulate("DEVICES=1");
            crew_destroy(&c);
        }
    random_task_destroy(&r);
}
END_TEST

/* Too little memory on the devices: alone that is the error, beside a thread no harm. */
START_TEST(test_device_memory)
{
    random_task r;
    long_task(&r, 1200, RQA__RELATION_AUTO);
    for (unsigned threads = 0; threads < 2; threads++) {
        emulate("DEVICES=2");
        crew c;
        crew_create(&c, 1, threads);
        c.list->device[0].options.memory_limit = 2000;
        c.list->device[1].options.memory_limit = 2000;
        int status = run(&c, &r.task, NULL);
        ck_assert_int_eq(status, threads ? RQA_OK : RQA_ERROR_MEMORY);
        ck_assert_uint_eq(c.report.n_parts_of_devices, 0);
        if (threads == 0)
            ck_assert_uint_eq(c.report.n_lost, 2);
        if (c.report.n_lost)
            ck_assert_msg(strstr(c.report.lost, "the limit is"), "%s", c.report.lost);
        crew_destroy(&c);
    }
    random_task_destroy(&r);
}
END_TEST

/* ---- cancelling ---- */

typedef struct canceller {
    atomic_int cancel;
    unsigned n_calls;
    int result;
} canceller;

static int cancel_after_first(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    canceller *c = user;
    (void)d;
    (void)t;
    (void)tally;
    c->n_calls++;
    atomic_store(&c->cancel, 1);
    return c->result;
}

START_TEST(test_cancel)
{
    emulate("DEVICES=2");
    random_task r;
    long_task(&r, 300, RQA__RELATION_JOINT);
    crew c;
    crew_create(&c, 1, 1);
    canceller user = {.cancel = 1};
    ck_assert_int_eq(rqa__split_run(c.context, &c.team, &r.task, &user.cancel, cancel_after_first,
                                    &user, &c.report),
                     RQA_ERROR_CANCELLED);
    ck_assert_uint_eq(user.n_calls, 0);
    user.cancel = 0;
    ck_assert_int_eq(rqa__split_run(c.context, &c.team, &r.task, &user.cancel, cancel_after_first,
                                    &user, &c.report),
                     RQA_ERROR_CANCELLED);
    ck_assert_uint_eq(user.n_calls, 1);
    user.result = 17;
    ck_assert_int_eq(
        rqa__split_run(c.context, &c.team, &r.task, NULL, cancel_after_first, &user, &c.report),
        17);
    ck_assert_int_eq(run(&c, &r.task, NULL), RQA_OK);
    crew_destroy(&c);
    random_task_destroy(&r);
}
END_TEST

static void *cancel_soon(void *user)
{
    struct timespec pause = {0, 3000000};
    nanosleep(&pause, NULL);
    atomic_store((atomic_int *)user, 1);
    return NULL;
}

/* From another thread, while workers work: ended one way or the other. */
START_TEST(test_cancel_in_mid_run)
{
    random_task r;
    long_task(&r, 700, RQA__RELATION_AUTO);
    for (int k = 0; k < 4; k++) {
        emulate("%s", k % 2 ? "DEVICES=2" : "DEVICES=2 SLOW=2000");
        crew c;
        crew_create(&c, 1, (unsigned)k / 2);
        atomic_int cancel = 0;
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
        int status = run(&c, &r.task, &cancel);
        pthread_join(thread, NULL);
        ck_assert(status == RQA_OK || status == RQA_ERROR_CANCELLED);
        crew_destroy(&c);
    }
    random_task_destroy(&r);
}
END_TEST

/* ---- host memory ---- */

/* No allocation but the first n succeeds, for growing n. */
START_TEST(test_no_host_memory)
{
    emulate("DEVICES=1");
    random_task r;
    long_task(&r, 120, (uint32_t)_i);
    failing_memory_install();
    int status = RQA_ERROR_MEMORY;
    long n = 0;
    for (; status && n < 5000; n += 1 + n / 40) {
        crew c;
        failing_memory_grant(1000000);
        crew_create(&c, 1, 1);
        failing_memory_grant(n);
        status = run(&c, &r.task, NULL);
        ck_assert_msg(!status || status == RQA_ERROR_MEMORY, "%ld: %d %s", n, status,
                      rqa_last_error());
        crew_destroy(&c);
        ck_assert_int_eq(failing_memory_live(), 0);
    }
    ck_assert_int_eq(status, RQA_OK);
    ck_assert_int_gt(n, 20);
    failing_memory_remove();
    random_task_destroy(&r);
}
END_TEST

/* ---- the analysis ---- */

enum { LENGTH = 2000, LONG_ENOUGH = 10100 }; /* auto shares out 1e8 pairs and more */

typedef struct subject {
    rqa_context *context;
    rqa_series *series;
    rqa_embedding *embedding;
} subject;

static void keep_line(void *user, int32_t level, const char *line)
{
    char *log = user;
    (void)level;
    strncat(log, line, 4000 - strlen(log) - 1);
}

/* Devices and threads that are taken to be of a kind, so that both get parts. */
static void subject_create(subject *s, size_t n, char *log)
{
    static double value[LONG_ENOUGH];
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = 2;
    options.log = keep_line;
    options.log_user = log;
    log[0] = '\0';
    setenv("RQA_PLUGIN_PATH", emulator_path(), 1);
    ck_ok(rqa_context_create(&s->context, &options));
    rqa_profile profile = {.struct_size = sizeof profile};
    ck_ok(rqa_context_get_profile(s->context, &profile));
    profile.bits_scale = profile.sweep_scale = 100;
    profile.gpu_rate = 0.015;
    profile.gpu_start_s = 0;
    if (n <= LENGTH) /* else as assumed: by size */
        ck_ok(rqa_context_set_profile(s->context, &profile));
    for (size_t k = 0; k < n; k++)
        value[k] = sin(0.05 * (double)k) + 0.5 * sin(0.0531 * (double)k * (double)k / 300);
    s->series = support_series(s->context, value, n, 1);
    s->embedding = support_embedding(s->series, 2, 3);
}

static void subject_destroy(subject *s)
{
    rqa_embedding_destroy(s->embedding);
    rqa_series_destroy(s->series);
    rqa_context_destroy(s->context);
    unsetenv("RQA_PLUGIN_PATH");
}

static rqa_status compute(rqa_metrics **out, const subject *s, int32_t backend)
{
    rqa_analysis_options how = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_EUCLIDEAN, 0.1);
    how.backend = backend;
    how.measures = RQA_MEASURES_DEFAULT;
    *out = NULL;
    return rqa_metrics_compute(out, s->embedding, NULL, &how);
}

static rqa_provenance provenance_of(const rqa_metrics *metrics)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(metrics, &p));
    return p;
}

START_TEST(test_analysis)
{
    char log[4000];
    subject s;
    rqa_metrics *alone, *shared;
    emulate("%s", _i ? "DEVICES=2" : "DEVICES=1");
    subject_create(&s, LENGTH, log);
    ck_ok(compute(&alone, &s, RQA_BACKEND_SEQUENTIAL));
    ck_ok(compute(&shared, &s, RQA_BACKEND_HYBRID));
    rqa_provenance p = provenance_of(shared);
    ck_assert_int_eq(p.backend, RQA_BACKEND_HYBRID);
    ck_assert_uint_eq(p.n_threads, 2);
    ck_assert_str_eq(p.strategy, "parts");
    ck_assert_str_eq(p.kernels, "cuda");
    ck_assert_str_eq(p.reason, "named by the caller");
    support_expect_same(alone, shared, "hybrid");
    rqa_metrics_destroy(alone);
    rqa_metrics_destroy(shared);
    subject_destroy(&s);
}
END_TEST

/* Threads go on without the devices, and the result says so. */
START_TEST(test_analysis_without_devices)
{
    static const int32_t backends[] = {RQA_BACKEND_AUTO, RQA_BACKEND_HYBRID};
    for (int k = 0; k < 2; k++) {
        char log[4000];
        subject s;
        rqa_metrics *alone, *shared;
        emulate("DEVICES=2 FAIL_LAUNCH=1+");
        subject_create(&s, LONG_ENOUGH, log);
        ck_ok(compute(&alone, &s, RQA_BACKEND_SEQUENTIAL));
        ck_ok(compute(&shared, &s, backends[k]));
        rqa_provenance p = provenance_of(shared);
        if (strstr(log, "lost 2 ")) { /* unless threads were quicker than the devices' first part */
            ck_assert_int_eq(p.backend, RQA_BACKEND_THREADS);
            ck_assert_str_eq(p.strategy, "parts");
            ck_assert_msg(strstr(p.reason, "left the GPU: ") && strstr(p.reason, "CUDA error"),
                          "%s", p.reason);
        }
        support_expect_same(alone, shared, rqa_backend_name(backends[k]));
        rqa_metrics_destroy(shared);
        rqa_metrics_destroy(alone);
        subject_destroy(&s);
    }
    emulate("DEVICES=1");
}
END_TEST

/* One allocation fails: auto goes on without the GPU where that helps, and keeps nothing. */
START_TEST(test_analysis_memory)
{
    char log[4000];
    unsigned n_left = 0;
    emulate("DEVICES=1");
    failing_memory_install();
    for (long n = 0; n < 70; n++) {
        subject s;
        rqa_metrics *alone, *shared;
        failing_memory_grant(1000000);
        subject_create(&s, LENGTH / 4, log);
        ck_ok(compute(&alone, &s, RQA_BACKEND_SEQUENTIAL));
        rqa__devices_of(s.context);
        failing_memory_refuse_one(n);
        int status = compute(&shared, &s, RQA_BACKEND_AUTO);
        failing_memory_grant(1000000);
        ck_assert_msg(!status || status == RQA_ERROR_MEMORY, "%ld: %s", n, rqa_last_error());
        if (!status) {
            support_expect_same(alone, shared, "auto");
            n_left += strstr(log, "not on the GPU") != NULL;
        }
        rqa_metrics_destroy(alone);
        rqa_metrics_destroy(shared);
        subject_destroy(&s);
        ck_assert_int_eq(failing_memory_live(), 0);
    }
    ck_assert_uint_gt(n_left, 5);
    failing_memory_remove();
}
END_TEST

/* Which analyses are shared out. */
START_TEST(test_is_shared)
{
    char log[4000];
    uint32_t dim = 1;
    for (unsigned n_devices = 1; n_devices <= 2; n_devices++) {
        subject s;
        emulate("DEVICES=%u", n_devices);
        subject_create(&s, 100, log);
        const rqa__side side = {.n_samples = 70000, .n_channels = 1, .delay = 1, .dims = &dim};
        rqa__task task = {.n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .tallies = 31};
        rqa__choice choice = {.backend = RQA_BACKEND_GPU, .n_threads = 1};
        ck_assert_int_eq(rqa__is_shared(s.context, &choice, &task, 0), n_devices == 2);
        choice.backend = RQA_BACKEND_HYBRID;
        choice.n_threads = 2;
        ck_assert_int_eq(rqa__is_shared(s.context, &choice, &task, 1), 1);
        s.context->memory_limit_bytes = 1 << 20;
        ck_assert_int_eq(rqa__is_shared(s.context, &choice, &task, 0), 1);
        ck_assert_int_eq(choice.backend, RQA_BACKEND_HYBRID);
        ck_assert_int_eq(rqa__is_shared(s.context, &choice, &task, 1), 0);
        ck_assert_int_eq(choice.backend, RQA_BACKEND_GPU);
        ck_assert_msg(strstr(choice.reason, "host memory"), "%s", choice.reason);
        task.x.n_samples = task.y.n_samples = 60000;
        s.context->memory_limit_bytes = UINT64_MAX;
        ck_assert_int_eq(rqa__is_shared(s.context, &choice, &task, 0), 0);
        subject_destroy(&s);
    }
}
END_TEST

/* Of a thread's parts it is expected that they take about as long as the engine does. */
START_TEST(test_thread_speed)
{
    rqa_context *context = support_context(1);
    const uint32_t dim = 3;
    for (uint32_t norm = 0; norm < 3; norm++) {
        const rqa__side side = {.n_samples = 20012, .n_channels = 1, .delay = 6, .dims = &dim};
        const rqa__task task = {
            .norm = norm, .n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .tallies = 7};
        const double whole = rqa__cost_under(&context->profile, &task, RQA__STRATEGY_BITS);
        const double parts = 20000.0 * 20001 / 2 / rqa__thread_speed(context, &task);
        ck_assert_double_ge(parts, whole);
        ck_assert_double_le(parts, 1.2 * whole);
    }
    rqa_context_destroy(context);
}
END_TEST

/* Several GPUs without threads; one of them fails. */
START_TEST(test_gpus_alone)
{
    char log[4000];
    subject s;
    random_task r;
    emulate("%s", _i ? "DEVICES=3 LOSE_DEVICE=1,2" : "DEVICES=3");
    subject_create(&s, LENGTH, log);
    long_task(&r, 700, RQA__RELATION_AUTO);
    task_check check = {.task = &r.task};
    rqa__choice choice = {.backend = RQA_BACKEND_GPU, .n_threads = 1, .reason = "because"};
    int status = rqa__analyze_shared(s.context, &choice, &r.task, NULL, task_check_tally, &check);
    ck_assert_msg(!status && !check.wrong[0], "%s", status ? rqa_last_error() : check.wrong);
    ck_assert_int_eq(choice.backend, RQA_BACKEND_GPU);
    if (strstr(log, "lost 1 of 3 GPUs: "))
        ck_assert_msg(strstr(choice.reason, "because; lost 1 of 3 GPUs: "), "%s", choice.reason);
    else
        ck_assert_str_eq(choice.reason, "because");
    random_task_destroy(&r);
    emulate("DEVICES=1");
    subject_destroy(&s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("split");
    TCase *t = tcase_create("split");
    tcase_add_loop_test(t, test_devices, 0, 4);
    tcase_add_loop_test(t, test_devices, 6, 9);
    tcase_add_loop_test(t, test_long, 0, 3);
    tcase_add_loop_test(t, test_lost_device, 0, 3);
    tcase_add_test(t, test_all_lost);
    tcase_add_test(t, test_device_memory);
    tcase_add_test(t, test_cancel_in_mid_run);
    tcase_add_loop_test(t, test_no_host_memory, 0, 3);
    tcase_add_loop_test(t, test_analysis, 0, 2);
    tcase_add_test(t, test_analysis_without_devices);
    tcase_add_test(t, test_analysis_memory);
    tcase_add_test(t, test_is_shared);
    tcase_add_test(t, test_thread_speed);
    tcase_add_loop_test(t, test_gpus_alone, 0, 2);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    TCase *races = tcase_create("races"); /* what ThreadSanitizer runs */
    tcase_add_test(races, test_threads_alone);
    tcase_add_loop_test(races, test_devices, 4, 6);
    tcase_add_test(races, test_cancel);
    tcase_set_timeout(races, 600);
    suite_add_tcase(s, races);
    return support_run(s);
}
