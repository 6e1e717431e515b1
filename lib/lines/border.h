/* border.h - border lines, and the histogram of diagonal lines that a rule makes of them.
 *
 * Kraemer, Marwan: Phys. Lett. A 383, 125977 (2019); rqa/analysis.h has the rules.
 */
#ifndef RQA_LINES_BORDER_H
#define RQA_LINES_BORDER_H

#include "lines/hist.h"

enum { RQA__BORDER_ALL, RQA__BORDER_DIBO, RQA__BORDER_KELO, RQA__BORDER_CENSI };

/* What is done with border lines, and which are such. */
typedef struct rqa__border_rule {
    int what;     /* one of these */
    int semi;     /* touching one end of the diagonal is enough */
    uint64_t loi; /* censi: their length, or 0: that of the longest */
} rqa__border_rule;

/* Zero-initialise. */
typedef struct rqa__border_lines {
    rqa__hist line;      /* of both sides */
    uint64_t longest[2]; /* j - i >= 0 (of an auto plot > 0), and < 0; 0: none */
    rqa__hist loi;       /* runs of a main diagonal that is the line of identity and counts */
} rqa__border_lines;

void rqa__border_free(rqa__border_lines *border);

/* How many classes the result may have. */
size_t rqa__border_room(const rqa__spectrum *lines);

/* Writes the histogram under the rule to out. */
rqa__spectrum rqa__border_correct(const rqa__border_lines *border, const rqa__border_rule *rule,
                                  const rqa__spectrum *lines, rqa__bin *out);

#endif
