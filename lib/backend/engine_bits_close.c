/* engine_bits_close.c - ends the runs that no change ended, and makes the tally. */
#include "backend/engine_bits_state.h"
#include "base/lone_add.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

enum { REMOVED = 2 };

/* A run of column c of a part, if it is the first or the last there. */
static void put_edge(rqa__bits_run *run, size_t c, size_t length, unsigned colour, int is_first,
                     int is_last)
{
    const rqa__part_lines *edges = &run->request.edges->columns;
    const uint32_t edge = (uint32_t)length << 2 | colour;
    if (is_first) {
        edges->head[c - run->request.first] = edge;
    }
    if (is_last) {
        edges->tail[c - run->request.first] = edge;
    }
}

/* A run [begin, end) of cells along column c of the matrix. The first and the last of a column are
 * at the border, or of a part edges. */
static void put_run(rqa__bits_run *run, size_t c, size_t begin, size_t end, unsigned colour,
                    int is_first, int is_last)
{
    if (end <= begin) {
        return;
    }
    const rqa__bits_edges *edges = run->request.edges;
    if (edges != NULL && edges->columns.head != NULL && (is_first || is_last)) {
        put_edge(run, c, end - begin, colour, is_first, is_last);
        return;
    }
    const rqa__bits_counts *counts = &run->counts;
    atomic_uint_least64_t *hist = colour                ? counts->vertical_lines
                                  : is_first || is_last ? counts->white_border
                                                        : counts->white_inner;
    atomic_fetch_add_explicit(&hist[end - begin], 1, memory_order_relaxed);
}

/* A line that starts at `start` and whose last cell is `last`, followed by one at `later`. */
static void count_time(rqa__bits_counter *w, size_t start, size_t last, size_t later)
{
    const uint32_t *cuts = w->run->input->absent.cuts;
    if (cuts != NULL && cuts[start] != cuts[later]) {
        return;
    }
    w->gap_sum += later - last;
    atomic_fetch_add_explicit(&w->run->counts.time[later - start], 1, memory_order_relaxed);
}

/* The end and colour of a run of a row. */
static size_t end_of(uint32_t run, unsigned *colour)
{
    *colour = run & 1;
    return ((run & ~RQA__BITS_BORDER) + *colour) / 2;
}

/* Ends the lowest run of row i at `begin`; a black one becomes the row's first line. */
static void close_row(rqa__bits_counter *w, size_t i, size_t begin, int border)
{
    rqa__bits_run *run = w->run;
    const rqa__bits_counts *counts = &run->counts;
    unsigned colour;
    size_t end = end_of(counts->row[i], &colour);
    if (end <= begin) {
        return;
    }
    put_run(run, i, begin, end, colour, border, end == run->input->n_y);
    if (counts->row_start != NULL && colour) {
        if (counts->row_start[i] != 0) {
            count_time(w, begin, end - 1, counts->row_start[i] - 1);
        } else if (counts->row_first != NULL) {
            counts->row_first[i] = (uint32_t)begin + 1;
        }
        counts->row_start[i] = (uint32_t)begin + 1;
    }
}

/* The white band under the lowest run of row i: ends a black one, goes on with a white one. */
static void whiten_band(rqa__bits_counter *w, size_t i)
{
    rqa__bits_run *run = w->run;
    if (run->counts.row[i] & 1) {
        const size_t band_end = i + (size_t)run->request.task->theiler_vertical;
        close_row(w, i, band_end, 0);
        run->counts.row[i] = 2 * (uint32_t)band_end;
    }
}

void rqa__bits_cut_row(rqa__bits_counter *w, size_t i)
{
    rqa__bits_run *run = w->run;
    const size_t band = (size_t)run->request.task->theiler_vertical, n_y = run->input->n_y;
    size_t end = i + 1 - band; /* the cells below are those before `end`; the row exists: i >= band */
    run->counts.edge[i] = 0;
    if (run->request.task->band_is_white) {
        whiten_band(w, i);
        return;
    }
    if (i + band < n_y) {
        close_row(w, i, i + band, 0);
    }
    run->counts.row[i] = end < n_y ? 2 * (uint32_t)end : (2 * (uint32_t)n_y) | RQA__BITS_BORDER;
    if (run->counts.row_start != NULL) {
        run->counts.row_start[i] = 0;
    }
}

/* The lowest runs of a cross matrix, or of one triangle, whose rows begin at the main diagonal. */
static void close_rows(rqa__bits_run *run)
{
    const uint64_t band = run->request.task->theiler_vertical;
    rqa__bits_counter *w = &run->counter[0];
    for (size_t i = run->request.first; i < run->request.end; i++) {
        const size_t begin = run->plan.upper_only ? i : 0;
        const int has_below = !run->plan.upper_only && i >= band;
        if (band > 0 && !has_below && run->request.task->band_is_white) {
            whiten_band(w, i);
        } else if (band > 0 && !has_below) {
            if (band < run->input->n_y && i + (size_t)band < run->input->n_y) {
                close_row(w, i, i + (size_t)band, 0);
            }
            continue;
        }
        close_row(w, i, begin, 1);
    }
}

