/* series_convert.c - the caller's array of any element type and stride to double, exactly. */
#include "data/series_convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"

size_t rqa__dtype_size(int32_t dtype)
{
    switch (dtype) {
    case RQA_DTYPE_FLOAT64:
    case RQA_DTYPE_INT64:
    case RQA_DTYPE_UINT64:
        return 8;
    case RQA_DTYPE_FLOAT32:
    case RQA_DTYPE_INT32:
    case RQA_DTYPE_UINT32:
        return 4;
    case RQA_DTYPE_INT16:
    case RQA_DTYPE_UINT16:
        return 2;
    case RQA_DTYPE_INT8:
    case RQA_DTYPE_UINT8:
        return 1;
    default:
        return 0;
    }
}

/* Loads go through memcpy: the caller's elements may be unaligned. */
#define LOADER(name, type)                                                                         \
    static double load_##name(const char *from)                                                    \
    {                                                                                              \
        type value;                                                                                \
        memcpy(&value, from, sizeof value);                                                        \
        return (double)value;                                                                      \
    }

LOADER(float64, double)
LOADER(float32, float)
LOADER(int8, int8_t)
LOADER(uint8, uint8_t)
LOADER(int16, int16_t)
LOADER(uint16, uint16_t)
LOADER(int32, int32_t)
LOADER(uint32, uint32_t)
LOADER(int64, int64_t)
LOADER(uint64, uint64_t)

typedef double (*loader)(const char *from);

static loader loader_of(int32_t dtype)
{
    static const loader loaders[] = {
        [RQA_DTYPE_FLOAT64] = load_float64, [RQA_DTYPE_FLOAT32] = load_float32,
        [RQA_DTYPE_INT8] = load_int8,       [RQA_DTYPE_UINT8] = load_uint8,
        [RQA_DTYPE_INT16] = load_int16,     [RQA_DTYPE_UINT16] = load_uint16,
        [RQA_DTYPE_INT32] = load_int32,     [RQA_DTYPE_UINT32] = load_uint32,
        [RQA_DTYPE_INT64] = load_int64,     [RQA_DTYPE_UINT64] = load_uint64,
    };
    return loaders[dtype];
}

static uint64_t magnitude_of(int64_t stride)
{
    return stride < 0 ? 0 - (uint64_t)stride : (uint64_t)stride;
}

/* Largest |offset| along one axis, or failure if it exceeds what a pointer can be moved by. */
static int axis_extent(uint64_t n, int64_t stride, uint64_t *extent)
{
    uint64_t magnitude = magnitude_of(stride);
    if (n > 1 && magnitude > (uint64_t)PTRDIFF_MAX / (n - 1))
        return -1;
    *extent = (n - 1) * magnitude;
    return 0;
}

int rqa__array_describe(rqa__array *out, const void *data, size_t n_samples, size_t n_channels,
                        const rqa_series_options *options)
{
    size_t size = rqa__dtype_size(options->dtype);
    if (size == 0)
        return rqa__fail(RQA_ERROR_VALUE, "dtype is %" PRId32 "; %d..%d are known", options->dtype,
                         RQA_DTYPE_FLOAT64, RQA_DTYPE_UINT64);
    int64_t sample_stride = options->sample_stride_bytes;
    int64_t channel_stride = options->channel_stride_bytes;
    if (sample_stride == 0)
        sample_stride = (int64_t)(n_channels * size);
    if (channel_stride == 0)
        channel_stride = (int64_t)size;
    uint64_t along;
    uint64_t across;
    if (axis_extent(n_samples, sample_stride, &along) ||
        axis_extent(n_channels, channel_stride, &across) ||
        along + across > (uint64_t)PTRDIFF_MAX - size)
        return rqa__fail(RQA_ERROR_OVERFLOW,
                         "%zu samples %" PRId64 " bytes apart and %zu channels %" PRId64
                         " bytes apart do not fit the address space",
                         n_samples, sample_stride, n_channels, channel_stride);
    *out = (rqa__array){
        data,          (ptrdiff_t)sample_stride, (ptrdiff_t)channel_stride, n_samples, n_channels,
        options->dtype};
    return RQA_OK;
}

/* A double holds an integer of 64 bits exactly when its odd part has at most 53 bits. */
static int is_exact(uint64_t magnitude)
{
    while (magnitude != 0 && (magnitude & 1) == 0)
        magnitude >>= 1;
    return magnitude < (UINT64_C(1) << 53);
}

static const char *element(const rqa__array *array, size_t sample, size_t channel)
{
    return array->data + (ptrdiff_t)sample * array->sample_stride +
           (ptrdiff_t)channel * array->channel_stride;
}

static int check_exact(const rqa__array *array)
{
    for (size_t i = 0; i < array->n_samples; i++) {
        for (size_t c = 0; c < array->n_channels; c++) {
            uint64_t value;
            memcpy(&value, element(array, i, c), sizeof value);
            int negative = array->dtype == RQA_DTYPE_INT64 && value >> 63;
            uint64_t magnitude = negative ? 0 - value : value;
            if (!is_exact(magnitude))
                return rqa__fail(RQA_ERROR_VALUE,
                                 "sample %zu of channel %zu is %s%" PRIu64
                                 ", which no double equals; scale the data first",
                                 i, c, negative ? "-" : "", magnitude);
        }
    }
    return RQA_OK;
}

int rqa__array_convert(const rqa__array *array, double *values, size_t stride)
{
    if (array->dtype == RQA_DTYPE_INT64 || array->dtype == RQA_DTYPE_UINT64) {
        int status = check_exact(array);
        if (status)
            return status;
    }
    loader load = loader_of(array->dtype);
    for (size_t c = 0; c < array->n_channels; c++) {
        double *to = values + c * stride;
        for (size_t i = 0; i < array->n_samples; i++)
            to[i] = load(element(array, i, c)) + 0.0;
    }
    return RQA_OK;
}
