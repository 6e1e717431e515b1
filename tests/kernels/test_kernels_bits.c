/* test_kernels_bits.c - each kernel of the single-analysis engine at each level against the
 * reference: exact equality on random shapes, starts and data, and nothing written astray. */
#include "guarded.h"
#include "kernel_levels.h"

#include <math.h>

enum { MOST_WORDS = 40, MOST_ROWS = 12 };

static const rqa__bits_kernels *const ref = &rqa__bits_ref;
static kernel_level level;
static rng r;

/* Lengths around whole vectors, 0 among them. */
static size_t random_words(void)
{
    return (size_t)(rng_below(&r, 3) ? rng_below(&r, 18) : rng_below(&r, MOST_WORDS + 1));
}

static void expect_equal(const guarded *got, const guarded *expected, const char *what)
{
    ck_assert_msg(guarded_is_whole(got), "%s, %s: written outside its output", level.name, what);
    ck_assert_msg(memcmp(got->data, expected->data, got->n_bytes) == 0, "%s, %s: differs from ref",
                  level.name, what);
}

static void check_rank_row(void)
{
    const size_t n = random_words();
    const uint16_t lo = (uint16_t)rng_next(&r);
    const uint16_t width = (uint16_t)(rng_below(&r, 3) ? rng_next(&r) : rng_below(&r, 2) * 65535);
    guarded rank = guarded_make(&r, 64 * n, sizeof(uint16_t));
    guarded a = guarded_make(&r, n, sizeof(uint64_t));
    guarded b = guarded_copy(&r, &a, sizeof(uint64_t));
    for (uint64_t k = 0; k < 64 * n; k += 1 + rng_below(&r, 9)) /* ties with both ends */
        ((uint16_t *)rank.data)[k] = (uint16_t)(lo + (rng_below(&r, 2) ? width : 0));
    const int accumulate = (int)rng_below(&r, 2);
    ref->rank_row(a.data, rank.data, n, lo, width, accumulate);
    level.bits->rank_row(b.data, rank.data, n, lo, width, accumulate);
    expect_equal(&b, &a, "rank_row");
    guarded_free(&rank);
    guarded_free(&a);
    guarded_free(&b);
}

