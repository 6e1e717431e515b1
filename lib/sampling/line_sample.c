/* line_sample.c - cells drawn at random, and the lines that begin in them.
 *
 * Draws come in chunks with a stream each. A wave of chunks is drawn at once and taken in their order,
 * so that the last draw is the same however many threads there are; of the chunk in which it falls the
 * draws up to it are made again.
 */
#include "sampling/line_sample.h"

#include "base/error.h"
#include "base/memory.h"
#include "sampling/cell_draw.h"

enum { CHUNK = 65536, BATCH = 32, WAVE = 2 }; /* draws; cells fetched at once; chunks a worker */

/* What one chunk gave. */
typedef struct chunk {
    uint64_t n_cells, n_points, n_diagonal, n_vertical;
    uint32_t *diagonal, *vertical; /* [CHUNK] lengths */
} chunk;

typedef struct line_job {
    const rqa__line_draws *draws;
    rqa__cell_field field;
    uint64_t first;    /* number of the first chunk of the wave */
    uint64_t n_wanted; /* diagonal lines that are still wanted */
    chunk *chunk;
} line_job;

static uint64_t apart(uint64_t i, uint64_t j)
{
    return i > j ? i - j : j - i;
}

static int has_vertical_cell(const rqa__task *task, uint64_t i, uint64_t j)
{
    return apart(i, j) >= task->theiler_vertical && !(task->upper_only && j < i);
}

/* The diagonal line whose first cell this is; 0 where it is none. */
static int follow_diagonal(const line_job *job, rqa__cell at, uint64_t *since, uint32_t *length)
{
    const rqa__sampled_plot *plot = job->draws->plot;
    *length = 0;
    if (apart(at.i, at.j) < job->draws->task->theiler_diagonal)
        return RQA_OK;
    if (at.i && at.j && rqa__sampled_recurs(plot, at.i - 1, at.j - 1))
        return RQA_OK;
    uint64_t n = 1;
    int status = RQA_OK;
    while (!status && at.i + n < plot->n_x && at.j + n < plot->n_y &&
           rqa__sampled_recurs(plot, at.i + n, at.j + n)) {
        n++;
        status = rqa__sampled_look(plot, 1, since);
    }
    *length = (uint32_t)n;
    return status;
}

static int follow_vertical(const line_job *job, rqa__cell at, uint64_t *since, uint32_t *length)
{
    const rqa__sampled_plot *plot = job->draws->plot;
    const rqa__task *task = job->draws->task;
    *length = 0;
    if (!has_vertical_cell(task, at.i, at.j))
        return RQA_OK;
    if (at.j && has_vertical_cell(task, at.i, at.j - 1) && rqa__sampled_recurs(plot, at.i, at.j - 1))
        return RQA_OK;
    uint64_t n = 1;
    int status = RQA_OK;
    while (!status && at.j + n < plot->n_y && has_vertical_cell(task, at.i, at.j + n) &&
           rqa__sampled_recurs(plot, at.i, at.j + n)) {
        n++;
        status = rqa__sampled_look(plot, 1, since);
    }
    *length = (uint32_t)n;
    return status;
}

static int take_cell(const line_job *job, chunk *c, rqa__cell at, uint64_t *since)
{
    const rqa__task *task = job->draws->task;
    uint32_t length;
    const uint64_t counts = apart(at.i, at.j) >= task->theiler_points ? 1 : 0;
    c->n_cells += counts;
    if (!rqa__sampled_recurs(job->draws->plot, at.i, at.j))
        return RQA_OK;
    c->n_points += counts;
    int status = follow_diagonal(job, at, since, &length);
    if (!status && length)
        c->diagonal[c->n_diagonal++] = length;
    if (status || !job->draws->verticals)
        return status;
    status = follow_vertical(job, at, since, &length);
    if (!status && length)
        c->vertical[c->n_vertical++] = length;
    return status;
}

/* The draws of a chunk, up to the one that gives line number n_wanted. */
static int draw_chunk(const line_job *job, uint64_t number, uint64_t n_wanted, chunk *c)
{
    rqa__generator g = rqa__generator_of(job->draws->seed, number);
    rqa__cell cell[BATCH];
    uint64_t since = RQA__LOOK_OPERATIONS; /* looks at once: a chunk may have fewer operations */
    const uint64_t left = job->draws->n_cells - number * CHUNK;
    const uint64_t n = left < CHUNK ? left : CHUNK;
    c->n_cells = c->n_points = c->n_diagonal = c->n_vertical = 0;
    for (uint64_t first = 0; first < n; first += BATCH) {
        const unsigned many = n - first < BATCH ? (unsigned)(n - first) : BATCH;
        for (unsigned k = 0; k < many; k++) {
            cell[k] = rqa__cell_draw(&job->field, &g);
            rqa__sampled_fetch(job->draws->plot, cell[k].i, cell[k].j);
        }
        int status = rqa__sampled_look(job->draws->plot, many, &since);
        for (unsigned k = 0; k < many && !status; k++) {
            status = take_cell(job, c, cell[k], &since);
            if (!status && c->n_diagonal == n_wanted)
                return RQA_OK;
        }
        if (status)
            return status;
    }
    return RQA_OK;
}

