/* tiles_count_vbmi2.c - the cells of active tiles against runs under way, without lists of changes
 * between, for the engine of tiles: AVX-512 with VBMI2 and GFNI.
 *
 * Runs of columns and diagonals are known by line, those of two tiles are one vector. Rows follow
 * one another within a strip, whose places are 16 bits: the run that a change ends began with the
 * greatest last change of the tiles before, which is a scan of maxima. Lengths, and bytes with more
 * than one change, go into arrays that are counted when all are there: a loop over the few of eight
 * tiles would be one mispredicted branch for each. */
#include <immintrin.h>
#include <string.h>

#include "cpu/tiles_table.h"
#include "kernels/x86/tiles_changes_avx512.h"
#include "kernels/x86/tiles_transposed_gfni.h"

enum { MOST = 8 * RQA__TILES_ROOM };

/* Bytes of more than one change: after a cell that is not recurrent, and after one that is. */
typedef struct inner {
    uint8_t *change[2];
    size_t n[2];
} inner;

ALWAYS void append_inner(inner *in, __m512i v, __m512i cells_in, __mmask64 live)
{
    const __mmask64 several =
        _mm512_mask_test_epi8_mask(live, v, _mm512_add_epi8(v, _mm512_set1_epi8(-1)));
    const __m512i before = _mm512_xor_si512(v, cells_in), one = _mm512_set1_epi8(1);
    const __mmask64 white = _mm512_mask_testn_epi8_mask(several, before, one);
    const __mmask64 black = _mm512_mask_test_epi8_mask(several, before, one);
    _mm512_storeu_si512(in->change[0] + in->n[0], _mm512_maskz_compress_epi8(white, v));
    _mm512_storeu_si512(in->change[1] + in->n[1], _mm512_maskz_compress_epi8(black, v));
    in->n[0] += (size_t)__builtin_popcountll(white);
    in->n[1] += (size_t)__builtin_popcountll(black);
}

ALWAYS void count_inner(const inner *in, uint32_t *bytes)
{
    for (size_t m = 0; bytes != NULL && m < 2; m++)
        for (size_t k = 0; k < in->n[m]; k++)
            bytes[256 * m + in->change[m][k]]++;
}

/* ---- columns and diagonals ---- */

/* Ends runs of two tiles; appends 2 * length - colour of each. */
ALWAYS void end_pair(uint32_t *a, uint32_t *b, __m512i base, __m128i first, __m128i after,
                     __mmask16 some, uint32_t *length)
{
    const __m512i was =
        _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(void *)a)),
                           _mm256_loadu_si256((const __m256i *)(void *)b), 1);
    const __m512i index =
        _mm512_add_epi32(_mm512_cvtepu8_epi32(first), _mm512_sub_epi32(base, was));
    const __m512i now = _mm512_mask_add_epi32(was, some, base, _mm512_cvtepu8_epi32(after));
    _mm256_storeu_si256((__m256i *)(void *)a, _mm512_castsi512_si256(now));
    _mm256_storeu_si256((__m256i *)(void *)b, _mm512_extracti64x4_epi64(now, 1));
    _mm512_storeu_si512(length, _mm512_maskz_compress_epi32(some, index));
}

static void count_lengths(const rqa__tiles_runs *r, const uint32_t *length, size_t n)
{
    const uint32_t limit = 2 * r->limit;
    uint32_t *const *hist = r->hist;
    size_t k = 0;
    for (; k + 16 <= n; k += 16) {
        if (_mm512_cmpge_epu32_mask(load(length + k), _mm512_set1_epi32((int)limit)) != 0)
            break;
        for (size_t j = 0; j < 16; j++)
            hist[j % 2][length[k + j]]++;
    }
    for (; k < n; k++) {
        if (length[k] < limit)
            hist[0][length[k]]++;
        else
            r->rare(r->user, r->kind, length[k]);
    }
}

