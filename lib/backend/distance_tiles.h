/* distance_tiles.h - a pass over the distances of an auto-recurrence by tiles of 8 x 8 cells. */
#ifndef RQA_BACKEND_DISTANCE_TILES_H
#define RQA_BACKEND_DISTANCE_TILES_H

#include "backend/distance_search.h"

/* Makes s->tiles for the band in hand; NULL where rows of bits are to be taken, which do all. 0 or a
 * status with text. */
int rqa__distance_tiles_open(rqa__search *s);
void rqa__distance_tiles_close(rqa__search *s);

/* Nanoseconds that a pass is expected to take beside the cells of its band, by s->tiles or by rows. */
double rqa__distance_tiles_ns(const rqa__search *s);
double rqa__distance_tiles_rows_ns(const rqa__search *s);

/* Rows job * RQA__PASS_ROWS on. */
int rqa__distance_tiles_job(void *search, size_t job, unsigned worker);

/* Upper estimate of the bytes. */
size_t rqa__distance_tiles_memory(const rqa__ranked_cells *cells);

#endif
