/* export_progress.h - how far an export is: a bar on a terminal, nothing elsewhere. */
#ifndef EXPORT_PROGRESS_H
#define EXPORT_PROGRESS_H

#include <rqa/rqa.h>
#include <rqa/store.h>

typedef struct export_progress {
    uint64_t n, total; /* total 0: nothing is shown */
    double last_s;
} export_progress;

void export_progress_begin(export_progress *progress, rqa_store *store, int show);
void export_progress_step(export_progress *progress); /* a row is done */
void export_progress_end(export_progress *progress);

#endif
