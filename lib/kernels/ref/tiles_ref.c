/* tiles_ref.c - the kernels of the engine of tiles in plain C: what the others must equal. */
#include "cpu/tiles_table.h"
#include "kernels/tiles_cost.h"
#include "kernels/tiles_runs_tpl.h"

static int saturated(int d)
{
    return d > INT16_MAX ? INT16_MAX : d < INT16_MIN ? INT16_MIN : d;
}

/* The sum with the term of a difference. */
static uint32_t with_term(int kind, uint32_t sum, int d)
{
    const uint32_t size = (uint32_t)(d < 0 ? -d : d);
    if (kind == RQA__TILES_MAXIMUM)
        return size > sum ? size : sum;
    sum += kind == RQA__TILES_SQUARES ? (size * size + (1 << 14)) >> 15 : size;
    return sum < UINT16_MAX ? sum : UINT16_MAX;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static int is_sure(const rqa__tiles_field *f, uint32_t sum)
{
    return f->lo >= 0 && sum <= (uint32_t)f->lo;
}

static void decide(const rqa__tiles_field *f, const rqa__tiles_words *w)
{
    const size_t row = w->row, first = w->first;
    uint64_t *full = w->full, *open = w->open;
    for (size_t b = 0; b < 64 * w->n_words; b++) {
        uint32_t least = 0, most = 0;
        for (size_t t = 0; t < f->n_terms; t++) {
            const int low = f->row_low[t][row], high = f->row_high[t][row];
            const int low_c = f->low[t][first + b], high_c = f->high[t][first + b];
            const int near = greater(saturated(low_c - high), saturated(low - high_c));
            const int far = greater(saturated(high_c - low), saturated(high - low_c));
            least = with_term(f->kind, least, greater(near, 0));
            most = with_term(f->kind, most, far);
        }
        const uint64_t bit = UINT64_C(1) << b % 64;
        if (b % 64 == 0)
            full[b / 64] = open[b / 64] = 0;
        if (is_sure(f, most))
            full[b / 64] |= bit;
        else if (least <= (uint32_t)f->hi)
            open[b / 64] |= bit;
    }
}

static size_t cells(const rqa__tiles_field *f, const rqa__tiles_asked *a)
{
    const uint16_t *at = a->at;
    size_t n_doubtful = 0;
    for (size_t k = 0; k < a->n; k++) {
        uint64_t yes = 0, perhaps = 0;
        for (size_t b = 0; b < 64; b++) {
            const size_t i = 8 * a->row + b / 8, j = 8 * (a->first + a->tile[at[k]]) + b % 8;
            uint32_t sum = 0;
            for (size_t t = 0; t < f->n_terms; t++)
                sum = with_term(f->kind, sum, saturated(f->q[t][j] - f->row_q[t][i]));
            yes |= (uint64_t)is_sure(f, sum) << b;
            perhaps |= (uint64_t)(sum <= (uint32_t)f->hi) << b;
        }
        a->sure[at[k]] = yes;
        a->doubt[n_doubtful] = perhaps & ~yes;
        a->which[n_doubtful] = at[k];
        n_doubtful += perhaps != yes;
    }
    return n_doubtful;
}

static uint8_t all_or_none(int yes)
{
    return yes ? 255 : 0;
}

static void gather(rqa__tiles_line *l)
{
    size_t n = 0, n_open = 0;
    for (size_t k = l->first_word; k < l->n_words; k++) {
        for (uint64_t rest = l->active[k]; rest != 0; rest &= rest - 1) {
            const size_t b = (size_t)__builtin_ctzll(rest), tile = 64 * k + b, left = tile - 1;
            const int has_left = tile > 64 * l->first_word;
            l->tile[n] = (uint16_t)tile;
            l->above[n] = l->last[tile];
            l->above_left[n] = l->last[(ptrdiff_t)tile - 1];
            l->follows[n] = all_or_none(has_left && l->active[left / 64] >> left % 64 & 1);
            l->left_full[n] = all_or_none(has_left && l->full[left / 64] >> left % 64 & 1);
            l->cells[n] = (uint64_t)0 - (l->full[k] >> b & 1);
            if (l->open[k] >> b & 1)
                l->open_at[n_open++] = (uint16_t)n;
            n++;
        }
    }
    l->n = n;
    l->n_open = n_open;
}

static void uniform(const uint8_t *bytes, size_t n_words, uint64_t *none, uint64_t *all)
{
    for (size_t k = 0; k < n_words; k++) {
        none[k] = all[k] = 0;
        for (size_t b = 0; b < 64; b++) {
            none[k] |= (uint64_t)(bytes[64 * k + b] == 0) << b;
            all[k] |= (uint64_t)(bytes[64 * k + b] == 255) << b;
        }
    }
}

/* Bit b of byte r to bit r of byte b. */
static uint64_t transposed(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & UINT64_C(0x00aa00aa00aa00aa);
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & UINT64_C(0x0000cccc0000cccc);
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & UINT64_C(0x00000000f0f0f0f0);
    return x ^ t ^ t << 28;
}

/* Byte k: the cells of the diagonal that leaves the tile at column k of its last row. */
static uint64_t diagonals(uint64_t tile, uint64_t left)
{
    uint64_t skewed = 0;
    for (unsigned r = 0; r < 8; r++) {
        const uint64_t pair = (tile >> 8 * r & 255) << 8 | (left >> 8 * r & 255);
        skewed |= (pair >> (r + 1) & 255) << 8 * r;
    }
    return transposed(skewed);
}

/* The cells of eight lines, the cells before them as one byte or as the last of other bytes. */
static void append(rqa__tiles_list *list, uint64_t lines, uint8_t before, unsigned tile)
{
    for (unsigned k = 0; k < 8; k++) {
        const unsigned x = lines >> 8 * k & 255, was = before >> k & 1;
        const unsigned v = (x ^ (x << 1 | was)) & 255;
        if (v == 0)
            continue;
        const unsigned first = (unsigned)__builtin_ctz(v), last = 31 - (unsigned)__builtin_clz(v);
        list->line[list->n] = (uint16_t)(8 * tile + k);
        list->change[list->n] = (uint8_t)v;
        list->first[list->n] = (uint8_t)(2 * first);
        list->after[list->n++] = (uint8_t)(2 * last + (x >> 7));
        if (list->bytes != NULL && first != last)
            list->bytes[v | was << 8]++;
    }
}

static uint64_t left_of(const rqa__tiles_changes *c, const uint64_t *cells, size_t k)
{
    return c->follows[k] ? cells[(ptrdiff_t)k - 1] : (uint64_t)0 - (c->left_full[k] != 0);
}

static void changes(rqa__tiles_changes *c)
{
    c->to_column.n = c->to_diagonal.n = c->to_row.n = 0;
    for (size_t k = 0; k < c->n; k++) {
        const unsigned tile = c->tile[k];
        if (c->to_column.line != NULL)
            append(&c->to_column, transposed(c->column[k]), c->above[k], tile);
        append(&c->to_diagonal, diagonals(c->diagonal[k], left_of(c, c->diagonal, k)),
               c->above_left[k], tile);
        append(&c->to_row, c->row[k], (uint8_t)(transposed(left_of(c, c->row, k)) >> 56), tile);
    }
}

const rqa__tiles_kernels rqa__tiles_ref = {decide, cells, gather, uniform, changes, runs, NULL,
                                          {RQA__TILES_COST_AVX2, RQA__TILES_COST_AVX2_MORE}};
