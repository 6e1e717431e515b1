/* engine_tiles_close.c - ends the runs that no change ended, and makes the tally. */
#include "backend/engine_tiles_state.h"
#include "base/lone_add.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

/* Runs between the changes of one byte; the first has the other colour than the cell before it. */
static void add_inner(uint64_t *hist, const uint64_t *bytes)
{
    for (unsigned key = 1; key < 512; key++) {
        unsigned colour = key >> 8, rest = key & 255;
        if (bytes[key] == 0)
            continue;
        for (; rest & (rest - 1); rest &= rest - 1) {
            const unsigned length = (unsigned)(__builtin_ctz(rest & (rest - 1)) - __builtin_ctz(rest));
            colour ^= 1;
            hist[2 * length - colour] += bytes[key];
        }
    }
}

/* All rows end white: behind the last vector nothing recurs. */
static void close_rows(rqa__tiles_run *run)
{
    const size_t n = run->shape.n_y;
    for (size_t c = 0; c < run->shape.n_x; c++) {
        const size_t start = (run->row[c] & ~RQA__BITS_BORDER) / 2;
        if (run->absent_x[c / 8] >> c % 8 & 1)
            continue;
        if (run->cuts)
            rqa__tiles_split(&run->worker[0], run->row[c], (uint32_t)n);
        else if (start < n)
            rqa__lone_add(&run->white_border[n - start], 1);
    }
}

/* Every vector that is there recurs with itself. */
static void add_main_diagonal(rqa__tiles_run *run, rqa__tally *tally)
{
    size_t length = 0;
    tally->points += run->task->theiler_points == 0 ? run->n_present : 0;
    if (run->offset_points)
        run->offset_points[0] = run->n_present;
    for (size_t i = 0; run->task->theiler_diagonal == 0 && i <= run->shape.n_x; i++) {
        if (i < run->shape.n_x && !(run->absent_x[i / 8] >> i % 8 & 1)) {
            length++;
        } else if (length > 0) {
            rqa__lone_add(&run->diagonal_lines[length], 1);
            length = 0;
        }
    }
}

static void add_workers(rqa__tiles_run *run, rqa__tally *tally)
{
    for (unsigned k = 0; k < run->shape.n_workers; k++) {
        rqa__tiles_worker *w = &run->worker[k];
        add_inner(w->hist_vertical, w->bytes_vertical);
        add_inner(w->hist_diagonal, w->bytes_diagonal);
        tally->points += run->weight * w->points;
        tally->gap_sum += w->gap_sum;
        for (uint32_t n = 1; n <= run->limit && n < run->shape.n_lengths; n++) {
            rqa__lone_add(&run->diagonal_lines[n], run->weight * w->hist_diagonal[2 * n - 1]);
            rqa__lone_add(&run->vertical_lines[n], w->hist_vertical[2 * n - 1]);
            if (n == run->limit)
                break; /* white runs of that length, and times, were rare */
            rqa__lone_add(&run->white_inner[n], w->hist_vertical[2 * n]);
            if (w->run->shape.tallies & RQA__TALLY_RECURRENCE_TIME)
                rqa__lone_add(&run->time[n], w->hist_time[n]);
        }
    }
}

/* Points by the lengths of their diagonals. */
static void add_points(const rqa__tiles_run *run, rqa__tally *tally)
{
    for (size_t n = 1; n < run->shape.n_lengths; n++)
        tally->points += n * run->diagonal_lines[n];
}

static rqa__spectrum spectrum(const rqa__tiles_run *run, const atomic_uint_least64_t *hist,
                              uint32_t tally, rqa__bin *bin, size_t *used)
{
    const rqa__bin *first = bin + *used;
    size_t k = *used;
    for (size_t n = 1; run->shape.tallies & tally && n < run->shape.n_lengths; n++)
        if (hist[n] != 0)
            bin[k++] = (rqa__bin){n, hist[n]};
    const size_t n_bins = k - *used;
    *used = k;
    return (rqa__spectrum){first, n_bins};
}

/* Of an auto matrix from the main diagonal on, of others those of both sides; joint ones are counted on
 * one, and wanted on both. */
static void set_offsets(rqa__tiles_run *run, rqa__tally *tally)
{
    const rqa__tiles_shape *s = &run->shape;
    const uint32_t relation = run->task->relation;
    const size_t before = relation == RQA__RELATION_AUTO ? 0 : rqa__smaller(s->n_x, s->n_y) - 1;
    if (!run->offset_points)
        return;
    for (size_t k = 1; relation == RQA__RELATION_JOINT && k <= before; k++)
        *(run->offset_points - k) = run->offset_points[k];
    tally->offset_points = run->offset_points - before;
    tally->n_offsets = rqa__n_offsets(relation, s->n_x, s->n_y);
}

int rqa__tiles_finish(rqa__tiles_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink, void *user)
{
    rqa__tally tally = {0};
    size_t n_bins = 0, used = 0;
    close_rows(run);
    add_workers(run, &tally);
    add_points(run, &tally);
    if (run->shape.is_triangle)
        add_main_diagonal(run, &tally);
    if (rqa__tiles_is_stopped(run))
        return RQA_ERROR_CANCELLED;
    for (size_t n = 1; n < run->shape.n_lengths; n++)
        n_bins += (size_t)(run->diagonal_lines[n] != 0) + (size_t)(run->vertical_lines[n] != 0) +
                  (size_t)(run->white_inner[n] != 0) + (size_t)(run->white_border[n] != 0) +
                  (size_t)(run->time[n] != 0);
    rqa__bin *bins = rqa__alloc_array(n_bins, sizeof *bins);
    if (!bins)
        return RQA_ERROR_MEMORY;
    tally.diagonal = spectrum(run, run->diagonal_lines, RQA__TALLY_DIAGONAL, bins, &used);
    tally.vertical = spectrum(run, run->vertical_lines, RQA__TALLY_VERTICAL, bins, &used);
    tally.white_inner = spectrum(run, run->white_inner, RQA__TALLY_WHITE, bins, &used);
    tally.white_border = spectrum(run, run->white_border, RQA__TALLY_WHITE, bins, &used);
    tally.recurrence_time = spectrum(run, run->time, RQA__TALLY_RECURRENCE_TIME, bins, &used);
    set_offsets(run, &tally);
    const int status = sink(user, d, t, &tally);
    rqa__free(bins);
    return status;
}
