/* calibrate.h - measures what cost.c assumes: both strategies, what threads give, and a GPU. */
#ifndef RQA_BACKEND_CALIBRATE_H
#define RQA_BACKEND_CALIBRATE_H

#include "plan/context_state.h"

/* Fills *profile from runs on synthetic series, a fraction of a second. 0 or a status with text. */
int rqa__calibrate(rqa__profile *profile, struct rqa_context *context);

#endif
