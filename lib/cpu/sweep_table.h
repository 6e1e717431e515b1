/* sweep_table.h - the kernel table of the sweep engine: what a SIMD level may replace.
 *
 * The sweep engine turns every pair of vectors into one byte, the index of the smallest threshold
 * that accepts it (n_thresholds = none does), and then reads the runs of all thresholds off the
 * bytes of a line: a run that is maximal for thresholds lo..hi-1 is one +1 at lo and one -1 at hi.
 */
#ifndef RQA_CPU_SWEEP_TABLE_H
#define RQA_CPU_SWEEP_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    RQA__SWEEP_MAX_THRESHOLDS = 254, /* an index is a byte, and one value means "none" */
    RQA__SWEEP_SHORT = 2048,         /* runs below this length, or fewer where there are many
                                        thresholds, are counted in a dense table */
    RQA__SWEEP_PAD = 128             /* bytes a kernel may read or write past a line's end */
};

enum { RQA__SWEEP_CELLS = 1024, RQA__SWEEP_CELL_UNITS = 128, RQA__SWEEP_STEP_UNITS = 65536 };

/* A table from a distance in float to its threshold index. The units of a value f are
 * (f - origin) * scale, cut to a whole number of 0..CELLS * CELL_UNITS - 1; within the cell, units
 * below `doubtful` (bits 16-23) mean the index in bits 0-7, units from `certain` (bits 24-31) on
 * the index in bits 8-15, and those between have to be decided in double. */
typedef struct rqa__sweep_filter {
    float origin;
    float scale;
    float all_below; /* a value up to this has index 0 */
    float all_above; /* a value above this has index n_thresholds */
    /* Evenly spaced bounds need no table: the units of a value are (f - step_origin) * step_scale,
     * cut to step_first..step_last and then to a whole number; units / STEP_UNITS is the index,
     * unless the remainder is closer than step_doubt to either side. step_doubt is 0 for others. Of
     * sums of squares the roots may be spaced evenly instead: then f is that of the value. */
    float step_origin;
    float step_scale;
    float step_first;
    float step_last;
    int32_t step_doubt;
    uint32_t step_of_roots;
    uint32_t cell[RQA__SWEEP_CELLS];
} rqa__sweep_filter;

/* One distance: x against y, all dims, all thresholds. Missing samples are +infinity in x and
 * -infinity in y, so that no comparison with a missing sample passes and none needs a branch. */
typedef struct rqa__sweep_space {
    const double *const *x; /* n_channels arrays */
    const double *const *y;
    const float *const *xf; /* the same rounded to float, for filters; NULL where unusable */
    const float *const *yf;
    size_t x_delay;
    size_t y_delay;
    const uint32_t *dims; /* [n_dims], rising; y has the same */
    uint32_t n_channels;
    uint32_t n_dims;
    uint32_t norm; /* 0 maximum, 1 Euclidean (squared), 2 Manhattan */
    uint32_t n_thresholds;
    const double *bounds; /* [n_dims * bounds_stride], each row ascending */
    size_t bounds_stride;
    const rqa__sweep_filter *const *filter; /* [n_dims], NULL where unusable */
    unsigned shared_bounds;                 /* all dims have the same bounds */
} rqa__sweep_space;

/* A run too long for the dense table: length, and the thresholds lo..hi-1. */
typedef struct rqa__sweep_long {
    uint64_t length;
    uint32_t lo;
    uint32_t hi;
} rqa__sweep_long;

/* Where runs go: diff[length * stride + threshold] for length < n_short, else the overflow, whose
 * room the caller guarantees (rqa__sweep_overflow_room). Counts are modulo 2^32. */
typedef struct rqa__sweep_counter {
    uint32_t *diff;   /* the last number of a row is 1 where its length occurs */
    size_t stride;
    size_t n_short;
    unsigned complete; /* no run can be n_short or longer */
    rqa__sweep_long *overflow;
    size_t n_overflow;
} rqa__sweep_counter;

/* State of one column for the recurrence times; per threshold. */
typedef struct rqa__sweep_times {
    uint64_t *last_start; /* UINT64_MAX: no line yet */
    uint64_t *last_end;   /* last row of the latest line */
    uint64_t *gap_sum;
} rqa__sweep_times;

/* A change of a line: level in bits 0-7, position in bits 8-29 (from 0 where the line begins at a
 * border of the matrix, else from 1); a line's last event closes everything. */
enum {
    RQA__SWEEP_EVENT_THRESHOLDS = 63,
    RQA__SWEEP_EVENT_CELLS = (1 << 22) - 2,
    RQA__SWEEP_EVENT_BORDER = 1 << 30 /* on the last event: the line ends at a border */
};
#define RQA__SWEEP_EVENT_LAST (UINT32_C(1) << 31)

