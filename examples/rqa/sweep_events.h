/* sweep_events.h - the events of a batch as JSON, one in a line, for a dashboard to follow. */
#ifndef SWEEP_EVENTS_H
#define SWEEP_EVENTS_H

#include <rqa/rqa.h>

#include "sweep_grid.h"

typedef struct sweep_events {
    int fd; /* -1: none */
    char *path;
    uint64_t n;    /* numbers the events */
    char *waiting; /* lines that the reader has not taken yet */
    size_t n_waiting;
    uint64_t n_dropped;
} sweep_events;

/* "-" is stdout; NULL: no events. CLI_OK, or CLI_BAD_INPUT with a line. */
int sweep_events_open(sweep_events *events, const char *path);
void sweep_events_write(sweep_events *events, const rqa_batch_event *event, const sweep_grid *grid);

/* Waits a moment for a slow reader, and frees. */
void sweep_events_close(sweep_events *events);

#endif
