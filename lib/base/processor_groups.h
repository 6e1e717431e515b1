/* processor_groups.h - processors in groups of 64 at most, as Windows has them. */
#ifndef RQA_BASE_PROCESSOR_GROUPS_H
#define RQA_BASE_PROCESSOR_GROUPS_H

enum { RQA__MOST_GROUPS = 64 };

/* How many processors of each group this process may use; returns the number of groups. Where the
 * process is bound to some of one group's, that is the only one. */
unsigned rqa__processor_groups(unsigned size[RQA__MOST_GROUPS]);

/* The group of the k-th thread: groups get threads in the order of their processors, one each, and
 * then again from the first. */
unsigned rqa__processor_group_of(unsigned k, const unsigned *size, unsigned n_groups);

#endif
