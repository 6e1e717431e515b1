/* engine_tiles_strip.c - strips of columns of tiles, each from the first row down to the main diagonal, or
 * to the last row of a cross matrix.
 *
 * Rows and diagonals leave a strip at its right border, so a strip stays one row of tiles behind the
 * one to its left. Columns end at the main diagonal, where they become rows: the cells below it are
 * taken for recurrent, as the main diagonal is, and the run of a column flows into that of its row,
 * which is the rest of the column by symmetry. Of a cross matrix rows alone are counted: they run along y
 * for one vector of x, as the columns of a recurrence plot do (tally.h).
 *
 * A tile is active where it is open or where its cells may differ from those to the left, above and
 * above left; what is not active has no changes.
 */
#include "backend/engine_tiles_state.h"

#include <string.h>

#include "base/smaller.h"
#include "base/thread.h"
#include "rqa/status.h"

/* ---- one row of tiles ---- */

static int counts_columns(const rqa__tiles_run *run)
{
    return run->shape.is_triangle && !run->task->upper_only;
}

/* A tile with a missing vector is not full, one that has no other is empty. */
static void respect_absent(rqa__tiles_worker *w, const rqa__tiles_row *l)
{
    const rqa__tiles_run *run = w->run;
    const uint8_t in_row = run->absent_x[l->row];
    for (size_t k = l->begin / 64; k < l->n_words; k++) {
        const uint64_t some =
            in_row ? ~UINT64_C(0) : run->some_absent[l->strip->first / 64 + k];
        const uint64_t all =
            in_row == 255 ? ~UINT64_C(0) : run->all_absent[l->strip->first / 64 + k];
        w->open[k] = (w->open[k] | (w->full[k] & some)) & ~all;
        w->full[k] &= ~some;
    }
}

/* Only the cells to the left, above and above left can tell that a tile that is all of one colour has a
 * change; those above only where columns are counted. */
static void find_active(rqa__tiles_worker *w, const rqa__tiles_row *l)
{
    const size_t first_word = l->begin / 64, n = l->strip->n;
    const uint64_t any_above = counts_columns(w->run) ? 0 : ~UINT64_C(0);
    size_t band_begin;
    const size_t band_end = rqa__tiles_find_band(w->run, l, &band_begin);
    uint64_t none[RQA__TILES_WIDEST / 64], all[RQA__TILES_WIDEST / 64];
    uint64_t white = l->left_diagonal == 0 && l->left_row == 0 && l->corner == 0;
    uint64_t black = ~l->left_diagonal == 0 && ~l->left_row == 0 && l->corner == 255;
    w->run->call->kernels->uniform(w->last + 64 * first_word, l->n_words - first_word,
                                   none + first_word, all + first_word);
    for (size_t k = first_word; k < l->n_words; k++) {
        const uint64_t inside = rqa__tiles_bits_within(k, l->begin, n);
        w->full[k] &= inside;
        w->open[k] &= inside;
        const uint64_t empty = ~(w->full[k] | w->open[k]);
        const uint64_t empty_below = empty & none[k], full_below = w->full[k] & all[k];
        const uint64_t quiet =
            (empty & (none[k] | any_above) & (empty_below << 1 | white)) |
            (w->full[k] & (all[k] | any_above) & (full_below << 1 | black));
        white = empty_below >> 63;
        black = full_below >> 63;
        w->active[k] = (~quiet | rqa__tiles_bits_within(k, band_begin, band_end)) & inside;
        w->stale[k] = ~w->active[k] & inside & ~empty_below & ~full_below;
    }
}

static void clear_absent(rqa__tiles_worker *w, const rqa__tiles_row *l)
{
    const uint8_t *absent = w->run->absent_y + l->strip->first;
    const uint64_t rows = rqa__tiles_in_every_column(w->run->absent_x[l->row]);
    for (size_t k = 0; k < l->n; k++)
        w->cells[k] &= ~(rows | rqa__tiles_in_every_row(absent[w->tile[k]]));
}

/* ---- runs ---- */

