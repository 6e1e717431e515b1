/* graph_rows.h - rows of the adjacency matrix, 64 at a time, some of them held. */
#ifndef RQA_NETWORK_GRAPH_ROWS_H
#define RQA_NETWORK_GRAPH_ROWS_H

#include "backend/row_producer.h"
#include "network/graph_order.h"

enum { RQA__GRAPH_CHUNK = 4 /* words */, RQA__GRAPH_TILE = 64, RQA__GRAPH_SLACK = 64 /* words that may be read behind rows */ };

/* Rows 64 * tile .. of the sorted adjacency matrix: words [first_word, end_word) of row r at
 * bits + r * stride; all others are zero. first_word is the beginning of a chunk. */
typedef struct rqa__graph_tile {
    const uint64_t *bits;
    const uint8_t *full; /* of each chunk from there on: some row has a bit in it */
    size_t first_word, end_word;
} rqa__graph_tile;

typedef struct rqa__graph_rows {
    const rqa__graph_order *order;
    uint64_t theiler;       /* at least 1 */
    size_t n_tiles, stride; /* words of a row */
    rqa__rows *rows;
    uint64_t *band;         /* [n_held * 64 * stride] tiles first_held .. */
    size_t first_held, n_held, room; /* in tiles */
    uint8_t *band_full;     /* [n_held * stride / chunk] */
    uint8_t *own_full;      /* [worker][stride / chunk] */
    uint64_t *own;          /* [worker][64 * stride + slack] */
} rqa__graph_rows;

/* Holds as many tiles at a time as fit into n_bytes, one at least. 0, RQA_ERROR_MEMORY or
 * RQA_ERROR_CANCELLED without a text; rqa__graph_rows_close() follows. */
int rqa__graph_rows_open(rqa__graph_rows *g, const rqa__graph_order *order,
                         const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                         const atomic_int *cancel, uint64_t n_bytes);
void rqa__graph_rows_close(rqa__graph_rows *g);

/* Bytes of one tile. */
uint64_t rqa__graph_rows_tile_bytes(const rqa__graph_order *order);

/* Fills tile first_held + k of the band. */
int rqa__graph_rows_hold(rqa__graph_rows *g, unsigned worker, size_t k);
/* A tile, from the band or filled into the worker's own room. */
int rqa__graph_rows_tile(rqa__graph_rows *g, unsigned worker, size_t tile, rqa__graph_tile *out);
size_t rqa__graph_rows_in_tile(const rqa__graph_rows *g, size_t tile);

#endif
