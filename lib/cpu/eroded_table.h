/* eroded_table.h - kernels that count the lengths of runs without visiting them, one table per
 * instruction set.
 *
 * A window is k cells one behind the other, all of them set. A run of L cells has L - k + 1 windows of
 * k cells, or none: so the second differences of the numbers of windows are the numbers of runs. The
 * cells are those of a block of a strip (cpu/bits_table.h): bit d of row r.
 */
#ifndef RQA_CPU_ERODED_TABLE_H
#define RQA_CPU_ERODED_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* The longest window that is counted is of one cell more; rows of a block at most. */
enum { RQA__ERODED_MOST = 32, RQA__ERODED_ROWS = 64 };

typedef struct rqa__eroded_block {
    const uint64_t *bits; /* row r at bits + r * stride, from row -n_levels on, which any window may
                             use; rows from n_rows to the next multiple of eight are zero */
    size_t stride;  /* at least n_words rounded up to eight, plus one, all of them written */
    size_t n_words; /* of the cells that count */
    size_t width;   /* cells from here on do not count, but windows may use them */
    size_t n_rows;
    unsigned n_levels; /* 1 .. RQA__ERODED_MOST */
    uint64_t *windows; /* [n_levels + 1] to windows[k] those of k + 1 cells are added */
    uint64_t *rest;    /* row r at rest + r * stride: the cells with a window of n_levels cells; zero
                          behind them, up to a word past n_words rounded up to eight */
} rqa__eroded_block;

typedef struct rqa__eroded_kernels {
    /* A cell counts by the window that ends with it down its diagonal or down its column of the
     * matrix, or that begins with it along its row. */
    void (*diagonal)(const rqa__eroded_block *block); /* cells (r - t, d) */
    void (*column)(const rqa__eroded_block *block);   /* cells (r - t, d + t) */
    void (*row)(const rqa__eroded_block *block);      /* cells (r, d + t) */
    double event_cost; /* what the end of a run costs by itself, in levels of 256 cells; 0: never */
    double white_cost; /* what white lines cost by windows, whatever the levels; likewise */
    unsigned n_levels; /* 0: where it pays, as samples of the plot say; else always so many levels */
} rqa__eroded_kernels;

extern const rqa__eroded_kernels rqa__eroded_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__eroded_kernels rqa__eroded_avx2;
extern const rqa__eroded_kernels rqa__eroded_avx512;
extern const rqa__eroded_kernels rqa__eroded_avx512_vbmi2; /* where following a run costs less */
#elif defined(__aarch64__)
extern const rqa__eroded_kernels rqa__eroded_neon;
#endif

#endif
