// near.h - the float filter: scaled series, and the window in which a pair is decided exactly.
#ifndef RQA_CUDA_NEAR_H
#define RQA_CUDA_NEAR_H

#include <stdint.h>

#include "rqa/plugin.h"

// Series are multiplied by 2^exponent, which brings the largest sample to 2^19..2^20, and centred.
struct near_scale {
    int exponent;
    double centre;
    double largest; // |scaled - centre|
    // Of samples that are multiples of one power of two, as integers and converter counts are:
    int has_unit;
    double unit;  // the power, scaled
    double steps; // from the least sample to the largest, in units
};

// One scale for both sides of a field; y may be x.
near_scale near_scale_of(const rqa_plugin_side *x, const rqa_plugin_side *y);

// One channel to float; NaN stays NaN.
void near_convert(const near_scale *scale, const double *from, uint64_t n, float *to);

// Of each of n converted samples of a channel: the least and the largest of the 32 from it on, or
// of what there is; -inf and inf where one is missing.
enum { NEAR_BOX = 32 };
void near_boxes(const float *near, uint64_t n, float *least, float *most);

// A filtered value recurs if it is below *middle; it may be decided so if it is farther from it
// than *margin, a negative one always. n: coordinates of a vector.
void near_window(const near_scale *scale, uint32_t norm, uint64_t n, double bound, int exact_only,
                 float *middle, float *margin);

#endif
