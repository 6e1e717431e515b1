/* engine_tiles_band.c - what a Theiler window leaves of tiles, and of the runs that come to it. */
#include "backend/engine_tiles_state.h"
#include "base/smaller.h"

#include <string.h>

/* ---- tiles ---- */

size_t rqa__tiles_find_band(const rqa__tiles_run *run, const rqa__tiles_row *l, size_t *begin)
{
    const ptrdiff_t n = (ptrdiff_t)run->band.n;
    const ptrdiff_t middle = (ptrdiff_t)l->row - (ptrdiff_t)l->strip->first;
    const ptrdiff_t from = middle - n + 1, to = middle + n, last = (ptrdiff_t)l->strip->n;
    *begin = from > (ptrdiff_t)l->begin ? (size_t)from : l->begin;
    const size_t end = to < 0 ? 0 : (size_t)(to < last ? to : last);
    return end > *begin ? end : *begin;
}

/* Bits of the places of a tile that lie before `end`. */
static uint8_t places_before(size_t tile, size_t end)
{
    return (uint8_t)(8 * tile + 8 <= end ? 255 : 8 * tile >= end ? 0 : 255 >> (8 - end % 8));
}

/* Points of the offsets that diagonals leave out. */
static void add_offsets(rqa__tiles_run *run, const rqa__tiles_row *l, size_t column, uint64_t cells)
{
    const size_t side = rqa__smaller(run->shape.n_x, run->shape.n_y);
    const ptrdiff_t right = (ptrdiff_t)column - (ptrdiff_t)l->row;
    const ptrdiff_t window = (ptrdiff_t)run->band.first_diagonal;
    const ptrdiff_t least = run->shape.is_triangle ? 1 : 1 - window;
    cells &= rqa__tiles_in_every_row(places_before(column, side)) &
             rqa__tiles_in_every_column(places_before(l->row, side));
    for (; cells != 0; cells &= cells - 1) {
        const int b = __builtin_ctzll(cells);
        const ptrdiff_t offset = 8 * right + b % 8 - b / 8;
        if (offset >= least && offset < window)
            run->offset_points[offset]++;
    }
}

/* Which of the active tiles are in the band. */
static void find_active_band(const rqa__tiles_worker *w, rqa__tiles_row *l)
{
    size_t begin;
    const size_t end = rqa__tiles_find_band(w->run, l, &begin);
    l->band_begin = l->band_end = 0;
    if (begin == end)
        return;
    while (w->tile[l->band_begin] < begin)
        l->band_begin++; /* all of the band are active */
    l->band_end = l->band_begin + (end - begin);
}

void rqa__tiles_apply_band(rqa__tiles_worker *w, rqa__tiles_row *l)
{
    rqa__tiles_run *run = w->run;
    const uint64_t rows = rqa__tiles_in_every_column(run->absent_x[l->row]);
    find_active_band(w, l);
    if (l->band_begin == l->band_end)
        return;
    memcpy(w->diagonal, w->cells, l->n * sizeof *w->cells);
    memcpy(w->row, w->cells, l->n * sizeof *w->cells);
    for (size_t k = l->band_begin; k < l->band_end; k++) {
        const size_t column = l->strip->first + w->tile[k];
        const rqa__tiles_beyond *beyond = rqa__tiles_beyond_of(run, l, w->tile[k]);
        const uint64_t cells = w->cells[k];
        if (w->tile[k] > 0)
            w->above_left[k] = w->last_diagonal[w->tile[k] - 1];
        const uint64_t lines = (cells & beyond->vertical) | (run->band.below & ~beyond->vertical);
        if (beyond->points != beyond->diagonal)
            w->points += (uint64_t)__builtin_popcountll(cells & beyond->points) -
                         (uint64_t)__builtin_popcountll(cells & beyond->diagonal);
        w->diagonal[k] = cells & beyond->diagonal;
        w->cells[k] = lines & ~rqa__tiles_in_every_row(run->absent_y[column]);
        w->row[k] = lines & ~rows;
        if (run->offset_points && run->band.first_diagonal > (run->shape.is_triangle ? 1 : 0))
            add_offsets(run, l, column, cells);
    }
}

/* ---- columns that become rows ---- */

/* Ends the white run of a column at the removed band, and begins the row behind it. */
static uint32_t cross_band(rqa__tiles_worker *w, size_t c, uint32_t state)
{
    const rqa__tiles_run *run = w->run;
    const size_t band = (size_t)run->task->theiler_vertical, n = run->shape.n_x;
    const uint32_t end = c + 1 > band ? (uint32_t)(c + 1 - band) : 0;
    if (!(run->absent_x[c / 8] >> c % 8 & 1))
        rqa__tiles_end_white(w, state, end);
    return c + band < n ? 2 * (uint32_t)(c + band) : 2 * (uint32_t)n;
}

/* The run that row c begins with. */
static uint32_t first_run(rqa__tiles_worker *w, size_t c, uint32_t column)
{
    const rqa__task *task = w->run->task;
    const size_t n = w->run->shape.n_x, band = (size_t)task->theiler_vertical;
    const int is_removed = band > 0 && !task->band_is_white;
    if (task->upper_only)
        return is_removed ? 2 * (uint32_t)(c + band < n ? c + band : n)
                          : 2 * (uint32_t)c | RQA__BITS_BORDER;
    return is_removed ? cross_band(w, c, column) : column;
}

