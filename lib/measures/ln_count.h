/* ln_count.h - the natural logarithm of a count, from a table where counts are small. */
#ifndef RQA_MEASURES_LN_COUNT_H
#define RQA_MEASURES_LN_COUNT_H

#include <stdint.h>

#include "base/logarithm.h"

#define RQA__LN_2 0.693147180559945309417232121458176568

enum { RQA__LN_TABLE = 4096 };

extern double rqa__ln_table[RQA__LN_TABLE];

/* Fills the table; called once for each context, repeated calls write the same values. */
void rqa__ln_table_fill(void);

/* Beyond the table. What was asked for before, up to 2^18, is kept. */
double rqa__ln_large(uint64_t n);

static inline double rqa__ln_count(uint64_t n)
{
    return n < RQA__LN_TABLE ? rqa__ln_table[n] : rqa__ln_large(n);
}

#endif
