/* eroded_tpl.h - windows of set cells, counted level by level; compiled once per instruction set.
 *
 * Some words of all rows of a block are kept at hand and and-ed with the cells one further on, level by
 * level, until no window is left. Their bits are counted by carry-save adders (Harley and Seal; Mula,
 * Kurz and Lemire 2018), so that only every eighth row is counted by itself.
 *
 * The including file defines ERODED_WORDS, the type eroded_vector of so many words and, static inline,
 * eroded_load(), eroded_store(), eroded_zero(), eroded_and(), eroded_or(), eroded_xor(),
 * eroded_majority(), eroded_is_zero(), eroded_join(low, high, k): low >> k | high << (64 - k) for
 * 0 < k < 64, and eroded_count().
 */
#include <stddef.h>
#include <stdint.h>

#include "cpu/eroded_table.h"

typedef struct eroded_sum {
    eroded_vector ones, twos, fours;
    uint64_t eights;
} eroded_sum;

/* *sum and a and b: the new sum, and the carries. */
static inline eroded_vector eroded_carry(eroded_vector *sum, eroded_vector a, eroded_vector b)
{
    const eroded_vector carry = eroded_majority(*sum, a, b);
    *sum = eroded_xor(eroded_xor(*sum, a), b);
    return carry;
}

static inline void eroded_add_eight(eroded_sum *s, const eroded_vector *v)
{
    const eroded_vector a = eroded_carry(&s->ones, v[0], v[1]), b = eroded_carry(&s->ones, v[2], v[3]);
    const eroded_vector c = eroded_carry(&s->ones, v[4], v[5]), d = eroded_carry(&s->ones, v[6], v[7]);
    const eroded_vector e = eroded_carry(&s->twos, a, b), f = eroded_carry(&s->twos, c, d);
    s->eights += eroded_count(eroded_carry(&s->fours, e, f));
}

static inline uint64_t eroded_total(const eroded_sum *s)
{
    return 8 * s->eights + 4 * eroded_count(s->fours) + 2 * eroded_count(s->twos) +
           eroded_count(s->ones);
}

/* The cells of words from `word` on that count. */
static inline eroded_vector eroded_mask(const rqa__eroded_block *b, size_t word)
{
    const size_t end = b->width < 64 * b->n_words ? b->width : 64 * b->n_words;
    uint64_t mask[ERODED_WORDS];
    for (size_t k = 0; k < ERODED_WORDS; k++) {
        const size_t first = 64 * (word + k);
        mask[k] = end >= first + 64 ? ~UINT64_C(0)
                  : end <= first    ? 0
                                    : (UINT64_C(1) << (end - first)) - 1;
    }
    return eroded_load(mask);
}

/* The first level, the cells; 0 without any. */
static inline int eroded_begin(const rqa__eroded_block *b, size_t word, eroded_vector *cell)
{
    const eroded_vector mask = eroded_mask(b, word);
    eroded_sum sum = {eroded_zero(), eroded_zero(), eroded_zero(), 0};
    eroded_vector any = eroded_zero();
    for (size_t r = 0; r < b->n_rows; r += 8) {
        const uint64_t *bits = b->bits + r * b->stride + word;
        for (size_t k = 0; k < 8; k++, bits += b->stride) {
            cell[r + k] = eroded_and(eroded_load(bits), mask);
            any = eroded_or(any, cell[r + k]);
        }
        eroded_add_eight(&sum, cell + r);
    }
    b->windows[0] += eroded_total(&sum);
    return !eroded_is_zero(any);
}

/* The next level, windows of level + 1 cells. */
static inline __attribute__((always_inline)) int eroded_level(const rqa__eroded_block *b,
                                                              size_t word, eroded_vector *cell,
                                                              unsigned level, int down, int across)
{
    const uint64_t *bits = b->bits - (down ? level : 0) * b->stride + word;
    eroded_sum sum = {eroded_zero(), eroded_zero(), eroded_zero(), 0};
    eroded_vector any = eroded_zero();
    for (size_t r = 0; r < b->n_rows; r += 8) {
        for (size_t k = 0; k < 8; k++, bits += b->stride) {
            eroded_vector next = eroded_load(bits);
            if (across)
                next = eroded_join(next, eroded_load(bits + 1), level);
            cell[r + k] = eroded_and(cell[r + k], next);
            any = eroded_or(any, cell[r + k]);
        }
        eroded_add_eight(&sum, cell + r);
    }
    b->windows[level] += eroded_total(&sum);
    return !eroded_is_zero(any);
}

static inline __attribute__((always_inline)) void eroded_words(const rqa__eroded_block *b, size_t word,
                                                               int down, int across)
{
    eroded_vector cell[RQA__ERODED_ROWS];
    int some = eroded_begin(b, word, cell);
    for (unsigned level = 1; some && level < b->n_levels; level++)
        some = eroded_level(b, word, cell, level, down, across);
    for (size_t r = 0; r < b->n_rows; r++)
        eroded_store(b->rest + r * b->stride + word, cell[r]);
    if (some)
        eroded_level(b, word, cell, b->n_levels, down, across);
}

static inline __attribute__((always_inline)) void eroded_block(const rqa__eroded_block *b, int down,
                                                               int across)
{
    const size_t end = (b->n_words + 7) / 8 * 8 + 1;
    size_t word = 0;
    for (; word < b->n_words; word += ERODED_WORDS)
        eroded_words(b, word, down, across);
    for (size_t r = 0; r < b->n_rows; r++)
        for (size_t k = word; k < end; k++)
            b->rest[r * b->stride + k] = 0;
}

static void diagonal(const rqa__eroded_block *b)
{
    eroded_block(b, 1, 0);
}

static void column(const rqa__eroded_block *b)
{
    eroded_block(b, 1, 1);
}

static void row(const rqa__eroded_block *b)
{
    eroded_block(b, 0, 1);
}
