/* test_resample.c - generator, Fourier transform, ranks, draws of lines, paths over twins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resample/fourier.h"
#include "resample/generator.h"
#include "resample/multinomial.h"
#include "resample/rank_order.h"
#include "resample/sample_summary.h"
#include "resample/twin_path.h"
#include "support.h"

static const double two_pi = 6.283185307179586476925286766559;

/* xoshiro256** and splitmix64 as their authors' programs give them. */
START_TEST(generator)
{
    rqa__generator g = {{1, 2, 3, 4}};
    ck_assert_uint_eq(rqa__generator_next(&g), 11520);
    ck_assert_uint_eq(rqa__generator_next(&g), 0);
    ck_assert_uint_eq(rqa__generator_next(&g), 1509978240);
    ck_assert_uint_eq(rqa__generator_next(&g), UINT64_C(1215971899390074240));
    uint64_t state = 1234567;
    ck_assert_uint_eq(rqa__splitmix64(&state), UINT64_C(6457827717110365317));
    ck_assert_uint_eq(rqa__splitmix64(&state), UINT64_C(3203168211198807973));
    /* Streams of the documented rule, and not one like another. */
    state = 5;
    state = rqa__splitmix64(&state) + 3;
    state = rqa__splitmix64(&state);
    g = rqa__generator_of(5, 3);
    for (int k = 0; k < 4; k++)
        ck_assert_uint_eq(g.word[k], rqa__splitmix64(&state));
    ck_assert_uint_ne(rqa__generator_of(5, 4).word[0], g.word[0]);
    ck_assert_uint_ne(rqa__generator_of(6, 3).word[0], g.word[0]);
}
END_TEST

START_TEST(draws_are_fair)
{
    rqa__generator g = rqa__generator_of(1, 0);
    uint64_t seen[7] = {0};
    double sum = 0, squares = 0, normal[999];
    for (int k = 0; k < 70000; k++)
        seen[rqa__generator_below(&g, 7)]++;
    for (int k = 0; k < 7; k++)
        ck_near((double)seen[k], 10000, 500);
    ck_assert_uint_eq(rqa__generator_below(&g, 1), 0);
    for (int round = 0; round < 50; round++) {
        rqa__generator_normal(&g, normal, 999);
        for (int k = 0; k < 999; k++) {
            sum += normal[k];
            squares += normal[k] * normal[k];
        }
    }
    ck_near(sum / 49950, 0, .03);
    ck_near(squares / 49950, 1, .04);
    for (int k = 0; k < 1000; k++) {
        const double u = rqa__generator_uniform(&g);
        ck_assert(u >= 0 && u < 1);
    }
    uint64_t heads = 0;
    for (uint64_t n = 0; n < 200; n++) {
        const uint64_t h = rqa__generator_heads(&g, n);
        ck_assert_uint_le(h, n);
        heads += h;
    }
    ck_near((double)heads, 9950, 300);
}
END_TEST

/* Each of the 24 orders of four as often as any other. */
START_TEST(permutations)
{
    enum { DRAWS = 24000 };
    rqa__generator g = rqa__generator_of(2, 0);
    uint64_t seen[4][4][4][4] = {0};
    for (int k = 0; k < DRAWS; k++) {
        uint32_t p[4];
        rqa__generator_permutation(&g, p, 4);
        seen[p[0]][p[1]][p[2]][p[3]]++;
    }
    for (unsigned code = 0; code < 256; code++) {
        const unsigned a = code & 3, b = code >> 2 & 3, c = code >> 4 & 3, d = code >> 6;
        const int is_order = (1 << a | 1 << b | 1 << c | 1 << d) == 15;
        ck_near((double)seen[a][b][c][d], is_order ? DRAWS / 24. : 0, is_order ? 160 : 0); /* 5 sd */
    }
}
END_TEST

/* ---- the transform ---- */

static void expect_transform(size_t n)
{
    rqa__fourier *f;
    rng r = {n};
    ck_ok(rqa__fourier_create(&f, n));
    double *x = malloc(n * sizeof *x), *back = malloc(n * sizeof *x);
    double *bin = malloc(2 * (n / 2 + 1) * sizeof *bin);
    double *room = malloc(rqa__fourier_room(f) * sizeof *room);
    double size = 0;
    for (size_t k = 0; k < n; k++) {
        x[k] = rng_gauss(&r);
        size += x[k] * x[k];
    }
    size = sqrt(size);
    rqa__fourier_forward(f, x, bin, room);
    const size_t step = n > 300 ? n / 37 : 1; /* of a long one some bins */
    for (size_t k = 0; k <= n / 2; k += step) {
        long double re = 0, im = 0;
        for (size_t t = 0; t < n; t++) {
            const long double angle = (long double)two_pi * (long double)(k * t % n) / (long double)n;
            re += (long double)x[t] * cosl(angle);
            im -= (long double)x[t] * sinl(angle);
        }
        ck_near(bin[2 * k], (double)re, 4e-15 * size * (1 + log((double)n)));
        ck_near(bin[2 * k + 1], (double)im, 4e-15 * size * (1 + log((double)n)));
    }
    rqa__fourier_backward(f, bin, back, room);
    for (size_t k = 0; k < n; k++)
        ck_near(back[k], x[k], 4e-15 * (1 + log((double)n)) * 4);
    rqa__fourier_destroy(f);
    free(x);
    free(back);
    free(bin);
    free(room);
}

