/* engine_tiles_strip.c - strips of columns of tiles, each from the first row down to the main diagonal.
 *
 * Rows and diagonals leave a strip at its right border, so a strip stays one row of tiles behind the
 * one to its left. Columns end at the main diagonal, where they become rows: the cells below it are
 * taken for recurrent, as the main diagonal is, and the run of a column flows into that of its row,
 * which is the rest of the column by symmetry.
 *
 * A tile is active where it is open or where its cells may differ from those to the left, above and
 * above left; what is not active has no changes.
 */
#include "backend/engine_tiles_internal.h"

#include <string.h>

#include "base/thread.h"
#include "rqa/status.h"

/* ---- one row of tiles ---- */

/* A row of tiles in a strip. */
typedef struct line {
    const rqa__tiles_strip *strip;
    size_t row;
    size_t begin;     /* first tile of the strip at or right of the main diagonal */
    int has_diagonal; /* that is the tile on it */
    size_t n_words;
    uint64_t left_diagonal, left_row; /* the tile to the left of the strip */
    uint8_t corner;                   /* last row of the one above it */
    size_t n;                         /* active tiles */
} line;

static uint64_t bits_from(size_t k)
{
    return k >= 64 ? 0 : ~UINT64_C(0) << k;
}

/* Bits [begin, end) of word k of a row of bits. */
static uint64_t bits_within(size_t k, size_t begin, size_t end)
{
    const uint64_t from = begin <= 64 * k ? ~UINT64_C(0) : bits_from(begin - 64 * k);
    const uint64_t past = end <= 64 * k ? ~UINT64_C(0) : bits_from(end - 64 * k);
    return from & ~past;
}

/* A tile with a missing vector is not full, one that has no other is empty. */
static void respect_absent(rqa__tiles_worker *w, const line *l)
{
    const rqa__tiles_run *run = w->run;
    const uint8_t in_row = run->absent[l->row];
    for (size_t k = l->begin / 64; k < l->n_words; k++) {
        const uint64_t some =
            in_row ? ~UINT64_C(0) : run->some_absent[l->strip->first / 64 + k];
        const uint64_t all =
            in_row == 255 ? ~UINT64_C(0) : run->all_absent[l->strip->first / 64 + k];
        w->open[k] = (w->open[k] | (w->full[k] & some)) & ~all;
        w->full[k] &= ~some;
    }
}

static void find_active(rqa__tiles_worker *w, const line *l)
{
    const rqa__tiles_band *band = &w->run->band;
    const size_t first_word = l->begin / 64, n = l->strip->n;
    const size_t ahead = l->strip->first + l->begin - l->row; /* tiles right of the main diagonal */
    const size_t band_end = ahead < band->n ? l->begin + band->n - ahead : l->begin;
    uint64_t none[RQA__TILES_WIDEST / 64], all[RQA__TILES_WIDEST / 64];
    uint64_t white = l->left_diagonal == 0 && l->left_row == 0 && l->corner == 0;
    uint64_t black = ~l->left_diagonal == 0 && ~l->left_row == 0 && l->corner == 255;
    w->run->call->kernels->uniform(w->last + 64 * first_word, l->n_words - first_word,
                                   none + first_word, all + first_word);
    for (size_t k = first_word; k < l->n_words; k++) {
        const uint64_t inside = bits_within(k, l->begin, n);
        w->full[k] &= inside;
        w->open[k] &= inside;
        const uint64_t empty_below = ~(w->full[k] | w->open[k]) & none[k];
        const uint64_t full_below = w->full[k] & all[k];
        const uint64_t quiet = (empty_below & (empty_below << 1 | white)) |
                               (full_below & (full_below << 1 | black));
        white = empty_below >> 63;
        black = full_below >> 63;
        w->active[k] = (~quiet | bits_within(k, l->begin, band_end)) & inside;
    }
}

static uint64_t in_every_row(uint8_t columns)
{
    return columns * UINT64_C(0x0101010101010101);
}

