/* select.h - which backend runs a piece of work, and why. */
#ifndef RQA_BACKEND_SELECT_H
#define RQA_BACKEND_SELECT_H

#include "backend/device_list.h"
#include "plan/context_state.h"

typedef struct rqa__choice {
    int32_t backend; /* never AUTO */
    unsigned n_threads;
    rqa__device *device; /* GPU: the one to use; borrowed from the context */
    char reason[160];
} rqa__choice;

/* What the work at hand can run on besides threads. */
enum { RQA__WORK_ON_GPU = 1, RQA__WORK_HYBRID = 2 };

/* operations: over all work units, pairs times distinct (dim, delay, threshold), for the built-in
 * size table; predicted_ns: their predicted time on one thread, which takes the table's place once
 * the context has been calibrated. 0, or
 * RQA_ERROR_BACKEND_MISSING with the exact reason when a backend named explicitly (or by
 * RQA_BACKEND) cannot run. */
int rqa__select_backend(rqa__choice *out, const struct rqa_context *context, int32_t requested,
                        double operations, double predicted_ns);

/* The same for work that can use a GPU (RQA__WORK_*). Looks for one only if it may be chosen. */
int rqa__select_backend_for(rqa__choice *out, const struct rqa_context *context, int32_t requested,
                            double operations, double predicted_ns, unsigned work);

/* Predicted nanoseconds of a device. */
double rqa__device_ns(const rqa__profile *profile, const rqa__device *device, double operations);

/* One entry of the backend list; RQA_ERROR_VALUE past the end. */
int rqa__backend_describe(rqa_backend_info *info, const struct rqa_context *context, size_t index);

#endif
