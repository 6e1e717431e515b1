/* part_join.c - joins neighbouring parts along each line, and ends the lines of the last. */
#include "lines/part_internal.h"

#include <string.h>

#include "base/memory.h"
#include "rqa/status.h"

enum { WHITE = 0, BLACK = 1 };

#define NONE RQA__EDGE_NONE

/* Where the runs of one direction are counted. NULL: not wanted. */
typedef struct counter {
    rqa__hist *black, *inner, *border, *time;
    uint64_t weight;
    uint64_t cut_sum; /* cells beyond their first of lines that are the last before a removed cell */
    int status;
} counter;

/* One line's piece of a part. */
typedef struct piece {
    uint32_t head, tail, first, last, end;
    rqa__line_range range;
    int is_cut; /* has removed cells: `first` lies before them, `last` and `end` behind */
} piece;

static void count(counter *c, rqa__hist *hist, size_t length)
{
    if (!hist || c->status)
        return;
    c->status = rqa__hist_reserve(hist, length);
    if (!c->status)
        rqa__hist_add(hist, length, c->weight);
}

static void count_inner(counter *c, uint32_t run)
{
    if ((run & 3) == BLACK)
        count(c, c->black, run >> 2);
    else if ((run & 3) == WHITE)
        count(c, c->inner, run >> 2);
}

static void count_border(counter *c, uint32_t run)
{
    if ((run & 3) == BLACK)
        count(c, c->black, run >> 2);
    else if ((run & 3) == WHITE)
        count(c, c->border, run >> 2);
}

static int is_one_run(const piece *p)
{
    return p->head >> 2 == p->range.length;
}

/* ---- joining ---- */

static void line_starts(counter *c, piece *p, uint32_t at)
{
    if (p->last != NONE)
        count(c, c->time, at - p->last);
    else if (!p->is_cut)
        p->first = at;
    p->last = at;
}

static void join_times(counter *c, piece *left, const piece *right, int runs_on)
{
    if ((right->head & 3) == BLACK && !runs_on)
        line_starts(c, left, (uint32_t)right->range.begin);
    if ((right->head & 3) == BLACK)
        left->end = (uint32_t)right->range.begin + (right->head >> 2);
    if (right->first != NONE)
        line_starts(c, left, right->first);
    else if (right->is_cut && left->last != NONE)
        c->cut_sum += left->end - left->last - 1;
    if (right->is_cut || right->first != NONE)
        left->last = right->last;
    if (right->is_cut || right->end != NONE)
        left->end = right->end;
    left->is_cut |= right->is_cut;
}

static void join_pieces(counter *c, piece *left, const piece *right)
{
    const int runs_on = (left->tail & 3) == (right->head & 3);
    const int left_is_one = is_one_run(left), right_is_one = is_one_run(right);
    if (runs_on) {
        uint32_t run = left->tail + (right->head & ~UINT32_C(3));
        if (left_is_one)
            left->head = run;
        else if (!right_is_one)
            count_inner(c, run);
        left->tail = right_is_one ? run : right->tail;
    } else {
        if (!left_is_one)
            count_inner(c, left->tail);
        if (!right_is_one)
            count_inner(c, right->head);
        left->tail = right->tail;
    }
    if (c->time)
        join_times(c, left, right, runs_on);
    left->range.length += right->range.length;
}

static piece piece_of(const rqa__part_shape *shape, const rqa__part_lines *lines, size_t at,
                      rqa__line_range range)
{
    piece p = {lines->head[at], lines->tail[at], NONE, NONE, NONE, range, 0};
    if (lines->first) {
        p.is_cut = rqa__part_is_cut(shape, (uint64_t)lines->first_line + at, &range);
        p.first = lines->first[at];
        p.last = lines->last[at];
        p.end = lines->end[at];
    }
    return p;
}

static void put_piece(rqa__part_lines *lines, size_t at, const piece *p)
{
    lines->head[at] = p->head;
    lines->tail[at] = p->tail;
    if (lines->first) {
        lines->first[at] = p->first;
        lines->last[at] = p->last;
        lines->end[at] = p->end;
    }
}

typedef rqa__line_range geometry(const rqa__part_shape *shape, uint64_t first, uint64_t end,
                                 int64_t line);

/* Lines of `left` begin no later than those of `right`. */
static int grow(rqa__part_lines *left, const rqa__part_lines *right)
{
    int64_t end = right->first_line + (int64_t)right->n_lines;
    if (end <= left->first_line + (int64_t)left->n_lines)
        return RQA_OK;
    size_t n = (size_t)(end - left->first_line);
    uint32_t **array[] = {&left->head, &left->tail}; /* columns do not grow */
    for (int k = 0; k < 2; k++) {
        uint32_t *longer = rqa__realloc(*array[k], n * sizeof *longer);
        if (!longer)
            return RQA_ERROR_MEMORY;
        *array[k] = longer;
        memset(longer + left->n_lines, 0xff, (n - left->n_lines) * sizeof *longer);
    }
    left->n_lines = n;
    return RQA_OK;
}

static uint64_t weight_of(const rqa__part_shape *shape, int64_t lag)
{
    return shape->symmetric && !shape->upper_only && lag != 0 ? 2 : 1;
}

static int join_lines(const rqa__part *left, const rqa__part *right, rqa__part_lines *to,
                      const rqa__part_lines *from, geometry *range_of, counter *c)
{
    if (grow(to, from))
        return RQA_ERROR_MEMORY;
    const rqa__part_shape *shape = &left->shape;
    for (size_t k = 0; k < from->n_lines && !c->status; k++) {
        int64_t line = from->first_line + (int64_t)k;
        size_t at = (size_t)(line - to->first_line);
        if (from->head[k] == NONE)
            continue;
        piece added = piece_of(shape, from, k, range_of(shape, right->first, right->end, line));
        if (to->head[at] == NONE) {
            put_piece(to, at, &added);
            continue;
        }
        piece p = piece_of(shape, to, at, range_of(shape, left->first, left->end, line));
        if (range_of == rqa__part_diagonal)
            c->weight = weight_of(shape, line);
        join_pieces(c, &p, &added);
        put_piece(to, at, &p);
    }
    return c->status;
}

