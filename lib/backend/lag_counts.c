/* lag_counts.c - points and lines on each diagonal of a range, without the matrix.
 *
 * Strips of offsets go down the rows as in the bit engine, whose fields make the bits. 64 rows are
 * turned over, so that a word is 64 cells along one diagonal: runs within it are counted by bits,
 * and only the run at either end is carried on. Few offsets of a long series are shared by pieces
 * of their rows, whose ends are then joined.
 */
#include "backend/lag_counts.h"

#include "backend/engine_bits_state.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/smaller.h"
#include "rqa/status.h"

#include <string.h>

enum {
    NARROWEST = 512, /* offsets of a strip, where there are more */
    SHORTEST = 4096, /* rows of a piece, likewise; a multiple of RQA__BITS_ROWS */
    JOBS_EACH = 4    /* for every worker, so that they finish together */
};

/* One offset within one piece of rows. Before the first cell that does not recur, `open` is the run
 * from the piece's first row on; that cell makes it `head`. */
typedef struct lag_piece {
    uint64_t points, line_points, lines, head, open;
    uint64_t is_broken;
} lag_piece;

typedef struct lag_work {
    rqa__lag_counts *profile;
    rqa__bits_input input;
    rqa__bits_strip *strip;
    size_t n_strips, n_pieces;
    lag_piece *piece; /* [n_pieces][profile->n] */
} lag_work;

/* ---- runs of one diagonal ---- */

static void close_run(lag_piece *p, uint64_t length, uint64_t lmin)
{
    if (length >= lmin) {
        p->line_points += length;
        p->lines++;
    }
}

static void break_run(lag_piece *p, uint64_t lmin)
{
    if (p->is_broken)
        close_run(p, p->open, lmin);
    else
        p->head = p->open;
    p->is_broken = 1;
    p->open = 0;
}

/* Runs that neither begin nor end the word: a bit stays set if lmin of them follow each other. */
static void count_inner(lag_piece *p, uint64_t bits, uint64_t lmin)
{
    for (uint64_t width = 1; width < lmin && bits;) {
        const uint64_t step = width < lmin - width ? width : lmin - width;
        bits &= bits >> (step & 63);
        width += step;
    }
    if (!bits)
        return;
    const uint64_t lines = (uint64_t)__builtin_popcountll(bits & ~(bits << 1));
    p->lines += lines;
    p->line_points += (uint64_t)__builtin_popcountll(bits) + (lmin - 1) * lines;
}

/* The next 64 cells of the diagonal. */
static void take_word(lag_piece *p, uint64_t word, uint64_t lmin)
{
    if (word == 0) {
        if (p->open > 0 || !p->is_broken)
            break_run(p, lmin);
        return;
    }
    if (word == UINT64_MAX) {
        p->points += 64;
        p->open += 64;
        return;
    }
    const unsigned first = (unsigned)__builtin_ctzll(~word);
    const unsigned last = (unsigned)__builtin_clzll(~word);
    p->points += (uint64_t)__builtin_popcountll(word);
    p->open += first;
    break_run(p, lmin);
    p->open = last;
    const uint64_t inner = word & (UINT64_MAX << first) & (UINT64_MAX >> last);
    if (inner && lmin < 64)
        count_inner(p, inner, lmin);
}

/* ---- one strip and piece ---- */

static void take_block(const lag_work *work, const rqa__bits_worker *w, lag_piece *piece,
                       const rqa__bits_strip *s, size_t n_rows, size_t n_words)
{
    const size_t stride = work->input.stride;
    uint64_t block[64];
    for (size_t k = 0; k < n_words; k++) {
        const size_t n_offsets = rqa__smaller(s->width - 64 * k, 64);
        for (size_t r = 0; r < 64; r++)
            block[r] = r < n_rows ? w->tile[(1 + r) * stride + k] : 0;
        work->input.kernels->transpose(block);
        for (size_t b = 0; b < n_offsets; b++)
            take_word(&piece[64 * k + b], block[b], work->profile->lmin);
    }
}

