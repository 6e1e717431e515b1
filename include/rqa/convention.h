/**
 * @file rqa/convention.h
 * @brief Dialects: which package's rules define the numbers.
 *
 * RQA packages disagree on the threshold rule, on the main diagonal (line of identity, LOI), on
 * denominators and on empty cases. librqa has one default and speaks the others, so that a
 * published number can be reproduced:
 *
 * | name               | rule | w | RR counts LOI / denominator | diagonals: LOI | verticals: LOI | entropy | empty case | other |
 * |--------------------|------|---|------------------|-------|-------|------|------------|-------|
 * | standard           | <=   | 1 | no / kept cells  | out   | out   | ln   | NaN        | |
 * | recurrenceanalysis | <=   | 1 | no / kept cells  | out   | out   | ln   | 0; entropy NaN | l_max, v_max see l >= lmin, v >= vmin; rr of a cross matrix over Nx Ny; trend centred on (n - border + w)/2 - 1; t2 and rte are not the package's MRT and RTE |
 * | crp                | <    | 1 | no / kept cells  | out   | out   | ln   | NaN; l_max, v_max 0; with points, but no diagonal line: l_mean, l_entr 0 | l_max, v_max see l >= lmin, v >= vmin; white lines without those at the border, rte is their entropy / ln(w_max) |
 * | pyrqa              | <    | 1, diagonals only | yes / Nx Ny | out if w >= 1 | in | ln | NaN; entropy, l_max, v_max, w_max 0; div, x / 0 inf | w_min 2; w_max sees every length |
 * | pyunicorn          | <    | 1, diagonals only | yes / N^2   | out   | in    | ln   | 0     | w_max sees every length |
 * | accrqa             | <=   | 0 | yes / N^2        | in, not in l_max | in | ln | NaN; entropy, l_max, v_max 0 | |
 * | crqa               | <=   | 0 | by w / kept cells | by w | by w  | ln   | NaN, det also without a line; l_mean, l_max 0 | rr det lam in percent; l_max, v_max see l >= lmin, v >= vmin; white lines without those at the border |
 * | neurokit           | <=   | 1 | no / half        | out, one half | out, rows j > i | ln | det, lam, l_max, div NaN; else 0 | w_min 2; l_max, v_max see l >= lmin, v >= vmin |
 * | founding           | <=   | 0 | yes / N^2        | in    | in    | log2 | NaN | fewer than 5 samples or 2 vectors: NaN |
 *
 * Where the package takes the cells of the Theiler band as not recurrent, white lines and
 * recurrence times go through the band: recurrenceanalysis, crp, crqa. Elsewhere it cuts both.
 *
 * The empty case is that there is no point, or no line of lmin, vmin or wmin. Without points det
 * and lam are what it says; with points but without a line they are 0, in crqa det is NaN.
 *
 * w is the Theiler window: cells with |i-j| < w are excluded. A cross analysis has w = 0 unless
 * told otherwise; a joint one has the w of the table, its main diagonal being an LOI too. pyrqa,
 * pyunicorn: a Theiler window given as rqa_analysis_options::theiler governs the diagonals alone;
 * elsewhere it governs points, diagonals and verticals.
 *
 * docs/dialects.md says which version of each package was compared, and how.
 */
#ifndef RQA_CONVENTION_H
#define RQA_CONVENTION_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Dialects; see the table above. */
enum rqa_convention {
    RQA_CONVENTION_STANDARD = 0,           /**< The default. */
    RQA_CONVENTION_RECURRENCEANALYSIS = 1, /**< RecurrenceAnalysis.jl 2.1.1 (Julia). */
    RQA_CONVENTION_CRP = 2,                /**< CRP Toolbox (MATLAB). */
    RQA_CONVENTION_PYRQA = 3,              /**< PyRQA 8 (Python). */
    RQA_CONVENTION_PYUNICORN = 4,          /**< pyunicorn 1.0 (Python). */
    RQA_CONVENTION_ACCRQA = 5,             /**< AccRQA 1.0. */
    RQA_CONVENTION_CRQA = 6,               /**< crqa 2.1 (R). */
    RQA_CONVENTION_NEUROKIT = 7,           /**< NeuroKit2 (Python); auto-recurrence only. */
    RQA_CONVENTION_FOUNDING = 8            /**< The gaze study librqa was founded for. */
};

/**
 * Name of a convention, lower case.
 * @param convention ::rqa_convention
 * @return static string, NULL for an unknown number (which ends an enumeration from 0)
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_convention_name(int32_t convention);

/**
 * One line on what is particular to a convention.
 * @param convention ::rqa_convention
 * @return static string, NULL for an unknown number
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API const char *rqa_convention_text(int32_t convention);

/**
 * Convention of a name.
 * @param[out] out the ::rqa_convention
 * @param name lower case, as rqa_convention_name() writes it
 * @return RQA_OK, RQA_ERROR_NULL, RQA_ERROR_UNKNOWN_NAME
 * @par Threads
 * Any.
 * @since 0.1.0
 */
RQA_API rqa_status rqa_convention_from_name(int32_t *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
