/* ln_count.c - the table behind rqa__ln_count(). */
#include "measures/ln_count.h"

#include <stdatomic.h>
#include <string.h>

#include "base/logarithm.h"
#include "base/thread.h"

double rqa__ln_table[RQA__LN_TABLE];

static void fill(void)
{
    for (int n = 1; n < RQA__LN_TABLE; n++)
        rqa__ln_table[n] = rqa__ln((double)n);
}

void rqa__ln_table_fill(void)
{
    static rqa__once_flag once = RQA__ONCE_INIT;
    rqa__once(&once, fill);
}

/* The bits of logarithms; 0, which is none of them, where none is known yet. Threads that come at once
 * write the same. */
enum { KEPT = 1 << 18 };

static _Atomic uint64_t kept[KEPT];

double rqa__ln_large(uint64_t n)
{
    if (n >= KEPT)
        return rqa__ln((double)n);
    uint64_t bits = atomic_load_explicit(&kept[n], memory_order_relaxed);
    double value;
    if (bits) {
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    value = rqa__ln((double)n);
    memcpy(&bits, &value, sizeof bits);
    atomic_store_explicit(&kept[n], bits, memory_order_relaxed);
    return value;
}
