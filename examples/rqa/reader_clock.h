/* reader_clock.h - is a column a clock, or a count of the rows, rather than something measured? */
#ifndef READER_CLOCK_H
#define READER_CLOCK_H

#include "reader_table.h"

typedef enum reader_clock_name {
    READER_NO_CLOCK,
    READER_MAYBE_CLOCK, /* if its values rise or fall from row to row */
    READER_SURE_CLOCK
} reader_clock_name;

/* What the name alone says: "Time (s)", "t_ms", "gaze_timestamp", "Zeit" are sure; "frame",
 * "reaction_time" and "index" may be one. */
reader_clock_name reader_clock_by_name(const char *name);

/* Has it the same value everywhere? */
int reader_clock_is_constant(const reader_table *table, size_t column);

/* Do its values rise (or fall) from each row of a recording to its next? */
int reader_clock_is_monotone(const reader_table *table, size_t column);

/* The same in steps that are even but for rounding, jitter and gaps: then *step is the usual one.
 */
int reader_clock_is_even(const reader_table *table, size_t column, double *step);

#endif
