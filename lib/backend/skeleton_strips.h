/* skeleton_strips.h - the lines of a skeleton, from strips of diagonals. */
#ifndef RQA_BACKEND_SKELETON_STRIPS_H
#define RQA_BACKEND_SKELETON_STRIPS_H

#include "backend/skeleton_sets.h"

/* As rqa__skeleton_find(); the caller frees lines->line. */
int rqa__skeleton_lines_find(rqa__skeleton_lines *lines, const rqa__task *task,
                             const rqa__skeleton_means *means);

#endif
