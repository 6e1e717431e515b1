/* engine_tiles_internal.h - what the files of the engine of tiles share. */
#ifndef RQA_BACKEND_ENGINE_TILES_INTERNAL_H
#define RQA_BACKEND_ENGINE_TILES_INTERNAL_H

#include "backend/engine_tiles.h"
#include "base/look.h"

enum {
    RQA__TILES_TERMS = 64,   /* of a sum, at most */
    RQA__TILES_WINDOW = 256, /* the widest Theiler window: tiles within are all looked at */
    RQA__TILES_PHASES = 8,   /* where in a tile a delayed sample may come to lie */
    RQA__TILES_SHORT = 4097  /* runs that workers count by themselves are shorter */
};

/* What all sizes follow from. */
typedef struct rqa__tiles_shape {
    size_t n;         /* vectors */
    size_t n_rows;    /* tiles that hold them */
    size_t n_columns; /* tiles up to the one that all runs have ended before */
    size_t n_samples;
    size_t n_boxes;   /* of a channel and phase */
    size_t n_lengths; /* of a histogram */
    uint32_t n_channels, dim;
    size_t delay;
    uint32_t tallies;
    int cuts; /* whether missing samples cut what is counted */
    unsigned n_workers;
} rqa__tiles_shape;

/* Cells of tiles that touch a Theiler window, by tiles to the right of the main diagonal. */
enum { RQA__TILES_BAND = RQA__TILES_WINDOW / 8 + 3 };

typedef struct rqa__tiles_band {
    size_t n; /* tiles to the right of the main diagonal that are always looked at, and it */
    uint64_t points[RQA__TILES_BAND], diagonal[RQA__TILES_BAND], vertical[RQA__TILES_BAND];
    uint64_t below;  /* what counts as recurrent below `vertical`: ~0 or 0 */
    size_t first_diagonal; /* offset */
} rqa__tiles_band;

typedef struct rqa__tiles_strip {
    size_t first, n; /* tiles */
} rqa__tiles_strip;

typedef struct rqa__tiles_progress {
    _Alignas(64) atomic_size_t rows; /* all rows of tiles below this are done */
} rqa__tiles_progress;

struct rqa__tiles_run;

typedef struct rqa__tiles_worker {
    struct rqa__tiles_run *run;
    uint64_t *hist_diagonal, *hist_vertical, *hist_time; /* short runs */
    uint32_t *new_diagonal[2], *new_vertical[2];         /* those of some rows of tiles, with the */
    uint32_t *new_bytes_diagonal[2], *new_bytes_vertical[2]; /* bytes they are in */
    uint64_t *bytes_diagonal, *bytes_vertical;           /* [512] */
    uint32_t *column, *column_start;                     /* runs under way in the strip */
    uint8_t *last;          /* last rows of tiles; [-1]: of the strip to the left */
    uint8_t *last_diagonal; /* of those in the band, as diagonals count them */
    uint16_t *tile, *open_at, *which;
    uint64_t *cells, *diagonal, *row, *doubt;
    uint8_t *above, *above_left, *follows, *left_full;
    uint32_t *list[3];
    uint64_t full[RQA__TILES_WIDEST / 64], open[RQA__TILES_WIDEST / 64];
    uint64_t active[RQA__TILES_WIDEST / 64];
    uint64_t points; /* on one side, modulo 2^64 */
    uint64_t gap_sum;
} rqa__tiles_worker;

typedef struct rqa__tiles_run {
    const rqa__tiles_call *call;
    const rqa__task *task;
    rqa__tiles_shape shape;
    rqa__tiles_field field;
    double bound;
    unsigned weight; /* of what lies on one side */
    const double **sample;    /* [n_terms] */
    const int16_t **q, **low, **high; /* [n_terms], those of the field */
    int16_t *samples;         /* [n_channels][...] */
    int16_t *box[RQA__TILES_PHASES]; /* [n_channels][2][n_boxes], or NULL */
    uint8_t *absent;          /* by tile: vectors that are missing, or past the last */
    uint64_t *some_absent, *all_absent; /* by tile, a bit each */
    size_t n_present;
    uint32_t *cuts; /* [n + 1] missing vectors before each; or NULL, as the next */
    uint32_t *gap;  /* first and one past the last of each stretch of them */
    size_t n_gaps;
    rqa__tiles_band band;
    rqa__tiles_strip *strip;
    size_t n_strips;
    rqa__tiles_progress *progress;
    atomic_size_t next_strip;
    atomic_int status;
    uint32_t limit;
    uint32_t *diagonal;       /* runs under way, by offset */
    uint32_t *row, *row_start; /* by row: those of columns, from the main diagonal on */
    uint64_t *edge_diagonal, *edge_row; /* the last tile of a row in the strip to the left */
    uint64_t *offset_points;
    atomic_uint_least64_t *diagonal_lines, *vertical_lines, *white_inner, *white_border, *time;
    rqa__tiles_worker *worker;
    uint8_t *memory; /* all of it, the field first */
    size_t n_bytes, n_field_bytes;
} rqa__tiles_run;

/* ---- engine_tiles_field.c ---- */

/* The filter, its boxes and what is missing. Whether it can decide anything. */
int rqa__tiles_field_make(rqa__tiles_run *run);
/* What a few tiles tell of all, to a tile: the share that stays open, and in those the cells in doubt
 * and the changes along diagonals, columns and rows. */
typedef struct rqa__tiles_looks {
    double open, doubts, changes;
} rqa__tiles_looks;

rqa__tiles_looks rqa__tiles_look(const rqa__tiles_run *run);
/* Those cells of a tile in `doubt` that recur, by the documented sum in double. */
uint64_t rqa__tiles_decide_cells(const rqa__tiles_run *run, size_t row, size_t column,
                                 uint64_t doubt);

/* ---- engine_tiles_plan.c ---- */

void rqa__tiles_plan_strips(rqa__tiles_run *run);
void rqa__tiles_band_make(rqa__tiles_run *run);
/* The cells of a tile, `right` tiles from the main diagonal, whose offset is at least `window`. */
uint64_t rqa__tiles_cells_beyond(size_t right, size_t window);

/* ---- engine_tiles_count.c ---- */

/* As rqa__tiles_runs calls it: `index` is 2 * length - colour and RQA__BITS_BORDER, or a time. */
void rqa__tiles_rare(void *worker, int kind, uint32_t index);
/* What a white run, 2 * start and RQA__BITS_BORDER, comes to where missing vectors cut it. */
void rqa__tiles_split(void *worker, uint32_t run, uint32_t end);

/* ---- engine_tiles_strip.c ---- */

int rqa__tiles_worker_main(void *run, size_t job, unsigned worker);
static inline int rqa__tiles_is_stopped(const rqa__tiles_run *run)
{
    return atomic_load_explicit(&run->status, memory_order_relaxed) != 0 ||
           rqa__is_cancelled(run->call->cancel);
}

/* ---- engine_tiles_close.c ---- */

/* Ends the runs under way, adds up the workers, calls the sink. */
int rqa__tiles_finish(rqa__tiles_run *run, uint32_t dim_index, uint32_t threshold_index,
                      rqa__tally_sink sink, void *user);

#endif
