/* unbounded.c - doubles without ends: 53 bits, rounded to nearest even, and any exponent. */
#include "unbounded.h"

#include <math.h>

enum { BITS = 53, GUARD = 9 };

static const uint64_t lead = UINT64_C(1) << (BITS - 1);

/* digits * 2^exponent, of any size; the lowest bit stands for all that was lost below it. */
static unbounded rounded(uint64_t digits, long exponent)
{
    if (digits == 0)
        return (unbounded){0, 0};
    for (; digits < lead; exponent--)
        digits <<= 1;
    int shift = 0;
    while (digits >> shift >= 2 * lead)
        shift++;
    if (shift > 0) {
        uint64_t rest = digits & ((UINT64_C(1) << shift) - 1), half = UINT64_C(1) << (shift - 1);
        digits >>= shift;
        digits += rest > half || (rest == half && digits & 1);
        if (digits == 2 * lead) {
            digits = lead;
            shift++;
        }
    }
    return (unbounded){digits, exponent + shift};
}

/* digits >> shift, a lost bit kept as the lowest. */
static uint64_t shifted(uint64_t digits, long shift)
{
    if (shift >= 64)
        return digits != 0;
    uint64_t kept = digits >> shift;
    return kept | (kept << shift != digits);
}

unbounded unbounded_of(double value)
{
    int exponent;
    double part = frexp(fabs(value), &exponent);
    return rounded((uint64_t)ldexp(part, BITS), exponent - BITS);
}

unbounded unbounded_scale(unbounded a, long power)
{
    if (a.digits)
        a.exponent += power;
    return a;
}

int unbounded_compare(unbounded a, unbounded b)
{
    if (a.digits == 0 || b.digits == 0 || a.exponent == b.exponent)
        return (a.digits > b.digits) - (a.digits < b.digits);
    return a.exponent < b.exponent ? -1 : 1;
}

/* Magnitudes, added or subtracted. */
static unbounded combine(unbounded a, unbounded b, int subtract)
{
    if (unbounded_compare(a, b) < 0) {
        unbounded swap = a;
        a = b;
        b = swap;
    }
    if (b.digits == 0)
        return a;
    uint64_t large = a.digits << GUARD;
    uint64_t small = shifted(b.digits << GUARD, a.exponent - b.exponent);
    return rounded(subtract ? large - small : large + small, a.exponent - GUARD);
}

unbounded unbounded_add(unbounded a, unbounded b)
{
    return combine(a, b, 0);
}

unbounded unbounded_difference(double a, double b)
{
    return combine(unbounded_of(a), unbounded_of(b), (a < 0) == (b < 0));
}

unbounded unbounded_multiply(unbounded a, unbounded b)
{
    /* In halves of 27 bits: high * 2^54 + middle * 2^27 + low. */
    const uint64_t mask = (UINT64_C(1) << 27) - 1;
    uint64_t a1 = a.digits >> 27, a0 = a.digits & mask, b1 = b.digits >> 27, b0 = b.digits & mask;
    uint64_t middle = a1 * b0 + a0 * b1 + (a0 * b0 >> 27);
    uint64_t upper = a1 * b1 + (middle >> 27);
    uint64_t lower = (middle & mask) << 27 | (a0 * b0 & mask);
    return rounded(upper << 9 | shifted(lower, 45), a.exponent + b.exponent + 45);
}

unbounded unbounded_root(unbounded a)
{
    long odd = a.exponent & 1;
    unbounded root = unbounded_of(sqrt((double)(a.digits << odd)));
    return unbounded_scale(root, (a.exponent - odd) / 2);
}

unbounded unbounded_divide(unbounded a, uint64_t n)
{
    return unbounded_scale(unbounded_of((double)a.digits / (double)n), a.exponent);
}

unbounded unbounded_distance(const brute_series *x, size_t i, const brute_series *y, size_t j,
                             int32_t norm)
{
    unbounded sum = {0, 0}, largest = {0, 0};
    for (uint32_t k = 0; k < x->dim; k++)
        for (size_t c = 0; c < x->n_channels; c++) {
            unbounded term =
                unbounded_difference(x->value[(i + (size_t)k * x->delay) * x->n_channels + c],
                                     y->value[(j + (size_t)k * y->delay) * y->n_channels + c]);
            if (unbounded_compare(term, largest) > 0)
                largest = term;
            sum = unbounded_add(sum, norm == RQA_NORM_EUCLIDEAN ? unbounded_multiply(term, term)
                                                                : term);
        }
    if (norm == RQA_NORM_MAXIMUM)
        return largest;
    return norm == RQA_NORM_EUCLIDEAN ? unbounded_root(sum) : sum;
}

void unbounded_diameter(const brute_series *x, const brute_series *y, int32_t norm,
                        unbounded *largest, unbounded *mean)
{
    const brute_series *other = y ? y : x;
    unbounded sum = {0, 0};
    uint64_t n = 0;
    *largest = sum;
    for (size_t i = 0; i < brute_n_vectors(x); i++) {
        unbounded row = {0, 0};
        for (size_t j = 0; j < brute_n_vectors(other); j++) {
            if (!y && i == j)
                continue;
            unbounded distance = unbounded_distance(x, i, other, j, norm);
            if (unbounded_compare(distance, *largest) > 0)
                *largest = distance;
            row = unbounded_add(row, distance);
            n++;
        }
        sum = unbounded_add(sum, row);
    }
    *mean = n ? unbounded_divide(sum, n) : sum;
}
