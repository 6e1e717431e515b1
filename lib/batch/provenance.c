/* provenance.c - what ran and by which rules, as results tell it. */
#include "batch/provenance.h"

#include "base/error.h"
#include "rqa/version.h"

/* Size of rqa_provenance in release 0.1.0. */
enum { SMALLEST = RQA__SIZE_THROUGH(rqa_provenance, version) };

int rqa__provenance_write(rqa_provenance *out, rqa_provenance ran, const rqa__rules *rules,
                          const rqa__reached *x, const rqa__reached *y)
{
    ran.convention = rules->convention_id;
    ran.compare = rules->compare;
    ran.lmin = rules->lmin;
    ran.vmin = rules->vmin;
    ran.wmin = rules->wmin;
    ran.theiler_points = rules->theiler_points;
    ran.theiler_diagonal = rules->theiler_diagonal;
    ran.theiler_vertical = rules->theiler_vertical;
    ran.threshold = x->threshold;
    ran.threshold_y = y->threshold;
    ran.rr_reached = x->rr;
    ran.rr_reached_y = y->rr;
    ran.ties_at_threshold = x->n_ties;
    ran.ties_at_threshold_y = y->n_ties;
    ran.version = RQA_VERSION_STRING;
    return rqa__output_write(out, &ran, sizeof ran, SMALLEST, "provenance");
}
