/* near_one.h - the pairs that may be near one by one: all of the reference, and what is fewer than
 * the lanes of a vector. */
#include "cpu/distance_table.h"

static inline uint32_t near_one_larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static inline uint64_t near_one(const rqa__near_space *s, size_t i, size_t j)
{
    const uint16_t *most_square = s->most[1], *most_size = s->most[0];
    uint32_t sum = 0, largest = 0;
    for (uint32_t dim = 1; dim <= s->last_dim; dim++) {
        const size_t lag = (dim - 1) * s->delay;
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const uint16_t there = (uint16_t)(s->x[c][i + lag] - s->x[c][j + lag]);
            const uint32_t size = there < 32768 ? there : 65536u - there;
            const uint32_t twice = size < 32768 ? 2 * size : 65535;
            sum += twice * twice >> 16;
            largest = near_one_larger(largest, size);
        }
        sum = sum < 65535 ? sum : 65535;
        if (dim < s->first_dim)
            continue;
        if (sum <= near_one_larger(most_square[i], most_square[j]) ||
            largest <= near_one_larger(most_size[i], most_size[j]))
            return 1;
        most_square += s->most_stride;
        most_size += s->most_stride;
    }
    return 0;
}

static inline void near_one_by_one(const rqa__near_space *s, size_t i, size_t j, size_t n,
                                   uint64_t *out)
{
    for (size_t t = 0; t < n; t++)
        out[t >> 6] |= near_one(s, i + t, j + t) << (t & 63);
}