/* Every small length; powers, products, primes that need a convolution. */
START_TEST(transform_against_its_definition)
{
    static const size_t longer[] = {243, 256, 255, 257, 360, 511, 625, 961, 997, 1000, 1001, 1021,
                                    2048, 2310, 4099, 7919, 8198, 10007, 30030};
    for (size_t n = 1; n <= 130; n++)
        expect_transform(n);
    for (size_t k = 0; k < sizeof longer / sizeof *longer; k++)
        expect_transform(longer[k]);
}
END_TEST

START_TEST(transform_closed_forms)
{
    enum { N = 60 };
    rqa__fourier *f;
    double x[N], bin[N + 2];
    ck_ok(rqa__fourier_create(&f, N));
    double *room = malloc(rqa__fourier_room(f) * sizeof *room);
    for (int t = 0; t < N; t++) /* a cosine, a sine, a constant, the alternation */
        x[t] = 3 + 2 * cos(two_pi * 7 * t / N) + 5 * sin(two_pi * 11 * t / N) + (t % 2 ? -4 : 4);
    rqa__fourier_forward(f, x, bin, room);
    for (int k = 0; k <= N / 2; k++) {
        ck_near(bin[2 * k], k == 0 ? 3 * N : k == 7 ? N : k == N / 2 ? 4 * N : 0, 1e-12);
        ck_near(bin[2 * k + 1], k == 11 ? -2.5 * N : 0, 1e-12);
    }
    memset(x, 0, sizeof x);
    x[1] = 1;
    rqa__fourier_forward(f, x, bin, room);
    for (int k = 0; k <= N / 2; k++) {
        ck_near(bin[2 * k], cos(two_pi * k / N), 1e-15);
        ck_near(bin[2 * k + 1], -sin(two_pi * k / N), 1e-15);
    }
    rqa__fourier_destroy(f);
    free(room);
}
END_TEST

/* ---- ranks ---- */

static const double *compared;

