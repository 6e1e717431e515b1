/* order_statistic.h - the k-th smallest of some numbers. */
#ifndef RQA_BASE_ORDER_STATISTIC_H
#define RQA_BASE_ORDER_STATISTIC_H

#include <stddef.h>

/* Of v[0 .. n), none of them NaN, k from 0 on; reorders them. */
double rqa__select_double(double *v, size_t n, size_t k);

#endif
