/* engine_bits.c - the single-analysis engine's entry: one run per (dim, threshold). */
#include "backend/engine_bits_state.h"
#include "backend/engine_tiles.h"
#include "base/memory.h"
#include "rqa/status.h"

#include <string.h>

/* By strips, made ready for all dims and thresholds when the first wants them. */
typedef struct strips {
    rqa__bits_input input;
    rqa__bits_run run;
    int is_open;
} strips;

/* A task, who computes it, and whom its tallies are for. */
typedef struct wanted {
    const rqa__task *task;
    const rqa__bits_kernels *kernels;
    const rqa__parallel *parallel;
    const atomic_int *cancel;
    rqa__tally_sink sink;
    void *user;
} wanted;

/* ---- white lines that missing samples cut ---- */

/* White lines on their way to the tally of the rest. */
typedef struct white_lines {
    rqa__bin *bin;
    rqa__spectrum inner, border;
    rqa__tally_sink sink;
    void *user;
} white_lines;

static int keep_white(void *user, uint32_t d, uint32_t t, const rqa__tally *tally)
{
    white_lines *w = user;
    const size_t n = tally->white_inner.n_bins, m = tally->white_border.n_bins;
    (void)d;
    (void)t;
    w->bin = rqa__alloc_array(n + m, sizeof *w->bin);
    if (w->bin == NULL) {
        return RQA_ERROR_MEMORY;
    }
    w->inner = (rqa__spectrum){w->bin, n};
    w->border = (rqa__spectrum){w->bin + n, m};
    if (n > 0) {
        memcpy(w->bin, tally->white_inner.bin, n * sizeof *w->bin);
    }
    if (m > 0) {
        memcpy(w->bin + n, tally->white_border.bin, m * sizeof *w->bin);
    }
    return 0;
}

static int give_all(void *user, uint32_t d, uint32_t t, const rqa__tally *rest)
{
    const white_lines *w = user;
    rqa__tally tally = *rest;
    tally.white_inner = w->inner;
    tally.white_border = w->border;
    return w->sink(w->user, d, t, &tally);
}

/* The tally of a request, with white lines counted by themselves. */
static int run_apart(rqa__bits_run *run, const rqa__bits_request *request, rqa__tally_sink sink,
                     void *user)
{
    white_lines w = {.sink = sink, .user = user};
    rqa__task white_task = *request->task, rest_task = *request->task;
    rqa__bits_request white = *request, rest = *request;
    white_task.tallies = RQA__TALLY_WHITE;
    white_task.theiler_points = UINT64_MAX;
    rest_task.tallies &= ~(uint32_t)RQA__TALLY_WHITE;
    white.task = &white_task;
    white.fills_absent = 1;
    rest.task = &rest_task;
    int status = rqa__bits_rows(run, &white, keep_white, &w);
    if (status == 0) {
        status = rqa__bits_rows(run, &rest, give_all, &w);
    }
    rqa__free(w.bin);
    return status;
}

/* ---- one (dim, threshold) ---- */

static int run_one(strips *s, const wanted *w, uint32_t d, uint32_t t)
{
    const rqa__task *task = w->task;
    const int apart = s->input.absent.cuts != NULL && (task->tallies & RQA__TALLY_WHITE) != 0;
    int status = rqa__bits_query(&s->input, d, t);
    if (status != 0) {
        return status;
    }
    const rqa__bits_request request = {
        .dim_index = d, .threshold_index = t, .task = task, .end = s->input.n_x};
    return apart ? run_apart(&s->run, &request, w->sink, w->user)
                 : rqa__bits_rows(&s->run, &request, w->sink, w->user);
}

static int open_strips(strips *s, const wanted *w)
{
    if (s->is_open) {
        return 0;
    }
    s->is_open = 1;
    int status = rqa__bits_open(&s->input, w->task, w->kernels, w->parallel, w->cancel);
    return status != 0 ? status : rqa__bits_run_open(&s->run, &s->input);
}

static int run_strips(strips *s, const wanted *w, uint32_t d, uint32_t t)
{
    int status = open_strips(s, w);
    if (status != 0) {
        return status;
    }
    rqa__bits_set_dim(&s->input, d);
    return s->input.n_x > 0 && s->input.n_y > 0 ? run_one(s, w, d, t)
                                                : w->sink(w->user, d, t, &(rqa__tally){0});
}

int rqa__engine_bits_run(const rqa__task *task, const rqa__bits_kernels *kernels,
                         const rqa__parallel *parallel, const atomic_int *cancel,
                         rqa__tally_sink sink, void *user)
{
    const rqa__tiles_call call = {
        .task = task, .kernels = kernels->tiles, .parallel = parallel, .cancel = cancel};
    const wanted w = {task, kernels, parallel, cancel, sink, user};
    strips s = {.is_open = 0};
    int status = 0;
    for (uint32_t d = 0; d < task->n_dims && status == 0; d++) {
        for (uint32_t t = 0; t < task->n_thresholds && status == 0; t++) {
            status = rqa__engine_tiles_run(&call, d, t, sink, user);
            if (status == RQA__TILES_DECLINED) {
                status = run_strips(&s, &w, d, t);
            }
        }
    }
    if (s.is_open) {
        rqa__bits_run_close(&s.run);
        rqa__bits_close(&s.input);
    }
    return status;
}

size_t rqa__engine_bits_memory(const rqa__task *task, unsigned n_workers)
{
    rqa__bits_input input;
    rqa__bits_measure(&input, task, n_workers);
    return rqa__bits_bytes(&input) + rqa__bits_run_bytes(&input, 0) +
           rqa__engine_tiles_memory(task, n_workers);
}