static uint64_t in_every_column(uint8_t rows)
{
    uint64_t cells = 0;
    for (unsigned r = 0; r < 8; r++)
        cells |= (rows >> r & 1 ? UINT64_C(255) : 0) << 8 * r;
    return cells;
}

static void clear_absent(rqa__tiles_worker *w, const line *l)
{
    const uint8_t *absent = w->run->absent + l->strip->first;
    const uint64_t rows = in_every_column(w->run->absent[l->row]);
    for (size_t k = 0; k < l->n; k++)
        w->cells[k] &= ~(rows | in_every_row(absent[w->tile[k]]));
}

static void find_cells(rqa__tiles_worker *w, const line *l, size_t n_open)
{
    rqa__tiles_run *run = w->run;
    const size_t first = l->strip->first;
    const size_t n_doubtful =
        run->call->kernels->cells(&run->field, l->row, first, w->tile, w->open_at, n_open, w->cells,
                                  w->doubt, w->which);
    for (size_t k = 0; k < n_doubtful; k++) {
        const size_t at = w->which[k];
        w->cells[at] |= rqa__tiles_decide_cells(run, l->row, first + w->tile[at], w->doubt[k]);
    }
}

static void add_offsets(rqa__tiles_run *run, size_t right, uint64_t cells)
{
    for (int d = -7; d < 8; d++) {
        const int64_t offset = 8 * (int64_t)right + d;
        if (offset >= 1 && offset < (int64_t)run->band.first_diagonal)
            run->offset_points[offset] += (uint64_t)__builtin_popcountll(
                cells & rqa__tiles_cells_beyond(right, (size_t)offset) &
                ~rqa__tiles_cells_beyond(right, (size_t)offset + 1));
    }
}

/* What each direction counts of the tiles in the band, which come first. `cells` become the columns. */
static void apply_band(rqa__tiles_worker *w, const line *l)
{
    rqa__tiles_run *run = w->run;
    const rqa__tiles_band *band = &run->band;
    const size_t first = l->strip->first;
    const uint64_t rows = in_every_column(run->absent[l->row]);
    memcpy(w->diagonal, w->cells, l->n * sizeof *w->cells);
    memcpy(w->row, w->cells, l->n * sizeof *w->cells);
    for (size_t k = 0; k < l->n && first + w->tile[k] - l->row < band->n; k++) {
        const size_t right = first + w->tile[k] - l->row;
        const uint64_t cells = w->cells[k];
        if (w->tile[k] > 0)
            w->above_left[k] = w->last_diagonal[w->tile[k] - 1];
        const uint64_t lines =
            (cells & band->vertical[right]) | (band->below & ~band->vertical[right]);
        w->points += (uint64_t)__builtin_popcountll(cells & band->points[right]) -
                     (uint64_t)__builtin_popcountll(cells & band->diagonal[right]);
        w->diagonal[k] = cells & band->diagonal[right];
        w->cells[k] = lines & ~in_every_row(run->absent[first + w->tile[k]]);
        w->row[k] = lines & ~rows;
        if (run->offset_points && band->first_diagonal > 1)
            add_offsets(run, right, cells);
    }
}

/* ---- runs ---- */

/* Ends the white run of a column at the removed band, and begins the row behind it. */
static uint32_t cross_band(rqa__tiles_worker *w, size_t c, uint32_t state)
{
    const rqa__tiles_run *run = w->run;
    const size_t band = (size_t)run->task->theiler_vertical, n = run->shape.n;
    const uint32_t end = c + 1 > band ? (uint32_t)(c + 1 - band) : 0;
    if (run->cuts) {
        if (!(run->absent[c / 8] >> c % 8 & 1))
            rqa__tiles_split(w, state, end);
    } else if (end > (state & ~RQA__BITS_BORDER) / 2) {
        const uint32_t index = 2 * end - state;
        if (index < 2 * run->limit)
            w->hist_vertical[index]++;
        else
            rqa__tiles_rare(w, RQA__BITS_COLUMN, index);
    }
    return c + band < n ? 2 * (uint32_t)(c + band) : 2 * (uint32_t)n;
}

