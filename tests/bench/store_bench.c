/* store_bench.c - how fast rows go into a store and come out, without any analysis.
 *
 * store_bench [UNITS [FILE]]: units of 1,020 rows of 15 measures, as in the founding job, one
 * transaction each; beside them the two other ways that were weighed, each in a file of its own:
 * one INSERT for each row, and one blob for each unit (which plain SQL could not read).
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rqa/rqa.h"
#include "store/store_content.h"
#include "store/store_state.h"

enum { ROWS = 1020, MEASURES = 15 };

static double values[ROWS * MEASURES];
static uint8_t reasons[ROWS * MEASURES];

static void check(int status, const char *what)
{
    if (!status)
        return;
    fprintf(stderr, "store_bench: %s: %s\n", what, rqa_last_error());
    exit(1);
}

static double now_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Numbers like those of gaze: fractions, and some whole ones. */
static void draw_values(void)
{
    uint64_t state = 1;
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double u = (double)(state >> 11) / 9007199254740992.0;
        size_t column = k % MEASURES;
        values[k] = column == 3 || column == 8 || column == 11 ? floor(500 * u) : 3 * u;
    }
}

typedef struct stopwatch {
    double wall, cpu;
} stopwatch;

static stopwatch start(void)
{
    return (stopwatch){now_s(CLOCK_MONOTONIC), now_s(CLOCK_PROCESS_CPUTIME_ID)};
}

static void tell(const char *what, stopwatch from, double n_rows, const char *file)
{
    struct stat info = {.st_size = 0};
    stopwatch to = start();
    printf("%-34s %6.2f M rows/s, %6.2f M rows a core-second", what,
           1e-6 * n_rows / (to.wall - from.wall), 1e-6 * n_rows / (to.cpu - from.cpu));
    if (file && stat(file, &info) == 0)
        printf(", %.0f bytes a row", (double)info.st_size / n_rows);
    printf("\n");
}

static void add_units(rqa_store *store, int n_units)
{
    static int64_t setting[ROWS], reason[ROWS];
    rqa__store_worker worker;
    check(rqa__store_work(store, &worker, NULL), "worker");
    rqa__store_rows rows = {.worker = &worker,
                            .backend = "threads", .measures = (1u << MEASURES) - 1,
                            .setting = setting,   .values = values,
                            .reasons = reasons,   .n_rows = ROWS,
                            .n_columns = MEASURES, .reason_id = reason};
    for (int m = 0; m < RQA_MEASURE_COUNT; m++)
        rows.column[m] = m < MEASURES ? m : -1;
    for (int u = 0; u < n_units; u++) {
        rows.analysis = u / 10 + 1;
        rows.delay = (uint32_t)(u % 10 + 1);
        for (int r = 0; r < ROWS; r++)
            setting[r] = (int64_t)(u % 10) * ROWS + r + 1;
        check(rqa__store_begin(store, NULL), "begin");
        check(rqa__store_end(store, rqa__store_rows_add(store, &rows)), "rows");
    }
    rqa__store_retire(store, &worker, 0);
}

static void exec(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "store_bench: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *open_plain(const char *file, const char *table)
{
    sqlite3 *db;
    unlink(file);
    if (sqlite3_open(file, &db) != SQLITE_OK)
        exit(1);
    exec(db, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    exec(db, table);
    return db;
}

static void insert_rows(const char *file, int n_units)
{
    sqlite3_stmt *insert;
    sqlite3 *db = open_plain(file, "CREATE TABLE result(id INTEGER PRIMARY KEY, setting, reason, a,"
                                   " b, c, d, e, f, g, h, i, j, k, l, m, n, o)");
    sqlite3_prepare_v3(db, "INSERT INTO result VALUES(NULL,?,NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                       -1, SQLITE_PREPARE_PERSISTENT, &insert, NULL);
    stopwatch from = start();
    for (int u = 0; u < n_units; u++) {
        exec(db, "BEGIN IMMEDIATE");
        for (int r = 0; r < ROWS; r++) {
            sqlite3_bind_int(insert, 1, r);
            for (int m = 0; m < MEASURES; m++)
                sqlite3_bind_double(insert, m + 2, values[r * MEASURES + m]);
            sqlite3_step(insert);
            sqlite3_reset(insert);
        }
        exec(db, "COMMIT");
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    tell("for comparison, INSERT by row:", from, (double)n_units * ROWS, file);
    unlink(file);
}

static void insert_blobs(const char *file, int n_units)
{
    sqlite3_stmt *insert;
    sqlite3 *db = open_plain(file, "CREATE TABLE unit(id INTEGER PRIMARY KEY, rows BLOB)");
    sqlite3_prepare_v3(db, "INSERT INTO unit VALUES(NULL, ?)", -1, SQLITE_PREPARE_PERSISTENT,
                       &insert, NULL);
    stopwatch from = start();
    for (int u = 0; u < n_units; u++) {
        sqlite3_bind_blob(insert, 1, values, sizeof values, SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    tell("for comparison, a blob by unit:", from, (double)n_units * ROWS, file);
    unlink(file);
}

int main(int argc, char **argv)
{
    int n_units = argc > 1 ? atoi(argv[1]) : 1000;
    const char *file = argc > 2 ? argv[2] : "store_bench.sqlite";
    rqa_context *context;
    rqa_store *store;
    char plain[600];
    snprintf(plain, sizeof plain, "%.500s.plain", file);
    draw_values();
    unlink(file);
    check(rqa_context_create(&context, NULL), "context");
    stopwatch from = start();
    check(rqa_store_open(&store, context, file, NULL), "open");
    add_units(store, n_units);
    rqa_store_close(store);
    tell("into a store:", from, (double)n_units * ROWS, file);
    insert_rows(plain, n_units);
    insert_blobs(plain, n_units);
    rqa_context_destroy(context);
    unlink(file);
    return 0;
}
