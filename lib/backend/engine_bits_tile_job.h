/* engine_bits_tile_job.h - a block of rows whose bits are to be found, for the files that find them. */
#ifndef RQA_BACKEND_ENGINE_BITS_TILE_JOB_H
#define RQA_BACKEND_ENGINE_BITS_TILE_JOB_H

#include "backend/engine_bits_state.h"

/* What every step needs to know about the block. */
typedef struct rqa__bits_tile_job {
    rqa__bits_worker *w;
    const rqa__bits_kernels *kernels;
    const rqa__bits_field *f;
    rqa__bits_ring *ring;
    uint64_t *out;
    int sheared;
    int64_t first; /* column of bit 0; of a strip, less the row: its offset */
    size_t row, n_rows, n_words, stride;
    size_t n_terms; /* of a distance */
    int is_long;    /* too much to do between two looks */
    int accumulate;
    size_t end_column; /* vectors of y */
} rqa__bits_tile_job;

static inline int rqa__tile_is_stopped(const rqa__bits_tile_job *t)
{
    return t->is_long && rqa__bits_is_stopped(&t->w->input->halt);
}

static inline uint64_t *rqa__tile_row(const rqa__bits_tile_job *t, size_t r)
{
    return t->out + r * t->stride;
}

/* Where bit 0 of a row of x lies in the padded samples of y, `shift` from `first` on. */
static inline size_t rqa__tile_column_of(const rqa__bits_tile_job *t, size_t sample, int64_t shift)
{
    return (size_t)((int64_t)(t->f->pad + (t->sheared ? sample : 0)) + shift);
}

/* engine_bits_tile_ranks.c: the bits of a field of ranks. 0 or RQA_ERROR_CANCELLED. */
int rqa__bits_tile_ranks(const rqa__bits_tile_job *t);

/* engine_bits_given.c: those of a matrix that is there, in a strip. */
void rqa__bits_tile_given(const rqa__bits_tile_job *t);

#endif
