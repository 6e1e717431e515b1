/* verify_series.c - the series of the cases whose numbers are known. */
#include <math.h>
#include <string.h>

#include "verify_case.h"

static const double pi = 3.14159265358979323846;

static size_t copy(double *out, const double *from, size_t n)
{
    memcpy(out, from, n * sizeof *from);
    return n;
}

size_t verify_pyrqa_x(double *out, int a, int b)
{
    static const double x[] = {.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3};
    (void)a, (void)b;
    return copy(out, x, sizeof x / sizeof *x);
}

size_t verify_cross_x(double *out, int a, int b)
{
    static const double x[] = {.9, .1, .2, .3, .5, 1.7, .4, .8, 1.5};
    (void)a, (void)b;
    return copy(out, x, sizeof x / sizeof *x);
}

size_t verify_cross_y(double *out, int a, int b)
{
    static const double y[] = {.3, 1.3, .6, .2, 1.1, 1.9, 1.3, .4, .7, .9, 1.6};
    (void)a, (void)b;
    return copy(out, y, sizeof y / sizeof *y);
}

size_t verify_sines(double *out, int a, int b)
{
    (void)a, (void)b;
    for (int t = 0; t < 10; t++)
        for (int k = 0; k < 6; k++)
            out[t * 6 + k] = sin(t * pi / 10 + k * pi / 2);
    return 60;
}

size_t verify_ramp(double *out, int a, int b)
{
    (void)b;
    for (int i = 0; i < a; i++)
        out[i] = i;
    return (size_t)a;
}

size_t verify_constant(double *out, int a, int b)
{
    (void)b;
    for (int i = 0; i < a; i++)
        out[i] = 3.25;
    return (size_t)a;
}

size_t verify_period(double *out, int a, int b)
{
    for (int i = 0; i < a; i++)
        out[i] = i % b;
    return (size_t)a;
}

size_t verify_circle(double *out, int a, int b)
{
    (void)b;
    for (int i = 0; i < a; i++) {
        out[2 * i] = cos(i * 2 * pi / a);
        out[2 * i + 1] = sin(i * 2 * pi / a);
    }
    return 2 * (size_t)a;
}

/* Joins Lyndon words (Fredricksen, Kessler & Maiorana) and repeats the first word - 1 letters. */
size_t verify_de_bruijn(double *out, int letters, int word)
{
    int a[16] = {0};
    size_t n = 0;
    for (int length = 1; length > 0;) {
        if (word % length == 0)
            for (int k = 0; k < length; k++)
                out[n++] = a[k];
        for (int k = length; k < word; k++)
            a[k] = a[k - length];
        for (length = word; length > 0 && a[length - 1] == letters - 1;)
            length--;
        if (length > 0)
            a[length - 1]++;
    }
    for (int k = 0; k < word - 1; k++)
        out[n++] = out[k];
    return n;
}

/* Rounded, so that sums and multiples in the identities are exact. */
size_t verify_logistic(double *out, int a, int b)
{
    double x = .31;
    (void)b;
    for (int i = 0; i < a; i++) {
        out[i] = floor(x * 4096) / 4096;
        x = 3.99 * x * (1 - x);
    }
    return (size_t)a;
}

/* SplitMix64 (Steele, Lea & Flood 2014). */
size_t verify_noise(double *out, int a, int b)
{
    uint64_t state = (uint64_t)b;
    for (int i = 0; i < a; i++) {
        uint64_t z = state += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        out[i] = (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }
    return (size_t)a;
}

void verify_options(rqa_analysis_options *out, const verify_case *c)
{
    rqa_analysis_options_init(out);
    out->convention = c->convention;
    out->norm = c->norm;
    out->threshold = c->threshold;
    out->theiler = c->theiler;
    out->lmin = out->vmin = c->lmin;
    out->trend_border = c->trend_border;
    out->white_border = c->white_border;
    if (c->y.fill || c->cell)
        out->relation = RQA_RELATION_CROSS;
}

void verify_cells(uint8_t *out, const verify_case *c)
{
    for (size_t k = 0; k < c->n_cells; k++)
        out[(size_t)(c->cell[k][0] - 1) * c->n_columns + c->cell[k][1] - 1] = 1;
}
