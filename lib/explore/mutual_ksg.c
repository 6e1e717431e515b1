/* mutual_ksg.c - average mutual information by neighbours: estimator 1 of Kraskov and others (2004). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "explore/mutual_information.h"
#include "search/point_tree.h"

enum { BLOCK = 1024 };

typedef struct lag_pass {
    const rqa__distance_kernels *kernels;
    const atomic_int *cancel;
    rqa__point_tree tree;
    size_t n, lag;
    uint32_t k;
    const double *x, *y;     /* of the pairs */
    double *sorted_x, *sorted_y;
    const double *psi; /* psi[m] of m >= 1 */
    double *term;      /* [n] psi(n_x + 1) + psi(n_y + 1) */
} lag_pass;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* How many of the sorted numbers are nearer to `value` than eps, which is above 0, but itself. */
static size_t count_near(const double *sorted, size_t n, double value, double eps)
{
    size_t low = 0, high = n, first;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (value - sorted[middle] < eps)
            high = middle;
        else
            low = middle + 1;
    }
    first = low;
    high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] - value < eps)
            low = middle + 1;
        else
            high = middle;
    }
    return low - first - 1;
}

static int judge_block(void *arg, size_t block, unsigned worker)
{
    const lag_pass *p = arg;
    const size_t begin = block * BLOCK;
    rqa__tree_search search = {.tree = &p->tree, .kernels = p->kernels, .exclusion = 1};
    (void)worker;
    int status = rqa__tree_search_begin(&search);
    for (size_t slot = begin; slot < begin + BLOCK && slot < p->n && !status; slot++) {
        const size_t i = p->tree.index[slot];
        const double eps = rqa__tree_kth_distance(&search, i, p->k);
        if (!(eps > 0))
            status = rqa__fail(RQA_ERROR_UNSUPPORTED,
                               "the ksg estimator needs samples without ties: at lag %zu %u pairs "
                               "equal that of sample %zu; use bins",
                               p->lag, (unsigned)p->k, i);
        else
            p->term[i] = p->psi[count_near(p->sorted_x, p->n, p->x[i], eps) + 1] +
                         p->psi[count_near(p->sorted_y, p->n, p->y[i], eps) + 1];
        if (search.operations > RQA__LOOK_OPERATIONS && !status) {
            search.operations = 0;
            status = rqa__explore_look(p->cancel);
        }
    }
    rqa__free(search.query);
    return status;
}

static int one_lag(lag_pass *p, const rqa__explore_crew *crew, double *out)
{
    const double *const point[2] = {p->x, p->y};
    memcpy(p->sorted_x, p->x, p->n * sizeof *p->x);
    memcpy(p->sorted_y, p->y, p->n * sizeof *p->y);
    qsort(p->sorted_x, p->n, sizeof *p->sorted_x, compare);
    qsort(p->sorted_y, p->n, sizeof *p->sorted_y, compare);
    int status = rqa__explore_look(crew->cancel);
    if (status)
        return status;
    status = rqa__point_tree_build(&p->tree, point, 2, p->n);
    if (!status)
        status = rqa__pool_run(crew->pool, (p->n + BLOCK - 1) / BLOCK, judge_block, p);
    rqa__point_tree_destroy(&p->tree);
    if (status)
        return status;
    double sum = 0;
    for (size_t i = 0; i < p->n; i++)
        sum += p->term[i];
    *out = p->psi[p->k] + p->psi[p->n] - sum / (double)p->n;
    return RQA_OK;
}

/* psi(1) = -gamma, psi(m + 1) = psi(m) + 1/m */
static void fill_psi(double *psi, size_t n)
{
    psi[0] = NAN;
    psi[1] = -0.577215664901532860606512090082402431;
    for (size_t m = 2; m <= n; m++)
        psi[m] = psi[m - 1] + 1 / (double)(m - 1);
}

int rqa__mutual_information_ksg(const rqa__explore_crew *crew, const double *values, size_t n,
                                uint32_t k, size_t max_lag, double *out)
{
    double *psi = rqa__alloc_array(n + 1, sizeof *psi);
    lag_pass p = {.kernels = crew->kernels, .cancel = crew->cancel, .k = k, .x = values, .psi = psi};
    p.sorted_x = rqa__alloc_array(n, sizeof *p.sorted_x);
    p.sorted_y = rqa__alloc_array(n, sizeof *p.sorted_y);
    p.term = rqa__alloc_array(n, sizeof *p.term);
    int status = RQA_OK;
    if (!psi || !p.sorted_x || !p.sorted_y || !p.term)
        status = rqa__fail_memory("the neighbours of the pairs");
    if (!status)
        fill_psi(psi, n);
    for (size_t lag = 0; lag <= max_lag && !status; lag++) {
        p.lag = lag;
        p.n = n - lag;
        p.y = values + lag;
        status = one_lag(&p, crew, &out[lag]);
    }
    rqa__free(psi);
    rqa__free(p.sorted_x);
    rqa__free(p.sorted_y);
    rqa__free(p.term);
    return status;
}
