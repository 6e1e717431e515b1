// walk.h - what host and kernels share: passes over a recurrence matrix, their jobs and counts.
//
// A pass walks all lines of one direction of one matrix, for up to WALK_THRESHOLDS thresholds:
//   skew 1  line l is the diagonal of offset first_offset + l; its cell s is (lane l+off+s, step s)
//   skew 0  line l is a column; its cell s is (lane l, step s)
// A warp takes 32 neighbouring lines and a segment of their cells, 32 cells at a time: the cells'
// bits make one word per lane and threshold, the runs of the words are counted. Runs that touch an
// end of a segment are left to join_segments(), which goes along each line in order.
#ifndef RQA_CUDA_WALK_H
#define RQA_CUDA_WALK_H

#include <cuda_runtime.h>
#include <stdint.h>

typedef unsigned long long walk_count; // what atomicAdd takes for 64 bits

enum {
    WALK_WARPS = 4,
    WALK_THREADS = 32 * WALK_WARPS,
    WALK_THRESHOLDS = 8,
    WALK_COORDINATES = 8,      // staged at a time
    WALK_SHORT = 512,          // shared counters per kind of run, for all thresholds of a pass
    WALK_SEGMENT_MOST = 1 << 20 // so that a block's counters fit 32 bits
};

enum { COLOUR_WHITE = 0, COLOUR_BLACK = 1, COLOUR_REMOVED = 2, COLOUR_NONE = 3 };

// Histograms of a tally, in the order of delivery; offsets are copied as they are.
enum {
    KIND_DIAGONAL = 0,
    KIND_VERTICAL = 1,
    KIND_WHITE_INNER = 2,
    KIND_WHITE_BORDER = 3,
    KIND_TIME = 4,
    KIND_OFFSETS = 5,
    N_KINDS = 6
};

// One tally on the device: [TALLY_POINTS], [TALLY_LAST], then the dense histograms.
enum { TALLY_POINTS = 0, TALLY_LAST = 1, TALLY_HEAD = 2 };

struct tally_shape {
    uint32_t at[N_KINDS];   // first word of a histogram, indexed by length
    uint32_t size[N_KINDS]; // words; 0: not counted
    uint32_t n_words;       // of one tally
};

// One distance field: bits of 32 cells per lane.
struct walk_field {
    const double *lane, *step; // channel-major; NaN = missing
    const float *lane_near, *step_near; // scaled, rounded: the filter
    uint32_t lane_samples, step_samples; // also from one channel to the next
    uint32_t lane_delay, step_delay;
    uint32_t n_channels, n_coordinates, norm;
    float sure[WALK_THRESHOLDS];  // filtered value <= sure: recurs
    float maybe[WALK_THRESHOLDS]; // filtered value > maybe: does not
    double bound[WALK_THRESHOLDS];
};

struct walk_pass {
    struct walk_field field[2];
    uint32_t n_fields;
    uint32_t n_thresholds;
    uint32_t n_lines, n_lane, n_step; // lines; vectors of either side
    uint32_t skew, first_offset;
    uint32_t to_diagonal;     // a column ends at the main diagonal
    uint32_t theiler_lines;   // diagonals of a smaller offset are no lines; cells of a column as
                              // near to the main diagonal are removed
    uint32_t theiler_points;
    uint32_t weight;          // of lines and points off the main diagonal
    uint32_t want_lines, want_white, want_times;
    uint32_t square;          // offsets are counted for vectors before this one; 0: not at all
    int32_t offset_zero, offset_sign;
    struct tally_shape shape;
    walk_count *tally;        // of the first threshold; shape.n_words on to the next
    uint32_t n_slots;         // segments in a band
    uint32_t segment;         // cells of a segment
    uint32_t whole;           // one segment covers the longest line: nothing to join
    uint32_t *summary;        // [SUMMARY_WORDS][n_slots][n_thresholds][n_lines]
    uint32_t *state;          // [STATE_WORDS][n_thresholds][n_lines]
};

enum { SUMMARY_HEAD, SUMMARY_TAIL, SUMMARY_FIRST, SUMMARY_LAST, SUMMARY_END, SUMMARY_WORDS };
enum { STATE_COLOUR, STATE_START, STATE_LAST, STATE_END, STATE_WORDS };

// A block's work: WALK_THREADS lines from `line` on, cells [first, end).
struct walk_job {
    uint32_t pass, line, first, end, slot;
};

// A block's part of joining a band that begins at cell `first`.
struct join_job {
    uint32_t pass, line, first, end;
    uint32_t is_first, is_last;
};

// One histogram of one tally to be read out.
struct read_job {
    const walk_count *dense;
    uint32_t size;
    uint32_t plain;    // copied as it is
    uint64_t position; // of its first bin in the output
};

// Kernels by number of thresholds (1, 4, 8) and direction; 0 or a CUDA error.
cudaError_t walk_launch(cudaStream_t stream, const struct walk_pass *passes,
                        const struct walk_job *jobs, uint32_t n_jobs, uint32_t n_thresholds,
                        int vertical, int times);
cudaError_t join_launch(cudaStream_t stream, const struct walk_pass *passes,
                        const struct join_job *jobs, uint32_t n_jobs);
// Number of non-empty classes of each job, then the classes themselves.
cudaError_t count_launch(cudaStream_t stream, const struct read_job *jobs, uint32_t n_jobs,
                         uint32_t *n_bins);
cudaError_t read_launch(cudaStream_t stream, const struct read_job *jobs, uint32_t n_jobs,
                        walk_count *out);

#endif
