/* engine_bits_internal.h - what the files of the single-analysis engine share. */
#ifndef RQA_BACKEND_ENGINE_BITS_INTERNAL_H
#define RQA_BACKEND_ENGINE_BITS_INTERNAL_H

#include "backend/engine_bits.h"
#include "base/look.h"
#include "lines/part.h"

/* Rows worked on at a time, the widest strip, and the columns whose terms stay in L1. */
enum { RQA__BITS_ROWS = 64, RQA__BITS_WIDEST = 4096, RQA__BITS_PANEL = 1024 };

/* Not a power of two, so that the rows of a panel do not share cache sets. */
enum { RQA__BITS_PANEL_STRIDE = RQA__BITS_PANEL + 32 };

/* Rows of terms of a rectangle that are evaluated at a time. */
enum { RQA__BITS_AHEAD = 4 };

/* The same, where terms of so many columns more are wanted. */
static inline size_t rqa__bits_panel_stride(size_t more)
{
    return RQA__BITS_PANEL_STRIDE + (more + 63) / 64 * 64;
}

/* Words from one row of bits to the next; the kernels read ahead by up to nine words. */
static inline size_t rqa__bits_stride(size_t width)
{
    return (width + 511) / 512 * 8 + 8;
}

/* Columns before and after a series that may be read (never believed). */
enum { RQA__BITS_PAD = RQA__BITS_WIDEST + 128 };

/* rank_bound, or lo and hi, of a row that has a bound of its own. */
typedef union rqa__bits_row_band {
    double rank_bound;
    struct {
        int32_t lo, hi;
    } sum;
} rqa__bits_row_band;

/* One distance field (joint analysis has two): a pair of sides made ready for fast bits. */
typedef struct rqa__bits_field {
    uint32_t norm;
    uint32_t n_channels;
    size_t delay_x, delay_y;
    const double *const *x;
    const double *const *y;
    size_t n_x, n_y; /* samples */
    size_t pad;      /* columns before the first */
    size_t n_padded;
    uint32_t dim; /* the query in force */
    double bound;
    int by_rank; /* else by sums */
    /* Ranks: windows of the padded column axis, `hop` apart, [channel][window][window_size]. */
    size_t window_size, hop, n_windows;
    uint16_t *rank;
    double *sorted;
    uint32_t *n_sorted;
    double rank_bound;
    /* Sums: samples as 16-bit integers; the y side padded. */
    int16_t *q_x, *q_y;
    int term; /* RQA__BITS_*SQUARE or _ABSOLUTE */
    int missing;
    int32_t lo, hi; /* T <= lo: recurs, T > hi: does not, between: ask the double sum */
    double scale;   /* of T; 0: the band asks every sum */
    const double *own; /* the bound of each row, none above `bound`; or NULL */
    rqa__bits_row_band *row; /* [vectors of x] what becomes of them */
    size_t n_rows_allocated;
    const struct rqa__bits_field *low; /* takes cells away again; or NULL */
    const uint32_t *last; /* of each row: up to this column it takes none; or NULL */
} rqa__bits_field;

/* A worker's rolling memory of single-sample rows for one field. */
typedef struct rqa__bits_ring {
    size_t n_rows; /* power of two; 0: every row is evaluated directly */
    size_t ready;  /* rows below this have been evaluated */
    size_t n_allocated;
    void *memory;
} rqa__bits_ring;

typedef struct rqa__bits_strip {
    int64_t first; /* offset j - i of bit 0 */
    size_t width;
    size_t row_begin, row_end;
    unsigned weight_points, weight_diagonal; /* 0: not counted; 2: stands for both sides */
    int vertical;
    int below_band;   /* the first strip under the Theiler band of a cross matrix */
    int64_t after; /* the strip that hands over its runs, or -1 */
} rqa__bits_strip;

typedef struct rqa__bits_progress {
    _Alignas(64) atomic_size_t rows; /* all rows below this are done */
} rqa__bits_progress;

struct rqa__bits_run;

typedef struct rqa__bits_worker {
    struct rqa__bits_run *run;
    rqa__bits_ring ring[2];
    uint64_t *tile; /* row -1, then RQA__BITS_ROWS rows */
    uint64_t *spare, *maybe; /* one row */
    uint64_t *low; /* a tile of cells to be taken away; where the task has limits */
    uint64_t *scratch;
    uint32_t *diagonal;
    uint64_t *hist_diagonal, *hist_vertical, *hist_time; /* short runs */
    uint64_t *total_diagonal;
    uint32_t *below, *upto; /* rank bounds of a block of rows */
    uint16_t *sum;
    const void **rows;
    uint64_t points, gap_sum, rare_points;
    const rqa__bits_strip *strip; /* in hand */
} rqa__bits_worker;

/* Where the lines of a part leave it, see rqa__edges; without `head` where that is not wanted. */
typedef struct rqa__bits_edges {
    rqa__part_lines diagonals; /* by offset j - i */
    rqa__part_lines columns;
} rqa__bits_edges;

