/* false_neighbours.c - false nearest neighbours (Kennel and others 1992) and Cao's means (1997). */
#include "explore/false_neighbours.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "explore/near_sweep.h"
#include "search/point_tree.h"

enum {
    BLOCK = 512, /* slots: a job's queries, which lie near to each other */
    TRIALS = 8   /* blocks that say what the others cost */
};

/* Of one vector. */
typedef struct verdict {
    double ratio, step; /* Cao: d_(m+1)/d_m and dx; step NaN without a neighbour */
    uint8_t has, is_false1, is_false2;
} verdict;

typedef struct pass {
    const rqa__neighbour_question *q;
    const rqa__distance_kernels *kernels;
    const atomic_int *cancel;
    rqa__point_tree tree;
    size_t ahead;             /* of a vector's first sample: the sample after the vector */
    uint32_t *near_euclidean; /* [n]: neighbours found in the dimension before */
    uint32_t *near_maximum;
    verdict *verdict; /* [n] */
    uint32_t dim;
    size_t trial_step; /* of these blocks one is tried first; 0: none */
    atomic_ullong *operations;
    double caution;        /* how many times less time a pass over all pairs must seem to take */
    rqa__near_sweep sweep; /* of the dimensions from first_dim on; 0: not made */
} pass;

uint32_t rqa__neighbour_dims(size_t n, size_t delay, uint32_t max_dim)
{
    const size_t room = n < 2 ? 0 : (n - 2) / delay;
    return room < max_dim ? (uint32_t)room : max_dim;
}

static uint64_t memory_of_vectors(size_t n)
{
    return (uint64_t)n * (2 * sizeof(uint32_t) + sizeof(verdict));
}

uint64_t rqa__neighbour_memory(size_t n, uint32_t n_channels, uint32_t dim, unsigned n_workers)
{
    const uint64_t n_coordinates = (uint64_t)dim * n_channels;
    if (n_coordinates > UINT32_MAX)
        return UINT64_MAX;
    return rqa__point_tree_memory(n, (uint32_t)n_coordinates) + memory_of_vectors(n) +
           rqa__near_sweep_memory(n, n_channels, dim, n_workers) +
           (n_workers + 1) * n_coordinates * sizeof(double);
}

/* Sum of the squares of the new block, and its largest size. */
static double step_of(const pass *p, size_t i, size_t j, double *largest)
{
    double sum = 0;
    *largest = 0;
    for (uint32_t c = 0; c < p->q->n_channels; c++) {
        const double size = fabs(p->q->channel[c][i + p->ahead] - p->q->channel[c][j + p->ahead]);
        sum += size * size;
        *largest = size > *largest ? size : *largest;
    }
    return sum;
}

static void judge_false(const pass *p, const rqa__tree_search *s, verdict *v)
{
    double largest;
    v->has = s->index != RQA__TREE_NO_POINT;
    v->is_false1 = v->is_false2 = 0;
    if (!v->has)
        return;
    const double square = step_of(p, s->i, s->index, &largest);
    const double dx = p->q->n_channels == 1 ? largest : sqrt(square), r = s->distance;
    v->is_false1 = r > 0 ? dx / r > p->q->rtol : dx > 0;
    v->is_false2 = sqrt(r * r + square) / p->q->sigma > p->q->atol;
}

static void judge_growth(const pass *p, const rqa__tree_search *s, verdict *v)
{
    double largest;
    v->step = NAN;
    if (s->index == RQA__TREE_NO_POINT)
        return;
    const double square = step_of(p, s->i, s->index, &largest);
    v->step = p->q->n_channels == 1 ? largest : sqrt(square);
    v->ratio = (largest > s->distance ? largest : s->distance) / s->distance;
}

/* The neighbour before, or where that of the last query has moved on. */
static uint32_t guess_of(const uint32_t *near_before, const rqa__tree_search *s, size_t i)
{
    if (near_before[i] != RQA__TREE_NO_POINT)
        return near_before[i];
    return s->index;
}

/* By the sweep, if it knows, or by the tree. */
static void find_nearest(const pass *p, rqa__tree_search *search, size_t i, uint32_t *near_before)
{
    uint32_t guess;
    if (p->sweep.first_dim == 0) {
        guess = guess_of(near_before, search, i);
    } else if (rqa__near_sweep_knows(&p->sweep, p->dim, search->norm, i, &guess,
                                     &search->distance)) {
        search->i = i;
        search->index = guess;
        return;
    }
    rqa__tree_nearest(search, i, guess);
    near_before[i] = search->index;
}

static int judge_block(const pass *p, rqa__tree_search *euclidean, rqa__tree_search *maximum,
                       size_t block)
{
    const size_t begin = block * BLOCK, n = p->tree.n_points;
    int status = rqa__explore_look(p->cancel);
    for (size_t slot = begin; slot < begin + BLOCK && slot < n && !status; slot++) {
        const size_t i = p->tree.index[slot];
        find_nearest(p, euclidean, i, p->near_euclidean);
        find_nearest(p, maximum, i, p->near_maximum);
        judge_false(p, euclidean, &p->verdict[i]);
        judge_growth(p, maximum, &p->verdict[i]);
        if (euclidean->operations + maximum->operations > RQA__LOOK_OPERATIONS) {
            atomic_fetch_add(p->operations, euclidean->operations + maximum->operations);
            euclidean->operations = maximum->operations = 0;
            status = rqa__explore_look(p->cancel);
        }
    }
    atomic_fetch_add(p->operations, euclidean->operations + maximum->operations);
    return status;
}