/* Where the topmost line of column c of a part ends: the last run is white, or that line. */
static uint32_t topmost_end(const rqa__bits_run *run, size_t c)
{
    const uint32_t tail = run->request.edges->columns.tail[c - run->request.first];
    return (uint32_t)run->input->n_y - ((tail & 3) == 0 ? tail >> 2 : 0);
}

static uint32_t place_of(uint32_t start)
{
    return start != 0 ? start - 1 : RQA__EDGE_NONE;
}

/* Joins the lines of column c below row `end`, where its last run begins at `begin`, with those of
 * the row, and says of a part where they are. */
static void join_lines(rqa__bits_run *run, size_t c, size_t begin, size_t end, unsigned colour)
{
    const rqa__bits_counts *counts = &run->counts;
    const uint32_t line = counts->column_start[c], later = counts->row_start[c];
    if (line != 0 && later != 0) {
        count_time(&run->counter[0], line - 1, (colour ? end : begin) - 1, later - 1);
    }
    if (run->request.edges == NULL) {
        return;
    }
    const rqa__part_lines *edges = &run->request.edges->columns;
    const size_t at = c - run->request.first;
    edges->first[at] = place_of(counts->column_first[c] != 0 ? counts->column_first[c] : later);
    edges->last[at] = place_of(counts->row_first[c] != 0 ? counts->row_first[c] : line);
    if (counts->row_first[c] != 0) {
        edges->end[at] = topmost_end(run, c);
    } else if (colour) {
        edges->end[at] = (uint32_t)end;
    } else {
        edges->end[at] = counts->column[c] & RQA__BITS_BORDER ? RQA__EDGE_NONE : (uint32_t)begin;
    }
}

/* The same where the band lies between them: nothing is joined. */
static void cut_lines(rqa__bits_run *run, size_t c, size_t begin, size_t end, unsigned colour)
{
    const rqa__bits_counts *counts = &run->counts;
    if (run->request.edges == NULL) {
        return;
    }
    const rqa__part_lines *edges = &run->request.edges->columns;
    const size_t at = c - run->request.first;
    edges->first[at] = place_of(counts->column_first[c]);
    edges->last[at] = place_of(counts->row_first[c]);
    edges->end[at] = counts->row_first[c] != 0 ? topmost_end(run, c) : RQA__EDGE_NONE;
    if (counts->column_first[c] != 0) {
        run->request.edges->cut_sum += (colour ? end : begin) - counts->column_start[c];
    }
}

/* The cells of column c around the band, or up to the end of a part. */
typedef struct column_ends {
    size_t whole;      /* one past the column's last cell */
    size_t begin, end; /* the run below the band */
    size_t above;      /* the first cell above it */
    unsigned colour;   /* of the run below */
    int border;        /* it begins with the column, or with its piece */
    int has_row;       /* row c goes on above */
} column_ends;

static column_ends ends_of(const rqa__bits_run *run, size_t c)
{
    const rqa__bits_request *request = &run->request;
    const uint64_t band = request->task->theiler_vertical;
    const uint32_t below = run->counts.column[c];
    const int is_own = c < request->end;
    column_ends e = {.whole = is_own ? run->input->n_y : request->end,
                     .begin = (below & ~RQA__BITS_BORDER) / 2,
                     .end = is_own ? c + 1 : request->end,
                     .colour = below & 1,
                     .border = (below & RQA__BITS_BORDER) != 0,
                     .has_row = is_own};
    if (band > 0) {
        const size_t kept = band <= c ? c + 1 - (size_t)band : 0;
        e.end = kept < request->first ? request->first : kept < e.end ? kept : e.end;
    }
    e.above = c < e.whole && band < e.whole - c ? c + (size_t)band : e.whole;
    return e;
}

/* What the mirror image of the rows gave, the removed band, what row c gave. */
static void close_around_band(rqa__bits_run *run, size_t c, const column_ends *e)
{
    put_run(run, c, e->begin, e->end, e->colour, e->border, e->end == e->whole);
    if (run->request.edges != NULL && e->end < e->above) {
        put_edge(run, c, e->above - e->end, REMOVED, e->end == run->request.first,
                 e->above == e->whole);
    }
    if (e->has_row && e->above < e->whole) {
        close_row(&run->counter[0], c, e->above, 0);
    }
}

/* The same where the band is white, or there is none. */
static void close_across_band(rqa__bits_run *run, size_t c, const column_ends *e)
{
    unsigned above = 0;
    size_t end = e->has_row ? end_of(run->counts.row[c], &above) : e->whole;
    if (run->request.task->theiler_vertical == 0) {
        put_run(run, c, e->begin, end, e->colour, e->border, end == e->whole);
        return;
    }
    size_t begin = e->begin; /* the white run through the band */
    if (e->colour) {
        put_run(run, c, begin, e->end, 1, e->border, e->end == e->whole);
        begin = e->end;
    }
    end = above ? e->above : end;
    put_run(run, c, begin, end, 0, e->border && !e->colour, end == e->whole);
    if (above) {
        close_row(&run->counter[0], c, e->above, 0);
    }
}

