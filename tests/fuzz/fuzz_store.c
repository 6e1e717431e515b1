/* fuzz_store.c - a store whose file or whose tables somebody has been at. The first byte chooses:
 * the bytes are the file; or they overwrite and cut the file of a good store; or they change numbers
 * in its tables, which SQLite takes for sound; or the tables themselves. Whatever it is, what can be
 * read is as much as the store counts: nothing goes without a word. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "rqa/rqa.h"

enum { N_SAMPLES = 12 };

static rqa_context *context;
static rqa_series *series;
static char path[64], other[64];
static uint8_t *image; /* the good store */
static size_t n_image;

/* A failure has a text. */
static int works(rqa_status status)
{
    FUZZ_CHECK(status == RQA_OK || rqa_last_error()[0] != '\0');
    FUZZ_CHECK(status != RQA_ERROR_INTERNAL && strcmp(rqa_status_name(status), "RQA_ERROR_UNKNOWN"));
    return status == RQA_OK;
}

static int run_batch(rqa_store *store, int wide)
{
    static const uint32_t dims[] = {2, 1}, delays[] = {1, 2};
    static const double thresholds[] = {1, .5};
    static const char *const keys[] = {"group"}, *const values[] = {"a"};
    rqa_batch_options o;
    rqa_batch_options_init(&o);
    o.dims = dims;
    o.delays = delays;
    o.thresholds = thresholds;
    o.n_dims = o.n_delays = o.n_thresholds = wide ? 2 : 1;
    rqa_batch *batch;
    FUZZ_CHECK(works(rqa_batch_create(&batch, context, &o)));
    for (int k = 0; k < 2; k++) {
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series,
                               .label = k ? "two" : "one", .mode = "1d", .key_names = keys,
                               .key_values = values, .n_keys = 1};
        FUZZ_CHECK(works(rqa_batch_add(batch, &item)));
    }
    FUZZ_CHECK(works(rqa_batch_set_store(batch, store)));
    int ran = works(rqa_batch_run(batch, NULL, NULL));
    rqa_batch_destroy(batch);
    return ran;
}

static void make_image(void)
{
    static double x[N_SAMPLES] = {1, 2, 1, 3, 2, 2, 1, 4, 1, 2, 3, 1};
    fuzz_store_path(path, "store");
    fuzz_store_path(other, "other");
    rqa_context_options co;
    rqa_context_options_init(&co);
    co.n_threads = 1;
    rqa_store *store;
    FUZZ_CHECK(works(rqa_context_create(&context, &co)));
    FUZZ_CHECK(works(rqa_series_create(&series, context, x, N_SAMPLES, 1, NULL)));
    fuzz_remove_store(path);
    FUZZ_CHECK(works(rqa_store_open(&store, context, path, NULL)));
    run_batch(store, 0);
    rqa_store_close(store);
    FILE *f = fopen(path, "rb");
    FUZZ_CHECK(f && fseek(f, 0, SEEK_END) == 0);
    n_image = (size_t)ftell(f);
    rewind(f);
    image = malloc(n_image);
    FUZZ_CHECK(image && fread(image, 1, n_image, f) == n_image);
    fclose(f);
}

static void write_file(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    FUZZ_CHECK(f && (size == 0 || fwrite(data, 1, size, f) == size));
    fclose(f);
}

/* Pieces of 5 bytes: where (3), how many (1), what (1); the first two bytes may cut the file. */
static void damage(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(n_image);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, image, n_image);
    unsigned cut = fuzz_byte(&data, &size) * 256u;
    cut += fuzz_byte(&data, &size);
    while (size >= 5) {
        size_t at = (size_t)(data[0] << 16 | data[1] << 8 | data[2]) % n_image;
        for (size_t k = 0; k < 1 + data[3] % 8u && at + k < n_image; k++)
            copy[at + k] = (uint8_t)(data[4] + k * (data[3] >> 3));
        data += 5;
        size -= 5;
    }
    write_file(copy, cut < 0x8000 ? n_image : cut * 8u < n_image ? cut * 8u : n_image);
    free(copy);
}

