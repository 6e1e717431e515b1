/* test_pool.c - rounds of jobs on a thread pool: every job once, by whoever is there. pthread_create() is
 * wrapped, so that helpers come when a test lets them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/pool.h"
#include "base/thread.h"
#include "support.h"

enum { WORKERS = 4, MOST_JOBS = 9, ROUNDS = 20000 };

static atomic_int is_gate_closed;

typedef struct entrance {
    void *(*entry)(void *);
    void *arg;
} entrance;

static void *enter(void *arg)
{
    const entrance e = *(entrance *)arg;
    free(arg);
    while (atomic_load(&is_gate_closed))
        rqa__yield();
    return e.entry(e.arg);
}

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*entry)(void *), void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*entry)(void *), void *arg)
{
    entrance *e = malloc(sizeof *e);
    ck_assert_ptr_nonnull(e);
    *e = (entrance){entry, arg};
    return __real_pthread_create(thread, attributes, enter, e);
}

typedef struct jobs {
    int n_runs[MOST_JOBS]; /* of each, written by who runs it */
    atomic_uint workers;   /* a bit each */
    size_t failing;        /* that one and those behind it */
} jobs;

static int run_job(void *arg, size_t index, unsigned worker)
{
    jobs *j = arg;
    j->n_runs[index]++;
    atomic_fetch_or(&j->workers, 1u << worker);
    return index < j->failing ? RQA_OK : rqa__fail(RQA_ERROR_VALUE, "job %d", (int)index);
}

/* Whoever has not come when no job is left is not waited for. */
START_TEST(without_helpers)
{
    rqa__pool *pool;
    atomic_store(&is_gate_closed, 1);
    ck_ok(rqa__pool_create(&pool, WORKERS));
    for (size_t n = 0; n <= MOST_JOBS; n++) {
        jobs j = {.failing = MOST_JOBS};
        ck_ok(rqa__pool_run(pool, n, run_job, &j));
        for (size_t k = 0; k < MOST_JOBS; k++)
            ck_assert_int_eq(j.n_runs[k], k < n);
        ck_assert_uint_eq(atomic_load(&j.workers), n > 0);
    }
    atomic_store(&is_gate_closed, 0);
    rqa__pool_destroy(pool);
}
END_TEST

static int meet(void *arg, size_t index, unsigned worker)
{
    atomic_size_t *n_met = arg;
    (void)index;
    (void)worker;
    atomic_fetch_add(n_met, 1);
    while (atomic_load(n_met) < WORKERS)
        rqa__yield();
    return 0;
}

/* Jobs that wait for each other have a worker each; those that came late to one round, too. */
START_TEST(all_helpers)
{
    rqa__pool *pool;
    jobs j = {.failing = MOST_JOBS};
    atomic_store(&is_gate_closed, 1);
    ck_ok(rqa__pool_create(&pool, WORKERS));
    ck_ok(rqa__pool_run(pool, MOST_JOBS, run_job, &j));
    atomic_store(&is_gate_closed, 0);
    for (int k = 0; k < 50; k++) {
        atomic_size_t n_met = 0;
        ck_ok(rqa__pool_run(pool, WORKERS, meet, &n_met));
        ck_assert_uint_eq(atomic_load(&n_met), WORKERS);
    }
    rqa__pool_destroy(pool);
}
END_TEST

/* Short rounds one after the other: nobody takes a job of another round, or of none. */
START_TEST(rounds)
{
    rqa__pool *pool;
    ck_ok(rqa__pool_create(&pool, WORKERS));
    for (unsigned r = 0; r < ROUNDS; r++) {
        const size_t n = r % (MOST_JOBS + 1), failing = r % 7 == 3 ? n / 2 : MOST_JOBS;
        jobs j = {.failing = failing};
        const int status = rqa__pool_run(pool, n, run_job, &j);
        ck_assert_int_eq(status, failing < n ? RQA_ERROR_VALUE : RQA_OK);
        for (size_t k = 0; k < MOST_JOBS; k++)
            ck_assert_msg(k < failing ? j.n_runs[k] == (k < n) : j.n_runs[k] <= (k < n),
                          "round %u: job %d of %d ran %d times", r, (int)k, (int)n, j.n_runs[k]);
        if (failing < n)
            ck_assert_int_eq(j.n_runs[atoi(rqa_last_error() + strlen("job "))], 1);
    }
    rqa__pool_destroy(pool);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("pool");
    tcase_add_test(tcase, without_helpers);
    tcase_add_test(tcase, all_helpers);
    tcase_add_test(tcase, rounds);
    Suite *suite = suite_create("pool");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
