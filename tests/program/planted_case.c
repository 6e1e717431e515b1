/* planted_case.c - a table for rqa verify with numbers that are wrong, in place of
 * verify_published.c: the program must say so. */
#include "verify_case.h"

/* PyRQA's example has 45 points; its determinism is right here. */
static const verify_want wants[] = {{VERIFY_COUNT, RQA_COUNT_POINTS, 46, 0, 0},
                                    {VERIFY_MEASURE, RQA_MEASURE_DET, .411765, 5.1e-7, 0},
                                    {VERIFY_MEASURE, RQA_MEASURE_RR, .371911, 5.1e-7, 0},
                                    {VERIFY_LINES, RQA_HISTOGRAM_DIAGONAL, 0, 0, "1:20 2:4"}};

static const verify_case cases[] = {{.source = "nobody",
                                     .name = "planted",
                                     .x = {verify_pyrqa_x, 0, 0, 1, 2, 2},
                                     .convention = RQA_CONVENTION_PYRQA,
                                     .norm = RQA_NORM_EUCLIDEAN,
                                     .threshold = .65,
                                     .theiler = 1,
                                     VERIFY_WANTS(wants)}};

const verify_case *verify_published(size_t *n)
{
    *n = 1;
    return cases;
}
