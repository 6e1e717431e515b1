/* near_tpl.h - the pairs of a diagonal that may be near, in whole numbers, compiled once per level:
 * a lane for each pair. What a lag adds is computed once for all vectors that begin up to it.
 *
 * The including file defines near_vector, NEAR_LANES (at most 64) of uint16_t, and on it
 *   near_load(p), near_store(p, a), near_zero(), near_full()   all bits
 *   near_distance(a, b)   the shorter way round from a to b
 *   near_square(a)        the upper half of the square of twice a, which does not pass 65535
 *   near_plus(a, b)       does not pass 65535
 *   near_excess(a, b)     a - b, 0 where a is not larger
 *   near_larger(a, b), near_smaller(a, b)
 *   near_zeros(a)         the lanes that are 0 as bits
 */
#include "cpu/distance_table.h"

enum { NEAR_VECTORS = 2 }; /* at a time */

/* Where the terms of a lag are. */
typedef struct near_terms {
    uint16_t *square, *size;
    size_t stride; /* from a lag to the next */
} near_terms;

static inline __attribute__((always_inline)) void
near_fill_at(const rqa__near_space *s, size_t i, size_t j, uint16_t *square, uint16_t *size)
{
    near_vector sum = near_zero(), largest = near_zero();
    for (uint32_t c = 0; c < s->n_channels; c++) {
        const near_vector distance = near_distance(near_load(s->x[c] + i), near_load(s->x[c] + j));
        sum = near_plus(sum, near_square(distance));
        largest = near_larger(largest, distance);
    }
    near_store(square, sum);
    near_store(size, largest);
}

/* n is at least NEAR_LANES; the last lanes may be filled twice. */
static inline void near_fill(const rqa__near_space *s, size_t i, size_t j, size_t n,
                             uint16_t *square, uint16_t *size)
{
    size_t t = 0;
    for (; t + NEAR_LANES <= n; t += NEAR_LANES)
        near_fill_at(s, i + t, j + t, square + t, size + t);
    t = n - NEAR_LANES;
    near_fill_at(s, i + t, j + t, square + t, size + t);
}

/* A bit for each pair from t on. */
static inline __attribute__((always_inline)) uint64_t near_block(const rqa__near_space *s,
                                                                 const near_terms *terms, size_t i,
                                                                 size_t j, size_t t,
                                                                 size_t n_vectors)
{
    near_vector sum[NEAR_VECTORS], largest[NEAR_VECTORS], excess[NEAR_VECTORS];
    const uint16_t *square = terms->square + t, *size = terms->size + t;
    const uint16_t *most_square = s->most[1] + t, *most_size = s->most[0] + t;
    uint64_t bits = 0;
    uint32_t dim = 1;
    for (size_t v = 0; v < n_vectors; v++) {
        sum[v] = largest[v] = near_zero();
        excess[v] = near_full();
    }
    for (; dim < s->first_dim; dim++, square += terms->stride, size += terms->stride)
        for (size_t v = 0; v < n_vectors; v++) {
            sum[v] = near_plus(sum[v], near_load(square + v * NEAR_LANES));
            largest[v] = near_larger(largest[v], near_load(size + v * NEAR_LANES));
        }
    for (; dim <= s->last_dim; dim++, square += terms->stride, size += terms->stride) {
        for (size_t v = 0; v < n_vectors; v++) {
            const size_t at = v * NEAR_LANES;
            sum[v] = near_plus(sum[v], near_load(square + at));
            largest[v] = near_larger(largest[v], near_load(size + at));
            const near_vector enough1 =
                near_larger(near_load(most_square + i + at), near_load(most_square + j + at));
            const near_vector enough0 =
                near_larger(near_load(most_size + i + at), near_load(most_size + j + at));
            excess[v] = near_smaller(excess[v], near_excess(sum[v], enough1));
            excess[v] = near_smaller(excess[v], near_excess(largest[v], enough0));
        }
        most_square += s->most_stride;
        most_size += s->most_stride;
    }
    for (size_t v = 0; v < n_vectors; v++)
        bits |= near_zeros(excess[v]) << (v * NEAR_LANES);
    return bits;
}

static inline void near_put(uint64_t *out, size_t t, uint64_t bits)
{
    out[t >> 6] |= bits << (t & 63);
    if ((t & 63) && bits >> (64 - (t & 63)))
        out[(t >> 6) + 1] |= bits >> (64 - (t & 63));
}

/* near_pairs() of at least NEAR_LANES pairs. */
static inline void near_blocks(const rqa__near_space *s, size_t i, size_t j, size_t n,
                               uint64_t *out)
{
    const size_t lags = s->last_dim - 1, room = (size_t)RQA__NEAR_PAIRS * s->last_dim;
    const near_terms terms = {s->terms, s->terms + room, s->delay < n ? s->delay : n};
    size_t t = 0;
    if (s->delay < n)
        near_fill(s, i, j, n + lags * s->delay, terms.square, terms.size);
    else
        for (size_t k = 0; k <= lags; k++)
            near_fill(s, i + k * s->delay, j + k * s->delay, n, terms.square + k * n,
                      terms.size + k * n);
    for (; t + NEAR_VECTORS * NEAR_LANES <= n; t += NEAR_VECTORS * NEAR_LANES)
        near_put(out, t, near_block(s, &terms, i, j, t, NEAR_VECTORS));
    for (; t + NEAR_LANES <= n; t += NEAR_LANES)
        near_put(out, t, near_block(s, &terms, i, j, t, 1));
    if (t < n)
        near_put(out, n - NEAR_LANES, near_block(s, &terms, i, j, n - NEAR_LANES, 1));
}
