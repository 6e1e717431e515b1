/* analyze_adjacency.c - rqa_adjacency: the edges of a recurrence network, from embeddings. */
#include "batch/analyze_adjacency.h"

#include "backend/cpu_run.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/analysis_memory.h"
#include "plan/context_state.h"

static int check_memory(void *user, uint64_t n_bytes)
{
    return rqa__analysis_check_memory(user, n_bytes, "what finds the edges of the network");
}

static uint64_t last_bytes(const rqa__analysis *a, const rqa__task *task)
{
    (void)a;
    return rqa__adjacency_work_bytes(task, 1);
}

static int find(struct rqa_adjacency *adjacency, rqa__analysis *a, const rqa_analysis_options *options)
{
    if (rqa__side_vectors(&a->task.x, 0) < 2)
        return rqa__fail(RQA_ERROR_TOO_SHORT, "x has 1 vector; a network needs two");
    a->last = last_bytes;
    a->last_grows = 1;
    int status = rqa__analysis_take_backend(a, rqa__analysis_thread_backend(a), 0);
    if (!status)
        status = rqa__analysis_set_bounds(a, options);
    if (rqa__adjacency_work_bytes(&a->task, a->choice.n_threads) > rqa__analysis_memory(a))
        a->choice.n_threads = 1;
    const rqa__adjacency_means means = {.kernels = rqa__cpu_bits_kernels(a->context->cpu),
                                        .parallel = rqa__analysis_parallel(a),
                                        .cancel = a->cancel,
                                        .check_memory = check_memory,
                                        .user = a};
    return status ? status : rqa__adjacency_find(&adjacency->rows, &a->task, &means);
}

int rqa__adjacency_of(struct rqa_adjacency **out, const struct rqa_embedding *x,
                      const struct rqa_embedding *y, const rqa_analysis_options *options)
{
    rqa__analysis a;
    rqa_analysis_options wanted = *options;
    wanted.measures = RQA_MEASURE_BIT(RQA_MEASURE_COMPONENTS); /* what a network allows holds here too */
    int status = rqa__analysis_begin(&a, x, y, &wanted);
    struct rqa_adjacency *adjacency = status ? NULL : rqa__calloc(1, sizeof *adjacency);
    if (!status && !adjacency)
        status = rqa__fail_memory("the edges of a network");
    if (!status)
        status = find(adjacency, &a, &wanted);
    rqa__analysis_end(&a);
    if (status) {
        rqa__adjacency_destroy(adjacency);
        return status;
    }
    *out = adjacency;
    return RQA_OK;
}

void rqa__adjacency_destroy(struct rqa_adjacency *adjacency)
{
    if (!adjacency)
        return;
    rqa__adjacency_free(&adjacency->rows);
    rqa__free(adjacency);
}
