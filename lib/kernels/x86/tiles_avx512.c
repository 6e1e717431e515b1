/* tiles_avx512.c - the kernels of the engine of tiles for AVX-512 (F, BW, DQ, VL). */
#include <immintrin.h>
#include <string.h>

#include "cpu/tiles_table.h"
#include "kernels/tiles_cost.h"
#include "kernels/tiles_runs_tpl.h"
#include "kernels/x86/tiles_append.h"
#include "kernels/x86/tiles_changes_avx512.h"

enum { MOST_UNROLLED = 3, MOST_TERMS = 64 };

ALWAYS __m512i with_term(int kind, __m512i sum, __m512i d, int is_first)
{
    if (kind == RQA__TILES_SQUARES) {
        d = _mm512_mulhrs_epi16(d, d);
        return is_first ? d : _mm512_adds_epu16(sum, d);
    }
    d = _mm512_abs_epi16(d);
    if (is_first)
        return d;
    return kind == RQA__TILES_MAXIMUM ? _mm512_max_epu16(sum, d) : _mm512_adds_epu16(sum, d);
}

/* ---- boxes ---- */

typedef struct decided {
    uint32_t full, empty;
} decided;

ALWAYS decided decide_lanes(const rqa__tiles_field *f, size_t n_terms, int kind, size_t row,
                            size_t column)
{
    const __m512i zero = _mm512_setzero_si512();
    const __m512i hi = _mm512_set1_epi16((short)f->hi);
    __m512i least = zero, most = zero;
    for (size_t t = 0; t < n_terms; t++) {
        const __m512i low = _mm512_set1_epi16(f->row_low[t][row]);
        const __m512i high = _mm512_set1_epi16(f->row_high[t][row]);
        const __m512i low_c = load(f->low[t] + column), high_c = load(f->high[t] + column);
        const __m512i near = _mm512_max_epi16(_mm512_subs_epi16(low_c, high),
                                              _mm512_subs_epi16(low, high_c));
        const __m512i far = _mm512_max_epi16(_mm512_subs_epi16(high_c, low),
                                             _mm512_subs_epi16(high, low_c));
        least = with_term(kind, least, _mm512_max_epi16(near, zero), t == 0);
        most = with_term(kind, most, far, t == 0);
        if (n_terms > MOST_UNROLLED && t % 4 == 3 && _mm512_cmple_epu16_mask(least, hi) == 0)
            break; /* all empty, whatever the other terms are */
    }
    const uint32_t empty = ~(uint32_t)_mm512_cmple_epu16_mask(least, hi);
    const uint32_t full =
        f->lo < 0 ? 0 : _mm512_cmple_epu16_mask(most, _mm512_set1_epi16((short)f->lo));
    return (decided){full & ~empty, empty};
}

ALWAYS void decide_of(const rqa__tiles_field *f, size_t n_terms, int kind,
                      const rqa__tiles_words *w)
{
    const size_t row = w->row, first = w->first, n_words = w->n_words;
    uint64_t *full = w->full, *open = w->open;
    for (size_t k = 0; k < n_words; k++) {
        const decided a = decide_lanes(f, n_terms, kind, row, first + 64 * k);
        const decided b = decide_lanes(f, n_terms, kind, row, first + 64 * k + 32);
        full[k] = (uint64_t)b.full << 32 | a.full;
        open[k] = ~(full[k] | (uint64_t)b.empty << 32 | a.empty);
    }
}

/* ---- cells ---- */

enum { ROW_GROUPS = 2 };

/* Four of the eight rows, each eight times. */
ALWAYS void spread_rows(__m512i *out, const int16_t *q)
{
    static const int16_t row[32] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
                                    2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3};
    const __m512i rows =
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)q));
    out[0] = _mm512_permutexvar_epi16(load(row), rows);
    out[1] = _mm512_permutexvar_epi16(_mm512_add_epi16(load(row), _mm512_set1_epi16(4)), rows);
}

ALWAYS uint64_t cells_upto(const __m512i *sum, __m512i limit)
{
    return _mm512_kunpackd(_mm512_cmple_epu16_mask(sum[1], limit),
                           _mm512_cmple_epu16_mask(sum[0], limit));
}

