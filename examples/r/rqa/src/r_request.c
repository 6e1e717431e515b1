/* r_request.c - R's lists to a request. Allocates with R_alloc alone, so an error leaves nothing. */
#include <string.h>

#include "r_glue.h"

/* A double matrix is samples x channels; R code has made it one. */
static void read_recording(host_recording *out, SEXP matrix, SEXP label)
{
    const int *dim = INTEGER(Rf_getAttrib(matrix, R_DimSymbol));
    out->values = REAL(matrix);
    out->n_samples = (size_t)dim[0];
    out->n_channels = (size_t)dim[1];
    out->label = label == R_NilValue ? NULL : Rf_translateCharUTF8(label);
}

static const host_recording *read_recordings(SEXP list)
{
    const R_xlen_t n = XLENGTH(list);
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    host_recording *out = (host_recording *)R_alloc((size_t)n + 1, sizeof *out);
    for (R_xlen_t k = 0; k < n; k++)
        read_recording(&out[k], VECTOR_ELT(list, k),
                       names == R_NilValue ? R_NilValue : STRING_ELT(names, k));
    return out;
}

/* A raw matrix, transposed by R code: row after row. */
static void read_cells(host_request *out, SEXP cells)
{
    const int *dim = INTEGER(Rf_getAttrib(cells, R_DimSymbol));
    out->cells = RAW(cells);
    out->n_columns = (size_t)dim[0];
    out->n_rows = (size_t)dim[1];
}

static rqa_status read_option(host_request *out, const char *name, SEXP value)
{
    rqa_status status = RQA_OK;
    if (TYPEOF(value) == REALSXP)
        return host_set_number(out, name, REAL(value)[0]);
    for (R_xlen_t k = 0; k < XLENGTH(value) && !status; k++)
        status = host_set_text(out, name, Rf_translateCharUTF8(STRING_ELT(value, k)));
    return status;
}

static void read_axes(host_request *out, SEXP axes)
{
    host_axis *const to[] = {&out->dims, &out->delays, &out->thresholds, &out->lmins, &out->vmins};
    for (int k = 0; k < 5; k++) {
        SEXP axis = VECTOR_ELT(axes, k);
        to[k]->values = REAL(axis);
        to[k]->n = (size_t)XLENGTH(axis);
    }
}

rqa_status r_request(host_request *out, SEXP x, SEXP y, SEXP options, SEXP axes)
{
    if (out->kind == HOST_CELLS)
        read_cells(out, x);
    else {
        out->x = read_recordings(x);
        out->y = y == R_NilValue ? NULL : read_recordings(y);
        out->n_recordings = (size_t)XLENGTH(x);
    }
    if (axes != R_NilValue)
        read_axes(out, axes);
    SEXP names = Rf_getAttrib(options, R_NamesSymbol);
    rqa_status status = RQA_OK;
    for (R_xlen_t k = 0; k < XLENGTH(options) && !status; k++)
        status = read_option(out, CHAR(STRING_ELT(names, k)), VECTOR_ELT(options, k));
    return status;
}
