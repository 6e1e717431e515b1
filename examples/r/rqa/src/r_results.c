/* r_results.c - what librqa has computed as R's lists, vectors and matrices. Handles stay with the
 * job, so an allocation of R's that fails loses nothing. */
#include <string.h>

#include "r_glue.h"

static SEXP named(SEXPTYPE type, int n, const char *const *names)
{
    SEXP list = PROTECT(Rf_allocVector(type, n)), labels = PROTECT(Rf_allocVector(STRSXP, n));
    for (int k = 0; k < n; k++)
        SET_STRING_ELT(labels, k, Rf_mkCharCE(names[k], CE_UTF8));
    Rf_setAttrib(list, R_NamesSymbol, labels);
    UNPROTECT(2);
    return list;
}

SEXP r_list(int n, const char *const *names)
{
    return named(VECSXP, n, names);
}

SEXP r_numbers(int n, const char *const *names)
{
    return named(REALSXP, n, names);
}

SEXP r_failure(rqa_status status, const char *text)
{
    static const char *const names[] = {"status", "message"};
    SEXP list = PROTECT(r_list(2, names));
    SET_VECTOR_ELT(list, 0, Rf_mkString(rqa_status_name(status)));
    SEXP message = PROTECT(Rf_allocVector(STRSXP, 1));
    SET_STRING_ELT(message, 0, Rf_mkCharCE(text, CE_UTF8));
    SET_VECTOR_ELT(list, 1, message);
    Rf_setAttrib(list, R_ClassSymbol, PROTECT(Rf_mkString("rqa_failure")));
    UNPROTECT(3);
    return list;
}

static SEXP numbers(const double *values, size_t n)
{
    SEXP out = Rf_allocVector(REALSXP, (R_xlen_t)n);
    if (n)
        memcpy(REAL(out), values, n * sizeof *values);
    return out;
}

static SEXP text_or_na(const char *text)
{
    SEXP out = PROTECT(Rf_allocVector(STRSXP, 1));
    SET_STRING_ELT(out, 0, text ? Rf_mkCharCE(text, CE_UTF8) : NA_STRING);
    UNPROTECT(1);
    return out;
}

/* ---- one analysis ---- */

/* The measures of a mask, by number; those of a mask of 0 are librqa's default. */
static SEXP measures_of(uint64_t mask)
{
    int32_t measures[RQA_MEASURE_COUNT];
    const size_t n = host_measures(measures, mask);
    SEXP out = Rf_allocVector(INTSXP, (R_xlen_t)n);
    memcpy(INTEGER(out), measures, n * sizeof *measures);
    return out;
}

static SEXP provenance_list(const rqa_provenance *p)
{
    static const char *const names[] = {
        "backend", "threads", "convention", "compare", "lmin", "vmin", "wmin", "theiler_points",
        "theiler_diagonal", "theiler_vertical", "threshold", "threshold_y", "threshold_lower",
        "rr_reached", "ties_at_threshold", "kernels", "strategy", "reason", "version"};
    SEXP list = PROTECT(r_list(19, names));
    const double values[] = {p->lmin, p->vmin, p->wmin, (double)p->theiler_points,
                             (double)p->theiler_diagonal, (double)p->theiler_vertical, p->threshold,
                             p->threshold_y, p->threshold_lower, p->rr_reached,
                             (double)p->ties_at_threshold};
    SET_VECTOR_ELT(list, 0, text_or_na(rqa_backend_name(p->backend)));
    SET_VECTOR_ELT(list, 1, Rf_ScalarReal(p->n_threads));
    SET_VECTOR_ELT(list, 2, text_or_na(rqa_convention_name(p->convention)));
    SET_VECTOR_ELT(list, 3, text_or_na(host_option_name("compare", (size_t)p->compare)));
    for (int k = 0; k < 11; k++)
        SET_VECTOR_ELT(list, 4 + k, Rf_ScalarReal(values[k]));
    SET_VECTOR_ELT(list, 15, text_or_na(p->kernels));
    SET_VECTOR_ELT(list, 16, text_or_na(p->strategy));
    SET_VECTOR_ELT(list, 17, text_or_na(p->reason));
    SET_VECTOR_ELT(list, 18, text_or_na(p->version));
    UNPROTECT(1);
    return list;
}

