/* block_sample.c - how often each pattern of cells is met in blocks drawn at random. */
#include "sampling/block_sample.h"

#include <math.h>
#include <string.h>

#include "backend/microstates.h"
#include "base/error.h"
#include "base/memory.h"
#include "sampling/cell_draw.h"

enum { CHUNK = 65536, BATCH = 16 }; /* draws; blocks fetched at once */

/* Streams of blocks begin here, past those of lines. */
#define FIRST_STREAM (UINT64_C(1) << 63)

typedef struct block_job {
    const rqa__block_draws *draws;
    rqa__cell_field field;
    size_t n_patterns;
    uint64_t *count; /* [worker][n_patterns] */
} block_job;

static int is_missing(const rqa__sampled_plot *plot, uint64_t i, uint64_t j)
{
    for (unsigned s = 0; s < plot->n_sides; s++)
        if (isnan(pair_value(&plot->side[s].space, (size_t)i, (size_t)j)))
            return 1;
    return 0;
}

static void take_block(const block_job *job, rqa__cell at, uint64_t *count)
{
    const rqa__block_draws *draws = job->draws;
    size_t code = 0;
    for (uint32_t a = 0; a < draws->size; a++)
        for (uint32_t b = 0; b < draws->size; b++) {
            if (draws->skips && is_missing(draws->plot, at.i + a, at.j + b))
                return;
            code |= (size_t)rqa__sampled_recurs(draws->plot, at.i + a, at.j + b)
                    << (a * draws->size + b);
        }
    count[code]++;
}

static int run_chunk(void *arg, size_t number, unsigned worker)
{
    const block_job *job = arg;
    const rqa__block_draws *draws = job->draws;
    rqa__generator g = rqa__generator_of(draws->seed, FIRST_STREAM + number);
    rqa__cell cell[BATCH];
    uint64_t since = RQA__LOOK_OPERATIONS; /* looks at once: a chunk may have fewer operations */
    const uint64_t left = draws->n_blocks - (uint64_t)number * CHUNK;
    const uint64_t n = left < CHUNK ? left : CHUNK;
    for (uint64_t first = 0; first < n; first += BATCH) {
        const unsigned many = n - first < BATCH ? (unsigned)(n - first) : BATCH;
        for (unsigned k = 0; k < many; k++) {
            cell[k] = rqa__cell_draw(&job->field, &g);
            rqa__sampled_fetch(draws->plot, cell[k].i, cell[k].j);
        }
        int status =
            rqa__sampled_look(draws->plot, (uint64_t)many * draws->size * draws->size, &since);
        if (status)
            return status;
        for (unsigned k = 0; k < many; k++)
            take_block(job, cell[k], job->count + worker * job->n_patterns);
    }
    return RQA_OK;
}

int rqa__block_sample_draw(uint64_t *count, const rqa__block_draws *draws,
                           const rqa__parallel *parallel)
{
    const uint32_t beyond = draws->size - 1;
    const rqa__sampled_plot *plot = draws->plot;
    const unsigned n_workers = parallel ? parallel->n_workers : 1;
    block_job job = {.draws = draws, .n_patterns = rqa__microstate_patterns(draws->size)};
    int status = RQA_OK;
    memset(count, 0, job.n_patterns * sizeof *count);
    if (plot->n_x <= beyond || plot->n_y <= beyond)
        return RQA_OK;
    job.field = rqa__cell_field_of(plot->n_x - beyond, plot->n_y - beyond,
                                   draws->theiler ? draws->theiler + beyond : 0, 0);
    if (job.field.n_cells[0] + job.field.n_cells[1] == 0)
        return RQA_OK;
    job.count = rqa__calloc(n_workers * job.n_patterns, sizeof *job.count);
    if (!job.count)
        return rqa__fail_memory("the microstates of a sample");
    const size_t n_chunks = (size_t)((draws->n_blocks - 1) / CHUNK) + 1;
    if (parallel)
        status = parallel->run(parallel->pool, n_chunks, run_chunk, &job);
    for (size_t k = 0; k < n_chunks && !parallel && !status; k++)
        status = run_chunk(&job, k, 0);
    for (size_t k = 0; k < n_workers * job.n_patterns && !status; k++)
        count[k % job.n_patterns] += job.count[k];
    rqa__free(job.count);
    return status;
}
