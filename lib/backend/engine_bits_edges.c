/* engine_bits_edges.c - where the lines of a part of a matrix leave it.
 *
 * A part is extracted as a whole matrix is, by the same kernels; only what touches its borders is
 * not counted. A run that begins at one carries RQA__BITS_BORDER, so it is rare when it ends. One
 * that reaches the border at the end is still under way, except at the last row of the matrix,
 * below which there are only zeros: there the kernel ends and counts it, and that is taken back.
 */
#include "backend/engine_bits_state.h"

static uint32_t edge_of(size_t length, uint32_t colour)
{
    return (uint32_t)length << 2 | colour;
}

static size_t begin_of(const rqa__bits_run *run, int64_t offset)
{
    return offset < -(int64_t)run->request.first ? (size_t)-offset : run->request.first;
}

static size_t start_of(uint32_t state)
{
    return (state & ~RQA__BITS_BORDER) >> 1;
}

void rqa__bits_begin_edges(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    for (size_t p = 0; p < s->width; p++) {
        w->diagonal[p] = 2 * (uint32_t)begin_of(w->run, s->first + (int64_t)p) | RQA__BITS_BORDER;
    }
}

/* The tail of an own column; a black one of the last row comes from rqa__bits_rows_leave(). */
static void end_row(const rqa__bits_run *run, uint32_t length, uint32_t colour,
                    const uint32_t *state)
{
    const size_t i = (size_t)(state - run->counts.row);
    if (length > 0) {
        run->request.edges->columns.tail[i - run->request.first] = edge_of(length, colour);
    }
}

/* The head of a diagonal or a column. */
static void end_head(rqa__bits_counter *w, int kind, uint32_t length, uint32_t colour,
                     uint32_t *state)
{
    const rqa__bits_run *run = w->run;
    const rqa__bits_edges *edges = run->request.edges;
    const rqa__bits_counts *counts = &run->counts;
    if (length == 0) { /* the line begins with the other colour */
        *state |= RQA__BITS_BORDER;
        if (kind == RQA__BITS_COLUMN && counts->column_start != NULL) {
            counts->column_start[state - counts->column] = 0;
            counts->column_first[state - counts->column] = 0;
        }
    } else if (kind == RQA__BITS_COLUMN) {
        const size_t column = (size_t)(state - counts->column);
        edges->columns.head[column - run->request.first] = edge_of(length, colour);
    } else {
        int64_t offset = w->strip->first + (state - w->diagonal);
        edges->diagonals.head[offset - edges->diagonals.first_line] = edge_of(length, colour);
        w->rare_points += colour ? length : 0;
    }
}

void rqa__bits_rare_of_part(void *counter, int kind, uint32_t index, uint32_t *state)
{
    rqa__bits_counter *w = counter;
    const uint32_t run = index & ~RQA__BITS_BORDER, colour = run & 1, length = (run + 1) / 2;
    const int whole_columns = w->run->request.edges->columns.tail == NULL;
    if (run == index || (kind == RQA__BITS_ROW && whole_columns)) {
        rqa__bits_rare(counter, kind, index, state);
    } else if (kind == RQA__BITS_ROW) {
        end_row(w->run, length, colour, state);
    } else {
        end_head(w, kind, length, colour, state);
    }
}

/* ---- the last row of the matrix ---- */

static int is_black(const rqa__bits_counter *w, size_t r, size_t p)
{
    /* The row before the block comes first. */
    const uint64_t *bits = w->bits->tile + r * w->run->input->stride;
    return (int)(bits[p / 64] >> p % 64 & 1);
}

/* The first row whose cell in the last row of the matrix, at or past `row`, lies in the strip. */
static size_t first_to_leave(const rqa__bits_run *run, const rqa__bits_strip *s, size_t row)
{
    int64_t i = (int64_t)run->input->n_y - s->first - (int64_t)s->width;
    return i > (int64_t)row ? (size_t)i : row;
}

/* Where in the strip row i has that cell. */
static size_t last_cell(const rqa__bits_run *run, const rqa__bits_strip *s, size_t i)
{
    return (size_t)((int64_t)run->input->n_y - 1 - (int64_t)i - s->first);
}

void rqa__bits_diagonals_leave(rqa__bits_counter *w, const rqa__bits_strip *s, size_t row,
                               size_t n_rows)
{
    rqa__bits_run *run = w->run;
    const rqa__part_lines *diagonals = &run->request.edges->diagonals;
    for (size_t i = first_to_leave(run, s, row); i < row + n_rows && i + 1 < s->row_end; i++) {
        const size_t p = last_cell(run, s, i);
        const int64_t offset = s->first + (int64_t)p;
        size_t r = i - row + 1;
        if (!is_black(w, r, p)) {
            continue;
        }
        while (r > 0 && is_black(w, r - 1, p)) {
            r--;
        }
        const size_t start = r > 0 ? row + r - 1 : start_of(w->diagonal[p]);
        const size_t length = i + 1 - start;
        if (start == begin_of(run, offset)) {
            continue; /* the head, too */
        }
        diagonals->tail[offset - diagonals->first_line] = edge_of(length, 1);
        if (length < run->plan.limit) {
            w->hist_diagonal[2 * length - 1]--;
            w->rare_points += length;
        } else {
            run->counts.diagonal_lines[length] -= s->weight_diagonal;
        }
    }
}

void rqa__bits_rows_leave(rqa__bits_counter *w, const rqa__bits_strip *s, size_t row, size_t n_rows)
{
    rqa__bits_run *run = w->run;
    const rqa__part_lines *columns = &run->request.edges->columns;
    if (columns->tail == NULL || run->counts.row == NULL) {
        return;
    }
    for (size_t i = first_to_leave(run, s, row); i < row + n_rows; i++) {
        const size_t p = last_cell(run, s, i), r = i - row + 1;
        size_t length = 0;
        while (length <= p && is_black(w, r, p - length)) {
            length++;
        }
        if (length > p) {
            run->counts.row[i] |= RQA__BITS_BORDER; /* under way into the next strip */
        } else if (length > 0) {
            w->hist_vertical[2 * length - 1]--;
            columns->tail[i - run->request.first] = edge_of(length, 1);
        }
    }
}

/* ---- the end of a strip ---- */

void rqa__bits_end_edges(rqa__bits_counter *w, const rqa__bits_strip *s)
{
    const rqa__bits_run *run = w->run;
    const rqa__part_lines *diagonals = &run->request.edges->diagonals;
    for (size_t p = 0; p < s->width; p++) {
        const int64_t offset = s->first + (int64_t)p, at = offset - diagonals->first_line;
        const int64_t stop = (int64_t)run->input->n_y - offset;
        const size_t end = stop < (int64_t)run->request.end ? (size_t)stop : run->request.end;
        const uint32_t state = w->diagonal[p];
        const size_t start = start_of(state);
        if (diagonals->tail[at] != RQA__EDGE_NONE) {
            continue;
        }
        if (start == end) { /* black from the border to the last row of the matrix */
            diagonals->tail[at] = diagonals->head[at];
            continue;
        }
        diagonals->tail[at] = edge_of(end - start, state & 1);
        if (state & RQA__BITS_BORDER) {
            diagonals->head[at] = diagonals->tail[at];
        }
    }
}
