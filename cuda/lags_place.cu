// lags_place.cu - planes of single samples and chains of groups as they lie on the device.
#include "lags_group.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t round_up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

// ---- sizes and positions ----

void lags_set(bundle *b, uint64_t warps)
{
    lag_space *lags = &b->lags;
    lags->n_planes = lags->n_links = 0;
    for (uint32_t k = 0; k < lags->n_bases; k++) {
        lag_base *base = &lags->base[k];
        base->at = b->n_groups + lags->n_planes;
        lags->n_planes += base->on ? base->n_fields : 0;
        for (uint32_t f = 0; f < base->n_fields && base->on; f++) {
            lag_plane *plane = &base->plane[f];
            const uint64_t most = plane->n_x - b->part.first;
            plane->n_rows = (uint32_t)round_up(smaller(b->band + plane->behind, most), 32);
            plane->chunk =
                bundle_portion(b, (plane->n_rows + 3) / 4, plane->n_y, warps / BIT_THRESHOLDS / 4);
        }
    }
    for (uint32_t k = 0; k < lags->n_chains; k++) {
        lags->chain[k].first_link = lags->n_links;
        lags->n_links += lags->chain[k].n_links;
    }
}

void lags_place_upload(bundle *b)
{
    lag_space *lags = &b->lags;
    if (lags->n_planes == 0)
        return;
    lags->chains_at = bundle_place(b, lags->n_chains * sizeof(lag_chain));
    lags->links_at = bundle_place(b, lags->n_links * sizeof(lag_link));
}

void lags_place_bits(bundle *b)
{
    lag_space *lags = &b->lags;
    lags->bits_at = b->size;
    for (uint32_t k = 0; k < lags->n_bases; k++) {
        lag_base *base = &lags->base[k];
        for (uint32_t f = 0; f < base->n_fields && base->on; f++) {
            lag_plane *plane = &base->plane[f];
            plane->bits = bundle_place(b, (uint64_t)plane->n_words * plane->n_rows *
                                              base->n_thresholds * sizeof(uint32_t));
        }
    }
    lags->bits_end = b->size;
}

// ---- what the device finds ----

static void fill_chain(lag_chain *c, const bundle *b, const lag_links *chain)
{
    const lag_base *base = &b->lags.base[chain->base];
    const rqa_plugin_task *task = bundle_task(b, &b->group[chain->first_group]);
    for (uint32_t f = 0; f < base->n_fields; f++) {
        const lag_plane *plane = &base->plane[f];
        c->source[f].bits = (const uint32_t *)((const char *)b->set->arena + plane->bits);
        c->source[f].plane = (uint64_t)plane->n_words * plane->n_rows;
        c->source[f].n_rows = plane->n_rows;
        c->source[f].lane_delay = lane_side(task, f)->delay;
        c->source[f].step_delay = step_side(task, f)->delay;
    }
    c->n_fields = base->n_fields;
    c->n_thresholds = base->n_thresholds;
    c->symmetric = (uint32_t)bundle_symmetric(task);
    c->first_link = chain->first_link;
    c->n_links = chain->n_links;
}

static void fill_links(lag_link *link, const bundle *b, const lag_links *chain)
{
    for (uint32_t k = chain->first_group; k != LAGS_NONE; k = b->group[k].next) {
        const bundle_group *g = &b->group[k];
        if (has_one_lag(b, g))
            continue;
        link->group = k;
        for (uint32_t f = 0; f < n_fields_of(bundle_task(b, g)); f++) {
            link->from[f] = g->lag_from[f];
            link->to[f] = lags_in(b, g, f);
        }
        link++;
    }
}

void lags_fill(const bundle *b, char *image, uint64_t origin)
{
    const lag_space *lags = &b->lags;
    if (lags->n_planes == 0)
        return;
    lag_chain *chains = (lag_chain *)(image + (lags->chains_at - origin));
    lag_link *links = (lag_link *)(image + (lags->links_at - origin));
    for (uint32_t k = 0; k < lags->n_chains; k++) {
        const lag_links *chain = &lags->chain[k];
        if (!lags->base[chain->base].on)
            continue;
        fill_chain(&chains[k], b, chain);
        fill_links(links + chain->first_link, b, chain);
    }
}

walk_band lags_columns(const bundle *b, const lag_base *base, uint32_t field, uint64_t first)
{
    const lag_plane *plane = &base->plane[field];
    const uint64_t end = smaller(smaller(first + b->band, base->x_end) + plane->behind, plane->n_x);
    const walk_band columns = {(uint32_t)first, (uint32_t)(first < base->x_end ? end : first)};
    return columns;
}
