/* value_range.c - where the digits of numbers lie within the range of a double. */
#include "data/value_range.h"

#include <stdint.h>
#include <string.h>

enum { FRACTION_BITS = 52, BIAS = 1023, NO_TOP = -5000, NO_LOW = 5000 };

const rqa__value_range rqa__no_range = {NO_TOP, NO_LOW};

rqa__value_range rqa__value_range_join(rqa__value_range a, rqa__value_range b)
{
    a.top = b.top > a.top ? b.top : a.top;
    a.low = b.low < a.low ? b.low : a.low;
    return a;
}

/* In integers: this costs next to nothing beside what a series is made with. */
rqa__value_range rqa__value_range_of(const double *values, size_t n)
{
    rqa__value_range range = rqa__no_range;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        int exponent = (int)(bits >> FRACTION_BITS & 0x7ff);
        uint64_t digits = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
        if (exponent == 0x7ff || (exponent == 0 && digits == 0))
            continue;
        if (exponent)
            digits |= UINT64_C(1) << FRACTION_BITS;
        else
            exponent = 1; /* a subnormal number */
        int low = exponent - BIAS - FRACTION_BITS, top = low + FRACTION_BITS + 1;
        if (top <= range.top && low >= range.low)
            continue;
        if (top > range.top) {
            for (uint64_t lead = UINT64_C(1) << FRACTION_BITS; !(digits & lead); lead >>= 1)
                top--;
            range.top = top > range.top ? top : range.top;
        }
        for (; low < range.low && !(digits & 1); digits >>= 1)
            low++;
        range.low = low < range.low ? low : range.low;
    }
    return range;
}
