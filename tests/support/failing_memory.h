/* failing_memory.h - the library's memory, of which so many allocations are granted and no more. */
#ifndef RQA_TESTS_FAILING_MEMORY_H
#define RQA_TESTS_FAILING_MEMORY_H

/* From now on, until removed; what was allocated before is not to be given back meanwhile. */
void failing_memory_install(void);
void failing_memory_remove(void);

/* The next n allocations succeed and all others fail, or the one behind them alone. Any thread's count. */
void failing_memory_grant(long n);
void failing_memory_refuse_one(long n);

/* Blocks that have not been given back. */
long failing_memory_live(void);

#endif
