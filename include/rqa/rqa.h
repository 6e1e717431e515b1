/**
 * @file rqa/rqa.h
 * @brief librqa: recurrence quantification analysis, exact and fast. Includes everything.
 *
 * What it does
 * ------------
 * A recurrence plot marks the pairs of times (i, j) at which a system was in nearly the same state.
 * Recurrence quantification analysis counts the points, diagonal lines (repetition), vertical lines
 * (rest) and gaps of that plot and turns them into measures such as determinism or laminarity.
 * librqa computes those measures without ever storing the plot, for one recording or for a grid of
 * thousands of settings over hundreds of recordings.
 *
 * The objects
 * -----------
 *     rqa_context     threads, limits, devices, log           rqa/context.h
 *       rqa_series    a recording, n samples x channels       rqa/series.h
 *         rqa_embedding   its delay vectors (a view)          rqa/embedding.h
 *           rqa_metrics   counts and measures                 rqa/metrics.h
 *           rqa_matrix    the plot itself, on request         rqa/matrix.h
 *       rqa_suggestion  a delay, a dim, thresholds, and why rqa/suggest.h
 *           rqa_lag_profile   recurrence by lag               rqa/lag_profile.h
 *           rqa_windows   measures in windows along it        rqa/windows.h
 *       rqa_stream    samples as they arrive, likewise        rqa/stream.h
 *           rqa_network   the recurrence network              rqa/network.h
 *           rqa_adjacency its edges, for export               rqa/network.h
 *           rqa_correlation_sum  rr over thresholds: d2; k2   rqa/invariants.h
 *           rqa_sampled   estimates of what is too long      rqa/sampling.h
 *       rqa_batch     a grid over many series, with events    rqa/batch.h
 *       rqa_surrogates  series like a recording, for tests  rqa/surrogates.h
 *       rqa_test      a recording among its surrogates      rqa/significance.h
 *       rqa_bootstrap intervals of line measures            rqa/significance.h
 *       rqa_store     results in a file, resumed and shared   rqa/store.h
 *
 * rqa/analysis.h says what recurs (norm, threshold, rule), rqa/convention.h which package's rules
 * define the numbers, rqa/measure.h what each number is.
 *
 * The shape of every call
 * -----------------------
 * Functions return ::rqa_status, 0 for success; rqa_last_error() explains a failure in one line.
 * Outputs come first. What comes through an out-pointer is the caller's to destroy; what is
 * returned is borrowed. Destroy functions take NULL. Options are structs with an init function, so
 * that fields can be added without breaking anyone:
 *
 * @code
 * rqa_analysis_options options;
 * rqa_analysis_options_init(&options);
 * options.threshold = 0.65;
 * @endcode
 *
 * Series, embeddings, matrices and metrics never change after creation and may be shared between
 * threads. A batch belongs to one thread, save that any thread may poll or cancel it. Callbacks run
 * on the thread that waits, one at a time. The library never prints, exits, aborts, installs signal
 * handlers or changes locale or environment; the caller's floating-point mode (rounding, FTZ, DAZ,
 * traps, flags) changes no result, and is in force whenever the caller's code runs.
 *
 * What is exact
 * -------------
 * Every count is that of IEEE double arithmetic in the documented order (rqa/analysis.h), and the
 * same on every backend, SIMD level and thread count. A value that is mathematically undefined is
 * NaN with a reason, not an error.
 */
#ifndef RQA_RQA_H
#define RQA_RQA_H

#include "analysis.h"
#include "batch.h"
#include "context.h"
#include "convention.h"
#include "embedding.h"
#include "export.h"
#include "invariants.h"
#include "lag_profile.h"
#include "matrix.h"
#include "measure.h"
#include "metrics.h"
#include "network.h"
#include "sampling.h"
#include "series.h"
#include "significance.h"
#include "status.h"
#include "store.h"
#include "stream.h"
#include "surrogates.h"
#include "suggest.h"
#include "version.h"
#include "windows.h"

#endif