/* Two columns, length and count; NULL where no measure needed it. */
static SEXP histogram(const rqa_metrics *metrics, int32_t which)
{
    const rqa_line_bin *bins;
    size_t n;
    if (rqa_metrics_histogram(metrics, which, &bins, &n))
        return R_NilValue;
    SEXP out = Rf_allocMatrix(REALSXP, (int)n, 2);
    for (size_t k = 0; k < n; k++) {
        REAL(out)[k] = (double)bins[k].length;
        REAL(out)[k + n] = (double)bins[k].count;
    }
    return out;
}

/* Rows: measure, lower, upper, mean, std, lines, skipped. */
static SEXP intervals(const rqa_bootstrap *bootstrap)
{
    static const int32_t measures[] = {RQA_MEASURE_DET, RQA_MEASURE_L_MEAN, RQA_MEASURE_L_ENTR,
                                       RQA_MEASURE_LAM, RQA_MEASURE_TT, RQA_MEASURE_V_ENTR};
    if (!bootstrap)
        return R_NilValue;
    SEXP out = Rf_allocMatrix(REALSXP, 7, 6);
    for (int k = 0; k < 6; k++) {
        rqa_interval interval;
        interval.struct_size = sizeof interval;
        double *column = REAL(out) + 7 * k;
        column[0] = rqa_bootstrap_get(bootstrap, 0, measures[k], &interval) ? -1 : measures[k];
        column[1] = interval.lower;
        column[2] = interval.upper;
        column[3] = interval.mean;
        column[4] = interval.std;
        column[5] = (double)interval.n_lines;
        column[6] = interval.n_skipped;
    }
    return out;
}

static SEXP analysis(const host_job *job)
{
    static const char *const names[] = {"values", "reasons", "counts", "histograms", "provenance",
                                        "intervals", "measures"};
    const host_results *results = host_job_results(job);
    const rqa_metrics *metrics = results->metrics;
    SEXP list = PROTECT(r_list(7, names));
    SEXP values = Rf_allocVector(REALSXP, RQA_MEASURE_COUNT);
    SET_VECTOR_ELT(list, 0, values);
    SEXP reasons = Rf_allocVector(INTSXP, RQA_MEASURE_COUNT);
    SET_VECTOR_ELT(list, 1, reasons);
    for (int32_t m = 0; m < RQA_MEASURE_COUNT; m++) {
        rqa_metrics_get(metrics, m, &REAL(values)[m]);
        INTEGER(reasons)[m] = rqa_metrics_reason(metrics, m);
    }
    SEXP counts = r_numbers(HOST_N_COUNTS, host_count_names);
    SET_VECTOR_ELT(list, 2, counts);
    for (int32_t c = 0; c < HOST_N_COUNTS; c++) {
        uint64_t count = 0;
        rqa_metrics_count(metrics, c, &count);
        REAL(counts)[c] = (double)count;
    }
    SEXP histograms = r_list(HOST_N_HISTOGRAMS, host_histogram_names);
    SET_VECTOR_ELT(list, 3, histograms);
    for (int32_t h = 0; h < HOST_N_HISTOGRAMS; h++)
        SET_VECTOR_ELT(histograms, h, histogram(metrics, h));
    rqa_provenance provenance;
    provenance.struct_size = sizeof provenance;
    rqa_metrics_provenance(metrics, &provenance);
    SET_VECTOR_ELT(list, 4, provenance_list(&provenance));
    SET_VECTOR_ELT(list, 5, intervals(results->bootstrap));
    SET_VECTOR_ELT(list, 6, measures_of(host_job_request(job)->analysis.measures));
    UNPROTECT(1);
    return list;
}

/* ---- many at once ---- */

