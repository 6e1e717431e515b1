/* measures.h - from line counts to numbers: every formula of librqa, once. */
#ifndef RQA_MEASURES_MEASURES_H
#define RQA_MEASURES_MEASURES_H

#include "lines/dialect.h"
#include "lines/tally.h"
#include "rqa/measure.h"

/* The rules under which a tally is read. */
typedef struct rqa__reading {
    const rqa__convention *convention;
    uint64_t cells;         /* denominator of rr */
    uint64_t n_x, n_y;      /* vectors */
    uint64_t theiler_points; /* window of points, where trend begins */
    uint64_t trend_border;  /* offsets trend leaves out at the far end */
    int has_loi;            /* the main diagonal is the line of identity */
    int offsets_one_sided;  /* offset_points[d], else [d + n - 1] with n = min(n_x, n_y) */
    int white_exclude;      /* border-touching white runs are not counted */
} rqa__reading;

/* What one direction gives for one minimum length. */
typedef struct rqa__line_summary {
    double ratio, mean, longest, entropy, relative_entropy;
    uint8_t ratio_reason, mean_reason, longest_reason, entropy_reason, relative_reason;
} rqa__line_summary;

/* det, l_mean, l_max, l_entr (or their vertical counterparts) of a histogram. */
rqa__line_summary rqa__summarize_diagonal(const rqa__reading *reading, const rqa__spectrum *lines,
                                          uint64_t minimum);
rqa__line_summary rqa__summarize_vertical(const rqa__reading *reading, const rqa__spectrum *lines,
                                          uint64_t minimum);

/* Everything that depends on neither lmin nor vmin: rr, w_*, t1, t2, rte, trend. Writes only those
 * in `measures`. value and reason have RQA_MEASURE_COUNT entries. `scratch` joins the two white
 * histograms: room for their bins together. */
void rqa__measure_common(const rqa__reading *reading, const rqa__tally *tally, uint64_t wmin,
                         uint64_t measures, rqa__bin *scratch, double *value, uint8_t *reason);

/* Fills the rest from the summaries and rr: det .. v_entr, div, det_rr, lam_det. */
void rqa__measure_lines(const rqa__reading *reading, const rqa__line_summary *diagonal,
                        const rqa__line_summary *vertical, double *value, uint8_t *reason);

/* rpde of the numbers of first returns, count[T] of them after T < n. */
void rqa__measure_returns(const uint64_t *count, uint64_t n, double *value, uint8_t *reason);

/* microstate_entropy of how often each of n patterns was seen. */
void rqa__measure_microstates(const uint64_t *count, uint64_t n, double *value, uint8_t *reason);
/* cat_entropy of areas. */
void rqa__measure_blocks(const rqa__spectrum *areas, double *value, uint8_t *reason);

/* The union of two spectra by rising length, written to out (room for both). */
rqa__spectrum rqa__spectrum_join(const rqa__spectrum *a, const rqa__spectrum *b, rqa__bin *out);

/* The RQA__TALLY_* that the measures in a mask need under a convention. */
uint32_t rqa__measures_tallies(const rqa__convention *convention, uint64_t measures);

#endif
