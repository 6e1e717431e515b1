/* part.c - what a part is made of: its lines, copying it from a tally, histograms that add up. */
#include "lines/part_internal.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* ---- geometry ---- */

uint64_t rqa__part_cells(const rqa__part_shape *shape, uint64_t first, uint64_t end)
{
    uint64_t columns = end - first;
    if (!shape->symmetric)
        return columns * shape->n_y;
    return columns * (shape->n_y - end) + columns * (columns + 1) / 2;
}

rqa__line_range rqa__part_diagonal(const rqa__part_shape *shape, uint64_t first, uint64_t end,
                                   int64_t lag)
{
    uint64_t distance = (uint64_t)(lag < 0 ? -lag : lag);
    if (distance < shape->theiler_diagonal)
        return (rqa__line_range){0, 0};
    uint64_t begin = lag > 0 ? larger(first, distance) : first;
    uint64_t last = rqa__smaller64(end, lag > 0 ? shape->n_y + distance : shape->n_y - distance);
    return (rqa__line_range){begin, last > begin ? last - begin : 0};
}

rqa__line_range rqa__part_column(const rqa__part_shape *shape, uint64_t first, uint64_t end,
                                 int64_t line)
{
    uint64_t column = (uint64_t)line;
    if (column >= end)
        return (rqa__line_range){first, end - first};
    return (rqa__line_range){first, shape->n_y - first};
}

int rqa__part_is_cut(const rqa__part_shape *shape, uint64_t column, const rqa__line_range *range)
{
    const uint64_t reach = rqa__smaller64(shape->band, shape->n_y);
    const uint64_t from = column + 1 > reach ? column + 1 - reach : 0, to = column + reach;
    return reach > 0 && from < range->begin + range->length && to > range->begin;
}

static rqa__part_lines diagonals_of(const rqa__part_shape *shape, uint64_t first, uint64_t end)
{
    int64_t lowest = (int64_t)first - (int64_t)(shape->n_y - 1);
    int64_t highest = shape->symmetric ? 0 : (int64_t)end - 1;
    return (rqa__part_lines){.first_line = lowest, .n_lines = (size_t)(highest - lowest + 1)};
}

static rqa__part_lines columns_of(const rqa__part_shape *shape, uint64_t first)
{
    return (rqa__part_lines){.first_line = (int64_t)first, .n_lines = (size_t)(shape->n_x - first)};
}

size_t rqa__part_memory(const rqa__part_shape *shape)
{
    size_t words = 0, offsets = 0;
    if (shape->tallies & RQA__TALLY_DIAGONAL)
        words += (size_t)(shape->symmetric ? 2 * shape->n_y : 2 * (shape->n_x + shape->n_y));
    if (rqa__part_has_columns(shape))
        words += (size_t)shape->n_x * (shape->tallies & RQA__TALLY_RECURRENCE_TIME ? 5 : 2);
    if (shape->tallies & RQA__TALLY_OFFSETS)
        offsets = 2 * (size_t)rqa__smaller64(shape->n_x, shape->n_y);
    return words * sizeof(uint32_t) + offsets * sizeof(uint64_t);
}

/* ---- copying ---- */

static int alloc_lines(rqa__part_lines *lines, int times)
{
    uint32_t **array[] = {&lines->head, &lines->tail, &lines->first, &lines->last, &lines->end};
    for (int k = 0; k < (times ? 5 : 2); k++) {
        *array[k] = rqa__alloc_array(lines->n_lines, sizeof **array[k]);
        if (!*array[k])
            return RQA_ERROR_MEMORY;
    }
    return RQA_OK;
}

static void free_lines(rqa__part_lines *lines)
{
    rqa__free(lines->head);
    rqa__free(lines->tail);
    rqa__free(lines->first);
    rqa__free(lines->last);
    rqa__free(lines->end);
}

static int is_run(uint32_t run, uint64_t longest)
{
    return run >> 2 > 0 && run >> 2 <= longest && (run & 3) < 3;
}

/* A place after the first cell, or none. */
static int is_place(uint32_t place, const rqa__line_range *range)
{
    return place == RQA__EDGE_NONE ||
           (place > range->begin && place <= range->begin + range->length);
}

/* Reads line `k` of what a backend gave; whether that can be. */
static int take_line(rqa__part_lines *lines, size_t at, const rqa__edges *edges, uint64_t k,
                     rqa__line_range range, int is_cut)
{
    if (range.length == 0) {
        lines->head[at] = lines->tail[at] = RQA__EDGE_NONE;
        return 1;
    }
    if (k >= edges->n_lines || !is_run(edges->head[k], range.length))
        return 0;
    uint64_t rest = range.length - (edges->head[k] >> 2);
    lines->head[at] = edges->head[k];
    lines->tail[at] = rest ? edges->tail[k] : edges->head[k];
    if (rest && !is_run(edges->tail[k], rest))
        return 0;
    if (!lines->first)
        return 1;
    uint32_t first = lines->first[at] = edges->first[k];
    uint32_t last = lines->last[at] = edges->last[k];
    uint32_t end = lines->end[at] = edges->end[k];
    if (!is_place(first, &range) || !is_place(last, &range) || !is_place(end, &range))
        return 0;
    if (last != RQA__EDGE_NONE && (last >= end || end == RQA__EDGE_NONE))
        return 0;
    /* Those of a piece that is cut lie on either side of what was removed. */
    return is_cut || (first == RQA__EDGE_NONE) == (last == RQA__EDGE_NONE);
}

static int cannot_be(void)
{
    return rqa__fail(RQA_ERROR_BACKEND_FAILED,
                     "a backend gave edges that cannot be those of the part it was asked for");
}

