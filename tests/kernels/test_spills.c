/* test_spills.c - wide vectors on the stack, wherever the stack stands.
 *
 * Win64 aligns it to 16 bytes, and gcc spills vectors of 32 and 64 bytes by moves that want more (gcc bug
 * 54412). Functions with the flags of the kernels are called with the stack at each multiple of 16 in 64
 * bytes: a move that wants more ends the test.
 */
#include <stdio.h>
#include <string.h>

#include "cpu/level.h"
#include "support.h"

void spill_avx2(const double *in, double *out);
void spill_avx512(const double *in, double *out);

enum { N_VECTORS = 4, MOST_DOUBLES = N_VECTORS * 8 };

/* The same, number by number. */
static void expected(double *v, size_t width)
{
    for (size_t j = 0; j < width; j++) {
        double a = v[j], b = v[width + j], c = v[2 * width + j], d = v[3 * width + j];
        for (int round = 0; round < 3; round++) {
            const double old = a;
            a = a * b + c;
            b = b * c + d;
            c = c * d + old;
            d = d * old + b;
        }
        v[j] = a, v[width + j] = b, v[2 * width + j] = c, v[3 * width + j] = d;
    }
}

/* Calls it with `shift` more bytes on the stack. */
__attribute__((noinline)) static void call_at(void (*spill)(const double *, double *), size_t shift,
                                              const double *in, double *out)
{
    char *room = __builtin_alloca(shift + 16);
    __asm__ volatile("" : "+r"(room) : : "memory");
    spill(in, out);
    __asm__ volatile("" : : "r"(room) : "memory");
}

static void check(void (*spill)(const double *, double *), size_t width)
{
    rng r = {17};
    double in[MOST_DOUBLES], out[MOST_DOUBLES], wanted[MOST_DOUBLES];
    for (size_t k = 0; k < N_VECTORS * width; k++)
        in[k] = wanted[k] = rng_uniform(&r);
    expected(wanted, width);
    for (size_t shift = 0; shift < 128; shift += 16) {
        memset(out, 0, sizeof out);
        call_at(spill, shift, in, out);
        ck_assert_mem_eq(out, wanted, N_VECTORS * width * sizeof *out);
    }
}

START_TEST(vectors_of_32_bytes)
{
    if (rqa__cpu_detect().level >= RQA__LEVEL_AVX2)
        check(spill_avx2, 4);
    else
        printf("skipped: no AVX2 here\n");
}
END_TEST

START_TEST(vectors_of_64_bytes)
{
    if (rqa__cpu_detect().level >= RQA__LEVEL_AVX512)
        check(spill_avx512, 8);
    else
        printf("skipped: no AVX-512 here\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spills");
    TCase *tcase = tcase_create("spills");
    tcase_add_test(tcase, vectors_of_32_bytes);
    tcase_add_test(tcase, vectors_of_64_bytes);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
