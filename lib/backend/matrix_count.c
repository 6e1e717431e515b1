/* matrix_count.c - whether a matrix is symmetric, and its line counts as a task of the engine of
 * strips. */
#include "backend/matrix_count.h"

#include "backend/engine_bits.h"
#include "base/error.h"
#include "base/look.h"
#include "base/smaller.h"

/* ---- symmetry ---- */

/* Groups of 64 rows that are compared in turn with 64 columns: their words fill cache lines. */
enum { GROUP = 8 };

typedef struct comparison {
    const rqa__matrix_view *m;
    atomic_int differs;
} comparison;

/* Cells (64 g, 64 w) and on against those on the other side of the main diagonal. */
static int is_block_equal(const rqa__matrix_view *m, size_t g, size_t w)
{
    const size_t stride = m->words_per_row, n_here = rqa__smaller(m->n_y - 64 * g, 64);
    const size_t n_there = rqa__smaller(m->n_y - 64 * w, 64);
    const uint64_t *here = m->words + 64 * g * stride + w, *there = m->words + 64 * w * stride + g;
    uint64_t block[64], differ = 0;
    for (size_t r = 0; r < 64; r++)
        block[r] = r < n_here ? here[r * stride] : 0;
    m->kernels->transpose(block);
    for (size_t r = 0; r < n_there; r++)
        differ |= block[r] ^ there[r * stride];
    return differ == 0;
}

static int compare(void *arg, size_t job, unsigned worker)
{
    comparison *c = arg;
    const rqa__matrix_view *m = c->m;
    (void)worker;
    for (size_t w = GROUP * job; 64 * w < m->n_y; w++) {
        if (rqa__is_cancelled(m->cancel))
            return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
        for (size_t g = GROUP * job; g < GROUP * (job + 1) && g <= w; g++) {
            if (atomic_load_explicit(&c->differs, memory_order_relaxed))
                return RQA_OK;
            if (!is_block_equal(m, g, w))
                atomic_store_explicit(&c->differs, 1, memory_order_relaxed);
        }
    }
    return RQA_OK;
}

static int find_symmetry(const rqa__matrix_view *m, const rqa__parallel *parallel,
                         int *is_symmetric)
{
    comparison c = {.m = m};
    const size_t n_jobs = (m->n_y + 64 * GROUP - 1) / (64 * GROUP);
    int status = RQA_OK;
    *is_symmetric = m->is_symmetric;
    if (m->is_symmetric || m->n_x != m->n_y)
        return RQA_OK;
    atomic_init(&c.differs, 0);
    if (parallel)
        status = parallel->run(parallel->pool, n_jobs, compare, &c);
    for (size_t k = 0; !parallel && k < n_jobs && !status; k++)
        status = compare(&c, k, 0);
    *is_symmetric = !atomic_load(&c.differs);
    return status;
}

/* ---- the task ---- */

static const uint32_t one_dim = 1;
static const double no_bound = 0;

static rqa__side side_of(size_t n)
{
    return (rqa__side){.n_samples = n, .n_channels = 1, .delay = 1, .dims = &one_dim};
}

/* A symmetric matrix has points per offset on both sides, as a joint task. */
static rqa__task task_of(const rqa__matrix_view *m, const rqa__given *given)
{
    const size_t widest =
        m->n_x > m->n_y ? m->n_x : m->n_y; /* no cell is further from the diagonal */
    return (rqa__task){.relation = given->is_symmetric ? RQA__RELATION_JOINT : RQA__RELATION_CROSS,
                       .n_dims = 1,
                       .n_thresholds = 1,
                       .x = side_of(m->n_x),
                       .y = side_of(m->n_y),
                       .bounds = &no_bound,
                       .bounds_y = &no_bound,
                       .given = given,
                       .theiler_points = rqa__smaller64(m->theiler_points, widest),
                       .theiler_diagonal = rqa__smaller64(m->theiler_diagonal, widest),
                       .theiler_vertical = rqa__smaller64(m->theiler_vertical, widest),
                       .tallies = m->tallies,
                       .upper_only = (uint32_t)m->upper_only,
                       .band_is_white = (uint32_t)m->band_is_white};
}

/* One triangle of a matrix that has two is for the other way. */
static int engine_takes(const rqa__task *task)
{
    return (task->given->is_symmetric || !task->upper_only) &&
           task->x.n_samples < RQA__ENGINE_BITS_LIMIT && task->y.n_samples < RQA__ENGINE_BITS_LIMIT;
}

static int engine_fits(const rqa__task *task, unsigned n_workers, uint64_t most_bytes)
{
    return engine_takes(task) && rqa__engine_bits_memory(task, n_workers) <= most_bytes;
}

static int tally_within(const rqa__matrix_view *matrix, const rqa__task *task, rqa__matrix_room *room,
                        rqa__tally_sink sink, void *user)
{
    const size_t by_lines = rqa__matrix_tally_bytes(matrix);
    if (by_lines <= room->most_bytes)
        return rqa__matrix_tally(matrix, sink, user);
    room->needed_bytes = by_lines;
    if (engine_takes(task))
        room->needed_bytes = rqa__smaller(by_lines, rqa__engine_bits_memory(task, 1));
    return RQA_ERROR_MEMORY_LIMIT;
}

int rqa__matrix_count(const rqa__matrix_view *matrix, const rqa__parallel *parallel,
                      rqa__matrix_room *room, rqa__tally_sink sink, void *user)
{
    rqa__given given = {.words = matrix->words, .words_per_row = matrix->words_per_row};
    int status = find_symmetry(matrix, parallel, &given.is_symmetric);
    if (status)
        return status;
    const rqa__task task = task_of(matrix, &given);
    if (parallel && !engine_fits(&task, parallel->n_workers, room->most_bytes))
        parallel = NULL;
    if (!engine_fits(&task, parallel ? parallel->n_workers : 1, room->most_bytes))
        return tally_within(matrix, &task, room, sink, user);
    status = rqa__engine_bits_run(&task, matrix->kernels, parallel, matrix->cancel, sink, user);
    if (status == RQA_ERROR_MEMORY)
        return rqa__fail_memory("the line counts of a matrix");
    return status == RQA_ERROR_CANCELLED ? rqa__fail(status, "cancelled") : status;
}
