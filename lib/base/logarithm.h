/* logarithm.h - the natural logarithm, the same to the last bit on every machine. */
#ifndef RQA_BASE_LOGARITHM_H
#define RQA_BASE_LOGARITHM_H

/* ln x rounded to the nearest double, of any x above 0 that is finite; else as log() has it. C libraries
 * err in about one of some thousand, each in others. By additions, products and quotients alone, to 2^-95
 * before the one rounding; some 50 ns. Any thread. */
double rqa__ln(double x);

#endif
