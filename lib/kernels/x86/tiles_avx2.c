/* tiles_avx2.c - the kernels of the engine of tiles for AVX2. */
#include <immintrin.h>
#include <string.h>

#include "cpu/tiles_table.h"
#include "kernels/tiles_cost.h"
#include "kernels/tiles_runs_tpl.h"
#include "kernels/x86/tiles_append.h"
#include "kernels/x86/tiles_ends.h"

enum { MOST_UNROLLED = 3 };

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

ALWAYS void store(void *p, __m256i v)
{
    _mm256_storeu_si256((__m256i *)p, v);
}

ALWAYS __m256i with_term(int kind, __m256i sum, __m256i d, int is_first)
{
    if (kind == RQA__TILES_SQUARES) {
        d = _mm256_mulhrs_epi16(d, d);
        return is_first ? d : _mm256_adds_epu16(sum, d);
    }
    d = _mm256_abs_epi16(d);
    if (is_first)
        return d;
    return kind == RQA__TILES_MAXIMUM ? _mm256_max_epu16(sum, d) : _mm256_adds_epu16(sum, d);
}

/* All bits of the lanes that are <= limit. */
ALWAYS __m256i upto(__m256i sum, __m256i limit)
{
    return _mm256_cmpeq_epi16(_mm256_subs_epu16(sum, limit), _mm256_setzero_si256());
}

