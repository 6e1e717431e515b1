/* twin_path.c - a random path over the classes of twins. */
#include "resample/twin_path.h"

/* The first place in member[low..high) whose vector is not below `vector`. */
static uint32_t place_of(const rqa__twins *t, uint32_t low, uint32_t high, uint64_t vector)
{
    while (low < high) {
        const uint32_t k = low + (high - low) / 2;
        if (t->member[k] < vector)
            low = k + 1;
        else
            high = k;
    }
    return low;
}

/* The places of those too near to a vector, itself among them. */
static void too_near(const rqa__twins *t, uint32_t vector, uint32_t *from, uint32_t *to)
{
    const uint64_t low = vector > t->min_distance ? vector - t->min_distance : 0;
    *from = place_of(t, t->first[vector], t->end[vector], low);
    *to = place_of(t, *from, t->end[vector], (uint64_t)vector + t->min_distance + 1);
}

static uint32_t n_twins_of(const rqa__twins *t, uint32_t vector)
{
    uint32_t from, to;
    too_near(t, vector, &from, &to);
    return t->end[vector] - t->first[vector] - (to - from);
}

void rqa__twins_count(const rqa__twins *t, uint64_t *n_pairs, uint64_t *n_vectors)
{
    uint64_t n_ends = 0;
    *n_vectors = 0;
    for (size_t k = 0; k < t->n; k++) {
        const uint32_t n = n_twins_of(t, (uint32_t)k);
        n_ends += n;
        *n_vectors += n > 0;
    }
    *n_pairs = n_ends / 2;
}

static uint32_t itself_or_twin(const rqa__twins *t, rqa__generator *g, uint32_t vector)
{
    uint32_t from, to;
    too_near(t, vector, &from, &to);
    const uint32_t n_twins = t->end[vector] - t->first[vector] - (to - from);
    const uint64_t drawn = n_twins ? rqa__generator_below(g, (uint64_t)n_twins + 1) : 0;
    if (drawn == 0)
        return vector;
    const uint32_t at = t->first[vector] + (uint32_t)(drawn - 1);
    return t->member[at < from ? at : at + (to - from)];
}

void rqa__twin_path(const rqa__twins *t, rqa__generator *g, uint32_t *out)
{
    uint32_t at = (uint32_t)rqa__generator_below(g, t->n);
    for (size_t k = 0; k < t->n; k++) {
        out[k] = at;
        if (k + 1 == t->n)
            return;
        at = itself_or_twin(t, g, at) + 1;
        if (at == t->n)
            at = (uint32_t)rqa__generator_below(g, t->n);
    }
}
