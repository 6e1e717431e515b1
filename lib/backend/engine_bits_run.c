/* engine_bits_run.c - the lines of one request: its memory, its workers, its tally. */
#include "backend/engine_bits_eroded_state.h"
#include "backend/engine_bits_state.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

int rqa__bits_run_open(rqa__bits_run *run, rqa__bits_input *input)
{
    *run = (rqa__bits_run){.input = input};
    rqa__bits_plan_counters(run);
    run->memory = rqa__alloc_aligned(rqa__bits_lay_out_counters(run, NULL));
    if (run->memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    rqa__bits_lay_out_counters(run, run->memory);
    return 0;
}

void rqa__bits_run_close(rqa__bits_run *run)
{
    rqa__free_aligned(run->memory);
}

/* Before the first strip: white runs at the border of the matrix or part, and nothing counted. */
static void begin(rqa__bits_run *run)
{
    for (size_t k = 0; k < run->plan.n_columns; k++) {
        run->counts.column[k] = 2 * (uint32_t)run->request.first | RQA__BITS_BORDER;
    }
    for (size_t k = 0; k < run->plan.n_runs; k++) {
        run->counts.row[k] = 2 * (uint32_t)run->input->n_y | RQA__BITS_BORDER;
    }
    for (unsigned k = 0; k < run->input->n_workers; k++) {
        rqa__bits_counter *w = &run->counter[k];
        memset(w->hist_diagonal, 0, w->n_counts * sizeof *w->hist_diagonal);
        w->points = w->gap_sum = w->rare_points = 0;
    }
    if (run->request.edges != NULL) {
        run->request.edges->cut_sum = 0;
    }
    atomic_store(&run->next_strip, 0);
    atomic_store(&run->input->halt.status, 0);
}

static int run_workers(rqa__bits_run *run)
{
    const rqa__parallel *parallel = run->input->parallel;
    const unsigned n_workers = run->input->n_workers;
    const int status = n_workers > 1
                           ? parallel->run(parallel->pool, n_workers, rqa__bits_worker_main, run)
                           : rqa__bits_worker_main(run, 0, 0);
    return status != 0 ? status : atomic_load(&run->input->halt.status);
}

int rqa__bits_rows(rqa__bits_run *run, const rqa__bits_request *request, rqa__tally_sink sink,
                   void *user)
{
    size_t n_zeroed;
    rqa__bits_plan_request(run, request);
    uint8_t *memory = rqa__alloc_aligned(rqa__bits_lay_out_counts(run, NULL, &n_zeroed));
    if (memory == NULL) {
        return RQA_ERROR_MEMORY;
    }
    memset(memory, 0, n_zeroed);
    rqa__bits_lay_out_counts(run, memory, &n_zeroed);
    rqa__bits_plan_strips(run);
    begin(run);
    int status = rqa__bits_eroded_begin(run);
    status = status != 0 ? status : run_workers(run);
    if (status == 0 && run->eroded != NULL) {
        rqa__bits_eroded_finish(run);
    }
    status = status != 0 ? status : rqa__bits_finish(run, sink, user);
    rqa__bits_eroded_end(run);
    rqa__free_aligned(memory);
    return status;
}

size_t rqa__bits_run_bytes(rqa__bits_input *input, int of_parts)
{
    rqa__bits_edges edges;
    rqa__bits_run run = {.input = input};
    const rqa__bits_request all = {
        .task = input->task, .end = input->n_x, .edges = of_parts ? &edges : NULL};
    size_t n_zeroed;
    rqa__bits_plan_counters(&run);
    rqa__bits_plan_request(&run, &all);
    /* How many lengths occur is for the data to say; smooth ones have about so many. */
    const size_t bins = run.plan.n_lengths / 2 * sizeof(rqa__bin);
    return rqa__bits_lay_out_counters(&run, NULL) +
           rqa__bits_lay_out_counts(&run, NULL, &n_zeroed) + rqa__bits_eroded_bytes(&run) + bins;
}
