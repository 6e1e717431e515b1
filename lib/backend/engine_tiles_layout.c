/* engine_tiles_layout.c - the sizes of a run of the engine of tiles, and where all it holds lies. */
#include "backend/engine_tiles_state.h"
#include "base/smaller.h"

#include <string.h>

/* ---- sizes ---- */

/* Boxes are read 64 at a time, from any of these tiles. */
static rqa__tiles_series series_of(const rqa__side *side, uint32_t d, size_t n_tiles)
{
    rqa__tiles_series s = {.n_samples = side->n_samples,
                           .delay = side->delay,
                           .n_channels = side->n_channels,
                           .dim = side->dims[d]};
    s.n_boxes = n_tiles + 128 + ((s.dim - 1) * s.delay + 7) / 8;
    return s;
}

rqa__tiles_shape rqa__tiles_shape_of(const rqa__task *task, uint32_t d, unsigned n_workers)
{
    const int is_cross = task->relation == RQA__RELATION_CROSS;
    const size_t n_x = rqa__side_vectors(&task->x, d);
    const size_t n_y = task->relation == RQA__RELATION_AUTO ? n_x : rqa__side_vectors(&task->y, d);
    rqa__tiles_shape s = {.n_x = is_cross ? n_x : rqa__smaller(n_x, n_y),
                          .is_triangle = !is_cross,
                          .n_sides = task->relation == RQA__RELATION_AUTO ? 1 : 2,
                          .n_fields = task->relation == RQA__RELATION_JOINT ? 2 : 1,
                          .tallies = task->tallies,
                          .cuts = rqa__task_cuts(task),
                          .n_workers = n_workers};
    s.n_y = is_cross ? n_y : s.n_x;
    s.n_rows = is_cross ? s.n_x / 8 + 1 : (s.n_x + 7) / 8;
    s.n_columns = (s.n_y + 7) / 8 + 1;
    const size_t n_whole = (s.n_columns + 63) / 64 * 64;
    s.widest = rqa__smaller(n_whole, RQA__TILES_WIDEST);
    s.room = s.widest + RQA__TILES_SLACK;
    s.side[0] = series_of(&task->x, d, is_cross ? s.n_rows : s.n_columns);
    if (s.n_sides > 1)
        s.side[1] = series_of(&task->y, d, s.n_columns);
    const size_t most = s.n_x > s.n_y ? s.n_x : s.n_y;
    s.n_lengths = most < 16 ? 17 : most + 1;
    return s;
}

/* ---- a worker ---- */

