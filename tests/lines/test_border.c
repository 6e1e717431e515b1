/* test_border.c - border lines: the table of oracles, closed forms, and brute force over all rules. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { LINE = 1024, MOST = 400, CHANNELS = 4, N_RULES = 9 };

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

/* ---- 05_border ---- */

/* All channels; how many samples. */
static size_t read_series(const char *name, double *value, size_t *n_channels)
{
    char path[512];
    size_t n = 0, most = (size_t)strtoul(strchr(name, ':') + 1, NULL, 10);
    snprintf(path, sizeof path, "%s/series/%.*s.txt", RQA_TEST_ORACLES, (int)strcspn(name, "["), name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    char line[LINE];
    while (n < most && fgets(line, sizeof line, file)) {
        char *at = line, *end;
        for (*n_channels = 0; value[CHANNELS * n + *n_channels] = strtod(at, &end), end != at; at = end)
            ++*n_channels;
        n++;
    }
    fclose(file);
    for (size_t k = 0; k < n * *n_channels; k++) /* close the gaps */
        value[k] = value[k / *n_channels * CHANNELS + k % *n_channels];
    return n;
}

static double number_after(const char *text, const char *key)
{
    const char *found = strstr(text, key);
    ck_assert_msg(found != NULL, "%s in %s", key, text);
    return strtod(found + strlen(key), NULL);
}

/* The tables call the rules censi:longest, censi_semi:longest, censi:loi. */
static int32_t rule_of(const char *text)
{
    char name[40];
    int32_t rule;
    snprintf(name, sizeof name, "%s", strstr(text, "border=") + strlen("border="));
    char *variant = strchr(name, ':');
    if (variant) {
        const int loi = strcmp(variant, ":loi") == 0;
        *variant = 0;
        strcat(name, loi ? "-loi" : "");
    }
    for (char *c = name; *c; c++)
        *c = *c == '_' ? '-' : *c;
    ck_ok(rqa_border_from_name(&rule, name));
    return rule;
}

static uint64_t lines_of(const rqa_metrics *m, int points)
{
    const rqa_line_bin *bin;
    size_t n;
    uint64_t sum = 0;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bin, &n));
    for (size_t k = 0; k < n; k++)
        sum += points ? bin[k].length * bin[k].count : bin[k].count;
    return sum;
}

static void check_row(char *const *cell)
{
    static double x[CHANNELS * (MOST + 1)];
    size_t n_channels = 0;
    const size_t n = read_series(cell[0], x, &n_channels);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, number_after(cell[1], "threshold="));
    o.theiler = (int64_t)number_after(cell[1], "theiler=");
    o.border = rule_of(cell[1]);
    rqa_series *series = support_series(context, x, n, n_channels);
    rqa_embedding *embedding = support_embedding(series, (uint32_t)number_after(cell[1], "dim="),
                                                 (uint32_t)number_after(cell[1], "delay="));
    rqa_metrics *m = support_metrics(embedding, NULL, &o);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    const char *what = cell[2];
    const double want = strtod(cell[3], NULL);
    const double got = strcmp(what, "lines") == 0         ? (double)lines_of(m, 0)
                       : strcmp(what, "line_points") == 0 ? (double)lines_of(m, 1)
                       : strcmp(what, "l_max") == 0       ? support_get(m, RQA_MEASURE_L_MAX)
                       : strcmp(what, "det") == 0         ? support_get(m, RQA_MEASURE_DET)
                       : strcmp(what, "l_mean") == 0      ? support_get(m, RQA_MEASURE_L_MEAN)
                                                          : support_get(m, RQA_MEASURE_L_ENTR);
    if (strncmp(cell[3], "undefined", 9) == 0 || strcmp(cell[3], "nan") == 0)
        ck_assert_msg(isnan(got), "%s %s %s: %g", cell[0], cell[1], what, got);
    else
        ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want), "%s %s %s: %.17g for %s", cell[0], cell[1],
                      what, got, cell[3]);
    rqa_metrics_destroy(m);
}

