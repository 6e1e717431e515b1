/* look.h - how often long work looks whether it is to stop. */
#ifndef RQA_BASE_LOOK_H
#define RQA_BASE_LOOK_H

#include <stdatomic.h>
#include <stdint.h>

/* Operations between two looks: a term of a distance, a cell of a line, a number of a table. Each
 * takes 20 cycles where it takes longest, so this is 10 ms of one slow core. What is done once a
 * sample, and not once a pair, is let pass: a channel of ten million takes as long. */
#define RQA__LOOK_OPERATIONS (UINT64_C(1) << 20)

/* The only place where the engines look at a flag, which may be NULL: never set. */
int rqa__is_cancelled(const atomic_int *flag);

/* How many steps of so many operations go between two looks: at least one. */
static inline uint64_t rqa__steps_between_looks(uint64_t operations)
{
    return operations < RQA__LOOK_OPERATIONS / 2 ? RQA__LOOK_OPERATIONS / (operations ? operations : 1)
                                                 : 1;
}

#endif
