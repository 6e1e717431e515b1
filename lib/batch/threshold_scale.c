/* threshold_scale.c - what one unit of a threshold is in the numbers that a plan reads. */
#include "batch/threshold_scale.h"

#include <float.h>
#include <math.h>

#include "backend/cpu_run.h"
#include "backend/diameter.h"
#include "plan/context_state.h"

static int diameter_of(const rqa__threshold_scale *scale, const rqa__vector_pairs *pairs,
                       double *size)
{
    return scale->rules->threshold_unit == RQA_THRESHOLD_MAX_DIAMETER
               ? rqa__diameter_largest(pairs, scale->parallel, scale->cancel, size)
               : rqa__diameter_mean(pairs, scale->parallel, scale->cancel, size);
}

static int std_of(const rqa__source *source, double *size)
{
    return rqa__series_std(source->read, source->read_first, source->channel_count, size);
}

int rqa__threshold_units(const rqa__threshold_scale *scale, rqa__threshold_unit *unit_x,
                         rqa__threshold_unit *unit_y)
{
    const rqa__rules *rules = scale->rules;
    const rqa__source *x = scale->x, *y = scale->y;
    const rqa__task *task = scale->task;
    int joint = rules->relation == RQA_RELATION_JOINT;
    int status = 0;
    *unit_x = (rqa__threshold_unit){.size = 1};
    *unit_y = (rqa__threshold_unit){.size = 1};
    if (rules->threshold_unit == RQA_THRESHOLD_DATA) {
        unit_x->exponent = x->exponent;
        unit_y->exponent = y->exponent;
        return 0;
    }
    if (rules->threshold_unit == RQA_THRESHOLD_STD) {
        status = std_of(x, &unit_x->size);
        *unit_y = *unit_x;
        return status || !joint ? status : std_of(y, &unit_y->size);
    }
    int cross = rules->relation == RQA_RELATION_CROSS;
    rqa__vector_pairs pairs = {.x = &task->x,
                               .y = cross ? &task->y : &task->x,
                               .dim_index = scale->dim_index,
                               .norm = (uint32_t)rules->norm,
                               .is_auto = !cross,
                               .kernels = rqa__cpu_distance_kernels(x->series->context->cpu)};
    status = diameter_of(scale, &pairs, &unit_x->size);
    *unit_y = *unit_x;
    pairs.x = pairs.y = &task->y;
    if (!status && joint)
        status = diameter_of(scale, &pairs, &unit_y->size);
    return status;
}

/* What is read lies where no distance reaches the largest double, and where distances that are not
 * 0 are far above the smallest, unless one recording spreads over all of the range. So either
 * stands for what is beyond it. */
double rqa__threshold_in(rqa__threshold_unit unit, double threshold)
{
    double scaled = ldexp(threshold * unit.size, unit.exponent);
    if (scaled > DBL_MAX)
        return DBL_MAX;
    return scaled == 0 && threshold > 0 && unit.size > 0 ? nextafter(0, 1) : scaled;
}

double rqa__threshold_shown(const rqa__source *source, double threshold)
{
    return fmin(ldexp(threshold, -source->exponent), DBL_MAX);
}
