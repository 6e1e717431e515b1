/* engine_tiles_plan.c - how tiles are cut into strips, and what a Theiler window leaves of them. */
#include "backend/engine_tiles_state.h"
#include "base/smaller.h"

/* Two workers and three strips of a triangle, where none is at its widest: the first is done early, as
 * its rows shorten from the beginning on, and goes on to the last, which is narrow, while the second goes
 * on. That is the better of few cuts, by steps of tiles and what a row takes beside them. */
static size_t width_for_two(const rqa__tiles_shape *s, size_t index)
{
    const size_t share = s->n_columns * (index == 0 ? 11 : 10) / 25, width = (share + 32) / 64 * 64;
    return width < 64 ? 64 : width;
}

/* Tiles of a strip that others do not have to leave a worker without. */
static size_t width_of(const rqa__tiles_shape *s, size_t index, size_t left)
{
    const size_t share = left / s->n_workers;
    if (s->n_workers == 2 && s->is_triangle && s->n_columns * 11 / 25 <= RQA__TILES_WIDEST - 32)
        return width_for_two(s, index);
    if (s->n_workers == 1 || share >= RQA__TILES_WIDEST)
        return RQA__TILES_WIDEST;
    return share < 128 ? 128 : share / 64 * 64;
}

void rqa__tiles_plan_strips(rqa__tiles_run *run)
{
    const rqa__tiles_shape *s = &run->shape;
    size_t first = 0, n = 0;
    while (first < s->n_columns) {
        const size_t left = s->n_columns - first, width = rqa__smaller(left, width_of(s, n, left));
        run->strip[n++] = (rqa__tiles_strip){first, width};
        first += width;
    }
    run->n_strips = n;
}

uint64_t rqa__tiles_cells_beyond(size_t right, size_t window)
{
    uint64_t cells = 0;
    for (size_t r = 0; r < 8; r++) {
        const size_t from = window + r; /* offset of the row's first cell that is beyond */
        const uint64_t skipped = from > 8 * right ? from - 8 * right : 0;
        cells |= (skipped < 8 ? UINT64_C(255) << skipped & 255 : 0) << 8 * r;
    }
    return cells;
}

/* Cell (r, c) to (c, r). */
static uint64_t transposed(uint64_t cells)
{
    uint64_t out = 0;
    for (unsigned b = 0; b < 64; b++)
        out |= (cells >> b & 1) << (8 * (b % 8) + b / 8);
    return out;
}

static size_t beyond_main(uint64_t window)
{
    return window > 1 ? (size_t)window : 1;
}

static size_t greatest(size_t a, size_t b, size_t c)
{
    const size_t most = a > b ? a : b;
    return c > most ? c : most;
}

/* Left of the main diagonal windows are as wide as right of it, and on it they go both ways. */
static void mirror_band(rqa__tiles_band *band)
{
    rqa__tiles_beyond *middle = band->tile + RQA__TILES_BAND;
    for (size_t k = 0; k < band->n; k++) {
        const rqa__tiles_beyond right = middle[k];
        const rqa__tiles_beyond left = {transposed(right.points), transposed(right.diagonal),
                                        transposed(right.vertical)};
        *(middle - k) = left;
        if (k == 0)
            *middle = (rqa__tiles_beyond){right.points | left.points,
                                          right.diagonal | left.diagonal,
                                          right.vertical | left.vertical};
    }
}

void rqa__tiles_band_make(rqa__tiles_run *run)
{
    const rqa__task *task = run->task;
    rqa__tiles_band *band = &run->band;
    size_t points = (size_t)task->theiler_points, diagonal = (size_t)task->theiler_diagonal;
    size_t vertical = (size_t)task->theiler_vertical;
    if (run->shape.is_triangle) { /* the main diagonal is counted by itself */
        points = beyond_main(task->theiler_points);
        diagonal = beyond_main(task->theiler_diagonal);
        /* Of one triangle a column begins with its cell there. */
        vertical = task->upper_only ? vertical : beyond_main(task->theiler_vertical);
        band->below = task->theiler_vertical == 0 && !task->upper_only ? ~UINT64_C(0) : 0;
    }
    const size_t widest = greatest(points, diagonal, vertical);
    band->first_diagonal = diagonal;
    /* One more: the left neighbour of the last may have cells in the window. */
    band->n = widest > 0 ? (widest + 6) / 8 + 2 : 0;
    for (size_t k = 0; k < band->n; k++)
        band->tile[RQA__TILES_BAND + k] =
            (rqa__tiles_beyond){rqa__tiles_cells_beyond(k, points), rqa__tiles_cells_beyond(k, diagonal),
                                rqa__tiles_cells_beyond(k, vertical)};
    if (!run->shape.is_triangle)
        mirror_band(band);
}
