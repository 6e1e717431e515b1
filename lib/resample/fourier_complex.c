/* fourier_complex.c - complex transforms of any length.
 *
 * Stockham's form (Cooley, Tukey 1965; Cochran and others 1967): each factor r of n is one pass from
 * one array to the other, and no numbers need be put in order at the end. A length with a prime
 * factor beyond MOST_FACTOR is a convolution (Bluestein 1970) of a length that is a power of two.
 */
#include "resample/fourier_complex.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_FACTOR = 31, MOST_FACTORS = 64 };

struct rqa__transform {
    size_t n;
    unsigned n_factors; /* 0: a convolution, or n = 1 */
    unsigned factor[MOST_FACTORS];
    double *turn; /* exp(-2 pi i k / n) */
    rqa__transform *padded; /* of a convolution */
    double *chirp;          /* exp(-pi i k^2 / n) */
    double *answer;         /* transform of the conjugate chirp, both ways round, over its length */
};

void rqa__turn_of(size_t k, size_t n, double *out)
{
    static const double pi_4 = 0.78539816339744830961566084581988;
    const uint64_t eighth = 8 * (uint64_t)k / n, rest = 8 * (uint64_t)k % n;
    /* The angle within its eighth of the circle, from the nearer axis. */
    const double part = (double)(eighth % 2 ? n - rest : rest) / (double)n;
    const double c = cos(pi_4 * part), s = sin(pi_4 * part);
    const double near[8][2] = {{c, s}, {s, c}, {-s, c}, {-c, s}, {-c, -s}, {-s, -c}, {s, -c}, {c, -s}};
    out[0] = near[eighth % 8][0];
    out[1] = -near[eighth % 8][1];
}

/* 4 first: its passes are the cheapest. 1 if all factors are small. */
static int factorise(rqa__transform *t)
{
    size_t rest = t->n;
    t->n_factors = 0;
    for (; rest % 4 == 0; rest /= 4)
        t->factor[t->n_factors++] = 4;
    for (unsigned p = 2; p <= MOST_FACTOR; p++)
        for (; rest % p == 0; rest /= p)
            t->factor[t->n_factors++] = p;
    return rest == 1;
}

static int make_turns(rqa__transform *t)
{
    t->turn = rqa__alloc_array(t->n, 2 * sizeof *t->turn);
    if (!t->turn)
        return -1;
    for (size_t k = 0; k < t->n; k++)
        rqa__turn_of(k, t->n, t->turn + 2 * k);
    return 0;
}

static int make_convolution(rqa__transform *t)
{
    size_t length = 1;
    t->n_factors = 0;
    while (length < 2 * t->n - 1)
        length *= 2;
    t->padded = rqa__transform_create(length);
    t->chirp = rqa__alloc_array(t->n, 2 * sizeof *t->chirp);
    t->answer = rqa__calloc(length, 2 * sizeof *t->answer);
    double *room = t->padded ? rqa__alloc_array(rqa__transform_room(t->padded), sizeof *room) : NULL;
    int status = !t->padded || !t->chirp || !t->answer || !room ? -1 : 0;
    for (size_t k = 0; k < t->n && !status; k++) {
        double *turn = t->chirp + 2 * k;
        rqa__turn_of((size_t)((uint64_t)k * k % (2 * t->n)), 2 * t->n, turn);
        double *there = t->answer + 2 * k, *mirrored = t->answer + 2 * ((length - k) % length);
        there[0] = mirrored[0] = turn[0] / (double)length;
        there[1] = mirrored[1] = -turn[1] / (double)length;
    }
    if (!status)
        rqa__transform_run(t->padded, t->answer, room);
    rqa__free(room);
    return status;
}

rqa__transform *rqa__transform_create(size_t n)
{
    rqa__transform *t = rqa__calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->n = n;
    if (factorise(t) ? make_turns(t) : make_convolution(t)) {
        rqa__transform_destroy(t);
        return NULL;
    }
    return t;
}

