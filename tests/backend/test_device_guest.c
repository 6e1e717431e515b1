/* test_device_guest.c - the plugin as a guest of a host that uses CUDA itself, in the emulator:
 * whose context is current, whose memory it is, whose processor waits, whose cuBLAS is loaded;
 * several contexts and threads at once; and how long a display would stand still.
 *
 * RQA_TEST_CUBLAS_HOST names a stand-in for the cuBLAS that the host has loaded before; another
 * version is where the dynamic linker finds it.
 */
#include <check.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "emulator_control.h"
#include "product_draws.h"
#include "rqa/rqa.h"
#include "support.h"
#include "task_draws.h"

static rqa__device_list *open_list(void)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, emulator_path(), NULL), RQA_OK);
    return list;
}

/* A task of several tallies. */
static void make_task(random_task *r, uint64_t seed)
{
    random_task_create(r, seed, 60);
    while (r->task.n_dims * r->task.n_thresholds < 4 || r->task.x.n_samples < 40) {
        random_task_destroy(r);
        random_task_create(r, ++seed, 60);
    }
    r->task.tallies = 31;
    task_drop_cuts(&r->task);
}

static int run(rqa__device *device, const random_task *r)
{
    task_check c = {.task = &r->task};
    int status = rqa__device_run_one(device, NULL, &r->task, NULL, task_check_tally, &c);
    ck_assert_msg(!c.wrong[0], "%s", c.wrong);
    return status;
}

/* One that matrix products can decide. */
static void make_products(product_draw *d)
{
    uint64_t seed = 1;
    do
        product_draw_make(d, seed++);
    while (!product_draw_is_usual(d));
}

/* ---- the caller's context ---- */

static char own_context, other_context; /* that a host has made with the driver */

/* None; the host's own; that of the other device. */
static void begin_with(int which)
{
    emulator.use_context(which == 1 ? &own_context : NULL);
    if (which == 2)
        emulator.use_device(1);
}

START_TEST(test_context)
{
    random_task r;
    make_task(&r, 31);
    emulate("DEVICES=2");
    begin_with(_i);
    void *before = emulator.context();
    rqa__device_list *list = open_list();
    ck_assert_ptr_eq(emulator.context(), before);
    ck_assert_int_eq(rqa__device_supports(&list->device[0], &r.task), RQA_OK); /* opens it */
    ck_assert_ptr_eq(emulator.context(), before);
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    ck_assert_ptr_eq(emulator.context(), before);
    rqa_plugin_device_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(list->plugin.table.device_info(0, &info), RQA_OK);
    ck_assert_uint_gt(info.memory_free, 0);
    ck_assert_ptr_eq(emulator.context(), before);
    rqa__device_list_destroy(list);
    ck_assert_ptr_eq(emulator.context(), before);
    /* Work on one device is no reason to have a context on another. */
    ck_assert_uint_eq(emulator.contexts(1), _i == 2);
    random_task_destroy(&r);
}
END_TEST

/* A failure is no excuse. */
START_TEST(test_context_after_failures)
{
    random_task r;
    make_task(&r, 31);
    int status = -1;
    unsigned n_errors = 0;
    for (int k = 1; status; k++) {
        emulate("FAIL_CALL=%d", k);
        emulator.use_context(&own_context);
        rqa__device_list *list = open_list();
        status = list->n_devices ? run(&list->device[0], &r) : RQA_ERROR_BACKEND_MISSING;
        n_errors += status != 0;
        ck_assert_ptr_eq(emulator.context(), &own_context);
        rqa__device_list_destroy(list);
        ck_assert_ptr_eq(emulator.context(), &own_context);
    }
    ck_assert_uint_gt(n_errors, 20);
    random_task_destroy(&r);
}
END_TEST

typedef struct visitor {
    task_check check;
    void *expected;
    unsigned n_calls;
} visitor;

/* The host finds its own context, works with another, and leaves that. */
static int visit(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    visitor *v = user;
    ck_assert_ptr_eq(emulator.context(), v->expected);
    v->expected = v->n_calls++ % 2 ? &own_context : &other_context;
    emulator.use_context(v->expected);
    return task_check_tally(&v->check, d, th, tally);
}

START_TEST(test_context_in_callbacks)
{
    random_task r;
    make_task(&r, 31);
    emulate("DEVICES=2");
    rqa__device_list *list = open_list();
    list->device[1].options.batch_tallies = 1; /* launches come after calls of the sink */
    emulator.use_context(&own_context);
    visitor v = {.check = {.task = &r.task}, .expected = &own_context};
    ck_assert_msg(!rqa__device_run_one(&list->device[1], NULL, &r.task, NULL, visit, &v), "%s",
                  rqa_last_error());
    ck_assert_msg(!v.check.wrong[0], "%s", v.check.wrong);
    ck_assert_uint_eq(v.n_calls, r.task.n_dims * r.task.n_thresholds);
    ck_assert_ptr_eq(emulator.context(), v.expected);
    ck_assert_uint_eq(emulator.contexts(0), 0);
    rqa__device_list_destroy(list);
    random_task_destroy(&r);
}
END_TEST

