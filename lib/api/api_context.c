/* api_context.c - rqa/context.h. */
#include "backend/select.h"
#include "measures/ln_count.h"
#include "plan/context_state.h"

#include <string.h>

void rqa_context_options_init(rqa_context_options *options)
{
    if (!options)
        return;
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
}

rqa_status rqa_context_create(rqa_context **out, const rqa_context_options *options)
{
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    rqa_context_options full;
    rqa_context_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, sizeof full, options, "options");
    if (status)
        return status;
    rqa__ln_table_fill();
    return rqa__context_new(out, &full);
}

void rqa_context_destroy(rqa_context *context)
{
    rqa__context_free(context);
}

uint32_t rqa_context_n_threads(const rqa_context *context)
{
    return context ? context->n_threads : 0;
}

rqa_status rqa_context_backend_at(const rqa_context *context, size_t index, rqa_backend_info *info)
{
    if (!context)
        return rqa__fail_null("context");
    if (!info)
        return rqa__fail_null("info");
    rqa_backend_info full;
    memset(&full, 0, sizeof full);
    int status = rqa__backend_describe(&full, context, index);
    return status ? status : rqa__output_write(info, &full, sizeof full, sizeof full, "info");
}
