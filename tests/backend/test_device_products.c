/* test_device_products.c - Euclidean distances from matrix products, in the emulator with a
 * stand-in for cuBLAS: against the brute force whatever the rounding, when they are chosen, and
 * what happens where cuBLAS is absent, broken or fails.
 *
 * RQA_TEST_PLUGIN=FILE runs the case `tallies` on another plugin, with the cuBLAS that is there, or
 * that RQA_CUBLAS_PATH names. Without one it says so and ends with status 77.
 */
#include <check.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "emulator_control.h"
#include "product_draws.h"
#include "rqa/rqa.h"
#include "support.h"

/* ---- the library and its stand-in ---- */

static int is_emulated(void)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    return !path || !*path;
}

static const char *plugin_path(void)
{
    return is_emulated() ? emulator_path() : getenv("RQA_TEST_PLUGIN");
}

static void use_library(const char *variable, const char *words)
{
    if (is_emulated())
        setenv("RQA_CUBLAS_PATH", getenv(variable), 1);
    setenv("FAKE_CUBLAS", words, 1);
}

/* Where the plugin looks. */
static int library_is_there(void)
{
    const char *path = getenv("RQA_CUBLAS_PATH");
    if (is_emulated())
        return 1;
    if (path)
        return dlopen(path, RTLD_NOW) != NULL;
    return dlopen("libcublas.so.13", RTLD_NOW) || dlopen("libcublas.so.12", RTLD_NOW);
}

/* What the stand-in counts. */
static int fake_count(const char *name)
{
    void *library = dlopen(getenv("RQA_TEST_CUBLAS"), RTLD_NOW);
    int (*count)(void) = NULL;
    if (library)
        *(void **)&count = dlsym(library, name);
    ck_assert_msg(count != NULL, "%s", dlerror());
    int n = count();
    dlclose(library);
    return n;
}

/* ---- runs ---- */

static rqa__device_list *open_list(uint32_t flags)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, plugin_path(), NULL), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    list->device[0].options.flags = flags;
    return list;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* Options take effect when the device is opened. */
