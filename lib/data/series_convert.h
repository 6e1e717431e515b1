/* series_convert.h - the caller's array of any element type and stride to double, exactly. */
#ifndef RQA_DATA_SERIES_CONVERT_H
#define RQA_DATA_SERIES_CONVERT_H

#include <stddef.h>

#include "rqa/series.h"

/* Bytes of one element; 0 for an unknown ::rqa_dtype. */
size_t rqa__dtype_size(int32_t dtype);

/* Where the elements of an array lie: element (i, c) at data + i*sample_stride +
 * c*channel_stride. */
typedef struct rqa__array {
    const char *data;
    ptrdiff_t sample_stride;
    ptrdiff_t channel_stride;
    size_t n_samples;
    size_t n_channels;
    int32_t dtype;
} rqa__array;

/* Replaces the packed defaults in the options and checks that every offset can be expressed. */
int rqa__array_describe(rqa__array *out, const void *data, size_t n_samples, size_t n_channels,
                        const rqa_series_options *options);

/* Channel c goes to values + c*stride. Negative zeros become positive, so that equal values have
 * equal bits. RQA_ERROR_VALUE for an integer that no double equals. */
int rqa__array_convert(const rqa__array *array, double *values, size_t stride);

#endif