/* Only of a whole matrix are there cells outside the square that both series span. */
static int leaves_square(const rqa__tiles_run *run, const rqa__tiles_row *l)
{
    const rqa__tiles_shape *s = &run->shape;
    const size_t side = rqa__smaller(s->n_x, s->n_y);
    return s->n_x != s->n_y && (8 * (l->strip->first + l->strip->n) > side || 8 * l->row + 8 > side);
}

/* Whether runs are all that is counted, and nothing cuts them. */
static int counts_at_once(const rqa__tiles_run *run, int around_band)
{
    return run->call->kernels->count != NULL && !around_band && run->cuts == NULL &&
           run->offset_points == NULL && !(run->shape.tallies & RQA__TALLY_RECURRENCE_TIME);
}

static void end_kind(const rqa__tiles_run *run, const rqa__tiles_changes *c,
                     const rqa__tiles_runs *r, int at_once)
{
    if (at_once)
        run->call->kernels->count(c, r);
    else
        run->call->kernels->runs(r);
}

static void end_diagonals(rqa__tiles_worker *w, const rqa__tiles_row *l,
                          const rqa__tiles_changes *c, int at_once)
{
    rqa__tiles_run *run = w->run;
    const ptrdiff_t offset = 8 * ((ptrdiff_t)l->strip->first - (ptrdiff_t)l->row) - 7;
    rqa__tiles_runs r = {.state = run->diagonal + offset,
                         .list = &c->to_diagonal,
                         .base = (uint32_t)(16 * l->row),
                         .hist = {w->new_diagonal[0], w->new_diagonal[1]},
                         .limit = run->limit,
                         .kind = RQA__BITS_DIAGONAL,
                         .rare = rqa__tiles_rare,
                         .user = w,
                         .points = run->offset_points ? run->offset_points + offset : NULL};
    if (r.points && leaves_square(run, l)) {
        rqa__tiles_points_in_square(run, &r, offset);
        r.points = NULL;
    }
    end_kind(run, c, &r, at_once);
}

