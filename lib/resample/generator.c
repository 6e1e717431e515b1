/* generator.c - random numbers in streams, and what is drawn from them. */
#include "resample/generator.h"

#include <math.h>

static const double two_pi = 6.283185307179586476925286766559;

uint64_t rqa__splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

rqa__generator rqa__generator_of(uint64_t seed, uint64_t number)
{
    rqa__generator g;
    uint64_t state = rqa__splitmix64(&seed) + number;
    state = rqa__splitmix64(&state);
    for (int k = 0; k < 4; k++)
        g.word[k] = rqa__splitmix64(&state);
    return g;
}

uint64_t rqa__generator_below(rqa__generator *g, uint64_t n)
{
    int n_bits = 0;
    uint64_t value;
    while (n_bits < 64 && (n - 1) >> n_bits)
        n_bits++;
    if (n_bits == 0)
        return 0;
    do
        value = rqa__generator_next(g) >> (64 - n_bits);
    while (value >= n);
    return value;
}

double rqa__generator_uniform(rqa__generator *g)
{
    return (double)(rqa__generator_next(g) >> 11) * 0x1p-53;
}

void rqa__generator_normal(rqa__generator *g, double *out, size_t n)
{
    for (size_t k = 0; k < n; k += 2) {
        const double radius = sqrt(-2 * log(1 - rqa__generator_uniform(g)));
        const double angle = two_pi * rqa__generator_uniform(g);
        out[k] = radius * cos(angle);
        if (k + 1 < n)
            out[k + 1] = radius * sin(angle);
    }
}

void rqa__generator_permutation(rqa__generator *g, uint32_t *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (uint32_t)k;
    for (size_t k = n; k > 1; k--) {
        const size_t other = (size_t)rqa__generator_below(g, k);
        const uint32_t kept = out[k - 1];
        out[k - 1] = out[other];
        out[other] = kept;
    }
}

static uint64_t ones_of(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return word * UINT64_C(0x0101010101010101) >> 56;
}

uint64_t rqa__generator_heads(rqa__generator *g, uint64_t n)
{
    uint64_t heads = 0;
    for (; n >= 64; n -= 64)
        heads += ones_of(rqa__generator_next(g));
    if (n)
        heads += ones_of(rqa__generator_next(g) & ((UINT64_C(1) << n) - 1));
    return heads;
}
