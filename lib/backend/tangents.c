/* tangents.c - the directions of trajectories, as a rule on cells: differences of samples, kept,
 * and cosines, made for the cells that recur. */
#include "backend/tangents.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Coordinate k, c of tangent i is step[c * n_samples + i + k * delay]. */
typedef struct side_tangents {
    const rqa__side *side;
    size_t n; /* vectors */
    double *step;
    double *length; /* [n] 0: the vector has no tangent */
} side_tangents;

struct rqa__tangents {
    rqa__tangent_rule rule;
    side_tangents x, y; /* y of isodirectional alone; it may be x */
};

/* ---- made once ---- */

static double length_of(const side_tangents *t, size_t i)
{
    const rqa__side *s = t->side;
    double sum = 0;
    for (uint32_t k = 0; k < s->dims[0]; k++)
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const double d = t->step[c * s->n_samples + i + (size_t)k * s->delay];
            sum += d * d;
        }
    const double length = sqrt(sum);
    return length > 0 ? length : 0; /* NaN too */
}

/* Sample s + after less sample s - before, where both are there. */
static void fill_steps(side_tangents *t, size_t before, size_t after)
{
    const size_t n = t->side->n_samples;
    for (uint32_t c = 0; c < t->side->n_channels; c++) {
        const double *v = t->side->channel[c];
        double *step = t->step + c * n;
        for (size_t s = 0; s < n; s++)
            step[s] = s >= before && after < n - s ? v[s + after] - v[s - before] : NAN;
    }
    for (size_t i = 0; i < t->n; i++)
        t->length[i] = i >= before && after < t->n - i ? length_of(t, i) : 0;
}

static int fill_side(side_tangents *t, const rqa__side *side, const rqa__tangent_rule *rule)
{
    t->side = side;
    t->n = rqa__side_vectors(side, 0);
    t->step = rqa__alloc_array(side->n_samples, side->n_channels * sizeof *t->step);
    t->length = rqa__alloc_array(t->n, sizeof *t->length);
    if (!t->step || !t->length)
        return RQA_ERROR_MEMORY;
    fill_steps(t, rule->perpendicular ? 1 : 0, rule->perpendicular ? 1 : rule->lag);
    return RQA_OK;
}

static int is_same(const rqa__side *a, const rqa__side *b)
{
    return a->channel == b->channel && a->delay == b->delay && a->dims[0] == b->dims[0];
}

int rqa__tangents_create(rqa__tangents **out, const rqa__side *x, const rqa__side *y,
                         const rqa__tangent_rule *rule)
{
    rqa__tangents *t = rqa__calloc(1, sizeof *t);
    *out = t;
    int status = t ? RQA_OK : RQA_ERROR_MEMORY;
    if (!status) {
        t->rule = *rule;
        status = fill_side(&t->x, x, rule);
    }
    if (!status && (rule->perpendicular || is_same(x, y))) {
        t->y = t->x;
        t->y.side = y;
        t->y.n = rqa__side_vectors(y, 0);
    } else if (!status) {
        status = fill_side(&t->y, y, rule);
    }
    if (!status)
        return RQA_OK;
    rqa__tangents_destroy(t);
    *out = NULL;
    return rqa__fail_memory("the directions of a trajectory");
}

void rqa__tangents_destroy(rqa__tangents *t)
{
    if (!t)
        return;
    if (t->y.step != t->x.step) {
        rqa__free(t->y.step);
        rqa__free(t->y.length);
    }
    rqa__free(t->x.step);
    rqa__free(t->x.length);
    rqa__free(t);
}

static uint64_t side_memory(const rqa__side *s)
{
    return ((uint64_t)s->n_samples * s->n_channels + s->n_samples) * sizeof(double);
}

uint64_t rqa__tangents_memory(const rqa__side *x, const rqa__side *y)
{
    return side_memory(x) + (is_same(x, y) ? 0 : side_memory(y));
}

/* ---- cells ---- */

/* t_i and t_j run the same way. */
static int runs_along(const rqa__tangents *t, size_t i, size_t j)
{
    const rqa__side *x = t->x.side, *y = t->y.side;
    double sum = 0;
    if (!(t->y.length[j] > 0))
        return 0;
    for (uint32_t k = 0; k < x->dims[0]; k++)
        for (uint32_t c = 0; c < x->n_channels; c++)
            sum += t->x.step[c * x->n_samples + i + (size_t)k * x->delay] *
                   t->y.step[c * y->n_samples + j + (size_t)k * y->delay];
    return fabs(sum / (t->x.length[i] * t->y.length[j]) - 1) < t->rule.bound;
}

/* w_j lies across the trajectory at v_i. */
static int lies_across(const rqa__tangents *t, size_t i, size_t j)
{
    const rqa__side *x = t->x.side, *y = t->y.side;
    double sum = 0, squares = 0;
    for (uint32_t k = 0; k < x->dims[0]; k++)
        for (uint32_t c = 0; c < x->n_channels; c++) {
            const size_t at = i + (size_t)k * x->delay;
            const double d = y->channel[c][j + (size_t)k * y->delay] - x->channel[c][at];
            sum += d * t->x.step[c * x->n_samples + at];
            squares += d * d;
        }
    return fabs(sum / (sqrt(squares) * t->x.length[i])) < t->rule.bound; /* not for 0 / 0 */
}

static void clear(const void *rule, size_t i, int64_t first, size_t n_words, uint64_t *bits)
{
    const rqa__tangents *t = rule;
    if (!(t->x.length[i] > 0)) {
        memset(bits, 0, n_words * sizeof *bits);
        return;
    }
    for (size_t k = 0; k < n_words; k++)
        for (uint64_t open = bits[k]; open; open &= open - 1) {
            const unsigned b = (unsigned)__builtin_ctzll(open);
            const int64_t j = first + (int64_t)(64 * k + b);
            if (j < 0 || j >= (int64_t)t->y.n)
                continue;
            const int stays =
                t->rule.perpendicular ? lies_across(t, i, (size_t)j) : runs_along(t, i, (size_t)j);
            if (!stays)
                bits[k] &= ~((uint64_t)1 << b);
        }
}

rqa__cells rqa__tangents_cells(const rqa__tangents *t)
{
    return (rqa__cells){.clear = clear, .rule = t, .one_sided = (uint32_t)t->rule.perpendicular};
}
