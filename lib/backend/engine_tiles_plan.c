/* engine_tiles_plan.c - how tiles are cut into strips, and what a Theiler window leaves of them. */
#include "backend/engine_tiles_internal.h"

void rqa__tiles_plan_strips(rqa__tiles_run *run)
{
    const rqa__tiles_shape *s = &run->shape;
    size_t first = 0, n = 0;
    while (first < s->n_columns) {
        const size_t left = s->n_columns - first;
        size_t width = RQA__TILES_WIDEST;
        if (s->n_workers > 1 && left / s->n_workers < width)
            width = left / s->n_workers < 128 ? 128 : left / s->n_workers / 64 * 64;
        width = width < left ? width : left;
        run->strip[n++] = (rqa__tiles_strip){first, width};
        first += width;
    }
    run->n_strips = n;
}

uint64_t rqa__tiles_cells_beyond(size_t right, size_t window)
{
    uint64_t cells = 0;
    for (size_t b = 0; b < 64; b++)
        if (8 * right + b % 8 >= window + b / 8)
            cells |= UINT64_C(1) << b;
    return cells;
}

static size_t beyond_main(uint64_t window)
{
    return window > 1 ? (size_t)window : 1;
}

void rqa__tiles_band_make(rqa__tiles_run *run)
{
    const rqa__task *task = run->task;
    rqa__tiles_band *band = &run->band;
    const size_t points = beyond_main(task->theiler_points);
    const size_t diagonal = beyond_main(task->theiler_diagonal);
    /* Of one triangle a column begins with its cell on the main diagonal. */
    const size_t vertical = task->upper_only ? (size_t)task->theiler_vertical
                                             : beyond_main(task->theiler_vertical);
    size_t widest = points > diagonal ? points : diagonal;
    widest = vertical > widest ? vertical : widest;
    band->first_diagonal = diagonal;
    band->below = task->theiler_vertical == 0 && !task->upper_only ? ~UINT64_C(0) : 0;
    /* One more: the left neighbour of the last may have cells in the window. */
    band->n = (widest + 6) / 8 + 2;
    for (size_t k = 0; k < band->n; k++) {
        band->points[k] = rqa__tiles_cells_beyond(k, points);
        band->diagonal[k] = rqa__tiles_cells_beyond(k, diagonal);
        band->vertical[k] = rqa__tiles_cells_beyond(k, vertical);
    }
}
