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
    const uint32_t *row = run->row;
    atomic_uint_least64_t *border = run->white_border;
    for (size_t c = 0; c < run->shape.n_x; c++) {
        const size_t start = (row[c] & ~RQA__BITS_BORDER) / 2;
        if (run->absent_x[c / 8] >> c % 8 & 1)
            continue;
        if (run->cuts)
            rqa__tiles_split(&run->worker[0], row[c], (uint32_t)n);
        else if (start < n)
            rqa__lone_add(&border[n - start], 1);
    }
}

/* Every vector that is there recurs with itself. */
static void add_main_diagonal(rqa__tiles_run *run, rqa__tally *tally)
{
    const size_t n = run->shape.n_x;
    const int is_whole = run->n_present == n;
    size_t length = is_whole ? n : 0;
    tally->points += run->task->theiler_points == 0 ? run->n_present : 0;
    if (run->offset_points)
        run->offset_points[0] = run->n_present;
    for (size_t i = is_whole ? n : 0; run->task->theiler_diagonal == 0 && i <= n; i++) {
        if (i < n && !(run->absent_x[i / 8] >> i % 8 & 1)) {
            length++;
        } else if (length > 0) {
            rqa__lone_add(&run->diagonal_lines[length], 1);
            length = 0;
        }
    }
}

/* The short runs of a worker; white ones as long as the limit, and times, were rare. */
static void add_short(rqa__tiles_run *run, const rqa__tiles_worker *w)
{
    const uint64_t *diagonal = w->hist_diagonal, *vertical = w->hist_vertical, *time = w->hist_time;
    const size_t limit = run->limit, end = rqa__smaller(limit + 1, run->shape.n_lengths);
    const unsigned weight = run->weight;
    atomic_uint_least64_t *diagonal_lines = run->diagonal_lines, *lines = run->vertical_lines;
    atomic_uint_least64_t *white = run->white_inner;
    for (size_t n = 1; n < end; n++) {
        rqa__lone_add(&diagonal_lines[n], weight * diagonal[2 * n - 1]);
        rqa__lone_add(&lines[n], vertical[2 * n - 1]);
    }
    for (size_t n = 1; n < rqa__smaller(end, limit); n++)
        rqa__lone_add(&white[n], vertical[2 * n]);
    if (run->shape.tallies & RQA__TALLY_RECURRENCE_TIME)
        for (size_t n = 1; n < rqa__smaller(end, limit); n++)
            rqa__lone_add(&run->time[n], time[n]);
}

static void add_workers(rqa__tiles_run *run, rqa__tally *tally)
{
    for (unsigned k = 0; k < run->shape.n_workers; k++) {
        rqa__tiles_worker *w = &run->worker[k];
        add_inner(w->hist_vertical, w->bytes_vertical);
        add_inner(w->hist_diagonal, w->bytes_diagonal);
        tally->points += run->weight * w->points;
        tally->gap_sum += w->gap_sum;
        add_short(run, w);
    }
}

/* Histograms of which a tally has spectra, in the order of its fields. */
enum { N_SPECTRA = 5 };
static const uint32_t tally_of[N_SPECTRA] = {RQA__TALLY_DIAGONAL, RQA__TALLY_VERTICAL, RQA__TALLY_WHITE,
                                             RQA__TALLY_WHITE, RQA__TALLY_RECURRENCE_TIME};

/* Points by the lengths of their diagonals. */
static void add_points(const rqa__tiles_run *run, rqa__tally *tally)
{
    for (size_t n = 1; n < run->shape.n_lengths; n++)
        tally->points += n * run->diagonal_lines[n];
}

/* How many lengths each histogram has, of those that are wanted; of all together. */
static size_t count_bins(const rqa__tiles_run *run, atomic_uint_least64_t *const *hist, size_t *n_bins)
{
    size_t n_all = 0;
    for (size_t k = 0; k < N_SPECTRA; k++) {
        const atomic_uint_least64_t *of = hist[k];
        const size_t end = run->shape.tallies & tally_of[k] ? run->shape.n_lengths : 0;
        size_t n_here = 0;
        for (size_t n = 1; n < end; n++)
            n_here += (size_t)(of[n] != 0);
        n_all += n_bins[k] = n_here;
    }
    return n_all;
}

static rqa__spectrum spectrum(const atomic_uint_least64_t *hist, size_t n_bins, rqa__bin *bin)
{
    for (size_t n = 1, k = 0; k < n_bins; n++)
        if (hist[n] != 0)
            bin[k++] = (rqa__bin){n, hist[n]};
    return (rqa__spectrum){bin, n_bins};
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
    atomic_uint_least64_t *const hist[N_SPECTRA] = {run->diagonal_lines, run->vertical_lines,
                                                    run->white_inner, run->white_border, run->time};
    rqa__tally tally = {0};
    rqa__spectrum *const spectra[N_SPECTRA] = {&tally.diagonal, &tally.vertical, &tally.white_inner,
                                               &tally.white_border, &tally.recurrence_time};
    size_t n_bins[N_SPECTRA], used = 0;
    close_rows(run);
    add_workers(run, &tally);
    add_points(run, &tally);
    if (run->shape.is_triangle)
        add_main_diagonal(run, &tally);
    if (rqa__tiles_is_stopped(run))
        return RQA_ERROR_CANCELLED;
    rqa__bin *bins = rqa__alloc_array(count_bins(run, hist, n_bins), sizeof *bins);
    if (!bins)
        return RQA_ERROR_MEMORY;
    for (size_t k = 0; k < N_SPECTRA; used += n_bins[k++])
        *spectra[k] = spectrum(hist[k], n_bins[k], bins + used);
    set_offsets(run, &tally);
    const int status = sink(user, d, t, &tally);
    rqa__free(bins);
    return status;
}
