/* matrix_tally.c - line counts of a matrix that is already there, 64 lines at a time as bits. */
#include "backend/matrix_tally.h"

#include "backend/matrix_lines.h"
#include "base/carve.h"
#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "data/bit_range.h"
#include "lines/hist.h"

typedef struct counter {
    const rqa__matrix_view *m;
    uint64_t points, gap_sum;
    rqa__hist diagonal, vertical, white_inner, white_border, time;
    uint64_t *offset_points;
    size_t n_offsets;
    uint64_t *lines; /* 64 */
} counter;

static int add(rqa__hist *hist, size_t length)
{
    if (length >= hist->size && rqa__hist_reserve(hist, length))
        return RQA_ERROR_MEMORY;
    rqa__hist_add(hist, length, 1);
    return RQA_OK;
}

/* ---- runs ---- */

/* The runs of a line, one after the other. */
typedef struct run_reader {
    const uint64_t *bits;
    size_t end;       /* one past the last bit */
    size_t word;      /* in hand */
    uint64_t changes; /* bits of it that differ from those before, not yet told */
    int colour;       /* of the next run */
} run_reader;

/* Bits [first, end), first < end. */
static run_reader read_runs(const uint64_t *bits, size_t first, size_t end)
{
    const size_t word = first / 64;
    const uint64_t before = word ? bits[word - 1] >> 63 : 0;
    return (run_reader){.bits = bits,
                        .end = end,
                        .word = word,
                        .changes = (bits[word] ^ (bits[word] << 1 | before)) &
                                   (first % 64 == 63 ? 0 : UINT64_MAX << (first % 64 + 1)),
                        .colour = (int)(bits[word] >> first % 64 & 1)};
}

/* One past the last bit of the run in hand; the next one has the other colour. */
static size_t end_of_run(run_reader *r)
{
    while (!r->changes) {
        if (64 * (r->word + 1) >= r->end)
            return r->end;
        const uint64_t before = r->bits[r->word] >> 63;
        const uint64_t bits = r->bits[++r->word];
        r->changes = bits ^ (bits << 1 | before);
    }
    const size_t at = 64 * r->word + (size_t)__builtin_ctzll(r->changes);
    r->changes &= r->changes - 1;
    r->colour ^= 1;
    return at < r->end ? at : r->end;
}

/* ---- columns ---- */

static int add_white(counter *c, size_t start, size_t end, size_t begin)
{
    if (!(c->m->tallies & RQA__TALLY_WHITE))
        return RQA_OK;
    return add(start == begin || end == c->m->n_y ? &c->white_border : &c->white_inner, end - start);
}

/* Rows [first, end) of a column that begins at `begin`: what lies outside has been removed. */
static int count_segment(counter *c, const uint64_t *line, size_t first, size_t end, size_t begin)
{
    const uint32_t want = c->m->tallies;
    size_t start = first, last_start = SIZE_MAX, last_end = 0;
    int status = RQA_OK;
    if (first >= end)
        return RQA_OK;
    run_reader r = read_runs(line, first, end);
    while (start < end && !status) {
        const int black = r.colour;
        const size_t stop = end_of_run(&r);
        if (!black) {
            status = add_white(c, start, stop, begin);
        } else {
            if (want & RQA__TALLY_VERTICAL)
                status = add(&c->vertical, stop - start);
            if (!status && want & RQA__TALLY_RECURRENCE_TIME && last_start != SIZE_MAX) {
                status = add(&c->time, start - last_start);
                c->gap_sum += start - (last_end - 1);
            }
            last_start = start;
            last_end = stop;
        }
        start = stop;
    }
    return status;
}

/* The rows [*first, *end) of a column, from `begin` on, that are less than w from the diagonal. */
static void band_of(const rqa__matrix_view *m, size_t i, uint64_t w, size_t begin, size_t *first,
                    size_t *end)
{
    const size_t from = w <= i ? i + 1 - (size_t)w : 0;
    const size_t to = w < m->n_y ? rqa__smaller(i + (size_t)w, m->n_y) : m->n_y;
    *first = rqa__smaller(from > begin ? from : begin, m->n_y);
    *end = to > *first && w > 0 ? to : *first;
}

