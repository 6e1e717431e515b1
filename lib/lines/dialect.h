/* dialect.h - the dialects as data: which cells and lines each one counts, and how.
 *
 * The table in <rqa/convention.h> in machine form; rqa_convention in its order.
 */
#ifndef RQA_LINES_DIALECT_H
#define RQA_LINES_DIALECT_H

#include <stdint.h>

/* Which Theiler windows a single number `theiler` governs. */
enum { RQA__SCOPE_POINTS = 1, RQA__SCOPE_DIAGONAL = 2, RQA__SCOPE_VERTICAL = 4 };

/* What stands where a value does not exist. */
typedef struct rqa__empty {
    double ratio; /* det, lam; not used for white lines */
    double mean;
    double longest; /* div is then 1 / longest */
    double entropy;
} rqa__empty;

/* How the lines of one direction are read. */
typedef struct rqa__line_rules {
    uint8_t longest_from_minimum; /* the longest line is one of those of at least the minimum */
    rqa__empty no_points;         /* without a line of any length */
    rqa__empty no_line;           /* with lines, but without one of at least the minimum */
} rqa__line_rules;

/* What rte is the entropy of. */
enum {
    RQA__RTE_STARTS = 0, /* the differences that t2 averages, over ln(longest) */
    RQA__RTE_WHITE = 1,  /* the white lines that touch no border, over ln(longest), if 3 or more */
};

typedef struct rqa__convention {
    const char *name;
    const char *text;
    uint8_t strict;           /* `<` instead of `<=` */
    uint8_t theiler_points;   /* default windows of an auto-recurrence analysis */
    uint8_t theiler_diagonal;
    uint8_t theiler_vertical;
    uint8_t theiler_scope;    /* RQA__SCOPE_* */
    uint8_t wmin;
    uint8_t white_exclude;    /* white lines that touch the border are left out */
    uint8_t upper_only;       /* one triangle, a column's rows j > i; auto only */
    uint8_t band_is_white;    /* white lines and times go through the excluded band */
    uint8_t percent;          /* rr, det, lam times 100 */
    uint8_t log2;             /* entropies in bits */
    uint8_t l_max_without_loi; /* l_max ignores the line of length N */
    uint8_t cross_all_cells; /* rr of a cross matrix is over all cells, whatever the window */
    uint8_t trend_julia;     /* trend as RecurrenceAnalysis.jl computes it */
    uint8_t rte;             /* RQA__RTE_* */
    uint8_t infinite_ratios; /* det_rr and lam_det divide by 0 */
    uint8_t open_corridor;   /* under `<` a corridor leaves out both of its ends */
    uint8_t min_samples;      /* fewer: everything is undefined */
    uint8_t min_vectors;      /* likewise, also in a cross matrix */
    rqa__line_rules diagonal, vertical, white;
} rqa__convention;

/* NULL for an unknown id (rqa_convention). */
const rqa__convention *rqa__convention_find(int32_t id);

#endif
