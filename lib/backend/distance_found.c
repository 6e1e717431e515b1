/* distance_found.c - what a pass keeps of the distances of its band: each, or how many are in its bin. */
#include "backend/distance_search.h"

#include "base/smaller.h"

static int find_room(rqa__search *s, rqa__pass_worker *w)
{
    if (w->at < w->end)
        return 1;
    if (atomic_load_explicit(&s->overflow, memory_order_relaxed))
        return 0;
    w->at = atomic_fetch_add(&s->taken, RQA__PASS_CHUNK);
    w->end = w->at + RQA__PASS_CHUNK;
    if (w->end <= s->room)
        return 1;
    w->at = w->end = 0;
    atomic_store_explicit(&s->overflow, 1, memory_order_relaxed);
    return 0;
}

static void keep(rqa__search *s, rqa__pass_worker *w, const double *distance, size_t n)
{
    for (size_t k = 0; k < n && find_room(s, w);) {
        const size_t fits = rqa__smaller(n - k, w->end - w->at);
        memcpy(s->found + w->at, distance + k, fits * sizeof *distance);
        w->at += fits;
        k += fits;
    }
}

void rqa__take_distances(rqa__search *s, rqa__pass_worker *w, const double *distance, size_t n)
{
    const uint64_t first = rqa__first_pattern(s->band.low);
    if (s->mode == RQA__PASS_COUNT)
        return;
    if (s->mode == RQA__PASS_COLLECT && !s->wanted) {
        keep(s, w, distance, n);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        const uint64_t bin = (rqa__pattern_of(distance[k]) - first) >> s->shift;
        if (s->mode == RQA__PASS_HISTOGRAM)
            w->bin[bin]++;
        else if (s->wanted[bin])
            keep(s, w, distance + k, 1);
    }
}
