/* test_matrix_tally.c - the line counts of a given matrix against the definitions of tally.h, a byte
 * a cell. */
#include "backend/matrix_count.h"
#include "kernel_levels.h"
#include "rqa/status.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 330, REMOVED = 2, N_HISTS = 5 };

typedef struct counts {
    uint64_t points, gap_sum;
    uint64_t hist[N_HISTS][MOST + 1]; /* diagonal, vertical, white inner, white border, time */
    uint64_t offset[2 * MOST];
    size_t n_offsets;
} counts;

typedef struct given {
    rqa__matrix_view view;
    uint8_t cell[MOST][MOST]; /* [row][column] */
    uint64_t words[MOST * (MOST / 64 + 1)];
    uint8_t absent[MOST]; /* vectors of a square that touch missing samples, and recur with nothing */
} given;

static size_t distance(size_t i, size_t j)
{
    return i > j ? i - j : j - i;
}

/* ---- the definitions ---- */

static void column_lines(counts *c, const rqa__matrix_view *m, const uint8_t *cell, size_t n)
{
    size_t last_start = SIZE_MAX, last_end = 0;
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && cell[end] == cell[start];)
            end++;
        if (cell[start] == REMOVED) {
            last_start = SIZE_MAX;
        } else if (cell[start] == 0) {
            if (m->tallies & RQA__TALLY_WHITE)
                c->hist[start == 0 || end == n ? 3 : 2][end - start]++;
        } else {
            if (m->tallies & RQA__TALLY_VERTICAL)
                c->hist[1][end - start]++;
            if (m->tallies & RQA__TALLY_RECURRENCE_TIME && last_start != SIZE_MAX) {
                c->hist[4][start - last_start]++;
                c->gap_sum += start - (last_end - 1);
            }
            last_start = start;
            last_end = end;
        }
    }
}

static void expect_columns(counts *c, const given *g)
{
    const rqa__matrix_view *m = &g->view;
    for (size_t i = 0; i < m->n_x; i++) {
        uint8_t cell[MOST];
        size_t n = 0;
        for (size_t j = m->upper_only ? i : 0; j < m->n_y; j++) {
            c->points += g->cell[j][i] && distance(i, j) >= m->theiler_points;
            cell[n++] = g->absent[j]                            ? REMOVED
                        : distance(i, j) >= m->theiler_vertical ? g->cell[j][i]
                        : m->band_is_white                      ? 0
                                                                : REMOVED;
        }
        if (!g->absent[i])
            column_lines(c, m, cell, n);
    }
}

static void expect_diagonals(counts *c, const given *g)
{
    const rqa__matrix_view *m = &g->view;
    const size_t square = m->n_x < m->n_y ? m->n_x : m->n_y;
    c->n_offsets = m->tallies & RQA__TALLY_OFFSETS ? 2 * square - 1 : 0;
    for (size_t j = 0; j < m->n_y; j++)
        for (size_t i = 0; i < m->n_x; i++) {
            if (!g->cell[j][i])
                continue;
            if (c->n_offsets && i < square && j < square)
                c->offset[square - 1 + j - i]++;
            const int begins = i == 0 || j == 0 || !g->cell[j - 1][i - 1];
            size_t l = 1;
            while (begins && i + l < m->n_x && j + l < m->n_y && g->cell[j + l][i + l])
                l++;
            if (begins && m->tallies & RQA__TALLY_DIAGONAL &&
                distance(i, j) >= m->theiler_diagonal && !(m->upper_only && j < i))
                c->hist[0][l]++;
        }
}

/* ---- what is got ---- */

static int take(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const rqa__spectrum *s[N_HISTS] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                       &tally->white_border, &tally->recurrence_time};
    counts *c = user;
    ck_assert_uint_eq(d + t, 0);
    c->points = tally->points;
    c->gap_sum = tally->gap_sum;
    c->n_offsets = tally->n_offsets;
    ck_assert_uint_le(c->n_offsets, 2 * MOST);
    for (size_t k = 0; k < c->n_offsets; k++)
        c->offset[k] = tally->offset_points[k];
    for (int h = 0; h < N_HISTS; h++)
        for (size_t k = 0; k < s[h]->n_bins; k++) {
            ck_assert_uint_le(s[h]->bin[k].length, MOST);
            c->hist[h][s[h]->bin[k].length] = s[h]->bin[k].count;
        }
    return 0;
}

/* ---- draws ---- */

