// walk.h - what host and kernels share: bands of bits, passes over their lines, jobs and counts.
//
// A matrix is taken band by band: `band` columns (vectors i of x) at a time.
//   bits   a warp takes 32 neighbouring columns and decides 32 cells (vectors j of y) of each at a
//          time, for up to BIT_THRESHOLDS thresholds: one word per column, word and threshold. Of a
//          symmetric matrix (auto, joint) only words with some j >= i are made.
//   walk   a warp takes 32 neighbouring lines and counts the runs of their words. For columns a
//          word is there as it is, or its mirror image is a transposed tile of 32 x 32 bits; for
//          diagonals a tile is skewed first.
// Lines go on from band to band. Within a band they are cut into segments; runs that touch an end
// of a segment are left to join_segments(), which goes along each line in order.
//
// A part of a long series is the bands of its columns alone. What its lines have there is a piece,
// whose first and last run are left to the host; join_segments<1>() goes along it.
#ifndef RQA_CUDA_WALK_H
#define RQA_CUDA_WALK_H

#include <cuda_runtime.h>
#include <stdint.h>

typedef unsigned long long walk_count; // what atomicAdd takes for 64 bits

enum {
    WALK_WARPS = 4,
    WALK_THREADS = 32 * WALK_WARPS,
    BIT_THRESHOLDS = 8,
    BIT_COORDINATES = 8,        // staged at a time
    WALK_NEAR = 256,            // shorter runs are counted in shared memory
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

// One tally on the device: [TALLY_POINTS], [TALLY_LAST], then the dense histograms. TALLY_LAST: the
// cells beyond their first of vertical lines that no other follows, in a column or before removed
// cells; of pieces, only of those before removed cells that begin in the piece.
enum { TALLY_POINTS = 0, TALLY_LAST = 1, TALLY_HEAD = 2 };

struct tally_shape {
    uint32_t at[N_KINDS];   // first word of a histogram, indexed by length
    uint32_t size[N_KINDS]; // words; 0: not counted
    uint32_t n_words;       // of one tally
};

// Of a series for the filter: samples scaled and rounded, then the least and the largest of the 32
// from each on (near.h).
enum { NEAR_SAMPLES, NEAR_LEAST, NEAR_MOST, NEAR_PLANES };

// One distance field (joint has two): columns along the lanes, cells along the steps.
struct walk_field {
    const double *lane, *step;           // channel-major; NaN = missing
    const float *lane_near, *step_near;  // the filter: NEAR_PLANES as large as what is above
    uint32_t lane_samples, step_samples; // also from one channel to the next
    uint32_t lane_delay, step_delay;
    uint32_t n_channels, n_coordinates, norm;
    float middle[BIT_THRESHOLDS]; // a filtered value recurs if it is below, surely so
    float margin[BIT_THRESHOLDS]; // if it is farther away than this
    double bound[BIT_THRESHOLDS];
};

// One matrix for up to BIT_THRESHOLDS thresholds.
struct walk_group {
    struct walk_field field[2];
    uint32_t n_thresholds;
    uint32_t n_x, n_y; // vectors
    uint32_t symmetric;
    uint32_t n_words; // of a column
    uint32_t n_rows;  // columns of a band, whole warps
    uint32_t *bits;   // [n_thresholds][n_words][n_rows]; 0 outside the matrix
    uint32_t theiler_points;
    struct tally_shape shape;
    walk_count *tally; // of the first threshold; shape.n_words on to the next
};

// All lines of one direction of a group.
//   skew 0  line l is column l; its cells are j
//   skew 1  line l is the diagonal of offset j - i = l - base; its cells are i
struct walk_pass {
    uint32_t group;
    uint32_t skew;
    int32_t base; // a multiple of 32
    uint32_t n_lines;
    uint32_t from_diagonal; // a column begins at the main diagonal
    uint32_t theiler;       // diagonals nearer to the main one are no lines; such cells of a
                            // column are removed,
    uint32_t band_is_white; // or white
    uint32_t weight;      // of lines and points off the main diagonal
    uint32_t want_lines, want_white, want_times;
    uint32_t square;     // offsets are counted for vectors before this one; 0: not at all
    int32_t offset_zero; // index of offset 0
    uint32_t whole;      // every line lies in one segment: nothing to join
    uint32_t segment;    // cells of a segment
    uint32_t *state;     // [STATE_WORDS][n_thresholds][n_lines], from band to band; of pieces
                         // [SUMMARY_WORDS]: the summary of the cells so far, the edge in the end
    uint32_t *summary;   // [SUMMARY_WORDS][n_slots][n_thresholds][n_lines]
    uint32_t n_slots;
    uint32_t *inner_summary; // of columns inside the band, which are longer there:
    uint32_t n_inner_slots;  // [SUMMARY_WORDS][n_inner_slots][n_thresholds][n_rows]
    uint32_t part_first;     // first column taken
};

enum { SUMMARY_HEAD, SUMMARY_TAIL, SUMMARY_FIRST, SUMMARY_LAST, SUMMARY_END, SUMMARY_WORDS };
enum { STATE_COLOUR, STATE_START, STATE_LAST, STATE_END, STATE_WORDS };

// The columns [first, end) that a launch is about; multiples of 32 but for the last end.
struct walk_band {
    uint32_t first, end;
};

// A block's work: cells [first, end) of up to WALK_THREADS columns or lines from `line` on, before
// `line_end`.
struct walk_job {
    uint32_t pass; // bits: the group
    uint32_t threshold, line, line_end, first, end, slot;
};

// One histogram of one tally to be read out.
struct read_job {
    const walk_count *dense;
    uint32_t size;
    uint32_t plain;    // copied as it is
    uint64_t position; // of its first bin in the output
};

// Each launches one kernel; 0 or a CUDA error.
cudaError_t bits_launch(cudaStream_t stream, const struct walk_group *groups,
                        const struct walk_job *jobs, uint32_t n_jobs, struct walk_band band,
                        uint32_t n_thresholds, int joint);
cudaError_t walk_launch(cudaStream_t stream, const struct walk_group *groups,
                        const struct walk_pass *passes, const struct walk_job *jobs,
                        uint32_t n_jobs, struct walk_band band, int columns, int times);
cudaError_t join_launch(cudaStream_t stream, const struct walk_group *groups,
                        const struct walk_pass *passes, const struct walk_job *jobs,
                        uint32_t n_jobs, struct walk_band band, int pieces);
// Number of non-empty classes of each job, then the classes themselves.
cudaError_t count_launch(cudaStream_t stream, const struct read_job *jobs, uint32_t n_jobs,
                         uint32_t *n_bins);
cudaError_t read_launch(cudaStream_t stream, const struct read_job *jobs, uint32_t n_jobs,
                        walk_count *out);

#endif
