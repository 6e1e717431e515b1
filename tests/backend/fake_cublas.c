/* fake_cublas.c - stands in for cuBLAS beside the CUDA emulator, found through RQA_CUBLAS_PATH:
 * matrix products on the emulated device, in the order of its streams.
 *
 * FAKE_CUBLAS, words apart by spaces:
 *   create, stream, math        that call is refused
 *   gemm=K                      the K-th product, from the last handle's begin on, is refused
 *   reverse, pairs              sums from the last coordinate on, by halves; else in order
 *   within                      each value is wrong by nearly all that rounding can do to it
 *   beyond                      each value is wrong by far more
 * RQA_TEST_EMULATED names the emulated plugin.
 */
#include <dlfcn.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUCCESS = 0,
    NOT_INITIALIZED = 1,
    ALLOC_FAILED = 3,
    INVALID_VALUE = 7,
    EXECUTION_FAILED = 13
};

typedef struct handle {
    void *stream;
} handle;

/* A product in a stream's queue. */
typedef struct product {
    int is_single, m, n, k, lda, ldb, ldc, adds;
    const void *a, *b;
    void *c;
    int reverse, pairs;
    double noise; /* in units of |a||b| */
} product;

int cublasCreate_v2(handle **out);
int cublasDestroy_v2(handle *h);
int cublasSetStream_v2(handle *h, void *stream);
int cublasSetMathMode(handle *h, int mode);
int cublasDgemm_v2(handle *h, int trans_a, int trans_b, int m, int n, int k, const double *alpha,
                   const double *a, int lda, const double *b, int ldb, const double *beta,
                   double *c, int ldc);
int cublasSgemm_v2(handle *h, int trans_a, int trans_b, int m, int n, int k, const float *alpha,
                   const float *a, int lda, const float *b, int ldb, const float *beta, float *c,
                   int ldc);
int fake_cublas_live(void);
int fake_cublas_created(void);
int fake_cublas_products(void);

static atomic_int live, created, products;

static const char *word(const char *name)
{
    const char *words = getenv("FAKE_CUBLAS");
    return words ? strstr(words, name) : NULL;
}

/* ---- handles ---- */

int cublasCreate_v2(handle **out)
{
    if (word("create"))
        return ALLOC_FAILED;
    *out = calloc(1, sizeof **out);
    if (!*out)
        return ALLOC_FAILED;
    live++;
    created++;
    products = 0;
    return SUCCESS;
}

int cublasDestroy_v2(handle *h)
{
    free(h);
    live--;
    return SUCCESS;
}

int cublasSetStream_v2(handle *h, void *stream)
{
    h->stream = stream;
    return word("stream") ? NOT_INITIALIZED : SUCCESS;
}

int cublasSetMathMode(handle *h, int mode)
{
    return !h || mode != 2 || word("math") ? INVALID_VALUE : SUCCESS;
}

int fake_cublas_live(void)
{
    return live;
}

int fake_cublas_created(void)
{
    return created;
}

int fake_cublas_products(void)
{
    return products;
}

/* ---- products ---- */

static double value_at(const product *p, const void *from, int at)
{
    return p->is_single ? ((const float *)from)[at] : ((const double *)from)[at];
}

static double rounded(const product *p, double value)
{
    return p->is_single ? (double)(float)value : value;
}

/* The sum of coordinates [first, end), every operation rounded. */
static double inner(const product *p, int i, int j, int first, int end)
{
    if (p->pairs && end - first > 2) {
        int middle = first + (end - first) / 2;
        return rounded(p, inner(p, i, j, first, middle) + inner(p, i, j, middle, end));
    }
    double sum = 0;
    for (int q = 0; q < end - first; q++) {
        int k = p->reverse ? end - 1 - q : first + q;
        double term = value_at(p, p->a, k * p->lda + i) * value_at(p, p->b, k * p->ldb + j);
        sum = rounded(p, sum + rounded(p, term));
    }
    return sum;
}

