/* twin_path.h - paths over twins: vectors whose columns of the recurrence plot are the same. */
#ifndef RQA_RESAMPLE_TWIN_PATH_H
#define RQA_RESAMPLE_TWIN_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "resample/generator.h"

/* Vectors of the same column form a class. */
typedef struct rqa__twins {
    size_t n;         /* vectors */
    uint32_t *member; /* [n] class by class, in each by rising index */
    uint32_t *first;  /* [n] where the class of a vector begins in member, */
    uint32_t *end;    /* [n] and ends */
    uint32_t min_distance; /* twins are further apart than this */
} rqa__twins;

/* n_vectors: of those that have a twin. Pairs count once. */
void rqa__twins_count(const rqa__twins *twins, uint64_t *n_pairs, uint64_t *n_vectors);

/* n vectors one after the other, as rqa/surrogates.h has it. */
void rqa__twin_path(const rqa__twins *twins, rqa__generator *g, uint32_t *out);

#endif
