/* test_plugin.c - the plugin loader against fake plugins: what is refused, where it searches, what
 * `auto` and an explicit backend make of a device that is missing, too small, broken or unable.
 */
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/plugin_loader.h"
#include "support.h"

enum { PATH_ROOM = 600 };

static void path_of(char *out, const char *fake)
{
    snprintf(out, PATH_ROOM, "%s/fake_plugin_%s.so", getenv("RQA_TEST_FAKES"), fake);
}

static const struct {
    const char *fake, *words;
} refused[] = {
    {"wrong_abi", "fake_plugin_wrong_abi.so|interface 2|asks for 1"},
    {"no_symbol", "fake_plugin_no_symbol.so|rqa_plugin_entry"},
    {"short_table", "fake_plugin_short_table.so|its table"},
    {"null_function", "fake_plugin_null_function.so|misses a function"},
    {"entry_fails", "the moon is in the wrong house"},
    {"entry_silent", "gave no reason"},
};

START_TEST(test_refused)
{
    char path[PATH_ROOM];
    rqa__plugin plugin;
    path_of(path, refused[_i].fake);
    ck_fails(rqa__plugin_load(&plugin, path), RQA_ERROR_BACKEND_MISSING, refused[_i].words);
}
END_TEST

/* ---- where it is searched ---- */

static rqa_backend_info gpu_line(rqa_context *context)
{
    rqa_backend_info info = {.struct_size = sizeof info};
    ck_ok(rqa_context_backend_at(context, 2, &info));
    ck_assert_int_eq(info.backend, RQA_BACKEND_GPU);
    return info;
}

static void expect_line(int available, const char *words)
{
    rqa_context *context = support_context(2);
    rqa_backend_info info = gpu_line(context);
    ck_assert_msg(info.available == available, "gpu is %d: %s", info.available, info.detail);
    ck_assert_msg(strstr(info.detail, words), "'%s' does not say '%s'", info.detail, words);
    rqa_context_destroy(context);
}

START_TEST(test_search)
{
    char works[PATH_ROOM], broken[PATH_ROOM], list[3 * PATH_ROOM], link_name[64];
    char folder[] = "/tmp/rqa-plugin-XXXXXX";
    path_of(works, "works");
    path_of(broken, "entry_fails");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(link_name, sizeof link_name, "%s/librqa_cuda.so", folder);
    ck_assert_int_eq(symlink(works, link_name), 0);

    setenv("RQA_PLUGIN_PATH", works, 1); /* a file */
    expect_line(1, "xxx, 1.0 GiB");
    setenv("RQA_PLUGIN_PATH", folder, 1); /* a folder */
    expect_line(1, "xxx, 1.0 GiB");
    snprintf(list, sizeof list, "/nowhere::%s:%s", folder, broken); /* the first that is there */
    setenv("RQA_PLUGIN_PATH", list, 1);
    expect_line(1, "xxx, 1.0 GiB");
    snprintf(list, sizeof list, "%s:%s", broken, folder); /* found is found */
    setenv("RQA_PLUGIN_PATH", list, 1);
    expect_line(0, "moon");

    /* The current folder is no place for a plugin, however it is spelt. */
    char before[PATH_ROOM];
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(folder), 0);
    setenv("RQA_PLUGIN_PATH", ".:::librqa_cuda.so:./librqa_cuda.so:", 1);
    rqa_context *context = support_context(1);
    ck_assert_ptr_null(strstr(gpu_line(context).detail, "xxx"));
    /* ... and that is said, also where a later entry has one. */
    ck_assert_ptr_nonnull(strstr(gpu_line(context).detail,
                                 "'.' in RQA_PLUGIN_PATH is not used: it must begin with /"));
    rqa_context_destroy(context);
    char absolute_too[2 * PATH_ROOM];
    snprintf(absolute_too, sizeof absolute_too, "%s:plugins", works);
    setenv("RQA_PLUGIN_PATH", absolute_too, 1);
    context = support_context(1);
    ck_assert_ptr_nonnull(strstr(gpu_line(context).detail, "; 'plugins' in RQA_PLUGIN_PATH is not"));
    ck_assert(gpu_line(context).available);
    rqa_context_destroy(context);
    rqa__plugin plugin;
    ck_fails(rqa__plugin_load(&plugin, "librqa_cuda.so"), RQA_ERROR_BACKEND_MISSING,
             "must begin with /");
    ck_assert_int_eq(chdir(before), 0);
    unlink(link_name);
    rmdir(folder);
}
END_TEST

