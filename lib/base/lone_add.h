/* lone_add.h - adds to a number that several threads may add to, where no other does any more: an
 * atomic addition would lock the bus, and of histograms there are thousands. */
#ifndef RQA_BASE_LONE_ADD_H
#define RQA_BASE_LONE_ADD_H

#include <stdatomic.h>
#include <stdint.h>

static inline void rqa__lone_add(atomic_uint_least64_t *at, uint64_t n)
{
    atomic_store_explicit(at, atomic_load_explicit(at, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

#endif
