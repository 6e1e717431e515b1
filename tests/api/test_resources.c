/* test_resources.c - errors of files, memory, threads and processes. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static int threads_fail;

/* Interposed before the C library's own: a system that is out of threads. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    void *symbol = dlsym(RTLD_NEXT, "pthread_create");
    memcpy(&next, &symbol, sizeof next);
    return threads_fail ? EAGAIN : next(thread, attributes, run, argument);
}

static rqa_context *context;
static rqa_series *series;
static rqa_embedding *embedding;
static rqa_matrix *matrix;

static void setup(void)
{
    double value[40];
    for (int i = 0; i < 40; i++)
        value[i] = (i * 37 % 11) / 4.;
    context = support_context(2);
    series = support_series(context, value, 40, 1);
    embedding = support_embedding(series, 2, 3);
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, NULL));
}

static void teardown(void)
{
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}

START_TEST(png_arguments)
{
    rqa_png_options o;
    char folder[] = "/tmp/rqa_png_XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    rqa_png_options_init(&o);
    o.max_pixels = 15;
    ck_fails(rqa_matrix_write_png(matrix, path, &o), RQA_ERROR_VALUE, "max_pixels is 15");
    o.max_pixels = 20001;
    ck_fails(rqa_matrix_write_png(matrix, path, &o), RQA_ERROR_VALUE, "max_pixels is 20001");
    rqa_png_options_init(&o);
    o.sample_period = NAN;
    ck_fails(rqa_matrix_write_png(matrix, path, &o), RQA_ERROR_VALUE, "sample_period");
    rqa_png_options_init(&o);
    o.x_label = "caf\xc3\xa9";
    ck_fails(rqa_matrix_write_png(matrix, path, &o), RQA_ERROR_VALUE, "x_label");
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_ok(rqa_matrix_write_png(matrix, path, NULL));
    ck_fails(rqa_matrix_write_png(matrix, path, NULL), RQA_ERROR_IO, path);
    rqa_png_options_init(&o);
    o.overwrite = 1;
    ck_ok(rqa_matrix_write_png(matrix, path, &o));
    unlink(path);
    ck_fails(rqa_matrix_write_png(matrix, "/nowhere/at/all.png", NULL), RQA_ERROR_IO, "/nowhere");
    ck_assert_int_eq(rmdir(folder), 0); /* no temporary file is left behind */
}
END_TEST

/* The memory limit names what is needed and what is allowed. */
START_TEST(memory_limit)
{
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.memory_limit_bytes = 100000;
    options.n_threads = 1;
    rqa_context *small;
    ck_ok(rqa_context_create(&small, &options));
    static double x[20000];
    rqa_series *s = NULL;
    ck_fails(rqa_series_create(&s, small, x, 20000, 1, NULL), RQA_ERROR_MEMORY_LIMIT,
             "160|bytes|100000");
    ck_assert_ptr_null(s);
    s = support_series(small, x, 2000, 1);
    rqa_embedding *e = support_embedding(s, 1, 1);
    rqa_matrix *a = NULL;
    /* 2000 rows of 32 words, and for one that is made the rows that it is made of */
    ck_fails(rqa_matrix_create(&a, e, NULL, NULL), RQA_ERROR_MEMORY_LIMIT, "2000 x 2000|needs|100000");
    ck_fails(rqa_matrix_from_bytes(&a, small, (const uint8_t *)x, 2000, 2000, 0),
             RQA_ERROR_MEMORY_LIMIT, "512000|100000");
    ck_assert_ptr_null(a);
    rqa_embedding_destroy(e);
    rqa_series_destroy(s);
    rqa_context_destroy(small);
}
END_TEST

START_TEST(no_threads_left)
{
    static double x[3000];
    rqa_context *c = support_context(3);
    rqa_series *s = support_series(c, x, 3000, 1);
    rqa_embedding *e = support_embedding(s, 1, 1);
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, 1);
    o.backend = RQA_BACKEND_THREADS;
    rqa_metrics *m = NULL;
    threads_fail = 1;
    ck_fails(rqa_metrics_compute(&m, e, NULL, &o), RQA_ERROR_THREAD, "thread");
    threads_fail = 0;
    ck_assert_ptr_null(m);
    m = support_metrics(e, NULL, &o);
    rqa_metrics_destroy(m);
    rqa_embedding_destroy(e);
    rqa_series_destroy(s);
    rqa_context_destroy(c);
}
END_TEST

/* The exit status of a forked child that tries to compute with its parent's context. */
static int compute_in_child(void)
{
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, 1);
    rqa_metrics *m = NULL;
    o.backend = RQA_BACKEND_THREADS;
    if (rqa_metrics_compute(&m, embedding, NULL, &o) != RQA_ERROR_FORKED)
        return 1;
    if (!strstr(rqa_last_error(), "fork"))
        return 2;
    rqa_matrix *a = NULL;
    if (rqa_matrix_create(&a, embedding, NULL, &o) != RQA_ERROR_FORKED)
        return 3;
    rqa_context *own = NULL;
    return rqa_context_create(&own, NULL) == RQA_OK ? 0 : 4;
}

START_TEST(forked_child)
{
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, 1);
    o.backend = RQA_BACKEND_THREADS;
    rqa_metrics_destroy(support_metrics(embedding, NULL, &o)); /* starts the pool */
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(compute_in_child());
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: status 0x%x", status);
    rqa_metrics_destroy(support_metrics(embedding, NULL, &o));
}
END_TEST

static void *read_other_text(void *text)
{
    rqa_metrics_get(NULL, 0, NULL);
    *(int *)text = strstr(rqa_last_error(), "metrics") != NULL;
    return NULL;
}

/* Each thread has its own text, and success leaves it alone. */
START_TEST(text_is_per_thread)
{
    int found = 0;
    pthread_t thread;
    ck_fails(rqa_norm_from_name(&found, "hamming"), RQA_ERROR_UNKNOWN_NAME, "hamming");
    ck_assert_int_eq(pthread_create(&thread, NULL, read_other_text, &found), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(found, 1);
    ck_assert_ptr_nonnull(strstr(rqa_last_error(), "hamming"));
    rqa_metrics_destroy(support_metrics(embedding, NULL, NULL));
    ck_assert_ptr_nonnull(strstr(rqa_last_error(), "hamming"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resources");
    TCase *tcase = tcase_create("limits");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, png_arguments);
    tcase_add_test(tcase, memory_limit);
    tcase_add_test(tcase, no_threads_left);
    tcase_add_test(tcase, forked_child);
    tcase_add_test(tcase, text_is_per_thread);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
