/* processor_groups_windows.c - processors in groups of 64 at most. */
#include "base/processor_groups.h"

#include "base/system_windows.h"

static unsigned count_bits(DWORD_PTR mask)
{
    unsigned n = 0;
    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

unsigned rqa__processor_groups(unsigned size[RQA__MOST_GROUPS])
{
    DWORD_PTR mine, all;
    const unsigned n = GetActiveProcessorGroupCount();
    if (n < 2 || n > RQA__MOST_GROUPS) {
        /* Both masks are 0 for a process in several groups. */
        size[0] = GetProcessAffinityMask(GetCurrentProcess(), &mine, &all) && mine
                      ? count_bits(mine)
                      : GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
        return 1;
    }
    /* Fewer than its group has: somebody bound it there. */
    if (GetProcessAffinityMask(GetCurrentProcess(), &mine, &all) && mine != all) {
        size[0] = count_bits(mine);
        return 1;
    }
    for (unsigned k = 0; k < n; k++)
        size[k] = GetActiveProcessorCount((WORD)k);
    return n;
}
unsigned rqa__processor_group_of(unsigned k, const unsigned *size, unsigned n_groups)
{
    unsigned n = 0;
    for (unsigned g = 0; g < n_groups; g++)
        n += size[g];
    if (n == 0)
        return 0;
    k %= n;
    for (unsigned g = 0; g < n_groups; g++) {
        if (k < size[g])
            return g;
        k -= size[g];
    }
    return 0;
}
