/* rank_order.c - sorting by (value, index), fast where little has changed. */
#include "resample/rank_order.h"

#include <string.h>

enum { RUN = 8, MOVES_EACH = 6 };

static inline int comes_before(rqa__ranked a, rqa__ranked b)
{
    return a.value < b.value || (a.value == b.value && a.index < b.index);
}

/* Moves an item down to its place among those from `first`; how far. */
static inline size_t sink(rqa__ranked *item, size_t first, size_t k)
{
    const rqa__ranked kept = item[k];
    size_t at = k;
    for (; at > first && comes_before(kept, item[at - 1]); at--)
        item[at] = item[at - 1];
    item[at] = kept;
    return k - at;
}

static void merge(const rqa__ranked *from, size_t middle, size_t end, rqa__ranked *to)
{
    size_t a = 0, b = middle;
    for (size_t k = 0; k < end; k++) {
        const int second = a == middle || (b < end && comes_before(from[b], from[a]));
        to[k] = from[second ? b : a];
        a += !second;
        b += second != 0;
    }
}

static rqa__ranked *merge_sort(rqa__ranked *item, rqa__ranked *other, size_t n)
{
    for (size_t first = 0; first < n; first += RUN)
        for (size_t k = first + 1; k < first + RUN && k < n; k++)
            sink(item, first, k);
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t first = 0; first < n; first += 2 * width) {
            const size_t end = n - first < 2 * width ? n - first : 2 * width;
            if (end > width)
                merge(item + first, width, end, other + first);
            else
                memcpy(other + first, item + first, end * sizeof *item);
        }
        rqa__ranked *kept = item;
        item = other;
        other = kept;
    }
    return item;
}

void rqa__rank_order(const double *value, uint32_t *order, size_t n, rqa__ranked *room)
{
    rqa__ranked *item = room;
    size_t moves = 0, k;
    for (k = 0; k < n; k++)
        item[k] = (rqa__ranked){value[order[k]], order[k]};
    for (k = 1; k < n && moves <= MOVES_EACH * n; k++)
        moves += sink(item, 0, k);
    if (k < n)
        item = merge_sort(item, room + n, n);
    for (k = 0; k < n; k++)
        order[k] = item[k].index;
}
