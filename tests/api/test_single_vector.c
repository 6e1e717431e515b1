/* test_single_vector.c - one vector against many, many against one, one against one, and alone. In
 * a cross analysis each is a matrix like any other; a series by itself, or with a joint one, has no
 * second vector to recur with.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static const double one[] = {1};
static const double five[] = {1, 2, 1, 1, 5};

/* Profiles that have each strategy of the CPU chosen. */
static const double scales[2][2] = {{1, 1e6}, {1e6, 1}};

static rqa_context *context_for(int strategy)
{
    rqa_context *context = support_context(1);
    rqa_profile profile = {.struct_size = sizeof profile};
    ck_ok(rqa_context_get_profile(context, &profile));
    profile.bits_scale = scales[strategy][0];
    profile.sweep_scale = scales[strategy][1];
    ck_ok(rqa_context_set_profile(context, &profile));
    return context;
}

static rqa_metrics *analyze(rqa_context *context, const double *x, size_t n_x, const double *y,
                            size_t n_y, const rqa_analysis_options *o)
{
    rqa_series *sx = support_series(context, x, n_x, 1);
    rqa_series *sy = y ? support_series(context, y, n_y, 1) : NULL;
    rqa_embedding *ex = support_embedding(sx, 1, 1);
    rqa_embedding *ey = sy ? support_embedding(sy, 1, 1) : NULL;
    rqa_metrics *metrics = support_metrics(ex, ey, o);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    return metrics;
}

static void want(const rqa_metrics *m, int32_t measure, double value, int reason)
{
    double found = support_get(m, measure);
    ck_assert_msg(isnan(value) ? isnan(found) : support_close(found, value, 1e-15),
                  "%s = %.17g, not %.17g", rqa_measure_name(measure), found, value);
    ck_assert_int_eq(rqa_metrics_reason(m, measure), reason);
}

static void want_all(const rqa_metrics *m, int reason)
{
    for (int k = 0; k < RQA_MEASURES_DEFAULT_COUNT; k++)
        want(m, k, NAN, reason);
}

/* The column of 1 in a plot with y upwards: recurrent, white, recurrent twice, white. */
START_TEST(one_against_five)
{
    rqa_context *context = context_for(_i);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    rqa_metrics *m = analyze(context, one, 1, five, 5, &o);
    rqa_provenance p = {.struct_size = sizeof p};
    ck_ok(rqa_metrics_provenance(m, &p));
    ck_assert_msg(p.backend == RQA_BACKEND_GPU || p.backend == RQA_BACKEND_HYBRID ||
                      strcmp(p.strategy, _i ? "sweep" : "bits") == 0,
                  "by %s", p.strategy);
    want(m, RQA_MEASURE_RR, .6, 0);
    want(m, RQA_MEASURE_DET, 0, 0);
    want(m, RQA_MEASURE_L_MEAN, NAN, RQA_REASON_NO_LINE);
    want(m, RQA_MEASURE_L_MAX, 1, 0);
    want(m, RQA_MEASURE_LAM, 2. / 3, 0);
    want(m, RQA_MEASURE_TT, 2, 0);
    want(m, RQA_MEASURE_V_MAX, 2, 0);
    want(m, RQA_MEASURE_W_MEAN, 1, 0);
    want(m, RQA_MEASURE_T1, 1.5, 0);
    want(m, RQA_MEASURE_T2, 2, 0);
    want(m, RQA_MEASURE_RTE, 0, 0);
    want(m, RQA_MEASURE_TREND, NAN, RQA_REASON_FEW_OFFSETS);
    ck_assert_uint_eq(support_count(m, RQA_COUNT_PAIRS), 5);
    rqa_metrics_destroy(m);

    m = analyze(context, five, 5, one, 1, &o); /* each column is one cell */
    want(m, RQA_MEASURE_RR, .6, 0);
    want(m, RQA_MEASURE_LAM, 0, 0);
    want(m, RQA_MEASURE_TT, NAN, RQA_REASON_NO_LINE);
    want(m, RQA_MEASURE_V_MAX, 1, 0);
    want(m, RQA_MEASURE_T1, NAN, RQA_REASON_NO_PAIR);
    rqa_metrics_destroy(m);

    m = analyze(context, one, 1, one, 1, &o);
    want(m, RQA_MEASURE_RR, 1, 0);
    want(m, RQA_MEASURE_DET, 0, 0);
    want(m, RQA_MEASURE_L_MAX, 1, 0);
    want(m, RQA_MEASURE_W_MAX, NAN, RQA_REASON_NO_LINE);
    rqa_metrics_destroy(m);

    o.theiler = 1; /* leaves nothing of one cell, and four of five */
    m = analyze(context, one, 1, one, 1, &o);
    want(m, RQA_MEASURE_RR, NAN, RQA_REASON_NO_CELLS);
    want(m, RQA_MEASURE_DET, NAN, RQA_REASON_NO_POINTS);
    rqa_metrics_destroy(m);
    m = analyze(context, one, 1, five, 5, &o);
    want(m, RQA_MEASURE_RR, .5, 0);
    want(m, RQA_MEASURE_LAM, 1, 0);
    rqa_metrics_destroy(m);
    rqa_context_destroy(context);
}
END_TEST

