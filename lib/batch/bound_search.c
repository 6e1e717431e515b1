/* bound_search.c - where bounds are looked for: the cells of one embedding, under its rules. */
#include "batch/bound_search.h"

#include "backend/cpu_run.h"
#include "plan/context_state.h"

/* Distances that are held at a time take such a share of the memory limit at most. */
enum { LIMIT_SHARE = 16 };

uint64_t rqa__search_collected_bytes(const struct rqa_context *context)
{
    return context->memory_limit_bytes / LIMIT_SHARE;
}

void rqa__search_open(rqa__searched *out, const rqa__bound_search *s)
{
    const rqa__rules *rules = s->rules;
    const uint64_t collected =
        s->collected_bytes ? s->collected_bytes : rqa__search_collected_bytes(s->context);
    out->x = *s->x;
    out->y = *s->y;
    out->x.dims += s->dim_index;
    out->y.dims += s->dim_index;
    out->cells = (rqa__ranked_cells){
        .x = &out->x,
        .y = &out->y,
        .norm = (uint32_t)rules->norm,
        .is_auto = rules->relation != RQA_RELATION_CROSS,
        .upper_only = rules->convention->upper_only,
        .theiler = rules->theiler_points,
        .skips = s->skips,
        .most_collected = (size_t)(collected / sizeof(double)),
        .bits = rqa__cpu_bits_kernels(s->context->cpu),
        .distances = rqa__cpu_distance_kernels(s->context->cpu),
    };
}
