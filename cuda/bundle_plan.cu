// bundle_plan.cu - how many tallies go to the device at once, and where everything lies there.
#include "bundle_plan.h"

#include <stddef.h>
#include <string.h>

// Some 2,000 groups, whose warps fill any card even of series of 100 samples; while the next as
// many are counted, these are read out.
static const uint64_t most_tallies = 16384;

enum { LEAST_SEGMENT = 256, LEAST_BAND = 1024, WARPS_PER_PROCESSOR = 64 };

// What one band may cost: so that it can be cancelled soon, and a display stays alive. In
// operations of one lane, about 20 ms of one multiprocessor that issues 70 % of 128 a cycle at 1.5
// GHz (assumed; no card has measured it).
static const double launch_operations = 2.7e9;

// The same if every cell of it is decided again in double, as those of samples on a grid can be:
// half a second of a card whose display would be taken for dead after two.
static const double recheck_operations = 1e11;

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

// ---- bands and segments ----

// Of one column, in operations of a lane: deciding its cells and walking them in both directions,
// and what deciding all of them again in double adds.
struct column_cost {
    double usual, recheck;
    double behind_usual, behind_recheck; // of the columns that lags reach behind a band
};

double bundle_cells(const bundle *b, const bundle_group *g, uint64_t n_y)
{
    const double before = bundle_symmetric(bundle_task(b, g)) ? 0.5 : 0;
    return (double)n_y - before * (double)(b->part.first + g->x_end);
}

static void add_cost(column_cost *cost, const bundle *b, const bundle_group *g)
{
    // One run to some 25 cells; of each pair a mirror image is walked too.
    const double walking = 11.7 * g->n_thresholds, cells = bundle_cells(b, g, g->n_y);
    if (lags_of(b, g)) {
        cost->usual += cells * (walking + lags_cost(b, g));
        return;
    }
    const rqa_plugin_task *task = bundle_task(b, g);
    const double coordinates = (double)task->x.dims[g->at.dim] * task->x.n_channels;
    cost->usual += cells * (walking + bundle_deciding(coordinates, g->n_thresholds));
    cost->recheck += cells * 3 * coordinates * b->device->double_cost;
}

static void add_base_cost(column_cost *cost, const bundle *b, const lag_base *base)
{
    const bundle_group *g = &b->group[base->first_group];
    for (uint32_t f = 0; f < base->n_fields && base->on; f++) {
        const double cells = bundle_cells(b, g, base->plane[f].n_y);
        const double coordinates = b->field[g->field + f].x->n_channels;
        const double usual = cells * bundle_deciding(coordinates, base->n_thresholds);
        const double recheck = cells * 3 * coordinates * b->device->double_cost;
        cost->usual += usual;
        cost->recheck += recheck;
        cost->behind_usual += usual * (double)base->plane[f].behind;
        cost->behind_recheck += recheck * (double)base->plane[f].behind;
    }
}

// Columns of a band that last no longer than they may.
static uint64_t columns_in_time(const bundle *b, const column_cost *cost)
{
    const double n = b->device->n_processors;
    double columns = (launch_operations * n - cost->behind_usual) / (cost->usual + 1);
    columns = columns < LEAST_BAND ? (double)LEAST_BAND : columns;
    const double rechecked = (recheck_operations * n - cost->behind_recheck) / (cost->recheck + 1);
    columns = rechecked < columns ? rechecked : columns;
    return columns > 1e9 ? 1000000000 : columns < 32 ? 32 : (uint64_t)columns;
}

// Columns of a band whose bits take no more than a quarter of the memory.
static uint64_t columns_in_memory(const bundle *b, uint64_t own_bytes)
{
    const uint64_t behind = lags_bytes(b, 0), most = b->device->limit / 4;
    const uint64_t bytes = own_bytes + lags_bytes(b, 1) - behind;
    return bytes ? (most - smaller(most, behind)) / bytes : UINT64_MAX;
}

