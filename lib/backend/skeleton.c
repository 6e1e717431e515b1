/* skeleton.c - the skeleton of a plot as a rule on cells: the lines that stay, by blocks of rows.
 */
#include "backend/skeleton.h"

#include <stdlib.h>
#include <string.h>

#include "backend/skeleton_sets.h"
#include "backend/skeleton_strips.h"
#include "base/error.h"
#include "base/memory.h"

enum { BLOCK = 16 /* rows */ };

/* What a line has in a block: cells (i, i + offset), i in [first, end). */
typedef struct span {
    int32_t offset;
    uint32_t first, end;
} span;

struct rqa__skeleton {
    size_t n;
    size_t *begin; /* [blocks + 1] of each block, its spans by rising offset */
    span *span;
};

/* Calls once for each block that a line meets on either side of the plot. */
static void visit(const rqa__skeleton_line *line, void (*see)(void *arg, size_t block, span s),
                  void *arg)
{
    for (int below = 0; below < (line->offset ? 2 : 1); below++) {
        const uint32_t first = line->start + (below ? line->offset : 0);
        const span s = {.offset = below ? -(int32_t)line->offset : (int32_t)line->offset,
                        .first = first,
                        .end = first + line->length};
        for (size_t block = s.first / BLOCK; block * BLOCK < s.end; block++)
            see(arg, block, s);
    }
}

static void count_span(void *arg, size_t block, span s)
{
    rqa__skeleton *k = arg;
    (void)s;
    k->begin[block + 1]++;
}

/* begin[block] moves on to the end of the block. */
static void put_span(void *arg, size_t block, span s)
{
    rqa__skeleton *k = arg;
    k->span[k->begin[block]++] = s;
}

static int compare_spans(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static int place_lines(rqa__skeleton *k, const rqa__skeleton_lines *lines)
{
    const size_t n_blocks = (k->n + BLOCK - 1) / BLOCK;
    k->begin = rqa__calloc(n_blocks + 1, sizeof *k->begin);
    if (!k->begin)
        return rqa__fail_memory("the lines of a skeleton");
    for (size_t l = 0; l < lines->n; l++)
        visit(&lines->line[l], count_span, k);
    for (size_t b = 0; b < n_blocks; b++)
        k->begin[b + 1] += k->begin[b];
    int status = rqa__skeleton_check_memory(lines, rqa__skeleton_bytes(k) +
                                                       lines->room * sizeof *lines->line);
    if (status)
        return status;
    k->span = rqa__alloc_array(k->begin[n_blocks], sizeof *k->span);
    if (!k->span)
        return rqa__fail_memory("the lines of a skeleton");
    for (size_t l = 0; l < lines->n; l++)
        visit(&lines->line[l], put_span, k);
    memmove(k->begin + 1, k->begin, n_blocks * sizeof *k->begin);
    k->begin[0] = 0;
    for (size_t b = 0; b < n_blocks; b++)
        if (k->begin[b + 1] > k->begin[b])
            qsort(k->span + k->begin[b], k->begin[b + 1] - k->begin[b], sizeof *k->span,
                  compare_spans);
    return RQA_OK;
}

int rqa__skeleton_find(rqa__skeleton **out, const rqa__task *task, const rqa__skeleton_means *means)
{
    rqa__skeleton_lines lines = {.means = means};
    rqa__skeleton *k = rqa__calloc(1, sizeof *k);
    *out = NULL;
    int status = k ? rqa__skeleton_lines_find(&lines, task, means)
                   : rqa__fail_memory("the lines of a skeleton");
    if (!status) {
        k->n = rqa__side_vectors(&task->x, 0);
        lines.work_bytes = 0;
        status = place_lines(k, &lines);
    }
    rqa__free(lines.line);
    if (status) {
        rqa__skeleton_destroy(k);
        return status;
    }
    *out = k;
    return RQA_OK;
}

uint64_t rqa__skeleton_bytes(const rqa__skeleton *k)
{
    const size_t n_blocks = k ? (k->n + BLOCK - 1) / BLOCK : 0;
    return k ? (n_blocks + 1) * sizeof *k->begin + k->begin[n_blocks] * sizeof *k->span : 0;
}

void rqa__skeleton_destroy(rqa__skeleton *k)
{
    if (!k)
        return;
    rqa__free(k->begin);
    rqa__free(k->span);
    rqa__free(k);
}

/* ---- cells ---- */

/* The first of the spans whose offset is not below. */
static const span *first_from(const span *from, const span *end, int64_t offset)
{
    while (from < end) {
        const span *half = from + (end - from) / 2;
        if (half->offset < offset)
            from = half + 1;
        else
            end = half;
    }
    return from;
}

static void clear(const void *rule, size_t i, int64_t first, size_t n_words, uint64_t *bits)
{
    const rqa__skeleton *k = rule;
    const span *end = k->span + k->begin[i / BLOCK + 1];
    int64_t from = first - (int64_t)i; /* offset of bit 0 of the word */
    const span *s = first_from(k->span + k->begin[i / BLOCK], end, from);
    for (size_t w = 0; w < n_words; w++, from += 64) {
        uint64_t stays = 0;
        for (; s < end && s->offset < from + 64; s++)
            if (i >= s->first && i < s->end)
                stays |= (uint64_t)1 << (s->offset - from);
        bits[w] &= stays;
    }
}

rqa__cells rqa__skeleton_cells(const rqa__skeleton *k)
{
    return (rqa__cells){.clear = clear, .rule = k};
}
