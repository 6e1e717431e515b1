/* order_statistic.c - the k-th smallest of some numbers. */
#include "base/order_statistic.h"

/* Three parts, so that equal numbers cost nothing. */
double rqa__select_double(double *v, size_t n, size_t k)
{
    size_t first = 0, end = n;
    while (end - first > 1) {
        const double a = v[first], b = v[first + (end - first) / 2], c = v[end - 1];
        const double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        size_t less = first, more = end;
        for (size_t t = first; t < more;) {
            const double x = v[t];
            if (x < pivot) {
                v[t++] = v[less];
                v[less++] = x;
            } else if (x > pivot) {
                v[t] = v[--more];
                v[more] = x;
            } else {
                t++;
            }
        }
        if (k < less)
            end = less;
        else if (k >= more)
            first = more;
        else
            return pivot;
    }
    return v[first];
}
