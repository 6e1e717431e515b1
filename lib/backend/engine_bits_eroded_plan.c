/* engine_bits_eroded_plan.c - whether lines are counted by windows, up to which length, and memory.
 */
#include "backend/engine_bits_eroded_state.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

#include <string.h>

/* ---- which directions ---- */

/* What is needed of each run's place must see each run. Points per offset are counted beside them,
 * where all cells are in the square that both series span. */
static int may_take_diagonals(const rqa__bits_run *run)
{
    const uint32_t want = run->request.task->tallies;
    return want & RQA__TALLY_DIAGONAL &&
           (!(want & RQA__TALLY_OFFSETS) || run->input->n_x == run->input->n_y);
}

static int may_take_vertical(const rqa__bits_run *run)
{
    const uint32_t want = run->request.task->tallies;
    if (want & RQA__TALLY_RECURRENCE_TIME || !(want & (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE))) {
        return 0;
    }
    return run->input->symmetric ||
           (!(want & RQA__TALLY_WHITE) && run->request.task->theiler_vertical == 0);
}

/* ---- memory ---- */

static void lay_out_worker(const rqa__bits_run *run, uint8_t *base, size_t *used,
                           rqa__bits_eroded_worker *e)
{
    const size_t stride = run->input->stride, n_rest = (1 + RQA__BITS_ROWS) * stride;
    const size_t n_cells = (RQA__ERODED_MOST + RQA__BITS_ROWS) * stride;
    uint64_t *cells = rqa__carve(base, used, n_cells, sizeof *cells);
    uint64_t *white = rqa__carve(base, used, n_cells, sizeof *white);
    uint64_t *rest = rqa__carve(base, used, RQA__N_ERODED * n_rest, sizeof *rest);
    uint64_t *hist = rqa__carve(base, used, 2 * (size_t)run->plan.limit, sizeof *hist);
    if (base == NULL) {
        return;
    }
    e->cells = cells + RQA__ERODED_MOST * stride;
    e->white = white + RQA__ERODED_MOST * stride;
    for (size_t k = 0; k < RQA__N_ERODED; k++) {
        e->rest[k] = rest + k * n_rest;
    }
    e->hist_white = hist;
    memset(hist, 0, 2 * (size_t)run->plan.limit * sizeof *hist);
}

/* All of it in a block, or in one that is only measured: its bytes. */
static size_t lay_out(const rqa__bits_run *run, uint8_t *base, struct rqa__bits_eroded *e)
{
    const size_t n = run->input->n_x, n_workers = run->input->n_workers;
    size_t used = 0;
    rqa__carve(base, &used, 1, sizeof *e); /* itself */
    rqa__bits_eroded_worker *worker = rqa__carve(base, &used, n_workers, sizeof *worker);
    for (size_t k = 0; k < n_workers; k++) {
        rqa__bits_eroded_worker own = {.cells = NULL};
        lay_out_worker(run, base, &used, &own);
        if (base != NULL) {
            worker[k] = own;
        }
    }
    e->worker = worker;
    e->above = rqa__carve(base, &used, n, sizeof *e->above);
    e->edge = rqa__carve(base, &used, RQA__N_ERODED * n, sizeof *e->edge);
    e->is_white_above = rqa__carve(base, &used, n, sizeof *e->is_white_above);
    e->white_column = rqa__carve(base, &used, run->plan.n_columns, sizeof *e->white_column);
    e->white_row = rqa__carve(base, &used, n, sizeof *e->white_row);
    return used;
}