/* Pieces of 4 bytes: which column (1), whose row (1), which number (2). */
static void change_tables(const uint8_t *data, size_t size)
{
    static const char *const column[][2] = {
        {"setting", "id"}, {"setting", "dim"}, {"setting", "threshold"}, {"analysis", "id"},
        {"analysis", "key"}, {"analysis", "numerics"}, {"item", "id"}, {"item", "analysis"},
        {"item", "replaced"}, {"item", "status"}, {"item", "text"}, {"item", "rules"},
        {"item", "series"}, {"item", "k0"}, {"item_key", "position"}, {"item_key", "name"},
        {"run", "id"}, {"run", "uid"}, {"unit", "id"}, {"unit", "analysis"}, {"unit", "delay"},
        {"unit", "first"}, {"unit", "room"}, {"unit", "n"}, {"unit", "measures"},
        {"unit", "backend"}, {"unit", "run"}, {"result", "id"}, {"result", "setting"},
        {"result", "reason"}, {"result", "rr"}, {"reason", "id"}, {"reason", "text"},
        {"worker", "id"}, {"claim", "worker"}};
    static const long long number[] = {0, 1, -1, 2, 3, 255, 65536, 2147483647, -2147483648LL,
                                       4294967296LL, 1LL << 33, 1LL << 60, INT64_MAX, INT64_MIN};
    enum { N_COLUMNS = sizeof column / sizeof column[0], N_NUMBERS = sizeof number / 8 };
    sqlite3 *db;
    write_file(image, n_image);
    FUZZ_CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    for (; size >= 4; data += 4, size -= 4) {
        char sql[200], value[40];
        unsigned c = data[0] % (N_COLUMNS + 2), which = data[2] % (N_NUMBERS + 4);
        if (which < N_NUMBERS)
            snprintf(value, sizeof value, "%lld", number[which] + (which < 12 ? data[3] : 0));
        else
            snprintf(value, sizeof value, "%s",
                     which == N_NUMBERS       ? "NULL"
                     : which == N_NUMBERS + 1 ? "'text'"
                     : which == N_NUMBERS + 2 ? "x'00ff'"
                                              : "1e300");
        if (c < N_COLUMNS)
            snprintf(sql, sizeof sql, "UPDATE OR IGNORE %s SET %s = %s WHERE rowid %s %u",
                     column[c][0], column[c][1], value, data[1] & 128 ? ">" : "=", data[1] % 128u);
        else if (c == N_COLUMNS)
            snprintf(sql, sizeof sql, "DELETE FROM %s", column[data[1] % N_COLUMNS][0]);
        else
            snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO claim VALUES(%u, 1, %s)", data[1] % 4u,
                     value);
        sqlite3_exec(db, sql, NULL, NULL, NULL);
    }
    sqlite3_close(db);
}

/* Pieces of 2 bytes: which statement, and a number for it. */
static void change_schema(const uint8_t *data, size_t size)
{
    static const char *const statement[] = {
        "CREATE TRIGGER t%u AFTER INSERT ON result BEGIN DELETE FROM result WHERE id = NEW.id; END",
        "CREATE TRIGGER u%u BEFORE INSERT ON unit BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER v%u AFTER UPDATE ON run BEGIN DELETE FROM unit; END",
        "DROP VIEW results; CREATE VIEW results AS WITH RECURSIVE c(x) AS (SELECT %u UNION ALL SELECT"
        " x + 1 FROM c) SELECT x FROM c",
        "CREATE VIEW setting AS WITH RECURSIVE c(x) AS (SELECT %u UNION ALL SELECT x + 1 FROM c)"
        " SELECT x AS id, 1 AS dim, 1 AS delay, 1.0 AS threshold, 2 AS lmin, 2 AS vmin FROM c",
        "ALTER TABLE setting RENAME TO was%u",
        "ALTER TABLE result ADD COLUMN c%u AS (rr * 2)",
        "ALTER TABLE item ADD COLUMN k%u TEXT",
        "ALTER TABLE unit DROP COLUMN backend; SELECT %u",
        "CREATE UNIQUE INDEX i%u ON result(setting)",
        "CREATE UNIQUE INDEX j%u ON analysis(norm)",
        "CREATE INDEX k%u ON result(abs(setting))",
        "DROP INDEX item_name; SELECT %u",
        "DROP TABLE claim; CREATE TABLE claim(analysis, delay, worker, w%u)",
        "DELETE FROM result WHERE id %% 7 = %u",
        "INSERT INTO result SELECT id + 1000 * (1 + %u), setting, reason, rr, det, l_mean, l_max, div,"
        " l_entr, lam, tt, v_max, v_entr, w_mean, w_max, w_entr, t1, t2, rte, trend, det_rr, lam_det"
        " FROM result",
        "INSERT INTO unit SELECT id + 100, analysis, delay, first + %u * 500, room, n, measures,"
        " backend, run FROM unit",
        "UPDATE unit SET delay = delay + %u, first = first + 1",
        "INSERT INTO item SELECT id + 10 + %u, series || id, mode, keys, rules, analysis, replaced,"
        " status, text, k0 FROM item",
        "UPDATE item SET analysis = analysis %% (1 + %u)",
        "UPDATE item SET replaced = %u %% 4",
        "UPDATE analysis SET key = replace(key, 'numerics=' || numerics, 'numerics=%u'), numerics = 1",
        "UPDATE analysis SET key = replace(key, 'numerics=' || numerics, 'numerics=9'), numerics = 9"
        " WHERE id > %u",
        "PRAGMA user_version = %u",
        "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 2 + %u WHERE name = 'reason'",
        "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL UNIQUE',"
        " 'NOT NULL UNIQUE ON CONFLICT IGNORE') WHERE rootpage > %u",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807 - %u",
        "ANALYZE; UPDATE sqlite_stat1 SET stat = '%u'",
    };
    enum { N_STATEMENTS = sizeof statement / sizeof statement[0] };
    sqlite3 *db;
    write_file(image, n_image);
    FUZZ_CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    for (; size >= 2; data += 2, size -= 2) {
        char sql[600];
        snprintf(sql, sizeof sql, statement[data[0] % N_STATEMENTS], data[1] % 16u);
        sqlite3_exec(db, sql, NULL, NULL, NULL);
    }
    sqlite3_close(db);
}