static void set_band(bundle *b)
{
    column_cost cost = {0, 0, 0, 0};
    uint64_t bytes = 0, widest = 0;
    for (uint32_t k = 0; k < b->n_groups; k++) {
        const bundle_group *g = &b->group[k];
        add_cost(&cost, b, g);
        if (!lags_is_base(b, g))
            bytes += (uint64_t)g->n_words * g->n_thresholds * sizeof(uint32_t);
        uint64_t columns = g->x_end - b->part.first;
        widest = columns > widest ? columns : widest;
    }
    for (uint32_t k = 0; k < b->lags.n_bases; k++)
        add_base_cost(&cost, b, &b->lags.base[k]);
    uint64_t band = b->device->options.band_steps;
    if (!band)
        band = smaller(columns_in_time(b, &cost), columns_in_memory(b, bytes));
    band = round_up(band > 0 ? smaller(band, widest) : 1, 32);
    b->band = (uint32_t)(band ? band : 32);
    b->n_bands = (uint32_t)((widest + b->band - 1) / b->band);
}

uint32_t bundle_portion(const bundle *b, uint64_t lines, uint64_t cells, uint64_t others)
{
    uint64_t wanted = (uint64_t)b->device->n_processors * WARPS_PER_PROCESSOR;
    uint64_t portion = others >= wanted ? cells : (lines + 31) / 32 * cells / wanted;
    portion = portion < LEAST_SEGMENT ? (uint64_t)LEAST_SEGMENT : portion;
    if (b->device->options.segment_steps)
        portion = b->device->options.segment_steps;
    return (uint32_t)smaller(round_up(smaller(portion, cells), 32), WALK_SEGMENT_MOST);
}

static uint32_t slots_of(uint64_t cells, uint32_t segment)
{
    return (uint32_t)((cells + segment - 1) / segment);
}

static void set_pass(const bundle *b, bundle_group *g, bundle_pass *p, uint64_t n_lines,
                     uint64_t rows, uint64_t cells_inside, uint64_t others)
{
    p->n_lines = (uint32_t)n_lines;
    p->segment = bundle_portion(b, rows * g->n_thresholds, cells_inside, others);
    p->n_slots = slots_of(g->n_rows, p->segment);
    p->n_inner_slots = slots_of(cells_inside, p->segment);
    p->whole = !p->pieces && g->x_end - b->part.first <= b->band &&
               (cells_inside > g->n_rows ? p->n_inner_slots : p->n_slots) == 1;
}

static void set_passes(bundle *b)
{
    uint64_t warps = 0;
    for (uint32_t k = 0; k < b->n_groups; k++)
        warps += (smaller(b->group[k].x_end - b->part.first, b->band) + 31) / 32 *
                 b->group[k].n_thresholds;
    lags_set(b, warps);
    for (uint32_t k = 0; k < b->n_groups; k++) {
        bundle_group *g = &b->group[k];
        const rqa_plugin_task *task = bundle_task(b, g);
        if (g->n_x == 0 || g->n_y == 0)
            continue;
        g->n_rows = lags_is_base(b, g)
                        ? lags_of(b, g)->plane[0].n_rows
                        : (uint32_t)smaller(b->band, round_up(g->x_end - b->part.first, 32));
        bundle_pass *diagonals = &g->pass[PASS_DIAGONALS], *columns = &g->pass[PASS_COLUMNS];
        diagonals->pieces = b->part.end && task->tallies & RQA_PLUGIN_TALLY_DIAGONAL;
        columns->pieces = b->part.end && bundle_symmetric(task) && !bundle_from_diagonal(task);
        // Four times as many: half of a symmetric matrix is no work.
        g->chunk = bundle_portion(b, (g->n_rows + 3) / 4, g->n_y, warps / BIT_THRESHOLDS / 4);
        const uint64_t n_diagonals = bundle_base(g, task) + g->n_y - b->part.first;
        set_pass(b, g, diagonals, n_diagonals, n_diagonals, g->n_rows, warps);
        if (bundle_wants_columns(task))
            set_pass(b, g, columns, g->n_x, g->n_rows, g->n_y, warps);
    }
}

// ---- positions ----

uint64_t bundle_place(bundle *b, uint64_t n_bytes)
{
    uint64_t at = b->size;
    b->size += round_up(n_bytes, 256);
    return at;
}

static void place_side(bundle *b, const rqa_plugin_side *side, uint64_t *exact, uint64_t *near)
{
    uint64_t n = side->n_samples * side->n_channels;
    *exact = bundle_place(b, n * sizeof(double));
    *near = bundle_place(b, NEAR_PLANES * n * sizeof(float));
}