static int take_diagonals(rqa__part *part, const rqa__edges *edges)
{
    part->diagonals = diagonals_of(&part->shape, part->first, part->end);
    rqa__part_lines *lines = &part->diagonals;
    if (alloc_lines(lines, 0))
        return RQA_ERROR_MEMORY;
    for (size_t at = 0; at < lines->n_lines; at++) {
        int64_t lag = lines->first_line + (int64_t)at;
        rqa__line_range range = rqa__part_diagonal(&part->shape, part->first, part->end, lag);
        if (!take_line(lines, at, edges, (uint64_t)(-lag - edges->first_line), range, 0))
            return cannot_be();
    }
    return RQA_OK;
}

static int take_columns(rqa__part *part, const rqa__edges *edges)
{
    int times = (part->shape.tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    if (times && edges->n_lines && !(edges->first && edges->last && edges->end))
        return cannot_be();
    part->columns = columns_of(&part->shape, part->first);
    rqa__part_lines *lines = &part->columns;
    if (alloc_lines(lines, times))
        return RQA_ERROR_MEMORY;
    for (size_t at = 0; at < lines->n_lines; at++) {
        int64_t column = lines->first_line + (int64_t)at;
        rqa__line_range range = rqa__part_column(&part->shape, part->first, part->end, column);
        const int is_cut = rqa__part_is_cut(&part->shape, (uint64_t)column, &range);
        if (!take_line(lines, at, edges, (uint64_t)(column - edges->first_line), range, is_cut))
            return cannot_be();
    }
    return RQA_OK;
}

static int take_counts(rqa__part *part, const rqa__tally *tally)
{
    const rqa__spectrum *from[RQA__PART_KINDS] = {&tally->diagonal, &tally->vertical,
                                                  &tally->white_inner, &tally->white_border,
                                                  &tally->recurrence_time};
    for (int k = 0; k < RQA__PART_KINDS; k++) {
        part->bin[k] = rqa__alloc_array(from[k]->n_bins, sizeof *part->bin[k]);
        if (!part->bin[k])
            return RQA_ERROR_MEMORY;
        part->n_bins[k] = from[k]->n_bins;
        if (from[k]->n_bins)
            memcpy(part->bin[k], from[k]->bin, from[k]->n_bins * sizeof *part->bin[k]);
    }
    if (!(part->shape.tallies & RQA__TALLY_OFFSETS) || !tally->n_offsets)
        return RQA_OK;
    part->offset_points = rqa__alloc_array(tally->n_offsets, sizeof *part->offset_points);
    if (!part->offset_points)
        return RQA_ERROR_MEMORY;
    part->n_offsets = tally->n_offsets;
    memcpy(part->offset_points, tally->offset_points,
           tally->n_offsets * sizeof *part->offset_points);
    return RQA_OK;
}

int rqa__part_take(rqa__part *part, const rqa__part_shape *shape, uint64_t first, uint64_t end,
                   const rqa__tally *tally)
{
    *part = (rqa__part){.shape = *shape,
                        .first = first,
                        .end = end,
                        .points = tally->points,
                        .gap_sum = tally->gap_sum};
    int status = take_counts(part, tally);
    if (!status && shape->tallies & RQA__TALLY_DIAGONAL)
        status = take_diagonals(part, &tally->diagonals);
    if (!status && rqa__part_has_columns(shape))
        status = take_columns(part, &tally->columns);
    if (status)
        rqa__part_free(part);
    return status;
}

void rqa__part_free(rqa__part *part)
{
    for (int k = 0; k < RQA__PART_KINDS; k++)
        rqa__free(part->bin[k]);
    rqa__free(part->offset_points);
    free_lines(&part->diagonals);
    free_lines(&part->columns);
    *part = (rqa__part){0};
}

/* ---- histograms ---- */

static int add_bins(rqa__part *part, int kind, const rqa__bin *added, size_t n_added)
{
    if (n_added == 0)
        return RQA_OK;
    const rqa__bin *old = part->bin[kind];
    size_t n_old = part->n_bins[kind], n = 0, k = 0, m = 0;
    rqa__bin *sum = rqa__alloc_array(n_old + n_added, sizeof *sum);
    if (!sum)
        return RQA_ERROR_MEMORY;
    while (k < n_old || m < n_added) {
        if (m == n_added || (k < n_old && old[k].length < added[m].length)) {
            sum[n++] = old[k++];
        } else if (k == n_old || added[m].length < old[k].length) {
            sum[n++] = added[m++];
        } else {
            sum[n] = old[k++];
            sum[n++].count += added[m++].count;
        }
    }
    rqa__free(part->bin[kind]);
    part->bin[kind] = sum;
    part->n_bins[kind] = n;
    return RQA_OK;
}

int rqa__part_add_counts(rqa__part *part, const rqa__part *other)
{
    int status = RQA_OK;
    for (int k = 0; k < RQA__PART_KINDS && !status; k++)
        status = add_bins(part, k, other->bin[k], other->n_bins[k]);
    for (size_t k = 0; k < other->n_offsets; k++)
        part->offset_points[k] += other->offset_points[k];
    part->points += other->points;
    part->gap_sum += other->gap_sum;
    return status;
}

int rqa__part_add_hists(rqa__part *part, const rqa__hist *hist)
{
    int status = RQA_OK;
    for (int k = 0; k < RQA__PART_KINDS && !status; k++) {
        rqa__bin *bin = rqa__alloc_array(rqa__hist_n_bins(&hist[k]), sizeof *bin);
        if (!bin)
            return RQA_ERROR_MEMORY;
        rqa__spectrum s = rqa__hist_spectrum(&hist[k], bin);
        status = add_bins(part, k, s.bin, s.n_bins);
        rqa__free(bin);
    }
    return status;
}
