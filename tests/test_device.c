/* test_device.c - tallies of the GPU plugin, by default in the emulator, against the CPU's and the
 * brute force: over the option space, whatever the bands, segments, batches and limits.
 *
 * RQA_TEST_PLUGIN=FILE runs the same on another plugin, such as the real one on a real card.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu_run.h"
#include "backend/device_run.h"
#include "rqa/rqa.h"
#include "task_draws.h"

static const char *plugin_path(void)
{
    const char *path = getenv("RQA_TEST_PLUGIN");
    return path && *path ? path : getenv("RQA_TEST_EMULATED");
}

static rqa__device_list *open_list(void)
{
    rqa__device_list *list;
    ck_assert_int_eq(rqa__device_list_create(&list, plugin_path(), 0.8), RQA_OK);
    ck_assert_msg(list->n_devices > 0, "%s", list->reason);
    return list;
}

static uint64_t n_draws(uint64_t usual)
{
    const char *more = getenv("RQA_TEST_DRAWS");
    return more ? strtoull(more, NULL, 10) : usual;
}

/* Every way of cutting the work must give the same counts. */
static void draw_options(rqa_plugin_device_options *o)
{
    static const uint32_t steps[] = {0, 0, 32, 64, 96, 160};
    o->band_steps = steps[task_below(6)];
    o->segment_steps = steps[task_below(6)];
    o->batch_tallies = task_below(3) == 0 ? 1 + (uint32_t)task_below(5) : 0;
    o->flags = task_below(8) == 0 ? RQA_PLUGIN_EXACT_ONLY : 0;
}

static void describe_options(char *out, size_t size, const rqa_plugin_device_options *o)
{
    snprintf(out, size, "band %u segment %u batch %u flags %u", o->band_steps, o->segment_steps,
             o->batch_tallies, o->flags);
}

/* Options take effect when the device is opened. */
static void reopen(rqa__device *device)
{
    device->table->device_close(device->handle);
    device->handle = NULL;
}

static void run_draw(rqa__device *device, uint64_t seed, size_t most)
{
    random_task r;
    random_task_create(&r, seed, most);
    reopen(device);
    draw_options(&device->options);
    task_check c = {.task = &r.task, .offsets_in_square = 1};
    int status = rqa__device_run_one(device, NULL, &r.task, NULL, task_check_tally, &c);
    char what[256], how[128];
    random_task_describe(what, sizeof what, &r);
    describe_options(how, sizeof how, &device->options);
    ck_assert_msg(status == 0, "draw %llu (%s; %s): %s", (unsigned long long)seed, what, how,
                  rqa_last_error());
    ck_assert_msg(!c.wrong[0], "draw %llu (%s; %s): %s", (unsigned long long)seed, what, how,
                  c.wrong);
    ck_assert_uint_eq(c.n_calls, r.task.n_dims * r.task.n_thresholds);
    random_task_destroy(&r);
}

START_TEST(test_brute)
{
    rqa__device_list *list = open_list();
    for (uint64_t seed = 1; seed <= n_draws(400); seed++)
        run_draw(&list->device[0], seed, seed % 8 ? 90 : 250);
    rqa__device_list_destroy(list);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("device");
    TCase *t = tcase_create("tallies");
    tcase_add_test(t, test_brute);
    tcase_set_timeout(t, 600);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
