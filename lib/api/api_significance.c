/* api_significance.c - the calls of rqa/significance.h. */
#include "rqa/significance.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/memory.h"
#include "batch/line_bootstrap.h"
#include "batch/surrogate_test.h"

/* Sizes of the structs in release 0.3.0. */
enum {
    TEST_OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_test_options, progress_user),
    RESULT_SMALLEST = RQA__SIZE_THROUGH(rqa_test_result, n_at_least),
    BOOTSTRAP_OPTIONS_SMALLEST = RQA__SIZE_THROUGH(rqa_bootstrap_options, reserved),
    LINES_SMALLEST = RQA__SIZE_THROUGH(rqa_line_counts, n_vertical),
    INTERVAL_SMALLEST = RQA__SIZE_THROUGH(rqa_interval, n_lines),
};

void rqa_test_options_init_sized(rqa_test_options *options, size_t size)
{
    const rqa_test_options defaults = {.struct_size = sizeof defaults, .dim = 1, .delay = 1};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_test_create(rqa_test **out, const rqa_series *x, const rqa_series *y,
                           const rqa_surrogates *surrogates, const rqa_test_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!x)
        return rqa__fail_null("x");
    if (!surrogates)
        return rqa__fail_null("surrogates");
    rqa_test_options full;
    rqa_test_options_init(&full);
    int status = rqa__options_read(&full, sizeof full, TEST_OPTIONS_SMALLEST, options, "options");
    return status ? status : rqa__test_new(out, x, y, surrogates, &full);
}

void rqa_test_destroy(rqa_test *test)
{
    RQA__ENTRY;
    rqa__test_free(test);
}

/* Where a measure's numbers are. */
static int find_measure(const rqa_test *test, int32_t measure, int32_t *column)
{
    if (measure < 0 || measure >= RQA_MEASURE_COUNT)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %" PRId32 "; allowed is 0..%d", measure,
                         RQA_MEASURE_COUNT - 1);
    *column = test->column[measure];
    if (*column < 0)
        return rqa__fail(RQA_ERROR_STATE, "%s was not tested: it is not in options->analysis->measures",
                         rqa_measure_name(measure));
    return RQA_OK;
}

rqa_status rqa_test_get(const rqa_test *test, int32_t measure, rqa_test_result *out)
{
    int32_t column = 0;
    if (!test)
        return rqa__fail_null("test");
    if (!out)
        return rqa__fail_null("out");
    int status = find_measure(test, measure, &column);
    return status ? status
                  : rqa__output_write(out, test->result + column, sizeof *out, RESULT_SMALLEST, "out");
}

rqa_status rqa_test_values(const rqa_test *test, int32_t measure, const double **values, size_t *n)
{
    int32_t column = 0;
    if (!test)
        return rqa__fail_null("test");
    if (!values)
        return rqa__fail_null("values");
    if (!n)
        return rqa__fail_null("n");
    int status = find_measure(test, measure, &column);
    if (status)
        return status;
    *values = test->value + (size_t)column * (1 + test->n_surrogates) + 1;
    *n = test->n_surrogates;
    return RQA_OK;
}

void rqa_bootstrap_options_init_sized(rqa_bootstrap_options *options, size_t size)
{
    const rqa_bootstrap_options defaults = {
        .struct_size = sizeof defaults, .count = 1000, .seed = 1, .level = .95};
    rqa__options_fill(options, size, &defaults, sizeof defaults);
}

