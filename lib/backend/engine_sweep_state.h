/* engine_sweep_state.h - what the files of the sweep engine share. */
#ifndef RQA_BACKEND_ENGINE_SWEEP_STATE_H
#define RQA_BACKEND_ENGINE_SWEEP_STATE_H

#include "backend/engine_sweep.h"
#include "backend/engine_sweep_hist.h"
#include "base/look.h"

enum {
    RQA__SWEEP_DIAGONAL,
    RQA__SWEEP_VERTICAL,
    RQA__SWEEP_WHITE_INNER,
    RQA__SWEEP_WHITE_BORDER,
    RQA__SWEEP_TIMES,
    RQA__SWEEP_N_KINDS
};

/* Cells that dense tables of 32 bits can count, with those of the longest line. */
#define RQA__SWEEP_FLUSH_CELLS (UINT64_C(1) << 31)

/* What one thread needs for itself. */
typedef struct rqa__sweep_worker {
    rqa__sweep_buffer work;    /* running distances of one line */
    rqa__sweep_buffer lines;   /* threshold indices: [dim][line_stride] */
    rqa__sweep_buffer lines_y; /* the same of y, joint only */
    rqa__sweep_buffer dense;   /* the histograms' 32-bit tables; zero between tasks */
    rqa__sweep_buffer overflow;
    rqa__sweep_buffer times;    /* [last_start, last_end][threshold], [gap_sum][dim][threshold] */
    rqa__sweep_buffer events;   /* changes of lines not yet turned into runs: [dim][n_event_room] */
    rqa__sweep_buffer n_events; /* size_t [dim] */
    rqa__sweep_buffer close;    /* what `close` works in; none where lines are too long for it */
    size_t n_event_cells;       /* cells those lines have, at the lowest dim */
    rqa__sweep_buffer counts;   /* cells by index, signed weight: [dim][256] */
    rqa__sweep_buffer hists;    /* rqa__sweep_hist [dim][kind], zero beyond those used */
    size_t n_hists;             /* that have ever been used */
    uint64_t n_cells;           /* counted in the dense tables since the last flush */
    uint64_t n_operations;      /* since it last looked whether to stop */
    int dirty;                  /* a task broke off: counts must be cleared before the next */
} rqa__sweep_worker;

struct rqa__sweep_workspace {
    rqa__sweep_worker *worker;
    unsigned n_workers;
    rqa__sweep_buffer input;   /* copies of the series, filters, dims */
    rqa__sweep_buffer offsets; /* [dim][threshold][offset] */
    rqa__sweep_buffer absent;
    rqa__sweep_spectra spectra[RQA__SWEEP_N_KINDS];
};

/* A task made ready: at most RQA__SWEEP_MAX_THRESHOLDS thresholds. Immutable while workers run. */
typedef struct rqa__sweep_job {
    const rqa__task *task;
    rqa__sweep_kernels kernels; /* complete: what a level lacks is taken from the reference */
    rqa__sweep_workspace *ws;
    const atomic_int *cancel;
    unsigned n_thresholds;
    unsigned n_spaces;
    rqa__sweep_space space[2]; /* the second is y's own, joint only */
    const size_t *nx;          /* [n_dims] vectors of x */
    const size_t *ny;
    size_t longest; /* cells of the longest line */
    size_t line_stride;
    size_t n_short;
    size_t counter_stride;
    unsigned by_events;  /* runs are found in two steps, from events */
    size_t n_event_room; /* words of events per dim */
    unsigned symmetric;  /* auto and joint: diagonals of one side stand for both */
    unsigned mirrored;   /* symmetric, and both sides are wanted */
    size_t n_offsets;
    uint64_t theiler_base;   /* of the lines that `points` is read from */
    size_t n_diagonal_lines; /* 0 where no diagonal is needed */
    size_t n_column_lines;
    size_t n_cell_operations; /* for a cell of the lowest dim and those of the others over it */
    size_t lines_per_job;
    size_t n_diagonal_jobs;
    size_t n_column_jobs;
    uint64_t *offset_points; /* or NULL */
    const uint8_t *absent_x; /* [dim][absent_stride_x] 1 = the column is absent; or NULL */
    const uint8_t *absent_y; /* the same of rows */
    size_t absent_stride_x, absent_stride_y;
} rqa__sweep_job;