static int run_chunk(void *arg, size_t k, unsigned worker)
{
    (void)worker;
    const line_job *job = arg;
    return draw_chunk(job, job->first + k, job->n_wanted, job->chunk + k);
}

static int add_lengths(rqa__hist *hist, const uint32_t *length, uint64_t n)
{
    for (uint64_t k = 0; k < n; k++) {
        if (length[k] >= hist->size && rqa__hist_reserve(hist, length[k]))
            return rqa__fail_memory("the lines of a sample");
        rqa__hist_add(hist, length[k], 1);
    }
    return RQA_OK;
}

static int take_chunk(rqa__line_sample *out, const chunk *c)
{
    out->n_cells += c->n_cells;
    out->n_points += c->n_points;
    out->n_diagonal += c->n_diagonal;
    out->n_vertical += c->n_vertical;
    int status = add_lengths(&out->diagonal, c->diagonal, c->n_diagonal);
    return status ? status : add_lengths(&out->vertical, c->vertical, c->n_vertical);
}

static int draw_wave(rqa__line_sample *out, line_job *job, size_t n_chunks,
                     const rqa__parallel *parallel)
{
    int status = RQA_OK;
    job->n_wanted = job->draws->n_lines - out->n_diagonal;
    if (parallel)
        status = parallel->run(parallel->pool, n_chunks, run_chunk, job);
    for (size_t k = 0; k < n_chunks && !status; k++) {
        const uint64_t n_wanted = job->draws->n_lines - out->n_diagonal;
        if (n_wanted == 0)
            break;
        if (!parallel || (k > 0 && job->chunk[k].n_diagonal >= n_wanted))
            status = draw_chunk(job, job->first + k, n_wanted, job->chunk + k);
        if (!status)
            status = take_chunk(out, job->chunk + k);
    }
    return status;
}

static void free_room(chunk *room, size_t n_chunks)
{
    for (size_t k = 0; k < n_chunks && room; k++) {
        rqa__free(room[k].diagonal);
        rqa__free(room[k].vertical);
    }
    rqa__free(room);
}

static chunk *make_room(size_t n_chunks, int verticals)
{
    chunk *room = rqa__calloc(n_chunks, sizeof *room);
    int is_whole = room != NULL;
    for (size_t k = 0; k < n_chunks && is_whole; k++) {
        room[k].diagonal = rqa__alloc_array(CHUNK, sizeof *room[k].diagonal);
        if (verticals)
            room[k].vertical = rqa__alloc_array(CHUNK, sizeof *room[k].vertical);
        is_whole = room[k].diagonal && (room[k].vertical || !verticals);
    }
    if (is_whole)
        return room;
    free_room(room, n_chunks);
    return NULL;
}

static uint64_t smallest_window(const rqa__line_draws *draws)
{
    const rqa__task *task = draws->task;
    uint64_t w = task->theiler_points;
    w = task->theiler_diagonal < w ? task->theiler_diagonal : w;
    return draws->verticals && task->theiler_vertical < w ? task->theiler_vertical : w;
}

static size_t n_at_once(const rqa__parallel *parallel)
{
    return parallel ? WAVE * (size_t)parallel->n_workers : 1;
}

size_t rqa__line_sample_memory(const rqa__line_draws *draws, const rqa__parallel *parallel)
{
    const size_t of_one = (draws->verticals ? (size_t)2 : 1) * CHUNK * sizeof(uint32_t) + sizeof(chunk);
    return n_at_once(parallel) * of_one;
}

int rqa__line_sample_draw(rqa__line_sample *out, const rqa__line_draws *draws,
                          const rqa__parallel *parallel)
{
    const size_t n_room = n_at_once(parallel);
    *out = (rqa__line_sample){0};
    line_job job = {.draws = draws,
                    .field = rqa__cell_field_of(draws->plot->n_x, draws->plot->n_y,
                                                smallest_window(draws),
                                                draws->task->upper_only != 0)};
    if (job.field.n_cells[0] + job.field.n_cells[1] == 0)
        return RQA_OK;
    job.chunk = make_room(n_room, draws->verticals);
    if (!job.chunk)
        return rqa__fail_memory("the lines of a sample");
    const uint64_t n_chunks = (draws->n_cells - 1) / CHUNK + 1;
    int status = RQA_OK;
    while (job.first < n_chunks && out->n_diagonal < draws->n_lines && !status) {
        const uint64_t left = n_chunks - job.first;
        const size_t n = left < n_room ? (size_t)left : n_room;
        status = draw_wave(out, &job, n, parallel);
        job.first += n;
    }
    free_room(job.chunk, n_room);
    return status;
}

void rqa__line_sample_free(rqa__line_sample *sample)
{
    rqa__hist_free(&sample->diagonal);
    rqa__hist_free(&sample->vertical);
}
