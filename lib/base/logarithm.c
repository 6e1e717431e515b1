/* logarithm.c - ln x = e ln 2 + ln c + 2 artanh((m - c) / (m + c)), x = 2^e m, c the multiple of 1/128 that is
 * next to m. Each value is the sum of two doubles; what is added and multiplied loses nothing that counts (Dekker
 * 1971, "A floating-point technique for extending the available precision"). */
#include "base/logarithm.h"

#include <math.h>

#include "base/thread.h"

typedef struct pair {
    double high, low;
} pair;

static pair add_exactly(double a, double b)
{
    const double sum = a + b, of_b = sum - a;
    return (pair){sum, (a - (sum - of_b)) + (b - of_b)};
}

/* |a| >= |b|. */
static pair add_smaller(double a, double b)
{
    const double sum = a + b;
    return (pair){sum, b - (sum - a)};
}

static pair multiply_exactly(double a, double b)
{
    const double half = 134217729; /* 2^27 + 1: the upper half of the digits */
    const double a_up = a * half - (a * half - a), b_up = b * half - (b * half - b);
    const double a_down = a - a_up, b_down = b - b_up, product = a * b;
    return (pair){product, ((a_up * b_up - product) + a_up * b_down + a_down * b_up) + a_down * b_down};
}

static pair add(pair a, pair b)
{
    pair high = add_exactly(a.high, b.high), low = add_exactly(a.low, b.low);
    high = add_smaller(high.high, high.low + low.high);
    return add_smaller(high.high, high.low + low.low);
}

static pair multiply(pair a, pair b)
{
    const pair product = multiply_exactly(a.high, b.high);
    return add_smaller(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/* a / b for a double and a pair. */
static pair divide(double a, pair b)
{
    const double quotient = a / b.high;
    const pair back = multiply_exactly(quotient, b.high);
    return add_smaller(quotient, ((a - back.high) - back.low - quotient * b.low) / b.high);
}

/* 2 artanh(s) = 2 s (1 + s^2/3 + s^4/5 + ...), |s| < 0.0028: to 2^-97 with three terms as pairs, */
static pair double_artanh(pair s)
{
    const pair one = {1, 0}, square = multiply(s, s);
    const double x = square.high, rest = x * (1.0 / 7 + x * (1.0 / 9 + x * (1.0 / 11 + x / 13)));
    pair sum = add(divide(1, (pair){5, 0}), (pair){rest, 0});
    sum = add(divide(1, (pair){3, 0}), multiply(square, sum));
    sum = multiply(s, add(one, multiply(square, sum)));
    return (pair){2 * sum.high, 2 * sum.low};
}

/* and to 2^-70 with one. */
static pair double_artanh_soon(pair s)
{
    const double x = s.high * s.high;
    const double rest = x * (1.0 / 3 + x * (1.0 / 5 + x * (1.0 / 7 + x / 9)));
    return add_smaller(2 * s.high, 2 * (s.low + s.high * rest));
}

/* m is in [sqrt(1/2), sqrt 2), so that ln c and e ln 2 are never of about one size and two signs. */
enum { ONE = 128, FIRST = 90, LAST = 182 };

static pair ln_of[LAST - FIRST + 1]; /* of k/128 */

/* From 1 both ways: ln((k + 1) / k) = 2 artanh(1 / (2k + 1)). */
static void fill(void)
{
    for (int k = ONE; k < LAST; k++) {
        const pair step = double_artanh(divide(1, (pair){2 * k + 1, 0}));
        ln_of[k + 1 - FIRST] = add(ln_of[k - FIRST], step);
    }
    for (int k = ONE; k > FIRST; k--) {
        const pair step = double_artanh(divide(-1, (pair){2 * k - 1, 0}));
        ln_of[k - 1 - FIRST] = add(ln_of[k - FIRST], step);
    }
}

double rqa__ln(double x)
{
    static rqa__once_flag once = RQA__ONCE_INIT;
    static const pair ln_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    int e;
    if (!(x > 0) || isinf(x))
        return log(x);
    rqa__once(&once, fill);
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) {
        m *= 2;
        e--;
    }
    const int k = (int)(m * ONE + 0.5);
    const double c = (double)k / ONE;
    const pair s = divide(m - c, add_exactly(m, c));
    const pair rest = add(multiply((pair){e, 0}, ln_2), ln_of[k - FIRST]);
    const pair soon = add(rest, double_artanh_soon(s));
    const double error = fabs(soon.high) * 0x1p-66;
    if (soon.high + (soon.low - error) == soon.high + (soon.low + error))
        return soon.high;
    return add(rest, double_artanh(s)).high;
}