/* Offsets from `begin` on have no cell any more. */
static void end_offsets(const lag_work *work, lag_piece *piece, size_t begin, size_t end)
{
    for (size_t k = begin; k < end; k++)
        take_word(&piece[k], 0, work->profile->lmin);
}

/* Rows [begin, end) of a strip; all rows of a block but the last of the matrix are there. */
static int run_piece(lag_work *work, rqa__bits_worker *w, const rqa__bits_strip *s, size_t begin,
                     size_t end, lag_piece *piece)
{
    const rqa__bits_input *input = &work->input;
    size_t words_before = (s->width + 63) / 64;
    for (unsigned k = 0; k < input->fields.n; k++)
        w->ring[k].ready = begin;
    for (size_t row = begin; row < end; row += RQA__BITS_ROWS) {
        const size_t n_rows = rqa__smaller(end - row, RQA__BITS_ROWS);
        const size_t n_words = rqa__bits_words(input, s, row);
        if (rqa__bits_is_stopped(&input->halt))
            return RQA_ERROR_CANCELLED;
        for (unsigned k = 0; k < input->fields.n; k++)
            if (rqa__bits_tile(w, k, s, row, n_rows, n_words))
                return RQA_ERROR_CANCELLED;
        for (size_t r = 0; r < n_rows; r++)
            rqa__bits_trim(input, s, w->tile + (1 + r) * input->stride, row + r, n_words);
        take_block(work, w, piece, s, n_rows, n_words);
        end_offsets(work, piece, 64 * n_words, rqa__smaller(64 * words_before, s->width));
        words_before = n_words;
    }
    return RQA_OK;
}

static int run_job(void *arg, size_t job, unsigned worker)
{
    lag_work *work = arg;
    const rqa__bits_strip *s = &work->strip[job % work->n_strips];
    const size_t number = job / work->n_strips, n_rows = s->row_end - s->row_begin;
    const size_t blocks = (n_rows + RQA__BITS_ROWS - 1) / RQA__BITS_ROWS;
    const size_t each = (blocks + work->n_pieces - 1) / work->n_pieces * RQA__BITS_ROWS;
    const size_t begin = s->row_begin + rqa__smaller(number * each, n_rows);
    const size_t end = s->row_begin + rqa__smaller((number + 1) * each, n_rows);
    lag_piece *piece =
        work->piece + number * work->profile->n + (size_t)(s->first - work->profile->first);
    int status = run_piece(work, &work->input.worker[worker], s, begin, end, piece);
    if (status)
        atomic_store(&work->input.halt.status, status);
    return status;
}

/* ---- all of them ---- */

/* Offsets that have a cell, in strips. */
static int plan_strips(lag_work *work, unsigned n_workers)
{
    const rqa__bits_input *input = &work->input;
    const rqa__lag_counts *p = work->profile;
    int64_t first = 1 - (int64_t)input->n_x, end = (int64_t)input->n_y;
    first = p->first > first ? p->first : first;
    end = p->first + (int64_t)p->n < end ? p->first + (int64_t)p->n : end;
    size_t width = ((size_t)(end - first) + n_workers - 1) / n_workers;
    width = (width < NARROWEST ? NARROWEST : rqa__smaller(width, input->widest) + 63) / 64 * 64;
    width = rqa__smaller(width, input->widest);
    work->n_strips = ((size_t)(end - first) + width - 1) / width;
    work->strip = rqa__calloc(work->n_strips, sizeof *work->strip);
    if (!work->strip)
        return RQA_ERROR_MEMORY;
    for (size_t k = 0; k < work->n_strips; k++) {
        rqa__bits_strip *s = &work->strip[k];
        s->first = first + (int64_t)(k * width);
        s->width = rqa__smaller(width, (size_t)(end - s->first));
        const int64_t last = s->first + (int64_t)s->width - 1;
        s->row_begin = last < 0 ? (size_t)-last : 0;
        s->row_end = rqa__smaller(input->n_x, (size_t)((int64_t)input->n_y - s->first));
    }
    return RQA_OK;
}