void rqa__tiles_turn_columns(rqa__tiles_worker *w, const rqa__tiles_row *l)
{
    rqa__tiles_run *run = w->run;
    const int is_removed = run->task->theiler_vertical > 0 && !run->task->band_is_white;
    const int begins_anew = is_removed || run->task->upper_only;
    const size_t c = 8 * l->row, at = 8 * l->begin, n = rqa__smaller(8, run->shape.n_x - c);
    if (!begins_anew)
        memcpy(run->row + c, w->column + at, n * sizeof *run->row);
    for (size_t r = 0; begins_anew && r < n; r++)
        run->row[c + r] = first_run(w, c + r, w->column[at + r]);
    for (size_t r = 0; run->shape.tallies & RQA__TALLY_RECURRENCE_TIME && r < n; r++)
        run->row_start[c + r] = begins_anew ? 0 : w->column_start[at + r];
}

/* ---- rows across a removed band ---- */

/* Cells of a row that are removed. */
typedef struct stretch {
    uint32_t begin, end;
} stretch;

static stretch removed_from(const rqa__tiles_run *run, size_t i)
{
    const size_t band = (size_t)run->task->theiler_vertical, n = run->shape.n_y;
    const size_t begin = i + 1 > band ? i + 1 - band : 0;
    return (stretch){(uint32_t)rqa__smaller(begin, n), (uint32_t)rqa__smaller(i + band, n)};
}

/* Of a white run that goes on to a cell: ends it before the removed cells, and begins it behind them, where
 * it reaches across them. Lines on both sides are not followed by each other. */
static void leave_band(rqa__tiles_worker *w, stretch gone, uint32_t at, uint32_t *white,
                       uint32_t *start)
{
    if (gone.begin == gone.end || (*white & ~RQA__BITS_BORDER) / 2 > gone.begin || at < gone.end)
        return;
    rqa__tiles_end_white(w, *white, gone.begin);
    *white = 2 * gone.end;
    if (start)
        *start = 0;
}

/* A line that starts at a cell, behind a white run. */
static void start_line(rqa__tiles_worker *w, uint32_t white, uint32_t at, uint32_t *start)
{
    const uint32_t *cuts = w->run->cuts;
    const uint32_t time = at + 1 - *start;
    if (*start != 0 && (!cuts || cuts[at] == cuts[*start - 1])) {
        w->gap_sum += at + 1 - (white & ~RQA__BITS_BORDER) / 2;
        if (time < w->run->limit)
            w->hist_time[time]++;
        else
            rqa__tiles_rare(w, RQA__BITS_TIME, time);
    }
    *start = at + 1;
}

static void end_black(const rqa__tiles_runs *r, uint32_t black, uint32_t at)
{
    const uint32_t index = 2 * at - black;
    if (index < 2 * r->limit)
        r->hist[0][index]++;
    else
        r->rare(r->user, r->kind, index);
}

void rqa__tiles_runs_around_band(rqa__tiles_worker *w, const rqa__tiles_row *l,
                                 const rqa__tiles_runs *r)
{
    rqa__tiles_run *run = w->run;
    const size_t first = 8 * l->strip->first, end = first + 8 * l->strip->n;
    for (size_t k = 0; k < r->list->n; k++) {
        const size_t line = r->list->line[k], place = line % 8;
        const stretch gone = removed_from(run, 8 * l->row + place);
        uint32_t *const start = r->start ? r->start + place : NULL;
        uint32_t was = r->state[place];
        for (uint32_t v = r->list->change[k]; v != 0; v &= v - 1) {
            const uint32_t at = (uint32_t)(first + line - place) + (uint32_t)__builtin_ctz(v);
            if (was & 1) {
                end_black(r, was, at);
            } else {
                leave_band(w, gone, at, &was, start);
                rqa__tiles_end_white(w, was, at);
                if (start)
                    start_line(w, was, at, start);
            }
            was = 2 * at | (~was & 1);
        }
        r->state[place] = was;
    }
    for (size_t place = 0; place < 8; place++)
        if (!(r->state[place] & 1) && !(run->absent_x[l->row] >> place & 1))
            leave_band(w, removed_from(run, 8 * l->row + place),
                       (uint32_t)rqa__smaller(end, run->shape.n_y), &r->state[place],
                       r->start ? r->start + place : NULL);
}

/* ---- offsets ---- */

void rqa__tiles_points_in_square(const rqa__tiles_run *run, const rqa__tiles_runs *r, ptrdiff_t offset)
{
    const ptrdiff_t side = (ptrdiff_t)rqa__smaller(run->shape.n_x, run->shape.n_y);
    for (size_t k = 0; k < r->list->n; k++) {
        const size_t line = r->list->line[k];
        const ptrdiff_t here = offset + (ptrdiff_t)line, end = here > 0 ? side - here : side;
        uint32_t was = r->state[line];
        for (uint32_t v = r->list->change[k]; v != 0 && end > 0; v &= v - 1) {
            const size_t at = r->base / 2 + (uint32_t)__builtin_ctz(v), start = was / 2;
            if (was & 1)
                r->points[line] += rqa__smaller(at, (size_t)end) - rqa__smaller(start, (size_t)end);
            was = 2 * (uint32_t)at | (~was & 1);
        }
    }
}
