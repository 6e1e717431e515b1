/* engine_bits_state.h - what the files of the single-analysis engine share. */
#ifndef RQA_BACKEND_ENGINE_BITS_STATE_H
#define RQA_BACKEND_ENGINE_BITS_STATE_H

#include "backend/engine_bits.h"
#include "base/carve.h"
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
    int has_sums;
    int16_t *q_x, *q_y;
    int term; /* RQA__BITS_*SQUARE or _ABSOLUTE */
    int missing;
    int32_t lo, hi; /* T <= lo: recurs, T > hi: does not, between: ask the double sum */
    double scale;   /* of T; 0: the band asks every sum */
    const double *own; /* the bound of each row, none above `bound`; or NULL */
    rqa__bits_row_band *row; /* [n_rows] what becomes of them */
    size_t n_rows;           /* vectors of x at the lowest dim, where there may be limits */
    const struct rqa__bits_field *low; /* takes cells away again; or NULL */
    const uint32_t *last; /* of each row: up to this column it takes none; or NULL */
    const rqa__listed *listed; /* what all of these come to; or NULL */
    const rqa__cells *cells; /* takes cells away too; or NULL */
    const rqa__given *given; /* in place of all of these; or NULL */
    void *memory;            /* of all that is its own */
} rqa__bits_field;

/* The fields of a task. */
typedef struct rqa__bits_fields {
    const rqa__task *task;
    unsigned n; /* a joint task has two */
    rqa__bits_field field[2];
    rqa__bits_field low[2]; /* what limits take away from them; without memory where they do not */
} rqa__bits_fields;

/* What ends a run before it is done. */
typedef struct rqa__bits_halt {
    const atomic_int *cancel, *stop; /* either, from outside; may be NULL */
    atomic_int status;               /* of a worker that failed */
} rqa__bits_halt;

static inline int rqa__bits_is_stopped(const rqa__bits_halt *halt)
{
    return atomic_load_explicit(&halt->status, memory_order_relaxed) != 0 ||
           rqa__is_cancelled(halt->cancel) || rqa__is_cancelled(halt->stop);
}

/* A worker's rolling memory of single-sample rows for one field. */
typedef struct rqa__bits_ring {
    size_t n_rows; /* power of two; 0: every row is evaluated directly */
    size_t ready;  /* rows below this have been evaluated */
    void *memory;
} rqa__bits_ring;

struct rqa__bits_input;

/* What a worker makes bits in. */
typedef struct rqa__bits_worker {
    const struct rqa__bits_input *input;
    rqa__bits_ring ring[2];
    uint64_t *tile; /* row -1, then RQA__BITS_ROWS rows */
    uint64_t *spare, *maybe; /* one row */
    uint64_t *low;           /* a tile of cells to be taken away; where the task has limits */
    uint32_t *below, *upto; /* rank bounds of a block of rows */
    uint16_t *sum;
    const void **rows;
} rqa__bits_worker;

/* Which vectors touch a missing sample; of a task that counts what they cut, else without arrays. */
typedef struct rqa__bits_absent {
    uint8_t *x, *y; /* by vector: of a joint task both the same */
    uint32_t *cuts; /* [n_y] how many of y there are up to this one */
    uint64_t *bits; /* those of y, as columns of bits */
    void *memory;
} rqa__bits_absent;

/* What bits come from. It changes with the query, never during a run. */
typedef struct rqa__bits_input {
    const rqa__task *task;
    const rqa__bits_kernels *kernels;
    const rqa__parallel *parallel;
    rqa__bits_halt halt;
    unsigned n_workers;
    int symmetric;
    size_t widest, stride; /* of a strip; words of a row of it */
    size_t n_x, n_y;       /* vectors, at the dim of the query */
    rqa__bits_fields fields;
    rqa__bits_absent absent;
    rqa__bits_worker *worker;
    void *memory; /* the workers' */
} rqa__bits_input;

