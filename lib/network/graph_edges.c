/* graph_edges.c - what is read edge by edge: degrees of neighbours, and components by a forest of
 * each thread's own, joined in the end. */
#include "network/graph_internal.h"
#include "rqa/status.h"

static uint32_t root_of(uint32_t *parent, uint32_t k)
{
    while (parent[k] != k) {
        parent[k] = parent[parent[k]];
        k = parent[k];
    }
    return k;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static void read_row(const rqa__graph_run *run, uint32_t *parent, size_t row, const uint64_t *bits,
                     const rqa__graph_tile *tile)
{
    uint64_t sum = 0;
    for (size_t word = tile->first_word; word < tile->end_word; word++) {
        uint64_t left = bits[word - tile->first_word];
        for (; left && run->neighbours; left &= left - 1)
            sum += run->degree[64 * word + (size_t)__builtin_ctzll(left)];
        left = bits[word - tile->first_word];
        for (; left && parent; left &= left - 1) {
            const size_t column = 64 * word + (size_t)__builtin_ctzll(left);
            if (column > row)
                join(parent, (uint32_t)row, (uint32_t)column);
        }
    }
    if (run->neighbours)
        run->neighbours[row] = sum;
}

static int read_tile(void *arg, size_t job, unsigned worker)
{
    rqa__graph_run *run = arg;
    rqa__graph_tile tile;
    if (rqa__is_cancelled(run->means->cancel))
        return RQA_ERROR_CANCELLED;
    int status = rqa__graph_rows_tile(&run->rows, worker, job, &tile);
    uint32_t *parent = run->parent ? run->parent + worker * run->n : NULL;
    for (size_t r = 0; r < rqa__graph_rows_in_tile(&run->rows, job) && !status; r++)
        read_row(run, parent, job * RQA__GRAPH_TILE + r, tile.bits + r * run->rows.stride, &tile);
    return status;
}

int rqa__graph_edges(rqa__graph_run *run)
{
    for (unsigned w = 0; run->parent && w < run->n_workers; w++)
        for (size_t k = 0; k < run->n; k++)
            run->parent[w * run->n + k] = (uint32_t)k;
    return rqa__graph_for(run, run->rows.n_tiles, read_tile, run);
}

uint64_t rqa__graph_components(rqa__graph_run *run)
{
    uint64_t n = 0;
    for (unsigned w = 1; w < run->n_workers; w++)
        for (size_t k = 0; k < run->n; k++)
            join(run->parent, (uint32_t)k, run->parent[w * run->n + k]);
    for (size_t k = 0; k < run->n; k++)
        n += run->parent[k] == k;
    return n;
}
