/* matrix_lines.c - columns and diagonals of a matrix that is there: of rows, blocks of 64 x 64 bits
 * turned over; of lists, their cells one by one. */
#include "backend/matrix_lines.h"

#include <string.h>

#include "base/look.h"
#include "base/smaller.h"
#include "rqa/status.h"

/* Blocks between two looks. */
static size_t blocks_between_looks(void)
{
    return (size_t)rqa__steps_between_looks(64 * 64);
}

/* ---- lists ---- */

static void listed_columns(const rqa__matrix_view *m, size_t word, uint64_t *lines)
{
    const size_t stride = rqa__matrix_lines_stride(m), end = rqa__smaller(64 * (word + 1), m->n_x);
    memset(lines, 0, 64 * stride * sizeof *lines);
    for (size_t i = 64 * word; i < end; i++)
        for (uint64_t k = m->lists->first[i]; k < m->lists->first[i + 1]; k++)
            lines[i % 64 * stride + m->lists->row[k] / 64] |= (uint64_t)1 << m->lists->row[k] % 64;
}

/* Diagonals are asked for from left to right: the rows of a column go by once. */
static int listed_diagonals(const rqa__matrix_view *m, int64_t first, uint64_t *lines)
{
    const size_t stride = rqa__matrix_lines_stride(m), step = (size_t)rqa__steps_between_looks(1);
    memset(lines, 0, 64 * stride * sizeof *lines);
    for (size_t i = 0; i < m->n_x; i++) {
        const uint64_t end = m->lists->first[i + 1];
        const int64_t next = first + 64 + (int64_t)i;
        uint64_t k = m->cursor[i];
        if (i % step == 0 && rqa__is_cancelled(m->cancel))
            return RQA_ERROR_CANCELLED;
        for (; k < end && m->lists->row[k] < next; k++) {
            const size_t row = m->lists->row[k], b = (size_t)((int64_t)row - (int64_t)i - first);
            lines[b * stride + row / 64] |= (uint64_t)1 << row % 64;
        }
        m->cursor[i] = k;
    }
    return RQA_OK;
}

/* ---- rows ---- */

int rqa__matrix_columns(const rqa__matrix_view *m, size_t word, uint64_t *lines)
{
    const size_t stride = rqa__matrix_lines_stride(m), step = blocks_between_looks();
    uint64_t block[64];
    if (m->lists) {
        listed_columns(m, word, lines);
        return RQA_OK;
    }
    for (size_t g = 0; g < stride; g++) {
        const size_t n = rqa__smaller(m->n_y - 64 * g, 64);
        const uint64_t *from = m->words + 64 * g * m->words_per_row + word;
        if (g % step == 0 && rqa__is_cancelled(m->cancel))
            return RQA_ERROR_CANCELLED;
        for (size_t r = 0; r < 64; r++)
            block[r] = r < n ? from[r * m->words_per_row] : 0;
        m->kernels->transpose(block);
        for (size_t b = 0; b < 64; b++)
            lines[b * stride + g] = block[b];
    }
    return RQA_OK;
}

/* The 64 cells of a row from column `from` on, which may lie outside it. */
static uint64_t window(const uint64_t *row, size_t n_words, int64_t from)
{
    if (from <= -64 || from >= (int64_t)(64 * n_words))
        return 0;
    if (from < 0)
        return row[0] << -from;
    const size_t word = (size_t)from / 64, bit = (size_t)from % 64;
    const uint64_t high = bit && word + 1 < n_words ? row[word + 1] << (64 - bit) : 0;
    return row[word] >> bit | high;
}

/* The windows of 64 rows from row j on, the first at column `from`, each one column further on. */
static void windows(const rqa__matrix_view *m, size_t j, int64_t from, uint64_t *block)
{
    const size_t n = m->words_per_row;
    const uint64_t *row = m->words + j * n;
    const int is_inside = from >= 0 && (size_t)from / 64 + 3 <= n && j + 64 <= m->n_y;
    for (size_t r = 0; is_inside && r < 64; r++, from++, row += n) {
        const uint64_t *word = row + (size_t)from / 64;
        const unsigned bit = (unsigned)((size_t)from % 64);
        block[r] = word[0] >> bit | word[1] << 1 << (63 - bit);
    }
    for (size_t r = 0; !is_inside && r < 64; r++, from++, row += n)
        block[r] = j + r < m->n_y ? window(row, n, from) : 0;
}

/* Column i of row j belongs to offset j - i: from left to right the offsets fall. */
int rqa__matrix_diagonals(const rqa__matrix_view *m, int64_t first, uint64_t *lines)
{
    const size_t stride = rqa__matrix_lines_stride(m), step = blocks_between_looks();
    const int64_t last = first + 63, end = (int64_t)m->n_x + last;
    const size_t first_row = first > 0 ? (size_t)first : 0;
    const size_t end_row = end > (int64_t)m->n_y ? m->n_y : end > 0 ? (size_t)end : 0;
    uint64_t block[64];
    if (m->lists)
        return listed_diagonals(m, first, lines);
    for (size_t g = first_row / 64; 64 * g < end_row; g++) {
        if (g % step == 0 && rqa__is_cancelled(m->cancel))
            return RQA_ERROR_CANCELLED;
        windows(m, 64 * g, (int64_t)(64 * g) - last, block);
        m->kernels->transpose(block);
        for (size_t b = 0; b < 64; b++)
            lines[b * stride + g] = block[63 - b];
    }
    return RQA_OK;
}
