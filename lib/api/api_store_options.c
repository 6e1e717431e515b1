/* api_store_options.c - the options of rqa/store.h, whether there are stores in this build or not. */
#include "base/error.h"
#include "rqa/store.h"

/* Size of the struct in release 0.2.0, its first. */
enum { OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_store_options, command) };

void rqa_store_options_init_sized(rqa_store_options *options, size_t size)
{
    const rqa_store_options defaults = {.struct_size = sizeof defaults};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

/* For callers that look functions up by name. */
void(rqa_store_options_init)(rqa_store_options *options)
{
    rqa_store_options_init_sized(options, OPTIONS_SMALLEST);
}
