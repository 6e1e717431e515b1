/* engine_bits_eroded_state.h - lines of dense plots counted by windows instead of one by one.
 *
 * Where many runs end, most are short. The kernels of cpu/eroded_table.h count those of fewer than
 * `levels` cells without visiting them, and leave the cells of the others, eroded: a run there is
 * levels - 1 cells shorter, starts or ends that much later, and is followed by the kernels that
 * follow any run. So counts are exact whatever the data; whether it pays is asked of samples of the
 * plot.
 *
 * A run under way where a column or a row leaves its last strip goes on elsewhere: a short one is
 * taken out of the counts again, and stated from the last cells as if it had been followed.
 */
#ifndef RQA_BACKEND_ENGINE_BITS_ERODED_STATE_H
#define RQA_BACKEND_ENGINE_BITS_ERODED_STATE_H

#include "backend/engine_bits_state.h"
#include "cpu/eroded_table.h"

/* Which cells are eroded, in which direction. White ones: those that do not recur. */
enum {
    RQA__ERODED_DIAGONAL,
    RQA__ERODED_COLUMN,
    RQA__ERODED_ROW,
    RQA__ERODED_WHITE_COLUMN,
    RQA__ERODED_WHITE_ROW,
    RQA__N_ERODED
};

/* Levels of diagonals, and of columns and rows of either colour; 0: followed as anywhere else. */
typedef struct rqa__eroded_levels {
    unsigned diagonal, black, white;
} rqa__eroded_levels;

typedef struct rqa__bits_eroded_worker {
    uint64_t *cells, *white;       /* row 0 of a block, behind RQA__ERODED_MOST rows */
    uint64_t *rest[RQA__N_ERODED]; /* row -1, then those of a block */
    uint8_t before[RQA__N_ERODED]; /* the eroded cell above the strip of row -1 */
    uint64_t diagonal_windows[RQA__ERODED_MOST + 1];
    uint64_t windows[2][RQA__ERODED_MOST + 1]; /* white and black, columns and rows together */
    uint64_t *hist_white; /* [2 * limit] as hist_vertical, but eroded white runs count as black */
} rqa__bits_eroded_worker;

struct rqa__bits_eroded {
    rqa__eroded_levels levels;
    int has_vertical;        /* columns and rows are counted here */
    uint64_t *above;         /* [n_x] the lowest 64 cells of the strip above */
    uint8_t *edge;           /* [RQA__N_ERODED][n_x] as that of the run, of eroded cells */
    uint8_t *is_white_above; /* [n_x] the row is white from its last cell down so far */
    uint32_t *white_column, *white_row; /* as column and row of the run */
    rqa__bits_eroded_worker *worker;
};

/* ---- engine_bits_eroded_plan.c ---- */

/* Sets run->eroded where that pays: it is for the end to free. 0, RQA_ERROR_MEMORY or
 * RQA_ERROR_CANCELLED. */
int rqa__bits_eroded_begin(rqa__bits_run *run);
void rqa__bits_eroded_end(rqa__bits_run *run);
/* Bytes of a planned run that may want it. */
size_t rqa__bits_eroded_bytes(const rqa__bits_run *run);

/* ---- engine_bits_eroded.c ---- */

void rqa__bits_eroded_begin_strip(rqa__bits_counter *w, const rqa__bits_strip *s);
/* Takes out of a block the directions that are counted here. */
void rqa__bits_eroded_take(rqa__bits_counter *w, const rqa__bits_strip *s, rqa__bits_block *b);

/* ---- engine_bits_eroded_ends.c ---- */

/* close_strip() of eroded diagonals. */
void rqa__bits_eroded_close_strip(rqa__bits_counter *w, const rqa__bits_strip *s);
/* For the rows of a block whose last cells were white so far: whether their border run ends here.
 */
void rqa__bits_eroded_heads(rqa__bits_counter *w, const rqa__bits_strip *s,
                            const rqa__bits_block *b);
/* Before rqa__bits_finish(): adds up the counts, and states the runs under way as it expects them.
 */
void rqa__bits_eroded_finish(rqa__bits_run *run);

static inline uint8_t *rqa__eroded_edge(const rqa__bits_run *run, int which)
{
    return run->eroded->edge + (size_t)which * run->input->n_x;
}

static inline rqa__bits_eroded_worker *rqa__eroded_worker(const rqa__bits_counter *w)
{
    return &w->run->eroded->worker[w - w->run->counter];
}

static inline size_t rqa__eroded_levels_of(const rqa__bits_run *run, int which)
{
    const rqa__eroded_levels *l = &run->eroded->levels;
    return which == RQA__ERODED_DIAGONAL      ? l->diagonal
           : which < RQA__ERODED_WHITE_COLUMN ? l->black
                                              : l->white;
}

#endif