/* The run that row c begins with. */
static uint32_t first_run(rqa__tiles_worker *w, size_t c, uint32_t column)
{
    const rqa__task *task = w->run->task;
    const size_t n = w->run->shape.n, band = (size_t)task->theiler_vertical;
    const int is_removed = band > 0 && !task->band_is_white;
    if (task->upper_only)
        return is_removed ? 2 * (uint32_t)(c + band < n ? c + band : n)
                          : 2 * (uint32_t)c | RQA__BITS_BORDER;
    return is_removed ? cross_band(w, c, column) : column;
}

/* The columns that end in the tile on the main diagonal become rows. */
static void turn_columns(rqa__tiles_worker *w, const line *l)
{
    rqa__tiles_run *run = w->run;
    const int is_removed = run->task->theiler_vertical > 0 && !run->task->band_is_white;
    for (size_t r = 0; r < 8 && 8 * l->row + r < run->shape.n; r++) {
        const size_t c = 8 * l->row + r, at = 8 * l->begin + r;
        run->row[c] = first_run(w, c, w->column[at]);
        if (run->shape.tallies & RQA__TALLY_RECURRENCE_TIME)
            run->row_start[c] = is_removed || run->task->upper_only ? 0 : w->column_start[at];
    }
}

static void end_runs(rqa__tiles_worker *w, const line *l, const rqa__tiles_changes *c)
{
    rqa__tiles_run *run = w->run;
    const int times = (run->shape.tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    const ptrdiff_t offset = 8 * ((ptrdiff_t)l->strip->first - (ptrdiff_t)l->row) - 7;
    rqa__tiles_runs r = {.state = run->diagonal + offset,
                         .list = c->list_diagonal,
                         .n = c->n_diagonal,
                         .base = (uint32_t)(16 * l->row),
                         .hist = {w->new_diagonal[0], w->new_diagonal[1]},
                         .bytes = {w->new_bytes_diagonal[0], w->new_bytes_diagonal[1]},
                         .limit = run->limit,
                         .kind = RQA__BITS_DIAGONAL,
                         .rare = rqa__tiles_rare,
                         .user = w,
                         .points = run->offset_points ? run->offset_points + offset : NULL};
    run->call->kernels->runs(&r);
    r.points = NULL;
    r.hist[0] = w->new_vertical[0];
    r.hist[1] = w->new_vertical[1];
    r.bytes[0] = w->new_bytes_vertical[0];
    r.bytes[1] = w->new_bytes_vertical[1];
    r.hist_time = w->hist_time;
    r.gap_sum = &w->gap_sum;
    r.cuts = run->cuts;
    r.split = rqa__tiles_split;
    r.kind = RQA__BITS_COLUMN;
    r.state = w->column;
    r.list = c->list_column;
    r.n = c->n_column;
    r.start = times ? w->column_start : NULL;
    if (!run->task->upper_only)
        run->call->kernels->runs(&r);
    if (l->has_diagonal)
        turn_columns(w, l);
    r.kind = RQA__BITS_ROW;
    r.state = run->row + 8 * l->row;
    r.list = c->list_row;
    r.n = c->n_row;
    r.base = (uint32_t)(16 * l->strip->first);
    r.start = times ? run->row_start + 8 * l->row : NULL;
    run->call->kernels->runs(&r);
}

/* Keeps the last rows of the tiles, and the last tile for the strip to the right. */
static void hand_on(rqa__tiles_worker *w, const line *l, const rqa__tiles_changes *c)
{
    rqa__tiles_run *run = w->run;
    const size_t last = l->strip->n - 1;
    for (size_t k = 0; k < l->n; k++)
        w->last[w->tile[k]] = (uint8_t)(c->column[k] >> 56);
    for (size_t k = 0; c->diagonal != c->column && k < l->n && k < RQA__TILES_BAND; k++)
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
static void find_left(rqa__tiles_worker *w, const line *l)
{
    w->follows[0] = 0;
    if (l->n == 0 || w->tile[0] != l->begin || (l->begin > 0 && !l->has_diagonal))
        return;
    w->follows[0] = 255;
    w->cells[-1] = w->diagonal[-1] = l->has_diagonal ? 0 : l->left_diagonal;
    w->row[-1] = l->has_diagonal
                     ? w->run->band.below & ~in_every_column(w->run->absent[l->row])
                     : l->left_row;
    if (l->has_diagonal)
        w->above_left[0] = 0;
}

static size_t gather(rqa__tiles_worker *w, line *l)
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

static void run_line(rqa__tiles_worker *w, line *l, int has_absent)
{
    rqa__tiles_run *run = w->run;
    const size_t first_word = l->begin / 64;
    run->call->kernels->decide(&run->field, l->row, l->strip->first + 64 * first_word,
                               l->n_words - first_word, w->full + first_word, w->open + first_word);
    has_absent |= run->absent[l->row];
    if (has_absent)
        respect_absent(w, l);
    find_active(w, l);
    const size_t n_open = gather(w, l);
    if (n_open > 0)
        find_cells(w, l, n_open);
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
                            .list_column = w->list[0],
                            .list_diagonal = w->list[1],
                            .list_row = w->list[2]};
    if (l->strip->first + l->begin - l->row < run->band.n) {
        apply_band(w, l);
        c.diagonal = w->diagonal;
        c.row = w->row;
    }
    find_left(w, l);
    run->call->kernels->changes(&c);
    end_runs(w, l, &c);
    hand_on(w, l, &c);
}

/* ---- one strip ---- */

/* Counts of 32 bits hold what this many rows of tiles of one strip add to them. */
enum { ROWS_BETWEEN_SUMS = 1 << 18 };

static void sum_up(uint64_t *hist, uint32_t *const *added, size_t n)
{
    for (size_t k = 0; k < n; k++)
        hist[k] += (uint64_t)added[0][k] + added[1][k];
    memset(added[0], 0, n * sizeof *added[0]);
    memset(added[1], 0, n * sizeof *added[1]);
}

static void add_up(rqa__tiles_worker *w)
{
    sum_up(w->hist_diagonal, w->new_diagonal, 2 * (size_t)w->run->limit);
    sum_up(w->hist_vertical, w->new_vertical, 2 * (size_t)w->run->limit);
    sum_up(w->bytes_diagonal, w->new_bytes_diagonal, 512);
    sum_up(w->bytes_vertical, w->new_bytes_vertical, 512);
}

static void begin_strip(rqa__tiles_worker *w)
{
    for (size_t k = 0; k < 8 * RQA__TILES_WIDEST; k++)
        w->column[k] = RQA__BITS_BORDER;
    if (w->run->shape.tallies & RQA__TALLY_RECURRENCE_TIME)
        memset(w->column_start, 0, 8 * RQA__TILES_WIDEST * sizeof *w->column_start);
    memset(w->last - 1, 0, RQA__TILES_ROOM + 1);
    memset(w->last_diagonal, 0, RQA__TILES_ROOM);
}

/* Waits until the strip to the left has done this row. */
static int wait_for(const rqa__tiles_run *run, size_t strip, size_t row)
{
    if (strip == 0 || row >= run->strip[strip].first)
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
    while (k < s->n && run->absent[s->first + k] == 0)
        k++;
    return k < s->n;
}

static int run_strip(rqa__tiles_worker *w, size_t index)
{
    rqa__tiles_run *run = w->run;
    const rqa__tiles_strip *s = &run->strip[index];
    const size_t end = s->first + s->n, n_rows = end < run->shape.n_rows ? end : run->shape.n_rows;
    const int has_absent = has_absent_columns(run, s);
    uint8_t corner = 0;
    begin_strip(w);
    for (size_t row = 0; row < n_rows; row++) {
        line l = {.strip = s, .row = row, .n_words = (s->n + 63) / 64, .corner = corner};
        if (rqa__tiles_is_stopped(run))
            return 0;
        if (!wait_for(run, index, row))
            return 0;
        l.has_diagonal = row >= s->first;
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