/* Sizes around whole words, and windows around the sizes. */
static size_t random_size(rng *r)
{
    const uint64_t k = rng_below(r, 4);
    return k == 0 ? 1 + rng_below(r, 12) : k == 1 ? 62 + rng_below(r, 5) + 64 * rng_below(r, 4)
                                                  : 1 + rng_below(r, MOST);
}

static uint64_t random_window(rng *r)
{
    const uint64_t k = rng_below(r, 6);
    return k < 2 ? 0 : k == 2 ? 1 : k == 3 ? rng_below(r, 10) : k == 4 ? rng_below(r, MOST + 9) : UINT64_MAX;
}

static void draw_matrix(given *g, rng *r, const rqa__bits_kernels *kernels)
{
    const size_t n_x = random_size(r), n_y = rng_below(r, 2) ? n_x : random_size(r);
    const double share = rng_below(r, 5) == 0 ? (double)rng_below(r, 2) : rng_uniform(r);
    const double stay = rng_below(r, 2) ? .9 : 0;
    const size_t words_per_row = (n_x + 63) / 64;
    const int some_absent = n_x == n_y && rng_below(r, 3) == 0;
    const int is_symmetric = n_x == n_y && rng_below(r, 2) == 0;
    memset(g, 0, sizeof *g);
    for (size_t k = 0; some_absent && k < n_x; k++)
        g->absent[k] = rng_below(r, 8) == 0;
    for (size_t j = 0; j < n_y; j++)
        for (size_t i = 0; i < n_x; i++) {
            const int stays = j > 0 && i > 0 && rng_uniform(r) < stay;
            const uint8_t before = stays ? g->cell[j - 1][i - rng_below(r, 2)] : 0;
            g->cell[j][i] = !g->absent[i] && !g->absent[j] && (stays ? before : rng_uniform(r) < share);
            if (is_symmetric && i < j)
                g->cell[j][i] = g->cell[i][j];
            g->words[j * words_per_row + i / 64] |= (uint64_t)g->cell[j][i] << i % 64;
        }
    g->view = (rqa__matrix_view){.words = g->words,
                                 .words_per_row = words_per_row,
                                 .n_x = n_x,
                                 .n_y = n_y,
                                 .theiler_points = random_window(r),
                                 .theiler_diagonal = random_window(r),
                                 .theiler_vertical = random_window(r),
                                 .tallies = rng_below(r, 2) ? 31 : (uint32_t)rng_below(r, 32),
                                 .upper_only = n_x == n_y && rng_below(r, 3) == 0,
                                 .band_is_white = rng_below(r, 3) == 0,
                                 .absent = some_absent ? g->absent : NULL,
                                 .kernels = kernels};
}

static void check_counts(const counts *got, const counts *expected, const given *g, const char *what)
{
    ck_assert_msg(got->points == expected->points, "%s: points", what);
    ck_assert_msg(got->gap_sum == expected->gap_sum, "%s: gap sum", what);
    for (int h = 0; h < N_HISTS; h++)
        ck_assert_msg(memcmp(got->hist[h], expected->hist[h], sizeof got->hist[h]) == 0,
                      "%s: histogram %d, %zu x %zu, tallies %u, windows %zu %zu", what, h, g->view.n_x,
                      g->view.n_y, g->view.tallies, (size_t)g->view.theiler_diagonal,
                      (size_t)g->view.theiler_vertical);
    ck_assert_uint_eq(got->n_offsets, expected->n_offsets);
    ck_assert_msg(memcmp(got->offset, expected->offset, sizeof got->offset) == 0, "%s: offsets", what);
}

START_TEST(definitions)
{
    static given g;
    static counts got, expected;
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 400);
    for (uint64_t seed = 1; kernels && seed <= n_draws; seed++) {
        rng r = {seed};
        char what[64];
        draw_matrix(&g, &r, kernels);
        memset(&got, 0, sizeof got);
        memset(&expected, 0, sizeof expected);
        expect_columns(&expected, &g);
        expect_diagonals(&expected, &g);
        ck_assert_int_eq(rqa__matrix_tally(&g.view, take, &got), 0);
        snprintf(what, sizeof what, "draw %d", (int)seed);
        check_counts(&got, &expected, &g, what);
        if (g.view.absent)
            continue;
        memset(&got, 0, sizeof got);
        rqa__matrix_room plenty = {UINT64_MAX, 0};
        ck_assert_int_eq(rqa__matrix_count(&g.view, NULL, &plenty, take, &got), 0);
        snprintf(what, sizeof what, "draw %d, by strips", (int)seed);
        check_counts(&got, &expected, &g, what);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matrix_tally");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, definitions, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