/* A bit for each lane of a, then of b. */
ALWAYS uint32_t bits_of(__m256i a, __m256i b)
{
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

/* ---- boxes ---- */

ALWAYS void decide_lanes(const rqa__tiles_field *f, size_t n_terms, int kind, size_t row,
                         size_t column, __m256i *full, __m256i *empty)
{
    const __m256i zero = _mm256_setzero_si256();
    const __m256i hi = _mm256_set1_epi16((short)f->hi);
    __m256i least = zero, most = zero;
    for (size_t t = 0; t < n_terms; t++) {
        const __m256i low = _mm256_set1_epi16(f->row_low[t][row]);
        const __m256i high = _mm256_set1_epi16(f->row_high[t][row]);
        const __m256i low_c = load(f->low[t] + column), high_c = load(f->high[t] + column);
        const __m256i near = _mm256_max_epi16(_mm256_subs_epi16(low_c, high),
                                              _mm256_subs_epi16(low, high_c));
        const __m256i far = _mm256_max_epi16(_mm256_subs_epi16(high_c, low),
                                             _mm256_subs_epi16(high, low_c));
        least = with_term(kind, least, _mm256_max_epi16(near, zero), t == 0);
        most = with_term(kind, most, far, t == 0);
        if (n_terms > MOST_UNROLLED && t % 4 == 3) {
            const __m256i near_enough = upto(least, hi);
            if (_mm256_testz_si256(near_enough, near_enough))
                break; /* all empty, whatever the other terms are */
        }
    }
    *empty = _mm256_xor_si256(upto(least, hi), _mm256_set1_epi8(-1));
    *full = f->lo < 0 ? zero : upto(most, _mm256_set1_epi16((short)f->lo));
    *full = _mm256_andnot_si256(*empty, *full);
}

ALWAYS void decide_of(const rqa__tiles_field *f, size_t n_terms, int kind,
                      const rqa__tiles_words *w)
{
    const size_t row = w->row, first = w->first, n_words = w->n_words;
    uint64_t *full = w->full, *open = w->open;
    for (size_t k = 0; k < n_words; k++) {
        uint32_t full_half[2], empty_half[2];
        for (size_t h = 0; h < 2; h++) {
            __m256i f0, f1, e0, e1;
            decide_lanes(f, n_terms, kind, row, first + 64 * k + 32 * h, &f0, &e0);
            decide_lanes(f, n_terms, kind, row, first + 64 * k + 32 * h + 16, &f1, &e1);
            full_half[h] = bits_of(f0, f1);
            empty_half[h] = bits_of(e0, e1);
        }
        full[k] = (uint64_t)full_half[1] << 32 | full_half[0];
        open[k] = ~(full[k] | (uint64_t)empty_half[1] << 32 | empty_half[0]);
    }
}

/* ---- cells ---- */

enum { ROW_GROUPS = 4 };

/* Rows r and r + 2 of the eight, each eight times: packing four such groups gives all in order. */
ALWAYS void spread_rows(__m256i *out, const int16_t *q)
{
    static const int lower[ROW_GROUPS] = {0, 1, 4, 5};
    for (int g = 0; g < ROW_GROUPS; g++) {
        const __m128i a = _mm_set1_epi16(q[lower[g]]), b = _mm_set1_epi16(q[lower[g] + 2]);
        out[g] = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
    }
}

ALWAYS uint64_t cells_upto(const __m256i *sum, __m256i limit)
{
    const __m256i low = _mm256_packs_epi16(upto(sum[0], limit), upto(sum[1], limit));
    const __m256i high = _mm256_packs_epi16(upto(sum[2], limit), upto(sum[3], limit));
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 |
           (uint32_t)_mm256_movemask_epi8(low);
}

enum { MOST_TERMS = 64 };

ALWAYS size_t cells_of(const rqa__tiles_field *f, size_t n_terms, int kind,
                       const rqa__tiles_asked *a)
{
    const size_t row = a->row, first = a->first, n = a->n;
    const uint16_t *tile = a->tile, *at = a->at;
    uint64_t *sure = a->sure, *doubt = a->doubt;
    uint16_t *which = a->which;
    __m256i rows[MOST_TERMS][ROW_GROUPS];
    const __m256i lo = _mm256_set1_epi16((short)f->lo), hi = _mm256_set1_epi16((short)f->hi);
    size_t n_doubtful = 0;
    for (size_t t = 0; t < n_terms; t++)
        spread_rows(rows[t], f->row_q[t] + 8 * row);
    for (size_t k = 0; k < n; k++) {
        __m256i sum[ROW_GROUPS] = {hi, hi, hi, hi}; /* the first term takes their place */
        const size_t j = 8 * (first + tile[at[k]]);
        for (size_t t = 0; t < n_terms; t++) {
            const __m256i c = _mm256_broadcastsi128_si256(
                _mm_loadu_si128((const __m128i *)(const void *)(f->q[t] + j)));
            for (int g = 0; g < ROW_GROUPS; g++)
                sum[g] = with_term(kind, sum[g], _mm256_sub_epi16(c, rows[t][g]), t == 0);
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

ALWAYS __m128i load_eight(const void *p)
{
    return _mm_loadl_epi64((const __m128i *)p);
}

/* 255 in the lanes whose bit of `flags` is set, `bit` being that of each lane. */
ALWAYS void store_flags(uint8_t *out, uint32_t flags, __m128i bit)
{
    const __m128i some = _mm_and_si128(_mm_set1_epi8((char)flags), bit);
    _mm_storel_epi64((__m128i *)(void *)out, _mm_cmpeq_epi8(some, bit));
}

/* Bits of a packed byte that tell of its own tile, until they become cells and a list. */
ALWAYS size_t gather_word(rqa__tiles_line *l, size_t k, size_t n, uint64_t follows, uint64_t left_full,
                          uint8_t *full, uint8_t *open)
{
    const __m128i bits = _mm_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
    for (unsigned g = 0; g < 64; g += 8) {
        const uint32_t mask = (uint32_t)(l->active[k] >> g) & 255;
        if (mask == 0)
            continue;
        const size_t base = 64 * k + g;
        const __m128i lanes = load_eight(&rqa__tiles_squeeze[mask]);
        const __m128i bit = _mm_shuffle_epi8(bits, lanes);
        _mm_storeu_si128((__m128i *)(void *)(l->tile + n),
                         _mm_add_epi16(_mm_cvtepu8_epi16(lanes), _mm_set1_epi16((short)base)));
        _mm_storel_epi64((__m128i *)(void *)(l->above + n),
                         _mm_shuffle_epi8(load_eight(l->last + base), lanes));
        _mm_storel_epi64((__m128i *)(void *)(l->above_left + n),
                         _mm_shuffle_epi8(load_eight(l->last + base - 1), lanes));
        store_flags(l->follows + n, (uint32_t)(follows >> g), bit);
        store_flags(l->left_full + n, (uint32_t)(left_full >> g), bit);
        store_flags(full + n, (uint32_t)(l->full[k] >> g), bit);
        store_flags(open + n, (uint32_t)(l->open[k] >> g), bit);
        n += (size_t)__builtin_popcount(mask);
    }
    return n;
}

/* -1 or 0 of a byte to a word. */
ALWAYS __m256i words_of(const uint8_t *flags)
{
    int32_t four;
    memcpy(&four, flags, sizeof four);
    return _mm256_cvtepi8_epi64(_mm_cvtsi32_si128(four));
}

static void gather(rqa__tiles_line *l)
{
    uint8_t full[RQA__TILES_ROOM], open[RQA__TILES_ROOM];
    uint64_t left_active = 0, left_full = 0;
    size_t n = 0, n_open = 0;
    for (size_t k = l->first_word; k < l->n_words; k++) {
        if (l->active[k] != 0)
            n = gather_word(l, k, n, l->active[k] << 1 | left_active, l->full[k] << 1 | left_full,
                            full, open);
        left_active = l->active[k] >> 63;
        left_full = l->full[k] >> 63;
    }
    for (size_t k = 0; k < n; k += 8) {
        const uint32_t live = n - k < 8 ? (1U << (n - k)) - 1 : 255;
        const uint32_t mask = (uint32_t)_mm_movemask_epi8(load_eight(open + k)) & live;
        const __m128i at = _mm_cvtepu8_epi16(load_eight(&rqa__tiles_squeeze[mask]));
        store(l->cells + k, words_of(full + k));
        store(l->cells + k + 4, words_of(full + k + 4));
        _mm_storeu_si128((__m128i *)(void *)(l->open_at + n_open),
                         _mm_add_epi16(at, _mm_set1_epi16((short)k)));
        n_open += (size_t)__builtin_popcount(mask);
    }
    l->n = n;
    l->n_open = n_open;
}

/* ---- changes ---- */

static void uniform(const uint8_t *bytes, size_t n_words, uint64_t *none, uint64_t *all)
{
    const __m256i zero = _mm256_setzero_si256(), ones = _mm256_set1_epi8(-1);
    for (size_t k = 0; k < n_words; k++) {
        const __m256i a = load(bytes + 64 * k), b = load(bytes + 64 * k + 32);
        none[k] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, zero)) |
                  (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, zero)) << 32;
        all[k] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, ones)) |
                 (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, ones)) << 32;
    }
}

