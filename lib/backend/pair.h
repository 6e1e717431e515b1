/* pair.h - the value of one pair of vectors, in the documented order of operations.
 *
 * For what is not worth an engine (a matrix for a plot, the phase-space diameter).
 */
#ifndef RQA_BACKEND_PAIR_H
#define RQA_BACKEND_PAIR_H

#include <math.h>

#include "plan/task.h"

/* Maximum, sum, or for the Euclidean norm sum of squares; NaN if a sample is missing. */
static inline double rqa__pair_value(uint32_t norm, const rqa__side *x, size_t i,
                                     const rqa__side *y, size_t j, uint32_t dim)
{
    double value = 0;
    for (uint32_t k = 0; k < dim; k++)
        for (uint32_t c = 0; c < x->n_channels; c++) {
            double difference = x->channel[c][i + (size_t)k * x->delay] -
                                y->channel[c][j + (size_t)k * y->delay];
            double size = fabs(difference);
            if (norm == RQA__NORM_EUCLIDEAN)
                value += difference * difference;
            else if (norm == RQA__NORM_MANHATTAN)
                value += size;
            else if (!(size <= value)) /* lets a NaN in */
                value = isnan(value) ? value : size;
        }
    return value;
}

#endif