static int run_block(const pass *p, size_t block)
{
    rqa__tree_search euclidean = {.tree = &p->tree,
                                  .kernels = p->kernels,
                                  .norm = 1,
                                  .exclusion = p->q->exclusion,
                                  .index = RQA__TREE_NO_POINT};
    int status = rqa__tree_search_begin(&euclidean);
    if (status)
        return status;
    rqa__tree_search maximum = euclidean;
    maximum.norm = 0;
    maximum.above_zero = 1;
    status = judge_block(p, &euclidean, &maximum, block);
    rqa__free(euclidean.query);
    return status;
}

static int job(void *arg, size_t block, unsigned worker)
{
    const pass *p = arg;
    (void)worker;
    return p->trial_step && block % p->trial_step == 0 ? RQA_OK : run_block(p, block);
}

static int trial_job(void *arg, size_t trial, unsigned worker)
{
    const pass *p = arg;
    (void)worker;
    return run_block(p, trial * p->trial_step);
}

/* By rising i. */
static void add_up(const pass *p, rqa__neighbour_answer *answer)
{
    double ratios = 0, steps = 0;
    uint64_t n_growth = 0;
    memset(answer, 0, sizeof *answer);
    for (size_t i = 0; i < p->tree.n_points; i++) {
        const verdict *v = &p->verdict[i];
        answer->n += v->has;
        answer->criterion1 += v->is_false1;
        answer->criterion2 += v->is_false2;
        answer->either += v->is_false1 | v->is_false2;
        if (isnan(v->step))
            continue;
        ratios += v->ratio;
        steps += v->step;
        n_growth++;
    }
    answer->e = n_growth ? ratios / (double)n_growth : NAN;
    answer->e_star = n_growth ? steps / (double)n_growth : NAN;
}

static size_t blocks_of(const pass *p)
{
    return (p->tree.n_points + BLOCK - 1) / BLOCK;
}

/* Tries the tree on some blocks; where one pass over all pairs would take less time than the tree
 * for this dimension and those that follow, in which it does not do better, makes it. A pass that
 * was in vain may do better in a later dimension. */
static int try_tree(pass *p, const rqa__explore_crew *crew, uint32_t n_dims)
{
    const size_t n = p->tree.n_points, n_blocks = blocks_of(p);
    const double cost = rqa__near_sweep_cost(p->kernels, n, p->dim, n_dims);
    if (isinf(cost))
        return RQA_OK;
    p->trial_step = n_blocks / TRIALS > 1 ? n_blocks / TRIALS : 2;
    const size_t n_trials = (n_blocks + p->trial_step - 1) / p->trial_step;
    atomic_store(p->operations, 0);
    int status = rqa__pool_run(crew->pool, n_trials, trial_job, p);
    const double of_tree =
        (double)atomic_load(p->operations) / ((double)n_trials * BLOCK) * (n_dims - p->dim + 1);
    if (status || of_tree < p->caution * cost)
        return status;
    status =
        rqa__near_sweep_run(&p->sweep, crew, p->q, p->dim, n_dims,
                            (const uint32_t *const[]){p->near_maximum, p->near_euclidean}, of_tree);
    if (!status && p->sweep.is_vain) {
        rqa__near_sweep_destroy(&p->sweep);
        p->caution *= 2;
    } else {
        p->trial_step = 0;
    }
    return status;
}

static int one_dim(pass *p, const rqa__explore_crew *crew, uint32_t n_dims, const double **point,
                   rqa__neighbour_answer *answer)
{
    const rqa__neighbour_question *q = p->q;
    uint32_t n_coordinates = 0;
    for (uint32_t k = 0; k < p->dim; k++)
        for (uint32_t c = 0; c < q->n_channels; c++)
            point[n_coordinates++] = q->channel[c] + k * q->delay;
    p->ahead = p->dim * q->delay;
    p->trial_step = 0;
    int status = rqa__explore_look(crew->cancel);
    if (status)
        return status;
    status = rqa__point_tree_build(&p->tree, point, n_coordinates, q->n - p->ahead);
    if (!status && p->sweep.first_dim == 0)
        status = try_tree(p, crew, n_dims);
    if (!status)
        status = rqa__pool_run(crew->pool, blocks_of(p), job, p);
    if (!status)
        add_up(p, answer);
    rqa__point_tree_destroy(&p->tree);
    return status;
}

int rqa__neighbour_counts(const rqa__explore_crew *crew, const rqa__neighbour_question *question,
                          uint32_t n_dims, rqa__neighbour_answer *answer)
{
    const size_t n = question->n;
    atomic_ullong operations = 0;
    pass p = {.q = question,
              .kernels = crew->kernels,
              .cancel = crew->cancel,
              .operations = &operations,
              .caution = 1};
    const double **point = rqa__alloc_array((size_t)n_dims * question->n_channels, sizeof *point);
    p.near_euclidean = rqa__alloc_array(n, sizeof *p.near_euclidean);
    p.near_maximum = rqa__alloc_array(n, sizeof *p.near_maximum);
    p.verdict = rqa__alloc_array(n, sizeof *p.verdict);
    int status = RQA_OK;
    if (!point || !p.near_euclidean || !p.near_maximum || !p.verdict)
        status = rqa__fail_memory("the neighbours of the vectors");
    for (size_t i = 0; i < n && !status; i++)
        p.near_euclidean[i] = p.near_maximum[i] = RQA__TREE_NO_POINT;
    for (p.dim = 1; p.dim <= n_dims && !status; p.dim++)
        status = one_dim(&p, crew, n_dims, point, &answer[p.dim - 1]);
    rqa__near_sweep_destroy(&p.sweep);
    rqa__free((void *)point);
    rqa__free(p.near_euclidean);
    rqa__free(p.near_maximum);
    rqa__free(p.verdict);
    return status;
}