typedef struct rqa__bits_strip {
    int64_t first; /* offset j - i of bit 0 */
    size_t width;
    size_t row_begin, row_end;
    unsigned weight_points, weight_diagonal; /* 0: not counted; 2: stands for both sides */
    int vertical;
    int below_band; /* the first strip under the Theiler band of a cross matrix */
    int64_t after;  /* the strip that hands over its runs, or -1 */
} rqa__bits_strip;

typedef struct rqa__bits_progress {
    _Alignas(64) atomic_size_t rows; /* all rows below this are done */
} rqa__bits_progress;

/* Where the lines of a part leave it, see rqa__edges; without `head` where that is not wanted. */
typedef struct rqa__bits_edges {
    rqa__part_lines diagonals; /* by offset j - i */
    rqa__part_lines columns;
    uint64_t cut_sum; /* out: what a part of a symmetric matrix gives as its gap_sum */
} rqa__bits_edges;

/* Which tally is asked for: one dim and threshold, in some rows of bits. */
typedef struct rqa__bits_request {
    uint32_t dim_index, threshold_index; /* those of the query, for the sink */
    const rqa__task *task;  /* what is counted, of the query's cells, and from which offsets on */
    size_t first, end;      /* rows: all vectors of x, or those of a part */
    rqa__bits_edges *edges; /* of a part; NULL: its lines end where the matrix does */
    int fills_absent;       /* the cells of missing vectors are set */
} rqa__bits_request;

/* Sizes, and the strips of a request. */
typedef struct rqa__bits_plan {
    size_t n_lengths;
    uint32_t limit;           /* runs shorter than this are counted per worker */
    int upper_only, mirrored; /* of a symmetric matrix one side, or both */
    size_t n_runs, n_columns; /* of rows, and of columns up to the main diagonal */
    size_t n_starts[2];       /* where times are wanted; the second: where a part is */
    size_t n_offsets;
    size_t n_strips; /* until they are cut: at most */
    rqa__bits_strip *strip;
    rqa__bits_progress *progress; /* of each */
} rqa__bits_plan;

/* What a run produces, and the runs of cells under way; NULL where they are not wanted. */
typedef struct rqa__bits_counts {
    uint32_t *column, *row;
    uint32_t *column_start, *row_start; /* last line started, plus one */
    uint32_t *column_first, *row_first; /* of a part: the first one */
    uint8_t *edge;
    uint64_t *offset_points;
    atomic_uint_least64_t *diagonal_lines, *vertical_lines, *white_inner, *white_border, *time;
} rqa__bits_counts;

struct rqa__bits_run;

/* What a worker counts by itself, from the bits it made. */
typedef struct rqa__bits_counter {
    struct rqa__bits_run *run;
    rqa__bits_worker *bits;
    const rqa__bits_strip *strip; /* in hand */
    uint64_t *scratch;
    uint32_t *diagonal;
    size_t n_counts; /* of the next four, one after the other: short runs */
    uint64_t *hist_diagonal, *hist_vertical, *total_diagonal, *hist_time;
    uint64_t points, gap_sum, rare_points;
} rqa__bits_counter;

/* The lines of one request: what it reads, what it does when, what comes out. */
typedef struct rqa__bits_run {
    rqa__bits_input *input;
    rqa__bits_request request;
    rqa__bits_plan plan;
    rqa__bits_counts counts;
    rqa__bits_counter *counter; /* [n_workers] */
    struct rqa__bits_eroded *eroded; /* lines counted by windows, engine_bits_eroded_state.h; or NULL */
    atomic_size_t next_strip;
    void *memory; /* the counters' */
} rqa__bits_run;

/* ---- engine_bits_field.c: bits from distances ---- */