/* The same where absent rows cut it. */
static int count_segments(counter *c, const uint64_t *line, size_t first, size_t end, size_t begin)
{
    const uint8_t *absent = c->m->absent;
    int status = RQA_OK;
    if (!absent)
        return count_segment(c, line, first, end, begin);
    while (first < end && !status) {
        size_t stop = first;
        while (stop < end && !absent[stop])
            stop++;
        status = count_segment(c, line, first, stop, begin);
        first = stop + 1;
    }
    return status;
}

static int count_column(counter *c, size_t i, uint64_t *line)
{
    const rqa__matrix_view *m = c->m;
    /* One triangle begins at the main diagonal, and its edge is a border. */
    const size_t begin = !m->upper_only ? 0 : rqa__smaller(i, m->n_y);
    size_t first, end;
    if (m->absent && m->absent[i])
        return RQA_OK;
    band_of(m, i, m->theiler_points, begin, &first, &end);
    c->points += rqa__count_range(line, begin, m->n_y) - rqa__count_range(line, first, end);
    band_of(m, i, m->theiler_vertical, begin, &first, &end);
    if (m->band_is_white) {
        rqa__clear_range(line, first, end);
        first = end = m->n_y;
    } else if (first == end) {
        first = end = m->n_y;
    }
    int status = count_segments(c, line, begin, first, begin);
    return status ? status : count_segments(c, line, end, m->n_y, begin);
}

/* ---- diagonals ---- */

/* Offset j - i = d - (n_x - 1). */
static int count_diagonal(counter *c, size_t d, const uint64_t *line)
{
    const rqa__matrix_view *m = c->m;
    const size_t zero = m->n_x - 1, square = m->n_x < m->n_y ? m->n_x : m->n_y;
    const size_t offset = d > zero ? d - zero : zero - d;
    const size_t first = d > zero ? offset : 0; /* rows of it */
    const size_t end = rqa__smaller(d > zero ? m->n_x + offset : m->n_x - offset, m->n_y);
    const int other_triangle = m->upper_only && d < zero;
    int status = RQA_OK;
    if (c->offset_points && offset < square)
        c->offset_points[d + square - m->n_x] = rqa__count_range(
            line, first, rqa__smaller(end, d > zero ? square : square - offset));
    if (!(m->tallies & RQA__TALLY_DIAGONAL) || offset < m->theiler_diagonal || other_triangle)
        return RQA_OK;
    run_reader r = read_runs(line, first, end);
    for (size_t start = first; start < end && !status;) {
        const int black = r.colour;
        const size_t stop = end_of_run(&r);
        if (black)
            status = add(&c->diagonal, stop - start);
        start = stop;
    }
    return status;
}

/* ---- all of them ---- */

static int count_columns(counter *c)
{
    const size_t stride = rqa__matrix_lines_stride(c->m);
    int status = RQA_OK;
    for (size_t word = 0; 64 * word < c->m->n_x && !status; word++) {
        status = rqa__matrix_columns(c->m, word, c->lines);
        for (size_t i = 64 * word; i < 64 * (word + 1) && i < c->m->n_x && !status; i++)
            status = rqa__is_cancelled(c->m->cancel) ? RQA_ERROR_CANCELLED
                                                     : count_column(c, i, c->lines + i % 64 * stride);
    }
    return status;
}

static int count_diagonals(counter *c)
{
    const size_t stride = rqa__matrix_lines_stride(c->m), n = c->m->n_x + c->m->n_y - 1;
    int status = RQA_OK;
    for (size_t first = 0; first < n && !status; first += 64) {
        status = rqa__matrix_diagonals(c->m, (int64_t)first - (int64_t)(c->m->n_x - 1), c->lines);
        for (size_t d = first; d < first + 64 && d < n && !status; d++)
            status = rqa__is_cancelled(c->m->cancel)
                         ? RQA_ERROR_CANCELLED
                         : count_diagonal(c, d, c->lines + d % 64 * stride);
    }
    return status;
}

