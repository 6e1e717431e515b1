/* graph_paths.c - shortest paths, from one source after another, by sets of bits: a step joins the
 * rows of the frontier, or asks each node that is left whether its row meets the frontier. */
#include <string.h>

#include "network/graph_internal.h"
#include "rqa/status.h"

typedef struct walk {
    rqa__graph_run *run;
    uint64_t *reached, *frontier, *next;
} walk;

static const uint64_t *row_of(rqa__graph_run *run, size_t k, rqa__graph_tile *tile)
{
    rqa__graph_rows *g = &run->rows;
    rqa__graph_rows_tile(g, 0, k / RQA__GRAPH_TILE, tile); /* held: cannot fail */
    return tile->bits + k % RQA__GRAPH_TILE * g->stride;
}

static void join_frontier(const walk *w)
{
    for (size_t word = 0; word < w->run->n_words; word++)
        for (uint64_t left = w->frontier[word]; left; left &= left - 1) {
            rqa__graph_tile t;
            const uint64_t *row = row_of(w->run, 64 * word + (size_t)__builtin_ctzll(left), &t);
            for (size_t k = 0; k < t.end_word - t.first_word; k++)
                w->next[t.first_word + k] |= row[k];
        }
    for (size_t word = 0; word < w->run->n_words; word++)
        w->next[word] &= ~w->reached[word];
}

static int meets(const uint64_t *row, const uint64_t *set, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (row[k] & set[k])
            return 1;
    return 0;
}

static void ask_the_rest(const walk *w)
{
    for (size_t word = 0; word < w->run->n_words; word++) {
        const size_t n = w->run->n - 64 * word;
        const uint64_t all = n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
        for (uint64_t left = all & ~w->reached[word]; left; left &= left - 1) {
            rqa__graph_tile t;
            const uint64_t *row = row_of(w->run, 64 * word + (size_t)__builtin_ctzll(left), &t);
            if (meets(row, w->frontier + t.first_word, t.end_word - t.first_word))
                w->next[word] |= left & -left;
        }
    }
}

static int walk_from(void *arg, size_t job, unsigned worker)
{
    rqa__graph_run *run = arg;
    const size_t n_words = run->n_words, source = run->source_place[job];
    uint64_t *sets = run->sets + 3 * worker * n_words;
    walk w = {run, sets, sets + n_words, sets + 2 * n_words};
    rqa__graph_source found = {0, 0, 0, 0};
    if (rqa__is_cancelled(run->means->cancel))
        return RQA_ERROR_CANCELLED;
    memset(sets, 0, 3 * n_words * sizeof *sets);
    w.reached[source / 64] = w.frontier[source / 64] = (uint64_t)1 << source % 64;
    uint64_t n_frontier = 1, n_reached = 1;
    for (uint64_t distance = 1; n_frontier && n_reached < run->n; distance++) {
        if (n_frontier <= run->n - n_reached)
            join_frontier(&w);
        else
            ask_the_rest(&w);
        for (size_t k = 0; k < n_words; k++)
            w.reached[k] |= w.next[k];
        n_frontier = run->means->bits->count(w.next, n_words);
        n_reached += n_frontier;
        found.sum += distance * n_frontier;
        found.inverse_sum += (double)n_frontier / (double)distance;
        if (n_frontier)
            found.farthest = distance;
        uint64_t *used = w.frontier;
        w.frontier = w.next;
        w.next = used;
        memset(used, 0, n_words * sizeof *used);
    }
    found.n_reached = n_reached - 1;
    run->source[job] = found;
    return RQA_OK;
}

int rqa__graph_paths(rqa__graph_run *run, size_t n_sources)
{
    return rqa__graph_for(run, n_sources, walk_from, run);
}
