/* engine_tiles_look.c - what boxes and integers say of tiles, and a few tiles of all. */
#include "backend/engine_tiles_state.h"

#include <math.h>

void rqa__tiles_decide(const rqa__tiles_run *run, const rqa__tiles_words *words)
{
    enum { MOST = RQA__TILES_WIDEST / 64 };
    const rqa__tiles_kernels *kernels = run->call->kernels;
    kernels->decide(&run->distance[0].field, words);
    if (run->shape.n_fields > 1) {
        uint64_t full[MOST], open[MOST];
        kernels->decide(&run->distance[1].field,
                        &(rqa__tiles_words){words->row, words->first, words->n_words, full, open});
        for (size_t k = 0; k < words->n_words; k++) {
            const uint64_t both = words->full[k] & full[k];
            words->open[k] = (words->full[k] | words->open[k]) & (full[k] | open[k]) & ~both;
            words->full[k] = both;
        }
    }
}

/* Those cells of a tile in `doubt` that recur, by the documented sum in double. */
static uint64_t decide_cells(const rqa__tiles_run *run, const rqa__tiles_distance *distance,
                             const size_t tile[2], uint64_t doubt)
{
    uint64_t yes = 0;
    for (; doubt != 0; doubt &= doubt - 1) {
        const size_t b = (size_t)__builtin_ctzll(doubt);
        const size_t i = 8 * tile[0] + b / 8, j = 8 * tile[1] + b % 8;
        double value = 0;
        if (i >= run->shape.n_x || j >= run->shape.n_y)
            continue;
        for (size_t t = 0; t < distance->field.n_terms; t++) {
            const double d = distance->x->sample[t][i] - distance->y->sample[t][j];
            const double size = fabs(d);
            if (distance->field.kind == RQA__TILES_MAXIMUM)
                value = size > value ? size : value;
            else
                value += distance->field.kind == RQA__TILES_SQUARES ? d * d : size;
        }
        yes |= (uint64_t)(value <= distance->bound) << b;
    }
    return yes;
}

/* By one distance, exactly; of the cells in doubt those alone that `wanted` has (NULL: all). */
static void find_by(const rqa__tiles_run *run, const rqa__tiles_distance *distance,
                    const rqa__tiles_asked *asked, const uint64_t *wanted)
{
    const size_t n_doubtful = run->call->kernels->cells(&distance->field, asked);
    for (size_t k = 0; k < n_doubtful; k++) {
        const size_t at = asked->which[k], tile[2] = {asked->row, asked->first + asked->tile[at]};
        const uint64_t doubt = wanted ? asked->doubt[k] & wanted[at] : asked->doubt[k];
        asked->sure[at] |= decide_cells(run, distance, tile, doubt);
    }
}

void rqa__tiles_find_cells(rqa__tiles_worker *w, const rqa__tiles_row *l, size_t n_open)
{
    const rqa__tiles_run *run = w->run;
    rqa__tiles_asked asked = {l->row, l->strip->first, w->tile,  w->open_at,
                              n_open, w->cells,        w->doubt, w->which};
    find_by(run, &run->distance[0], &asked, NULL);
    if (run->shape.n_fields > 1) {
        size_t n = 0;
        for (size_t k = 0; k < n_open; k++)
            if (w->cells[w->open_at[k]] != 0)
                w->open_at[n++] = w->open_at[k];
        asked.n = n;
        asked.sure = w->other;
        find_by(run, &run->distance[1], &asked, w->cells);
        for (size_t k = 0; k < n; k++)
            w->cells[w->open_at[k]] &= w->other[w->open_at[k]];
    }
}

/* Of the cells of a tile, how many differ from that to the left, above, or above left: the first two
 * are counted where both cells are in the tile, the third is taken to be as many. */
static double changes_in(uint64_t cells)
{
    const uint64_t across = (cells ^ cells >> 1) & UINT64_C(0x7f7f7f7f7f7f7f7f);
    const uint64_t down = (cells ^ cells >> 8) & UINT64_C(0x00ffffffffffffff);
    return 1.5 * 64 / 56 * (__builtin_popcountll(across) + __builtin_popcountll(down));
}

