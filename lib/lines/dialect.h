/* dialect.h - the dialects as data: which cells and lines each one counts, and how.
 *
 * The table in <rqa/convention.h> in machine form; rqa_convention in its order.
 */
#ifndef RQA_LINES_DIALECT_H
#define RQA_LINES_DIALECT_H

#include <stdint.h>

/* Which Theiler windows a single number `theiler` governs. */
enum { RQA__SCOPE_POINTS = 1, RQA__SCOPE_DIAGONAL = 2, RQA__SCOPE_VERTICAL = 4 };

typedef struct rqa__convention {
    const char *name;
    const char *text;
    uint8_t strict;           /* `<` instead of `<=` */
    uint8_t theiler_points;   /* default windows of an auto-recurrence analysis */
    uint8_t theiler_diagonal;
    uint8_t theiler_vertical;
    uint8_t theiler_scope;    /* RQA__SCOPE_* */
    uint8_t wmin;
    uint8_t upper_only;       /* one triangle, a column's rows j > i; auto only */
    uint8_t band_is_white;    /* white lines and times go through the excluded band */
    uint8_t percent;          /* rr, det, lam times 100 */
    uint8_t log2;             /* entropies in bits */
    uint8_t l_max_from_lmin;  /* l_max sees only lines of at least lmin */
    uint8_t l_max_without_loi; /* l_max ignores the line of length N */
    uint8_t cross_all_cells; /* rr of a cross matrix is over all cells, whatever the window */
    uint8_t trend_uncentred; /* trend as RecurrenceAnalysis.jl computes it */
    uint8_t min_samples;      /* fewer: everything is undefined */
    double empty_ratio;       /* det, lam without points */
    double empty_mean;        /* mean line without lines */
    double empty_max;         /* longest line without lines; div is then 1/empty_max */
    double empty_entropy;     /* entropy without lines */
} rqa__convention;

/* NULL for an unknown id (rqa_convention). */
const rqa__convention *rqa__convention_find(int32_t id);

#endif
