/* engine_bits_absent.c - white lines and times where vectors touch missing samples.
 *
 * A missing vector recurs with nothing, so black lines end there by themselves. Times are asked at each
 * start of a line whether a missing vector lies before it (rqa__bits_block). White lines are counted
 * in a pass of their own, over bits in which the cells of missing vectors are set: what is white there
 * are the white lines that such cells cut.
 */
#include "backend/engine_bits_internal.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

/* Bits before the first column: a row's first word may begin so far outside. */
enum { BEFORE = RQA__BITS_WIDEST, BEHIND = 192 };

static size_t n_words_of(size_t n_y)
{
    return (BEFORE + n_y + BEHIND + 63) / 64;
}

size_t rqa__bits_absent_memory(const rqa__task *task)
{
    const size_t n_x = rqa__side_vectors(&task->x, 0), n_y = rqa__side_vectors(&task->y, 0);
    return rqa__task_cuts(task)
               ? n_x + n_y + n_y * sizeof(uint32_t) + n_words_of(n_y) * sizeof(uint64_t)
               : 0;
}

int rqa__bits_absent_open(rqa__bits_run *run)
{
    const rqa__task *task = run->task;
    const size_t n_x = rqa__side_vectors(&task->x, 0), n_y = rqa__side_vectors(&task->y, 0);
    rqa__bits_absent *a = &run->absent;
    if (!rqa__task_cuts(task)) {
        return 0;
    }
    a->white_task = a->rest_task = *task;
    a->white_task.tallies = RQA__TALLY_WHITE;
    a->white_task.theiler_points = UINT64_MAX;
    a->rest_task.tallies &= ~(uint32_t)RQA__TALLY_WHITE;
    a->x = rqa__alloc_array(n_x, sizeof *a->x);
    a->y = rqa__alloc_array(n_y, sizeof *a->y);
    a->cuts = rqa__alloc_array(n_y, sizeof *a->cuts);
    a->bits = rqa__alloc_array(n_words_of(n_y), sizeof *a->bits);
    return a->x == NULL || a->y == NULL || a->cuts == NULL || a->bits == NULL ? RQA_ERROR_MEMORY : 0;
}

void rqa__bits_absent_close(rqa__bits_run *run)
{
    rqa__free(run->absent.x);
    rqa__free(run->absent.y);
    rqa__free(run->absent.cuts);
    rqa__free(run->absent.bits);
}

void rqa__bits_absent_query(rqa__bits_run *run, uint32_t d)
{
    const rqa__task *task = run->task;
    rqa__bits_absent *a = &run->absent;
    uint32_t n_cuts = 0;
    if (a->cuts == NULL) {
        return;
    }
    memset(a->x, 0, rqa__side_vectors(&task->x, 0));
    memset(a->y, 0, rqa__side_vectors(&task->y, 0));
    memset(a->bits, 0, n_words_of(run->n_y) * sizeof *a->bits);
    rqa__side_absent(&task->x, d, a->x);
    rqa__side_absent(&task->y, d, a->y);
    for (size_t i = 0; task->relation == RQA__RELATION_JOINT && i < run->n_x; i++) {
        a->x[i] |= a->y[i];
        a->y[i] = a->x[i];
    }
    for (size_t j = 0; j < run->n_y; j++) {
        n_cuts += a->y[j];
        a->cuts[j] = n_cuts;
        a->bits[(BEFORE + j) / 64] |= (uint64_t)a->y[j] << (BEFORE + j) % 64;
    }
}

void rqa__bits_absent_fill(const rqa__bits_run *run, const rqa__bits_strip *s, uint64_t *row,
                           size_t i, size_t n_words)
{
    const rqa__bits_absent *a = &run->absent;
    if (a->x[i] != 0) {
        memset(row, 0xff, n_words * sizeof *row);
        return;
    }
    const size_t at = (size_t)((int64_t)(BEFORE + i) + s->first);
    const uint64_t *word = a->bits + at / 64;
    const unsigned shift = at % 64;
    for (size_t k = 0; k < n_words; k++) {
        row[k] |= shift > 0 ? word[k] >> shift | word[k + 1] << (64 - shift) : word[k];
    }
}

/* White lines on their way to the tally of the rest. */
typedef struct white_lines {
    rqa__bin *bin;
    rqa__spectrum inner, border;
    rqa__tally_sink sink;
    void *user;
} white_lines;

static int keep_white(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    white_lines *w = user;
    const size_t n = tally->white_inner.n_bins, m = tally->white_border.n_bins;
    (void)d;
    (void)t;
    w->bin = rqa__alloc_array(n + m, sizeof *w->bin);
    if (w->bin == NULL) {
        return RQA_ERROR_MEMORY;
    }
    w->inner = (rqa__spectrum){w->bin, n};
    w->border = (rqa__spectrum){w->bin + n, m};
    if (n > 0) {
        memcpy(w->bin, tally->white_inner.bin, n * sizeof *w->bin);
    }
    if (m > 0) {
        memcpy(w->bin + n, tally->white_border.bin, m * sizeof *w->bin);
    }
    return 0;
}

static int give_all(void *user, uint32_t d, uint32_t t, const rqa__tally *rest)
{
    const white_lines *w = user;
    rqa__tally tally = *rest;
    tally.white_inner = w->inner;
    tally.white_border = w->border;
    return w->sink(w->user, d, t, &tally);
}

int rqa__bits_absent_rows(rqa__bits_run *run, uint32_t d, uint32_t t, rqa__tally_sink sink,
                          void *user)
{
    const rqa__task *task = run->task;
    white_lines w = {.sink = sink, .user = user};
    run->task = &run->absent.white_task;
    run->absent.is_filled = 1;
    int status = rqa__bits_rows(run, d, t, keep_white, &w);
    run->absent.is_filled = 0;
    run->task = &run->absent.rest_task;
    if (status == 0) {
        status = rqa__bits_rows(run, d, t, give_all, &w);
    }
    run->task = task;
    rqa__free(w.bin);
    return status;
}
