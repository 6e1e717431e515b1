/* suggestion_texts.c - what a suggestion says of itself: rules and warnings. */
#include <stdarg.h>
#include <stdio.h>

#include "explore/suggestion.h"

void rqa__suggestion_set(struct rqa_suggestion *s, int item, double value, const char *format, ...)
{
    va_list list;
    s->value[item] = value;
    va_start(list, format);
    vsnprintf(s->rule[item], RQA__RULE_ROOM, format, list);
    va_end(list);
}

void rqa__suggestion_warn(struct rqa_suggestion *s, const char *format, ...)
{
    va_list list;
    if (s->n_warnings == RQA__MOST_WARNINGS)
        return;
    va_start(list, format);
    vsnprintf(s->warning[s->n_warnings++], RQA__RULE_ROOM, format, list);
    va_end(list);
}
