/* engine_tiles_state.h - what the files of the engine of tiles share. */
#ifndef RQA_BACKEND_ENGINE_TILES_STATE_H
#define RQA_BACKEND_ENGINE_TILES_STATE_H

#include "backend/engine_tiles.h"
#include "base/carve.h"
#include "base/look.h"

enum {
    RQA__TILES_TERMS = 64,   /* of a sum, at most */
    RQA__TILES_WINDOW = 256, /* the widest Theiler window: tiles within are all looked at */
    RQA__TILES_PHASES = 8,   /* where in a tile a delayed sample may come to lie */
    RQA__TILES_SHORT = 4097  /* runs that workers count by themselves are shorter */
};

/* Bounds that a scale of 16 bits is found for. */
#define RQA__TILES_LEAST 1e-280
#define RQA__TILES_MOST 1e280

/* A side of a distance, in sizes. */
typedef struct rqa__tiles_series {
    size_t n_samples, delay;
    size_t n_boxes; /* of a channel and phase */
    uint32_t n_channels, dim;
} rqa__tiles_series;

/* What all sizes follow from. */
typedef struct rqa__tiles_shape {
    size_t n_x, n_y;  /* vectors: of rows, and of columns */
    int is_triangle;  /* of a symmetric matrix, from the main diagonal on; else all of one */
    size_t n_rows;    /* tiles that hold the rows; where all are, up to the one that diagonals have ended
                         before */
    size_t n_columns; /* tiles up to the one that all runs have ended before */
    unsigned n_sides, n_fields;
    rqa__tiles_series side[2];
    size_t widest;    /* tiles of the widest strip, in 64s */
    size_t room;      /* of what is kept by its active tiles */
    size_t n_lengths; /* of a histogram */
    uint32_t tallies;
    int cuts; /* whether missing samples cut what is counted */
    unsigned n_workers;
} rqa__tiles_shape;

/* Tiles that touch a Theiler window, on one side of the main diagonal. */
enum { RQA__TILES_BAND = RQA__TILES_WINDOW / 8 + 3 };

/* Cells beyond the windows. */
typedef struct rqa__tiles_beyond {
    uint64_t points, diagonal, vertical;
} rqa__tiles_beyond;

typedef struct rqa__tiles_band {
    size_t n; /* tiles to the right of the main diagonal that are always looked at, and it; those to the
                 left likewise where the matrix has them. 0: none */
    rqa__tiles_beyond tile[2 * RQA__TILES_BAND]; /* by tiles to the right, from -RQA__TILES_BAND on */
    uint64_t below;        /* what counts as recurrent below `vertical`: ~0 or 0 */
    size_t first_diagonal; /* offset */
} rqa__tiles_band;

typedef struct rqa__tiles_strip {
    size_t first, n; /* tiles */
} rqa__tiles_strip;

typedef struct rqa__tiles_progress {
    _Alignas(64) atomic_size_t rows; /* all rows of tiles below this are done */
} rqa__tiles_progress;

/* A side's samples as 16-bit integers, with their boxes, and where those of each term begin. */
typedef struct rqa__tiles_side {
    const double **sample;            /* [n_terms] */
    const int16_t **q, **low, **high; /* [n_terms], those of the field */
    int16_t *samples;                 /* [n_channels][...] */
    int16_t *box[RQA__TILES_PHASES];  /* [n_channels][2][n_boxes], or NULL */
} rqa__tiles_side;

/* A distance: between two sides, or of one with itself. A joint analysis has two. */
typedef struct rqa__tiles_distance {
    rqa__tiles_field field;
    const rqa__tiles_side *x, *y; /* of rows, and of columns */
    double bound, sure_bound;     /* pairs above the one do not recur, those up to the other do: equal in
                                     an analysis */
} rqa__tiles_distance;

