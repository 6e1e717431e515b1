/* network_table.h - the kernel of the recurrence network, one table per instruction set. */
#ifndef RQA_CPU_NETWORK_TABLE_H
#define RQA_CPU_NETWORK_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* 64 rows of the adjacency matrix against 64, in at most 64 words of their columns. */
enum { RQA__NETWORK_TILE = 64 };

typedef struct rqa__network_tile {
    const uint64_t *rows_i, *rows_j; /* row r at rows + r * stride; 64 words of each may be read */
    size_t stride;
    size_t n_words;         /* that count, at most 64 */
    const uint64_t *edges;  /* [64] bit j of edges[i]: rows i and j are an edge to be counted */
    uint64_t *at_i, *at_j;  /* [64] each edge adds popcount(row i & row j) to both of its ends */
} rqa__network_tile;

typedef struct rqa__network_kernels {
    void (*common)(const rqa__network_tile *tile);
} rqa__network_kernels;

extern const rqa__network_kernels rqa__network_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__network_kernels rqa__network_avx2;
extern const rqa__network_kernels rqa__network_vpopcnt; /* AVX-512 and VPOPCNTDQ */
#endif

#endif