static void reopen(rqa__device *device, uint32_t flags)
{
    static const uint32_t steps[] = {0, 0, 32, 64, 96};
    rqa_plugin_device_options *o = &device->options;
    device->table->device_close(device->handle);
    device->handle = NULL;
    o->flags = flags;
    o->band_steps = steps[task_below(5)];
    o->segment_steps = steps[task_below(5)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(5) : 0;
}

static int run(rqa__device *device, const rqa_context *context, const product_draw *d,
               task_check *check)
{
    *check = (task_check){.task = &d->task};
    return rqa__device_run_one(device, context, &d->task, NULL, task_check_tally, check);
}

static void expect_right(rqa__device *device, const rqa_context *context, const product_draw *d,
                         const char *what)
{
    task_check check;
    ck_assert_msg(!run(device, context, d, &check), "%s: %s", what, rqa_last_error());
    ck_assert_msg(!check.wrong[0], "%s: %s", what, check.wrong);
    ck_assert_uint_eq(check.n_calls, d->task.n_dims * d->task.n_thresholds);
}

static uint64_t products_of(rqa__device *device)
{
    return rqa__device_timings(device).n_products;
}

/* ---- tallies ---- */

/* On both paths, products in double and in float, and their rounding at its worst. */
START_TEST(test_draws)
{
    static const char *const manners[] = {"", "reverse", "pairs", "within", "within"};
    static product_draw d;
    const uint32_t always = RQA_PLUGIN_PRODUCTS_ALWAYS;
    rqa__device_list *list = open_list(0);
    rqa__device *device = &list->device[0];
    for (uint64_t seed = 1; seed <= n_draws(150); seed++) {
        product_draw_make(&d, seed);
        use_library("RQA_TEST_CUBLAS", manners[seed % 5]);
        reopen(device, task_below(9) == 0   ? always | RQA_PLUGIN_PRODUCTS_NEVER
                       : task_below(3) == 0 ? always | RQA_PLUGIN_PRODUCTS_SINGLE
                                            : always);
        char what[160];
        snprintf(what, sizeof what, "draw %llu kind %u relation %u %s flags %u band %u segment %u",
                 (unsigned long long)seed, d.kind, d.task.relation, manners[seed % 5],
                 device->options.flags, device->options.band_steps, device->options.segment_steps);
        expect_right(device, NULL, &d, what);
        const uint64_t n = products_of(device);
        if (device->options.flags & RQA_PLUGIN_PRODUCTS_NEVER)
            ck_assert_msg(n == 0, "%s: %llu products", what, (unsigned long long)n);
        else if (product_draw_is_usual(&d))
            ck_assert_msg(n > 0, "%s: no product", what);
    }
    rqa__device_list_destroy(list);
}
END_TEST

static int take_one_of_many(void *user, size_t task, uint32_t d, uint32_t th,
                            const rqa__tally *tally)
{
    return task_check_tally(&((task_check *)user)[task], d, th, tally);
}

/* Some groups of a bundle take products, others cannot. */
START_TEST(test_bundle)
{
    enum { MANY = 7 };
    static product_draw d[MANY];
    task_check check[MANY];
    const rqa__task *tasks[MANY];
    use_library("RQA_TEST_CUBLAS", "within");
    rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
    for (uint64_t seed = 0; seed < n_draws(60) / 12; seed++) {
        for (size_t k = 0; k < MANY; k++) {
            product_draw_make(&d[k], 9000 + seed * MANY + k);
            if (k % 3 == 1)
                d[k].task.norm = RQA__NORM_MAXIMUM;
            tasks[k] = &d[k].task;
            check[k] = (task_check){.task = tasks[k]};
        }
        ck_assert_msg(
            !rqa__device_run(&list->device[0], NULL, tasks, MANY, NULL, take_one_of_many, check),
            "%s", rqa_last_error());
        for (size_t k = 0; k < MANY; k++)
            ck_assert_msg(!check[k].wrong[0], "seed %llu task %zu: %s", (unsigned long long)seed, k,
                          check[k].wrong);
        ck_assert_uint_gt(products_of(&list->device[0]), 0);
    }
    rqa__device_list_destroy(list);
}
END_TEST

/* Noise that no bound allows for is seen: the products are what decides. */
START_TEST(test_beyond)
{
    static product_draw d;
    unsigned n_wrong = 0;
    use_library("RQA_TEST_CUBLAS", "beyond");
    rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        task_check check;
        product_draw_make(&d, seed);
        ck_assert_msg(!run(&list->device[0], NULL, &d, &check), "%s", rqa_last_error());
        n_wrong += check.wrong[0] != 0;
    }
    ck_assert_uint_gt(n_wrong, 3);
    rqa__device_list_destroy(list);
}
END_TEST

/* ---- where cuBLAS does not work ---- */

typedef struct log_lines {
    unsigned n;
    int32_t level;
    char last[256];
} log_lines;

static void take_line(void *user, int32_t level, const char *line)
{
    log_lines *l = user;
    l->n++;
    l->level = level;
    snprintf(l->last, sizeof l->last, "%s", line);
}

static rqa_context *logging(log_lines *lines)
{
    rqa_context *context;
    rqa_context_options o;
    rqa_context_options_init(&o);
    memset(lines, 0, sizeof *lines);
    o.log = take_line;
    o.log_user = lines;
    o.log_level = RQA_LOG_INFO;
    ck_assert_int_eq(rqa_context_create(&context, &o), RQA_OK);
    return context;
}

/* A draw of several bands and tiles. */
static void make_large(product_draw *d)
{
    uint64_t seed = 500;
    do
        product_draw_make(d, seed++);
    while (d->kind != KIND_CORNERS || d->task.x.n_samples < 100 ||
           d->task.relation != RQA__RELATION_AUTO);
    d->task.n_dims = d->task.n_thresholds = 1;
}

