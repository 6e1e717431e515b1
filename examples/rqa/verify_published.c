/* verify_published.c - numbers that other packages have published (oracles 1 to 4 of CONVENTIONS). */
#include "verify_case.h"

/* As printed, to six or three decimals; or exactly. */
#define SIX(measure, value) {VERIFY_MEASURE, RQA_MEASURE_##measure, value, 5.1e-7, 0}
#define THREE(measure, value) {VERIFY_MEASURE, RQA_MEASURE_##measure, value, 5.1e-4, 0}
#define EXACT(measure, value) {VERIFY_MEASURE, RQA_MEASURE_##measure, value, 1e-15, 0}
#define COUNT(count, value) {VERIFY_COUNT, RQA_COUNT_##count, value, 0, 0}
#define LINES(histogram, text) {VERIFY_LINES, RQA_HISTOGRAM_##histogram, 0, 0, text}

static const verify_want pyrqa_1[] = {
    EXACT(RR, 45. / 121),  SIX(RR, .371901),      SIX(DET, .411765),    SIX(L_MEAN, 2.333333),
    SIX(L_MAX, 3),         SIX(DIV, .333333),     SIX(L_ENTR, .636514), SIX(LAM, .4),
    SIX(TT, 2.571429),     SIX(V_MAX, 4),         SIX(V_ENTR, .955700), SIX(W_MEAN, 2.538462),
    SIX(W_MAX, 6),         SIX(W_ENTR, .839796),  SIX(DET_RR, 1.107190), SIX(LAM_DET, .971429),
    COUNT(POINTS, 45),     COUNT(PAIRS, 121),     COUNT(SAMPLES_X, 13), COUNT(VECTORS_Y, 11)};

static const verify_want pyrqa_0[] = {SIX(DET, .555556),    SIX(L_MEAN, 3.571429), SIX(L_MAX, 11),
                                      SIX(L_ENTR, .955700), SIX(LAM_DET, .72),     SIX(LAM, .4),
                                      EXACT(RR, 45. / 121)};

static const verify_want pyrqa_cross[] = {
    SIX(RR, .319444),  SIX(DET, .521739),    SIX(L_MEAN, 2.4), SIX(L_MAX, 3),
    SIX(DIV, .333333), SIX(L_ENTR, .673012), SIX(LAM, .434783), SIX(TT, 2.5),
    SIX(V_MAX, 3),     SIX(V_ENTR, .693147), SIX(W_MEAN, 3.5), SIX(W_MAX, 8),
    SIX(W_ENTR, 1.424130)};

static const verify_want pyrqa_exchanged[] = {SIX(RR, .319444), SIX(DET, .521739),
                                              SIX(LAM, .478261), SIX(TT, 2.2)};

static const verify_want pyunicorn[] = {
    LINES(DIAGONAL, "1:4 8:2 9:2"),
    LINES(VERTICAL, "3:1 4:2 5:5 6:2"),
    LINES(WHITE, "1:2 2:1 3:2 4:2 5:3 6:2 7:1"),
    EXACT(RR, .48),
    EXACT(DET, 34. / 38),
    EXACT(L_MEAN, 8.5),
    EXACT(TT, 4.8),
    {VERIFY_MEASURE, RQA_MEASURE_L_ENTR, .69314718055994531 /* ln 2 */, 1e-12, 0},
    SIX(V_ENTR, 1.220607),
    SIX(W_ENTR, 1.884871)};

/* RecurrenceAnalysis.jl's vertical histogram is that of runs down the rows of a column, so rows are j
 * and columns i. */
static const uint8_t small[][2] = {
    {1, 1}, {2, 2}, {3, 2}, {6, 2}, {7, 2}, {8, 2},  {6, 3}, {7, 3},  {10, 3},  {2, 4},  {4, 4},
    {1, 5}, {2, 5}, {3, 5}, {5, 5}, {9, 5}, {10, 5}, {2, 6}, {3, 6},  {6, 6},   {7, 6},  {10, 6},
    {3, 7}, {8, 7}, {4, 8}, {1, 9}, {5, 9}, {7, 9},  {9, 9}, {9, 10}, {10, 10}, {3, 11}, {7, 11}};

static const verify_want whole_1[] = {
    LINES(DIAGONAL, "1:11 2:7 3:1 5:1"), LINES(VERTICAL, "1:15 2:6 3:2"), EXACT(RR, 33. / 110),
    EXACT(DET, 1), EXACT(L_MEAN, 33. / 20), EXACT(L_MAX, 5), EXACT(DIV, .2), THREE(L_ENTR, .996),
    EXACT(LAM, 1), EXACT(TT, 33. / 23), EXACT(V_MAX, 3)};

