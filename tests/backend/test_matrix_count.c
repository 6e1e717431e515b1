/* test_matrix_count.c - the counts of large matrices on threads against those of one line after the
 * other, which test_matrix_tally.c has against the definitions. */
#include "backend/cpu_run.h"
#include "backend/matrix_count.h"
#include "base/pool.h"
#include "guarded.h"
#include "kernel_levels.h"
#include "rqa/status.h"

#include <stdio.h>

enum { N_HISTS = 5, MOST = 2200, MOST_THREADS = 4 };

/* A tally to be kept: histograms of diagonals, columns, white lines within and at the border, and
 * times. */
typedef struct counts {
    uint64_t points, gap_sum;
    uint64_t hist[N_HISTS][MOST + 1];
    uint64_t offset[2 * MOST];
    size_t n_offsets;
} counts;

static int take(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    const rqa__spectrum *s[N_HISTS] = {&tally->diagonal, &tally->vertical, &tally->white_inner,
                                       &tally->white_border, &tally->recurrence_time};
    counts *c = user;
    ck_assert_uint_eq(d + t, 0);
    memset(c, 0, sizeof *c);
    c->points = tally->points;
    c->gap_sum = tally->gap_sum;
    c->n_offsets = tally->n_offsets;
    ck_assert_uint_le(c->n_offsets, 2 * MOST);
    for (size_t k = 0; k < c->n_offsets; k++)
        c->offset[k] = tally->offset_points[k];
    for (int h = 0; h < N_HISTS; h++)
        for (size_t k = 0; k < s[h]->n_bins; k++)
            c->hist[h][s[h]->bin[k].length] = s[h]->bin[k].count;
    return 0;
}

/* ---- draws ---- */

static void set(const rqa__matrix_view *v, uint64_t *words, size_t j, size_t i, unsigned bit)
{
    uint64_t *word = words + j * v->words_per_row + i / 64;
    *word = (*word & ~((uint64_t)1 << i % 64)) | (uint64_t)bit << i % 64;
}

static unsigned get(const rqa__matrix_view *v, size_t j, size_t i)
{
    return (unsigned)(v->words[j * v->words_per_row + i / 64] >> i % 64 & 1);
}

/* Runs of either colour along the diagonals of a matrix, of one that is symmetric the same below;
 * then, in turn, one cell of it is changed. */
static void draw_cells(const rqa__matrix_view *v, uint64_t *words, rng *r, int mirrored)
{
    const uint64_t mean = 1 + rng_below(r, 40);
    memset(words, 0, v->n_y * v->words_per_row * sizeof *words);
    for (int64_t d = mirrored ? 0 : 1 - (int64_t)v->n_x; d < (int64_t)v->n_y; d++) {
        unsigned colour = (unsigned)rng_below(r, 2);
        uint64_t left = rng_below(r, 2 * mean + 1);
        size_t j = d > 0 ? (size_t)d : 0, i = d > 0 ? 0 : (size_t)-d;
        for (; j < v->n_y && i < v->n_x; i++, j++, left--) {
            if (left == 0) {
                colour ^= 1;
                left = 1 + rng_below(r, 2 * mean);
            }
            set(v, words, j, i, colour);
            if (mirrored)
                set(v, words, i, j, colour);
        }
    }
    if (rng_below(r, 3) == 0) {
        const size_t j = rng_below(r, v->n_y), i = rng_below(r, v->n_x);
        set(v, words, j, i, !get(v, j, i));
    }
}

static int is_symmetric(const rqa__matrix_view *v)
{
    if (v->n_x != v->n_y)
        return 0;
    for (size_t j = 0; j < v->n_y; j++)
        for (size_t i = 0; i < j; i++)
            if (get(v, j, i) != get(v, i, j))
                return 0;
    return 1;
}

static uint64_t draw_window(rng *r)
{
    static const uint64_t window[] = {0, 0, 1, 2, 70, 4000, UINT64_MAX};
    return window[rng_below(r, sizeof window / sizeof *window)];
}

/* From where on threads share the work; some so large that there is more than one strip of the
 * widest. */
static size_t draw_size(rng *r)
{
    return rng_below(r, 4) ? 1000 + rng_below(r, 300) : MOST - rng_below(r, 100);
}

