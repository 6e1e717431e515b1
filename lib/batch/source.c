/* source.c - the recordings of an analysis as its arithmetic reads them, in the range of double. */
#include "batch/source.h"

#include <string.h>

#include "plan/context_state.h"

/* Where numbers may lie so that nothing computed from them leaves the range. Of at most 2^48 terms:
 * sums of squares of numbers below 2^480 stay below 2^1010, and the square of a multiple of 2^-511
 * is 0 or no smaller than the least normal number. Sums of differences below 2^901 stay finite, and
 * so does their sum over 2^62 pairs; means of multiples of 2^-900 are normal numbers. */
static const rqa__value_range squares = {480, -511}, sums = {900, -900};

static rqa__value_range range_of(const rqa__source *source)
{
    rqa__value_range range = rqa__no_range;
    for (uint32_t c = 0; c < source->channel_count; c++)
        range = rqa__value_range_join(range, source->series->range[source->channel_first + c]);
    return range;
}

/* Without need none. Else numbers go to just below 1, or as far above as keeps their last digits in
 * the room. It depends on how far the digits spread, not on where they lie: so equal recordings in
 * different units are read as equal numbers. */
static int exponent_for(rqa__value_range range, rqa__value_range room)
{
    if (range.top < range.low || (range.top <= room.top && range.low >= room.low))
        return 0;
    int top = range.top - range.low + room.low;
    top = top < 0 ? 0 : top > room.top ? room.top : top;
    return top - range.top;
}

static int scale(rqa__source *source, int exponent)
{
    struct rqa_series *copy;
    size_t n_bytes;
    if (exponent == 0)
        return RQA_OK;
    int status = rqa__series_size(source->series->n_samples, source->channel_count, &n_bytes);
    if (!status)
        status = rqa__context_check_memory(source->series->context, n_bytes,
                                           "a rescaled copy of the series");
    if (!status)
        status = rqa__series_scaled(&copy, source->series, source->channel_first,
                                    source->channel_count, exponent);
    if (status)
        return status;
    rqa__series_release(source->read);
    source->read = copy;
    source->read_first = 0;
    source->exponent = exponent;
    return RQA_OK;
}

static int is_same(const rqa__source *a, const rqa__source *b)
{
    return a->series == b->series && a->channel_first == b->channel_first &&
           a->channel_count == b->channel_count;
}

int rqa__sources_fit(rqa__source *x, rqa__source *y, const rqa__rules *rules)
{
    const int has_squares = rules->norm == RQA_NORM_EUCLIDEAN || rules->direction;
    /* Differences are exact or round as ever, and one that is too large is above every threshold in
     * data units. So are sums of them. */
    if (!has_squares && rules->threshold_unit == RQA_THRESHOLD_DATA)
        return RQA_OK;
    const rqa__value_range room = has_squares ? squares : sums;
    rqa__value_range range_x = range_of(x), range_y = range_of(y);
    if (rules->relation != RQA_RELATION_JOINT)
        range_x = range_y = rqa__value_range_join(range_x, range_y);
    int status = scale(x, exponent_for(range_x, room));
    if (status || !is_same(x, y))
        return status ? status : scale(y, exponent_for(range_y, room));
    rqa__source_close(y);
    *y = *x;
    rqa__series_retain(y->series);
    rqa__series_retain(y->read);
    return RQA_OK;
}

void rqa__source_open(rqa__source *source, const struct rqa_series *series, uint32_t channel_first,
                      uint32_t channel_count)
{
    *source = (rqa__source){.series = series,
                            .channel_first = channel_first,
                            .channel_count = channel_count,
                            .read = series,
                            .read_first = channel_first};
    rqa__series_retain(series); /* as the caller's */
    rqa__series_retain(series); /* as what is read */
}

void rqa__source_close(rqa__source *source)
{
    rqa__series_release(source->series);
    rqa__series_release(source->read);
    memset(source, 0, sizeof *source);
}

rqa__side rqa__side_of(const rqa__source *source, uint32_t delay, const uint32_t *dims)
{
    return (rqa__side){
        .channel = source->read->channel + source->read_first,
        .n_samples = source->read->n_samples,
        .n_channels = source->channel_count,
        .delay = delay,
        .dims = dims,
    };
}