static SEXP windows_list(const host_job *job)
{
    static const char *const names[] = {"places", "values", "reasons", "measures", "provenance"};
    const rqa_windows *windows = host_job_results(job)->windows;
    const size_t n = rqa_windows_count(windows);
    SEXP list = PROTECT(r_list(5, names));
    SEXP places = Rf_allocMatrix(REALSXP, (int)n, 6);
    SET_VECTOR_ELT(list, 0, places);
    for (size_t k = 0; k < n; k++) {
        rqa_window window;
        window.struct_size = sizeof window;
        rqa_windows_at(windows, k, &window);
        const double row[] = {(double)window.start, (double)window.end, window.centre,
                              (double)window.pairs, (double)window.points, window.threshold};
        for (size_t c = 0; c < 6; c++)
            REAL(places)[k + c * n] = row[c];
    }
    SEXP measures = measures_of(host_job_request(job)->analysis.measures);
    SET_VECTOR_ELT(list, 3, measures);
    const int m = (int)XLENGTH(measures);
    SEXP values = Rf_allocMatrix(REALSXP, (int)n, m);
    SET_VECTOR_ELT(list, 1, values);
    SEXP reasons = Rf_allocMatrix(INTSXP, (int)n, m);
    SET_VECTOR_ELT(list, 2, reasons);
    for (int c = 0; c < m; c++) {
        const double *value;
        const uint8_t *reason;
        rqa_windows_values(windows, INTEGER(measures)[c], &value, &reason, NULL);
        for (size_t k = 0; k < n; k++) {
            REAL(values)[k + (size_t)c * n] = value[k];
            INTEGER(reasons)[k + (size_t)c * n] = reason[k];
        }
    }
    rqa_provenance provenance;
    provenance.struct_size = sizeof provenance;
    rqa_windows_provenance(windows, &provenance);
    SET_VECTOR_ELT(list, 4, provenance_list(&provenance));
    UNPROTECT(1);
    return list;
}

static SEXP grid_items(rqa_batch *batch)
{
    const uint64_t n = rqa_batch_size(batch, RQA_BATCH_ITEMS);
    SEXP out = PROTECT(Rf_allocVector(STRSXP, (R_xlen_t)n));
    for (uint64_t k = 0; k < n; k++) {
        const char *text;
        char plain[HOST_TEXT_SIZE] = "";
        if (rqa_batch_item_status(batch, k, &text))
            host_copy_text(plain, text);
        SET_STRING_ELT(out, (R_xlen_t)k, Rf_mkCharCE(plain, CE_UTF8));
    }
    UNPROTECT(1);
    return out;
}

/* Columns: item, dim, delay, threshold, lmin, vmin. */
static SEXP grid_settings(const rqa_batch *batch, size_t n)
{
    SEXP out = Rf_allocMatrix(REALSXP, (int)n, 6);
    for (size_t k = 0; k < n; k++) {
        rqa_batch_row row;
        row.struct_size = sizeof row;
        rqa_batch_row_at(batch, k, &row);
        const double values[] = {(double)row.item, row.dim, row.delay, row.threshold, row.lmin, row.vmin};
        for (size_t c = 0; c < 6; c++)
            REAL(out)[k + c * n] = values[c];
    }
    return out;
}

static SEXP grid_list(const host_job *job)
{
    static const char *const names[] = {"settings", "values", "reasons", "measures", "items", "reached"};
    const host_results *results = host_job_results(job);
    const size_t n = (size_t)rqa_batch_size(results->batch, RQA_BATCH_ROWS);
    const size_t m = (size_t)rqa_batch_size(results->batch, RQA_BATCH_MEASURES);
    SEXP list = PROTECT(r_list(6, names));
    SET_VECTOR_ELT(list, 0, grid_settings(results->batch, n));
    SEXP values = Rf_allocMatrix(REALSXP, (int)n, (int)m);
    SET_VECTOR_ELT(list, 1, values);
    SEXP reasons = Rf_allocMatrix(INTSXP, (int)n, (int)m);
    SET_VECTOR_ELT(list, 2, reasons);
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < m; c++) {
            REAL(values)[k + c * n] = results->values[k * m + c];
            INTEGER(reasons)[k + c * n] = results->reasons[k * m + c];
        }
    SET_VECTOR_ELT(list, 3, measures_of(host_job_request(job)->analysis.measures));
    SET_VECTOR_ELT(list, 4, grid_items(results->batch));
    if (results->reached)
        SET_VECTOR_ELT(list, 5, numbers(results->reached, 2 * n));
    UNPROTECT(1);
    return list;
}

/* ---- the others ---- */

