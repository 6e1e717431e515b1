/* unbounded.h - doubles without ends: 53 bits, rounded to nearest even, and any exponent.
 *
 * What documented arithmetic gives where nothing leaves the range, whatever the unit of the data; in
 * integers, so that it shares nothing with what it checks.
 */
#ifndef RQA_TESTS_UNBOUNDED_H
#define RQA_TESTS_UNBOUNDED_H

#include <stdint.h>

#include "brute.h"

/* digits * 2^exponent, digits 0 or 2^52 .. 2^53 - 1; never negative. */
typedef struct unbounded {
    uint64_t digits;
    long exponent;
} unbounded;

unbounded unbounded_of(double value); /* |value| */
unbounded unbounded_scale(unbounded a, long power);
unbounded unbounded_difference(double a, double b); /* |a - b| */
unbounded unbounded_add(unbounded a, unbounded b);
unbounded unbounded_multiply(unbounded a, unbounded b);
unbounded unbounded_root(unbounded a);
unbounded unbounded_divide(unbounded a, uint64_t n); /* n < 2^53 */
int unbounded_compare(unbounded a, unbounded b); /* < 0, 0, > 0 */

/* As brute_distance() of samples that are all there, and as brute_diameter(). */
unbounded unbounded_distance(const brute_series *x, size_t i, const brute_series *y, size_t j,
                             int32_t norm);
void unbounded_diameter(const brute_series *x, const brute_series *y, int32_t norm,
                        unbounded *largest, unbounded *mean);

#endif