/* Of a task of more thresholds than a pass takes, the pass that begins with this dim and threshold.
 */
static inline rqa__slice rqa__sweep_pass(const rqa__task *task, uint32_t dim, uint32_t threshold)
{
    const uint32_t left = task->n_thresholds - threshold;
    const uint32_t most = RQA__SWEEP_MAX_THRESHOLDS;
    return (rqa__slice){dim, 1, threshold, left < most ? left : most};
}

/* The side of the square that both series span at a dim, and the offsets in it. */
static inline size_t rqa__sweep_square(const rqa__sweep_job *job, uint32_t dim)
{
    return job->nx[dim] < job->ny[dim] ? job->nx[dim] : job->ny[dim];
}

static inline size_t rqa__sweep_n_offsets(const rqa__sweep_job *job, uint32_t dim)
{
    return rqa__n_offsets(job->task->relation, job->nx[dim], job->ny[dim]);
}

/* Hands out consecutive parts of one buffer. */
static inline size_t rqa__sweep_room(size_t n_bytes)
{
    return (n_bytes + 63) / 64 * 64;
}

static inline void *rqa__sweep_carve(uint8_t **cursor, size_t n_bytes)
{
    void *part = *cursor;
    *cursor += rqa__sweep_room(n_bytes);
    return part;
}

/* Decides which lines have to be computed at all, and their sizes, from the task and the vectors of
 * its first dim; has_events: runs can be found in two steps. */
void rqa__sweep_lay_out(rqa__sweep_job *job, int has_events);
/* Bytes of what a task reads, of a job's points per offset, and of a worker's buffers, each as large as
 * any of two passes wants it. */
size_t rqa__sweep_input_room(const rqa__task *task);
size_t rqa__sweep_offsets_room(const rqa__sweep_job *job);
size_t rqa__sweep_worker_room(const rqa__sweep_job *job, const rqa__sweep_job *rest);
/* Dense tables that a worker has. */
size_t rqa__sweep_n_tables(const rqa__task *task);

/* Fills in the float copies and the filters of a space that has its doubles and bounds; leaves
 * them NULL where float cannot serve. */
void rqa__sweep_make_filters(rqa__sweep_space *space, uint8_t **cursor, const rqa__side *x,
                             const rqa__side *y);
size_t rqa__sweep_filters_room(const rqa__task *task);

/* Finds the absent columns and rows, where somebody needs to know. 0 or RQA_ERROR_MEMORY. */
int rqa__sweep_mark_absent(rqa__sweep_job *job);
size_t rqa__sweep_absent_room(const rqa__task *task);

/* Events gather until there are enough to keep the second step busy, and not so many that their
 * long runs need much room. */
enum { RQA__SWEEP_EVENT_BATCH = 4096, RQA__SWEEP_EVENT_BATCH_CELLS = 1 << 18 };

int rqa__sweep_worker_prepare(rqa__sweep_worker *worker, const rqa__sweep_job *job);
void rqa__sweep_worker_free(rqa__sweep_worker *worker);
rqa__sweep_hist *rqa__sweep_worker_hist(rqa__sweep_worker *worker, uint32_t dim, unsigned kind);
int rqa__sweep_worker_flush(rqa__sweep_worker *worker, rqa__sweep_worker *into,
                            const rqa__sweep_job *job);

/* All lines of one job; the parallel interface's callback. */
int rqa__sweep_run_job(void *job, size_t job_index, unsigned worker);

/* Rows of a dense table: all lengths of the task, within a bound on its size. */
static inline size_t rqa__sweep_n_short(size_t longest, size_t stride)
{
    const size_t rows = (size_t)RQA__SWEEP_SHORT * 64 / stride;
    const size_t most = rows < RQA__SWEEP_SHORT ? rows : RQA__SWEEP_SHORT;
    return longest + 1 < most ? longest + 1 : most;
}

/* Weight of a run in the dense tables. */
static inline uint64_t rqa__sweep_weight(const rqa__sweep_job *job, unsigned kind)
{
    return kind == RQA__SWEEP_DIAGONAL && job->mirrored ? 2 : 1;
}

#endif
