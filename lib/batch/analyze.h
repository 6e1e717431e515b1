/* analyze.h - one analysis from embeddings (or a matrix) to a result. */
#ifndef RQA_BATCH_ANALYZE_H
#define RQA_BATCH_ANALYZE_H

#include "batch/metrics_result.h"
#include "data/bitmatrix.h"
#include "data/delay_embedding.h"

/* rqa_metrics_compute(), rqa_metrics_from_matrix(), rqa_matrix_create() after their NULL checks. */
int rqa__analyze(struct rqa_metrics **out, const struct rqa_embedding *x,
                 const struct rqa_embedding *y, const rqa_analysis_options *options);
/* The same as part of other work, on its thread; *is_unreachable: it failed for a recurrence rate that
 * is out of reach. */
struct rqa__analysis_host;
int rqa__analyze_within(struct rqa_metrics **out, const struct rqa_embedding *x,
                        const struct rqa_embedding *y, const rqa_analysis_options *options,
                        const struct rqa__analysis_host *host, int *is_unreachable);
int rqa__analyze_matrix(struct rqa_metrics **out, const struct rqa_matrix *matrix,
                        const rqa_analysis_options *options);
int rqa__matrix_of(struct rqa_matrix **out, const struct rqa_embedding *x,
                   const struct rqa_embedding *y, const rqa_analysis_options *options);
/* rqa_plot_write_png() likewise; both options are complete. */
int rqa__plot_of(const char *path, const struct rqa_embedding *x, const struct rqa_embedding *y,
                 const rqa_analysis_options *options, const rqa_png_options *png);

#endif
