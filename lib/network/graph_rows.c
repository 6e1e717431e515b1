/* graph_rows.c - rows of the adjacency matrix from the producer of rows: the stretch of columns in
 * which a row can have neighbours, without the band around the line of identity. */
#include "network/graph_rows.h"

#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

/* Column words in which rows of a tile may have bits: ends never fall, so the first place that
 * reaches a row is found by halving. */
static void find_words(const rqa__graph_order *order, size_t tile, size_t *first, size_t *end)
{
    const size_t row = tile * RQA__GRAPH_TILE;
    const size_t last = row + RQA__GRAPH_TILE < order->n ? row + RQA__GRAPH_TILE - 1 : order->n - 1;
    size_t below = 0, upto = row;
    while (below < upto) {
        const size_t half = (below + upto) / 2;
        if (order->end[half] > row)
            upto = half;
        else
            below = half + 1;
    }
    *first = below / 64 / RQA__GRAPH_CHUNK * RQA__GRAPH_CHUNK;
    *end = (order->end[last] + 63) / 64;
}

static size_t widest(const rqa__graph_order *order)
{
    size_t most = 1;
    for (size_t tile = 0; tile * RQA__GRAPH_TILE < order->n; tile++) {
        size_t first, end;
        find_words(order, tile, &first, &end);
        if (end - first > most)
            most = end - first;
    }
    return (most + RQA__GRAPH_CHUNK - 1) / RQA__GRAPH_CHUNK * RQA__GRAPH_CHUNK;
}

uint64_t rqa__graph_rows_tile_bytes(const rqa__graph_order *order)
{
    return (uint64_t)widest(order) * RQA__GRAPH_TILE * sizeof(uint64_t);
}

int rqa__graph_rows_open(rqa__graph_rows *g, const rqa__graph_order *order,
                         const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                         const atomic_int *cancel, uint64_t n_bytes)
{
    const size_t n_workers = parallel ? parallel->n_workers : 1;
    memset(g, 0, sizeof *g);
    g->order = order;
    g->theiler = order->task.theiler_points > 1 ? order->task.theiler_points : 1;
    g->n_tiles = (order->n + RQA__GRAPH_TILE - 1) / RQA__GRAPH_TILE;
    g->stride = widest(order);
    const size_t tile_words = g->stride * RQA__GRAPH_TILE;
    g->room = (size_t)(n_bytes / (tile_words * sizeof(uint64_t)));
    if (g->room > g->n_tiles)
        g->room = g->n_tiles;
    if (g->room < 1)
        g->room = 1;
    g->band = rqa__alloc_aligned((g->room * tile_words + RQA__GRAPH_SLACK) * sizeof(uint64_t));
    const size_t own_words = n_workers * (tile_words + RQA__GRAPH_SLACK);
    g->own = rqa__alloc_aligned(own_words * sizeof(uint64_t));
    const size_t n_chunks = g->stride / RQA__GRAPH_CHUNK;
    g->band_full = rqa__alloc_array(g->room, n_chunks);
    g->own_full = rqa__alloc_array(n_workers, n_chunks);
    if (!g->band || !g->own || !g->band_full || !g->own_full)
        return RQA_ERROR_MEMORY;
    memset(g->band + g->room * tile_words, 0, RQA__GRAPH_SLACK * sizeof(uint64_t));
    memset(g->own, 0, own_words * sizeof(uint64_t));
    return rqa__rows_open(&g->rows, &order->task, kernels, parallel, cancel);
}

void rqa__graph_rows_close(rqa__graph_rows *g)
{
    rqa__rows_close(g->rows);
    rqa__free_aligned(g->band);
    rqa__free_aligned(g->own);
    rqa__free(g->band_full);
    rqa__free(g->own_full);
}

size_t rqa__graph_rows_in_tile(const rqa__graph_rows *g, size_t tile)
{
    const size_t left = g->order->n - tile * RQA__GRAPH_TILE;
    return left < RQA__GRAPH_TILE ? left : RQA__GRAPH_TILE;
}

/* Cells |i - j| < w of the matrix in the order of time. */
static void clear_band(const rqa__graph_rows *g, uint64_t *row, size_t place, size_t first_word,
                       size_t end_word)
{
    const rqa__graph_order *order = g->order;
    const uint64_t i = order->node[place];
    const uint64_t from = i >= g->theiler ? i - (g->theiler - 1) : 0;
    const uint64_t end = order->n - i > g->theiler ? i + g->theiler : order->n;
    for (uint64_t j = from; j < end; j++) {
        const size_t column = order->place[j];
        if (column / 64 >= first_word && column / 64 < end_word)
            row[column / 64 - first_word] &= ~((uint64_t)1 << column % 64);
    }
}

static void find_full(const rqa__graph_rows *g, const uint64_t *bits, uint8_t *full)
{
    for (size_t chunk = 0; chunk < g->stride / RQA__GRAPH_CHUNK; chunk++) {
        uint64_t any = 0;
        for (size_t r = 0; r < RQA__GRAPH_TILE; r++)
            for (size_t k = 0; k < RQA__GRAPH_CHUNK; k++)
                any |= bits[r * g->stride + chunk * RQA__GRAPH_CHUNK + k];
        full[chunk] = any != 0;
    }
}

static int fill(rqa__graph_rows *g, unsigned worker, size_t tile, uint64_t *out, uint8_t *full,
                rqa__graph_tile *found)
{
    const size_t row = tile * RQA__GRAPH_TILE, n = rqa__graph_rows_in_tile(g, tile);
    find_words(g->order, tile, &found->first_word, &found->end_word);
    found->bits = out;
    found->full = full;
    const rqa__rows_area area = {.row = row,
                                 .n_rows = n,
                                 .first_word = found->first_word,
                                 .n_words = found->end_word - found->first_word,
                                 .out = out,
                                 .stride = g->stride};
    int status = rqa__rows_fill(g->rows, worker, &area);
    for (size_t r = 0; r < RQA__GRAPH_TILE; r++) {
        uint64_t *bits = out + r * g->stride;
        const size_t used = r < n ? area.n_words : 0;
        memset(bits + used, 0, (g->stride - used) * sizeof *bits);
        if (r < n)
            clear_band(g, bits, row + r, found->first_word, found->end_word);
    }
    find_full(g, out, full);
    return status;
}

int rqa__graph_rows_hold(rqa__graph_rows *g, unsigned worker, size_t k)
{
    rqa__graph_tile tile;
    return fill(g, worker, g->first_held + k, g->band + k * RQA__GRAPH_TILE * g->stride,
                g->band_full + k * (g->stride / RQA__GRAPH_CHUNK), &tile);
}

int rqa__graph_rows_tile(rqa__graph_rows *g, unsigned worker, size_t tile, rqa__graph_tile *out)
{
    if (tile >= g->first_held && tile - g->first_held < g->n_held) {
        find_words(g->order, tile, &out->first_word, &out->end_word);
        out->bits = g->band + (tile - g->first_held) * RQA__GRAPH_TILE * g->stride;
        out->full = g->band_full + (tile - g->first_held) * (g->stride / RQA__GRAPH_CHUNK);
        return RQA_OK;
    }
    return fill(g, worker, tile, g->own + worker * (RQA__GRAPH_TILE * g->stride + RQA__GRAPH_SLACK),
                g->own_full + worker * (g->stride / RQA__GRAPH_CHUNK), out);
}
