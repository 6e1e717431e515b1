/* cell_rules.h - skeletons and directions: what the options may say of them. */
#ifndef RQA_PLAN_CELL_RULES_H
#define RQA_PLAN_CELL_RULES_H

#include "plan/rules.h"

/* The rules are resolved but for their Theiler windows. 0 or RQA_ERROR_VALUE or
 * RQA_ERROR_UNSUPPORTED with text. */
int rqa__cell_rules_check(const rqa__rules *rules, const rqa_analysis_options *options);

/* The option that takes cells away by their place, NULL: none does. */
const char *rqa__cell_rules_name(const rqa__rules *rules);

/* RQA_ERROR_UNSUPPORTED, with text, if one does, which `what` ("a batch") does not have. */
int rqa__cell_rules_refuse(const rqa__rules *rules, const char *what);

#endif
