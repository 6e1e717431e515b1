/* fourier_complex.h - complex transforms of any length: mixed radix, and Bluestein's for those with a
 * large prime factor. */
#ifndef RQA_RESAMPLE_FOURIER_COMPLEX_H
#define RQA_RESAMPLE_FOURIER_COMPLEX_H

#include <stddef.h>

/* Complex numbers are real and imaginary parts by turns. */
typedef struct rqa__transform rqa__transform;

rqa__transform *rqa__transform_create(size_t n); /* n >= 1; NULL without memory */
void rqa__transform_destroy(rqa__transform *transform);
size_t rqa__transform_room(const rqa__transform *transform); /* doubles */

/* z_k = sum_t z_t exp(-2 pi i k t / n) in place. */
void rqa__transform_run(const rqa__transform *transform, double *z, double *room);

/* exp(-2 pi i k / n), k <= n, with the symmetries of the circle kept to the last bit. */
void rqa__turn_of(size_t k, size_t n, double *out);

#endif