enum { RQA__SWEEP_BORDER_FIRST = 1, RQA__SWEEP_BORDER_LAST = 2 };

/* The pairs (i + t * x_step, j + t) of a line: x_step is 1 along a diagonal, 0 along a column. */
typedef struct rqa__sweep_line {
    size_t i, j;
    unsigned x_step;
    const size_t *n_valid; /* [n_dims] cells of it, falling */
    double *work;          /* room for n_valid[0] + RQA__SWEEP_PAD */
    uint8_t *out;          /* of dim d from out[d * out_stride] on */
    size_t out_stride;
} rqa__sweep_line;

typedef struct rqa__sweep_kernels {
    const char *name;
    /* out[d * out_stride + t] for t < n_valid[d]: the index of pair t at dims[d]. */
    void (*index)(const rqa__sweep_space *s, const rqa__sweep_line *line);
    /* Black runs of line[0..n-1]. */
    void (*runs)(const uint8_t *line, size_t n, unsigned n_thresholds, rqa__sweep_counter *black);
    /* Black and white runs; `borders` tells which ends of the line are ends of the matrix. */
    void (*runs_white)(const uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders,
                       rqa__sweep_counter *black, rqa__sweep_counter *white_inner,
                       rqa__sweep_counter *white_border);
    /* The same in two steps, for up to RQA__SWEEP_EVENT_THRESHOLDS thresholds and lines of up to
     * RQA__SWEEP_EVENT_CELLS cells; NULL where a level has nothing better than runs(). `events`
     * writes the line's changes (at most n + 2, and 16 more words are scratch; `white`: the white
     * runs will be wanted) and returns how many; line[-1] is lent to it. `close` and `close_white`
     * take the events of any number of whole lines; the overflow has room for two runs each. `room`
     * is rqa__sweep_close_room(n_events) bytes for them to work in, aligned to 64, or NULL where a
     * line may be longer than RQA__SWEEP_CLOSE_CELLS. */
    size_t (*events)(uint8_t *line, size_t n, unsigned n_thresholds, unsigned borders, int white,
                     uint32_t *event);
    void (*close)(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                  rqa__sweep_counter *black, void *room);
    void (*close_white)(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                        rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border,
                        void *room);
    /* Recurrence times of rows first..first+n-1 of a column, continuing `state`. */
    void (*times)(const uint8_t *line, size_t n, unsigned n_thresholds, uint64_t first,
                  rqa__sweep_times *state, rqa__sweep_counter *start_to_start);
    /* count[line[t]] += 1 */
    void (*count)(const uint8_t *line, size_t n, uint64_t *count);
    /* line[t] = max(line[t], other[t]): the logical and of two matrices, for every threshold. */
    void (*merge)(uint8_t *line, const uint8_t *other, size_t n);
} rqa__sweep_kernels;

/* Overflow entries one line of n cells can need: per threshold, runs of n_short cells. */
static inline size_t rqa__sweep_overflow_room(size_t n, size_t n_short, unsigned n_thresholds)
{
    return (n / (n_short > 1 ? n_short : 1) + 2) * n_thresholds + 1;
}

/* Lines up to this length have positions of 16 bits. */
enum { RQA__SWEEP_CLOSE_CELLS = 65534 };

static inline size_t rqa__sweep_close_room(size_t n_events)
{
    return 11 * (n_events + 2 * RQA__SWEEP_PAD);
}

extern const rqa__sweep_kernels rqa__sweep_ref;
#if defined(__x86_64__) || defined(_M_X64)
extern const rqa__sweep_kernels rqa__sweep_avx2;
extern const rqa__sweep_kernels rqa__sweep_avx512;       /* F, BW, DQ, VL */
extern const rqa__sweep_kernels rqa__sweep_avx512_vbmi2; /* AVX-512 and VBMI2 */
/* Closing by contraction, in files of their own. */
void rqa__sweep_close_avx2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                           rqa__sweep_counter *black, void *room);
void rqa__sweep_close_white_avx2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                                 rqa__sweep_counter *white_inner, rqa__sweep_counter *white_border,
                                 void *room);
void rqa__sweep_close_vbmi2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                            rqa__sweep_counter *black, void *room);
void rqa__sweep_close_white_vbmi2(const uint32_t *event, size_t n_events, unsigned n_thresholds,
                                  rqa__sweep_counter *white_inner,
                                  rqa__sweep_counter *white_border, void *room);
#elif defined(__aarch64__)
extern const rqa__sweep_kernels rqa__sweep_neon;
#endif

#endif
