/* batch_team.h - together or apart: who computes a unit, and how many do it together. */
#ifndef RQA_BATCH_BATCH_TEAM_H
#define RQA_BATCH_BATCH_TEAM_H

#include "batch/batch_state.h"

/* Whether a unit is so much of the work that n_threads better share it than take it one of them. */
int rqa__batch_is_large(const struct rqa_batch *batch, uint64_t unit, unsigned n_threads);

/* Decides for every unit, with its plan, for a crew of devices or of threads alone. */
void rqa__batch_choose_teams(struct rqa_batch *batch, int with_devices);

/* Runs a unit of a team on the crew's threads, or all devices. RQA_OK also where it is left open:
 * sharing it failed, and one member is to take it. */
int rqa__team_run(struct rqa_batch *batch, uint64_t unit, rqa__pool *pool);

#endif
