/* store_content.h - what a store holds and what is asked of it: items with their rules, units of rows, who
 * computes what, runs, other stores.
 *
 * All functions return 0 or a status with text. Those between rqa__store_begin() and
 * rqa__store_end() are called by the thread that began; the others lock for themselves.
 */
#ifndef RQA_STORE_STORE_CONTENT_H
#define RQA_STORE_STORE_CONTENT_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>

#include "rqa/measure.h"
#include "rqa/store.h"

/* A batch at work on a store. It lives as long as its byte `id` of the workers file is locked, so
 * what a batch had claimed is void when it ends, even if the store can no longer be written. */
typedef struct rqa__store_worker {
    int64_t id; /* 0 = none */
    int file;
    char *path;
} rqa__store_worker;

/* What tells one analysis from another, besides dim, delay, threshold, lmin and vmin. */
typedef struct rqa__store_analysis {
    const char *data, *data_y; /* content; data_y "" without a second series */
    const char *relation, *norm, *convention, *compare, *threshold_unit;
    uint64_t theiler_points, theiler_diagonal, theiler_vertical;
    uint32_t wmin, trend_border;
    int white_exclude;
    uint32_t microstate_size; /* 0: no microstates are counted */
    uint64_t microstate_theiler;
    const char *border; /* rule for border lines; NULL: all */
    const char *ties; /* of neighbours, where not all are in; or NULL */
    int corridor;
    double threshold_lower;
    uint64_t window, step; /* 0: there are no windows */
    const char *window_scope;
    int32_t numerics;
} rqa__store_analysis;

/* What a user calls an item. */
typedef struct rqa__store_item {
    const char *series, *mode;
    const char *const *key_names, *const *key_values;
    uint32_t n_keys;
    int32_t status; /* of an item that failed before it ran */
    const char *text;
} rqa__store_item;

typedef struct rqa__setting {
    uint32_t dim, delay, lmin, vmin;
    double threshold;
} rqa__setting;

enum { RQA__STORE_RULES = 19, RQA__RULE_WINDOW = 16, RQA__RULE_STEP = 17 };

/* Rules as texts. */
typedef struct rqa__store_rules {
    const char *value[RQA__STORE_RULES];
    char *text; /* which they are in */
    size_t room;
} rqa__store_rules;

/* store_rules.c */
const char *rqa__store_rule_name(uint32_t index);
/* Every rule that decides a number, apart from the data, in one line; sqlite3_free() it. */
char *rqa__store_rules_text(const rqa__store_analysis *analysis);
/* Takes such a line of an item of `store` apart; RQA_ERROR_STORE_FORMAT for a rule that is unknown. */
int rqa__store_rules_read(const struct rqa_store *store, rqa__store_rules *out, const char *text);
/* Likewise if any item of the database `base`, which is the file of `from`, has one. */
int rqa__store_check_rules(struct rqa_store *store, const char *base,
                           const struct rqa_store *from);
void rqa__store_rules_free(rqa__store_rules *rules);
/* Bit k: items of one mode differ in rule k. */
int rqa__store_rules_that_differ(struct rqa_store *store, uint64_t *out);

/* store_items.c; inside a transaction */
int rqa__store_setting(struct rqa_store *store, const rqa__setting *setting, int64_t *id);
/* Settings and reasons are never deleted: their ids are 1 .. *n, or the store is damaged. */
int rqa__store_count_settings(struct rqa_store *store, int64_t *n);
int rqa__store_count_reasons(struct rqa_store *store, int64_t *n);
/* Registers an item. analysis NULL: it failed. *analysis_id, *item_id are set. */
int rqa__store_item_add(struct rqa_store *store, const rqa__store_item *item,
                        const rqa__store_analysis *analysis, int64_t *analysis_id,
                        int64_t *item_id);
int rqa__store_item_fail(struct rqa_store *store, int64_t item_id, int64_t analysis, int32_t status,
                         const char *text);

/* store_units.c; inside a transaction */
/* One unit that the store has: the rows first .. first+room-1 that are there. */
typedef struct rqa__stored_unit {
    int64_t id, first, room, n, run;
    uint64_t measures;
} rqa__stored_unit;

/* Whether these can be the rows and measures of a unit. */
int rqa__store_check_unit(struct rqa_store *store, int64_t first, int64_t room, uint64_t measures);
/* The units of an analysis and delay, in the order they came; the caller frees *out. */
int rqa__store_units(struct rqa_store *store, int64_t analysis, uint32_t delay,
                     rqa__stored_unit **out, size_t *n_units);
/* The settings of a unit's rows, and their windows, -1 without; inside a transaction for writing, which
 * sets right how many rows a unit has if somebody has deleted some. */
int rqa__store_unit_settings(struct rqa_store *store, const rqa__stored_unit *unit,
                             void (*visit)(void *arg, int64_t setting, int64_t window), void *arg);
/* Sets right the count of a unit that has lost rows; without any it goes. */
int rqa__store_unit_recount(struct rqa_store *store, const rqa__stored_unit *unit);

/* store_take.c; inside a transaction */
typedef struct rqa__store_taking {
    /* The columns of a row: setting, reason, id, measures, what was reached, window. */
    int (*take)(void *arg, sqlite3_value **column);
    void *arg;
    int64_t n;  /* rows so far */
    int status; /* the first failure of take() */
} rqa__store_taking;

