/* part_internal.h - what the files of a part share. */
#ifndef RQA_LINES_PART_INTERNAL_H
#define RQA_LINES_PART_INTERNAL_H

#include "lines/hist.h"
#include "lines/part.h"

/* Cells of a line that lie in a range of columns; none if length is 0. */
typedef struct rqa__line_range {
    uint64_t begin, length;
} rqa__line_range;

/* The diagonal with i - j = lag (none where it is not counted), and a column from `first` on. */
rqa__line_range rqa__part_diagonal(const rqa__part_shape *shape, uint64_t first, uint64_t end,
                                   int64_t lag);
rqa__line_range rqa__part_column(const rqa__part_shape *shape, uint64_t first, uint64_t end,
                                 int64_t column);

/* Whether cells of a column that lie in `range` were removed. */
int rqa__part_is_cut(const rqa__part_shape *shape, uint64_t column, const rqa__line_range *range);

/* Adds what is counted in `other`, or RQA__PART_KINDS histograms. 0 or RQA_ERROR_MEMORY. */
int rqa__part_add_counts(rqa__part *part, const rqa__part *other);
int rqa__part_add_hists(rqa__part *part, const rqa__hist *hist);

#endif