/* Every convention, against the brute force. */
START_TEST(every_convention)
{
    rqa_context *context = context_for(_i);
    for (int32_t convention = 0; convention < 9; convention++) {
        if (convention == RQA_CONVENTION_NEUROKIT)
            continue; /* no cross analysis */
        for (int shape = 0; shape < 3; shape++) {
            size_t n_x = shape == 0 ? 1 : shape == 1 ? 5 : 1, n_y = shape == 0 ? 5 : 1;
            const brute_series x = {five, n_x, 1, 1, 1}, y = {five, n_y, 1, 1, 1};
            rqa_analysis_options o = support_options(convention, _i, .5);
            rqa_metrics *m = analyze(context, five, n_x, five, n_y, &o);
            brute_matrix matrix = brute_recurrence(&x, &y, RQA_RELATION_CROSS, o.norm,
                                                   brute_compare(&o), .5, -1);
            brute_result brute;
            brute_measure(&brute, &matrix, RQA_RELATION_CROSS, &o);
            char what[64];
            snprintf(what, sizeof what, "%s, %zu x %zu", rqa_convention_name(convention), n_x, n_y);
            support_compare(m, &brute, RQA_MEASURES_DEFAULT, what);
            int is_founding = convention == RQA_CONVENTION_FOUNDING;
            ck_assert_int_eq(rqa_metrics_reason(m, RQA_MEASURE_RR),
                             is_founding ? RQA_REASON_SERIES_TOO_SHORT : 0);
            brute_result_free(&brute);
            brute_matrix_free(&matrix);
            rqa_metrics_destroy(m);
        }
    }
    rqa_context_destroy(context);
}
END_TEST

/* Distances of 1 from 1 2 1 1 5: 0 1 0 0 4. */
START_TEST(in_units_of_the_diameter)
{
    rqa_context *context = context_for(_i);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .25);
    o.threshold_unit = RQA_THRESHOLD_MAX_DIAMETER;
    rqa_metrics *m = analyze(context, one, 1, five, 5, &o);
    want(m, RQA_MEASURE_RR, .8, 0);
    rqa_metrics_destroy(m);
    o.threshold_unit = RQA_THRESHOLD_MEAN_DIAMETER; /* 1 */
    o.threshold = 1;
    m = analyze(context, five, 5, one, 1, &o);
    want(m, RQA_MEASURE_RR, .8, 0);
    rqa_metrics_destroy(m);
    rqa_context_destroy(context);
}
END_TEST

