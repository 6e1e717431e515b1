// lags.cu - which groups get their bits from those of single samples, and where these lie.
#include "lags.h"

#include <string.h>

#include "lags_group.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

// ---- groups, bases and chains ----

static const double *bounds_of(const bundle *b, const bundle_group *g, uint32_t field)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    return (field ? task->bounds_y : task->bounds) + (size_t)g->at.dim * task->n_thresholds +
           g->at.threshold;
}

// Whether the plot of single samples is the same for both.
static int same_samples(const bundle *b, const bundle_group *g, const bundle_group *other)
{
    const rqa_plugin_task *task = bundle_task(b, g), *others = bundle_task(b, other);
    if (task->relation != others->relation)
        return 0;
    for (uint32_t f = 0; f < n_fields_of(task); f++) {
        const bundle_field *field = &b->field[g->field + f], *same = &b->field[other->field + f];
        if (!bundle_same_side(field->x, same->x) || !bundle_same_side(field->y, same->y))
            return 0;
    }
    return 1;
}

static int same_bounds(const bundle *b, const bundle_group *g, const bundle_group *other)
{
    if (g->n_thresholds != other->n_thresholds)
        return 0;
    for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++)
        if (memcmp(bounds_of(b, g, f), bounds_of(b, other, f), g->n_thresholds * sizeof(double)))
            return 0;
    return 1;
}

// Whether a group continues one that has the same samples and bounds.
static int continues(const bundle *b, const bundle_group *g, const bundle_group *other)
{
    for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++)
        if (lags_in(b, g, f) < lags_in(b, other, f))
            return 0;
    return g->at.task == other->at.task;
}

// The base of a group, which is made if there is none. Tasks of one series come one after the
// other.
static int32_t base_of(bundle *b, uint32_t group, uint32_t *out)
{
    lag_space *lags = &b->lags;
    const bundle_group *g = &b->group[group];
    for (uint32_t k = lags->n_bases; k > 0; k--) {
        const bundle_group *other = &b->group[lags->base[k - 1].first_group];
        if (!same_samples(b, g, other))
            break;
        *out = k - 1;
        if (same_bounds(b, g, other))
            return RQA_OK;
    }
    const int32_t status =
        bundle_grow((void **)&lags->base, lags->n_bases, &lags->room_bases, sizeof *lags->base);
    if (status)
        return status;
    lag_base *base = &lags->base[lags->n_bases];
    memset(base, 0, sizeof *base);
    base->first_group = group;
    base->n_fields = n_fields_of(bundle_task(b, g));
    base->n_thresholds = g->n_thresholds;
    *out = lags->n_bases++;
    return RQA_OK;
}

// A plane reaches as far as the lags of all its groups.
static void extend(const bundle *b, lag_base *base, const bundle_group *g)
{
    const rqa_plugin_task *task = bundle_task(b, g);
    base->x_end = larger(base->x_end, g->x_end);
    for (uint32_t f = 0; f < base->n_fields; f++) {
        lag_plane *plane = &base->plane[f];
        const uint64_t last = lags_in(b, g, f) - 1;
        const uint64_t behind = last * lane_side(task, f)->delay;
        plane->behind = larger(plane->behind, behind);
        plane->n_x = larger(plane->n_x, g->n_x + behind);
        plane->n_y = larger(plane->n_y, g->n_y + last * step_side(task, f)->delay);
        plane->n_words = (uint32_t)((plane->n_y + 31) / 32) + LAG_WORDS;
    }
}

// Puts a group behind those that it continues, or else begins a chain.
static int32_t add_link(bundle *b, uint32_t group)
{
    lag_space *lags = &b->lags;
    bundle_group *g = &b->group[group];
    for (uint32_t k = lags->n_chains; k > 0; k--) {
        lag_links *chain = &lags->chain[k - 1];
        bundle_group *last = &b->group[chain->last_group];
        if (last->at.task != g->at.task)
            break;
        if (!continues(b, g, last) || !same_bounds(b, g, last))
            continue;
        for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++)
            g->lag_from[f] = has_one_lag(b, last) ? 0 : lags_in(b, last, f);
        g->chain = k - 1;
        last->next = group;
        chain->last_group = group;
        return RQA_OK;
    }
    int32_t status =
        bundle_grow((void **)&lags->chain, lags->n_chains, &lags->room_chains, sizeof *lags->chain);
    if (status)
        return status;
    lag_links *chain = &lags->chain[lags->n_chains];
    memset(chain, 0, sizeof *chain);
    status = base_of(b, group, &chain->base);
    if (status)
        return status;
    chain->first_group = chain->last_group = group;
    g->chain = lags->n_chains++;
    return RQA_OK;
}

int32_t lags_add(bundle *b, uint32_t group)
{
    bundle_group *g = &b->group[group];
    g->chain = g->next = LAGS_NONE;
    if (bundle_task(b, g)->norm != RQA_PLUGIN_MAXIMUM || g->n_x == 0 || g->n_y == 0 ||
        b->device->options.flags & RQA_PLUGIN_LAGS_NEVER)
        return RQA_OK;
    const int32_t status = add_link(b, group);
    if (status)
        return status;
    lag_links *chain = &b->lags.chain[g->chain];
    chain->n_links += !has_one_lag(b, g);
    extend(b, &b->lags.base[chain->base], g);
    return RQA_OK;
}

