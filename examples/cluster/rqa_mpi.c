/* rqa_mpi.c - a grid over many recordings on a cluster, with MPI.
 *
 *     mpirun -n 64 rqa_mpi results.sqlite FILE...
 *
 * Rank 0 hands out units (a recording and a delay) to whoever is free; every other rank computes
 * into a store of its own, results.sqlite.rank-K; at the end rank 0 joins them. FILE has one number
 * in a line. Without FILE there are six generated recordings. Started again after a failure, a
 * rank finds what it had computed in its store.
 *
 * All ranks must see the same files (a shared file system).
 */
#include <math.h>
#include <mpi.h>
#include <rqa/rqa.h>
#include <rqa/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_GENERATED = 6, N_DIMS = 5, N_DELAYS = 8, N_THRESHOLDS = 20, TAG = 1, NO_UNIT = -1 };

typedef struct recording {
    char name[256];
    rqa_series *series;
} recording;

typedef struct worker {
    rqa_context *context;
    rqa_store *store;
    recording *recordings;
    int n_recordings;
} worker;

/* One rank that fails would leave the others waiting: all end. */
static void stop(const char *what, const char *why)
{
    fprintf(stderr, "rqa_mpi: %s: %s\n", what, why);
    MPI_Abort(MPI_COMM_WORLD, 1);
    exit(1);
}

static void check(rqa_status status, const char *what)
{
    if (status != RQA_OK)
        stop(what, rqa_last_error());
}

static void *allocate(size_t n, size_t size)
{
    void *block = calloc(n ? n : 1, size);
    if (!block)
        stop("memory", "there is not enough");
    return block;
}

static void read_recording(recording *out, rqa_context *context, const char *path)
{
    size_t n = 0, room = 1024;
    double value, *values = allocate(room, sizeof *values);
    FILE *file = fopen(path, "r");
    if (!file)
        stop(path, "cannot be opened");
    while (fscanf(file, "%lf", &value) == 1) {
        if (n == room) {
            double *more = realloc(values, 2 * room * sizeof *values);
            if (!more)
                stop(path, "there is not enough memory");
            values = more;
            room *= 2;
        }
        values[n++] = value;
    }
    if (!feof(file))
        stop(path, "one number in a line is expected");
    fclose(file);
    snprintf(out->name, sizeof out->name, "%s", path);
    check(rqa_series_create(&out->series, context, values, n, 1, NULL), path);
    free(values);
}

/* Logistic maps of different lengths, from order to chaos. */
static void generate_recording(recording *out, rqa_context *context, int k)
{
    size_t n = 400 + 60 * (size_t)k;
    double x = 0.4, *values = allocate(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = x = (3.5 + 0.04 * k) * x * (1 - x);
    snprintf(out->name, sizeof out->name, "logistic %d", k);
    check(rqa_series_create(&out->series, context, values, n, 1, NULL), out->name);
    free(values);
}

static void open_worker(worker *w, int n_files, char **files)
{
    rqa_context_options options;
    rqa_context_options_init(&options);
    options.n_threads = 1; /* the ranks are the threads */
    check(rqa_context_create(&w->context, &options), "context");
    w->n_recordings = n_files > 0 ? n_files : N_GENERATED;
    w->recordings = allocate((size_t)w->n_recordings, sizeof *w->recordings);
    for (int k = 0; k < w->n_recordings; k++)
        if (n_files > 0)
            read_recording(&w->recordings[k], w->context, files[k]);
        else
            generate_recording(&w->recordings[k], w->context, k);
}

static void close_worker(worker *w)
{
    rqa_store_close(w->store);
    for (int k = 0; k < w->n_recordings; k++)
        rqa_series_destroy(w->recordings[k].series);
    free(w->recordings);
    rqa_context_destroy(w->context);
}

/* Every dim, threshold and lmin of one recording at one delay: they share their work. */
static void compute(worker *w, int unit)
{
    static const uint32_t dims[N_DIMS] = {1, 2, 3, 4, 5}, lmins[] = {2, 3};
    double thresholds[N_THRESHOLDS];
    for (int k = 0; k < N_THRESHOLDS; k++)
        thresholds[k] = (k + 1) / 100.0;
    uint32_t delay = 1 + (uint32_t)(unit % N_DELAYS);
    const recording *r = &w->recordings[unit / N_DELAYS];
    rqa_batch *batch = NULL;
    rqa_batch_options options;
    rqa_batch_options_init(&options);
    options.dims = dims;
    options.n_dims = N_DIMS;
    options.delays = &delay;
    options.n_delays = 1;
    options.thresholds = thresholds;
    options.n_thresholds = N_THRESHOLDS;
    options.lmins = lmins;
    options.n_lmins = 2;
    rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1};
    item.x = r->series;
    item.label = r->name;
    check(rqa_batch_create(&batch, w->context, &options), "batch");
    check(rqa_batch_add(batch, &item), r->name);
    check(rqa_batch_set_store(batch, w->store), r->name);
    check(rqa_batch_run(batch, NULL, NULL), r->name);
    rqa_batch_destroy(batch);
}