START_TEST(test_not_a_library)
{
    char path[] = "/tmp/rqa-plugin-XXXXXX";
    rqa__plugin plugin;
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq((int)write(file, "text", 4), 4);
    close(file);
    ck_fails(rqa__plugin_load(&plugin, path), RQA_ERROR_BACKEND_MISSING, "rqa-plugin-");
    unlink(path);
    ck_fails(rqa__plugin_load(&plugin, "/nowhere/at.so"), RQA_ERROR_BACKEND_MISSING,
             "/nowhere/at.so");
}
END_TEST

/* ---- what is made of it ---- */

enum { LENGTH = 1500, LONGEST = 11000 }; /* a million pairs and more: auto would take a GPU */

typedef struct analysis {
    rqa_context *context;
    rqa_series *series;
    rqa_embedding *embedding;
    rqa_metrics *metrics;
    char log[512];
} analysis;

static void keep_log(void *user, int32_t level, const char *line)
{
    analysis *a = user;
    (void)level;
    strncat(a->log, line, sizeof a->log - strlen(a->log) - 1);
}

/* A context with one of the fakes, and a series. */
static void begin(analysis *a, const char *fake, size_t length)
{
    static double value[LONGEST];
    char path[PATH_ROOM];
    path_of(path, fake);
    setenv("RQA_PLUGIN_PATH", path, 1);
    memset(a, 0, sizeof *a);
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = 2;
    options.log = keep_log;
    options.log_user = a;
    ck_ok(rqa_context_create(&a->context, &options));
    for (size_t k = 0; k < length; k++)
        value[k] = (double)(k * 7919 % 101);
    a->series = support_series(a->context, value, length, 1);
    a->embedding = support_embedding(a->series, 1, 1);
}

static rqa_status compute(analysis *a, int32_t backend, uint64_t measures)
{
    rqa_analysis_options how = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 5);
    how.backend = backend;
    how.measures = measures;
    return rqa_metrics_compute(&a->metrics, a->embedding, NULL, &how);
}

static rqa_status analyze(analysis *a, const char *fake, int32_t backend, uint64_t measures)
{
    begin(a, fake, LENGTH);
    return compute(a, backend, measures);
}

static void end(analysis *a)
{
    rqa_metrics_destroy(a->metrics);
    rqa_embedding_destroy(a->embedding);
    rqa_series_destroy(a->series);
    rqa_context_destroy(a->context);
}

static rqa_provenance provenance_of(const analysis *a)
{
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(a->metrics, &p));
    return p;
}

static const struct {
    const char *fake;
    rqa_status status;
    const char *words;
} unusable[] = {
    {"no_device", RQA_ERROR_BACKEND_MISSING, "backend 'gpu'|no usable GPU: CUDA error 35"},
    {"bad_device", RQA_ERROR_BACKEND_MISSING, "backend 'gpu'|on fire"},
    {"entry_fails", RQA_ERROR_BACKEND_MISSING, "backend 'gpu'|moon"},
    {"no_memory", RQA_ERROR_MEMORY, "out of memory while allocating"},
    {"fails", RQA_ERROR_BACKEND_FAILED, "CUDA error 719"},
    {"unsupported", RQA_ERROR_UNSUPPORTED, "not on a Sunday"},
};

/* Named explicitly it is an error; auto goes to the CPU. */
START_TEST(test_unusable)
{
    analysis a;
    ck_fails(analyze(&a, unusable[_i].fake, RQA_BACKEND_GPU, RQA_MEASURES_DEFAULT), unusable[_i].status,
             unusable[_i].words);
    ck_assert_ptr_null(a.metrics);
    end(&a);
    ck_ok(analyze(&a, unusable[_i].fake, RQA_BACKEND_AUTO, RQA_MEASURES_DEFAULT));
    rqa_provenance p = provenance_of(&a);
    ck_assert_int_eq(p.backend, RQA_BACKEND_THREADS);
    ck_assert_uint_gt(support_count(a.metrics, RQA_COUNT_POINTS), 7);
    if (unusable[_i].status != RQA_ERROR_BACKEND_MISSING) {
        ck_assert_msg(strstr(p.reason, "left the GPU"), "%s", p.reason);
        ck_assert_msg(strstr(a.log, "not on the GPU"), "%s", a.log);
    }
    end(&a);
}
END_TEST