/* Which vectors touch a missing sample; of a task that counts what they cut, else without arrays. */
typedef struct rqa__bits_absent {
    uint8_t *x, *y; /* by vector: of a joint task both the same */
    uint32_t *cuts; /* [n_y] how many of y there are up to this one */
    uint64_t *bits; /* those of y, as columns of bits */
    int is_filled;  /* their cells are set */
    rqa__task white_task, rest_task;
} rqa__bits_absent;

/* One analysis: everything the workers share. */
typedef struct rqa__bits_run {
    const rqa__task *task;
    const rqa__bits_kernels *kernels;
    const rqa__parallel *parallel;
    const atomic_int *cancel, *stop; /* either ends it; may be NULL */
    unsigned n_workers;
    rqa__bits_field field[2];
    rqa__bits_field low[2]; /* what limits take away from them */
    unsigned n_fields;
    size_t n_x, n_y; /* vectors */
    size_t first, end;      /* rows of bits: all vectors of x, or those of a part */
    rqa__bits_edges *edges; /* of a part; NULL: its lines end where the matrix does */
    int symmetric;
    int upper_only;
    size_t widest, stride;
    uint32_t limit; /* runs shorter than this are counted per worker */
    rqa__bits_strip *strip;
    size_t n_strips;
    rqa__bits_progress *progress;
    atomic_size_t next_strip;
    atomic_int status;
    uint32_t *column, *row;             /* runs under way */
    uint32_t *column_start, *row_start; /* last line started, plus one */
    uint32_t *column_first, *row_first; /* of a part: the first one */
    uint64_t cut_sum;                   /* what a part of a symmetric matrix gives as its gap_sum */
    uint8_t *edge;
    rqa__bits_absent absent;
    uint64_t *offset_points;
    size_t n_lengths;
    atomic_uint_least64_t *diagonal_lines, *vertical_lines, *white_inner, *white_border, *time;
    rqa__bits_worker *worker;
} rqa__bits_run;

/* ---- engine_bits.c ---- */

/* Makes ready what the bits of a task come from; closed even if that fails. 0 or a status. */
int rqa__bits_open(rqa__bits_run *run, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel);
void rqa__bits_close(rqa__bits_run *run);
/* The bits are those of this dim and threshold from now on, in all rows. 0, RQA_ERROR_MEMORY or
 * RQA_ERROR_CANCELLED. */
int rqa__bits_query(rqa__bits_run *run, uint32_t dim_index, uint32_t threshold_index);
/* The tally of the rows [first, end) to the sink, as the query has it. 0, RQA_ERROR_MEMORY,
 * RQA_ERROR_CANCELLED or what the sink returned. */
int rqa__bits_rows(rqa__bits_run *run, uint32_t dim_index, uint32_t threshold_index,
                   rqa__tally_sink sink, void *user);

/* Whether the run is to end: it was cancelled, or a worker has failed. */
static inline int rqa__bits_is_stopped(const rqa__bits_run *run)
{
    return atomic_load_explicit(&run->status, memory_order_relaxed) != 0 ||
           rqa__is_cancelled(run->cancel) || rqa__is_cancelled(run->stop);
}

/* Of the points per offset, in the square that both series span. */
static inline size_t rqa__bits_n_offsets(const rqa__bits_run *run)
{
    return rqa__n_offsets(run->task->relation, run->n_x, run->n_y);
}

/* ---- engine_bits_field.c: bits from distances ---- */

/* Those of the task's distances, and of its limits. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_fields_create(rqa__bits_run *run);
void rqa__bits_fields_destroy(rqa__bits_run *run);
/* Readies the field for one dim and bound. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_field_query(const rqa__bits_run *run, rqa__bits_field *f, uint32_t dim, double bound);
/* The same for field k of the run, with the limits that the task has for it. */
int rqa__bits_field_query_limited(rqa__bits_run *run, unsigned k, uint32_t dim, double bound);
/* Another bound for one row of a field whose query has bounds of rows. */
void rqa__bits_field_set_row(rqa__bits_field *f, size_t row, double bound);
/* Rows of memory that the query wants in a ring, given the width of the strips. */
size_t rqa__bits_ring_rows(const rqa__bits_field *f, size_t width);
size_t rqa__bits_ring_bytes(const rqa__bits_field *f, size_t n_rows, size_t width);

/* ---- engine_bits_sums.c ---- */

/* The samples and the band for the query in force. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_query_sums(const rqa__bits_run *run, rqa__bits_field *f);
/* The band of sums for another bound on the same samples. */
void rqa__bits_sum_band(const rqa__bits_field *f, double bound, int32_t *lo, int32_t *hi);

/* ---- engine_bits_fold.c: wide gaps in the data made short ---- */

/* Stretches and channels at most: 1 MiB, as much as ranks sort in. */
enum { RQA__BITS_STRETCHES = 4096, RQA__BITS_FOLDED_CHANNELS = 16 };