/* Upper limit of the pieces, so that each has rows enough. */
static size_t pieces_for(size_t n_rows, size_t n_strips, unsigned n_workers)
{
    const size_t wanted = n_workers > 1 ? JOBS_EACH * (size_t)n_workers / n_strips : 1;
    const size_t most = n_rows / SHORTEST;
    return wanted < 2 || most < 2 ? 1 : rqa__smaller(wanted, most);
}

/* The pieces of an offset one after the other; the last run ends with the matrix. */
static void join(const lag_work *work)
{
    const rqa__lag_counts *p = work->profile;
    for (size_t k = 0; k < p->n; k++) {
        lag_piece sum = {0};
        for (size_t n = 0; n < work->n_pieces; n++) {
            const lag_piece *here = &work->piece[n * p->n + k];
            sum.points += here->points;
            sum.line_points += here->line_points;
            sum.lines += here->lines;
            if (here->is_broken) {
                close_run(&sum, sum.open + here->head, p->lmin);
                sum.open = 0;
            }
            sum.open += here->open;
        }
        close_run(&sum, sum.open, p->lmin);
        p->points[k] = sum.points;
        p->line_points[k] = sum.line_points;
        p->lines[k] = sum.lines;
    }
}

static int run_jobs(lag_work *work)
{
    const rqa__bits_input *input = &work->input;
    const size_t n_jobs = work->n_strips * work->n_pieces;
    int status = RQA_OK;
    if (input->n_workers > 1)
        return input->parallel->run(input->parallel->pool, n_jobs, run_job, work);
    for (size_t k = 0; k < n_jobs && !status; k++)
        status = run_job(work, k, 0);
    return status;
}

/* What the fields are asked for. */
static rqa__task plain_task(const rqa__task *task)
{
    rqa__task plain = *task;
    plain.n_dims = plain.n_thresholds = 1;
    plain.tallies = RQA__TALLY_DIAGONAL;
    plain.upper_only = plain.band_is_white = 0;
    return plain;
}

int rqa__lag_counts_run(rqa__lag_counts *profile, const rqa__task *task,
                        const rqa__bits_kernels *kernels, const rqa__parallel *parallel,
                        const atomic_int *cancel)
{
    const rqa__task plain = plain_task(task);
    lag_work work = {.profile = profile};
    int status = rqa__bits_open(&work.input, &plain, kernels, parallel, cancel);
    if (!status)
        status = rqa__bits_query(&work.input, 0, 0);
    if (!status)
        status = plan_strips(&work, work.input.n_workers);
    if (!status) {
        work.n_pieces = pieces_for(work.input.n_x, work.n_strips, work.input.n_workers);
        work.piece = rqa__calloc(work.n_pieces * profile->n, sizeof *work.piece);
        status = work.piece ? run_jobs(&work) : RQA_ERROR_MEMORY;
    }
    if (!status)
        join(&work);
    if (status == RQA_ERROR_MEMORY)
        rqa__fail_memory("the diagonals of a profile");
    else if (status == RQA_ERROR_CANCELLED)
        rqa__fail(status, "cancelled");
    else if (status == RQA_ERROR_OVERFLOW)
        rqa__fail(status, "a profile takes at most %zu vectors", (size_t)RQA__ENGINE_BITS_LIMIT);
    rqa__free(work.piece);
    rqa__free(work.strip);
    rqa__bits_close(&work.input);
    return status;
}

size_t rqa__lag_counts_memory(const rqa__task *task, size_t n_lags, unsigned n_workers)
{
    const size_t n_strips = (n_lags + RQA__BITS_WIDEST - 1) / RQA__BITS_WIDEST;
    const size_t n_pieces = pieces_for(task->x.n_samples, n_strips, n_workers);
    const rqa__task plain = plain_task(task);
    rqa__bits_input input;
    rqa__bits_measure(&input, &plain, n_workers);
    return rqa__bits_bytes(&input) + n_pieces * n_lags * sizeof(lag_piece) +
           (n_lags / NARROWEST + n_workers + 1) * sizeof(rqa__bits_strip);
}