/* Looking at what there is takes no memory on every card. */
START_TEST(test_listing)
{
    emulate("DEVICES=4");
    emulator.use_context(NULL);
    rqa__device_list *list = open_list();
    ck_assert_uint_eq(list->n_devices, 4);
    ck_assert_uint_gt(list->device[3].info.memory_total, 0);
    ck_assert_uint_eq(list->device[3].info.memory_free, 0);
    ck_assert_msg(!strstr(list->device[3].detail, "free"), "%s", list->device[3].detail);
    rqa__device_list_destroy(list);
    ck_assert_uint_eq(emulator.contexts(-1), 0);
}
END_TEST

/* ---- processors and displays ---- */

/* Nobody spins where `hybrid` has work for the processor. */
START_TEST(test_waiting)
{
    static product_draw d;
    random_task r;
    make_task(&r, 31);
    emulate("DEVICES=1");
    rqa__device_list *list = open_list();
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    rqa__device_list_destroy(list);
    list = open_list();
    list->device[0].options.flags = RQA_PLUGIN_PRODUCTS_ALWAYS;
    setenv("RQA_CUBLAS_PATH", getenv("RQA_TEST_CUBLAS"), 1);
    make_products(&d);
    task_check c = {.task = &d.task};
    ck_assert_int_eq(
        rqa__device_run_one(&list->device[0], NULL, &d.task, NULL, task_check_tally, &c), RQA_OK);
    ck_assert_uint_gt(rqa__device_timings(&list->device[0]).n_products, 0);
    ck_assert_uint_eq(emulator.spins(), 0);
    rqa__device_list_destroy(list);
    random_task_destroy(&r);
}
END_TEST

enum { LONG_SAMPLES = 40000, LONG_DIM = 100 };

static void take_line(void *user, int32_t level, const char *line)
{
    const char *bands = level == RQA_LOG_DEBUG ? strstr(line, "bands of ") : NULL;
    if (bands)
        *(unsigned *)user = (unsigned)strtoul(bands + strlen("bands of "), NULL, 10);
}

static int no_call(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)user, (void)d, (void)th, (void)tally;
    return 1;
}

/* Columns of a band, by a run that is cancelled once it is planned. */
static unsigned band_of(uint32_t norm, const char *settings)
{
    static double sample[LONG_SAMPLES];
    static const uint32_t dim = LONG_DIM;
    const double *channel = sample, bound = 0;
    const rqa__side side = {&channel, LONG_SAMPLES, 1, 1, &dim};
    const rqa__task task = {.norm = norm,
                            .n_dims = 1,
                            .n_thresholds = 1,
                            .x = side,
                            .y = side,
                            .bounds = &bound,
                            .tallies = 1};
    atomic_int cancel = 1;
    unsigned columns = 0;
    rqa_context *context;
    rqa_context_options o;
    rqa_context_options_init(&o);
    o.log = take_line;
    o.log_user = &columns;
    o.log_level = RQA_LOG_DEBUG;
    ck_assert_int_eq(rqa_context_create(&context, &o), RQA_OK);
    emulate("%s", settings);
    rqa__device_list *list = open_list();
    ck_assert_int_eq(rqa__device_run_one(&list->device[0], context, &task, &cancel, no_call, NULL),
                     RQA_ERROR_CANCELLED);
    rqa__device_list_destroy(list);
    rqa_context_destroy(context);
    ck_assert_uint_gt(columns, 0);
    return columns;
}

/* Where every cell is decided again, on a card with few units for double, a band still ends before
 * a display is taken for dead: half a second at 2e11 operations a second for a multiprocessor. */
START_TEST(test_band_length)
{
    const uint32_t sums = RQA__NORM_MANHATTAN;
    const double column = LONG_SAMPLES / 2.0 * 3 * LONG_DIM;
    unsigned few = band_of(sums, "PROCESSORS=1 DOUBLE_RATIO=64");
    unsigned many = band_of(sums, "PROCESSORS=1 DOUBLE_RATIO=2");
    ck_assert_uint_ge(few, 32);
    ck_assert(few * column * 64 < 1.15e11);
    ck_assert_uint_ge(many, 1000); /* not shorter for it */
    ck_assert_uint_gt(band_of(sums, "PROCESSORS=8 DOUBLE_RATIO=64"), 4 * few);
}
END_TEST

