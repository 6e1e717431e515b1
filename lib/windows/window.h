/* window.h - a window that moves along a recording, sample by sample, and its tally at any time. */
#ifndef RQA_WINDOWS_WINDOW_H
#define RQA_WINDOWS_WINDOW_H

#include "cpu/level.h"
#include "lines/tally.h"
#include "measures/trend.h"
#include "plan/task.h"

typedef struct rqa__window rqa__window;

/* Counts are kept in 32 bits. */
enum { RQA__WINDOW_MOST_VECTORS = 46340 };

/* Bytes of a window; 0 where it cannot be had: too many vectors, or tallies of a part. */
size_t rqa__window_bytes(const rqa__task *task, size_t n_vectors);

/* A window of so many vectors, under the task's relation, norm, first dims, bounds, Theiler windows
 * and tallies; the task's samples and sizes are not read. RQA_ERROR_MEMORY with text. */
int rqa__window_create(rqa__window **out, const rqa__task *task, size_t n_vectors, rqa__cpu cpu);
void rqa__window_destroy(rqa__window *window);
void rqa__window_reset(rqa__window *window);

/* Takes the next sample: the values of all channels, NaN in all of them where it is missing; y is
 * not read for auto. What is no longer in the window leaves it. */
void rqa__window_push(rqa__window *window, const double *x, const double *y);

/* The tally of what is in the window, without its points by offset, whose memory is its own until
 * the next call. Of white lines and of times at least what was asked for. */
void rqa__window_tally(rqa__window *window, rqa__tally *tally);

/* RR_d of what is in the window, as rqa__trends() reads it, with OFFSETS; in the window's memory
 * until the same slot, below RQA__TRENDS_AT_ONCE, is asked for again. */
const double *rqa__window_densities(rqa__window *window, size_t slot);

/* Tallies have all white lines in white_inner from now on, for readings that take them together. */
void rqa__window_join_white(rqa__window *window);

/* Whether every line, or every position, of the window has a missing sample. */
int rqa__window_is_empty(const rqa__window *window);

#endif