static void end_runs(rqa__tiles_worker *w, const rqa__tiles_row *l, const rqa__tiles_changes *c,
                     int around_band)
{
    rqa__tiles_run *run = w->run;
    const int times = (run->shape.tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    const int at_once = counts_at_once(run, around_band);
    rqa__tiles_runs r = {.state = w->column,
                         .list = &c->to_column,
                         .base = (uint32_t)(16 * l->row),
                         .hist = {w->new_vertical[0], w->new_vertical[1]},
                         .limit = run->limit,
                         .kind = RQA__BITS_COLUMN,
                         .rare = rqa__tiles_rare,
                         .user = w,
                         .start = times ? w->column_start : NULL,
                         .hist_time = w->hist_time,
                         .gap_sum = &w->gap_sum,
                         .cuts = run->cuts,
                         .split = rqa__tiles_split};
    end_diagonals(w, l, c, at_once);
    if (counts_columns(run))
        end_kind(run, c, &r, at_once);
    if (l->has_diagonal)
        rqa__tiles_turn_columns(w, l);
    r.kind = RQA__BITS_ROW;
    r.state = run->row + 8 * l->row;
    r.list = &c->to_row;
    r.base = (uint32_t)(16 * l->strip->first);
    r.start = times ? run->row_start + 8 * l->row : NULL;
    if (around_band)
        rqa__tiles_runs_around_band(w, l, &r);
    else
        end_kind(run, c, &r, at_once);
}

/* Keeps the last rows of the tiles, and the last tile for the strip to the right. */
static void hand_on(rqa__tiles_worker *w, const rqa__tiles_row *l, const rqa__tiles_changes *c)
{
    rqa__tiles_run *run = w->run;
    const size_t last = l->strip->n - 1;
    for (size_t k = 0; k < l->n; k++)
        w->last[w->tile[k]] = (uint8_t)(c->column[k] >> 56);
    for (size_t k = l->begin / 64; k < l->n_words; k++)
        for (uint64_t rest = w->stale[k]; rest != 0; rest &= rest - 1) {
            const size_t tile = 64 * k + (size_t)__builtin_ctzll(rest);
            w->last[tile] = w->full[k] >> tile % 64 & 1 ? 255 : 0;
        }
    for (size_t k = l->band_begin; k < l->band_end; k++)
        w->last_diagonal[w->tile[k]] = (uint8_t)(c->diagonal[k] >> 56);
    if (l->n > 0 && w->tile[l->n - 1] == last) {
        run->edge_diagonal[l->row] = c->diagonal[l->n - 1];
        run->edge_row[l->row] = c->row[l->n - 1];
    } else {
        run->edge_diagonal[l->row] = run->edge_row[l->row] =
            (uint64_t)0 - (w->full[last / 64] >> last % 64 & 1);
    }
}

/* What is to the left of the first active tile, if that is the strip's first, or on the main diagonal:
 * no diagonals, and what is below it. */
static void find_left(rqa__tiles_worker *w, const rqa__tiles_row *l)
{
    w->follows[0] = 0;
    if (l->n == 0 || w->tile[0] != l->begin || (l->begin > 0 && !l->has_diagonal))
        return;
    w->follows[0] = 255;
    w->cells[-1] = w->diagonal[-1] = l->has_diagonal ? 0 : l->left_diagonal;
    w->row[-1] = l->has_diagonal
                     ? w->run->band.below & ~rqa__tiles_in_every_column(w->run->absent_x[l->row])
                     : l->left_row;
    if (l->has_diagonal)
        w->above_left[0] = 0;
}

static size_t gather(rqa__tiles_worker *w, rqa__tiles_row *l)
{
    rqa__tiles_line packed = {.first_word = l->begin / 64,
                              .n_words = l->n_words,
                              .active = w->active,
                              .full = w->full,
                              .open = w->open,
                              .last = w->last,
                              .tile = w->tile,
                              .above = w->above,
                              .above_left = w->above_left,
                              .follows = w->follows,
                              .left_full = w->left_full,
                              .cells = w->cells,
                              .open_at = w->open_at};
    w->run->call->kernels->gather(&packed);
    l->n = packed.n;
    return packed.n_open;
}

/* Of a triangle the band lies where columns become rows. */
static int is_cut_by_band(const rqa__tiles_run *run)
{
    return !run->shape.is_triangle && run->task->theiler_vertical > 0 && !run->task->band_is_white;
}

static void run_line(rqa__tiles_worker *w, rqa__tiles_row *l, int has_absent)
{
    rqa__tiles_run *run = w->run;
    const size_t first_word = l->begin / 64;
    const rqa__tiles_words words = {l->row, l->strip->first + 64 * first_word,
                                    l->n_words - first_word, w->full + first_word,
                                    w->open + first_word};
    rqa__tiles_decide(run, &words);
    has_absent |= run->absent_x[l->row];
    if (has_absent)
        respect_absent(w, l);
    find_active(w, l);
    const size_t n_open = gather(w, l);
    if (n_open > 0)
        rqa__tiles_find_cells(w, l, n_open);
    if (has_absent)
        clear_absent(w, l);
    rqa__tiles_changes c = {.n = l->n,
                            .tile = w->tile,
                            .above = w->above,
                            .above_left = w->above_left,
                            .follows = w->follows,
                            .left_full = w->left_full,
                            .column = w->cells,
                            .diagonal = w->cells,
                            .row = w->cells,
                            .to_column = w->to_column,
                            .to_diagonal = w->to_diagonal,
                            .to_row = w->to_row};
    rqa__tiles_apply_band(w, l);
    if (l->band_begin < l->band_end) {
        c.diagonal = w->diagonal;
        c.row = w->row;
    }
    const int around_band = l->band_begin < l->band_end && is_cut_by_band(run);
    c.to_column.bytes = run->cuts ? NULL : w->new_bytes_vertical;
    if (!counts_columns(run))
        c.to_column.line = NULL;
    c.to_diagonal.bytes = w->new_bytes_diagonal;
    c.to_row.bytes = run->cuts || around_band ? NULL : w->new_bytes_vertical;
    find_left(w, l);
    if (!counts_at_once(run, around_band))
        run->call->kernels->changes(&c);
    end_runs(w, l, &c, around_band);
    hand_on(w, l, &c);
}

/* ---- one strip ---- */

/* Counts of 32 bits hold what this many rows of tiles of one strip add to them. */
enum { ROWS_BETWEEN_SUMS = 1 << 18 };

static void sum_up(uint64_t *hist, uint32_t *added, size_t n)
{
    for (size_t k = 0; k < n; k++)
        hist[k] += added[k];
    memset(added, 0, n * sizeof *added);
}

static void add_up(rqa__tiles_worker *w)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        sum_up(w->hist_diagonal, w->new_diagonal[turn], 2 * (size_t)w->run->limit);
        sum_up(w->hist_vertical, w->new_vertical[turn], 2 * (size_t)w->run->limit);
    }
    sum_up(w->bytes_diagonal, w->new_bytes_diagonal, 512);
    sum_up(w->bytes_vertical, w->new_bytes_vertical, 512);
}