static int create(rqa__bits_run *run)
{
    struct rqa__bits_eroded e = {.has_vertical = 0};
    uint8_t *memory = rqa__alloc_aligned(lay_out(run, NULL, &e));
    if (memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    lay_out(run, memory, &e);
    run->eroded = (struct rqa__bits_eroded *)(void *)memory;
    *run->eroded = e;
    return 0;
}

/* What columns and rows begin with. */
static void begin_lines(const rqa__bits_run *run)
{
    const struct rqa__bits_eroded *e = run->eroded;
    const size_t n = run->input->n_x;
    memset(e->above, 0, n * sizeof *e->above);
    memset(e->edge, 0, RQA__N_ERODED * n);
    memset(e->is_white_above, 1, n);
    for (size_t k = 0; k < run->plan.n_columns; k++) {
        e->white_column[k] = 1 | RQA__BITS_BORDER;
    }
    for (size_t k = 0; k < n; k++) {
        e->white_row[k] = 2 * (uint32_t)run->input->n_y;
    }
}

void rqa__bits_eroded_end(rqa__bits_run *run)
{
    rqa__free_aligned(run->eroded);
    run->eroded = NULL;
}

/* ---- whether it pays, by samples of the plot ---- */

/* With fewer vectors a probe costs more than it may save. */
enum { LEAST = 1500 };

enum { MOST_PROBES = 8, PROBE_WIDTH = 256, PROBE_ROWS = 32, PROBE_ABOVE = RQA__ERODED_MOST };

/* Windows of k + 1 cells in the samples. */
typedef struct probes {
    size_t n;
    uint64_t diagonal[RQA__ERODED_MOST + 1], black[RQA__ERODED_MOST + 1],
        white[RQA__ERODED_MOST + 1];
} probes;

static void count_windows(const rqa__bits_run *run, probes *l)
{
    const rqa__eroded_kernels *kernels = run->input->kernels->eroded;
    const size_t stride = run->input->stride;
    rqa__bits_eroded_worker *e = &run->eroded->worker[0];
    rqa__eroded_block b = {.bits = run->input->worker[0].tile + (1 + PROBE_ABOVE) * stride,
                           .stride = stride,
                           .n_words = PROBE_WIDTH / 64,
                           .width = PROBE_WIDTH,
                           .n_rows = PROBE_ROWS,
                           .n_levels = RQA__ERODED_MOST,
                           .windows = l->diagonal,
                           .rest = e->rest[0]};
    kernels->diagonal(&b);
    b.windows = l->black;
    kernels->row(&b);
    for (size_t r = 0; r < PROBE_ROWS; r++) {
        uint64_t *out = e->white + r * stride;
        for (size_t k = 0; k < PROBE_WIDTH / 64; k++) {
            out[k] = ~b.bits[r * stride + k];
        }
        memset(out + PROBE_WIDTH / 64, 0, 8 * sizeof *out);
    }
    b.bits = e->white;
    b.windows = l->white;
    kernels->row(&b);
}

/* The same number for the same turn, in [0, n). */
static size_t place(size_t turn, size_t n)
{
    return (size_t)(((turn + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 32) * n >> 32);
}

static int probe(const rqa__bits_run *run, probes *l)
{
    rqa__bits_worker *w = &run->input->worker[0];
    const size_t n = rqa__smaller(run->input->n_x, run->input->n_y);
    const size_t last = n - PROBE_WIDTH - RQA__BITS_ROWS;
    const size_t n_words = PROBE_WIDTH / 64;
    l->n = rqa__smaller(MOST_PROBES, 1 + (n * n >> 21));
    for (size_t k = 0; k < l->n; k++) {
        size_t row = place(2 * k, last), column = place(2 * k + 1, last);
        if (run->input->symmetric && column < row) {
            const size_t swapped = row;
            row = column;
            column = swapped;
        }
        const rqa__bits_strip s = {.first = (int64_t)column - (int64_t)row,
                                   .width = PROBE_WIDTH,
                                   .row_begin = row,
                                   .row_end = row + RQA__BITS_ROWS};
        for (unsigned f = 0; f < run->input->fields.n; f++) {
            w->ring[f].ready = row;
            if (rqa__bits_tile(w, f, &s, row, RQA__BITS_ROWS, n_words) != 0) {
                return RQA_ERROR_CANCELLED;
            }
        }
        for (size_t r = 0; r < RQA__BITS_ROWS; r++) {
            memset(w->tile + (1 + r) * run->input->stride + n_words, 0, 8 * sizeof *w->tile);
        }
        count_windows(run, l);
    }
    return 0;
}

/* What black lines cost by windows, whatever the levels. */
enum { BLACK_COST = 3 };

/* Levels after which the rest is cheapest to follow, and what they and that cost, in levels of 256
 * cells. */
static unsigned cheapest(const uint64_t *windows, double event_cost, size_t n_probes, double *cost)
{
    const double share = 1.0 / (double)(n_probes * PROBE_ROWS);
    unsigned best = 0;
    *cost = 0;
    for (unsigned n = 2; n <= RQA__ERODED_MOST; n++) {
        const double events = 2 * (double)(windows[n - 1] - windows[n]) * share;
        const double total = n + event_cost * events;
        if (best == 0 || total < *cost) {
            best = n;
            *cost = total;
        }
    }
    return best;
}

static double cost_now(const uint64_t *windows, double event_cost, size_t n_probes)
{
    return event_cost * 2 * (double)(windows[0] - windows[1]) / (double)(n_probes * PROBE_ROWS);
}

/* Points per offset, in levels. */
enum { OFFSETS_COST = 15 };

static void choose(rqa__bits_run *run, const probes *l)
{
    rqa__eroded_levels *levels = &run->eroded->levels;
    const double event_cost = run->input->kernels->eroded->event_cost, across = event_cost / 1.5;
    double diagonal, black, white;
    rqa__eroded_levels best = {.diagonal = cheapest(l->diagonal, event_cost, l->n, &diagonal),
                               .black = cheapest(l->black, across, l->n, &black),
                               .white = cheapest(l->white, across, l->n, &white)};
    diagonal += BLACK_COST + (run->counts.offset_points != NULL ? OFFSETS_COST : 0);
    black += BLACK_COST;
    white += run->input->kernels->eroded->white_cost;
    if (may_take_diagonals(run) && diagonal < cost_now(l->diagonal, event_cost, l->n)) {
        levels->diagonal = best.diagonal;
    }
    best.black = run->request.task->tallies & RQA__TALLY_VERTICAL ? best.black : 0;
    best.white = run->request.task->tallies & RQA__TALLY_WHITE ? best.white : 0;
    const double both = (best.black > 0 ? black : 0) + (best.white > 0 ? white : 0);
    if (may_take_vertical(run) && both < cost_now(l->black, across, l->n)) {
        levels->black = best.black;
        levels->white = best.white;
    }
}

static void choose_fixed(rqa__bits_run *run, unsigned n)
{
    rqa__eroded_levels *levels = &run->eroded->levels;
    levels->diagonal = may_take_diagonals(run) ? n : 0;
    levels->black =
        may_take_vertical(run) && run->request.task->tallies & RQA__TALLY_VERTICAL ? n : 0;
    levels->white = may_take_vertical(run) && run->request.task->tallies & RQA__TALLY_WHITE ? n : 0;
}

/* Not of a part, all of whose runs at its borders are wanted. */
static int is_possible(const rqa__bits_run *run, unsigned n_fixed)
{
    return run->request.edges == NULL && (may_take_diagonals(run) || may_take_vertical(run)) &&
           (n_fixed > 0 || rqa__smaller(run->input->n_x, run->input->n_y) >= LEAST);
}

size_t rqa__bits_eroded_bytes(const rqa__bits_run *run)
{
    struct rqa__bits_eroded e;
    return is_possible(run, 0) ? lay_out(run, NULL, &e) : 0;
}

int rqa__bits_eroded_begin(rqa__bits_run *run)
{
    probes l = {0};
    const unsigned n_fixed = run->input->kernels->eroded->n_levels;
    if (run->input->kernels->eroded->event_cost <= 0 || !is_possible(run, n_fixed)) {
        return 0;
    }
    int status = create(run);
    if (status == 0 && n_fixed == 0) {
        status = probe(run, &l);
    }
    if (status != 0) {
        return status;
    }
    if (n_fixed == 0) {
        choose(run, &l);
    } else {
        choose_fixed(run, n_fixed);
    }
    const rqa__eroded_levels *levels = &run->eroded->levels;
    run->eroded->has_vertical = levels->black > 0 || levels->white > 0;
    if (levels->diagonal == 0 && !run->eroded->has_vertical) {
        rqa__bits_eroded_end(run);
    } else if (run->eroded->has_vertical) {
        begin_lines(run);
    }
    return 0;
}
