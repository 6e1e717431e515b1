/* store_rules.c - the rules of an analysis as one text, that text taken apart, and which of them
 * tell the analyses of a store apart. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "store/store_content.h"
#include "store/store_state.h"

/* The rules, in the order of rqa_store_rule_name(): what each is called, the word of the text that its
 * value stands behind (NULL: behind the value of the rule before, and a comma), and its value where
 * the text does not have it. A rule that comes later stands in the text only where it is another than
 * it was before there was a choice, so that older texts still name the same analyses. */
static const struct {
    const char *name, *word, *absent;
} rule[RQA__STORE_RULES] = {
    {"relation", "relation", ""},
    {"norm", "norm", ""},
    {"convention", "convention", ""},
    {"compare", "compare", ""},
    {"threshold_unit", "unit", ""},
    {"theiler", "theiler", ""},
    {"theiler_diagonal", NULL, ""},
    {"theiler_vertical", NULL, ""},
    {"wmin", "wmin", ""},
    {"trend_border", "border", ""},
    {"white_border", "white", ""},
    {"microstate_size", "microstate", ""}, /* where microstates are counted */
    {"microstate_theiler", NULL, ""},
    {"border", "border_rule", "all"},
    {"ties", "ties", ""},           /* of neighbours, where not all are in */
    {"threshold_lower", "lower", ""}, /* of a corridor */
    [RQA__RULE_WINDOW] = {"window_length", "window", ""}, /* where there are windows */
    [RQA__RULE_STEP] = {"window_step", NULL, ""},
    {"window_scope", NULL, ""},
};

/* A flag in the text. */
enum { WHITE_BORDER = 10 };

const char *rqa__store_rule_name(uint32_t index)
{
    return index < RQA__STORE_RULES ? rule[index].name : NULL;
}

static int find_word(const char *word)
{
    for (int k = 0; k < RQA__STORE_RULES; k++)
        if (rule[k].word && strcmp(rule[k].word, word) == 0)
            return k;
    return -1;
}

/* " word=value", unless the value is what is meant without it. */
static void append_rule(char **text, const char *word, const char *value)
{
    if (!value || strcmp(value, rule[find_word(word)].absent) == 0)
        return;
    rqa__store_append(text, " %s", word);
    rqa__store_append(text, "=%s", value);
}

char *rqa__store_rules_text(const rqa__store_analysis *a)
{
    char microstates[40] = "", windows[80] = "";
    if (a->microstate_size)
        snprintf(microstates, sizeof microstates, "%u,%llu", a->microstate_size,
                 (unsigned long long)a->microstate_theiler);
    char *text =
        sqlite3_mprintf("relation=%s norm=%s convention=%s compare=%s unit=%s theiler=%lld,%lld,"
                        "%lld wmin=%u border=%u white=%d",
                        a->relation, a->norm, a->convention, a->compare, a->threshold_unit,
                        (sqlite3_int64)a->theiler_points, (sqlite3_int64)a->theiler_diagonal,
                        (sqlite3_int64)a->theiler_vertical, a->wmin, a->trend_border,
                        a->white_exclude);
    if (a->window)
        snprintf(windows, sizeof windows, "%llu,%llu,%.20s", (unsigned long long)a->window,
                 (unsigned long long)a->step, a->window_scope);
    append_rule(&text, "microstate", microstates);
    append_rule(&text, "border_rule", a->border);
    append_rule(&text, "ties", a->ties);
    if (a->corridor)
        append_rule(&text, "lower", rqa__shortest(a->threshold_lower).text);
    append_rule(&text, "window", windows);
    return text;
}

static int copy_text(rqa__store_rules *out, const char *text)
{
    size_t n = strlen(text);
    if (n >= out->room) {
        char *more = rqa__realloc(out->text, n + 1);
        if (!more)
            return rqa__fail_memory("the rules of an item");
        out->text = more;
        out->room = n + 1;
    }
    memcpy(out->text, text, n + 1);
    return RQA_OK;
}

