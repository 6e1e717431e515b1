/* store_check.c - whether what the tables of a store say of each other holds. SQLite sees to pages
 * and constraints; a number that leads nowhere would make rows vanish without a word. The rows
 * themselves are looked at as they are read. */
#include <stdio.h>
#include <string.h>

#include "store/store_state.h"

#define TEXTS_8 "texttexttexttexttexttexttexttext"
#define ID "typeof(id) = 'integer' AND id BETWEEN 1 AND 1152921504606846976" /* RQA__STORE_LAST_ROW */
#define UINT32 " BETWEEN 0 AND 4294967295"

/* Each gives a row, with a text, for the first thing that does not hold; @ is the database. Later
 * ones rely on those before. */
static const char *const checks[] = {
    "SELECT 'the number of setting ' || id FROM @.setting WHERE id < 1 OR"
    " id > (SELECT count(*) FROM @.setting)",
    "SELECT 'the numbers of setting ' || id FROM @.setting WHERE typeof(dim) || typeof(delay) ||"
    " typeof(lmin) || typeof(vmin) || typeof(threshold) <> 'integerintegerintegerintegerreal' OR"
    " NOT (dim" UINT32 " AND delay" UINT32 " AND lmin" UINT32 " AND vmin" UINT32
    " AND threshold BETWEEN 0 AND 1.7976931348623157e308)",
    "SELECT 'the number of reason ' || id FROM @.reason WHERE id < 1 OR"
    " id > (SELECT count(*) FROM @.reason)",
    "SELECT 'the words of reason ' || id FROM @.reason WHERE typeof(text) <> 'text'",
    "SELECT 'analysis ' || id FROM @.analysis WHERE NOT (" ID " AND typeof(key) || typeof(data) ||"
    " typeof(data_y) || typeof(relation) || typeof(norm) || typeof(convention) || typeof(compare) ||"
    " typeof(threshold_unit) = '" TEXTS_8 "' AND typeof(numerics) = 'integer' AND numerics BETWEEN 1"
    " AND 2147483647)",
    "SELECT 'the key of analysis ' || id FROM (SELECT id, key, printf('numerics=%d x=%s y=%s ',"
    " numerics, data, data_y) AS begin FROM @.analysis) WHERE substr(key, 1, length(begin)) <>"
    " begin",
    "SELECT 'item ' || id FROM @.item WHERE NOT (" ID " AND typeof(series) || typeof(mode) ||"
    " typeof(keys) || typeof(rules) = 'texttexttexttext' AND typeof(text) IN ('text', 'null') AND"
    " typeof(replaced) || typeof(status) = 'integerinteger' AND replaced BETWEEN 0 AND 2 AND status"
    " BETWEEN -2147483648 AND 0 AND (analysis IS NOT NULL OR status <> 0 AND replaced = 0))",
    "SELECT 'the analysis of item ' || id || ' is not there' FROM @.item WHERE analysis IS NOT NULL"
    " AND analysis NOT IN (SELECT id FROM @.analysis)",
    "SELECT 'the rules of item ' || i.id FROM @.item i JOIN @.analysis a ON a.id = i.analysis WHERE"
    " printf('numerics=%d x=%s y=%s %s', a.numerics, a.data, a.data_y, i.rules) <> a.key",
    "SELECT 'the keys of its items' FROM (SELECT min(position) AS a, max(position) AS b, count(*) AS"
    " n, total(typeof(name) <> 'text') AS wrong FROM @.item_key) WHERE a <> 0 OR b <> n - 1 OR"
    " wrong > 0",
    "SELECT 'run ' || id FROM @.run WHERE NOT (" ID " AND typeof(uid) = 'text')",
    "SELECT 'the rows of a unit, ' || id FROM @.unit WHERE NOT (" ID " AND typeof(first) ||"
    " typeof(room) || typeof(n) || typeof(measures) || typeof(delay) || typeof(backend) ="
    " 'integerintegerintegerintegerintegertext' AND first BETWEEN 1 AND 1152921504606846976 AND room"
    " BETWEEN 1 AND 1152921504606846976 AND n BETWEEN 0 AND room AND delay" UINT32 ")",
    "SELECT 'units ' || id || ' and ' || before || ' have the same rows' FROM (SELECT id, first,"
    " lag(id) OVER w AS before, lag(first + room) OVER w AS next FROM @.unit WINDOW w AS (ORDER BY"
    " first)) WHERE first < next",
    "SELECT 'the analysis of unit ' || id || ' is not there' FROM @.unit WHERE analysis NOT IN"
    " (SELECT id FROM @.analysis)",
    "SELECT 'the run of unit ' || id || ' is not there' FROM @.unit WHERE run IS NOT NULL AND run"
    " NOT IN (SELECT id FROM @.run)",
    "SELECT 'the number of worker ' || id FROM @.worker WHERE NOT (" ID ")",
    "SELECT 'the number of the next worker' FROM @.sqlite_sequence WHERE name = 'worker' AND NOT"
    " (typeof(seq) = 'integer' AND seq BETWEEN 0 AND 1152921504606846976)"};

/* With the database's name for each @. */
static char *for_base(const char *sql, const char *base)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    for (const char *end; (end = strchr(sql, '@')); sql = end + 1) {
        sqlite3_str_append(text, sql, (int)(end - sql));
        sqlite3_str_appendall(text, base);
    }
    sqlite3_str_appendall(text, sql);
    sqlite3_str_appendall(text, " LIMIT 1");
    return sqlite3_str_finish(text);
}

int rqa__store_check(struct rqa_store *store, const char *base, const struct rqa_store *from)
{
    int status = RQA_OK;
    for (size_t k = 0; k < sizeof checks / sizeof checks[0] && !status; k++) {
        sqlite3_stmt *query = NULL;
        char *sql = for_base(checks[k], base);
        int row = 0;
        status = sql ? rqa__store_prepare(store, sql, &query) : rqa__fail_memory("a statement");
        sqlite3_free(sql);
        if (!status)
            status = rqa__store_step(store, query, &row, "read");
        if (!status && row) {
            const char *what = (const char *)sqlite3_column_text(query, 0);
            status = rqa__store_fail_damaged(from, what ? what : "numbers that cannot be");
        }
        sqlite3_finalize(query);
    }
    return status;
}

int rqa__store_check_no_stray(struct rqa_store *store, const char *base,
                              const struct rqa_store *from)
{
    int64_t n_stray = 0;
    char *sql = for_base("SELECT (SELECT count(*) FROM @.result) - (SELECT ifnull(sum(n), 0) FROM"
                         " @.unit)", base);
    int status = sql ? rqa__store_integer(store, sql, &n_stray) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    if (status || n_stray <= 0)
        return status;
    char text[60];
    snprintf(text, sizeof text, "%lld results are in no unit", (long long)n_stray);
    return rqa__store_fail_damaged(from, text);
}

int rqa__store_is_odd_window(int type, int64_t window, int has_windows)
{
    if (!has_windows)
        return type != SQLITE_NULL;
    return type != SQLITE_INTEGER || window < 0 || window > INT32_MAX; /* no recording has more samples */
}
