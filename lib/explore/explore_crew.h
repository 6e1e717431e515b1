/* explore_crew.h - who does the work of this room, and what may stop it. */
#ifndef RQA_EXPLORE_EXPLORE_CREW_H
#define RQA_EXPLORE_EXPLORE_CREW_H

#include <stdatomic.h>

#include "base/error.h"
#include "base/look.h"
#include "base/pool.h"
#include "cpu/distance_table.h"

typedef struct rqa__explore_crew {
    rqa__pool *pool;
    const atomic_int *cancel; /* may be NULL */
    const rqa__distance_kernels *kernels;
} rqa__explore_crew;

static inline int rqa__explore_look(const atomic_int *cancel)
{
    return rqa__is_cancelled(cancel) ? rqa__fail(RQA_ERROR_CANCELLED, "cancelled") : RQA_OK;
}

#endif