static int by_value_and_index(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (compared[x] != compared[y])
        return compared[x] < compared[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

START_TEST(ranks)
{
    enum { MOST = 700 };
    rng r = {7};
    static double value[MOST];
    static uint32_t order[MOST], expected[MOST];
    static rqa__ranked room[2 * MOST];
    for (int round = 0; round < 300; round++) {
        const size_t n = rng_below(&r, MOST);
        const int few = rng_below(&r, 2) == 0;
        for (size_t k = 0; k < n; k++) {
            value[k] = few ? (double)rng_below(&r, 5) : rng_gauss(&r);
            order[k] = expected[k] = (uint32_t)(round % 3 ? n - 1 - k : k);
        }
        if (round % 5 == 0)
            value[0] = -0.0;
        compared = value;
        qsort(expected, n, sizeof *expected, by_value_and_index);
        rqa__rank_order(value, order, n, room);
        ck_assert_mem_eq(order, expected, n * sizeof *order);
        for (size_t k = 0; n > 0 && k < 3; k++) /* from what nearly is the order */
            value[rng_below(&r, n)] = 0;
        qsort(expected, n, sizeof *expected, by_value_and_index);
        rqa__rank_order(value, order, n, room);
        ck_assert_mem_eq(order, expected, n * sizeof *order);
    }
}
END_TEST

/* ---- lines drawn with replacement ---- */

START_TEST(binomial_numbers)
{
    enum { ROUNDS = 4000 };
    static const uint64_t part[] = {0, 1, 1, 333, 999, 1000, UINT64_C(3) << 58};
    static const uint64_t whole[] = {1, 2, 3, 1000, 1000, 1000, UINT64_C(1) << 62};
    rqa__generator g = rqa__generator_of(3, 0);
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
        const double p = (double)part[k] / (double)whole[k];
        double sum = 0, squares = 0;
        for (int round = 0; round < ROUNDS; round++) {
            const double s = (double)rqa__binomial(&g, 500, part[k], whole[k]) - 500 * p;
            sum += s;
            squares += s * s;
        }
        const double variance = 500 * p * (1 - p);
        ck_near(sum / ROUNDS, 0, 5 * sqrt(variance / ROUNDS) + 1e-9);
        ck_near(squares / ROUNDS, variance, variance * .12 + 1e-9);
    }
    ck_assert_uint_eq(rqa__binomial(&g, 77, 5, 5), 77);
    ck_assert_uint_eq(rqa__binomial(&g, 0, 1, 2), 0);
}
END_TEST

/* Means and covariances of the counts are those of a multinomial distribution. */
START_TEST(multinomial_numbers)
{
    enum { K = 9, ROUNDS = 5000, N = 400 };
    static const uint64_t count[K] = {391, 1, 84, 0, 60, 3, 200, 7, 254};
    uint64_t before[K + 1] = {0}, out[K];
    double mean[K] = {0}, product = 0;
    for (int k = 0; k < K; k++)
        before[k + 1] = before[k] + count[k];
    rqa__generator g = rqa__generator_of(4, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t sum = 0;
        rqa__multinomial(&g, N, before, K, out);
        for (int k = 0; k < K; k++) {
            sum += out[k];
            mean[k] += (double)out[k] / ROUNDS;
        }
        ck_assert_uint_eq(sum, N);
        ck_assert_uint_eq(out[3], 0);
        product += ((double)out[0] - N * .391) * ((double)out[8] - N * .254) / ROUNDS;
    }
    for (int k = 0; k < K; k++) {
        const double p = (double)count[k] / 1000;
        ck_near(mean[k], N * p, 5 * sqrt(N * p * (1 - p) / ROUNDS) + 1e-9);
    }
    ck_near(product, -N * .391 * .254, 4);
    rqa__multinomial(&g, 12, before + 4, 1, out);
    ck_assert_uint_eq(out[0], 12);
}
END_TEST

START_TEST(summaries)
{
    const double draw[] = {4, NAN, 1, 3, 2, NAN};
    double sorted[6];
    rqa__sample_summary s = rqa__sample_summarize(draw, 6, sorted);
    ck_assert_uint_eq(s.n, 4);
    ck_near(s.mean, 2.5, 0);
    ck_near(s.std, sqrt(5.0 / 3), 1e-15);
    ck_near(rqa__quantile(sorted, 4, 0), 1, 0);
    ck_near(rqa__quantile(sorted, 4, .25), 1.75, 0);
    ck_near(rqa__quantile(sorted, 4, .5), 2.5, 0);
    ck_near(rqa__quantile(sorted, 4, 1), 4, 0);
    ck_assert_uint_eq(rqa__count_from(sorted, 4, 3), 2);
    ck_assert_uint_eq(rqa__count_from(sorted, 4, 3.5), 1);
    ck_assert_uint_eq(rqa__count_from(sorted, 4, 9), 0);
    s = rqa__sample_summarize(draw + 1, 1, sorted);
    ck_assert(s.n == 0 && isnan(s.mean) && isnan(s.std) && isnan(rqa__quantile(sorted, 0, .5)));
}
END_TEST

/* ---- paths over twins ---- */

/* Vectors 0..11, classes {0,4,8}, {1,5,9}, the others alone: where a path may go, it goes. */
START_TEST(twin_paths)
{
    enum { N = 12, ROUNDS = 3000 };
    uint32_t member[N] = {0, 4, 8, 1, 5, 9, 2, 3, 6, 7, 10, 11};
    uint32_t first[N], end[N], path[N];
    uint64_t n_pairs, n_vectors, taken[N][N] = {{0}};
    for (uint32_t k = 0; k < N; k++) {
        const uint32_t start = k < 3 ? 0 : k < 6 ? 3 : k;
        first[member[k]] = start;
        end[member[k]] = k < 6 ? start + 3 : start + 1;
    }
    rqa__twins t = {N, member, first, end, 4};
    rqa__twins_count(&t, &n_pairs, &n_vectors); /* 0-8 and 1-9 */
    ck_assert(n_pairs == 2 && n_vectors == 4);
    t.min_distance = 3;
    rqa__twins_count(&t, &n_pairs, &n_vectors);
    ck_assert(n_pairs == 6 && n_vectors == 6);
    for (uint64_t k = 0; k < ROUNDS; k++) {
        rqa__generator g = rqa__generator_of(9, k);
        rqa__twin_path(&t, &g, path);
        for (int at = 0; at + 1 < N; at++)
            taken[path[at]][path[at + 1]]++;
    }
    for (uint32_t a = 0; a < N; a++)
        for (uint32_t b = 0; b < N; b++) {
            int may = b == a + 1 || a == 11;
            for (uint32_t k = first[a]; k < end[a]; k++)
                may |= member[k] + 1 == b;
            ck_assert_msg((taken[a][b] > 0) == may, "%u to %u: %u times", a, b, (unsigned)taken[a][b]);
        }
    const double from_0 = (double)(taken[0][1] + taken[0][5] + taken[0][9]);
    ck_near((double)taken[0][5] / from_0, 1. / 3, .04);
    ck_near((double)taken[0][9] / from_0, 1. / 3, .04);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resample");
    TCase *tcase = tcase_create("resample");
    tcase_add_test(tcase, generator);
    tcase_add_test(tcase, draws_are_fair);
    tcase_add_test(tcase, permutations);
    tcase_add_test(tcase, transform_against_its_definition);
    tcase_add_test(tcase, transform_closed_forms);
    tcase_add_test(tcase, ranks);
    tcase_add_test(tcase, binomial_numbers);
    tcase_add_test(tcase, multinomial_numbers);
    tcase_add_test(tcase, summaries);
    tcase_add_test(tcase, twin_paths);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