/* Swaps the bits of `mask` with those `shift` above them. */
ALWAYS __m256i swapped(__m256i x, int shift, int64_t mask)
{
    const __m256i t = _mm256_and_si256(_mm256_xor_si256(x, _mm256_srli_epi64(x, shift)),
                                       _mm256_set1_epi64x(mask));
    return _mm256_xor_si256(x, _mm256_xor_si256(t, _mm256_slli_epi64(t, shift)));
}

ALWAYS __m256i transposed(__m256i x)
{
    x = swapped(x, 7, 0x00aa00aa00aa00aa);
    x = swapped(x, 14, 0x0000cccc0000cccc);
    return swapped(x, 28, 0x00000000f0f0f0f0);
}

/* Row r of a tile and the one to its left, shifted down by r + 1. */
ALWAYS __m256i skewed(__m256i tile, __m256i left)
{
    const __m256i by = _mm256_set_epi16(0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000,
                                        (short)0x8000, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000,
                                        0x4000, (short)0x8000);
    const __m256i byte = _mm256_set1_epi16(255);
    const __m256i low = _mm256_mulhi_epu16(_mm256_unpacklo_epi8(left, tile), by);
    const __m256i high = _mm256_mulhi_epu16(_mm256_unpackhi_epi8(left, tile), by);
    return _mm256_packus_epi16(_mm256_and_si256(low, byte), _mm256_and_si256(high, byte));
}

/* -1 in byte k of each of four tiles where bit k of its byte of `before` is set. */
ALWAYS __m256i bytes_of(const uint8_t *before)
{
    int32_t four;
    memcpy(&four, before, sizeof four);
    const __m256i which = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202,
                                             0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
    const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32(four), which);
    return _mm256_cmpeq_epi8(_mm256_and_si256(spread, bit), bit);
}

/* Where a cell differs from the one before it; `before` is -1 for a recurrent one before the byte. */
ALWAYS __m256i changed(__m256i cells_in, __m256i before)
{
    return _mm256_xor_si256(cells_in, _mm256_sub_epi8(_mm256_add_epi8(cells_in, cells_in), before));
}