void rqa__transform_destroy(rqa__transform *t)
{
    if (!t)
        return;
    rqa__transform_destroy(t->padded);
    rqa__free(t->turn);
    rqa__free(t->chirp);
    rqa__free(t->answer);
    rqa__free(t);
}

size_t rqa__transform_room(const rqa__transform *t)
{
    return t->padded ? 2 * t->padded->n + rqa__transform_room(t->padded) : 2 * t->n;
}

/* One pass: n = r m numbers in steps of s, so n s in all. The r numbers m s apart, transformed, turned
 * by w^(p k), w the root of order n, lie side by side in the other array. */
typedef struct pass {
    const double *turn; /* of the whole length; the root of order n is its s-th */
    const double *from;
    double *to;
    size_t m, s;
    unsigned r;
} pass;

static inline void put_turned(double *to, double re, double im, const double *w)
{
    to[0] = re * w[0] - im * w[1];
    to[1] = re * w[1] + im * w[0];
}

static void pass_2(const pass *x)
{
    const size_t s = x->s, apart = 2 * s * x->m;
    for (size_t p = 0; p < x->m; p++) {
        const double *w = x->turn + 2 * p * s;
        for (size_t q = 0; q < s; q++) {
            const double *a = x->from + 2 * (q + s * p), *b = a + apart;
            double *to = x->to + 2 * (q + s * 2 * p);
            to[0] = a[0] + b[0];
            to[1] = a[1] + b[1];
            put_turned(to + 2 * s, a[0] - b[0], a[1] - b[1], w);
        }
    }
}

static void pass_4(const pass *x)
{
    const size_t s = x->s, apart = 2 * s * x->m;
    for (size_t p = 0; p < x->m; p++) {
        const double *w1 = x->turn + 2 * p * s, *w2 = x->turn + 4 * p * s, *w3 = x->turn + 6 * p * s;
        for (size_t q = 0; q < s; q++) {
            const double *a = x->from + 2 * (q + s * p), *b = a + apart, *c = b + apart, *d = c + apart;
            double *to = x->to + 2 * (q + s * 4 * p);
            const double ac_re = a[0] + c[0], ac_im = a[1] + c[1], bd_re = b[0] + d[0],
                         bd_im = b[1] + d[1];
            const double a_c_re = a[0] - c[0], a_c_im = a[1] - c[1];
            const double b_d_re = b[0] - d[0], b_d_im = b[1] - d[1];
            to[0] = ac_re + bd_re;
            to[1] = ac_im + bd_im;
            put_turned(to + 2 * s, a_c_re + b_d_im, a_c_im - b_d_re, w1);
            put_turned(to + 4 * s, ac_re - bd_re, ac_im - bd_im, w2);
            put_turned(to + 6 * s, a_c_re - b_d_im, a_c_im + b_d_re, w3);
        }
    }
}