/* The fields of a task, with its limits, on these threads (NULL: this one). Destroyed even if that
 * fails. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_fields_create(rqa__bits_fields *fields, const rqa__task *task,
                            const rqa__parallel *parallel, const atomic_int *cancel);
void rqa__bits_fields_destroy(rqa__bits_fields *fields);
/* The sizes alone of what the task gets, whose bounds and limits may be to come. */
void rqa__bits_fields_measure(rqa__bits_fields *fields, const rqa__task *task);
/* Bytes that fields hold and that their queries take besides. */
size_t rqa__bits_fields_bytes(const rqa__bits_fields *fields, unsigned n_workers);
/* Readies field k for one dim and bound, with the limits that the task has for it; n_rows: vectors
 * of x at that dim. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_fields_query(rqa__bits_fields *fields, unsigned k, uint32_t dim, double bound,
                           size_t n_rows, const rqa__bits_halt *halt);
/* Another bound for one row of a field whose query has bounds of rows. */
void rqa__bits_field_set_row(rqa__bits_field *f, size_t row, double bound);
/* Rows of memory that the query wants in a ring, given the width of the strips. */
size_t rqa__bits_ring_rows(const rqa__bits_field *f, size_t width);
/* Bytes for whichever query of the task's dims. */
size_t rqa__bits_ring_bytes(const rqa__bits_fields *fields, unsigned k, size_t width);

/* ---- engine_bits_ranks.c ---- */

/* The sizes of a field's ranks, and the channels and windows that are ranked apart. */
void rqa__bits_ranks_measure(rqa__bits_field *f);
size_t rqa__bits_n_ranked(const rqa__bits_field *f);
/* Ranks in the memory that the field has for them, on these threads (NULL: this one). 0,
 * RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_ranks_make(rqa__bits_field *f, const rqa__parallel *parallel,
                         const atomic_int *cancel);
/* Bytes that takes besides. */
size_t rqa__bits_ranks_bytes(const rqa__bits_field *f, unsigned n_workers);

/* ---- engine_bits_sums.c ---- */

/* The samples and the band for the query in force. 0, RQA_ERROR_MEMORY or RQA_ERROR_CANCELLED. */
int rqa__bits_query_sums(rqa__bits_field *f, const rqa__bits_halt *halt);
/* Bytes that takes at most, besides the field's own. */
size_t rqa__bits_sums_bytes(const rqa__bits_field *f);
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
int rqa__bits_fold(const rqa__bits_field *f, double reach, const double *low, const double *half,
                   const rqa__bits_halt *halt, rqa__bits_folded **out);
/* Bytes that takes at most. */
size_t rqa__bits_fold_bytes(const rqa__bits_field *f);
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

/* ---- engine_bits_absent.c: what missing samples cut ---- */

/* Room for all dims, closed even if that fails; and what a dim has. */
int rqa__bits_absent_open(rqa__bits_absent *absent, const rqa__task *task);
void rqa__bits_absent_close(rqa__bits_absent *absent);
void rqa__bits_absent_query(rqa__bits_input *input, uint32_t dim_index);
size_t rqa__bits_absent_bytes(const rqa__task *task);
/* Sets the cells of row i that are absent. */
void rqa__bits_absent_fill(const rqa__bits_absent *absent, const rqa__bits_strip *s, uint64_t *row,
                           size_t i, size_t n_words);

/* ---- engine_bits_input.c: what bits come from ---- */

/* Makes ready what the bits of a task come from; closed even if that fails. 0 or a status. */
int rqa__bits_open(rqa__bits_input *input, const rqa__task *task, const rqa__bits_kernels *kernels,
                   const rqa__parallel *parallel, const atomic_int *cancel);
void rqa__bits_close(rqa__bits_input *input);
/* Its sizes alone, at the first dim; and the bytes it takes, queries and all. */
void rqa__bits_measure(rqa__bits_input *input, const rqa__task *task, unsigned n_workers);
size_t rqa__bits_bytes(const rqa__bits_input *input);
/* The vectors of a dim, and nothing else. */
void rqa__bits_set_dim(rqa__bits_input *input, uint32_t dim_index);
/* The bits are those of this dim and threshold from now on, in all rows. 0, RQA_ERROR_MEMORY or
 * RQA_ERROR_CANCELLED. */
