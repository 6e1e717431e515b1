/* measure_list.h - the measures, once: names, texts, and the counts that each is read from.
 *
 * What lists measures elsewhere is made from this: masks, the columns of a store and its view, of
 * CSV and frames, the error text of an unknown name. The numbers are those of ::rqa_measure.
 */
#ifndef RQA_MEASURES_MEASURE_LIST_H
#define RQA_MEASURES_MEASURE_LIST_H

#include "lines/tally.h"
#include "rqa/measure.h"

#define RQA__NO_TALLY 0
#define RQA__TALLY_TIMES (RQA__TALLY_VERTICAL | RQA__TALLY_RECURRENCE_TIME)

/* ROW(number, name, text, RQA__TALLY_* beside the points), of the measures of release 0.2.0, which a
 * mask of 0 stands for. */
#define RQA__MEASURES_DEFAULT(ROW)                                                                 \
    ROW(RR, "rr", "recurrence rate", RQA__NO_TALLY)                                                \
    ROW(DET, "det", "determinism", RQA__TALLY_DIAGONAL)                                            \
    ROW(L_MEAN, "l_mean", "mean diagonal line length (samples)", RQA__TALLY_DIAGONAL)              \
    ROW(L_MAX, "l_max", "longest diagonal line (samples)", RQA__TALLY_DIAGONAL)                    \
    ROW(DIV, "div", "divergence (1/samples)", RQA__TALLY_DIAGONAL)                                 \
    ROW(L_ENTR, "l_entr", "entropy of diagonal line lengths (nats)", RQA__TALLY_DIAGONAL)          \
    ROW(LAM, "lam", "laminarity", RQA__TALLY_VERTICAL)                                             \
    ROW(TT, "tt", "trapping time (samples)", RQA__TALLY_VERTICAL)                                  \
    ROW(V_MAX, "v_max", "longest vertical line (samples)", RQA__TALLY_VERTICAL)                    \
    ROW(V_ENTR, "v_entr", "entropy of vertical line lengths (nats)", RQA__TALLY_VERTICAL)          \
    ROW(W_MEAN, "w_mean", "mean white vertical line length (samples)", RQA__TALLY_WHITE)           \
    ROW(W_MAX, "w_max", "longest white vertical line (samples)", RQA__TALLY_WHITE)                 \
    ROW(W_ENTR, "w_entr", "entropy of white vertical line lengths (nats)", RQA__TALLY_WHITE)       \
    ROW(T1, "t1", "recurrence time, first type (samples)", RQA__TALLY_TIMES)                       \
    ROW(T2, "t2", "recurrence time, second type (samples)", RQA__TALLY_TIMES)                      \
    ROW(RTE, "rte", "recurrence time entropy", RQA__TALLY_TIMES)                                   \
    ROW(TREND, "trend", "trend (1/(1000 samples))", RQA__TALLY_OFFSETS)                            \
    ROW(DET_RR, "det_rr", "ratio of determinism to recurrence rate", RQA__TALLY_DIAGONAL)          \
    ROW(LAM_DET, "lam_det", "ratio of laminarity to determinism",                                  \
        RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL)

/* Those of release 0.3.0, which must be named. */
#define RQA__MEASURES_NAMED(ROW)

#define RQA__MEASURES(ROW) RQA__MEASURES_DEFAULT(ROW) RQA__MEASURES_NAMED(ROW)

/* The RQA__TALLY_* of a measure under the standard convention. */
uint32_t rqa__measure_tallies(int32_t measure);

#endif
