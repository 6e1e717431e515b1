/* engine_cells.c - line counts of a plot whose cells are listed: as of a matrix that is there. */
#include "backend/engine_cells.h"

#include <string.h>

#include "backend/matrix_tally.h"
#include "base/carve.h"
#include "base/memory.h"
#include "rqa/status.h"

static rqa__matrix_view view_of(const rqa__task *task)
{
    const size_t n = rqa__side_vectors(&task->x, 0);
    return (rqa__matrix_view){.lists = task->cells,
                              .n_x = n,
                              .n_y = n,
                              .theiler_points = task->theiler_points,
                              .theiler_diagonal = task->theiler_diagonal,
                              .theiler_vertical = task->theiler_vertical,
                              .tallies = task->tallies,
                              .upper_only = (int)task->upper_only,
                              .band_is_white = (int)task->band_is_white};
}

/* What a view has beside the lists, in one block; the bytes of it. */
typedef struct room {
    uint64_t *cursor;
    uint8_t *absent;
} room;

static size_t lay_out(room *r, const rqa__task *task, uint8_t *base)
{
    const size_t n = rqa__side_vectors(&task->x, 0);
    size_t used = 0;
    r->cursor = rqa__carve(base, &used, n, sizeof *r->cursor);
    r->absent = rqa__task_cuts(task) ? rqa__carve(base, &used, n, 1) : NULL;
    return used;
}

int rqa__engine_cells_run(const rqa__task *task, const rqa__bits_kernels *kernels,
                          const atomic_int *cancel, rqa__tally_sink sink, void *user)
{
    rqa__matrix_view view = view_of(task);
    room r;
    uint8_t *memory = rqa__alloc_aligned(lay_out(&r, task, NULL));
    if (!memory)
        return RQA_ERROR_MEMORY;
    lay_out(&r, task, memory);
    memcpy(r.cursor, task->cells->first, view.n_x * sizeof *r.cursor);
    if (r.absent) {
        memset(r.absent, 0, view.n_x);
        rqa__side_absent(&task->x, 0, r.absent);
    }
    view.cursor = r.cursor;
    view.absent = r.absent;
    view.kernels = kernels;
    view.cancel = cancel;
    int status = rqa__matrix_tally(&view, sink, user);
    rqa__free_aligned(memory);
    return status;
}

size_t rqa__engine_cells_memory(const rqa__task *task)
{
    const rqa__matrix_view view = view_of(task);
    room r;
    return lay_out(&r, task, NULL) + rqa__matrix_tally_bytes(&view);
}
