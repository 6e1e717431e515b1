/* fourier.c - real transforms from complex ones: of even lengths by one of half the length, of odd
 * lengths by one with imaginary parts of zero. */
#include "resample/fourier.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "resample/fourier_complex.h"

struct rqa__fourier {
    size_t n;
    rqa__transform *transform; /* of n / 2, or n */
    double *turn;              /* even n: exp(-2 pi i k / n), k = 0 .. n/2 */
};

int rqa__fourier_create(rqa__fourier **out, size_t n)
{
    rqa__fourier *f = rqa__calloc(1, sizeof *f);
    const size_t half = n / 2;
    *out = NULL;
    if (f) {
        f->n = n;
        if (n % 2 == 0)
            f->turn = rqa__alloc_array(2 * (half + 1), sizeof *f->turn);
        f->transform = rqa__transform_create(n % 2 ? n : half);
    }
    if (!f || !f->transform || (n % 2 == 0 && !f->turn)) {
        rqa__fourier_destroy(f);
        return rqa__fail_memory("a Fourier transform");
    }
    if (f->turn)
        for (size_t k = 0; k <= half; k++)
            rqa__turn_of(k, n, f->turn + 2 * k);
    *out = f;
    return RQA_OK;
}

void rqa__fourier_destroy(rqa__fourier *f)
{
    if (!f)
        return;
    rqa__transform_destroy(f->transform);
    rqa__free(f->turn);
    rqa__free(f);
}

/* The values of a complex transform, and its own room. */
size_t rqa__fourier_room(const rqa__fourier *f)
{
    const size_t n = f->n % 2 ? f->n : f->n / 2;
    return 2 * n + rqa__transform_room(f->transform);
}

size_t rqa__fourier_memory(size_t n)
{
    return 24 * (n + 16) * sizeof(double); /* three of up to 4n complex numbers: a prime length */
}

/* With z_t = x_2t + i x_2t+1 of h = n/2 values: the even samples have (Z_k + conj Z_h-k) / 2, the odd
 * ones (Z_k - conj Z_h-k) / 2i. */
static void forward_even(const rqa__fourier *f, const double *x, double *bin, double *room)
{
    const size_t half = f->n / 2;
    double *z = room;
    memcpy(z, x, f->n * sizeof *x);
    rqa__transform_run(f->transform, z, room + f->n);
    bin[0] = z[0] + z[1];
    bin[1] = 0;
    bin[2 * half] = z[0] - z[1];
    bin[2 * half + 1] = 0;
    for (size_t k = 1; k < half; k++) {
        const double *a = z + 2 * k, *b = z + 2 * (half - k), *w = f->turn + 2 * k;
        const double even_re = .5 * (a[0] + b[0]), even_im = .5 * (a[1] - b[1]);
        const double odd_re = .5 * (a[1] + b[1]), odd_im = .5 * (b[0] - a[0]);
        bin[2 * k] = even_re + (odd_re * w[0] - odd_im * w[1]);
        bin[2 * k + 1] = even_im + (odd_re * w[1] + odd_im * w[0]);
    }
}

/* The same the other way; a backward transform is a forward one of conjugate values. */
static void backward_even(const rqa__fourier *f, const double *bin, double *x, double *room)
{
    const size_t half = f->n / 2;
    const double scale = 1 / (double)f->n;
    double *z = room;
    for (size_t k = 0; k < half; k++) {
        const double *a = bin + 2 * k, *b = bin + 2 * (half - k), *w = f->turn + 2 * k;
        const double a_im = k ? a[1] : 0, b_im = k ? b[1] : 0;
        const double even_re = a[0] + b[0], even_im = a_im - b_im;
        const double re = a[0] - b[0], im = a_im + b_im;
        const double odd_re = re * w[0] + im * w[1], odd_im = im * w[0] - re * w[1];
        z[2 * k] = even_re - odd_im;
        z[2 * k + 1] = -(even_im + odd_re);
    }
    rqa__transform_run(f->transform, z, room + f->n);
    for (size_t k = 0; k < half; k++) {
        x[2 * k] = z[2 * k] * scale;
        x[2 * k + 1] = -z[2 * k + 1] * scale;
    }
}

static void forward_odd(const rqa__fourier *f, const double *x, double *bin, double *room)
{
    double *z = room;
    for (size_t k = 0; k < f->n; k++) {
        z[2 * k] = x[k];
        z[2 * k + 1] = 0;
    }
    rqa__transform_run(f->transform, z, room + 2 * f->n);
    memcpy(bin, z, 2 * (f->n / 2 + 1) * sizeof *bin);
    bin[1] = 0;
}

static void backward_odd(const rqa__fourier *f, const double *bin, double *x, double *room)
{
    const double scale = 1 / (double)f->n;
    double *z = room;
    z[0] = bin[0];
    z[1] = 0;
    for (size_t k = 1; k <= f->n / 2; k++) {
        z[2 * k] = z[2 * (f->n - k)] = bin[2 * k];
        z[2 * k + 1] = -bin[2 * k + 1];
        z[2 * (f->n - k) + 1] = bin[2 * k + 1];
    }
    rqa__transform_run(f->transform, z, room + 2 * f->n);
    for (size_t k = 0; k < f->n; k++)
        x[k] = z[2 * k] * scale;
}

void rqa__fourier_forward(const rqa__fourier *f, const double *x, double *bin, double *room)
{
    if (f->n % 2)
        forward_odd(f, x, bin, room);
    else
        forward_even(f, x, bin, room);
}

void rqa__fourier_backward(const rqa__fourier *f, const double *bin, double *x, double *room)
{
    if (f->n % 2)
        backward_odd(f, bin, x, room);
    else
        backward_even(f, bin, x, room);
}
