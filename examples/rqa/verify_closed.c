/* verify_closed.c - series whose counts and measures follow from a formula (oracle 5 of CONVENTIONS).
 *
 * tests/measures/test_closed_forms.c has the formulas over many parameters; these are one or two each.
 */
#include "verify_case.h"

/* Sums are rounded, so measures are near; counts are not. */
#define NEAR(measure, value) {VERIFY_MEASURE, RQA_MEASURE_##measure, value, 1e-12, 0}
#define EXACT(measure, value) {VERIFY_MEASURE, RQA_MEASURE_##measure, value, 0, 0}
#define POINTS(value) {VERIFY_COUNT, RQA_COUNT_POINTS, value, 0, 0}
#define LINES(histogram, text) {VERIFY_LINES, RQA_HISTOGRAM_##histogram, 0, 0, text}

/* M vectors, all equal: det 1 - (lmin-1) lmin / (M (M-1)), l_mean (lmin+M-1)/2, l_entr ln(M-lmin). */
static const verify_want constant_2[] = {POINTS(60 * 59),        EXACT(RR, 1),
                                         NEAR(DET, 1 - 2. / 3540), NEAR(L_MEAN, 30.5),
                                         EXACT(L_MAX, 59),       NEAR(L_ENTR, 4.060443010546419)};
static const verify_want constant_7[] = {NEAR(DET, 1 - 42. / 3540), NEAR(L_MEAN, 33),
                                         NEAR(L_ENTR, 3.970291913552122)};

/* N samples of period T, D = (N-1) div T: on either side a line of N-dT for each d <= D; l_entr ln D.
 * Without a band every recurrence time is T, so that their entropy is 0. */
static const verify_want period_1[] = {
    POINTS(1330), NEAR(RR, 1330. / 9900), EXACT(DET, 1), NEAR(L_MEAN, 47.5), EXACT(L_MAX, 93), NEAR(DIV, 1. / 93),
    NEAR(L_ENTR, 2.6390573296152584),
    LINES(DIAGONAL, "2:2 9:2 16:2 23:2 30:2 37:2 44:2 51:2 58:2 65:2 72:2 79:2 86:2 93:2"),
    EXACT(T1, 7), EXACT(T2, 7), EXACT(RTE, 0)};
static const verify_want period_0[] = {EXACT(T1, 7), EXACT(T2, 7), EXACT(RTE, 0)};

/* k = floor(threshold): 2 sum_{j=1..k} (M-j) points, l_mean M-(k+1)/2, l_entr ln k. */
static const verify_want ramp_6[] = {POINTS(1158), NEAR(RR, 1158. / 9900), EXACT(DET, 1),
                                     NEAR(L_MEAN, 96.5), NEAR(L_ENTR, 1.791759469228055)};
static const verify_want ramp_3[] = {POINTS(588), NEAR(RR, 588. / 9900), NEAR(L_MEAN, 98),
                                     NEAR(L_ENTR, 1.0986122886681098)};

/* A word of n letters occurs once, one of n-1 as often as there are letters, and that at both ends
 * once more. */
static const verify_want longest_7[] = {EXACT(L_MAX, 7)}, words_7[] = {POINTS(260)},
                         words_8[] = {POINTS(0)};
static const verify_want longest_4[] = {EXACT(L_MAX, 4)}, words_4[] = {POINTS(492)};
static const verify_want longest_3[] = {EXACT(L_MAX, 3)}, words_3[] = {POINTS(776)};

/* n steps round a circle, chord(k) < threshold < chord(k+1): n (2k+1) points with the diagonal. */
static const verify_want circle_0[] = {POINTS(72)}, circle_4[] = {POINTS(540)},
                         circle_5[] = {POINTS(792)}, circle_34[] = {POINTS(4968)};

#define CLOSED(what, e, w)                                                                         \
    .source = "closed form", .name = what, .convention = RQA_CONVENTION_STANDARD,                  \
    .threshold = (e), .theiler = (w)
#define MAXIMUM .norm = RQA_NORM_MAXIMUM
#define EUCLIDEAN .norm = RQA_NORM_EUCLIDEAN
#define BRUIJN(letters, word, m) .x = {verify_de_bruijn, letters, word, 1, m, 1}, MAXIMUM

static const verify_case cases[] = {
    {CLOSED("constant, M = 60, lmin 2", 0, 1), .x = {verify_constant, 60, 0, 1, 1, 1}, MAXIMUM,
     .lmin = 2, VERIFY_WANTS(constant_2)},
    {CLOSED("constant, M = 60, lmin 7", 0, 1), .x = {verify_constant, 60, 0, 1, 1, 1}, MAXIMUM,
     .lmin = 7, VERIFY_WANTS(constant_7)},
    {CLOSED("period 7, N = 100", .5, 1), .x = {verify_period, 100, 7, 1, 1, 1}, MAXIMUM,
     VERIFY_WANTS(period_1)},
    {CLOSED("period 7, N = 100, theiler 0", .5, 0), .x = {verify_period, 100, 7, 1, 1, 1}, MAXIMUM,
     VERIFY_WANTS(period_0)},
    {CLOSED("ramp, M = 100, threshold 6", 6, 1), .x = {verify_ramp, 100, 0, 1, 1, 1}, EUCLIDEAN,
     VERIFY_WANTS(ramp_6)},
    {CLOSED("ramp, M = 100, threshold 3.5", 3.5, 1), .x = {verify_ramp, 100, 0, 1, 1, 1},
     .norm = RQA_NORM_MANHATTAN, VERIFY_WANTS(ramp_3)},
    {CLOSED("de Bruijn B(2,8), dim 1", 0, 1), BRUIJN(2, 8, 1), VERIFY_WANTS(longest_7)},
    {CLOSED("de Bruijn B(2,8), dim 7", 0, 1), BRUIJN(2, 8, 7), VERIFY_WANTS(words_7)},
    {CLOSED("de Bruijn B(2,8), dim 8", 0, 1), BRUIJN(2, 8, 8), VERIFY_WANTS(words_8)},
    {CLOSED("de Bruijn B(3,5), dim 1", 0, 1), BRUIJN(3, 5, 1), VERIFY_WANTS(longest_4)},
    {CLOSED("de Bruijn B(3,5), dim 4", 0, 1), BRUIJN(3, 5, 4), VERIFY_WANTS(words_4)},
    {CLOSED("de Bruijn B(4,4), dim 1", 0, 1), BRUIJN(4, 4, 1), VERIFY_WANTS(longest_3)},
    {CLOSED("de Bruijn B(4,4), dim 3", 0, 1), BRUIJN(4, 4, 3), VERIFY_WANTS(words_3)},
    {CLOSED("circle, n = 72, k = 0", .043619387365336, 0), .x = {verify_circle, 72, 0, 2, 1, 1},
     EUCLIDEAN, VERIFY_WANTS(circle_0)},
    {CLOSED("circle, n = 60, k = 4", .46673073592028, 0), .x = {verify_circle, 60, 0, 2, 1, 1},
     EUCLIDEAN, VERIFY_WANTS(circle_4)},
    {CLOSED("circle, n = 72, k = 5", .4752586590406236, 0), .x = {verify_circle, 72, 0, 2, 1, 1},
     EUCLIDEAN, VERIFY_WANTS(circle_5)},
    {CLOSED("circle, n = 72, k = 34", 1.9952429196736032, 0), .x = {verify_circle, 72, 0, 2, 1, 1},
     EUCLIDEAN, VERIFY_WANTS(circle_34)}};

const verify_case *verify_closed_forms(size_t *n)
{
    *n = sizeof cases / sizeof *cases;
    return cases;
}
