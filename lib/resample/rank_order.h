/* rank_order.h - which value is the k-th smallest: by (value, index). */
#ifndef RQA_RESAMPLE_RANK_ORDER_H
#define RQA_RESAMPLE_RANK_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* A value and where it stands. */
typedef struct rqa__ranked {
    double value;
    uint32_t index;
} rqa__ranked;

/* `order`, some permutation of 0..n-1 on entry, becomes the indices by rising (value, index); the
 * nearer it was to that, the faster. No NaN. `room`: 2n. */
void rqa__rank_order(const double *value, uint32_t *order, size_t n, rqa__ranked *room);

#endif