static counter of_diagonals(rqa__hist *hist)
{
    return (counter){.black = &hist[RQA__PART_DIAGONAL], .weight = 1};
}

static counter of_columns(const rqa__part_shape *shape, rqa__hist *hist)
{
    counter c = {.weight = 1};
    if (shape->tallies & RQA__TALLY_VERTICAL)
        c.black = &hist[RQA__PART_VERTICAL];
    if (shape->tallies & RQA__TALLY_WHITE) {
        c.inner = &hist[RQA__PART_WHITE_INNER];
        c.border = &hist[RQA__PART_WHITE_BORDER];
    }
    if (shape->tallies & RQA__TALLY_RECURRENCE_TIME)
        c.time = &hist[RQA__PART_TIME];
    return c;
}

static void free_hists(rqa__hist *hist)
{
    for (int k = 0; k < RQA__PART_KINDS; k++)
        rqa__hist_free(&hist[k]);
}

int rqa__part_join(rqa__part *left, rqa__part *right)
{
    rqa__hist hist[RQA__PART_KINDS] = {{0}};
    counter diagonals = of_diagonals(hist), columns = of_columns(&left->shape, hist);
    int status = RQA_OK;
    if (left->diagonals.head)
        status = join_lines(left, right, &left->diagonals, &right->diagonals, rqa__part_diagonal,
                            &diagonals);
    if (!status && left->columns.head)
        status =
            join_lines(left, right, &left->columns, &right->columns, rqa__part_column, &columns);
    if (!status)
        status = rqa__part_add_hists(left, hist);
    if (!status)
        status = rqa__part_add_counts(left, right);
    left->gap_sum += columns.cut_sum;
    left->end = right->end;
    free_hists(hist);
    rqa__part_free(right);
    return status;
}

/* ---- closing ---- */

static void close_lines(const rqa__part *part, const rqa__part_lines *lines, geometry *range_of,
                        counter *c)
{
    for (size_t k = 0; lines->head && k < lines->n_lines && !c->status; k++) {
        int64_t line = lines->first_line + (int64_t)k;
        if (lines->head[k] == NONE)
            continue;
        const piece p = piece_of(&part->shape, lines, k,
                                 range_of(&part->shape, part->first, part->end, line));
        if (range_of == rqa__part_diagonal)
            c->weight = weight_of(&part->shape, line);
        count_border(c, p.head);
        if (!is_one_run(&p))
            count_border(c, p.tail);
        if (!c->time || (p.head & 3) != BLACK)
            continue;
        if (p.first != NONE)
            count(c, c->time, p.first);
        else if (p.is_cut)
            c->cut_sum += (p.head >> 2) - 1;
    }
}

/* Cells of the last lines of all columns beyond their first. */
static uint64_t last_lines(const rqa__part_lines *lines)
{
    uint64_t sum = 0;
    for (size_t k = 0; k < lines->n_lines; k++) {
        if (lines->head[k] == NONE || lines->end[k] == NONE)
            continue;
        uint32_t start = lines->last[k] == NONE ? 0 : lines->last[k];
        sum += lines->end[k] - start - 1;
    }
    return sum;
}

/* From the last row of a line to the start of the next it is the distance of the starts, less the
 * line's cells beyond its first; and the last line of a column, or before a removed cell, which is in
 * the part's sum already, has no next. */
static uint64_t gap_sum(const rqa__part *part)
{
    uint64_t sum = 0;
    for (size_t k = 0; k < part->n_bins[RQA__PART_TIME]; k++)
        sum += part->bin[RQA__PART_TIME][k].length * part->bin[RQA__PART_TIME][k].count;
    for (size_t k = 0; k < part->n_bins[RQA__PART_VERTICAL]; k++)
        sum -=
            (part->bin[RQA__PART_VERTICAL][k].length - 1) * part->bin[RQA__PART_VERTICAL][k].count;
    return sum + last_lines(&part->columns);
}

static rqa__spectrum spectrum(const rqa__part *part, int kind)
{
    return (rqa__spectrum){part->bin[kind], part->n_bins[kind]};
}

int rqa__part_close(rqa__part *part, rqa__tally *tally)
{
    rqa__hist hist[RQA__PART_KINDS] = {{0}};
    counter diagonals = of_diagonals(hist), columns = of_columns(&part->shape, hist);
    close_lines(part, &part->diagonals, rqa__part_diagonal, &diagonals);
    close_lines(part, &part->columns, rqa__part_column, &columns);
    int status = diagonals.status ? diagonals.status : columns.status;
    if (!status)
        status = rqa__part_add_hists(part, hist);
    free_hists(hist);
    if (status)
        return status;
    if (part->columns.first)
        part->gap_sum += columns.cut_sum + gap_sum(part);
    *tally = (rqa__tally){.points = part->points,
                          .gap_sum = part->gap_sum,
                          .diagonal = spectrum(part, RQA__PART_DIAGONAL),
                          .vertical = spectrum(part, RQA__PART_VERTICAL),
                          .white_inner = spectrum(part, RQA__PART_WHITE_INNER),
                          .white_border = spectrum(part, RQA__PART_WHITE_BORDER),
                          .recurrence_time = spectrum(part, RQA__PART_TIME),
                          .offset_points = part->offset_points,
                          .n_offsets = part->n_offsets};
    return RQA_OK;
}
