/* order_statistic.c - the k-th smallest of some numbers. */
#include "base/order_statistic.h"

static double middle_of(double a, double b, double c)
{
    return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

/* Brings those below the pivot to the front, without a branch that depends on them; returns where they
 * end. */
static size_t part_below(double *v, size_t first, size_t end, double pivot)
{
    for (size_t t = first; t < end; t++) {
        const double x = v[t];
        v[t] = v[first];
        v[first] = x;
        first += x < pivot;
    }
    return first;
}

/* The same of those at the pivot, none being below it. */
static size_t part_equal(double *v, size_t first, size_t end, double pivot)
{
    for (size_t t = first; t < end; t++) {
        const double x = v[t];
        v[t] = v[first];
        v[first] = x;
        first += x == pivot;
    }
    return first;
}

/* Three parts, so that equal numbers cost nothing. */
double rqa__select_double(double *v, size_t n, size_t k)
{
    size_t first = 0, end = n;
    while (end - first > 1) {
        const double pivot = middle_of(v[first], v[first + (end - first) / 2], v[end - 1]);
        const size_t less = part_below(v, first, end, pivot);
        if (k < less) {
            end = less;
            continue;
        }
        first = part_equal(v, less, end, pivot);
        if (k < first)
            return pivot;
    }
    return v[first];
}