static void lay_out_worker(rqa__tiles_worker *w, const rqa__tiles_shape *s, uint8_t *base,
                           size_t *used)
{
    const size_t limit = s->n_lengths < RQA__TILES_SHORT ? s->n_lengths : RQA__TILES_SHORT;
    const int times = (s->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    w->hist_diagonal = rqa__carve(base, used, 2 * limit, sizeof *w->hist_diagonal);
    w->hist_vertical = rqa__carve(base, used, 2 * limit, sizeof *w->hist_vertical);
    w->hist_time = rqa__carve(base, used, times ? limit : 0, sizeof *w->hist_time);
    w->bytes_diagonal = rqa__carve(base, used, 512, sizeof *w->bytes_diagonal);
    w->bytes_vertical = rqa__carve(base, used, 512, sizeof *w->bytes_vertical);
    w->new_bytes_diagonal = rqa__carve(base, used, 512, sizeof *w->new_bytes_diagonal);
    w->new_bytes_vertical = rqa__carve(base, used, 512, sizeof *w->new_bytes_vertical);
    for (size_t k = 0; k < 2; k++) {
        w->new_diagonal[k] = rqa__carve(base, used, 2 * limit, sizeof **w->new_diagonal);
        w->new_vertical[k] = rqa__carve(base, used, 2 * limit, sizeof **w->new_vertical);
    }
    uint16_t **halves[] = {&w->tile, &w->open_at, &w->which};
    for (size_t k = 0; k < sizeof halves / sizeof *halves; k++)
        *halves[k] = rqa__carve(base, used, s->room, sizeof **halves[k]);
    /* There is a word, and a byte, before the first. */
    uint64_t **words[] = {&w->cells, &w->diagonal, &w->row, &w->doubt, &w->other};
    const size_t n_words = sizeof words / sizeof *words - (s->n_fields > 1 ? 0 : 1);
    for (size_t k = 0; k < n_words; k++) {
        *words[k] = rqa__carve(base, used, 8 + s->room, sizeof **words[k]);
        *words[k] = base ? *words[k] + 8 : NULL;
    }
    uint8_t **bytes[] = {&w->last,       &w->last_diagonal, &w->above,
                         &w->above_left, &w->follows,       &w->left_full};
    for (size_t k = 0; k < sizeof bytes / sizeof *bytes; k++) {
        *bytes[k] = rqa__carve(base, used, 64 + s->room, 1);
        *bytes[k] = base ? *bytes[k] + 64 : NULL;
    }
}

/* What a strip, or a row of it, sets before it reads it. */
static void lay_out_scratch(rqa__tiles_worker *w, const rqa__tiles_shape *s, uint8_t *base,
                            size_t *used)
{
    const int times = (s->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    w->column = rqa__carve(base, used, 8 * s->widest, sizeof *w->column);
    w->column_start =
        rqa__carve(base, used, times ? 8 * s->widest : 0, sizeof *w->column_start);
    rqa__tiles_list *lists[] = {&w->to_column, &w->to_diagonal, &w->to_row};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        *lists[k] = (rqa__tiles_list){.line = rqa__carve(base, used, 8 * s->room, 2),
                                      .change = rqa__carve(base, used, 8 * s->room, 1),
                                      .first = rqa__carve(base, used, 8 * s->room, 1),
                                      .after = rqa__carve(base, used, 8 * s->room, 1)};
}

static size_t n_strips_at_most(const rqa__tiles_shape *s)
{
    return s->n_columns / 64 + 2;
}

/* ---- all ---- */

static int has_phase(const rqa__tiles_series *s, size_t phase)
{
    size_t k = 0;
    while (k < s->dim && k * s->delay % 8 != phase)
        k++;
    return k < s->dim;
}

static void lay_out_side(rqa__tiles_side *side, const rqa__tiles_series *s, uint8_t *base,
                         size_t *used)
{
    const size_t n_terms = (size_t)s->dim * s->n_channels;
    side->sample = rqa__carve(base, used, n_terms, sizeof *side->sample);
    side->q = rqa__carve(base, used, n_terms, sizeof *side->q);
    side->low = rqa__carve(base, used, n_terms, sizeof *side->low);
    side->high = rqa__carve(base, used, n_terms, sizeof *side->high);
    side->samples =
        rqa__carve(base, used, s->n_channels * (8 * s->n_boxes + 8), sizeof *side->samples);
    for (size_t p = 0; p < RQA__TILES_PHASES; p++)
        side->box[p] = has_phase(s, p) ? rqa__carve(base, used, 2 * s->n_channels * s->n_boxes,
                                                    sizeof *side->box[p])
                                       : NULL;
}

/* Of a triangle one mask of the missing serves rows and columns. */
static void lay_out_absent(rqa__tiles_run *run, uint8_t *base, size_t *used)
{
    const rqa__tiles_shape *s = &run->shape;
    const size_t n_words = s->n_columns / 64 + 1;
    run->absent_y = rqa__carve(base, used, s->n_columns, 1);
    run->absent_x = s->is_triangle ? run->absent_y : rqa__carve(base, used, s->n_rows, 1);
    run->cuts = rqa__carve(base, used, s->cuts ? s->n_y + 1 : 0, sizeof *run->cuts);
    run->gap = rqa__carve(base, used, s->cuts ? s->n_y + 2 : 0, sizeof *run->gap);
    run->cuts = s->cuts ? run->cuts : NULL;
    run->some_absent = rqa__carve(base, used, n_words, sizeof *run->some_absent);
    run->all_absent = rqa__carve(base, used, n_words, sizeof *run->all_absent);
}

size_t rqa__tiles_lay_out_field(rqa__tiles_run *run, uint8_t *base)
{
    const rqa__tiles_shape *s = &run->shape;
    size_t used = 0;
    for (unsigned k = 0; k < s->n_sides; k++)
        lay_out_side(&run->side[k], &s->side[k], base, &used);
    lay_out_absent(run, base, &used);
    return used;
}

size_t rqa__tiles_lay_out(rqa__tiles_run *run, uint8_t *base)
{
    const rqa__tiles_shape *s = &run->shape;
    const int times = (s->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    const int offsets = (s->tallies & RQA__TALLY_OFFSETS) != 0;
    size_t used = rqa__tiles_lay_out_field(run, base);
    /* Left of the main diagonal offsets are indexed in a triangle too, and never counted. */
    const size_t before = 8 * (s->is_triangle ? s->widest : s->n_rows) + 16;
    const size_t diagonals = before + 8 * s->n_columns;
    run->n_field_bytes = used;
    run->strip = rqa__carve(base, &used, n_strips_at_most(s), sizeof *run->strip);
    run->progress = rqa__carve(base, &used, n_strips_at_most(s), sizeof *run->progress);
    run->diagonal = rqa__carve(base, &used, diagonals, sizeof *run->diagonal);
    run->diagonal = base ? run->diagonal + before : NULL;
    run->row = rqa__carve(base, &used, 8 * s->n_rows, sizeof *run->row);
    run->row_start = rqa__carve(base, &used, times ? 8 * s->n_rows : 0, sizeof *run->row_start);
    run->edge_diagonal = rqa__carve(base, &used, s->n_rows, sizeof *run->edge_diagonal);
    run->edge_row = rqa__carve(base, &used, s->n_rows, sizeof *run->edge_row);
    run->offset_points =
        rqa__carve(base, &used, offsets ? diagonals : 0, sizeof *run->offset_points);
    run->offset_points = base && offsets ? run->offset_points + before : NULL;
    atomic_uint_least64_t **hist[] = {&run->diagonal_lines, &run->vertical_lines,
                                      &run->white_inner, &run->white_border, &run->time};
    for (size_t k = 0; k < sizeof hist / sizeof *hist; k++)
        *hist[k] = rqa__carve(base, &used, s->n_lengths, sizeof **hist[k]);
    run->worker = rqa__carve(base, &used, s->n_workers, sizeof *run->worker);
    for (unsigned k = 0; k < s->n_workers; k++) {
        rqa__tiles_worker measured;
        lay_out_worker(base ? &run->worker[k] : &measured, s, base, &used);
    }
    run->n_cleared_bytes = used;
    for (unsigned k = 0; k < s->n_workers; k++) {
        rqa__tiles_worker measured;
        lay_out_scratch(base ? &run->worker[k] : &measured, s, base, &used);
    }
    return used;
}

void rqa__tiles_clear(rqa__tiles_run *run)
{
    memset(run->memory + run->n_field_bytes, 0, run->n_cleared_bytes - run->n_field_bytes);
    rqa__tiles_lay_out(run, run->memory);
    for (size_t k = 0; k < n_strips_at_most(&run->shape); k++)
        atomic_init(&run->progress[k].rows, 0);
    for (unsigned k = 0; k < run->shape.n_workers; k++)
        run->worker[k].run = run;
    for (size_t i = 0; !run->shape.is_triangle && i < 8 * run->shape.n_rows; i++)
        run->row[i] = RQA__BITS_BORDER;
}
