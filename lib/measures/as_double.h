/* as_double.h - counts as numbers. */
#ifndef RQA_MEASURES_AS_DOUBLE_H
#define RQA_MEASURES_AS_DOUBLE_H

#include <stdint.h>

/* Of a number below 2^63, for which processors have an instruction. */
static inline double rqa__as_double(uint64_t n)
{
    return (double)(int64_t)n;
}

#endif