ALWAYS __m256i looked_up(const uint8_t *sixteen, __m256i at)
{
    return _mm256_shuffle_epi8(
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)sixteen)), at);
}

ALWAYS uint32_t bytes_other_than_none(__m256i v)
{
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
}

/* Makes the places of the first and the last change of each byte, and counts bytes that have more than
 * one; in `after` are the cells. */
static void find_ends(const rqa__tiles_list *list)
{
    const __m256i four = _mm256_set1_epi8(15), one = _mm256_set1_epi8(1);
    for (size_t k = 0; k < list->n; k += 32) {
        const __m256i v = load(list->change + k), x = load(list->after + k);
        const __m256i low = _mm256_and_si256(v, four);
        const __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), four);
        const __m256i first = _mm256_min_epu8(looked_up(rqa__tiles_first[0], low),
                                              looked_up(rqa__tiles_first[1], high));
        const __m256i last = _mm256_max_epu8(looked_up(rqa__tiles_last[0], low),
                                             looked_up(rqa__tiles_last[1], high));
        const __m256i colour = _mm256_and_si256(_mm256_srli_epi16(x, 7), one);
        const uint32_t recurrent =
            bytes_other_than_none(_mm256_and_si256(_mm256_xor_si256(v, x), one));
        uint32_t several =
            bytes_other_than_none(_mm256_and_si256(v, _mm256_add_epi8(v, _mm256_set1_epi8(-1))));
        store(list->first + k, first);
        store(list->after + k, _mm256_or_si256(last, colour));
        if (list->n - k < 32)
            several &= (UINT32_C(1) << (list->n - k)) - 1;
        for (; list->bytes != NULL && several != 0; several &= several - 1) {
            const unsigned b = (unsigned)__builtin_ctz(several);
            list->bytes[list->change[k + b] | (recurrent >> b & 1) << 8]++;
        }
    }
}

/* Appends the lines of four tiles, as far as they are live, that have a change. */
ALWAYS void append(rqa__tiles_list *list, __m256i cells_in, __m256i before, __m256i live,
                   const uint16_t *tile)
{
    const __m256i v = _mm256_and_si256(live, changed(cells_in, before));
    const uint32_t some = bytes_other_than_none(v);
    uint8_t change[32], cell[32];
    if (some == 0)
        return;
    store(change, v);
    store(cell, cells_in);
    for (unsigned t = 0; t < 4; t++)
        rqa__tiles_append(list, change + 8 * t, cell + 8 * t, some >> 8 * t & 255, tile[t]);
}

static void changes(rqa__tiles_changes *c)
{
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    rqa__tiles_list column = c->to_column, diagonal = c->to_diagonal, row = c->to_row;
    column.n = diagonal.n = row.n = 0;
    for (size_t k = 0; k < c->n; k += 4) {
        const __m256i live = _mm256_cmpgt_epi64(_mm256_set1_epi64x((int64_t)(c->n - k)), lanes);
        const __m256i follows = words_of(c->follows + k), full = words_of(c->left_full + k);
        const __m256i diagonals = transposed(skewed(
            load(c->diagonal + k), _mm256_blendv_epi8(full, load(c->diagonal + k - 1), follows)));
        const __m256i left = _mm256_cmpgt_epi8(
            _mm256_setzero_si256(), _mm256_blendv_epi8(full, load(c->row + k - 1), follows));
        const uint16_t *tile = c->tile + k;
        if (column.line != NULL)
            append(&column, transposed(load(c->column + k)), bytes_of(c->above + k), live, tile);
        append(&diagonal, diagonals, bytes_of(c->above_left + k), live, tile);
        append(&row, load(c->row + k), left, live, tile);
    }
    find_ends(&column);
    find_ends(&diagonal);
    find_ends(&row);
    c->to_column = column;
    c->to_diagonal = diagonal;
    c->to_row = row;
}

const rqa__tiles_kernels rqa__tiles_avx2 = {decide, cells, gather, uniform, changes, runs, NULL,
                                           {RQA__TILES_COST_AVX2, RQA__TILES_COST_AVX2_MORE}};
