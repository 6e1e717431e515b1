/* unit_names.h - names of threshold units in what librqa says. */
#ifndef RQA_PLAN_UNIT_NAMES_H
#define RQA_PLAN_UNIT_NAMES_H

#include <stdint.h>

/* As the program's users write them; NULL for an unknown unit. */
const char *rqa__threshold_unit_name(int32_t unit);

#endif