int rqa__store_take_function(struct rqa_store *store);
/* Those of the rows first .. last that are there, in the order of their numbers. */
int rqa__store_take(struct rqa_store *store, int64_t first, int64_t last, rqa__store_taking *taking);

/* store_rows.c: what one unit adds. */
typedef struct rqa__store_rows {
    int64_t analysis, run;
    const rqa__store_worker *worker;
    uint32_t delay;
    const char *backend;
    uint64_t measures; /* mask */
    const int64_t *setting; /* [n_rows] */
    const int64_t *window;  /* [n_rows]; NULL: there are none */
    const double *values;   /* [n_rows * n_columns] */
    const uint8_t *reasons; /* likewise */
    const double *reached;  /* [n_rows * 2] threshold and rate; or NULL */
    size_t n_rows;
    uint32_t n_columns;
    int column[RQA_MEASURE_COUNT]; /* of each measure in values, -1 = not computed */
    int64_t *reason_id; /* [n_rows] room; the rest is set by rqa__store_rows_add */
    int64_t first;
    int numbered;       /* SQLite's own numbering begins at `first` too */
} rqa__store_rows;

int rqa__store_rows_module(struct rqa_store *store);
/* Inside a transaction: adds the rows, takes poorer ones of the same settings away, gives the claim
 * back. Rows whose setting is there already must have been left out. */
int rqa__store_rows_add(struct rqa_store *store, rqa__store_rows *rows);
/* Inside a transaction: where new rows begin, behind all rows and all room of units (*numbered: the
 * rows reach furthest). */
int rqa__store_next_row(struct rqa_store *store, int64_t *out, int *numbered);

/* store_numerics.c */
typedef struct rqa__store_older {
    int32_t numerics; /* 0: there was nothing older */
    int64_t n_rows;
} rqa__store_older;
/* Inside a transaction: what is of an older numerics version steps back into its view.
 * RQA_ERROR_STORE_CONFLICT if the store has numbers of a newer one. */
int rqa__store_numerics_turn(struct rqa_store *store, int32_t numerics, rqa__store_older *out);
/* The numerics version of the results of the view, 0 without any. */
int rqa__store_numerics(struct rqa_store *store, int32_t *out);

/* store_claims.c: who computes what. A claim holds as long as its worker lives. */
/* Inside a transaction: RQA_ERROR_STORE if somebody is computing into the store. */
int rqa__store_check_alone(struct rqa_store *store);
/* Makes a worker; locks for itself. */
int rqa__store_work(struct rqa_store *store, rqa__store_worker *worker, const atomic_int *cancel);
/* Inside a transaction: *mine = 1 and the claim is taken, or 0: a living worker has it. */
int rqa__store_claim(struct rqa_store *store, const rqa__store_worker *worker, int64_t analysis,
                     uint32_t delay, int *mine);
/* Inside a transaction. */
int rqa__store_unclaim(struct rqa_store *store, const rqa__store_worker *worker, int64_t analysis,
                       uint32_t delay);
/* Ends a worker and all its claims; locks for itself. id 0 is ignored. Where the store is not to be
 * had (`soon`: at once), what is left of a dead worker stays in it, for the next one to tidy up. */
void rqa__store_retire(struct rqa_store *store, rqa__store_worker *worker, int soon);

/* store_runs.c; they lock for themselves. */
typedef struct rqa__store_run {
    const char *options, *backend, *why, *kernels;
    unsigned n_threads;
    uint64_t n_total, n_done, n_skipped, n_failed;
    const char *status;
} rqa__store_run;
int rqa__store_run_begin(struct rqa_store *store, const rqa__store_run *run,
                         const atomic_int *cancel, int64_t *id);
int rqa__store_run_end(struct rqa_store *store, int64_t id, const rqa__store_run *run, int soon);

/* store_merge.c, store_merge_units.c; into has `from` attached as o, and its numbers mapped. */
int rqa__store_merge_units(struct rqa_store *into, struct rqa_store *from);

/* The public calls after their checks. */
int rqa__store_summarize(struct rqa_store *store, rqa_store_summary *out);
int rqa__store_merge(struct rqa_store *into, const char *path);
/* An item of a batch. With a status other than RQA_OK it could not be used this time: that is all
 * that is read of it, whatever the store has of better days. */
typedef struct rqa__store_chosen {
    int64_t id;
    int32_t status;
    const char *text;
} rqa__store_chosen;

/* What is read: all items, or these. */
typedef struct rqa__store_choice {
    const rqa_store_filter *filter;
    rqa__store_chosen *item; /* NULL: all; gets sorted */
    size_t n_items;
} rqa__store_choice;
int rqa__store_read(struct rqa_store *store, const rqa__store_choice *choice,
                    rqa_store_callback callback, void *user);

/* store_cursor.c */
int rqa__store_cursor_new(rqa_store_cursor **out, struct rqa_store *store,
                          const rqa_store_query *query);
void rqa__store_cursor_free(rqa_store_cursor *cursor);
/* The context it belongs to. */
struct rqa_context *rqa__store_cursor_context(const rqa_store_cursor *cursor);
int rqa__store_cursor_next(rqa_store_cursor *cursor, rqa_store_block *out);

#endif
