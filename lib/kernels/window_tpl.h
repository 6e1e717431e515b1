/* window_tpl.h - the kernels of a moving window, compiled once per level: a lane for each offset,
 * so that every lane adds in the order of the definition.
 *
 * The including file defines window_vector, LANES of doubles, and on it zero, load, fill, minus,
 * plus, times, over, size_of (without its sign) and within(a, b), the lanes where a <= b as bits;
 * widen (of integers below 2^31), store and ramp (0, 1, ..); and add_offsets.
 */
#include "cpu/window_table.h"

enum { VECTORS = 64 / LANES < 8 ? 64 / LANES : 8 }; /* at a time */

/* VECTORS * LANES bits from offset k on. What is constant to a caller costs nothing here. Of a
 * difference the sign does not matter, and so is taken what reads an operand from memory. */
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
            const int is_first = lag + 1 == dim && c == 0;
            uint64_t in = 0;
            for (size_t v = 0; v < VECTORS; v++) {
                const window_vector difference = minus(fixed, load(moving + v * LANES));
                const window_vector term =
                    norm == 1 ? times(difference, difference) : size_of(difference);
                if (norm == 0)
                    in |= within(term, bound) << (v * LANES);
                else
                    value[v] = is_first ? term : plus(value[v], term);
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

/* So many as most words have are written without asking how many there are. */
static size_t changes(uint32_t *out, const uint64_t *row, uint32_t first, uint32_t last)
{
    enum { AT_ONCE = 6 };
    const size_t q_last = last >> 6;
    size_t n = 0;
    uint64_t carry = 0, live = ~UINT64_C(0) << (first & 63);
    for (size_t q = first >> 6; q <= q_last; q++, live = ~UINT64_C(0)) {
        if (q == q_last)
            live &= ~UINT64_C(0) >> (63 - (last & 63));
        const uint64_t bits = row[q] & live;
        const uint32_t base = (uint32_t)(64 * q);
        uint64_t x = bits ^ (bits << 1 | carry);
        carry = bits >> 63;
        const size_t n_here = (size_t)__builtin_popcountll(x);
        for (size_t k = 0; k < AT_ONCE; k++, x &= x - 1)
            out[n + k] = base + (uint32_t)__builtin_ctzll(x | UINT64_C(1) << 63);
        for (size_t k = AT_ONCE; k < n_here; k++, x &= x - 1)
            out[n + k] = base + (uint32_t)__builtin_ctzll(x);
        n += n_here;
    }
    if (n & 1) /* unless within a word, where the next cell is not set */
        out[n++] = last + 1;
    return n;
}

/* Inline, for a vector function that ends in a call of another may leave registers as they slow
 * down what is not compiled for vectors. */
static inline __attribute__((always_inline)) uint64_t count_words(const uint64_t *row,
                                                                  size_t n_words)
{
    uint64_t n = 0;
    size_t q = 0;
    for (; q + 4 <= n_words; q += 4)
        n += (uint64_t)(__builtin_popcountll(row[q]) + __builtin_popcountll(row[q + 1]) +
                        __builtin_popcountll(row[q + 2]) + __builtin_popcountll(row[q + 3]));
    for (; q < n_words; q++)
        n += (uint64_t)__builtin_popcountll(row[q]);
    return n;
}

static uint64_t count(const uint64_t *row, size_t n_words)
{
    return count_words(row, n_words);
}

/* The cells of x without a neighbour, that before it in one word and that behind it in another. */
static inline uint64_t alone(uint64_t before, uint64_t x, uint64_t behind)
{
    return x & ~(x << 1 | before >> 63) & ~(x >> 1 | behind << 63);
}

static size_t split(uint64_t *restrict single, uint64_t *restrict rest,
                    const uint64_t *restrict row, uint64_t flip, uint32_t first, uint32_t last)
{
    const size_t q0 = first >> 6, q_last = last >> 6;
    for (size_t q = q0; q <= q_last; q++)
        rest[q] = row[q] ^ flip;
    rest[q0] &= ~UINT64_C(0) << (first & 63);
    rest[q_last] &= ~UINT64_C(0) >> (63 - (last & 63));
    single[q0] = alone(0, rest[q0], q0 < q_last ? rest[q0 + 1] : 0);
    for (size_t q = q0 + 1; q < q_last; q++)
        single[q] = alone(rest[q - 1], rest[q], rest[q + 1]);
    if (q0 < q_last)
        single[q_last] = alone(rest[q_last - 1], rest[q_last], 0);
    if (first == 0)
        single[q0] &= ~UINT64_C(1);
    single[q_last] &= ~(UINT64_C(1) << (last & 63));
    for (size_t q = q0; q <= q_last; q++)
        rest[q] &= ~single[q];
    return (size_t)count_words(single + q0, q_last + 1 - q0);
}

static void densities(double *out, const uint32_t *points, double cells, double step, size_t n)
{
    window_vector left = minus(fill(cells), times(ramp(), fill(step)));
    const window_vector stride = fill(LANES * step);
    size_t k = 0;
    for (; k + LANES <= n; k += LANES, left = minus(left, stride))
        store(out + k, over(widen(points + k), left));
    for (; k < n; k++)
        out[k] = (double)points[k] / (cells - (double)k * step);
}

/* Where a term has the block of t. */
static inline const uint32_t *block_of(const rqa__window_terms *terms, uint32_t k, uint32_t t)
{
    return terms->count[k] + ((terms->place[k] + t) & (terms->n_ring - 1));
}
