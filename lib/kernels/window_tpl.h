/* window_tpl.h - the kernels of a moving window, compiled once per level: a lane for each offset,
 * so that every lane adds in the order of the definition.
 *
 * The including file defines window_vector, LANES of doubles, and on it zero, load, fill, minus,
 * plus, times, size_of (without its sign) and within(a, b), the lanes where a <= b as bits; and
 * add_offsets.
 */
#include "cpu/window_table.h"

enum { VECTORS = 64 / LANES < 8 ? 64 / LANES : 8 }; /* at a time */

/* VECTORS * LANES bits from offset k on. What is constant to a caller costs nothing here. */
static inline __attribute__((always_inline)) uint64_t
row_block(const rqa__window_space *s, size_t k, uint32_t dim, uint32_t n_channels, uint32_t norm)
{
    window_vector value[VECTORS];
    uint64_t bits = ~UINT64_C(0);
    const window_vector bound = fill(s->bound);
    for (size_t v = 0; v < VECTORS; v++)
        value[v] = zero();
    for (uint32_t lag = dim; lag-- > 0;)
        for (uint32_t c = 0; c < n_channels; c++) {
            const double *moving = s->moving[c] + k + lag * s->moving_delay;
            const window_vector fixed = fill(s->fixed[c][lag * s->fixed_delay]);
            uint64_t in = 0;
            for (size_t v = 0; v < VECTORS; v++) {
                const window_vector difference = minus(load(moving + v * LANES), fixed);
                if (norm == 1)
                    value[v] = plus(value[v], times(difference, difference));
                else if (norm == 2)
                    value[v] = plus(value[v], size_of(difference));
                else
                    in |= within(size_of(difference), bound) << (v * LANES);
            }
            if (norm == 0)
                bits &= in;
        }
    if (norm == 0)
        return bits;
    bits = 0;
    for (size_t v = 0; v < VECTORS; v++)
        bits |= within(value[v], bound) << (v * LANES);
    return bits;
}

static inline __attribute__((always_inline)) void row_of(const rqa__window_space *s, uint64_t *out,
                                                         size_t n_words, uint32_t dim,
                                                         uint32_t n_channels, uint32_t norm)
{
    for (size_t q = 0; q < n_words; q++) {
        uint64_t word = 0;
        for (size_t b = 0; b < 64; b += VECTORS * LANES)
            word |= row_block(s, 64 * q + b, dim, n_channels, norm) << b;
        out[q] = word;
    }
}

static inline __attribute__((always_inline)) void
row_dims(const rqa__window_space *s, uint64_t *out, size_t n_words, uint32_t norm)
{
    if (s->n_channels == 1 && s->dim <= 3) {
        if (s->dim == 1)
            row_of(s, out, n_words, 1, 1, norm);
        else if (s->dim == 2)
            row_of(s, out, n_words, 2, 1, norm);
        else
            row_of(s, out, n_words, 3, 1, norm);
    } else {
        row_of(s, out, n_words, s->dim, s->n_channels, norm);
    }
}

static void row(const rqa__window_space *s, uint64_t *out, size_t n_words)
{
    if (s->norm == 1)
        row_dims(s, out, n_words, 1);
    else if (s->norm == 2)
        row_dims(s, out, n_words, 2);
    else
        row_dims(s, out, n_words, 0);
}

static uint64_t count(const uint64_t *row, size_t n_words)
{
    uint64_t n = 0;
    for (size_t q = 0; q < n_words; q++)
        n += (uint64_t)__builtin_popcountll(row[q]);
    return n;
}

/* classes() of t .. n - 1, one by one. */
static inline size_t classes_from(rqa__window_class *out, const uint32_t *const *terms,
                                  size_t n_terms, uint64_t first, size_t t, size_t n)
{
    size_t n_out = 0;
    for (; t < n; t++) {
        uint32_t sum = terms[0][t];
        for (size_t k = 1; k < n_terms; k++)
            sum += terms[k][t];
        if (sum)
            out[n_out++] = (rqa__window_class){first + t, sum};
    }
    return n_out;
}
