/* graph_triangles.c - degrees and triangles: for every edge the bits that the rows of its ends share,
 * tile against tile. A band of rows is held, and all later rows pass it once. */
#include <string.h>

#include "network/graph_internal.h"
#include "rqa/status.h"

static int hold(void *arg, size_t job, unsigned worker)
{
    rqa__graph_run *run = arg;
    rqa__graph_rows *g = &run->rows;
    int status = rqa__graph_rows_hold(g, worker, job);
    const size_t row = (g->first_held + job) * RQA__GRAPH_TILE;
    for (size_t r = 0; r < RQA__GRAPH_TILE && row + r < run->n && !status; r++)
        run->degree[row + r] = run->means->bits->count(
            g->band + (job * RQA__GRAPH_TILE + r) * g->stride, g->stride);
    return status;
}

/* The edges between rows of two tiles, each once; whether there are any. */
static int find_edges(const rqa__graph_rows *g, const rqa__graph_tile *rows, size_t tile_i,
                      size_t tile_j, uint64_t *edges)
{
    uint64_t any = 0;
    if (tile_j < rows->first_word || tile_j >= rows->end_word)
        return 0;
    for (size_t r = 0; r < RQA__GRAPH_TILE; r++) {
        edges[r] = rows->bits[r * g->stride + tile_j - rows->first_word];
        if (tile_i == tile_j) /* columns above the row */
            edges[r] &= r == 63 ? 0 : ~(uint64_t)0 << (r + 1);
        any |= edges[r];
    }
    return any != 0;
}

/* How many words from one on both tiles have bits in, chunk after chunk, 64 at most. */
static size_t n_shared(const rqa__graph_tile *i, const rqa__graph_tile *j, size_t word, size_t end)
{
    const uint8_t *full_i = i->full + (word - i->first_word) / RQA__GRAPH_CHUNK;
    const uint8_t *full_j = j->full + (word - j->first_word) / RQA__GRAPH_CHUNK;
    size_t n = 0;
    while (n < 64 && word + n < end && full_i[n / RQA__GRAPH_CHUNK] & full_j[n / RQA__GRAPH_CHUNK])
        n += RQA__GRAPH_CHUNK;
    return n < end - word ? n : end - word;
}

/* What rows of tile i and rows of tile j share, added to both. */
static void meet(rqa__graph_run *run, const rqa__graph_tile *i, const rqa__graph_tile *j,
                 size_t tile_i, size_t tile_j, uint64_t *sum)
{
    const rqa__graph_rows *g = &run->rows;
    uint64_t edges[RQA__GRAPH_TILE], at_i[RQA__GRAPH_TILE] = {0}, at_j[RQA__GRAPH_TILE] = {0};
    if (!find_edges(g, i, tile_i, tile_j, edges))
        return;
    const size_t first = i->first_word > j->first_word ? i->first_word : j->first_word;
    const size_t end = i->end_word < j->end_word ? i->end_word : j->end_word;
    for (size_t word = first; word < end;) {
        const size_t n = n_shared(i, j, word, end);
        const rqa__network_tile tile = {.rows_i = i->bits + (word - i->first_word),
                                        .rows_j = j->bits + (word - j->first_word),
                                        .stride = g->stride,
                                        .n_words = n,
                                        .edges = edges,
                                        .at_i = at_i,
                                        .at_j = at_j};
        if (n)
            run->means->network->common(&tile);
        word += n ? n : RQA__GRAPH_CHUNK;
    }
    for (size_t r = 0; r < RQA__GRAPH_TILE; r++) {
        if (at_i[r])
            sum[tile_i * RQA__GRAPH_TILE + r] += at_i[r];
        if (at_j[r])
            sum[tile_j * RQA__GRAPH_TILE + r] += at_j[r];
    }
}

/* One tile of rows past the band. */
static int pass(void *arg, size_t job, unsigned worker)
{
    rqa__graph_run *run = arg;
    rqa__graph_rows *g = &run->rows;
    const size_t tile_j = g->first_held + job;
    const size_t held_end = g->first_held + g->n_held;
    rqa__graph_tile i, j;
    int status = rqa__graph_rows_tile(g, worker, tile_j, &j);
    const size_t first = j.first_word > g->first_held ? j.first_word : g->first_held;
    for (size_t tile = first; tile < held_end && tile <= tile_j && !status; tile++) {
        status = rqa__is_cancelled(run->means->cancel) ? RQA_ERROR_CANCELLED
                                                       : rqa__graph_rows_tile(g, worker, tile, &i);
        if (!status)
            meet(run, &i, &j, tile, tile_j, run->triangles + worker * run->n);
    }
    return status;
}

int rqa__graph_triangles(rqa__graph_run *run)
{
    rqa__graph_rows *g = &run->rows;
    int status = RQA_OK;
    for (size_t first = 0; first < g->n_tiles && !status; first += g->room) {
        g->n_held = 0; /* while it is filled */
        g->first_held = first;
        const size_t n = g->n_tiles - first < g->room ? g->n_tiles - first : g->room;
        status = rqa__graph_for(run, n, hold, run);
        g->n_held = n;
        if (status || !run->triangles)
            continue;
        const size_t last_row = (first + n) * RQA__GRAPH_TILE < run->n
                                    ? (first + n) * RQA__GRAPH_TILE - 1
                                    : run->n - 1;
        const size_t end = (g->order->end[last_row] + RQA__GRAPH_TILE - 1) / RQA__GRAPH_TILE;
        status = rqa__graph_for(run, end - first, pass, run);
    }
    for (unsigned w = 1; w < run->n_workers && run->triangles && !status; w++)
        for (size_t k = 0; k < run->n; k++)
            run->triangles[k] += run->triangles[w * run->n + k];
    return status;
}
