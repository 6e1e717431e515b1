/* engine_bits_plan.c - the sizes of what a request is counted in, and how its offsets are cut into
 * strips.
 *
 * Strips are claimed in order of falling offset. A column of the matrix leaves a strip at its
 * lowest offset, one row before it enters the next, and a row continues there too; so the runs
 * under way are handed over in one array per direction, and a strip may run as soon as it stays
 * behind its predecessor. Strips get narrower towards the end so that workers finish together.
 */
#include "backend/engine_bits_state.h"
#include "base/smaller.h"

/* ---- strips ---- */

static int outside(int64_t first, int64_t last, uint64_t theiler)
{
    uint64_t nearest = first >= 0 ? (uint64_t)first : last <= 0 ? (uint64_t)-last : 0;
    return nearest >= theiler;
}

static void describe(const rqa__bits_run *run, rqa__bits_strip *s)
{
    const rqa__task *task = run->request.task;
    int64_t last = s->first + (int64_t)s->width - 1;
    unsigned weight = run->plan.mirrored && s->first > 0 ? 2 : 1;
    s->row_begin = last < -(int64_t)run->request.first ? (size_t)-last : run->request.first;
    size_t end = (size_t)((int64_t)run->input->n_y - s->first);
    s->row_end = end < run->request.end ? end : run->request.end;
    s->weight_points = outside(s->first, last, task->theiler_points) ? weight : 0;
    s->weight_diagonal =
        task->tallies & RQA__TALLY_DIAGONAL && outside(s->first, last, task->theiler_diagonal)
            ? weight
            : 0;
    s->vertical = (task->tallies &
                   (RQA__TALLY_VERTICAL | RQA__TALLY_WHITE | RQA__TALLY_RECURRENCE_TIME)) != 0 &&
                  outside(s->first, last, task->theiler_vertical);
    s->below_band = 0;
    s->after = -1;
}

/* The next offset, going down from `end` (exclusive), at which a strip must begin. */
static int64_t next_cut(const rqa__bits_run *run, int64_t lowest, int64_t end)
{
    const rqa__task *task = run->request.task;
    const uint64_t w[4] = {task->theiler_points, task->theiler_diagonal, task->theiler_vertical, 1};
    int64_t cut = lowest;
    for (unsigned k = 0; k < (run->input->symmetric ? 4u : 3u); k++) {
        if (w[k] == 0 || w[k] > RQA__ENGINE_BITS_LIMIT) {
            continue;
        }
        int64_t at = (int64_t)w[k];
        cut = at < end && at > cut ? at : cut;
        cut = 1 - at < end && 1 - at > cut ? 1 - at : cut;
    }
    return cut;
}

/* A row costs about as much as 400 of its pairs on top of them; so few workers do best with wide
 * strips, even if the last one then keeps only one of them busy. */
static size_t narrowest_of(const rqa__bits_run *run)
{
    return run->input->n_workers <= 4 ? 1024 : 512;
}

static int64_t lowest_offset(const rqa__bits_run *run)
{
    return run->input->symmetric ? 0 : 1 - (int64_t)run->request.end;
}

static int64_t end_of_offsets(const rqa__bits_run *run)
{
    return (int64_t)run->input->n_y - (int64_t)run->request.first;
}

/* Beside those of full width, next_cut() gives up to eight. */
static size_t most_strips(const rqa__bits_run *run)
{
    const int64_t n_offsets = end_of_offsets(run) - lowest_offset(run);
    return (n_offsets > 0 ? (size_t)n_offsets / narrowest_of(run) : 0) + 16;
}

/* Of the strip that ends `left` offsets above the lowest. */
static size_t widest_of(const rqa__bits_run *run, size_t left)
{
    const size_t widest = run->input->widest, narrowest = narrowest_of(run);
    const unsigned n_workers = run->input->n_workers;
    if (n_workers <= 1 || left / n_workers >= widest) {
        return widest;
    }
    const size_t width = left / n_workers / 64 * 64;
    return rqa__smaller(width < narrowest ? narrowest : width, widest);
}

static int is_counted(const rqa__bits_run *run, const rqa__bits_strip *s)
{
    return s->weight_points > 0 || s->weight_diagonal > 0 || s->vertical ||
           run->counts.offset_points != NULL;
}

void rqa__bits_plan_strips(rqa__bits_run *run)
{
    const int64_t lowest = lowest_offset(run);
    const uint64_t band = run->request.task->theiler_vertical;
    int64_t end = end_of_offsets(run), vertical = -1;
    size_t n = 0;
    while (end > lowest) {
        const int64_t width = (int64_t)widest_of(run, (size_t)(end - lowest));
        int64_t cut = next_cut(run, lowest, end);
        int64_t first = end - width > cut ? end - width : cut;
        rqa__bits_strip s = {.first = first, .width = (size_t)(end - first)};
        describe(run, &s);
        if (is_counted(run, &s) && s.vertical) {
            s.below_band = band > 0 && s.first < 0 && end == 1 - (int64_t)band;
            s.after = vertical;
            vertical = (int64_t)n;
        }
        if (is_counted(run, &s)) {
            atomic_init(&run->plan.progress[n].rows, 0);
            run->plan.strip[n++] = s;
        }
        end = first;
    }
    run->plan.n_strips = n;
}

