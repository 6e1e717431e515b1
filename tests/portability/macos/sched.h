/* sched.h - this machine's, without affinity. */
#include_next <sched.h>
#pragma GCC poison sched_getaffinity CPU_COUNT
