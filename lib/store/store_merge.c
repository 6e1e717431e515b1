/* store_merge.c - adds the results of another store. */
#include "store/store_state.h"
int rqa__store_merge(struct rqa_store *into, const char *path)
{
    (void)into, (void)path;
    return RQA_ERROR_UNSUPPORTED;
}