START_TEST(test_usable)
{
    analysis a;
    ck_ok(analyze(&a, "works", RQA_BACKEND_AUTO, RQA_MEASURE_BIT(RQA_MEASURE_RR)));
    rqa_provenance p = provenance_of(&a);
    ck_assert_int_eq(p.backend, RQA_BACKEND_GPU);
    ck_assert_str_eq(p.kernels, "fake");
    ck_assert_uint_eq(support_count(a.metrics, RQA_COUNT_POINTS), 7);
    ck_assert_msg(strstr(a.log, "a word from the plugin"), "%s", a.log);
    rqa_backend_info info = gpu_line(a.context);
    ck_assert_uint_eq(strspn(info.detail, "x"), 127);
    ck_assert_uint_eq(info.memory_bytes, (uint64_t)(0.8 * (1 << 30)));
    end(&a);
    /* It gives no points per diagonal, which trend would read. */
    ck_fails(analyze(&a, "works", RQA_BACKEND_GPU, RQA_MEASURES_DEFAULT), RQA_ERROR_BACKEND_FAILED,
             "another shape");
    end(&a);
    /* A device that has failed once is not asked again. */
    ck_fails(analyze(&a, "fails", RQA_BACKEND_GPU, RQA_MEASURES_DEFAULT), RQA_ERROR_BACKEND_FAILED,
             "719");
    rqa_analysis_options how = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 5);
    how.backend = RQA_BACKEND_GPU;
    ck_fails(rqa_metrics_compute(&a.metrics, a.embedding, NULL, &how), RQA_ERROR_BACKEND_MISSING,
             "failed before");
    end(&a);
}
END_TEST

static const struct {
    size_t length;
    int32_t backend;
    const char *reason;
} sizes[] = {
    {900, RQA_BACKEND_SEQUENTIAL, "below 1e+06"},
    {1500, RQA_BACKEND_GPU, "1e+06 to 1e+07"},
    {3300, RQA_BACKEND_THREADS, "1e+07 to 1e+08"},
    {LONGEST, RQA_BACKEND_HYBRID, "from 1e+08 up"},
};

/* The plugin has set another rounding direction as it was loaded, and whenever it was called. */
START_TEST(test_mode)
{
    analysis a;
    fenv_t before;
    fegetenv(&before);
    ck_ok(analyze(&a, "works", RQA_BACKEND_GPU, RQA_MEASURE_BIT(RQA_MEASURE_RR)));
    ck_assert_int_eq(fegetround(), FE_TONEAREST);
    volatile double found = support_get(a.metrics, RQA_MEASURE_RR);
    volatile double points = 7, pairs = (double)support_count(a.metrics, RQA_COUNT_PAIRS);
    ck_assert_double_eq(found, points / pairs);
#ifdef FE_UPWARD
    fesetround(FE_UPWARD);
    volatile double upward = points / pairs;
    fesetenv(&before);
    ck_assert_double_ne(found, upward);
#endif
    end(&a);
}
END_TEST

/* The size table with a GPU. */
START_TEST(test_sizes)
{
    analysis a;
    begin(&a, "works", sizes[_i].length);
    ck_ok(compute(&a, RQA_BACKEND_AUTO, RQA_MEASURE_BIT(RQA_MEASURE_RR)));
    rqa_provenance p = provenance_of(&a);
    ck_assert_msg(p.backend == sizes[_i].backend, "%s: %s", rqa_backend_name(p.backend), p.reason);
    ck_assert_msg(strstr(p.reason, sizes[_i].reason), "%s", p.reason);
    end(&a);
}
END_TEST

