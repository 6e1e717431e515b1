/* ln_count.c - the table behind rqa__ln_count(). */
#include "measures/ln_count.h"

#include "base/thread.h"

double rqa__ln_table[RQA__LN_TABLE];

static void fill(void)
{
    for (int n = 1; n < RQA__LN_TABLE; n++)
        rqa__ln_table[n] = log((double)n);
}

void rqa__ln_table_fill(void)
{
    static rqa__once_flag once = RQA__ONCE_INIT;
    rqa__once(&once, fill);
}