static int compare_doubles(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double grid_value(void)
{
    return (double)rng_below(&r, 50) / 10;
}

static void check_rank_bounds(void)
{
    static const double special[] = {NAN, INFINITY, -INFINITY, -0.0, 1e308, 5e-324};
    const size_t n = (size_t)rng_below(&r, 40), n_sorted = (size_t)rng_below(&r, 300);
    guarded x = guarded_make(&r, n, sizeof(double));
    guarded sorted = guarded_make(&r, n_sorted, sizeof(double));
    for (size_t k = 0; k < n_sorted; k++)
        ((double *)sorted.data)[k] = rng_below(&r, 4) ? grid_value() : rng_gauss(&r);
    qsort(sorted.data, n_sorted, sizeof(double), compare_doubles);
    for (size_t k = 0; k < n; k++)
        ((double *)x.data)[k] = rng_below(&r, 9) ? grid_value() : special[rng_below(&r, 6)];
    const double bound = rng_below(&r, 5) ? grid_value() : -1;
    guarded a = guarded_make(&r, n, sizeof(uint32_t)), c = guarded_make(&r, n, sizeof(uint32_t));
    guarded b = guarded_copy(&r, &a, sizeof(uint32_t)), d = guarded_copy(&r, &c, sizeof(uint32_t));
    ref->rank_bounds(a.data, c.data, sorted.data, n_sorted, x.data, n, bound);
    level.bits->rank_bounds(b.data, d.data, sorted.data, n_sorted, x.data, n, bound);
    expect_equal(&b, &a, "rank_bounds, below");
    expect_equal(&d, &c, "rank_bounds, upto");
    guarded_free(&x);
    guarded_free(&sorted);
    guarded_free(&a);
    guarded_free(&b);
    guarded_free(&c);
    guarded_free(&d);
}

static void check_terms(void)
{
    static const int16_t special[] = {INT16_MIN, INT16_MIN + 1, INT16_MAX, 0, -1};
    const size_t n = random_words();
    guarded q = guarded_make(&r, 64 * n, sizeof(int16_t));
    for (uint64_t k = 0; k < 64 * n; k += 1 + rng_below(&r, 20))
        ((int16_t *)q.data)[k] = special[rng_below(&r, 5)];
    const int16_t centre =
        rng_below(&r, 4) ? (int16_t)(rng_next(&r) & 0xffff) : special[rng_below(&r, 5)];
    for (uint64_t k = 0; k < 64 * n; k += 1 + rng_below(&r, 3)) /* small differences */
        ((int16_t *)q.data)[k] = (int16_t)(centre + (int)rng_below(&r, 600) - 300);
    for (int choice = 0; choice < 12; choice++) {
        static const char *const name[] = {"absolute_row", "square_row", "small_square_row"};
        const int accumulate = choice & 1, missing = choice >> 1 & 1, kind = choice >> 2;
        guarded a = guarded_make(&r, 64 * n, sizeof(uint16_t));
        guarded b = guarded_copy(&r, &a, sizeof(uint16_t));
        if (kind == RQA__BITS_SMALL_SQUARE) {
            ref->small_square_row(a.data, q.data, n, centre, accumulate, missing);
            level.bits->small_square_row(b.data, q.data, n, centre, accumulate, missing);
        } else if (kind == RQA__BITS_SQUARE) {
            ref->square_row(a.data, q.data, n, centre, accumulate, missing);
            level.bits->square_row(b.data, q.data, n, centre, accumulate, missing);
        } else {
            ref->absolute_row(a.data, q.data, n, centre, accumulate, missing);
            level.bits->absolute_row(b.data, q.data, n, centre, accumulate, missing);
        }
        expect_equal(&b, &a, name[kind]);
        guarded_free(&a);
        guarded_free(&b);
    }
    guarded_free(&q);
}

static void check_sum_test(void)
{
    const size_t n = random_words(), n_rows = 1 + (size_t)rng_below(&r, MOST_ROWS);
    const int32_t lo = (int32_t)rng_below(&r, rng_below(&r, 4) ? 32002 : 2) - 1;
    const int32_t least = lo > 0 ? lo : 0;
    const int32_t hi = least + (int32_t)rng_below(&r, (uint64_t)(65536 - least));
    guarded term[MOST_ROWS];
    const uint16_t *rows[MOST_ROWS];
    for (size_t k = 0; k < n_rows; k++) {
        term[k] = guarded_make(&r, 64 * n, sizeof(uint16_t));
        for (size_t t = 0; t < 64 * n; t++) /* sums below, at, between and above the limits */
            ((uint16_t *)term[k].data)[t] =
                (uint16_t)((rng_below(&r, 3) ? rng_below(&r, (uint64_t)hi + 1) : (uint64_t)least) /
                           (rng_below(&r, 3) ? n_rows : 1));
        rows[k] = term[k].data;
    }
    guarded a = guarded_make(&r, n, sizeof(uint64_t)), c = guarded_make(&r, n, sizeof(uint64_t));
    guarded b = guarded_copy(&r, &a, sizeof(uint64_t)), d = guarded_copy(&r, &c, sizeof(uint64_t));
    const uint64_t open = ref->sum_test(a.data, c.data, rows, n_rows, n, lo, hi);
    const uint64_t got = level.bits->sum_test(b.data, d.data, rows, n_rows, n, lo, hi);
    ck_assert_msg(open == got, "%s, sum_test: another set of open words", level.name);
    expect_equal(&b, &a, "sum_test, sure");
    expect_equal(&d, &c, "sum_test, maybe");
    for (size_t k = 0; k < n_rows; k++)
        guarded_free(&term[k]);
    guarded_free(&a);
    guarded_free(&b);
    guarded_free(&c);
    guarded_free(&d);
}

static void check_words(void)
{
    const size_t n = random_words(), n_rows = 1 + (size_t)rng_below(&r, MOST_ROWS);
    guarded bits[MOST_ROWS];
    const uint64_t *rows[MOST_ROWS];
    for (size_t k = 0; k < n_rows; k++) {
        bits[k] = guarded_make(&r, n, sizeof(uint64_t));
        for (size_t t = 0; t < n; t++)
            ((uint64_t *)bits[k].data)[t] |= rng_next(&r) | rng_next(&r);
        rows[k] = bits[k].data;
    }
    guarded a = guarded_make(&r, n, sizeof(uint64_t));
    guarded b = guarded_copy(&r, &a, sizeof(uint64_t));
    ref->and_rows(a.data, rows, n_rows, n);
    level.bits->and_rows(b.data, rows, n_rows, n);
    expect_equal(&b, &a, "and_rows");
    ck_assert_msg(ref->count(a.data, n) == level.bits->count(a.data, n), "%s, count", level.name);
    level.bits->and_rows(bits[0].data, rows, n_rows, n); /* into one of the rows */
    expect_equal(&bits[0], &a, "and_rows in place");
    for (size_t k = 0; k < n_rows; k++)
        guarded_free(&bits[k]);
    guarded_free(&a);
    guarded_free(&b);
}

/* ---- run extraction: everything a block points to, for one side of the comparison ---- */

enum { TILE, DIAGONAL, COLUMN, ROW, EDGE, HIST_D, HIST_V, SCRATCH, OFFSETS, COLUMN_START, ROW_START,
       COLUMN_FIRST, ROW_FIRST, HIST_TIME, N_PARTS };

static const char *const part_name[N_PARTS] = {
    "the bits",  "diagonal", "column",        "row",          "edge",      "hist_diagonal",
    "hist_vertical", "scratch", "offset_points", "column_start", "row_start", "column_first",
    "row_first", "hist_time"};
static const size_t part_size[N_PARTS] = {8, 4, 4, 4, 1, 8, 8, 8, 8, 4, 4, 4, 4, 8};

typedef struct lines_side {
    guarded part[N_PARTS];
    rqa__bits_block block;
    uint64_t n_rare, rare_digest, gap_sum;
} lines_side;

static void on_rare(void *user, int kind, uint32_t index, uint32_t *run)
{
    lines_side *side = user;
    const rqa__bits_block *b = &side->block;
    const uint32_t *of_kind[] = {b->diagonal, b->column, b->row};
    const uint64_t bit = run ? (uint64_t)(run - of_kind[kind]) : 0;
    rng hash = {((uint64_t)(unsigned)kind << 60) ^ ((uint64_t)index << 20) ^ bit};
    side->n_rare++;
    side->rare_digest += rng_next(&hash); /* in any order */
}

/* Runs of random lengths: bits 0..width-1 of every row, the rest of it 0. */
static void fill_rows(uint64_t *bits, size_t n_rows, size_t stride, size_t width)
{
    const uint64_t mean = 1 + rng_below(&r, rng_below(&r, 2) ? 3 : 200);
    unsigned colour = 0;
    memset(bits, 0, n_rows * stride * sizeof *bits);
    for (size_t j = 0; j < n_rows; j++)
        for (size_t t = 0, left = 0; t < width; t++) {
            if (left-- == 0) {
                colour ^= 1;
                left = (size_t)rng_below(&r, 2 * mean);
            }
            bits[j * stride + t / 64] |= (uint64_t)colour << t % 64;
        }
    if (rng_below(&r, 4) == 0 && n_rows > 1) /* a row without a change */
        memcpy(bits + stride, bits, stride * sizeof *bits);
}

static void fill_runs(guarded *g, uint32_t around, uint32_t reach)
{
    uint32_t *run = g->data;
    for (size_t k = 0; k < g->n_bytes / sizeof *run; k++)
        run[k] = (2 * (around - (uint32_t)rng_below(&r, reach)) + (uint32_t)rng_below(&r, 2)) |
                 (rng_below(&r, 20) ? 0 : RQA__BITS_BORDER);
}

/* Missing vectors so far, for every cell that a block can have; now many, now few. */
static const uint32_t *draw_cuts(void)
{
    enum { N = 220000 };
    static uint32_t cuts[N];
    const int is_made = cuts[N - 1] != 0;
    for (size_t k = 1; k < N && !is_made; k++)
        cuts[k] = cuts[k - 1] + (rng_below(&r, k / 1000 % 2 ? 400 : 8) == 0);
    return cuts;
}

static void make_side(lines_side *s, int full)
{
    const size_t n_rows = 1 + (size_t)rng_below(&r, 9);
    const size_t width = 1 + (size_t)rng_below(&r, rng_below(&r, 2) ? 130 : 64 * 18);
    const size_t n_words = (width + 63) / 64;
    const size_t stride = (n_words + 7) / 8 * 8 + 1 + (size_t)rng_below(&r, 4);
    const uint32_t limit = (uint32_t)(width + 1 + rng_below(&r, 50));
    const size_t count[N_PARTS] = {
        (n_rows + 1) * stride, width,     width + n_rows, n_rows,         n_rows,
        2 * (size_t)limit,     2 * (size_t)limit,         RQA__BITS_SCRATCH(stride),
        width,                 width + n_rows,            n_rows,         width + n_rows,
        n_rows,                limit};
    memset(s, 0, sizeof *s);
    for (int k = 0; k < N_PARTS; k++)
        s->part[k] = guarded_make(&r, count[k], part_size[k]);
    rqa__bits_block *b = &s->block;
    *b = (rqa__bits_block){.stride = stride,
                           .n_words = n_words,
                           .n_rows = n_rows,
                           .width = width,
                           .first_row = 100000,
                           .first_end = 200000,
                           .edge_before = (uint8_t)rng_below(&r, 2),
                           .limit = limit,
                           .rare = on_rare};
    fill_rows(s->part[TILE].data, n_rows + 1, stride, width);
    fill_runs(&s->part[DIAGONAL], b->first_row, 2 * limit);
    fill_runs(&s->part[COLUMN], b->first_row, 2 * limit);
    fill_runs(&s->part[ROW], b->first_end + limit, 2 * limit);
    for (size_t k = 0; k < n_rows; k++)
        ((uint8_t *)s->part[EDGE].data)[k] = (uint8_t)rng_below(&r, 2);
    const int have = 1 + (int)rng_below(&r, 3); /* 1: diagonals, 2: columns and rows, 3: both */
    /* Pointers of what is wanted; use_side() turns these marks into addresses. */
    b->diagonal = have & 1 ? s->part[DIAGONAL].data : NULL;
    b->column = have & 2 ? s->part[COLUMN].data : NULL;
    b->row = have & 2 ? s->part[ROW].data : NULL;
    b->edge = have & 2 ? s->part[EDGE].data : NULL;
    if (full) {
        b->offset_points = have & 1 && rng_below(&r, 4) ? s->part[OFFSETS].data : NULL;
        b->square_row = b->first_row + (int64_t)rng_below(&r, n_rows + 2);
        b->square_column = b->first_row + (int64_t)rng_below(&r, n_rows + width + 2);
        b->column_start = have & 2 && rng_below(&r, 4) ? s->part[COLUMN_START].data : NULL;
        b->row_start = b->column_start ? s->part[ROW_START].data : NULL;
        b->column_first = b->column_start && rng_below(&r, 2) ? s->part[COLUMN_FIRST].data : NULL;
        b->row_first = b->column_first ? s->part[ROW_FIRST].data : NULL;
        b->cuts = rng_below(&r, 2) ? draw_cuts() : NULL;
        for (int k = COLUMN_START; k <= ROW_START; k++)
            for (size_t t = 0; t < count[k]; t++)
                ((uint32_t *)s->part[k].data)[t] =
                    rng_below(&r, 3) ? b->first_row - (uint32_t)rng_below(&r, 2 * limit) : 0;
    }
}

/* Points the block at the side's own arrays, where it has them. */
static void use_side(lines_side *s)
{
    rqa__bits_block *b = &s->block;
    b->bits = (const uint64_t *)s->part[TILE].data + b->stride;
    b->diagonal = b->diagonal ? s->part[DIAGONAL].data : NULL;
    b->column = b->column ? s->part[COLUMN].data : NULL;
    b->row = b->row ? s->part[ROW].data : NULL;
    b->edge = b->edge ? s->part[EDGE].data : NULL;
    b->hist_diagonal = s->part[HIST_D].data;
    b->hist_vertical = s->part[HIST_V].data;
    b->scratch = s->part[SCRATCH].data;
    b->offset_points = b->offset_points ? s->part[OFFSETS].data : NULL;
    b->column_start = b->column_start ? s->part[COLUMN_START].data : NULL;
    b->row_start = b->row_start ? s->part[ROW_START].data : NULL;
    b->column_first = b->column_first ? s->part[COLUMN_FIRST].data : NULL;
    b->row_first = b->row_first ? s->part[ROW_FIRST].data : NULL;
    b->hist_time = s->part[HIST_TIME].data;
    b->gap_sum = &s->gap_sum;
    b->user = s;
}

static void check_lines_of(int full)
{
    lines_side a, b;
    make_side(&a, full);
    b = a;
    for (int k = 0; k < N_PARTS; k++)
        b.part[k] = guarded_copy(&r, &a.part[k], part_size[k]);
    use_side(&a);
    use_side(&b);
    full ? ref->lines_full(&a.block) : ref->lines(&a.block);
    full ? level.bits->lines_full(&b.block) : level.bits->lines(&b.block);
    for (int k = 0; k < N_PARTS; k++) {
        ck_assert_msg(guarded_is_whole(&b.part[k]), "%s, lines: written outside %s", level.name,
                      part_name[k]);
        ck_assert_msg(k == SCRATCH || !memcmp(a.part[k].data, b.part[k].data, a.part[k].n_bytes),
                      "%s, lines: %s differs from ref", level.name, part_name[k]);
        guarded_free(&a.part[k]);
        guarded_free(&b.part[k]);
    }
    ck_assert_msg(a.n_rare == b.n_rare && a.rare_digest == b.rare_digest, "%s, lines: rare runs",
                  level.name);
    ck_assert_msg(a.gap_sum == b.gap_sum, "%s, lines: gap_sum", level.name);
}

static void check_lines(void)
{
    check_lines_of(0);
    check_lines_of(1);
}

/* Against the definition. */
static void check_transpose(void)
{
    guarded block = guarded_make(&r, 64, sizeof(uint64_t));
    uint64_t before[64];
    memcpy(before, block.data, sizeof before);
    level.bits->transpose(block.data);
    const uint64_t *after = (const uint64_t *)block.data;
    ck_assert_msg(guarded_is_whole(&block), "%s, transpose: written outside its output", level.name);
    for (unsigned k = 0; k < 64; k++)
        for (unsigned b = 0; b < 64; b++)
            ck_assert_msg((after[b] >> k & 1) == (before[k] >> b & 1), "%s, transpose: word %u bit %u",
                          level.name, b, k);
    guarded_free(&block);
}

START_TEST(kernels_equal_ref)
{
    static void (*const check[])(void) = {check_rank_row, check_rank_bounds, check_terms,
                                          check_sum_test, check_words,       check_lines,
                                          check_transpose};
    level = kernel_level_at(_i);
    for (uint64_t seed = 1; level.name && seed <= env_number("RQA_TEST_DRAWS", 600); seed++)
        for (size_t k = 0; k < sizeof check / sizeof *check; k++) {
            r.state = seed * 16 + k;
            check[k]();
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_bits");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, kernels_equal_ref, 0, KERNEL_LEVELS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