typedef struct taken {
    size_t n_rows, n_failed, n_bytes;
} taken;

static int take_row(const rqa_store_row *row, void *user)
{
    taken *t = user;
    FUZZ_CHECK(row->series && row->mode && row->reason && row->backend && row->values);
    FUZZ_CHECK(row->status || *row->reason || row->values[0] == row->values[0] ||
               !(row->measures & 1));
    t->n_bytes += strlen(row->series) + strlen(row->reason);
    if (row->status)
        t->n_failed++;
    else
        t->n_rows++;
    return t->n_bytes + t->n_rows > 1000000;
}

/* Results that can be read; SIZE_MAX: they cannot, and that is told. */
static size_t count_results(rqa_store *store)
{
    taken t = {0};
    return works(rqa_store_read(store, NULL, take_row, &t)) ? t.n_rows : SIZE_MAX;
}

static void use(rqa_store *store)
{
    rqa_store_summary s = {.struct_size = sizeof s};
    taken t = {0};
    int is_counted = works(rqa_store_summarize(store, &s));
    for (uint32_t k = 0; k < s.n_keys && k < 4; k++)
        FUZZ_CHECK(rqa_store_key(store, k) != NULL);
    int is_read = works(rqa_store_read(store, NULL, take_row, &t));
    FUZZ_CHECK(!is_counted || !is_read || (t.n_rows == s.n_rows && t.n_failed == s.n_failed));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!image)
        make_image();
    unsigned how = fuzz_byte(&data, &size);
    fuzz_remove_store(path);
    if (how % 4 == 0)
        write_file(data, size);
    else if (how % 4 == 1)
        damage(data, size);
    else if (how % 4 == 2)
        change_tables(data, size);
    else
        change_schema(data, size);
    rqa_store *store;
    rqa_store_options options;
    rqa_store_options_init(&options);
    options.mode = RQA_STORE_READ;
    if (works(rqa_store_open(&store, context, path, &options)))
        use(store);
    rqa_store_close(store);
    fuzz_remove_store(other);
    FUZZ_CHECK(works(rqa_store_open(&store, context, other, NULL)));
    works(rqa_store_merge(store, path));
    rqa_store_close(store);
    if (works(rqa_store_open(&store, context, path, NULL))) {
        int ran = run_batch(store, (how & 4) != 0);
        size_t n = ran ? count_results(store) : 0;
        FUZZ_CHECK(!ran || n == SIZE_MAX || n >= ((how & 4) != 0 ? 16 : 2));
        works(rqa_store_merge(store, other));
        use(store);
    }
    rqa_store_close(store);
    fuzz_remove_store(path);
    fuzz_remove_store(other);
    return 0;
}
