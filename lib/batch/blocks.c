/* blocks.c - the rectangles of a plot of equal values, from the runs of each value: no plot is made. */
#include "batch/blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* A stretch of equal vectors. */
typedef struct run {
    const rqa__side *side[2]; /* the second of a joint analysis, else NULL */
    size_t at, length;
    int in_y;
} run;

static double coordinate(const rqa__side *side, size_t at, size_t k)
{
    return side->channel[k % side->n_channels][at + k / side->n_channels * side->delay];
}

static size_t n_coordinates(const rqa__side *side)
{
    return (size_t)side->dims[0] * side->n_channels;
}

static int compare_vectors(const run *a, const run *b)
{
    for (int s = 0; s < 2 && a->side[s]; s++)
        for (size_t k = 0; k < n_coordinates(a->side[s]); k++) {
            const double u = coordinate(a->side[s], a->at, k), v = coordinate(b->side[s], b->at, k);
            if (u != v)
                return u < v ? -1 : 1;
        }
    return 0;
}

static int compare_runs(const void *left, const void *right)
{
    const run *a = left, *b = right;
    const int order = compare_vectors(a, b);
    if (order)
        return order;
    if (a->in_y != b->in_y)
        return a->in_y - b->in_y;
    return a->length < b->length ? -1 : a->length > b->length;
}

static int is_missing(const run *r)
{
    for (int s = 0; s < 2 && r->side[s]; s++)
        for (size_t k = 0; k < n_coordinates(r->side[s]); k++)
            if (isnan(coordinate(r->side[s], r->at, k)))
                return 1;
    return 0;
}

static size_t find_runs(run *out, const rqa__side *first, const rqa__side *second, int in_y)
{
    const size_t n = rqa__side_vectors(first, 0);
    size_t n_runs = 0;
    int broken = 1;
    for (size_t at = 0; at < n; at++) {
        const run here = {{first, second}, at, 1, in_y};
        if (is_missing(&here)) {
            broken = 1;
            continue;
        }
        if (!broken && compare_vectors(&out[n_runs - 1], &here) == 0)
            out[n_runs - 1].length++;
        else
            out[n_runs++] = here;
        broken = 0;
    }
    return n_runs;
}

typedef struct bins {
    rqa__bin *bin;
    size_t n, room;
} bins;

static int push(bins *b, uint64_t length, uint64_t count)
{
    if (b->n == b->room) {
        const size_t room = b->room ? 2 * b->room : 256;
        size_t n_bytes;
        rqa__bin *more =
            rqa__mul_size(room, sizeof *more, &n_bytes) ? NULL : rqa__realloc(b->bin, n_bytes);
        if (!more)
            return rqa__fail_memory("the blocks of a plot");
        b->bin = more;
        b->room = room;
    }
    b->bin[b->n++] = (rqa__bin){length, count};
    return RQA_OK;
}

/* How many runs from k on are like it. */
static size_t n_alike(const run *runs, size_t k, size_t end)
{
    size_t n = 1;
    while (k + n < end && runs[k + n].length == runs[k].length)
        n++;
    return n;
}

/* Runs [x, y) of a vector in x, [y, end) in y, each by rising length. */
static int cross(bins *b, const run *runs, size_t x, size_t y, size_t end)
{
    int status = RQA_OK;
    for (size_t i = x, n; i < y && !status; i += n) {
        n = n_alike(runs, i, y);
        for (size_t j = y, m; j < end && !status; j += m) {
            m = n_alike(runs, j, end);
            status = push(b, (uint64_t)runs[i].length * runs[j].length, (uint64_t)n * m);
        }
    }
    return status;
}

static int cross_all(bins *b, const run *runs, size_t n)
{
    int status = RQA_OK;
    for (size_t k = 0, end; k < n && !status; k = end) {
        size_t y = k;
        for (end = k + 1; end < n && compare_vectors(&runs[k], &runs[end]) == 0;)
            end++;
        while (y < end && !runs[y].in_y)
            y++;
        status = cross(b, runs, k, y, end);
    }
    return status;
}

static int compare_bins(const void *a, const void *b)
{
    const uint64_t x = ((const rqa__bin *)a)->length, y = ((const rqa__bin *)b)->length;
    return x < y ? -1 : x > y;
}

/* Bins of one area become one. */
static void gather(bins *b)
{
    size_t n = 0;
    if (b->n)
        qsort(b->bin, b->n, sizeof *b->bin, compare_bins);
    for (size_t k = 0; k < b->n; k++)
        if (n && b->bin[n - 1].length == b->bin[k].length)
            b->bin[n - 1].count += b->bin[k].count;
        else
            b->bin[n++] = b->bin[k];
    b->n = n;
}

/* Areas are few: the runs of a vector that have k lengths take k (k + 1) / 2 samples, so all vectors
 * together have no more pairs of lengths than there are samples. */
uint64_t rqa__blocks_memory(const rqa__task *task)
{
    const rqa__side *y = task->relation == RQA__RELATION_CROSS ? &task->y : &task->x;
    const uint64_t n = (uint64_t)rqa__side_vectors(&task->x, 0) + rqa__side_vectors(y, 0);
    const uint64_t n_bins = 2 * n > 256 ? 2 * n : 256; /* and those that they are copied from */
    return n * sizeof(run) + (n_bins + n_bins / 2) * sizeof(rqa__bin);
}

int rqa__blocks(rqa__spectrum *out, const rqa__task *task)
{
    const int joint = task->relation == RQA__RELATION_JOINT;
    const rqa__side *y = task->relation == RQA__RELATION_CROSS ? &task->y : &task->x;
    const rqa__side *second = joint ? &task->y : NULL;
    const size_t n = rqa__side_vectors(&task->x, 0) + rqa__side_vectors(y, 0);
    run *runs = rqa__alloc_array(n, sizeof *runs);
    bins b = {NULL, 0, 0};
    int status = runs ? RQA_OK : rqa__fail_memory("the blocks of a plot");
    if (!status) {
        size_t n_runs = find_runs(runs, &task->x, second, 0);
        n_runs += find_runs(runs + n_runs, y, second, 1);
        if (n_runs)
            qsort(runs, n_runs, sizeof *runs, compare_runs);
        status = cross_all(&b, runs, n_runs);
    }
    rqa__free(runs);
    if (status)
        rqa__free(b.bin);
    else
        gather(&b);
    *out = (rqa__spectrum){status ? NULL : b.bin, status ? 0 : b.n};
    return status;
}