/* The same of single samples, of which those are decided too that lags reach behind the band. */
START_TEST(test_band_of_lags)
{
    const double column = LONG_SAMPLES / 2.0 * 3;
    const unsigned few = band_of(RQA__NORM_MAXIMUM, "PROCESSORS=1 DOUBLE_RATIO=64");
    ck_assert_uint_gt(few, 4 * band_of(RQA__NORM_MANHATTAN, "PROCESSORS=1 DOUBLE_RATIO=64"));
    ck_assert((few + LONG_DIM - 1) * column * 64 < 1.15e11);
}
END_TEST

/* ---- memory ---- */

enum { ROOMY = 1500, ROOMIER = 4000 };

static rqa__task roomy_task(const rqa__side *side, const double *bounds)
{
    return (rqa__task){.norm = RQA__NORM_EUCLIDEAN,
                       .n_dims = 1,
                       .n_thresholds = 2,
                       .x = *side,
                       .y = *side,
                       .bounds = bounds,
                       .tallies = 31};
}

static int run_roomy(rqa__device *device, size_t n)
{
    static double sample[ROOMIER];
    static const uint32_t dim = 2;
    static const double bounds[] = {0.01, 0.012};
    const double *channel = sample;
    task_seed(3);
    for (size_t i = 0; i < n; i++)
        sample[i] = product_uniform();
    const rqa__side side = {&channel, n, 1, 1, &dim};
    const rqa__task task = roomy_task(&side, bounds);
    task_check c = {.task = &task};
    int status = rqa__device_run_one(device, NULL, &task, NULL, task_check_tally, &c);
    ck_assert_msg(!c.wrong[0], "%s", c.wrong);
    return status;
}

/* What is free when a bundle is planned counts, not what was at opening; the device's own blocks
 * are as good as free. */
START_TEST(test_limit_anew)
{
    random_task r;
    make_task(&r, 31);
    emulate("MEMORY=32768");
    rqa__device_list *list = open_list();
    ck_assert_int_eq(run_roomy(&list->device[0], ROOMY), RQA_ERROR_MEMORY);
    emulate("DEVICES=1"); /* others have given memory back */
    ck_assert_msg(!run_roomy(&list->device[0], ROOMY), "%s", rqa_last_error());
    rqa__device_list_destroy(list);
    list = open_list();
    list->device[0].options.batch_tallies = 1; /* two bundles */
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    emulate("MEMORY=2000000"); /* and have taken some: a band must be smaller */
    ck_assert_msg(!run_roomy(&list->device[0], ROOMIER), "%s", rqa_last_error());
    rqa__device_list_destroy(list);
    random_task_destroy(&r);
}
END_TEST

/* Between planning and asking others may be faster. */
START_TEST(test_refused_once)
{
    for (int k = 1; k <= 3; k++) {
        emulate("FAIL_ALLOC=%d", k);
        rqa__device_list *list = open_list();
        list->device[0].options.batch_tallies = 1; /* so that half as many is no way out */
        ck_assert_msg(!run_roomy(&list->device[0], ROOMY), "allocation %d: %s", k,
                      rqa_last_error());
        rqa__device_list_destroy(list);
        ck_assert_uint_eq(emulator.live_allocations(), 0);
    }
    emulate("FAIL_ALLOC=1+");
    rqa__device_list *list = open_list();
    ck_assert_int_eq(run_roomy(&list->device[0], ROOMY), RQA_ERROR_MEMORY);
    ck_assert_uint_eq(emulator.live_allocations(), 0);
    rqa__device_list_destroy(list);
}
END_TEST

/* An idle context leaves the card to others. */
START_TEST(test_rest)
{
    random_task r;
    make_task(&r, 31);
    emulate("MEMORY=4000000");
    rqa__device_list *list = open_list(), *other = open_list();
    ck_assert_msg(!run_roomy(&list->device[0], ROOMY), "%s", rqa_last_error());
    ck_assert_uint_gt(emulator.peak_bytes(0), 4000000 / 16);
    ck_assert_uint_le(emulator.used_bytes(0), 4000000 / 32);
    ck_assert_msg(!run_roomy(&other->device[0], ROOMY), "%s", rqa_last_error());
    /* Short runs find their blocks again. */
    ck_assert_int_eq(run(&list->device[0], &r), RQA_OK);
    ck_assert_uint_gt(emulator.used_bytes(0), 0);
    rqa__device_list_destroy(list);
    rqa__device_list_destroy(other);
    ck_assert_uint_eq(emulator.live_allocations(), 0);
    random_task_destroy(&r);
}
END_TEST

/* ---- several at once ---- */

typedef struct worker {
    rqa__device *device;
    random_task r;
    int n_right, n_short;
    void *context;
    char wrong[256];
    pthread_t thread;
} worker;