/* ---- sizes ---- */

void rqa__bits_plan_counters(rqa__bits_run *run)
{
    const size_t n_x = run->input->n_x, n_y = run->input->n_y;
    run->plan.n_lengths = (n_x > n_y ? n_x : n_y) + 1;
    run->plan.limit = (uint32_t)rqa__smaller(RQA__BITS_WIDEST + 1, run->plan.n_lengths);
}

size_t rqa__bits_lay_out_counters(rqa__bits_run *run, uint8_t *base)
{
    const rqa__bits_input *input = run->input;
    const size_t stride = input->stride, limit = run->plan.limit;
    const int times = (input->task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    size_t used = 0;
    run->counter = rqa__carve(base, &used, input->n_workers, sizeof *run->counter);
    for (unsigned k = 0; k < input->n_workers; k++) {
        rqa__bits_counter w = {.run = run};
        w.scratch = rqa__carve(base, &used, RQA__BITS_SCRATCH(stride), sizeof *w.scratch);
        w.diagonal = rqa__carve(base, &used, 64 * stride, sizeof *w.diagonal);
        w.n_counts = (times ? 6 : 5) * limit;
        w.hist_diagonal = rqa__carve(base, &used, w.n_counts, sizeof *w.hist_diagonal);
        if (base != NULL) {
            w.bits = &input->worker[k];
            w.hist_vertical = w.hist_diagonal + 2 * limit;
            w.total_diagonal = w.hist_vertical + 2 * limit;
            w.hist_time = times ? w.total_diagonal + limit : NULL;
            run->counter[k] = w;
        }
    }
    return used;
}

void rqa__bits_plan_request(rqa__bits_run *run, const rqa__bits_request *request)
{
    const rqa__bits_input *input = run->input;
    const rqa__task *task = request->task;
    const int times = (task->tallies & RQA__TALLY_RECURRENCE_TIME) != 0;
    rqa__bits_plan *plan = &run->plan;
    run->request = *request;
    plan->upper_only = input->symmetric && task->upper_only;
    plan->mirrored = input->symmetric && !task->upper_only;
    plan->n_runs = rqa__task_has_columns(task) ? input->n_x : 0;
    /* Columns are indexed up to a word past the last. */
    plan->n_columns = plan->n_runs > 0 && plan->mirrored ? input->n_x + 64 : 0;
    plan->n_starts[0] = times ? input->n_x : 0;
    plan->n_starts[1] = times && request->edges != NULL ? input->n_x : 0;
    plan->n_offsets = task->tallies & RQA__TALLY_OFFSETS
                          ? rqa__n_offsets(task->relation, input->n_x, input->n_y)
                          : 0;
    plan->n_strips = most_strips(run);
}

/* NULL if none are wanted. */
static void *take(uint8_t *base, size_t *used, size_t n, size_t size)
{
    return n > 0 ? rqa__carve(base, used, n, size) : NULL;
}

size_t rqa__bits_lay_out_counts(rqa__bits_run *run, uint8_t *base, size_t *n_zeroed)
{
    const size_t n = run->plan.n_lengths, n_lines = run->plan.n_runs > 0 ? n : 0;
    const size_t n_times = run->plan.n_starts[0] > 0 ? n : 0;
    rqa__bits_plan *plan = &run->plan;
    rqa__bits_counts *c = &run->counts;
    size_t used = 0;
    c->diagonal_lines = take(base, &used, n, sizeof *c->diagonal_lines);
    c->vertical_lines = take(base, &used, n_lines, sizeof *c->vertical_lines);
    c->white_inner = take(base, &used, n_lines, sizeof *c->white_inner);
    c->white_border = take(base, &used, n_lines, sizeof *c->white_border);
    c->time = take(base, &used, n_times, sizeof *c->time);
    c->offset_points = take(base, &used, plan->n_offsets, sizeof *c->offset_points);
    c->column_start = take(base, &used, plan->n_starts[0], sizeof *c->column_start);
    c->row_start = take(base, &used, plan->n_starts[0], sizeof *c->row_start);
    c->column_first = take(base, &used, plan->n_starts[1], sizeof *c->column_first);
    c->row_first = take(base, &used, plan->n_starts[1], sizeof *c->row_first);
    c->edge = take(base, &used, plan->n_runs, sizeof *c->edge);
    *n_zeroed = used;
    c->column = take(base, &used, plan->n_columns, sizeof *c->column);
    c->row = take(base, &used, plan->n_runs, sizeof *c->row);
    plan->strip = rqa__carve(base, &used, plan->n_strips, sizeof *plan->strip);
    plan->progress = rqa__carve(base, &used, plan->n_strips, sizeof *plan->progress);
    return used;
}
