// walk_lines.h - device code that counts runs: of one line in order, whoever found them.
#ifndef RQA_CUDA_WALK_LINES_H
#define RQA_CUDA_WALK_LINES_H

#include "gpu_port.h"
#include "walk.h"

#ifdef __CUDACC__
#define WALK_UNROLL _Pragma("unroll")
#define WALK_ROLLED _Pragma("unroll 1")
#else
#define WALK_UNROLL
#define WALK_ROLLED
#endif

#define LINE_NONE 0xffffffffu

// Where the runs of one threshold are counted: short ones in shared memory.
struct run_counter {
    uint32_t *near;  // [kind][n_near] or NULL
    uint32_t n_near; // lengths below it are counted there
    walk_count *tally;
    uint32_t at_black, at_inner, at_border, at_time;
    uint32_t weight;
    uint32_t want_white;
};

// Kinds of shared counters.
enum { NEAR_BLACK = 0, NEAR_INNER = 1, NEAR_TIME = 2 };

static __device__ __forceinline__ void count_length(const run_counter &c, uint32_t near_kind,
                                                    uint32_t at, uint32_t length)
{
    if (length < c.n_near)
        atomicAdd(&c.near[near_kind * c.n_near + length], c.weight);
    else
        atomicAdd(&c.tally[at + length], (walk_count)c.weight);
}

// A run that touches no border of the matrix.
static __device__ __forceinline__ void count_inner(const run_counter &c, uint32_t colour,
                                                   uint32_t length)
{
    if (colour == COLOUR_BLACK)
        count_length(c, NEAR_BLACK, c.at_black, length);
    else if (colour == COLOUR_WHITE && c.want_white)
        count_length(c, NEAR_INNER, c.at_inner, length);
}

// A line on its way: the run it is in, and the last vertical line that started and ended.
struct line_state {
    uint32_t colour, start, last, end;
};

// What a segment leaves to be joined: its first and last run (length << 2 | colour; the same if it
// has no other), and of the lines that do not touch its begin the first start before any removed cell
// and the last start behind all of them; the cell after the last black one there. LINE_NONE where
// there is none.
struct segment_summary {
    uint32_t head, tail, first, last, end;
};

// A line that is cells [begin, end), at whose ends it touches borders of the matrix.
static __device__ __forceinline__ void line_begin(line_state *line, uint32_t begin)
{
    line->colour = COLOUR_NONE;
    line->start = begin;
    line->last = line->end = LINE_NONE;
}

// Ends the run in hand before cell `at` of a line [begin, end).
static __device__ __forceinline__ void line_close(const run_counter &c, const line_state &line,
                                                  uint32_t at, uint32_t begin, uint32_t end)
{
    if (line.colour == COLOUR_WHITE && (line.start == begin || at == end)) {
        if (c.want_white)
            atomicAdd(&c.tally[c.at_border + (at - line.start)], (walk_count)1);
    } else {
        count_inner(c, line.colour, at - line.start);
    }
}

static __device__ __forceinline__ void line_starts(const run_counter &c, line_state *line,
                                                   uint32_t at)
{
    if (line->last != LINE_NONE)
        count_length(c, NEAR_TIME, c.at_time, at - line->last);
    line->last = at;
}

// The last vertical line, from `start` to before `end`, has no next.
static __device__ __forceinline__ void no_next_line(const run_counter &c, uint32_t start,
                                                    uint32_t end)
{
    if (start != LINE_NONE && end - start > 1)
        atomicAdd(&c.tally[TALLY_LAST], (walk_count)(end - start - 1));
}

// The cells of a line: all of them, and those that a band has.
struct line_range {
    uint32_t begin, end; // the line
    uint32_t from, to;   // in the band; none if from >= to
    uint32_t begins_here, ends_here;
};

// Appends a segment of `length` cells that begins at cell `first`.
static __device__ __forceinline__ void line_join(const run_counter &c, line_state *line,
                                                 const segment_summary &s, uint32_t first,
                                                 uint32_t length, const line_range &range,
                                                 uint32_t times, bool is_cut)
{
    uint32_t colour = s.head & 3, head = s.head >> 2;
    if (colour != line->colour) {
        line_close(c, *line, first, range.begin, range.end);
        line->colour = colour;
        line->start = first;
        if (times && colour == COLOUR_BLACK)
            line_starts(c, line, first);
    }
    if (head < length) {
        line_close(c, *line, first + head, range.begin, range.end);
        line->colour = s.tail & 3;
        line->start = first + length - (s.tail >> 2);
    }
    if (!times)
        return;
    if (colour == COLOUR_BLACK)
        line->end = first + head;
    if (s.first != LINE_NONE)
        line_starts(c, line, s.first);
    else if (is_cut)
        no_next_line(c, line->last, line->end);
    if (is_cut || s.first != LINE_NONE)
        line->last = s.last;
    if (is_cut || s.end != LINE_NONE)
        line->end = s.end;
}