ALWAYS void count_lines(const rqa__tiles_changes *c, const rqa__tiles_runs *r, int is_diagonal)
{
    const uint8_t *above = is_diagonal ? c->above_left : c->above;
    const uint16_t *tile = c->tile;
    const size_t n_tiles = c->n;
    const __m512i base = _mm512_set1_epi32((int)r->base);
    uint32_t *const state = r->state;
    uint32_t length[MOST], nowhere[8] = {0};
    uint8_t white[MOST], black[MOST];
    inner in = {{white, black}, {0, 0}};
    size_t n = 0;
    for (size_t k = 0; k < n_tiles; k += 8) {
        __m512i x;
        if (is_diagonal)
            x = skewed(load(c->diagonal + k), left_of(c->diagonal + k, words_set(c->follows + k),
                                                      words_set(c->left_full + k)));
        else
            x = load(c->column + k);
        x = transposed(x);
        const __m512i v = changed(x, load_word(above + k));
        const __mmask64 live = live_bytes(n_tiles - k);
        const uint64_t some = _mm512_mask_test_epi8_mask(live, v, v);
        const both_ends both = ends_of(v, x);
        const __m128i first[4] = {
            _mm512_castsi512_si128(both.first), _mm512_extracti32x4_epi32(both.first, 1),
            _mm512_extracti32x4_epi32(both.first, 2), _mm512_extracti32x4_epi32(both.first, 3)};
        const __m128i after[4] = {
            _mm512_castsi512_si128(both.after), _mm512_extracti32x4_epi32(both.after, 1),
            _mm512_extracti32x4_epi32(both.after, 2), _mm512_extracti32x4_epi32(both.after, 3)};
        append_inner(&in, v, x, live);
        for (size_t t = 0; t < 4; t++) {
            const size_t a = k + 2 * t;
            const uint32_t here = some >> 16 * t & 0xffff;
            if (a >= n_tiles)
                break;
            end_pair(state + 8 * (size_t)tile[a],
                     a + 1 < n_tiles ? state + 8 * (size_t)tile[a + 1] : nowhere, base, first[t],
                     after[t], (__mmask16)here, length + n);
            n += (size_t)__builtin_popcount(here);
        }
    }
    count_lengths(r, length, n);
    count_inner(&in, is_diagonal ? c->to_diagonal.bytes : c->to_column.bytes);
}

/* ---- rows ---- */

/* 16 * (tile + 1) of four tiles of eight, the first or the last, once for each row. */
ALWAYS __m512i places_of(__m512i tiles, int first)
{
    const __m512i which = _mm512_add_epi8(bytes_of_tiles(), _mm512_set1_epi8((char)(2 * first)));
    return _mm512_add_epi16(_mm512_slli_epi16(_mm512_shuffle_epi8(tiles, which), 4),
                            _mm512_set1_epi16(16));
}

/* Places of the changes of rows, 0 or NEVER where there is none; in each quarter those of the eight
 * rows. */
typedef struct row_ends {
    __m512i first; /* of all tiles so far whose number is the quarter's, modulo four */
    __m512i last;  /* of all tiles so far */
} row_ends;

enum { NEVER = 0xffff };

/* Ends runs of four tiles, those of one row after another, but for the first of a row; appends
 * 2 * length - colour of each. */
ALWAYS size_t end_four(row_ends *e, __m512i first, __m512i after, __mmask32 some, uint16_t *length)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i upto = _mm512_max_epu16(after, _mm512_alignr_epi64(after, zero, 6));
    upto = _mm512_max_epu16(upto, _mm512_alignr_epi64(upto, zero, 4));
    upto = _mm512_max_epu16(upto, e->last);
    const __m512i was = _mm512_alignr_epi64(upto, e->last, 6);
    const __mmask32 others = _mm512_mask_test_epi16_mask(some, was, was);
    _mm512_storeu_si512(length, _mm512_maskz_compress_epi16(others, _mm512_sub_epi16(first, was)));
    e->first = _mm512_mask_min_epu16(e->first, some, e->first, first);
    e->last = _mm512_shuffle_i64x2(upto, upto, 0xff);
    return (size_t)__builtin_popcount(others);
}

