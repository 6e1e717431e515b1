// gemm_library.h - cuBLAS, opened at run time: a handle of one device and its matrix products.
#ifndef RQA_CUDA_GEMM_LIBRARY_H
#define RQA_CUDA_GEMM_LIBRARY_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

// Facts of cuBLAS's C interface; no header of it is needed.
typedef int (*gemm_double)(void *handle, int trans_a, int trans_b, int m, int n, int k,
                           const double *alpha, const double *a, int lda, const double *b, int ldb,
                           const double *beta, double *c, int ldc);
typedef int (*gemm_single)(void *handle, int trans_a, int trans_b, int m, int n, int k,
                           const float *alpha, const float *a, int lda, const float *b, int ldb,
                           const float *beta, float *c, int ldc);

struct gemm_library {
    void *handle; // NULL: not open
    int (*destroy)(void *handle);
    gemm_double in_double;
    gemm_single in_single;
    uint64_t bytes; // of device memory that the handle took, as far as could be seen
};

// Opens cuBLAS for the calling thread's device and `stream`. 0, or -1 and why not.
int gemm_open(gemm_library *library, cudaStream_t stream, char *why, size_t why_size);
void gemm_close(gemm_library *library); // one that is not open is allowed

// product[j][i] = (add ? product[j][i] : 0) + sum over k of a[k][i] * b[k][j], for m values of i
// and n of j. 0 or cuBLAS's status.
int gemm_run(const gemm_library *library, double *product, const double *a, const double *b, int m,
             int n, int k, int add);
int gemm_run(const gemm_library *library, float *product, const float *a, const float *b, int m,
             int n, int k, int add);

#endif