static rqa__matrix_view draw_view(rng *r, const rqa__bits_kernels *kernels)
{
    const size_t n_x = draw_size(r), n_y = rng_below(r, 3) ? n_x : draw_size(r);
    const int is_auto = n_x == n_y && rng_below(r, 2) == 0;
    return (rqa__matrix_view){.n_x = n_x,
                              .n_y = n_y,
                              .words_per_row = (n_x + 63) / 64,
                              .theiler_points = draw_window(r),
                              .theiler_diagonal = draw_window(r),
                              .theiler_vertical = draw_window(r),
                              .tallies = rng_below(r, 2) ? 31 : (uint32_t)rng_below(r, 32),
                              .upper_only = is_auto && rng_below(r, 3) == 0,
                              .band_is_white = rng_below(r, 3) == 0,
                              .kernels = kernels};
}

static void check_equal(const counts *got, const counts *expected, const char *what)
{
    ck_assert_msg(got->points == expected->points, "%s: points", what);
    ck_assert_msg(got->gap_sum == expected->gap_sum, "%s: gap sum", what);
    for (int h = 0; h < N_HISTS; h++)
        ck_assert_msg(memcmp(got->hist[h], expected->hist[h], sizeof got->hist[h]) == 0,
                      "%s: histogram %d", what, h);
    ck_assert_msg(got->n_offsets == expected->n_offsets, "%s: number of offsets", what);
    ck_assert_msg(memcmp(got->offset, expected->offset, sizeof got->offset) == 0, "%s: offsets",
                  what);
}

static rqa__matrix_room plenty = {UINT64_MAX, 0};

START_TEST(threads_change_nothing)
{
    static counts got, expected;
    const rqa__bits_kernels *kernels = kernel_level_at(_i).bits;
    const uint64_t n_draws = env_number("RQA_TEST_DRAWS", 12);
    for (uint64_t seed = 1; kernels && seed <= n_draws; seed++) {
        rng r = {seed};
        rqa__matrix_view view = draw_view(&r, kernels);
        guarded words = guarded_make(&r, view.n_y * view.words_per_row, sizeof(uint64_t));
        view.words = words.data;
        draw_cells(&view, words.data, &r, view.n_x == view.n_y && rng_below(&r, 4) > 0);
        ck_assert_int_eq(rqa__matrix_tally(&view, take, &expected), 0);
        view.is_symmetric = rng_below(&r, 2) && is_symmetric(&view);
        for (unsigned n = 1; n <= MOST_THREADS; n++) {
            char what[64];
            rqa__pool *pool;
            ck_assert_int_eq(rqa__pool_create(&pool, n), 0);
            const rqa__parallel parallel = rqa__parallel_from_pool(pool);
            ck_assert_int_eq(
                rqa__matrix_count(&view, n > 1 ? &parallel : NULL, &plenty, take, &got), 0);
            rqa__pool_destroy(pool);
            snprintf(what, sizeof what, "draw %d on %u threads", (int)seed, n);
            check_equal(&got, &expected, what);
        }
        rqa__matrix_room least = {.most_bytes = 0};
        ck_assert_int_eq(rqa__matrix_count(&view, NULL, &least, take, &got), RQA_ERROR_MEMORY_LIMIT);
        least.most_bytes = least.needed_bytes;
        ck_assert_int_eq(rqa__matrix_count(&view, NULL, &least, take, &got), 0);
        check_equal(&got, &expected, "with the least memory");
        ck_assert(guarded_is_whole(&words));
        guarded_free(&words);
    }
}
END_TEST

START_TEST(a_cancelled_one_says_so)
{
    static counts got;
    rng r = {9};
    atomic_int cancel = 1;
    rqa__matrix_view view = draw_view(&r, kernel_level_at(0).bits);
    guarded words = guarded_make(&r, view.n_y * view.words_per_row, sizeof(uint64_t));
    view.words = words.data;
    view.cancel = &cancel;
    draw_cells(&view, words.data, &r, 0);
    for (view.is_symmetric = 0; view.is_symmetric < 2; view.is_symmetric++) {
        ck_assert_int_eq(rqa__matrix_count(&view, NULL, &plenty, take, &got),
                         RQA_ERROR_CANCELLED);
        ck_assert_str_eq(rqa_last_error(), "cancelled");
    }
    guarded_free(&words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matrix_count");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, threads_change_nothing, 0, KERNEL_LEVELS);
    tcase_add_test(all, a_cancelled_one_says_so);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
