/* test_oracles.c - numbers that others have published, and closed forms: the tables of rqa verify.
 *
 * Every number is asked of the library and of tests/brute, so that it pins both.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"
#include "verify_case.h"

static rqa_context *context;

static void setup(void)
{
    context = support_context(2);
}

static void teardown(void)
{
    rqa_context_destroy(context);
}

typedef struct both {
    rqa_metrics *api;
    brute_result brute;
} both;

static brute_series series_of(const verify_input *input, double *value)
{
    size_t n = input->fill(value, input->a, input->b) / input->n_channels;
    return (brute_series){value, n, input->n_channels, input->dim, input->delay};
}

static rqa_embedding *embedding_of(const brute_series *x)
{
    rqa_series *series = support_series(context, x->value, x->n_samples, x->n_channels);
    rqa_embedding *embedding = support_embedding(series, x->dim, x->delay);
    rqa_series_destroy(series);
    return embedding;
}

static both analyze_series(const verify_case *c, const rqa_analysis_options *o)
{
    static double values[2][VERIFY_MOST_VALUES];
    both result;
    brute_series x = series_of(&c->x, values[0]), y = x;
    rqa_embedding *ex = embedding_of(&x), *ey = NULL;
    if (c->y.fill) {
        y = series_of(&c->y, values[1]);
        ey = embedding_of(&y);
    }
    result.api = support_metrics(ex, ey, o);
    brute_matrix m = brute_recurrence(&x, ey ? &y : NULL, o->relation, o->norm, brute_compare(o),
                                      o->threshold, o->threshold_y);
    brute_measure(&result.brute, &m, o->relation, o);
    brute_matrix_free(&m);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    return result;
}

static both analyze_matrix(const verify_case *c, const rqa_analysis_options *o)
{
    both result;
    uint8_t *cell = calloc(c->n_rows, c->n_columns);
    verify_cells(cell, c);
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_from_bytes(&matrix, context, cell, c->n_rows, c->n_columns, 0));
    ck_ok(rqa_metrics_from_matrix(&result.api, matrix, o));
    rqa_matrix_destroy(matrix);
    brute_matrix m = {.nx = c->n_columns, .ny = c->n_rows, .samples_x = c->n_columns,
                      .samples_y = c->n_rows, .given = 1, .cell = cell};
    brute_measure(&result.brute, &m, o->relation, o);
    brute_matrix_free(&m);
    return result;
}

static void want_number(const verify_want *want, const char *where, double brute, double api)
{
    const char *name = want->kind == VERIFY_MEASURE ? rqa_measure_name(want->which) : "count";
    ck_assert_msg(fabs(brute - want->value) <= want->tolerance,
                  "%s: brute: %s %d = %.17g, expected %.17g", where, name, want->which, brute,
                  want->value);
    ck_assert_msg(fabs(api - want->value) <= want->tolerance,
                  "%s: %s %d = %.17g, expected %.17g", where, name, want->which, api, want->value);
}

static void want_lines(const verify_want *want, const char *where, const both *result)
{
    uint64_t lines = 0, expected = 0, pairs[128];
    size_t n = 0;
    for (const char *text = want->lines; *text; n++) {
        char *end;
        pairs[2 * n] = strtoull(text, &end, 10);
        pairs[2 * n + 1] = strtoull(end + 1, &end, 10);
        text = end + (*end != 0);
    }
    for (size_t length = 0; length <= result->brute.limit; length++)
        lines += result->brute.histogram[want->which][length];
    for (size_t k = 0; k < n; k++) {
        uint64_t brute = result->brute.histogram[want->which][pairs[2 * k]];
        ck_assert_msg(brute == pairs[2 * k + 1], "%s: brute: %" PRIu64 " lines of %" PRIu64, where,
                      brute, pairs[2 * k]);
        expected += pairs[2 * k + 1];
    }
    ck_assert_uint_eq(lines, expected);
    support_expect_histogram(result->api, want->which, pairs, n);
}

static uint64_t brute_count(const both *result, int32_t count)
{
    if (count == RQA_COUNT_POINTS)
        return result->brute.points;
    if (count == RQA_COUNT_PAIRS)
        return result->brute.pairs;
    return support_count(result->api, count); /* of samples and vectors, which are given */
}

static void check_case(const verify_case *c)
{
    rqa_analysis_options o;
    char where[200];
    verify_options(&o, c);
    snprintf(where, sizeof where, "%s, %s", c->source, c->name);
    both r = c->cell ? analyze_matrix(c, &o) : analyze_series(c, &o);
    for (const verify_want *want = c->want; want < c->want + c->n_wants; want++) {
        if (want->kind == VERIFY_LINES)
            want_lines(want, where, &r);
        else if (want->kind == VERIFY_COUNT)
            want_number(want, where, (double)brute_count(&r, want->which),
                        (double)support_count(r.api, want->which));
        else
            want_number(want, where, r.brute.value[want->which], support_get(r.api, want->which));
    }
    rqa_metrics_destroy(r.api);
    brute_result_free(&r.brute);
}

START_TEST(published)
{
    size_t n = 0;
    const verify_case *cases = verify_published(&n);
    ck_assert_uint_eq(n, 9);
    check_case(&cases[_i]);
}
END_TEST

START_TEST(closed_forms)
{
    size_t n = 0;
    const verify_case *cases = verify_closed_forms(&n);
    ck_assert_uint_eq(n, 17);
    check_case(&cases[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("oracles");
    TCase *tcase = tcase_create("published");
    size_t n_published = 0, n_closed = 0;
    verify_published(&n_published);
    verify_closed_forms(&n_closed);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, published, 0, (int)n_published);
    tcase_add_loop_test(tcase, closed_forms, 0, (int)n_closed);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