/* A row of tiles in a strip. */
typedef struct rqa__tiles_row {
    const rqa__tiles_strip *strip;
    size_t row;
    size_t begin;     /* first tile of the strip that is looked at */
    int has_diagonal; /* that is the one on the main diagonal, where columns become rows */
    size_t n_words;
    uint64_t left_diagonal, left_row; /* the tile to the left of the strip */
    uint8_t corner;                   /* last row of the one above it */
    size_t n;                         /* active tiles, */
    size_t band_begin, band_end;      /* and which of them are in the band */
} rqa__tiles_row;

struct rqa__tiles_run;

typedef struct rqa__tiles_worker {
    struct rqa__tiles_run *run;
    uint64_t *hist_diagonal, *hist_vertical, *hist_time; /* short runs */
    uint32_t *new_diagonal[2], *new_vertical[2];         /* those of some rows of tiles, with the */
    uint32_t *new_bytes_diagonal, *new_bytes_vertical; /* bytes of more than one change */
    uint64_t *bytes_diagonal, *bytes_vertical;           /* [512] */
    uint32_t *column, *column_start;                     /* runs under way in the strip */
    uint8_t *last;          /* last rows of tiles; [-1]: of the strip to the left */
    uint8_t *last_diagonal; /* of those in the band, as diagonals count them */
    uint16_t *tile, *open_at, *which;
    uint64_t *cells, *diagonal, *row, *doubt;
    uint64_t *other; /* the cells of a second distance */
    uint8_t *above, *above_left, *follows, *left_full;
    rqa__tiles_list to_column, to_diagonal, to_row;
    uint64_t full[RQA__TILES_WIDEST / 64], open[RQA__TILES_WIDEST / 64];
    uint64_t active[RQA__TILES_WIDEST / 64];
    uint64_t stale[RQA__TILES_WIDEST / 64]; /* not active, and not of the colour of the tile above */
    uint64_t points; /* on one side, modulo 2^64 */
    uint64_t gap_sum;
} rqa__tiles_worker;

typedef struct rqa__tiles_run {
    const rqa__tiles_call *call;
    const rqa__task *task;
    rqa__tiles_shape shape;
    rqa__tiles_side side[2];
    rqa__tiles_distance distance[2];
    unsigned weight; /* of what lies on one side */
    uint8_t *absent_x, *absent_y; /* by tile: vectors that are missing, or past the last */
    uint64_t *some_absent, *all_absent; /* by tile of columns, a bit each */
    size_t n_present;
    uint32_t *cuts; /* [n_y + 1] missing vectors before each; or NULL, as the next */
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
    uint32_t *row, *row_start; /* by row: of a triangle those of columns, from the main diagonal on */
    uint64_t *edge_diagonal, *edge_row; /* the last tile of a row in the strip to the left */
    uint64_t *offset_points;
    atomic_uint_least64_t *diagonal_lines, *vertical_lines, *white_inner, *white_border, *time;
    rqa__tiles_worker *worker;
    uint8_t *memory; /* all of it, the field first */
    size_t n_bytes, n_field_bytes, n_cleared_bytes; /* of it; cleared once there is to be a tally */
} rqa__tiles_run;

/* ---- engine_tiles_layout.c ---- */

rqa__tiles_shape rqa__tiles_shape_of(const rqa__task *task, uint32_t dim_index, unsigned n_workers);
/* What the field takes of a block, from its beginning; the bytes of it. */
size_t rqa__tiles_lay_out_field(rqa__tiles_run *run, uint8_t *base);
/* All that a run of the shape holds, in one block, or only measured (NULL); the bytes of it. */
size_t rqa__tiles_lay_out(rqa__tiles_run *run, uint8_t *base);
/* What is counted, once it is to be: a task that is declined touches none of it. */
void rqa__tiles_clear(rqa__tiles_run *run);

/* ---- engine_tiles_field.c ---- */

/* The filter, its boxes and what is missing, of a run that has its task, shape and bounds and is laid
 * out. Whether it can decide anything. */
int rqa__tiles_field_make(rqa__tiles_run *run);

/* ---- engine_tiles_look.c ---- */

