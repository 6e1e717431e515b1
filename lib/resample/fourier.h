/* fourier.h - the discrete Fourier transform of real series of any length, in double. */
#ifndef RQA_RESAMPLE_FOURIER_H
#define RQA_RESAMPLE_FOURIER_H

#include <stddef.h>

/* What a length needs; immutable, shared by threads. */
typedef struct rqa__fourier rqa__fourier;

int rqa__fourier_create(rqa__fourier **out, size_t n); /* n >= 1; 0 or RQA_ERROR_MEMORY with text */
void rqa__fourier_destroy(rqa__fourier *fourier);      /* NULL is allowed */

/* Doubles that one call needs to work in; upper estimate of the bytes of the whole. */
size_t rqa__fourier_room(const rqa__fourier *fourier);
size_t rqa__fourier_memory(size_t n);

/* Bins 0..n/2 of sum_t x_t exp(-2 pi i k t / n), real and imaginary parts by turns. */
void rqa__fourier_forward(const rqa__fourier *fourier, const double *x, double *bin, double *room);
/* The series of such bins (of a real series: the imaginary parts of bin 0, and of bin n/2 for even
 * n, are not looked at), with the factor 1/n. */
void rqa__fourier_backward(const rqa__fourier *fourier, const double *bin, double *x, double *room);

#endif