/* Samples from `low` up to the next stretch are moved as one: low to `at`. */
typedef struct rqa__bits_stretch {
    double low, at;
} rqa__bits_stretch;

typedef struct rqa__bits_folded {
    size_t n;
    double length; /* the numbers go to 0 .. length */
    rqa__bits_stretch stretch[RQA__BITS_STRETCHES];
} rqa__bits_folded;

/* Folds the channels, whose least samples and half ranges are given, for differences up to `reach`:
 * those of two stretches become 1.25 * reach at least. *out is for the caller to free; NULL where it
 * would not pay. 0 or RQA_ERROR_CANCELLED. */
int rqa__bits_fold(const rqa__bits_run *run, const rqa__bits_field *f, double reach,
                   const double *low, const double *half, rqa__bits_folded **out);
/* Where a number of the channel goes; NaN stays. */
double rqa__bits_fold_sample(const rqa__bits_folded *channel, double v);

/* ---- engine_bits_tile.c ---- */

/* Bits of rows [row, row + n_rows) of field `k` to the worker's tile; and-ed if k > 0. 0 or
 * RQA_ERROR_CANCELLED. */
int rqa__bits_tile(rqa__bits_worker *w, unsigned k, const rqa__bits_strip *s, size_t row,
                   size_t n_rows, size_t n_words);

/* A rectangle of the matrix: bit b of word k of row r is pair (row + r, 64 * (first_word + k) + b),
 * in out[r * stride + k]; anything past the last column. */
typedef struct rqa__bits_area {
    size_t row, n_rows;
    size_t first_word, n_words;
    uint64_t *out;
    size_t stride;
} rqa__bits_area;

/* The same of a rectangle: by ranks of RQA__BITS_ROWS rows at most, by sums of RQA__BITS_PANEL
 * columns. A ring has rows for the span of a vector and RQA__BITS_AHEAD, with its lags beside them. */
int rqa__bits_rectangle(rqa__bits_worker *w, unsigned k, const rqa__bits_area *area);

/* ---- engine_bits_strip.c ---- */

int rqa__bits_plan_strips(rqa__bits_run *run);
/* Words of row i that hold cells of the strip, and the row without any other bits. */
size_t rqa__bits_words(const rqa__bits_run *run, const rqa__bits_strip *s, size_t i);
void rqa__bits_trim(const rqa__bits_run *run, const rqa__bits_strip *s, uint64_t *row, size_t i,
                    size_t n_words);
int rqa__bits_worker_main(void *run, size_t job, unsigned worker);
void rqa__bits_rare(void *worker, int kind, uint32_t index, uint32_t *state);

/* ---- engine_bits_absent.c: what missing samples cut ---- */

/* Room for all dims, closed even if that fails; and what a dim has. */
int rqa__bits_absent_open(rqa__bits_run *run);
void rqa__bits_absent_close(rqa__bits_run *run);
void rqa__bits_absent_query(rqa__bits_run *run, uint32_t dim_index);
size_t rqa__bits_absent_memory(const rqa__task *task);
/* Sets the cells of row i that are absent. */
void rqa__bits_absent_fill(const rqa__bits_run *run, const rqa__bits_strip *s, uint64_t *row,
                           size_t i, size_t n_words);
/* rqa__bits_rows() with white lines counted by themselves. */
int rqa__bits_absent_rows(rqa__bits_run *run, uint32_t dim_index, uint32_t threshold_index,
                          rqa__tally_sink sink, void *user);

/* ---- engine_bits_edges.c: what a part has besides its counts ---- */

/* Begins the diagonals of a strip as the part does. */
void rqa__bits_begin_edges(rqa__bits_worker *w, const rqa__bits_strip *s);
/* rqa__bits_rare() of a part. */
void rqa__bits_rare_of_part(void *worker, int kind, uint32_t index, uint32_t *state);
/* Around the extraction of a block, which counts the lines that reach the last row of the matrix
 * as if they ended there: makes them tails instead. */
void rqa__bits_diagonals_leave(rqa__bits_worker *w, const rqa__bits_strip *s, size_t row,
                               size_t n_rows);
void rqa__bits_rows_leave(rqa__bits_worker *w, const rqa__bits_strip *s, size_t row, size_t n_rows);
/* Tails of the diagonals of a strip that is done. */
void rqa__bits_end_edges(rqa__bits_worker *w, const rqa__bits_strip *s);

/* ---- engine_bits_close.c ---- */

/* Ends the runs of row i above the band of a cross matrix and begins anew below it. */
void rqa__bits_cut_row(rqa__bits_worker *w, size_t i);
/* Ends every run that is still under way, adds up the workers, calls the sink. */
int rqa__bits_finish(rqa__bits_run *run, uint32_t dim_index, uint32_t threshold_index,
                     rqa__tally_sink sink, void *user);

#endif
