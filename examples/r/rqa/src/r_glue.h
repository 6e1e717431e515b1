/* r_glue.h - what the files of this package share: R's objects from librqa's, and back. */
#ifndef R_GLUE_H
#define R_GLUE_H

#define R_NO_REMAP
#define STRICT_R_HEADERS
#include <R.h>
#include <Rinternals.h>

#include "host_job.h"
#include "host_names.h"

/* An object of class rqa_failure, which R code turns into a condition. */
SEXP r_failure(rqa_status status, const char *text);

/* Fills a request from R's lists; the R objects must stay protected while it is in use. Axes are
 * those of a grid, or NULL. */
rqa_status r_request(host_request *out, SEXP x, SEXP y, SEXP options, SEXP axes);

/* What a job has made, as a list. */
SEXP r_results(const host_job *job);

/* A list, or a vector of doubles, with these names. */
SEXP r_list(int n, const char *const *names);
SEXP r_numbers(int n, const char *const *names);

#endif
