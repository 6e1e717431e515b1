/* border_walk.c - the border lines of a plot, from both ends of every diagonal. */
#include "backend/border_walk.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/look.h"

typedef struct walk {
    rqa__border_lines *out;
    /* What the cells come from: a task, or a matrix. */
    const rqa__task *task;
    uint32_t dim_index;
    double bound_x, bound_y;
    const rqa__matrix_view *matrix;
    size_t n_x, n_y;
    uint64_t theiler;
    int has_loi, mirrored, upper_only;
    const rqa__border_rule *rule;
    const atomic_int *cancel;
    uint64_t n_cells, next_look;
    uint64_t cell_operations;
} walk;

/* The documented sum, every operation rounded to double: maximum, sum, or sum of squares. */
static int within(const rqa__side *a, size_t i, const rqa__side *b, size_t j, uint32_t dim, uint32_t norm,
                  double bound)
{
    double sum = 0;
    for (uint32_t k = 0; k < dim; k++)
        for (uint32_t c = 0; c < a->n_channels; c++) {
            const double d = fabs(a->channel[c][i + (size_t)k * a->delay] -
                                  b->channel[c][j + (size_t)k * b->delay]);
            if (norm == RQA__NORM_MAXIMUM) {
                if (!(d <= bound))
                    return 0;
            } else {
                sum += norm == RQA__NORM_EUCLIDEAN ? d * d : d;
            }
        }
    return sum <= bound;
}

static int is_kept(const rqa__limits *limits, size_t i, size_t j)
{
    return !limits || !limits->cells || rqa__cells_keep(limits->cells, i, j);
}

static int recurs(const walk *w, size_t i, size_t j)
{
    if (w->matrix)
        return (int)(w->matrix->words[j * w->matrix->words_per_row + i / 64] >> i % 64 & 1);
    const rqa__task *t = w->task;
    const uint32_t dim_x = t->x.dims[w->dim_index], dim_y = t->y.dims[w->dim_index];
    if (!is_kept(t->limits, i, j) || !is_kept(t->limits_y, i, j))
        return 0;
    if (t->relation == RQA__RELATION_JOINT)
        return within(&t->x, i, &t->x, j, dim_x, t->norm, w->bound_x) &&
               within(&t->y, i, &t->y, j, dim_y, t->norm, w->bound_y);
    return within(&t->x, i, &t->y, j, dim_x, t->norm, w->bound_x);
}

/* How many cells recur from (i, j) on, in steps of +-1, at most n. */
static int run_from(walk *w, size_t i, size_t j, int step, uint64_t n, uint64_t *length)
{
    uint64_t k = 0;
    for (; k < n; k++) {
        if (++w->n_cells >= w->next_look) {
            if (rqa__is_cancelled(w->cancel))
                return rqa__fail(RQA_ERROR_CANCELLED, "cancelled");
            w->next_look = w->n_cells + rqa__steps_between_looks(w->cell_operations);
        }
        if (!recurs(w, (size_t)(step > 0 ? i + k : i - k), (size_t)(step > 0 ? j + k : j - k)))
            break;
    }
    *length = k;
    return RQA_OK;
}

static int note(rqa__hist *hist, uint64_t length, uint64_t n)
{
    if (rqa__hist_reserve(hist, (size_t)length))
        return rqa__fail_memory("the border lines");
    rqa__hist_add(hist, (size_t)length, n);
    return RQA_OK;
}

static int note_line(walk *w, uint64_t length, int below)
{
    rqa__border_lines *out = w->out;
    for (int side = 0; side < 2; side++)
        if ((side == below || w->mirrored) && length > out->longest[side])
            out->longest[side] = length;
    return note(&out->line, length, w->mirrored ? 2 : 1);
}

/* The diagonal that begins at (i, j), of n cells. */
static int walk_diagonal(walk *w, size_t i, size_t j, uint64_t n)
{
    uint64_t head = 0, tail = 0;
    int status = run_from(w, i, j, 1, n, &head);
    if (status)
        return status;
    if (head == n)
        return note_line(w, n, i > j);
    if (!w->rule->semi)
        return RQA_OK;
    if (head > 0)
        status = note_line(w, head, i > j);
    if (!status)
        status = run_from(w, i + (size_t)n - 1, j + (size_t)n - 1, -1, n, &tail);
    return status || tail == 0 ? status : note_line(w, tail, i > j);
}

/* All runs of the line of identity. */
static int walk_loi(walk *w)
{
    const uint64_t n = w->n_x < w->n_y ? w->n_x : w->n_y;
    for (uint64_t at = 0; at < n; at++) {
        uint64_t length = 0;
        int status = run_from(w, (size_t)at, (size_t)at, 1, n - at, &length);
        if (!status && length)
            status = note(&w->out->loi, length, 1);
        if (status)
            return status;
        at += length;
    }
    return RQA_OK;
}

static int walk_all(walk *w)
{
    int status = RQA_OK;
    memset(w->out, 0, sizeof *w->out);
    if (w->rule->what == RQA__BORDER_ALL)
        return RQA_OK;
    if (w->theiler == 0)
        status = w->has_loi ? walk_loi(w)
                            : walk_diagonal(w, 0, 0, w->n_x < w->n_y ? w->n_x : w->n_y);
    const uint64_t first = w->theiler ? w->theiler : 1;
    for (uint64_t k = first; k < w->n_y && !status; k++) /* j - i = k */
        status = walk_diagonal(w, 0, (size_t)k, w->n_y - k < w->n_x ? w->n_y - k : w->n_x);
    for (uint64_t k = first; k < w->n_x && !status && !w->mirrored && !w->upper_only; k++)
        status = walk_diagonal(w, (size_t)k, 0, w->n_x - k < w->n_y ? w->n_x - k : w->n_y);
    return status;
}

int rqa__border_walk(rqa__border_lines *out, const rqa__task *task, uint32_t dim_index,
                     uint32_t threshold_index, const rqa__border_rule *rule, const atomic_int *cancel)
{
    walk w = {
        .out = out,
        .task = task,
        .dim_index = dim_index,
        .bound_x = rqa__task_bounds(task, 0, dim_index)[threshold_index],
        .bound_y = task->bounds_y ? rqa__task_bounds(task, 1, dim_index)[threshold_index] : 0,
        .n_x = rqa__side_vectors(&task->x, dim_index),
        .n_y = rqa__side_vectors(&task->y, dim_index),
        .theiler = task->theiler_diagonal,
        .has_loi = task->relation != RQA__RELATION_CROSS,
        .mirrored = rqa__task_is_symmetric(task) && !task->upper_only,
        .upper_only = (int)task->upper_only,
        .rule = rule,
        .cancel = cancel,
        .cell_operations = (uint64_t)task->x.dims[dim_index] * task->x.n_channels,
    };
    return walk_all(&w);
}

int rqa__border_walk_matrix(rqa__border_lines *out, const rqa__matrix_view *matrix, int has_loi,
                            const rqa__border_rule *rule)
{
    walk w = {
        .out = out,
        .matrix = matrix,
        .n_x = matrix->n_x,
        .n_y = matrix->n_y,
        .theiler = matrix->theiler_diagonal,
        .has_loi = has_loi,
        .upper_only = matrix->upper_only,
        .rule = rule,
        .cancel = matrix->cancel,
        .cell_operations = 1,
    };
    return walk_all(&w);
}
