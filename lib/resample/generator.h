/* generator.h - random numbers in streams: the same on every machine and thread count.
 *
 * xoshiro256** (Blackman, Vigna 2021), its four words from splitmix64 (Steele, Lea, Flood 2014).
 * Stream (seed, number): s = the first output of splitmix64 from state `seed`; t = the first from
 * state s + number; the words are the next four outputs from state t.
 */
#ifndef RQA_RESAMPLE_GENERATOR_H
#define RQA_RESAMPLE_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

typedef struct rqa__generator {
    uint64_t word[4];
} rqa__generator;

/* Moves the state on and returns the next output. */
uint64_t rqa__splitmix64(uint64_t *state);

rqa__generator rqa__generator_of(uint64_t seed, uint64_t number);

static inline uint64_t rqa__rotated_left(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

static inline uint64_t rqa__generator_next(rqa__generator *g)
{
    uint64_t *s = g->word;
    const uint64_t out = rqa__rotated_left(s[1] * 5, 7) * 9, shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rqa__rotated_left(s[3], 45);
    return out;
}

/* Uniform in 0..n-1, n >= 1: of as many high bits as n-1 takes, the first number below n; no draw
 * where n is 1. */
uint64_t rqa__generator_below(rqa__generator *g, uint64_t n);

/* Uniform in [0, 1): the high 53 bits. */
double rqa__generator_uniform(rqa__generator *g);

/* Normal numbers by Box and Muller: of two uniforms u, v: sqrt(-2 ln(1-u)) times cos, then sin, of
 * 2 pi v. */
void rqa__generator_normal(rqa__generator *g, double *out, size_t n);

/* Fisher and Yates, from the last place down. */
void rqa__generator_permutation(rqa__generator *g, uint32_t *out, size_t n);

/* How many of n fair coins show heads: bits of n / 64 draws, and the low ones of one more. */
uint64_t rqa__generator_heads(rqa__generator *g, uint64_t n);

#endif