ALWAYS __m128i least_quarter(__m512i x)
{
    const __m256i half = _mm256_min_epu16(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
    return _mm_min_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* The first runs of rows in the strip, which began in others, and those that leave it. Appends
 * 2 * length - colour of the former. */
ALWAYS size_t leave_rows(const rqa__tiles_runs *r, const row_ends *e, uint16_t *length)
{
    const __m128i first = least_quarter(e->first), last = _mm512_castsi512_si128(e->last);
    const __mmask8 some = _mm_cmpneq_epi16_mask(first, _mm_set1_epi16((short)NEVER));
    const __m256i base = _mm256_set1_epi32((int)r->base - 16);
    const __m256i was = _mm256_loadu_si256((const __m256i *)(const void *)r->state);
    const __m256i index =
        _mm256_sub_epi32(_mm256_add_epi32(base, _mm256_cvtepu16_epi32(first)), was);
    const __m256i now = _mm256_mask_add_epi32(was, some, base, _mm256_cvtepu16_epi32(last));
    const __mmask8 here =
        _mm256_mask_cmplt_epu32_mask(some, index, _mm256_set1_epi32(2 * (int)r->limit));
    _mm256_storeu_si256((__m256i *)(void *)r->state, now);
    _mm_storeu_si128((__m128i *)(void *)length,
                     _mm_maskz_compress_epi16(here, _mm256_cvtepi32_epi16(index)));
    if (some != here) {
        uint32_t all[8];
        _mm256_storeu_si256((__m256i *)(void *)all, index);
        for (uint32_t rest = some & ~here; rest != 0; rest &= rest - 1)
            r->rare(r->user, r->kind, all[__builtin_ctz(rest)]);
    }
    return (size_t)__builtin_popcount(here);
}

static void count_rows(const rqa__tiles_changes *c, const rqa__tiles_runs *r)
{
    uint16_t length[MOST];
    uint8_t white[MOST], black[MOST];
    inner in = {{white, black}, {0, 0}};
    row_ends e = {_mm512_set1_epi16((short)NEVER), _mm512_setzero_si512()};
    size_t n = 0, k = 0;
    for (k = 0; k < c->n; k += 8) {
        const __mmask64 live = live_bytes(c->n - k);
        const __m512i x = load(c->row + k);
        const __m512i v =
            changed(x, _mm512_movepi8_mask(left_of(c->row + k, words_set(c->follows + k),
                                                   words_set(c->left_full + k))));
        const uint64_t some = _mm512_mask_test_epi8_mask(live, v, v);
        const __m512i tiles =
            _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)(c->tile + k)));
        const both_ends both = ends_of(v, x);
        append_inner(&in, v, x, live);
        for (int h = 0; h < 2; h++) {
            const __mmask32 here = (__mmask32)(some >> 32 * h);
            const __m512i place = places_of(tiles, 4 * h);
            const __m256i first =
                h ? _mm512_extracti64x4_epi64(both.first, 1) : _mm512_castsi512_si256(both.first);
            const __m256i after =
                h ? _mm512_extracti64x4_epi64(both.after, 1) : _mm512_castsi512_si256(both.after);
            n += end_four(&e, _mm512_add_epi16(place, _mm512_cvtepu8_epi16(first)),
                          _mm512_maskz_add_epi16(here, place, _mm512_cvtepu8_epi16(after)), here,
                          length + n);
        }
    }
    n += leave_rows(r, &e, length + n);
    for (k = 0; k + 2 <= n; k += 2) {
        r->hist[0][length[k]]++;
        r->hist[1][length[k + 1]]++;
    }
    if (k < n)
        r->hist[0][length[k]]++;
    count_inner(&in, c->to_row.bytes);
}

void rqa__tiles_count_vbmi2(const rqa__tiles_changes *c, const rqa__tiles_runs *r)
{
    if (r->kind == RQA__BITS_ROW)
        count_rows(c, r);
    else if (r->kind == RQA__BITS_COLUMN)
        count_lines(c, r, 0);
    else
        count_lines(c, r, 1);
}