static void cut_small(rqa__device *device)
{
    device->options.band_steps = 64;
    device->options.segment_steps = 32;
}

/* Right without it, and one line says why. */
static void expect_direct(const char *why)
{
    static product_draw d;
    log_lines lines;
    rqa_context *context = logging(&lines);
    rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
    make_large(&d);
    for (int k = 0; k < 2; k++) {
        expect_right(&list->device[0], context, &d, why);
        ck_assert_uint_eq(products_of(&list->device[0]), 0);
    }
    ck_assert_uint_eq(lines.n, 1);
    ck_assert_int_eq(lines.level, RQA_LOG_INFO);
    ck_assert_msg(strstr(lines.last, why), "'%s' is not in '%s'", why, lines.last);
    rqa__device_list_destroy(list);
    rqa_context_destroy(context);
    ck_assert_int_eq(fake_count("fake_cublas_live"), 0);
}

START_TEST(test_absent)
{
    static const char *const emulations[] = {"CUBLAS_EMULATE_DOUBLE_PRECISION",
                                             "CUBLAS_EMULATE_SINGLE_PRECISION",
                                             "NVIDIA_TF32_OVERRIDE"};
    use_library("RQA_TEST_CUBLAS", "create");
    expect_direct("cublasCreate: status 3");
    use_library("RQA_TEST_CUBLAS", "stream");
    expect_direct("cublasSetStream: status 1");
    use_library("RQA_TEST_CUBLAS", "math");
    expect_direct("cublasSetMathMode: status 7");
    use_library("RQA_TEST_CUBLAS_OLD", "");
    expect_direct("it has no function cublasDgemm_v2");
    use_library("RQA_TEST_CUBLAS", "");
    for (size_t k = 0; k < 3; k++) {
        setenv(emulations[k], "1", 1);
        expect_direct(emulations[k]);
        setenv(emulations[k], "0", 1);
    }
    setenv("RQA_CUBLAS_PATH", "/nowhere/libcublas.so.13", 1);
    expect_direct("/nowhere/libcublas.so.13");
    setenv("RQA_CUBLAS_PATH", "libcublas.so.13", 1);
    expect_direct("it must begin with /");
}
END_TEST

/* A product is refused in mid-run: the rest of it is decided directly, the next run tries again. */
START_TEST(test_refused)
{
    static product_draw d;
    make_large(&d);
    int n_all = 0;
    for (int k = 1; k == 1 || k <= n_all; k++) {
        char words[16];
        log_lines lines;
        rqa_context *context = logging(&lines);
        snprintf(words, sizeof words, "gemm=%d", k);
        use_library("RQA_TEST_CUBLAS", words);
        rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
        rqa__device *device = &list->device[0];
        cut_small(device);
        expect_right(device, context, &d, words);
        ck_assert_uint_eq(products_of(device), (uint64_t)k - 1);
        ck_assert_uint_eq(lines.n, 1);
        ck_assert_msg(strstr(lines.last, "cuBLAS: status 13"), "%s", lines.last);
        expect_right(device, context, &d, words);
        ck_assert_uint_ge(products_of(device), 4);
        n_all = (int)products_of(device);
        rqa__device_list_destroy(list);
        rqa_context_destroy(context);
    }
    ck_assert_int_eq(fake_count("fake_cublas_live"), 0);
}
END_TEST

/* Each call of the runtime fails once, or the device is lost: right, or an error; nothing stays.
 * Some failures only keep products away, so the end is where several in a row do not matter. */