/* A series by itself has no second vector, nor has a joint pair. */
START_TEST(alone_is_too_short)
{
    rqa_context *context = context_for(_i);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    rqa_metrics *m = analyze(context, one, 1, NULL, 0, &o);
    want_all(m, RQA_REASON_SERIES_TOO_SHORT);
    rqa_metrics_destroy(m);
    o.theiler = 0; /* not even with the one cell kept */
    m = analyze(context, one, 1, NULL, 0, &o);
    want_all(m, RQA_REASON_SERIES_TOO_SHORT);
    rqa_metrics_destroy(m);
    o.relation = RQA_RELATION_JOINT;
    m = analyze(context, one, 1, one, 1, &o);
    want_all(m, RQA_REASON_SERIES_TOO_SHORT);
    rqa_metrics_destroy(m);
    rqa_context_destroy(context);
}
END_TEST

/* Matrices are never too short: they are what they are. */
START_TEST(from_bytes)
{
    static const uint8_t column[] = {1, 0, 1, 1, 0};
    rqa_context *context = support_context(1);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 0);
    rqa_matrix *matrix = NULL;
    rqa_metrics *m = NULL;
    o.relation = RQA_RELATION_CROSS;
    ck_ok(rqa_matrix_from_bytes(&matrix, context, column, 5, 1, 0)); /* five rows of one column */
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    want(m, RQA_MEASURE_RR, .6, 0);
    want(m, RQA_MEASURE_LAM, 2. / 3, 0);
    want(m, RQA_MEASURE_TT, 2, 0);
    want(m, RQA_MEASURE_T2, 2, 0);
    rqa_metrics_destroy(m);
    rqa_matrix_destroy(matrix);
    ck_ok(rqa_matrix_from_bytes(&matrix, context, column, 1, 5, 0));
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    want(m, RQA_MEASURE_RR, .6, 0);
    want(m, RQA_MEASURE_LAM, 0, 0);
    rqa_metrics_destroy(m);
    rqa_matrix_destroy(matrix);
    ck_ok(rqa_matrix_from_bytes(&matrix, context, column, 1, 1, 0));
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    want(m, RQA_MEASURE_RR, 1, 0);
    rqa_metrics_destroy(m);
    o.relation = RQA_RELATION_AUTO; /* its only cell is the main diagonal's */
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    want(m, RQA_MEASURE_RR, NAN, RQA_REASON_NO_CELLS);
    want(m, RQA_MEASURE_DET, NAN, RQA_REASON_NO_POINTS);
    rqa_metrics_destroy(m);
    rqa_matrix_destroy(matrix);
    rqa_context_destroy(context);
}
END_TEST

/* The plot of one against five, and back into measures. */
START_TEST(as_a_matrix)
{
    rqa_context *context = context_for(_i);
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, .5);
    rqa_series *sx = support_series(context, one, 1, 1), *sy = support_series(context, five, 5, 1);
    rqa_embedding *ex = support_embedding(sx, 1, 1), *ey = support_embedding(sy, 1, 1);
    rqa_matrix *matrix = NULL;
    ck_ok(rqa_matrix_create(&matrix, ex, ey, &o));
    uint8_t cell[5];
    ck_ok(rqa_matrix_unpack(matrix, 0, 5, cell, 0));
    ck_assert_mem_eq(cell, "\1\0\1\1\0", 5);
    rqa_metrics *m = NULL;
    o.relation = RQA_RELATION_CROSS;
    ck_ok(rqa_metrics_from_matrix(&m, matrix, &o));
    want(m, RQA_MEASURE_LAM, 2. / 3, 0);
    rqa_metrics_destroy(m);
    rqa_matrix_destroy(matrix);
    rqa_embedding_destroy(ex);
    rqa_embedding_destroy(ey);
    rqa_series_destroy(sx);
    rqa_series_destroy(sy);
    rqa_context_destroy(context);
}
END_TEST