static int count_all(counter *c)
{
    int status = count_columns(c);
    if (!status && c->m->tallies & (RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS))
        status = count_diagonals(c);
    return status == RQA_ERROR_CANCELLED ? rqa__fail(status, "cancelled") : status;
}

static int deliver(const counter *c, rqa__tally_sink sink, void *user)
{
    const rqa__hist *hist[] = {&c->diagonal, &c->vertical, &c->white_inner, &c->white_border,
                               &c->time};
    size_t n_bins = 0;
    for (int k = 0; k < 5; k++)
        n_bins += rqa__hist_n_bins(hist[k]);
    rqa__bin *bin = rqa__alloc_array(n_bins, sizeof *bin);
    if (!bin)
        return RQA_ERROR_MEMORY;
    rqa__spectrum spectrum[5];
    rqa__bin *next = bin;
    for (int k = 0; k < 5; k++) {
        spectrum[k] = rqa__hist_spectrum(hist[k], next);
        next += spectrum[k].n_bins;
    }
    rqa__tally tally = {.points = c->points,
                        .gap_sum = c->gap_sum,
                        .diagonal = spectrum[0],
                        .vertical = spectrum[1],
                        .white_inner = spectrum[2],
                        .white_border = spectrum[3],
                        .recurrence_time = spectrum[4],
                        .offset_points = c->offset_points,
                        .n_offsets = c->n_offsets};
    int status = sink(user, 0, 0, &tally);
    rqa__free(bin);
    return status;
}

/* Lines and points per offset, in one block; the bytes of it. */
static size_t lay_out(counter *c, uint8_t *base)
{
    const rqa__matrix_view *m = c->m;
    size_t used = 0;
    c->n_offsets =
        m->tallies & RQA__TALLY_OFFSETS ? rqa__n_offsets(RQA__RELATION_CROSS, m->n_x, m->n_y) : 0;
    c->lines = rqa__carve(base, &used, 64 * rqa__matrix_lines_stride(m), sizeof *c->lines);
    c->offset_points = rqa__carve(base, &used, c->n_offsets, sizeof *c->offset_points);
    if (c->n_offsets == 0)
        c->offset_points = NULL;
    return used;
}

size_t rqa__matrix_tally_bytes(const rqa__matrix_view *matrix)
{
    counter c = {.m = matrix};
    const uint32_t want = matrix->tallies;
    const size_t n_hists =
        (want & RQA__TALLY_DIAGONAL ? 1u : 0u) + (want & RQA__TALLY_VERTICAL ? 1u : 0u) +
        (want & RQA__TALLY_WHITE ? 2u : 0u) + (want & RQA__TALLY_RECURRENCE_TIME ? 1u : 0u);
    return lay_out(&c, NULL) +
           n_hists * (rqa__hist_bytes(matrix->n_y) + matrix->n_y * sizeof(rqa__bin));
}

int rqa__matrix_tally(const rqa__matrix_view *matrix, rqa__tally_sink sink, void *user)
{
    counter c = {.m = matrix};
    uint8_t *memory = rqa__alloc_aligned(lay_out(&c, NULL));
    int status = memory ? RQA_OK : RQA_ERROR_MEMORY;
    if (memory) {
        lay_out(&c, memory);
        for (size_t k = 0; k < c.n_offsets; k++)
            c.offset_points[k] = 0;
    }
    if (!status)
        status = count_all(&c);
    if (!status)
        status = deliver(&c, sink, user);
    rqa__hist_free(&c.diagonal);
    rqa__hist_free(&c.vertical);
    rqa__hist_free(&c.white_inner);
    rqa__hist_free(&c.white_border);
    rqa__hist_free(&c.time);
    rqa__free_aligned(memory);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("the line counts of a matrix");
    return status;
}
