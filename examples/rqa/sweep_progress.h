/* sweep_progress.h - how far a sweep is: a bar on a terminal, lines elsewhere. */
#ifndef SWEEP_PROGRESS_H
#define SWEEP_PROGRESS_H

#include <rqa/rqa.h>

typedef struct sweep_progress {
    int quiet, is_terminal;
    double last_s; /* elapsed time of the last plain line */
} sweep_progress;

void sweep_progress_begin(sweep_progress *progress, int quiet);
void sweep_progress_show(sweep_progress *progress, const rqa_batch_event *event);
void sweep_progress_end(sweep_progress *progress);

/* 1234567 as "1,234,567". room >= 32. */
const char *sweep_progress_count(char *room, uint64_t value);

/* "12 s", "3 min 20 s", "2 h 5 min"; "?" for what is not known. */
void sweep_progress_time(char *out, size_t room, double seconds);

#endif
