/* bits_terms_tpl.h - the rows of terms of the single-analysis engine, compiled once per level.
 *
 * The including file defines term_row(), which the compiler specialises: what is constant inside
 * the loop costs nothing there.
 */
#include "cpu/bits_table.h"

static void square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                       int accumulate, int missing)
{
    if (missing) {
        term_row(out, q, n_words, centre, accumulate, RQA__BITS_SQUARE, 1);
    } else if (accumulate) {
        term_row(out, q, n_words, centre, 1, RQA__BITS_SQUARE, 0);
    } else {
        term_row(out, q, n_words, centre, 0, RQA__BITS_SQUARE, 0);
    }
}

static void absolute_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                         int accumulate, int missing)
{
    if (missing) {
        term_row(out, q, n_words, centre, accumulate, RQA__BITS_ABSOLUTE, 1);
    } else if (accumulate) {
        term_row(out, q, n_words, centre, 1, RQA__BITS_ABSOLUTE, 0);
    } else {
        term_row(out, q, n_words, centre, 0, RQA__BITS_ABSOLUTE, 0);
    }
}

static void small_square_row(uint16_t *out, const int16_t *q, size_t n_words, int16_t centre,
                             int accumulate, int missing)
{
    if (missing) {
        term_row(out, q, n_words, centre, accumulate, RQA__BITS_SMALL_SQUARE, 1);
    } else if (accumulate) {
        term_row(out, q, n_words, centre, 1, RQA__BITS_SMALL_SQUARE, 0);
    } else {
        term_row(out, q, n_words, centre, 0, RQA__BITS_SMALL_SQUARE, 0);
    }
}