ALWAYS size_t cells_of(const rqa__tiles_field *f, size_t n_terms, int kind,
                       const rqa__tiles_asked *a)
{
    const size_t row = a->row, first = a->first, n = a->n;
    const uint16_t *tile = a->tile, *at = a->at;
    uint64_t *sure = a->sure, *doubt = a->doubt;
    uint16_t *which = a->which;
    __m512i rows[MOST_TERMS][ROW_GROUPS];
    const __m512i lo = _mm512_set1_epi16((short)f->lo), hi = _mm512_set1_epi16((short)f->hi);
    size_t n_doubtful = 0;
    for (size_t t = 0; t < n_terms; t++)
        spread_rows(rows[t], f->row_q[t] + 8 * row);
    for (size_t k = 0; k < n; k++) {
        __m512i sum[ROW_GROUPS] = {hi, hi}; /* the first term takes their place */
        const size_t j = 8 * (first + tile[at[k]]);
        for (size_t t = 0; t < n_terms; t++) {
            const __m512i c = _mm512_broadcast_i32x4(
                _mm_loadu_si128((const __m128i *)(const void *)(f->q[t] + j)));
            for (int g = 0; g < ROW_GROUPS; g++)
                sum[g] = with_term(kind, sum[g], _mm512_sub_epi16(c, rows[t][g]), t == 0);
        }
        const uint64_t yes = f->lo < 0 ? 0 : cells_upto(sum, lo);
        const uint64_t perhaps = cells_upto(sum, hi);
        sure[at[k]] = yes;
        doubt[n_doubtful] = perhaps & ~yes;
        which[n_doubtful] = at[k];
        n_doubtful += perhaps != yes;
    }
    return n_doubtful;
}

#include "kernels/x86/tiles_terms_tpl.h"

/* ---- active tiles ---- */

static void uniform(const uint8_t *bytes, size_t n_words, uint64_t *none, uint64_t *all)
{
    for (size_t k = 0; k < n_words; k++) {
        const __m512i v = load(bytes + 64 * k);
        none[k] = _mm512_cmpeq_epi8_mask(v, _mm512_setzero_si512());
        all[k] = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(-1));
    }
}

/* What is known of a tile, in one word while it is packed: its number, the bytes above, flags. */
enum {
    NUMBER = 511,
    ABOVE = 9,
    ABOVE_LEFT = 17,
    FOLLOWS = 1 << 25,
    LEFT_FULL = 1 << 26,
    FULL = 1 << 27,
    OPEN = 1 << 28
};

ALWAYS __m512i lanes_up(void)
{
    return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

ALWAYS __m512i widened(const uint8_t *sixteen)
{
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)sixteen));
}

ALWAYS __m512i flag(uint64_t lanes, int value)
{
    return _mm512_maskz_set1_epi32((__mmask16)lanes, value);
}

ALWAYS size_t gather_word(const rqa__tiles_line *l, size_t k, size_t n, uint64_t follows,
                          uint64_t left_full, uint32_t *packed)
{
    for (unsigned g = 0; g < 64; g += 16) {
        const __mmask16 active = (__mmask16)(l->active[k] >> g);
        const size_t base = 64 * k + g;
        if (active == 0)
            continue;
        __m512i x = _mm512_add_epi32(lanes_up(), _mm512_set1_epi32((int)base));
        x = _mm512_or_si512(x, _mm512_slli_epi32(widened(l->last + base), ABOVE));
        x = _mm512_or_si512(x, _mm512_slli_epi32(widened(l->last + base - 1), ABOVE_LEFT));
        x = _mm512_or_si512(x, _mm512_or_si512(flag(follows >> g, FOLLOWS),
                                               flag(left_full >> g, LEFT_FULL)));
        x = _mm512_or_si512(
            x, _mm512_or_si512(flag(l->full[k] >> g, FULL), flag(l->open[k] >> g, OPEN)));
        _mm512_storeu_si512(packed + n, _mm512_maskz_compress_epi32(active, x));
        n += (size_t)__builtin_popcount(active);
    }
    return n;
}

ALWAYS void store_bytes(uint8_t *out, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)out, v);
}

ALWAYS void store_halves(uint16_t *out, __m512i v)
{
    _mm256_storeu_si256((__m256i *)(void *)out, _mm512_cvtepi32_epi16(v));
}

ALWAYS __mmask16 has(__m512i x, int value)
{
    return _mm512_test_epi32_mask(x, _mm512_set1_epi32(value));
}