START_TEST(table)
{
    char path[512], line[LINE];
    int n_rows = 0;
    snprintf(path, sizeof path, "%s/05_border.tsv", RQA_TEST_ORACLES);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (fgets(line, sizeof line, file)) {
        char *cell[5], *rest = line;
        if (line[0] == '#')
            continue;
        for (int k = 0; k < 5; k++) {
            cell[k] = rest;
            rest += strcspn(rest, "\t\n");
            *rest++ = 0;
        }
        check_row(cell);
        n_rows++;
    }
    fclose(file);
    ck_assert_int_eq(n_rows, 192);
}
END_TEST

/* ---- closed forms ---- */

/* Period 7, 100 samples: 14 diagonals on either side, each one line. */
START_TEST(periodic)
{
    double x[100];
    for (int k = 0; k < 100; k++)
        x[k] = k % 7;
    rqa_analysis_options o = support_options(0, RQA_NORM_MAXIMUM, 0);
    const uint64_t all = 28;
    for (o.border = 0; o.border < N_RULES; o.border++) {
        rqa_metrics *m = support_analyze(context, x, 100, 1, 1, &o);
        if (o.border == RQA_BORDER_ALL) {
            ck_assert_uint_eq(lines_of(m, 0), all);
        } else if (o.border <= RQA_BORDER_DIBO_SEMI) {
            ck_assert_uint_eq(lines_of(m, 0), 0);
            ck_assert_int_ne(rqa_metrics_reason(m, RQA_MEASURE_L_MEAN), RQA_REASON_DEFINED);
        } else {
            const uint64_t length = o.border >= RQA_BORDER_CENSI_LOI ? 100 : 93;
            const uint64_t want[] = {length, o.border <= RQA_BORDER_KELO_SEMI ? 2 : all};
            support_expect_histogram(m, RQA_HISTOGRAM_DIAGONAL, want, 1);
            ck_near(support_get(m, RQA_MEASURE_L_ENTR), 0, 0);
            ck_near(support_get(m, RQA_MEASURE_L_MEAN), (double)length, 0);
        }
        ck_near(support_get(m, RQA_MEASURE_RR), 1330. / 9900, 1e-15);
        rqa_metrics_destroy(m);
    }
}
END_TEST

/* ---- brute force ---- */

typedef struct plot {
    size_t n_x, n_y;
    uint8_t *cell; /* [j * n_x + i] */
    uint64_t theiler;
    int has_loi;
} plot;

/* The histogram by the text of the manual, from cells. */
static void brute(const plot *p, int32_t border, uint64_t *count, size_t room)
{
    const int what = border == 0 ? 0 : border <= 2 ? 1 : border <= 4 ? 2 : 3;
    const int semi = border == RQA_BORDER_DIBO_SEMI || border == RQA_BORDER_KELO_SEMI ||
                     border == RQA_BORDER_CENSI_SEMI || border == RQA_BORDER_CENSI_SEMI_LOI;
    uint64_t *other = calloc(room, sizeof *other), *loi = calloc(room, sizeof *loi);
    uint64_t n_border = 0, longest[2] = {0, 0}, *all = calloc(room, sizeof *all);
    memset(count, 0, room * sizeof *count);
    for (int64_t k = 1 - (int64_t)p->n_x; k < (int64_t)p->n_y; k++) {
        const int64_t first = k < 0 ? -k : 0;
        const int64_t end = (int64_t)p->n_x < (int64_t)p->n_y - k ? (int64_t)p->n_x : (int64_t)p->n_y - k;
        if ((uint64_t)llabs(k) < p->theiler)
            continue;
        for (int64_t i = first, n; i < end; i += n + 1) {
            for (n = 0; i + n < end && p->cell[(size_t)((i + n + k) * (int64_t)p->n_x + i + n)];)
                n++;
            if (n == 0)
                continue;
            const int begins = i == first, ends = i + n == end;
            all[n]++;
            if (k == 0 && p->has_loi)
                loi[n]++;
            else if (semi ? begins || ends : begins && ends) {
                n_border++;
                if ((uint64_t)n > longest[k < 0])
                    longest[k < 0] = (uint64_t)n;
            } else
                other[n]++;
        }
    }
    if (what == 0 || n_border == 0) {
        memcpy(count, all, room * sizeof *count);
    } else {
        for (size_t n = 0; n < room; n++)
            count[n] = other[n] + (what == 2 ? 0 : loi[n]);
        for (int side = 0; side < 2; side++)
            count[longest[side]] += what == 2 && longest[side];
        const uint64_t most = longest[0] > longest[1] ? longest[0] : longest[1];
        const uint64_t diagonal = p->n_x < p->n_y ? p->n_x : p->n_y;
        if (what == 3)
            count[border >= RQA_BORDER_CENSI_LOI ? diagonal : most] += n_border;
    }
    free(other);
    free(loi);
    free(all);
}

