/* threshold_scale.c - what one unit of a threshold is in the units of the data. */
#include "batch/threshold_scale.h"

#include "backend/diameter.h"

rqa__side rqa__side_of(const rqa__source *source, uint32_t delay, const uint32_t *dims)
{
    return (rqa__side){
        .channel = source->series->channel + source->channel_first,
        .n_samples = source->series->n_samples,
        .n_channels = source->channel_count,
        .delay = delay,
        .dims = dims,
    };
}

static int diameter_scale(const rqa__rules *rules, const rqa__side *x, const rqa__side *y,
                          uint32_t dim_index, int is_auto, const rqa__parallel *parallel,
                          const atomic_int *cancel, double *scale)
{
    double largest, mean;
    int status = rqa__diameter(x, y, dim_index, (uint32_t)rules->norm, is_auto, parallel, cancel,
                               &largest, &mean);
    *scale = rules->threshold_unit == RQA_THRESHOLD_MAX_DIAMETER ? largest : mean;
    return status;
}

int rqa__threshold_scale(const rqa__rules *rules, const rqa__source *x, const rqa__source *y,
                         const rqa__task *task, uint32_t dim_index, const rqa__parallel *parallel,
                         const atomic_int *cancel, double *scale_x, double *scale_y)
{
    int joint = rules->relation == RQA_RELATION_JOINT;
    int status = 0;
    *scale_x = 1;
    *scale_y = 1;
    if (rules->threshold_unit == RQA_THRESHOLD_DATA)
        return 0;
    if (rules->threshold_unit == RQA_THRESHOLD_STD) {
        status = rqa__series_std(x->series, x->channel_first, x->channel_count, scale_x);
        *scale_y = *scale_x;
        if (!status && joint)
            status = rqa__series_std(y->series, y->channel_first, y->channel_count, scale_y);
        return status;
    }
    int cross = rules->relation == RQA_RELATION_CROSS;
    status = diameter_scale(rules, &task->x, cross ? &task->y : &task->x, dim_index, !cross,
                            parallel, cancel, scale_x);
    *scale_y = *scale_x;
    if (!status && joint)
        status = diameter_scale(rules, &task->y, &task->y, dim_index, 1, parallel, cancel, scale_y);
    return status;
}