/* Whether tiles are full, or open, in 8 words at most: of a joint analysis both fields must be full. */
void rqa__tiles_decide(const rqa__tiles_run *run, const rqa__tiles_words *words);
/* The cells of the active tiles of a row, of which n_open are open. */
void rqa__tiles_find_cells(rqa__tiles_worker *w, const rqa__tiles_row *l, size_t n_open);
/* What a few tiles tell of all, to a tile: the share that stays open, and in those the cells in doubt
 * and the changes along diagonals, columns and rows; and those at runs of a colour of more than
 * RQA__TILES_LONG cells. */
enum { RQA__TILES_LONG = 5 };
typedef struct rqa__tiles_looks {
    double open, doubts, changes, long_black, long_white;
} rqa__tiles_looks;

rqa__tiles_looks rqa__tiles_look(const rqa__tiles_run *run);

/* ---- engine_tiles_plan.c ---- */

void rqa__tiles_plan_strips(rqa__tiles_run *run);
void rqa__tiles_band_make(rqa__tiles_run *run);
/* The cells of a tile, `right` tiles from the main diagonal, whose offset is at least `window`. */
uint64_t rqa__tiles_cells_beyond(size_t right, size_t window);
static inline const rqa__tiles_beyond *rqa__tiles_beyond_of(const rqa__tiles_run *run,
                                                            const rqa__tiles_row *l, size_t tile)
{
    return &run->band.tile[RQA__TILES_BAND + l->strip->first + tile - l->row];
}

/* ---- engine_tiles_band.c ---- */

/* Bits r of a column of cells to every byte r, and those of a row to every byte. */
static inline uint64_t rqa__tiles_in_every_row(uint8_t columns)
{
    return columns * UINT64_C(0x0101010101010101);
}

static inline uint64_t rqa__tiles_in_every_column(uint8_t rows)
{
    uint64_t cells = 0;
    for (unsigned r = 0; r < 8; r++)
        cells |= (rows >> r & 1 ? UINT64_C(255) : 0) << 8 * r;
    return cells;
}

static inline uint64_t rqa__tiles_bits_from(size_t k)
{
    return k >= 64 ? 0 : ~UINT64_C(0) << k;
}

/* Bits [begin, end) of word k of a row of bits. */
static inline uint64_t rqa__tiles_bits_within(size_t k, size_t begin, size_t end)
{
    const uint64_t from = begin <= 64 * k ? ~UINT64_C(0) : rqa__tiles_bits_from(begin - 64 * k);
    const uint64_t past = end <= 64 * k ? ~UINT64_C(0) : rqa__tiles_bits_from(end - 64 * k);
    return from & ~past;
}

/* The tiles of a strip that are in the band, from *begin up to the end that is returned. */
size_t rqa__tiles_find_band(const rqa__tiles_run *run, const rqa__tiles_row *l, size_t *begin);
/* What each direction counts of the active tiles in the band. The cells become those of columns. */
void rqa__tiles_apply_band(rqa__tiles_worker *w, rqa__tiles_row *l);
/* The columns that end in the tile on the main diagonal become rows. */
void rqa__tiles_turn_columns(rqa__tiles_worker *w, const rqa__tiles_row *l);
/* rqa__tiles_runs of rows that the removed band of all of a matrix crosses in this strip, or may. */
void rqa__tiles_runs_around_band(rqa__tiles_worker *w, const rqa__tiles_row *l,
                                 const rqa__tiles_runs *r);
/* Points of diagonals in the square that both series span, before the runs of them end. */
void rqa__tiles_points_in_square(const rqa__tiles_run *run, const rqa__tiles_runs *r, ptrdiff_t offset);

/* ---- engine_tiles_count.c ---- */

/* As rqa__tiles_runs calls it: `index` is 2 * length - colour and RQA__BITS_BORDER, or a time. */
void rqa__tiles_rare(void *worker, int kind, uint32_t index);
/* What a white run, 2 * start and RQA__BITS_BORDER, comes to where missing vectors cut it. */
void rqa__tiles_split(void *worker, uint32_t run, uint32_t end);
/* The same where they may. */
void rqa__tiles_end_white(rqa__tiles_worker *w, uint32_t run, uint32_t end);

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
