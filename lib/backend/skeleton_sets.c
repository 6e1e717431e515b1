/* skeleton_sets.c - sets of diagonal runs that touch: a union-find over the runs of two successive
 * offsets. A set without a run on the offset in hand is complete, and leaves its longest run. */
#include "backend/skeleton_sets.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Cells [first, end) of an offset. */
typedef struct piece {
    uint32_t first, end, set;
} piece;

typedef struct node {
    uint32_t parent;
    uint32_t next; /* its number on the offset to come, plus one; 0: it has no run on this one */
    rqa__skeleton_line best;
} node;

struct rqa__skeleton_sets {
    piece *before, *here; /* [room] runs of two offsets */
    node *node;  /* [2 * room] sets with a run on the offset before, then the runs of the one in
                    hand,  each a set of its own until it is joined */
    node *going; /* [room] sets with a run on the offset in hand */
    size_t room; /* runs that an offset can have */
    size_t n_before, n_here, n_sets; /* n_sets: of `before` */
    uint32_t offset;                 /* in hand */
};

rqa__skeleton_sets *rqa__skeleton_sets_create(size_t n)
{
    rqa__skeleton_sets *s = rqa__calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->room = n / 2 + 1;
    s->before = rqa__alloc_array(s->room, sizeof *s->before);
    s->here = rqa__alloc_array(s->room, sizeof *s->here);
    s->node = rqa__alloc_array(2 * s->room, sizeof *s->node);
    s->going = rqa__alloc_array(s->room, sizeof *s->going);
    if (s->before && s->here && s->node && s->going)
        return s;
    rqa__skeleton_sets_destroy(s);
    return NULL;
}

size_t rqa__skeleton_sets_bytes(size_t n)
{
    const size_t room = n / 2 + 1;
    return sizeof(rqa__skeleton_sets) +
           room * (2 * sizeof(piece) + 2 * sizeof(node) + sizeof(node));
}

void rqa__skeleton_sets_destroy(rqa__skeleton_sets *s)
{
    if (!s)
        return;
    rqa__free(s->before);
    rqa__free(s->here);
    rqa__free(s->node);
    rqa__free(s->going);
    rqa__free(s);
}

/* ---- lines that stay ---- */

int rqa__skeleton_check_memory(const rqa__skeleton_lines *lines, uint64_t n_bytes)
{
    const rqa__skeleton_means *m = lines->means;
    if (n_bytes <= m->memory_bytes && lines->work_bytes <= m->memory_bytes - n_bytes)
        return RQA_OK;
    return rqa__fail(RQA_ERROR_MEMORY_LIMIT,
                     "the lines of the skeleton need at least %" PRIu64
                     " bytes; the context's memory limit is %" PRIu64 " bytes",
                     m->limit_bytes - m->memory_bytes + lines->work_bytes + n_bytes, m->limit_bytes);
}

static int keep(rqa__skeleton_lines *out, rqa__skeleton_line line)
{
    if (out->n == out->room) {
        const size_t room = out->room ? 2 * out->room : 256;
        const uint64_t n_bytes = (uint64_t)room * sizeof line;
        int status = rqa__skeleton_check_memory(out, n_bytes + out->room * sizeof line);
        if (status)
            return status;
        rqa__skeleton_line *more =
            n_bytes > SIZE_MAX ? NULL : rqa__realloc(out->line, (size_t)n_bytes);
        if (!more)
            return rqa__fail_memory("the lines of a skeleton");
        out->line = more;
        out->room = room;
    }
    out->line[out->n++] = line;
    return RQA_OK;
}

/* ---- sets ---- */

static uint32_t find(node *n, uint32_t k)
{
    while (n[k].parent != k) {
        n[k].parent = n[n[k].parent].parent;
        k = n[k].parent;
    }
    return k;
}

/* The one that stays: the longer, then the nearer to the line of identity, then the earlier. */
static int is_better(const rqa__skeleton_line *a, const rqa__skeleton_line *b)
{
    if (a->length != b->length)
        return a->length > b->length;
    return a->offset != b->offset ? a->offset < b->offset : a->start < b->start;
}

