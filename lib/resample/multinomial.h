/* multinomial.h - how often each class comes when lines are drawn with replacement, in integers. */
#ifndef RQA_RESAMPLE_MULTINOMIAL_H
#define RQA_RESAMPLE_MULTINOMIAL_H

#include <stddef.h>
#include <stdint.h>

#include "resample/generator.h"

/* Of n trials that succeed with probability part / whole (part <= whole < 2^63, whole > 0). Exact: a
 * trial compares a number of random bits with the binary digits of part / whole, digit by digit from
 * the first, and all that are undecided draw a digit together. About n / 32 draws. */
uint64_t rqa__binomial(rqa__generator *g, uint64_t n, uint64_t part, uint64_t whole);

/* n draws from n_classes classes; before[k] = how many stand in classes below k, before[n_classes] >
 * 0 in all. The classes are halved, where the halves hold most nearly as many, and so on. */
void rqa__multinomial(rqa__generator *g, uint64_t n, const uint64_t *before, size_t n_classes,
                      uint64_t *out);

#endif