static void begin_strip(rqa__tiles_worker *w)
{
    const rqa__tiles_shape *s = &w->run->shape;
    for (size_t k = 0; k < 8 * s->widest; k++)
        w->column[k] = RQA__BITS_BORDER;
    if (s->tallies & RQA__TALLY_RECURRENCE_TIME)
        memset(w->column_start, 0, 8 * s->widest * sizeof *w->column_start);
    memset(w->last - 1, 0, s->room + 1);
    memset(w->last_diagonal, 0, s->room);
}

/* Waits until the strip to the left has done this row. */
static int wait_for(const rqa__tiles_run *run, size_t strip, size_t row)
{
    if (strip == 0 || (run->shape.is_triangle && row >= run->strip[strip].first))
        return 1;
    for (unsigned spin = 0; !rqa__tiles_is_stopped(run); spin++) {
        if (atomic_load_explicit(&run->progress[strip - 1].rows, memory_order_acquire) > row)
            return 1;
        if (spin > 64)
            rqa__yield();
    }
    return 0;
}

static int has_absent_columns(const rqa__tiles_run *run, const rqa__tiles_strip *s)
{
    size_t k = 0;
    while (k < s->n && run->absent_y[s->first + k] == 0)
        k++;
    return k < s->n;
}

static int run_strip(rqa__tiles_worker *w, size_t index)
{
    rqa__tiles_run *run = w->run;
    const rqa__tiles_strip *s = &run->strip[index];
    const rqa__tiles_shape *shape = &run->shape;
    const size_t n_rows =
        shape->is_triangle ? rqa__smaller(s->first + s->n, shape->n_rows) : shape->n_rows;
    const int has_absent = has_absent_columns(run, s);
    uint8_t corner = 0;
    begin_strip(w);
    for (size_t row = 0; row < n_rows; row++) {
        rqa__tiles_row l = {.strip = s, .row = row, .n_words = (s->n + 63) / 64, .corner = corner};
        if (rqa__tiles_is_stopped(run))
            return 0;
        if (!wait_for(run, index, row))
            return 0;
        l.has_diagonal = shape->is_triangle && row >= s->first;
        l.begin = l.has_diagonal ? row - s->first : 0;
        if (index > 0 && !l.has_diagonal) {
            l.left_diagonal = run->edge_diagonal[row];
            l.left_row = run->edge_row[row];
            w->last[-1] = corner;
        }
        run_line(w, &l, has_absent);
        if (row % ROWS_BETWEEN_SUMS == ROWS_BETWEEN_SUMS - 1)
            add_up(w);
        corner = (uint8_t)(l.left_diagonal >> 56);
        atomic_store_explicit(&run->progress[index].rows, row + 1, memory_order_release);
    }
    add_up(w);
    return 1;
}

int rqa__tiles_worker_main(void *arg, size_t job, unsigned worker)
{
    rqa__tiles_run *run = arg;
    (void)worker;
    for (;;) {
        const size_t k = atomic_fetch_add(&run->next_strip, 1);
        if (k >= run->n_strips)
            return 0;
        if (!run_strip(&run->worker[job], k)) {
            atomic_store(&run->status, RQA_ERROR_CANCELLED);
            return RQA_ERROR_CANCELLED;
        }
    }
}
