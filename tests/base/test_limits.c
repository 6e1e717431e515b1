/* test_limits.c - limits that the system sets a host: files that may not grow, threads that cannot
 * be started. The host is a child of the test; it must live on, with its signals as they were.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rqa/store.h"
#include "support.h"

static char folder[] = "/tmp/rqa-limits-XXXXXX";

/* What of a child is wrong: the line that says so, 0 for nothing. */
#define CHILD_NEEDS(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s; %s\n", __FILE__, __LINE__, #condition, rqa_last_error());  \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static char *in_folder(const char *name)
{
    static char path[4][200];
    static int n;
    char *out = path[n++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

/* Runs it in a process of its own: 0, what it exits with, or 1000 + the signal that ended it. */
static int in_child(void (*body)(void))
{
    int how;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) ? 1000 + WTERMSIG(how) : WEXITSTATUS(how);
}

static void limit_files(rlim_t n_bytes)
{
    struct rlimit limit;
    CHILD_NEEDS(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = n_bytes;
    CHILD_NEEDS(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    signal(SIGXFSZ, SIG_DFL);
}

/* The signal is neither held back nor waiting, and still ends a host that writes too much itself. */
static void expect_signals_untouched(void)
{
    sigset_t set;
    CHILD_NEEDS(pthread_sigmask(SIG_SETMASK, NULL, &set) == 0 && !sigismember(&set, SIGXFSZ));
    CHILD_NEEDS(sigpending(&set) == 0 && !sigismember(&set, SIGXFSZ));
    struct sigaction action;
    CHILD_NEEDS(sigaction(SIGXFSZ, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
}

static rqa_matrix *large_matrix(rqa_context *context)
{
    double value[600];
    rng r = {7};
    for (int k = 0; k < 600; k++)
        value[k] = rng_uniform(&r);
    rqa_matrix *matrix;
    rqa_series *series = support_series(context, value, 600, 1);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, .3);
    ck_ok(rqa_matrix_create(&matrix, embedding, NULL, &options));
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    return matrix;
}

static void write_picture(void)
{
    struct stat info;
    rqa_context *context = support_context(1);
    rqa_matrix *matrix = large_matrix(context);
    limit_files(4096);
    CHILD_NEEDS(rqa_matrix_write_png(matrix, in_folder("p.png"), NULL) == RQA_ERROR_IO);
    CHILD_NEEDS(strstr(rqa_last_error(), "File too large") != NULL);
    CHILD_NEEDS(stat(in_folder("p.png"), &info) != 0);
    expect_signals_untouched();
    rqa_matrix_destroy(matrix);
    rqa_context_destroy(context);
}

static rqa_batch *long_batch(rqa_context *context, rqa_store *store)
{
    static double value[400], threshold[40];
    static uint32_t dim[20], delay[20];
    static const uint32_t two[1] = {2};
    rng r = {9};
    for (int k = 0; k < 400; k++)
        value[k] = rng_uniform(&r);
    for (int k = 0; k < 40; k++)
        threshold[k] = .01 * (k + 1);
    for (uint32_t k = 0; k < 20; k++)
        dim[k] = delay[k] = k + 1;
    rqa_batch *batch;
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = dim;
    options.delays = delay;
    options.thresholds = threshold;
    options.lmins = options.vmins = two;
    options.n_dims = options.n_delays = 12;
    options.n_thresholds = 40;
    options.n_lmins = options.n_vmins = 1;
    rqa_series *series = support_series(context, value, 400, 1);
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series,
                           .label = "noise"};
    CHILD_NEEDS(rqa_batch_create(&batch, context, &options) == RQA_OK);
    CHILD_NEEDS(rqa_batch_add(batch, &item) == RQA_OK);
    if (store)
        CHILD_NEEDS(rqa_batch_set_store(batch, store) == RQA_OK);
    rqa_series_destroy(series);
    return batch;
}

static void fill_store(void)
{
    rqa_store *store;
    rqa_context *context = support_context(2);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("s.sqlite"), NULL) == RQA_OK);
    rqa_batch *batch = long_batch(context, store);
    limit_files(300000);
    CHILD_NEEDS(rqa_batch_run(batch, NULL, NULL) == RQA_ERROR_STORE_FULL);
    CHILD_NEEDS(strstr(rqa_last_error(), "ulimit -f") != NULL);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    expect_signals_untouched();
    rqa_context_destroy(context);
}

static void make_whole_store(void)
{
    rqa_store *store;
    rqa_context *context = support_context(2);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("whole.sqlite"), NULL) == RQA_OK);
    rqa_batch *batch = long_batch(context, store);
    CHILD_NEEDS(rqa_batch_run(batch, NULL, NULL) == RQA_OK);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    rqa_context_destroy(context);
}