typedef struct rows {
    double value[4][2][2]; /* item, dim, rr and lam */
    uint8_t reason[4][2][2];
} rows;

static int on_event(const rqa_batch_event *event, void *user)
{
    rows *r = user;
    if (event->type != RQA_EVENT_ITEM_COMPLETED)
        return 0;
    memcpy(r->value[event->item], event->values, sizeof r->value[0]);
    memcpy(r->reason[event->item], event->reasons, sizeof r->reason[0]);
    return 0;
}

/* 1 3 in two dims is one vector, (1, 3); of 1 3 1 3 3 they are (1,3) (3,1) (1,3) (3,3). */
START_TEST(in_a_batch)
{
    static const double two[] = {1, 3}, many[] = {1, 3, 1, 3, 3};
    static const uint32_t dims[] = {2, 3};
    rqa_context *context = context_for(_i);
    rqa_series *short_one = support_series(context, two, 2, 1);
    rqa_series *long_one = support_series(context, many, 5, 1);
    const double threshold = .5;
    const uint32_t delay = 1;
    rqa_analysis_options o = support_options(0, RQA_NORM_EUCLIDEAN, 0);
    o.measures = RQA_MEASURE_BIT(RQA_MEASURE_RR) | RQA_MEASURE_BIT(RQA_MEASURE_LAM);
    rqa_batch_options grid;
    rqa_batch_options_init(&grid);
    grid.n_dims = 2;
    grid.dims = dims;
    grid.n_delays = 1;
    grid.delays = &delay;
    grid.n_thresholds = 1;
    grid.thresholds = &threshold;
    grid.analysis = &o;
    rqa_batch *batch = NULL;
    ck_ok(rqa_batch_create(&batch, context, &grid));
    const struct {
        const rqa_series *x, *y;
        int32_t relation;
    } item[] = {{short_one, long_one, RQA_RELATION_CROSS},
                {long_one, short_one, RQA_RELATION_CROSS},
                {short_one, short_one, RQA_RELATION_JOINT},
                {short_one, NULL, RQA_RELATION_AUTO}};
    for (size_t k = 0; k < 4; k++) {
        rqa_batch_item it = {.struct_size = sizeof it, .norm = -1, .relation = item[k].relation};
        it.x = item[k].x;
        it.y = item[k].y;
        ck_ok(rqa_batch_add(batch, &it));
    }
    rows r;
    memset(&r, 0x55, sizeof r);
    ck_ok(rqa_batch_run(batch, on_event, &r));
    for (int k = 0; k < 4; k++) {
        int too_short = k < 2 ? 0 : RQA_REASON_SERIES_TOO_SHORT;
        ck_assert_int_eq(r.reason[k][0][0], too_short);
        ck_assert_int_eq(r.reason[k][1][0], RQA_REASON_SERIES_TOO_SHORT); /* no vector at all */
        ck_assert(isnan(r.value[k][1][0]) && isnan(r.value[k][0][0]) == (k >= 2));
    }
    ck_assert_double_eq(r.value[0][0][0], .5);
    ck_assert_double_eq(r.value[1][0][0], .5);
    ck_assert_double_eq(r.value[0][0][1], 0);
    rqa_batch_destroy(batch);
    rqa_series_destroy(short_one);
    rqa_series_destroy(long_one);
    rqa_context_destroy(context);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("single vector");
    TCase *tcase = tcase_create("single vector");
    tcase_add_loop_test(tcase, one_against_five, 0, 2);
    tcase_add_loop_test(tcase, every_convention, 0, 2);
    tcase_add_loop_test(tcase, in_units_of_the_diameter, 0, 2);
    tcase_add_loop_test(tcase, alone_is_too_short, 0, 2);
    tcase_add_loop_test(tcase, as_a_matrix, 0, 2);
    tcase_add_loop_test(tcase, in_a_batch, 0, 2);
    tcase_add_test(tcase, from_bytes);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
