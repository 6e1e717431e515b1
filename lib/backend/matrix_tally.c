/* matrix_tally.c - line counts of a matrix that is already there, one line at a time. */
#include "backend/matrix_tally.h"

#include <string.h>

#include "base/error.h"
#include "base/look.h"
#include "base/memory.h"
#include "lines/hist.h"

enum { REMOVED = 2 }; /* beside 0 white, 1 recurrent */

typedef struct counter {
    const rqa__matrix_view *m;
    uint64_t points, gap_sum;
    rqa__hist diagonal, vertical, white_inner, white_border, time;
    uint64_t *offset_points;
    size_t n_offsets;
    uint8_t *cell; /* one line, a byte a cell */
} counter;

static uint8_t get(const rqa__matrix_view *m, size_t i, size_t j)
{
    return m->words[j * m->words_per_row + i / 64] >> (i % 64) & 1;
}

static size_t distance(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

/* Adds the runs of `colour` in cell[0..n). White runs that touch an end marked as a border of the
 * matrix go to `border`. */
static int count_runs(const uint8_t *cell, size_t n, uint8_t colour, int first_is_border,
                      int last_is_border, rqa__hist *inner, rqa__hist *border)
{
    size_t start = 0;
    while (start < n) {
        if (cell[start] != colour) {
            start++;
            continue;
        }
        size_t end = start;
        while (end < n && cell[end] == colour)
            end++;
        int at_border = (start == 0 && first_is_border) || (end == n && last_is_border);
        rqa__hist *hist = at_border ? border : inner;
        if (rqa__hist_reserve(hist, end - start))
            return RQA_ERROR_MEMORY;
        rqa__hist_add(hist, end - start, 1);
        start = end;
    }
    return RQA_OK;
}

/* Times between the lines of a column, as far as no removed cell lies between them. */
static int count_times(counter *c, size_t n)
{
    size_t last_start = SIZE_MAX, last_row = SIZE_MAX;
    for (size_t j = 0; j < n; j++) {
        if (c->cell[j] == REMOVED)
            last_start = last_row = SIZE_MAX;
        if (c->cell[j] != 1)
            continue;
        int adjacent = last_row != SIZE_MAX && j == last_row + 1;
        if (!adjacent) {
            if (last_row != SIZE_MAX) {
                if (rqa__hist_reserve(&c->time, j - last_start))
                    return RQA_ERROR_MEMORY;
                rqa__hist_add(&c->time, j - last_start, 1);
                c->gap_sum += j - last_row;
            }
            last_start = j;
        }
        last_row = j;
    }
    return RQA_OK;
}

static int count_column(counter *c, size_t i)
{
    const rqa__matrix_view *m = c->m;
    /* One triangle begins at the main diagonal, and its edge is a border. */
    const size_t begin = !m->upper_only ? 0 : i < m->n_y ? i : m->n_y;
    const size_t n = m->n_y - begin;
    const uint8_t in_band = m->band_is_white ? 0 : REMOVED;
    for (size_t k = 0; k < n; k++) {
        const size_t apart = distance(i, begin + k);
        const uint8_t black = get(m, i, begin + k);
        c->points += black && apart >= m->theiler_points;
        c->cell[k] = apart < m->theiler_vertical ? in_band : black;
    }
    int status = RQA_OK;
    if (m->tallies & RQA__TALLY_VERTICAL)
        status = count_runs(c->cell, n, 1, 0, 0, &c->vertical, &c->vertical);
    if (!status && m->tallies & RQA__TALLY_WHITE)
        status = count_runs(c->cell, n, 0, 1, 1, &c->white_inner, &c->white_border);
    if (!status && m->tallies & RQA__TALLY_RECURRENCE_TIME)
        status = count_times(c, n);
    return status;
}

/* Offset j - i = d - (n_x - 1). */
static int count_diagonal(counter *c, size_t d)
{
    const rqa__matrix_view *m = c->m;
    size_t i = d < m->n_x - 1 ? m->n_x - 1 - d : 0, j = d > m->n_x - 1 ? d - (m->n_x - 1) : 0;
    size_t square = m->n_x < m->n_y ? m->n_x : m->n_y;
    uint64_t offset = distance(i, j), points = 0;
    int other_triangle = m->upper_only && i > j;
    size_t n = 0;
    for (; i < m->n_x && j < m->n_y; i++, j++, n++) {
        c->cell[n] = get(m, i, j);
        points += c->cell[n] && i < square && j < square;
    }
    if (c->offset_points && offset < square)
        c->offset_points[d + square - m->n_x] = points;
    if (!(m->tallies & RQA__TALLY_DIAGONAL) || offset < m->theiler_diagonal || other_triangle)
        return RQA_OK;
    return count_runs(c->cell, n, 1, 0, 0, &c->diagonal, &c->diagonal);
}

static int cancelled(const counter *c)
{
    if (!rqa__is_cancelled(c->m->cancel))
        return RQA_OK;
    return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
}

static int count_all(counter *c)
{
    int status = RQA_OK;
    for (size_t i = 0; i < c->m->n_x && !status; i++) {
        status = cancelled(c);
        if (!status)
            status = count_column(c, i);
    }
    if (c->m->tallies & (RQA__TALLY_DIAGONAL | RQA__TALLY_OFFSETS))
        for (size_t d = 0; d < c->m->n_x + c->m->n_y - 1 && !status; d++) {
            status = cancelled(c);
            if (!status)
                status = count_diagonal(c, d);
        }
    return status;
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

int rqa__matrix_tally(const rqa__matrix_view *matrix, rqa__tally_sink sink, void *user)
{
    counter c = {.m = matrix};
    size_t longest = matrix->n_x > matrix->n_y ? matrix->n_x : matrix->n_y;
    int status = RQA_OK;
    c.cell = rqa__alloc(longest);
    if (matrix->tallies & RQA__TALLY_OFFSETS) {
        c.n_offsets = 2 * (matrix->n_x < matrix->n_y ? matrix->n_x : matrix->n_y) - 1;
        c.offset_points = rqa__calloc(c.n_offsets, sizeof *c.offset_points);
    }
    if (!c.cell || (c.n_offsets && !c.offset_points))
        status = RQA_ERROR_MEMORY;
    if (!status)
        status = count_all(&c);
    if (!status)
        status = deliver(&c, sink, user);
    rqa__hist_free(&c.diagonal);
    rqa__hist_free(&c.vertical);
    rqa__hist_free(&c.white_inner);
    rqa__hist_free(&c.white_border);
    rqa__hist_free(&c.time);
    rqa__free(c.offset_points);
    rqa__free(c.cell);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("the line counts of a matrix");
    return status;
}
