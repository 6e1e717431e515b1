/* store_rules.c - the rules of an analysis as one text, that text taken apart, and which of them
 * tell the analyses of a store apart. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/store_state.h"

/* As rqa_store_rule_name() has them, in the order of the text. */
static const char *const names[RQA__STORE_RULES] = {
    "relation",       "norm",         "convention",       "compare",
    "threshold_unit", "theiler",      "theiler_diagonal", "theiler_vertical",
    "wmin",           "trend_border", "white_border",     "microstate_size",
    "microstate_theiler"};

/* A flag in the text. */
enum { WHITE_BORDER = 10 };

const char *rqa__store_rule_name(uint32_t index)
{
    return index < RQA__STORE_RULES ? names[index] : NULL;
}

/* Microstates stand in it where they are counted: other texts are those of release 0.2.0. */
char *rqa__store_rules_text(const rqa__store_analysis *a)
{
    char more[64] = "";
    if (a->microstate_size)
        snprintf(more, sizeof more, " microstate=%u,%llu", a->microstate_size,
                 (unsigned long long)a->microstate_theiler);
    return sqlite3_mprintf("relation=%s norm=%s convention=%s compare=%s unit=%s theiler=%lld,%lld,"
                           "%lld wmin=%u border=%u white=%d%s",
                           a->relation, a->norm, a->convention, a->compare, a->threshold_unit,
                           (sqlite3_int64)a->theiler_points, (sqlite3_int64)a->theiler_diagonal,
                           (sqlite3_int64)a->theiler_vertical, a->wmin, a->trend_border,
                           a->white_exclude, more);
}

int rqa__store_rules_read(rqa__store_rules *out, const char *text)
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
    char *at = out->text;
    for (int k = 0; k < RQA__STORE_RULES; k++) {
        at += strcspn(at, "=");
        at += *at == '=';
        out->value[k] = at; /* "" if the text is shorter */
        for (;; k++) {      /* several values of one name */
            at += strcspn(at, " ,");
            char end = *at;
            if (end)
                *at++ = 0;
            if (end != ',' || k + 1 == RQA__STORE_RULES)
                break;
            out->value[k + 1] = at;
        }
    }
    out->value[WHITE_BORDER] = strcmp(out->value[WHITE_BORDER], "0") == 0 ? "include" : "exclude";
    return RQA_OK;
}

void rqa__store_rules_free(rqa__store_rules *rules)
{
    rqa__free(rules->text);
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
        status = rqa__store_rules_read(is_first ? first : other, text ? text : "");
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