static unsigned provoke(const char *fault)
{
    static product_draw d;
    unsigned n_errors = 0;
    make_large(&d);
    use_library("RQA_TEST_CUBLAS", "within");
    for (int k = 1, n_right = 0; n_right < 8; k++) {
        task_check check = {0};
        int status = RQA_ERROR_BACKEND_MISSING;
        ck_assert_int_lt(k, 2000);
        emulate("%s%d", fault, k);
        rqa__device_list *list;
        ck_assert_int_eq(rqa__device_list_create(&list, plugin_path(), NULL), RQA_OK);
        if (list->n_devices) {
            list->device[0].options.flags = RQA_PLUGIN_PRODUCTS_ALWAYS;
            cut_small(&list->device[0]);
            status = run(&list->device[0], NULL, &d, &check);
        }
        ck_assert_msg(!check.wrong[0], "%s%d: %s", fault, k, check.wrong);
        ck_assert(!status || status == RQA_ERROR_BACKEND_MISSING ||
                  status == RQA_ERROR_BACKEND_FAILED || status == RQA_ERROR_MEMORY);
        n_errors += status != 0;
        n_right = status ? 0 : n_right + 1;
        emulate("DEVICES=1"); /* so that a lost one can be closed */
        rqa__device_list_destroy(list);
        ck_assert_int_eq(fake_count("fake_cublas_live"), 0);
    }
    return n_errors;
}

START_TEST(test_failures)
{
    ck_assert_uint_gt(provoke("FAIL_CALL="), 30);
    ck_assert_uint_gt(provoke("LOSE_DEVICE=0,"), 15);
    ck_assert_uint_eq(emulator.live_allocations(), 0);
}
END_TEST

/* Room for the tallies but not for a tile as well. */
START_TEST(test_memory)
{
    static product_draw d;
    unsigned n_products = 0, n_direct = 0, n_short = 0;
    use_library("RQA_TEST_CUBLAS", "within");
    make_large(&d);
    for (uint64_t limit = 1 << 22; limit > 1 << 12; limit = limit * 15 / 16) {
        task_check check;
        rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
        list->device[0].options.memory_limit = limit;
        int status = run(&list->device[0], NULL, &d, &check);
        ck_assert_msg(!check.wrong[0], "%s", check.wrong);
        ck_assert(!status || status == RQA_ERROR_MEMORY);
        n_products += !status && products_of(&list->device[0]) > 0;
        n_direct += !status && products_of(&list->device[0]) == 0;
        n_short += status != 0;
        rqa__device_list_destroy(list);
    }
    ck_assert_uint_gt(n_products, 10);
    ck_assert_uint_gt(n_direct, 1);
    ck_assert_uint_gt(n_short, 10);
}
END_TEST

/* Where memory is refused, cuBLAS's is the first to be given back. */
START_TEST(test_given_up)
{
    static product_draw d;
    log_lines lines;
    rqa_context *context = logging(&lines);
    use_library("RQA_TEST_CUBLAS", "");
    make_large(&d);
    emulate("FAIL_ALLOC=1");
    rqa__device_list *list = open_list(RQA_PLUGIN_PRODUCTS_ALWAYS);
    for (int k = 0; k < 2; k++) {
        expect_right(&list->device[0], context, &d, "one refusal");
        ck_assert_uint_eq(products_of(&list->device[0]), 0);
        ck_assert_int_eq(fake_count("fake_cublas_live"), 0);
    }
    ck_assert_uint_eq(lines.n, 1);
    ck_assert_msg(strstr(lines.last, "memory is short; no more matrix products"), "%s", lines.last);
    rqa__device_list_destroy(list);
    rqa_context_destroy(context);
    emulate("DEVICES=1");
}
END_TEST

/* ---- when they are chosen ---- */

/* A task that would take long, for a run that is cancelled once it is planned. */
typedef struct choice {
    const char *what;
    uint32_t n_channels, dim, n_samples, n_thresholds, norm, relation, flags;
    double bound;
    int chosen;
} choice;

enum { MANY_CHANNELS = 130, MANY_SAMPLES = 4096, MANY_THRESHOLDS = 3000 };

