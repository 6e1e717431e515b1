/* test_plan_memory.c - the memory that a batch is predicted to need is what it takes, and the limit
 * on it is kept: fewer threads, or a refusal that names the numbers.
 *
 * RQA_TEST_DIVIDE=2 halves the recordings, for builds and kernel levels that take long. */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* A heap that knows how much of it is in use. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t live, peak;
enum { HEADER = 16 };

static void *took(void *block, size_t n_bytes, int64_t before)
{
    if (!block)
        return NULL;
    memcpy(block, &n_bytes, sizeof n_bytes);
    pthread_mutex_lock(&lock);
    live += (int64_t)n_bytes - before;
    peak = live > peak ? live : peak;
    pthread_mutex_unlock(&lock);
    return (char *)block + HEADER;
}

static size_t size_of(void *block)
{
    size_t n_bytes;
    memcpy(&n_bytes, (char *)block - HEADER, sizeof n_bytes);
    return n_bytes;
}

static void *allocate(size_t n_bytes, void *user)
{
    (void)user;
    return took(malloc(n_bytes + HEADER), n_bytes, 0);
}

static void *reallocate(void *block, size_t n_bytes, void *user)
{
    (void)user;
    int64_t before = (int64_t)size_of(block);
    return took(realloc((char *)block - HEADER, n_bytes + HEADER), n_bytes, before);
}

static void release(void *block, void *user)
{
    (void)user;
    pthread_mutex_lock(&lock);
    live -= (int64_t)size_of(block);
    pthread_mutex_unlock(&lock);
    free((char *)block - HEADER);
}

static void setup(void)
{
    const rqa_memory_hooks hooks = {sizeof hooks, 0, allocate, reallocate, release, NULL};
    ck_ok(rqa_memory_hooks_set(&hooks));
}

static void teardown(void)
{
    ck_ok(rqa_memory_hooks_set(NULL));
}

static int n_warnings;

static void on_log(void *user, int32_t level, const char *message)
{
    (void)user, (void)level;
    n_warnings += strstr(message, "for the memory limit") != NULL;
}

/* A batch, and what it belongs to. */
typedef struct world {
    rqa_context *context;
    rqa_series *series;
    rqa_batch *batch;
} world;

typedef struct plan {
    const char *name;
    size_t n;
    uint32_t n_dims, n_thresholds, n_threads;
    int32_t norm, few, smooth, n_items;
} plan;

static void make(world *w, const plan *p, uint64_t limit_bytes)
{
    static const uint32_t dims[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, delays[] = {1, 5};
    double thresholds[51], *x = malloc(p->n * sizeof *x);
    rng r = {7};
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = p->n_threads;
    co.memory_limit_bytes = limit_bytes;
    co.log = on_log;
    co.log_level = RQA_LOG_WARNING;
    for (size_t i = 0; i < p->n; i++)
        x[i] = p->smooth ? sin((double)i * .002) + .3 * rng_uniform(&r) : 3 * rng_uniform(&r);
    for (int k = 0; k < 51; k++)
        thresholds[k] = .05 + .02 * k;
    rqa_analysis_options a;
    rqa_analysis_options_init(&a);
    a.norm = p->norm;
    a.backend = p->n_threads > 1 ? RQA_BACKEND_THREADS : RQA_BACKEND_SEQUENTIAL;
    if (p->few)
        a.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_DET);
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.analysis = &a;
    o.dims = dims;
    o.n_dims = p->n_dims;
    o.delays = delays;
    o.n_delays = 2;
    o.thresholds = thresholds;
    o.n_thresholds = p->n_thresholds;
    ck_ok(rqa_context_create(&w->context, &co));
    w->series = support_series(w->context, x, p->n, 1);
    free(x);
    ck_ok(rqa_batch_create(&w->batch, w->context, &o));
    for (int k = 0; k < p->n_items; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
        item.x = w->series;
        ck_ok(rqa_batch_add(w->batch, &item));
    }
}

static void unmake(world *w)
{
    rqa_batch_destroy(w->batch);
    rqa_series_destroy(w->series);
    rqa_context_destroy(w->context);
}

