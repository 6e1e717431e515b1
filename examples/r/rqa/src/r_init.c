/* r_init.c - the functions that R code calls. A job is an external pointer: whatever error, interrupt
 * or longjmp of R's comes between two calls, its finalizer closes it. librqa never has R's frames
 * above it. */
#include <stdlib.h>
#include <string.h>

#include "r_glue.h"
#include <R_ext/Rdynload.h>
#include <R_ext/Visibility.h>

static void finalize(SEXP pointer)
{
    host_job *job = R_ExternalPtrAddr(pointer);
    R_ClearExternalPtr(pointer);
    host_job_close(job);
}

static host_job *job_of(SEXP pointer)
{
    host_job *job = TYPEOF(pointer) == EXTPTRSXP ? R_ExternalPtrAddr(pointer) : NULL;
    if (!job)
        Rf_error("the job is closed");
    return job;
}

static SEXP C_start(SEXP kind, SEXP x, SEXP y, SEXP options, SEXP axes)
{
    host_request *request = (host_request *)R_alloc(1, sizeof *request);
    host_request_init(request, Rf_asInteger(kind));
    rqa_status status = r_request(request, x, y, options, axes);
    if (status)
        return r_failure(status, request->text);
    SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, R_NilValue));
    R_RegisterCFinalizerEx(pointer, finalize, TRUE);
    host_job *job;
    status = host_job_start(&job, request);
    R_SetExternalPtrAddr(pointer, job);
    UNPROTECT(1);
    return status ? r_failure(status, request->text) : pointer;
}

static SEXP C_wait(SEXP pointer, SEXP seconds)
{
    const int has_ended = host_job_wait(job_of(pointer), Rf_asReal(seconds));
    R_CheckUserInterrupt(); /* may not return; no frame of librqa's is below */
    return Rf_ScalarLogical(has_ended);
}

static SEXP C_progress(SEXP pointer)
{
    static const char *const names[] = {"total", "done", "failed", "percent", "elapsed_s", "eta_s"};
    rqa_batch_statistics s;
    memset(&s, 0, sizeof s);
    host_job_progress(job_of(pointer), &s);
    const double values[] = {(double)s.n_total, (double)s.n_done, (double)s.n_failed, s.percent,
                             s.elapsed_s, s.eta_s};
    SEXP list = PROTECT(r_list(6, names));
    for (int k = 0; k < 6; k++)
        SET_VECTOR_ELT(list, k, Rf_ScalarReal(values[k]));
    UNPROTECT(1);
    return list;
}

static SEXP C_take(SEXP pointer)
{
    const char *text;
    const host_job *job = job_of(pointer);
    rqa_status status = host_job_status(job, &text);
    return status ? r_failure(status, text) : r_results(job);
}

/* list(side of a block, rows, columns, shares). */
static SEXP C_shares(SEXP pointer, SEXP max_pixels)
{
    static const char *const names[] = {"side", "rows", "columns", "shares"};
    const rqa_matrix *matrix = host_job_results(job_of(pointer))->matrix;
    if (!matrix)
        Rf_error("the job has no matrix");
    const size_t rows = rqa_matrix_n_rows(matrix), columns = rqa_matrix_n_columns(matrix);
    const size_t side = host_block_side(matrix, (size_t)Rf_asReal(max_pixels));
    SEXP list = PROTECT(r_list(4, names));
    SET_VECTOR_ELT(list, 0, Rf_ScalarReal((double)side));
    SET_VECTOR_ELT(list, 1, Rf_ScalarReal((double)rows));
    SET_VECTOR_ELT(list, 2, Rf_ScalarReal((double)columns));
    SEXP shares = Rf_allocMatrix(REALSXP, (int)((rows + side - 1) / side),
                                 (int)((columns + side - 1) / side));
    SET_VECTOR_ELT(list, 3, shares);
    host_matrix_shares(matrix, side, REAL(shares));
    UNPROTECT(1);
    return list;
}

static SEXP C_close(SEXP pointer)
{
    finalize(pointer);
    return R_NilValue;
}

/* The names that a text option takes. */
static SEXP C_names(SEXP option)
{
    const char *name = CHAR(STRING_ELT(option, 0));
    R_xlen_t n = 0;
    while (host_option_name(name, (size_t)n))
        n++;
    SEXP out = PROTECT(Rf_allocVector(STRSXP, n));
    for (R_xlen_t k = 0; k < n; k++)
        SET_STRING_ELT(out, k, Rf_mkChar(host_option_name(name, (size_t)k)));
    UNPROTECT(1);
    return out;
}

/* Texts by number, from 0 until there is none. */
static SEXP texts(const char *(*text_of)(int32_t number))
{
    int32_t n = 0;
    while (text_of(n))
        n++;
    SEXP out = PROTECT(Rf_allocVector(STRSXP, n));
    for (int32_t k = 0; k < n; k++)
        SET_STRING_ELT(out, k, Rf_mkChar(text_of(k)));
    UNPROTECT(1);
    return out;
}

static SEXP C_measure_texts(void)
{
    return texts(rqa_measure_text);
}

static SEXP C_reason_texts(void)
{
    return texts(rqa_reason_text);
}

static SEXP C_version(void)
{
    static const char *const names[] = {"library", "headers", "numerics"};
    SEXP list = PROTECT(r_list(3, names));
    SET_VECTOR_ELT(list, 0, Rf_mkString(rqa_version()));
    SET_VECTOR_ELT(list, 1, Rf_mkString(RQA_VERSION_STRING));
    SET_VECTOR_ELT(list, 2, Rf_ScalarReal(rqa_numerics_version()));
    UNPROTECT(1);
    return list;
}

static const R_CallMethodDef functions[] = {
    {"C_start", (DL_FUNC)&C_start, 5},
    {"C_wait", (DL_FUNC)&C_wait, 2},
    {"C_progress", (DL_FUNC)&C_progress, 1},
    {"C_take", (DL_FUNC)&C_take, 1},
    {"C_shares", (DL_FUNC)&C_shares, 2},
    {"C_close", (DL_FUNC)&C_close, 1},
    {"C_names", (DL_FUNC)&C_names, 1},
    {"C_measure_texts", (DL_FUNC)&C_measure_texts, 0},
    {"C_reason_texts", (DL_FUNC)&C_reason_texts, 0},
    {"C_version", (DL_FUNC)&C_version, 0},
    {NULL, NULL, 0}};

/* The one symbol that R looks for. */
void attribute_visible R_init_rqa(DllInfo *dll)
{
    R_registerRoutines(dll, NULL, functions, NULL, NULL);
    R_useDynamicSymbols(dll, FALSE);
    R_forceSymbols(dll, TRUE);
}