/* By predicted times: a slow processor leaves work to the GPU, a fast one does not. */
START_TEST(test_profile)
{
    for (int slow = 0; slow < 2; slow++) {
        analysis a;
        begin(&a, "works", LENGTH);
        rqa_profile profile = {.struct_size = sizeof profile};
        ck_ok(rqa_context_get_profile(a.context, &profile));
        profile.bits_scale = profile.sweep_scale = slow ? 1e4 : 1;
        ck_ok(rqa_context_set_profile(a.context, &profile));
        ck_ok(compute(&a, RQA_BACKEND_AUTO, RQA_MEASURE_BIT(RQA_MEASURE_RR)));
        rqa_provenance p = provenance_of(&a);
        ck_assert_msg((p.backend == RQA_BACKEND_GPU) == slow, "%s: %s", rqa_backend_name(p.backend),
                      p.reason);
        if (slow)
            ck_assert_msg(strstr(p.reason, "on the GPU"), "%s", p.reason);
        end(&a);
    }
}
END_TEST

/* The environment sends analyses to the GPU; a matrix is filled here all the same. */
START_TEST(test_environment)
{
    analysis a;
    setenv("RQA_BACKEND", "gpu", 1);
    begin(&a, "works", 100);
    ck_ok(compute(&a, RQA_BACKEND_AUTO, RQA_MEASURE_BIT(RQA_MEASURE_RR)));
    ck_assert_int_eq(provenance_of(&a).backend, RQA_BACKEND_GPU);
    rqa_matrix *matrix;
    rqa_analysis_options how = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 5);
    ck_ok(rqa_matrix_create(&matrix, a.embedding, NULL, &how));
    rqa_matrix_destroy(matrix);
    how.backend = RQA_BACKEND_GPU;
    ck_fails(rqa_matrix_create(&matrix, a.embedding, NULL, &how), RQA_ERROR_BACKEND_MISSING,
             "threads alone");
    end(&a);
    unsetenv("RQA_BACKEND");
}
END_TEST

/* The interface, frozen: append, never change a line. */
#if defined(__LP64__)
#define AT(type, field, offset)                                                                    \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved")
AT(rqa_plugin_task, x, 32);
AT(rqa_plugin_task, y, 64);
AT(rqa_plugin_task, bounds, 96);
AT(rqa_plugin_task, theiler_points, 112);
AT(rqa_plugin_task, theiler_vertical, 128);
AT(rqa_plugin_tally, points, 8);
AT(rqa_plugin_tally, diagonal, 24);
AT(rqa_plugin_tally, recurrence_time, 88);
AT(rqa_plugin_tally, offset_points, 104);
AT(rqa_plugin_tally, n_offsets, 112);
AT(rqa_plugin_host, allocate, 8);
AT(rqa_plugin_host, log, 32);
AT(rqa_plugin_device_info, memory_total, 8);
AT(rqa_plugin_device_info, name, 40);
AT(rqa_plugin_device_info, bus_id, 168);
AT(rqa_plugin_device_options, memory_share, 8);
AT(rqa_plugin_device_options, flags, 36);
AT(rqa_plugin_timings, bits_s, 8);
AT(rqa_plugin_timings, n_products, 40);
AT(rqa_plugin_timings, n_by_lags, 48);
AT(rqa_plugin_run, tasks, 8);
AT(rqa_plugin_run, log_user, 56);
AT(rqa_plugin_table, name, 8);
AT(rqa_plugin_table, device_count, 24);
AT(rqa_plugin_table, run, 64);
AT(rqa_plugin_table, timings, 80);
#endif

int main(void)
{
    Suite *s = suite_create("plugin");
    TCase *t = tcase_create("loader");
    tcase_add_loop_test(t, test_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(t, test_search);
    tcase_add_test(t, test_not_a_library);
    tcase_add_loop_test(t, test_unusable, 0, sizeof unusable / sizeof unusable[0]);
    tcase_add_test(t, test_usable);
    tcase_add_test(t, test_mode);
    tcase_add_loop_test(t, test_sizes, 0, sizeof sizes / sizeof sizes[0]);
    tcase_add_test(t, test_profile);
    tcase_add_test(t, test_environment);
    suite_add_tcase(s, t);
    return support_run(s);
}