/* The same without an error to speak of, and then one of our choice. */
static double disturbed(const product *p, int i, int j)
{
    long double sum = 0, a2 = 0, b2 = 0;
    for (int k = 0; k < p->k; k++) {
        long double a = value_at(p, p->a, k * p->lda + i), b = value_at(p, p->b, k * p->ldb + j);
        sum += a * b;
        a2 += a * a;
        b2 += b * b;
    }
    unsigned sign = ((unsigned)i * 2654435761u ^ (unsigned)j * 2246822519u) >> 16 & 1;
    long double error = p->noise * sqrtl(a2) * sqrtl(b2);
    return rounded(p, (double)(sign ? sum + error : sum - error));
}

static void multiply(void *argument)
{
    product *p = argument;
    for (int j = 0; j < p->n; j++)
        for (int i = 0; i < p->m; i++) {
            int at = j * p->ldc + i;
            double sum = p->noise > 0 ? disturbed(p, i, j) : inner(p, i, j, 0, p->k);
            if (p->adds)
                sum += value_at(p, p->c, at);
            if (p->is_single)
                ((float *)p->c)[at] = (float)sum;
            else
                ((double *)p->c)[at] = sum;
        }
    free(p);
}

/* The emulator's hook. */
static int enqueue(void *stream, product *p)
{
    const char *path = getenv("RQA_TEST_EMULATED");
    void *emulator = path ? dlopen(path, RTLD_NOW | RTLD_NOLOAD) : NULL;
    int (*hook)(void *, void (*)(void *), void *) = NULL;
    if (emulator)
        *(void **)&hook = dlsym(emulator, "rqa_emulator_enqueue");
    int status = hook ? hook(stream, multiply, p) : -1;
    if (emulator)
        dlclose(emulator);
    return status;
}

/* What the plugin asks for: rows of a times rows of b. */
static int start(const handle *h, int trans_a, int trans_b, product p, double alpha, double beta)
{
    const char *failing = word("gemm=");
    if (!h || trans_a != 0 || trans_b != 1 || p.m < 1 || p.n < 1 || p.k < 1 || p.lda < p.m ||
        p.ldb < p.n || p.ldc < p.m || alpha != 1 || (beta != 0 && beta != 1))
        return INVALID_VALUE;
    if (++products == (failing ? atoi(failing + 5) : 0))
        return EXECUTION_FAILED;
    double unit = p.is_single ? 0x1p-24 : 0x1p-53;
    p.adds = beta == 1;
    p.reverse = word("reverse") != NULL;
    p.pairs = word("pairs") != NULL;
    p.noise = word("within") ? 0.999 * (p.k - 1) * unit : word("beyond") ? 0x1p-4 : 0;
    product *kept = malloc(sizeof *kept);
    if (!kept)
        return ALLOC_FAILED;
    *kept = p;
    if (enqueue(h->stream, kept)) {
        free(kept);
        return EXECUTION_FAILED;
    }
    return SUCCESS;
}

#ifndef FAKE_CUBLAS_OLD
int cublasDgemm_v2(handle *h, int trans_a, int trans_b, int m, int n, int k, const double *alpha,
                   const double *a, int lda, const double *b, int ldb, const double *beta,
                   double *c, int ldc)
{
    product p = {
        .m = m, .n = n, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    return start(h, trans_a, trans_b, p, *alpha, *beta);
}
#endif

int cublasSgemm_v2(handle *h, int trans_a, int trans_b, int m, int n, int k, const float *alpha,
                   const float *a, int lda, const float *b, int ldb, const float *beta, float *c,
                   int ldc)
{
    product p = {.is_single = 1,
                 .m = m,
                 .n = n,
                 .k = k,
                 .lda = lda,
                 .ldb = ldb,
                 .ldc = ldc,
                 .a = a,
                 .b = b,
                 .c = c};
    return start(h, trans_a, trans_b, p, *alpha, *beta);
}