/* The runs of column c around the main diagonal, or up to the end of a part. */
static void close_column(rqa__bits_run *run, size_t c)
{
    const column_ends e = ends_of(run, c);
    const rqa__task *task = run->request.task;
    const int removed = task->theiler_vertical > 0 && !task->band_is_white;
    size_t end = e.end;
    if (removed) {
        close_around_band(run, c, &e);
    } else {
        unsigned same;
        if (task->theiler_vertical == 0 && e.has_row) {
            end = end_of(run->counts.row[c], &same);
        }
        close_across_band(run, c, &e);
    }
    if (run->counts.column_start != NULL && removed && e.end < e.above) {
        cut_lines(run, c, e.begin, end, e.colour);
    } else if (run->counts.column_start != NULL) {
        join_lines(run, c, e.begin, end, e.colour);
    }
}

static void close_verticals(rqa__bits_run *run)
{
    if (run->counts.column != NULL) {
        for (size_t c = run->request.first; c < run->input->n_x; c++) {
            close_column(run, c);
        }
    } else if (run->counts.row != NULL) {
        close_rows(run);
    }
}

/* ---- the tally ---- */

static void add_workers(rqa__bits_run *run, rqa__tally *tally)
{
    const rqa__bits_counts *counts = &run->counts;
    for (unsigned k = 0; k < run->input->n_workers; k++) {
        const rqa__bits_counter *w = &run->counter[k];
        tally->points += w->points;
        tally->gap_sum += w->gap_sum;
        for (uint32_t n = 1; n < run->plan.limit; n++) {
            if (counts->diagonal_lines != NULL) {
                rqa__lone_add(&counts->diagonal_lines[n], w->total_diagonal[n]);
            }
            if (counts->vertical_lines != NULL) {
                rqa__lone_add(&counts->vertical_lines[n], w->hist_vertical[2 * n - 1]);
                rqa__lone_add(&counts->white_inner[n], w->hist_vertical[2 * n]);
            }
            if (counts->time != NULL) {
                rqa__lone_add(&counts->time[n], w->hist_time[n]);
            }
        }
    }
}

static size_t n_bins(const rqa__bits_run *run, const atomic_uint_least64_t *hist)
{
    size_t n = 0;
    for (size_t k = 1; hist != NULL && k < run->plan.n_lengths; k++) {
        n += hist[k] != 0;
    }
    return n;
}

static rqa__spectrum spectrum(const rqa__bits_run *run, const atomic_uint_least64_t *hist,
                              rqa__bin **bin)
{
    rqa__spectrum s = {*bin, 0};
    for (size_t k = 1; hist != NULL && k < run->plan.n_lengths; k++) {
        uint64_t n = hist[k];
        if (n != 0) {
            (*bin)->length = k;
            (*bin)->count = n;
            (*bin)++;
            s.n_bins++;
        }
    }
    return s;
}

/* Joint offsets are counted on one side, and wanted on both. */
static void mirror_offsets(rqa__bits_run *run)
{
    if (run->counts.offset_points == NULL || !run->input->symmetric ||
        run->request.task->relation == RQA__RELATION_AUTO) {
        return;
    }
    uint64_t *middle = run->counts.offset_points + (run->input->n_x - 1);
    for (size_t d = 1; d < run->input->n_x; d++) {
        *(middle - d) = middle[d];
    }
}

int rqa__bits_finish(rqa__bits_run *run, rqa__tally_sink sink, void *user)
{
    const uint32_t want = run->request.task->tallies;
    const rqa__bits_counts *counts = &run->counts;
    rqa__tally tally = {0};
    close_verticals(run);
    add_workers(run, &tally);
    mirror_offsets(run);
    if (rqa__bits_is_stopped(&run->input->halt)) {
        return RQA_ERROR_CANCELLED;
    }
    const atomic_uint_least64_t *vertical =
        want & RQA__TALLY_VERTICAL ? counts->vertical_lines : NULL;
    const atomic_uint_least64_t *inner = want & RQA__TALLY_WHITE ? counts->white_inner : NULL;
    const atomic_uint_least64_t *border = want & RQA__TALLY_WHITE ? counts->white_border : NULL;
    size_t n = n_bins(run, counts->diagonal_lines) + n_bins(run, vertical) + n_bins(run, inner) +
               n_bins(run, border) + n_bins(run, counts->time);
    rqa__bin *bins = rqa__alloc_array(n, sizeof *bins);
    if (bins == NULL) {
        return RQA_ERROR_MEMORY;
    }
    rqa__bin *cursor = bins;
    tally.diagonal = spectrum(run, counts->diagonal_lines, &cursor);
    tally.vertical = spectrum(run, vertical, &cursor);
    tally.white_inner = spectrum(run, inner, &cursor);
    tally.white_border = spectrum(run, border, &cursor);
    tally.recurrence_time = spectrum(run, counts->time, &cursor);
    if (counts->offset_points != NULL) {
        tally.offset_points = counts->offset_points;
        tally.n_offsets = run->plan.n_offsets;
    }
    int status = sink(user, run->request.dim_index, run->request.threshold_index, &tally);
    rqa__free(bins);
    return status;
}
