/* task.c - arithmetic on work units. */
#include "plan/task.h"

#include "data/delay_embedding.h"

size_t rqa__side_vectors(const rqa__side *side, uint32_t dim_index)
{
    return rqa__n_vectors(side->n_samples, side->dims[dim_index], side->delay);
}