/* Every message asks for a unit; after the last one each rank is told that there is none. */
static void hand_out(int n_units, int n_ranks)
{
    int next = 0;
    for (int n_working = n_ranks - 1; n_working > 0;) {
        int n_done, unit = next < n_units ? next++ : NO_UNIT;
        MPI_Status who;
        MPI_Recv(&n_done, 1, MPI_INT, MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &who);
        MPI_Send(&unit, 1, MPI_INT, who.MPI_SOURCE, TAG, MPI_COMM_WORLD);
        if (unit == NO_UNIT) {
            printf("rank %d: %d units\n", who.MPI_SOURCE, n_done);
            n_working--;
        }
    }
}

static void work(worker *w)
{
    for (int n_done = 0, unit;; n_done++) {
        MPI_Send(&n_done, 1, MPI_INT, 0, TAG, MPI_COMM_WORLD);
        MPI_Recv(&unit, 1, MPI_INT, 0, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (unit == NO_UNIT)
            return;
        compute(w, unit);
    }
}

static void store_name(char *out, size_t room, const char *result, int rank)
{
    if (snprintf(out, room, "%s.rank-%d", result, rank) >= (int)room)
        stop(result, "the name is too long");
}

/* The stores of the ranks stay until all of them are in the result. */
static void join(worker *w, const char *result, int n_ranks)
{
    char name[4096];
    rqa_store *all = NULL;
    rqa_store_summary summary = {.struct_size = sizeof summary};
    check(rqa_store_open(&all, w->context, result, NULL), result);
    for (int rank = 1; rank < n_ranks; rank++) {
        store_name(name, sizeof name, result, rank);
        check(rqa_store_merge(all, name), name);
    }
    check(rqa_store_summarize(all, &summary), result);
    rqa_store_close(all);
    for (int rank = 1; rank < n_ranks; rank++) {
        static const char *const parts[] = {"", "-wal", "-shm", "-workers"};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            char part[4200];
            store_name(name, sizeof name, result, rank);
            snprintf(part, sizeof part, "%s%s", name, parts[k]);
            remove(part);
        }
    }
    printf("%s: %llu results of %llu recordings\n", result, (unsigned long long)summary.n_rows,
           (unsigned long long)summary.n_items);
}

int main(int argc, char **argv)
{
    int rank, n_ranks;
    char name[4096];
    worker w = {0};
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    if (argc < 2)
        stop("usage", "rqa_mpi RESULTS.sqlite [FILE...]");
    if (n_ranks < 2)
        stop("mpirun", "two processes or more are needed: one hands out the work");
    open_worker(&w, argc - 2, argv + 2);
    if (rank == 0) {
        hand_out(w.n_recordings * N_DELAYS, n_ranks);
    } else {
        store_name(name, sizeof name, argv[1], rank);
        check(rqa_store_open(&w.store, w.context, name, NULL), name);
        work(&w);
        rqa_store_close(w.store);
        w.store = NULL;
    }
    MPI_Barrier(MPI_COMM_WORLD); /* all stores are closed */
    if (rank == 0)
        join(&w, argv[1], n_ranks);
    close_worker(&w);
    MPI_Finalize();
    return 0;
}
