/* distance_tpl.h - the distance kernels, compiled once per level: a lane for each i, so that every
 * lane adds in the order of the definition.
 *
 * The including file defines distance_vector, LANES of doubles, and on it zero, load, store, fill,
 * minus, plus, times, size_of (without its sign), root, and
 *   larger(a, b)   the larger, b where a is not a number
 *   reach(a, b)    the larger of two sizes, NaN where either is not a number
 *   transpose(a)   lane t of a[u] to lane u of a[t], t and u < LANES
 */
#include "kernels/distance_pair.h"

enum { VECTORS = 4 }; /* at a time, so that the samples of j are fetched once for all of them */

/* The term of a difference, and a value with one more. */
static inline distance_vector term_of(distance_vector difference, uint32_t norm)
{
    return norm == 1 ? times(difference, difference) : size_of(difference);
}

static inline distance_vector with_term(distance_vector value, distance_vector term, uint32_t norm)
{
    return norm == 0 ? reach(value, term) : plus(value, term);
}

/* The values of n_vectors * LANES pairs. What is constant to a caller costs nothing here. */
static inline __attribute__((always_inline)) void
value_block(distance_vector *value, size_t n_vectors, const rqa__distance_space *s, size_t i,
            size_t j, uint32_t norm)
{
    for (size_t v = 0; v < n_vectors; v++)
        value[v] = zero();
    for (uint32_t k = 0; k < s->dim; k++)
        for (uint32_t c = 0; c < s->n_channels; c++) {
            const double *x = s->x[c] + i + k * s->x_delay;
            const distance_vector y = fill(s->y[c][j + k * s->y_delay]);
            for (size_t v = 0; v < n_vectors; v++) {
                const distance_vector difference = minus(load(x + v * LANES), y);
                value[v] = with_term(value[v], term_of(difference, norm), norm);
            }
        }
}

static inline __attribute__((always_inline)) void
values_block(const rqa__distance_space *s, size_t i, size_t n_vectors, size_t j, double *out,
             uint32_t norm)
{
    distance_vector value[VECTORS];
    value_block(value, n_vectors, s, i, j, norm);
    for (size_t v = 0; v < n_vectors; v++)
        store(out + v * LANES, value[v]);
}

static inline __attribute__((always_inline)) distance_vector
largest_block(const rqa__distance_space *s, size_t i, size_t n_vectors, size_t j, size_t n_j,
              distance_vector least, uint32_t norm)
{
    distance_vector value[VECTORS], most[VECTORS];
    for (size_t v = 0; v < n_vectors; v++)
        most[v] = least;
    for (size_t u = 0; u < n_j; u++) {
        value_block(value, n_vectors, s, i, j + u, norm);
        for (size_t v = 0; v < n_vectors; v++)
            most[v] = larger(value[v], most[v]);
    }
    for (size_t v = 1; v < n_vectors; v++)
        most[0] = larger(most[v], most[0]);
    return most[0];
}

static inline __attribute__((always_inline)) void
add_block(const rqa__distance_space *s, size_t i, size_t n_vectors, size_t j, size_t n_j,
          double *sum, uint32_t norm)
{
    distance_vector value[VECTORS], total[VECTORS];
    for (size_t v = 0; v < n_vectors; v++)
        total[v] = load(sum + v * LANES);
    for (size_t u = 0; u < n_j; u++) {
        value_block(value, n_vectors, s, i, j + u, norm);
        for (size_t v = 0; v < n_vectors; v++) {
            const distance_vector distance = norm == 1 ? root(value[v]) : value[v];
            total[v] = plus(total[v], larger(distance, zero()));
        }
    }
    for (size_t v = 0; v < n_vectors; v++)
        store(sum + v * LANES, total[v]);
}

/* LANES by LANES pairs. */
static inline __attribute__((always_inline)) void
add_square(const rqa__distance_space *s, size_t i, size_t j, double *row, distance_vector *column,
           uint32_t norm)
{
    distance_vector value[LANES], total = load(row), x = load(s->x[0] + i);
    for (size_t u = 0; u < LANES; u++)
        value[u] = term_of(minus(x, fill(s->y[0][j + u])), norm);
    for (uint32_t k = 0, c = 1; k < s->dim; k++, c = 0)
        for (; c < s->n_channels; c++) {
            const double *y = s->y[c] + j + k * s->y_delay;
            x = load(s->x[c] + i + k * s->x_delay);
            for (size_t u = 0; u < LANES; u++)
                value[u] = with_term(value[u], term_of(minus(x, fill(y[u])), norm), norm);
        }
    for (size_t u = 0; u < LANES; u++) {
        value[u] = larger(norm == 1 ? root(value[u]) : value[u], zero());
        total = plus(total, value[u]);
    }
    store(row, total);
    transpose(value);
    for (size_t t = 0; t < LANES; t++)
        *column = plus(*column, value[t]);
}