static void expect_brute(const rqa_metrics *m, const uint64_t *count, size_t room, const char *what)
{
    const rqa_line_bin *bin;
    size_t n, k = 0;
    double points = 0, kept = 0, lines = 0, longest = 0;
    ck_ok(rqa_metrics_histogram(m, RQA_HISTOGRAM_DIAGONAL, &bin, &n));
    for (size_t length = 1; length < room; length++) {
        if (count[length] == 0)
            continue;
        ck_assert_msg(k < n && bin[k].length == length && bin[k].count == count[length],
                      "%s: %llu lines of %zu wanted", what, (unsigned long long)count[length], length);
        k++;
        points += (double)(length * count[length]);
        longest = (double)length;
        kept += length >= 2 ? (double)(length * count[length]) : 0;
        lines += length >= 2 ? (double)count[length] : 0;
    }
    ck_assert_msg(k == n, "%s: %zu classes for %zu", what, n, k);
    if (lines > 0) {
        ck_assert(support_close(support_get(m, RQA_MEASURE_DET), kept / points, 1e-14));
        ck_assert(support_close(support_get(m, RQA_MEASURE_L_MEAN), kept / lines, 1e-14));
        ck_assert(support_close(support_get(m, RQA_MEASURE_L_MAX), longest, 0));
        ck_assert(support_close(support_get(m, RQA_MEASURE_DIV), 1 / longest, 0));
    }
}

/* Smooth and rough, long and short, with missing samples, by all norms. */
static rqa_series *draw(rng *r, size_t n)
{
    double *x = malloc(n * sizeof *x);
    rqa_series_options o;
    rqa_series *series;
    const int smooth = rng_below(r, 3) > 0;
    for (size_t k = 0; k < n; k++) {
        x[k] = smooth && k ? x[k - 1] + .3 * rng_gauss(r) : rng_gauss(r);
        if (smooth && rng_below(r, 90) == 0 && k)
            x[k] = -x[k - 1];
    }
    for (size_t k = 0; k < n; k++)
        if (rng_below(r, 150) == 0)
            x[k] = NAN;
    rqa_series_options_init(&o);
    o.missing = RQA_MISSING_SKIP;
    ck_ok(rqa_series_create(&series, context, x, n, 1, &o));
    free(x);
    return series;
}

