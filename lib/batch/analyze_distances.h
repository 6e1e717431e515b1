/* analyze_distances.h - rows of the matrix of distances, and its picture, from embeddings. */
#ifndef RQA_BATCH_ANALYZE_DISTANCES_H
#define RQA_BATCH_ANALYZE_DISTANCES_H

#include "data/delay_embedding.h"
#include "rqa/matrix.h"

typedef struct rqa__distance_rows {
    size_t first_row, n_rows;
    double *out;
    size_t stride; /* doubles; 0: as many as there are columns */
} rqa__distance_rows;

/* rqa_distance_rows() after its NULL checks; the options are complete. */
int rqa__distances_of(const rqa__distance_rows *rows, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options);

/* rqa_distance_plot_write_png() likewise; so are those of the picture. */
int rqa__distance_plot_of(const char *path, const struct rqa_embedding *x,
                          const struct rqa_embedding *y, const rqa_analysis_options *options,
                          const rqa_png_options *png);

#endif
