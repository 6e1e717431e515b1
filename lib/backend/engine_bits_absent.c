/* engine_bits_absent.c - white lines and times where vectors touch missing samples.
 *
 * A missing vector recurs with nothing, so black lines end there by themselves. Times are asked at each
 * start of a line whether a missing vector lies before it (rqa__bits_block). White lines are counted
 * in a pass of their own, over bits in which the cells of missing vectors are set: what is white there
 * are the white lines that such cells cut.
 */
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

/* Bits before the first column: a row's first word may begin so far outside. */
enum { BEFORE = RQA__BITS_WIDEST, BEHIND = 192 };

static size_t n_words_of(size_t n_y)
{
    return (BEFORE + n_y + BEHIND + 63) / 64;
}

/* All of it in one block; the bytes of it. */
static size_t lay_out(rqa__bits_absent *a, const rqa__task *task, uint8_t *base)
{
    const size_t n_x = rqa__side_vectors(&task->x, 0), n_y = rqa__side_vectors(&task->y, 0);
    size_t used = 0;
    a->bits = rqa__carve(base, &used, n_words_of(n_y), sizeof *a->bits);
    a->cuts = rqa__carve(base, &used, n_y, sizeof *a->cuts);
    a->x = rqa__carve(base, &used, n_x, sizeof *a->x);
    a->y = rqa__carve(base, &used, n_y, sizeof *a->y);
    return used;
}

size_t rqa__bits_absent_bytes(const rqa__task *task)
{
    rqa__bits_absent measured;
    return rqa__task_cuts(task) ? lay_out(&measured, task, NULL) : 0;
}

int rqa__bits_absent_open(rqa__bits_absent *a, const rqa__task *task)
{
    if (!rqa__task_cuts(task)) {
        return 0;
    }
    a->memory = rqa__alloc_aligned(lay_out(a, task, NULL));
    if (a->memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    lay_out(a, task, a->memory);
    return 0;
}

void rqa__bits_absent_close(rqa__bits_absent *a)
{
    rqa__free_aligned(a->memory);
}

void rqa__bits_absent_query(rqa__bits_input *input, uint32_t d)
{
    const rqa__task *task = input->task;
    rqa__bits_absent *a = &input->absent;
    uint32_t n_cuts = 0;
    if (a->cuts == NULL) {
        return;
    }
    memset(a->x, 0, rqa__side_vectors(&task->x, 0));
    memset(a->y, 0, rqa__side_vectors(&task->y, 0));
    memset(a->bits, 0, n_words_of(input->n_y) * sizeof *a->bits);
    rqa__side_absent(&task->x, d, a->x);
    rqa__side_absent(&task->y, d, a->y);
    for (size_t i = 0; task->relation == RQA__RELATION_JOINT && i < input->n_x; i++) {
        a->x[i] |= a->y[i];
        a->y[i] = a->x[i];
    }
    for (size_t j = 0; j < input->n_y; j++) {
        n_cuts += a->y[j];
        a->cuts[j] = n_cuts;
        a->bits[(BEFORE + j) / 64] |= (uint64_t)a->y[j] << (BEFORE + j) % 64;
    }
}

void rqa__bits_absent_fill(const rqa__bits_absent *a, const rqa__bits_strip *s, uint64_t *row,
                           size_t i, size_t n_words)
{
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