static void place_fields(bundle *b)
{
    for (uint32_t k = 0; k < b->n_fields; k++) {
        bundle_field *f = &b->field[k];
        const bundle_field *before = k ? f - 1 : NULL;
        if (before && bundle_same_side(before->x, f->x) && bundle_same_side(before->y, f->y)) {
            f->exact_x = before->exact_x;
            f->exact_y = before->exact_y;
            f->near_x = before->near_x;
            f->near_y = before->near_y;
            continue;
        }
        place_side(b, f->x, &f->exact_x, &f->near_x);
        f->exact_y = f->exact_x;
        f->near_y = f->near_x;
        if (f->y)
            place_side(b, f->y, &f->exact_y, &f->near_y);
    }
}

static void place_pass(bundle *b, const bundle_group *g, bundle_pass *p)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    uint64_t n_words = task->tallies & RQA_PLUGIN_TALLY_RECURRENCE_TIME ? (uint64_t)SUMMARY_WORDS
                                                                        : SUMMARY_TAIL + 1;
    uint64_t bytes = g->n_thresholds * sizeof(uint32_t);
    if (p->n_lines == 0 || p->whole)
        return;
    p->summary = bundle_place(b, bytes * n_words * p->n_slots * p->n_lines);
    p->state_size = bytes * (p->pieces ? n_words : (uint64_t)STATE_WORDS) * p->n_lines;
    p->state = bundle_place(b, p->state_size);
    if (p == &g->pass[PASS_COLUMNS])
        p->inner_summary = bundle_place(b, bytes * n_words * p->n_inner_slots * g->n_rows);
}

static void place_all(bundle *b)
{
    b->size = round_up(b->tallies_bytes, 256);
    b->groups_at = bundle_place(b, (uint64_t)(b->n_groups + b->lags.n_planes) * sizeof(walk_group));
    b->passes_at = bundle_place(b, (uint64_t)b->n_groups * N_PASSES * sizeof(walk_pass));
    place_fields(b);
    b->product.centres_at = bundle_place(b, b->product.n_centres * sizeof(double));
    lags_place_upload(b);
    b->upload_end = b->size;
    b->product.work_at = bundle_place(b, b->product.work_bytes);
    lags_place_bits(b);
    for (uint32_t k = 0; k < b->n_groups; k++) {
        bundle_group *g = &b->group[k];
        if (lags_is_base(b, g))
            g->bits = lags_of(b, g)->plane[0].bits;
        else
            g->bits = bundle_place(b, (uint64_t)g->n_rows * g->n_words * g->n_thresholds *
                                          sizeof(uint32_t));
        for (int p = 0; p < N_PASSES; p++)
            place_pass(b, g, &g->pass[p]);
    }
    b->reads_at = bundle_place(b, b->n_tallies * READS_PER_TALLY * sizeof(read_job));
    b->bins_at = bundle_place(b, b->n_tallies * READS_PER_TALLY * sizeof(uint32_t));
}

// With bits by lags, or without any.
static int32_t plan(bundle *b, const bundle *asked, uint64_t most, int by_lags)
{
    *b = *asked;
    int32_t status = bundle_collect(b, most);
    if (status) {
        bundle_free(b);
        return status;
    }
    if (by_lags)
        lags_begin(b);
    set_band(b);
    if (lags_choose(b))
        set_band(b);
    set_passes(b);
    status = products_choose(b);
    if (status)
        bundle_free(b);
    else
        place_all(b);
    return status;
}

int32_t bundle_plan(bundle *b, const rqa_plugin_run *run, rqa_plugin_device *device,
                    bundle_cursor begin, uint64_t n_tallies)
{
    bundle asked;
    memset(&asked, 0, sizeof asked);
    asked.run = run;
    asked.device = device;
    asked.begin = begin;
    uint64_t most = device->options.batch_tallies;
    most = smaller(n_tallies, most ? most : most_tallies);
    int32_t status = plan(b, &asked, most, 1);
    // What fits without another plane of bits beside its own is not cut for having one.
    if (status || b->lags.n_planes == 0 || b->size + device->products.gemm.bytes <= device->limit)
        return status;
    bundle_free(b);
    return plan(b, &asked, most, 0);
}

void bundle_free(bundle *b)
{
    host_free(b->group);
    host_free(b->field);
    host_free(b->product.centre);
    lags_free(b);
    memset(b, 0, sizeof *b);
}
