/* ln_count.h - the natural logarithm of a count, from a table where counts are small. */
#ifndef RQA_MEASURES_LN_COUNT_H
#define RQA_MEASURES_LN_COUNT_H

#include <math.h>
#include <stdint.h>

#define RQA__LN_2 0.693147180559945309417232121458176568

enum { RQA__LN_TABLE = 4096 };

extern double rqa__ln_table[RQA__LN_TABLE];

/* Fills the table; called once for each context, repeated calls write the same values. */
void rqa__ln_table_fill(void);

static inline double rqa__ln_count(uint64_t n)
{
    return n < RQA__LN_TABLE ? rqa__ln_table[n] : log((double)n);
}

#endif
