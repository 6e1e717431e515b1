/* store_jobs.h - small batches into stores, and what is in a store, for the tests of stores. */
#ifndef RQA_TESTS_STORE_JOBS_H
#define RQA_TESTS_STORE_JOBS_H

#include "support.h"

enum { JOB_MAX_ITEMS = 64 };

/* Recordings, a grid, and a folder of its own for stores. */
typedef struct job {
    rqa_context *context;
    rqa_series *series[JOB_MAX_ITEMS];
    size_t length[JOB_MAX_ITEMS]; /* 0: as job_open is told */
    int n_items;
    rqa_log_callback log; /* of contexts that job_reopen makes */
    void *log_user;
    uint64_t memory_limit_bytes; /* likewise */
    rqa_batch_options grid;
    rqa_analysis_options analysis;
    char folder[64];
    char path[96]; /* "a" in the folder */
    char *clean;   /* the view of an undisturbed run: job_keep_clean() */
} job;

/* n_threads workers; n_items recordings of n_samples each, the first too short for most settings. */
void job_open(job *j, uint32_t n_threads, int n_items, size_t n_samples);
void job_close(job *j);
/* A new context and series in a forked child, where the parent's must not be used. */
void job_reopen(job *j, uint32_t n_threads, size_t n_samples);

/* Runs it undisturbed into a store that is removed again: `clean` is what its view showed. */
void job_keep_clean(job *j);

rqa_batch *job_batch(const job *j);
/* Opens the store at `file`, runs a batch into it and closes it: the first failure. */
rqa_status job_run(const job *j, const char *file);
/* The failure of the run, or else of the first item that failed. */
rqa_status job_run_in(const job *j, rqa_store *store, rqa_batch_callback callback, void *user);
uint64_t job_n_rows(const job *j);

/* Makes a folder for stores, where there is one in memory: a disk that syncs for real makes these
 * tests up to a hundred times slower, and tests no more. */
void job_make_folder(char folder[64]);
void job_remove(const char *file);
/* All rows of a query as text; NULL if SQLite fails. The caller frees it. */
char *job_query(const char *file, const char *sql);
long long job_number(const char *file, const char *sql); /* the first cell; -1 if SQLite fails */
/* Asserts that the store is sound and shows what an undisturbed run makes. */
void job_expect_clean(const job *j, const char *file, const char *what);
/* Asserts that the store is sound, whatever it has; `what` is printed. */
void job_expect_sound(const char *file, const char *what);

double job_now(void);
void job_nap(double seconds);

#endif