const lag_base *lags_of(const bundle *b, const bundle_group *g)
{
    if (g->chain == LAGS_NONE)
        return NULL;
    const lag_base *base = &b->lags.base[b->lags.chain[g->chain].base];
    return base->on ? base : NULL;
}

int lags_is_base(const bundle *b, const bundle_group *g)
{
    return lags_of(b, g) && has_one_lag(b, g);
}

uint64_t lags_tallies(const bundle *b)
{
    uint64_t n = 0;
    for (uint32_t k = 0; k < b->n_groups; k++)
        n += lags_of(b, &b->group[k]) ? b->group[k].n_thresholds : 0;
    return n;
}

// ---- the choice ----

static uint64_t bytes_behind(const lag_base *base)
{
    uint64_t bytes = 0;
    for (uint32_t f = 0; f < base->n_fields; f++)
        bytes += base->plane[f].behind * base->plane[f].n_words;
    return bytes * base->n_thresholds * sizeof(uint32_t);
}

uint64_t lags_bytes(const bundle *b, uint64_t columns)
{
    uint64_t bytes = 0;
    for (uint32_t k = 0; k < b->lags.n_bases; k++) {
        const lag_base *base = &b->lags.base[k];
        for (uint32_t f = 0; f < base->n_fields && base->on; f++)
            bytes += columns * base->plane[f].n_words * base->n_thresholds * sizeof(uint32_t);
        bytes += base->on ? bytes_behind(base) : 0;
    }
    return bytes;
}

// What lies behind a band grows with the square of the length if the lags reach as far as the
// series is long: then it is not there.
void lags_begin(bundle *b)
{
    uint64_t behind = 0;
    for (uint32_t k = 0; k < b->lags.n_bases; k++) {
        lag_base *base = &b->lags.base[k];
        base->on = behind + bytes_behind(base) <= b->device->limit / 8;
        behind += base->on ? bytes_behind(base) : 0;
    }
}

// By tests/gpu/sass_counts.py, for each threshold: a lag, and a group.
static const double of_lag = 0.2, of_link = 0.4;

double lags_cost(const bundle *b, const bundle_group *g)
{
    double n = 0;
    for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++)
        n += lags_in(b, g, f) - g->lag_from[f];
    return has_one_lag(b, g) ? 0 : g->n_thresholds * (of_link + of_lag * n);
}

// What deciding the pairs of all groups costs directly and by lags, in operations of a lane.
struct lag_costs {
    double directly, by_lags;
};

static void add_group_costs(lag_costs *costs, const bundle *b, const bundle_group *g)
{
    const double pairs = bundle_cells(b, g, g->n_y) * (double)(g->x_end - b->part.first);
    for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++) {
        const double coordinates =
            (double)lags_in(b, g, f) * lane_side(bundle_task(b, g), f)->n_channels;
        costs->directly += pairs * bundle_deciding(coordinates, g->n_thresholds);
    }
    costs->by_lags += pairs * lags_cost(b, g);
}

// Of each band, columns behind it are decided too, which the next one decides again.
static void add_base_costs(lag_costs *costs, const bundle *b, const lag_base *base)
{
    const bundle_group *g = &b->group[base->first_group];
    for (uint32_t f = 0; f < base->n_fields; f++) {
        const lag_plane *plane = &base->plane[f];
        const uint64_t bands = (base->x_end - b->part.first + b->band - 1) / b->band;
        const double columns = (double)(base->x_end - b->part.first + bands * plane->behind);
        costs->by_lags +=
            columns * bundle_cells(b, g, plane->n_y) *
            bundle_deciding(lane_side(bundle_task(b, g), f)->n_channels, base->n_thresholds);
    }
}

// It pays where it saves a fifth of what deciding costs: planes take memory, and single samples on
// a grid of decimals have more rechecks than vectors, which is not counted. So of one dim alone and
// one channel it pays from three coordinates on with one threshold, and from thirty on with eight,
// whose bits cost more than their differences; of several dims or delays with the same bounds from
// two of them on.
int lags_choose(bundle *b)
{
    static const double worth = 0.8;
    lag_space *lags = &b->lags;
    int declined = 0;
    if (lags->n_bases == 0)
        return 0;
    lag_costs *costs = (lag_costs *)host_alloc(lags->n_bases, sizeof *costs);
    for (uint32_t k = 0; costs && k < b->n_groups; k++)
        if (b->group[k].chain != LAGS_NONE)
            add_group_costs(&costs[lags->chain[b->group[k].chain].base], b, &b->group[k]);
    for (uint32_t k = 0; k < lags->n_bases; k++) {
        lag_base *base = &lags->base[k];
        if (!base->on)
            continue;
        if (costs)
            add_base_costs(&costs[k], b, base);
        base->on = costs && (costs[k].by_lags < worth * costs[k].directly ||
                             b->device->options.flags & RQA_PLUGIN_LAGS_ALWAYS);
        declined |= !base->on;
    }
    host_free(costs);
    return declined;
}

void lags_free(bundle *b)
{
    host_free(b->lags.base);
    host_free(b->lags.chain);
}