int rqa__bits_query(rqa__bits_input *input, uint32_t dim_index, uint32_t threshold_index);
/* Words of row i that hold cells of the strip, and the row without any other bits. */
size_t rqa__bits_words(const rqa__bits_input *input, const rqa__bits_strip *s, size_t i);
void rqa__bits_trim(const rqa__bits_input *input, const rqa__bits_strip *s, uint64_t *row, size_t i,
                    size_t n_words);

/* ---- engine_bits_plan.c: sizes and strips ---- */

/* What the counters of all workers need, at the lowest dim; and where they lie in a block, or in
 * one that is only measured: its bytes. */
void rqa__bits_plan_counters(rqa__bits_run *run);
size_t rqa__bits_lay_out_counters(rqa__bits_run *run, uint8_t *base);
/* The same of the counts of a request, the first n_zeroed bytes of which begin as 0. */
void rqa__bits_plan_request(rqa__bits_run *run, const rqa__bits_request *request);
size_t rqa__bits_lay_out_counts(rqa__bits_run *run, uint8_t *base, size_t *n_zeroed);
/* Cuts the offsets into strips. */
void rqa__bits_plan_strips(rqa__bits_run *run);

/* ---- engine_bits_rare.c: long runs, and what they are ---- */

void rqa__bits_rare(void *counter, int kind, uint32_t index, uint32_t *state);

/* ---- engine_bits_edges.c: what a part has besides its counts ---- */

/* Begins the diagonals of a strip as the part does. */
void rqa__bits_begin_edges(rqa__bits_counter *w, const rqa__bits_strip *s);
/* rqa__bits_rare() of a part. */
void rqa__bits_rare_of_part(void *counter, int kind, uint32_t index, uint32_t *state);
/* Around the extraction of a block, which counts the lines that reach the last row of the matrix
 * as if they ended there: makes them tails instead. */
void rqa__bits_diagonals_leave(rqa__bits_counter *w, const rqa__bits_strip *s, size_t row,
                               size_t n_rows);
void rqa__bits_rows_leave(rqa__bits_counter *w, const rqa__bits_strip *s, size_t row,
                          size_t n_rows);
/* Tails of the diagonals of a strip that is done. */
void rqa__bits_end_edges(rqa__bits_counter *w, const rqa__bits_strip *s);

/* ---- engine_bits_close.c: the ends of runs, and the tally ---- */

/* Ends the runs of row i above the band of a cross matrix and begins anew below it. */
void rqa__bits_cut_row(rqa__bits_counter *w, size_t i);
/* Ends every run that is still under way, adds up the workers, calls the sink. */
int rqa__bits_finish(rqa__bits_run *run, rqa__tally_sink sink, void *user);

/* ---- engine_bits_strip.c: what a worker does with a strip ---- */

int rqa__bits_worker_main(void *run, size_t job, unsigned worker);

/* ---- engine_bits_run.c: the lines of a request ---- */

/* Makes ready what the requests of an open input are counted in; closed even if that fails. 0 or
 * RQA_ERROR_MEMORY. */
int rqa__bits_run_open(rqa__bits_run *run, rqa__bits_input *input);
void rqa__bits_run_close(rqa__bits_run *run);
/* The tally of a request to the sink, as the input's query has it. 0, RQA_ERROR_MEMORY,
 * RQA_ERROR_CANCELLED or what the sink returned. */
int rqa__bits_rows(rqa__bits_run *run, const rqa__bits_request *request, rqa__tally_sink sink,
                   void *user);
/* Bytes of a run, whose requests ask for all rows or for parts, with those of a tally of usual
 * data. */
size_t rqa__bits_run_bytes(rqa__bits_input *input, int of_parts);

#endif
