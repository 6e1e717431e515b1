// gemm_library.cu - opens cuBLAS at run time and calls it.
#include "gemm_library.h"

#include <dlfcn.h>
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPERATION_NONE = 0, OPERATION_TRANSPOSE = 1 };

// Products with the rounding that their type has: the error bound counts on it. It also rules out
// what the environment can ask of the default mode.
enum { MATH_PEDANTIC = 2 };

// ---- the library ----

// RQA_CUBLAS_PATH names the one file to be tried; not in a setuid process.
static void *open_library(char *why, size_t why_size)
{
    static const char *const names[] = {"libcublas.so.13", "libcublas.so.12"};
    const char *own = secure_getenv("RQA_CUBLAS_PATH");
    if (own && own[0] != '/') {
        snprintf(why, why_size, "RQA_CUBLAS_PATH is '%.100s'; it must begin with /", own);
        return NULL;
    }
    void *library = NULL;
    fenv_t mode; // what is linked with -ffast-math sets FTZ and DAZ as it is loaded
    fegetenv(&mode);
    if (own)
        library = dlopen(own, RTLD_NOW | RTLD_LOCAL);
    // What the host works with is there already: not another 150 MB and another version.
    for (int k = 0; k < 2 && !own && !library; k++)
        library = dlopen(names[k], RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    for (int k = 0; k < 2 && !own && !library; k++)
        library = dlopen(names[k], RTLD_NOW | RTLD_LOCAL);
    fesetenv(&mode);
    if (!library) {
        const char *text = dlerror();
        snprintf(why, why_size, "%s", text ? text : "dlopen gave no reason");
    }
    return library;
}

// Emulated double or single precision need not keep the bound.
static int is_emulated(char *why, size_t why_size)
{
    static const char *const names[] = {"CUBLAS_EMULATE_DOUBLE_PRECISION",
                                        "CUBLAS_EMULATE_SINGLE_PRECISION", "NVIDIA_TF32_OVERRIDE"};
    for (int k = 0; k < 3; k++) {
        const char *value = getenv(names[k]);
        if (value && *value && strcmp(value, "0") != 0) {
            snprintf(why, why_size, "%s is set", names[k]);
            return 1;
        }
    }
    return 0;
}

// What is called of it.
struct gemm_symbols {
    int (*create)(void **handle);
    int (*set_stream)(void *handle, cudaStream_t stream);
    int (*set_math)(void *handle, int mode);
};

static int find_symbols(gemm_library *library, gemm_symbols *symbols, void *file, char *why,
                        size_t why_size)
{
    const struct {
        const char *name;
        void *slot;
    } wanted[] = {
        {"cublasCreate_v2", &symbols->create},     {"cublasSetStream_v2", &symbols->set_stream},
        {"cublasSetMathMode", &symbols->set_math}, {"cublasDestroy_v2", &library->destroy},
        {"cublasDgemm_v2", &library->in_double},   {"cublasSgemm_v2", &library->in_single},
    };
    for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++) {
        void *symbol = dlsym(file, wanted[k].name);
        if (!symbol) {
            snprintf(why, why_size, "it has no function %s", wanted[k].name);
            return -1;
        }
        memcpy(wanted[k].slot, &symbol, sizeof symbol);
    }
    return 0;
}

// ---- the handle ----

static uint64_t free_bytes(void)
{
    size_t n = 0, total = 0;
    if (cudaMemGetInfo(&n, &total) == cudaSuccess)
        return n;
    (void)cudaGetLastError(); // not to be met again by the next call
    return 0;
}

int gemm_open(gemm_library *library, cudaStream_t stream, char *why, size_t why_size)
{
    gemm_symbols symbols;
    memset(library, 0, sizeof *library);
    // Never closed: its kernels are registered with the driver until the process ends.
    void *file = is_emulated(why, why_size) ? NULL : open_library(why, why_size);
    if (!file || find_symbols(library, &symbols, file, why, why_size))
        return -1;
    uint64_t before = free_bytes();
    int status = symbols.create(&library->handle);
    if (status) {
        snprintf(why, why_size, "cublasCreate: status %d", status);
        library->handle = NULL;
    } else if ((status = symbols.set_stream(library->handle, stream)) != 0) {
        snprintf(why, why_size, "cublasSetStream: status %d", status);
    } else if ((status = symbols.set_math(library->handle, MATH_PEDANTIC)) != 0) {
        snprintf(why, why_size, "cublasSetMathMode: status %d", status);
    }
    if (status) {
        gemm_close(library);
        (void)cudaGetLastError(); // not to be met again by the next call
        return -1;
    }
    uint64_t after = free_bytes();
    library->bytes = before > after ? before - after : 0;
    return 0;
}

void gemm_close(gemm_library *library)
{
    if (library->handle)
        (void)library->destroy(library->handle);
    memset(library, 0, sizeof *library);
}

// ---- products ----

int gemm_run(const gemm_library *library, double *product, const double *a, const double *b, int m,
             int n, int k, int add)
{
    const double one = 1, beta = add ? 1 : 0;
    return library->in_double(library->handle, OPERATION_NONE, OPERATION_TRANSPOSE, m, n, k, &one,
                              a, m, b, n, &beta, product, m);
}

int gemm_run(const gemm_library *library, float *product, const float *a, const float *b, int m,
             int n, int k, int add)
{
    const float one = 1, beta = add ? 1 : 0;
    return library->in_single(library->handle, OPERATION_NONE, OPERATION_TRANSPOSE, m, n, k, &one,
                              a, m, b, n, &beta, product, m);
}
