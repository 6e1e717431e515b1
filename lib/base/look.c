/* look.c - looks whether long work is to stop. */
#include "base/look.h"

#include <stddef.h>

int rqa__is_cancelled(const atomic_int *flag)
{
    return flag != NULL && atomic_load_explicit(flag, memory_order_relaxed) != 0;
}