/* Whether all its threads may work within so many bytes. */
static int fits(const plan *p, uint64_t limit_bytes)
{
    world w;
    make(&w, p, limit_bytes);
    n_warnings = 0;
    int refused = strstr(rqa_batch_explain(w.batch), "cannot run") != NULL;
    unmake(&w);
    return !refused && n_warnings == 0;
}

/* The least limit that lets all threads work is what the plan says they need. */
static uint64_t predicted(const plan *p)
{
    uint64_t least = p->n * sizeof(double) + 4096, most = UINT64_C(1) << 33;
    while (most - least > most / 256) {
        uint64_t limit = least + (most - least) / 2;
        if (fits(p, limit))
            most = limit;
        else
            least = limit;
    }
    return most;
}

static const plan plans[] = {
    {"one short analysis", 200, 1, 1, 1, RQA_NORM_MAXIMUM, 0, 0, 4},
    {"a short grid", 800, 10, 51, 2, RQA_NORM_MAXIMUM, 0, 1, 4},
    {"bit rows", 5000, 3, 3, 2, RQA_NORM_EUCLIDEAN, 0, 0, 4},
    {"noise", 5000, 10, 51, 1, RQA_NORM_MAXIMUM, 1, 0, 4},
    {"smooth data", 5000, 1, 51, 1, RQA_NORM_MAXIMUM, 1, 1, 4},
    {"smooth data, every measure", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 4},
    {"two recordings", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 2},
    {"one recording", 4000, 4, 51, 2, RQA_NORM_EUCLIDEAN, 0, 1, 1},
    {"one recording, four threads", 3000, 4, 51, 4, RQA_NORM_EUCLIDEAN, 0, 1, 1},
    {"long smooth data", 9000, 1, 51, 2, RQA_NORM_MAXIMUM, 1, 1, 4},
};

START_TEST(predictions_are_true)
{
    plan p = plans[_i];
    p.n /= env_number("RQA_TEST_DIVIDE", 1);
    uint64_t n_bytes = predicted(&p);
    world w;
    make(&w, &p, 0);
    int64_t before = live;
    peak = live;
    ck_ok(rqa_batch_run(w.batch, NULL, NULL));
    double ratio = (double)(peak - before) / (double)n_bytes;
    printf("%s: %" PRIu64 " bytes predicted, %" PRId64 " taken (%.2f)\n", p.name, n_bytes,
           peak - before, ratio);
    ck_assert_msg(ratio <= 1.1, "%s: %.2f times what was predicted", p.name, ratio);
    unmake(&w);
    ck_assert_int_eq(live, 0);
}
END_TEST

/* 500,000 samples: with little memory one thread, with less none. */
START_TEST(a_tiny_limit)
{
    plan p = {"long", 500000, 1, 3, 2, RQA_NORM_EUCLIDEAN, 0, 0, 4};
    uint64_t both = predicted(&p);
    plan one = p;
    one.n_threads = 1;
    uint64_t single = predicted(&one);
    ck_assert(single < both);
    world w;
    make(&w, &p, (single + both) / 2);
    n_warnings = 0;
    ck_ok(rqa_batch_start(w.batch));
    ck_assert_int_eq(n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(rqa_batch_explain(w.batch), "1 thread,"));
    rqa_batch_cancel(w.batch);
    ck_fails(rqa_batch_wait(w.batch, -1, NULL, NULL), RQA_ERROR_CANCELLED, "cancelled");
    unmake(&w);
    make(&w, &p, single / 2 > 5000000 ? single / 2 : 5000000);
    ck_fails(rqa_batch_run(w.batch, NULL, NULL), RQA_ERROR_MEMORY_LIMIT, "needs|bytes|limit");
    unmake(&w);
    ck_assert_int_eq(live, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("memory of a plan");
    TCase *t = tcase_create("memory");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, predictions_are_true, 0, sizeof plans / sizeof plans[0]);
    tcase_add_test(t, a_tiny_limit);
    suite_add_tcase(s, t);
    return support_run(s);
}