/* The values behind one word. */
static void take_values(rqa__store_rules *out, int k, char *value)
{
    for (;; k++) {
        char *end = value + strcspn(value, ",");
        out->value[k] = value;
        if (!*end || k + 1 == RQA__STORE_RULES || rule[k + 1].word)
            return;
        *end = 0;
        value = end + 1;
    }
}

/* Two analyses that differ in a rule which nobody knows would pass for one. */
static int fail_word(const struct rqa_store *store, const char *word)
{
    char what[100];
    snprintf(what, sizeof what, "the rule \"%.60s\" of an item", word);
    return rqa__store_fail_damaged(store, what);
}

int rqa__store_rules_read(const struct rqa_store *store, rqa__store_rules *out, const char *text)
{
    int status = copy_text(out, text);
    for (int k = 0; k < RQA__STORE_RULES; k++)
        out->value[k] = rule[k].absent;
    for (char *at = out->text; !status && *at;) {
        char *word = at, *value;
        at += strcspn(at, " ");
        if (*at)
            *at++ = 0;
        value = word + strcspn(word, "=");
        if (*value)
            *value++ = 0;
        const int k = find_word(word);
        if (k < 0)
            return fail_word(store, word);
        take_values(out, k, value);
    }
    out->value[WHITE_BORDER] = strcmp(out->value[WHITE_BORDER], "0") == 0 ? "include" : "exclude";
    return status;
}

void rqa__store_rules_free(rqa__store_rules *rules)
{
    rqa__free(rules->text);
}

int rqa__store_check_rules(struct rqa_store *store, const char *base, const struct rqa_store *from)
{
    rqa__store_rules rules = {0};
    sqlite3_stmt *list = NULL;
    char *sql = sqlite3_mprintf("SELECT DISTINCT rules FROM %s.item", base);
    int row = 1;
    int status = sql ? rqa__store_prepare(store, sql, &list) : rqa__fail_memory("a statement");
    sqlite3_free(sql);
    while (!status && row) {
        status = rqa__store_step(store, list, &row, "read");
        const char *text = !status && row ? (const char *)sqlite3_column_text(list, 0) : NULL;
        if (text)
            status = rqa__store_rules_read(from, &rules, text);
    }
    sqlite3_finalize(list);
    rqa__store_rules_free(&rules);
    return status;
}

/* Compares the rules of each mode with those that it had first. */
static int compare_rules(sqlite3_stmt *list, struct rqa_store *store, rqa__store_rules *first,
                         rqa__store_rules *other, char **mode, uint64_t *out)
{
    for (;;) {
        int row, status = rqa__store_step(store, list, &row, "read");
        if (status || !row)
            return status;
        const char *next = (const char *)sqlite3_column_text(list, 0);
        const char *text = (const char *)sqlite3_column_text(list, 1);
        int is_first = !*mode || strcmp(*mode, next ? next : "") != 0;
        status = rqa__store_rules_read(store, is_first ? first : other, text ? text : "");
        if (!status && is_first) {
            rqa__free(*mode);
            *mode = rqa__strdup(next ? next : "");
            status = *mode ? RQA_OK : rqa__fail_memory("the rules of a store");
        } else {
            for (int k = 0; k < RQA__STORE_RULES && !status; k++)
                if (strcmp(first->value[k], other->value[k]) != 0)
                    *out |= UINT64_C(1) << k;
        }
        if (status)
            return status;
    }
}

int rqa__store_rules_that_differ(struct rqa_store *store, uint64_t *out)
{
    rqa__store_rules first = {0}, other = {0};
    char *mode = NULL;
    sqlite3_stmt *list;
    *out = 0;
    int status = rqa__store_prepare(
        store, "SELECT DISTINCT mode, rules FROM item WHERE replaced = 0 ORDER BY mode, rules",
        &list);
    if (!status)
        status = compare_rules(list, store, &first, &other, &mode, out);
    sqlite3_finalize(list);
    rqa__store_rules_free(&first);
    rqa__store_rules_free(&other);
    rqa__free(mode);
    return status;
}