/* On the caller's own thread: making a store, joining one, closing. */
static void merge_stores(void)
{
    rqa_store *store;
    rqa_context *context = support_context(1);
    limit_files(300000);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("m.sqlite"), NULL) == RQA_OK);
    CHILD_NEEDS(rqa_store_merge(store, in_folder("whole.sqlite")) == RQA_ERROR_STORE_FULL);
    CHILD_NEEDS(strstr(rqa_last_error(), "ulimit -f") != NULL);
    rqa_store_close(store);
    expect_signals_untouched();
    limit_files(5000);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("n.sqlite"), NULL) == RQA_ERROR_STORE_FULL);
    expect_signals_untouched();
    rqa_context_destroy(context);
}

static int count_rows(const rqa_store_row *row, void *user)
{
    (void)row;
    ++*(uint64_t *)user;
    return 0;
}

/* Reading makes files as well: the -shm of a store in WAL mode. */
static void read_store(void)
{
    uint64_t n = 0;
    rqa_store *store, *reader;
    rqa_store_options options;
    rqa_context *context = support_context(1);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("whole.sqlite"), NULL) == RQA_OK);
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    limit_files(100);
    CHILD_NEEDS(rqa_store_open(&reader, context, in_folder("whole.sqlite"), &options) == RQA_OK);
    CHILD_NEEDS(rqa_store_read(reader, NULL, count_rows, &n) == RQA_OK && n == 12 * 12 * 40);
    rqa_store_close(reader);
    rqa_store_close(store);
    expect_signals_untouched();
    rqa_context_destroy(context);
}

/* In the callback the host's signals are its own: there it ends as it would without the library. */
static int write_too_much(const rqa_store_row *row, void *user)
{
    (void)row;
    return write(*(int *)user, "0123456789", 10) != 10;
}

static void write_in_a_callback(void)
{
    rqa_store *store;
    rqa_context *context = support_context(1);
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    int file = open(in_folder("host.txt"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("whole.sqlite"), &options) == RQA_OK);
    limit_files(100);
    rqa_store_read(store, NULL, write_too_much, &file);
}

START_TEST(files_may_not_grow)
{
    ck_assert_int_eq(in_child(write_picture), 0);
    ck_assert_int_eq(in_child(fill_store), 0);
    ck_assert_int_eq(in_child(make_whole_store), 0);
    ck_assert_int_eq(in_child(merge_stores), 0);
    ck_assert_int_eq(in_child(read_store), 0);
    ck_assert_int_eq(in_child(write_in_a_callback), 1000 + SIGXFSZ);
}
END_TEST

/* A signal that was waiting before is the host's, and still waits. */
static void keep_waiting_signal(void)
{
    sigset_t set;
    rqa_context *context = support_context(1);
    rqa_matrix *matrix = large_matrix(context);
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_kill(pthread_self(), SIGXFSZ);
    CHILD_NEEDS(rqa_matrix_write_png(matrix, in_folder("q.png"), NULL) == RQA_OK);
    CHILD_NEEDS(sigpending(&set) == 0 && sigismember(&set, SIGXFSZ) == 1);
    rqa_matrix_destroy(matrix);
    rqa_context_destroy(context);
}

START_TEST(a_waiting_signal_stays)
{
    ck_assert_int_eq(in_child(keep_waiting_signal), 0);
}
END_TEST

/* What the host prints must not get into a file, where one of its streams is closed. */
static int print(const rqa_batch_event *event, void *user)
{
    (void)event;
    (void)user;
    for (int k = 0; k < 3; k++)
        CHILD_NEEDS(write(k, "printed", 7) < 0);
    return 0;
}

static void without_streams(void)
{
    char begin[8] = "";
    rqa_store *store;
    rqa_context *context = support_context(2);
    rqa_matrix *matrix = large_matrix(context);
    for (int k = 0; k < 3; k++)
        close(k);
    CHILD_NEEDS(rqa_matrix_write_png(matrix, in_folder("r.png"), NULL) == RQA_OK);
    FILE *file = fopen(in_folder("r.png"), "rb");
    CHILD_NEEDS(file && fread(begin, 1, 4, file) == 4 && memcmp(begin, "\x89PNG", 4) == 0);
    fclose(file);
    CHILD_NEEDS(rqa_store_open(&store, context, in_folder("t.sqlite"), NULL) == RQA_OK);
    rqa_batch *batch = long_batch(context, store);
    CHILD_NEEDS(rqa_batch_run(batch, print, NULL) == RQA_OK);
    rqa_batch_destroy(batch);
    rqa_store_close(store);
    rqa_matrix_destroy(matrix);
    rqa_context_destroy(context);
}

START_TEST(closed_streams)
{
    ck_assert_int_eq(in_child(without_streams), 0);
}
END_TEST

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    TCase *tcase = tcase_create("limits");
    tcase_add_test(tcase, files_may_not_grow);
    tcase_add_test(tcase, a_waiting_signal_stays);
    tcase_add_test(tcase, closed_streams);
    Suite *suite = suite_create("limits");
    suite_add_tcase(suite, tcase);
    int status = support_run(suite);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "%s was not removed\n", folder);
    return status;
}
