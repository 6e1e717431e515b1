/* value_range.h - where the digits of numbers lie within the range of a double. */
#ifndef RQA_DATA_VALUE_RANGE_H
#define RQA_DATA_VALUE_RANGE_H

#include <stddef.h>

/* Every number is below 2^top in magnitude and a multiple of 2^low, and so is every difference, but
 * for a factor of 2 at the top. top < low: all are 0, or missing. */
typedef struct rqa__value_range {
    int top, low;
} rqa__value_range;

extern const rqa__value_range rqa__no_range;

rqa__value_range rqa__value_range_of(const double *values, size_t n);
rqa__value_range rqa__value_range_join(rqa__value_range a, rqa__value_range b);

#endif