/* The lower number becomes the root: with halved paths that is fast enough for two offsets. */
static void unite(node *n, uint32_t a, uint32_t b)
{
    a = find(n, a);
    b = find(n, b);
    if (a == b)
        return;
    const uint32_t root = a < b ? a : b, other = a < b ? b : a;
    n[other].parent = root;
    if (is_better(&n[other].best, &n[root].best))
        n[root].best = n[other].best;
}

/* ---- one offset ---- */

static size_t next_bit(const uint64_t *bits, size_t at, size_t n, uint64_t flip)
{
    while (at < n) {
        const uint64_t left = (bits[at / 64] ^ flip) >> at % 64;
        if (left) {
            at += (size_t)__builtin_ctzll(left);
            return at < n ? at : n;
        }
        at = (at / 64 + 1) * 64;
    }
    return n;
}

static void read_runs(rqa__skeleton_sets *s, const uint64_t *bits, size_t n_cells)
{
    s->n_here = 0;
    for (size_t at = next_bit(bits, 0, n_cells, 0); at < n_cells;) {
        const size_t end = next_bit(bits, at, n_cells, UINT64_MAX);
        const uint32_t k = (uint32_t)(s->n_sets + s->n_here);
        s->here[s->n_here++] = (piece){(uint32_t)at, (uint32_t)end, k};
        s->node[k] = (node){.parent = k, .best = {s->offset, (uint32_t)at, (uint32_t)(end - at)}};
        at = next_bit(bits, end, n_cells, 0);
    }
}

/* Cell i of offset k touches cells i - 1 and i of offset k + 1: (i-1, i+k) and (i, i+k+1). */
static void join_touching(rqa__skeleton_sets *s)
{
    size_t p = 0;
    for (size_t c = 0; c < s->n_here; c++) {
        const piece *here = &s->here[c];
        while (p < s->n_before && s->before[p].end <= here->first)
            p++;
        for (size_t q = p; q < s->n_before && s->before[q].first <= here->end; q++)
            unite(s->node, s->before[q].set, here->set);
    }
}

/* Of sets that are complete the best run. Of one with a cell of the line of identity that is kept
 * already, and is a run of it: a vector that does not recur with itself recurs with none, so the
 * run spans all that its set may have. */
static int leave(const rqa__skeleton_sets *s, rqa__skeleton_lines *out)
{
    int status = RQA_OK;
    for (uint32_t k = 0; k < s->n_sets && !status; k++)
        if (s->node[k].parent == k && !s->node[k].next && s->node[k].best.offset > 0)
            status = keep(out, s->node[k].best);
    return status;
}

/* Sets with a run on the offset in hand go on, by numbers of their own. */
static size_t number_sets(rqa__skeleton_sets *s)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < s->n_sets; k++)
        s->node[k].next = 0;
    for (size_t c = 0; c < s->n_here; c++) {
        node *root = &s->node[find(s->node, s->here[c].set)];
        if (!root->next) {
            s->going[n] = (node){.parent = n, .best = root->best};
            root->next = ++n;
        }
        s->here[c].set = root->next - 1;
    }
    return n;
}

static void go_on(rqa__skeleton_sets *s, size_t n_going)
{
    piece *const before = s->before;
    s->before = s->here;
    s->here = before;
    s->n_before = s->n_here;
    s->n_sets = n_going;
    if (n_going)
        memcpy(s->node, s->going, n_going * sizeof *s->node);
    s->offset++;
}

int rqa__skeleton_sets_take(rqa__skeleton_sets *s, const uint64_t *bits, size_t n_cells,
                            rqa__skeleton_lines *out)
{
    int status = RQA_OK;
    read_runs(s, bits, n_cells);
    for (size_t c = 0; c < s->n_here && s->offset == 0 && !status; c++)
        status = keep(out, s->node[c].best);
    join_touching(s);
    const size_t n_going = number_sets(s);
    if (!status)
        status = leave(s, out);
    go_on(s, n_going);
    return status;
}

int rqa__skeleton_sets_end(rqa__skeleton_sets *s, rqa__skeleton_lines *out)
{
    return rqa__skeleton_sets_take(s, NULL, 0, out);
}