static void pass_5(const pass *x)
{
    const double c1 = 0.30901699437494742410, c2 = -0.80901699437494742410;
    const double s1 = 0.95105651629515357212, s2 = 0.58778525229247312917;
    const size_t s = x->s, apart = 2 * s * x->m;
    for (size_t p = 0; p < x->m; p++) {
        const double *w = x->turn;
        const size_t step = 2 * p * s;
        for (size_t q = 0; q < s; q++) {
            const double *a = x->from + 2 * (q + s * p), *b = a + apart, *c = b + apart, *d = c + apart,
                         *e = d + apart;
            double *to = x->to + 2 * (q + s * 5 * p);
            const double be_re = b[0] + e[0], be_im = b[1] + e[1], cd_re = c[0] + d[0],
                         cd_im = c[1] + d[1];
            const double b_e_re = b[0] - e[0], b_e_im = b[1] - e[1], c_d_re = c[0] - d[0],
                         c_d_im = c[1] - d[1];
            const double near_re = a[0] + (c1 * be_re + c2 * cd_re);
            const double near_im = a[1] + (c1 * be_im + c2 * cd_im);
            const double far_re = a[0] + (c2 * be_re + c1 * cd_re);
            const double far_im = a[1] + (c2 * be_im + c1 * cd_im);
            const double aside_re = s1 * b_e_re + s2 * c_d_re, aside_im = s1 * b_e_im + s2 * c_d_im;
            const double across_re = s2 * b_e_re - s1 * c_d_re, across_im = s2 * b_e_im - s1 * c_d_im;
            to[0] = a[0] + (be_re + cd_re);
            to[1] = a[1] + (be_im + cd_im);
            put_turned(to + 2 * s, near_re + aside_im, near_im - aside_re, w + step);
            put_turned(to + 4 * s, far_re + across_im, far_im - across_re, w + 2 * step);
            put_turned(to + 6 * s, far_re - across_im, far_im + across_re, w + 3 * step);
            put_turned(to + 8 * s, near_re - aside_im, near_im + aside_re, w + 4 * step);
        }
    }
}

/* Any other factor, by its definition. */
static void pass_r(const pass *x)
{
    const size_t s = x->s, apart = 2 * s * x->m, root = s * x->m; /* of order r */
    for (size_t p = 0; p < x->m; p++) {
        for (size_t q = 0; q < s; q++) {
            const double *a = x->from + 2 * (q + s * p);
            for (unsigned k = 0; k < x->r; k++) {
                double re = a[0], im = a[1];
                for (unsigned j = 1; j < x->r; j++) {
                    const double *b = a + j * apart, *w = x->turn + 2 * ((size_t)(j * k % x->r) * root);
                    re += b[0] * w[0] - b[1] * w[1];
                    im += b[0] * w[1] + b[1] * w[0];
                }
                put_turned(x->to + 2 * (q + s * (x->r * p + k)), re, im, x->turn + 2 * (p * k * s));
            }
        }
    }
}

static void run_factors(const rqa__transform *t, double *z, double *room)
{
    pass x = {.turn = t->turn, .from = z, .to = room, .s = 1};
    size_t n = t->n;
    for (unsigned k = 0; k < t->n_factors; k++) {
        x.r = t->factor[k];
        x.m = n / x.r;
        if (x.r == 4)
            pass_4(&x);
        else if (x.r == 2)
            pass_2(&x);
        else if (x.r == 5)
            pass_5(&x);
        else
            pass_r(&x);
        n = x.m;
        x.s *= x.r;
        x.from = x.to;
        x.to = x.to == room ? z : room;
    }
    if (t->n_factors % 2)
        memcpy(z, room, 2 * t->n * sizeof *z);
}

static void multiply(double *a, const double *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        put_turned(a + 2 * k, a[2 * k], a[2 * k + 1], b + 2 * k);
}

static void run_convolution(const rqa__transform *t, double *z, double *room)
{
    const size_t length = t->padded->n;
    double *wide = room, *inner = room + 2 * length;
    memcpy(wide, z, 2 * t->n * sizeof *z);
    multiply(wide, t->chirp, t->n);
    memset(wide + 2 * t->n, 0, 2 * (length - t->n) * sizeof *wide);
    rqa__transform_run(t->padded, wide, inner);
    multiply(wide, t->answer, length);
    for (size_t k = 0; k < length; k++) /* back: a transform of conjugate values */
        wide[2 * k + 1] = -wide[2 * k + 1];
    rqa__transform_run(t->padded, wide, inner);
    for (size_t k = 0; k < t->n; k++)
        put_turned(z + 2 * k, wide[2 * k], -wide[2 * k + 1], t->chirp + 2 * k);
}

void rqa__transform_run(const rqa__transform *t, double *z, double *room)
{
    if (t->padded)
        run_convolution(t, z, room);
    else
        run_factors(t, z, room);
}