/* 23 vertical lines in 11 columns, each of which has one: 12 pairs of successive lines, and as many
 * white lines between them. The package tests a trend of -0.0338 per sample, to 1e-4. */
static const verify_want whole_2[] = {
    EXACT(DET, 22. / 33), EXACT(L_MEAN, 22. / 9), THREE(L_ENTR, .684), EXACT(LAM, 18. / 33),
    EXACT(TT, 18. / 8), LINES(WHITE, "1:4 2:4 3:3 4:1"), LINES(RECURRENCE_TIME, "2:3 4:8 5:1"),
    {VERIFY_MEASURE, RQA_MEASURE_TREND, -33.8306, 1e-4, 0}};

static const verify_want band_1[] = {
    LINES(DIAGONAL, "1:9 2:4 5:1"), LINES(VERTICAL, "1:10 2:3 3:2"), EXACT(RR, 22. / 110),
    EXACT(L_MEAN, 22. / 14), THREE(L_ENTR, .830), EXACT(TT, 22. / 15)};

/* 2.1.1 centres the offsets of the trend on (b + w)/2, b = n - border, where 2.1.0 had b/2 and so
 * -0.0122 per sample. */
static const verify_want band_2[] = {
    EXACT(DET, 13. / 22), EXACT(L_MEAN, 13. / 5), THREE(L_ENTR, .500), EXACT(LAM, 12. / 22),
    EXACT(TT, 12. / 5), {VERIFY_MEASURE, RQA_MEASURE_TREND, -17.9072, 1e-4, 0}};

#define PYRQA_X {verify_pyrqa_x, 0, 0, 1, 2, 2}
#define CROSS_X {verify_cross_x, 0, 0, 1, 2, 1}
#define CROSS_Y {verify_cross_y, 0, 0, 1, 2, 2}
#define PYRQA(e) .convention = RQA_CONVENTION_PYRQA, .norm = RQA_NORM_EUCLIDEAN, .threshold = (e)
#define SMALL(w, l)                                                                                \
    .source = "RecurrenceAnalysis.jl, test/smallmatrix.jl", .cell = small,                         \
    .n_cells = sizeof small / sizeof *small, .n_rows = 10, .n_columns = 11,                        \
    .convention = RQA_CONVENTION_RECURRENCEANALYSIS, .theiler = (w), .lmin = (l),                  \
    .trend_border = 1, .white_border = RQA_WHITE_BORDER_EXCLUDE

static const verify_case cases[] = {
    {.source = "PyRQA 8.0.0, README, Classic RQA", .name = "theiler 1", .x = PYRQA_X, PYRQA(.65),
     .theiler = 1, VERIFY_WANTS(pyrqa_1)},
    {.source = "PyRQA 8.0.0, README, Classic RQA", .name = "theiler 0", .x = PYRQA_X, PYRQA(.65),
     .theiler = 0, VERIFY_WANTS(pyrqa_0)},
    {.source = "PyRQA 8.0.0, README, Cross RQA", .name = "x with y", .x = CROSS_X, .y = CROSS_Y,
     PYRQA(.73), .theiler = -1, VERIFY_WANTS(pyrqa_cross)},
    {.source = "PyRQA 8.0.0, README, Cross RQA", .name = "y with x", .x = CROSS_Y, .y = CROSS_X,
     PYRQA(.73), .theiler = -1, VERIFY_WANTS(pyrqa_exchanged)},
    {.source = "pyunicorn 0.8, tests/timeseries", .name = "create_test_data",
     .x = {verify_sines, 0, 0, 6, 1, 1}, .convention = RQA_CONVENTION_PYUNICORN,
     .norm = RQA_NORM_MAXIMUM, .threshold = .8, .theiler = -1, VERIFY_WANTS(pyunicorn)},
    {.name = "theiler 0, lmin 1", SMALL(0, 1), VERIFY_WANTS(whole_1)},
    {.name = "theiler 0, lmin 2", SMALL(0, 2), VERIFY_WANTS(whole_2)},
    {.name = "theiler 2, lmin 1", SMALL(2, 1), VERIFY_WANTS(band_1)},
    {.name = "theiler 2, lmin 2", SMALL(2, 2), VERIFY_WANTS(band_2)}};

const verify_case *verify_published(size_t *n)
{
    *n = sizeof cases / sizeof *cases;
    return cases;
}
