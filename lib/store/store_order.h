/* store_order.h - what a reader of a store loads first: the settings that its filter lets pass, by
 * rank, which is their place in the order of delivery, and the texts that results refer to by
 * number. */
#ifndef RQA_STORE_STORE_ORDER_H
#define RQA_STORE_STORE_ORDER_H

#include "store/store_content.h"

typedef struct rqa__store_listed {
    rqa__setting setting;
    int64_t id;
} rqa__store_listed;

/* Zeroed before it is loaded. */
typedef struct rqa__store_order {
    rqa__store_listed *setting; /* by rank */
    int64_t *rank;              /* by id; -1: filtered out */
    size_t n_settings, n_ranks;
    char **reason; /* by id */
    size_t n_reasons;
} rqa__store_order;

/* 0 or a status with text; free it either way. */
int rqa__store_order_load(rqa__store_order *order, struct rqa_store *store,
                          const rqa_store_filter *filter);
void rqa__store_order_free(rqa__store_order *order);

/* Whether settings of this delay may pass. */
int rqa__store_order_has_delay(const rqa_store_filter *filter, uint32_t delay);

#endif
