/* multinomial.c - binomial and multinomial draws, exactly and without floating point. */
#include "resample/multinomial.h"

uint64_t rqa__binomial(rqa__generator *g, uint64_t n, uint64_t part, uint64_t whole)
{
    uint64_t successes = 0, rest = part;
    if (part == whole)
        return n;
    /* Those that have drawn the digits of part / whole so far go on; rest / whole is what follows. */
    while (n > 0 && rest > 0) {
        const uint64_t ones = rqa__generator_heads(g, n);
        rest *= 2;
        if (rest >= whole) { /* digit 1: who drew 0 is below */
            rest -= whole;
            successes += n - ones;
            n = ones;
        } else {
            n -= ones;
        }
    }
    return successes;
}

/* The first class of the second half, 1 .. n_classes - 1. */
static size_t middle_of(const uint64_t *before, size_t n_classes)
{
    const uint64_t half = before[0] + (before[n_classes] - before[0]) / 2;
    size_t low = 1, high = n_classes - 1;
    while (low < high) {
        const size_t k = low + (high - low) / 2;
        if (before[k] < half)
            low = k + 1;
        else
            high = k;
    }
    if (low > 1 && half - before[low - 1] < before[low] - half && before[low - 1] < half)
        low--;
    return low;
}

void rqa__multinomial(rqa__generator *g, uint64_t n, const uint64_t *before, size_t n_classes,
                      uint64_t *out)
{
    while (n_classes > 1) {
        const size_t middle = middle_of(before, n_classes);
        const uint64_t first =
            rqa__binomial(g, n, before[middle] - before[0], before[n_classes] - before[0]);
        rqa__multinomial(g, first, before, middle, out);
        n -= first;
        before += middle;
        out += middle;
        n_classes -= middle;
    }
    if (n_classes == 1)
        out[0] = n;
}