static const choice choices[] = {
    {"ample", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, 0, 1, 1},
    {"cross", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 1, 0, 1, 1},
    {"lags too", 28, 2, MANY_SAMPLES, MANY_THRESHOLDS, 1, 1, 0, 1, 1},
    {"55 coordinates", 55, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, 0, 1, 0},
    {"a scalar series", 1, 64, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, 0, 1, 0},
    {"a short series", 64, 1, MANY_SAMPLES - 1, MANY_THRESHOLDS, 1, 0, 0, 1, 0},
    {"little work", 64, 1, MANY_SAMPLES, 8, 1, 0, 0, 1, 0},
    {"maximum norm", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 0, 0, 0, 1, 0},
    {"Manhattan", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 2, 0, 0, 1, 0},
    {"joint", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 2, 0, 1, 0},
    {"tiny distances", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, 0, 1e-13, 0},
    {"never", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, RQA_PLUGIN_PRODUCTS_NEVER, 1, 0},
    {"exact", 64, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, RQA_PLUGIN_EXACT_ONLY, 1, 0},
    {"float, 95", 95, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, RQA_PLUGIN_PRODUCTS_SINGLE, 1, 0},
    {"float, 96", 96, 1, MANY_SAMPLES, MANY_THRESHOLDS, 1, 0, RQA_PLUGIN_PRODUCTS_SINGLE, 1, 1},
};

static int count_calls(void *user, uint32_t d, uint32_t th, const rqa__tally *tally)
{
    (void)d;
    (void)th;
    (void)tally;
    ++*(int *)user;
    return 0;
}

START_TEST(test_choice)
{
    static double sample[MANY_CHANNELS][MANY_SAMPLES + 64], bounds[MANY_THRESHOLDS];
    const double *channel[MANY_CHANNELS];
    const choice *c = &choices[_i];
    atomic_int cancel = 1;
    int calls = 0;
    task_seed(7);
    for (size_t k = 0; k < MANY_CHANNELS; k++) {
        channel[k] = sample[k];
        for (size_t i = 0; i < MANY_SAMPLES + 64; i++)
            sample[k][i] = product_uniform();
    }
    for (size_t e = 0; e < MANY_THRESHOLDS; e++)
        bounds[e] = c->bound;
    const rqa__side side = {channel, c->n_samples + c->dim - 1, c->n_channels, 1, &c->dim};
    const rqa__task task = {.relation = c->relation,
                            .norm = c->norm,
                            .n_dims = 1,
                            .n_thresholds = c->n_thresholds,
                            .x = side,
                            .y = side,
                            .bounds = bounds,
                            .bounds_y = c->relation == 2 ? bounds : NULL,
                            .tallies = 1};
    use_library("RQA_TEST_CUBLAS", "");
    int before = fake_count("fake_cublas_created");
    rqa__device_list *list = open_list(c->flags);
    list->device[0].options.batch_tallies = 8;
    ck_assert_int_eq(
        rqa__device_run_one(&list->device[0], NULL, &task, &cancel, count_calls, &calls),
        RQA_ERROR_CANCELLED);
    ck_assert_int_eq(calls, 0);
    int created = fake_count("fake_cublas_created") - before;
    ck_assert_msg(created == c->chosen, "%s: %d", c->what, created);
    rqa__device_list_destroy(list);
}
END_TEST

int main(void)
{
    if (!library_is_there()) {
        printf("skipped: no cuBLAS, so no matrix products: %s\n", dlerror());
        return 77;
    }
    Suite *s = suite_create("device_products");
    TCase *t = tcase_create("tallies");
    tcase_add_test(t, test_draws);
    tcase_add_test(t, test_bundle);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    if (is_emulated()) {
        TCase *fake = tcase_create("fake");
        tcase_add_test(fake, test_beyond);
        tcase_add_test(fake, test_absent);
        tcase_add_test(fake, test_refused);
        tcase_add_test(fake, test_failures);
        tcase_add_test(fake, test_memory);
        tcase_add_test(fake, test_given_up);
        tcase_add_loop_test(fake, test_choice, 0, sizeof choices / sizeof choices[0]);
        tcase_set_timeout(fake, 600);
        suite_add_tcase(s, fake);
    }
    return support_run(s);
}