/* Columns on the outside: each meets its rows by rising t, and each row its columns by rising u. */
static inline __attribute__((always_inline)) void
add_both_norm(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
              double *const sum[2], uint32_t norm)
{
    double *row = sum[0], *column = sum[1];
    size_t u = 0;
    for (; u + LANES <= n_j; u += LANES) {
        distance_vector total = load(column + u);
        size_t t = 0;
        for (; t + LANES <= n; t += LANES)
            add_square(s, i + t, j + u, row + t, &total, norm);
        store(column + u, total);
        pair_sums(s, i + t, n - t, j + u, LANES, row + t, column + u);
    }
    pair_sums(s, i, n, j + u, n_j - u, row, column + u);
}

static inline __attribute__((always_inline)) void
boxes_norm(const double *box, const double *point, uint32_t n_coordinates, double *out,
           uint32_t norm)
{
    distance_vector value[RQA__BOXES / LANES];
    for (size_t v = 0; v < RQA__BOXES / LANES; v++)
        value[v] = zero();
    for (uint32_t k = 0; k < n_coordinates; k++) {
        const double *low = box + 2 * (size_t)k * RQA__BOXES, *high = low + RQA__BOXES;
        const distance_vector place = fill(point[k]);
        for (size_t v = 0; v < RQA__BOXES / LANES; v++) {
            const distance_vector below = minus(load(low + v * LANES), place);
            const distance_vector above = minus(place, load(high + v * LANES));
            const distance_vector size = larger(larger(below, above), zero());
            if (norm == 1)
                value[v] = plus(value[v], times(size, size));
            else if (norm == 2)
                value[v] = plus(value[v], size);
            else
                value[v] = larger(size, value[v]);
        }
    }
    for (size_t v = 0; v < RQA__BOXES / LANES; v++)
        store(out + v * LANES, value[v]);
}

static void boxes(const double *box, const double *point, uint32_t n_coordinates, uint32_t norm,
                  double *out)
{
    if (norm == 0)
        boxes_norm(box, point, n_coordinates, out, 0);
    else if (norm == 1)
        boxes_norm(box, point, n_coordinates, out, 1);
    else
        boxes_norm(box, point, n_coordinates, out, 2);
}

static inline __attribute__((always_inline)) size_t
values_norm(const rqa__distance_space *s, size_t i, size_t n, size_t j, double *out, uint32_t norm)
{
    size_t t = 0;
    for (; t + VECTORS * LANES <= n; t += VECTORS * LANES)
        values_block(s, i + t, VECTORS, j, out + t, norm);
    for (; t + LANES <= n; t += LANES)
        values_block(s, i + t, 1, j, out + t, norm);
    return t;
}

static inline __attribute__((always_inline)) size_t
largest_norm(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
             distance_vector *most, uint32_t norm)
{
    size_t t = 0;
    for (; t + VECTORS * LANES <= n; t += VECTORS * LANES)
        *most = largest_block(s, i + t, VECTORS, j, n_j, *most, norm);
    for (; t + LANES <= n; t += LANES)
        *most = largest_block(s, i + t, 1, j, n_j, *most, norm);
    return t;
}

static inline __attribute__((always_inline)) size_t
add_norm(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j, double *sum,
         uint32_t norm)
{
    size_t t = 0;
    for (; t + VECTORS * LANES <= n; t += VECTORS * LANES)
        add_block(s, i + t, VECTORS, j, n_j, sum + t, norm);
    for (; t + LANES <= n; t += LANES)
        add_block(s, i + t, 1, j, n_j, sum + t, norm);
    return t;
}

static void values(const rqa__distance_space *s, size_t i, size_t n, size_t j, double *out)
{
    size_t t = s->norm == 0   ? values_norm(s, i, n, j, out, 0)
               : s->norm == 1 ? values_norm(s, i, n, j, out, 1)
                              : values_norm(s, i, n, j, out, 2);
    for (; t < n; t++)
        out[t] = pair_value(s, i + t, j);
}

static double largest(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                      double least)
{
    double lane[LANES];
    distance_vector most = fill(least);
    size_t t = s->norm == 0   ? largest_norm(s, i, n, j, n_j, &most, 0)
               : s->norm == 1 ? largest_norm(s, i, n, j, n_j, &most, 1)
                              : largest_norm(s, i, n, j, n_j, &most, 2);
    store(lane, most);
    for (size_t v = 0; v < LANES; v++)
        least = lane[v] > least ? lane[v] : least;
    for (; t < n; t++)
        least = pair_largest(s, i + t, j, n_j, least);
    return least;
}

static void add(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j, double *sum)
{
    size_t t = s->norm == 0   ? add_norm(s, i, n, j, n_j, sum, 0)
               : s->norm == 1 ? add_norm(s, i, n, j, n_j, sum, 1)
                              : add_norm(s, i, n, j, n_j, sum, 2);
    for (; t < n; t++)
        sum[t] = pair_sum(s, i + t, j, n_j, sum[t]);
}

static void add_both(const rqa__distance_space *s, size_t i, size_t n, size_t j, size_t n_j,
                     double *row, double *column)
{
    double *const sum[2] = {row, column};
    if (s->norm == 0)
        add_both_norm(s, i, n, j, n_j, sum, 0);
    else if (s->norm == 1)
        add_both_norm(s, i, n, j, n_j, sum, 1);
    else
        add_both_norm(s, i, n, j, n_j, sum, 2);
}
