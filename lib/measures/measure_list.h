/* measure_list.h - the measures, once: names, texts, and the counts that each is read from.
 *
 * What lists measures elsewhere is made from this: masks, the columns of a store and its view, of
 * CSV and frames, the error text of an unknown name. The numbers are those of ::rqa_measure.
 */
#ifndef RQA_MEASURES_MEASURE_LIST_H
#define RQA_MEASURES_MEASURE_LIST_H

#include "lines/tally.h"
#include "rqa/measure.h"

/* What is read off the cells of the plot and not off its lines. */
enum {
    RQA__CELLS_TRIANGLES = 1,
    RQA__CELLS_NEIGHBOURS = 2, /* sum of the degrees of each node's neighbours */
    RQA__CELLS_COMPONENTS = 4,
    RQA__CELLS_PATHS = 8,
    RQA__CELLS_NETWORK = 15,
    RQA__CELLS_RETURNS = 16,
    RQA__CELLS_MICROSTATES = 32,
    RQA__CELLS_BLOCKS = 64,
};

#define RQA__TALLY_TIMES (RQA__TALLY_VERTICAL | RQA__TALLY_RECURRENCE_TIME)

/* ROW(number, name, text, RQA__TALLY_* beside the points, RQA__CELLS_*), of the measures of release
 * 0.2.0, which a mask of 0 stands for. */
#define RQA__MEASURES_DEFAULT(ROW)                                                                 \
    ROW(RR, "rr", "recurrence rate", 0, 0)                                             \
    ROW(DET, "det", "determinism", RQA__TALLY_DIAGONAL, 0)                                         \
    ROW(L_MEAN, "l_mean", "mean diagonal line length (samples)", RQA__TALLY_DIAGONAL, 0)           \
    ROW(L_MAX, "l_max", "longest diagonal line (samples)", RQA__TALLY_DIAGONAL, 0)                 \
    ROW(DIV, "div", "divergence (1/samples)", RQA__TALLY_DIAGONAL, 0)                              \
    ROW(L_ENTR, "l_entr", "entropy of diagonal line lengths (nats)", RQA__TALLY_DIAGONAL, 0)       \
    ROW(LAM, "lam", "laminarity", RQA__TALLY_VERTICAL, 0)                                          \
    ROW(TT, "tt", "trapping time (samples)", RQA__TALLY_VERTICAL, 0)                               \
    ROW(V_MAX, "v_max", "longest vertical line (samples)", RQA__TALLY_VERTICAL, 0)                 \
    ROW(V_ENTR, "v_entr", "entropy of vertical line lengths (nats)", RQA__TALLY_VERTICAL, 0)       \
    ROW(W_MEAN, "w_mean", "mean white vertical line length (samples)", RQA__TALLY_WHITE, 0)        \
    ROW(W_MAX, "w_max", "longest white vertical line (samples)", RQA__TALLY_WHITE, 0)              \
    ROW(W_ENTR, "w_entr", "entropy of white vertical line lengths (nats)", RQA__TALLY_WHITE, 0)    \
    ROW(T1, "t1", "recurrence time, first type (samples)", RQA__TALLY_TIMES, 0)                    \
    ROW(T2, "t2", "recurrence time, second type (samples)", RQA__TALLY_TIMES, 0)                   \
    ROW(RTE, "rte", "recurrence time entropy", RQA__TALLY_TIMES, 0)                                \
    ROW(TREND, "trend", "trend (1/(1000 samples))", RQA__TALLY_OFFSETS, 0)                         \
    ROW(DET_RR, "det_rr", "ratio of determinism to recurrence rate", RQA__TALLY_DIAGONAL, 0)       \
    ROW(LAM_DET, "lam_det", "ratio of laminarity to determinism",                                  \
        RQA__TALLY_DIAGONAL | RQA__TALLY_VERTICAL, 0)

/* Those of release 0.3.0, which must be named. */
#define RQA__MEASURES_NAMED(ROW)                                                                   \
    ROW(TRANSITIVITY, "transitivity", "transitivity of the network", 0, RQA__CELLS_TRIANGLES)      \
    ROW(CLUSTERING, "clustering", "mean local clustering coefficient of the network",              \
        0, RQA__CELLS_TRIANGLES)                                                                   \
    ROW(ASSORTATIVITY, "assortativity", "assortativity of the network", 0, RQA__CELLS_NEIGHBOURS)  \
    ROW(COMPONENTS, "components", "components of the network", 0, RQA__CELLS_COMPONENTS)           \
    ROW(PATH_MEAN, "path_mean", "mean shortest path of the network (edges)", 0, RQA__CELLS_PATHS)  \
    ROW(DIAMETER, "diameter", "longest shortest path of the network (edges)", 0, RQA__CELLS_PATHS) \
    ROW(EFFICIENCY, "efficiency", "global efficiency of the network", 0, RQA__CELLS_PATHS)         \
    ROW(RPDE, "rpde", "recurrence period density entropy", 0, RQA__CELLS_RETURNS)                  \
    ROW(NMPRT, "nmprt", "number of the most probable recurrence time", RQA__TALLY_TIMES, 0)        \
    ROW(NMPRT_TIME, "nmprt_time", "most probable recurrence time (samples)", RQA__TALLY_TIMES, 0)  \
    ROW(L_ENTR_REL, "l_entr_rel", "l_entr over its largest value", RQA__TALLY_DIAGONAL, 0)         \
    ROW(MICROSTATE_ENTROPY, "microstate_entropy", "entropy of microstates (nats)", 0,              \
        RQA__CELLS_MICROSTATES)                                                                    \
    ROW(CAT_ENTROPY, "cat_entropy", "entropy of the areas of blocks (nats)", 0, RQA__CELLS_BLOCKS)

#define RQA__MEASURES(ROW) RQA__MEASURES_DEFAULT(ROW) RQA__MEASURES_NAMED(ROW)

/* The RQA__TALLY_* of a measure under the standard convention. */
uint32_t rqa__measure_tallies(int32_t measure);
/* The RQA__CELLS_* of the measures in a mask. */
uint32_t rqa__measures_cells(uint64_t measures);
/* The mask of the measures that need one of some RQA__CELLS_*. */
uint64_t rqa__measures_of_cells(uint32_t cells);
/* The first measure of a mask that needs one of some RQA__CELLS_*, -1 without any. */
int32_t rqa__measure_of_cells(uint64_t measures, uint32_t cells);

#endif
