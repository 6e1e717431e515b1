/* brute.h - the textbook implementation every result is compared with: O(N^2), nothing shared.
 *
 * It takes nothing from lib/, only the public enums and option structs, and is written to be read
 * beside CONVENTIONS: form the whole byte matrix, walk every diagonal and column, put the counts
 * into -sum p ln p and its kin. Where the texts are brief it decides as follows.
 *
 *   matrix      cell[j * nx + i]: row j is the index into y, column i the index into x.
 *   verticals   run along j for fixed i; diagonals along (i+k, j+k), both sides of an auto matrix.
 *   Theiler     cells with |i-j| < w are neither black nor white: they cut vertical, diagonal and
 *               white runs. The edge of the band is not a border of the matrix, so a white run that
 *               ends there is an inner one.
 *   t1, t2      are differences within a column that no excluded cell lies between.
 *   white band  in recurrenceanalysis, crp and crqa the band is white to white runs and times.
 *   missing     a vector that touches a missing sample has neither black nor white cells, as the
 *               band, in every dialect; it recurs with nothing, and rr's cells are what they were.
 *   neurokit    sees the triangle j >= i alone; its borders are the cell on the LOI and the last row.
 *   joint       its main diagonal is a LOI as that of an auto matrix: the dialect's windows hold.
 *   accrqa      l_max passes over a line of length N of an auto or joint matrix (the LOI).
 *   l_max       sees only l >= lmin in recurrenceanalysis, crp, crqa and neurokit, and so does
 *               v_max with vmin; w_max sees u >= wmin alone, except in pyrqa and pyunicorn.
 *   rte         is in crp the entropy of the white lines that touch no border, over ln(longest);
 *               undefined if that is below 3.
 *   rr          of a cross-recurrence matrix is over nx * ny in recurrenceanalysis, whatever the
 *               window (RecurrenceAnalysis.jl, oracle 4); elsewhere over the cells that are kept.
 *   offsets     are counted in the n x n square at the origin, n = min(nx, ny).
 *   trend       works on the same square (RecurrenceAnalysis.jl);
 *               RR_tau is the mean of the densities of the offsets +tau and -tau; tau runs from
 *               max(1, w) to n-1-border, so `border` offsets are left out. recurrenceanalysis
 *               starts at tau = w and divides by sum delta^2 with delta = tau + 1 - (n-border+w)/2
 *               (2.1.1), half an offset too much; all others take the least-squares slope.
 *   too short   fewer than 2 vectors, in a cross matrix fewer than 1, on either side, or fewer
 *               samples or vectors than the dialect asks: every measure NaN, whatever the dialect
 *               puts into empty cases.
 */
#ifndef RQA_TESTS_BRUTE_H
#define RQA_TESTS_BRUTE_H

#include <stddef.h>
#include <stdint.h>

#include "rqa/rqa.h"

/* A recording, sample-major: value[sample * n_channels + channel], NaN or Inf = missing. */
typedef struct brute_series {
    const double *value;
    size_t n_samples;
    size_t n_channels;
    uint32_t dim;
    uint32_t delay;
} brute_series;

typedef struct brute_matrix {
    size_t nx, ny;
    size_t samples_x, samples_y;
    int given; /* by the caller as a matrix: no series behind it, so none is too short, and offsets
                  are counted on both sides */
    uint8_t *cell;
    uint8_t *gone_x, *gone_y; /* vectors that touch a missing sample; NULL: none */
} brute_matrix;

typedef struct brute_result {
    double value[RQA_MEASURE_COUNT];
    int reason[RQA_MEASURE_COUNT];
    uint64_t pairs, points;
    uint64_t *histogram[4]; /* by rqa_histogram; [length], length <= limit */
    uint64_t *inner;        /* of the white lines that touch no border */
    size_t limit;
    uint64_t *offset_points; /* as rqa_metrics_offset_points() */
    size_t n_offsets;
    uint64_t theiler_points, theiler_diagonal, theiler_vertical;
    uint32_t lmin, vmin, wmin;
    int compare, band_is_white;
} brute_result;

/* Every column or row is of a missing vector. */
int brute_all_skipped(const brute_matrix *matrix);

size_t brute_n_vectors(const brute_series *series);

/* Distance of vector i of x and vector j of y; NaN where a sample is missing. */
double brute_distance(const brute_series *x, size_t i, const brute_series *y, size_t j,
                      int32_t norm);

/* y NULL: auto. threshold_y < 0: as threshold. compare: LE or LT. cell is malloc'd. */
brute_matrix brute_recurrence(const brute_series *x, const brute_series *y, int32_t relation,
                              int32_t norm, int32_t compare, double threshold, double threshold_y);
void brute_matrix_free(brute_matrix *matrix);

/* The threshold rule in force. */
int brute_compare(const rqa_analysis_options *options);

/* Sample standard deviation (n-1) pooled over channels, by the two-pass formula. */
double brute_std(const brute_series *x);

/* Largest and mean distance; y NULL: pairs i != j of x. */
void brute_diameter(const brute_series *x, const brute_series *y, int32_t norm, double *largest,
                    double *mean);

/* Scales in place, channel by channel; samples missing in any channel become NaN in all. */
void brute_scale(double *value, size_t n_samples, size_t n_channels, int32_t normalization);

/* Counts and measures of a matrix. `relation` is the one in force. */
void brute_measure(brute_result *out, const brute_matrix *matrix, int32_t relation,
                   const rqa_analysis_options *options);
void brute_result_free(brute_result *result);

#endif