static void gather(rqa__tiles_line *l)
{
    uint32_t packed[RQA__TILES_ROOM];
    uint64_t left_active = 0, left_full = 0;
    size_t n = 0, n_open = 0;
    for (size_t k = l->first_word; k < l->n_words; k++) {
        if (l->active[k] != 0)
            n = gather_word(l, k, n, l->active[k] << 1 | left_active, l->full[k] << 1 | left_full,
                            packed);
        left_active = l->active[k] >> 63;
        left_full = l->full[k] >> 63;
    }
    for (size_t k = 0; k < n; k += 16) {
        const __m512i x = load(packed + k);
        const uint32_t live = n - k < 16 ? (1U << (n - k)) - 1 : 0xffff;
        const __mmask16 full = has(x, FULL), open = (__mmask16)(has(x, OPEN) & live);
        const __m512i at = _mm512_add_epi32(lanes_up(), _mm512_set1_epi32((int)k));
        store_halves(l->tile + k, _mm512_and_si512(x, _mm512_set1_epi32(NUMBER)));
        store_bytes(l->above + k, _mm512_cvtepi32_epi8(_mm512_srli_epi32(x, ABOVE)));
        store_bytes(l->above_left + k, _mm512_cvtepi32_epi8(_mm512_srli_epi32(x, ABOVE_LEFT)));
        store_bytes(l->follows + k, _mm_movm_epi8(has(x, FOLLOWS)));
        store_bytes(l->left_full + k, _mm_movm_epi8(has(x, LEFT_FULL)));
        _mm512_storeu_si512(l->cells + k, _mm512_maskz_set1_epi64((__mmask8)full, -1));
        _mm512_storeu_si512(l->cells + k + 8, _mm512_maskz_set1_epi64((__mmask8)(full >> 8), -1));
        store_halves(l->open_at + n_open, _mm512_maskz_compress_epi32(open, at));
        n_open += (size_t)__builtin_popcount(open);
    }
    l->n = n;
    l->n_open = n_open;
}

/* ---- changes ---- */

/* Swaps the bits of `mask` with those `shift` above them. */
ALWAYS __m512i swapped(__m512i x, unsigned shift, int64_t mask)
{
    const __m512i t = _mm512_and_si512(_mm512_xor_si512(x, _mm512_srli_epi64(x, shift)),
                                       _mm512_set1_epi64(mask));
    return _mm512_xor_si512(x, _mm512_xor_si512(t, _mm512_slli_epi64(t, shift)));
}

ALWAYS __m512i transposed(__m512i x)
{
    x = swapped(x, 7, 0x00aa00aa00aa00aa);
    x = swapped(x, 14, 0x0000cccc0000cccc);
    return swapped(x, 28, 0x00000000f0f0f0f0);
}

/* Appends the lines of eight tiles, as far as they are live, that have a change. */
ALWAYS void append(rqa__tiles_list *list, __m512i cells_in, __mmask64 before, __mmask64 live,
                   const uint16_t *tile)
{
    const __m512i v = changed(cells_in, before);
    const uint64_t some = _mm512_test_epi8_mask(v, v) & live;
    uint8_t change[64], cell[64];
    if (some == 0)
        return;
    _mm512_storeu_si512(change, v);
    _mm512_storeu_si512(cell, cells_in);
    for (unsigned t = 0; t < 8; t++)
        rqa__tiles_append(list, change + 8 * t, cell + 8 * t, some >> 8 * t & 255, tile[t]);
}

static void changes(rqa__tiles_changes *c)
{
    rqa__tiles_list column = c->to_column, diagonal = c->to_diagonal, row = c->to_row;
    column.n = diagonal.n = row.n = 0;
    for (size_t k = 0; k < c->n; k += 8) {
        const __mmask64 live = live_bytes(c->n - k);
        const __mmask8 follows = words_set(c->follows + k), full = words_set(c->left_full + k);
        const uint16_t *tile = c->tile + k;
        if (column.line != NULL)
            append(&column, transposed(load(c->column + k)), load_word(c->above + k), live, tile);
        append(&diagonal,
               transposed(skewed(load(c->diagonal + k), left_of(c->diagonal + k, follows, full))),
               load_word(c->above_left + k), live, tile);
        append(&row, load(c->row + k), _mm512_movepi8_mask(left_of(c->row + k, follows, full)), live,
               tile);
    }
    finish_changes(c, &column, &diagonal, &row);
}

void rqa__tiles_changes_vbmi2(rqa__tiles_changes *c);
void rqa__tiles_count_vbmi2(const rqa__tiles_changes *c, const rqa__tiles_runs *r);

const rqa__tiles_kernels rqa__tiles_avx512 = {
    decide, cells, gather, uniform, changes,
    runs,   NULL,  {RQA__TILES_COST_AVX512, RQA__TILES_COST_AVX512_MORE},
};

const rqa__tiles_kernels rqa__tiles_avx512_vbmi2 = {
    decide,
    cells,
    gather,
    uniform,
    rqa__tiles_changes_vbmi2,
    runs,
    rqa__tiles_count_vbmi2,
    {RQA__TILES_COST_VBMI2, RQA__TILES_COST_AVX512_MORE},
};
