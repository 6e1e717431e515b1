/* test_device_stats.c - load and memory of devices with a stand-in for NVML, with one that refuses,
 * with one that misses a function, and without any. RQA_TEST_NVML says which one is there.
 */
#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/device_run.h"
#include "backend/device_stats.h"
#include "support.h"

static rqa__device_list *open_list(void)
{
    rqa__device_list *list;
    setenv("RQA_EMULATOR_DEVICES", "2", 1);
    ck_assert_int_eq(rqa__device_list_create(&list, getenv("RQA_TEST_EMULATED"), NULL), RQA_OK);
    ck_assert_msg(list->n_devices == 2, "%s", list->reason);
    return list;
}

/* Its own memory is known of a device that is in use. */
static void open_device(rqa__device_list *list, size_t index)
{
    static const double sample[4] = {1, 2, 3, 4};
    static const double *const channel = sample;
    static const uint32_t dim = 1;
    const rqa__side side = {&channel, 4, 1, 1, &dim};
    const rqa__task task = {.n_dims = 1, .n_thresholds = 1, .x = side, .y = side, .bounds = sample};
    ck_assert_int_eq(rqa__device_supports(&list->device[index], &task), RQA_OK);
}

static int is(const char *which)
{
    return strcmp(getenv("RQA_TEST_NVML"), which) == 0;
}

static rqa__device_stats stats_of(size_t index, const char *refusing, char *why)
{
    rqa__device_stats stats;
    setenv("FAKE_NVML_REFUSE", refusing, 1);
    rqa__device_list *list = open_list();
    open_device(list, index);
    rqa__device_stats_read(list, index, &stats);
    rqa__device_stats_read(list, index, &stats); /* what is there now, not added up */
    strcpy(why, list->monitor->why);
    rqa__device_list_destroy(list);
    return stats;
}

/* By the plugin: the emulated device's own. */
static void expect_own_memory(const rqa__device_stats *stats)
{
    ck_assert_uint_gt(stats->memory_total, 1 << 20);
    ck_assert_uint_lt(stats->memory_used, stats->memory_total);
}

START_TEST(test_all)
{
    char why[256];
    const int there = is("full") || is("old");
    rqa__device_stats stats = stats_of(1, "", why);
    if (there) {
        ck_assert_uint_eq(stats.memory_used, 400);
        ck_assert_uint_eq(stats.memory_total, 1000);
        ck_assert_str_eq(why, "");
    } else {
        expect_own_memory(&stats);
        ck_assert_msg(strstr(why, "libnvidia-ml.so.1"), "%s", why);
    }
    if (is("full"))
        ck_assert(stats.utilization == 0.37);
    else
        ck_assert(isnan(stats.utilization));
    /* The bus id decides, not the index: NVML does not know this one. */
    stats = stats_of(0, "", why);
    ck_assert(isnan(stats.utilization));
    expect_own_memory(&stats);
}
END_TEST

START_TEST(test_refusals)
{
    char why[256];
    if (!is("full"))
        return;
    rqa__device_stats stats = stats_of(1, "utilization", why);
    ck_assert(isnan(stats.utilization));
    ck_assert_uint_eq(stats.memory_used, 400);
    stats = stats_of(1, "memory", why);
    ck_assert(stats.utilization == 0.37);
    expect_own_memory(&stats);
    stats = stats_of(1, "init", why);
    ck_assert_str_eq(why, "libnvidia-ml.so.1: Driver Not Loaded");
    ck_assert(isnan(stats.utilization));
    expect_own_memory(&stats);
    void *nvml = dlopen("libnvidia-ml.so.1", RTLD_NOW);
    int (*live)(void);
    *(void **)&live = dlsym(nvml, "fake_nvml_live");
    ck_assert_int_eq(live(), 0); /* every start has its end */
    dlclose(nvml);
}
END_TEST

/* Before a device is used NVML alone knows, if it does, how much is free. */
START_TEST(test_listed)
{
    rqa__device_stats stats;
    setenv("FAKE_NVML_REFUSE", "", 1);
    rqa__device_list *list = open_list();
    const int known = is("full") || is("old");
    ck_assert_uint_eq(list->device[0].info.memory_free, 0);
    ck_assert_uint_eq(list->device[1].info.memory_free, known ? 600 : 0);
    ck_assert_int_eq(strstr(list->device[1].detail, " GiB (0.0 free), ") != NULL, known);
    rqa__device_stats_read(list, 0, &stats);
    ck_assert_uint_eq(stats.memory_total, 0);
    rqa__device_list_destroy(list);
}
END_TEST

static int32_t lost(uint32_t index, rqa_plugin_device_info *info)
{
    (void)index, (void)info;
    return RQA_ERROR_BACKEND_FAILED;
}

/* A device that is lost while NVML knows nothing of it: nobody says how much memory there is. */
START_TEST(test_lost)
{
    rqa__device_stats stats;
    rqa__device_list *list = open_list();
    list->plugin.table.device_info = lost;
    rqa__device_stats_read(list, 0, &stats);
    ck_assert(isnan(stats.utilization));
    ck_assert_uint_eq(stats.memory_total, 0);
    ck_assert_uint_eq(stats.memory_used, 0);
    rqa__device_list_destroy(list);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("device_stats");
    TCase *t = tcase_create("nvml");
    tcase_add_test(t, test_all);
    tcase_add_test(t, test_refusals);
    tcase_add_test(t, test_listed);
    tcase_add_test(t, test_lost);
    suite_add_tcase(s, t);
    return support_run(s);
}
