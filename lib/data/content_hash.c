/* content_hash.c - what a recording contains, as 128 bits. */
#define XXH_INLINE_ALL /* nothing to link, nothing exported */
#include <xxhash.h>

#include "data/content_hash.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 512 };

/* Little-endian bytes, whatever the machine; -0 and 0 are the same to every analysis. */
static void put_bytes(unsigned char *out, uint64_t bits)
{
    for (int k = 0; k < 8; k++)
        out[k] = (unsigned char)(bits >> (8 * k));
}

static uint64_t bits_of(double value)
{
    static const uint64_t missing = UINT64_C(0x7ff8000000000000);
    uint64_t bits;
    if (isnan(value))
        return missing;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void add_channel(XXH3_state_t *state, const double *value, size_t n)
{
    unsigned char bytes[8 * CHUNK];
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = n - at < CHUNK ? n - at : CHUNK;
        for (size_t k = 0; k < count; k++)
            put_bytes(bytes + 8 * k, bits_of(value[at + k]));
        XXH3_128bits_update(state, bytes, 8 * count);
    }
}

void rqa__content_hash(const struct rqa_series *series, uint32_t channel_first, uint32_t n_channels,
                      char *out)
{
    XXH3_state_t state;
    unsigned char shape[16];
    XXH3_INITSTATE(&state);
    XXH3_128bits_reset(&state);
    put_bytes(shape, series->n_samples);
    put_bytes(shape + 8, n_channels);
    XXH3_128bits_update(&state, shape, sizeof shape);
    for (uint32_t c = 0; c < n_channels; c++)
        add_channel(&state, series->channel[channel_first + c], series->n_samples);
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(&state));
    for (int k = 0; k < 16; k++)
        snprintf(out + 2 * k, 3, "%02x", digest.digest[k]);
}