static void compare_all(rng *r, int relation)
{
    enum { ROOM = 200 };
    static uint64_t count[ROOM];
    const size_t n = 20 + rng_below(r, 60);
    const size_t n_other = relation == RQA_RELATION_CROSS ? 20 + rng_below(r, 60) : n;
    const uint32_t dim = 1 + (uint32_t)rng_below(r, 2), delay = 1 + (uint32_t)rng_below(r, 3);
    rqa_series *a = draw(r, n), *b = relation ? draw(r, n_other) : NULL;
    rqa_embedding *x = support_embedding(a, dim, delay), *y = b ? support_embedding(b, dim, delay) : NULL;
    rqa_analysis_options o = support_options(0, (int32_t)rng_below(r, 3), .2 + 2.5 * rng_uniform(r));
    rqa_matrix *matrix;
    o.relation = relation;
    o.theiler = (int64_t)rng_below(r, 4);
    if (rqa_series_n_missing(a) * dim < n / 2 && (!b || rqa_series_n_missing(b) * dim < n_other / 2)) {
        ck_ok(rqa_matrix_create(&matrix, x, y, &o));
        plot p = {rqa_matrix_n_columns(matrix), rqa_matrix_n_rows(matrix), NULL, (uint64_t)o.theiler,
                  relation != RQA_RELATION_CROSS};
        p.cell = malloc(p.n_x * p.n_y);
        ck_ok(rqa_matrix_unpack(matrix, 0, p.n_y, p.cell, 0));
        for (o.border = 0; o.border < N_RULES; o.border++) {
            char what[120];
            rqa_metrics *of_matrix, *m = support_metrics(x, y, &o);
            snprintf(what, sizeof what, "%s, relation %d, norm %d, theiler %d, %zu x %zu",
                     rqa_border_name(o.border), relation, (int)o.norm, (int)o.theiler, p.n_x, p.n_y);
            brute(&p, o.border, count, ROOM);
            expect_brute(m, count, ROOM, what);
            ck_ok(rqa_metrics_from_matrix(&of_matrix, matrix, &o));
            expect_brute(of_matrix, count, ROOM, what);
            rqa_metrics_destroy(of_matrix);
            rqa_metrics_destroy(m);
        }
        free(p.cell);
        rqa_matrix_destroy(matrix);
    }
    rqa_embedding_destroy(x);
    rqa_embedding_destroy(y);
    rqa_series_destroy(a);
    rqa_series_destroy(b);
}

START_TEST(brute_force)
{
    rng r = {(uint64_t)_i + 1};
    for (int k = 0; k < 60; k++)
        compare_all(&r, _i % 3);
}
END_TEST

/* A sweep is the single analyses, in every dialect. */
START_TEST(sweeps)
{
    enum { N = 90, DIMS = 2, THRESHOLDS = 3 };
    static const uint32_t dims[DIMS] = {1, 3}, delays[1] = {2}, lmins[2] = {2, 4};
    static const double thresholds[THRESHOLDS] = {.3, .9, 2};
    static double values[DIMS * THRESHOLDS * 2 * RQA_MEASURES_DEFAULT_COUNT];
    double x[N];
    rng r = {4};
    for (int k = 0; k < N; k++)
        x[k] = sin(.2 * k) + .1 * rng_gauss(&r);
    rqa_series *series = support_series(context, x, N, 1);
    for (int32_t border = 0; border < N_RULES; border++) {
        rqa_batch *batch;
        rqa_batch_options b;
        rqa_batch_item item = {.struct_size = sizeof item, .norm = -1, .relation = -1, .x = series};
        rqa_analysis_options o =
            support_options(border % 2 ? RQA_CONVENTION_NEUROKIT : RQA_CONVENTION_STANDARD, 0, 0);
        o.border = border;
        rqa_batch_options_init(&b);
        b.dims = dims, b.delays = delays, b.thresholds = thresholds, b.lmins = lmins;
        b.n_dims = DIMS, b.n_delays = 1, b.n_thresholds = THRESHOLDS, b.n_lmins = 2;
        b.analysis = &o;
        ck_ok(rqa_batch_create(&batch, context, &b));
        ck_ok(rqa_batch_add(batch, &item));
        ck_ok(rqa_batch_set_table(batch, values, NULL, DIMS * THRESHOLDS * 2));
        ck_ok(rqa_batch_run(batch, NULL, NULL));
        for (uint64_t row = 0; row < DIMS * THRESHOLDS * 2; row++) {
            rqa_batch_row at = {.struct_size = sizeof at};
            ck_ok(rqa_batch_row_at(batch, row, &at));
            o.threshold = at.threshold;
            o.lmin = at.lmin;
            rqa_metrics *m = support_analyze(context, x, N, at.dim, at.delay, &o);
            for (int32_t k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
                ck_assert(support_close(values[row * RQA_MEASURES_DEFAULT_COUNT + (uint64_t)k], support_get(m, k), 0));
            rqa_metrics_destroy(m);
        }
        rqa_batch_destroy(batch);
    }
    rqa_series_destroy(series);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("border");
    TCase *tcase = tcase_create("border");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, table);
    tcase_add_test(tcase, periodic);
    tcase_add_loop_test(tcase, brute_force, 0, 6);
    tcase_add_test(tcase, sweeps);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