/* Changes at the runs of set cells that have more than RQA__TILES_LONG, in each direction as along
 * rows. */
static double changes_of_long(uint64_t cells)
{
    uint64_t left = cells;
    for (unsigned k = 1; k <= RQA__TILES_LONG; k++)
        left &= cells >> k;
    left &= UINT64_C(0x0101010101010101) * (0xff >> RQA__TILES_LONG);
    const uint64_t inner = UINT64_C(0x0101010101010101) * (0x7f >> RQA__TILES_LONG);
    return 3.0 * 8 / (7 - RQA__TILES_LONG) * __builtin_popcountll((left ^ left >> 1) & inner);
}

/* Adds what a few open tiles among 64 tell of all open ones there. */
static void look_at(const rqa__tiles_run *run, size_t row, size_t first, uint64_t open,
                    rqa__tiles_looks *looks)
{
    enum { FEW = 4 };
    static const uint16_t at[FEW] = {0, 1, 2, 3};
    const double n_open = __builtin_popcountll(open);
    uint16_t tile[FEW], which[FEW];
    uint64_t cells[FEW], doubt[FEW], all[FEW] = {~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)};
    size_t n = 0;
    for (; n < FEW && open != 0; open &= open - 1)
        tile[n++] = (uint16_t)__builtin_ctzll(open);
    const rqa__tiles_asked asked = {row, first, tile, at, n, cells, doubt, which};
    for (unsigned d = 0; d < run->shape.n_fields; d++) {
        const size_t n_doubtful = run->call->kernels->cells(&run->distance[d].field, &asked);
        for (size_t k = 0; k < n_doubtful; k++)
            looks->doubts += __builtin_popcountll(doubt[k]) * n_open / (double)n;
        for (size_t k = 0; k < n; k++)
            all[k] &= cells[k];
    }
    for (size_t k = 0; k < n; k++) {
        looks->changes += changes_in(all[k]) * n_open / (double)n;
        looks->long_black += changes_of_long(all[k]) * n_open / (double)n;
        looks->long_white += changes_of_long(~all[k]) * n_open / (double)n;
    }
    looks->open += n_open;
}

/* Where 64 tiles begin that lie in the matrix, or the first of them; of a triangle that is to the right. */
static void choose(const rqa__tiles_shape *s, uint64_t k, size_t *row, size_t *first)
{
    const size_t n = s->is_triangle ? s->n_rows : s->n_columns;
    const size_t a = (size_t)((k * 2654435769u & UINT32_MAX) * s->n_rows >> 32);
    const size_t b = (size_t)((k * 1640531527u & UINT32_MAX) * n >> 32);
    const int turn = s->is_triangle && a > b;
    *row = turn ? b : a;
    *first = turn ? a : b;
}

rqa__tiles_looks rqa__tiles_look(const rqa__tiles_run *run)
{
    enum { MOST_SAMPLES = 160, TILES_A_SAMPLE = 64 * 40 };
    const rqa__tiles_shape *s = &run->shape;
    const size_t n_columns = s->is_triangle ? s->n_rows : s->n_columns;
    const size_t wanted = 1 + s->n_rows * n_columns / (s->is_triangle ? 2 : 1) / TILES_A_SAMPLE;
    const size_t n_samples = wanted < MOST_SAMPLES ? wanted : MOST_SAMPLES;
    rqa__tiles_looks looks = {0};
    double n_tiles = 0;
    for (uint64_t k = 1; k <= n_samples; k++) { /* 32-bit fractions of two irrational steps */
        uint64_t full, open;
        size_t row, first;
        choose(s, k, &row, &first);
        const size_t left = n_columns - first;
        rqa__tiles_decide(run, &(rqa__tiles_words){row, first, 1, &full, &open});
        look_at(run, row, first, left < 64 ? open & ((UINT64_C(1) << left) - 1) : open, &looks);
        n_tiles += left < 64 ? (double)left : 64;
    }
    looks.open /= n_tiles;
    looks.doubts /= n_tiles;
    looks.changes /= n_tiles;
    looks.long_black /= n_tiles;
    looks.long_white /= n_tiles;
    return looks;
}