/* No assertion off the test's own thread. */
static void *work(void *arg)
{
    worker *w = arg;
    w->context = &w->wrong[0]; /* the host's, one for each thread */
    emulator.use_context(w->context);
    for (int k = 0; k < 6 && !w->wrong[0]; k++) {
        task_check c = {.task = &w->r.task};
        int status = rqa__device_run_one(w->device, NULL, &w->r.task, NULL, task_check_tally, &c);
        w->n_right += !status;
        w->n_short += status == RQA_ERROR_MEMORY;
        if (status && status != RQA_ERROR_MEMORY)
            snprintf(w->wrong, sizeof w->wrong, "%s", rqa_last_error());
        if (c.wrong[0])
            memcpy(w->wrong, c.wrong, sizeof w->wrong);
        if (emulator.context() != w->context)
            snprintf(w->wrong, sizeof w->wrong, "another context");
    }
    return NULL;
}

/* Two contexts, eight threads, two devices: with memory enough all is right; with little, what is
 * not right says that it was short. */
START_TEST(test_contexts_and_threads)
{
    enum { WORKERS = 8 };
    static worker w[WORKERS];
    emulate(_i ? "DEVICES=2 MEMORY=60000" : "DEVICES=2");
    rqa__device_list *list[2] = {open_list(), open_list()};
    int n_right = 0;
    memset(w, 0, sizeof w);
    for (unsigned k = 0; k < WORKERS; k++) {
        w[k].device = &list[k / 2 % 2]->device[k % 2];
        make_task(&w[k].r, 60 + k);
    }
    for (unsigned k = 0; k < WORKERS; k++)
        ck_assert_int_eq(pthread_create(&w[k].thread, NULL, work, &w[k]), 0);
    for (unsigned k = 0; k < WORKERS; k++) {
        pthread_join(w[k].thread, NULL);
        ck_assert_msg(!w[k].wrong[0], "%s", w[k].wrong);
        ck_assert(_i || w[k].n_short == 0);
        n_right += w[k].n_right;
        random_task_destroy(&w[k].r);
    }
    ck_assert_int_gt(n_right, 0);
    rqa__device_list_destroy(list[0]);
    rqa__device_list_destroy(list[1]);
    ck_assert_uint_eq(emulator.live_allocations() + emulator.live_objects(), 0);
}
END_TEST

/* ---- the host's cuBLAS ---- */

static int count_of(void *library, const char *name)
{
    int (*count)(void) = NULL;
    if (library)
        *(void **)&count = dlsym(library, name);
    ck_assert_msg(count != NULL, "%s", dlerror());
    return count();
}

/* A host that works with version 12 keeps to it; 13, which would be found, is not loaded beside it.
 */
START_TEST(test_cublas)
{
    static product_draw d;
    emulate("DEVICES=1");
    unsetenv("RQA_CUBLAS_PATH");
    void *host = dlopen(getenv("RQA_TEST_CUBLAS_HOST"), RTLD_NOW | RTLD_GLOBAL);
    ck_assert_msg(host != NULL, "%s", dlerror());
    rqa__device_list *list = open_list();
    list->device[0].options.flags = RQA_PLUGIN_PRODUCTS_ALWAYS;
    make_products(&d);
    task_check c = {.task = &d.task};
    ck_assert_int_eq(
        rqa__device_run_one(&list->device[0], NULL, &d.task, NULL, task_check_tally, &c), RQA_OK);
    ck_assert_msg(!c.wrong[0], "%s", c.wrong);
    ck_assert_uint_gt(rqa__device_timings(&list->device[0]).n_products, 0);
    ck_assert_int_eq(count_of(host, "fake_cublas_created"), 1);
    ck_assert_ptr_null(dlopen("libcublas.so.13", RTLD_NOW | RTLD_NOLOAD));
    rqa__device_list_destroy(list);
    ck_assert_int_eq(count_of(host, "fake_cublas_live"), 0);
    ck_assert_ptr_nonnull(dlopen("libcublas.so.13", RTLD_NOW));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("device_guest");
    TCase *t = tcase_create("guest");
    tcase_add_test(t, test_cublas); /* first: it needs a process that has loaded none */
    tcase_add_loop_test(t, test_context, 0, 3);
    tcase_add_test(t, test_context_after_failures);
    tcase_add_test(t, test_context_in_callbacks);
    tcase_add_test(t, test_listing);
    tcase_add_test(t, test_waiting);
    tcase_add_test(t, test_band_length);
    tcase_add_test(t, test_band_of_lags);
    tcase_add_loop_test(t, test_contexts_and_threads, 0, 2);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    TCase *room = tcase_create("room"); /* longer series */
    tcase_add_test(room, test_limit_anew);
    tcase_add_test(room, test_refused_once);
    tcase_add_test(room, test_rest);
    tcase_set_timeout(room, 600);
    suite_add_tcase(s, room);
    return support_run(s);
}