rqa_status rqa_bootstrap_create(rqa_bootstrap **out, const rqa_metrics *const *metrics,
                                size_t n_metrics, const rqa_bootstrap_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!metrics)
        return rqa__fail_null("metrics");
    if (n_metrics == 0)
        return rqa__fail(RQA_ERROR_VALUE, "n_metrics is 0; at least 1 is needed");
    for (size_t k = 0; k < n_metrics; k++)
        if (!metrics[k])
            return rqa__fail(RQA_ERROR_NULL, "metrics[%zu] is NULL", k);
    rqa_bootstrap_options full;
    rqa_bootstrap_options_init(&full);
    int status =
        rqa__options_read(&full, sizeof full, BOOTSTRAP_OPTIONS_SMALLEST, options, "options");
    if (status)
        return status;
    rqa_line_counts *lines = rqa__alloc_array(n_metrics, sizeof *lines);
    if (!lines)
        return rqa__fail_memory("the bootstrap");
    for (size_t k = 0; k < n_metrics; k++)
        lines[k] = rqa__lines_of_metrics(metrics[k]);
    status = rqa__bootstrap_new(out, lines, n_metrics, &full);
    rqa__free(lines);
    return status;
}

/* The k-th of structs that may be shorter or longer than ours. */
static int read_lines(rqa_line_counts *out, const rqa_line_counts *lines, size_t k)
{
    memset(out, 0, sizeof *out);
    return rqa__options_read(out, sizeof *out, LINES_SMALLEST,
                             (const unsigned char *)lines + k * lines->struct_size, "lines");
}

rqa_status rqa_bootstrap_create_from_lines(rqa_bootstrap **out, const rqa_line_counts *lines,
                                           size_t n_results, const rqa_bootstrap_options *options)
{
    RQA__ENTRY;
    if (!out)
        return rqa__fail_null("out");
    *out = NULL;
    if (!lines)
        return rqa__fail_null("lines");
    if (n_results == 0)
        return rqa__fail(RQA_ERROR_VALUE, "n_results is 0; at least 1 is needed");
    rqa_bootstrap_options full;
    rqa_bootstrap_options_init(&full);
    int status =
        rqa__options_read(&full, sizeof full, BOOTSTRAP_OPTIONS_SMALLEST, options, "options");
    if (status)
        return status;
    rqa_line_counts *own = rqa__alloc_array(n_results, sizeof *own);
    if (!own)
        return rqa__fail_memory("the bootstrap");
    for (size_t k = 0; k < n_results && !status; k++)
        status = read_lines(own + k, lines, k);
    if (!status)
        status = rqa__bootstrap_new(out, own, n_results, &full);
    rqa__free(own);
    return status;
}

void rqa_bootstrap_destroy(rqa_bootstrap *bootstrap)
{
    RQA__ENTRY;
    rqa__bootstrap_free(bootstrap);
}

rqa_status rqa_bootstrap_get(const rqa_bootstrap *bootstrap, size_t result, int32_t measure,
                             rqa_interval *out)
{
    if (!bootstrap)
        return rqa__fail_null("bootstrap");
    if (!out)
        return rqa__fail_null("out");
    if (result >= bootstrap->n_results)
        return rqa__fail(RQA_ERROR_VALUE, "result is %zu; there are %zu", result, bootstrap->n_results);
    if (measure < 0 || measure >= RQA_MEASURE_COUNT)
        return rqa__fail(RQA_ERROR_VALUE, "measure is %" PRId32 "; allowed is 0..%d", measure,
                         RQA_MEASURE_COUNT - 1);
    const int column = rqa__bootstrap_column(measure);
    if (column < 0)
        return rqa__fail(RQA_ERROR_UNSUPPORTED,
                         "%s has no interval; det l_mean l_entr lam tt v_entr have one",
                         rqa_measure_name(measure));
    const uint32_t needed = column < 3 ? RQA__TALLY_DIAGONAL : RQA__TALLY_VERTICAL;
    if (!(bootstrap->tallies & needed))
        return rqa__fail(RQA_ERROR_STATE, "the lines of %s were not counted: it is not in "
                                          "options->measures", rqa_measure_name(measure));
    const rqa_interval *full =
        bootstrap->interval + result * RQA__BOOTSTRAP_MEASURES + (size_t)column;
    return rqa__output_write(out, full, sizeof *full, INTERVAL_SMALLEST, "out");
}