static SEXP profile_list(const rqa_lag_profile *profile)
{
    static const char *const names[] = {"first", "values", "lag_of_max"};
    int64_t first, lag;
    size_t n;
    rqa_lag_profile_lags(profile, &first, &n);
    rqa_lag_profile_lag_of_max(profile, &lag, NULL);
    SEXP list = PROTECT(r_list(3, names));
    SET_VECTOR_ELT(list, 0, Rf_ScalarReal((double)first));
    SEXP values = Rf_allocMatrix(REALSXP, (int)n, 3);
    SET_VECTOR_ELT(list, 1, values);
    for (int32_t q = 0; q < 3; q++) {
        const double *of;
        rqa_lag_profile_values(profile, q, &of);
        memcpy(REAL(values) + (size_t)q * n, of, n * sizeof *of);
    }
    SET_VECTOR_ELT(list, 2, Rf_ScalarReal((double)lag));
    UNPROTECT(1);
    return list;
}

static SEXP suggestion_list(const rqa_suggestion *suggestion)
{
    static const char *const names[] = {"values", "rules", "curves", "warnings"};
    SEXP list = PROTECT(r_list(4, names));
    SEXP values = r_numbers(HOST_N_PICKS, host_pick_names);
    SET_VECTOR_ELT(list, 0, values);
    SEXP rules = Rf_allocVector(STRSXP, HOST_N_PICKS);
    SET_VECTOR_ELT(list, 1, rules);
    for (int32_t k = 0; k < HOST_N_PICKS; k++) {
        rqa_suggestion_value(suggestion, k, &REAL(values)[k]);
        SET_STRING_ELT(rules, k, Rf_mkCharCE(rqa_suggestion_rule(suggestion, k), CE_UTF8));
    }
    SEXP all = r_list(HOST_N_CURVES, host_curve_names);
    SET_VECTOR_ELT(list, 2, all);
    for (int32_t k = 0; k < HOST_N_CURVES; k++) {
        const double *of;
        size_t n;
        rqa_suggestion_curve(suggestion, k, &of, &n);
        SET_VECTOR_ELT(all, k, numbers(of, n));
    }
    size_t n = 0;
    while (rqa_suggestion_warning(suggestion, n))
        n++;
    SEXP warnings = Rf_allocVector(STRSXP, (R_xlen_t)n);
    SET_VECTOR_ELT(list, 3, warnings);
    for (size_t k = 0; k < n; k++)
        SET_STRING_ELT(warnings, (R_xlen_t)k,
                       Rf_mkCharCE(rqa_suggestion_warning(suggestion, k), CE_UTF8));
    UNPROTECT(1);
    return list;
}

/* A row for each measure: number, value, p, p_less, p_two_sided, mean, std, q025, median, q975,
 * surrogates. */
static SEXP test_matrix(const host_job *job)
{
    SEXP measures = PROTECT(measures_of(host_job_request(job)->analysis.measures));
    const R_xlen_t n = XLENGTH(measures);
    SEXP out = PROTECT(Rf_allocMatrix(REALSXP, (int)n, 11));
    for (R_xlen_t k = 0; k < n; k++) {
        rqa_test_result of;
        of.struct_size = sizeof of;
        rqa_test_get(host_job_results(job)->test, INTEGER(measures)[k], &of);
        const double row[] = {INTEGER(measures)[k], of.value, of.p, of.p_less, of.p_two_sided, of.mean,
                              of.std, of.q025, of.median, of.q975, (double)of.n_surrogates};
        for (R_xlen_t c = 0; c < 11; c++)
            REAL(out)[k + c * n] = row[c];
    }
    UNPROTECT(2);
    return out;
}

SEXP r_results(const host_job *job)
{
    const host_results *results = host_job_results(job);
    switch (host_job_request(job)->kind) {
    case HOST_ANALYZE:
    case HOST_CELLS:
        return analysis(job);
    case HOST_WINDOWS:
        return windows_list(job);
    case HOST_GRID:
        return grid_list(job);
    case HOST_PROFILE:
        return profile_list(results->profile);
    case HOST_SUGGEST:
        return suggestion_list(results->suggestion);
    case HOST_TEST:
        return test_matrix(job);
    default:
        return R_NilValue; /* a matrix is asked for by its shares, a picture is a file */
    }
}