static __device__ __forceinline__ void line_end(const run_counter &c, const line_state &line,
                                                const line_range &range, uint32_t times)
{
    line_close(c, line, range.end, range.begin, range.end);
    if (times)
        no_next_line(c, line.last, line.end);
}

// Bits of cells before `n` of 32.
static __device__ __forceinline__ uint32_t bits_below(int32_t n)
{
    return n <= 0 ? 0 : n >= 32 ? 0xffffffffu : (1u << n) - 1;
}

static __device__ __forceinline__ line_range range_of(const walk_group &group,
                                                      const walk_pass &pass, walk_band band,
                                                      uint32_t line)
{
    line_range r = {0, 0, 0, 0, 0, 0};
    if (line >= pass.n_lines)
        return r;
    if (pass.skew) {
        int64_t offset = (int64_t)line - pass.base, last = (int64_t)group.n_y - offset;
        r.begin = offset < 0 ? (uint32_t)-offset : 0;
        r.end = last < (int64_t)group.n_x ? (uint32_t)(last < 0 ? 0 : last) : group.n_x;
        r.from = r.begin > band.first ? r.begin : band.first;
        r.to = r.end < band.end ? r.end : band.end;
        r.begins_here = r.begin >= band.first;
        r.ends_here = r.end <= band.end;
        return r;
    }
    const bool inside = line >= band.first && line < band.end;
    r.begin = pass.from_diagonal ? line : 0;
    r.end = group.n_y;
    r.from = pass.from_diagonal ? line : group.symmetric ? band.first : 0;
    r.to = inside ? r.end : band.end;
    if (!inside && (line < band.first || !group.symmetric || pass.from_diagonal))
        r.to = r.from;
    r.begins_here = r.from == r.begin;
    r.ends_here = inside;
    return r;
}

// Whether some of the cells [from, to) of a column were removed.
static __device__ __forceinline__ bool is_cut(const walk_pass &pass, uint32_t line, uint32_t from,
                                              uint32_t to)
{
    if (pass.skew || pass.band_is_white || pass.theiler == 0)
        return false;
    return (int64_t)line - pass.theiler + 1 < (int64_t)to && line + pass.theiler > from;
}

// Where the summary of a segment lies, and how far its next word.
static __device__ __forceinline__ uint32_t *summary_of(const walk_group &group,
                                                       const walk_pass &pass, walk_band band,
                                                       uint32_t slot, uint32_t threshold,
                                                       uint32_t line, size_t *step)
{
    const bool inside = !pass.skew && line < band.end;
    const uint32_t row = inside ? group.n_rows : pass.n_lines;
    *step = (size_t)(inside ? pass.n_inner_slots : pass.n_slots) * group.n_thresholds * row;
    return gpu_global((inside ? pass.inner_summary : pass.summary) +
                      ((size_t)slot * group.n_thresholds + threshold) * row +
                      (inside ? line - band.first : line));
}

static __device__ __forceinline__ uint32_t distance_from_main(const walk_pass &pass, uint32_t line)
{
    int64_t offset = (int64_t)line - pass.base;
    return (uint32_t)(offset < 0 ? -offset : offset);
}

static __device__ __forceinline__ uint32_t line_weight(const walk_pass &pass, uint32_t line)
{
    return pass.skew && distance_from_main(pass, line) > 0 ? pass.weight : 1;
}

static __device__ __forceinline__ run_counter counter_of(const walk_group &group,
                                                         const walk_pass &pass, uint32_t threshold,
                                                         uint32_t line, uint32_t *near,
                                                         uint32_t n_near)
{
    run_counter c;
    c.near = near;
    c.n_near = n_near;
    c.tally = gpu_global(group.tally + (size_t)threshold * group.shape.n_words);
    c.at_black = group.shape.at[pass.skew ? KIND_DIAGONAL : KIND_VERTICAL];
    c.at_inner = group.shape.at[KIND_WHITE_INNER];
    c.at_border = group.shape.at[KIND_WHITE_BORDER];
    c.at_time = group.shape.at[KIND_TIME];
    c.weight = line_weight(pass, line);
    c.want_white = pass.want_white;
    return c;
}

#endif
